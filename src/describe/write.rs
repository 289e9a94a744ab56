//! What is said of an entity, collected and written.

use super::gaps::{DisputedProperty, MissingProperty};
use super::merged::MergedEntity;
use crate::diagnostic::Code;
use crate::knowledge::Knowledge;
use crate::query::{Labels, term_text};
use crate::store::{Build, Prefixes, StoreError, to_sophia};
use civigraph_index::Error as IndexError;
use oxrdf::vocab::rdfs;
use oxrdf::{
    GraphName, GraphNameRef, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, QuadRef, Term,
};
use sophia::api::prefix::{Prefix, PrefixMapPair};
use sophia::api::serializer::TripleSerializer as _;
use sophia::iri::Iri;
use sophia::turtle::serializer::turtle::{TurtleConfig, TurtleSerializer};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

/// Neighbours that people are shown of each property that points to an entity; the rest is counted.
pub const SHOWN_LINKS: usize = 50;

/// An entity with what is said of it in the accepted facts; with what named graphs say where those say
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EntityDescription {
    /// Its IRI.
    pub iri: String,
    /// Its short name.
    pub name: String,
    /// Its label in the language asked for.
    pub label: Option<String>,
    /// The IRIs of things that were merged into it; what is said of them is said of it.
    pub merged: Vec<String>,
    /// What is said of it, in order of property and value.
    pub statements: Vec<Statement>,
    /// What the sources disagree on.
    pub disputes: Vec<DisputedProperty>,
    /// What the sources do not state.
    pub gaps: Vec<MissingProperty>,
    /// What points to it, in order of property.
    pub links: Vec<IncomingLink>,
    /// Named graphs that say what is said here, where the accepted facts say nothing.
    pub graphs: Vec<String>,
    /// Named graphs that have more about it, with the number of triples.
    pub elsewhere: Vec<(String, u64)>,
}

/// One thing that is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Statement {
    /// Short name of the property.
    pub property: String,
    /// Label of the property.
    pub property_label: Option<String>,
    /// The value as people read it, with its label and short name where it is an IRI.
    pub value: String,
    /// Language tag of the value.
    pub language: Option<String>,
    /// The IRI of a value that is one.
    pub iri: Option<String>,
    /// The IRI of the datatype, of a literal without a language.
    pub datatype: Option<String>,
    /// What is not plain about it, in words: that it is inferred, planned, or said by someone.
    pub remarks: Vec<String>,
    /// How it follows from the sources, as an IRI.
    pub basis: Option<String>,
    /// How surely it is said, as an IRI.
    pub modality: Option<String>,
    /// IRIs of those who say it.
    pub speakers: Vec<String>,
    /// IRIs of the documents with evidence for it.
    pub sources: Vec<String>,
}

/// A property by which other things point to an entity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct IncomingLink {
    /// Short name of the property.
    pub property: String,
    /// Label of the property.
    pub property_label: Option<String>,
    /// The first of the things that point here, in the order of their names.
    pub subjects: Vec<Neighbour>,
    /// How many there are in all.
    pub count: u64,
}

/// A thing that points to an entity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Neighbour {
    /// As people read it, with its label and short name.
    pub name: String,
    /// Its IRI; `None` for a blank node.
    pub iri: Option<String>,
    /// What is not plain about the link, in words.
    pub remarks: Vec<String>,
}

