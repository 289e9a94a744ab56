//! Primary keys of several columns, for tables in which no single one tells the rows apart.

use super::name;
use super::profile::{ColumnProfile, TableProfile, Unique, trimmed};
use crate::datatype::{Datatype, DatatypeParser};
use crate::diagnostic::{Diagnostic, Diagnostics, ReadingMode};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

/// Columns that are tried in keys of two, three and four parts.
const TRIED: [usize; 3] = [12, 10, 8];
/// Rows that a combination must tell apart before all rows are read for it.
const SAMPLE: u64 = 10_000;
/// How often all rows are read for keys of one size.
const MAX_PASSES: usize = 8;
/// In smaller tables any two columns are different by chance.
const FEW_ROWS: u64 = 3;
/// The same for columns of which none looks like part of a key.
const FEW_ROWS_OF_TEXT: u64 = 10;
/// Parts of keys are shorter than this on average, in characters.
const MAX_PART_LENGTH: u64 = 40;

/// A key of several columns.
pub struct Composite {
    /// Its columns, in the order of the table.
    pub columns: Vec<usize>,
    /// Fingerprints of its values.
    pub values: HashSet<u64>,
}

/// Whether there is such a key.
pub enum CompositeSearch {
    /// There is none that looks like one.
    Nothing,
    /// There are more rows than could be compared.
    TooManyRows,
    /// The best of the smallest ones.
    Found(Composite),
}

/// Finds the smallest combination of columns that tells all rows apart. Of those of one size the one
/// whose columns look most like parts of a key, then the one that comes first.
///
/// `references` are the columns that refer to other tables; `remembered` bounds the values that are
/// held at once.
pub fn find(
    table: &TableProfile,
    references: &[usize],
    remembered: usize,
) -> Result<CompositeSearch, Box<Diagnostic>> {
    let mut parts: Vec<(Rank, usize)> = table
        .columns
        .iter()
        .enumerate()
        .filter_map(|(index, column)| Some((rank(column, references.contains(&index))?, index)))
        .collect();
    parts.sort_unstable();
    let rows = usize::try_from(table.rows).unwrap_or(usize::MAX);
    if table.rows < FEW_ROWS || parts.len() < 2 {
        return Ok(CompositeSearch::Nothing);
    }
    if rows > remembered {
        return Ok(CompositeSearch::TooManyRows);
    }
    for (size, tried) in (2..).zip(TRIED) {
        let mut all = combinations(parts.get(..tried).unwrap_or(&parts), size);
        all.retain(|combination| {
            combination.rank < size * Rank::Text as usize || table.rows >= FEW_ROWS_OF_TEXT
        });
        let columns = |all: &[Combination]| -> Vec<Vec<usize>> {
            all.iter().map(|one| one.columns.clone()).collect()
        };
        let sampled = DuplicateFilter::new(table, columns(&all)).read(Some(SAMPLE))?;
        if table.rows <= SAMPLE {
            if let Some(found) = sampled.into_iter().next() {
                return Ok(CompositeSearch::Found(found));
            }
            continue;
        }
        let left: Vec<_> = sampled.into_iter().map(|found| found.columns).collect();
        for batch in left.chunks((remembered / rows).max(1)).take(MAX_PASSES) {
            let found = DuplicateFilter::new(table, batch.to_vec()).read(None)?;
            if let Some(found) = found.into_iter().next() {
                return Ok(CompositeSearch::Found(found));
            }
        }
    }
    Ok(CompositeSearch::Nothing)
}

