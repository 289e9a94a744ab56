//! Quads that match a pattern, one by one.

use super::Index;
use crate::error::Result;
use oxrdf::Quad;

/// Entries with their graphs.
pub(super) type GraphEntries<'a> = Box<dyn Iterator<Item = Result<([u32; 3], Option<u32>)>> + 'a>;

/// Quads that match a pattern.
pub struct Quads<'a> {
    pub(super) index: &'a Index,
    pub(super) entries: GraphEntries<'a>,
}

impl Iterator for Quads<'_> {
    type Item = Result<Quad>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.next()?;
        Some(entry.and_then(|(triple, graph)| self.index.quad(triple, graph)))
    }
}