/// Collects what is said of an entity and of what was merged into it, with labels in a language. Of the things
/// that point to it by one property, at most `links` are kept and all are counted.
///
/// # Errors
/// The store cannot be read.
pub fn describe(
    build: &Build,
    node: &NamedNode,
    language: &str,
    links: usize,
) -> Result<EntityDescription, StoreError> {
    let most = links;
    let prefixes = &build.manifest().about.prefixes;
    let labels = Labels::new(build.index(), language);
    let text = |term: &Term| term_text(term.as_ref(), prefixes, Some(&labels));
    let knowledge = Knowledge::of(build);
    let one = MergedEntity::of(build, node)?;
    let mut claims = HashMap::new();
    let mut statements = Vec::new();
    let mut elsewhere = BTreeMap::new();
    for node in one.nodes() {
        claims.insert(node, knowledge.claims(node)?);
        let subject = Some(node.as_ref().into());
        for quad in build.index().quads_for_pattern(subject, None, None, None) {
            let quad = quad.map_err(|e| unreadable(build, &e))?;
            if quad.graph_name != GraphName::DefaultGraph {
                *elsewhere.entry(quad.graph_name.to_string()).or_insert(0) += 1;
            }
        }
    }
    let mut quads = one.facts(build)?;
    let mut graphs: Vec<GraphName> = Vec::new();
    if is_elsewhere(&quads) {
        // A claim, a document, a term of the ontology: what is said of it is in a graph of its own.
        quads.clear();
        for node in one.nodes() {
            quads.extend(build.quads_of(node.as_ref().into())?);
        }
        quads.retain(|quad| {
            quad.graph_name != GraphName::DefaultGraph || quad.predicate != rdfs::SUB_CLASS_OF
        });
        for quad in &quads {
            if !graphs.contains(&quad.graph_name) {
                graphs.push(quad.graph_name.clone());
            }
        }
        elsewhere.clear();
    }
    for quad in quads {
        let subject = match &quad.subject {
            NamedOrBlankNode::NamedNode(subject) => subject,
            NamedOrBlankNode::BlankNode(_) => node,
        };
        let claims = claims.get(subject).map_or(&[][..], Vec::as_slice);
        let support = knowledge.support_by(claims, subject, &quad.predicate, &quad.object)?;
        let literal = match &quad.object {
            Term::Literal(literal) => Some(literal),
            _ => None,
        };
        let language = literal.and_then(|literal| literal.language());
        let datatype = literal
            .filter(|_| language.is_none())
            .map(|literal| literal.datatype().as_str());
        statements.push(Statement {
            property: prefixes.shorten(quad.predicate.as_str()),
            property_label: labels.of(quad.predicate.as_str()),
            value: text(&quad.object),
            language: language.map(str::to_owned),
            iri: iri_of(&quad.object),
            datatype: datatype.map(str::to_owned),
            remarks: support.remarks(&labels),
            basis: support.basis.map(NamedNode::into_string),
            modality: support.modality.map(NamedNode::into_string),
            speakers: iris(support.speakers),
            sources: iris(support.documents),
        });
    }
    statements.sort();
    statements.dedup();
    let mut links: BTreeMap<String, (IncomingLink, BTreeSet<Neighbour>)> = BTreeMap::new();
    let named = graphs
        .iter()
        .filter(|graph| **graph != GraphName::DefaultGraph);
    let places = named.flat_map(|graph| one.nodes().iter().map(move |node| (graph, node)));
    let pointing = places.flat_map(|(graph, node)| {
        let node = Some(node.as_ref().into());
        build
            .index()
            .quads_for_pattern(None, None, node, Some(graph.as_ref()))
    });
    // What the facts say too is not another link.
    let pointing = pointing.filter(|quad| match quad {
        Ok(quad) => {
            let facts = QuadRef {
                graph_name: GraphNameRef::DefaultGraph,
                ..quad.as_ref()
            };
            !build.index().contains(facts).unwrap_or(false)
        }
        Err(_) => true,
    });
    let pointing = pointing.map(|quad| quad.map_err(|e| unreadable(build, &e)));
    for quad in one.incoming(build).chain(pointing) {
        let quad = quad?;
        let (link, subjects) = links
            .entry(quad.predicate.as_str().to_owned())
            .or_insert_with(|| {
                let link = IncomingLink {
                    property: prefixes.shorten(quad.predicate.as_str()),
                    property_label: labels.of(quad.predicate.as_str()),
                    subjects: Vec::new(),
                    count: 0,
                };
                (link, BTreeSet::new())
            });
        link.count += 1;
        let subject = Term::from(quad.subject);
        subjects.insert(Neighbour {
            name: text(&subject),
            iri: iri_of(&subject),
            remarks: Vec::new(),
        });
        // The store has them in an order of its own: which are the first shows at the end.
        if subjects.len() > most {
            subjects.pop_last();
        }
    }
    let mut all = Vec::with_capacity(links.len());
    for (property, (link, subjects)) in links {
        let property = NamedNode::new_unchecked(property);
        let mut subjects: Vec<Neighbour> = subjects.into_iter().collect();
        for subject in &mut subjects {
            let Some(iri) = &subject.iri else { continue };
            let from = NamedNode::new_unchecked(iri.as_str());
            for node in one.nodes() {
                let support = knowledge.link(&from, &property, &node.clone().into())?;
                subject.remarks = support.remarks(&labels);
                if !subject.remarks.is_empty() {
                    break;
                }
            }
        }
        all.push(IncomingLink { subjects, ..link });
    }
    let things = format!("{}id/", build.manifest().about.base);
    let (mut disputes, mut gaps) = (Vec::new(), Vec::new());
    for node in one.nodes() {
        disputes.extend(super::gaps::disputed(&knowledge, node, &labels, prefixes)?);
        gaps.extend(super::gaps::missing(
            &knowledge, node, &labels, prefixes, &things,
        )?);
    }
    Ok(EntityDescription {
        iri: node.as_str().to_owned(),
        name: prefixes.shorten(node.as_str()),
        label: labels.of(node.as_str()),
        merged: one.merged().map(str::to_owned).collect(),
        statements,
        disputes,
        gaps,
        links: all,
        graphs: graphs.iter().map(ToString::to_string).collect(),
        elsewhere: elsewhere.into_iter().collect(),
    })
}

