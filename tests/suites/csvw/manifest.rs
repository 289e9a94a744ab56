//! The manifests: what to run and what should come out.

use serde::Deserialize;
use std::path::Path;

/// One of the four manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    Rdf,
    Validation,
    Json,
    NonNormative,
}

impl Suite {
    pub fn name(self) -> &'static str {
        match self {
            Self::Rdf => "csv2rdf",
            Self::Validation => "validation",
            Self::Json => "csv2json",
            Self::NonNormative => "non-normative",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Rdf => "manifest-rdf.jsonld",
            Self::Validation => "manifest-validation.jsonld",
            Self::Json => "manifest-json.jsonld",
            Self::NonNormative => "manifest-nonnorm.jsonld",
        }
    }
}

/// What is asked of the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    Rdf,
    Json,
    Validate,
}

/// How it should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Accepted without a word.
    Success,
    /// Accepted with a warning.
    Warning,
    /// Refused.
    Failure,
}

/// One test.
#[derive(Debug)]
pub struct Entry {
    /// `test001`.
    pub id: String,
    pub title: String,
    pub task: Task,
    pub expect: Expect,
    /// URL of the input.
    pub action: String,
    /// URL of the metadata that the user gives.
    pub metadata: Option<String>,
    pub minimal: bool,
    pub provenance: bool,
    /// URL of the expected output.
    pub result: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    entries: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    id: String,
    r#type: String,
    name: String,
    action: String,
    result: Option<String>,
    #[serde(default)]
    option: Options,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    metadata: Option<String>,
    #[serde(default)]
    minimal: bool,
    #[serde(default)]
    no_prov: bool,
}

/// The tests of a manifest, as if it were published below `base`.
pub fn read(folder: &Path, suite: Suite, base: &str) -> Vec<Entry> {
    let text = std::fs::read(folder.join("tests").join(suite.file())).unwrap();
    let document: Document = serde_json::from_slice(&text).unwrap();
    let url = |relative: String| format!("{base}{relative}");
    let entry = |written: Written| {
        let (task, expect) = kind(&written.r#type);
        Entry {
            id: written.id.rsplit('#').next().unwrap().to_owned(),
            title: written.name,
            task,
            expect,
            action: url(written.action),
            metadata: written.option.metadata.map(url),
            minimal: written.option.minimal,
            provenance: !written.option.no_prov,
            result: written.result.map(url),
        }
    };
    document.entries.into_iter().map(entry).collect()
}

fn kind(name: &str) -> (Task, Expect) {
    match name {
        "csvt:ToRdfTest" => (Task::Rdf, Expect::Success),
        "csvt:ToRdfTestWithWarnings" => (Task::Rdf, Expect::Warning),
        "csvt:NegativeRdfTest" => (Task::Rdf, Expect::Failure),
        "csvt:ToJsonTest" => (Task::Json, Expect::Success),
        "csvt:ToJsonTestWithWarnings" => (Task::Json, Expect::Warning),
        "csvt:NegativeJsonTest" => (Task::Json, Expect::Failure),
        "csvt:PositiveValidationTest" => (Task::Validate, Expect::Success),
        "csvt:WarningValidationTest" => (Task::Validate, Expect::Warning),
        "csvt:NegativeValidationTest" => (Task::Validate, Expect::Failure),
        other => panic!("unknown type of test: {other}"),
    }
}
