//! `civigraph why`: where a triple comes from.

use super::facts::Facts;
use super::failure::Failure;
use super::terminal::Terminal;
use super::{Global, Outcome};
use crate::claims::{Claim, Spans};
use crate::diagnostic::{Code, Place};
use crate::lineage::{self, Inferred, Lineage, Pattern};
use crate::store;
use anstyle::{AnsiColor, Style};
use oxrdf::{Literal, NamedNode, Term, TermRef, Triple};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const PLACE: Style = AnsiColor::BrightCyan.on_default();

/// Explain where triples come from.
///
/// That is: file, line, column and cell, the rule of the metadata, the claims about that cell, and the
/// words of the sources; for an inferred triple, its rule and its premises.
///
/// Subject, predicate and object are IRIs (in angle brackets or not), prefixed names as dumps have
/// them (`city:irbit`) or paths below the project's `id/` (`city/irbit`); an object may also be a
/// literal, with quotes or as plain text. It is computed from the tables as they stand now; what was
/// inferred, and from what, is looked up in the published build.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph why city:irbit                                    # everything said of it
  civigraph why programme:novokuznetsk-2035 cg:horizon        # of one property
  civigraph why city:irbit cg:locatedIn region:sverdlovskaya-oblast
  civigraph why programme:novokuznetsk-2035 --sources ../articles  # with the words
  civigraph why person:karen-malkhasyan org:memberOf               # inferred: rule and premises
  civigraph why city:irbit --format json")]
pub(super) struct Arguments {
    /// The subject.
    subject: String,
    /// The predicate [default: all].
    predicate: Option<String>,
    /// The object [default: all].
    object: Option<String>,
    /// Folder of the source documents, to show the words of evidence.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// How the answer is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Form,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let Some(mut facts) = Facts::described(global, terminal)? else {
        return Ok(Outcome::Findings);
    };
    let iri = |text: &str| {
        facts.iri(text).ok_or_else(|| {
            Failure::new(format!("`{text}` is no IRI, prefixed name or id"))
                .with_hint("write it as <https://…>, as city:irbit or as city/irbit")
        })
    };
    let pattern = Pattern {
        subject: iri(&arguments.subject)?,
        predicate: arguments.predicate.as_deref().map(iri).transpose()?,
        object: arguments
            .object
            .as_deref()
            .map(|text| object(text, |text| facts.iri(text))),
    };
    let progress = terminal.progress("looking through the tables", None);
    let inferred = inferences(global, &mut facts, &pattern)?;
    let explained = facts.find(&pattern).and_then(|found| {
        lineage::explain(
            &facts.group,
            &facts.plan,
            &facts.claims,
            &facts.source,
            found,
        )
    });
    progress.finish_and_clear();
    let explained = explained.map_err(|error| Failure::io("read the tables", &error))?;
    let spans = facts.spans(arguments.sources.as_deref())?;
    let mut out = terminal.stdout();
    let written = match arguments.format {
        Form::Human => explained
            .iter()
            .try_for_each(|one| human(one, &facts, &spans, &mut out))
            .and_then(|()| {
                inferred
                    .iter()
                    .try_for_each(|one| one.human(&facts, &mut out))
            }),
        Form::Json => {
            let mut all: Vec<_> = explained
                .iter()
                .map(|one| to_json(one, &facts, &spans))
                .collect();
            all.extend(inferred.iter().map(Explained::json));
            serde_json::to_writer_pretty(&mut out, &all)
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out))
        }
    };
    written
        .and_then(|()| out.flush())
        .map_err(|error| Failure::io("write the answer", &error))?;
    if explained.is_empty() && inferred.is_empty() {
        terminal.say(format_args!(
            "no cell makes such a triple and no rule has inferred it; what is in the graph: civigraph describe {}",
            arguments.subject
        ));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Fine)
}

/// An inferred triple, with the cells that make its premises.
struct Explained {
    inferred: Inferred,
    /// For each premise the places, with the names of their columns.
    cells: Vec<Vec<(Place, String)>>,
}

