//! The page of a thing: what is said of it, on what that rests, and what points to it.

use super::evidence::{ClaimView, HAS_SOURCE, Mark, SpanView};
use super::frame::PageFrame;
use super::incoming::IncomingThings;
use super::links::encode;
use super::neighbourhood::Neighbourhood;
use super::reader::{PageReader, capital};
use super::spans::DocumentSpans;
use super::value::{ValueView, is_web};
use crate::describe::{follow, merged_into};
use crate::knowledge::{Dispute, Gap, GraphClaim};
use crate::lineage::Fragment;
use crate::merges::REPLACED;
use crate::query::LABEL_PROPERTIES;
use crate::store::StoreError;
use askama::Template;
use civigraph_index::Graphs;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Quad, Term, Triple};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";

/// Triples about a thing that are read.
const READ: usize = 2000;

/// Values of a property that are shown.
const VALUES: usize = 50;

/// Claims about a thing that are read; of one with more, marks say nothing.
const CLAIMS: u64 = 2000;

/// Values whose cells are looked for.
const TRACED: usize = 200;

/// The formats of data: suffix, name, media type.
pub(super) const FORMATS: [(&str, &str, &str); 4] = [
    ("ttl", "Turtle", "text/turtle"),
    ("jsonld", "JSON-LD", "application/ld+json"),
    ("nt", "N-Triples", "application/n-triples"),
    ("rdf", "RDF/XML", "application/rdf+xml"),
];

#[derive(Template)]
#[template(path = "entity.html")]
pub(super) struct EntityPage<'a> {
    frame: &'a PageFrame,
    name: String,
    others: Vec<ValueView>,
    classes: Vec<ValueView>,
    definition: Option<String>,
    iri: String,
    /// The address itself, where it leads out of the site.
    outside: Option<ValueView>,
    formats: Vec<(ValueView, &'static str)>,
    /// Things that are one with this one.
    sameness: Vec<(String, Vec<ValueView>)>,
    /// The graph in which everything is said of it, where that is not that of facts.
    graph: Option<ValueView>,
    groups: Vec<PropertyGroup>,
    cut: bool,
    used: Option<ValueView>,
    /// The place in its document, of evidence.
    span: Option<SpanView>,
    /// Licences that named graphs state for what they say.
    licences: Vec<(ValueView, Vec<ValueView>)>,
    incoming: Vec<IncomingThings>,
    rows: Vec<ValueView>,
    sources: Vec<(ValueView, String)>,
    neighbourhood: Option<Neighbourhood>,
    spans: Option<DocumentSpans>,
}

/// A property with what is said by it.
pub(super) struct PropertyGroup {
    /// For the order of groups.
    key: (bool, String),
    property: ValueView,
    statements: Vec<StatementView>,
    /// Values that are not shown.
    more: u64,
    disputes: Vec<DisputeView>,
    missing: Vec<Mark>,
}

/// A value with what it rests on.
pub(super) struct StatementView {
    value: ValueView,
    /// What is said of a value that has no name of its own.
    nested: Vec<(ValueView, Vec<ValueView>)>,
    mark: Option<Mark>,
    cells: Vec<ValueView>,
    graph: Option<ValueView>,
}

/// Values that contradict each other.
struct DisputeView {
    word: String,
    sides: Vec<DisputeSide>,
}

struct DisputeSide {
    value: String,
    subject: Option<ValueView>,
    preferred: bool,
    cells: Vec<ValueView>,
    claims: Vec<ClaimView>,
}

