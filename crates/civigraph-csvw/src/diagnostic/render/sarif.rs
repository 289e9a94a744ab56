//! SARIF 2.1.0 (OASIS), for code scanning services and editors.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, Wording};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(
    diagnostics: &Diagnostics,
    wording: &dyn Wording,
    out: &mut dyn Write,
) -> io::Result<()> {
    // A set, so that the rules are listed once each and in order of number.
    let codes: Vec<Code> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let severity = diagnostics.severity(diagnostic);
            result(diagnostic, severity, &codes, wording)
        })
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "civigraph",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().copied().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(code: Code) -> Value {
    let page: Vec<&str> = code.page().lines().map(str::trim).collect();
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": page.join(" ")},
    })
}

fn result(
    diagnostic: &Diagnostic,
    severity: Severity,
    codes: &[Code],
    wording: &dyn Wording,
) -> Value {
    let place = &diagnostic.place;
    let mut physical = Map::new();
    physical.insert("artifactLocation".into(), json!({"uri": uri(&place.file)}));
    if place.line > 0 {
        let mut region = Map::new();
        region.insert("startLine".into(), place.line.into());
        if place.column > 0 {
            region.insert("startColumn".into(), place.column.into());
        }
        physical.insert("region".into(), region.into());
    }
    let mut location = Map::new();
    location.insert("physicalLocation".into(), physical.into());
    if let Some(cell) = &place.cell {
        location.insert(
            "logicalLocations".into(),
            json!([{
                "name": cell.spreadsheet(),
                "fullyQualifiedName": format!("{}#{}", place.file, cell.column_name),
                "kind": "element",
            }]),
        );
    }
    let mut properties = Map::new();
    for (name, value) in [
        ("found", diagnostic.found.clone()),
        ("expected", diagnostic.expected.clone()),
        ("hint", diagnostic.worded_hint(wording)),
    ] {
        if let Some(value) = value {
            properties.insert(name.into(), value.into());
        }
    }
    let mut result = Map::new();
    result.insert("ruleId".into(), diagnostic.code.as_str().into());
    if let Ok(index) = codes.binary_search(&diagnostic.code) {
        result.insert("ruleIndex".into(), index.into());
    }
    let level = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    result.insert("level".into(), level.into());
    result.insert("message".into(), json!({"text": diagnostic.message}));
    result.insert("locations".into(), json!([location]));
    if !properties.is_empty() {
        result.insert("properties".into(), properties.into());
    }
    result.into()
}

/// A path as a relative URI reference (RFC 3986); URLs stay as they are.
fn uri(file: &str) -> String {
    if file.contains("://") {
        return file.to_owned();
    }
    let mut out = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
