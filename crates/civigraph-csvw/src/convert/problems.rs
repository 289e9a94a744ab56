//! What is wrong with the rows of a chunk: counted always, put into words only while it is kept.

use crate::csv::{CompiledDialect, LongRecord, RecordPlace};
use crate::diagnostic::{CellPlace, Code, Diagnostic, Diagnostics, Place, ReadingMode};
use crate::plan::TablePlan;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

/// A kind of problem: a column (`None` for the whole row) and a rule.
type ProblemKind = (Option<usize>, Code);

/// What the diagnostics of a table have in common.
pub struct ProblemContext {
    /// The file as the user knows it.
    file: Arc<str>,
    /// Column names.
    columns: Vec<Arc<str>>,
    mode: ReadingMode,
    /// How many diagnostics of one kind are kept.
    kept: u64,
    /// Kinds of which the chunks accepted so far hold that many: later ones are only counted. It
    /// grows as chunks are accepted in order, so what is kept does not depend on the threads.
    saturated: RwLock<Arc<HashSet<ProblemKind>>>,
}

impl ProblemContext {
    pub fn new(plan: &TablePlan, file: Arc<str>, mode: ReadingMode, kept: u64) -> Self {
        Self {
            file,
            columns: plan
                .columns
                .iter()
                .map(|column| Arc::from(column.name.as_str()))
                .collect(),
            mode,
            kept,
            saturated: RwLock::default(),
        }
    }

    /// Whether the input is checked rather than converted.
    pub fn validates(&self) -> bool {
        self.mode == ReadingMode::Validate
    }

    /// Adds the problems of a chunk, in order, to those of the run.
    pub fn accept(&self, problems: FoundProblems, diagnostics: &mut Diagnostics) {
        let full: Vec<ProblemKind> = problems
            .kinds
            .into_iter()
            .filter(|(_, sample)| diagnostics.count_like(sample) >= self.kept)
            .map(|(kind, _)| kind)
            .collect();
        diagnostics.append(problems.diagnostics);
        if !full.is_empty() {
            let mut saturated = self
                .saturated
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if full.iter().any(|kind| !saturated.contains(kind)) {
                Arc::make_mut(&mut saturated).extend(full);
            }
        }
    }

    /// The exact place of an offset in the chunk.
    pub fn place(
        &self,
        format: &CompiledDialect,
        at: RowPlace<'_>,
        column: Option<usize>,
        offset: usize,
    ) -> Place {
        let text = at.text.as_bytes();
        let (line, character) = format.spot(text, at.characters, at.place, offset);
        let mut place = Place::at(Arc::clone(&self.file), line, character);
        place.cell = column.map(|column| self.cell(format, column, at.place.record));
        place
    }

    /// A cell of a record; beyond the columns of the table its column has no name.
    fn cell(&self, format: &CompiledDialect, column: usize, record: u64) -> CellPlace {
        let index = column + format.skip_columns();
        CellPlace {
            column_name: self.name(column),
            column_index: u32::try_from(index).unwrap_or(u32::MAX),
            record,
        }
    }

    fn name(&self, column: usize) -> Arc<str> {
        self.columns.get(column).map(Arc::clone).unwrap_or_default()
    }

    fn sample(&self, (column, code): ProblemKind) -> Diagnostic {
        let mut place = Place::file(Arc::clone(&self.file));
        place.cell = column.map(|column| CellPlace {
            column_name: self.name(column),
            column_index: 0,
            record: 0,
        });
        Diagnostic::new(code, place, "")
    }
}

/// The problems of a finished chunk.
pub struct FoundProblems {
    diagnostics: Diagnostics,
    kinds: Vec<(ProblemKind, Diagnostic)>,
}

/// Collects the problems of one chunk.
pub struct Problems<'c> {
    context: &'c ProblemContext,
    format: &'c CompiledDialect,
    saturated: Arc<HashSet<ProblemKind>>,
    diagnostics: Diagnostics,
    counts: HashMap<ProblemKind, (u64, u64)>,
}

