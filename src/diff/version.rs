//! A version of a graph: a build, a dump, a project folder or a git revision.

use super::aligned::ANONYMOUS;
use super::git;
use crate::convert::{Origin, QuadSink, Sink};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, HintAction, Place, ReadingMode, Severity};
use crate::diff::DiffError;
use crate::export::{Compression, DumpFormat, of_file_name};
use crate::nesting::{BracketSyntax, Nesting, TooDeep};
use crate::pipeline;
use crate::project::Project;
use crate::query;
use crate::resource::file;
use crate::store::line::{LineTerms, write_quad};
use crate::store::sort::{DEFAULT_BUDGET, RecordBuffer, Sorter};
use crate::store::{self, Build, Prefixes, UnlabelledQuads, mentions_blank, renamed};
use crate::tables::{self, ProjectSource};
use crate::turtle::without_place;
use oxigraph::io::RdfParser;
use oxrdf::{BlankNode, Quad, QuadRef};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Quads of a dump that are sorted in one piece.
const PIECE: usize = 10_000;

/// Name of the sorted lines in a version's temporary folder.
const LINES: &str = "quads.nq";

/// One side of a comparison.
#[derive(Debug)]
pub struct ComparedVersion {
    /// What the user called it, with what it turned out to be.
    pub name: String,
    /// Prefixes that shorten its IRIs.
    pub prefixes: Prefixes,
    /// Base of the project's IRIs, where it is known.
    pub base: Option<String>,
    /// The project, where its tables are available.
    pub project: Option<Project>,
    /// Errors in the project. With some there is no graph, and its tables alone can be compared.
    pub errors: u64,
    /// Whether it holds the default graph alone.
    pub one_graph: bool,
    /// Whether some of its blank nodes have no labels.
    pub(super) anonymous: bool,
    lines: VersionLines,
}

/// Where the sorted lines are.
#[derive(Debug)]
enum VersionLines {
    Build(Box<Build>),
    // Deleted with the version.
    Folder(TempDir),
}

