//! The proposal as JSON, with a comment for the curator on every guess.

use super::EXAMPLE_BASE;
use super::keys::{InferredForeignKey, InferredKeys};
use super::name;
use super::profile::{ColumnProfile, Doubt, KeptAsText, TableProfile, Unique};
use crate::csv::Dialect;
use crate::csvw::OWN_NAMESPACE;
use crate::datatype::DatatypeDescription;
use crate::uri;
use serde_json::{Map, Value, json};
use std::path::{Component, Path, PathBuf};

/// The text of the document; `folder` is where it will be, `base` that of the project's IRIs.
pub fn write(
    tables: &[TableProfile],
    keys: &InferredKeys,
    folder: &Path,
    base: Option<&str>,
) -> String {
    let mut document = Map::new();
    document.insert(
        "@context".to_owned(),
        json!(["http://www.w3.org/ns/csvw", { "@language": "en" }]),
    );
    let mut notes = vec![
        "Proposed from the files as they are: check every guess, then delete its comment."
            .to_owned(),
    ];
    if let Some(base) = base {
        document.insert(format!("{OWN_NAMESPACE}base"), json!(base));
        if base.starts_with(EXAMPLE_BASE) {
            notes.push(format!(
                "The base `{base}` is an example: put in its place a URL of your own, under which your data \
                 will be published."
            ));
        }
    }
    document.insert(
        "rdfs:comment".to_owned(),
        match notes.as_slice() {
            [note] => json!(note),
            notes => json!(notes),
        },
    );
    let mut described: Vec<_> = (0..tables.len())
        .filter_map(|index| table(tables, keys, index, folder))
        .collect();
    match described.as_mut_slice() {
        // A base is said of a group.
        [only] if base.is_none() => {
            // Its own comments first take the place of the general one.
            if let Some(Value::Array(notes)) = only.get_mut("rdfs:comment")
                && let Some(general) = document.remove("rdfs:comment")
            {
                notes.insert(0, general);
            }
            document.append(only);
        }
        _ => {
            document.insert("tables".to_owned(), json!(described));
        }
    }
    let mut text = serde_json::to_string_pretty(&Value::Object(document)).unwrap_or_default();
    text.push('\n');
    text
}

fn table(
    tables: &[TableProfile],
    keys: &InferredKeys,
    index: usize,
    folder: &Path,
) -> Option<Map<String, Value>> {
    let table = tables.get(index)?;
    let primary = keys.primary.get(index).map_or(&[][..], Vec::as_slice);
    let foreign = keys.foreign.get(index).map_or(&[][..], Vec::as_slice);

    let mut notes = vec![match table.rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }];
    notes.extend(table.source.guesses.iter().cloned());
    if table.header_is_data {
        notes.push(
            "The header reads like a row of data. If it is one, declare `\"dialect\": {\"header\": false}` and \
             delete `titles`."
                .to_owned(),
        );
    }
    if table.columns.iter().any(ColumnProfile::is_required) {
        notes.push("Columns in which no cell is empty are `required`.".to_owned());
    }
    let key = names(table, primary);
    let unknown = |column: &ColumnProfile| matches!(column.unique, Unique::Unknown);
    notes.push(match key.as_slice() {
        [] if keys.unsearched.contains(&index) || table.columns.iter().any(unknown) => {
            "No primary key proposed: there are more values than could be remembered.".to_owned()
        }
        [] => "No primary key proposed: no column, and no few columns that look like a key, have different \
               values in every row."
            .to_owned(),
        [key] => format!("Primary key `{key}`: no two rows have the same value."),
        several => format!(
            "Primary key {}: no two rows have the same values in all of them; no column alone will do.",
            quoted(several)
        ),
    });
    for reference in foreign {
        notes.push(foreign_note(tables, table, reference));
    }

    let mut out = Map::new();
    out.insert("url".to_owned(), json!(url(folder, &table.source.path)));
    let dialect = dialect(&table.source.dialect, table.blank_rows > 0);
    if !dialect.is_empty() {
        out.insert("dialect".to_owned(), Value::Object(dialect));
    }
    out.insert("rdfs:comment".to_owned(), json!(notes));
    let mut schema = Map::new();
    let columns: Vec<_> = table
        .columns
        .iter()
        .enumerate()
        .map(|(number, described)| {
            let refers = (foreign.iter()).any(|reference| reference.columns.contains(&number));
            let is_key = primary.contains(&number) || refers;
            let mut out = column(described, table.rows, is_key);
            if let (Value::Object(out), true) = (&mut out, refers && !described.is_required()) {
                out.insert(format!("{OWN_NAMESPACE}optional"), json!(true));
            }
            out
        })
        .collect();
    schema.insert("columns".to_owned(), json!(columns));
    if !key.is_empty() {
        schema.insert("primaryKey".to_owned(), reference(&key));
        // Variables never expand to a slash of their own.
        let variables: Vec<_> = key.iter().map(|name| format!("{{{name}}}")).collect();
        let about = format!("#{}", variables.join("/"));
        schema.insert("aboutUrl".to_owned(), json!(about));
    }
    if !foreign.is_empty() {
        let foreign: Vec<_> = foreign
            .iter()
            .filter_map(|foreign| {
                let target = tables.get(foreign.table)?;
                let key = keys.primary.get(foreign.table)?;
                Some(json!({
                    "columnReference": reference(&names(table, &foreign.columns)),
                    "reference": {
                        "resource": url(folder, &target.source.path),
                        "columnReference": reference(&names(target, key)),
                    }
                }))
            })
            .collect();
        schema.insert("foreignKeys".to_owned(), json!(foreign));
    }
    out.insert("tableSchema".to_owned(), Value::Object(schema));
    Some(out)
}

