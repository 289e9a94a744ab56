//! A table's entry in the metadata of a project: what `infer` found in the file, with how it becomes RDF.

use super::names;
use super::terms::VocabularyTerms;
use crate::csvw::OWN_NAMESPACE;
use crate::infer;
use serde_json::{Map, Value, json};
use std::path::Path;

/// Columns that name the thing of their row, best first, languages at their ends left off.
const NAMES: [&str; 10] = [
    "label",
    "name",
    "title",
    "full_name",
    "naimenovanie",
    "nazvanie",
    "imya",
    "fio",
    "bezeichnung",
    "nom",
];

/// Columns of other things that every table has, with the properties that are usual for them.
const USUAL: [(&[&str], &str); 3] = [
    (
        &[
            "alt",
            "alt_label",
            "alt_name",
            "alt_names",
            "aliases",
            "other_names",
        ],
        "skos:altLabel",
    ),
    (&["description", "opisanie"], "dc:description"),
    (
        &["note", "notes", "remark", "remarks", "primechanie"],
        "skos:editorialNote",
    ),
];

/// How the things of a project are named.
#[derive(Debug, Clone)]
pub(super) struct NamingScheme {
    /// The base of the project's IRIs.
    pub(super) base: String,
    /// The language of texts that say nothing of theirs.
    pub(super) language: String,
    /// Single values are declared functional, so that claims about them can contradict each other.
    pub(super) functional: bool,
}

/// A table as others refer to it.
#[derive(Debug, Clone)]
pub(super) struct ReferencedTable {
    /// Its URL in the metadata.
    pub(super) url: String,
    /// The template of the IRIs of its rows.
    pub(super) about: String,
}

impl ReferencedTable {
    /// A table that is described already.
    pub(super) fn of(table: &Value) -> Option<Self> {
        let schema = table.get("tableSchema")?;
        Some(Self {
            url: table.get("url")?.as_str()?.to_owned(),
            about: schema.get("aboutUrl")?.as_str()?.to_owned(),
        })
    }
}

/// A table that `infer` has proposed an entry for.
pub(super) struct ProposedTable<'p> {
    /// The entry, which is completed here.
    pub(super) entry: &'p mut Value,
    /// The name of the file, without its ending.
    pub(super) stem: String,
}

