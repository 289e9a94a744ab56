//! What a query answers, with what its first rows rest on.

use super::AssistantAnswer;
use super::evidence::{self, Evidence};
use super::patterns::{SolutionBindings, patterns, triple};
use super::term::of_json;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::error::Error;
use crate::export::DumpFormat;
use crate::query::{
    self, AnswerFormat, AnswerKind, AnswerStart, AnswerStyle, AnswerSummary, Request, ResultPage,
    printable, term_text,
};
use crate::store::{Build, graph_iri};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, QuadRef, Term};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::sync::Arc;

/// Bytes of an answer before it is made shorter for a model.
const BYTES: usize = 2 << 20;

/// Rows or triples whose evidence is looked for.
const CHECKED: usize = 20;

/// Triples whose evidence is looked for.
const TRIPLES: usize = 60;

/// A query, and which part of its answer is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QueryRequest {
    /// The query.
    pub request: Request,
    /// Rows before the first that is wanted.
    pub offset: usize,
    /// Rows or triples that are wanted.
    pub rows: usize,
    /// Whether to say which cells, claims and documents the first rows rest on.
    pub evidence: bool,
}

impl QueryRequest {
    pub(super) fn answer(&self, build: &Arc<Build>) -> Result<AssistantAnswer, Error> {
        let mut request = self.request.clone();
        // One more shows whether there are more.
        request.page = Some(ResultPage {
            offset: self.offset,
            rows: self.rows.saturating_add(1),
        });
        request.limits.rows = Some(self.rows as u64);
        let style = AnswerStyle {
            format: Some(AnswerFormat::Json),
            graph_format: Some(DumpFormat::NTriples),
            ..AnswerStyle::default()
        };
        let mut kind = AnswerKind::Solutions;
        let mut start = |start: AnswerStart| {
            kind = start.kind;
            Ok(())
        };
        let mut out = Capped::default();
        let answered = query::run_with(build, &request, &style, &mut start, &mut out);
        if out.exceeded {
            return Err(Diagnostic::new(
                Code::QueryLimit,
                Place::file(request.file.as_str()),
                format!("the answer has more than {BYTES} bytes"),
            )
            .with_hint("ask for fewer rows or shorter values")
            .into());
        }
        let answered = answered?;
        let evidence = Evidence::new(build, "en");
        let (mut data, mut text, triples) = match kind {
            AnswerKind::Truth => truth(&answered),
            AnswerKind::Solutions => self.solutions(build, &request, &evidence, &out.bytes)?,
            AnswerKind::Graph => graph(&out.bytes),
        };
        data.insert("complete".to_owned(), json!(answered.complete));
        if !answered.complete {
            text.push_str("… there is more: ask for it with `offset`, or narrow the query\n");
        }
        if !answered.hints.is_empty() {
            data.insert("hints".to_owned(), json!(answered.hints));
            for hint in &answered.hints {
                text.push_str(&format!("hint: {hint}\n"));
            }
        }
        if self.evidence {
            let (found, notes) = rest_on(build, &evidence, triples)?;
            data.insert("evidence".to_owned(), found.into());
            if !notes.is_empty() {
                text.push_str(&format!("\nRests on:\n  {}\n", notes.join("\n  ")));
            }
        }
        Ok(AssistantAnswer {
            data: Value::Object(data),
            text,
        })
    }

    fn solutions(
        &self,
        build: &Build,
        request: &Request,
        evidence: &Evidence<'_>,
        bytes: &[u8],
    ) -> Result<RenderedAnswer, Error> {
        let about = &build.manifest().about;
        let prefixes = &about.prefixes;
        let answer: Value = serde_json::from_slice(bytes)
            .map_err(|error| Error::io("answer".as_ref(), "read", error.into()))?;
        let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
        let columns = list(answer.pointer("/head/vars")).unwrap_or_default();
        let rows = list(answer.pointer("/results/bindings")).unwrap_or_default();
        let columns: Vec<&str> = columns.iter().filter_map(Value::as_str).collect();
        let mut text = format!("{}\n", columns.join("\t"));
        let mut labels = Map::new();
        let mut known = Vec::new();
        for row in &rows {
            let mut values = SolutionBindings::new();
            let cells = columns.iter().map(|&column| {
                let Some(term) = row.get(column).and_then(of_json) else {
                    return String::new();
                };
                if let Term::NamedNode(node) = &term
                    && let Some(label) = evidence.labels().of(node.as_str())
                {
                    labels.insert(node.as_str().to_owned(), label.into());
                }
                let shown = term_text(term.as_ref(), prefixes, Some(evidence.labels()));
                values.insert(column.to_owned(), term);
                printable(&shown).replace('\t', " ")
            });
            let cells: Vec<String> = cells.collect();
            text.push_str(&format!("{}\n", cells.join("\t")));
            known.push(values);
        }
        if rows.is_empty() {
            text.push_str("(no rows)\n");
        }
        let mut triples = Vec::new();
        if self.evidence && !rows.is_empty() {
            let patterns = query::inspect(request, prefixes, &about.base, patterns)?;
            for (number, row) in known.iter().take(CHECKED).enumerate() {
                for pattern in &patterns {
                    if let Some((subject, predicate, object)) = triple(pattern, row) {
                        triples.push(SupportingTriple {
                            row: Some(number + self.offset),
                            subject,
                            predicate,
                            object,
                        });
                    }
                }
            }
        }
        let data = [
            ("kind", json!("rows")),
            ("columns", json!(columns)),
            ("rows", rows.into()),
            ("labels", labels.into()),
        ];
        let data = data.map(|(key, value)| (key.to_owned(), value));
        Ok((data.into_iter().collect(), text, triples))
    }
}

