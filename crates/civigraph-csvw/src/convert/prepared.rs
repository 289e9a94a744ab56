//! A table of the plan, prepared to be converted.

use super::value::CellParser;
use crate::csv::CompiledDialect;
use crate::plan::{LanguageMap, TableId, TablePlan};

/// A table of the plan with everything prepared; shared by all threads.
pub struct PreparedTable<'p> {
    pub plan: &'p TablePlan,
    pub id: TableId,
    pub format: CompiledDialect,
    pub parsers: Vec<CellParser<'p>>,
    pub file_columns: usize,
    /// The columns that hold languages of others.
    pub languages: Vec<usize>,
    /// The columns whose texts name things.
    pub naming: Vec<usize>,
    /// Columns of the header, where it is known.
    pub header_columns: usize,
    /// The titles of the header, where it has one row of several.
    pub titles: Vec<String>,
}

impl<'p> PreparedTable<'p> {
    pub fn new(plan: &'p TablePlan, id: TableId) -> Self {
        Self {
            plan,
            id,
            format: CompiledDialect::new(&plan.dialect),
            parsers: plan.columns.iter().map(CellParser::new).collect(),
            file_columns: plan.file_columns(),
            languages: languages(plan),
            naming: (0..plan.columns.len())
                .filter(|&column| {
                    let column = plan.columns.get(column);
                    column.is_some_and(|column| column.naming && !column.misfit)
                })
                .collect(),
            header_columns: plan.file_columns(),
            titles: Vec::new(),
        }
    }
}

/// The columns in which the languages of other columns are.
fn languages(plan: &TablePlan) -> Vec<usize> {
    let maps = plan.maps.iter();
    let mut columns: Vec<usize> = maps
        .filter_map(|map| match map.object.language() {
            LanguageMap::Column(column) => Some(column.index()),
            _ => None,
        })
        .filter(|&column| !plan.columns.get(column).is_some_and(|column| column.misfit))
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}
