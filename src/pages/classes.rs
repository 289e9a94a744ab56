//! The page of all classes.

use super::browse::BrowseFilter;
use super::frame::PageFrame;
use super::links::escape_path;
use super::reader::{PageReader, capital};
use super::value::ValueView;
use crate::store::StoreError;
use askama::Template;
use oxrdf::NamedNode;

/// Classes of the overview.
const CLASSES: usize = 300;

/// All classes.
#[derive(Template)]
#[template(path = "classes.html")]
pub(super) struct ClassesPage<'a> {
    frame: &'a PageFrame,
    graphs: Vec<InGraph>,
    /// Kinds of things, where there are no classes of facts.
    kinds: Vec<(ValueView, String)>,
    tables: Vec<(ValueView, String)>,
}

/// The classes of a graph.
struct InGraph {
    graph: ValueView,
    /// Class, number of members, definition.
    classes: Vec<(ValueView, String, String)>,
}

impl<'a> ClassesPage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Result<Self, StoreError> {
        let mut graphs = Vec::new();
        let mut left = CLASSES;
        for (name, graph) in &view.build().manifest().statistics.graphs {
            let mut classes: Vec<(&String, u64)> = graph
                .classes
                .iter()
                .map(|(class, count)| (class, *count))
                .collect();
            classes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
            let mut rows = Vec::new();
            for (class, count) in classes.into_iter().take(left) {
                let Ok(node) = NamedNode::new(class.as_str()) else {
                    continue;
                };
                let definition = view.definition(node.as_ref())?.unwrap_or_default();
                let filter = BrowseFilter {
                    class: Some(node),
                    page: 1,
                    ..BrowseFilter::default()
                };
                let label = capital(&view.name(class));
                rows.push((
                    ValueView::link(label, view.frame.href(&filter.path())),
                    view.language().number(count),
                    definition,
                ));
            }
            left = left.saturating_sub(rows.len());
            if !rows.is_empty() {
                let title = match name.is_empty() {
                    true => ValueView::text(view.frame.words.facts),
                    false => view.term(name),
                };
                graphs.push(InGraph {
                    graph: title,
                    classes: rows,
                });
            }
        }
        let facts = view.build().manifest().statistics.graphs.get("");
        let has_classes = facts.is_some_and(|facts| !facts.classes.is_empty());
        let tables = view.build().manifest().inputs().iter().filter_map(|input| {
            let rows = view
                .language()
                .count(input.rows?, &view.frame.words.table_rows);
            let page = view.frame.href(&format!("/{}", escape_path(&input.name)));
            Some((ValueView::link(&*input.name, page), rows))
        });
        Ok(Self {
            frame: view.frame,
            graphs,
            kinds: if has_classes { Vec::new() } else { kinds(view) },
            tables: tables.take(CLASSES).collect(),
        })
    }
}

/// The kinds of things of the facts, with how many there are of each.
pub(super) fn kinds(view: &PageReader<'_>) -> Vec<(ValueView, String)> {
    let things = view.build().manifest().statistics.things.iter();
    let kinds = things.take(CLASSES).map(|(kind, count)| {
        let filter = BrowseFilter {
            kind: Some(kind.clone()),
            page: 1,
            ..BrowseFilter::default()
        };
        let link = ValueView::link(capital(kind), view.frame.href(&filter.path()));
        (link, view.language().number(*count))
    });
    kinds.collect()
}