/// Whether the facts about a thing say at most which classes it is part of: what is said of it is in graphs of
/// their own.
fn is_elsewhere(facts: &[Quad]) -> bool {
    facts
        .iter()
        .all(|quad| quad.predicate == rdfs::SUB_CLASS_OF)
}

/// What the default graph says of a subject, each literal as the tables have it.
pub(super) fn facts(
    build: &Build,
    subject: NamedOrBlankNodeRef<'_>,
) -> Result<Vec<Quad>, StoreError> {
    let mut quads = build.quads_of(subject)?;
    quads.retain(|quad| quad.graph_name == GraphName::DefaultGraph);
    Ok(quads)
}

fn iris(nodes: Vec<NamedNode>) -> Vec<String> {
    nodes.into_iter().map(NamedNode::into_string).collect()
}

fn iri_of(term: &Term) -> Option<String> {
    match term {
        Term::NamedNode(node) => Some(node.as_str().to_owned()),
        _ => None,
    }
}

/// Triples of the default graph that point to a node.
pub(super) fn incoming<'b>(
    build: &'b Build,
    node: &NamedNode,
) -> impl Iterator<Item = Result<Quad, IndexError>> + use<'b> {
    build.index().quads_for_pattern(
        None,
        None,
        Some(node.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    )
}

impl EntityDescription {
    /// Writes the entity for people.
    ///
    /// # Errors
    /// The output fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let clean = crate::query::printable;
        match &self.label {
            Some(label) => writeln!(out, "{} ({})", clean(label), self.name)?,
            None => writeln!(out, "{}", self.name)?,
        }
        writeln!(out, "<{}>", self.iri)?;
        for merged in &self.merged {
            writeln!(out, "merged with <{merged}>")?;
        }
        if !self.graphs.is_empty() {
            writeln!(out, "in {}", self.graphs.join(", "))?;
        }
        // What is said, what is disputed and what is not stated, where each belongs.
        let mut said: BTreeMap<&str, (Option<&str>, Vec<String>)> = BTreeMap::new();
        let mut add = |property, label, line| {
            let (_, lines) = said.entry(property).or_insert((label, Vec::new()));
            lines.push(line);
        };
        for statement in &self.statements {
            let mut line = clean(&statement.value).replace('\n', "\n    ");
            if let Some(language) = &statement.language {
                line.push_str(&format!(" [{language}]"));
            }
            line.push_str(&remarked(&statement.remarks));
            add(
                &*statement.property,
                statement.property_label.as_deref(),
                line,
            );
        }
        for dispute in &self.disputes {
            let line = dispute.line();
            add(&*dispute.property, dispute.property_label.as_deref(), line);
        }
        for gap in &self.gaps {
            add(&*gap.property, gap.property_label.as_deref(), gap.line());
        }
        if !said.is_empty() {
            writeln!(out)?;
        }
        for (name, (label, lines)) in said {
            writeln!(out, "{}", property(name, label))?;
            for line in lines {
                writeln!(out, "    {line}")?;
            }
        }
        if !self.links.is_empty() {
            writeln!(out, "\nlinked from")?;
        }
        for link in &self.links {
            writeln!(
                out,
                "{}",
                property(&link.property, link.property_label.as_deref())
            )?;
            for subject in &link.subjects {
                let remarks = remarked(&subject.remarks);
                writeln!(out, "    {}{remarks}", clean(&subject.name))?;
            }
            let more = link.count - link.subjects.len() as u64;
            if more > 0 {
                writeln!(out, "    … and {more} more")?;
            }
        }
        if !self.elsewhere.is_empty() {
            writeln!(out, "\nmore in named graphs")?;
        }
        for (graph, count) in &self.elsewhere {
            let triples = if *count == 1 { "triple" } else { "triples" };
            writeln!(out, "    {count} {triples} in {graph}")?;
        }
        Ok(())
    }
}