impl ComparedVersion {
    /// Finds what a user means: `current` and `previous`, a folder with a project, a dump, the id of a
    /// build or its start, or else a revision of the git repository that `folder` is in.
    ///
    /// `store` is the folder of the builds. Errors in a project become `diagnostics`; where its metadata cannot be
    /// made sense of, there is no version.
    ///
    /// # Errors
    /// There is no such thing, or it cannot be read.
    pub fn open(
        name: &str,
        folder: &Path,
        store: &Path,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, DiffError> {
        let path = Path::new(name);
        if name == "current" {
            return Self::of_build(store::open(store)?).map(Some);
        }
        if name == "previous" {
            let id = previous(store)?;
            return Self::of_build(store::open_build(store, &id)?).map(Some);
        }
        if let Ok(project) = Project::open(path, None) {
            let prepared = tempfile::tempdir().map_err(|e| temporary(&e))?;
            let shown = project.root().to_owned();
            return Self::of_project(name.to_owned(), project, &shown, prepared, diagnostics);
        }
        if path.is_file() {
            // Parsers of nested documents recurse, as deep as the limit on nesting allows.
            let version = query::with_large_stack(|| Self::of_dump(path))
                .map_err(|e| DiffError::io(path, "start a thread to read the dump", e))?
                .ok_or_else(|| unknown(format!("reading `{name}` ended unexpectedly")))?;
            return version.map(Some);
        }
        let ids = Layout::ids(store)?;
        let starts: Vec<&String> = ids.iter().filter(|id| id.starts_with(name)).collect();
        if let [id] = starts.as_slice() {
            return Self::of_build(store::open_build(store, id)?).map(Some);
        }
        let prepared = tempfile::tempdir().map_err(|e| temporary(&e))?;
        match git::check_out(name, folder, prepared.path())? {
            Some(checked_out) => {
                let project = Project::open(&checked_out, None).map_err(|_| {
                    let message = format!("the revision `{name}` has no project here");
                    unknown(message)
                })?;
                // The files of the revision, and not those of the copy, which is gone afterwards.
                Self::of_project(name.to_owned(), project, path, prepared, diagnostics)
            }
            None => Err(unknown(format!(
                "`{name}` is not a build, dump, project folder or git revision"
            ))),
        }
    }

    fn of_build(build: Build) -> Result<Self, DiffError> {
        let about = &build.manifest().about;
        Ok(Self {
            name: format!("build {}", build.manifest().id),
            prefixes: about.prefixes.clone(),
            base: Some(about.base.clone()),
            project: build.inputs(),
            errors: 0,
            one_graph: false,
            anonymous: false,
            lines: VersionLines::Build(Box::new(build)),
        })
    }

    /// `prepared` may hold the project itself, as a checked-out revision does; its files are named as if they lay in
    /// the folder `shown`.
    fn of_project(
        name: String,
        project: Project,
        shown: &Path,
        prepared: TempDir,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, DiffError> {
        let mut found = Diagnostics::new(ReadingMode::Validate);
        let sink = LineSink::new(prepared.path());
        let quads = pipeline::quads(&project, shown, sink, &mut found)?;
        let errors = found.count(Severity::Error);
        // Warnings are for `check`.
        if errors > 0 {
            diagnostics.append(found);
        }
        if let Some((mut sink, others)) = quads.filter(|_| errors == 0) {
            let sorted = sink
                .add(others)
                .and_then(|()| sink.write(&prepared.path().join(LINES)));
            sorted.map_err(|e| temporary(&e))?;
        }
        let source = ProjectSource::open(&project)?;
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let Some(group) = source.load(&mut silent) else {
            return Ok(None);
        };
        let prefixes = tables::prefixes(&project, &group, source.base());
        Ok(Some(Self {
            name,
            prefixes: prefixes.unwrap_or_default(),
            base: Some(source.base().to_owned()),
            project: Some(project),
            errors,
            one_graph: false,
            anonymous: false,
            lines: VersionLines::Folder(prepared),
        }))
    }

    fn of_dump(path: &Path) -> Result<Self, DiffError> {
        let (format, compression) = of_file_name(path);
        let Some(format) = format else {
            return Err(crate::export::unknown_format(&path.to_string_lossy()).into());
        };
        let prepared = tempfile::tempdir().map_err(|e| temporary(&e))?;
        let unread = |e| DiffError::io(path, "read the dump", e);
        let file = file::open(path).map_err(unread)?;
        let reader: Box<dyn Read> = match compression {
            Compression::None => Box::new(BufReader::new(file)),
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
            Compression::Zstd => Box::new(zstd::Decoder::new(file).map_err(unread)?),
        };
        let mut sink = LineSink::new(prepared.path());
        let mut piece = Vec::with_capacity(PIECE);
        let mut prefixes = Prefixes::default();
        let reader: Box<dyn Read> = match format {
            DumpFormat::JsonLd => Box::new(Nesting::new(reader, BracketSyntax::Json)),
            // The parser keeps what is open in a list.
            DumpFormat::RdfXml => reader,
            _ => Box::new(Nesting::new(reader, BracketSyntax::Turtle)),
        };
        let mut parser = RdfParser::from_format(format.rdf())
            .lenient()
            .for_reader(reader);
        // The parser makes up labels at random where the dump has none. N-Triples and N-Quads have one for every
        // node. The labels of the dump stay: a patch names its nodes by them.
        let all_labelled = matches!(format, DumpFormat::NTriples | DumpFormat::NQuads);
        let mut labels: HashMap<BlankNode, BlankNode> = HashMap::new();
        let mut label = |node: &BlankNode| {
            let made_up = node.as_ref().unique_id().is_some();
            if all_labelled || !(made_up || node.as_str().starts_with(ANONYMOUS)) {
                return node.clone();
            }
            let count = labels.len();
            let label = labels.entry(node.clone());
            label
                .or_insert_with(|| BlankNode::new_unchecked(format!("{ANONYMOUS}{count}")))
                .clone()
        };
        for quad in parser.by_ref() {
            let quad = quad.map_err(|error| unparsed(path, &error))?;
            piece.push(if mentions_blank(quad.as_ref()) {
                renamed(&quad, &mut label)
            } else {
                quad
            });
            if piece.len() == PIECE {
                sink.add_labelled(&piece).map_err(|e| temporary(&e))?;
                piece.clear();
            }
        }
        for (prefix, namespace) in parser.prefixes() {
            prefixes.add(prefix, namespace);
        }
        sink.add_labelled(&piece)
            .and_then(|()| sink.write(&prepared.path().join(LINES)))
            .map_err(|e| temporary(&e))?;
        Ok(Self {
            name: path.to_string_lossy().into_owned(),
            prefixes,
            base: None,
            project: None,
            errors: 0,
            one_graph: !format.has_graphs(),
            anonymous: !labels.is_empty(),
            lines: VersionLines::Folder(prepared),
        })
    }

    fn all_lines(&self) -> Result<Box<dyn BufRead + '_>, DiffError> {
        Ok(match &self.lines {
            VersionLines::Build(build) => Box::new(build.lines()?),
            VersionLines::Folder(folder) => {
                let path = folder.path().join(LINES);
                let file = File::open(&path).map_err(|e| temporary(&e))?;
                Box::new(BufReader::with_capacity(1 << 18, file))
            }
        })
    }

    /// Its quads as sorted lines, but for the release graph. With `one_graph` the default graph alone.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn lines(&self, one_graph: bool) -> Result<impl BufRead + use<'_>, DiffError> {
        Ok(ComparedLines {
            lines: self.all_lines()?,
            one_graph,
            line: Vec::new(),
            at: 0,
        })
    }
}

/// The lines of the graphs that are compared. The release graph is about the build and not about the
/// facts: it differs by digests whenever anything does.
struct ComparedLines<R> {
    lines: R,
    one_graph: bool,
    line: Vec<u8>,
    at: usize,
}

