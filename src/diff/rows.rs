//! Tables compared row by row, by their keys.

use super::entity::EntityChange;
use super::renamed::{self, NamedTables};
use crate::claims::{Claims, Placement, read_texts, stem};
use crate::convert::{self, Origin, QuadSink};
use crate::csvw::model::Table;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::diff::DiffError;
use crate::plan::{TableId, TablePlan};
use crate::project::Project;
use crate::resource::url;
use crate::store::line::write_quad;
use crate::store::{mentions_blank, renamed as relabelled};
use crate::tables::ProjectSource;
use crate::tables::ProjectTables;
use oxrdf::{BlankNode, QuadRef};
use serde::Serialize;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::io;

/// Bytes of the pieces in which a table is cut to find rows again.
const SPLIT: usize = 256 << 10;

/// A table that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableChange {
    /// Name of the table: its file's, without the ending; its path where several files have that name.
    pub table: String,
    /// Columns that only the new version has.
    pub new_columns: Vec<String>,
    /// Columns that only the old version has.
    pub gone_columns: Vec<String>,
    /// Whether rows or columns that both have are in another order.
    pub reordered: bool,
    /// Rows that differ, in order of their keys.
    pub rows: Vec<RowChange>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowChange {
    /// Its primary key.
    pub key: String,
    /// What happened to it.
    #[serde(flatten)]
    pub what: EntityChange,
    /// Cells that differ; all that are not empty of a new row or one that is gone.
    pub cells: Vec<CellChange>,
    /// Quads that it made and makes no more, as N-Quads.
    pub removed: Vec<String>,
    /// Quads that it did not make before.
    pub added: Vec<String>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellChange {
    /// Name of the column.
    pub column: String,
    /// Its text before; `None` where there was no row.
    pub old: Option<String>,
    /// Its text now.
    pub new: Option<String>,
}

/// The tables of a project, ready to be read.
pub(super) struct ComparedTables {
    project: ProjectTables,
    /// What contradicts, once a row differs.
    placement: OnceCell<Placement>,
}

impl ComparedTables {
    /// The tables of a project whose metadata has been read before, and its errors reported.
    pub(super) fn open(project: &Project) -> Result<Option<Self>, DiffError> {
        let source = ProjectSource::open(project)?;
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let project = ProjectTables::load(source, &mut silent);
        Ok(project.map(|project| Self {
            project,
            placement: OnceCell::new(),
        }))
    }

    /// What the tables are called, in their order; by their paths where they share a name with another one.
    fn names(&self, shared: &BTreeSet<&str>) -> Vec<String> {
        let metadata = self.project.source.metadata_url();
        let folder = metadata.get(..=metadata.rfind('/').unwrap_or(0));
        let name = |table: &Table| {
            let path = folder.and_then(|folder| table.url.strip_prefix(folder));
            match stem(&table.url) {
                // In one spelling, whichever the metadata of a version has.
                name if shared.contains(name) => url::identity(path.unwrap_or(&table.url)),
                name => url::identity(name),
            }
        };
        self.project.group.tables.iter().map(name).collect()
    }

    /// Names that several tables have.
    fn shared_names(&self) -> impl Iterator<Item = &str> {
        let mut seen = BTreeSet::new();
        let names = self
            .project
            .group
            .tables
            .iter()
            .map(|table| stem(&table.url));
        names.filter(move |name| !seen.insert(*name))
    }

    fn placement(&self) -> &Placement {
        self.placement.get_or_init(|| {
            // `check` reports what is wrong with claims.
            let mut silent = Diagnostics::new(ReadingMode::Convert);
            let claims = Claims::read(self.project.get(), &mut silent);
            claims.placement(claims.graph(&self.project.group))
        })
    }

    fn view(&self, index: usize) -> Option<VersionTable<'_>> {
        let table = self.project.group.tables.get(index)?;
        let columns = table.columns.iter().filter(|c| !c.virtual_column);
        Some(VersionTable {
            tables: self,
            index,
            table,
            plan: self.project.plan.tables.get(index)?,
            columns: columns.map(|column| column.name.as_str()).collect(),
        })
    }
}

