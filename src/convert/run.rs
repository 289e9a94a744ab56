//! The conversion of all tables of a plan, on all cores.

use super::chunk::{Converter, Prepared, Report};
use super::problems::Context;
use super::sink::{Origin, QuadSink, Sink};
use crate::csv::preamble;
use crate::csv::{Chunk, Chunks, Format, Preamble, RECORD_LIMIT, RecordTooLong, Text};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::keys::KeyChecker;
use crate::plan::{Plan, TablePlan};
use crate::resource::{ResolveError, Resolver, Resource};
use oxrdf::Quad;
use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of CSV that one thread converts at a time.
pub const CHUNK_SIZE: usize = 256 << 10;

/// How a conversion runs. None of it changes the output.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Threads that convert; 0 stands for all cores.
    pub threads: usize,
    /// Bytes of CSV that one thread converts at a time.
    pub chunk_size: usize,
    /// The longest record that is read, in bytes.
    pub record_limit: usize,
    /// Takes the keys of all rows, also of tables without output. The caller finishes it, with
    /// [`TableRows`](super::TableRows).
    pub keys: Option<&'a KeyChecker>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            threads: 0,
            chunk_size: CHUNK_SIZE,
            record_limit: RECORD_LIMIT,
            keys: None,
        }
    }
}

/// What a conversion did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Data rows read.
    pub rows: u64,
    /// Quads given to the sink.
    pub quads: u64,
    /// Bytes of CSV text read.
    pub bytes: u64,
    /// Rows and quads of each table, in the order of the plan.
    pub tables: Vec<TableSummary>,
}

/// What became of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct TableSummary {
    /// Data rows read.
    pub rows: u64,
    /// Quads given to the sink.
    pub quads: u64,
    /// Bytes of CSV text read.
    pub bytes: u64,
}

/// Converts all tables of a plan. Quads reach the sink in the order of tables and rows.
///
/// What is wrong with the input is pushed to `diagnostics`, and the conversion goes on.
///
/// # Errors
/// Those of the sink. A CSV that cannot be read is a diagnostic.
pub fn run<S: Sink>(
    plan: &Plan,
    resolver: &dyn Resolver,
    options: &Options<'_>,
    sink: &mut S,
    diagnostics: &mut Diagnostics,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    summary.quads += emit(&plan.head, u32::MAX, sink)?;
    for (index, table) in plan.tables.iter().enumerate() {
        let run = TableRun {
            plan: table,
            index,
            options,
        };
        let table = run.convert(resolver, sink, diagnostics)?;
        summary.rows += table.rows;
        summary.quads += table.quads;
        summary.bytes += table.bytes;
        summary.tables.push(table);
    }
    Ok(summary)
}

/// Gives the quads about a table or the group to the sink.
fn emit<S: Sink>(quads: &[Quad], table: u32, sink: &mut S) -> io::Result<u64> {
    if quads.is_empty() {
        return Ok(0);
    }
    let mut chunk = sink.chunk();
    for quad in quads {
        chunk.quad(
            quad.as_ref(),
            Origin {
                table,
                row: 0,
                line: 0,
                column: u32::MAX,
            },
        );
    }
    sink.accept(chunk)?;
    Ok(quads.len() as u64)
}

/// Opens the CSV of a table.
pub(super) fn open(plan: &TablePlan, resolver: &dyn Resolver) -> Result<Resource, Diagnostic> {
    resolver.resolve(&plan.url).map_err(|error| {
        let why = match error {
            ResolveError::NotFound => "there is no such file".to_owned(),
            ResolveError::Failed(why) => why,
        };
        Diagnostic::new(
            Code::Unreadable,
            Place::file(plan.url.as_str()),
            format!("cannot open the table: {why}"),
        )
    })
}

fn unreadable(resource: &Resource, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::Unreadable,
        Place::file(Arc::clone(&resource.name)),
        format!("cannot read the file: {error}"),
    )
}

