//! Shapes (`ontology/shapes*.ttl`) held against the graph that the tables make: SHACL Core and
//! SHACL-SPARQL.
//!
//! ```text
//!  ontology/shapes*.ttl ─► Shapes::read ──► shapes: targets, paths, constraints, queries
//!                              │
//!  convert::run ─► DataSink ───┴─► Data: the triples that some shape can look at
//!                                    │
//!                  Shapes::validate ─┴─► Report: violations by focus node, path and value
//!                                          │
//!                  led back to cells ──────┴─► diagnostics (`CG09xx`)
//! ```
//!
//! Shapes see one graph: the union of all graphs that tables make, and how the ontology orders
//! classes (`rdfs:subClassOf`). They do not see what rules infer. Literals are as the plan writes them. Only triples with properties that shapes name are held in memory: 12
//! bytes in each of three indexes, and every term once.
//!
//! What it costs beside the check itself, for 100,000 things with ten triples each, measured on two
//! busy cores (the `shacl` crate of rudof: 13 CPU seconds, 1,780 MB):
//!
//! | shapes | CPU seconds | MB |
//! |---|---|---|
//! | `sh:minCount` and `sh:pattern` of one property | 0.2 | 45 |
//! | and a query that finds all violations at once | 0.3 | 77 |
//! | a query that must be asked of each thing (`GROUP BY`) | 1.4 | 50 |
//! | a closed shape, for which all triples are held | 0.9 | 228 |
//! | the shipped shapes on the shipped graph (16,000 triples) | 0.02 | 5 |
//!
//! Specification: *Shapes Constraint Language (SHACL)*, W3C Recommendation of 2017-07-20. What it
//! leaves open or optional: recursive shapes are an error; `GRAPH`, `$shapesGraph` and
//! `sh:entailment` are refused; of nested details (`sh:detail`), a bounded number is made.

mod algebra;
mod cells;
mod compile;
mod component;
mod constraint;
mod data;
mod parameter;
mod path;
mod predicate_filter;
mod query;
mod rdf;
mod recursion;
mod report;
mod result;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod unused;
mod validate;
mod value;
mod vocabulary;

pub use data::{CollectedTriples, DataChunk, DataSink};
pub use path::PropertyPath;
pub use report::{ValidationReport, ValidationResult};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::query::QueryError;
use crate::query::on_large_stack;
use crate::resource::DOCUMENT_LIMIT;
use crate::resource::file::read_text;
use crate::store::Prefixes;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use predicate_filter::PredicateFilter;
use shape::{Check, Shape, Target};
use source::ShapesGraph;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The shapes of a project.
#[derive(Debug, Clone, Default)]
pub struct Shapes {
    shapes: Vec<Shape>,
    predicate_filter: Arc<PredicateFilter>,
    /// How IRIs are written for readers.
    prefixes: Prefixes,
    /// How the ontology orders classes.
    classes: Vec<Quad>,
    /// What the ontology says something of.
    declared: HashSet<String>,
}

/// A shapes file.
#[derive(Debug, Clone, Copy)]
pub struct ShapesText<'t> {
    /// Its text, in Turtle.
    pub text: &'t str,
    /// Its name, for diagnostics.
    pub name: &'t str,
    /// What its relative IRIs are relative to.
    pub base: Option<&'t str>,
}

impl Shapes {
    /// Reads the shapes of some files. What is wrong with one is a diagnostic; the others are used.
    pub fn read(files: &[PathBuf], diagnostics: &mut Diagnostics) -> Self {
        let mut texts = Vec::with_capacity(files.len());
        for file in files {
            let shown = file.to_string_lossy().into_owned();
            match read_text(file, &shown, "the shapes", DOCUMENT_LIMIT) {
                Ok(text) => texts.push((text, shown)),
                Err(unreadable) => diagnostics.push(*unreadable),
            }
        }
        let texts: Vec<ShapesText<'_>> = texts
            .iter()
            .map(|(text, name)| ShapesText {
                text,
                name,
                base: None,
            })
            .collect();
        Self::parse(&texts, diagnostics)
    }

