//! The conversion of one table.

use super::chunk::ChunkConverter;
use super::options::{Options, TableSummary};
use super::prepared::PreparedTable;
use super::problems::ProblemContext;
use super::sink::Sink;
use super::threads::{ChunkSource, FinishedChunk, Stop, next, parallel};
use crate::csv::{Chunk, Chunks, Preamble, TextReader, doubt, preamble};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::{TableId, TablePlan};
use crate::resource::{ResolveError, Resolver, Resource, file};
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Chunks that a small table is cut into for each thread.
const CHUNKS_PER_THREAD: usize = 4;
/// Smaller chunks cost more than they save.
const SMALLEST_CHUNK: usize = 32 << 10;

/// The conversion of one table.
pub struct TableRun<'p> {
    pub plan: &'p TablePlan,
    pub id: TableId,
    pub options: &'p Options<'p>,
}

/// Opens the CSV of a table.
pub(super) fn open(plan: &TablePlan, resolver: &dyn Resolver) -> Result<Resource, Diagnostic> {
    resolver.resolve(&plan.url).map_err(|error| {
        let why = match error {
            ResolveError::NotFound => "no such file".to_owned(),
            ResolveError::Failed(why) => why,
        };
        Diagnostic::new(
            Code::Unreadable,
            Place::file(plan.url.as_str()),
            file::could_not_read("the table", why),
        )
    })
}

fn unreadable(resource: &Resource, error: &io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::Unreadable,
        Place::file(Arc::clone(&resource.name)),
        file::could_not_read("the table", file::reason(error)),
    )
}

/// A table that was opened, up to its rows.
struct OpenedTable {
    resource: Resource,
    preamble: Preamble,
    text: TextReader,
}

impl TableRun<'_> {
    /// Converts the table; what is wrong with it is pushed to `diagnostics`. Breaks where the sink is done.
    pub fn convert<S: Sink>(
        &self,
        resolver: &dyn Resolver,
        sink: &mut S,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<(TableSummary, ControlFlow<()>)> {
        let nothing = (TableSummary::default(), ControlFlow::Continue(()));
        if self.plan.unread {
            self.incomplete();
            return Ok(nothing);
        }
        let opened = match self.open(resolver) {
            Ok(opened) => opened,
            Err(diagnostic) => {
                self.incomplete();
                // Whoever read the metadata has said where it names a file that is not there.
                let said = |earlier: &Diagnostic| {
                    earlier.code == diagnostic.code
                        && earlier.found.as_ref() == Some(&self.plan.url)
                };
                if !diagnostics.iter().any(said) {
                    diagnostics.push(diagnostic);
                }
                return Ok(nothing);
            }
        };
        let problems = opened.preamble.problems.iter().cloned();
        for problem in problems.chain(doubt(&opened.resource, &self.plan.dialect)) {
            diagnostics.push(problem);
        }
        self.rows(opened, sink, diagnostics)
    }

    /// Opens the table and reads what is before its rows.
    fn open(&self, resolver: &dyn Resolver) -> Result<OpenedTable, Diagnostic> {
        let resource = open(self.plan, resolver)?;
        let preamble = preamble(&resource, &self.plan.dialect)?;
        let text = TextReader::open(&resource, &self.plan.dialect.encoding).and_then(|mut text| {
            text.skip_to(preamble.data.offset)?;
            Ok(text)
        });
        match text {
            Ok(text) => Ok(OpenedTable {
                resource,
                preamble,
                text,
            }),
            Err(error) => Err(unreadable(&resource, &error)),
        }
    }

    /// Converts the rows.
    fn rows<S: Sink>(
        &self,
        opened: OpenedTable,
        sink: &mut S,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<(TableSummary, ControlFlow<()>)> {
        let OpenedTable {
            resource,
            preamble,
            text,
        } = opened;
        let mut prepared = PreparedTable::new(self.plan, self.id);
        // Where the schema has more columns than the header, that is one finding and not one for each row.
        prepared.header_columns = preamble.column_count;
        if self.plan.columns.iter().any(|column| column.misfit) {
            // What its keys are is not known. A header that is not the table's is one finding, however often it comes.
            self.incomplete();
        } else if let [titles] = preamble.header.as_slice()
            && titles.len() > 1
        {
            prepared.titles = titles.iter().map(|title| title.text.clone()).collect();
        }
        let prepared = prepared;
        let context = ProblemContext::new(
            self.plan,
            Arc::clone(&resource.name),
            diagnostics.mode(),
            diagnostics.kept_per_kind(),
        );
        let threads = match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let size = resource
            .size()
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(usize::MAX);
        let mut chunks = Chunks::new(
            &prepared.format,
            text,
            preamble.data,
            self.chunk_size(size, threads),
            self.options.record_limit,
        );
        let mut summary = TableSummary::default();
        let mut accept =
            |done: FinishedChunk<S::Chunk>, sink: &mut S| -> io::Result<ControlFlow<()>> {
                summary.rows += done.report.rows;
                summary.bytes += done.bytes;
                if let Some(progress) = self.options.progress {
                    progress.add(done.bytes);
                }
                context.accept(done.report.problems, diagnostics);
                if done.report.incomplete {
                    self.incomplete();
                }
                done.report.keys?;
                summary.quads += done.report.quads;
                sink.accept(done.chunk)?;
                Ok(match done.report.stopped {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                })
            };
        let make = || ChunkConverter::new(&prepared, &context).with_keys(self.options.keys);

        let mut first = Chunk::default();
        let mut stop = next(&mut chunks, &mut first);
        // Small tables are not worth a thread.
        let small = size < self.options.chunk_size / 4;
        if stop.is_none() && threads > 1 && !small {
            let source = ChunkSource::new(chunks, first);
            stop = parallel(source, threads, &make, sink, accept)?;
        } else {
            let mut converter = make();
            while stop.is_none() {
                let mut chunk = sink.chunk();
                let report = converter.convert(&first, None, &mut chunk);
                let bytes = first.text.len() as u64;
                let done = FinishedChunk {
                    chunk,
                    report,
                    bytes,
                };
                stop = match accept(done, sink)? {
                    ControlFlow::Continue(()) => next(&mut chunks, &mut first),
                    ControlFlow::Break(()) => Some(Stop::Done),
                };
            }
        }
        match stop {
            None | Some(Stop::End) => {}
            Some(Stop::Done) => return Ok((summary, ControlFlow::Break(()))),
            Some(Stop::Io(error)) => {
                self.incomplete();
                diagnostics.push(unreadable(&resource, &error));
            }
        }
        Ok((summary, ControlFlow::Continue(())))
    }

    /// Bytes of a chunk: a table of `size` bytes is cut into several for each thread, so that all have
    /// work and their buffers come back, but not into crumbs.
    fn chunk_size(&self, size: usize, threads: usize) -> usize {
        let share = size / threads.max(1) / CHUNKS_PER_THREAD;
        self.options.chunk_size.min(share.max(SMALLEST_CHUNK))
    }

    /// What is not among the keys of the table may still be in its file.
    pub(super) fn incomplete(&self) {
        if let Some(keys) = self.options.keys {
            keys.incomplete(self.id.index());
        }
    }
}
