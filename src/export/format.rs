//! Formats of dumps and their compression, by name and by file extension.

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::export::ExportError;
use oxigraph::io::{JsonLdProfileSet, RdfFormat};
use std::path::Path;

macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $name:ident, $text:literal, [$($other:literal),*], $extension:literal, $media:literal, $graphs:literal;)*) => {
        /// A format of dumps.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum DumpFormat {
            $($(#[doc = $doc])+ $name,)*
        }

        impl DumpFormat {
            /// Every format.
            pub const ALL: &'static [DumpFormat] = &[$(DumpFormat::$name,)*];

            /// The name by which users ask for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(DumpFormat::$name => $text,)* }
            }

            /// The file extension, without its dot.
            pub const fn extension(self) -> &'static str {
                match self { $(DumpFormat::$name => $extension,)* }
            }

            /// The media type.
            pub const fn media_type(self) -> &'static str {
                match self { $(DumpFormat::$name => $media,)* }
            }

            /// Whether it keeps graphs apart; others hold one graph.
            pub const fn has_graphs(self) -> bool {
                match self { $(DumpFormat::$name => $graphs,)* }
            }

            /// The format of a name or an extension, whatever its case.
            pub fn parse(text: &str) -> Option<Self> {
                match text.to_ascii_lowercase().as_str() {
                    $($text $(| $other)* => Some(DumpFormat::$name),)*
                    _ => None,
                }
            }
        }
    };
}

formats! {
    /// Turtle, laid out for people and for git.
    Turtle, "turtle", ["ttl"], "ttl", "text/turtle", false;
    /// N-Triples, canonical and sorted.
    NTriples, "ntriples", ["n-triples", "nt"], "nt", "application/n-triples", false;
    /// N-Quads, canonical and sorted.
    NQuads, "nquads", ["n-quads", "nq"], "nq", "application/n-quads", true;
    /// TriG, laid out like the Turtle.
    TriG, "trig", [], "trig", "application/trig", true;
    /// RDF/XML.
    RdfXml, "rdfxml", ["rdf-xml", "rdf", "xml", "owl"], "rdf", "application/rdf+xml", false;
    /// JSON-LD.
    JsonLd, "jsonld", ["json-ld", "json"], "jsonld", "application/ld+json", true;
}

impl DumpFormat {
    /// The same for Oxigraph's parsers and writers.
    pub(crate) fn rdf(self) -> RdfFormat {
        match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::NTriples => RdfFormat::NTriples,
            Self::NQuads => RdfFormat::NQuads,
            Self::TriG => RdfFormat::TriG,
            Self::RdfXml => RdfFormat::RdfXml,
            Self::JsonLd => RdfFormat::JsonLd {
                profile: JsonLdProfileSet::empty(),
            },
        }
    }
}

/// How a dump is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip (`.gz`), without name and time.
    Gzip,
    /// Zstandard (`.zst`).
    Zstd,
}

impl Compression {
    /// The media type of what is compressed so; `None` for what is not.
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("application/gzip"),
            Self::Zstd => Some("application/zstd"),
        }
    }
}

/// The format and compression that a file name asks for: `graph.ttl.gz`. The format is `None` where its
/// extension says nothing.
pub fn of_file_name(path: &Path) -> (Option<DumpFormat>, Compression) {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    let (name, compression) = if let Some(name) = name.strip_suffix(".gz") {
        (name, Compression::Gzip)
    } else if let Some(name) = name.strip_suffix(".zst") {
        (name, Compression::Zstd)
    } else {
        (name.as_str(), Compression::None)
    };
    let format = name
        .rsplit_once('.')
        .and_then(|(_, extension)| DumpFormat::parse(extension));
    (format, compression)
}

/// The refusal of an unknown format, which lists the known ones.
pub fn unknown_format(text: &str) -> ExportError {
    let known: Vec<_> = DumpFormat::ALL
        .iter()
        .map(|format| format.as_str())
        .collect();
    ExportError::from(
        Diagnostic::new(
            Code::ExportFormat,
            Place::default(),
            format!("no such format: `{text}`"),
        )
        .with_found(text)
        .with_expected(known.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_file_names() {
        for (name, format, compression) in [
            ("graph.ttl", Some(DumpFormat::Turtle), Compression::None),
            (
                "a.b/graph.NQ.gz",
                Some(DumpFormat::NQuads),
                Compression::Gzip,
            ),
            (
                "graph.jsonld.zst",
                Some(DumpFormat::JsonLd),
                Compression::Zstd,
            ),
            ("graph.rdf", Some(DumpFormat::RdfXml), Compression::None),
            ("graph.doc", None, Compression::None),
            ("graph", None, Compression::None),
            ("ttl", None, Compression::None),
        ] {
            assert_eq!(
                of_file_name(Path::new(name)),
                (format, compression),
                "{name}"
            );
        }
    }

    #[test]
    fn names_and_extensions_parse_back() {
        for &format in DumpFormat::ALL {
            assert_eq!(DumpFormat::parse(format.as_str()), Some(format));
            assert_eq!(DumpFormat::parse(format.extension()), Some(format));
        }
    }
}
