//! The claims of a project, each with the cell that it is about.

use super::against;
use super::claim::{Claim, TargetRow};
use super::conflict::{self, Conflict};
use super::name::{named, table_name};
use super::roles::{ClaimColumns, ColumnRoles};
use super::stated::has_shape;
use super::table::{DataRow, TableReader, tell_unreadable};
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, suggest};
use crate::plan::{ColumnId, TablePlan};
use crate::resource::Resolver;
use crate::tables::NearbySplits;
use crate::tables::Tables;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

/// All claims of a project, and what follows from them for the conversion.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    pub(super) claims: Vec<Claim>,
    pub(super) conflicts: Vec<Conflict>,
    /// The claims table.
    pub(super) columns: Option<ClaimColumns>,
    /// Columns of the claims table that speak of the claim itself: those with the subject of its id.
    pub(super) own_columns: HashSet<usize>,
}

/// What is said of one row of the claims table, before its cell is found.
struct ClaimRow {
    id: String,
    row: u64,
    key: String,
    column: usize,
    item: Option<String>,
    value: Option<String>,
    rank: Option<String>,
    review: Option<String>,
    evidence: Vec<String>,
    fields: Vec<(String, String)>,
    qualities: Vec<(String, String)>,
    place: Place,
    row_place: Place,
    item_place: Option<Place>,
    value_place: Option<Place>,
}

impl Claims {
    /// Reads the claims of a group and finds the cells that they are about.
    ///
    /// Memory grows with the number of claims, and with the rows of tables that declare a functional
    /// key. A claim about a cell that does not exist is a diagnostic at that claim. A group without a
    /// claims table has no claims.
    pub fn read(tables: Tables<'_>, diagnostics: &mut Diagnostics) -> Self {
        let roles = ColumnRoles::of(tables.group, diagnostics);
        let mut claims = Self::of_roles(tables, &roles, None, diagnostics);
        claims.conflicts = conflict::find(tables, &roles, &claims.claims, diagnostics);
        against::check_cells(tables.group, &claims.claims, diagnostics);
        against::check_references(tables, &claims.claims, diagnostics);
        claims
    }

    /// Reads the claims about the rows of some splits only, and no contradictions: what the lineage of
    /// a few quads needs.
    pub fn read_near(
        tables: Tables<'_>,
        near: &NearbySplits,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let roles = ColumnRoles::of(tables.group, diagnostics);
        Self::of_roles(tables, &roles, Some(near), diagnostics)
    }

    fn of_roles(
        tables: Tables<'_>,
        roles: &ColumnRoles,
        near: Option<&NearbySplits>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let Tables { group, .. } = tables;
        let mut claims = Self::default();
        if let Some(columns) = roles.claims {
            claims.columns = Some(columns);
            claims.own_columns = own_columns(group, &columns);
            let stated = stated(tables, &columns, diagnostics);
            for (table, stated) in stated {
                let name = table_name(group, table);
                claims.find(tables, (table, name), &stated, near, diagnostics);
            }
            claims.claims.sort_by_key(|claim| claim.row);
        }
        claims
    }

    /// The claims, in the order of their table.
    pub fn iter(&self) -> impl Iterator<Item = &Claim> {
        self.claims.iter()
    }

    /// Index of the claims table.
    pub(crate) fn table(&self) -> Option<usize> {
        self.columns.map(|columns| columns.table)
    }

    /// Whether a cell is a claim's stated value.
    pub(crate) fn is_stated(&self, table: usize, column: usize) -> bool {
        self.columns
            .is_some_and(|columns| columns.table == table && columns.value == Some(column))
    }

    /// The claim at an index, as [`ConflictingValue`](super::ConflictingValue)s name it.
    pub fn get(&self, index: usize) -> Option<&Claim> {
        self.claims.get(index)
    }