/// Compares the tables of two projects.
pub(super) fn compare(
    old: &ComparedTables,
    new: &ComparedTables,
) -> Result<Vec<TableChange>, DiffError> {
    let unread = |e| DiffError::io("tables".as_ref(), "compare the tables", e);
    let shared: BTreeSet<&str> = old.shared_names().chain(new.shared_names()).collect();
    let (old_names, new_names) = (old.names(&shared), new.names(&shared));
    let names: BTreeSet<&String> = old_names.iter().chain(&new_names).collect();
    let mut changes = Vec::new();
    for name in names {
        let index = |names: &[String]| names.iter().position(|other| other == name);
        let before = index(&old_names).and_then(|index| old.view(index));
        let after = index(&new_names).and_then(|index| new.view(index));
        changes.extend(compare_table(name, before, after).map_err(unread)?);
    }
    let old = NamedTables::new(&old.project.group, &old_names);
    renamed::tell(
        &mut changes,
        &old,
        &NamedTables::new(&new.project.group, &new_names),
    );
    Ok(changes)
}

/// One table of one version.
struct VersionTable<'t> {
    tables: &'t ComparedTables,
    index: usize,
    table: &'t Table,
    plan: &'t TablePlan,
    /// The columns of the file.
    columns: Vec<&'t str>,
}

/// A key as text, and how many rows before it have the same one: without a primary key, rows may be alike.
type RowKey = (String, u32);

/// A row as far as it is held in memory.
#[derive(Clone, Copy)]
struct RowFingerprint {
    number: u64,
    fingerprint: u128,
}

impl VersionTable<'_> {
    /// What is between the items of a column whose lists have no order.
    fn separator(&self, column: &str) -> Option<&str> {
        let mut columns = self.table.columns.iter();
        let column = columns.find(|one| !one.virtual_column && one.name == column)?;
        column.separator.as_deref().filter(|_| !column.ordered)
    }

    /// Whole rows where the table has no primary key.
    fn key(&self, texts: &[String]) -> String {
        let keys = &self.table.primary_key;
        if keys.is_empty() {
            return key_text(texts.iter().map(String::as_str));
        }
        let cell = |&column: &usize| texts.get(column).map_or("", String::as_str);
        key_text(keys.iter().map(cell))
    }

    /// The rows by key, with a fingerprint of the columns in `shared`.
    fn rows(&self, shared: &[&str]) -> io::Result<HashMap<RowKey, RowFingerprint>> {
        let places: Vec<Option<usize>> = shared
            .iter()
            .map(|name| self.columns.iter().position(|column| column == name))
            .collect();
        let mut rows = HashMap::new();
        let mut alike: HashMap<String, u32> = HashMap::new();
        read_texts(self.plan, &self.tables.project.source, |number, texts| {
            let mut hasher = SipHasher13::new();
            for place in places.iter().flatten() {
                texts.get(*place).hash(&mut hasher);
            }
            let fingerprint = hasher.finish128().as_u128();
            let held = RowFingerprint {
                number,
                fingerprint,
            };
            let mut key = (self.key(&texts), 0);
            if rows.contains_key(&key) {
                let count = alike.entry(key.0.clone()).or_default();
                *count += 1;
                key.1 = *count;
            }
            rows.insert(key, held);
        })?;
        Ok(rows)
    }

    /// The cells of some rows, by the number of the row and the name of the column.
    fn cells(&self, wanted: &BTreeSet<u64>) -> io::Result<HashMap<u64, BTreeMap<&str, String>>> {
        let mut cells = HashMap::new();
        if wanted.is_empty() {
            return Ok(cells);
        }
        read_texts(self.plan, &self.tables.project.source, |number, texts| {
            if wanted.contains(&number) {
                cells.insert(number, self.columns.iter().copied().zip(texts).collect());
            }
        })?;
        Ok(cells)
    }

    /// The quads of some rows, as lines, as contradictions leave them. Only the splits that hold such rows are converted.
    fn quads(&self, wanted: &BTreeSet<u64>) -> io::Result<HashMap<u64, RowLines>> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let mut sink = RowSink {
            wanted,
            placement: self.tables.placement(),
            quads: HashMap::new(),
        };
        let (plan, source) = (&self.tables.project.plan, &self.tables.project.source);
        let id = TableId::new(self.index);
        let splits = convert::splits(plan, id, source, SPLIT)?;
        let ends = splits.iter().skip(1).map(|split| split.start.row);
        for (split, end) in splits.iter().zip(ends.chain([u64::MAX])) {
            if wanted.range(split.start.row..end).next().is_some() {
                let mut silent = Diagnostics::new(ReadingMode::Convert);
                convert::split(plan, id, source, split, &mut sink, &mut silent)?;
            }
        }
        Ok(sink.quads)
    }
}

