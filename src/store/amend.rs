//! A build that takes over what the published one has, and changes what differs.
//!
//! ```text
//! rows gone ─► their quads −1 ─┐
//! rows new  ─► their quads +1 ─┼─► sorted, summed ─► merged with the lines and counts of the old build
//! others, old against new ±1 ──┘                       │
//!                                                      ├─► new lines, digest, counts by class
//!  old store, its files linked ◄── quads that go, come ┘
//! ```
//!
//! A quad goes when nothing makes it any more: that is what the counts are for. What comes out is the same,
//! byte for byte, as a build from nothing; only the files of the store are laid out in another way.

use super::blank::{Labelled, Unlabelled, mentions_blank};
use super::build::{sorter, write_lines};
use super::difference::{Side, compare_lines};
use super::frames::{COUNTS, FRAMES, QUADS};
use super::line::{Parts, write_quad};
use super::load::{for_store, storage_error};
use super::merge::{COMES, Delta, GOES, Merged, damaged, is_damaged, merge, sum};
use super::open::{OTHERS, RELEASE, STORE};
use super::site::{Content, Site};
use super::sort::{Records, Sorter};
use super::{
    About, Build, FileEntry, Published, Statistics, Step, StoreError, manifest, release_quads,
};
use crate::convert::{Origin, QuadSink, Sink};
use crate::diagnostic::Code;
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, Quad, QuadRef};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

/// Quads that are changed in one transaction of the store.
const TRANSACTION: usize = 20_000;

/// Quads up to which an amended store is counted.
const COUNTED: u64 = 500_000;

/// Builds that are amended in a row before all of it is built anew, which compacts the store.
const BUILDS: u64 = 64;

/// How many quads may change in a build of `quads`: beyond it building anew is faster.
fn limit(quads: u64) -> u64 {
    (quads / 25).max(2_000)
}

/// Rows that differ, by table and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedRows {
    /// Numbers of rows in order, by the index of the table.
    pub tables: HashMap<u32, Vec<u64>>,
}

impl ChangedRows {
    fn holds(&self, origin: Origin) -> bool {
        let rows = self.tables.get(&origin.table);
        rows.is_some_and(|rows| rows.binary_search(&origin.row).is_ok())
    }
}

/// A sink that keeps the quads of rows that differ and those that mention blank nodes, and lets go of all
/// others.
#[derive(Debug)]
pub struct DeltaSink {
    rows: Arc<ChangedRows>,
    sorter: Sorter,
    records: u64,
    /// All that mention blank nodes: their labels depend on each other.
    blank: Unlabelled,
}

/// A chunk of a [`DeltaSink`].
#[derive(Debug)]
pub struct DeltaChunk {
    rows: Arc<ChangedRows>,
    kind: &'static [u8],
    lines: Records,
    line: Vec<u8>,
    blank: Vec<Quad>,
}

impl DeltaSink {
    /// A chunk for the quads that rows of the old version made: they go.
    pub fn gone(&self, rows: ChangedRows) -> DeltaChunk {
        DeltaChunk {
            rows: Arc::new(rows),
            kind: GOES,
            ..self.chunk()
        }
    }
}

impl Sink for DeltaSink {
    type Chunk = DeltaChunk;

    fn chunk(&self) -> DeltaChunk {
        DeltaChunk {
            rows: Arc::clone(&self.rows),
            kind: COMES,
            lines: Records::default(),
            line: Vec::new(),
            blank: Vec::new(),
        }
    }

    /// Keeps the lines of the chunk.
    ///
    /// # Errors
    /// They cannot be written to a temporary file.
    fn accept(&mut self, chunk: DeltaChunk) -> io::Result<()> {
        Step::Loading.reached();
        self.records += chunk.lines.len() as u64;
        // Where there are too many, all is built anew.
        drop(self.blank.add(chunk.blank));
        self.sorter.add(chunk.lines)
    }
}