/// What is not plain about a statement, behind it.
fn remarked(remarks: &[String]) -> String {
    if remarks.is_empty() {
        String::new()
    } else {
        format!(" — {}", crate::query::printable(&remarks.join(", ")))
    }
}

fn property(name: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("  {} ({name})", crate::query::printable(label)),
        None => format!("  {name}"),
    }
}

/// Writes the triples of the default graph about an entity and what was merged into it, and all that point to
/// them, as Turtle that nests blank nodes and lists. Of what is described in other graphs alone, it writes the triples
/// of those, and comments name them.
///
/// # Errors
/// The store cannot be read, or the output fails.
pub fn write_turtle(
    build: &Build,
    node: &NamedNode,
    out: &mut dyn Write,
) -> Result<(), StoreError> {
    let mut quads = Vec::new();
    let one = MergedEntity::of(build, node)?;
    let mut wanted: Vec<NamedOrBlankNode> = one.nodes().iter().cloned().map(Into::into).collect();
    let elsewhere = is_elsewhere(&one.facts(build)?);
    let mut seen = HashSet::new();
    while let Some(subject) = wanted.pop() {
        if !seen.insert(subject.clone()) {
            continue;
        }
        let said = if elsewhere {
            build.quads_of(subject.as_ref())?
        } else {
            facts(build, subject.as_ref())?
        };
        for quad in said {
            // A blank node is nothing without what is said of it.
            if let Term::BlankNode(blank) = &quad.object {
                wanted.push(blank.clone().into());
            }
            quads.push(quad);
        }
    }
    // All of them: who reads Turtle does not see that some are left out.
    // That one was merged into another is a fact about it, and written already.
    for quad in one.incoming(build) {
        quads.push(quad?);
    }
    if elsewhere {
        for node in one.nodes() {
            let node = Some(node.as_ref().into());
            let pointing = build.index().quads_for_pattern(None, None, node, None);
            for quad in pointing {
                quads.push(quad.map_err(|e| unreadable(build, &e))?);
            }
        }
        let graphs = quads.iter().map(|quad| &quad.graph_name);
        let graphs = graphs.filter(|graph| **graph != GraphName::DefaultGraph);
        let graphs: BTreeSet<String> = graphs.map(ToString::to_string).collect();
        for graph in graphs {
            writeln!(out, "# in {graph}")
                .map_err(|e| StoreError::io("output".as_ref(), "write", e))?;
        }
        // What two graphs say is one triple.
        let mut triples = HashSet::new();
        quads.retain(|quad| triples.insert(oxrdf::Triple::from(quad.clone())));
    }
    let triples: Vec<_> = quads.iter().map(|quad| to_sophia(quad).0).collect();
    let config = TurtleConfig::new()
        .with_pretty(true)
        .with_indentation("    ")
        .with_own_prefix_map(prefix_map(&build.manifest().about.prefixes, &quads));
    TurtleSerializer::new_with_config(&mut *out, config)
        .serialize_triples(sophia::api::source::IntoSource::into_source(
            triples.into_iter(),
        ))
        .map(drop)
        .map_err(|e| StoreError::io("output".as_ref(), "write", io::Error::other(e.to_string())))
}

/// The prefixes that the triples use, as sophia takes them.
fn prefix_map(prefixes: &Prefixes, quads: &[Quad]) -> Vec<PrefixMapPair> {
    let mut used = std::collections::BTreeSet::new();
    for quad in quads {
        let mut note = |iri: &str| {
            if let Some((prefix, _)) = prefixes.split(iri) {
                used.insert(prefix.to_owned());
            }
        };
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            note(node.as_str());
        }
        note(quad.predicate.as_str());
        match &quad.object {
            Term::NamedNode(node) => note(node.as_str()),
            Term::Literal(literal) => note(literal.datatype().as_str()),
            Term::BlankNode(_) | Term::Triple(_) => {}
        }
    }
    prefixes
        .iter()
        .filter(|(prefix, _)| used.contains(*prefix))
        .map(|(prefix, namespace)| {
            (
                Prefix::new_unchecked(prefix.into()),
                Iri::new_unchecked(namespace.into()),
            )
        })
        .collect()
}

pub(crate) fn unreadable(build: &Build, error: &IndexError) -> StoreError {
    StoreError::new(
        Code::TornBuild,
        build.folder(),
        format!("the index cannot be read: {error}"),
    )
}
