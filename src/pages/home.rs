//! The front page: what is in the graph, and where to begin.

use super::about::citation;
use super::frame::PageFrame;
use super::map::Map;
use super::reader::{PageReader, capital};
use super::value::ValueView;
use crate::store::StoreError;
use askama::Template;
use civigraph_index::Graphs;
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};

/// Classes that are looked at.
const CONSIDERED: usize = 40;

/// Classes that are shown.
const CLASSES: usize = 12;

/// Members of a class that are compared for the most linked ones.
const COMPARED: usize = 300;

/// Stored queries that are proposed.
const QUESTIONS: usize = 8;

/// The tag of stored queries that a stranger begins with.
const OVERVIEW: &str = "overview";

/// Documents that are shown.
const DOCUMENTS: usize = 8;

/// Things with the latest dates that are shown.
const LATEST: usize = 6;

/// Disagreements and gaps that are shown, of each.
const OPEN: usize = 6;

/// Claims that are looked at for disagreements, and records of gaps.
const EXAMINED: usize = 200;

/// Dates that are counted for the time line.
const DATES: usize = 20_000;

/// Years of the time line.
const YEARS: usize = 60;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct HomePage<'a> {
    frame: &'a PageFrame,
    /// Counts of the whole graph, with where they lead.
    counts: Vec<ValueView>,
    kinds: Vec<ClassSummary>,
    questions: Vec<ValueView>,
    years: Vec<Year>,
    map: Option<Map>,
    /// Days with what they are of, the latest first.
    latest: Vec<(ValueView, ValueView)>,
    /// Things with the properties that sources disagree about.
    disputes: Vec<(ValueView, ValueView)>,
    /// Things with the properties that sources do not state.
    gaps: Vec<(ValueView, ValueView)>,
    documents: Vec<SourceSummary>,
    documents_in_all: Option<ValueView>,
    /// The graph in its formats.
    downloads: Vec<ValueView>,
    digest: &'a str,
    licence: Option<ValueView>,
    citation: String,
}

/// A source.
struct SourceSummary {
    document: ValueView,
    /// Who published it.
    outlet: Option<ValueView>,
    date: Option<ValueView>,
}

/// A class with its members.
struct ClassSummary {
    class: ValueView,
    count: String,
    most_linked: Vec<ValueView>,
}

/// A year of the time line.
struct Year {
    year: u32,
    count: usize,
    /// The height of its bar of a hundred.
    height: usize,
}

impl<'a> HomePage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Result<Self, StoreError> {
        let (documents, documents_in_all) = documents(view)?;
        let dates = dates(view)?;
        let manifest = view.build().manifest();
        let licence = manifest.about.license.as_deref();
        Ok(Self {
            frame: view.frame,
            counts: counts(view)?,
            kinds: kinds(view)?,
            questions: questions(view),
            years: years(&dates),
            map: Map::of(view)?,
            latest: latest(view, &dates)?,
            disputes: disputes(view)?,
            gaps: gaps(view)?,
            documents,
            documents_in_all,
            downloads: downloads(view),
            digest: &manifest.digest,
            licence: licence.map(|iri| ValueView::licence(iri, view.frame.words)),
            citation: citation(view),
        })
    }
}

fn counts(view: &PageReader<'_>) -> Result<Vec<ValueView>, StoreError> {
    let (language, words) = (view.language(), view.frame.words);
    let statistics = &view.build().manifest().statistics;
    let link = |text: String, path: &str| ValueView::link(text, view.frame.href(path));
    let mut counts = vec![ValueView::text(
        language.count(view.site.quads(), &words.quads),
    )];
    let inferred = statistics.graphs.get(view.graph("inferred").as_str());
    if let Some(inferred) = inferred.filter(|graph| graph.triples > 0) {
        let text = language.count(inferred.triples, &words.inferred_count);
        counts.push(link(text, "/graph/inferred"));
    }
    for (class, forms) in [("Claim", &words.claims), ("Gap", &words.gaps)] {
        let class = view.own_term(class);
        let count = members(view, &class)?;
        if count > 0 {
            let path = format!("/browse?class={}", super::encode(class.as_str()));
            counts.push(link(language.count(count, forms), &path));
        }
    }
    let conflicts = view.own_term("conflictsWith");
    let disputed = view.count(None, Some(conflicts.as_ref()), None, Graphs::AllNamed)?;
    if disputed > 0 {
        // Each of the two says so of the other one.
        counts.push(ValueView::text(
            language.count(disputed, &words.disputed_claims),
        ));
    }
    Ok(counts)
}

/// Members of a class in all graphs.
fn members(view: &PageReader<'_>, class: &NamedNode) -> Result<u64, StoreError> {
    let count = |graphs| view.count(None, Some(rdf::TYPE), Some(class.as_ref().into()), graphs);
    Ok(count(Graphs::Default)? + count(Graphs::AllNamed)?)
}

