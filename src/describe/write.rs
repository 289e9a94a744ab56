//! What is said of an entity, collected and written.

use crate::diagnostic::Code;
use crate::merges::REPLACED;
use crate::query::{Labels, term_text};
use crate::store::{Build, Prefixes, StoreError, to_sophia};
use civigraph_index::Error as IndexError;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, Term};
use sophia::api::prefix::{Prefix, PrefixMapPair};
use sophia::api::serializer::TripleSerializer as _;
use sophia::iri::Iri;
use sophia::turtle::serializer::turtle::{TurtleConfig, TurtleSerializer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Neighbours that people are shown of each property that points to an entity; the rest is counted.
pub const SHOWN_LINKS: usize = 50;

/// An entity with what is said of it in the accepted facts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entity {
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
    /// What points to it, in order of property.
    pub links: Vec<Link>,
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
}

/// A property by which other things point to an entity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Link {
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
) -> Result<Entity, StoreError> {
    let most = links;
    let prefixes = &build.manifest().about.prefixes;
    let labels = Labels::new(build.index(), language);
    let text = |term: &Term| term_text(term.as_ref(), prefixes, Some(&labels));
    let nodes = One::of(build, node)?;
    let mut statements = Vec::new();
    let mut elsewhere = BTreeMap::new();
    for node in &nodes.0 {
        for quad in build
            .index()
            .quads_for_pattern(Some(node.as_ref().into()), None, None, None)
        {
            let quad = quad.map_err(|e| unreadable(build, &e))?;
            if quad.graph_name != GraphName::DefaultGraph {
                *elsewhere.entry(quad.graph_name.to_string()).or_insert(0) += 1;
            }
        }
    }
    for quad in nodes.facts(build)? {
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
        });
    }
    statements.sort();
    statements.dedup();
    let mut links: BTreeMap<String, (Link, BTreeSet<Neighbour>)> = BTreeMap::new();
    for quad in nodes.incoming(build) {
        let quad = quad?;
        let (link, subjects) = links
            .entry(quad.predicate.as_str().to_owned())
            .or_insert_with(|| {
                let link = Link {
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
        });
        // The store has them in an order of its own: which are the first shows at the end.
        if subjects.len() > most {
            subjects.pop_last();
        }
    }
    let links = links.into_values().map(|(link, subjects)| Link {
        subjects: subjects.into_iter().collect(),
        ..link
    });
    Ok(Entity {
        iri: node.as_str().to_owned(),
        name: prefixes.shorten(node.as_str()),
        label: labels.of(node.as_str()),
        merged: nodes.merged().map(str::to_owned).collect(),
        statements,
        links: links.collect(),
        elsewhere: elsewhere.into_iter().collect(),
    })
}

/// What the default graph says of a subject, each literal as the tables have it.
fn facts(build: &Build, subject: NamedOrBlankNodeRef<'_>) -> Result<Vec<Quad>, StoreError> {
    let mut quads = build.quads_of(subject)?;
    quads.retain(|quad| quad.graph_name == GraphName::DefaultGraph);
    Ok(quads)
}

/// A thing and those that were merged into it.
struct One(Vec<NamedNode>);

impl One {
    fn of(build: &Build, node: &NamedNode) -> Result<Self, StoreError> {
        let mut nodes = vec![node.clone()];
        nodes.extend(super::merged_into(build, node)?);
        Ok(Self(nodes))
    }

    /// The IRIs of what was merged into it.
    fn merged(&self) -> impl Iterator<Item = &str> {
        self.0.iter().skip(1).map(NamedNode::as_str)
    }

    /// Whether a quad only says that these are one.
    fn is_merge(&self, quad: &Quad) -> bool {
        let here = |term: &Term| matches!(term, Term::NamedNode(node) if self.0.contains(node));
        quad.predicate.as_ref() == REPLACED
            && here(&quad.object)
            && here(&Term::from(quad.subject.clone()))
    }

    /// What the default graph says of them.
    fn facts(&self, build: &Build) -> Result<Vec<Quad>, StoreError> {
        let mut quads = Vec::new();
        for node in &self.0 {
            quads.extend(facts(build, node.as_ref().into())?);
        }
        quads.retain(|quad| !self.is_merge(quad));
        Ok(quads)
    }

    /// Triples of the default graph that point to one of them from elsewhere.
    fn incoming<'b>(
        &'b self,
        build: &'b Build,
    ) -> impl Iterator<Item = Result<Quad, StoreError>> + use<'b> {
        let each = move |node| incoming(build, node);
        self.0.iter().flat_map(each).filter_map(|quad| match quad {
            Ok(quad) if self.is_merge(&quad) => None,
            Ok(quad) => Some(Ok(quad)),
            Err(error) => Some(Err(unreadable(build, &error))),
        })
    }
}

fn iri_of(term: &Term) -> Option<String> {
    match term {
        Term::NamedNode(node) => Some(node.as_str().to_owned()),
        _ => None,
    }
}

/// Triples of the default graph that point to a node.
fn incoming<'b>(
    build: &'b Build,
    node: &NamedNode,
) -> impl Iterator<Item = Result<Quad, IndexError>> + use<'b> {
    build.index().quads_for_pattern(
        None,
        None,
        Some(node.as_ref().into()),
        Some(oxrdf::GraphNameRef::DefaultGraph),
    )
}

impl Entity {
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
        if !self.statements.is_empty() {
            writeln!(out)?;
        }
        let mut last = "";
        for statement in &self.statements {
            if statement.property != last {
                writeln!(
                    out,
                    "{}",
                    property(&statement.property, statement.property_label.as_deref())
                )?;
                last = &statement.property;
            }
            let value = clean(&statement.value).replace('\n', "\n    ");
            match &statement.language {
                Some(language) => writeln!(out, "    {value} [{language}]")?,
                None => writeln!(out, "    {value}")?,
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
                writeln!(out, "    {}", clean(&subject.name))?;
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

fn property(name: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("  {} ({name})", crate::query::printable(label)),
        None => format!("  {name}"),
    }
}

/// Writes the triples of the default graph about an entity and what was merged into it, and all that point to
/// them, as Turtle that nests blank nodes and lists.
///
/// # Errors
/// The store cannot be read, or the output fails.
pub fn write_turtle(
    build: &Build,
    node: &NamedNode,
    out: &mut dyn Write,
) -> Result<(), StoreError> {
    let mut quads = Vec::new();
    let nodes = One::of(build, node)?;
    let mut wanted: Vec<NamedOrBlankNode> = nodes.0.iter().cloned().map(Into::into).collect();
    let mut seen = std::collections::HashSet::new();
    while let Some(subject) = wanted.pop() {
        if !seen.insert(subject.clone()) {
            continue;
        }
        for quad in facts(build, subject.as_ref())? {
            // A blank node is nothing without what is said of it.
            if let Term::BlankNode(blank) = &quad.object {
                wanted.push(blank.clone().into());
            }
            quads.push(quad);
        }
    }
    // All of them: who reads Turtle does not see that some are left out.
    // That one was merged into the other is a fact about it, and written already.
    for quad in nodes.incoming(build) {
        quads.push(quad?);
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

pub(super) fn unreadable(build: &Build, error: &IndexError) -> StoreError {
    StoreError::new(
        Code::TornBuild,
        build.folder(),
        format!("the index cannot be read: {error}"),
    )
}