    /// The contradictions between accepted claims, in the order of tables and rows.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Finds the rows of one table, given by index and name, that claims name.
    fn find(
        &mut self,
        tables: Tables<'_>,
        (table, name): (usize, &str),
        stated: &[ClaimRow],
        near: Option<&NearbySplits>,
        diagnostics: &mut Diagnostics,
    ) {
        let Tables { plan, resolver, .. } = tables;
        let Some(table_plan) = plan.tables.get(table) else {
            return;
        };
        let mut by_key: HashMap<&str, Vec<&ClaimRow>> = HashMap::new();
        for claim in stated {
            by_key.entry(&claim.key).or_default().push(claim);
        }
        // The key of the row, apart from how it is written.
        let mut found: HashMap<&str, Vec<String>> = HashMap::new();
        let mut several: HashSet<&str> = HashSet::new();
        let mut problems = Vec::new();
        let splits = match near.map(|near| near.get(&table)) {
            None => None,
            Some(Some(splits)) => Some(splits.as_slice()),
            // Nothing of this table is asked about.
            Some(None) => return,
        };
        let read = TableReader::open(table_plan, resolver).and_then(|reader| {
            reader.visit_in(splits, |row| {
                let values = key_of(row, &table_plan.primary_key);
                let Some((&key, wanted)) = by_key.get_key_value(values.join("/").as_str()) else {
                    return;
                };
                match found.entry(key) {
                    Entry::Vacant(first) => drop(first.insert(values)),
                    Entry::Occupied(first) => {
                        // Rows of one and the same key have been reported as duplicates.
                        if values.is_empty() || *first.get() != values {
                            several.insert(key);
                        }
                        return;
                    }
                }
                for claim in wanted {
                    match claim.at(table, row) {
                        Ok(claim) => self.claims.push(claim),
                        Err(problem) => problems.push(*problem),
                    }
                }
            })
        });
        if let Err(error) = read {
            tell_unreadable(table_plan, &error, diagnostics);
            return;
        }
        let is_missing = |claim: &&ClaimRow| !found.contains_key(claim.key.as_str());
        let keys = match near.is_none() && stated.iter().any(|claim| is_missing(&claim)) {
            true => keys(table_plan, resolver).unwrap_or_default(),
            false => Vec::new(),
        };
        for claim in stated.iter().filter(|_| near.is_none()) {
            let key = claim.key.as_str();
            let (what, expected) = if is_missing(&claim) {
                let what = format!("row `{key}`, which table `{name}` does not have");
                (what, Some(listed(&keys)))
            } else if several.contains(key) {
                let what = format!("one of several rows of table `{name}` with this key");
                (what, None)
            } else {
                continue;
            };
            let problem = Diagnostic::new(
                Code::ClaimRow,
                claim.row_place.clone(),
                format!("claim `{}` is about {what}", claim.id),
            )
            .with_found(key);
            problems.push(match expected {
                Some(expected) => problem
                    .with_expected(expected)
                    .with_optional_hint(suggest::hint(key, keys.iter().map(String::as_str))),
                None => problem,
            });
        }
        problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
        for problem in problems {
            diagnostics.push(problem);
        }
    }
}

impl ClaimRow {
    /// The claim about a row that was found.
    fn at(&self, table: usize, row: &DataRow<'_>) -> Result<Claim, Box<Diagnostic>> {
        let items = || row.items(self.column);
        let item = match &self.item {
            None => None,
            Some(item) => Some(items().iter().position(|other| other == item).ok_or_else(
                || {
                    let place = self.item_place.clone().unwrap_or_default();
                    Box::new(
                        Diagnostic::new(
                            Code::ClaimItem,
                            place,
                            format!(
                                "claim `{}` is about an item that its cell does not have",
                                self.id
                            ),
                        )
                        .with_found(item.as_str())
                        .with_expected(items().join(", ")),
                    )
                },
            )?),
        };
        if let Some(value) = &self.value
            && let Some(expected) = row.refusal(self.column, value)
            && (row.is_text(self.column) || !has_shape(value))
        {
            let place = self.value_place.clone().unwrap_or_default();
            return Err(Box::new(
                Diagnostic::new(
                    Code::ClaimValue,
                    place,
                    format!(
                        "claim `{}` states what the column of its cell cannot hold",
                        self.id
                    ),
                )
                .with_found(value.as_str())
                .with_expected(expected),
            ));
        }
        let cell = row.get(self.column).unwrap_or_default();
        let stands = self.item.as_ref().unwrap_or(&cell);
        // However it is written.
        let differs = |value: &String| !row.same_value(self.column, value, stands);
        let value = self.value.clone().filter(differs);
        let rank = self.rank.as_deref();
        Ok(Claim {
            id: self.id.clone(),
            row: self.row,
            table,
            target_row: row.number,
            key: self.key.clone(),
            column: self.column,
            item,
            preferred: rank == Some("preferred"),
            accepted: rank != Some("deprecated")
                && self
                    .review
                    .as_deref()
                    .is_none_or(|review| review == "accepted"),
            evidence: self.evidence.clone(),
            fields: self.fields.clone(),
            qualities: self.qualities.clone(),
            place: self.place.clone(),
            value_place: self.value_place.as_ref().unwrap_or(&self.place).clone(),
            target: value.is_some().then(|| TargetRow {
                cells: row.texts(),
                record: row.record_number(),
            }),
            value,
            cell,
        })
    }
}

/// The most keys of a table that are compared with one that it does not have.
const COMPARED: usize = 100_000;

/// The most keys of a table that a message lists.
const LISTED: usize = 8;

/// The keys of a table's rows, as claims name them.
fn keys(plan: &TablePlan, resolver: &dyn Resolver) -> std::io::Result<Vec<String>> {
    let mut keys = Vec::new();
    TableReader::open(plan, resolver)?.visit(|row| {
        if keys.len() < COMPARED {
            keys.push(key_of(row, &plan.primary_key).join("/"));
        }
    })?;
    Ok(keys)
}

