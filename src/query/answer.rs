//! Answers written out: as tables for people, in the formats of SPARQL results, as RDF.

use super::table::{TableStyle, term_text, write_table};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::export::lines::MergedLines;
use crate::export::xml::{CarriageReturns, refuse};
use crate::export::{DumpFormat, cannot_hold, write_lines};
use crate::fmt::is_formula;
use crate::labels::Labels;
use crate::query::QueryError;
use crate::store::Build;
use crate::store::line::write_quad;
use crate::store::sort::{self, RecordBuffer, Sorter};
use oxigraph::sparql::results::{QueryResultsFormat, QueryResultsSerializer};
use oxigraph::sparql::{QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter};
use oxrdf::{GraphNameRef, Term, Variable};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// A format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum AnswerFormat {
    /// A table for people.
    Table,
    /// SPARQL 1.1 Query Results CSV.
    Csv,
    /// SPARQL 1.1 Query Results TSV.
    Tsv,
    /// SPARQL 1.1 Query Results JSON.
    Json,
    /// SPARQL Query Results XML.
    Xml,
    /// An RDF format, for `CONSTRUCT` and `DESCRIBE`.
    Rdf(DumpFormat),
}

impl AnswerFormat {
    /// Names by which users ask for them.
    pub const NAMES: &'static [&'static str] = &[
        "table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "nquads", "trig", "rdfxml",
        "jsonld",
    ];

    /// The format of a name or a file extension.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "table" | "txt" => Some(Self::Table),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            "json" | "srj" => Some(Self::Json),
            "xml" | "srx" => Some(Self::Xml),
            other => DumpFormat::parse(other).map(Self::Rdf),
        }
    }

    fn results(self) -> Option<QueryResultsFormat> {
        match self {
            Self::Csv => Some(QueryResultsFormat::Csv),
            Self::Tsv => Some(QueryResultsFormat::Tsv),
            Self::Json => Some(QueryResultsFormat::Json),
            Self::Xml => Some(QueryResultsFormat::Xml),
            Self::Table | Self::Rdf(_) => None,
        }
    }
}

/// How to write an answer.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct AnswerStyle {
    /// The format. `None`: a table where `for_people`, else CSV; graphs always as Turtle.
    pub format: Option<AnswerFormat>,
    /// The format of graphs, where it does not depend on `format`.
    pub graph_format: Option<DumpFormat>,
    /// Whether somebody reads it on a terminal.
    pub for_people: bool,
    /// Language of labels beside IRIs in tables; `None` shows no labels.
    pub labels: Option<String>,
    /// Whether CSV has a column of labels behind each column: `cityLabel` behind `city`.
    pub label_columns: bool,
    /// Whether cells of CSV that a spreadsheet would evaluate get an apostrophe in front.
    pub spreadsheet: bool,
    /// How tables look.
    pub table: TableStyle,
}

/// What was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AnswerSummary {
    /// Rows or triples written; 1 for an `ASK`.
    pub rows: u64,
    /// Whether that is all; not so when the limit on rows cut it.
    pub complete: bool,
    /// The answer of an `ASK`.
    pub truth: Option<bool>,
    /// How it was evaluated, where that was asked for.
    pub plan: Option<String>,
    /// Why the answer may be empty, a sentence each.
    pub hints: Vec<String>,
}

/// Writes results, at most `limit` rows.
pub(super) fn write(
    results: QueryResults<'_>,
    build: &Build,
    style: &AnswerStyle,
    limit: Option<u64>,
    file: &str,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    match results {
        QueryResults::Boolean(truth) => write_truth(truth, style, out),
        QueryResults::Solutions(solutions) => {
            let format = match style.format {
                Some(format) => format,
                None if style.for_people => AnswerFormat::Table,
                None => AnswerFormat::Csv,
            };
            write_solutions(solutions, build, style, format, limit, file, out)
        }
        QueryResults::Graph(triples) => {
            let format = match style.format {
                _ if let Some(format) = style.graph_format => format,
                None => DumpFormat::Turtle,
                Some(AnswerFormat::Rdf(format)) => format,
                // The names that both kinds of answers share mean RDF here.
                Some(AnswerFormat::Json) => DumpFormat::JsonLd,
                Some(AnswerFormat::Xml) => DumpFormat::RdfXml,
                Some(AnswerFormat::Table | AnswerFormat::Csv | AnswerFormat::Tsv) => {
                    return Err(wrong_format(
                        "the answer is a graph",
                        "turtle, ntriples, nquads, trig, rdfxml, jsonld",
                    ));
                }
            };
            write_graph(triples, build, format, limit, file, out)
        }
    }
}