fn foreign_note(
    tables: &[TableProfile],
    table: &TableProfile,
    reference: &InferredForeignKey,
) -> String {
    let target = tables
        .get(reference.table)
        .map_or("", |target| target.name.as_str());
    let names = names(table, &reference.columns);
    let &[column] = reference.columns.as_slice() else {
        return format!(
            "Foreign key {}: the values of every row are a key of `{target}`, which has columns of these names.",
            quoted(&names)
        );
    };
    let column = table.columns.get(column);
    let name = quoted(&names);
    let what = match column.and_then(|column| column.choice.separator.as_ref()) {
        Some(_) => "every item",
        None => "every value",
    };
    let why = if reference.named {
        "and the column is named after it"
    } else {
        "though its name does not say so"
    };
    format!("Foreign key {name}: {what} is a key of `{target}`, {why}.")
}

/// The names of columns.
fn names<'t>(table: &'t TableProfile, columns: &[usize]) -> Vec<&'t str> {
    columns
        .iter()
        .filter_map(|&column| Some(table.columns.get(column)?.name.as_str()))
        .collect()
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// A reference to columns: one name as it is.
fn reference(names: &[&str]) -> Value {
    match names {
        [name] => json!(name),
        names => json!(names),
    }
}

fn column(column: &ColumnProfile, rows: u64, is_key: bool) -> Value {
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(column.name));
    if !column.title.is_empty() {
        out.insert("titles".to_owned(), json!(column.title));
    }
    let language = (column.is_text() && !is_key)
        .then(|| language(column))
        .flatten();
    let notes = notes(column, rows, language);
    match notes.as_slice() {
        [] => {}
        [note] => {
            out.insert("rdfs:comment".to_owned(), json!(note));
        }
        notes => {
            out.insert("rdfs:comment".to_owned(), json!(notes));
        }
    }
    if let Some(datatype) = datatype(&column.choice.datatype) {
        out.insert("datatype".to_owned(), datatype);
    }
    if let Some(separator) = &column.choice.separator {
        out.insert("separator".to_owned(), json!(separator));
    }
    if column.is_required() {
        out.insert("required".to_owned(), json!(true));
    }
    let nulls = column.nulls();
    if !nulls.is_empty() {
        let all: Vec<_> = std::iter::once("").chain(nulls).collect();
        out.insert("null".to_owned(), json!(all));
    }
    if let Some(language) = language {
        out.insert("lang".to_owned(), json!(language));
    }
    Value::Object(out)
}