/// The widest classes of the facts with most members.
fn kinds(view: &PageReader<'_>) -> Result<Vec<ClassSummary>, StoreError> {
    let facts = view.build().manifest().statistics.graphs.get("");
    let mut classes: Vec<(&String, u64)> = facts
        .into_iter()
        .flat_map(|facts| &facts.classes)
        .map(|(class, count)| (class, *count))
        .collect();
    classes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let all: Vec<&str> = classes.iter().map(|(class, _)| class.as_str()).collect();
    let mut kinds = Vec::new();
    for (class, count) in classes.iter().take(CONSIDERED) {
        let Ok(class) = NamedNode::new(class.as_str()) else {
            continue;
        };
        let mut wider = Vec::new();
        view.add_wider(&class, &mut wider)?;
        let is_part = wider.iter().any(|above| all.contains(&above.as_str()));
        if is_part || view.label(class.as_str()).is_none() {
            continue;
        }
        let path = format!("/browse?class={}", super::encode(class.as_str()));
        let (links, most_linked) = most_linked(view, class.as_ref())?;
        let kind = ClassSummary {
            class: ValueView::link(capital(&view.name(class.as_str())), view.frame.href(&path)),
            count: view.language().number(*count),
            most_linked,
        };
        kinds.push((links, kind));
    }
    // What much points to is what the graph is about.
    kinds.sort_by_key(|(links, _)| std::cmp::Reverse(*links));
    kinds.truncate(CLASSES);
    if kinds.is_empty() {
        let things = super::classes::kinds(view).into_iter().take(CLASSES);
        return Ok(things
            .map(|(class, count)| ClassSummary {
                class,
                count,
                most_linked: Vec::new(),
            })
            .collect());
    }
    Ok(kinds.into_iter().map(|(_, kind)| kind).collect())
}

/// How many facts point to the members of a class, and the three members that most point to.
fn most_linked(
    view: &PageReader<'_>,
    class: NamedNodeRef<'_>,
) -> Result<(u64, Vec<ValueView>), StoreError> {
    let facts = Some(GraphNameRef::DefaultGraph);
    let members = view.subjects(rdf::TYPE, class, facts, COMPARED)?;
    let mut counted = Vec::with_capacity(members.len());
    for member in members {
        let links = view.count_facts_to(None, member.as_ref())?;
        if view.label(member.as_str()).is_some() {
            counted.push((links, member));
        }
    }
    counted.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let links = counted.iter().map(|(links, _)| links).sum();
    let first = counted.iter().take(3);
    let first = first.map(|(_, member)| view.thing(member.as_str()));
    Ok((links, first.collect()))
}

/// Stored queries that can be asked as they are, those first that say of themselves that they give an overview.
fn questions(view: &PageReader<'_>) -> Vec<ValueView> {
    let queries = view.site.queries.iter();
    let ready = queries.filter(|query| {
        let mut parameters = query.header.parameters.iter();
        parameters.all(|parameter| parameter.default.is_some())
    });
    let mut ready: Vec<_> = ready.filter(|_| view.frame.asks()).collect();
    ready.sort_by_key(|query| !query.header.tags.iter().any(|tag| tag == OVERVIEW));
    let language = view.language().code();
    ready
        .into_iter()
        .take(QUESTIONS)
        .map(|query| ValueView::link(query.title(language), view.frame.stored_query(&query.name)))
        .collect()
}

/// The latest days of the facts, each with what has it as its earliest day.
fn dates(view: &PageReader<'_>) -> Result<Vec<(Literal, NamedOrBlankNode)>, StoreError> {
    let earliest = view.own_term("earliest");
    view.latest(&earliest, DATES)
}

/// How many things there are of each year.
fn years(dates: &[(Literal, NamedOrBlankNode)]) -> Vec<Year> {
    let mut counts = std::collections::BTreeMap::<u32, usize>::new();
    for (date, _) in dates {
        if let Some(year) = date.value().get(..4).and_then(|year| year.parse().ok()) {
            *counts.entry(year).or_default() += 1;
        }
    }
    let (Some(first), Some(last)) = (
        counts.first_key_value().map(|(year, _)| *year),
        counts.last_key_value().map(|(year, _)| *year),
    ) else {
        return Vec::new();
    };
    let most = counts.values().copied().max().unwrap_or(1);
    let years = (first..=last).rev().take(YEARS).map(|year| {
        let count = counts.get(&year).copied().unwrap_or(0);
        Year {
            year,
            count,
            height: (count * 100).div_ceil(most),
        }
    });
    let mut years: Vec<Year> = years.collect();
    years.reverse();
    years
}

