//! Why an answer is empty: constants of the query that the graph does not have.

use super::visit::{Visitor, walk_expression, walk_pattern};
use crate::diagnostic::suggest;
use crate::store::Build;
use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// What a reader of an empty answer should know, a sentence each.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn hints(query: &Query, build: &Build) -> civigraph_index::Result<Vec<String>> {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    let mut constants = Constants::default();
    constants.pattern(pattern);
    let known = Known::of(build);
    let mut hints = Vec::new();
    for property in &constants.properties {
        hints.extend(known.unknown("property", property, known.properties(), build)?);
    }
    for class in &constants.classes {
        hints.extend(known.unknown("class", class, known.classes(), build)?);
    }
    for graph in &constants.graphs {
        hints.extend(known.unknown("graph", graph, known.graphs(), build)?);
    }
    for literal in &constants.objects {
        hints.extend(other_form(literal, build)?);
    }
    Ok(hints)
}

/// The constants of a query, by their places.
#[derive(Default)]
struct Constants {
    properties: BTreeSet<String>,
    classes: BTreeSet<String>,
    graphs: BTreeSet<String>,
    objects: Vec<Literal>,
}

impl Constants {
    fn triple(&mut self, triple: &TriplePattern) {
        let NamedNodePattern::NamedNode(predicate) = &triple.predicate else {
            self.object(&triple.object);
            return;
        };
        self.properties.insert(predicate.as_str().to_owned());
        if *predicate == rdf::TYPE
            && let TermPattern::NamedNode(class) = &triple.object
        {
            self.classes.insert(class.as_str().to_owned());
        }
        self.object(&triple.object);
    }

    fn object(&mut self, object: &TermPattern) {
        if let TermPattern::Literal(literal) = object
            && !self.objects.contains(literal)
        {
            self.objects.push(literal.clone());
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
                self.object(object);
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

    fn expression(&mut self, expression: &Expression) {
        walk_expression(self, expression);
    }
}

/// The names that a build counts.
struct Known<'b> {
    build: &'b Build,
}

impl<'b> Known<'b> {
    fn of(build: &'b Build) -> Self {
        Self { build }
    }

    fn properties(&self) -> BTreeSet<&'b str> {
        let graphs = self.build.manifest().statistics.graphs.values();
        graphs
            .flat_map(|graph| graph.properties.keys())
            .map(String::as_str)
            .collect()
    }

    fn classes(&self) -> BTreeSet<&'b str> {
        let graphs = self.build.manifest().statistics.graphs.values();
        graphs
            .flat_map(|graph| graph.classes.keys())
            .map(String::as_str)
            .collect()
    }

    fn graphs(&self) -> BTreeSet<&'b str> {
        let names = self.build.manifest().statistics.graphs.keys();
        names
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .collect()
    }

    /// Says that nothing has a name, and which name there is that is spelled much the same.
    fn unknown(
        &self,
        what: &str,
        name: &str,
        known: BTreeSet<&str>,
        build: &Build,
    ) -> civigraph_index::Result<Option<String>> {
        if known.contains(name) || is_there(what, name, build)? {
            return Ok(None);
        }
        let prefixes = &build.manifest().about.prefixes;
        let shown = prefixes.shorten(name);
        let others: Vec<String> = known.iter().map(|iri| prefixes.shorten(iri)).collect();
        let near = suggest::hint(&shown, others.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; {near}"));
        Ok(Some(match what {
            "class" => format!("nothing in the graph has the class `{shown}`{near}"),
            "graph" => format!("there is no graph `{shown}`{near}"),
            _ => format!("nothing in the graph has the property `{shown}`{near}"),
        }))
    }
}

/// Whether the index has something of a name where the manifest does not count it.
fn is_there(what: &str, name: &str, build: &Build) -> civigraph_index::Result<bool> {
    let node = NamedNode::new_unchecked(name);
    let node = node.as_ref();
    let mut quads = match what {
        "class" => build
            .index()
            .quads_for_pattern(None, Some(rdf::TYPE), Some(node.into()), None),
        "graph" => build
            .index()
            .quads_for_pattern(None, None, None, Some(node.into())),
        _ => build
            .index()
            .quads_for_pattern(None, Some(node), None, None),
    };
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
