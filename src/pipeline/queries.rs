//! The stored queries of a project, checked without running them.

use crate::csvw::model::TableGroup;
use crate::diagnostic::Diagnostics;
use crate::project::Project;
use crate::query::{self, Request, StoredQuery};
use crate::store::Prefixes;
use crate::tables::prefixes;
use oxrdf::Term;
use std::collections::BTreeMap;
use std::io;

/// Values that stand for a parameter without a default: each type takes one of them.
const SAMPLES: &[&str] = &[
    "<http://example.org/x>",
    "1",
    "en",
    "true",
    "2000-01-01",
    "x",
];

/// Checks headers, syntax and parameters of the stored queries. What is wrong with one is a diagnostic.
///
/// # Errors
/// The folder of the ontology, which declares prefixes, cannot be listed.
pub fn check_queries(
    project: &Project,
    group: &TableGroup,
    base: &str,
    diagnostics: &mut Diagnostics,
) -> io::Result<()> {
    let folder = project.queries();
    let shown = format!("{}/", folder.display());
    let prefixes = prefixes(project, group, base)?;
    for query in StoredQuery::read_all(&folder, &shown, diagnostics) {
        check_query(&query, &prefixes, base, diagnostics);
    }
    Ok(())
}

fn check_query(
    query: &StoredQuery,
    prefixes: &Prefixes,
    base: &str,
    diagnostics: &mut Diagnostics,
) {
    let parameters = query.header.parameters.iter();
    let missing: Vec<(String, String)> = parameters
        .filter(|parameter| parameter.default.is_none())
        .filter_map(|parameter| {
            let mut samples = SAMPLES.iter();
            let takes = |sample: &&&str| parameter.kind.term(sample, prefixes, base).is_some();
            Some((parameter.name.clone(), (*samples.find(takes)?).to_owned()))
        })
        .collect();
    let bound: Option<BTreeMap<String, Term>> = query.bind(&missing, prefixes, base, diagnostics);
    let request = Request {
        parameters: bound.unwrap_or_default(),
        ..Request::new(query.text.as_str(), query.file.as_str())
    };
    if let Err(error) = query::check(&request, prefixes, base) {
        diagnostics.push(error.into_diagnostic());
    }
}
