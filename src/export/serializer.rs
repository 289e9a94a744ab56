//! RDF/XML and JSON-LD, by Oxigraph's writers, which stream.

use super::lines::LineSource;
use super::xml::RdfXml;
use super::{DumpFormat, target};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::export::ExportError;
use crate::store::Prefixes;
use crate::store::line::LineTerms;
use oxigraph::io::{RdfSerializer, WriterQuadSerializer};
use std::io::{self, Write};

/// Writes lines as RDF/XML (graphs as one) or JSON-LD; `base` is that of the project's own IRIs.
pub(super) fn write(
    lines: &mut dyn LineSource,
    format: DumpFormat,
    prefixes: &Prefixes,
    base: &str,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut serializer = RdfSerializer::from_format(format.rdf());
    let things = format!("{base}id/");
    for (prefix, namespace) in prefixes.iter() {
        // RDF/XML shortens properties and classes, not the things; it has no use for prefixes that XML
        // reserves either, and for IRIs that do not parse.
        let of_things = namespace.starts_with(&things);
        if !of_things && !prefix.is_empty() && !prefix.to_ascii_lowercase().starts_with("xml") {
            serializer = match serializer.clone().with_prefix(prefix, namespace) {
                Ok(with_prefix) => with_prefix,
                Err(_) => serializer,
            };
        }
    }
    let mut writer = match format {
        DumpFormat::RdfXml => FormatWriter::Xml(Box::new(RdfXml::new(serializer, out))),
        _ => FormatWriter::Quads(Box::new(serializer.for_writer(out))),
    };
    let mut written = 0;
    let mut line = Vec::new();
    let mut last = None;
    while lines.next_line(&mut line).map_err(target::output)? {
        let quad = LineTerms::of(&line)
            .and_then(|parts| parts.quad())
            .ok_or_else(|| target::output(io::Error::other("a damaged line")))?;
        match &mut writer {
            FormatWriter::Xml(writer) => {
                let triple = oxrdf::Triple::from(quad);
                // The same triple of two graphs comes twice in a row.
                if last.as_ref() == Some(&triple) {
                    continue;
                }
                let held = writer.triple(triple.as_ref());
                held.map_err(|e| cannot_hold(format.as_str(), "`nquads` holds everything", e))?;
                last = Some(triple);
            }
            FormatWriter::Quads(writer) => {
                let held = writer.serialize_quad(&quad);
                held.map_err(|e| cannot_hold(format.as_str(), "`nquads` holds everything", e))?;
            }
        }
        written += 1;
    }
    let out = match writer {
        FormatWriter::Xml(writer) => writer.finish(),
        FormatWriter::Quads(writer) => writer.finish(),
    };
    let out = out.map_err(target::output)?;
    out.write_all(b"\n").map_err(target::output)?;
    Ok(written)
}

enum FormatWriter<'o> {
    Xml(Box<RdfXml<&'o mut dyn Write>>),
    Quads(Box<WriterQuadSerializer<&'o mut dyn Write>>),
}

/// Tells what the format cannot hold from what the output does not take.
///
/// `hint` names formats that can.
pub(crate) fn cannot_hold(format: &str, hint: &str, error: io::Error) -> ExportError {
    if !matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other
    ) {
        return target::output(error);
    }
    ExportError::from(
        Diagnostic::new(
            Code::ExportFormat,
            Place::file("output"),
            format!("{format} cannot hold a term: {error}"),
        )
        .with_hint(format!("choose another format: {hint}")),
    )
    .with_source(error)
}
