//! Names of columns from their titles, and names that speak of the same thing.

use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

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

/// A title in ASCII letters, digits and single underscores; Cyrillic is transliterated, and Latin
/// letters lose their marks.
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
    // Composed first: `й` is a letter of its own, and no `и` with a mark.
    for c in title.nfc().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if let Some(letters) = latin(c).or_else(|| unmarked(c)) {
            out.push_str(letters);
        } else if is_combining_mark(c) {
            // A mark without a composed letter.
        } else {
            let before = out.len();
            if c.is_alphanumeric() {
                let parts = std::iter::once(c).nfkd().flat_map(char::to_lowercase);
                out.extend(parts.filter(char::is_ascii_alphanumeric));
            }
            if out.len() == before && !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// ASCII letters for a lower-case Latin letter that does not come apart into one and a mark.
fn unmarked(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ð' | 'đ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "ng",
        'ə' => "a",
        _ => return None,
    })
}

/// Latin letters for a lower-case Cyrillic letter; `None` for what separates words.
pub fn latin(c: char) -> Option<&'static str> {
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
        'і' => "i",
        'ї' => "yi",
        'є' => "ye",
        'ґ' => "g",
        'ў' => "u",
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

/// The language that the end of a name states: `name_ru`, `label-en`, `nazev_cs`.
///
/// Codes that are words or abbreviations of other things as well (`id`, `no`, `is`, `to`) are none.
pub fn stated_language(name: &str) -> Option<&'static str> {
    const LANGUAGES: &[&str] = &[
        "ru", "en", "de", "fr", "es", "uk", "be", "kk", "tt", "cs", "sk", "pl", "nl", "it", "pt",
        "hu", "ro", "bg", "sr", "hr", "sl", "fi", "sv", "da", "nb", "nn", "et", "lv", "lt", "el",
        "tr", "ar", "he", "fa", "zh", "ja", "ko", "vi", "ka", "hy", "az", "uz", "ky", "tg", "ca",
        "eu", "gl", "ga", "cy", "la",
    ];
    let (_, end) = name.rsplit_once(['_', '-', '@', '.'])?;
    let mut known = LANGUAGES.iter().copied();
    known.find(|language| end.eq_ignore_ascii_case(language))
}

/// Whether a column is named after codes whose digits are no number: post codes, telephones, registers.
pub fn names_codes(title: &str) -> bool {
    const CODES: &[&str] = &[
        "code",
        "zip",
        "zipcode",
        "postcode",
        "postalcode",
        "plz",
        "phone",
        "tel",
        "telephone",
        "fax",
        "isbn",
        "issn",
        "ean",
        "gtin",
        "inn",
        "kpp",
        "ogrn",
        "okpo",
        "okato",
        "oktmo",
        "snils",
        "siren",
        "siret",
        "ico",
        "код",
        "индекс",
        "телефон",
        "факс",
        "инн",
        "кпп",
        "огрн",
        "окпо",
        "окато",
        "октмо",
        "снилс",
        "шифр",
    ];
    let words = words(title);
    let camel = title.ends_with("Code");
    camel
        || words
            .last()
            .is_some_and(|last| CODES.contains(&last.as_str()))
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
        for (title, expected) in [
            ("Kürzel", "kurzel"),
            ("Straße Nr.", "strasse_nr"),
            ("Année (début)", "annee_debut"),
            ("Łódź", "lodz"),
            ("Œuvre", "oeuvre"),
            ("Smørrebrød", "smorrebrod"),
            ("İl", "il"),
            // Decomposed.
            ("Ku\u{308}rzel", "kurzel"),
            ("Краи\u{306}", "kray"),
            ("Місто", "misto"),
            ("Ⅳ кв.", "iv_kv"),
            ("a\u{ad}b", "a_b"),
            ("名前", "column_1"),
        ] {
            assert_eq!(names(&[title]), [expected], "{title}");
        }
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
    fn codes() {
        for (title, expected) in [
            ("code", true),
            ("Country code", true),
            ("postalCode", true),
            ("ИНН", true),
            ("telephone", true),
            ("decode", false),
            ("codes", false),
            ("population", false),
        ] {
            assert_eq!(names_codes(title), expected, "{title}");
        }
    }

    #[test]
    fn languages() {
        assert_eq!(stated_language("name_ru"), Some("ru"));
        assert_eq!(stated_language("label-en"), Some("en"));
        assert_eq!(stated_language("nazev_cs"), Some("cs"));
        assert_eq!(stated_language("city_id"), None);
        assert_eq!(stated_language("name"), None);
        assert_eq!(stated_language("menu_xx"), None);
    }
}
