//! What can follow on a command line: names of stored queries, kinds and things of the project in the current
//! folder. Nothing here reports an error: without a project there is nothing to offer.

use super::list::LISTS;
use crate::diagnostic::{Diagnostics, Mode};
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

/// Names of stored queries with their titles.
pub(super) fn queries(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(project) = project() else {
        return Vec::new();
    };
    let mut silent = Diagnostics::new(Mode::Convert);
    let queries = StoredQuery::read_all(&project.queries(), "", &mut silent).unwrap_or_default();
    let named = queries
        .iter()
        .map(|query| (query.name.clone(), query.title("en").to_owned()));
    beginning(current, named)
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
