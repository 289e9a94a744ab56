//! What pages are made from.

use super::tables::BuildTables;
use crate::query::StoredQuery;
use crate::store::Build;
use oxrdf::NamedNode;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes of tables that are read at once for a site of files.
const AT_ONCE: u64 = 16 << 20;

/// Documents whose spans are kept in order; when there are more, all are forgotten.
const DOCUMENTS: usize = 100;

/// A build with what its pages need besides.
pub struct Site {
    /// The build.
    pub build: Arc<Build>,
    /// The stored queries.
    pub queries: Arc<Vec<StoredQuery>>,
    /// The folder of the source documents, where their words may be shown.
    pub sources: Option<PathBuf>,
    /// The tables of the build, opened when they are first asked for.
    tables: OnceLock<Option<BuildTables>>,
    /// The spans of documents in their order.
    spans: Mutex<HashMap<String, Arc<[NamedNode]>>>,
    /// Things with the suffixes of formats that cannot hold the data about them, as far as somebody tried.
    left_out: Mutex<HashSet<(NamedNode, &'static str)>>,
}

impl Site {
    /// The site of a build.
    pub fn new(
        build: Arc<Build>,
        queries: Arc<Vec<StoredQuery>>,
        sources: Option<PathBuf>,
    ) -> Self {
        Self {
            build,
            queries,
            sources,
            tables: OnceLock::new(),
            spans: Mutex::default(),
            left_out: Mutex::default(),
        }
    }

    /// The tables; `None` where the build does not keep them.
    pub(super) fn tables(&self) -> Option<&BuildTables> {
        let open = || BuildTables::open(&self.build, self.sources.as_deref());
        self.tables.get_or_init(open).as_ref()
    }

    /// Reads the tables at once where they are small: each page reads them again otherwise.
    pub(super) fn prepare_all(&self) {
        let inputs = self.build.manifest().inputs().iter();
        let tables = inputs.filter(|input| input.rows.is_some());
        let tracer = self.tables().and_then(|tables| tables.tracer.as_ref());
        if let Some(tracer) = tracer
            && tables.map(|input| input.bytes).sum::<u64>() <= AT_ONCE
        {
            // What cannot be read is read again for each page, and said there.
            let _ = tracer.read_all();
        }
    }

    /// The spans of a document in their order, where somebody has asked for them before.
    pub(super) fn order_of_spans(&self, document: &str) -> Option<Arc<[NamedNode]>> {
        // A panic elsewhere leaves nothing half done in here.
        let known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(document).map(Arc::clone)
    }

    /// Keeps the spans of a document in their order.
    pub(super) fn keep_order_of_spans(
        &self,
        document: &str,
        order: Vec<NamedNode>,
    ) -> Arc<[NamedNode]> {
        let order: Arc<[NamedNode]> = order.into();
        let mut known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= DOCUMENTS {
            known.clear();
        }
        known.insert(document.to_owned(), Arc::clone(&order));
        order
    }

    /// Notes that a format cannot hold the data about a thing, so that its page does not link to them.
    pub(super) fn leave_out(&self, node: &NamedNode, suffix: &'static str) {
        let mut known = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((node.clone(), suffix));
    }

    /// Whether the data about a thing are left out in a format.
    pub(super) fn leaves_out(&self, node: &NamedNode, suffix: &'static str) -> bool {
        let known = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        !known.is_empty() && known.contains(&(node.clone(), suffix))
    }

    /// Base of the project's IRIs.
    pub fn base(&self) -> &str {
        &self.build.manifest().about.base
    }

    /// Quads of all graphs.
    pub fn quads(&self) -> u64 {
        let manifest = self.build.manifest();
        manifest.statistics.quads + manifest.release_quads
    }
}