impl QuadSink for DeltaChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if mentions_blank(quad) {
            // What went is among the others of the old build.
            if self.kind == COMES {
                self.blank.push(quad.into_owned());
            }
        } else if self.rows.holds(origin) {
            self.line.clear();
            write_quad(&mut self.line, quad);
            self.lines.push(&self.line, self.kind);
        }
    }
}

/// An amendment of the published build.
#[derive(Debug)]
pub struct Amender {
    prior: Build,
    others: Sorter,
    blank: Vec<Quad>,
    site: Site,
}

/// What came of an amendment.
#[derive(Debug)]
pub enum Amended {
    /// It is published.
    Published(Box<Published>),
    /// More changed than is worth it, or the old build is damaged: all has to be built anew, and needs
    /// nothing of it.
    Refused(Site),
}

impl Amender {
    /// Whether a build can be amended at all.
    pub fn accepts(prior: &Build) -> bool {
        let manifest = prior.manifest();
        manifest.version == env!("CARGO_PKG_VERSION")
            && manifest.canonical
            && !manifest.about.plan.is_empty()
            && manifest.amended.builds < BUILDS
            && manifest.amended.quads <= manifest.statistics.quads / 10 + 20_000
    }

    /// Starts to amend `prior`, the published build of the site.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(site: Site, prior: Build) -> Result<Self, StoreError> {
        Ok(Self {
            others: sorter(&site, "sort-others")?,
            prior,
            blank: Vec::new(),
            site,
        })
    }

    /// A sink for the conversion of the new version; it keeps the quads of `rows`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn sink(&self, rows: ChangedRows) -> Result<DeltaSink, StoreError> {
        Ok(DeltaSink {
            rows: Arc::new(rows),
            sorter: sorter(&self.site, "sort-delta")?,
            records: 0,
            blank: Unlabelled::default(),
        })
    }

    /// Adds quads that do not come from a row of a table alone: all of them, as for a build from nothing.
    ///
    /// # Errors
    /// They cannot be sorted.
    pub fn add(&mut self, quads: &[Quad]) -> Result<(), StoreError> {
        let mut lines = Records::default();
        for quad in quads {
            if mentions_blank(quad.as_ref()) {
                self.blank.push(quad.clone());
            } else {
                lines.push_key(|out| write_quad(out, quad.as_ref()));
            }
        }
        self.add_lines(lines)
    }

    fn add_lines(&mut self, lines: Records) -> Result<(), StoreError> {
        self.others
            .add(lines)
            .map_err(|e| StoreError::io(self.site.path(), "sort the quads", e))
    }

    /// Gives the amendment up; the site can still be built on.
    pub fn into_site(self) -> Site {
        self.site
    }

    /// Makes the new build out of the old one and what differs, verifies it, brings it to disk and makes it
    /// the published one.
    ///
    /// # Errors
    /// Anything that could not be written or does not add up; the published build stays.
    pub fn publish(mut self, sink: DeltaSink, about: About) -> Result<Amended, StoreError> {
        self.site.report(Step::Sorting);
        let mut blank = sink.blank;
        drop(blank.add(std::mem::take(&mut self.blank)));
        let limit = limit(self.prior.manifest().statistics.quads);
        if blank.too_many() || sink.records > 2 * limit {
            return Ok(Amended::Refused(self.site));
        }
        let Labelled { quads, canonical } = blank
            .label()
            .map_err(|e| StoreError::io(self.site.path(), "label the blank nodes", e))?;
        if !canonical {
            return Ok(Amended::Refused(self.site));
        }
        let mut lines = Records::default();
        for quad in quads {
            lines.push_key(|out| write_quad(out, quad.as_ref()));
        }
        self.add_lines(lines)?;
        let Self {
            prior,
            others,
            site,
            ..
        } = self;
        let old = prior.manifest();
        let failed = |e| StoreError::io(&site.path().join(QUADS), "write the quads", e);
        let mut delta = sink.sorter;
        let merged = write_others(others, &prior, &site, &mut delta)
            .and_then(|()| sum(delta, limit))
            .and_then(|delta| {
                delta
                    .map(|delta| merge_checked(&delta, &prior, &site, &about.base))
                    .transpose()
            });
        let merged = match merged {
            Ok(Some(merged)) => merged,
            Ok(None) => return Ok(Amended::Refused(site)),
            Err(error) if is_damaged(&error) => return Ok(Amended::Refused(site)),
            Err(error) => return Err(failed(error)),
        };
        let statistics = old.statistics.changed(&merged.before, &merged.after);
        let release = release_quads(&about, &statistics, &merged.digest, true);
        let release_quads = site.write_release(&release)?;
        site.report(Step::Sorted);

        let known = link_store(prior.folder(), site.path(), &old.files)
            .map_err(|e| StoreError::io(&site.path().join(STORE), "link the store", e))?;
        let release = ReleaseChange::between(prior.folder(), site.path())?;
        let store_quads = match change_store(&merged, &release, &prior, &site, &statistics) {
            Ok(quads) => quads,
            Err(error) if matches!(error.code(), Code::TornBuild | Code::Miscount) => {
                let path = site.path().join(STORE);
                fs::remove_dir_all(&path)
                    .map_err(|e| StoreError::io(&path, "remove the linked store", e))?;
                return Ok(Amended::Refused(site));
            }
            Err(error) => return Err(error),
        };
        site.report(Step::Loaded);
        let changed = (merged.gone.len() + merged.came.len()) as u64;
        let manifest = site.manifest(Content {
            statistics,
            digest: merged.digest,
            about,
            canonical: true,
            release_quads,
            store_quads,
            amended: manifest::Amendments {
                builds: old.amended.builds + 1,
                quads: old.amended.quads + changed,
            },
        })?;
        site.report(Step::Verified);
        // Its pin would keep it from being pruned.
        drop(prior);
        site.finish(manifest, &known)
            .map(|published| Amended::Published(Box::new(published)))
    }
}