/// Whether the values of every row of a table in these columns are among those of a key, whose columns
/// these stand for one by one.
pub fn refers(
    table: &TableProfile,
    columns: &[usize],
    key: &Composite,
) -> Result<bool, Box<Diagnostic>> {
    let mut parts = CombinedValues::new(table, columns);
    let mut holds = table.rows > 0;
    table.source.rows_while(&mut |cells, _| {
        parts.read(cells);
        holds = key.values.contains(&parts.fingerprint(columns));
        if holds {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(holds)
}

/// How much a column looks like part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It identifies something, here or in another table.
    Identifier,
    /// It says when, or counts.
    Time,
    /// It is a short text.
    Text,
}

/// `None` for what is not part of a key: measures, prose, lists, columns with missing values, and those
/// that tell all rows apart alone, though nothing says that they should.
fn rank(column: &ColumnProfile, refers: bool) -> Option<Rank> {
    let short = column.mean_length <= MAX_PART_LENGTH;
    let suitable = column.is_required()
        && column.choice.separator.is_none()
        && matches!(column.unique, Unique::No)
        && !(column.is_text() && column.padded);
    if !suitable || !short {
        return None;
    }
    if refers || column.is_code() || name::identifies(&column.title) {
        let base = column.choice.datatype.base.as_str();
        let discrete = column.is_text() || matches!(base, "integer" | "anyURI" | "gYear");
        return discrete.then_some(Rank::Identifier);
    }
    match column.choice.datatype.base.as_str() {
        "date" | "dateTime" | "time" | "gYear" => Some(Rank::Time),
        "integer" => name::counts(&column.title).then_some(Rank::Time),
        _ => column.is_text().then_some(Rank::Text),
    }
}

/// Columns that may be a key together.
struct Combination {
    /// In the order of the table.
    columns: Vec<usize>,
    /// The sum of their ranks; the less, the more it looks like a key.
    rank: usize,
}

/// All combinations of a size, the likeliest key first.
fn combinations(parts: &[(Rank, usize)], size: usize) -> Vec<Combination> {
    let mut all = Vec::new();
    // At most twelve parts: every subset is looked at.
    for subset in 0..1u32 << parts.len().min(31) {
        if subset.count_ones() as usize != size {
            continue;
        }
        let chosen = parts
            .iter()
            .enumerate()
            .filter(|(bit, _)| subset & (1 << bit) != 0)
            .map(|(_, part)| part);
        let mut columns: Vec<usize> = chosen.clone().map(|&(_, column)| column).collect();
        columns.sort_unstable();
        all.push(Combination {
            columns,
            rank: chosen.map(|&(rank, _)| rank as usize).sum(),
        });
    }
    all.sort_by(|a, b| (a.rank, &a.columns).cmp(&(b.rank, &b.columns)));
    all
}

/// Reads rows and drops the combinations that have a value twice.
struct DuplicateFilter<'t> {
    table: &'t TableProfile,
    parts: CombinedValues,
    left: Vec<Composite>,
}

impl<'t> DuplicateFilter<'t> {
    fn new(table: &'t TableProfile, combinations: Vec<Vec<usize>>) -> Self {
        let mut columns: Vec<usize> = combinations.iter().flatten().copied().collect();
        columns.sort_unstable();
        columns.dedup();
        Self {
            table,
            parts: CombinedValues::new(table, &columns),
            left: combinations
                .into_iter()
                .map(|columns| Composite {
                    columns,
                    values: HashSet::new(),
                })
                .collect(),
        }
    }

    /// The combinations that tell the rows apart; with a limit only so many rows are read.
    fn read(mut self, limit: Option<u64>) -> Result<Vec<Composite>, Box<Diagnostic>> {
        let mut rows = 0;
        self.table.source.rows_while(&mut |cells, _| {
            rows += 1;
            self.parts.read(cells);
            let parts = &self.parts;
            self.left
                .retain_mut(|one| one.values.insert(parts.fingerprint(&one.columns)));
            if self.left.is_empty() || limit == Some(rows) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok(self.left)
    }
}

/// The values of some columns in a row.
struct CombinedValues {
    columns: Vec<(usize, Option<(Datatype, DatatypeParser)>)>,
    /// Fingerprints of the values, by column of the table.
    values: Vec<u64>,
    buffer: String,
    bytes: Vec<u8>,
}

impl CombinedValues {
    fn new(table: &TableProfile, columns: &[usize]) -> Self {
        let typed = |column: &ColumnProfile| {
            let mut silent = Diagnostics::new(ReadingMode::Convert);
            let datatype = Datatype::compile(&column.choice.datatype, &mut silent);
            let parser = datatype.parser();
            (!column.is_text()).then_some((datatype, parser))
        };
        Self {
            columns: columns
                .iter()
                .map(|&index| (index, table.columns.get(index).and_then(typed)))
                .collect(),
            values: vec![0; table.columns.len()],
            buffer: String::new(),
            bytes: Vec::new(),
        }
    }

    fn read(&mut self, cells: &[String]) {
        for (column, typed) in &self.columns {
            let cell = cells.get(*column).map_or("", String::as_str);
            self.bytes.clear();
            let value = match typed {
                // `1.2.2020` and `01.02.2020` are one date.
                Some((datatype, parser)) => match parser.parse(trimmed(cell), &mut self.buffer) {
                    Ok(value) => {
                        datatype.write_key(value, &mut self.bytes);
                        self.bytes.as_slice()
                    }
                    Err(_) => cell.as_bytes(),
                },
                None => cell.as_bytes(),
            };
            // Its keys are fixed: the same files give the same metadata.
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            if let Some(place) = self.values.get_mut(*column) {
                *place = hasher.finish();
            }
        }
    }

    fn fingerprint(&self, columns: &[usize]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for &column in columns {
            self.values.get(column).hash(&mut hasher);
        }
        hasher.finish()
    }
}
