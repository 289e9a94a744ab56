//! What of a project's tables differs from what the published build was made of.

use crate::convert;
use crate::csv::{ExcludedRows, Split, compare_rows};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::digest::sha256_hex;
use crate::plan::{Plan, TableId};
use crate::resource::{ResolveError, Resolver, Resource, ResourceContent};
use crate::store::{Amender, Build, ChangedRows, DeltaSink, StoreError, Workspace};
use crate::tables::Tables;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::PathBuf;

/// Rows that may differ before all is built anew.
const ROWS: usize = 100_000;

/// The inputs of a project: names relative to it, and where they lie.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    /// Files that are no tables.
    pub(super) files: Vec<(String, PathBuf)>,
    /// Tables, by their index.
    pub(super) tables: BTreeMap<usize, (String, PathBuf)>,
}

impl Inputs {
    /// Keeps copies of all of them with a build.
    ///
    /// # Errors
    /// A copy cannot be written.
    pub(super) fn keep(&self, workspace: &mut Workspace) -> Result<(), StoreError> {
        for (name, path) in self.files.iter().chain(self.tables.values()) {
            workspace.keep_input(name, path)?;
        }
        Ok(())
    }
}

/// The digest of a plan, by which a build knows another one.
pub(super) fn digest(plan: &Plan) -> String {
    // A plan is data that can always be written down; without a digest nothing is amended.
    serde_json::to_vec(plan).map_or_else(|_| String::new(), |json| sha256_hex(&json))
}

/// The tables as one build was made of them.
struct Copies<'a> {
    resolver: &'a dyn Resolver,
    paths: HashMap<String, PathBuf>,
}

impl Resolver for Copies<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let path = self.paths.get(url).ok_or(ResolveError::NotFound)?;
        let mut resource = self.resolver.resolve(url)?;
        resource.content = ResourceContent::of_file(path)
            .map_err(|error| ResolveError::Failed(error.to_string()))?;
        Ok(resource)
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.resolver.file_of(url)
    }
}

/// What differs between the tables of the published build and the current ones.
pub(super) struct TableChanges<'a> {
    /// Rows that are new.
    pub(super) new: ChangedRows,
    old: Copies<'a>,
    /// Rows that are gone and the splits of the old tables that hold them, by the index of the table.
    gone: BTreeMap<usize, Vec<(u64, Split)>>,
}

impl<'a> TableChanges<'a> {
    /// Compares the copies of the tables that two builds keep. `apart` are rows whose quads are not those of
    /// their cells alone.
    ///
    /// `None` where the published build cannot be amended, or so much differs that it is not worth it.
    ///
    /// # Errors
    /// A copy cannot be read.
    pub(super) fn between(
        prior: &Build,
        workspace: &Workspace,
        tables: Tables<'a>,
        inputs: &Inputs,
        disputed: &BTreeMap<usize, BTreeSet<u64>>,
    ) -> io::Result<Option<Self>> {
        let about = &prior.manifest().about;
        if !Amender::accepts(prior) || about.plan != digest(tables.plan) {
            return Ok(None);
        }
        let mut changes = Self {
            new: ChangedRows::default(),
            old: Copies {
                resolver: tables.resolver,
                paths: HashMap::new(),
            },
            gone: BTreeMap::new(),
        };
        let none = BTreeSet::new();
        let mut left = ROWS;
        for (index, plan) in tables.plan.tables.iter().enumerate() {
            let Some((name, _)) = inputs.tables.get(&index) else {
                return Ok(None);
            };
            let old_digest = about.inputs.iter().find(|input| input.name == *name);
            let (Some(old_digest), Some(new_digest)) = (old_digest, workspace.kept(name)) else {
                return Ok(None);
            };
            let old_disputed = about.disputed.get(name).unwrap_or(&none);
            let new_disputed = disputed.get(&index).unwrap_or(&none);
            if old_digest.sha256 == new_digest.sha256 && old_disputed == new_disputed {
                continue;
            }
            // A row that moves makes other quads there.
            if plan.counts_rows() {
                return Ok(None);
            }
            let version = |path: PathBuf| -> io::Result<Resource> {
                let resolved = tables.resolver.resolve(&plan.url);
                let mut resource =
                    resolved.map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
                resource.content = ResourceContent::of_file(&path)?;
                Ok(resource)
            };
            let old_path = prior.input(name);
            let left_out = ExcludedRows {
                old: old_disputed,
                new: new_disputed,
            };
            let compared = compare_rows(
                &version(old_path.clone())?,
                &version(workspace.input(name))?,
                &plan.dialect,
                left_out,
                left,
            )?;
            let Some(rows) = compared else {
                return Ok(None);
            };
            left = left.saturating_sub(rows.gone.len() + rows.new.len());
            if !rows.new.is_empty() {
                changes.new.tables.insert(TableId::new(index), rows.new);
            }
            if !rows.gone.is_empty() {
                changes.gone.insert(index, rows.gone);
            }
            changes.old.paths.insert(plan.url.clone(), old_path);
        }
        Ok(Some(changes))
    }

    /// Gives the quads of the rows that are gone to the sink.
    ///
    /// # Errors
    /// A copy cannot be read, or the sink fails.
    pub(super) fn take_back(&self, plan: &Plan, sink: &mut DeltaSink) -> io::Result<()> {
        use crate::convert::Sink as _;
        for (&index, rows) in &self.gone {
            let table = TableId::new(index);
            let mut splits: Vec<Split> = rows.iter().map(|(_, split)| *split).collect();
            splits.dedup();
            for split in splits {
                let numbers = rows.iter().filter(|(_, of)| *of == split);
                let numbers = numbers.map(|(number, _)| *number).collect();
                let mut chunk = sink.gone(ChangedRows {
                    tables: HashMap::from([(table, numbers)]),
                });
                // They were checked when they were published.
                let mut silent = Diagnostics::new(ReadingMode::Convert);
                convert::split(plan, table, &self.old, &split, &mut chunk, &mut silent)?;
                sink.accept(chunk)?;
            }
        }
        Ok(())
    }
}
