//! What narrows a list of things.

use super::browse::{BrowseFilter, bases, roles, year_of};
use super::reader::{PageReader, capital};
use super::value::ValueView;
use crate::store::StoreError;
use oxrdf::vocab::rdf;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, BTreeSet};

/// Facets, and values of each.
const FACETS: usize = 8;
const VALUES: usize = 12;

/// Things that facets are counted over, and that are sorted by their names.
pub(super) const COUNTED: usize = 3000;

/// Things whose claims and participations are read for facets.
pub(super) const CLAIMED: usize = 500;

/// A property with more distinct values than this is not offered as a facet.
const DISTINCT: usize = 60;

/// Values that narrow a list.
pub(super) struct Facet {
    pub title: ValueView,
    pub values: Vec<(ValueView, String)>,
}

/// What narrows a list: classes, linked things, years, bases.
pub(super) fn facets(
    view: &PageReader<'_>,
    filter: &BrowseFilter,
    things: &[NamedNode],
) -> Result<Vec<Facet>, StoreError> {
    let words = view.frame.words;
    let mut linked: BTreeMap<NamedNode, BTreeMap<NamedNode, u64>> = BTreeMap::new();
    let mut by_year: BTreeMap<u16, u64> = BTreeMap::new();
    let mut by_basis: BTreeMap<NamedNode, u64> = BTreeMap::new();
    let mut by_role: BTreeMap<NamedNode, u64> = BTreeMap::new();
    for (number, thing) in things.iter().take(COUNTED).enumerate() {
        let mut seen = BTreeSet::new();
        let mut seen_years = BTreeSet::new();
        for quad in view.quads(Some(thing.as_ref().into()), None, None, None, 200)? {
            if let Some(year) = year_of(&quad.object) {
                seen_years.insert(year);
            }
            let is_here = quad.graph_name == GraphName::DefaultGraph
                || !matches!(quad.subject, NamedOrBlankNode::BlankNode(_));
            if let Term::NamedNode(object) = quad.object
                && is_here
                && seen.insert((quad.predicate.clone(), object.clone()))
            {
                let values = linked.entry(quad.predicate).or_default();
                // One more than is shown says that there are too many.
                if values.len() <= DISTINCT || values.contains_key(&object) {
                    *values.entry(object).or_default() += 1;
                }
            }
        }
        for year in seen_years {
            *by_year.entry(year).or_default() += 1;
        }
        if number < CLAIMED {
            for basis in bases(view, thing)? {
                *by_basis.entry(basis).or_default() += 1;
            }
            for role in roles(view, thing)? {
                *by_role.entry(role).or_default() += 1;
            }
        }
    }
    let count = things.len().min(COUNTED) as u64;
    let mut facets = Vec::new();
    let mut linked: Vec<_> = linked.into_iter().collect();
    // Classes first, then what most things have.
    linked.sort_by_key(|(property, values)| {
        (
            *property != rdf::TYPE,
            std::cmp::Reverse(values.values().sum::<u64>()),
        )
    });
    for (property, mut values) in linked {
        values.retain(|value, number| {
            let is_filter = filter
                .values
                .iter()
                .any(|(p, v)| *p == property && v == value);
            let is_class = property == rdf::TYPE && filter.class.as_ref() == Some(value);
            !is_filter && !is_class && *number < count
        });
        if view.frame.links.are_files() {
            values.retain(|_, number| *number > 1);
        }
        let repeated = values.values().any(|number| *number > 1);
        if facets.len() >= FACETS || values.is_empty() || values.len() > DISTINCT || !repeated {
            continue;
        }
        let mut values: Vec<(NamedNode, u64)> = values.into_iter().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let values = values.into_iter().take(VALUES).map(|(value, number)| {
            let name = view.name(value.as_str());
            let mut narrowed = filter.at(1);
            narrowed.values.push((property.clone(), value));
            let link = ValueView::link(name, view.frame.href(&narrowed.path()));
            (link, view.language().number(number))
        });
        facets.push(Facet {
            title: ValueView::text(match property == rdf::TYPE {
                true => words.kind.to_owned(),
                false => capital(&view.name(property.as_str())),
            }),
            values: values.collect(),
        });
    }
    if filter.year.is_none() && by_year.len() > 1 {
        let values = by_year.into_iter().map(|(year, number)| {
            let narrowed = BrowseFilter {
                year: Some(year),
                ..filter.at(1)
            };
            let link = ValueView::link(year.to_string(), view.frame.href(&narrowed.path()));
            (link, view.language().number(number))
        });
        let facet = Facet {
            title: ValueView::text(words.year),
            values: values.take(40).collect(),
        };
        facets.insert(facets.len().min(1), facet);
    }
    let listed = |values: BTreeMap<NamedNode, u64>,
                  narrowed: &dyn Fn(NamedNode) -> BrowseFilter| {
        let values = values.into_iter().map(|(value, number)| {
            let name = view.name(value.as_str());
            let href = view.frame.href(&narrowed(value).path());
            (ValueView::link(name, href), view.language().number(number))
        });
        values.take(DISTINCT).collect::<Vec<_>>()
    };
    if filter.role.is_none() && by_role.len() > 1 {
        let narrowed = |role| BrowseFilter {
            role: Some(role),
            ..filter.at(1)
        };
        facets.push(Facet {
            title: ValueView::text(words.role),
            values: listed(by_role, &narrowed),
        });
    }
    if filter.basis.is_none() && by_basis.len() > 1 {
        let narrowed = |basis| BrowseFilter {
            basis: Some(basis),
            ..filter.at(1)
        };
        facets.push(Facet {
            title: ValueView::text(words.basis),
            values: listed(by_basis, &narrowed),
        });
    }
    Ok(facets)
}