fn write_truth(
    truth: bool,
    style: &AnswerStyle,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    match style.format {
        Some(AnswerFormat::Rdf(_)) => {
            return Err(wrong_format(
                "the answer is yes or no",
                "table, csv, tsv, json, xml",
            ));
        }
        Some(format) if let Some(format) = format.results() => {
            QueryResultsSerializer::from_format(format)
                .serialize_boolean_to_writer(&mut *out, truth)
                .map_err(output)?;
            // No format of a yes or no ends its only line.
            writeln!(out).map_err(output)?;
        }
        _ if style.for_people => {
            writeln!(out, "{}", if truth { "yes" } else { "no" }).map_err(output)?;
        }
        _ => writeln!(out, "{truth}").map_err(output)?,
    }
    Ok(AnswerSummary {
        rows: 1,
        complete: true,
        truth: Some(truth),
        plan: None,
        hints: Vec::new(),
    })
}

fn write_solutions(
    solutions: QuerySolutionIter<'_>,
    build: &Build,
    style: &AnswerStyle,
    format: AnswerFormat,
    limit: Option<u64>,
    file: &str,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    let variables: Vec<Variable> = solutions.variables().to_vec();
    let mut answered = AnswerSummary {
        rows: 0,
        complete: true,
        truth: None,
        plan: None,
        hints: Vec::new(),
    };
    if format == AnswerFormat::Csv {
        let labels = style.labels.as_deref().filter(|_| style.label_columns);
        let labels = labels.map(|language| Labels::new(build.index(), language));
        let columns = CsvColumns {
            variables: &variables,
            labels,
            spreadsheet: style.spreadsheet,
        };
        write_csv(solutions, &columns, limit, &mut answered, file, out)?;
        return Ok(answered);
    }
    if let Some(results) = format.results() {
        let to: Box<dyn Write + '_> = match format {
            AnswerFormat::Xml => Box::new(CarriageReturns(&mut *out)),
            _ => Box::new(&mut *out),
        };
        let mut serializer = QueryResultsSerializer::from_format(results)
            .serialize_solutions_to_writer(to, variables)
            .map_err(output)?;
        for solution in solutions {
            if limit == Some(answered.rows) {
                answered.complete = false;
                break;
            }
            let solution = solution.map_err(|e| evaluation_error(&e, file))?;
            if format == AnswerFormat::Xml {
                for (_, term) in solution.iter() {
                    refuse(term.as_ref())
                        .map_err(|e| cannot_hold("xml", "`json` and `tsv` hold everything", e))?;
                }
            }
            serializer.serialize(&solution).map_err(output)?;
            answered.rows += 1;
        }
        drop(serializer.finish().map_err(output)?);
        // The others end each row.
        if matches!(format, AnswerFormat::Json | AnswerFormat::Xml) {
            writeln!(out).map_err(output)?;
        }
        return Ok(answered);
    }
    if format != AnswerFormat::Table {
        return Err(wrong_format(
            "the answer is a table",
            "table, csv, tsv, json, xml",
        ));
    }
    let prefixes = &build.manifest().about.prefixes;
    let labels = style
        .labels
        .as_deref()
        .map(|language| Labels::new(build.index(), language));
    let mut rows = Vec::new();
    for solution in solutions {
        if limit == Some(answered.rows) {
            answered.complete = false;
            break;
        }
        let solution = solution.map_err(|e| evaluation_error(&e, file))?;
        rows.push(
            variables
                .iter()
                .map(|variable| match solution.get(variable) {
                    Some(term) => term_text(term.as_ref(), prefixes, labels.as_ref()),
                    None => String::new(),
                })
                .collect(),
        );
        answered.rows += 1;
    }
    let header: Vec<String> = variables
        .iter()
        .map(|variable| variable.as_str().to_owned())
        .collect();
    write_table(out, &header, rows, &style.table).map_err(output)?;
    Ok(answered)
}

/// What CSV has of each row.
struct CsvColumns<'a> {
    variables: &'a [Variable],
    /// Looks up the labels of IRIs, for columns of their own.
    labels: Option<Labels<'a>>,
    /// Whether it is for spreadsheets.
    spreadsheet: bool,
}