/// The quads of a row as lines whose blank nodes do not tell where the row is, each with the line as
/// the graph has it where that is another one.
type RowLines = BTreeMap<String, Option<String>>;

/// Keeps the quads of some rows.
struct RowSink<'w> {
    wanted: &'w BTreeSet<u64>,
    placement: &'w Placement,
    quads: HashMap<u64, RowLines>,
}

impl QuadSink for RowSink<'_> {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if self.wanted.contains(&origin.row)
            && let Some(quad) = self.placement.of(quad, origin)
        {
            let lines = self.quads.entry(origin.row).or_default();
            if mentions_blank(quad) {
                let mut relative = |node: &BlankNode| within_row(node, origin);
                let relative = relabelled(&quad.into_owned(), &mut relative);
                lines.insert(line(relative.as_ref()), Some(line(quad)));
            } else {
                lines.insert(line(quad), None);
            }
        }
    }
}

fn line(quad: QuadRef<'_>) -> String {
    let mut line = Vec::new();
    write_quad(&mut line, quad);
    String::from_utf8_lossy(&line).into_owned()
}

/// A blank node with what its label says within its row: without the numbers of the table and the row,
/// as `_:rc5i0` for `_:t0r1c5i0`.
fn within_row(node: &BlankNode, origin: Origin) -> BlankNode {
    let relative = ['r', 's'].into_iter().find_map(|kind| {
        let row = format!("t{}{kind}{}", origin.table?, origin.row);
        let rest = node.as_str().strip_prefix(&row)?;
        (!rest.starts_with(|c: char| c.is_ascii_digit())).then(|| format!("{kind}{rest}"))
    });
    relative.map_or_else(|| node.clone(), BlankNode::new_unchecked)
}

/// The lines that others lack, as the graph has them.
fn lacking(lines: &RowLines, others: &RowLines) -> Vec<String> {
    let lacking = lines.iter().filter(|(line, _)| !others.contains_key(*line));
    lacking
        .map(|(line, shown)| shown.as_ref().unwrap_or(line).clone())
        .collect()
}

/// A key in one line. Of several cells, those that hold what is between them are quoted as in CSV.
pub(super) fn key_text<'c>(cells: impl ExactSizeIterator<Item = &'c str>) -> String {
    let several = cells.len() > 1;
    let mut text = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        if several && cell.contains([',', '"']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text
}

/// A row that differs: its key, and its numbers in both versions.
type DifferingRow = (RowKey, Option<u64>, Option<u64>);

fn compare_table(
    name: &str,
    old: Option<VersionTable<'_>>,
    new: Option<VersionTable<'_>>,
) -> io::Result<Option<TableChange>> {
    let columns = |view: &Option<VersionTable<'_>>| -> Vec<String> {
        let names = view.as_ref().map(|view| &view.columns);
        names.into_iter().flatten().map(|&c| c.to_owned()).collect()
    };
    let (old_columns, new_columns) = (columns(&old), columns(&new));
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        let only = these.iter().filter(|column| !others.contains(column));
        only.cloned().collect()
    };
    let shared: Vec<&str> = match (&old, &new) {
        (Some(_), Some(_)) => {
            let both = old_columns.iter().filter(|c| new_columns.contains(c));
            both.map(String::as_str).collect()
        }
        _ => Vec::new(),
    };
    let rows = |view: &Option<VersionTable<'_>>| match view {
        Some(view) => view.rows(&shared),
        None => Ok(HashMap::new()),
    };
    let (before, after) = (rows(&old)?, rows(&new)?);
    let differing = differing(&before, &after);
    let both = old.is_some() && new.is_some();
    let order: Vec<&str> = new_columns
        .iter()
        .map(String::as_str)
        .filter(|column| shared.contains(column))
        .collect();
    let mut change = TableChange {
        table: name.to_owned(),
        new_columns: only(&new_columns, &old_columns),
        gone_columns: only(&old_columns, &new_columns),
        reordered: both && (order != shared || reordered(&before, &after)),
        rows: Vec::new(),
    };
    drop((before, after));
    change.rows = read_rows(&differing, old.as_ref(), new.as_ref())?;
    let same = change.rows.is_empty()
        && !change.reordered
        && change.new_columns.is_empty()
        && change.gone_columns.is_empty();
    Ok((!same).then_some(change))
}

