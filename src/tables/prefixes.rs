//! The prefixes of a project.

use crate::csvw::model::TableGroup;
use crate::project::Project;
use crate::resource::url;
use crate::store::Prefixes;
use std::collections::BTreeSet;
use std::io;

/// The prefixes of a project: those that its ontology declares, and one for each kind of thing.
pub(crate) fn prefixes(project: &Project, group: &TableGroup, base: &str) -> io::Result<Prefixes> {
    let mut prefixes = Prefixes::default();
    for file in project.vocabulary()? {
        prefixes.add_turtle(&file);
    }
    let kinds = kinds(group, base);
    prefixes.add_things(base, kinds.iter().map(String::as_str));
    for (prefix, namespace) in foreign_namespaces(group, base) {
        prefixes.add(&prefix, &namespace);
    }
    Ok(prefixes)
}

/// Namespaces outside `{base}id/{kind}/` in which the templates of a group put its things, each with a prefix: that
/// is legitimate, and such things have short names too.
pub(crate) fn foreign_namespaces(group: &TableGroup, base: &str) -> BTreeSet<(String, String)> {
    let things = format!("{base}id/");
    let mut found = BTreeSet::new();
    for table in &group.tables {
        for template in table
            .columns
            .iter()
            .filter_map(|column| column.about_url.as_ref())
        {
            let (start, variables) =
                template.split_at(template.find('{').unwrap_or(template.len()));
            let Ok(start) = url::resolve(&table.url, start) else {
                continue;
            };
            let end = start.rfind(['/', '#']).map_or(0, |at| at + 1);
            let namespace = start.get(..end).unwrap_or_default();
            let has_kind = namespace.starts_with(&things) && namespace != things;
            if variables.is_empty() || has_kind {
                continue;
            }
            let last = namespace.trim_end_matches(['/', '#']).rsplit('/').next();
            let prefix = last
                .and_then(|last| last.split('.').next())
                .unwrap_or_default();
            found.insert((prefix.to_owned(), namespace.to_owned()));
        }
    }
    found
}

/// The `{type}`s of the things that the templates of a group name: `…id/{type}/{slug}`.
fn kinds(group: &TableGroup, base: &str) -> BTreeSet<String> {
    let things = format!("{base}id/");
    group
        .tables
        .iter()
        .flat_map(|table| &table.columns)
        .flat_map(|column| [&column.about_url, &column.value_url])
        .flatten()
        .filter_map(|template| template.strip_prefix(&things)?.split_once('/'))
        .map(|(kind, _)| kind)
        .filter(|kind| !kind.contains(['{', '}']))
        .map(str::to_owned)
        .collect()
}
