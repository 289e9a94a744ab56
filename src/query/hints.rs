//! Why an answer is empty: constants of the query that the graph does not have.

use super::values::PropertyValues;
use super::visit::{Visitor, pattern_of, walk_pattern};
use crate::diagnostic::suggest;
use crate::store::Build;
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// What a reader of an empty answer should know, a sentence each. Of an answer that is not `empty`, only names that are
/// most likely misspelt: in `OPTIONAL` or `NOT EXISTS` they keep no row away. That a query which groups all rows into one
/// names what the graph does not have is worth a sentence too: it counts nothing.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn hints(
    query: &Query,
    build: &Build,
    empty: bool,
) -> civigraph_index::Result<Vec<String>> {
    let pattern = pattern_of(query);
    let mut constants = Constants::default();
    constants.pattern(pattern);
    if let Some(dataset) = query.dataset() {
        let graphs = dataset.default.iter().chain(dataset.named.iter().flatten());
        constants
            .graphs
            .extend(graphs.map(|it| it.as_str().to_owned()));
    }
    let counts_all = groups_all(pattern);
    let mut hints = Vec::new();
    for (named, names) in [
        (IriRole::Property, &constants.properties),
        (IriRole::Class, &constants.classes),
        (IriRole::Graph, &constants.graphs),
    ] {
        for name in names {
            let unknown = named.unknown(name, build)?;
            let said = unknown.filter(|unknown| empty || counts_all || unknown.is_like_another);
            hints.extend(said.map(|unknown| unknown.hint));
        }
    }
    if !empty {
        return Ok(hints);
    }
    let values = PropertyValues::of(build);
    for (predicate, literal) in &constants.objects {
        let hint = match (other_form(literal, build)?, predicate) {
            (None, Some(predicate)) => values.written_otherwise(predicate, literal)?,
            (hint, _) => hint,
        };
        hints.extend(hint);
    }
    hints.extend(values.compared_otherwise(pattern)?);
    Ok(hints)
}

/// Whether the solutions of a query are one group, so that there is one answer even if nothing is found.
fn groups_all(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Group { variables, .. } => variables.is_empty(),
        GraphPattern::Project { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Filter { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => groups_all(inner),
        _ => false,
    }
}

/// The constants of a query, by their places.
#[derive(Default)]
struct Constants {
    properties: BTreeSet<String>,
    classes: BTreeSet<String>,
    graphs: BTreeSet<String>,
    /// Literals in the place of objects, with their properties.
    objects: Vec<(Option<NamedNode>, Literal)>,
}

impl Constants {
    fn triple(&mut self, triple: &TriplePattern) {
        let NamedNodePattern::NamedNode(predicate) = &triple.predicate else {
            self.object(None, &triple.object);
            return;
        };
        self.properties.insert(predicate.as_str().to_owned());
        if *predicate == rdf::TYPE
            && let TermPattern::NamedNode(class) = &triple.object
        {
            self.classes.insert(class.as_str().to_owned());
        }
        self.object(Some(predicate), &triple.object);
    }

    fn object(&mut self, predicate: Option<&NamedNode>, object: &TermPattern) {
        if let TermPattern::Literal(literal) = object {
            let found = (predicate.cloned(), literal.clone());
            if !self.objects.contains(&found) {
                self.objects.push(found);
            }
        }
    }

    fn path(&mut self, path: &PropertyPathExpression) {
        match path {
            PropertyPathExpression::NamedNode(node) => {
                self.properties.insert(node.as_str().to_owned());
            }
            PropertyPathExpression::Reverse(inner)
            | PropertyPathExpression::OneOrMore(inner)
            // Nothing is needed of these.
            | PropertyPathExpression::ZeroOrMore(inner)
            | PropertyPathExpression::ZeroOrOne(inner) => self.path(inner),
            PropertyPathExpression::Sequence(one, other)
            | PropertyPathExpression::Alternative(one, other) => {
                self.path(one);
                self.path(other);
            }
            PropertyPathExpression::NegatedPropertySet(_) => {}
        }
    }
}

impl Visitor for Constants {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                patterns.iter().for_each(|triple| self.triple(triple))
            }
            GraphPattern::Path { path, object, .. } => {
                self.path(path);
                self.object(None, object);
            }
            GraphPattern::Graph {
                name: NamedNodePattern::NamedNode(graph),
                ..
            } => {
                self.graphs.insert(graph.as_str().to_owned());
            }
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

/// A name that nothing in the graph has.
struct UnknownName {
    hint: String,
    /// Whether another name is spelled much the same.
    is_like_another: bool,
}

/// What an IRI of a query names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IriRole {
    Property,
    Class,
    Graph,
}

