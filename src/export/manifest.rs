//! The manifest beside a dump: VoID, DCAT and PROV about what was dumped.

use super::lines::{GraphSelection, ReadLines};
use super::{ExportOptions, turtle};
use crate::store::line::write_quad;
use crate::store::{Build, Prefixes, Statistics, description};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};
use std::io::{self, Write};

/// A written dump, for its manifest.
pub(super) struct Dump<'a> {
    pub(super) name: &'a str,
    pub(super) media_type: &'a str,
    pub(super) bytes: u64,
    pub(super) sha256: &'a str,
    pub(super) triples: u64,
    /// Digest of the canonical lines that were dumped, and whether it is their RDFC-1.0 hash.
    pub(super) digest: &'a str,
    pub(super) canonical: bool,
}

/// Writes the manifest of a dump as Turtle. No wall-clock time is in it unless `options.issued` gives one.
pub(super) fn write(
    build: &Build,
    dump: &Dump<'_>,
    graphs: &GraphSelection,
    options: &ExportOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    const DCAT: &str = "http://www.w3.org/ns/dcat#";
    const DCT: &str = "http://purl.org/dc/terms/";
    const SPDX: &str = "http://spdx.org/rdf/terms#";
    let about = &build.manifest().about;
    let all = &build.manifest().statistics;
    let statistics = Statistics {
        quads: dump.triples,
        graphs: all
            .graphs
            .iter()
            .filter(|(name, _)| graphs.has_name(name))
            .map(|(name, counts)| (name.clone(), counts.clone()))
            .collect(),
        things: all.things.clone(),
    };
    let mut triples = description(about, &statistics, dump.digest, dump.canonical);

    let node = |iri: String| NamedNode::new_unchecked(iri);
    let dataset = node(format!("{}dataset", about.base));
    let file = node(format!("{}dump/{}", about.base, file_name(dump.name)));
    let checksum = node(format!("{}#sha256", file.as_str()));
    let mut add = |subject: &NamedNode, property: String, object: Term| {
        triples.push(oxrdf::Triple::new(subject.clone(), node(property), object));
    };
    let integer = |count: u64, datatype| Literal::new_typed_literal(count.to_string(), datatype);
    add(&dataset, format!("{DCAT}distribution"), file.clone().into());
    for (property, object) in [
        (
            rdf::TYPE.as_str().to_owned(),
            Term::from(node(format!("{DCAT}Distribution"))),
        ),
        (format!("{DCT}title"), Literal::from(dump.name).into()),
        (
            format!("{DCAT}mediaType"),
            media_type(dump.media_type).into(),
        ),
        (
            format!("{DCAT}byteSize"),
            integer(dump.bytes, xsd::NON_NEGATIVE_INTEGER).into(),
        ),
        (
            "http://rdfs.org/ns/void#triples".to_owned(),
            integer(dump.triples, xsd::INTEGER).into(),
        ),
        (format!("{SPDX}checksum"), checksum.clone().into()),
    ] {
        add(&file, property, object);
    }
    if let Some(compressed) = options.compression.media_type() {
        add(
            &file,
            format!("{DCAT}compressFormat"),
            media_type(compressed).into(),
        );
    }
    for (property, object) in [
        (
            rdf::TYPE.as_str().to_owned(),
            Term::from(node(format!("{SPDX}Checksum"))),
        ),
        (
            format!("{SPDX}algorithm"),
            node(format!("{SPDX}checksumAlgorithm_sha256")).into(),
        ),
        (
            format!("{SPDX}checksumValue"),
            Literal::new_typed_literal(dump.sha256, xsd::HEX_BINARY).into(),
        ),
    ] {
        add(&checksum, property, object);
    }
    if let Some(issued) = &options.issued {
        add(
            &file,
            format!("{DCT}issued"),
            Literal::new_typed_literal(issued, xsd::DATE_TIME).into(),
        );
    }

    let mut lines: Vec<Vec<u8>> = triples
        .into_iter()
        .map(|triple| {
            let quad: Quad = triple.in_graph(GraphName::DefaultGraph);
            let mut line = Vec::new();
            write_quad(&mut line, quad.as_ref());
            line
        })
        .collect();
    lines.sort();
    let layout = turtle::TurtleLayout {
        prefixes: &prefixes(&about.prefixes),
        base: "",
        graphs: false,
    };
    turtle::write(ReadLines(lines.join(&b'\n').as_slice()), &layout, out).map(drop)
}

/// The project's prefixes and those of the vocabularies of a manifest.
fn prefixes(project: &Prefixes) -> Prefixes {
    let mut prefixes = project.clone();
    for (prefix, namespace) in [
        ("dcat", "http://www.w3.org/ns/dcat#"),
        ("dct", "http://purl.org/dc/terms/"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
        ("spdx", "http://spdx.org/rdf/terms#"),
        ("void", "http://rdfs.org/ns/void#"),
        ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ] {
        prefixes.add(prefix, namespace);
    }
    prefixes
}

/// The IRI of a media type in the registry of IANA, which is what DCAT points to (DCAT 3 §6.8).
fn media_type(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!(
        "http://www.iana.org/assignments/media-types/{name}"
    ))
}

/// A file name as part of an IRI.
fn file_name(name: &str) -> String {
    name.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
