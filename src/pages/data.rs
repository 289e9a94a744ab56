//! Data about a thing, for the files of a site: what [`ABOUT`](super::ABOUT) constructs, read from ranges of the index.
//!
//! The service asks its workers that query, since a thing may have any number of triples. A site has data about every
//! thing in four formats: there the triples are read once, and no query is parsed.

use crate::describe::unreadable;
use crate::export::lines::ReadLines;
use crate::export::{DumpFormat, ExportError, write_lines};
use crate::store::line::write_quad;
use crate::store::{Build, StoreError};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNodeRef, Quad, Term, TermRef};
use std::collections::BTreeSet;
use std::io::Write;

/// What is said of a thing in all graphs, and what points to it.
pub(super) struct EntityData<'b> {
    build: &'b Build,
    /// The thing.
    pub node: NamedNode,
    /// Sorted canonical N-Triples.
    lines: Vec<u8>,
}

impl<'b> EntityData<'b> {
    /// Reads the triples about a thing.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn of(build: &'b Build, node: &NamedNode) -> Result<Self, StoreError> {
        let mut triples = BTreeSet::new();
        let about = NamedOrBlankNodeRef::from(node.as_ref());
        for quad in read(build, Some(about), None, None)? {
            // What is said of a node without a name is said of the thing.
            if let Term::BlankNode(blank) = &quad.object {
                let blank = NamedOrBlankNodeRef::from(blank.as_ref());
                for nested in read(build, Some(blank), None, Some(quad.graph_name.as_ref()))? {
                    triples.insert(line(&nested));
                }
            }
            triples.insert(line(&quad));
        }
        for quad in read(build, None, Some(node.as_ref().into()), None)? {
            triples.insert(line(&quad));
        }
        Ok(Self {
            build,
            node: node.clone(),
            lines: triples.into_iter().flatten().collect(),
        })
    }

    /// Writes the triples in a format.
    ///
    /// # Errors
    /// The format cannot hold them, or they cannot be written.
    pub fn write(&self, format: DumpFormat, out: &mut dyn Write) -> Result<(), ExportError> {
        let about = &self.build.manifest().about;
        let mut lines = ReadLines(self.lines.as_slice());
        write_lines(&mut lines, format, &about.prefixes, &about.base, out).map(drop)
    }
}

fn read(
    build: &Build,
    subject: Option<NamedOrBlankNodeRef<'_>>,
    object: Option<TermRef<'_>>,
    graph: Option<GraphNameRef<'_>>,
) -> Result<Vec<Quad>, StoreError> {
    let quads = build
        .index()
        .quads_for_pattern(subject, None, object, graph);
    let quads = quads.map(|quad| quad.map_err(|error| unreadable(build, &error)));
    quads.collect()
}

/// The line of a quad as a triple.
fn line(quad: &Quad) -> Vec<u8> {
    let mut line = Vec::new();
    let triple = oxrdf::TripleRef::new(&quad.subject, &quad.predicate, &quad.object);
    write_quad(&mut line, triple.in_graph(GraphNameRef::DefaultGraph));
    line.push(b'\n');
    line
}