fn language(column: &ColumnProfile) -> Option<&'static str> {
    name::stated_language(&column.title).or_else(|| column.is_cyrillic().then_some("ru"))
}

fn notes(column: &ColumnProfile, rows: u64, language: Option<&str>) -> Vec<String> {
    let mut notes = Vec::new();
    if column.title.trim().is_empty() {
        notes.push(
            "The header is empty here: give the column a name that says what it holds.".to_owned(),
        );
    }
    if !column.has_values() {
        notes.push("No cell has a value: nothing is known of its datatype.".to_owned());
        return notes;
    }
    let example = column.example.as_deref().unwrap_or_default();
    let base = column.choice.datatype.base.as_str();
    match &column.choice.doubt {
        Some(Doubt::DayMonth) => notes.push(format!(
            "Dates such as `{example}`: no cell tells day and month apart. Check the pattern."
        )),
        Some(Doubt::Number) => notes.push(format!(
            "Numbers such as `{example}`: the mark may separate thousands or a fraction, and no cell tells which. \
             Check the format."
        )),
        Some(Doubt::Settled(title)) => notes.push(format!(
            "Cells such as `{example}` can be read in two ways; column `{title}` says in which."
        )),
        None => {}
    }
    if let Some(format) = &column.choice.datatype.format {
        notes.push(match (&format.pattern, &format.decimal_char) {
            (None, Some(mark)) => {
                format!("All values fit `{base}` with `{mark}` before the fraction, such as `{example}`.")
            }
            (pattern, _) => {
                let pattern = pattern.as_deref().unwrap_or_default();
                format!("All values have the format `{pattern}`, such as `{example}`.")
            }
        });
    } else if !column.is_text() {
        notes.push(format!("All values fit `{base}`, such as `{example}`."));
        if column.compact_dates && base == "integer" {
            notes.push(
                "All of them are days as well. If that is what they mean, declare the datatype `date` with the \
                 format `yyyyMMdd`."
                    .to_owned(),
            );
        }
    }
    match &column.choice.kept_as_text {
        Some(KeptAsText::Name) => {
            notes.push("Digits under the name of a code: kept as text.".to_owned());
        }
        Some(KeptAsText::Version(example)) => notes.push(format!(
            "Numbers of uneven length such as `{example}`, as versions have them: kept as text. If they are \
             numbers, declare the datatype `decimal`."
        )),
        None if column.is_code() => notes.push("Digits that are not a number: kept as text.".to_owned()),
        None => {}
    }
    let is_code = column.choice.kept_as_text == Some(KeptAsText::Name);
    if column.shortened && (base == "double" || is_code) {
        notes.push(format!(
            "Numbers such as `{example}` are what spreadsheets show of long digits. If the cells are codes, get them \
             from where they are whole."
        ));
    }
    if let Some(day) = column.no_such_day.as_ref().filter(|_| column.is_text()) {
        notes.push(format!(
            "`{day}` has the form of a date, but there is no such day. If the cells are dates, correct it."
        ));
    }
    notes.extend(column.near_misses());
    if let Some(separator) = column.maybe_separator {
        notes.push(format!(
            "Some cells have `{separator}`: if they are lists, declare it as `separator`."
        ));
    }
    if let Some(separator) = &column.choice.separator {
        let mark = match separator.trim() {
            "" if separator == "\t" => "a tab".to_owned(),
            "" => "spaces".to_owned(),
            mark => format!("`{mark}`"),
        };
        notes.push(format!(
            "Cells with {mark} are taken as lists, whose items the canonical form sorts. If their order means \
             something, declare `\"ordered\": true`."
        ));
    }
    if column.is_text() && column.padded {
        notes.push("Some cells start or end with spaces, which count.".to_owned());
    }
    match column.empty {
        0 => {}
        1 => notes.push(format!("1 of {rows} cells is empty.")),
        empty => notes.push(format!("{empty} of {rows} cells are empty.")),
    }
    let nulls = column.nulls();
    if !nulls.is_empty() {
        notes.push(format!("Taken as missing: {}.", quoted(&nulls)));
    }
    let other: Vec<_> = (column.null_words.keys().copied())
        .filter(|word| !nulls.contains(word))
        .collect();
    if !other.is_empty() {
        notes.push(format!(
            "If {} means that there is no value, list it in `null`.",
            quoted(&other)
        ));
    }
    if language == Some("ru") && name::stated_language(&column.title).is_none() {
        notes.push("Most letters are Cyrillic: taken as Russian.".to_owned());
    }
    notes
}