impl<'p> ProposedTable<'p> {
    /// The entry of a file.
    pub(super) fn new(entry: &'p mut Value, file: &Path) -> Self {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            entry,
            stem: stem.into_owned(),
        }
    }

    /// The name of the file in ASCII letters.
    fn latin(&self) -> String {
        infer::names(&[&self.stem]).concat()
    }

    fn kind(&self) -> String {
        names::kind(&self.latin())
    }

    fn key(&self) -> Vec<String> {
        strings(&self.entry["tableSchema"]["primaryKey"])
    }

    /// Gives the rows their IRIs.
    pub(super) fn identify(&mut self, naming: &NamingScheme) {
        let key = self.key();
        let variables: Vec<String> = match key.as_slice() {
            [] => vec!["{_row}".to_owned()],
            key => key.iter().map(|name| format!("{{{name}}}")).collect(),
        };
        let about = format!("{}id/{}/{}", naming.base, self.kind(), variables.join("/"));
        if key.is_empty() {
            add_comment(
                self.entry,
                "Without a key, the IRIs of the rows are made from their numbers, and change with their order: \
                 add a column `id`.",
            );
        }
        self.entry["tableSchema"]["aboutUrl"] = json!(about);
    }

    /// Says how columns become triples, and notes the terms that they need.
    pub(super) fn describe(
        &mut self,
        naming: &NamingScheme,
        targets: &[ReferencedTable],
        terms: &mut VocabularyTerms,
    ) {
        let class = names::class(&self.latin());
        let key = self.key();
        let references = references(&self.entry["tableSchema"]);
        let file = self.entry["url"].as_str().unwrap_or_default().to_owned();
        let mut columns = match self.entry["tableSchema"]["columns"].take() {
            Value::Array(columns) => columns,
            _ => Vec::new(),
        };
        let mut taken: Vec<String> = columns.iter().map(|column| text(column, "name")).collect();
        let label = label_stem(&columns, &key, &references);
        let mut labelled = Vec::new();
        for column in &mut columns {
            let name = text(column, "name");
            let refers = references
                .iter()
                .find(|(columns, _)| *columns == [name.as_str()]);
            if key.contains(&name) && refers.is_none() {
                column["required"] = json!(true);
                if name == "id" || key.len() > 1 {
                    column["suppressOutput"] = json!(true);
                } else {
                    column["propertyUrl"] = json!("dc:identifier");
                }
                continue;
            }
            let target =
                refers.and_then(|(_, url)| targets.iter().find(|target| target.url == *url));
            if let Some(target) = target {
                self.link(column, &name, &target.about, &class, naming, terms);
                continue;
            }
            let language = column["lang"].as_str().map(str::to_owned);
            let stem =
                without_any_language(&name, language.as_deref(), &naming.language).to_owned();
            let is_label = label.as_deref() == Some(stem.to_lowercase().as_str());
            let usual = USUAL
                .iter()
                .find(|(names, _)| names.contains(&stem.to_lowercase().as_str()));
            let is_text = column.get("datatype").is_none();
            if (is_label || usual.is_some() || language.is_some()) && is_text {
                let language = language.unwrap_or_else(|| naming.language.clone());
                terms.language(&language);
                if is_label {
                    labelled.push(language.clone());
                }
                column["lang"] = json!(language);
            }
            let property = match usual {
                _ if is_label => "skos:prefLabel".to_owned(),
                Some((_, property)) if is_text => (*property).to_owned(),
                _ => {
                    let property = names::property(&ascii(&stem));
                    terms.property(&property, &title(column, &stem), &name, &file, false);
                    if naming.functional && column.get("separator").is_none() {
                        column[format!("{OWN_NAMESPACE}functional")] = json!(true);
                    }
                    format!("{}ns#{property}", naming.base)
                }
            };
            column["propertyUrl"] = json!(property);
        }
        for (several, url) in references.iter().filter(|(columns, _)| columns.len() > 1) {
            if let Some(target) = targets.iter().find(|target| target.url == *url) {
                let stem = url
                    .rsplit('/')
                    .next()
                    .and_then(|file| file.split('.').next());
                let name = names::free(&ascii(&names::kind(stem.unwrap_or(url))), &taken);
                let mut value = target.about.clone();
                let target_key = key_variables(&target.about);
                for (own, other) in several.iter().zip(target_key) {
                    value = value.replace(&format!("{{{other}}}"), &format!("{{{own}}}"));
                }
                let property = names::property(&name);
                terms.property(&property, &names::spoken(&name), &name, &file, true);
                columns.push(json!({
                    "name": name, "virtual": true,
                    "propertyUrl": format!("{}ns#{property}", naming.base), "valueUrl": value,
                }));
                taken.push(name);
            }
        }
        let name = names::free("type", &taken);
        taken.push(name.clone());
        columns.push(json!({
            "name": name, "virtual": true,
            "propertyUrl": "rdf:type", "valueUrl": format!("{}ns#{class}", naming.base),
        }));
        if labelled.is_empty() {
            terms.language(&naming.language);
            let variables = match key.as_slice() {
                [] => "{_row}".to_owned(),
                key => key
                    .iter()
                    .map(|name| format!("{{{name}}}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let thing = names::capitalised(&names::thing(&self.latin()));
            columns.push(json!({
                "name": names::free("label", &taken), "virtual": true, "lang": naming.language,
                "propertyUrl": "skos:prefLabel",
                format!("{OWN_NAMESPACE}text"): format!("{thing} {variables}"),
                "rdfs:comment": "No column names the thing of a row: its label is made from its key.",
            }));
        }
        terms.class(&class, &names::thing(&self.stem), &file);
        terms.kind(&self.kind());
        self.entry["tableSchema"]["columns"] = json!(columns);
        self.arrange();
    }

    /// A column whose values are keys of another table.
    fn link(
        &self,
        column: &mut Value,
        name: &str,
        about: &str,
        class: &str,
        naming: &NamingScheme,
        terms: &mut VocabularyTerms,
    ) {
        let key = key_variables(about);
        let [variable] = key.as_slice() else { return };
        let value = about.replace(&format!("{{{variable}}}"), &format!("{{{name}}}"));
        let stem = name
            .strip_suffix("_id")
            .filter(|stem| !stem.is_empty())
            .unwrap_or(name);
        let mut property = names::property(&ascii(stem));
        if property == class {
            property.push_str("Link");
        }
        let file = self.entry["url"].as_str().unwrap_or_default();
        terms.property(&property, &title(column, stem), name, file, true);
        column["propertyUrl"] = json!(format!("{}ns#{property}", naming.base));
        column["valueUrl"] = json!(value);
        if column.get("separator").is_some() {
            column[format!("{OWN_NAMESPACE}each")] = json!(true);
        } else if naming.functional {
            column[format!("{OWN_NAMESPACE}functional")] = json!(true);
        }
    }

    /// Puts comments last in a column and first in a table, and keys before columns.
    fn arrange(&mut self) {
        let schema = &mut self.entry["tableSchema"];
        if let Some(columns) = schema["columns"].as_array_mut() {
            for column in columns.iter_mut().filter_map(Value::as_object_mut) {
                if let Some(comment) = column.shift_remove("rdfs:comment") {
                    column.insert("rdfs:comment".to_owned(), comment);
                }
            }
        }
        if let Some(schema) = schema.as_object_mut() {
            let mut arranged = Map::new();
            for member in ["aboutUrl", "primaryKey", "foreignKeys", "columns"] {
                if let Some(value) = schema.shift_remove(member) {
                    arranged.insert(member.to_owned(), value);
                }
            }
            arranged.append(schema);
            *schema = arranged;
        }
    }
}

/// The foreign keys of a schema: names of columns, and the URL of the table that they refer to.
fn references(schema: &Value) -> Vec<(Vec<String>, String)> {
    let keys = schema["foreignKeys"].as_array();
    keys.into_iter()
        .flatten()
        .map(|key| {
            (
                strings(&key["columnReference"]),
                text(&key["reference"], "resource"),
            )
        })
        .collect()
}

/// What the columns are named, without a language, that name the things of the rows.
fn label_stem(
    columns: &[Value],
    key: &[String],
    references: &[(Vec<String>, String)],
) -> Option<String> {
    let stems: Vec<String> = columns
        .iter()
        .filter(|column| column.get("datatype").is_none() && column.get("separator").is_none())
        .filter(|column| {
            let name = text(column, "name");
            !key.contains(&name)
                && !references
                    .iter()
                    .any(|(columns, _)| columns.contains(&name))
        })
        .map(|column| {
            let name = text(column, "name");
            without_any_language(&name, column["lang"].as_str(), "en").to_lowercase()
        })
        .collect();
    let mut names = NAMES.iter().map(|name| (*name).to_owned());
    names.find(|name| stems.contains(name))
}

fn without_any_language<'n>(name: &'n str, stated: Option<&str>, usual: &str) -> &'n str {
    let known = [stated.unwrap_or(usual), "en", "ru"];
    let shorter = known
        .into_iter()
        .map(|language| names::without_language(name, language));
    shorter.min_by_key(|name| name.len()).unwrap_or(name)
}

/// What readers call a column: its title where that has letters that names cannot have.
fn title(column: &Value, name: &str) -> String {
    let title = column["titles"].as_str().unwrap_or_default();
    if title.is_ascii() {
        names::spoken(name)
    } else {
        title.to_owned()
    }
}

/// The variables of a template, in order.
pub(super) fn key_variables(template: &str) -> Vec<String> {
    let parts = template.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
        .collect()
}

/// A name in ASCII letters.
fn ascii(name: &str) -> String {
    infer::names(&[name]).concat()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

/// A string or an array of them.
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// Adds a comment to a table.
fn add_comment(entry: &mut Value, text: &str) {
    match &mut entry["rdfs:comment"] {
        Value::Array(notes) => notes.push(json!(text)),
        other => *other = json!([text]),
    }
}
