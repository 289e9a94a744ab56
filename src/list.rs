//! What there is: tables, graphs, classes, properties, prefixes, queries, and how much of each.

use crate::describe;
use crate::query::{Labels, StoredQuery};
use crate::store::{Build, Prefixes, StoreError, graph_iri};
use oxrdf::NamedNode;

/// A list with a header; numbers are cells too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What is listed.
    pub title: String,
    /// Names of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<ListCell>>,
}

/// A cell of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListCell {
    /// Words; none where nothing is known.
    Text(String),
    /// How many there are of something.
    Count(u64),
}

impl From<&str> for ListCell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ListCell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for ListCell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl std::fmt::Display for ListCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

impl Listing {
    /// The list for programs: an object a row, with numbers where something is counted and `null` for
    /// what is not known.
    pub fn to_json(&self) -> serde_json::Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.header.iter().zip(row).map(|(name, cell)| {
                let value = match cell {
                    ListCell::Count(count) => (*count).into(),
                    ListCell::Text(text) if text.is_empty() => serde_json::Value::Null,
                    ListCell::Text(text) => text.as_str().into(),
                };
                (name.clone(), value)
            });
            serde_json::Value::Object(cells.collect())
        });
        serde_json::json!({"list": self.title, "rows": rows.collect::<Vec<_>>()})
    }

    fn new(title: &str, header: &[&str], rows: Vec<Vec<ListCell>>) -> Self {
        Self {
            title: title.to_owned(),
            header: header.iter().map(|&name| name.to_owned()).collect(),
            rows,
        }
    }
}

/// The files that the build was made from, tables with their rows.
pub fn tables(build: &Build) -> Listing {
    let rows = build
        .manifest()
        .inputs()
        .iter()
        .filter_map(|input| {
            Some(vec![
                input.name.as_str().into(),
                input.rows?.into(),
                input.bytes.into(),
                input.sha256.as_str().into(),
            ])
        })
        .collect();
    Listing::new("tables", &["table", "rows", "bytes", "sha256"], rows)
}

/// The graphs of the build with their sizes.
pub fn graphs(build: &Build) -> Listing {
    let manifest = build.manifest();
    let start = graph_iri(&manifest.about.base, "");
    let mut rows: Vec<Vec<ListCell>> = manifest
        .statistics
        .graphs
        .iter()
        .map(|(name, graph)| {
            let short = match name.strip_prefix(start.as_str()) {
                _ if name.is_empty() => "default",
                Some(short) => short,
                None => name,
            };
            vec![
                short.into(),
                graph.triples.into(),
                graph.subjects.into(),
                (graph.classes.len() as u64).into(),
                (graph.properties.len() as u64).into(),
            ]
        })
        .collect();
    rows.push(vec![
        "release".into(),
        manifest.release_quads.into(),
        "".into(),
        "".into(),
        "".into(),
    ]);
    Listing::new(
        "graphs",
        &["graph", "triples", "subjects", "classes", "properties"],
        rows,
    )
}

/// Classes of the default graph, the ones with most members first.
pub fn classes(build: &Build, language: &str) -> Listing {
    let graph = build.manifest().statistics.graphs.get("");
    let counts = graph.map(|graph| graph.classes.iter());
    let rows = by_count(counts.into_iter().flatten(), build, language);
    Listing::new("classes", &["class", "label", "members"], rows)
}

/// Properties of the default graph, the most used first.
pub fn properties(build: &Build, language: &str) -> Listing {
    let graph = build.manifest().statistics.graphs.get("");
    let counts = graph.map(|graph| graph.properties.iter());
    let rows = by_count(counts.into_iter().flatten(), build, language);
    Listing::new("properties", &["property", "label", "triples"], rows)
}

/// Kinds of things (`…/id/{kind}/…`, or a namespace of the metadata's own) and how many there are.
pub fn things(build: &Build) -> Listing {
    let prefixes = &build.manifest().about.prefixes;
    let rows = build
        .manifest()
        .statistics
        .things
        .iter()
        .map(|(kind, count)| {
            // A namespace outside the project's base has a prefix, unless another one took it.
            let mut known = prefixes.iter();
            let prefix = known.find(|(_, namespace)| namespace == kind);
            let name = prefix.map_or_else(|| kind.clone(), |(prefix, _)| format!("{prefix}:"));
            vec![name.into(), (*count).into()]
        })
        .collect();
    Listing::new("things", &["kind", "count"], rows)
}

