//! What pages are made from.

use super::tables::Tables;
use crate::query::StoredQuery;
use crate::store::Build;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// A build with what its pages need besides.
pub struct Site {
    /// The build.
    pub build: Arc<Build>,
    /// The stored queries.
    pub queries: Arc<Vec<StoredQuery>>,
    /// The folder of the source documents, where their words may be shown.
    pub sources: Option<PathBuf>,
    /// The tables of the build, opened when they are first asked for.
    tables: OnceLock<Option<Tables>>,
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
        }
    }

    /// The tables; `None` where the build does not keep them.
    pub(super) fn tables(&self) -> Option<&Tables> {
        let open = || Tables::open(&self.build, self.sources.as_deref());
        self.tables.get_or_init(open).as_ref()
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