/// The things with the latest days that are not after the build.
fn latest(
    view: &PageReader<'_>,
    dates: &[(Literal, NamedOrBlankNode)],
) -> Result<Vec<(ValueView, ValueView)>, StoreError> {
    let today = view.frame.published.get(..10).unwrap_or_default();
    let mut latest: Vec<(ValueView, ValueView)> = Vec::new();
    for (date, thing) in dates.iter().filter(|(date, _)| date.value() <= today) {
        let NamedOrBlankNode::NamedNode(thing) = thing else {
            continue;
        };
        if view.label(thing.as_str()).is_none() {
            continue;
        }
        let day = ValueView {
            title: None,
            ..view.value(&date.clone().into())
        };
        latest.push((day, view.thing(thing.as_str())));
        if latest.len() == LATEST {
            break;
        }
    }
    Ok(latest)
}

/// What sources disagree about: things with the properties.
fn disputes(view: &PageReader<'_>) -> Result<Vec<(ValueView, ValueView)>, StoreError> {
    let conflicts = view.own_term("conflictsWith");
    let quads = view.quads(None, Some(conflicts.as_ref()), None, None, EXAMINED)?;
    let claims = quads.into_iter().map(|quad| quad.subject);
    let subjects = claims.map(|claim| match claim {
        NamedOrBlankNode::NamedNode(claim) => view.object(claim.as_ref(), rdf::SUBJECT),
        NamedOrBlankNode::BlankNode(_) => Ok(None),
    });
    open(view, subjects, |subject| {
        let disputes = view.knowledge.disputes(subject)?.into_iter();
        Ok(disputes.map(|dispute| dispute.property).collect())
    })
}

/// What sources do not state: things with the properties.
fn gaps(view: &PageReader<'_>) -> Result<Vec<(ValueView, ValueView)>, StoreError> {
    let about = view.own_term("gapSubject");
    let quads = view.quads(None, Some(about.as_ref()), None, None, EXAMINED)?;
    let subjects = quads.into_iter().map(|quad| Ok(Some(quad.object)));
    open(view, subjects, |subject| {
        let gaps = view.knowledge.gaps(subject)?.into_iter();
        Ok(gaps.map(|gap| gap.property).collect())
    })
}

/// The first things with the properties that are open questions about them, each pair once.
fn open(
    view: &PageReader<'_>,
    subjects: impl Iterator<Item = Result<Option<Term>, StoreError>>,
    properties: impl Fn(&NamedNode) -> Result<Vec<NamedNode>, StoreError>,
) -> Result<Vec<(ValueView, ValueView)>, StoreError> {
    let mut shown: Vec<(ValueView, ValueView)> = Vec::new();
    for subject in subjects {
        let Some(Term::NamedNode(subject)) = subject? else {
            continue;
        };
        for property in properties(&subject)? {
            let one = (view.thing(subject.as_str()), view.term(property.as_str()));
            if !shown.contains(&one) {
                shown.push(one);
            }
        }
        if shown.len() >= OPEN {
            break;
        }
    }
    shown.truncate(OPEN);
    Ok(shown)
}

/// The graph in its formats, the lines that the digest is of first.
fn downloads(view: &PageReader<'_>) -> Vec<ValueView> {
    let links = &view.frame.links;
    let mut downloads = vec![ValueView::link(
        "graph.nq",
        links.plain("/downloads/graph.nq"),
    )];
    if !links.are_files() {
        let formats = [
            ("TriG", "/graphs?format=trig"),
            ("JSON-LD", "/graphs?format=jsonld"),
            ("Turtle", "/graphs?default&format=turtle"),
        ];
        downloads.extend(formats.map(|(name, path)| ValueView::link(name, links.plain(path))));
    }
    downloads
}

/// Documents, and a link to all of them where there are more.
type SourceList = (Vec<SourceSummary>, Option<ValueView>);

/// The first documents with their outlets and dates.
fn documents(view: &PageReader<'_>) -> Result<SourceList, StoreError> {
    let class = view.own_term("Document");
    let date = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/issued");
    let outlet = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/publisher");
    let nodes = view.subjects(rdf::TYPE, class.as_ref(), None, DOCUMENTS + 1)?;
    let mut documents = Vec::new();
    for node in nodes.iter().take(DOCUMENTS) {
        let first = |property| -> Result<Option<ValueView>, StoreError> {
            let object = view.object(node.as_ref(), property)?;
            Ok(object.map(|object| view.value(&object)))
        };
        documents.push(SourceSummary {
            document: view.thing(node.as_str()),
            outlet: first(outlet)?,
            date: first(date)?,
        });
    }
    let path = format!("/browse?class={}", super::encode(class.as_str()));
    let all = (nodes.len() > DOCUMENTS)
        .then(|| ValueView::link(view.frame.words.all_documents, view.frame.href(&path)));
    Ok((documents, all))
}
