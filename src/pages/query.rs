//! The page where queries are written and run. It is a plain form whose answer is a table; scripts make an editor of it.

use super::assets;
use super::frame::PageFrame;
use super::links::{Links, encode};
use super::reader::capital;
use super::site::Site;
use super::value::ValueView;
use crate::query::{Labels, ParameterType, QueryParameter, StoredQuery};
use askama::Template;
use serde_json::{Value as Json, json};

/// Rows of an answer that is shown without scripts.
pub const ROWS: usize = 1000;

/// What the reader asked for.
#[derive(Debug, Clone, Default)]
pub struct QueryForm {
    /// The name of a stored query.
    pub stored: Option<String>,
    /// The text of a query.
    pub text: String,
    /// Values of the parameters of a stored query.
    pub values: Vec<(String, String)>,
    /// Whether inferred triples count as facts.
    pub inferred: bool,
    /// The build that is asked.
    pub build: String,
}

/// What is said above the query.
#[derive(Debug, Clone)]
pub enum Notice {
    /// An older build is asked. The link leads to the published one.
    Older(String),
    /// The build that was asked for is gone, or never was. The link leads to the published one.
    Gone(String),
}

/// An answer that is shown without scripts.
#[derive(Debug, Clone)]
pub enum QueryAnswer {
    /// Rows.
    Table {
        /// Names of the columns.
        columns: Vec<String>,
        /// A value for each column, where there is one.
        rows: Vec<Vec<ValueView>>,
        /// Whether there are more rows.
        cut: bool,
        /// Why there may be none.
        hints: Vec<String>,
    },
    /// A text: triples in Turtle.
    Text(String),
    /// Yes or no.
    Truth(bool),
    /// What is wrong, a line each.
    Problem(Vec<String>),
}

/// The query page.
#[derive(Template)]
#[template(path = "query.html")]
pub struct QueryPage<'a> {
    frame: &'a PageFrame,
    title: String,
    /// What scripts need to know, as JSON.
    config: String,
    script: Option<String>,
    list: Vec<StoredQueryLink>,
    /// The stored query that is shown.
    stored: Option<StoredQueryView>,
    /// Whether scripts run the stored query as it is.
    ready: bool,
    action: String,
    text: String,
    inferred: bool,
    /// Whether the reader can say if inferred triples count.
    chooses_inferred: bool,
    build: Option<String>,
    notice: Option<Notice>,
    answer: Option<QueryAnswer>,
}

/// A stored query in the list.
struct StoredQueryLink {
    title: String,
    href: String,
    /// What a filter finds it by besides.
    words: String,
    here: bool,
}

/// A stored query with its form.
struct StoredQueryView {
    description: Option<String>,
    text: String,
    fields: Vec<ParameterField>,
    /// The address of its answers for programs; none where there is no service.
    address: Option<String>,
}

/// A field for a parameter.
struct ParameterField {
    name: String,
    /// What it is, in the language of the page; empty where the query does not say it.
    text: String,
    value: String,
    kind: &'static str,
    required: bool,
    /// What may be chosen; empty where anything may be written.
    choices: &'static [&'static str],
}

impl ParameterField {
    fn of(parameter: &QueryParameter, values: &[(String, String)], language: &str) -> Self {
        let given = values.iter().rfind(|(name, _)| *name == parameter.name);
        let given = given.map(|(_, value)| value.as_str());
        let value = given.or(parameter.default.as_deref()).unwrap_or_default();
        let value = match parameter.kind {
            // An IRI is written as the form takes it.
            ParameterType::Iri => value.trim_start_matches('<').trim_end_matches('>'),
            _ => value,
        };
        Self {
            name: parameter.name.clone(),
            text: capital(parameter.text(language)),
            value: value.to_owned(),
            kind: match parameter.kind {
                ParameterType::Integer | ParameterType::GYear => "number",
                ParameterType::Date => "date",
                _ => "text",
            },
            required: parameter.default.is_none(),
            choices: match parameter.kind {
                ParameterType::Boolean => &["true", "false"],
                _ => &[],
            },
        }
    }
}

impl<'a> QueryPage<'a> {
    /// The page for what is asked; `None` where there is no such stored query.
    pub fn of(
        site: &'a Site,
        frame: &'a PageFrame,
        asked: &QueryForm,
        notice: Option<Notice>,
        answer: Option<QueryAnswer>,
    ) -> Option<Self> {
        let language = frame.language.code();
        let query = match &asked.stored {
            Some(name) => Some(site.queries.iter().find(|query| query.name == *name)?),
            None => None,
        };
        let list = site.queries.iter();
        let list = list.map(|query| StoredQueryLink::of(query, frame, asked.stored.as_deref()));
        let stored = query.map(|query| StoredQueryView::of(query, frame, &asked.values));
        let is_filled = |shown: &StoredQueryView| {
            let mut fields = shown.fields.iter();
            fields.all(|field| !field.required || !field.value.is_empty())
        };
        let published = asked.build.is_empty() || asked.build == frame.build;
        Some(Self {
            title: match query {
                Some(query) => query.title(language).to_owned(),
                None => frame.words.query.to_owned(),
            },
            config: config(site, frame, query, &asked.build).to_string(),
            script: frame.script("query"),
            list: list.collect(),
            ready: notice.is_none() && stored.as_ref().is_some_and(is_filled),
            stored,
            action: frame.href(&path(asked.stored.as_deref())),
            text: asked.text.clone(),
            inferred: asked.inferred,
            chooses_inferred: !query.is_some_and(|query| declares(query, "inferred")),
            build: (!published).then(|| asked.build.clone()),
            frame,
            notice,
            answer,
        })
    }
}

