//! Dumps of a published build: the same bytes from the same quads, on every machine.
//!
//! A dump is made from the build's sorted quads, so every literal keeps the form
//! that the plan gave it, and nothing depends on the CSV files having stayed as they were.

mod error;
mod file;
mod format;
pub(crate) mod lines;
mod manifest;
mod nested;
mod oxigraph;
mod reifier;
mod serializer;
mod target;
pub(crate) mod turtle;
pub(crate) mod xml;

pub use self::oxigraph::{OXIGRAPH, to_oxigraph};
pub use error::ExportError;
pub(crate) use file::OutputFile;
pub use format::{Compression, DumpFormat, of_file_name, unknown_format};
pub use lines::{GraphSelection, LineSource};
pub(crate) use serializer::cannot_hold;
pub use target::{to_file, to_stream};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::digest::hex;
use crate::progress::Progress;
use crate::store::line::LineTerms;
use crate::store::{Build, Prefixes, graph_iri};
use lines::{ReadLines, SelectedLines};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How to dump.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// The format.
    pub format: DumpFormat,
    /// The compression.
    pub compression: Compression,
    /// Names of graphs: `default`, a name (`claims`) or an IRI; `all` for every one. Empty for what the
    /// format usually holds: the default graph, or every graph where the format keeps graphs apart.
    pub graphs: Vec<String>,
    /// Add RDF 1.2 reifiers to the reified statements.
    pub reifiers: bool,
    /// Write a manifest beside the dump (`NAME.manifest.ttl`); for dumps into files.
    pub manifest: bool,
    /// The time to put in the manifest (`xsd:dateTime`); none by default, so that manifests compare.
    pub issued: Option<String>,
    /// Progress callback, in triples read.
    pub progress: Option<Progress>,
}

impl ExportOptions {
    /// A dump in a format, uncompressed, with a manifest and the format's usual graphs.
    pub fn new(format: DumpFormat) -> Self {
        Self {
            format,
            compression: Compression::None,
            graphs: Vec::new(),
            reifiers: false,
            manifest: true,
            issued: None,
            progress: None,
        }
    }
}

/// What was dumped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSummary {
    /// Triples, or quads where the format keeps graphs apart.
    pub triples: u64,
    /// Length of the file in bytes; 0 for a stream.
    pub bytes: u64,
    /// The manifest that was written.
    pub manifest: Option<PathBuf>,
}

/// Dumps a build into a file. The file has its name only once it is whole.
///
/// # Errors
/// A graph is unknown ([`Code::UnknownGraph`]), the format cannot hold what was asked for
/// ([`Code::ExportFormat`]), or the file cannot be written ([`Code::StoreFiles`]).
pub fn export_to_file(
    build: &Build,
    options: &ExportOptions,
    path: &Path,
) -> Result<ExportSummary, ExportError> {
    let graphs = choose(build, options)?;
    let is_stream = file::leads_to_stream(path);
    let mut dumped = None;
    let (bytes, sha256) = to_file(path, options.compression, |out| {
        dumped = Some(dump(build, options, &graphs, out)?);
        Ok(())
    })?;
    let DumpSummary {
        triples,
        digest,
        canonical,
    } = dumped.unwrap_or_default();
    let mut exported = ExportSummary {
        triples,
        bytes,
        manifest: None,
    };
    // A stream is not a file that a manifest could be about.
    if options.manifest && !is_stream {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let manifest_path = path.with_file_name(format!("{name}.manifest.ttl"));
        let of_dump = manifest::Dump {
            name: &name,
            media_type: options.format.media_type(),
            bytes,
            sha256: &sha256,
            triples,
            digest: &digest,
            canonical,
        };
        to_file(&manifest_path, Compression::None, |out| {
            manifest::write(build, &of_dump, &graphs, options, out)
                .map_err(|e| ExportError::io(&manifest_path, "write the manifest", e))
        })?;
        exported.manifest = Some(manifest_path);
    }
    Ok(exported)
}

/// Dumps a build into a stream, without a manifest.
///
/// # Errors
/// As [`export_to_file`]; [`ExportError::is_broken_pipe`] tells a reader that went away.
pub fn export_to_stream(
    build: &Build,
    options: &ExportOptions,
    out: &mut dyn Write,
) -> Result<ExportSummary, ExportError> {
    let graphs = choose(build, options)?;
    let mut triples = 0;
    to_stream(out, options.compression, |out| {
        triples = dump(build, options, &graphs, out)?.triples;
        Ok(())
    })?;
    Ok(ExportSummary {
        triples,
        bytes: 0,
        manifest: None,
    })
}

