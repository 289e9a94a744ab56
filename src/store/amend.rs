//! A build that takes over what the published one has, and changes what differs.
//!
//! ```text
//! rows gone ─► their quads −1 ─┐
//! rows new  ─► their quads +1 ─┼─► Changes ─► Index::amend ─► the new index ─► lines, from the first change on
//! others, old against new ±1 ──┘                   ▲
//!                                           the old index
//! ```
//!
//! A quad goes when nothing makes it any more: that is what the index counts. What comes out is the same, byte for
//! byte, as a build from nothing.

use super::blank::{LabelledQuads, UnlabelledQuads, mentions_blank};
use super::build::{index_options, sorter, write_lines};
use super::difference::{Side, compare_lines};
use super::line::{LineTerms, write_quad};
use super::lines::{DigestStates, LinesDigest, STATES, digest_from};
use super::load::{PIECE, index_error};
use super::open::{INDEX, ROWLESS};
use super::sort::{RecordBuffer, Sorter};
use super::statistics::LineCounter;
use super::text;
use super::verify::check_index;
use super::workspace::{BuildContent, Workspace};
use super::{
    Build, BuildDescription, BuildStep, FileEntry, PublishedBuild, Statistics, StoreError,
    manifest, release_quads,
};
use crate::convert::{Origin, QuadSink, Sink};
use crate::diagnostic::Code;
use crate::plan::TableId;
use civigraph_index::{self as index, Index, QuadChanges};
use oxrdf::{Quad, QuadRef};
use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

/// How many quads may change in a build of `quads`: beyond it building anew is faster.
fn limit(quads: u64) -> u64 {
    (quads / 25).max(2_000)
}

/// Rows that differ, by table and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedRows {
    /// Numbers of rows in order, by table.
    pub tables: HashMap<TableId, Vec<u64>>,
}

impl ChangedRows {
    fn holds(&self, origin: Origin) -> bool {
        let rows = origin.table.and_then(|table| self.tables.get(&table));
        rows.is_some_and(|rows| rows.binary_search(&origin.row).is_ok())
    }
}

/// A sink that keeps the quads of rows that differ and those that mention blank nodes, and discards all others.
#[derive(Debug)]
pub struct DeltaSink {
    rows: Arc<ChangedRows>,
    changes: QuadChanges,
    /// How many quads may be added or taken back.
    limit: u64,
    too_many: bool,
    /// All that mention blank nodes: their labels depend on each other.
    blank: UnlabelledQuads,
}

/// A chunk of a [`DeltaSink`].
#[derive(Debug)]
pub struct DeltaChunk {
    rows: Arc<ChangedRows>,
    /// Where the last quad came from, and whether that is one of the rows.
    last: Option<(Origin, bool)>,
    gone: bool,
    quads: index::QuadChunk,
    blank: Vec<Quad>,
}

impl DeltaSink {
    /// A chunk for the quads that rows of the old version made: they go.
    pub fn gone(&self, rows: ChangedRows) -> DeltaChunk {
        DeltaChunk {
            rows: Arc::new(rows),
            gone: true,
            ..self.chunk()
        }
    }

    fn add(&mut self, quads: index::QuadChunk) -> io::Result<()> {
        if !self.too_many {
            self.changes.add(quads)?;
            self.too_many = self.changes.len() as u64 > self.limit;
        }
        Ok(())
    }
}

impl Sink for DeltaSink {
    type Chunk = DeltaChunk;

    fn chunk(&self) -> DeltaChunk {
        DeltaChunk {
            rows: Arc::clone(&self.rows),
            last: None,
            gone: false,
            quads: index::QuadChunk::new(),
            blank: Vec::new(),
        }
    }

    /// Keeps the quads of the chunk.
    ///
    /// # Errors
    /// There are too many terms.
    fn accept(&mut self, chunk: DeltaChunk) -> io::Result<()> {
        BuildStep::Loading.reached();
        // Where there are too many, all is built anew.
        drop(self.blank.add(chunk.blank));
        self.add(chunk.quads)
    }
}

impl DeltaChunk {
    /// Whether a row is one of those that differ. Most quads come from the row of the one before.
    fn holds(&mut self, origin: Origin) -> bool {
        match self.last {
            Some((last, holds)) if last == origin => holds,
            _ => {
                let holds = self.rows.holds(origin);
                self.last = Some((origin, holds));
                holds
            }
        }
    }
}

impl QuadSink for DeltaChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if mentions_blank(quad) {
            // What went is among the others of the old build.
            if !self.gone {
                self.blank.push(quad.into_owned());
            }
        } else if self.holds(origin) {
            if self.gone {
                self.quads.remove(quad);
            } else {
                self.quads.push(quad);
            }
        }
    }
}

