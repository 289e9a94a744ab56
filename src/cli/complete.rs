//! What can follow on a command line: names and parameters of stored queries, kinds, things and builds of the project in
//! the current folder, codes. Nothing here reports an error: without a project there is nothing to offer.

use super::list::LISTS;
use crate::diagnostic::{Code, Diagnostics, ReadingMode};
use crate::list;
use crate::project::Project;
use crate::query::StoredQuery;
use crate::store::{self, Build};
use clap_complete::engine::CompletionCandidate;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The most things that are offered.
const OFFERED: usize = 200;

/// The project that the shell is in, or that the environment names.
fn project() -> Option<Project> {
    let of = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let folder = of("CIVIGRAPH_PROJECT").unwrap_or_else(|| Project::folder_above(Path::new(".")));
    Project::open(&folder, of("CIVIGRAPH_STORE").as_deref()).ok()
}

fn build() -> Option<Build> {
    store::open(project()?.store()).ok()
}

/// Those that begin with what is there, in any case of letters.
fn beginning(
    current: &OsStr,
    all: impl IntoIterator<Item = (String, String)>,
) -> Vec<CompletionCandidate> {
    let start = current.to_string_lossy().to_lowercase();
    all.into_iter()
        .filter(|(value, _)| value.to_lowercase().starts_with(&start))
        .take(OFFERED)
        .map(|(value, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(value).help(help)
        })
        .collect()
}

/// Names of stored queries with their titles; behind one, its parameters: `year=`.
pub(super) fn queries(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(project) = project() else {
        return Vec::new();
    };
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let queries = StoredQuery::read_all(&project.queries(), "", &mut silent);
    let words = words_after("query");
    let typed = current.to_string_lossy();
    let mut before = words.iter().filter(|word| word.as_str() != typed);
    let chosen = before.find_map(|word| queries.iter().find(|query| query.name == *word));
    if let Some(query) = chosen {
        let given = |name: &str| {
            let mut words = words.iter();
            words.any(|word| word.split_once('=').is_some_and(|(word, _)| word == name))
        };
        let parameters = query.header.parameters.iter();
        let left = parameters.filter(|parameter| !given(&parameter.name));
        return beginning(
            current,
            left.map(|parameter| {
                (
                    format!("{}=", parameter.name),
                    parameter.text("en").to_owned(),
                )
            }),
        );
    }
    let named = queries
        .iter()
        .map(|query| (query.name.clone(), query.title("en").to_owned()));
    beginning(current, named)
}

/// The words that the shell has so far, behind a command.
fn words_after(command: &str) -> Vec<String> {
    let words = std::env::args_os().skip_while(|word| word != "--");
    let words = words.map(|word| word.to_string_lossy().into_owned());
    words.skip_while(|word| word != command).skip(1).collect()
}

/// Codes with their titles.
pub(super) fn codes(current: &OsStr) -> Vec<CompletionCandidate> {
    let codes = Code::ALL.iter();
    beginning(
        current,
        codes.map(|code| (code.as_str().to_owned(), code.title().to_owned())),
    )
}

/// Ids of builds, with when they were published.
pub(super) fn builds(current: &OsStr) -> Vec<CompletionCandidate> {
    let builds = project().and_then(|project| store::builds(project.store()).ok());
    let manifests = builds.map(|(manifests, _)| manifests).unwrap_or_default();
    let ids = manifests.into_iter().map(|manifest| {
        let published = store::utc(manifest.published);
        (manifest.id, published)
    });
    beginning(current, ids)
}

/// What `list` lists: its own lists, and kinds of things.
pub(super) fn lists(current: &OsStr) -> Vec<CompletionCandidate> {
    let kinds = build().map(|build| list::kinds(&build)).unwrap_or_default();
    let lists = LISTS.map(str::to_owned).into_iter().chain(kinds);
    beginning(current, lists.map(|name| (name, String::new())))
}

/// Kinds of things, and after a colon their things with their labels: `city:irbit`.
pub(super) fn things(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(build) = build() else {
        return Vec::new();
    };
    let text = current.to_string_lossy();
    let Some((kind, _)) = text.split_once(':') else {
        let prefixes = build.manifest().about.prefixes.iter();
        let start = format!("{}id/", build.manifest().about.base);
        let own = prefixes.filter(|(_, namespace)| namespace.starts_with(&start));
        return beginning(
            current,
            own.map(|(prefix, _)| (format!("{prefix}:"), String::new())),
        );
    };
    let things = list::of_kind(&build, kind, "en").ok().flatten();
    let rows = things.into_iter().flat_map(|things| things.rows);
    let named = rows.filter_map(|row| Some((row.first()?.to_string(), row.get(1)?.to_string())));
    beginning(current, named)
}
