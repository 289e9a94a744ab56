//! The property `cg:search`: things found by the words of their labels and texts.
//!
//! | pattern | what it finds |
//! |---|---|
//! | `?thing cg:search "words"` | things that have all words in one text |
//! | `?thing cg:search "words"@ru` | the same in texts of a language |
//! | `(?thing ?score) cg:search ("words" 20)` | the best of them, with scores from 0 to 1 |
//!
//! Words are found in any case and grammatical form, as the beginnings of words, in the other script and with
//! typing errors. The text index of the build is asked before the query is evaluated: the triple becomes a table
//! of values (`VALUES`) that is joined with the rest, so nothing is scanned. The words are therefore a constant, or
//! a parameter of a stored query. The namespace is the project's own: its base and `ns#`.

use super::lineage_functions::NAMESPACE;
use super::visit::{VisitorMut, pattern_of_mut, walk_pattern_mut};
use crate::diagnostic::{Code, Diagnostic, HintAction, Place};
use crate::query::QueryError;
use crate::store::{Build, text_error};
use civigraph_text::{TextIndex, TextQuery};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, Variable};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern};

/// Name of the property after the namespace.
const NAME: &str = "search";

/// Things that a search finds at most, and where the query does not say how many it wants.
const MOST: usize = 10_000;

/// Puts the things that are found in the place of the triples that search for them.
///
/// Recurses with the depth of the query: call it on a large stack.
///
/// # Errors
/// What is searched for is not a constant ([`Code::QueryFunction`]), or the text index is missing or damaged.
pub(super) fn rewrite(query: &mut Query, build: &Build, file: &str) -> Result<(), QueryError> {
    let mut rewriting = SearchRewriting {
        property: format!("{}{NAMESPACE}{NAME}", build.manifest().about.base),
        build,
        file,
        failure: None,
    };
    let pattern = pattern_of_mut(query);
    rewriting.pattern(pattern);
    rewriting.failure.map_or(Ok(()), Err)
}

struct SearchRewriting<'a> {
    property: String,
    build: &'a Build,
    file: &'a str,
    /// The first failure.
    failure: Option<QueryError>,
}

/// A search, taken out of its triples.
struct TextSearch {
    subject: SearchSubject,
    score: Option<Variable>,
    words: Literal,
    limit: usize,
}

/// What a search is to find.
enum SearchSubject {
    Any(Variable),
    /// One thing, of which is asked whether it is found.
    One(NamedNode),
}

impl VisitorMut for SearchRewriting<'_> {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                if let Err(error) = self.basic(patterns).map(|tables| join(tables, pattern)) {
                    self.failure.get_or_insert(error);
                }
            }
            GraphPattern::Path { path, .. } if self.is_in(path) => {
                let refusal = self.refusal("`search` is part of a property path");
                self.failure.get_or_insert(
                    refusal
                        .with_hint("search for `?thing` in a triple of its own")
                        .into(),
                );
            }
            _ => walk_pattern_mut(self, pattern),
        }
    }
}

/// Joins tables with what is left of a basic graph pattern.
fn join(tables: Vec<GraphPattern>, pattern: &mut GraphPattern) {
    for table in tables {
        let rest = std::mem::take(pattern);
        *pattern = match rest {
            GraphPattern::Bgp { patterns } if patterns.is_empty() => table,
            rest => GraphPattern::Join {
                left: Box::new(table),
                right: Box::new(rest),
            },
        };
    }
}