struct TableRun<'p> {
    plan: &'p TablePlan,
    index: usize,
    options: &'p Options<'p>,
}

/// What a thread makes of a chunk.
struct Done<C> {
    chunk: C,
    report: Report,
    bytes: u64,
}

/// Why there is no next chunk.
enum Stop {
    End,
    TooLong(RecordTooLong),
    Io(io::Error),
}

impl TableRun<'_> {
    fn convert<S: Sink>(
        &self,
        resolver: &dyn Resolver,
        sink: &mut S,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<TableSummary> {
        let mut summary = TableSummary::default();
        let table = u32::try_from(self.index).unwrap_or(u32::MAX);
        summary.quads += emit(&self.plan.head, table, sink)?;
        let opened = open(self.plan, resolver).and_then(|resource| {
            let preamble = preamble(&resource, &self.plan.dialect)?;
            let mut text = Text::open(&resource, &self.plan.dialect.encoding)
                .map_err(|error| unreadable(&resource, &error))?;
            text.skip_to(preamble.data.offset)
                .map_err(|error| unreadable(&resource, &error))?;
            Ok((resource, preamble, text))
        });
        let (resource, preamble, text) = match opened {
            Ok(opened) => opened,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                return Ok(summary);
            }
        };
        let Preamble { data, problems, .. } = preamble;
        for problem in problems {
            diagnostics.push(problem);
        }

        let prepared = Prepared::new(self.plan, self.index);
        let context = Context::new(
            self.plan,
            Arc::clone(&resource.name),
            diagnostics.mode(),
            diagnostics.kept_per_kind(),
        );
        let mut chunks = Chunks::new(
            &prepared.format,
            text,
            data,
            self.options.chunk_size,
            self.options.record_limit,
        );
        let mut accept = |done: Done<S::Chunk>, sink: &mut S| -> io::Result<()> {
            summary.rows += done.report.rows;
            summary.quads += done.report.quads;
            summary.bytes += done.bytes;
            context.accept(done.report.problems, diagnostics);
            done.report.keys?;
            sink.accept(done.chunk)
        };

        // Small tables are not worth a thread.
        let mut first = Chunk::default();
        let mut stop = next(&mut chunks, &mut first);
        let threads = match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        if stop.is_none() {
            let small = first.text.len() < self.options.chunk_size / 2;
            if threads == 1 || small {
                let mut converter =
                    Converter::new(&prepared, &context).with_keys(self.options.keys);
                while stop.is_none() {
                    accept(convert(&mut converter, &first, sink), sink)?;
                    stop = next(&mut chunks, &mut first);
                }
            } else {
                let source = Source {
                    chunks,
                    first: Some(first),
                    index: 0,
                    stop: None,
                };
                let make = || Converter::new(&prepared, &context).with_keys(self.options.keys);
                stop = parallel(source, threads, &make, sink, accept)?;
            }
        }
        match stop {
            None | Some(Stop::End) => {}
            Some(Stop::Io(error)) => diagnostics.push(unreadable(&resource, &error)),
            Some(Stop::TooLong(long)) => {
                diagnostics.push(too_long(&resource, &prepared.format, long));
            }
        }
        Ok(summary)
    }
}

fn too_long(resource: &Resource, _: &Format, long: RecordTooLong) -> Diagnostic {
    let place = Place::at(
        Arc::clone(&resource.name),
        long.start.line,
        long.start.characters + 1,
    );
    let message = format!(
        "record {} is longer than {} bytes; what follows was not read",
        long.start.record, long.limit
    );
    let diagnostic = Diagnostic::new(Code::RecordTooLong, place, message);
    match long.open_quote {
        Some(offset) => diagnostic.with_hint(format!(
            "a quote opens {offset} bytes after the start of the record and is not closed"
        )),
        None => diagnostic,
    }
}

fn next(chunks: &mut Chunks<'_>, chunk: &mut Chunk) -> Option<Stop> {
    match chunks.next_into(chunk) {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => Some(Stop::End),
        Ok(Err(long)) => Some(Stop::TooLong(long)),
        Err(error) => Some(Stop::Io(error)),
    }
}

