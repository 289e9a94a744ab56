//! The conversion of one table.

use super::chunk::{Converter, Prepared, Report};
use super::problems::Context;
use super::run::{Options, TableSummary};
use super::sink::Sink;
use super::threads::{Source, parallel};
use crate::csv::{Chunk, Chunks, Preamble, Text, preamble};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::TablePlan;
use crate::resource::{ResolveError, Resolver, Resource};
use std::io;
use std::sync::Arc;

/// The conversion of one table.
pub struct TableRun<'p> {
    pub plan: &'p TablePlan,
    /// Index of the table in the plan.
    pub index: usize,
    pub options: &'p Options<'p>,
}

/// What a thread makes of a chunk.
pub struct Done<C> {
    pub chunk: C,
    pub report: Report,
    /// Bytes of CSV text.
    pub bytes: u64,
}

/// Why there is no next chunk.
pub enum Stop {
    End,
    Io(io::Error),
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

impl TableRun<'_> {
    /// Converts the table; what is wrong with it is pushed to `diagnostics`.
    pub fn convert<S: Sink>(
        &self,
        resolver: &dyn Resolver,
        sink: &mut S,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<TableSummary> {
        let mut summary = TableSummary::default();
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
                self.incomplete();
                // Whoever read the metadata has said where it names a file that is not there.
                let said = |earlier: &Diagnostic| {
                    earlier.code == diagnostic.code
                        && earlier.found.as_ref() == Some(&self.plan.url)
                };
                if !diagnostics.iter().any(said) {
                    diagnostics.push(diagnostic);
                }
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
            summary.bytes += done.bytes;
            if let Some(progress) = self.options.progress {
                progress.tell(done.bytes);
            }
            context.accept(done.report.problems, diagnostics);
            if done.report.incomplete {
                self.incomplete();
            }
            done.report.keys?;
            summary.quads += done.report.quads;
            sink.accept(done.chunk)
        };
        let make = || Converter::new(&prepared, &context).with_keys(self.options.keys);

        // Small tables are not worth a thread.
        let mut first = Chunk::default();
        let mut stop = next(&mut chunks, &mut first);
        let threads = match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let small = first.text.len() < self.options.chunk_size / 2;
        if stop.is_none() && threads > 1 && !small {
            let source = Source::new(chunks, first);
            stop = parallel(source, threads, &make, sink, accept)?;
        } else {
            let mut converter = make();
            while stop.is_none() {
                let mut chunk = sink.chunk();
                let report = converter.convert(&first, None, &mut chunk);
                let bytes = first.text.len() as u64;
                accept(
                    Done {
                        chunk,
                        report,
                        bytes,
                    },
                    sink,
                )?;
                stop = next(&mut chunks, &mut first);
            }
        }
        match stop {
            None | Some(Stop::End) => {}
            Some(Stop::Io(error)) => {
                self.incomplete();
                diagnostics.push(unreadable(&resource, &error));
            }
        }
        Ok(summary)
    }

    /// What is not among the keys of the table may still be in its file.
    fn incomplete(&self) {
        if let Some(keys) = self.options.keys {
            keys.incomplete(self.index);
        }
    }
}

pub fn next(chunks: &mut Chunks<'_>, chunk: &mut Chunk) -> Option<Stop> {
    match chunks.next_into(chunk) {
        Ok(true) => None,
        Ok(false) => Some(Stop::End),
        Err(error) => Some(Stop::Io(error)),
    }
}
