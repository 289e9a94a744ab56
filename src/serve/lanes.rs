//! Which task runs when: short ones are not kept waiting by long ones.
//!
//! ```text
//!  task ─► fast lane ── done ──────────────────────────────► whole answer
//!             │ not done, and others wait
//!             ├─► a slow lane is free: goes on there, with less of the processor
//!             └─► none is: stopped, waits for a slow lane, starts again there
//! ```
//!
//! Nobody knows what a query costs before it has run, so each one runs a moment at once. Those that take longer
//! share a few slow lanes, which bound what all of them can take of memory.

use super::metrics::Metrics;
use super::pool::{Pool, Worker};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::{AnswerStart, AnswerSummary, timed_out};
use crate::worker::{Refusal, Task, WorkerFrame, task_frame};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, timeout_at};

/// How long a task may run in the fast lane while others wait.
const MOMENT: Duration = Duration::from_millis(50);

/// How often it is seen whether others wait.
const LOOK: Duration = Duration::from_millis(10);

/// Bytes of an answer that are held before any of it is sent: one that ends or fails until then has the status and
/// the headers that say so.
const HELD: usize = 256 << 10;

/// Parts of an answer that wait to be sent.
const WAITING: usize = 2;

/// The lanes in which tasks run.
pub struct Lanes {
    fast: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    /// Tasks that wait for the fast lane.
    waiting: AtomicUsize,
    /// Tasks that wait for a slow lane at most.
    most_waiting: usize,
    /// Tasks that wait for a slow lane.
    waiting_slow: AtomicUsize,
    metrics: Arc<Metrics>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum ServiceFailure {
    /// The task was refused or failed.
    Refused(Refusal),
    /// Too many tasks are waiting.
    Busy,
}

impl From<Refusal> for ServiceFailure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// An answer.
pub enum ServiceAnswer {
    /// All of it.
    Whole(WholeAnswer),
    /// Its beginning, and the rest as it comes.
    Stream(AnswerStream),
}

/// A whole answer.
#[derive(Debug)]
pub struct WholeAnswer {
    /// What it is made of; `None` for tasks that are not queries.
    pub start: Option<AnswerStart>,
    /// Its bytes.
    pub body: Vec<u8>,
    /// What was answered.
    pub answered: AnswerSummary,
}

/// An answer that is too long to be held.
pub struct AnswerStream {
    /// What it is made of.
    pub start: Option<AnswerStart>,
    /// Its parts. The end is a part too: a stream that ends without it is cut.
    pub parts: mpsc::Receiver<AnswerPart>,
}

/// A part of an answer.
#[derive(Debug)]
pub enum AnswerPart {
    /// Bytes.
    Bytes(Vec<u8>),
    /// There are no more.
    End,
}

impl Lanes {
    /// Lanes for that many tasks at a time.
    pub fn new(fast: usize, slow: usize, most_waiting: usize, metrics: Arc<Metrics>) -> Self {
        Self {
            fast: Arc::new(Semaphore::new(fast)),
            slow: Arc::new(Semaphore::new(slow)),
            waiting: AtomicUsize::new(0),
            most_waiting,
            waiting_slow: AtomicUsize::new(0),
            metrics,
        }
    }

