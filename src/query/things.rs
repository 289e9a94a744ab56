//! Why an answer is empty: things that a query names and that nothing is said of, or that are of another kind than
//! it asks about.
//!
//! Only what must hold for any row is looked at: not the right side of `OPTIONAL` and `MINUS`, no filters, and of a
//! `UNION` what all its sides lack. A side that asks only for labels does not count, since everything has a label: a
//! dossier of a person that has nothing but the name of a city is empty as well.

use super::visit::{Visitor, pattern_of, walk_pattern};
use crate::diagnostic::suggest;
use crate::labels::LABEL_PROPERTIES;
use crate::store::Build;
use civigraph_index::{Index, Result};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Quads that are looked at to see of which classes things with a property are.
const SAMPLE: usize = 200;

/// Classes that a hint names.
const CLASSES: usize = 3;

/// Things of one kind among which a slip is looked for.
const ALIKE: usize = 20_000;

/// What keeps things that the pattern of a query names from being in any row, a sentence for each. Of an answer that
/// is not `empty`, only things of another kind than the query asks about are worth a sentence.
pub(super) fn hints(query: &Query, build: &Build, empty: bool) -> Result<Vec<String>> {
    let pattern = pattern_of(query);
    let mut things = QueryIris::default();
    things.pattern(pattern);
    if matches!(query, Query::Describe { .. }) {
        things.described(pattern);
    }
    let graph = GraphReader { build };
    let mut hints = Vec::new();
    for thing in &things.0 {
        if !graph.is_there(thing)? {
            if empty {
                hints.push(graph.unknown(thing)?);
            }
        } else if let Some(misfit) = graph.misfit(pattern, thing)? {
            hints.extend(graph.sentence(thing, &misfit, empty)?);
        }
    }
    Ok(hints)
}

/// IRIs at the ends of triples and paths.
#[derive(Default)]
struct QueryIris(BTreeSet<NamedNode>);

impl QueryIris {
    fn add(&mut self, term: &TermPattern) {
        if let TermPattern::NamedNode(node) = term {
            self.0.insert(node.clone());
        }
    }
}

impl QueryIris {
    /// Things that a `DESCRIBE` names: they are values of variables.
    fn described(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Extend {
                inner, expression, ..
            } => {
                if let Expression::NamedNode(node) = expression {
                    self.0.insert(node.clone());
                }
                self.described(inner);
            }
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.described(inner),
            _ => {}
        }
    }
}

impl Visitor for QueryIris {
    fn pattern(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    self.add(&triple.subject);
                    // Classes are looked at elsewhere.
                    if !is_type(&triple.predicate) {
                        self.add(&triple.object);
                    }
                }
            }
            GraphPattern::Path {
                subject, object, ..
            } => {
                self.add(subject);
                self.add(object);
            }
            // What need not hold keeps no row away.
            GraphPattern::LeftJoin { left, .. } | GraphPattern::Minus { left, .. } => {
                return self.pattern(left);
            }
            GraphPattern::Filter { expr, inner } => {
                if let Expression::Equal(one, other) = expr
                    && let (Expression::Variable(_), Expression::NamedNode(node))
                    | (Expression::NamedNode(node), Expression::Variable(_)) =
                        (one.as_ref(), other.as_ref())
                {
                    self.0.insert(node.clone());
                }
                return self.pattern(inner);
            }
            GraphPattern::Extend { inner, .. } => return self.pattern(inner),
            GraphPattern::Values { bindings, .. } => {
                if let [row] = bindings.as_slice() {
                    let nodes = row.iter().filter_map(|term| match term {
                        Some(GroundTerm::NamedNode(node)) => Some(node.clone()),
                        _ => None,
                    });
                    self.0.extend(nodes);
                }
            }
            _ => {}
        }
        walk_pattern(self, pattern);
    }
}

fn is_type(predicate: &NamedNodePattern) -> bool {
    matches!(predicate, NamedNodePattern::NamedNode(node) if *node == rdf::TYPE)
}