/// The path of the page, or of that of a stored query.
pub fn path(stored: Option<&str>) -> String {
    match stored {
        Some(name) => format!("/query/{}", encode(name)),
        None => "/query".to_owned(),
    }
}

/// Whether a stored query has a parameter of a name.
pub fn declares(query: &StoredQuery, name: &str) -> bool {
    query.header.parameters.iter().any(|one| one.name == name)
}

impl StoredQueryLink {
    fn of(query: &StoredQuery, frame: &PageFrame, here: Option<&str>) -> Self {
        let language = frame.language.code();
        let other = query.title(frame.language.other().code());
        let description = query.description(language).unwrap_or_default();
        let tags = query.header.tags.join(" ");
        Self {
            title: query.title(language).to_owned(),
            href: frame.href(&path(Some(&query.name))),
            words: format!("{} {other} {description} {tags}", query.name),
            here: here == Some(query.name.as_str()),
        }
    }
}

impl StoredQueryView {
    fn of(query: &StoredQuery, frame: &PageFrame, values: &[(String, String)]) -> Self {
        let parameters = query.header.parameters.iter();
        let name = encode(&query.name);
        Self {
            description: query.description(frame.language.code()).map(str::to_owned),
            text: query.text.clone(),
            fields: parameters
                .map(|parameter| {
                    let mut field = ParameterField::of(parameter, values, frame.language.code());
                    let given = values.iter().any(|(name, _)| *name == parameter.name);
                    if parameter.kind == ParameterType::Lang {
                        if !parameter.text.contains_key(frame.language.code()) {
                            field.text = capital(frame.words.labels_language);
                        }
                        // Labels are in the language of the page, unless somebody says otherwise.
                        if !given {
                            frame.language.code().clone_into(&mut field.value);
                        }
                    }
                    field
                })
                .collect(),
            address: (!frame.links.are_files())
                .then(|| frame.links.plain(&format!("/queries/{name}"))),
        }
    }
}

/// What scripts need to know.
fn config(site: &Site, frame: &PageFrame, query: Option<&StoredQuery>, build: &str) -> Json {
    let about = &site.build.manifest().about;
    let prefixes: serde_json::Map<String, Json> = about
        .prefixes
        .iter()
        .map(|(prefix, namespace)| (prefix.to_owned(), namespace.into()))
        .collect();
    let links = &frame.links;
    let root = links.root();
    let mut paths = json!({
        "root": root,
        "sparql": format!("{root}sparql"),
        "queries": format!("{root}queries"),
        "complete": format!("{root}complete"),
        "query": links.href("/query"),
        "pages": if links.are_files() { root.clone() } else { links.href("") },
    });
    if links.are_files() {
        engine(&mut paths, links);
    }
    let stored = query.map(|query| {
        let parameters = query.header.parameters.iter();
        let parameters: Vec<Json> = parameters
            .map(|one| json!({ "name": one.name, "type": one.kind.as_str() }))
            .collect();
        json!({ "name": query.name, "text": query.text, "parameters": parameters })
    });
    json!({
        "mode": if links.are_files() { "site" } else { "service" },
        "paths": paths,
        "base": about.base,
        "prefixes": prefixes,
        "build": if build.is_empty() { &frame.build } else { build },
        "stored": stored,
    })
}

/// Where the engine of a static site is, and the graph that it loads.
fn engine(paths: &mut Json, links: &Links) {
    let files = [
        ("worker", assets::path("worker")),
        ("engine", assets::path("oxigraph")),
        ("data", Some(SITE_GRAPH.to_owned())),
    ];
    for (name, path) in files {
        if let (Some(path), Some(paths)) = (path, paths.as_object_mut()) {
            // Not as a link: the site's writer makes them in any case.
            let path = format!("{}{}", links.root(), path.trim_start_matches('/'));
            paths.insert(name.to_owned(), path.into());
        }
    }
}

/// The graph of a static site: N-Quads, compressed by gzip.
pub const SITE_GRAPH: &str = "/data/graph.nq.gz";

impl QueryAnswer {
    /// An answer from SPARQL's results in JSON; `None` where it is none.
    pub fn of_json(
        body: &[u8],
        hints: Vec<String>,
        site: &Site,
        frame: &PageFrame,
    ) -> Option<Self> {
        let answer: Json = serde_json::from_slice(body).ok()?;
        if let Some(truth) = answer.get("boolean") {
            return Some(Self::Truth(truth.as_bool()?));
        }
        let columns = answer.pointer("/head/vars")?.as_array()?;
        let columns: Vec<String> = columns
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let bindings = answer.pointer("/results/bindings")?.as_array()?;
        let labels = Labels::new(site.build.index(), frame.language.code());
        let prefixes = &site.build.manifest().about.prefixes;
        let cell = |row: &Json, column: &str| {
            let Some(term) = row.get(column) else {
                return ValueView::default();
            };
            let text = term.get("value").and_then(Json::as_str).unwrap_or_default();
            match term.get("type").and_then(Json::as_str) {
                Some("uri") => {
                    let label = labels.name(text).unwrap_or_else(|| prefixes.shorten(text));
                    ValueView::link(label, frame.links.page(text)).with_title(text)
                }
                Some("bnode") => ValueView::text(format!("_:{text}")),
                Some("literal") => ValueView::text(text),
                _ => ValueView::text(term.to_string()),
            }
        };
        let rows = bindings.iter().take(ROWS);
        let rows = rows.map(|row| columns.iter().map(|column| cell(row, column)).collect());
        Some(Self::Table {
            rows: rows.collect(),
            cut: bindings.len() > ROWS,
            columns,
            hints,
        })
    }
}