    /// Does a task until a deadline. It ends when the future is dropped.
    ///
    /// # Errors
    /// The task fails, takes too much, or has to wait too long.
    pub async fn answer(
        &self,
        pool: &Arc<Pool>,
        task: &Task,
        deadline: Instant,
    ) -> Result<ServiceAnswer, ServiceFailure> {
        let bytes = task_frame(task).map_err(|_| {
            ServiceFailure::Refused(
                Diagnostic::new(
                    Code::QueryLimit,
                    Place::request(),
                    "the request is too long",
                )
                .into(),
            )
        })?;
        let fast = {
            let _waiting = CountGuard::new(&self.waiting);
            timeout_at(deadline, Arc::clone(&self.fast).acquire_owned())
                .await
                .map_err(|_| self.busy())?
                .map_err(|_| self.busy())?
        };
        let mut run = TaskRun::begin(pool, &bytes, &self.metrics).await?;
        let mut state = run.collect(Instant::now() + MOMENT).await?;
        let slow = loop {
            if state == TaskState::Done {
                return Ok(ServiceAnswer::Whole(run.finish()));
            }
            if let Ok(slow) = Arc::clone(&self.slow).try_acquire_owned() {
                break slow;
            }
            let long = state == TaskState::Full || Instant::now() >= deadline;
            if long || self.waiting.load(Ordering::Relaxed) > 0 {
                drop(run);
                drop(fast);
                Pool::refill(pool);
                let slow = self.wait_for_slow(deadline).await?;
                run = TaskRun::begin(pool, &bytes, &self.metrics).await?;
                run.step_back();
                Pool::refill(pool);
                return self.slowly(run, slow, deadline).await;
            }
            state = run.collect((Instant::now() + LOOK).min(deadline)).await?;
        };
        run.step_back();
        drop(fast);
        Pool::refill(pool);
        self.slowly(run, slow, deadline).await
    }

    /// Goes on in a slow lane.
    async fn slowly(
        &self,
        mut run: TaskRun,
        lane: OwnedSemaphorePermit,
        deadline: Instant,
    ) -> Result<ServiceAnswer, ServiceFailure> {
        match run.collect(deadline).await? {
            TaskState::Done => Ok(ServiceAnswer::Whole(run.finish())),
            TaskState::Full => Ok(ServiceAnswer::Stream(run.stream(lane, deadline))),
            TaskState::Running => {
                self.metrics.timeouts.add(1);
                Err(out_of_time().into())
            }
        }
    }

    async fn wait_for_slow(
        &self,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, ServiceFailure> {
        let _waiting = CountGuard::new(&self.waiting_slow);
        if self.waiting_slow.load(Ordering::Relaxed) > self.most_waiting {
            return Err(self.busy());
        }
        timeout_at(deadline, Arc::clone(&self.slow).acquire_owned())
            .await
            .map_err(|_| self.busy())?
            .map_err(|_| self.busy())
    }

    fn busy(&self) -> ServiceFailure {
        self.metrics.busy.add(1);
        ServiceFailure::Busy
    }
}

/// The refusal of a task that took too long.
fn out_of_time() -> Refusal {
    timed_out("query", None)
        .with_hint("narrow the query, or ask for a part of the answer")
        .into()
}

/// Counts one more as long as it lives.
struct CountGuard<'a>(&'a AtomicUsize);

impl<'a> CountGuard<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for CountGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TaskState {
    Running,
    /// More of the answer is there than is held.
    Full,
    Done,
}

/// A task in a worker.
struct TaskRun {
    pool: Arc<Pool>,
    /// `None` when it was given back.
    worker: Option<Worker>,
    metrics: Arc<Metrics>,
    start: Option<AnswerStart>,
    body: Vec<u8>,
    answered: Option<AnswerSummary>,
}

impl TaskRun {
    async fn begin(pool: &Arc<Pool>, task: &[u8], metrics: &Arc<Metrics>) -> Result<Self, Refusal> {
        let mut worker = Pool::take(pool).await?;
        if worker.send(task).await.is_err() {
            // One that waited may have died meanwhile.
            drop(worker);
            worker = Pool::take(pool).await?;
            worker.send(task).await?;
        }
        Ok(Self {
            pool: Arc::clone(pool),
            worker: Some(worker),
            metrics: Arc::clone(metrics),
            start: None,
            body: Vec::new(),
            answered: None,
        })
    }

    /// Lets others go first.
    fn step_back(&mut self) {
        if let Some(worker) = &mut self.worker {
            worker.step_back();
        }
    }

