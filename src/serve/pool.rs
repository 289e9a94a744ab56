//! Worker processes that are ready for work, all on one build.

use super::metrics::Metrics;
use crate::worker::{self, Bytes, HEADER, Refusal, WorkerFrame, parse_header};
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long a worker may take to open its build.
const STARTING: Duration = Duration::from_secs(30);

/// How long a worker that has answered may take to be ready for the next task.
const RECOVERING: Duration = Duration::from_secs(1);

/// Bytes of what a worker says on stderr that are looked at.
const HEARD: u64 = 4096;

/// How workers are started.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The program.
    pub program: PathBuf,
    /// Folder of the store.
    pub root: PathBuf,
    /// Id of the build.
    pub build: String,
    /// Memory that a task may take.
    pub memory: Bytes,
    /// Workers that wait for work or do work that is soon done.
    pub seats: usize,
}

/// Workers on one build. Those that wait are killed when this goes.
pub struct Pool {
    options: PoolOptions,
    metrics: Arc<Metrics>,
    idle: Mutex<Vec<Worker>>,
    /// Workers that wait, do what is soon done, or are being started.
    seated: Arc<AtomicUsize>,
    /// Where workers keep temporary files, which go with it.
    folder: TempDir,
}

impl Pool {
    /// A pool with one worker that is ready.
    ///
    /// # Errors
    /// A worker cannot be started, or cannot open the build.
    pub async fn start(options: PoolOptions, metrics: Arc<Metrics>) -> Result<Arc<Self>, Refusal> {
        let folder = tempfile::Builder::new()
            .prefix("civigraph-serve-")
            .tempdir()
            .map_err(|error| not_started(&error))?;
        let pool = Arc::new(Self {
            options,
            metrics,
            idle: Mutex::new(Vec::new()),
            seated: Arc::default(),
            folder,
        });
        let first = pool.worker(WorkerSeat::take(&pool.seated)).await?;
        pool.idle().push(first);
        Self::refill(&pool);
        Ok(pool)
    }

    /// A worker that is ready. Give it back, or call [`Pool::refill`] when it is gone.
    ///
    /// # Errors
    /// None is waiting, and none can be started.
    pub async fn take(pool: &Arc<Self>) -> Result<Worker, Refusal> {
        let waiting = pool.idle().pop();
        let worker = match waiting {
            Some(worker) => worker,
            None => pool.worker(WorkerSeat::take(&pool.seated)).await?,
        };
        Ok(worker)
    }

    /// Takes back a worker that has answered.
    pub fn give_back(pool: &Arc<Self>, mut worker: Worker) {
        // It mostly is ready as soon as it has answered.
        if worker.seat.is_some() && matches!(worker.whole_frame(), Ok(Some(WorkerFrame::Ready))) {
            pool.idle().push(worker);
            return;
        }
        let pool = Arc::clone(pool);
        tokio::spawn(async move {
            let ready = timeout(RECOVERING, worker.next()).await;
            if matches!(ready, Ok(Ok(WorkerFrame::Ready))) && worker.seat.is_some() {
                pool.idle().push(worker);
            } else {
                drop(worker);
                Self::refill(&pool);
            }
        });
    }

