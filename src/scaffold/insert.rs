//! A new table in a project: its entry in the metadata, and references between it and the tables that are there.

use super::table::{NamingScheme, ProposedTable, ReferencedTable, key_variables, strings};
use super::terms::VocabularyTerms;
use super::{File, layout};
use crate::csvw::OWN_NAMESPACE;
use crate::diagnostic::Diagnostic;
use crate::infer::{self, InferOptions};
use crate::uri::percent_decode;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Value, json};
use std::fmt;
use std::path::{Path, PathBuf};

/// What a new table would add to a project.
#[derive(Debug, Clone)]
pub struct Addition {
    /// The table's entry, as it is in the metadata.
    pub entry: String,
    /// References of tables that are there to the new one, in words.
    pub references: Vec<String>,
    /// The metadata with all that in it.
    pub metadata: String,
    /// A file of the ontology with the new terms.
    pub vocabulary: File,
}

/// Why no entry could be proposed.
#[derive(Debug)]
pub enum InsertRefusal {
    /// A file cannot be read as a table.
    Unreadable(Box<Diagnostic>),
    /// The metadata describes the file already.
    Described,
    /// The metadata has no group of tables.
    NoTables,
}

impl fmt::Display for InsertRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(diagnostic) => f.write_str(&diagnostic.message),
            Self::Described => {
                f.write_str("the metadata of the project describes this table already")
            }
            Self::NoTables => f.write_str("the metadata of the project has no `tables`"),
        }
    }
}

impl std::error::Error for InsertRefusal {}

/// A reference of a table that is there to the new one.
struct IncomingReference {
    /// Index of the table.
    table: usize,
    /// Index of the column.
    column: usize,
    /// The foreign key.
    key: Value,
    /// The template of the IRI that the column's values are links to.
    value: String,
}

/// Proposes the entry of `file` for the metadata of a project, which is at `path` and has the text `metadata`.
///
/// # Errors
/// A table of the project cannot be read, or the file is one of them.
pub fn propose(
    metadata: &str,
    path: &Path,
    base: &str,
    file: &Path,
) -> Result<Addition, InsertRefusal> {
    let document: Value = serde_json::from_str(metadata).map_err(|_| InsertRefusal::NoTables)?;
    let tables = document["tables"]
        .as_array()
        .ok_or(InsertRefusal::NoTables)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    // Tables that lie elsewhere, or are missing, take no part.
    let present: Vec<(usize, PathBuf)> = tables
        .iter()
        .enumerate()
        .filter_map(|(index, table)| {
            let file = folder.join(percent_decode(table["url"].as_str()?));
            file.is_file().then_some((index, file))
        })
        .collect();
    if present.iter().any(|(_, present)| same_file(present, file)) {
        return Err(InsertRefusal::Described);
    }
    let mut files: Vec<PathBuf> = present.iter().map(|(_, file)| file.clone()).collect();
    files.push(file.to_owned());
    let options = InferOptions {
        base: Some(base.to_owned()),
        ..InferOptions::new(folder)
    };
    let text = infer::infer(&files, &options).map_err(InsertRefusal::Unreadable)?;
    let mut proposed: Value = serde_json::from_str(&text).unwrap_or_default();
    let mut proposed = match proposed["tables"].take() {
        Value::Array(proposed) => proposed,
        _ => Vec::new(),
    };
    let mut entry = proposed.pop().ok_or(InsertRefusal::NoTables)?;
    let known: Vec<DescribedTable<'_>> = present
        .iter()
        .zip(&proposed)
        .filter_map(|(&(index, _), inferred)| {
            Some(DescribedTable {
                index,
                entry: tables.get(index)?,
                inferred,
            })
        })
        .collect();
    let with_claims = metadata.contains("claim.id");
    let naming = NamingScheme {
        base: base.to_owned(),
        language: language(&document),
        functional: with_claims,
    };
    outgoing(&mut entry, &known);
    ProposedTable::new(&mut entry, file).identify(&naming);
    let mut targets: Vec<ReferencedTable> = tables.iter().filter_map(ReferencedTable::of).collect();
    let own = ReferencedTable::of(&entry);
    targets.extend(own.clone());
    let mut terms = VocabularyTerms::default();
    ProposedTable::new(&mut entry, file).describe(&naming, &targets, &mut terms);
    let incoming: Vec<IncomingReference> = own
        .iter()
        .flat_map(|own| known.iter().flat_map(|known| known.incoming(own)))
        .collect();
    let references = incoming
        .iter()
        .filter_map(|reference| {
            let table = tables.get(reference.table)?;
            let column = strings(&reference.key["columnReference"]).join(", ");
            let (from, to) = (table["url"].as_str()?, entry["url"].as_str()?);
            Some(format!("column `{column}` of `{from}` refers to `{to}`"))
        })
        .collect();
    let used: Vec<&str> = tables
        .iter()
        .flat_map(|table| columns(table).iter())
        .filter_map(|column| column["propertyUrl"].as_str())
        .collect();
    terms.retain_properties(|name| !used.contains(&format!("{base}ns#{name}").as_str()));
    let stem = infer::names(&[&file.file_stem().unwrap_or_default().to_string_lossy()]).concat();
    Ok(Addition {
        metadata: insert(metadata, &entry, &incoming).ok_or(InsertRefusal::NoTables)?,
        entry: layout::block(&entry, 0),
        references,
        vocabulary: File::new(
            Path::new("ontology").join(format!("terms-{stem}.ttl")),
            terms.vocabulary(base, None),
        ),
    })
}

