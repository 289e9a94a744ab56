//! What all requests share.

use super::ServeError;
use super::lanes::Lanes;
use super::log::Log;
use super::metrics::Metrics;
use super::options::ServeOptions;
use super::pool::{Pool, PoolOptions};
use super::problem::ProblemDetails;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::pages::Site;
use crate::query::StoredQuery;
use crate::store::{self, Build, StoreError, StoreLayout, sequence};
use axum::http::StatusCode;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

/// Older builds that are kept open.
const OLDER: usize = 2;

/// Pages that are made at a time: each takes one core for as long as it reads.
const PAGES: usize = 4;

/// The service.
pub struct Service {
    /// How it runs.
    pub options: ServeOptions,
    /// The address that it listens at.
    pub address: SocketAddr,
    /// Which task runs when.
    pub lanes: Lanes,
    /// How many pages may be made at a time.
    pub pages: Semaphore,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The access log.
    pub log: Log,
    current: RwLock<Arc<Current>>,
    /// Older builds that were asked for, the last one at the end.
    older: Mutex<Vec<Arc<Current>>>,
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
            pages: Semaphore::new(PAGES),
            log: Log::open(options.log.as_deref())?,
            current: RwLock::new(Arc::new(current)),
            older: Mutex::new(Vec::new()),
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

    /// What is served of a build that a request names: the published one, or one before it that is still there.
    ///
    /// # Errors
    /// There is no such build, or it was deleted.
    pub async fn of_build(&self, id: Option<&str>) -> Result<Arc<Current>, ProblemDetails> {
        let current = self.current();
        let published = &current.build.manifest().id;
        let Some(id) = id.filter(|id| id != published) else {
            return Ok(current);
        };
        // One at a time: opening the same build twice would take workers twice.
        let mut older = self.older.lock().await;
        if let Some(at) = older.iter().position(|one| one.build.manifest().id == id) {
            let found = older.remove(at);
            older.push(Arc::clone(&found));
            return Ok(found);
        }
        let layout = StoreLayout::new(&self.options.store);
        if !layout
            .ids()
            .is_ok_and(|ids| ids.iter().any(|one| one == id))
        {
            let was = sequence(id).is_some_and(|number| Some(number) < sequence(published));
            return Err(match was {
                true => ProblemDetails::new(
                    StatusCode::GONE,
                    format!("build `{id}` was deleted; `{published}` is published"),
                ),
                false => {
                    ProblemDetails::new(StatusCode::NOT_FOUND, format!("there is no build `{id}`"))
                }
            });
        }
        let opened = Current::open_build(&self.options, &self.metrics, Some(id)).await?;
        let opened = Arc::new(opened);
        if older.len() >= OLDER {
            older.remove(0);
        }
        older.push(Arc::clone(&opened));
        Ok(opened)
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
        Self::open_build(options, metrics, None).await
    }

    /// A build with its workers, by its id; the published one where there is none. An older build has a single
    /// worker that waits: few ask for it.
    async fn open_build(
        options: &ServeOptions,
        metrics: &Arc<Metrics>,
        id: Option<&str>,
    ) -> Result<Self, StoreError> {
        let root = options.store.clone();
        let wanted = id.map(str::to_owned);
        let open = move || match wanted {
            Some(id) => store::open_build(&root, &id),
            None => store::open(&root),
        };
        let build = tokio::task::spawn_blocking(open).await.map_err(|_| {
            let message = "opening the build failed unexpectedly";
            StoreError::new(crate::diagnostic::Code::StoreFiles, &options.store, message)
        })??;
        let pool = PoolOptions {
            program: options.program.clone(),
            root: options.store.clone(),
            build: build.manifest().id.clone(),
            memory: options.memory,
            seats: match id {
                Some(_) => 1,
                None => options.lanes().0 + 1,
            },
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

/// The stored queries. One that cannot be read is left out.
pub fn queries(options: &ServeOptions) -> Vec<StoredQuery> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let folder = options.queries.as_deref();
    folder
        .map(|folder| StoredQuery::read_all(folder, "queries/", &mut diagnostics))
        .unwrap_or_default()
}