/// Writes the quads that come from no row alone, and adds what differs from the old ones to `delta`.
fn write_others(others: Sorter, prior: &Build, site: &Site, delta: &mut Sorter) -> io::Result<()> {
    let path = site.path().join(OTHERS);
    write_lines(others, &path)?;
    let read = |path: &Path| {
        let file = File::open(path)?;
        io::Result::Ok(BufReader::new(zstd::Decoder::new(file)?))
    };
    let mut lines = Records::default();
    let old = read(&prior.folder().join(OTHERS)).map_err(damaged)?;
    compare_lines(old, read(&path)?, |side, line| {
        let kind = match side {
            Side::Old => GOES,
            Side::New => COMES,
        };
        lines.push(line, kind);
        io::Result::Ok(())
    })
    .map_err(damaged)?;
    delta.add(lines)
}

/// Merges the lines of the old build with what differs, and checks meanwhile that its files are what they
/// were: some are taken over unread.
fn merge_checked(delta: &Delta, prior: &Build, site: &Site, base: &str) -> io::Result<Merged> {
    std::thread::scope(|scope| {
        let names = [QUADS, COUNTS, FRAMES];
        let check = scope.spawn(move || prior.manifest().check_contents(prior.folder(), &names));
        let merged = merge(delta, prior.folder(), site.path(), base)?;
        match check.join() {
            Ok(checked) => checked.map_err(damaged).map(|()| merged),
            Err(_) => Err(io::Error::other("a thread of the build ended early")),
        }
    })
}

/// Lines of the release graph that differ.
struct ReleaseChange {
    gone: Vec<Vec<u8>>,
    came: Vec<Vec<u8>>,
}

impl ReleaseChange {
    fn between(old: &Path, new: &Path) -> Result<Self, StoreError> {
        let read = |folder: &Path| {
            let path = folder.join(RELEASE);
            fs::read(&path).map_err(|e| StoreError::io(&path, "read the release graph", e))
        };
        let mut change = Self {
            gone: Vec::new(),
            came: Vec::new(),
        };
        compare_lines(
            read(old)?.as_slice(),
            read(new)?.as_slice(),
            |side, line| {
                match side {
                    Side::Old => change.gone.push(line.to_vec()),
                    Side::New => change.came.push(line.to_vec()),
                }
                io::Result::Ok(())
            },
        )
        .map_err(|e| StoreError::io(new, "compare the release graphs", e))?;
        Ok(change)
    }
}

