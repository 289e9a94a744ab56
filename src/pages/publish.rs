//! The pages as files for any web host.
//!
//! It begins at the front page and follows the links of the pages that it makes, so that no link leads nowhere and
//! nothing is made that no page leads to.

use super::data::EntityData;
use super::language::Language;
use super::links::{Links, data_file, decode, file_of, path_of};
use super::query::SITE_GRAPH;
use super::render::{Address, render};
use super::site::Site;
use super::{names, static_files};
use crate::diagnostic::Code;
use crate::error::Error;
use crate::export::DumpFormat;
use flate2::Compression;
use flate2::read::GzEncoder;
use oxrdf::NamedNode;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What is said of a thing in all graphs, and what points to it.
pub const ABOUT: &str = "CONSTRUCT { ?thing ?p ?o . ?s ?q ?thing . ?b ?r ?v } WHERE {
  { ?thing ?p ?o } UNION { GRAPH ?g { ?thing ?p ?o } }
  UNION { ?s ?q ?thing } UNION { GRAPH ?g { ?s ?q ?thing } }
  UNION { ?thing ?link ?b FILTER(ISBLANK(?b)) ?b ?r ?v }
  UNION { GRAPH ?g { ?thing ?link ?b FILTER(ISBLANK(?b)) ?b ?r ?v } }
}";

/// The file by which a site of this program is known, so that nothing else is ever replaced.
const MARK: &str = "civigraph-site.json";

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSummary {
    /// Pages, in each language.
    pub pages: u64,
    /// Files in all.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Data that a format cannot hold: no file has them, and no page links to them.
    pub left_out: Vec<OmittedData>,
}

/// Data about a thing that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OmittedData {
    /// The thing.
    pub node: NamedNode,
    /// The suffix of the format.
    pub suffix: &'static str,
    /// Why.
    pub reason: String,
}

impl SiteSummary {
    fn add(&mut self, other: Self) {
        self.pages += other.pages;
        self.files += other.files;
        self.bytes += other.bytes;
        self.left_out.extend(other.left_out);
    }
}

/// Writes the site of a build into a folder that does not exist, is empty, or has a site already; that is replaced when
/// the new one is whole. `progress` is called with the number of paths that are written so far.
///
/// # Errors
/// The folder has something else, or a file cannot be written, or the store cannot be read.
pub fn publish(
    site: &Site,
    out: &Path,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<SiteSummary, Error> {
    let target = SiteFolder::open(out)?;
    site.prepare_all();
    let done = AtomicU64::new(0);
    let mut written = SiteSummary::default();
    let mut level = vec!["/".to_owned()];
    let mut known = BTreeSet::from(["/".to_owned()]);
    while !level.is_empty() {
        let mut next = Vec::new();
        for part in write_all(site, &level, &target.new, &|| {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }) {
            let (linked, part) = part?;
            written.add(part);
            for path in linked {
                if known.insert(path.clone()) {
                    next.push(path);
                }
            }
        }
        level = next;
    }
    let mut writer = SiteWriter::new(&target.new);
    written
        .left_out
        .sort_by(|a, b| (&a.node, a.suffix).cmp(&(&b.node, b.suffix)));
    // Their pages were written before that was known.
    for left_out in &written.left_out {
        site.leave_out(&left_out.node, left_out.suffix);
    }
    write_without(site, &written.left_out, &known, &target.new)?;
    // Scripts load each other by their names: no page leads to all of them.
    for (path, file) in static_files::all() {
        if !known.contains(path) {
            writer.write(path.trim_start_matches('/'), file.bytes)?;
        }
    }
    writer.write(names::FILE, &names::index(site, &known)?)?;
    let lines = GzEncoder::new(site.build.lines()?, Compression::best());
    writer.copy(SITE_GRAPH.trim_start_matches('/'), lines)?;
    let manifest = site.build.manifest();
    let mark = serde_json::json!({
        "build": manifest.id, "digest": manifest.digest, "version": env!("CARGO_PKG_VERSION"),
    });
    writer.write(MARK, format!("{mark}\n").as_bytes())?;
    target.finish()?;
    written.add(writer.written);
    Ok(written)
}

/// Writes the pages again that link to data which are left out.
fn write_without(
    site: &Site,
    left_out: &[OmittedData],
    known: &BTreeSet<String>,
    root: &Path,
) -> Result<(), Error> {
    for one in left_out {
        let first = path_of(site.base(), one.node.as_str());
        // The page of a long document has more paths than one.
        let paths = known.range(first.clone()..);
        for path in paths.take_while(|path| path.starts_with(&first)) {
            let (bare, parameters) = parts(path);
            let address = Address::of(site, bare, &parameters)?;
            if matches!(&address, Some(Address::Thing(node, _)) if *node == one.node) {
                write_page(site, path, address.as_ref(), &mut SiteWriter::new(root))?;
            }
        }
    }
    Ok(())
}

/// The paths that some pages link to, and what was written.
type PublishedPart = Result<(BTreeSet<String>, SiteSummary), Error>;

/// Writes what is at some paths, on all cores.
fn write_all(
    site: &Site,
    paths: &[String],
    root: &Path,
    done: &(dyn Fn() + Sync),
) -> Vec<PublishedPart> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = paths.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let parts = paths.chunks(share).map(|paths| {
            scope.spawn(move || {
                let mut writer = SiteWriter::new(root);
                let mut linked = BTreeSet::new();
                let mut data = None;
                for path in paths {
                    linked.extend(write(site, path, &mut data, &mut writer)?);
                    done();
                }
                Ok((linked, writer.written))
            })
        });
        let parts: Vec<_> = parts.collect();
        let ended = |_| {
            let message = "a thread that writes pages ended early";
            Err(Error::new(Code::StoreFiles, root, message))
        };
        let parts = parts
            .into_iter()
            .map(|part| part.join().unwrap_or_else(ended));
        parts.collect()
    })
}

