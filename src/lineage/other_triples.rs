//! Triples of a build that no cell makes and no rule infers: the ontology, what the build says of itself,
//! and the records of inferences.

use super::QuadPattern;
use crate::diagnostic::{Code, Diagnostics, Place, ReadingMode};
use crate::knowledge::is_record;
use crate::project::Project;
use crate::store::{Build, StoreError, graph_iri, read_turtle};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Quad, Term, Triple};
use std::path::Path;

/// A triple and who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherTriple {
    /// The triple.
    pub triple: Triple,
    /// Who says it.
    pub by: TripleAuthor,
}

/// Who says a triple that is from no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TripleAuthor {
    /// A file of the ontology; the line where its subject is described, if that is found.
    Ontology(Place),
    /// The build, of itself: counts, inputs, digests.
    Build,
    /// The record of an inference by a rule, whose name this is; of a premise, without a name.
    Inference(Option<String>),
    /// A rule, of itself; its name.
    Rule(String),
}

/// What the ontology of a project says that matches a pattern. Its files are named as if the project lay in
/// the folder `shown`.
///
/// # Errors
/// A file cannot be read.
pub fn ontology(
    project: &Project,
    shown: &Path,
    build: &Build,
    pattern: &QuadPattern,
) -> Result<Vec<OtherTriple>, StoreError> {
    let about = &build.manifest().about;
    let graph = NamedNode::new_unchecked(graph_iri(&about.base, "vocabulary"));
    let files = project
        .vocabulary()
        .map_err(|error| StoreError::io(project.root(), "list the ontology", error))?;
    let mut found = Vec::new();
    for file in files {
        let name = shown.join(file.strip_prefix(project.root()).unwrap_or(&file));
        let name = name.strip_prefix(".").unwrap_or(&name).to_string_lossy();
        // `check` reports what is wrong with it.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let quads = read_turtle(&file, &name, graph.clone(), &mut silent);
        let mut matching = quads
            .into_iter()
            .filter(|quad| pattern.matches(quad.as_ref()))
            .peekable();
        if matching.peek().is_none() {
            continue;
        }
        let text = std::fs::read_to_string(&file)
            .map_err(|error| StoreError::io(&file, "read the file", error))?;
        let place = described(&text, &name, pattern.subject.as_ref(), build);
        found.extend(matching.map(|quad| OtherTriple {
            triple: quad.into(),
            by: TripleAuthor::Ontology(place.clone()),
        }));
    }
    Ok(found)
}

/// The first line of a Turtle text that starts with a subject.
fn described(text: &str, name: &str, subject: NamedNodeRef<'_>, build: &Build) -> Place {
    let short = build.manifest().about.prefixes.shorten(subject.as_str());
    let whole = subject.to_string();
    let starts = |line: &str| {
        [&short, &whole].into_iter().any(|written| {
            line.strip_prefix(written.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        })
    };
    match (1..).zip(text.lines()).find(|(_, line)| starts(line)) {
        Some((line, _)) => Place::at(name, line, 1),
        None => Place::file(name),
    }
}

/// What a build says of itself and of its inferences that matches a pattern.
///
/// # Errors
/// The store cannot be read.
pub fn records(build: &Build, pattern: &QuadPattern) -> Result<Vec<OtherTriple>, StoreError> {
    let base = &build.manifest().about.base;
    let graph = |name| NamedNode::new_unchecked(graph_iri(base, name));
    let rule = NamedNode::new_unchecked(format!("{base}ns#rule"));
    let quads = |subject: NamedOrBlankNodeRef<'_>, graph: &NamedNode| -> Result<Vec<Quad>, _> {
        build
            .index()
            .quads_for_pattern(Some(subject), None, None, Some(graph.as_ref().into()))
            .collect()
    };
    let failed = |error: civigraph_index::Error| {
        StoreError::new(
            Code::TornBuild,
            build.folder(),
            format!("the index cannot be read: {error}"),
        )
    };
    let subject = pattern.subject.as_ref().into();
    let mut found: Vec<OtherTriple> = Vec::new();
    let mut add = |quads: Vec<Quad>, by: &TripleAuthor| {
        let matching = quads
            .into_iter()
            .filter(|quad| pattern.matches(quad.as_ref()));
        found.extend(matching.map(|quad| OtherTriple {
            triple: quad.into(),
            by: by.clone(),
        }));
    };
    add(
        quads(subject, &graph("release")).map_err(failed)?,
        &TripleAuthor::Build,
    );
    let claims = quads(subject, &graph("claims")).map_err(failed)?;
    if is_record(pattern.subject.as_str(), base) {
        let name = |iri: &str| iri.rsplit('/').next().unwrap_or_default().to_owned();
        let by_rule = claims.iter().find_map(|quad| match &quad.object {
            Term::NamedNode(node) if quad.predicate == rule => Some(name(node.as_str())),
            _ => None,
        });
        let statement = claims.iter().any(|quad| quad.predicate == rdf::SUBJECT);
        let by = if statement {
            TripleAuthor::Inference(by_rule)
        } else {
            TripleAuthor::Rule(name(pattern.subject.as_str()))
        };
        add(claims, &by);
    }
    found.sort_by_cached_key(|one| one.triple.to_string());
    Ok(found)
}