/// Links the tables of the old store, which are never written to again, and copies its other files.
///
/// Gives the entries of the linked ones.
fn link_store(old: &Path, new: &Path, files: &[FileEntry]) -> io::Result<Vec<FileEntry>> {
    let folder = new.join(STORE);
    fs::create_dir(&folder)?;
    let mut linked = Vec::new();
    for entry in files {
        let Some(name) = entry
            .name
            .strip_prefix(STORE)
            .and_then(|name| name.strip_prefix('/'))
        else {
            continue;
        };
        let (from, to) = (old.join(&entry.name), folder.join(name));
        if name.ends_with(".sst") && fs::hard_link(&from, &to).is_ok() {
            linked.push(entry.clone());
        } else {
            fs::copy(&from, &to)?;
        }
    }
    Ok(linked)
}

/// Changes the quads of the store, and says how many it has then.
fn change_store(
    merged: &Merged,
    release: &ReleaseChange,
    prior: &Build,
    site: &Site,
    statistics: &Statistics,
) -> Result<u64, StoreError> {
    let path = site.path().join(STORE);
    let failed = |e: StorageError| storage_error(&path, e);
    let store = Store::open(&path).map_err(failed)?;
    let old = prior.manifest();
    let mut quads = old.store_quads;
    // All that goes ahead of all that comes: the store may take them for the same.
    for piece in pieces([&merged.gone, &release.gone]) {
        let mut transaction = store.start_transaction().map_err(failed)?;
        for line in piece {
            let quad = quad_of(line, &path)?;
            if transaction.contains(&quad).map_err(failed)? {
                transaction.remove(&quad);
                quads -= 1;
            }
        }
        transaction.commit().map_err(failed)?;
    }
    for piece in pieces([&merged.beside, &merged.came]).chain(pieces([&release.came, &Vec::new()]))
    {
        let mut transaction = store.start_transaction().map_err(failed)?;
        for line in piece {
            let quad = quad_of(line, &path)?;
            if !transaction.contains(&quad).map_err(failed)? {
                transaction.insert(&quad);
                quads += 1;
            }
        }
        transaction.commit().map_err(failed)?;
    }
    // The store keeps the names of graphs apart from their quads.
    for graph in old.statistics.graphs.keys() {
        if !graph.is_empty() && !statistics.graphs.contains_key(graph) {
            let graph = NamedNode::new_unchecked(graph.as_str());
            store.remove_named_graph(graph.as_ref()).map_err(failed)?;
        }
    }
    store.flush().map_err(failed)?;
    verify(&store, merged, quads, &path)?;
    Ok(quads)
}

/// Looks up what came, and counts small stores: counting a large one takes as long as all else together.
fn verify(store: &Store, merged: &Merged, quads: u64, path: &Path) -> Result<(), StoreError> {
    let failed = |e: StorageError| storage_error(path, e);
    let miscount = |message: String| Err(StoreError::new(Code::Miscount, path, message));
    for line in &merged.came {
        let quad = quad_of(line, path)?;
        if !store.contains(&quad).map_err(failed)? {
            return miscount(format!("the store lacks a quad: {quad}"));
        }
    }
    if quads <= COUNTED {
        let stored = store.len().map_err(failed)? as u64;
        if stored != quads {
            return miscount(format!("the store has {stored} quads instead of {quads}"));
        }
    }
    Ok(())
}

fn pieces(lists: [&Vec<Vec<u8>>; 2]) -> impl Iterator<Item = &[Vec<u8>]> {
    lists
        .into_iter()
        .flat_map(|lines| lines.chunks(TRANSACTION))
}

fn quad_of(line: &[u8], path: &Path) -> Result<Quad, StoreError> {
    Parts::of(line)
        .and_then(|parts| parts.quad())
        .map(for_store)
        .ok_or_else(|| StoreError::new(Code::TornBuild, path, "a line of the quads is damaged"))
}
