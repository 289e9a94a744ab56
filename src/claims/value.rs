//! What the texts of a table's cells are, by the datatypes of their columns.

use crate::plan::{ColumnId, ColumnPlan, LiteralText, ObjectMap, TablePlan, TermMap};

/// The columns of a table.
#[derive(Clone, Copy)]
pub(super) struct ColumnValues<'p> {
    plan: &'p TablePlan,
}

impl<'p> ColumnValues<'p> {
    pub(super) fn new(plan: &'p TablePlan) -> Self {
        Self { plan }
    }

    /// The lexical form of the value of a text, as the datatype of a column gives it; `None` where it is
    /// none of its values.
    pub(super) fn lexical(&self, column: usize, text: &str) -> Option<String> {
        let column = self.plan.columns.get(column)?;
        let (mut normal, mut value) = (String::new(), String::new());
        let text = column.datatype.normalise(text, &mut normal);
        column
            .parser()
            .parse(text, &mut value)
            .ok()
            .map(str::to_owned)
    }

    /// What the datatype of a column demands of a text that is none of its values.
    pub(super) fn refusal(&self, column: usize, text: &str) -> Option<String> {
        let column = self.plan.columns.get(column)?;
        let (mut normal, mut value) = (String::new(), String::new());
        let text = column.datatype.normalise(text, &mut normal);
        column
            .parser()
            .parse(text, &mut value)
            .err()
            .map(|problem| problem.expected)
    }

    /// Bytes that are equal for two texts exactly if their values are; of lists, if those of all items are,
    /// in their order where it says anything.
    pub(super) fn identity(&self, column: usize, text: &str) -> Vec<u8> {
        let Some(plan) = self.plan.columns.get(column) else {
            return Vec::new();
        };
        let of = |text: &str| {
            let mut identity = Vec::new();
            match self.lexical(column, text) {
                Some(lexical) => plan.datatype.write_key(&lexical, &mut identity),
                // What is not a value of the datatype is a string, and differs from all its values.
                None => {
                    identity.push(0);
                    identity.extend(text.as_bytes());
                }
            }
            identity
        };
        if plan.separator.is_none() {
            return of(text);
        }
        let items = list_items(plan, text);
        let mut items: Vec<Vec<u8>> = items.iter().map(|(_, item)| of(item)).collect();
        if self.is_set(column) {
            items.sort_unstable();
            items.dedup();
        }
        // Each with its length: neither runs into the next one.
        let sized = items.iter().flat_map(|item| {
            let length = (item.len() as u64).to_le_bytes();
            length.into_iter().chain(item.iter().copied())
        });
        sized.collect()
    }

    /// Whether the items of a list make triples of their own, so that their order says nothing.
    fn is_set(&self, column: usize) -> bool {
        let mut maps = self.plan.maps_of(ColumnId::new(column));
        maps.all(|map| match &map.object {
            ObjectMap::Terms(TermMap::Iri(expansion)) => expansion.each.is_some(),
            ObjectMap::Terms(TermMap::Literal(literal)) => {
                matches!(literal.value, LiteralText::Column(_))
            }
            _ => false,
        })
    }
}

/// The values that a list cell holds (Tabular Data Model §6.4): each with the number of its piece between
/// separators, from 0. Pieces that are null are left out.
pub(super) fn list_items(column: &ColumnPlan, text: &str) -> Vec<(usize, String)> {
    let mut buffer = String::new();
    let text = column.or_default(column.datatype.normalise(text, &mut buffer));
    if text.is_empty() || column.is_null(text) {
        return Vec::new();
    }
    column
        .pieces(text, column.separator.as_deref().unwrap_or_default())
        .enumerate()
        .filter(|(_, item)| !column.is_null(item))
        .map(|(piece, item)| (piece, item.to_owned()))
        .collect()
}