/// A table of the project, with what is inferred from its file.
struct DescribedTable<'k> {
    index: usize,
    entry: &'k Value,
    inferred: &'k Value,
}

impl DescribedTable<'_> {
    /// The name in the metadata of a column that has this name in what was inferred.
    fn name(&self, inferred: &str) -> Option<&str> {
        let mut all = columns(self.inferred).iter();
        let at = all.position(|column| column["name"] == inferred)?;
        self.column(at)?["name"].as_str()
    }

    fn column(&self, at: usize) -> Option<&Value> {
        let mut of_file = columns(self.entry)
            .iter()
            .filter(|column| column["virtual"] != json!(true));
        of_file.nth(at)
    }

    /// Foreign keys to the new table.
    fn incoming(&self, target: &ReferencedTable) -> Vec<IncomingReference> {
        let keys = self.inferred["tableSchema"]["foreignKeys"].as_array();
        let declared = self.entry["tableSchema"]["foreignKeys"].as_array();
        keys.into_iter()
            .flatten()
            .filter(|key| key["reference"]["resource"] == target.url)
            .filter_map(|key| {
                let inferred = strings(&key["columnReference"]);
                let [inferred] = inferred.as_slice() else {
                    return None;
                };
                let name = self.name(inferred)?;
                // A column refers to one table.
                let mut declared = declared.into_iter().flatten();
                if declared.any(|key| {
                    strings(&key["columnReference"])
                        .iter()
                        .any(|column| column == name)
                }) {
                    return None;
                }
                let column = columns(self.entry)
                    .iter()
                    .position(|column| column["name"] == name)?;
                let variables = key_variables(&target.about);
                let [variable] = variables.as_slice() else {
                    return None;
                };
                Some(IncomingReference {
                    table: self.index,
                    column,
                    key: json!({"columnReference": name, "reference": key["reference"]}),
                    value: target
                        .about
                        .replace(&format!("{{{variable}}}"), &format!("{{{name}}}")),
                })
            })
            .collect()
    }
}

