//! Names of columns from their titles, and names that speak of the same thing.

use std::collections::HashSet;

/// Names for titles: letters, digits and `_`, each one once, none starting with `_`.
pub fn names(titles: &[&str]) -> Vec<String> {
    let mut taken = HashSet::new();
    titles
        .iter()
        .enumerate()
        .map(|(index, title)| {
            let mut name = slug(title);
            if name.is_empty() {
                name = format!("column_{}", index + 1);
            }
            let mut number = 2;
            let stem = name.clone();
            while !taken.insert(name.clone()) {
                name = format!("{stem}_{number}");
                number += 1;
            }
            name
        })
        .collect()
}

/// A title in ASCII letters, digits and single underscores; Cyrillic is transliterated.
fn slug(title: &str) -> String {
    // Names that fit stay as they are, capitals included.
    let fits = title.starts_with(|c: char| c.is_ascii_alphanumeric())
        && title
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits {
        return title.to_owned();
    }
    let mut out = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        match latin(c) {
            _ if c.is_ascii_alphanumeric() => out.push(c),
            Some(letters) => out.push_str(letters),
            None if !out.is_empty() && !out.ends_with('_') => out.push('_'),
            None => {}
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// Latin letters for a lower-case Cyrillic letter; `None` for what separates words.
pub(crate) fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "yo",
        'ж' => "zh",
        'з' => "z",
        'и' => "i",
        'й' | 'ы' => "y",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

/// Whether a column's name speaks of the rows of a table: `city`, `city_id`, `host_city` of `cities`.
pub fn refers_to(column: &str, table: &str, key: &str) -> bool {
    let column = column.to_lowercase();
    let table = singular(&table.to_lowercase());
    let bare = ["_ids", "_id", "_code", "_key", "_slug"]
        .iter()
        .find_map(|suffix| column.strip_suffix(suffix))
        .unwrap_or(&column);
    let bare = singular(bare);
    let key = key.to_lowercase();
    bare == table
        || bare.ends_with(&format!("_{table}"))
        || (column == key && !matches!(key.as_str(), "id" | "code" | "key" | "name"))
}

/// Whether a column is named after what identifies something: `id`, `city_code`, `cityId`.
pub fn identifies(title: &str) -> bool {
    let camel = title.ends_with("Id") || title.ends_with("ID");
    let last = words(title).pop();
    camel || last.is_some_and(|last| IDENTIFIERS.contains(&last.as_str()))
}

const IDENTIFIERS: &[&str] = &[
    "id", "code", "key", "slug", "uuid", "iri", "uri", "isin", "код", "шифр", "ид",
];

/// Whether whole numbers under this title say when or which one rather than how much.
pub fn counts(title: &str) -> bool {
    let words = words(title);
    let rate = words
        .iter()
        .any(|word| matches!(word.as_str(), "per" | "of"));
    !rate
        && words
            .last()
            .is_some_and(|last| ORDINALS.contains(&last.as_str()))
}

const ORDINALS: &[&str] = &[
    "time",
    "period",
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",
    "number",
    "no",
    "nr",
    "num",
    "seq",
    "sequence",
    "line",
    "row",
    "position",
    "version",
    "revision",
    "год",
    "квартал",
    "месяц",
    "неделя",
    "день",
    "час",
    "номер",
    "строка",
    "версия",
];

/// The words of a title in lower case.
fn words(title: &str) -> Vec<String> {
    title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// An English noun in the singular, as far as names of tables need it.
fn singular(word: &str) -> String {
    for (ending, replacement) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")] {
        if let Some(stem) = word.strip_suffix(ending) {
            return format!("{stem}{replacement}");
        }
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') && stem.len() > 1 => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// The language that the end of a name states: `name_ru`, `label-en`.
pub fn stated_language(name: &str) -> Option<&'static str> {
    let (_, end) = name.rsplit_once(['_', '-', '@', '.'])?;
    ["ru", "en", "de", "fr", "es", "uk", "be", "kk", "tt"]
        .into_iter()
        .find(|language| end.eq_ignore_ascii_case(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_titles() {
        assert_eq!(
            names(&[
                "id",
                "Город",
                "Дата основания",
                "",
                "GID",
                "Trim Cycle",
                "город",
                "_x",
                "Щёлково №1"
            ]),
            [
                "id",
                "gorod",
                "data_osnovaniya",
                "column_4",
                "GID",
                "trim_cycle",
                "gorod_2",
                "x",
                "shchyolkovo_1"
            ]
        );
    }

    #[test]
    fn references() {
        for (column, table, expected) in [
            ("city", "cities", true),
            ("city_id", "cities", true),
            ("host_city", "cities", true),
            ("cities", "cities", true),
            ("post_holding", "post_holdings", true),
            ("agency_ids", "agencies", true),
            ("class", "classes", true),
            ("city_population", "cities", false),
            ("population", "cities", false),
            ("city", "agencies", false),
        ] {
            assert_eq!(refers_to(column, table, "id"), expected, "{column} {table}");
        }
        assert!(refers_to("iso_code", "countries", "iso_code"));
        assert!(!refers_to("id", "countries", "id"));
    }

    #[test]
    fn identifiers_and_ordinals() {
        for (title, identifier, ordinal) in [
            ("id", true, false),
            ("City code", true, false),
            ("cityId", true, false),
            ("Код", true, false),
            ("valid", false, false),
            ("year", false, true),
            ("line_number", false, true),
            ("Месяц", false, true),
            ("number of people", false, false),
            ("visitors_per_day", false, false),
            ("days", false, false),
        ] {
            assert_eq!(
                (identifies(title), counts(title)),
                (identifier, ordinal),
                "{title}"
            );
        }
    }

    #[test]
    fn languages() {
        assert_eq!(stated_language("name_ru"), Some("ru"));
        assert_eq!(stated_language("label-en"), Some("en"));
        assert_eq!(stated_language("name"), None);
        assert_eq!(stated_language("menu_xx"), None);
    }
}