/// What a thing lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum MissingStatement {
    /// Any value of a property.
    Subject(NamedNode),
    /// To be a value of a property.
    Object(NamedNode),
    /// A class.
    Class(NamedNode),
}

/// The classes of the things at one end of a property.
struct UsualClasses {
    classes: Vec<NamedNode>,
    /// One of the things.
    example: Option<NamedNode>,
}

/// Whether a pattern asks for nothing but labels.
fn asks_for_labels(pattern: &GraphPattern) -> bool {
    let GraphPattern::Bgp { patterns } = pattern else {
        return false;
    };
    !patterns.is_empty()
        && patterns.iter().all(|triple| {
            matches!(&triple.predicate, NamedNodePattern::NamedNode(property)
                if LABEL_PROPERTIES.iter().any(|label| property == label))
        })
}

struct GraphReader<'b> {
    build: &'b Build,
}

impl GraphReader<'_> {
    fn index(&self) -> &Index {
        self.build.index()
    }

    fn any(
        &self,
        subject: Option<NamedNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<NamedNodeRef<'_>>,
    ) -> Result<bool> {
        let subject = subject.map(Into::into);
        let mut quads =
            self.index()
                .quads_for_pattern(subject, predicate, object.map(Into::into), None);
        quads.next().transpose().map(|quad| quad.is_some())
    }

    fn is_there(&self, thing: &NamedNode) -> Result<bool> {
        let thing = Some(thing.as_ref());
        Ok(self.any(thing, None, None)? || self.any(None, None, thing)?)
    }

    /// The first thing that a pattern asks of `thing` and that it does not have.
    fn misfit(
        &self,
        pattern: &GraphPattern,
        thing: &NamedNode,
    ) -> Result<Option<MissingStatement>> {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    if let Some(misfit) = self.triple(triple, thing)? {
                        return Ok(Some(misfit));
                    }
                }
                Ok(None)
            }
            GraphPattern::Path {
                subject,
                path,
                object,
            } => {
                let is_it = |term: &TermPattern| matches!(term, TermPattern::NamedNode(node) if node == thing);
                if is_it(subject)
                    && let Some(misfit) = self.path(path, thing, true)?
                {
                    return Ok(Some(misfit));
                }
                match is_it(object) {
                    true => self.path(path, thing, false),
                    false => Ok(None),
                }
            }
            GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
                match self.misfit(left, thing)? {
                    None => self.misfit(right, thing),
                    misfit => Ok(misfit),
                }
            }
            GraphPattern::Union { left, right } if asks_for_labels(left) => {
                self.misfit(right, thing)
            }
            GraphPattern::Union { left, right } if asks_for_labels(right) => {
                self.misfit(left, thing)
            }
            GraphPattern::Union { left, right } => {
                let misfit = self.misfit(left, thing)?;
                Ok(self.misfit(right, thing)?.and(misfit))
            }
            GraphPattern::LeftJoin { left: inner, .. }
            | GraphPattern::Minus { left: inner, .. }
            | GraphPattern::Filter { inner, .. }
            | GraphPattern::Extend { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Group { inner, .. }
            | GraphPattern::Graph { inner, .. } => self.misfit(inner, thing),
            GraphPattern::Values { .. } | GraphPattern::Service { .. } => Ok(None),
        }
    }

    fn triple(
        &self,
        triple: &TriplePattern,
        thing: &NamedNode,
    ) -> Result<Option<MissingStatement>> {
        let NamedNodePattern::NamedNode(predicate) = &triple.predicate else {
            return Ok(None);
        };
        let is_it =
            |term: &TermPattern| matches!(term, TermPattern::NamedNode(node) if node == thing);
        let node = Some(thing.as_ref());
        let property = Some(predicate.as_ref());
        if is_it(&triple.subject) {
            if *predicate == rdf::TYPE
                && let TermPattern::NamedNode(class) = &triple.object
            {
                let is = self.any(node, property, Some(class.as_ref()))?;
                return Ok((!is).then(|| MissingStatement::Class(class.clone())));
            }
            if !self.any(node, property, None)? {
                return Ok(Some(MissingStatement::Subject(predicate.clone())));
            }
        }
        let is_value = is_it(&triple.object) && *predicate != rdf::TYPE;
        if is_value && !self.any(None, property, node)? {
            return Ok(Some(MissingStatement::Object(predicate.clone())));
        }
        Ok(None)
    }

    /// What the end of a path lacks for its first step: a property if `forward`, else being a value.
    fn path(
        &self,
        path: &PropertyPathExpression,
        thing: &NamedNode,
        forward: bool,
    ) -> Result<Option<MissingStatement>> {
        let node = Some(thing.as_ref());
        match path {
            PropertyPathExpression::NamedNode(property) => {
                let name = Some(property.as_ref());
                Ok(if forward {
                    (!self.any(node, name, None)?)
                        .then(|| MissingStatement::Subject(property.clone()))
                } else {
                    (!self.any(None, name, node)?)
                        .then(|| MissingStatement::Object(property.clone()))
                })
            }
            PropertyPathExpression::Reverse(inner) => self.path(inner, thing, !forward),
            PropertyPathExpression::OneOrMore(inner) => self.path(inner, thing, forward),
            PropertyPathExpression::Sequence(first, last) => {
                // A step that may be skipped asks for nothing.
                self.path(if forward { first } else { last }, thing, forward)
            }
            PropertyPathExpression::Alternative(one, other) => {
                let misfit = self.path(one, thing, forward)?;
                Ok(self.path(other, thing, forward)?.and(misfit))
            }
            PropertyPathExpression::ZeroOrMore(_)
            | PropertyPathExpression::ZeroOrOne(_)
            | PropertyPathExpression::NegatedPropertySet(_) => Ok(None),
        }
    }

    /// What a thing lacks, in words; `None` where something else is to be said of it.
    fn sentence(
        &self,
        thing: &NamedNode,
        misfit: &MissingStatement,
        empty: bool,
    ) -> Result<Option<String>> {
        let name = self.name(thing.as_str());
        let short = |node: &NamedNode| self.build.manifest().about.prefixes.shorten(node.as_str());
        let own = self.classes_of(thing.as_ref())?;
        let is = own.first().map(|class| format!("a `{}`", short(class)));
        let property = match misfit {
            MissingStatement::Class(class) => {
                // What nothing has is reported already.
                if !self.any(None, Some(rdf::TYPE), Some(class.as_ref()))? {
                    return Ok(None);
                }
                let is = is.map_or_else(String::new, |is| format!(" but {is}"));
                return Ok(Some(format!("`{name}` is not a `{}`{is}", short(class))));
            }
            MissingStatement::Subject(property) | MissingStatement::Object(property) => property,
        };
        if !self.any(None, Some(property.as_ref()), None)? {
            return Ok(None);
        }
        let subject = matches!(misfit, MissingStatement::Subject(_));
        let usual = self.usual(property.as_ref(), subject)?;
        let same_kind = usual.classes.iter().any(|class| own.contains(class));
        if same_kind && !empty {
            return Ok(None);
        }
        let is = is.map_or_else(String::new, |is| format!(" ({is})"));
        let property = short(property);
        let mut sentence = if subject {
            format!("`{name}`{is} has no `{property}`")
        } else {
            format!("no `{property}` leads to `{name}`{is}")
        };
        if !same_kind && !usual.classes.is_empty() {
            let classes = usual.classes.iter().map(short);
            let classes: Vec<String> = classes.map(|class| format!("a `{class}`")).collect();
            let what = match subject {
                true => "it belongs to",
                false => "it leads to",
            };
            sentence += &format!("; {what} {}", classes.join(" or "));
            if let Some(example) = usual.example {
                sentence += &format!(", such as `{}`", self.name(example.as_str()));
            }
        }
        Ok(Some(sentence))
    }

    /// Of which classes the things are that have a property, or are its values.
    fn usual(&self, property: NamedNodeRef<'_>, subject: bool) -> Result<UsualClasses> {
        let mut seen: BTreeMap<NamedNode, Vec<NamedNode>> = BTreeMap::new();
        let mut example = None;
        let quads = self
            .index()
            .quads_for_pattern(None, Some(property), None, None);
        for quad in quads.take(SAMPLE) {
            let quad = quad?;
            let node = match (subject, quad.subject, quad.object) {
                (true, NamedOrBlankNode::NamedNode(node), _) => node,
                (false, _, Term::NamedNode(node)) => node,
                _ => continue,
            };
            if let Entry::Vacant(entry) = seen.entry(node) {
                let classes = self.classes_of(entry.key().as_ref())?;
                example.get_or_insert_with(|| entry.key().clone());
                entry.insert(classes);
            }
        }
        // The fewest classes that all of them are of, or nearly.
        let mut rest: Vec<&Vec<NamedNode>> = seen.values().filter(|it| !it.is_empty()).collect();
        let mut classes: Vec<NamedNode> = Vec::new();
        while !rest.is_empty() && classes.len() < CLASSES {
            let mut counts: BTreeMap<&NamedNode, usize> = BTreeMap::new();
            for class in rest.iter().copied().flatten() {
                *counts.entry(class).or_default() += 1;
            }
            let best = counts
                .into_iter()
                .max_by_key(|(class, count)| (*count, std::cmp::Reverse(self.members(class))));
            let Some(best) = best.map(|(class, _)| class.clone()) else {
                break;
            };
            rest.retain(|classes| !classes.contains(&best));
            classes.push(best);
        }
        Ok(UsualClasses { classes, example })
    }

    /// How many things are of a class.
    fn members(&self, class: &NamedNode) -> u64 {
        let graphs = self.build.manifest().statistics.graphs.values();
        graphs
            .filter_map(|graph| graph.classes.get(class.as_str()))
            .sum()
    }

    /// The classes of a thing, the narrowest first.
    fn classes_of(&self, thing: NamedNodeRef<'_>) -> Result<Vec<NamedNode>> {
        let quads = self
            .index()
            .quads_for_pattern(Some(thing.into()), Some(rdf::TYPE), None, None);
        let mut classes = Vec::new();
        for quad in quads.take(SAMPLE) {
            if let Term::NamedNode(class) = quad?.object
                && !classes.contains(&class)
            {
                classes.push(class);
            }
        }
        classes.sort_by_key(|class| self.members(class));
        Ok(classes)
    }

    /// Says that nothing is said of a thing, and which thing there is whose IRI is spelled much the same.
    fn unknown(&self, thing: &NamedNode) -> Result<String> {
        let name = self.name(thing.as_str());
        let others = self.beside(thing)?;
        let others: Vec<String> = others.iter().map(|other| self.name(other)).collect();
        let near = suggest::hint(&name, others.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; {near}"));
        Ok(format!("the graph says nothing of `{name}`{near}"))
    }

    /// The subjects whose IRIs are the same up to the last `/` or `#`.
    fn beside(&self, thing: &NamedNode) -> Result<Vec<String>> {
        let iri = thing.as_str();
        let Some(end) = iri.rfind(['/', '#']) else {
            return Ok(Vec::new());
        };
        let start = iri.get(..=end).unwrap_or(iri);
        let first = NamedNodeRef::new_unchecked(start);
        let mut lines = self.index().lines_from(first.into())?;
        let mut found = Vec::new();
        while lines.next()?.is_some() && found.len() < ALIKE {
            if !lines.starts_subject() {
                continue;
            }
            let subject = lines.subject();
            let subject = std::str::from_utf8(subject).unwrap_or_default();
            let Some(subject) = subject
                .strip_prefix('<')
                .and_then(|it| it.strip_suffix('>'))
            else {
                break;
            };
            if !subject.starts_with(start) {
                break;
            }
            found.push(subject.to_owned());
        }
        Ok(found)
    }

    /// A thing as a user writes it.
    fn name(&self, iri: &str) -> String {
        let about = &self.build.manifest().about;
        match iri.strip_prefix(&format!("{}id/", about.base)) {
            Some(name) if name.contains('/') => name.to_owned(),
            _ => about.prefixes.shorten(iri),
        }
    }
}
