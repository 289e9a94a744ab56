//! What tables are called: by the stems of their files, with folders where several have the same one.

use crate::csvw::model::TableGroup;
use crate::resource::url;

/// The stem of a table's file, by which claims name it: `sessions` for `…/sessions.csv`.
pub fn stem(url: &str) -> &str {
    let name = url.rsplit('/').next().unwrap_or(url);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The name of a table: the stem of its file, with as many folders before it as tell it from the others.
/// Where no folders do, as for `things.2020.csv` beside `things.2021.csv`, less of the ending is cut.
/// Empty where there is none.
pub fn table_name(group: &TableGroup, index: usize) -> &str {
    name_of(&urls(group), index)
}

/// Indexes of the tables that a name may mean: one, unless there is none or several have it.
pub(super) fn named(group: &TableGroup, name: &str) -> Vec<usize> {
    match named_by(&urls(group), name) {
        none if none.is_empty() => named_otherwise(&urls(group), name),
        named => named,
    }
}

/// The same for a name in another spelling than that of the URL: `cities (1)` for `cities%20%281%29.csv`.
fn named_otherwise(urls: &[&str], name: &str) -> Vec<usize> {
    const ROOT: &str = "file:///";
    let Ok(written) = url::resolve_written(ROOT, name) else {
        return Vec::new();
    };
    let name = url::identity(&written);
    let urls: Vec<String> = urls.iter().map(|url| url::identity(url)).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    named_by(&urls, name.strip_prefix(ROOT).unwrap_or_default())
}

fn urls(group: &TableGroup) -> Vec<&str> {
    group
        .tables
        .iter()
        .map(|table| table.url.as_str())
        .collect()
}

fn name_of<'u>(urls: &[&'u str], index: usize) -> &'u str {
    let url = urls.get(index).copied().unwrap_or_default();
    cuts(url)
        .flat_map(|path| {
            let starts = path.rmatch_indices('/').map(|(at, _)| at + 1).chain([0]);
            starts.filter_map(|start| path.get(start..))
        })
        .find(|name| named_by(urls, name) == [index])
        .unwrap_or(url)
}

/// A name is a stem before it is a whole file name, and that before it is anything between: the first of
/// these that it is of one table alone.
fn named_by(urls: &[&str], name: &str) -> Vec<usize> {
    let ends = |path: &str| {
        let before = path.strip_suffix(name);
        !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    let by = |has: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let tables = urls.iter().enumerate().filter(|(_, url)| has(url));
        tables.map(|(index, _)| index).collect()
    };
    let stems = by(&|url| cuts(url).next().is_some_and(ends));
    if stems.len() == 1 {
        return stems;
    }
    let whole = by(&ends);
    if whole.len() == 1 {
        return whole;
    }
    by(&|url| cuts(url).any(ends))
}

/// A URL with less and less of the ending of its file cut: first all of it, at last nothing.
fn cuts(url: &str) -> impl Iterator<Item = &str> {
    let file = url.rfind('/').map_or(0, |at| at + 1);
    let dots = url.match_indices('.').map(|(at, _)| at);
    // A file whose name begins with a dot has no empty name.
    dots.filter(move |&at| at > file)
        .chain([url.len()])
        .filter_map(|end| url.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_another_spelling() {
        let urls = [
            "file:///d/cities%20%281%29.csv",
            "file:///d/%D0%B6.csv",
            "file:///d/100%25.csv",
        ];
        for (name, expected) in [
            ("cities (1)", &[0][..]),
            ("cities (1).csv", &[0]),
            ("cities%20(1)", &[0]),
            ("ж", &[1]),
            ("100%", &[2]),
            ("(1)", &[]),
        ] {
            assert_eq!(named_otherwise(&urls, name), expected, "{name}");
        }
    }

    #[test]
    fn stems_of_tables() {
        for (url, expected) in [
            ("file:///data/sessions.csv", "sessions"),
            ("sessions.csv.gz", "sessions"),
            ("http://example.org/sessions", "sessions"),
        ] {
            assert_eq!(stem(url), expected);
        }
    }

    #[test]
    fn names_of_tables() {
        let check = |urls: &[&str], names: &[&str], named: &[(&str, &[usize])]| {
            let found: Vec<&str> = (0..urls.len()).map(|at| name_of(urls, at)).collect();
            assert_eq!(found, names);
            for (index, name) in names.iter().enumerate() {
                assert_eq!(named_by(urls, name), [index], "{name}");
            }
            for (name, expected) in named {
                assert_eq!(named_by(urls, name), *expected, "{name}");
            }
        };
        check(
            &[
                "http://e/data/things.csv",
                "http://e/data/sub/things.csv.gz",
                "http://e/data/plans.csv",
                "http://e/data/more-plans.csv",
            ],
            &["data/things", "sub/things", "plans", "more-plans"],
            &[
                ("things", &[0, 1]),
                ("things.csv", &[0]),
                ("plans.csv", &[2]),
                ("plans.", &[]),
                ("ings", &[]),
                ("", &[]),
            ],
        );
        check(
            &[
                "http://e/data/things.2020.csv",
                "http://e/data/things.2021.csv",
            ],
            &["things.2020", "things.2021"],
            &[
                ("things", &[0, 1]),
                ("data/things", &[0, 1]),
                ("things.2020.csv", &[0]),
                ("data/things.2021", &[1]),
                ("2021", &[]),
            ],
        );
        // What is a stem, or else a whole file name, means that one before others.
        check(
            &[
                "http://e/a.b",
                "http://e/a.b.csv",
                "http://e/a.c.csv",
                "http://e/a",
            ],
            &["a.b", "a.b.csv", "a.c", "a"],
            &[],
        );
        check(
            &["http://e/.things.csv", "http://e/things.csv"],
            &[".things", "things"],
            &[("e/", &[])],
        );
    }
}