impl<'a> EntityPage<'a> {
    pub(super) fn of(
        view: &PageReader<'a>,
        node: &NamedNode,
        from: usize,
    ) -> Result<Self, StoreError> {
        let frame = view.frame;
        let words = frame.words;
        let mut quads = view.quads(Some(node.as_ref().into()), None, None, None, READ + 1)?;
        let cut = quads.len() > READ;
        quads.truncate(READ);
        let claimed = view.count(
            None,
            Some(rdf::SUBJECT),
            Some(node.as_ref().into()),
            Graphs::AllNamed,
        )?;
        let claims = match claimed <= CLAIMS {
            true => view.knowledge.claims(node)?,
            false => Vec::new(),
        };
        let graph = only_graph(&quads);
        let name = view.name(node.as_str());
        let (mut groups, cells) = groups(view, node, &quads, &claims, graph.is_some())?;
        if claimed <= CLAIMS {
            add_disputes(view, node, &mut groups)?;
            add_gaps(view, node, &mut groups)?;
        }
        let mut groups: Vec<PropertyGroup> = groups.into_values().collect();
        groups.sort_by(|a, b| a.key.cmp(&b.key));
        let incoming = IncomingThings::of(view, node, graph.is_some())?;
        let formats = FORMATS.iter();
        let formats = formats.filter(|(suffix, _, _)| !view.site.leaves_out(node, suffix));
        let formats = formats.map(|(suffix, name, media)| {
            let link = ValueView::link(*name, frame.links.data(node.as_str(), suffix));
            (link, *media)
        });
        let classes = view.classes(node.as_ref())?;
        let is_term = classes.iter().any(is_term_class);
        Ok(Self {
            frame,
            name: if is_term { capital(&name) } else { name },
            others: view.other_labels(node.as_ref())?,
            classes: classes
                .iter()
                .take(4)
                .map(|class| view.thing(class.as_str()))
                .collect(),
            definition: view.definition(node.as_ref())?,
            outside: (is_web(node.as_str()) && !node.as_str().starts_with(view.site.base()))
                .then(|| ValueView::outside(words.original_address, node.as_str())),
            formats: formats.collect(),
            sameness: sameness(view, node)?,
            graph: graph.map(|graph| view.thing(&graph)),
            cut,
            used: used(view, node)?,
            span: match quads
                .iter()
                .any(|quad| quad.predicate.as_ref() == HAS_SOURCE)
            {
                true => Some(view.span(node)?),
                false => None,
            },
            licences: licences(view, &quads)?,
            rows: rows(view, &cells),
            sources: sources(view, &claims)?,
            neighbourhood: Neighbourhood::of(view, node, &quads, &incoming),
            spans: DocumentSpans::of(view, node, from)?,
            incoming,
            groups,
            iri: node.as_str().to_owned(),
        })
    }
}

/// Whether a class is one of classes or properties.
fn is_term_class(class: &NamedNode) -> bool {
    let iri = class.as_str();
    iri.starts_with("http://www.w3.org/2002/07/owl#")
        || iri == rdfs::CLASS.as_str()
        || iri == rdf::PROPERTY.as_str()
}

/// The named graph that says all that is said.
fn only_graph(quads: &[Quad]) -> Option<String> {
    let first = quads.first()?;
    let GraphName::NamedNode(graph) = &first.graph_name else {
        return None;
    };
    let same = quads.iter().all(|quad| quad.graph_name == first.graph_name);
    same.then(|| graph.as_str().to_owned())
}

/// Properties with what is said by them, and the cells that say so.
type PropertyGroups = (BTreeMap<String, PropertyGroup>, Vec<Fragment>);

/// What is said of a thing.
fn groups(
    view: &PageReader<'_>,
    node: &NamedNode,
    quads: &[Quad],
    claims: &[GraphClaim],
    in_one_graph: bool,
) -> Result<PropertyGroups, StoreError> {
    let inferred = GraphName::from(view.graph("inferred"));
    // What several graphs say is said once, by the facts if they do.
    let mut statements: BTreeMap<(String, String), (Triple, Vec<GraphName>)> = BTreeMap::new();
    for quad in quads {
        if is_in_heading(view, quad) {
            continue;
        }
        let key = (quad.predicate.as_str().to_owned(), quad.object.to_string());
        let (_, graphs) = statements
            .entry(key)
            .or_insert_with(|| (Triple::from(quad.clone()), Vec::new()));
        graphs.push(quad.graph_name.clone());
    }
    let mut groups: BTreeMap<String, PropertyGroup> = BTreeMap::new();
    let mut cells: Vec<Fragment> = Vec::new();
    for (number, (triple, graphs)) in statements.into_values().enumerate() {
        let group = group(view, &mut groups, &triple.predicate)?;
        if group.statements.len() >= VALUES {
            group.more += 1;
            continue;
        }
        let is_fact = graphs.contains(&GraphName::DefaultGraph);
        let support = view
            .knowledge
            .support_by(claims, node, &triple.predicate, &triple.object)?;
        let mut mark = view.mark(&support, claims)?;
        if !is_fact
            && graphs.contains(&inferred)
            && let Some(mark) = &mut mark
        {
            mark.rules = view.rules(&triple)?;
        }
        let made = match number < TRACED {
            true => view.cells(&triple),
            false => Vec::new(),
        };
        let graph = graphs
            .first()
            .filter(|graph| !is_fact && !in_one_graph && **graph != inferred);
        group.statements.push(StatementView {
            value: view.value(&triple.object),
            nested: nested(view, &triple.object)?,
            mark,
            cells: made
                .iter()
                .take(3)
                .map(|cell| view.cell_link(cell))
                .collect(),
            graph: match graph {
                Some(GraphName::NamedNode(graph)) => Some(view.thing(graph.as_str())),
                _ => None,
            },
        });
        cells.extend(made);
    }
    // The reader's own language first, then the order of texts.
    for group in groups.values_mut() {
        group.statements.sort_by(|a, b| {
            let key =
                |one: &StatementView| (one.value.tag.is_some(), one.value.text.to_lowercase());
            key(a).cmp(&key(b))
        });
    }
    Ok((groups, cells))
}