/// The graphs that the options name.
///
/// # Errors
/// One is unknown; the error lists the known ones.
pub fn choose(build: &Build, options: &ExportOptions) -> Result<GraphSelection, ExportError> {
    if options.reifiers && matches!(options.format, DumpFormat::RdfXml | DumpFormat::JsonLd) {
        return Err(ExportError::from(
            Diagnostic::new(
                Code::ExportFormat,
                Place::request(),
                "this format cannot hold the triple terms of RDF 1.2",
            )
            .with_found(format!("{:?}", options.format).to_lowercase())
            .with_expected("turtle, trig, ntriples, nquads"),
        ));
    }
    if options.graphs.is_empty() {
        return Ok(if options.format.has_graphs() {
            GraphSelection::All
        } else {
            GraphSelection::default_graph()
        });
    }
    let manifest = build.manifest();
    let base = &manifest.about.base;
    let release = graph_iri(base, "release");
    let known: BTreeSet<&str> = manifest
        .statistics
        .graphs
        .keys()
        .map(String::as_str)
        .chain(["", release.as_str()])
        .collect();
    let mut chosen = BTreeSet::new();
    for name in &options.graphs {
        let iri = match name.as_str() {
            "all" => return Ok(GraphSelection::All),
            "default" => String::new(),
            name if name.contains(':') => name.trim_matches(['<', '>']).to_owned(),
            name => graph_iri(base, name),
        };
        if !known.contains(iri.as_str()) {
            let start = graph_iri(base, "");
            let names: Vec<_> = known
                .iter()
                .map(|iri| match iri.strip_prefix(start.as_str()) {
                    _ if iri.is_empty() => "default",
                    Some(short) => short,
                    None => iri,
                })
                .collect();
            return Err(ExportError::from(
                Diagnostic::new(
                    Code::UnknownGraph,
                    Place::request(),
                    format!("no such graph: `{name}`"),
                )
                .with_found(name)
                .with_expected(names.join(", ")),
            ));
        }
        chosen.insert(iri);
    }
    Ok(GraphSelection::Chosen(chosen))
}

#[derive(Default)]
struct DumpSummary {
    triples: u64,
    digest: String,
    canonical: bool,
}

/// Writes the chosen graphs, and digests their canonical lines on the way.
fn dump(
    build: &Build,
    options: &ExportOptions,
    graphs: &GraphSelection,
    out: &mut dyn Write,
) -> Result<DumpSummary, ExportError> {
    let release = build.release_lines()?;
    let selected = SelectedLines::new(
        ReadLines(build.lines()?),
        ReadLines(release.as_slice()),
        graphs.clone(),
    );
    let selected: Box<dyn LineSource> = if options.reifiers {
        Box::new(reifier::Reified::new(selected))
    } else {
        Box::new(selected)
    };
    let mut lines = Digesting {
        source: selected,
        hasher: Sha256::new(),
        blank: false,
        progress: options.progress.clone(),
        unreported: 0,
    };
    let about = &build.manifest().about;
    let triples = write_lines(
        &mut lines,
        options.format,
        &about.prefixes,
        &about.base,
        out,
    )?;
    // A part of the graph may label its blank nodes in another way than the whole.
    let canonical = build.manifest().canonical && (!lines.blank || *graphs == GraphSelection::All);
    Ok(DumpSummary {
        triples,
        digest: hex(&lines.hasher.finalize()),
        canonical,
    })
}

/// Writes sorted canonical lines in a format. Gives the number of triples (quads) written.
///
/// # Errors
/// The source or the output fails, or the format cannot hold a triple.
pub fn write_lines(
    lines: &mut dyn LineSource,
    format: DumpFormat,
    prefixes: &Prefixes,
    base: &str,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let layout = turtle::TurtleLayout {
        prefixes,
        base,
        graphs: format == DumpFormat::TriG,
    };
    match format {
        DumpFormat::Turtle | DumpFormat::TriG => {
            turtle::write(lines, &layout, out).map_err(target::output)
        }
        DumpFormat::NQuads | DumpFormat::NTriples => {
            write_plain(lines, format, out).map_err(target::output)
        }
        DumpFormat::RdfXml | DumpFormat::JsonLd => {
            serializer::write(lines, format, prefixes, base, out)
        }
    }
}

fn write_plain(
    lines: &mut dyn LineSource,
    format: DumpFormat,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut written = 0;
    let mut line = Vec::new();
    let mut triple = Vec::new();
    let mut last = Vec::new();
    while lines.next_line(&mut line)? {
        if format == DumpFormat::NTriples {
            triple.clear();
            LineTerms::of(&line)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a damaged line"))?
                .write_triple(&mut triple);
            // The same triple of two graphs comes twice in a row.
            if triple == last {
                continue;
            }
            std::mem::swap(&mut last, &mut triple);
            out.write_all(&last)?;
        } else {
            out.write_all(&line)?;
        }
        out.write_all(b"\n")?;
        written += 1;
    }
    Ok(written)
}

/// Lines between two calls of the progress callback.
const REPORTED: u64 = 4096;

/// Digests the lines that pass.
struct Digesting<S> {
    source: S,
    hasher: Sha256,
    blank: bool,
    progress: Option<Progress>,
    /// Lines that have not been reported.
    unreported: u64,
}

impl<S: LineSource> LineSource for Digesting<S> {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        let more = self.source.next_line(line)?;
        if more {
            self.hasher.update(&line);
            self.hasher.update(b"\n");
            self.blank = self.blank
                || LineTerms::of(line).is_some_and(|parts| {
                    parts.subject.starts_with(b"_:") || parts.object.starts_with(b"_:")
                });
            self.unreported += 1;
            if self.unreported == REPORTED
                && let Some(progress) = &self.progress
            {
                progress.add(std::mem::take(&mut self.unreported));
            }
        }
        Ok(more)
    }
}