impl SearchRewriting<'_> {
    /// Takes the searches out of a basic graph pattern.
    fn basic(&self, patterns: &mut Vec<TriplePattern>) -> Result<Vec<GraphPattern>, QueryError> {
        let mut tables = Vec::new();
        while let Some(at) = patterns.iter().position(|triple| self.is_search(triple)) {
            let triple = patterns.remove(at);
            let search = self.search(&triple, patterns)?;
            tables.push(self.table(search)?);
        }
        Ok(tables)
    }

    fn is_search(&self, triple: &TriplePattern) -> bool {
        matches!(&triple.predicate, NamedNodePattern::NamedNode(node) if node.as_str() == self.property)
    }

    /// Whether the property is in a path.
    fn is_in(&self, path: &PropertyPathExpression) -> bool {
        match path {
            PropertyPathExpression::NamedNode(node) => node.as_str() == self.property,
            PropertyPathExpression::NegatedPropertySet(_) => false,
            PropertyPathExpression::Reverse(path)
            | PropertyPathExpression::ZeroOrMore(path)
            | PropertyPathExpression::OneOrMore(path)
            | PropertyPathExpression::ZeroOrOne(path) => self.is_in(path),
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                self.is_in(a) || self.is_in(b)
            }
        }
    }

    /// Reads a search, and takes the triples of its lists away.
    fn search(
        &self,
        triple: &TriplePattern,
        others: &mut Vec<TriplePattern>,
    ) -> Result<TextSearch, QueryError> {
        let subjects = items(&triple.subject, others);
        let objects = items(&triple.object, others);
        let subject = |term: &TermPattern| match term {
            TermPattern::Variable(variable) => Ok(SearchSubject::Any(variable.clone())),
            TermPattern::NamedNode(node) => Ok(SearchSubject::One(node.clone())),
            _ => Err(self
                .refusal("what `search` is to find is neither a variable nor an IRI")
                .with_found(term.to_string())),
        };
        let (subject, score) = match subjects.as_slice() {
            [one] => (subject(one)?, None),
            [one, TermPattern::Variable(score)] => (subject(one)?, Some(score.clone())),
            _ => {
                return Err(self
                    .refusal("the list before `search` is not a thing and a score")
                    .with_expected("`?thing` or `(?thing ?score)`")
                    .into());
            }
        };
        let constant = |term: &TermPattern| {
            match term {
            TermPattern::Literal(words) => Ok(words.clone()),
            _ => Err(self
                .refusal("what `search` is to look for is not a constant text")
                .with_found(term.to_string())
                .with_hint("write the words in quotation marks; a parameter of a stored query is a constant too")),
        }
        };
        let (words, limit) = match objects.as_slice() {
            [words] => (constant(words)?, MOST),
            [words, TermPattern::Literal(limit)] => (constant(words)?, self.limit(limit)?),
            _ => {
                return Err(self
                    .refusal("the list after `search` is not a text and a number")
                    .with_expected("`\"words\"` or `(\"words\" 20)`")
                    .into());
            }
        };
        Ok(TextSearch {
            subject,
            score,
            words,
            limit,
        })
    }

    fn limit(&self, limit: &Literal) -> Result<usize, QueryError> {
        let number = limit.value().parse().ok();
        match number.filter(|number| (1..=MOST).contains(number)) {
            Some(number) if limit.datatype() == xsd::INTEGER => Ok(number),
            _ => Err(self
                .refusal("that many things cannot be searched for")
                .with_found(limit.value())
                .with_expected(format!("a number from 1 to {MOST}"))
                .into()),
        }
    }

    /// The things that a search finds.
    fn table(&self, search: TextSearch) -> Result<GraphPattern, QueryError> {
        let found = self.find(self.text()?, &search)?;
        let mut variables = Vec::new();
        variables.extend(match &search.subject {
            SearchSubject::Any(variable) => Some(variable.clone()),
            SearchSubject::One(_) => None,
        });
        let score = search.score.filter(|score| !variables.contains(score));
        variables.extend(score.clone());
        let bindings = found
            .into_iter()
            .filter(|(iri, _)| match &search.subject {
                SearchSubject::Any(_) => true,
                SearchSubject::One(node) => node.as_str() == iri,
            })
            .map(|(iri, number)| {
                let subject = match &search.subject {
                    SearchSubject::Any(_) => Some(GroundTerm::from(NamedNode::new_unchecked(iri))),
                    SearchSubject::One(_) => None,
                };
                let score = score.as_ref().map(|_| Literal::from(number).into());
                subject.into_iter().chain(score).map(Some).collect()
            })
            .collect();
        Ok(GraphPattern::Values {
            variables,
            bindings,
        })
    }

    fn find(
        &self,
        text: &TextIndex,
        search: &TextSearch,
    ) -> Result<Vec<(String, f64)>, QueryError> {
        let query = TextQuery {
            languages: search
                .words
                .language()
                .map(str::to_owned)
                .into_iter()
                .collect(),
            limit: search.limit,
            ..TextQuery::new(search.words.value())
        };
        let subjects = text.subjects(&query).map_err(|error| text_error(&error))?;
        let subjects = subjects.into_iter();
        Ok(subjects
            .map(|subject| (subject.iri, subject.score))
            .collect())
    }

    fn text(&self) -> Result<&TextIndex, QueryError> {
        self.build.text()?.ok_or_else(|| {
            self.refusal("`search` needs a text index, and this build has none")
                .with_hint(HintAction::BuildTextIndex)
                .into()
        })
    }

    fn refusal(&self, message: &str) -> Diagnostic {
        Diagnostic::new(Code::QueryFunction, Place::file(self.file), message)
    }
}

/// The items of a list, whose triples are taken away; a term that is not a list is the only item.
fn items(term: &TermPattern, triples: &mut Vec<TriplePattern>) -> Vec<TermPattern> {
    if matches!(term, TermPattern::NamedNode(node) if *node == rdf::NIL) {
        return Vec::new();
    }
    let mut items = Vec::new();
    let mut cell = term.clone();
    while let TermPattern::BlankNode(node) = &cell {
        let (Some(first), Some(rest)) = (
            take(node, rdf::FIRST, triples),
            take(node, rdf::REST, triples),
        ) else {
            break;
        };
        items.push(first);
        cell = rest;
    }
    if items.is_empty() {
        items.push(cell);
    }
    items
}

/// Takes away the triple of a cell of a list, and gives its object.
fn take(
    cell: &BlankNode,
    property: NamedNodeRef<'_>,
    triples: &mut Vec<TriplePattern>,
) -> Option<TermPattern> {
    let at = triples.iter().position(|triple| {
        matches!(&triple.subject, TermPattern::BlankNode(node) if node == cell)
            && matches!(&triple.predicate, NamedNodePattern::NamedNode(node) if *node == property)
    })?;
    Some(triples.remove(at).object)
}