/// An amendment of the published build.
#[derive(Debug)]
pub struct Amender {
    prior: Build,
    rowless: Sorter,
    blank: Vec<Quad>,
    workspace: Workspace,
}

/// What came of an amendment.
#[derive(Debug)]
pub enum Amended {
    /// It is published.
    Published(Box<PublishedBuild>),
    /// More changed than is worth it, or the old build is damaged: all has to be built anew, and needs
    /// nothing of it.
    Refused(Workspace),
}

impl Amender {
    /// Whether a build can be amended at all.
    pub fn accepts(prior: &Build) -> bool {
        let manifest = prior.manifest();
        manifest.version == env!("CARGO_PKG_VERSION")
            && manifest.canonical
            && !manifest.about.plan.is_empty()
    }

    /// Starts to amend `prior`, the published build of the workspace.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(workspace: Workspace, prior: Build) -> Result<Self, StoreError> {
        Ok(Self {
            rowless: sorter(&workspace, "sort-others")?,
            prior,
            blank: Vec::new(),
            workspace,
        })
    }

    /// A sink for the conversion of the new version; it keeps the quads of `rows`.
    pub fn sink(&self, rows: ChangedRows) -> DeltaSink {
        DeltaSink {
            rows: Arc::new(rows),
            changes: QuadChanges::new(),
            // What is edited goes and comes.
            limit: 2 * limit(self.prior.manifest().statistics.quads),
            too_many: false,
            blank: UnlabelledQuads::default(),
        }
    }

    /// Adds quads that do not come from a row of a table alone: all of them, as for a build from nothing.
    ///
    /// # Errors
    /// They cannot be sorted.
    pub fn add(&mut self, quads: &[Quad]) -> Result<(), StoreError> {
        let mut lines = RecordBuffer::default();
        for quad in quads {
            if mentions_blank(quad.as_ref()) {
                self.blank.push(quad.clone());
            } else {
                lines.push_key(|out| write_quad(out, quad.as_ref()));
            }
        }
        self.add_lines(lines)
    }

    fn add_lines(&mut self, lines: RecordBuffer) -> Result<(), StoreError> {
        self.rowless
            .add(lines)
            .map_err(|e| StoreError::io(self.workspace.path(), "sort the quads", e))
    }

    /// Gives the amendment up; the workspace can still be built on.
    pub fn into_workspace(self) -> Workspace {
        self.workspace
    }

    /// Makes the new build out of the old one and what differs, verifies it, brings it to disk and makes it
    /// the published one.
    ///
    /// # Errors
    /// Anything that could not be written or does not add up; the published build stays.
    pub fn publish(
        mut self,
        mut sink: DeltaSink,
        about: BuildDescription,
    ) -> Result<Amended, StoreError> {
        self.workspace.report(BuildStep::Sorting);
        let mut blank = std::mem::take(&mut sink.blank);
        drop(blank.add(std::mem::take(&mut self.blank)));
        if blank.too_many() || sink.too_many {
            return Ok(Amended::Refused(self.workspace));
        }
        let LabelledQuads { quads, canonical } = blank
            .label()
            .map_err(|e| StoreError::io(self.workspace.path(), "label the blank nodes", e))?;
        if !canonical {
            return Ok(Amended::Refused(self.workspace));
        }
        let mut lines = RecordBuffer::default();
        for quad in quads {
            lines.push_key(|out| write_quad(out, quad.as_ref()));
        }
        self.add_lines(lines)?;
        let Self {
            prior,
            rowless,
            mut workspace,
            ..
        } = self;
        match make(&prior, rowless, &workspace, sink, &about) {
            Ok(Some(made)) => {
                if workspace.options.text {
                    workspace.digested = index_texts(&prior, &made, &workspace)?;
                }
                let LinesDigest { digest, states } = made.digested;
                let statistics = made.statistics;
                states.write(workspace.path())?;
                let release = release_quads(&about, &statistics, &digest, true);
                let release_quads = workspace.write_release(&release)?;
                workspace.report(BuildStep::Loaded);
                let old = prior.manifest().amended;
                let manifest = workspace.manifest(BuildContent {
                    statistics,
                    digest,
                    about,
                    canonical: true,
                    release_quads,
                    amended: manifest::Amendments {
                        builds: old.builds + 1,
                        quads: old.quads + made.changed,
                    },
                })?;
                check_index(&made.index, &manifest)?;
                workspace.report(BuildStep::Verified);
                drop(made.index);
                // Its pin would keep it from being pruned.
                drop(prior);
                workspace
                    .finish(manifest)
                    .map(|published| Amended::Published(Box::new(published)))
            }
            Ok(None) => refused(workspace),
            // The old build is not what it was.
            Err(error) if matches!(error.code(), Code::TornBuild | Code::Miscount) => {
                refused(workspace)
            }
            Err(error) => Err(error),
        }
    }
}

