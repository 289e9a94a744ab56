//! The side of the worker: tasks in, frames out.

use super::frame::{WorkerFrame, read_json, write_data};
use super::limits::{Bytes, data_size, limit_process};
use super::task::{QueryTask, Task};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::error::Error;
use crate::export::{self, DumpFormat, ExportOptions};
use crate::query::{self, AnswerStart, AnswerSummary, QueryError, Request};
use crate::store::{self, Build, sort};
use serde::Serialize;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// Private memory that a worker may keep from one task to the next; one that has more makes room for another.
const KEPT: u64 = 48 << 20;

/// Nothing that is done sooner can take so much memory that it has to be looked at.
const SOON: Duration = Duration::from_millis(4);

/// Tasks that are soon done, after which it is looked at all the same.
const OFTEN: usize = 32;

/// Bytes of an answer that are sent together.
const PIECE: usize = 1 << 16;

/// The letter of a frame with a task.
pub(super) const TASK: u8 = b'T';

/// Where frames go.
type FrameOutput = BufWriter<File>;

/// Opens a build, and does what is asked for on standard input until it ends. Gives whether there was a build.
///
/// # Errors
/// A limit cannot be set, or the output fails. What is wrong with the build or a task is a frame.
pub fn run(root: &Path, build: &str, memory: Option<Bytes>) -> io::Result<bool> {
    if let Some(memory) = memory {
        limit_process(memory)?;
        sort::set_budget(usize::try_from(memory.0 / 8).unwrap_or(usize::MAX));
    }
    // All queries are parsed and evaluated on the stack of one thread.
    query::with_large_stack(|| serve(root, build))?
        .ok_or_else(|| io::Error::other("the worker panicked"))?
}

/// Does one task after another. Gives whether there was a build.
fn serve(root: &Path, build: &str) -> io::Result<bool> {
    // An answer that is short leaves with its end, and with the frame that asks for more, in one piece.
    let mut out = BufWriter::with_capacity(PIECE, output()?);
    let build = match store::open_build(root, build) {
        Ok(build) => Arc::new(build),
        Err(error) => {
            WorkerFrame::Failed(error.into_diagnostic().into()).write(&mut out)?;
            out.flush()?;
            return Ok(false);
        }
    };
    // What is slow the first time is done before anybody waits for it.
    let warm = Request::new("ASK { ?s ?p ?o }", "warm-up");
    let style = query::AnswerStyle::default();
    let _ = query::run(&build, &warm, &style, &mut io::sink());
    let at_first = data_size();
    let tasks = tasks()?;
    let mut since_looked = 0;
    WorkerFrame::Ready.write(&mut out)?;
    out.flush()?;
    for task in tasks {
        let began = Instant::now();
        let fit = work(&build, task, &mut out)?;
        since_looked += 1;
        let look = began.elapsed() > SOON || since_looked >= OFTEN;
        let grown = look.then(data_size).flatten().zip(at_first);
        if !fit || grown.is_some_and(|(now, first)| now > first + KEPT) {
            break;
        }
        if look {
            since_looked = 0;
        }
        WorkerFrame::Ready.write(&mut out)?;
        out.flush()?;
    }
    out.flush()?;
    Ok(true)
}

/// Standard output as it is, without the buffer that ends at line breaks.
#[cfg(unix)]
fn output() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn output() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}

/// Reads tasks in a thread of its own, which ends the process when nobody can ask any more.
fn tasks() -> io::Result<Receiver<Task>> {
    let (to_worker, tasks) = sync_channel(1);
    std::thread::Builder::new()
        .name("tasks".to_owned())
        .spawn(move || {
            let mut input = io::stdin();
            while let Ok(Some(task)) = read_json(TASK, &mut input) {
                if to_worker.send(task).is_err() {
                    break;
                }
            }
            // A task that nobody waits for is not worth finishing.
            std::process::exit(0);
        })?;
    Ok(tasks)
}

