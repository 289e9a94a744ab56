//! Rule files: read, parsed and checked.

use super::body::{Body, BodyRefusal, check_head, place};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::query::{self, QueryLimits, RegularExpressions, StoredQuery};
use crate::store::Prefixes;
use spargebra::Query;
use spargebra::term::TriplePattern;
use std::collections::BTreeMap;
use std::path::Path;

/// A rule: what follows (its head) from what (its body).
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: the file's, without `.rq`.
    pub name: String,
    /// The file, as the user knows it.
    pub file: String,
    /// Title by language tag, from the comment header.
    pub title: BTreeMap<String, String>,
    /// Description by language tag.
    pub description: BTreeMap<String, String>,
    pub(super) head: Vec<TriplePattern>,
    pub(super) body: Body,
    pub(super) regular: RegularExpressions,
}

/// The rules of a project, in order of their files' names.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    pub(super) rules: Vec<Rule>,
}

impl Rules {
    /// Reads the `*.rq` files of a folder; one that is not there has none. What is wrong with a file
    /// becomes a diagnostic, and the others are read all the same.
    pub fn read(folder: &Path, prefixes: &Prefixes, diagnostics: &mut Diagnostics) -> Self {
        let shown = format!("{}/", folder.display());
        let mut rules = Vec::new();
        for query in StoredQuery::read_all(folder, &shown, diagnostics) {
            match rule(query, prefixes) {
                Ok(rule) => rules.push(rule),
                Err(diagnostic) => diagnostics.push(*diagnostic),
            }
        }
        Self { rules }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rules, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// A rule by its index in [`Inference`](super::Inference).
    pub fn get(&self, index: usize) -> Option<&Rule> {
        self.rules.get(index)
    }
}

fn rule(query: StoredQuery, prefixes: &Prefixes) -> Result<Rule, Box<Diagnostic>> {
    let StoredQuery {
        name,
        file,
        text,
        header,
    } = query;
    let wrong = |word: &str, message: String| {
        Box::new(Diagnostic::new(
            Code::Rule,
            place(&text, &file, word),
            message,
        ))
    };
    if let Some(parameter) = header.parameters.first() {
        let message = "a rule cannot have parameters".to_owned();
        let mut diagnostic = wrong("", message);
        diagnostic.place.line = parameter.line;
        return Err(diagnostic);
    }
    let parsed = query::parse(&text, &file, prefixes, &QueryLimits::default())
        .map_err(|error| Box::new(error.into_diagnostic()))?;
    // Heads and premises are compared with facts, whose language tags have one case.
    let tags = civigraph_sparql::Options {
        language_tags: true,
        ..civigraph_sparql::Options::none()
    };
    let parsed = civigraph_sparql::prepare(parsed, &tags, &|_| true);
    let (head, dataset, pattern) = match parsed {
        Query::Construct {
            template,
            dataset,
            pattern,
            ..
        } => (template, dataset, pattern),
        other => {
            let form = match other {
                Query::Select { .. } => "SELECT",
                Query::Describe { .. } => "DESCRIBE",
                _ => "ASK",
            };
            let message = format!("a rule is a CONSTRUCT query, not {form}");
            return Err(wrong(form, message));
        }
    };
    if dataset.is_some() {
        let message = "a rule can read only the default graph and inferred triples";
        return Err(wrong("FROM", message.to_owned()));
    }
    let refused = |refusal: BodyRefusal| Box::new(refusal.at(&text, &file));
    let mut body = Body::of(&pattern).map_err(refused)?;
    let regular =
        RegularExpressions::rewrite(&mut body.pattern).map_err(|why| wrong("REGEX", why))?;
    if let Some(diagnostic) = check_head(&head, &body, &text, &file) {
        return Err(Box::new(diagnostic));
    }
    Ok(Rule {
        name,
        file,
        title: header.title,
        description: header.description,
        head,
        body,
        regular,
    })
}
