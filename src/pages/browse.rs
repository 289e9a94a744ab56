//! Lists of things by class, by what they are linked to, by year and by basis, with facets that narrow them.

use super::facet::{CLAIMED, COUNTED, Facet, facets};
use super::frame::PageFrame;
use super::links::encode;
use super::reader::{PageReader, capital};
use super::value::ValueView;
use crate::store::StoreError;
use askama::Template;
use civigraph_index::Graphs;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::collections::BTreeSet;

/// Things that are looked at.
const EXAMINED: usize = 20_000;

/// Participations of a thing that are read for the facet of roles.
const PARTS: usize = 100;

/// Things of a page.
const SHOWN: usize = 50;

/// What is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowseFilter {
    /// Members of a class.
    pub class: Option<NamedNode>,
    /// Things of a kind: by a part of their IRI, `city` of `…/id/city/irbit`, or by their namespace.
    pub kind: Option<String>,
    /// Things with these values of these properties.
    pub values: Vec<(NamedNode, NamedNode)>,
    /// Things with a date in a year.
    pub year: Option<u16>,
    /// Things of which something is claimed on a basis.
    pub basis: Option<NamedNode>,
    /// Things that take part in something, or in which something takes part, in a role.
    pub role: Option<NamedNode>,
    /// The page, from 1.
    pub page: usize,
}

impl BrowseFilter {
    /// The filter of a query string; `None` where it is none.
    pub(super) fn of(parameters: &[(String, String)]) -> Option<Self> {
        let node = |text: &str| NamedNode::new(text).ok();
        let mut filter = Self {
            page: 1,
            ..Self::default()
        };
        let mut property = None;
        for (name, value) in parameters {
            match name.as_str() {
                "class" => filter.class = Some(node(value)?),
                "kind" => filter.kind = Some(value.clone()).filter(|kind| !kind.is_empty()),
                "property" => property = Some(node(value)?),
                "value" => filter.values.push((property.take()?, node(value)?)),
                "year" => filter.year = Some(value.parse().ok()?),
                "basis" => filter.basis = Some(node(value)?),
                "role" => filter.role = Some(node(value)?),
                "page" => filter.page = value.parse().ok().filter(|page| *page > 0)?,
                _ => return None,
            }
        }
        Some(filter)
    }

    /// Its path.
    pub(super) fn path(&self) -> String {
        let mut parts = Vec::new();
        if let Some(class) = &self.class {
            parts.push(format!("class={}", encode(class.as_str())));
        }
        if let Some(kind) = &self.kind {
            parts.push(format!("kind={}", encode(kind)));
        }
        for (property, value) in &self.values {
            let (property, value) = (encode(property.as_str()), encode(value.as_str()));
            parts.push(format!("property={property}&value={value}"));
        }
        if let Some(year) = self.year {
            parts.push(format!("year={year}"));
        }
        if let Some(basis) = &self.basis {
            parts.push(format!("basis={}", encode(basis.as_str())));
        }
        if let Some(role) = &self.role {
            parts.push(format!("role={}", encode(role.as_str())));
        }
        if self.page > 1 {
            parts.push(format!("page={}", self.page));
        }
        match parts.is_empty() {
            true => "/browse".to_owned(),
            false => format!("/browse?{}", parts.join("&")),
        }
    }

    /// Whether it says nothing.
    pub(super) fn is_open(&self) -> bool {
        self.class.is_none() && self.kind.is_none() && self.values.is_empty()
    }

    pub(super) fn at(&self, page: usize) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    fn is_narrowed(&self) -> bool {
        let sides = usize::from(self.class.is_some() || self.kind.is_some()) + self.values.len();
        sides > 1 || self.year.is_some() || self.basis.is_some() || self.role.is_some()
    }
}

/// The list of things.
#[derive(Template)]
#[template(path = "browse.html")]
pub(super) struct BrowsePage<'a> {
    frame: &'a PageFrame,
    title: String,
    definition: Option<String>,
    /// Conditions, each with the list without it.
    active: Vec<(String, String, Option<String>)>,
    count: String,
    /// Whether more things match than were looked at.
    cut: bool,
    things: Vec<ListedThing>,
    facets: Vec<Facet>,
    /// Of which things the facets are counted, where that is not all.
    counted: Vec<&'static str>,
    previous: Option<String>,
    next: Option<String>,
    page: String,
}

