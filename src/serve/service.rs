//! What all requests share.

use super::ServeError;
use super::lanes::Lanes;
use super::log::Log;
use super::metrics::Metrics;
use super::options::ServeOptions;
use super::pool::{Pool, PoolOptions};
use crate::diagnostic::{Diagnostics, Mode};
use crate::pages::Site;
use crate::query::StoredQuery;
use crate::store::{self, Build, StoreError};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::Instant;

/// The service.
pub struct Service {
    /// How it runs.
    pub options: ServeOptions,
    /// The address that it listens at.
    pub address: SocketAddr,
    /// Which task runs when.
    pub lanes: Lanes,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The access log.
    pub log: Log,
    current: RwLock<Arc<Current>>,
}

/// What is served at the moment. A request keeps what there was when it came.
pub struct Current {
    /// The build.
    pub build: Arc<Build>,
    /// Workers on it.
    pub pool: Arc<Pool>,
    /// The stored queries.
    pub queries: Arc<Vec<StoredQuery>>,
    /// The pages of the build.
    pub site: Arc<Site>,
}

impl Service {
    /// A service of the published build.
    ///
    /// # Errors
    /// Nothing is published, or no worker can be started.
    pub async fn start(options: ServeOptions, address: SocketAddr) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::default());
        let current = Current::open(&options, &metrics).await?;
        let (fast, slow) = options.lanes();
        Ok(Self {
            lanes: Lanes::new(fast, slow, options.connections, Arc::clone(&metrics)),
            log: Log::open(options.log.as_deref())?,
            current: RwLock::new(Arc::new(current)),
            options,
            address,
            metrics,
        })
    }

    /// What is served now.
    pub fn current(&self) -> Arc<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    /// Serves something else from now on.
    pub fn switch(&self, current: Current) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
    }

    /// When a request that comes now must be answered.
    pub fn deadline(&self, asked: Option<Duration>) -> Instant {
        let time = self.options.time;
        Instant::now() + asked.map_or(time, |asked| asked.min(time))
    }

    /// The URL by which clients know the service, without a slash at its end.
    pub fn url(&self) -> String {
        match &self.options.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.address),
        }
    }
}

impl Current {
    /// The published build with its workers.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open(options: &ServeOptions, metrics: &Arc<Metrics>) -> Result<Self, StoreError> {
        let root = options.store.clone();
        let build = tokio::task::spawn_blocking(move || store::open(&root))
            .await
            .map_err(|_| {
                let message = "opening the build broke off";
                StoreError::new(crate::diagnostic::Code::StoreFiles, &options.store, message)
            })??;
        let pool = PoolOptions {
            program: options.program.clone(),
            root: options.store.clone(),
            build: build.manifest().id.clone(),
            memory: options.memory,
            seats: options.lanes().0 + 1,
        };
        let pool = Pool::start(pool, Arc::clone(metrics))
            .await
            .map_err(|refusal| StoreError::from(refusal.into_diagnostic()))?;
        Ok(Self::new(options, Arc::new(build), pool))
    }

    /// A build with its workers and the stored queries.
    pub fn new(options: &ServeOptions, build: Arc<Build>, pool: Arc<Pool>) -> Self {
        let queries = Arc::new(queries(options));
        let sources = options.sources.clone();
        let site = Site::new(Arc::clone(&build), Arc::clone(&queries), sources);
        Self {
            site: Arc::new(site),
            build,
            pool,
            queries,
        }
    }
}

/// The stored queries. One that cannot be read is left out: `civigraph list queries` says why.
pub fn queries(options: &ServeOptions) -> Vec<StoredQuery> {
    let mut diagnostics = Diagnostics::new(Mode::Convert);
    let folder = options.queries.as_deref();
    folder
        .and_then(|folder| StoredQuery::read_all(folder, "queries/", &mut diagnostics).ok())
        .unwrap_or_default()
}
