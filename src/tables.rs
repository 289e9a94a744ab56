//! The tables of a project, compiled, with where they lie: what claims, lineage, merges, shapes and the way back
//! from the graph all ask.

mod prefixes;
mod source;

pub(crate) use prefixes::{foreign_namespaces, prefixes};
pub use source::ProjectSource;

use crate::csv::Split;
use crate::csvw::model::{Table, TableGroup};
use crate::csvw::{self, CompileOptions};
use crate::diagnostic::{Diagnostics, Place};
use crate::plan::{Plan, TablePlan};
use crate::resource::Resolver;
use std::collections::BTreeMap;

/// Tables that somebody holds: what their metadata says, what is made of them, where their files are.
#[derive(Clone, Copy)]
pub struct Tables<'a> {
    /// What the metadata says.
    pub group: &'a TableGroup,
    /// What is made of them.
    pub plan: &'a Plan,
    /// Finds their files.
    pub resolver: &'a dyn Resolver,
}

impl<'a> Tables<'a> {
    /// The same tables with other files.
    #[must_use]
    pub fn at<'b>(self, resolver: &'b dyn Resolver) -> Tables<'b>
    where
        'a: 'b,
    {
        Tables { resolver, ..self }
    }

    /// A table, as described and as compiled.
    pub fn get(self, index: usize) -> Option<(&'a Table, &'a TablePlan)> {
        self.group
            .tables
            .get(index)
            .zip(self.plan.tables.get(index))
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = (&'a Table, &'a TablePlan)> {
        self.group.tables.iter().zip(&self.plan.tables)
    }
}

/// Splits of tables, by the index of the table.
pub type NearbySplits = BTreeMap<usize, Vec<Split>>;

/// A row as it is in its file.
#[derive(Debug, Clone)]
pub(crate) struct RowCells {
    pub(crate) texts: Vec<String>,
    pub(crate) places: Vec<Place>,
}

/// The tables of a project.
#[derive(Debug)]
pub struct ProjectTables {
    /// Where the files are.
    pub source: ProjectSource,
    /// What the metadata says.
    pub group: TableGroup,
    /// What is made of them.
    pub plan: Plan,
}

impl ProjectTables {
    /// Reads the metadata of a project and compiles it; `None` where nothing could be made of it, which the
    /// diagnostics say.
    pub fn load(source: ProjectSource, diagnostics: &mut Diagnostics) -> Option<Self> {
        let group = source.load(diagnostics)?;
        let plan = compile(&group, diagnostics);
        Some(Self {
            source,
            group,
            plan,
        })
    }

    /// The tables, to be handed on.
    pub fn get(&self) -> Tables<'_> {
        Tables {
            group: &self.group,
            plan: &self.plan,
            resolver: &self.source,
        }
    }
}

/// Compiles the tables of a project. Its facts are what its cells say: rows and tables are not described in its
/// graph.
pub fn compile(group: &TableGroup, diagnostics: &mut Diagnostics) -> Plan {
    let options = CompileOptions {
        mode: csvw::ConversionMode::Minimal,
        ..CompileOptions::default()
    };
    csvw::compile(group, &options, diagnostics)
}
