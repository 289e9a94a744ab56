//! Datatypes of columns from their cells.

use super::*;

fn infer(name: &str, cells: &[&str]) -> String {
    let mut remaining = RemainingCandidates::default();
    let mut buffer = String::new();
    for cell in cells {
        remaining.observe(cell, &mut buffer);
    }
    let Some(candidate) = remaining.best(name) else {
        return "string".to_owned();
    };
    let description = remaining.describe(candidate);
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let parser = Datatype::compile(&description, &mut diagnostics).parser();
    assert!(diagnostics.is_empty(), "{description:?}");
    for cell in cells {
        assert!(
            parser.parse(cell, &mut buffer).is_ok(),
            "{description:?} {cell}"
        );
    }
    let pattern = description.format.and_then(|format| format.pattern);
    format!("{} {}", description.base, pattern.unwrap_or_default())
        .trim()
        .to_owned()
}

#[test]
fn bits_are_enough() {
    assert!(CANDIDATES.len() <= 128, "{}", CANDIDATES.len());
}

#[test]
fn datatypes_of_cells() {
    for (name, cells, expected) in [
        ("n", vec!["1", "20", "-3"], "integer"),
        ("n", vec!["1", "2.5"], "decimal"),
        ("n", vec!["1", "2.5e3"], "double"),
        ("code", vec!["007", "123"], "string"),
        ("year", vec!["2017", "2025"], "gYear"),
        ("founding_year", vec!["2017", "2025"], "gYear"),
        ("n", vec!["2017", "2025"], "integer"),
        ("n", vec!["1,234", "12"], "integer #,##0"),
        ("n", vec!["1,234.50", "12.5"], "decimal #,##0.0#"),
        ("n", vec!["1 234", "12"], "integer # ##0"),
        ("n", vec!["1\u{a0}234,50", "12,00"], "decimal #\u{a0}##0,00"),
        ("n", vec!["1.234,5", "12"], "decimal #.##0,#"),
        ("n", vec!["0,25", "12,5"], "decimal"),
        ("n", vec!["99,8", "6,0"], "decimal"),
        ("n", vec!["0,25", "12,50"], "decimal #0,00"),
        ("n", vec!["12%", "7%"], "decimal #0%"),
        ("n", vec!["12,5%", "7%"], "decimal #0,#%"),
        ("d", vec!["2018-11-01"], "date"),
        ("d", vec!["01.11.2018", "26.11.2024"], "date dd.MM.yyyy"),
        ("d", vec!["1.11.2018", "26.11.2024"], "date d.M.yyyy"),
        ("d", vec!["11/26/2024", "01/02/2024"], "date MM/dd/yyyy"),
        ("d", vec!["01.11.2018 15:02"], "dateTime dd.MM.yyyy HH:mm"),
        ("d", vec!["2018-11-01T15:02:37Z"], "dateTime"),
        ("d", vec!["15:02"], "time HH:mm"),
        ("b", vec!["да", "нет"], "boolean да|нет"),
        ("b", vec!["true", "false"], "boolean"),
        ("b", vec!["Yes", "No", "Yes"], "boolean Yes|No"),
        ("b", vec!["Ja", "Nein"], "boolean Ja|Nein"),
        // Norway, or yes and no of which only one came.
        ("b", vec!["no", "no"], "string"),
        ("ref", vec!["1E3", "10E2", "7E3"], "string"),
        ("ref", vec!["32E0134", "12E12"], "string"),
        ("n", vec!["1e-5", "2.5"], "double"),
        ("n", vec!["1.5", "NaN"], "double"),
        ("n", vec!["NaN", "INF"], "string"),
        ("version", vec!["1.10", "1.9", "1.2"], "string"),
        ("n", vec!["1.50", "2.25", "3.10"], "decimal"),
        ("n", vec!["12", "12.50"], "decimal"),
        ("n", vec!["10.0", "12.25"], "decimal"),
        ("n", vec!["-1.10", "1.9"], "decimal"),
        ("id", vec!["12345678901234567890", "1"], "string"),
        ("n", vec!["0", "-0"], "string"),
        ("j", vec![r#"{"a": 1}"#, "[1, 2]"], "json"),
        ("j", vec!["[sic]", "[1]"], "string"),
        ("u", vec!["https://example.org/a"], "anyURI"),
        ("t", vec!["P1Y", "PT2H"], "duration"),
        ("s", vec!["1", "one"], "string"),
        ("s", vec![], "string"),
    ] {
        assert_eq!(infer(name, &cells), expected, "{cells:?}");
    }
}

#[test]
fn days_and_months_that_cannot_be_told_apart() {
    let mut remaining = RemainingCandidates::default();
    remaining.observe("01.02.2018", &mut String::new());
    assert!(remaining.is_ambiguous(remaining.best("d").unwrap()));
    remaining.observe("13.02.2018", &mut String::new());
    assert!(!remaining.is_ambiguous(remaining.best("d").unwrap()));
}
