//! Annotations of this project.

use super::*;

#[test]
fn own_annotations_are_checked() {
    let own = "https://w3id.org/civigraph/csvw#";
    for (name, value, expected) in [
        ("graph", r#""g/{a}""#, &[][..]),
        ("graph", "1", &["CG0360 m.json:2:42"]),
        ("grph", "1", &["CG0360 m.json:2:1"]),
        ("each", "true", &["CG0360 m.json:2:1"]),
        ("base", r#""http://example.org/""#, &["CG0360 m.json:2:1"]),
        ("functional", r#""a b""#, &[]),
        ("functional", r#""a c""#, &["CG0360 m.json:2:47"]),
        ("functional", "true", &["CG0360 m.json:2:47"]),
    ] {
        check(&format!("\"{own}{name}\": {value}"), expected);
    }
}

#[test]
fn own_annotations_become_extensions() {
    let group = clean(&[
        (
            "m.json",
            r#"{"@context": "http://www.w3.org/ns/csvw",
                "https://w3id.org/civigraph/csvw#base": "http://example.org/",
                "https://w3id.org/civigraph/csvw#graph": "g",
                "tables": [{"url": "t.csv", "tableSchema": {
                    "https://w3id.org/civigraph/csvw#functional": "a b",
                    "columns": [
                        {"name": "a", "titles": "a", "https://w3id.org/civigraph/csvw#when": "b c!=x",
                         "https://w3id.org/civigraph/csvw#language": "b"},
                        {"name": "b", "titles": "b", "separator": ";", "valueUrl": "{b}",
                         "https://w3id.org/civigraph/csvw#each": true,
                         "https://w3id.org/civigraph/csvw#graph": "h"},
                        {"name": "c", "titles": "c", "https://w3id.org/civigraph/csvw#functional": true,
                         "https://w3id.org/civigraph/csvw#part": "claim.id"}]}}]}"#,
        ),
        ("t.csv", "a,b,c\n"),
    ]);
    let [a, b, c] = ["a", "b", "c"].map(|name| &column(&group, name).extensions);
    assert_eq!(group.base.as_deref(), Some("http://example.org/"));
    assert_eq!(group.tables[0].extensions.functional_key, ["a", "b"]);
    assert_eq!(group.tables[0].extensions.graph.as_deref(), Some("g"));
    assert_eq!(
        (a.graph.as_deref(), b.graph.as_deref()),
        (Some("g"), Some("h"))
    );
    assert_eq!(
        a.when.as_deref(),
        Some(
            &[
                Condition::Present("b".into()),
                Condition::Differs("c".into(), "x".into())
            ][..]
        )
    );
    assert_eq!(a.language.as_deref(), Some("b"));
    assert!(b.each && c.functional);
    assert_eq!(c.part.as_deref(), Some("claim.id"));
    let annotations = group.tables[0]
        .columns
        .iter()
        .flat_map(|column| &column.annotations);
    assert_eq!(annotations.count(), 0);
}
