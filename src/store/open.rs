//! A published build, opened for reading.

use super::line::LineTerms;
use super::load::index_error;
use super::lock::Pin;
use super::{BuildInput, Manifest, StoreError, StoreLayout};
use crate::diagnostic::{Code, Hint, HintAction, suggest};
use crate::project::Project;
use civigraph_index::{CanonicalLines, Index};
use civigraph_text::TextIndex;
use oxrdf::{NamedOrBlankNodeRef, Quad};
use std::fs;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Name of the folder with copies of the inputs.
pub(super) const INPUTS: &str = "inputs";
/// Name of the quads that come from no row alone, sorted, each as often as it was made.
pub(super) const ROWLESS: &str = "others.nq.zst";
/// Name of the release graph's lines in a build's folder.
pub(super) const RELEASE: &str = "release.nq";
/// Name of the folder of the index.
pub(super) const INDEX: &str = "index";

/// How often a reader looks again when the build it was told of is being deleted.
const ATTEMPTS: usize = 20;

/// A build opened for reading. It stays readable as long as this lives, whatever is published meanwhile.
pub struct Build {
    folder: PathBuf,
    manifest: Manifest,
    index: Index,
    /// Opened when it is first asked for.
    text: OnceLock<TextIndex>,
    // Held for its lock.
    _pin: Pin,
}

impl Build {
    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The quads of all graphs. Those of the graph `release` are kept beside it, and are in its answers but not in
    /// its lines.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The labels and texts of the quads, for a search; `None` where the build was made without them.
    ///
    /// # Errors
    /// The text index is damaged or cannot be read.
    pub fn text(&self) -> Result<Option<&TextIndex>, StoreError> {
        if self.manifest.text_bytes().is_none() {
            return Ok(None);
        }
        if let Some(text) = self.text.get() {
            return Ok(Some(text));
        }
        let opened = super::text::open(&self.folder)?;
        Ok(Some(self.text.get_or_init(|| opened)))
    }

    /// The folder of the build.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the store, that holds all builds.
    pub fn root(&self) -> &Path {
        let builds = self.folder.parent().unwrap_or(&self.folder);
        builds.parent().unwrap_or(builds)
    }

    /// The quads of all graphs but `release`, as sorted canonical N-Quads lines.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn lines(&self) -> Result<impl BufRead + use<'_>, StoreError> {
        lines(&self.index)
    }

    /// Where the copy of an input lies, by its name; it need not be there.
    pub fn input(&self, name: &str) -> PathBuf {
        self.folder.join(INPUTS).join(name)
    }

    /// The project as it was when it was built; `None` where the build does not keep all of its inputs.
    ///
    /// Ask it nothing but what its files say: it has no store.
    pub fn inputs(&self) -> Option<Project> {
        let kept = |input: &BuildInput| self.input(&input.name).is_file();
        if !self.manifest.inputs().iter().all(kept) {
            return None;
        }
        Project::open(&self.folder.join(INPUTS), None).ok()
    }

    /// The quads of a subject in all graphs but `release`, in canonical order.
    ///
    /// # Errors
    /// The quads cannot be read.
    pub fn quads_of(&self, subject: NamedOrBlankNodeRef<'_>) -> Result<Vec<Quad>, StoreError> {
        let mut lines = self.index.lines_of(subject).map_err(index_error)?;
        let mut quads = Vec::new();
        while let Some(line) = lines.next().map_err(index_error)? {
            let quad = LineTerms::of(line).and_then(|parts| parts.quad());
            quads.push(quad.ok_or_else(|| {
                let message = "a line of the quads is damaged";
                StoreError::new(Code::TornBuild, &self.folder, message)
            })?);
        }
        Ok(quads)
    }

    /// The quads of the release graph, as sorted canonical N-Quads lines.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn release_lines(&self) -> Result<Vec<u8>, StoreError> {
        let path = self.folder.join(RELEASE);
        fs::read(&path).map_err(|e| StoreError::io(&path, "read the release graph", e))
    }
}

/// Opens the index of a build, with its release graph beside it.
pub(super) fn open_index(folder: &Path) -> Result<Index, StoreError> {
    let release = folder.join(RELEASE);
    let index = Index::open(&folder.join(INDEX)).map_err(index_error)?;
    Ok(index.with_overlay(move || {
        let lines = fs::read(&release)?;
        let quads = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        quads
            .map(|line| LineTerms::of(line).and_then(|parts| parts.quad()))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a line is damaged"))
    }))
}

/// The sorted lines of an index, each with its line break.
pub(super) fn lines(index: &Index) -> Result<impl BufRead + use<'_>, StoreError> {
    Ok(LineReader {
        lines: index.lines().map_err(index_error)?,
        buffer: Vec::with_capacity(LineReader::BUFFER),
        position: 0,
        ended: false,
    })
}

/// Reads lines as bytes.
struct LineReader<'a> {
    lines: CanonicalLines<'a>,
    buffer: Vec<u8>,
    position: usize,
    ended: bool,
}

impl LineReader<'_> {
    const BUFFER: usize = 1 << 16;
}

impl BufRead for LineReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.buffer.len() {
            self.position = 0;
            self.buffer.clear();
            while !self.ended && self.buffer.len() < Self::BUFFER {
                match self.lines.next()? {
                    Some(line) => {
                        self.buffer.extend_from_slice(line);
                        self.buffer.push(b'\n');
                    }
                    None => self.ended = true,
                }
            }
        }
        Ok(self.buffer.get(self.position..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.position = (self.position + amount).min(self.buffer.len());
    }
}