    /// Collects the answer until a moment.
    async fn collect(&mut self, until: Instant) -> Result<TaskState, Refusal> {
        loop {
            if self.answered.is_some() {
                return Ok(TaskState::Done);
            }
            if self.body.len() >= HELD {
                return Ok(TaskState::Full);
            }
            match timeout_at(until, self.next()).await {
                Err(_) => return Ok(TaskState::Running),
                Ok(WorkerFrame::Ready) => {}
                Ok(WorkerFrame::Start(start)) => self.start = Some(start),
                Ok(WorkerFrame::Data(bytes)) if self.body.is_empty() => self.body = bytes,
                Ok(WorkerFrame::Data(bytes)) => self.body.extend_from_slice(&bytes),
                Ok(WorkerFrame::End(answered)) => self.answered = Some(answered),
                Ok(WorkerFrame::Failed(refusal)) => {
                    self.failed(&refusal);
                    return Err(refusal);
                }
            }
        }
    }

    /// The next frame; a failure where the worker ended.
    async fn next(&mut self) -> WorkerFrame {
        match &mut self.worker {
            Some(worker) => match worker.next().await {
                Ok(frame) => frame,
                Err(refusal) => {
                    self.worker = None;
                    WorkerFrame::Failed(refusal)
                }
            },
            None => WorkerFrame::Failed(out_of_time()),
        }
    }

    /// Makes way for others after a failure.
    fn failed(&mut self, refusal: &Refusal) {
        if refusal.known_code() == Code::QueryMemory {
            self.metrics.out_of_memory.add(1);
        }
        match self.worker.take() {
            Some(worker) => Pool::give_back(&self.pool, worker),
            None => Pool::refill(&self.pool),
        }
    }

    fn finish(mut self) -> WholeAnswer {
        if let Some(worker) = self.worker.take() {
            Pool::give_back(&self.pool, worker);
        }
        WholeAnswer {
            start: self.start,
            body: std::mem::take(&mut self.body),
            answered: self.answered.take().unwrap_or_default(),
        }
    }

    /// Sends the rest as it comes, until the deadline.
    fn stream(mut self, lane: OwnedSemaphorePermit, deadline: Instant) -> AnswerStream {
        let (to_client, parts) = mpsc::channel(WAITING);
        let start = self.start;
        tokio::spawn(async move {
            let _lane = lane;
            let send = |part| {
                let to_client = to_client.clone();
                async move {
                    // Neither a client that left nor one that does not read keeps the worker.
                    let sent = timeout_at(deadline, to_client.send(part)).await;
                    matches!(sent, Ok(Ok(())))
                }
            };
            if !send(AnswerPart::Bytes(std::mem::take(&mut self.body))).await {
                return;
            }
            loop {
                let frame = tokio::select! {
                    frame = timeout_at(deadline, self.next()) => frame,
                    () = to_client.closed() => {
                        return;
                    }
                };
                let fine = match frame {
                    Err(_) => {
                        self.metrics.timeouts.add(1);
                        return;
                    }
                    Ok(WorkerFrame::Data(bytes)) => send(AnswerPart::Bytes(bytes)).await,
                    Ok(WorkerFrame::End(answered)) => {
                        self.answered = Some(answered);
                        send(AnswerPart::End).await;
                        self.finish();
                        return;
                    }
                    Ok(WorkerFrame::Failed(refusal)) => {
                        self.failed(&refusal);
                        return;
                    }
                    Ok(WorkerFrame::Ready | WorkerFrame::Start(_)) => true,
                };
                if !fine {
                    return;
                }
            }
        });
        AnswerStream { start, parts }
    }
}

impl Drop for TaskRun {
    fn drop(&mut self) {
        // A worker that is still here was stopped within its task.
        if self.worker.take().is_some() {
            if self.answered.is_none() {
                self.metrics.abandoned.add(1);
            }
            if tokio::runtime::Handle::try_current().is_ok() {
                Pool::refill(&self.pool);
            }
        }
    }
}