/// A row as a place.
#[derive(Clone, Copy)]
pub struct RowPlace<'c> {
    /// The text of the chunk, valid UTF-8.
    pub text: &'c str,
    /// Characters before it on its first line.
    pub characters: u64,
    /// Where the record is in it.
    pub place: RecordPlace,
}

impl<'c> Problems<'c> {
    pub fn new(context: &'c ProblemContext, format: &'c CompiledDialect) -> Self {
        let saturated = Arc::clone(
            &context
                .saturated
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        Self {
            context,
            format,
            saturated,
            diagnostics: Diagnostics::new(context.mode).keeping(context.kept),
            counts: HashMap::new(),
        }
    }

    /// Notes a problem at `offset` of the chunk. `build` puts it into words.
    pub fn push(
        &mut self,
        at: RowPlace<'_>,
        column: Option<usize>,
        code: Code,
        offset: usize,
        build: impl FnOnce(Place) -> Diagnostic,
    ) {
        self.count(column, code, |context, format| {
            build(context.place(format, at, column, offset))
        });
    }

    /// Notes a record that was left out because it is too long, at its longest cell.
    pub fn too_long(&mut self, long: &LongRecord) {
        let LongRecord { start, limit, .. } = *long;
        let code = Code::RecordTooLong;
        let limit = match limit >> 20 {
            0 => format!("{limit} bytes"),
            mebibytes => format!("{mebibytes} MiB"),
        };
        let column = long
            .cell
            .and_then(|cell| cell.index.checked_sub(self.format.skip_columns()));
        self.count(column, code, |context, format| {
            let file = Arc::clone(&context.file);
            let diagnostic = match long.cell {
                Some(cell) => {
                    let mut place = Place::at(file, cell.start.line, cell.start.column);
                    place.cell = column.map(|column| context.cell(format, column, start.record));
                    let bytes = cell.bytes;
                    let message = if bytes > long.limit as u64 {
                        format!(
                            "the cell is {bytes} bytes long, more than can be read; its record is left out"
                        )
                    } else {
                        format!(
                            "the record is longer than can be read and is left out; its longest cell, here, is \
                             {bytes} bytes long"
                        )
                    };
                    Diagnostic::new(code, place, message)
                }
                None => Diagnostic::new(
                    code,
                    Place::at(file, start.line, start.characters + 1),
                    "the comment is longer than can be read and is left out",
                ),
            };
            diagnostic
                .with_expected(format!("a record of at most {limit}"))
                .with_optional_hint(long.open_quote.map(|quote| {
                    format!(
                        "the quote at line {}, character {} is never closed",
                        quote.line, quote.column
                    )
                }))
        });
    }

    /// Counts a problem, and keeps it while there are few of its kind.
    fn count(
        &mut self,
        column: Option<usize>,
        code: Code,
        build: impl FnOnce(&ProblemContext, &CompiledDialect) -> Diagnostic,
    ) {
        if code.severity(self.context.mode).is_none() {
            return;
        }
        let kind = (column, code);
        let (count, built) = self.counts.entry(kind).or_default();
        *count += 1;
        if *built < self.context.kept && !self.saturated.contains(&kind) {
            *built += 1;
            self.diagnostics.push(build(self.context, self.format));
        }
    }

    /// The problems, those that were only counted included.
    pub fn finish(mut self) -> FoundProblems {
        let mut kinds = Vec::with_capacity(self.counts.len());
        let mut counts: Vec<_> = self.counts.drain().collect();
        counts.sort_unstable_by_key(|&(kind, _)| kind);
        for (kind, (count, built)) in counts {
            let sample = self.context.sample(kind);
            if count > built {
                self.diagnostics.count_more(&sample, count - built);
            }
            kinds.push((kind, sample));
        }
        FoundProblems {
            diagnostics: self.diagnostics,
            kinds,
        }
    }
}