fn datatype(description: &DatatypeDescription) -> Option<Value> {
    if description.base.is_empty() {
        return None;
    }
    let Some(format) = &description.format else {
        return Some(json!(description.base));
    };
    let pattern = format.pattern.as_deref();
    let format = if format.is_object {
        let mut object = Map::new();
        for (name, value) in [
            ("pattern", pattern),
            ("decimalChar", format.decimal_char.as_deref()),
            ("groupChar", format.group_char.as_deref()),
        ] {
            if let Some(value) = value {
                object.insert(name.to_owned(), json!(value));
            }
        }
        Value::Object(object)
    } else {
        json!(pattern.unwrap_or_default())
    };
    Some(json!({ "base": description.base, "format": format }))
}

/// What differs from the default dialect.
fn dialect(dialect: &Dialect, blank_rows: bool) -> Map<String, Value> {
    let mut out = Map::new();
    let default = Dialect::default();
    if dialect.delimiter != default.delimiter {
        out.insert("delimiter".to_owned(), json!(dialect.delimiter));
    }
    if dialect.encoding != default.encoding {
        out.insert("encoding".to_owned(), json!(dialect.encoding));
    }
    if dialect.line_terminators != default.line_terminators {
        out.insert(
            "lineTerminators".to_owned(),
            json!(dialect.line_terminators),
        );
    }
    if let Some(prefix) = &dialect.comment_prefix {
        out.insert("commentPrefix".to_owned(), json!(prefix));
    }
    if dialect.skip_initial_space {
        out.insert("skipInitialSpace".to_owned(), json!(true));
    }
    if dialect.skip_rows != default.skip_rows {
        out.insert("skipRows".to_owned(), json!(dialect.skip_rows));
    }
    if blank_rows {
        out.insert("skipBlankRows".to_owned(), json!(true));
    }
    out
}

/// The URL of a file relative to a folder.
fn url(folder: &Path, file: &Path) -> String {
    let (folder, file) = (absolute(folder), absolute(file));
    let parts = |path: &Path| -> Vec<String> {
        path.components()
            .filter(|component| matches!(component, Component::Normal(_)))
            .map(|component| component.as_os_str().to_string_lossy().into_owned())
            .collect()
    };
    let (folder, file) = (parts(&folder), parts(&file));
    let common = folder
        .iter()
        .zip(&file)
        .take_while(|(a, b)| a == b)
        .count()
        // The file's own name always is in the URL.
        .min(file.len().saturating_sub(1));
    let mut url = "../".repeat(folder.len() - common);
    for (index, part) in file.iter().skip(common).enumerate() {
        if index > 0 {
            url.push('/');
        }
        uri::push_unreserved(&mut url, part);
    }
    url
}

/// A path from the root, without dot segments. Links are not followed.
fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    };
    let mut out = PathBuf::new();
    for component in std::path::absolute(path)
        .unwrap_or_else(|_| path.to_owned())
        .components()
    {
        match component {
            Component::ParentDir => {
                out.pop();
            }
            component => out.push(component),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (folder, file, expected) in [
            ("/a/b", "/a/b/c.csv", "c.csv"),
            ("/a/b", "/a/b/c/d e.csv", "c/d%20e.csv"),
            ("/a/b", "/a/c.csv", "../c.csv"),
            ("/a/b", "/x/y.csv", "../../x/y.csv"),
            ("", "c.csv", "c.csv"),
            ("./d/..", "d/c.csv", "d/c.csv"),
        ] {
            assert_eq!(
                url(Path::new(folder), Path::new(file)),
                expected,
                "{folder} {file}"
            );
        }
    }
}