/// Leaves the workspace as it was before the amendment.
fn refused(workspace: Workspace) -> Result<Amended, StoreError> {
    let folder = workspace.path().join(INDEX);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(
            &folder,
            "remove the unfinished index",
            error,
        )),
        _ => Ok(Amended::Refused(workspace)),
    }
}

/// Writes the text index, or takes over that of the old build where no text differs; then with the digests of
/// its files.
fn index_texts(
    prior: &Build,
    made: &AmendedIndex,
    workspace: &Workspace,
) -> Result<Vec<FileEntry>, StoreError> {
    if !made.texts_differ
        && let Some(files) = text::take_over(prior, workspace)?
    {
        return Ok(files);
    }
    text::write(&made.index, workspace)?;
    Ok(Vec::new())
}

/// An amended index.
struct AmendedIndex {
    index: Index,
    digested: LinesDigest,
    statistics: Statistics,
    /// Quads that came and went.
    changed: u64,
    /// Whether any of them is one that the text index is made of.
    texts_differ: bool,
}

/// Writes the new index; `None` where more changed than is worth it.
fn make(
    prior: &Build,
    rowless: Sorter,
    workspace: &Workspace,
    mut sink: DeltaSink,
    about: &BuildDescription,
) -> Result<Option<AmendedIndex>, StoreError> {
    prior
        .manifest()
        .check_contents(prior.folder(), &[ROWLESS, STATES])?;
    write_rowless(rowless, prior, workspace, &mut sink)?;
    if sink.too_many {
        return Ok(None);
    }
    let folder = workspace.path().join(INDEX);
    let difference = prior
        .index()
        .amend(&sink.changes, &folder, &index_options(workspace))
        .map_err(index_error)?;
    workspace.report(BuildStep::Sorted);
    let index = Index::open(&folder).map_err(index_error)?;
    let differing = || difference.gone.iter().chain(&difference.came);
    let subjects: BTreeSet<String> = differing().map(|quad| quad.subject.to_string()).collect();
    let count = |index: &Index| count_subjects(index, &subjects, about);
    let statistics = prior
        .manifest()
        .statistics
        .changed(&count(prior.index())?, &count(&index)?);
    let states = DigestStates::read(prior.folder());
    let digested = match subjects.first() {
        Some(first) => digest_from(&index, states, first.as_bytes())?,
        // Quads are only made more or less often.
        None => LinesDigest {
            digest: prior.manifest().digest.clone(),
            states,
        },
    };
    Ok(Some(AmendedIndex {
        index,
        digested,
        statistics,
        changed: differing().count() as u64,
        texts_differ: differing().any(text::is_indexed),
    }))
}

/// Counts the quads of some subjects.
fn count_subjects(
    index: &Index,
    subjects: &BTreeSet<String>,
    about: &BuildDescription,
) -> Result<Statistics, StoreError> {
    let mut counter = LineCounter::new(about);
    for subject in subjects {
        let Some(subject) = super::line::read_subject(subject.as_bytes()) else {
            continue;
        };
        let mut lines = index.lines_of(subject.as_ref()).map_err(index_error)?;
        while let Some(line) = lines.next().map_err(index_error)? {
            if let Some(parts) = LineTerms::of(line) {
                counter.line(&parts);
            }
        }
    }
    Ok(counter.finish())
}

/// Writes the quads that come from no row alone, and adds what differs from the old ones to the changes.
fn write_rowless(
    rowless: Sorter,
    prior: &Build,
    workspace: &Workspace,
    sink: &mut DeltaSink,
) -> Result<(), StoreError> {
    let path = workspace.path().join(ROWLESS);
    write_lines(rowless, &path).map_err(|e| StoreError::io(&path, "write the quads", e))?;
    let old_path = prior.folder().join(ROWLESS);
    let read = |path: &Path| {
        let file = File::open(path)?;
        io::Result::Ok(BufReader::new(zstd::Decoder::new(file)?))
    };
    let damaged = |e| StoreError::io(&old_path, "compare the quads", e);
    let mut chunk = index::QuadChunk::new();
    let (old, new) = (
        read(&old_path).map_err(damaged)?,
        read(&path).map_err(damaged)?,
    );
    compare_lines(old, new, |side, line| {
        let quad = LineTerms::of(line).and_then(|parts| parts.quad());
        let quad = quad.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        match side {
            Side::Old => chunk.remove(quad.as_ref()),
            Side::New => chunk.push(quad.as_ref()),
        }
        if chunk.len() >= PIECE {
            sink.add(std::mem::take(&mut chunk))?;
        }
        io::Result::Ok(())
    })
    .and_then(|()| sink.add(chunk))
    .map_err(damaged)
}