/// The group of a property.
fn group<'g>(
    view: &PageReader<'_>,
    groups: &'g mut BTreeMap<String, PropertyGroup>,
    property: &NamedNode,
) -> Result<&'g mut PropertyGroup, StoreError> {
    match groups.entry(property.as_str().to_owned()) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(place) => {
            let value = view.term(property.as_str());
            // Other names of the thing, and notes, follow what is said of it.
            let is_aside = property.as_str().starts_with(SKOS)
                || *property == rdfs::COMMENT
                || *property == rdfs::SEE_ALSO;
            Ok(place.insert(PropertyGroup {
                key: (is_aside, value.text.to_lowercase()),
                property: match view.definition(property.as_ref())? {
                    Some(definition) => value.with_title(definition),
                    None => value,
                },
                statements: Vec::new(),
                more: 0,
                disputes: Vec::new(),
                missing: Vec::new(),
            }))
        }
    }
}

/// Whether the heading says it: classes, the label.
fn is_in_heading(view: &PageReader<'_>, quad: &Quad) -> bool {
    if quad.predicate == rdf::TYPE || quad.predicate.as_ref() == REPLACED {
        return true;
    }
    let is_label = LABEL_PROPERTIES
        .iter()
        .take(2)
        .any(|property| quad.predicate.as_ref() == *property);
    let definition = "http://www.w3.org/2004/02/skos/core#definition";
    let shown = view.language().code();
    match &quad.object {
        Term::Literal(literal) => {
            is_label || quad.predicate.as_str() == definition && literal.language() == Some(shown)
        }
        _ => false,
    }
}

/// What is said of a blank node.
fn nested(
    view: &PageReader<'_>,
    object: &Term,
) -> Result<Vec<(ValueView, Vec<ValueView>)>, StoreError> {
    let Term::BlankNode(node) = object else {
        return Ok(Vec::new());
    };
    let subject = NamedOrBlankNodeRef::from(node.as_ref());
    let mut said: Vec<(ValueView, Vec<ValueView>)> = Vec::new();
    for quad in view.quads(Some(subject), None, None, None, VALUES)? {
        let property = view.term(quad.predicate.as_str());
        let value = view.value(&quad.object);
        match said.iter_mut().find(|(known, _)| *known == property) {
            Some((_, values)) if values.contains(&value) => {}
            Some((_, values)) => values.push(value),
            None => said.push((property, vec![value])),
        }
    }
    Ok(said)
}

fn add_disputes(
    view: &PageReader<'_>,
    node: &NamedNode,
    groups: &mut BTreeMap<String, PropertyGroup>,
) -> Result<(), StoreError> {
    let prefixes = &view.build().manifest().about.prefixes;
    for dispute in view.knowledge.disputes(node)? {
        let Dispute { property, sides } = &dispute;
        let mut shown = Vec::with_capacity(sides.len());
        for side in sides {
            let mut claims = Vec::new();
            let mut cells: Vec<ValueView> = Vec::new();
            for claim in view.claims(&side.subject)?.iter() {
                if !side.claims.contains(&claim.node) {
                    continue;
                }
                claims.push(view.claim_view(claim)?);
                if let Some(predicate) = &claim.predicate {
                    let (subject, value) = (side.subject.clone(), side.value.clone());
                    let made = view.cells(&Triple::new(subject, predicate.clone(), value));
                    cells.extend(made.iter().take(3).map(|cell| view.cell_link(cell)));
                }
            }
            cells.sort();
            cells.dedup();
            shown.push(DisputeSide {
                value: side.text(view.labels(), prefixes),
                subject: (side.subject != *node).then(|| view.thing(side.subject.as_str())),
                preferred: side.asserted,
                cells,
                claims,
            });
        }
        let words = view.frame.words;
        let word = match dispute.is_settled() {
            true => words.dispute_settled,
            false => words.disputed,
        };
        group(view, groups, property)?.disputes.push(DisputeView {
            word: word.to_owned(),
            sides: shown,
        });
    }
    Ok(())
}

fn add_gaps(
    view: &PageReader<'_>,
    node: &NamedNode,
    groups: &mut BTreeMap<String, PropertyGroup>,
) -> Result<(), StoreError> {
    let words = view.frame.words;
    for Gap {
        node,
        property,
        documents,
    } in view.knowledge.gaps(node)?
    {
        let documents = documents.iter().map(|one| view.thing(one.as_str()));
        group(view, groups, &property)?.missing.push(Mark {
            kind: "missing",
            word: words.not_stated.to_owned(),
            claims: Vec::new(),
            rules: Vec::new(),
            notes: vec![
                (words.looked_for_in.to_owned(), documents.collect()),
                (
                    words.recorded_as.to_owned(),
                    vec![view.thing(node.as_str())],
                ),
            ],
        });
    }
    Ok(())
}