/// An answer for programs and in words, and the triples that it shows or rests on.
type RenderedAnswer = (Map<String, Value>, String, Vec<SupportingTriple>);

/// A triple that an answer shows or rests on.
struct SupportingTriple {
    /// The row of the answer, from 0.
    row: Option<usize>,
    subject: NamedNode,
    predicate: NamedNode,
    object: Term,
}

fn truth(answered: &AnswerSummary) -> RenderedAnswer {
    let truth = answered.truth.unwrap_or_default();
    let mut data = Map::new();
    data.insert("kind".to_owned(), json!("truth"));
    data.insert("truth".to_owned(), json!(truth));
    let text = if truth { "yes\n" } else { "no\n" };
    (data, text.to_owned(), Vec::new())
}

fn graph(bytes: &[u8]) -> RenderedAnswer {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let mut data = Map::new();
    data.insert("kind".to_owned(), json!("triples"));
    data.insert("triples".to_owned(), json!(lines));
    let mut triples = Vec::new();
    let parsed =
        RdfParser::from_format(RdfFormat::NTriples).for_reader(Box::new(bytes) as Box<dyn Read>);
    for quad in parsed.filter_map(Result::ok).take(CHECKED) {
        if let NamedOrBlankNode::NamedNode(subject) = quad.subject {
            triples.push(SupportingTriple {
                row: None,
                subject,
                predicate: quad.predicate,
                object: quad.object,
            });
        }
    }
    (data, text, triples)
}

/// The evidence of the triples that are in the graph, each once, for programs and in words.
fn rest_on(
    build: &Build,
    evidence: &Evidence<'_>,
    triples: Vec<SupportingTriple>,
) -> Result<(Vec<Value>, Vec<String>), Error> {
    let about = &build.manifest().about;
    let inferred = GraphName::from(NamedNode::new_unchecked(graph_iri(&about.base, "inferred")));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut notes = Vec::new();
    for triple in triples {
        let (subject, predicate, object) = (&triple.subject, &triple.predicate, &triple.object);
        let is_in = |graph: &GraphName| {
            let quad = QuadRef::new(subject, predicate, object, graph);
            let contains = build.index().contains(quad);
            contains.map_err(|error| crate::describe::unreadable(build, &error))
        };
        if found.len() >= TRIPLES || !(is_in(&GraphName::DefaultGraph)? || is_in(&inferred)?) {
            continue;
        }
        let written = format!("{subject} {predicate} {object}");
        if !seen.insert((triple.row, written.clone())) {
            continue;
        }
        let mut one = Map::new();
        if let Some(row) = triple.row {
            one.insert("row".to_owned(), json!(row));
        }
        let terms = [
            ("subject", subject.to_string()),
            ("predicate", predicate.to_string()),
            ("object", object.to_string()),
        ];
        one.extend(terms.map(|(key, term)| (key.to_owned(), term.into())));
        let rests = evidence.of(subject, predicate, object)?;
        if let Some(text) = evidence::text(&rests) {
            let shown = |term: &Term| term_text(term.as_ref(), &about.prefixes, None);
            notes.push(format!(
                "{} {} {}: {text}",
                about.prefixes.shorten(subject.as_str()),
                about.prefixes.shorten(predicate.as_str()),
                printable(&shown(object))
            ));
        }
        one.extend(rests);
        found.push(Value::Object(one));
    }
    notes.dedup();
    Ok((found, notes))
}

/// An answer that must not grow too long.
#[derive(Default)]
struct Capped {
    bytes: Vec<u8>,
    exceeded: bool,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > BYTES {
            self.exceeded = true;
            return Err(io::Error::other("the answer is too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
