//! The side of a command that has one thing to ask.

use super::frame::{WorkerFrame, task_frame};
use super::limits::{Bytes, why_ended};
use super::task::Task;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::error::Error;
use crate::query::{AnswerSummary, timed_out};
use crate::store::Build;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a worker that is out of time has to say so itself.
const GRACE: Duration = Duration::from_millis(200);

/// Bytes of what a worker says on stderr that are looked at.
const HEARD: u64 = 4096;

/// The command that starts a worker on a build: `program` under its hidden command.
pub fn command(program: &Path, root: &Path, build: &str, memory: Option<Bytes>) -> Command {
    let mut command = Command::new(program);
    command.arg("worker").arg(root).arg(build);
    if let Some(memory) = memory {
        command.arg("--memory").arg(memory.0.to_string());
    }
    // Each thread would get an arena of its own otherwise, which keeps what it had.
    command.env("MALLOC_ARENA_MAX", "2");
    command
}

/// Has a task done by a process of its own, and writes the answer.
///
/// The process is killed when it takes longer than `time`.
///
/// # Errors
/// The worker cannot be started, the task fails or takes too much, or the output fails. What was written is then
/// not the whole answer.
pub fn ask(
    build: &Build,
    task: &Task,
    memory: Option<Bytes>,
    time: Option<Duration>,
    file: &str,
    out: &mut dyn Write,
) -> Result<AnswerSummary, Error> {
    let failed = |error: io::Error| {
        Error::from(Diagnostic::new(
            Code::QueryFailed,
            Place::file(file),
            format!("the process that evaluates the query could not be started: {error}"),
        ))
    };
    // What it leaves behind when it is killed goes with this folder.
    let folder = tempfile::tempdir().map_err(failed)?;
    let program = std::env::current_exe().map_err(failed)?;
    let child = command(&program, build.root(), &build.manifest().id, memory)
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut worker = KilledOnDrop(child);
    let child = &mut worker.0;
    let (Some(mut input), Some(mut output), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(failed(io::Error::from(io::ErrorKind::BrokenPipe)));
    };
    let said = thread::spawn(move || {
        let mut said = Vec::new();
        // What it cannot say is not known.
        let _ = stderr.take(HEARD).read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    let (to_here, frames) = sync_channel(4);
    thread::spawn(move || {
        while let Ok(Some(frame)) = WorkerFrame::read(&mut output) {
            if to_here.send(frame).is_err() {
                break;
            }
        }
    });
    let mut deadline: Option<Instant> = None;
    loop {
        let frame = match deadline {
            None => frames.recv().map_err(RecvTimeoutError::from),
            Some(deadline) => {
                frames.recv_timeout(deadline.saturating_duration_since(Instant::now()))
            }
        };
        match frame {
            Ok(WorkerFrame::Ready) => {
                let task = task_frame(task).map_err(failed)?;
                input.write_all(&task).map_err(failed)?;
                deadline = time.map(|time| Instant::now() + time + GRACE);
            }
            Ok(WorkerFrame::Start(_)) => {}
            Ok(WorkerFrame::Data(bytes)) => out
                .write_all(&bytes)
                .map_err(|error| Error::io("output".as_ref(), "write", error))?,
            Ok(WorkerFrame::End(answered)) => {
                out.flush()
                    .map_err(|error| Error::io("output".as_ref(), "write", error))?;
                return Ok(answered);
            }
            Ok(WorkerFrame::Failed(refusal)) => return Err(refusal.into_diagnostic().into()),
            Err(RecvTimeoutError::Timeout) => {
                return Err(timed_out(file, time).into());
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = worker.0.wait().ok();
                let said = said.join().unwrap_or_default();
                return Err(why_ended(status, &said, memory, file)
                    .into_diagnostic()
                    .into());
            }
        }
    }
}

/// A process that ends with this value.
struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, and need not be.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