    /// Starts as many workers as are missing.
    pub fn refill(pool: &Arc<Self>) {
        while pool.seated.load(Ordering::Relaxed) < pool.options.seats {
            let seat = WorkerSeat::take(&pool.seated);
            let pool = Arc::clone(pool);
            tokio::spawn(async move {
                // What keeps it from being started is said to whoever needs one.
                if let Ok(worker) = pool.worker(seat).await {
                    pool.idle().push(worker);
                }
            });
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a worker, and waits until it is ready.
    async fn worker(&self, seat: WorkerSeat) -> Result<Worker, Refusal> {
        self.metrics.workers_started.add(1);
        let mut worker = Worker::start(&self.options, &self.folder, seat)
            .await
            .map_err(|error| not_started(&error))?;
        match timeout(STARTING, worker.next()).await {
            Ok(Ok(WorkerFrame::Ready)) => Ok(worker),
            Ok(Ok(WorkerFrame::Failed(refusal)) | Err(refusal)) => Err(refusal),
            Ok(Ok(_)) => Err(not_started(&io::Error::from(io::ErrorKind::InvalidData))),
            Err(_) => Err(not_started(&io::Error::from(io::ErrorKind::TimedOut))),
        }
    }
}

fn not_started(error: &io::Error) -> Refusal {
    use crate::diagnostic::{Code, Diagnostic, Place};
    Diagnostic::new(
        Code::QueryFailed,
        Place::file("service"),
        format!("a worker process could not be started: {error}"),
    )
    .into()
}

/// The place of a worker among those that are meant to be there.
struct WorkerSeat(Arc<AtomicUsize>);

impl WorkerSeat {
    fn take(seated: &Arc<AtomicUsize>) -> Self {
        seated.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(seated))
    }
}

impl Drop for WorkerSeat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A worker process, killed when this goes.
pub struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// What was read of the output and is not a whole frame yet.
    read: Vec<u8>,
    stderr: JoinHandle<String>,
    memory: Bytes,
    seat: Option<WorkerSeat>,
    /// Its temporary files.
    _folder: TempDir,
}

impl Worker {
    async fn start(options: &PoolOptions, folder: &TempDir, seat: WorkerSeat) -> io::Result<Self> {
        let folder = tempfile::tempdir_in(folder.path())?;
        let mut command = tokio::process::Command::from(worker::command(
            &options.program,
            &options.root,
            &options.build,
            Some(options.memory),
        ));
        // Ctrl-C in a terminal is for the service alone, which lets what was begun end.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(input), Some(output), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        };
        let stderr = tokio::spawn(async move {
            let mut said = Vec::new();
            // What it cannot say is not known.
            let _ = stderr.take(HEARD).read_to_end(&mut said).await;
            String::from_utf8_lossy(&said).into_owned()
        });
        Ok(Self {
            child,
            input,
            output,
            read: Vec::new(),
            stderr,
            memory: options.memory,
            seat: Some(seat),
            _folder: folder,
        })
    }

    /// Sends a task, as [`worker::task_frame`] writes it.
    ///
    /// # Errors
    /// The worker has ended.
    pub async fn send(&mut self, task: &[u8]) -> Result<(), Refusal> {
        match self.input.write_all(task).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.ended().await),
        }
    }

    /// The next frame. Nothing is lost where this is dropped before it is done.
    ///
    /// # Errors
    /// The worker ended without one.
    pub async fn next(&mut self) -> Result<WorkerFrame, Refusal> {
        loop {
            match self.whole_frame() {
                Ok(Some(frame)) => return Ok(frame),
                Ok(None) => {}
                Err(_) => return Err(self.ended().await),
            }
            match self.output.read_buf(&mut self.read).await {
                Ok(length) if length > 0 => {}
                _ => return Err(self.ended().await),
            }
        }
    }

    fn whole_frame(&mut self) -> io::Result<Option<WorkerFrame>> {
        let Some(header) = self.read.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let (letter, length) = parse_header(*header)?;
        if self.read.len() < HEADER + length {
            self.read.reserve(HEADER + length - self.read.len());
            return Ok(None);
        }
        let content = self.read.drain(..HEADER + length).skip(HEADER).collect();
        WorkerFrame::parse(letter, content).map(Some)
    }

    /// Lets others go first, and another worker take its seat: this takes long.
    pub fn step_back(&mut self) {
        self.seat = None;
        #[cfg(unix)]
        if let Some(pid) = self.child.id().and_then(|id| i32::try_from(id).ok())
            && let Some(pid) = rustix::process::Pid::from_raw(pid)
        {
            // Where it is not permitted, it competes as before.
            let _ = rustix::process::setpriority_process(Some(pid), 10);
        }
    }

    /// Why it ended.
    async fn ended(&mut self) -> Refusal {
        // It may have closed its output and go on: nobody needs it any more.
        let _ = self.child.start_kill();
        let status = self.child.wait().await.ok();
        let said = (&mut self.stderr).await.unwrap_or_default();
        worker::why_ended(status, &said, Some(self.memory), "query")
    }
}
