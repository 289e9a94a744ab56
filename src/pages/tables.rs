//! The tables that a build keeps, for pages that lead from a value to its cell.

use crate::claims::Spans;
use crate::convert;
use crate::csv::Split;
use crate::lineage::{Facts, Tracer, folder};
use crate::plan::TableId;
use crate::store::Build;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of CSV in a split: as much is read to show a row.
const SPLIT: usize = 64 << 10;

/// Tables of more bytes in all are not searched for cells while a reader waits.
const TRACED: u64 = 256 << 20;

/// The tables of a build.
pub(super) struct Tables {
    /// What the tables say.
    pub facts: Facts,
    /// The evidence, with the documents where they are given.
    pub spans: Spans,
    /// Finds the cells of triples; `None` where there is too much to look through.
    pub tracer: Option<Tracer>,
    /// Where rows are, by the number of the table.
    splits: Mutex<HashMap<usize, Arc<[Split]>>>,
}

impl Tables {
    /// Opens the tables of a build; `None` where it does not keep them.
    pub(super) fn open(build: &Arc<Build>, sources: Option<&Path>) -> Option<Self> {
        let facts = Facts::of_build(build).ok()?;
        let spans = facts.spans(sources).ok()?;
        let inputs = build.manifest().inputs().iter();
        let tables = inputs.filter(|input| input.rows.is_some());
        let bytes: u64 = tables.map(|input| input.bytes).sum();
        let tracer = (bytes <= TRACED)
            .then(|| Tracer::open(build, &folder(build.root())).ok())
            .flatten();
        Some(Self {
            facts,
            spans,
            tracer,
            splits: Mutex::default(),
        })
    }

    /// The splits of a table, found once.
    pub(super) fn splits(&self, table: usize) -> io::Result<Arc<[Split]>> {
        // A panic elsewhere leaves nothing half done in here.
        let mut known = self.splits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(splits) = known.get(&table) {
            return Ok(Arc::clone(splits));
        }
        let of = self.facts.tables.get();
        let splits = convert::splits(of.plan, TableId::new(table), of.resolver, SPLIT)?;
        let splits: Arc<[Split]> = splits.into();
        known.insert(table, Arc::clone(&splits));
        Ok(splits)
    }

    /// The number of the table with a URL.
    pub(super) fn number(&self, url: &str) -> Option<usize> {
        let mut tables = self.facts.tables.plan.tables.iter();
        tables.position(|table| table.url.split('#').next() == Some(url))
    }
}