/// Prefixes that queries need not declare, with their namespaces.
pub fn prefixes(build: &Build) -> Listing {
    let prefixes = build.manifest().about.prefixes.iter();
    let rows = prefixes
        .map(|(prefix, namespace)| vec![format!("{prefix}:").into(), namespace.into()])
        .collect();
    Listing::new("prefixes", &["prefix", "namespace"], rows)
}

/// The kinds of things, as [`things`] lists them.
pub fn kinds(build: &Build) -> Vec<String> {
    let rows = things(build).rows.into_iter();
    rows.filter_map(|mut row| (!row.is_empty()).then(|| row.remove(0).to_string()))
        .collect()
}

/// The things of a kind with their labels, in the order of these; `None` where there is no such kind.
///
/// A kind is named as [`things`] lists it, or by the prefix of its things. A thing that was merged into another one and
/// has no name of its own says so in place of its label.
///
/// # Errors
/// The index cannot be read.
pub fn of_kind(build: &Build, kind: &str, language: &str) -> Result<Option<Listing>, StoreError> {
    let about = &build.manifest().about;
    let name = kind.strip_suffix(':').unwrap_or(kind);
    let own = format!("{}id/{name}/", about.base);
    let mut prefixes = about.prefixes.iter();
    let prefixed = prefixes.find(|(prefix, _)| *prefix == name);
    let namespace = match build.manifest().statistics.things.contains_key(name) {
        true => own,
        false => match prefixed {
            Some((_, namespace)) => namespace.to_owned(),
            None => return Ok(None),
        },
    };
    let index = build.index();
    let things = index
        .subjects_starting_with(&namespace)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| describe::unreadable(build, &error))?;
    if things.is_empty() {
        return Ok(None);
    }
    let labels = Labels::new(index, language);
    let label = |thing: &NamedNode| -> Result<String, StoreError> {
        if let Some(label) = labels.of(thing.as_str()) {
            return Ok(label);
        }
        let target = describe::follow(build, thing)?;
        Ok(match target == *thing {
            true => String::new(),
            false => format!("merged into {}", about.prefixes.shorten(target.as_str())),
        })
    };
    let mut named = things
        .into_iter()
        .map(|thing| Ok((label(&thing)?, thing.into_string())))
        .collect::<Result<Vec<_>, StoreError>>()?;
    named.sort();
    let rows = named
        .into_iter()
        .map(|(label, iri)| vec![about.prefixes.shorten(&iri).into(), label.into()])
        .collect();
    Ok(Some(Listing::new(kind, &["thing", "label"], rows)))
}

/// Stored queries with title and parameters; their IRIs are shortened by the prefixes.
pub fn queries(queries: &[StoredQuery], prefixes: &Prefixes, language: &str) -> Listing {
    let short = |default: &str| match default.strip_prefix('<').and_then(|d| d.strip_suffix('>')) {
        Some(iri) => prefixes.shorten(iri),
        None => default.to_owned(),
    };
    let rows = queries
        .iter()
        .map(|query| {
            let parameters: Vec<_> = query
                .header
                .parameters
                .iter()
                .map(|parameter| match &parameter.default {
                    Some(default) => format!("{}={}", parameter.name, short(default)),
                    None => format!("{}=…", parameter.name),
                })
                .collect();
            vec![
                query.name.as_str().into(),
                query.title(language).into(),
                parameters.join(" ").into(),
                query.header.tags.join(", ").into(),
            ]
        })
        .collect();
    Listing::new("queries", &["query", "title", "parameters", "tags"], rows)
}

fn by_count<'a>(
    counts: impl Iterator<Item = (&'a String, &'a u64)>,
    build: &Build,
    language: &str,
) -> Vec<Vec<ListCell>> {
    let prefixes = &build.manifest().about.prefixes;
    let labels = Labels::new(build.index(), language);
    let mut counts: Vec<_> = counts.collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    counts
        .into_iter()
        .map(|(iri, count)| {
            vec![
                prefixes.shorten(iri).into(),
                labels.of(iri).unwrap_or_default().into(),
                (*count).into(),
            ]
        })
        .collect()
}