    /// The shapes of some texts, as [`Shapes::read`] reads them.
    pub fn parse(texts: &[ShapesText<'_>], diagnostics: &mut Diagnostics) -> Self {
        if texts.is_empty() {
            return Self::default();
        }
        let mut source = ShapesGraph::default();
        for one in texts {
            source.add(one.text, one.name, one.base, diagnostics);
        }
        let file = texts.first().map_or("", |one| one.name);
        // Queries of constraints are parsed, which recurses.
        let compiled = on_large_stack(file, || {
            let mut found = Diagnostics::new(diagnostics.mode()).keeping(u64::MAX);
            (compile::compile(&source, &mut found), found)
        });
        let shapes = match compiled {
            Ok((shapes, found)) => {
                diagnostics.append(found);
                shapes
            }
            Err(error) => {
                diagnostics.push(error.into_diagnostic());
                Vec::new()
            }
        };
        Self {
            predicate_filter: Arc::new(PredicateFilter::of(&shapes)),
            shapes,
            prefixes: Prefixes::default(),
            classes: Vec::new(),
            declared: HashSet::new(),
        }
    }

    /// Adds how IRIs are written in reports.
    #[must_use]
    pub fn with_prefixes(mut self, prefixes: Prefixes) -> Self {
        self.prefixes = prefixes;
        self
    }

    /// Adds quads of the ontology: shapes see which class is a subclass of which. Names that it declares are not reported as
    /// misspelt.
    #[must_use]
    pub fn with_ontology<'q>(mut self, quads: impl IntoIterator<Item = &'q Quad>) -> Self {
        for quad in quads {
            if quad.predicate.as_str() == vocabulary::rdfs::SUB_CLASS_OF {
                self.classes.push(quad.clone());
            }
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                self.declared.insert(subject.as_str().to_owned());
            }
        }
        self
    }

    /// Warns of shapes that are never held against anything.
    pub fn report_untargeted(&self, diagnostics: &mut Diagnostics) {
        for diagnostic in unused::untargeted(&self.shapes) {
            diagnostics.push(diagnostic);
        }
    }

    /// Whether there is nothing to validate: no shape has a target and a constraint.
    pub fn is_empty(&self) -> bool {
        !self.shapes.iter().any(Shape::runs)
    }

    /// The predicates of the triples that shapes can look at; `None` for all triples.
    pub fn predicates(&self) -> Option<&HashSet<String>> {
        self.predicate_filter.predicates()
    }

    /// An empty collection for the data that shapes can look at: fill it through a [`DataSink`], or
    /// from any iterator of quads ([`CollectedTriples::add`]).
    pub fn data(&self) -> CollectedTriples {
        let mut data = CollectedTriples::new(Arc::clone(&self.predicate_filter));
        data.add(self.classes.iter().map(Quad::as_ref));
        data
    }

    /// Holds all shapes against the data: **all** quads of the graph must have been added, whatever
    /// their order; those that no shape can look at need not be.
    ///
    /// Of each constraint up to `keep` results are kept whole, the others are counted.
    ///
    /// # Errors
    /// There are more than four thousand million different terms, or no thread can be had.
    pub fn validate(
        &self,
        data: CollectedTriples,
        keep: u64,
    ) -> Result<ValidationReport, Diagnostic> {
        if self.is_empty() {
            return Ok(ValidationReport::default());
        }
        let failed = |message: &str| Diagnostic::new(Code::ShapeQuery, Place::default(), message);
        let graph = data
            .graph(self.constants())
            .ok_or_else(|| failed("the graph has too many terms to be validated"))?;
        on_large_stack("shapes", || validate::validate(&self.shapes, &graph, keep))
            .map_err(QueryError::into_diagnostic)
    }

    /// Terms that shapes name and that must have a number.
    fn constants(&self) -> impl Iterator<Item = &Term> {
        let targets = self
            .shapes
            .iter()
            .flat_map(|shape| &shape.targets)
            .filter_map(|target| match target {
                Target::Node(node) => Some(node),
                _ => None,
            });
        let parameters = self
            .shapes
            .iter()
            .flat_map(|shape| &shape.constraints)
            .filter_map(|constraint| match &constraint.check {
                Check::Query(query) => Some(query.terms()),
                _ => None,
            })
            .flatten();
        targets.chain(parameters)
    }
}
