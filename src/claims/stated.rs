//! The triples of a cell if it held what a claim states.

use super::claim::{Claim, TargetRow};
use super::value::list_items;
use crate::convert::row;
use crate::csv::{Dialect, RecordPosition, Split};
use crate::datatype::{Datatype, DatatypeDescription};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::plan::{ColumnId, ColumnPlan, Plan, TableId};
use crate::resource::{ResolveError, Resolver, Resource, ResourceContent};
use oxrdf::vocab::xsd;
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use std::cell::OnceCell;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Types that a stated value may have where it does not fit the column, in the order tried.
const SHAPES: [&str; 5] = ["duration", "gYear", "date", "integer", "decimal"];

/// Converts rows with stated values in them.
pub(super) struct StatedRows<'r> {
    plan: &'r Plan,
    resolver: &'r dyn Resolver,
    /// The plan with the dialect in which changed rows are written.
    plain: OnceCell<Plan>,
}

impl<'r> StatedRows<'r> {
    pub(super) fn new(plan: &'r Plan, resolver: &'r dyn Resolver) -> Self {
        Self {
            plan,
            resolver,
            plain: OnceCell::new(),
        }
    }

    pub(super) fn plan(&self) -> &'r Plan {
        self.plan
    }

    fn plain(&self) -> &Plan {
        self.plain.get_or_init(|| {
            let mut plan = self.plan.clone();
            plan.head.clear();
            for table in &mut plan.tables {
                table.dialect = Dialect {
                    header_row_count: 0,
                    ..Dialect::default()
                };
            }
            plan
        })
    }

    /// The quads of the cell with the stated value in it, and which items of its list the claim is about,
    /// where it is about one.
    pub(super) fn quads(
        &self,
        claim: &Claim,
        value: &str,
        target: &TargetRow,
    ) -> (Vec<Quad>, Option<Range<usize>>) {
        let nothing = (Vec::new(), None);
        let id = ColumnId::new(claim.column);
        let plan = self.plain();
        let Some((table, column)) = plan
            .tables
            .get(claim.table)
            .and_then(|table| Some((table, table.columns.get(claim.column)?)))
        else {
            return nothing;
        };
        let mut cells = target.cells.clone();
        let mut items = None;
        if let Some(cell) = cells.get_mut(claim.column) {
            match claim.item {
                None => value.clone_into(cell),
                Some(item) => {
                    let (text, replaced) = replace_item(column, cell, item, value);
                    *cell = text;
                    items = Some(replaced);
                }
            }
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        let Some(bytes) = writer
            .write_record(&cells)
            .ok()
            .and_then(|()| writer.into_inner().ok())
        else {
            return nothing;
        };
        // The row keeps its number, which blank nodes and templates may name.
        let split = Split {
            start: RecordPosition {
                record: target.record,
                row: claim.target_row,
                ..RecordPosition::START
            },
            byte: None,
            end: bytes.len() as u64,
        };
        let overlay = OverlayResolver {
            url: &table.url,
            bytes: bytes.into(),
            others: self.resolver,
        };
        let is_list = claim.item.is_none() && table.maps_of(id).any(|map| map.object.is_list());
        let of = TableId::new(claim.table);
        let quads = row(plan, of, &overlay, claim.target_row, Some(&split))
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, origin)| origin.column == Some(id))
            .enumerate()
            .map(|(index, (mut quad, _))| {
                if let Term::Literal(literal) = &quad.object
                    && column.datatype.iri() != literal.datatype().as_str()
                    && literal.datatype() == xsd::STRING
                {
                    // It is not a value of the column's datatype: typed by what it looks like.
                    quad.object = by_shape(literal.value()).into();
                }
                if is_list {
                    own_list(claim, index == 0, &mut quad);
                }
                quad
            })
            .collect();
        (quads, items)
    }
}

/// The text of a list cell with another value for one of its items, and the items that are it then.
fn replace_item(
    column: &ColumnPlan,
    cell: &str,
    item: usize,
    value: &str,
) -> (String, Range<usize>) {
    let mut buffer = String::new();
    let text = column.or_default(column.datatype.normalise(cell, &mut buffer));
    let before = list_items(column, text);
    let replaced = before.get(item).map(|(piece, _)| *piece);
    let separator = column.separator.as_deref().unwrap_or_default();
    let pieces: Vec<&str> = text
        .split(separator)
        .enumerate()
        .map(
            |(piece, text)| {
                if Some(piece) == replaced { value } else { text }
            },
        )
        .collect();
    let text = pieces.join(separator);
    // What is stated may be several items, or null.
    let count = (list_items(column, &text).len() + 1).saturating_sub(before.len());
    (text, item..item + count)
}

/// Gives the nodes of a stated list labels of their own: the list of the cell has theirs.
fn own_list(claim: &Claim, head: bool, quad: &mut Quad) {
    let own =
        |node: &BlankNode| BlankNode::new_unchecked(format!("{}v{}", node.as_str(), claim.row));
    if let NamedOrBlankNode::BlankNode(node) = &quad.subject
        && !head
    {
        quad.subject = own(node).into();
    }
    if let Term::BlankNode(node) = &quad.object {
        quad.object = own(node).into();
    }
}

/// Whether a text has the form of a value of one of the types that a stated value may have beside its column's.
pub(super) fn has_shape(value: &str) -> bool {
    by_shape(value).datatype() != xsd::STRING
}

/// A literal of the first type whose values look like this; a plain string otherwise.
fn by_shape(value: &str) -> Literal {
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let mut buffer = String::new();
    for base in SHAPES {
        let description = DatatypeDescription {
            base: base.to_owned(),
            ..DatatypeDescription::default()
        };
        let datatype = Datatype::compile(&description, &mut silent);
        if let Ok(lexical) = datatype.parser().parse(value, &mut buffer) {
            let iri = NamedNode::new_unchecked(datatype.iri());
            return Literal::new_typed_literal(lexical, iri);
        }
    }
    Literal::new_simple_literal(value)
}

/// A resolver that has other bytes for one URL.
struct OverlayResolver<'r> {
    url: &'r str,
    bytes: Arc<[u8]>,
    others: &'r dyn Resolver,
}

impl Resolver for OverlayResolver<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut resource = self.others.resolve(url)?;
        if url == self.url {
            resource.content = ResourceContent::Bytes(Arc::clone(&self.bytes));
            resource.charset = None;
        }
        Ok(resource)
    }

    fn fetches(&self) -> bool {
        self.others.fetches()
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.others.file_of(url)
    }
}
