//! The description of a build: DCAT, VoID and PROV, without wall-clock times and without blank nodes.
//!
//! The same data gives the same description, whoever builds it and however often: it names digests
//! and counts, not times and not the number of the build.

use super::{BuildDescription, Statistics, graph_iri};
use crate::datatype::canonical_language_tag;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term, Triple};

const DCAT: &str = "http://www.w3.org/ns/dcat#";
const DCT: &str = "http://purl.org/dc/terms/";
const PROV: &str = "http://www.w3.org/ns/prov#";
const SPDX: &str = "http://spdx.org/rdf/terms#";
const VOID: &str = "http://rdfs.org/ns/void#";

/// Name of the graph that holds the description.
pub(crate) const RELEASE_GRAPH: &str = "release";

/// The description as quads of the graph `release`.
pub fn release_quads(
    about: &BuildDescription,
    statistics: &Statistics,
    digest: &str,
    canonical: bool,
) -> Vec<Quad> {
    let graph = NamedNode::new_unchecked(graph_iri(&about.base, RELEASE_GRAPH));
    description(about, statistics, digest, canonical)
        .into_iter()
        .map(|triple| triple.in_graph(graph.clone()))
        .collect()
}

/// The description of a dataset: what it is, how much of what is in it, which files it was made from.
pub fn description(
    about: &BuildDescription,
    statistics: &Statistics,
    digest: &str,
    canonical: bool,
) -> Vec<Triple> {
    let mut out = ReleaseDescription {
        triples: Vec::new(),
    };
    let dataset = node(&format!("{}dataset", about.base));
    for class in [
        term(DCAT, "Dataset"),
        term(VOID, "Dataset"),
        term(PROV, "Entity"),
    ] {
        out.add(&dataset, rdf::TYPE, class);
    }
    for (language, title) in &about.title {
        out.add(
            &dataset,
            term(DCT, "title").as_ref(),
            Literal::new_language_tagged_literal_unchecked(title, canonical_language_tag(language)),
        );
    }
    if let Some(license) = &about.license {
        out.add(&dataset, term(DCT, "license").as_ref(), node(license));
    }
    if let Some(contact) = &about.contact {
        out.add(&dataset, term(DCAT, "contactPoint").as_ref(), node(contact));
    }
    if let Some(space) = about.base.strip_suffix('/') {
        out.add(
            &dataset,
            term(VOID, "uriSpace").as_ref(),
            Literal::from(format!("{space}/id/")),
        );
    }
    let method = if canonical { "rdfc10" } else { "sorted-nquads" };
    out.checksum(&dataset, method, digest);

    for (name, graph) in &statistics.graphs {
        let subject = if name.is_empty() {
            dataset.clone()
        } else if name.starts_with("_:") {
            continue;
        } else {
            let subset = node(name);
            out.add(&dataset, term(VOID, "subset").as_ref(), subset.clone());
            out.add(&subset, rdf::TYPE, term(VOID, "Dataset"));
            subset
        };
        out.count(&subject, "triples", graph.triples);
        out.count(&subject, "distinctSubjects", graph.subjects);
        out.count(&subject, "classes", graph.classes.len() as u64);
        out.count(&subject, "properties", graph.properties.len() as u64);
        for (class, members) in &graph.classes {
            let part = node(&format!("{}#class-{}", subject.as_str(), fragment(class)));
            out.add(
                &subject,
                term(VOID, "classPartition").as_ref(),
                part.clone(),
            );
            out.add(&part, term(VOID, "class").as_ref(), node(class));
            out.count(&part, "entities", *members);
        }
        for (property, triples) in &graph.properties {
            let part = node(&format!(
                "{}#property-{}",
                subject.as_str(),
                fragment(property)
            ));
            out.add(
                &subject,
                term(VOID, "propertyPartition").as_ref(),
                part.clone(),
            );
            out.add(&part, term(VOID, "property").as_ref(), node(property));
            out.count(&part, "triples", *triples);
        }
    }

    let activity = node(&format!("{}#build", dataset.as_str()));
    let agent = node(&format!("{}#civigraph", dataset.as_str()));
    out.add(
        &dataset,
        term(PROV, "wasGeneratedBy").as_ref(),
        activity.clone(),
    );
    out.add(&activity, rdf::TYPE, term(PROV, "Activity"));
    out.add(
        &activity,
        term(PROV, "wasAssociatedWith").as_ref(),
        agent.clone(),
    );
    out.add(&agent, rdf::TYPE, term(PROV, "SoftwareAgent"));
    out.add(
        &agent,
        rdfs::LABEL,
        Literal::from(concat!("Civigraph ", env!("CARGO_PKG_VERSION"))),
    );
    for input in &about.inputs {
        let file = node(&format!("{}input/{}", about.base, path(&input.name)));
        out.add(&activity, term(PROV, "used").as_ref(), file.clone());
        out.add(&file, rdf::TYPE, term(PROV, "Entity"));
        out.add(
            &file,
            term(DCT, "title").as_ref(),
            Literal::from(input.name.as_str()),
        );
        out.add(
            &file,
            term(DCAT, "byteSize").as_ref(),
            Literal::new_typed_literal(input.bytes.to_string(), xsd::NON_NEGATIVE_INTEGER),
        );
        out.checksum(&file, "sha256", &input.sha256);
    }
    out.triples
}