fn differing(
    before: &HashMap<RowKey, RowFingerprint>,
    after: &HashMap<RowKey, RowFingerprint>,
) -> Vec<DifferingRow> {
    let mut differing: Vec<DifferingRow> = Vec::new();
    for (key, held) in before {
        match after.get(key) {
            None => differing.push((key.clone(), Some(held.number), None)),
            Some(now) if now.fingerprint != held.fingerprint => {
                differing.push((key.clone(), Some(held.number), Some(now.number)));
            }
            Some(_) => {}
        }
    }
    for (key, held) in after {
        if !before.contains_key(key) {
            differing.push((key.clone(), None, Some(held.number)));
        }
    }
    differing.sort();
    differing
}

/// Whether the rows of both are in another order.
fn reordered(
    before: &HashMap<RowKey, RowFingerprint>,
    after: &HashMap<RowKey, RowFingerprint>,
) -> bool {
    let mut numbers: Vec<(u64, u64)> = before
        .iter()
        .filter_map(|(key, held)| Some((held.number, after.get(key)?.number)))
        .collect();
    numbers.sort_unstable();
    !numbers.is_sorted_by_key(|(_, now)| *now)
}

/// Reads the rows that differ again, for their cells and quads.
fn read_rows(
    differing: &[DifferingRow],
    old: Option<&VersionTable<'_>>,
    new: Option<&VersionTable<'_>>,
) -> io::Result<Vec<RowChange>> {
    let numbers = |of: fn(&DifferingRow) -> Option<u64>| differing.iter().filter_map(of).collect();
    let old_numbers: BTreeSet<u64> = numbers(|row| row.1);
    let new_numbers: BTreeSet<u64> = numbers(|row| row.2);
    let old_cells = old.map_or_else(|| Ok(HashMap::new()), |v| v.cells(&old_numbers))?;
    let old_quads = old.map_or_else(|| Ok(HashMap::new()), |v| v.quads(&old_numbers))?;
    let new_cells = new.map_or_else(|| Ok(HashMap::new()), |v| v.cells(&new_numbers))?;
    let new_quads = new.map_or_else(|| Ok(HashMap::new()), |v| v.quads(&new_numbers))?;
    let (old_view, new_view) = (old, new);
    let mut changes: Vec<RowChange> = Vec::with_capacity(differing.len());
    for (key, before, after) in differing {
        let empty = BTreeMap::new();
        let old_row = before.and_then(|n| old_cells.get(&n)).unwrap_or(&empty);
        let new_row = after.and_then(|n| new_cells.get(&n)).unwrap_or(&empty);
        let names: BTreeSet<&str> = old_row.keys().chain(new_row.keys()).copied().collect();
        let is_set = |column: &str| {
            let mut views = [old_view, new_view].into_iter().flatten();
            views.all(|view| view.separator(column).is_some())
        };
        let items = |view: Option<&VersionTable<'_>>, column: &str, text: &str| -> Vec<String> {
            let separator = view.and_then(|view| view.separator(column)).unwrap_or(";");
            let mut items: Vec<String> =
                text.split(separator).map(|i| i.trim().to_owned()).collect();
            items.sort_unstable();
            items
        };
        let cells = names
            .into_iter()
            .filter_map(|column| {
                let (old, new) = (old_row.get(column), new_row.get(column));
                let text = |cell: Option<&String>| cell.map_or("", String::as_str).to_owned();
                let (before, after) = (text(old), text(new));
                // The order of such a list says nothing.
                let same = before == after
                    || is_set(column)
                        && items(old_view, column, &before) == items(new_view, column, &after);
                (!same).then(|| CellChange {
                    column: column.to_owned(),
                    old: old.cloned(),
                    new: new.cloned(),
                })
            })
            .collect();
        let none = RowLines::new();
        let old_lines = before.and_then(|n| old_quads.get(&n)).unwrap_or(&none);
        let new_lines = after.and_then(|n| new_quads.get(&n)).unwrap_or(&none);
        let cells: Vec<CellChange> = cells;
        let (removed, added) = (lacking(old_lines, new_lines), lacking(new_lines, old_lines));
        let in_both = before.is_some() && after.is_some();
        if in_both && cells.is_empty() && removed.is_empty() && added.is_empty() {
            continue;
        }
        changes.push(RowChange {
            key: key.0.clone(),
            what: match (before, after) {
                (None, _) => EntityChange::New,
                (_, None) => EntityChange::Gone,
                _ => EntityChange::Changed,
            },
            cells,
            removed,
            added,
        });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ColumnId;

    fn held(numbers: &[(&str, u64, u128)]) -> HashMap<RowKey, RowFingerprint> {
        numbers
            .iter()
            .map(|&(key, number, fingerprint)| {
                let held = RowFingerprint {
                    number,
                    fingerprint,
                };
                ((key.to_owned(), 0), held)
            })
            .collect()
    }

    #[test]
    fn rows_that_differ_and_their_order() {
        let before = held(&[("a", 1, 1), ("b", 2, 2), ("c", 3, 3)]);
        let check = |after: &[(&str, u64, u128)], keys: &str, moved: bool| {
            let after = held(after);
            let found: Vec<String> = differing(&before, &after)
                .into_iter()
                .map(|((key, _), old, new)| format!("{key}{}{}", old.is_some(), new.is_some()))
                .collect();
            assert_eq!(found.join(" "), keys);
            assert_eq!(reordered(&before, &after), moved, "{keys}");
        };
        check(&[("a", 1, 1), ("b", 2, 2), ("c", 3, 3)], "", false);
        check(&[("c", 1, 3), ("b", 2, 2), ("a", 3, 1)], "", true);
        // A new row in front moves the others without another order.
        check(
            &[("n", 1, 9), ("a", 2, 1), ("c", 3, 4)],
            "btruefalse ctruetrue nfalsetrue",
            false,
        );
    }

    #[test]
    fn blank_nodes_within_their_rows() {
        let check = |label: &str, expected: &str| {
            let origin = Origin {
                table: Some(TableId::new(1)),
                row: 2,
                line: 3,
                column: Some(ColumnId::new(5)),
            };
            let node = within_row(&BlankNode::new_unchecked(label), origin);
            assert_eq!(node.as_str(), expected);
        };
        check("t1s2", "s");
        check("t1r2", "r");
        check("t1r2c5i10", "rc5i10");
        check("t1r22c5i0", "t1r22c5i0");
        check("t10r2c5i0", "t10r2c5i0");
        check("t1", "t1");
    }

    #[test]
    fn keys_in_one_line() {
        let check = |cells: &[&str], text: &str| {
            assert_eq!(key_text(cells.iter().copied()), text);
        };
        check(&["a, b"], "a, b");
        check(&["a", "b"], "a, b");
        check(&["a, b", "c"], "\"a, b\", c");
        check(&["a\"", "b c"], "\"a\"\"\", b c");
    }
}