/// What was inferred in the published build, if there is one.
fn inferences(
    global: &Global,
    facts: &mut Facts,
    pattern: &Pattern,
) -> Result<Vec<Explained>, Failure> {
    let build = match store::open(&global.store()?) {
        Ok(build) => build,
        Err(error) if error.code() == Code::NoBuild => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let unread = |error| Failure::io("read the tables", &error);
    let mut explained = Vec::new();
    for inferred in lineage::inferred(&build, pattern)? {
        let mut cells = Vec::with_capacity(inferred.premises.len());
        for premise in &inferred.premises {
            cells.push(if premise.inferred {
                Vec::new()
            } else {
                facts.cells(&premise.triple).map_err(unread)?
            });
        }
        explained.push(Explained { inferred, cells });
    }
    Ok(explained)
}

impl Explained {
    fn human(&self, facts: &Facts, out: &mut impl Write) -> std::io::Result<()> {
        let Inferred {
            triple,
            rule,
            title,
            premises,
        } = &self.inferred;
        writeln!(out, "{BOLD}{}{BOLD:#}", shown(triple, facts))?;
        let title = title.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  inferred   by {PLACE}ontology/rules/{rule}.rq{PLACE:#} {title}"
        )?;
        for (premise, cells) in premises.iter().zip(&self.cells) {
            let end = if premise.inferred {
                " (inferred too)"
            } else {
                ""
            };
            let text = shown(&premise.triple, facts);
            writeln!(out, "  from       {text}{DIM}{end}{DIM:#}")?;
            for (at, column) in cells {
                let at = place(at);
                writeln!(out, "    made from {PLACE}{at}{PLACE:#} column `{column}`")?;
            }
        }
        writeln!(out)
    }

    fn json(&self) -> serde_json::Value {
        let Inferred {
            triple,
            rule,
            title,
            premises,
        } = &self.inferred;
        let terms = |triple: &Triple| {
            json!({
                "subject": triple.subject.to_string(),
                "predicate": triple.predicate.to_string(),
                "object": triple.object.to_string(),
            })
        };
        let premises: Vec<_> = premises
            .iter()
            .zip(&self.cells)
            .map(|(premise, cells)| {
                json!({
                    "triple": terms(&premise.triple),
                    "inferred": premise.inferred,
                    "cells": cells.iter().map(|(at, column)| json!({
                        "place": place(at), "column": column,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "triple": terms(triple),
            "inferred": true,
            "rule": { "name": rule, "title": title },
            "premises": premises,
        })
    }
}

/// A triple as dumps write it.
fn shown(triple: &Triple, facts: &Facts) -> String {
    format!(
        "{}  {}  {}",
        facts.term(triple.subject.as_ref().into()),
        facts.term(TermRef::from(triple.predicate.as_ref())),
        facts.term(triple.object.as_ref()),
    )
}

/// An object as the user writes it: a quoted literal, something that is an IRI, or plain text.
fn object(text: &str, iri: impl Fn(&str) -> Option<NamedNode>) -> Term {
    if text.starts_with('"')
        && let Ok(literal) = text.parse::<Literal>()
    {
        return literal.into();
    }
    match iri(text) {
        Some(node) => node.into(),
        None => Literal::new_simple_literal(text).into(),
    }
}

fn human(
    one: &Lineage<'_>,
    facts: &Facts,
    spans: &Spans,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let triple = Triple::from(one.quad.clone());
    writeln!(out, "{BOLD}{}{BOLD:#}", shown(&triple, facts))?;
    let at = place(&one.place);
    match &one.cell {
        Some((column, Some(text))) => {
            let cell = one
                .place
                .cell
                .as_ref()
                .map_or_else(String::new, |cell| format!(" cell {}", cell.spreadsheet()));
            writeln!(
                out,
                "  made from  {PLACE}{at}{PLACE:#}{cell}, column `{column}`: {text}"
            )?;
        }
        Some((column, None)) => writeln!(
            out,
            "  made from  {PLACE}{at}{PLACE:#} the row, by the virtual column `{column}`"
        )?,
        None => writeln!(out, "  made from  {PLACE}{at}{PLACE:#} the table itself")?,
    }
    if !one.read.is_empty() {
        let read: Vec<String> = one
            .read
            .iter()
            .map(|(column, text)| format!("{column}={text}"))
            .collect();
        writeln!(out, "  with       {}", read.join(", "))?;
    }
    if let Some((rule, at)) = &one.rule {
        writeln!(out, "  rule       {PLACE}{}{PLACE:#} {rule}", place(at))?;
    }
    for claim in &one.claims {
        claim_for_people(claim, spans, out)?;
    }
    writeln!(out)
}

/// A claim with its evidence, indented.
pub(super) fn claim_for_people(
    claim: &Claim,
    spans: &Spans,
    out: &mut impl Write,
) -> std::io::Result<()> {
    // Codes and ids; what is said in words is for `describe`.
    let about: Vec<String> = claim
        .qualities
        .iter()
        .filter(|(_, text)| !text.contains(char::is_whitespace))
        .map(|(column, text)| format!("{column}={text}"))
        .collect();
    let stated = match &claim.value {
        Some(value) => format!(", states {value}"),
        None => String::new(),
    };
    writeln!(
        out,
        "  claim      {} {PLACE}{}{PLACE:#} {DIM}{}{DIM:#}{stated}",
        claim.id,
        place(&claim.place),
        about.join(", ")
    )?;
    for (span, words) in lineage::words(claim, spans) {
        let file = spans.file(&span.document).unwrap_or(&span.document);
        let words = words.map_or_else(
            || "text not at hand".to_owned(),
            |words| format!("«{}»", super::plain(words)),
        );
        writeln!(
            out,
            "    evidence {file} characters {} to {}: {words}",
            span.start, span.end
        )?;
    }
    Ok(())
}

fn to_json(one: &Lineage<'_>, facts: &Facts, spans: &Spans) -> serde_json::Value {
    let (file, line, column) = parts(&one.place);
    json!({
        "triple": {
            "subject": one.quad.subject.to_string(),
            "predicate": one.quad.predicate.to_string(),
            "object": one.quad.object.to_string(),
            "graph": match &one.quad.graph_name {
                oxrdf::GraphName::DefaultGraph => None,
                graph => Some(graph.to_string()),
            },
        },
        "table": facts.table(one.table),
        "row": one.row,
        "place": { "file": file, "line": line, "column": column,
                   "cell": one.place.cell.as_ref().map(crate::diagnostic::CellPlace::spreadsheet) },
        "column": one.cell.as_ref().map(|(name, _)| name),
        "text": one.cell.as_ref().and_then(|(_, text)| text.as_ref()),
        "with": one.read.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "rule": one.rule.as_ref().map(|(rule, at)| json!({ "says": rule, "place": place(at) })),
        "claims": one.claims.iter().map(|claim| claim_json(claim, spans)).collect::<Vec<_>>(),
    })
}

/// A claim with its evidence, for programs.
pub(super) fn claim_json(claim: &Claim, spans: &Spans) -> serde_json::Value {
    json!({
        "id": claim.id,
        "place": place(&claim.place),
        "fields": claim.fields.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "evidence": lineage::words(claim, spans).iter().map(|(span, words)| json!({
            "id": span.id,
            "document": span.document,
            "file": spans.file(&span.document),
            "start": span.start,
            "end": span.end,
            "words": words,
        })).collect::<Vec<_>>(),
    })
}

fn parts(place: &Place) -> (&str, u64, u64) {
    (&place.file, place.line, place.column)
}

fn place(place: &Place) -> String {
    let (file, line, column) = parts(place);
    match (line, column) {
        (0, _) => file.to_owned(),
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}