/// Writes what is at a path. Gives the paths that it links to. `data` keeps what was read for another format of the same
/// thing: their paths follow each other.
fn write<'s>(
    site: &'s Site,
    path: &str,
    data: &mut Option<EntityData<'s>>,
    writer: &mut SiteWriter,
) -> Result<BTreeSet<String>, Error> {
    if let Some(file) = static_files::at(path) {
        writer.write(path.trim_start_matches('/'), file.bytes)?;
        return Ok(BTreeSet::new());
    }
    let (bare, parameters) = parts(path);
    let address = Address::of(site, bare, &parameters)?;
    match &address {
        Some(Address::Data(node, suffix)) => {
            let known = data.take().filter(|known| known.node == *node);
            let known = match known {
                Some(known) => known,
                None => EntityData::of(&site.build, node)?,
            };
            let mut bytes = Vec::new();
            let made = match DumpFormat::parse(suffix) {
                Some(format) => known.write(format, &mut bytes),
                None => Ok(()),
            };
            *data = Some(known);
            match made {
                Ok(()) => {
                    let file = data_file(&path_of(site.base(), node.as_str()), suffix);
                    writer.write(&file, &bytes)?;
                }
                Err(error) if error.diagnostic().code == Code::ExportFormat => {
                    writer.written.left_out.push(OmittedData {
                        node: node.clone(),
                        suffix,
                        reason: error.diagnostic().message.clone(),
                    });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Some(Address::Lines) => {
            let lines = site.build.lines()?;
            writer.copy("downloads/graph.nq", lines)?;
        }
        Some(Address::Input(name)) => {
            let input = site.build.input(name);
            let failed = |error| Error::io(&input, "read the file", error);
            let bytes = fs::File::open(&input).map_err(failed)?;
            writer.copy(&format!("downloads/inputs/{name}"), bytes)?;
        }
        _ => return write_page(site, path, address.as_ref(), writer),
    }
    Ok(BTreeSet::new())
}

/// Writes the page at a path in each language. Gives the paths that it links to.
fn write_page(
    site: &Site,
    path: &str,
    address: Option<&Address>,
    writer: &mut SiteWriter,
) -> Result<BTreeSet<String>, Error> {
    let mut linked = BTreeSet::new();
    for language in Language::ALL {
        let links = Links::of_file(site.base(), language, path);
        let page = render(site, links, language, path, address)?;
        writer.write(&file_of(language, path), page.html.as_bytes())?;
        linked.extend(page.frame.links.linked());
    }
    writer.written.pages += 1;
    Ok(linked)
}

/// A path without its query string, and what that says.
fn parts(path: &str) -> (&str, Vec<(String, String)>) {
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let parameters = pairs.filter_map(|(name, value)| Some((name.to_owned(), decode(value)?)));
    (bare, parameters.collect())
}

/// Writes files below a folder, and counts them.
struct SiteWriter {
    root: PathBuf,
    written: SiteSummary,
}

impl SiteWriter {
    fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            written: SiteSummary::default(),
        }
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.copy(name, bytes)
    }

    fn copy(&mut self, name: &str, mut from: impl io::Read) -> Result<(), Error> {
        let path = self.root.join(name);
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| {
                let mut out = BufWriter::new(fs::File::create(&path)?);
                let bytes = io::copy(&mut from, &mut out)?;
                out.flush()?;
                Ok(bytes)
            });
        let bytes = written.map_err(|error| Error::io(&path, "write the file", error))?;
        self.written.files += 1;
        self.written.bytes += bytes;
        Ok(())
    }
}

/// The folder of a site: the new one is made beside it.
struct SiteFolder {
    out: PathBuf,
    new: PathBuf,
}

impl SiteFolder {
    fn open(out: &Path) -> Result<Self, Error> {
        let out =
            std::path::absolute(out).map_err(|error| Error::io(out, "find the folder", error))?;
        let entries = match fs::read_dir(&out) {
            Ok(entries) => entries.count(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(Error::io(&out, "read the folder", error)),
        };
        if entries > 0 && !out.join(MARK).is_file() {
            let message = "the folder has files, and is not a site that was published before";
            return Err(
                Error::new(Code::StoreFiles, &out, message).with_hint("name another folder")
            );
        }
        let new = beside(&out, "new");
        fs::create_dir_all(&new).map_err(|error| Error::io(&new, "create the folder", error))?;
        Ok(Self { out, new })
    }

    /// Puts the new site in the place of the old one.
    fn finish(&self) -> Result<(), Error> {
        let old = beside(&self.out, "old");
        let failed = |error| Error::io(&self.out, "replace the folder", error);
        if self.out.exists() {
            fs::rename(&self.out, &old).map_err(failed)?;
        }
        fs::rename(&self.new, &self.out).map_err(failed)?;
        // What is left of it does no harm.
        let _ = fs::remove_dir_all(&old);
        Ok(())
    }
}

impl Drop for SiteFolder {
    fn drop(&mut self) {
        // It has another name by now, unless something failed.
        let _ = fs::remove_dir_all(&self.new);
    }
}

/// A folder beside another one, for this process alone.
fn beside(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}-{what}-{}", std::process::id()))
}