struct ReleaseDescription {
    triples: Vec<Triple>,
}

impl ReleaseDescription {
    fn add(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.triples
            .push(Triple::new(subject.clone(), property, object));
    }

    fn count(&mut self, subject: &NamedNode, property: &str, count: u64) {
        self.add(
            subject,
            term(VOID, property).as_ref(),
            Literal::new_typed_literal(count.to_string(), xsd::INTEGER),
        );
    }

    /// An SPDX checksum; `method` names what was digested and how.
    fn checksum(&mut self, subject: &NamedNode, method: &str, digest: &str) {
        let checksum = node(&format!("{}#{method}", subject.as_str()));
        self.add(subject, term(SPDX, "checksum").as_ref(), checksum.clone());
        self.add(&checksum, rdf::TYPE, term(SPDX, "Checksum"));
        self.add(
            &checksum,
            term(SPDX, "algorithm").as_ref(),
            term(SPDX, "checksumAlgorithm_sha256"),
        );
        self.add(&checksum, rdfs::LABEL, Literal::from(method));
        self.add(
            &checksum,
            term(SPDX, "checksumValue").as_ref(),
            Literal::new_typed_literal(digest, xsd::HEX_BINARY),
        );
    }
}

fn term(namespace: &str, name: &str) -> NamedNode {
    node(&format!("{namespace}{name}"))
}

/// Callers give IRIs that were parsed before, or fragments and paths escaped by the functions below.
fn node(iri: &str) -> NamedNode {
    NamedNode::new_unchecked(iri)
}

/// Text that may be in a fragment: unreserved characters stay, others are percent-encoded.
fn fragment(text: &str) -> String {
    encode(text, b"-._~")
}

/// Text that may be in a path.
fn path(text: &str) -> String {
    encode(text, b"-._~/")
}

fn encode(text: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::BuildInput;
    use std::collections::BTreeMap;

    #[test]
    fn every_iri_of_a_description_parses() -> Result<(), oxrdf::IriParseError> {
        let about = BuildDescription {
            base: "https://e.org/".to_owned(),
            inputs: vec![BuildInput {
                name: "data/города и годы.csv".to_owned(),
                bytes: 7,
                sha256: "00".to_owned(),
                rows: None,
            }],
            ..BuildDescription::default()
        };
        let mut statistics = Statistics::default();
        let counts = BTreeMap::from([("https://e.org/ns#City".to_owned(), 3)]);
        let graph = statistics.graphs.entry(String::new()).or_default();
        graph.classes = counts.clone();
        graph.properties = counts;
        let triples = description(&about, &statistics, "ab", true);
        for triple in &triples {
            if let Term::NamedNode(object) = &triple.object {
                NamedNode::new(object.as_str())?;
            }
            NamedNode::new(triple.subject.to_string().trim_matches(['<', '>']))?;
        }
        assert!(
            triples
                .iter()
                .any(|t| t.object == Literal::from("data/города и годы.csv").into())
        );
        Ok(())
    }
}