fn columns(table: &Value) -> &[Value] {
    table["tableSchema"]["columns"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

/// Keeps the foreign keys whose targets have, in the metadata, the key that was found in their files.
fn outgoing(entry: &mut Value, known: &[DescribedTable<'_>]) {
    let own = entry["url"].clone();
    let Some(keys) = entry["tableSchema"]["foreignKeys"].as_array_mut() else {
        return;
    };
    keys.retain_mut(|key| {
        if key["reference"]["resource"] == own {
            return true;
        }
        let target = known.iter().find(|known| known.inferred["url"] == key["reference"]["resource"]);
        let Some(target) = target else { return false };
        let inferred = strings(&key["reference"]["columnReference"]);
        let names: Option<Vec<&str>> = inferred.iter().map(|name| target.name(name)).collect();
        let primary = strings(&target.entry["tableSchema"]["primaryKey"]);
        let Some(names) = names.filter(|names| *names == primary) else {
            return false;
        };
        key["reference"] = json!({
            "resource": target.entry["url"],
            "columnReference": if let [name] = names.as_slice() { json!(name) } else { json!(names) },
        });
        true
    });
    if keys.is_empty()
        && let Some(schema) = entry["tableSchema"].as_object_mut()
    {
        schema.shift_remove("foreignKeys");
    }
}

/// The language of most of the texts that have one.
fn language(document: &Value) -> String {
    let tables = document["tables"].as_array();
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for column in tables.into_iter().flatten().flat_map(columns) {
        let Some(language) = column["lang"].as_str() else {
            continue;
        };
        match counts.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += 1,
            None => counts.push((language, 1)),
        }
    }
    // Cyrillic is recognised; what is left to guess is the language of other letters.
    let mut latin = counts.into_iter().filter(|(language, _)| *language != "ru");
    let first = latin.next();
    let most = latin.fold(first, |most, one| {
        most.filter(|most| most.1 >= one.1).or(Some(one))
    });
    most.map_or("en", |(language, _)| language).to_owned()
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// The text of the metadata with a table more, all else as it was.
fn insert(text: &str, entry: &Value, incoming: &[IncomingReference]) -> Option<String> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let root = parsed.value?;
    let tables = root.as_object()?.get("tables")?.value.as_array()?;
    let mut edits: Vec<(usize, String)> = Vec::new();
    let last = tables.elements.last()?;
    let indent = indent(text, last.range().start);
    let entry = layout::block(entry, indent);
    edits.push((
        last.range().end,
        format!(",\n{}{entry}", " ".repeat(indent)),
    ));
    for (position, table) in tables.elements.iter().enumerate() {
        let own: Vec<&IncomingReference> = incoming
            .iter()
            .filter(|one| one.table == position)
            .collect();
        if own.is_empty() {
            continue;
        }
        let schema = table.as_object()?.get("tableSchema")?.value.as_object()?;
        let keys: Vec<String> = own.iter().map(|one| layout::inline(&one.key)).collect();
        let columns = schema.get("columns")?;
        match schema
            .get("foreignKeys")
            .and_then(|member| member.value.as_array())
        {
            Some(array) => match array.elements.last() {
                Some(last) => {
                    let start = " ".repeat(self::indent(text, last.range().start));
                    edits.push((
                        last.range().end,
                        format!(",\n{start}{}", keys.join(&format!(",\n{start}"))),
                    ));
                }
                None => edits.push((array.range.start + 1, keys.join(", "))),
            },
            None => {
                let start = " ".repeat(self::indent(text, columns.range().start));
                let keys = keys.join(&format!(",\n{start}  "));
                edits.push((
                    columns.range().start,
                    format!("\"foreignKeys\": [\n{start}  {keys}\n{start}],\n{start}"),
                ));
            }
        }
        for one in own {
            let column = columns
                .value
                .as_array()?
                .elements
                .get(one.column)?
                .as_object()?;
            let last = column.properties.last()?;
            let mut more = String::new();
            let mut add = |name: &str, value: Value| {
                if column.get(name).is_none() {
                    more.push_str(&format!(", {}: {value}", Value::from(name)));
                }
            };
            add("valueUrl", json!(one.value));
            if column.get("separator").is_some() {
                add(&format!("{OWN_NAMESPACE}each"), json!(true));
            }
            edits.push((last.range().end, more));
        }
    }
    // From the end, so that the places of the others stay right.
    edits.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut out = text.to_owned();
    for (at, more) in edits {
        out.insert_str(at, &more);
    }
    serde_json::from_str::<Value>(&out).ok().map(|_| out)
}

/// How far the line of a place is indented.
fn indent(text: &str, at: usize) -> usize {
    let line = text.get(..at).and_then(|before| before.rsplit('\n').next());
    line.map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}
