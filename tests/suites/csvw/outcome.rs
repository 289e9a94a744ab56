//! What the processor makes of a test.

use super::graph;
use super::manifest::{Entry, Expect, Task};
use super::site::Site;
use civigraph::convert::{self, CollectSink, NullSink, TableRows};
use civigraph::csvw::{self, CompileOptions, LoadOptions};
use civigraph::diagnostic::{Diagnostic, Diagnostics, ReadingMode, Severity};
use civigraph::json::JsonSink;
use civigraph::keys::{KeyChecker, KeyOptions, KeyPlan};
use civigraph::resource::Resolver;
use oxrdf::Triple;
use serde_json::Value;
use std::collections::BTreeSet;

/// The non-normative tests whose expected JSON keeps the white space that their own descriptions and
/// the algorithm of Tabular Data Model §8 ("conditionally trim") say must be removed. An editor of the
/// Recommendation says so too: `trim` "trims leading & trailing whitespace during initial parsing of
/// the CSV" (w3c/csvw, pull request 746). Before they are compared, the expected strings are trimmed
/// as the description of the test says.
const UNTRIMMED: &[(&str, Trim)] = &[
    ("test020", str::trim_start),
    ("test021", str::trim_end),
    ("test022", str::trim),
    ("test056", str::trim_start),
    ("test057", str::trim),
    ("test058", str::trim),
];

type Trim = fn(&str) -> &str;

/// The output and all diagnostics.
pub struct Outcome {
    output: Option<Output>,
    diagnostics: Diagnostics,
}

enum Output {
    Graph(Vec<Triple>),
    Json(Value),
}

impl Outcome {
    /// Runs a test.
    pub fn of(entry: &Entry, site: &Site) -> Self {
        Self::of_task(entry.task, entry, site)
    }

    /// Does something else with the input of a test.
    pub fn of_task(task: Task, entry: &Entry, site: &dyn Resolver) -> Self {
        let mut diagnostics = Diagnostics::new(match task {
            Task::Rdf | Task::Json => ReadingMode::Convert,
            Task::Validate => ReadingMode::Validate,
        });
        let output = process(task, entry, site, &mut diagnostics);
        Self {
            output,
            diagnostics,
        }
    }

    /// Whether errors and warnings are as expected.
    pub fn check_severity(&self, expect: Expect) -> Result<(), String> {
        let errors = self.diagnostics.count(Severity::Error);
        let warnings = self.diagnostics.count(Severity::Warning);
        let wrong = match (expect, errors, warnings) {
            (Expect::Success, 0, 0) | (Expect::Warning, 0, 1..) | (Expect::Failure, 1.., _) => {
                return Ok(());
            }
            (Expect::Success, 0, _) => "there should be no warnings",
            (Expect::Success | Expect::Warning, 1.., _) => "there should be no errors",
            (Expect::Warning, ..) => "there should be a warning",
            (Expect::Failure, ..) => "there should be an error",
        };
        Err(format!("{wrong}\n{}", self.describe().trim_end()))
    }

    /// The codes of all diagnostics, in order, each once.
    pub fn codes(&self) -> String {
        let codes: BTreeSet<&str> = self.diagnostics.iter().map(|d| d.code.as_str()).collect();
        codes.into_iter().collect::<Vec<_>>().join(" ")
    }

    /// All diagnostics, one a line.
    pub fn describe(&self) -> String {
        let line = |d: &Diagnostic| {
            let severity = self.diagnostics.severity(d);
            let place = format!("{}:{}:{}", d.place.file, d.place.line, d.place.column);
            format!("    {severity:?} {} {place}: {}\n", d.code, d.message)
        };
        self.diagnostics.iter().map(line).collect()
    }

    /// Whether the output is the expected one.
    pub fn check_result(&self, entry: &Entry, expected: &str, verbose: bool) -> Result<(), String> {
        match &self.output {
            Some(Output::Graph(found)) => {
                let base = entry.result.as_deref().unwrap_or_default();
                let expected = graph::parse(expected, base);
                if verbose {
                    let lines = |triples: &[Triple]| -> String {
                        triples.iter().map(|t| format!("{t} .\n")).collect()
                    };
                    println!("FOUND\n{}EXPECTED\n{}", lines(found), lines(&expected));
                }
                if graph::isomorphic(found, &expected) {
                    return Ok(());
                }
                let difference = graph::difference(found, &expected);
                Err(format!("the graph differs{difference}"))
            }
            Some(Output::Json(found)) => {
                let mut expected: Value = serde_json::from_str(expected).unwrap();
                if let Some((_, trim)) = UNTRIMMED.iter().find(|(test, _)| *test == entry.id) {
                    trim_strings(&mut expected, *trim);
                }
                if verbose {
                    println!("FOUND\n{found:#}\nEXPECTED\n{expected:#}");
                }
                if same_json(found, &expected) {
                    return Ok(());
                }
                Err(format!("the JSON differs\n    + {found}\n    - {expected}"))
            }
            None => Err("there is no output".into()),
        }
    }
}

/// The whole processor.
fn process(
    task: Task,
    entry: &Entry,
    site: &dyn Resolver,
    diagnostics: &mut Diagnostics,
) -> Option<Output> {
    let options = LoadOptions {
        metadata: entry.metadata.clone(),
        metadata_decides: true,
        ..LoadOptions::default()
    };
    let group = csvw::load(&entry.action, &options, site, diagnostics)?;
    let mode = if entry.minimal {
        csvw::ConversionMode::Minimal
    } else {
        csvw::ConversionMode::Standard
    };
    let options = CompileOptions {
        // The JSON of both modes is made from the standard plan.
        mode: match task {
            Task::Json => csvw::ConversionMode::Standard,
            _ => mode,
        },
        provenance: entry.provenance,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(&group, &options, diagnostics);
    let run = convert::Options::default();
    match task {
        Task::Rdf => {
            let mut sink = CollectSink::default();
            convert::run(&plan, site, &run, &mut sink, diagnostics).unwrap();
            let quads = sink.quads.into_iter().map(|(quad, _)| quad).collect();
            Some(Output::Graph(graph::triples(quads)))
        }
        Task::Json => {
            let mut sink = JsonSink::new(Vec::new(), &group, &plan, mode);
            convert::run(&plan, site, &run, &mut sink, diagnostics).unwrap();
            let text = sink.finish().unwrap();
            Some(Output::Json(serde_json::from_slice(&text).unwrap()))
        }
        Task::Validate => {
            let keys = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
            let run = convert::Options {
                keys: Some(&keys),
                ..run
            };
            convert::run(&plan, site, &run, &mut NullSink, diagnostics).unwrap();
            let rows = TableRows::new(&plan, site);
            keys.finish(&rows, diagnostics).unwrap();
            None
        }
    }
}

/// Whether two JSON values are equal; `1` and `1.0` are the same number.
fn same_json(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same_json(a, b))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(name, a)| other.get(name).is_some_and(|b| same_json(a, b)))
        }
        (one, other) => one == other,
    }
}

fn trim_strings(value: &mut Value, trim: Trim) {
    match value {
        Value::String(text) => *text = trim(text).to_owned(),
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| trim_strings(value, trim)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(_, value)| trim_strings(value, trim)),
        _ => {}
    }
}