/// A thing of the list.
struct ListedThing {
    thing: ValueView,
    other: Option<ValueView>,
    about: String,
}

impl<'a> BrowsePage<'a> {
    pub(super) fn of(view: &PageReader<'a>, filter: &BrowseFilter) -> Result<Self, StoreError> {
        let (language, words) = (view.language(), view.frame.words);
        let (mut things, cut) = matching(view, filter)?;
        if things.len() <= COUNTED {
            things.sort_by_cached_key(|thing| {
                (view.name(thing.as_str()).to_lowercase(), thing.clone())
            });
        }
        // Every facet of a list is a file of a static site: there, lists of facts alone have them, and once.
        let is_bare =
            view.frame.links.are_files() && (filter.is_narrowed() || !has_facts(view, filter)?);
        let facets = match is_bare {
            true => Vec::new(),
            false => facets(view, filter, &things)?,
        };
        let mut counted = Vec::new();
        if things.len() > COUNTED {
            counted.push(words.counts_cut);
        }
        if things.len() > CLAIMED {
            counted.push(words.counts_cut_more);
        }
        let count = things.len();
        let start = (filter.page - 1).saturating_mul(SHOWN);
        let mut listed = Vec::new();
        for thing in things.iter().skip(start).take(SHOWN) {
            let classes = view.classes(thing.as_ref())?;
            let classes: Vec<String> = classes
                .iter()
                .take(2)
                .map(|class| view.name(class.as_str()))
                .collect();
            let other = view.other_labels(thing.as_ref())?.into_iter().next();
            listed.push(ListedThing {
                thing: view.thing(thing.as_str()),
                other: other.map(|other| ValueView { tag: None, ..other }),
                about: classes.join(", "),
            });
        }
        let link = |page| view.frame.href(&filter.at(page).path());
        let pages = count.div_ceil(SHOWN).max(1);
        Ok(Self {
            frame: view.frame,
            title: title(view, filter),
            definition: match &filter.class {
                Some(class) => view.definition(class.as_ref())?,
                None => None,
            },
            active: active(view, filter),
            count: language.count(count as u64, &words.things),
            cut,
            things: listed,
            facets,
            counted,
            previous: (filter.page > 1).then(|| link(filter.page - 1)),
            next: (filter.page < pages).then(|| link(filter.page + 1)),
            page: match pages {
                1 => String::new(),
                _ => format!("{} {} / {pages}", words.page, filter.page),
            },
        })
    }
}

/// Whether facts say that there are members of the class.
fn has_facts(view: &PageReader<'_>, filter: &BrowseFilter) -> Result<bool, StoreError> {
    let Some(class) = &filter.class else {
        return Ok(filter.kind.is_some());
    };
    let object = Some(class.as_ref().into());
    Ok(view.count(None, Some(rdf::TYPE), object, Graphs::Default)? > 0)
}

fn title(view: &PageReader<'_>, filter: &BrowseFilter) -> String {
    match (&filter.class, filter.values.first()) {
        (Some(class), _) => capital(&view.name(class.as_str())),
        (None, Some((property, value))) => format!(
            "{}: {}",
            capital(&view.name(property.as_str())),
            view.name(value.as_str())
        ),
        (None, None) => match &filter.kind {
            Some(kind) => capital(kind),
            None => view.frame.words.browse.to_owned(),
        },
    }
}

/// The conditions of a list, each with the list without it.
fn active(view: &PageReader<'_>, filter: &BrowseFilter) -> Vec<(String, String, Option<String>)> {
    let words = view.frame.words;
    let without = |without: BrowseFilter| {
        (!without.is_open()).then(|| view.frame.href(&without.at(1).path()))
    };
    let mut active = Vec::new();
    for (at, (property, value)) in filter.values.iter().enumerate() {
        let mut rest = filter.clone();
        rest.values.remove(at);
        let property = capital(&view.name(property.as_str()));
        active.push((property, view.name(value.as_str()), without(rest)));
    }
    if let Some(year) = filter.year {
        let rest = BrowseFilter {
            year: None,
            ..filter.clone()
        };
        active.push((words.year.to_owned(), year.to_string(), without(rest)));
    }
    if let Some(role) = &filter.role {
        let rest = BrowseFilter {
            role: None,
            ..filter.clone()
        };
        let name = view.name(role.as_str());
        active.push((words.role.to_owned(), name, without(rest)));
    }
    if let Some(basis) = &filter.basis {
        let rest = BrowseFilter {
            basis: None,
            ..filter.clone()
        };
        let name = view.name(basis.as_str());
        active.push((words.basis.to_owned(), name, without(rest)));
    }
    active
}