/// Things that are one with a thing.
fn sameness(
    view: &PageReader<'_>,
    node: &NamedNode,
) -> Result<Vec<(String, Vec<ValueView>)>, StoreError> {
    let words = view.frame.words;
    let mut sameness = Vec::new();
    let target = follow(view.build(), node)?;
    if target != *node {
        sameness.push((
            words.merged_into.to_owned(),
            vec![view.thing(target.as_str())],
        ));
    }
    let merged = merged_into(view.build(), node)?;
    if !merged.is_empty() {
        let merged = merged.iter().map(|one| view.thing(one.as_str())).collect();
        sameness.push((words.merged_from.to_owned(), merged));
    }
    Ok(sameness)
}

/// The licences that the named graphs of some quads state for what they say.
fn licences(
    view: &PageReader<'_>,
    quads: &[Quad],
) -> Result<Vec<(ValueView, Vec<ValueView>)>, StoreError> {
    const LICENCE: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://purl.org/dc/terms/license");
    let mut graphs: Vec<&GraphName> = quads.iter().map(|quad| &quad.graph_name).collect();
    graphs.sort_by_cached_key(|graph| graph.to_string());
    graphs.dedup();
    let mut all = Vec::new();
    for graph in graphs {
        let GraphName::NamedNode(name) = graph else {
            continue;
        };
        let stated = view.quads(None, Some(LICENCE), None, Some(graph.as_ref()), VALUES)?;
        let mut licences: Vec<ValueView> = stated
            .iter()
            .filter_map(|quad| match &quad.object {
                Term::NamedNode(licence) => {
                    Some(ValueView::licence(licence.as_str(), view.frame.words))
                }
                _ => None,
            })
            .collect();
        licences.sort();
        licences.dedup();
        if !licences.is_empty() {
            all.push((view.term(name.as_str()), licences));
        }
    }
    Ok(all)
}

/// How often a class or property is used.
fn used(view: &PageReader<'_>, node: &NamedNode) -> Result<Option<ValueView>, StoreError> {
    let (language, words) = (view.language(), view.frame.words);
    let node = node.as_ref();
    let all = |predicate: NamedNodeRef<'_>, object: Option<NamedNodeRef<'_>>| {
        let count = |graphs| view.count(None, Some(predicate), object.map(Into::into), graphs);
        Ok::<u64, StoreError>(count(Graphs::Default)? + count(Graphs::AllNamed)?)
    };
    let members = all(rdf::TYPE, Some(node))?;
    if members > 0 {
        let path = format!("/browse?class={}", encode(node.as_str()));
        let text = language.count(members, &words.members);
        return Ok(Some(ValueView::link(text, view.frame.href(&path))));
    }
    let uses = all(node, None)?;
    Ok((uses > 0).then(|| ValueView::text(language.count(uses, &words.uses))))
}

/// The rows behind some cells.
fn rows(view: &PageReader<'_>, cells: &[Fragment]) -> Vec<ValueView> {
    let mut rows: Vec<(&str, u64)> = cells.iter().map(|cell| (&*cell.table, cell.row)).collect();
    rows.sort_unstable();
    rows.dedup();
    let rows = rows.into_iter().take(VALUES).map(|(table, row)| {
        let file = table.rsplit('/').next().unwrap_or_default();
        let text = format!("{file}, {} {row}", view.frame.words.row);
        ValueView::link(text, view.frame.links.page(&format!("{table}#row={row}")))
    });
    rows.collect()
}

/// The documents behind some claims, with the number of their spans.
fn sources(
    view: &PageReader<'_>,
    claims: &[GraphClaim],
) -> Result<Vec<(ValueView, String)>, StoreError> {
    let mut evidence: Vec<&NamedNode> = claims.iter().flat_map(|claim| &claim.evidence).collect();
    evidence.sort();
    evidence.dedup();
    let mut documents: BTreeMap<String, u64> = BTreeMap::new();
    for one in evidence.into_iter().take(READ) {
        *documents.entry(view.span(one)?.document_iri).or_default() += 1;
    }
    let counted = documents.into_iter().filter(|(iri, _)| !iri.is_empty());
    let counted = counted.map(|(iri, count)| {
        let spans = view.language().count(count, &view.frame.words.spans);
        (view.thing(&iri), spans)
    });
    Ok(counted.collect())
}