impl<R: BufRead> BufRead for ComparedLines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.line.len() {
            self.line.clear();
            self.at = 0;
            if self.lines.read_until(b'\n', &mut self.line)? == 0 {
                break;
            }
            let graph = LineTerms::of(self.line.trim_ascii_end()).and_then(|parts| parts.graph);
            let left_out = match graph {
                Some(graph) => self.one_graph || graph.ends_with(b"/graph/release>"),
                None => false,
            };
            if left_out {
                self.at = self.line.len();
            }
        }
        Ok(self.line.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: BufRead> Read for ComparedLines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

/// Ids of builds; a store that is not there has none.
struct Layout;

impl Layout {
    fn ids(store: &Path) -> Result<Vec<String>, DiffError> {
        store::StoreLayout::new(store)
            .ids()
            .map_err(|e| DiffError::io(store, "list the builds", e))
    }
}

/// The id of the build before the published one.
fn previous(store: &Path) -> Result<String, DiffError> {
    let current = store::open(store)?.manifest().id.clone();
    let ids = Layout::ids(store)?;
    let before = ids.iter().take_while(|id| **id != current).last();
    before.cloned().ok_or_else(|| {
        DiffError::new(
            Code::NoBuild,
            store,
            "there is no build before the published one",
        )
        .with_hint(HintAction::ListBuilds)
    })
}

fn unknown(message: String) -> DiffError {
    DiffError::from(
        Diagnostic::new(Code::UnknownVersion, Place::request(), message).with_expected(
            "`current`, `previous`, the id of a build, a dump (.ttl, .nt, .nq, .trig, also .gz and .zst), a project folder or a git revision",
        ),
    )
}

fn temporary(error: &io::Error) -> DiffError {
    let error = io::Error::new(error.kind(), error.to_string());
    DiffError::io(&std::env::temp_dir(), "sort the quads", error)
}

fn unparsed(path: &Path, error: &oxigraph::io::RdfParseError) -> DiffError {
    let name = path.to_string_lossy();
    let place = match error {
        oxigraph::io::RdfParseError::Syntax(error) => match error.location() {
            Some(at) => Place::at(&*name, at.start.line + 1, at.start.column + 1),
            None => Place::file(&*name),
        },
        oxigraph::io::RdfParseError::Io(error) => match TooDeep::of(error) {
            Some(deep) => Place::at(&*name, deep.line, deep.column),
            None => Place::file(&*name),
        },
    };
    DiffError::from(Diagnostic::new(
        Code::Turtle,
        place,
        format!(
            "the dump cannot be read: {}",
            without_place(&error.to_string())
        ),
    ))
}

/// Sorts quads as lines, in bounded memory.
struct LineSink {
    sorter: Sorter,
    // Labelled at the end, all together.
    blank: UnlabelledQuads,
}

#[derive(Default)]
struct LineChunk {
    records: RecordBuffer,
    blank: Vec<Quad>,
}

impl LineSink {
    fn new(folder: &Path) -> Self {
        Self {
            sorter: Sorter::new(PathBuf::from(folder), DEFAULT_BUDGET, 1),
            blank: UnlabelledQuads::default(),
        }
    }

    fn add(&mut self, quads: Vec<Quad>) -> io::Result<()> {
        let mut chunk = LineChunk::default();
        for quad in quads {
            chunk.push(quad.as_ref());
        }
        self.accept(chunk)
    }

    /// Adds quads whose blank nodes keep their labels.
    fn add_labelled(&mut self, quads: &[Quad]) -> io::Result<()> {
        let mut records = RecordBuffer::default();
        for quad in quads {
            records.push_key(|out| write_quad(out, quad.as_ref()));
        }
        self.sorter.add(records)
    }

    /// Writes the lines, sorted and each once.
    fn write(mut self, path: &Path) -> io::Result<()> {
        let labelled = std::mem::take(&mut self.blank).label()?;
        self.add_labelled(&labelled.quads)?;
        let mut merge = self.sorter.finish()?;
        let mut out = BufWriter::new(File::create(path)?);
        let mut last = Vec::new();
        while let Some((line, _)) = merge.next()? {
            if line != last {
                out.write_all(line)?;
                out.write_all(b"\n")?;
                last.clear();
                last.extend_from_slice(line);
            }
        }
        out.flush()
    }
}

impl LineChunk {
    fn push(&mut self, quad: QuadRef<'_>) {
        if mentions_blank(quad) {
            self.blank.push(quad.into_owned());
        } else {
            self.records.push_key(|out| write_quad(out, quad));
        }
    }
}

impl Sink for LineSink {
    type Chunk = LineChunk;

    fn chunk(&self) -> LineChunk {
        LineChunk::default()
    }

    fn accept(&mut self, chunk: LineChunk) -> io::Result<()> {
        let labelled = self.blank.add(chunk.blank);
        self.add_labelled(&labelled)?;
        self.sorter.add(chunk.records)
    }
}

impl QuadSink for LineChunk {
    fn quad(&mut self, quad: QuadRef<'_>, _: Origin) {
        self.push(quad);
    }
}
