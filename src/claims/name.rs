//! What tables are called: by the stems of their files, with folders where several have the same one.

use crate::csvw::model::TableGroup;

/// The stem of a table's file, by which claims name it: `sessions` for `…/sessions.csv`.
pub fn stem(url: &str) -> &str {
    let name = url.rsplit('/').next().unwrap_or(url);
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The name of a table: the stem of its file, with as many folders before it as tell it from the others.
/// Empty where there is no such table.
pub fn table_name(group: &TableGroup, index: usize) -> &str {
    name_of(&urls(group), index)
}

/// Indexes of the tables that a name may mean: one, unless there is none or several have it.
pub(super) fn named(group: &TableGroup, name: &str) -> Vec<usize> {
    named_by(&urls(group), name)
}

fn urls(group: &TableGroup) -> Vec<&str> {
    group
        .tables
        .iter()
        .map(|table| table.url.as_str())
        .collect()
}

fn name_of<'u>(urls: &[&'u str], index: usize) -> &'u str {
    let path = urls.get(index).map_or("", |url| without_ending(url));
    let starts = path.rmatch_indices('/').map(|(at, _)| at + 1).chain([0]);
    starts
        .filter_map(|start| path.get(start..))
        .find(|name| named_by(urls, name).len() == 1)
        .unwrap_or(path)
}

fn named_by(urls: &[&str], name: &str) -> Vec<usize> {
    let has = |url: &str| {
        let before = without_ending(url).strip_suffix(name);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    (0..urls.len())
        .filter(|&index| urls.get(index).is_some_and(|url| has(url)))
        .collect()
}

/// A URL without the ending of its file.
fn without_ending(url: &str) -> &str {
    let folder = url.rfind('/').map_or(0, |at| at + 1);
    url.get(..folder + stem(url).len()).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let urls = [
            "http://e/data/things.csv",
            "http://e/data/sub/things.csv.gz",
            "http://e/data/plans.csv",
            "http://e/data/more-plans.csv",
        ];
        for (name, expected) in [
            ("things", vec![0, 1]),
            ("sub/things", vec![1]),
            ("data/things", vec![0]),
            ("plans", vec![2]),
            ("ings", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(named_by(&urls, name), expected, "{name}");
        }
        let names: Vec<&str> = (0..urls.len()).map(|at| name_of(&urls, at)).collect();
        assert_eq!(names, ["data/things", "sub/things", "plans", "more-plans"]);
    }
}