fn convert<S: Sink>(converter: &mut Converter<'_>, chunk: &Chunk, sink: &S) -> Done<S::Chunk> {
    let mut quads = sink.chunk();
    let report = converter.convert(chunk, None, &mut quads);
    Done {
        chunk: quads,
        report,
        bytes: chunk.text.len() as u64,
    }
}

/// Where threads take chunks from, one at a time.
struct Source<'f> {
    chunks: Chunks<'f>,
    first: Option<Chunk>,
    index: u64,
    stop: Option<Stop>,
}

impl Source<'_> {
    /// The next chunk and its number.
    fn next(&mut self, chunk: &mut Chunk) -> Option<u64> {
        if self.stop.is_some() {
            return None;
        }
        if let Some(first) = self.first.take() {
            *chunk = first;
        } else {
            self.stop = next(&mut self.chunks, chunk);
            if self.stop.is_some() {
                return None;
            }
        }
        self.index += 1;
        Some(self.index - 1)
    }
}

/// Converts the chunks of a table on several threads and accepts them in order.
///
/// Each chunk needs a sink before it is read, and only so many are out at a time: that bounds the
/// memory, however far one thread is ahead of another.
fn parallel<'c, S: Sink>(
    source: Source<'_>,
    threads: usize,
    make: &(impl Fn() -> Converter<'c> + Sync),
    sink: &mut S,
    mut accept: impl FnMut(Done<S::Chunk>, &mut S) -> io::Result<()>,
) -> io::Result<Option<Stop>> {
    let (offer, offers) = channel();
    for _ in 0..2 * threads + 2 {
        // The other end lives until the end of this function.
        let _ = offer.send(sink.chunk());
    }
    let mut offer = Some(offer);
    let source = Mutex::new((source, offers));
    let (send, receive) = channel();
    let mut result = Ok(());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, source) = (send.clone(), &source);
            scope.spawn(move || work(source, &send, make()));
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut due = 0;
        'chunks: for (index, done) in receive {
            early.insert(index, done);
            while let Some(done) = early.remove(&due) {
                due += 1;
                let accepted = match done {
                    Some(done) => accept(done, sink),
                    // The panic itself surfaces at the end of the scope.
                    None => Err(io::Error::other("a converting thread panicked")),
                };
                if let Err(error) = accepted {
                    result = Err(error);
                    // Without offers the threads end.
                    offer = None;
                    break 'chunks;
                }
                if let Some(offer) = &offer {
                    let _ = offer.send(sink.chunk());
                }
            }
        }
    });
    let (source, _) = source.into_inner().unwrap_or_else(PoisonError::into_inner);
    result.map(|()| source.stop)
}

/// One converting thread.
fn work<C: QuadSink>(
    source: &Mutex<(Source<'_>, Receiver<C>)>,
    send: &Sender<(u64, Option<Done<C>>)>,
    mut converter: Converter<'_>,
) {
    let mut chunk = Chunk::default();
    loop {
        let (index, mut quads) = {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            let (source, offers) = &mut *source;
            let Ok(quads) = offers.recv() else { return };
            let Some(index) = source.next(&mut chunk) else {
                return;
            };
            (index, quads)
        };
        let mut promise = Promise {
            send,
            index,
            kept: false,
        };
        let report = converter.convert(&chunk, None, &mut quads);
        promise.kept = true;
        let done = Done {
            chunk: quads,
            report,
            bytes: chunk.text.len() as u64,
        };
        if send.send((index, Some(done))).is_err() {
            return;
        }
    }
}

/// Tells the accepting thread when the chunk it waits for will never come.
struct Promise<'s, C> {
    send: &'s Sender<(u64, Option<Done<C>>)>,
    index: u64,
    kept: bool,
}

impl<C> Drop for Promise<'_, C> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.send.send((self.index, None));
        }
    }
}
