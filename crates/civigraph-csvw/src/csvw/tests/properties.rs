//! Any document is read to its end.

use super::*;

/// A document with something of everything.
const RICH: &str = r##"{"@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}], "@id": "g",
    "dc:title": {"@value": "x", "@language": "ru"}, "notes": [{"@type": "Table"}], "lang": "en",
    "https://w3id.org/civigraph/csvw#base": "http://example.org/",
    "tables": [{"url": "t.csv", "@type": "Table", "dialect": {"delimiter": ",", "headerRowCount": 1, "trim": "end"},
        "tableSchema": {"@id": "s", "columns": [
            {"name": "a", "titles": {"en": ["a", "A"]}, "datatype": {"base": "decimal", "format": {"pattern": "0"}, "minimum": 1}},
            {"name": "b", "titles": "b", "separator": ";", "valueUrl": "{b}", "https://w3id.org/civigraph/csvw#each": true},
            {"virtual": true, "propertyUrl": "rdf:type", "null": ["", "x"], "https://w3id.org/civigraph/csvw#when": "a b!=1"}],
            "primaryKey": ["a"], "rowTitles": "b",
            "foreignKeys": [{"columnReference": "a", "reference": {"schemaReference": "s", "columnReference": "a"}}]},
        "transformations": [{"url": "x", "scriptFormat": "y", "targetFormat": "z", "source": "json"}]}]}"##;

/// What a value is replaced with.
fn any_json() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
    use proptest::prelude::*;
    use serde_json::{Value, json};
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ a-z{}@:_é]{0,6}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([1, "a", null, {"@id": "_:x"}, {"@value": {}}])),
        Just(
            json!({"@value": 1, "@type": "_:x", "name": "b", "columnReference": [], "url": "t.csv"})
        ),
    ]
}

/// Puts `replacement` in place of the `index`th value, or under a new key beside it.
fn mutate(
    value: &mut serde_json::Value,
    index: &mut usize,
    key: Option<&str>,
    replacement: &serde_json::Value,
) {
    if *index == 0 {
        match (key, &mut *value) {
            (Some(key), serde_json::Value::Object(members)) => {
                members.insert(key.to_owned(), replacement.clone());
            }
            _ => *value = replacement.clone(),
        }
        *index = usize::MAX;
        return;
    }
    *index = index.saturating_sub(1);
    match value {
        serde_json::Value::Array(items) => {
            items
                .iter_mut()
                .for_each(|item| mutate(item, index, key, replacement));
        }
        serde_json::Value::Object(members) => {
            members
                .values_mut()
                .for_each(|item| mutate(item, index, key, replacement));
        }
        _ => {}
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]

    /// Whatever is in a document: an object gives a group, layout does not matter, and what is
    /// not in the group was reported.
    #[test]
    fn any_document_is_read_to_its_end(
        changes in proptest::collection::vec((0usize..90, proptest::option::of("[@a-zA-Z:]{1,8}"), any_json()), 1..4)
    ) {
        let mut document: serde_json::Value = serde_json::from_str(RICH).unwrap();
        for (index, key, replacement) in &changes {
            mutate(&mut document, &mut index.clone(), key.as_deref(), replacement);
        }
        let files = |text: &str| load_files(&[("m.json", text), ("t.csv", "a,b\n1,2\n")], ReadingMode::Validate);
        let (group, found) = files(&document.to_string());
        let (pretty_group, pretty_found) = files(&serde_json::to_string_pretty(&document).unwrap());
        proptest::prop_assert_eq!(group.is_some(), document.is_object());
        let codes = |found: &[String]| -> Vec<String> {
            found.iter().map(|line| line.chars().take(6).collect()).collect()
        };
        proptest::prop_assert_eq!(codes(&found), codes(&pretty_found));
        if let (Some(group), Some(pretty)) = (group, pretty_group) {
            let tables = document["tables"].as_array().map_or(0, Vec::len);
            proptest::prop_assert!(group.tables.len() == tables || !found.is_empty());
            for (table, pretty) in group.tables.iter().zip(&pretty.tables) {
                proptest::prop_assert_eq!(&table.url, &pretty.url);
                proptest::prop_assert_eq!(&table.annotations, &pretty.annotations);
                proptest::prop_assert_eq!(table.columns.len(), pretty.columns.len());
            }
        }
    }

    /// Bytes that are no document are one error with a place, and never a panic.
    #[test]
    fn any_bytes_are_read(text in "[\\[\\]{}\",:a0\\\\ \\n\u{1}é'/.-]{0,40}") {
        let (group, found) = load_files(&[("m.json", &text)], ReadingMode::Convert);
        let value: Result<serde_json::Value, _> = serde_json::from_str(&text);
        proptest::prop_assert_eq!(group.is_some(), value.as_ref().is_ok_and(|value| value.is_object()));
        proptest::prop_assert_eq!(found.iter().any(|line| line.starts_with("CG0301")), value.is_err());
    }
}
