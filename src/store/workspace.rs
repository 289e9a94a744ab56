//! The workspace of a build: the lock, the folder in which it is made, and what every build ends with.

use super::layout::{sequence, sync_folder};
use super::line::write_quad;
use super::lock::{BuilderLock, Pin};
use super::open::{INPUTS, RELEASE};
use super::{
    BuildDescription, BuildInput, BuildOptions, BuildStep, FORMAT, FileEntry, Manifest,
    PublishedBuild, Statistics, StoreError, StoreLayout, manifest,
};
use crate::diagnostic::Code;
use oxrdf::Quad;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How the names of sorters' folders start.
const SORT: &str = "sort";

/// A build in the making, before anything is in it. Dropping it leaves what is published as it was.
#[derive(Debug)]
pub struct Workspace {
    // The folder goes before the lock.
    folder: UnfinishedBuild,
    layout: StoreLayout,
    sequence: u64,
    pub(super) options: BuildOptions,
    inputs: Vec<BuildInput>,
    /// Other files that are digested already.
    pub(super) digested: Vec<FileEntry>,
    _lock: BuilderLock,
}

/// What is in a build, as far as its files do not say it.
pub(super) struct BuildContent {
    pub(super) about: BuildDescription,
    pub(super) statistics: Statistics,
    /// SHA-256 of the lines of the quads.
    pub(super) digest: String,
    /// Whether that is the RDFC-1.0 hash.
    pub(super) canonical: bool,
    pub(super) release_quads: u64,
    /// What was amended since all of it was built.
    pub(super) amended: manifest::Amendments,
}

impl Workspace {
    /// Takes the builder's lock, sweeps the litter of killed builds and makes the folder of a new build.
    ///
    /// # Errors
    /// Another builder is running ([`Code::BuilderRunning`]), or the folder cannot be written.
    pub fn open(root: &Path, options: BuildOptions) -> Result<Self, StoreError> {
        let layout = StoreLayout::new(root);
        let builds = layout.builds();
        fs::create_dir_all(&builds).map_err(|e| StoreError::io(&builds, "create the folder", e))?;
        let lock = BuilderLock::take(&layout)?;
        BuildStep::Locked.reached();
        layout.sweep()?;
        BuildStep::Swept.reached();
        let newest = layout
            .ids()
            .map_err(|e| StoreError::io(&builds, "list the builds", e))?
            .iter()
            .filter_map(|id| sequence(id))
            .max();
        let sequence = newest.map_or(1, |newest| newest + 1);
        let path = layout.temporary(&format!("{sequence:04}-{}", std::process::id()));
        fs::create_dir(&path).map_err(|e| StoreError::io(&path, "create the folder", e))?;
        let folder = UnfinishedBuild { path };
        BuildStep::Created.reached();
        Ok(Self {
            folder,
            layout,
            sequence,
            options,
            inputs: Vec::new(),
            digested: Vec::new(),
            _lock: lock,
        })
    }

    /// The folder in which the build is made.
    pub(super) fn path(&self) -> &Path {
        &self.folder.path
    }

    /// Keeps a copy of an input with the build, unless the file lies outside the project or cannot be read.
    ///
    /// `name` is its path relative to the project. The input must still be the same when the build is
    /// published.
    ///
    /// # Errors
    /// The copy cannot be written.
    pub fn keep_input(&mut self, name: &str, path: &Path) -> Result<(), StoreError> {
        let inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside || File::open(path).is_err() {
            return Ok(());
        }
        let copy = self.input(name);
        let failed = |e| StoreError::io(&copy, "keep a copy of the input", e);
        if let Some(folder) = copy.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::copy(path, &copy).map_err(failed)?;
        let input = BuildInput::read(name, &copy).map_err(failed)?;
        self.inputs.push(input);
        Ok(())
    }

    /// Where the copy of an input lies.
    pub fn input(&self, name: &str) -> PathBuf {
        self.folder.path.join(INPUTS).join(name)
    }

    /// The input of a name, where a copy of it is kept.
    pub fn kept(&self, name: &str) -> Option<&BuildInput> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// Whether the copies are what the inputs are by now.
    fn check_inputs(&self, about: &BuildDescription) -> Result<(), StoreError> {
        for kept in &self.inputs {
            let now = about.inputs.iter().find(|input| input.name == kept.name);
            if now.is_some_and(|now| now.sha256 != kept.sha256) {
                return Err(StoreError::new(
                    Code::StoreFiles,
                    Path::new(&kept.name),
                    "the file changed while it was read; nothing was published",
                )
                .with_hint("run the build again"));
            }
        }
        Ok(())
    }

