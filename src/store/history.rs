//! What was published before: how builds differ, and the way back to one of them.

use super::difference::{Side, compare_lines};
use super::line::{self, LineTerms};
use super::lock::{BuilderLock, Pin};
use super::open::{current, lines, open_index};
use super::{BuildInput, Manifest, StoreError, StoreLayout};
use crate::diagnostic::{Code, HintAction};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// How a build differs from an older one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BuildChanges {
    /// Quads that came and went by graph; the empty name is the default graph. Graphs that are the
    /// same are left out.
    pub graphs: BTreeMap<String, QuadCounts>,
    /// Files that went in and are not the same, in order of their names.
    pub inputs: Vec<InputChange>,
}

/// How many quads came and went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct QuadCounts {
    /// Quads that only the newer build has.
    pub added: u64,
    /// Quads that only the older build has.
    pub removed: u64,
}

/// A file that differs between two builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputChange {
    /// Path relative to the project.
    pub name: String,
    /// What happened to it.
    pub change: FileChange,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileChange {
    /// The newer build has it, the older one not.
    Added,
    /// The older build has it, the newer one not.
    Removed,
    /// Its bytes differ.
    Changed,
}

impl BuildChanges {
    /// Quads that came and went in all graphs.
    pub fn total(&self) -> QuadCounts {
        self.graphs
            .values()
            .fold(QuadCounts::default(), |sum, counts| QuadCounts {
                added: sum.added + counts.added,
                removed: sum.removed + counts.removed,
            })
    }
}

/// Compares two builds of a store folder: their quads, but for the release graph, and their inputs.
///
/// The sorted quads of both are read once; memory does not grow with them.
///
/// # Errors
/// One of them is not there, or cannot be read.
pub fn changes(root: &Path, old: &Manifest, new: &Manifest) -> Result<BuildChanges, StoreError> {
    let mut changes = BuildChanges {
        graphs: BTreeMap::new(),
        inputs: input_changes(&old.about.inputs, &new.about.inputs),
    };
    if old.digest == new.digest {
        return Ok(changes);
    }
    let layout = StoreLayout::new(root);
    let folders = [layout.build(&old.id), layout.build(&new.id)];
    // Held so that no builder deletes them meanwhile.
    let mut pins = Vec::with_capacity(folders.len());
    for folder in &folders {
        let pin = Pin::share(folder).map_err(|e| StoreError::io(folder, "pin the build", e))?;
        pins.push(
            pin.ok_or_else(|| {
                StoreError::new(Code::NoBuild, folder, "the build is being deleted")
            })?,
        );
    }
    let [old_folder, new_folder] = &folders;
    let (old, new) = (open_index(old_folder)?, open_index(new_folder)?);
    let compared = compare_lines(lines(&old)?, lines(&new)?, |side, line| {
        let Some(parts) = LineTerms::of(line) else {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        };
        let graph = parts.graph.and_then(line::iri).unwrap_or_default();
        if !changes.graphs.contains_key(graph) {
            changes
                .graphs
                .insert(graph.to_owned(), QuadCounts::default());
        }
        if let Some(counts) = changes.graphs.get_mut(graph) {
            match side {
                Side::Old => counts.removed += 1,
                Side::New => counts.added += 1,
            }
        }
        Ok(())
    });
    compared.map_err(|e| StoreError::io(new_folder, "compare the quads", e))?;
    Ok(changes)
}

fn input_changes(old: &[BuildInput], new: &[BuildInput]) -> Vec<InputChange> {
    let by_name = |inputs: &[BuildInput]| -> BTreeMap<String, String> {
        inputs
            .iter()
            .map(|input| (input.name.clone(), input.sha256.clone()))
            .collect()
    };
    let (old, new) = (by_name(old), by_name(new));
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let change = match (old.get(name), new.get(name)) {
                (None, _) => FileChange::Added,
                (_, None) => FileChange::Removed,
                (Some(one), Some(other)) if one != other => FileChange::Changed,
                _ => return None,
            };
            Some(InputChange {
                name: name.clone(),
                change,
            })
        })
        .collect()
}

/// A build that was made the published one again.
#[derive(Debug, Clone)]
pub struct RolledBack {
    /// Id of the build that was published before, where that is known.
    pub from: Option<String>,
    /// The build that is published now.
    pub manifest: Manifest,
}

/// Makes an older build the published one: that of an id or of the start of one, or the one made before the
/// published one.
///
/// Every file of that build is digested first. Readers see the old build or the new one, nothing else.
///
/// # Errors
/// Another build is running, there is no such build, or it is damaged; what is published stays.
pub fn roll_back(root: &Path, id: Option<&str>) -> Result<RolledBack, StoreError> {
    let layout = StoreLayout::new(root);
    let from = current(&layout);
    // With an id, a damaged or missing name of the published build is what this repairs.
    let (from, wanted) = match (from, id) {
        (from, Some(id)) => (from.ok(), Some(id.to_owned())),
        (Ok(from), None) => (Some(from), None),
        (Err(error), None) => return Err(error),
    };
    let listed = |error| StoreError::io(&layout.builds(), "list the builds", error);
    if layout.ids().map_err(listed)?.is_empty() {
        return Err(
            StoreError::new(Code::NoBuild, root, "nothing is published here yet")
                .with_hint(HintAction::Build),
        );
    }
    let _lock = BuilderLock::take(&layout)?;
    // A killed builder may have left a note about the build that is published now.
    layout.sweep()?;
    let ids = layout.ids().map_err(listed)?;
    let wanted = match wanted {
        Some(id) => super::open::complete(&ids, &id, root)?.clone(),
        None => before(&ids, from.as_deref()).ok_or_else(|| {
            StoreError::new(
                Code::NoBuild,
                root,
                "there is no build before the published one",
            )
            .with_hint(HintAction::KeepBuilds)
        })?,
    };
    let folder = layout.build(&wanted);
    let manifest = super::open_build(root, &wanted)?.manifest().clone();
    manifest.check_files(&folder, true)?;
    layout.switch(&wanted)?;
    Ok(RolledBack { from, manifest })
}

/// The id that is before another one in a list of ids, oldest first.
fn before(ids: &[String], id: Option<&str>) -> Option<String> {
    let at = ids.iter().position(|other| Some(other.as_str()) == id)?;
    ids.get(at.checked_sub(1)?).cloned()
}
