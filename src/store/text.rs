//! The full-text index of a build: its labels and texts, in a folder beside the quads.
//!
//! It is made of the literals of [`PROPERTIES`] in all graphs of the index, each subject's text once whichever
//! graphs state it. It is not part of any digest of the graph; the manifest has its files like all others.

use super::load::index_error;
use super::workspace::Workspace;
use super::{Build, FileEntry, StoreError};
use crate::diagnostic::{Code, HintAction};
use civigraph_index::{Graphs, Index};
use civigraph_text::{
    Error, ErrorKind, IndexWriter, Options, PROPERTIES, TextEntry, TextIndex, TextKind,
};
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::fs;
use std::path::Path;

/// Name of the folder of the text index.
pub(super) const TEXT: &str = "labels";

/// Memory that a text takes while it is indexed, about.
const MEMORY_PER_TEXT: usize = 1 << 10;

/// The most memory for texts that are indexed; more of them are sorted on disk.
const MEMORY: usize = 512 << 20;

/// Writes the text index of an index to the folder of a build.
pub(super) fn write(index: &Index, workspace: &Workspace) -> Result<(), StoreError> {
    let folder = workspace.path().join(TEXT);
    let options = Options {
        memory: memory(index, workspace.options.memory)?,
    };
    let mut writer = IndexWriter::create(&folder, options).map_err(|e| text_error(&e))?;
    for (property, kind) in PROPERTIES {
        add(&mut writer, index, property, *kind)?;
    }
    writer.finish().map_err(|e| text_error(&e))?;
    Ok(())
}

/// As much memory as the texts need, within the limit. A small graph does not pay for what it does not use.
fn memory(index: &Index, limit: usize) -> Result<usize, StoreError> {
    let mut texts = 0;
    for (property, _) in PROPERTIES {
        let property = Some(NamedNodeRef::new_unchecked(property));
        for graphs in [Graphs::Default, Graphs::AllNamed] {
            texts += index
                .count(None, property, None, graphs)
                .map_err(index_error)?;
        }
    }
    let texts = usize::try_from(texts).unwrap_or(usize::MAX);
    Ok(texts.saturating_mul(MEMORY_PER_TEXT).min(MEMORY).min(limit))
}

/// Adds the texts of a property.
fn add(
    writer: &mut IndexWriter,
    index: &Index,
    property: &str,
    kind: TextKind,
) -> Result<(), StoreError> {
    let predicate = NamedNodeRef::new_unchecked(property);
    // Named graphs come after the default graph, and there equal triples come one after the other.
    let mut last: Option<Quad> = None;
    for quad in index.quads_for_pattern(None, Some(predicate), None, None) {
        let quad = quad.map_err(index_error)?;
        let (NamedOrBlankNode::NamedNode(subject), Term::Literal(literal)) =
            (&quad.subject, &quad.object)
        else {
            continue;
        };
        if !is_text(literal)
            || (quad.graph_name != GraphName::DefaultGraph && stated(index, &quad, last.as_ref())?)
        {
            continue;
        }
        let entry = TextEntry {
            subject: subject.as_str(),
            property,
            text: literal.value(),
            language: literal.language(),
            kind,
            weight: 1.0,
        };
        writer.add(entry).map_err(|e| text_error(&e))?;
        last = Some(quad);
    }
    Ok(())
}

/// Whether the triple of a quad in a named graph is that of the last one, or is in the default graph too.
fn stated(index: &Index, quad: &Quad, last: Option<&Quad>) -> Result<bool, StoreError> {
    if last.is_some_and(|last| last.subject == quad.subject && last.object == quad.object) {
        return Ok(true);
    }
    index
        .quads_for_pattern(
            Some(quad.subject.as_ref()),
            Some(quad.predicate.as_ref()),
            Some(quad.object.as_ref()),
            Some(GraphNameRef::DefaultGraph),
        )
        .next()
        .transpose()
        .map(|quad| quad.is_some())
        .map_err(index_error)
}

/// Whether a literal is words and not a date, a number or markup.
fn is_text(literal: &Literal) -> bool {
    literal.language().is_some() || literal.datatype() == xsd::STRING
}

/// Whether a quad is one that a text index is made of.
pub(super) fn is_indexed(quad: &Quad) -> bool {
    quad.subject.is_named_node()
        && TextKind::of_property(quad.predicate.as_str()).is_some()
        && matches!(&quad.object, Term::Literal(literal) if is_text(literal))
}

/// Takes over the text index of an older build, with the digests of its files; `None` where that has none, or
/// one that is damaged or of another version.
pub(super) fn take_over(
    prior: &Build,
    workspace: &Workspace,
) -> Result<Option<Vec<FileEntry>>, StoreError> {
    let folder = workspace.path().join(TEXT);
    let files: Vec<FileEntry> = prior.manifest().files_in(TEXT).cloned().collect();
    if files.is_empty() {
        return Ok(None);
    }
    let failed = |e| StoreError::io(&folder, "take over the text index", e);
    fs::create_dir(&folder).map_err(failed)?;
    // Copies and no links: what befalls the file of one build is not to befall another.
    let copied = files.iter().all(|file| {
        fs::copy(
            prior.folder().join(&file.name),
            workspace.path().join(&file.name),
        )
        .is_ok()
            && file.check(workspace.path()).is_ok()
    });
    if copied && TextIndex::open(&folder).is_ok() {
        return Ok(Some(files));
    }
    fs::remove_dir_all(&folder).map_err(failed)?;
    Ok(None)
}

/// Opens the text index of a build's folder.
pub(super) fn open(build: &Path) -> Result<TextIndex, StoreError> {
    TextIndex::open(build.join(TEXT)).map_err(|e| text_error(&e))
}

/// An error of the text index, as one of the store.
pub(crate) fn text_error(error: &Error) -> StoreError {
    let damaged = match error.kind() {
        ErrorKind::Version => Some(Code::OtherFormat),
        ErrorKind::NotFound | ErrorKind::NotAnIndex | ErrorKind::Damaged => Some(Code::TornBuild),
        _ => None,
    };
    match damaged {
        Some(code) => {
            StoreError::new(code, error.path(), error.message()).with_hint(HintAction::BuildAgain)
        }
        None => StoreError::new(Code::StoreFiles, error.path(), error.message()),
    }
}