    pub(super) fn report(&self, step: BuildStep) {
        step.reached();
        if let Some(progress) = &self.options.progress {
            progress.report(step, 0);
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.folder.path.join(name);
        fs::write(&path, bytes).map_err(|e| StoreError::io(&path, "write the file", e))
    }

    /// Writes the release graph's lines and says how many there are.
    pub(super) fn write_release(&self, quads: &[Quad]) -> Result<u64, StoreError> {
        let mut lines: Vec<Vec<u8>> = quads
            .iter()
            .map(|quad| {
                let mut line = Vec::new();
                write_quad(&mut line, quad.as_ref());
                line.push(b'\n');
                line
            })
            .collect();
        lines.sort();
        lines.dedup();
        self.write(RELEASE, &lines.concat())?;
        Ok(lines.len() as u64)
    }

    /// The manifest of the build, still without its files.
    pub(super) fn manifest(&self, content: BuildContent) -> Result<Manifest, StoreError> {
        self.check_inputs(&content.about)?;
        let digest = content.digest;
        let published = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Ok(Manifest {
            format: FORMAT,
            id: format!(
                "{:04}-{}",
                self.sequence,
                digest.get(..8).unwrap_or_default()
            ),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            published,
            digest,
            canonical: content.canonical,
            release_quads: content.release_quads,
            statistics: content.statistics,
            amended: content.amended,
            about: content.about,
            files: Vec::new(),
            checksum: String::new(),
        })
    }

    /// Removes the folders of the sorters.
    fn remove_sorted(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(SORT) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Describes the files, brings them to disk and makes the build the published one.
    pub(super) fn finish(self, mut manifest: Manifest) -> Result<PublishedBuild, StoreError> {
        self.remove_sorted()
            .map_err(|e| StoreError::io(&self.folder.path, "remove the sorted runs", e))?;
        self.write("pin", b"")?;
        // The copies of the inputs were digested when they were made.
        let copies = self.inputs.iter().map(|input| FileEntry {
            name: format!("{INPUTS}/{}", input.name),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        });
        let known: Vec<FileEntry> = copies.chain(self.digested.iter().cloned()).collect();
        manifest.files = manifest::entries(&self.folder.path, self.options.threads, &known)?;
        let json = manifest
            .seal()
            .map_err(|e| StoreError::io(&self.folder.path, "write the manifest", e))?;
        self.write(Manifest::NAME, &json)?;
        self.report(BuildStep::Described);
        sync_all(&self.folder.path)
            .map_err(|e| StoreError::io(&self.folder.path, "bring the build to disk", e))?;
        self.report(BuildStep::Synced);

        let before = super::open::current(&self.layout).ok();
        let publishing = self.layout.publishing(&manifest.id);
        let published = self.name(&manifest.id, &publishing).and_then(|()| {
            self.report(BuildStep::Renamed);
            self.layout.switch(&manifest.id)
        });
        if let Err(error) = published {
            // A build that nobody was told of is litter.
            let now = super::open::current(&self.layout).ok();
            if now.as_deref() != Some(manifest.id.as_str()) {
                let _ = fs::remove_dir_all(self.layout.build(&manifest.id));
                let _ = fs::remove_file(&publishing);
            }
            return Err(error);
        }
        self.report(BuildStep::Switched);
        // The next build removes it if that fails.
        let _ = fs::remove_file(&publishing);
        let pruned = self.prune(&manifest.id, before.as_deref());
        self.report(BuildStep::Pruned);
        Ok(PublishedBuild { manifest, pruned })
    }

    /// Gives the build its name, beside a file that says that it is not published yet.
    fn name(&self, id: &str, publishing: &Path) -> Result<(), StoreError> {
        let target = self.layout.build(id);
        File::create(publishing)
            .and_then(|_| sync_folder(self.layout.root()))
            .and_then(|()| fs::rename(&self.folder.path, &target))
            .and_then(|()| sync_folder(&self.layout.builds()))
            .map_err(|e| StoreError::io(&target, "name the build", e))
    }

    /// Deletes builds beyond the number to keep: first those that the next one repeats, so that building what has
    /// not changed costs no history, then the oldest. None that somebody reads goes, nor the one published
    /// before, unless only one is to be kept or the new one repeats it: after a rollback it may be the oldest.
    ///
    /// What cannot be deleted now is tried again by the next build: that is not a failure of this one.
    fn prune(&self, published: &str, before: Option<&str>) -> Vec<String> {
        let mut pruned = Vec::new();
        let Ok(ids) = self.layout.ids() else {
            return pruned;
        };
        let surplus = ids.len().saturating_sub(self.options.keep.max(1));
        if surplus == 0 {
            return pruned;
        }
        let repeated: Vec<&String> = ids
            .iter()
            .zip(ids.iter().skip(1))
            .filter(|(id, next)| self.are_the_same(id, next))
            .map(|(id, _)| id)
            .collect();
        let spared = before
            .filter(|id| self.options.keep > 1 && !repeated.iter().any(|repeated| repeated == id));
        let others = ids.iter().filter(|id| !repeated.contains(id));
        let may_go = |id: &&String| *id != published && Some(id.as_str()) != spared;
        let goes = repeated.iter().copied().chain(others).filter(may_go);
        for id in goes.take(surplus) {
            let folder = self.layout.build(id);
            let doomed = self.layout.temporary(&format!("pruned-{id}"));
            let held = match Pin::exclusive(&folder) {
                Ok(Some(pin)) => Some(pin),
                Ok(None) => continue,
                // Without its pin nobody can open it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(_) => continue,
            };
            if fs::rename(&folder, &doomed).is_ok() {
                pruned.push(id.clone());
                // Swept by the next build if it fails half-way.
                let _ = fs::remove_dir_all(&doomed);
            }
            drop(held);
        }
        pruned
    }

    /// Whether two builds hold the same, made from the same files.
    fn are_the_same(&self, one: &str, other: &str) -> bool {
        let read = |id| Manifest::read(&self.layout.build(id)).ok();
        match (read(one), read(other)) {
            (Some(one), Some(other)) => {
                one.digest == other.digest && one.inputs() == other.inputs()
            }
            _ => false,
        }
    }
}

/// The folder of a build that is not published; it goes when this does.
#[derive(Debug)]
struct UnfinishedBuild {
    path: PathBuf,
}

impl Drop for UnfinishedBuild {
    fn drop(&mut self) {
        // Renamed when published; what cannot be removed now is swept by the next build.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Brings the files of a folder, its folders and itself to disk.
fn sync_all(folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                File::open(entry.path())?.sync_all()?;
            }
        }
        sync_folder(&folder)?;
    }
    Ok(())
}