/// Keys for a message: all, or the first ones and how many more there are.
fn listed(keys: &[String]) -> String {
    let shown: Vec<&str> = keys.iter().take(LISTED).map(String::as_str).collect();
    match keys.len().saturating_sub(LISTED) {
        0 if keys.is_empty() => "a key; the table has no rows".to_owned(),
        0 => shown.join(", "),
        more => format!("{} or one of {more} more keys", shown.join(", ")),
    }
}

/// Reads the claims table: what each claim is about, by table.
fn stated(
    tables: Tables<'_>,
    columns: &ClaimColumns,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<usize, Vec<ClaimRow>> {
    let Tables {
        group,
        plan,
        resolver,
    } = tables;
    let mut stated: BTreeMap<usize, Vec<ClaimRow>> = BTreeMap::new();
    let Some(table_plan) = plan.tables.get(columns.table) else {
        return stated;
    };
    let mut tables: HashMap<String, Vec<usize>> = HashMap::new();
    let read = TableReader::open(table_plan, resolver).and_then(|reader| {
        reader.visit(|row| {
            // An empty id, table, row or column has been reported as a missing required cell.
            let (Some(id), Some(target), Some(key), Some(column)) = (
                row.get(columns.id),
                row.get(columns.target),
                row.get(columns.row),
                row.get(columns.column),
            ) else {
                return;
            };
            let candidates = tables
                .entry(target.clone())
                .or_insert_with(|| named(group, &target));
            let [table] = candidates.as_slice() else {
                let place = row.place(columns.target);
                diagnostics.push(no_table(group, &id, &target, candidates, place));
                return;
            };
            let table = *table;
            let names = || {
                group
                    .tables
                    .get(table)
                    .into_iter()
                    .flat_map(|table| &table.columns)
                    .map(|column| column.name.as_str())
            };
            let Some(index) = names().position(|name| name == column) else {
                diagnostics.push(
                    Diagnostic::new(
                        Code::ClaimColumn,
                        row.place(columns.column),
                        format!("claim `{id}` is about column `{column}`, which table `{target}` does not have"),
                    )
                    .with_found(column.as_str())
                    .with_expected(names().collect::<Vec<_>>().join(", "))
                    .with_optional_hint(suggest::hint(&column, names())),
                );
                return;
            };
            let fields = |wanted: &dyn Fn(usize) -> bool| -> Vec<(String, String)> {
                table_plan
                    .columns
                    .iter()
                    .enumerate()
                    .filter(|(column, _)| wanted(*column))
                    .filter_map(|(column, plan)| Some((plan.name.clone(), row.get(column)?)))
                    .collect()
            };
            let optional = |column: Option<usize>| column.and_then(|column| row.get(column));
            stated.entry(table).or_default().push(ClaimRow {
                qualities: fields(&|column| !columns.says_what(column)),
                fields: fields(&|_| true),
                place: row.place(columns.id),
                row_place: row.place(columns.row),
                item_place: columns.item.map(|item| row.place(item)),
                value_place: columns.value.map(|value| row.place(value)),
                row: row.number,
                key,
                column: index,
                item: optional(columns.item),
                value: optional(columns.value),
                rank: optional(columns.rank),
                review: optional(columns.review),
                evidence: columns
                    .evidence
                    .map_or_else(Vec::new, |column| row.items(column)),
                id,
            });
        })
    });
    if let Err(error) = read {
        tell_unreadable(table_plan, &error, diagnostics);
    }
    stated
}

/// The columns of the claims table that have the same subject as the ids of claims.
fn own_columns(group: &TableGroup, claims: &ClaimColumns) -> HashSet<usize> {
    let table = group.tables.get(claims.table);
    let columns = table.map_or(&[][..], |table| &table.columns);
    let about = columns.get(claims.id).map(|id| &id.about_url);
    (0..columns.len())
        .filter(|&column| columns.get(column).map(|column| &column.about_url) == about)
        .collect()
}

/// A claim that is about no table, or perhaps about several.
fn no_table(
    group: &TableGroup,
    id: &str,
    target: &str,
    candidates: &[usize],
    place: Place,
) -> Diagnostic {
    let name = |index: usize| table_name(group, index);
    if candidates.is_empty() {
        let names = || (0..group.tables.len()).map(name);
        return Diagnostic::new(
            Code::ClaimTable,
            place,
            format!("claim `{id}` is about a table that does not exist"),
        )
        .with_found(target)
        .with_expected(names().collect::<Vec<_>>().join(", "))
        .with_optional_hint(crate::diagnostic::suggest::hint(target, names()));
    }
    let names: Vec<&str> = candidates.iter().map(|&index| name(index)).collect();
    Diagnostic::new(
        Code::ClaimTable,
        place,
        format!("claim `{id}` is about one of several tables of that name"),
    )
    .with_found(target)
    .with_expected(names.join(" or "))
}

/// The primary key of a row. Claims write its values with `/` between them.
fn key_of(row: &DataRow<'_>, columns: &[ColumnId]) -> Vec<String> {
    let value = |column: &ColumnId| row.get(column.index()).unwrap_or_default();
    columns.iter().map(value).collect()
}