/// SPARQL 1.1 Query Results CSV. Oxigraph's own writer does not quote IRIs, and an IRI may have a comma
/// (`…#cell=3,9`).
fn write_csv(
    solutions: QuerySolutionIter<'_>,
    columns: &CsvColumns<'_>,
    limit: Option<u64>,
    answered: &mut AnswerSummary,
    file: &str,
    out: &mut dyn Write,
) -> Result<(), QueryError> {
    let CsvColumns {
        variables,
        labels,
        spreadsheet,
    } = columns;
    let safe = |text: String| match *spreadsheet && is_formula(&text) {
        true => format!("'{text}"),
        false => text,
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let wrong = |error: csv::Error| output(error.into());
    for variable in *variables {
        writer.write_field(variable.as_str()).map_err(wrong)?;
        if labels.is_some() {
            writer
                .write_field(format!("{}Label", variable.as_str()))
                .map_err(wrong)?;
        }
    }
    writer.write_record(None::<&[u8]>).map_err(wrong)?;
    for solution in solutions {
        if limit == Some(answered.rows) {
            answered.complete = false;
            break;
        }
        let solution = solution.map_err(|e| evaluation_error(&e, file))?;
        for variable in *variables {
            let term = solution.get(variable);
            let text = match term {
                None => String::new(),
                Some(Term::NamedNode(node)) => node.as_str().to_owned(),
                Some(Term::Literal(literal)) => literal.value().to_owned(),
                Some(term @ (Term::BlankNode(_) | Term::Triple(_))) => term.to_string(),
            };
            writer.write_field(safe(text)).map_err(wrong)?;
            if let Some(labels) = labels {
                let label = term.and_then(|term| labels.of_term(term.as_ref()));
                writer
                    .write_field(safe(label.unwrap_or_default()))
                    .map_err(wrong)?;
            }
        }
        writer.write_record(None::<&[u8]>).map_err(wrong)?;
        answered.rows += 1;
    }
    writer.flush().map_err(output)
}

/// Graphs are sorted before they are written: their triples come in no particular order.
fn write_graph(
    triples: QueryTripleIter<'_>,
    build: &Build,
    format: DumpFormat,
    limit: Option<u64>,
    file: &str,
    out: &mut dyn Write,
) -> Result<AnswerSummary, QueryError> {
    let folder = tempfile::tempdir().map_err(output)?;
    let mut sorter = Sorter::new(folder.path(), sort::budget(), 1);
    let mut records = RecordBuffer::default();
    let mut complete = true;
    for (taken, triple) in (0..).zip(triples) {
        if limit == Some(taken) {
            complete = false;
            break;
        }
        let triple = triple.map_err(|e| evaluation_error(&e, file))?;
        let quad = triple.as_ref().in_graph(GraphNameRef::DefaultGraph);
        records.push_key(|line| write_quad(line, quad));
        if records.size() > sort::budget() / 4 {
            sorter.add(std::mem::take(&mut records)).map_err(output)?;
        }
    }
    sorter.add(records).map_err(output)?;
    let mut lines = MergedLines::new(sorter.finish().map_err(output)?);
    let about = &build.manifest().about;
    let rows = write_lines(&mut lines, format, &about.prefixes, &about.base, out)?;
    Ok(AnswerSummary {
        rows,
        complete,
        truth: None,
        plan: None,
        hints: Vec::new(),
    })
}

fn output(error: io::Error) -> QueryError {
    QueryError::io(Path::new("output"), "write", error)
}

fn wrong_format(what: &str, expected: &str) -> QueryError {
    QueryError::from(
        Diagnostic::new(
            Code::ExportFormat,
            Place::request(),
            format!("the format cannot hold this: {what}"),
        )
        .with_expected(expected),
    )
}

/// What went wrong while a query was evaluated.
pub(super) fn evaluation_error(error: &QueryEvaluationError, file: &str) -> QueryError {
    QueryError::from(match error {
        QueryEvaluationError::Cancelled => timed_out(file, None),
        other => Diagnostic::new(
            Code::QueryFailed,
            Place::file(file),
            format!("the query could not be evaluated: {other}"),
        ),
    })
}

/// The diagnostic for a query that took longer than its time limit.
pub(crate) fn timed_out(file: &str, limit: Option<Duration>) -> Diagnostic {
    let message = match limit {
        Some(limit) => format!("query timed out after {} s", limit.as_secs_f64()),
        None => "query timed out".to_owned(),
    };
    Diagnostic::new(Code::QueryTimeout, Place::file(file), message)
        .with_hint("what was written is not the whole answer")
}