impl IriRole {
    /// Says that nothing has a name, and which name there is that is spelled much the same.
    fn unknown(self, name: &str, build: &Build) -> civigraph_index::Result<Option<UnknownName>> {
        if self.is_there(name, build)? {
            return Ok(None);
        }
        let prefixes = &build.manifest().about.prefixes;
        let shown = prefixes.shorten(name);
        let what = match self {
            Self::Property => "property",
            Self::Class => "class",
            Self::Graph => "graph",
        };
        if !matches!(self, Self::Graph) && is_declared(name, build)? {
            return Ok(Some(UnknownName {
                hint: format!(
                    "nothing in the graph has the {what} `{shown}`, which the ontology declares"
                ),
                is_like_another: false,
            }));
        }
        let others: Vec<String> = self
            .known(build)
            .into_iter()
            .map(|iri| prefixes.shorten(iri))
            .collect();
        let near = suggest::hint(&shown, others.iter().map(String::as_str));
        let is_like_another = near.is_some();
        let near = near.map_or_else(String::new, |near| format!("; {near}"));
        let hint = match self {
            Self::Graph => format!("no such graph: `{shown}`{near}"),
            _ => format!("nothing in the graph has the {what} `{shown}`{near}"),
        };
        Ok(Some(UnknownName {
            hint,
            is_like_another,
        }))
    }

    fn is_there(self, name: &str, build: &Build) -> civigraph_index::Result<bool> {
        let node = NamedNode::new_unchecked(name);
        let node = node.as_ref();
        let index = build.index();
        let mut quads = match self {
            Self::Property => index.quads_for_pattern(None, Some(node), None, None),
            Self::Class => index.quads_for_pattern(None, Some(rdf::TYPE), Some(node.into()), None),
            Self::Graph => index.quads_for_pattern(None, None, None, Some(node.into())),
        };
        quads.next().transpose().map(|quad| quad.is_some())
    }

    /// The names of this kind that the manifest counts.
    fn known(self, build: &Build) -> BTreeSet<&str> {
        let graphs = &build.manifest().statistics.graphs;
        let names: Vec<&String> = match self {
            Self::Property => graphs
                .values()
                .flat_map(|graph| graph.properties.keys())
                .collect(),
            Self::Class => graphs
                .values()
                .flat_map(|graph| graph.classes.keys())
                .collect(),
            // The default graph has no name.
            Self::Graph => graphs.keys().filter(|name| !name.is_empty()).collect(),
        };
        names.into_iter().map(String::as_str).collect()
    }
}

/// Whether the graph says anything of a name itself.
fn is_declared(name: &str, build: &Build) -> civigraph_index::Result<bool> {
    let node = NamedNode::new_unchecked(name);
    let mut quads = build
        .index()
        .quads_for_pattern(Some(node.as_ref().into()), None, None, None);
    quads.next().transpose().map(|quad| quad.is_some())
}

/// Says how a value is written in the graph, where it is not written as in the query.
fn other_form(literal: &Literal, build: &Build) -> civigraph_index::Result<Option<String>> {
    let index = build.index();
    let term = literal.as_ref().into();
    let exact = index
        .quads_for_pattern(None, None, Some(term), None)
        .next()
        .transpose()?;
    if exact.is_some() {
        return Ok(None);
    }
    let others = index.same_value(literal, 3)?;
    if others.is_empty() {
        return Ok(None);
    }
    let forms: Vec<String> = others.iter().map(|other| format!("`{other}`")).collect();
    Ok(Some(format!(
        "no object is written `{}`; the graph has the value as {}: a pattern matches terms as they are written, \
         `FILTER(?o = {})` compares values",
        literal,
        forms.join(", "),
        literal.value()
    )))
}