/// Does a task. Gives whether this process is fit for another one.
fn work(build: &Arc<Build>, task: Task, out: &mut FrameOutput) -> io::Result<bool> {
    let done = match task {
        Task::Query(task) => answer(build, &task, out),
        Task::Dump { format, graphs } => dump(build, format, graphs, out),
        Task::Ask(question) => question.answer(build).and_then(|answer| json(&answer, out)),
        Task::Complete(question) => question
            .answer(build)
            .map_err(Error::from)
            .and_then(|answer| json(&answer, out)),
        Task::Reconcile(question) => question
            .answer(build)
            .map_err(Error::from)
            .and_then(|answer| json(&answer, out)),
    };
    match done {
        Ok(answered) => {
            WorkerFrame::End(answered).write(out)?;
            Ok(true)
        }
        Err(error) => {
            // Its evaluation may still be running.
            let unfit = matches!(error.code(), Code::QueryTimeout | Code::QueryFailed);
            WorkerFrame::Failed(error.into_diagnostic().into()).write(out)?;
            Ok(!unfit)
        }
    }
}

/// Answers a query.
fn answer(
    build: &Arc<Build>,
    task: &QueryTask,
    out: &mut FrameOutput,
) -> Result<AnswerSummary, Error> {
    let QueryTask {
        request,
        style,
        bytes,
        whole,
        refused,
    } = task;
    let place = || Place::file(request.file.as_str());
    let out = RefCell::new(out);
    let mut start = |about: AnswerStart| {
        if refused.contains(&about.kind) {
            return Err(Diagnostic::new(
                Code::ExportFormat,
                place(),
                "no format that is accepted can hold this answer",
            )
            .into());
        }
        WorkerFrame::Start(about)
            .write(&mut **out.borrow_mut())
            .map_err(|error| QueryError::io("output".as_ref(), "write", error))
    };
    let mut data = DataFrames::new(&out, *bytes);
    let answered = query::run_with(build, request, style, &mut start, &mut data);
    let limit = |what: String| {
        Error::from(
            Diagnostic::new(Code::QueryLimit, place(), what)
                .with_hint("ask for a part of it with `LIMIT` and `OFFSET`, or count"),
        )
    };
    if data.exceeded {
        return Err(limit(format!(
            "the answer has more than {} bytes",
            bytes.unwrap_or_default()
        )));
    }
    let answered = answered?;
    if *whole && !answered.complete {
        return Err(limit(format!(
            "the answer has more than {} rows",
            request.limits.rows.unwrap_or_default()
        )));
    }
    Ok(answered)
}

/// Dumps graphs.
fn dump(
    build: &Build,
    format: DumpFormat,
    graphs: Vec<String>,
    out: &mut FrameOutput,
) -> Result<AnswerSummary, Error> {
    let options = ExportOptions {
        graphs,
        ..ExportOptions::new(format)
    };
    let out = RefCell::new(out);
    let mut data = BufWriter::with_capacity(PIECE, DataFrames::new(&out, None));
    let dumped = export::export_to_stream(build, &options, &mut data)?;
    data.flush()
        .map_err(|error| Error::io("output".as_ref(), "write", error))?;
    Ok(AnswerSummary {
        rows: dumped.triples,
        complete: true,
        ..AnswerSummary::default()
    })
}

/// Sends an answer that is a value.
fn json(answer: &impl Serialize, out: &mut FrameOutput) -> Result<AnswerSummary, Error> {
    let out = RefCell::new(out);
    let mut data = BufWriter::with_capacity(PIECE, DataFrames::new(&out, None));
    serde_json::to_writer(&mut data, answer)
        .map_err(io::Error::from)
        .and_then(|()| data.flush())
        .map_err(|error| Error::io("output".as_ref(), "write", error))?;
    Ok(AnswerSummary {
        complete: true,
        ..AnswerSummary::default()
    })
}

/// Sends what is written as frames.
struct DataFrames<'a, 'f> {
    out: &'a RefCell<&'f mut FrameOutput>,
    /// Bytes that may still be sent.
    left: Option<u64>,
    exceeded: bool,
}

impl<'a, 'f> DataFrames<'a, 'f> {
    fn new(out: &'a RefCell<&'f mut FrameOutput>, limit: Option<u64>) -> Self {
        Self {
            out,
            left: limit,
            exceeded: false,
        }
    }
}

impl Write for DataFrames<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        if let Some(left) = self.left {
            match left.checked_sub(piece.len() as u64) {
                Some(left) => self.left = Some(left),
                None => {
                    self.exceeded = true;
                    return Err(io::Error::other("the answer is too long"));
                }
            }
        }
        write_data(piece, &mut **self.out.borrow_mut())?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