impl Read for LineReader<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut buffer = self.fill_buf()?;
        let read = buffer.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

impl std::fmt::Debug for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Build")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Opens the published build of a store folder (`.civigraph`), read-only.
///
/// # Errors
/// There is none, it is damaged, it is not a build of Civigraph, or it has another format. It is never
/// taken for an empty graph.
pub fn open(root: &Path) -> Result<Build, StoreError> {
    let layout = StoreLayout::new(root);
    for _ in 0..ATTEMPTS {
        let id = current(&layout)?;
        if let Some(build) = pinned(&layout, &id)? {
            return Ok(build);
        }
        // Pruned between reading its name and pinning it: a newer one is published by now.
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Err(StoreError::new(
        Code::TornBuild,
        &layout.current(),
        "the published build is being deleted",
    ))
}

/// The id that a user means: a whole one, or the start of one and no other.
///
/// # Errors
/// No build has an id that starts so, or several have ([`Code::NoBuild`]).
pub(super) fn complete<'i>(
    ids: &'i [String],
    start: &str,
    root: &Path,
) -> Result<&'i String, StoreError> {
    if let Some(whole) = ids.iter().find(|id| *id == start) {
        return Ok(whole);
    }
    let starting: Vec<&String> = ids.iter().filter(|id| id.starts_with(start)).collect();
    match starting.as_slice() {
        [only] => Ok(only),
        [] => {
            let hint = suggest::hint(start, ids.iter().map(String::as_str))
                .map_or_else(|| HintAction::ListBuilds.into(), Hint::from);
            let message = format!("no such build: `{start}`");
            Err(StoreError::new(Code::NoBuild, root, message).with_hint(hint))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
            let message = format!(
                "{} builds have ids that start with `{start}`: {}",
                names.len(),
                names.join(", ")
            );
            Err(StoreError::new(Code::NoBuild, root, message)
                .with_hint("name one with more of its id"))
        }
    }
}

/// Opens one build by its id, or by the start of it where no other one starts so.
///
/// # Errors
/// As [`open`].
pub fn open_build(root: &Path, id: &str) -> Result<Build, StoreError> {
    let layout = StoreLayout::new(root);
    let ids = layout
        .ids()
        .map_err(|e| StoreError::io(&layout.builds(), "list the builds", e))?;
    let id = complete(&ids, id, root)?;
    match pinned(&layout, id)? {
        Some(build) => Ok(build),
        None => Err(StoreError::new(
            Code::NoBuild,
            &layout.build(id),
            "the build is being deleted",
        )),
    }
}

/// The manifests of all readable builds, oldest first, and the id of the published one.
///
/// # Errors
/// The folder cannot be read. A damaged build is left out.
pub fn builds(root: &Path) -> Result<(Vec<Manifest>, Option<String>), StoreError> {
    let layout = StoreLayout::new(root);
    let ids = layout
        .ids()
        .map_err(|e| StoreError::io(&layout.builds(), "list the builds", e))?;
    let manifests = ids
        .iter()
        .filter_map(|id| Manifest::read(&layout.build(id)).ok())
        .collect();
    Ok((manifests, current(&layout).ok()))
}

/// The id of the published build.
pub(super) fn current(layout: &StoreLayout) -> Result<String, StoreError> {
    let path = layout.current();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::new(
                Code::NoBuild,
                layout.root(),
                "nothing is published here yet",
            )
            .with_hint(HintAction::Build));
        }
        Err(error) => {
            return Err(StoreError::io(
                &path,
                "read which build is published",
                error,
            ));
        }
    };
    let id = text.strip_suffix('\n').unwrap_or_default();
    if super::layout::sequence(id).is_none() {
        return Err(
            StoreError::new(Code::TornBuild, &path, "the file does not name a build")
                .with_hint(HintAction::BuildAgain),
        );
    }
    Ok(id.to_owned())
}

fn pinned(layout: &StoreLayout, id: &str) -> Result<Option<Build>, StoreError> {
    let folder = layout.build(id);
    if super::layout::sequence(id).is_none() {
        return Err(StoreError::new(
            Code::NoBuild,
            &layout.builds(),
            format!("`{id}` is not the name of a build"),
        ));
    }
    let pin = match Pin::share(&folder) {
        Ok(Some(pin)) => pin,
        Ok(None) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if current(layout).is_ok_and(|now| now != id) {
                return Ok(None);
            }
            let folder_is_there = folder.is_dir();
            let (code, message) = if folder_is_there && folder.join(Manifest::NAME).is_file() {
                (Code::TornBuild, "a file of the build is missing: pin")
            } else if folder_is_there {
                (Code::ForeignStore, "not a Civigraph build")
            } else {
                (Code::NoBuild, "the build is missing")
            };
            return Err(StoreError::new(code, &folder, message).with_hint(HintAction::BuildAgain));
        }
        Err(error) => return Err(StoreError::io(&folder, "pin the build", error)),
    };
    let manifest = Manifest::read(&folder)?;
    if manifest.id != id {
        return Err(StoreError::new(
            Code::ForeignStore,
            &folder,
            format!("the folder holds another build, {}", manifest.id),
        ));
    }
    manifest.check_files(&folder, false)?;
    let index = open_index(&folder)?;
    Ok(Some(Build {
        folder,
        manifest,
        index,
        text: OnceLock::new(),
        _pin: pin,
    }))
}