/// The things that a filter lets through, and whether there may be more.
fn matching(
    view: &PageReader<'_>,
    filter: &BrowseFilter,
) -> Result<(Vec<NamedNode>, bool), StoreError> {
    let class = filter.class.iter().map(|class| (rdf::TYPE, class.as_ref()));
    let values = filter.values.iter();
    let values = values.map(|(property, value)| (property.as_ref(), value.as_ref()));
    let mut patterns: Vec<(u64, (NamedNodeRef<'_>, NamedNodeRef<'_>))> = Vec::new();
    for (property, value) in class.chain(values) {
        let count = |graphs| view.count(None, Some(property), Some(value.into()), graphs);
        let count = count(Graphs::Default)? + count(Graphs::AllNamed)?;
        patterns.push((count, (property, value)));
    }
    patterns.sort();
    // One of the conditions gives the candidates, and the others are asked about each.
    let (candidates, cut, asked) = match (&filter.kind, patterns.split_first()) {
        (Some(kind), _) => {
            // One that is elsewhere is named by its namespace.
            let start = match kind.contains("://") {
                true => kind.clone(),
                false => format!("{}id/{kind}/", view.site.base()),
            };
            let mut things = view.starting_with(&start, EXAMINED + 1)?;
            let cut = things.len() > EXAMINED;
            things.truncate(EXAMINED);
            (things, cut, patterns.as_slice())
        }
        (None, Some(((count, (property, value)), others))) => {
            let things = view.subjects(*property, *value, None, EXAMINED)?;
            (things, *count > EXAMINED as u64, others)
        }
        (None, None) => return Ok((Vec::new(), false)),
    };
    let mut found = Vec::new();
    'things: for subject in candidates {
        for (_, (property, value)) in asked {
            let object = Some((*value).into());
            let has = view.quads(
                Some(subject.as_ref().into()),
                Some(*property),
                object,
                None,
                1,
            )?;
            if has.is_empty() {
                continue 'things;
            }
        }
        if let Some(year) = filter.year
            && !years(view, &subject)?.contains(&year)
        {
            continue;
        }
        if let Some(role) = &filter.role
            && !roles(view, &subject)?.contains(role)
        {
            continue;
        }
        if let Some(basis) = &filter.basis
            && !bases(view, &subject)?.contains(basis)
        {
            continue;
        }
        found.push(subject);
    }
    Ok((found, cut))
}

/// The years of the dates of a thing.
fn years(view: &PageReader<'_>, thing: &NamedNode) -> Result<BTreeSet<u16>, StoreError> {
    let quads = view.quads(Some(thing.as_ref().into()), None, None, None, 500)?;
    Ok(quads
        .iter()
        .filter_map(|quad| year_of(&quad.object))
        .collect())
}

pub(super) fn year_of(term: &Term) -> Option<u16> {
    let Term::Literal(literal) = term else {
        return None;
    };
    let datatype = literal.datatype();
    let is_date = [xsd::DATE, xsd::DATE_TIME, xsd::G_YEAR, xsd::G_YEAR_MONTH].contains(&datatype)
        || datatype
            .as_str()
            .starts_with("http://id.loc.gov/datatypes/edtf/");
    is_date
        .then(|| literal.value().get(..4)?.parse().ok())
        .flatten()
}

/// On which bases something is claimed of a thing.
pub(super) fn bases(
    view: &PageReader<'_>,
    thing: &NamedNode,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let claims = view.knowledge.claims(thing)?;
    Ok(claims.into_iter().filter_map(|claim| claim.basis).collect())
}

/// The roles in which a thing takes part in something, or others take part in it.
pub(super) fn roles(
    view: &PageReader<'_>,
    thing: &NamedNode,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let role = view.own_term("role");
    let mut roles = BTreeSet::new();
    for end in ["agent", "post", "event"] {
        let end = view.own_term(end);
        for participation in view.subjects(end.as_ref(), thing.as_ref(), None, PARTS)? {
            for object in view.objects(participation.as_ref(), role.as_ref(), 10)? {
                if let Term::NamedNode(role) = object {
                    roles.insert(role);
                }
            }
        }
    }
    Ok(roles)
}
