//! Cells against datatypes, as the specification and its suite have them.

use super::*;
use crate::diagnostic::{Code, Diagnostics, ReadingMode};
use proptest::prelude::*;

fn of(base: &str) -> DatatypeDescription {
    DatatypeDescription {
        base: base.to_owned(),
        ..Default::default()
    }
}

fn formatted(base: &str, pattern: &str) -> DatatypeDescription {
    DatatypeDescription {
        format: Some(FormatDescription {
            pattern: Some(pattern.to_owned()),
            ..Default::default()
        }),
        ..of(base)
    }
}

fn separated(base: &str, decimal: Option<&str>, group: Option<&str>) -> DatatypeDescription {
    DatatypeDescription {
        format: Some(FormatDescription {
            decimal_char: decimal.map(str::to_owned),
            group_char: group.map(str::to_owned),
            is_object: true,
            ..Default::default()
        }),
        ..of(base)
    }
}

fn compile(description: &DatatypeDescription) -> (Datatype, Vec<Code>) {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let datatype = Datatype::compile(description, &mut diagnostics);
    let codes = diagnostics.iter().map(|found| found.code).collect();
    // What is written down comes back as it was.
    let json = serde_json::to_string(&datatype).unwrap();
    assert_eq!(serde_json::from_str::<Datatype>(&json).unwrap(), datatype);
    (datatype, codes)
}

/// Each cell with the form that it gives, or the code of its problem.
fn check(description: &DatatypeDescription, cells: &[(&str, Result<&str, Code>)]) {
    let (datatype, codes) = compile(description);
    assert_eq!(codes, [], "{description:?}");
    let parser = datatype.parser();
    let mut buffer = String::new();
    for (cell, expected) in cells {
        let found = parser.parse(cell, &mut buffer).map_err(|problem| {
            assert!(!problem.expected.is_empty());
            problem.code
        });
        assert_eq!(found, *expected, "{description:?} {cell}");
    }
}

/// Cells that stay as they are, and cells with one problem.
fn check_all(description: &DatatypeDescription, good: &[&str], code: Code, bad: &[&str]) {
    let cells: Vec<_> = good
        .iter()
        .map(|&cell| (cell, Ok(cell)))
        .chain(bad.iter().map(|&cell| (cell, Err(code))))
        .collect();
    check(description, &cells);
}

#[test]
fn standard_forms() {
    for (base, good, bad) in [
        ("", "a,b 1", ""),
        ("any", "a", ""),
        ("json", "{ not checked", ""),
        ("anyURI", "http://example.org a:b", ""),
        ("number", "1 1.5 1e6 NaN INF -INF", "foo 1,000 25%"),
        ("integer", "1 -1 +1 007", "3.2 1e3 one NaN 1,000"),
        (
            "decimal",
            "1 1.5 -.5 +1.",
            "123.456E7 NaN INF -INF 123456.789F10 1,5",
        ),
        ("byte", "127 -128", "1234 128"),
        ("unsignedByte", "0 255", "256 -1"),
        (
            "unsignedLong",
            "18446744073709551615 -0",
            "-1 18446744073709551616",
        ),
        ("positiveInteger", "1 12345678901234567890", "0 -1"),
        ("negativeInteger", "-1", "0 1"),
        ("date", "2015-03-22 2015-03-22Z", "22.03.2015 2015-02-30"),
        ("datetime", "2015-03-15T15:02:37", "2015-03-15"),
        ("gYear", "9999 9999-08:00", "99"),
        ("duration", "PT130S", "Foo"),
        ("language", "ru en-GB", "ru_RU"),
        ("binary", "U2VuZA==", "U2VuZA="),
    ] {
        let words = |text: &'static str| -> Vec<&str> {
            text.split(' ').filter(|word| !word.is_empty()).collect()
        };
        check_all(&of(base), &words(good), Code::Datatype, &words(bad));
    }
}

#[test]
fn booleans() {
    check(
        &of("boolean"),
        &[
            ("true", Ok("true")),
            ("1", Ok("true")),
            ("0", Ok("false")),
            ("100", Err(Code::Datatype)),
            ("TRUE", Err(Code::Datatype)),
        ],
    );
    check(
        &formatted("boolean", "Y|N"),
        &[
            ("Y", Ok("true")),
            ("N", Ok("false")),
            ("true", Err(Code::Format)),
            ("", Err(Code::Format)),
        ],
    );
}

/// Patterns with cells: those of the suite's tests 155 to 160, 282 to 304, and others.
#[test]
fn number_patterns() {
    for (base, pattern, good, bad) in [
        ("integer", "#", "0 10 +5 -5", "1.0 x 1,000"),
        ("decimal", "#.0", "0.1 10.1 .1", "10 10.12"),
        ("integer", "0", "0 10", "10.1"),
        ("decimal", "#0.0", "1.2 12.3 1234.5", "10.10 1 12.34 1. .5"),
        ("decimal", "#0.###", "0.1 10.1 10", "10.1234 10."),
        ("decimal", "#0.#", "1 1.2 1234.5", "12.34 1,234.5"),
        ("decimal", "#0.0#", "1.2 12.34", "1 12.345 12.34,567"),
        ("integer", "##0", "1 12 123 1234", "1,234 123.4"),
        ("decimal", "###0.0000#", "1.2345 12.34567", "1.234 1.234567"),
        (
            "decimal",
            "00000.0000",
            "12345.6789 123456.0000",
            "1234.5678",
        ),
        (
            "integer",
            "#,#00",
            "12 123",
            "1 1234 12,34 12,34,567 ,123 1,,234",
        ),
        ("integer", "#,##,#00", "12 123", "1 1234 12,34 1,234,567"),
        ("double", "0.00E0", "", "10.10e10 1.10 1.1E0 1.10E 1.10Ex"),
        ("double", "0.###E+0", "1.5e+6 1e-7", "1.5e6"),
        ("double", "##0.#E0", "", "1234.5E0"),
        ("decimal", "+0", "+1 -1", "1"),
        ("decimal", "-0", "-1", "1 +1"),
        ("decimal", "€#0", "", "5 €"),
        ("byte", "#,##0", "127", ""),
    ] {
        let words = |text: &'static str| -> Vec<&str> {
            text.split(' ').filter(|word| !word.is_empty()).collect()
        };
        check_all(
            &formatted(base, pattern),
            &words(good),
            Code::Format,
            &words(bad),
        );
    }
}

#[test]
fn number_patterns_that_rewrite() {
    for (base, pattern, cells) in [
        (
            "integer",
            "#,#00",
            "1,234=1234 1,234,567=1234567 -1,234=-1234",
        ),
        ("integer", "#,##,#00", "1,234=1234 12,34,567=1234567"),
        ("integer", "0,00,000", "1,23,456=123456"),
        (
            "integer",
            "#,#0,000",
            "1,234=1234 1,23,456=123456 12,345=12345",
        ),
        ("decimal", "#0.0#,#", "12.3=12.3 12.34=12.34 12.24,5=12.245"),
        (
            "decimal",
            "0.0##,###",
            "1.1=1.1 1.123,4=1.1234 1.123,456=1.123456",
        ),
        (
            "decimal",
            "0.000,00#",
            "1.129,99=1.12999 1.123,499=1.123499",
        ),
        (
            "decimal",
            "%000",
            "%123=1.23 %+123=1.23 %-123=-1.23 -%123=-1.23",
        ),
        ("decimal", "‰000", "‰123=0.123 ‰-123=-0.123"),
        (
            "decimal",
            "000%",
            "123%=1.23 +123%=1.23 -123%=-1.23 005%=0.05 100%=1 000%=0",
        ),
        ("decimal", "000.0%", "123.4%=1.234 -123.4%=-1.234"),
        ("decimal", "0.0##‰", "5.25‰=0.00525"),
        ("integer", "0%", "200%=2"),
        ("double", "0.0#E0", "1.25E-7=1.25e-7 INF=INF NaN=NaN"),
        ("double", "#0.###E#0", "0.0E0=0.0e0 10.10E1=10.10e1"),
        ("decimal", "€#0.00", "€5.00=5.00 -€5.00=-5.00 €-5.00=-5.00"),
        ("decimal", "#0 'шт.'", "12 шт.=12"),
    ] {
        let cells: Vec<_> = if pattern.contains(' ') {
            vec![cells]
        } else {
            cells.split(' ').collect()
        };
        let cells: Vec<_> = cells
            .into_iter()
            .map(|cell| {
                let (cell, expected) = cell.split_once('=').unwrap();
                (cell, Ok(expected))
            })
            .collect();
        check(&formatted(base, pattern), &cells);
    }
    check(
        &formatted("byte", "#,##0"),
        &[("1,234", Err(Code::Datatype)), ("127", Ok("127"))],
    );
    check(&formatted("integer", "0%"), &[("250%", Err(Code::Format))]);
}

#[test]
fn separators_without_a_pattern() {
    check(
        &separated("decimal", Some(","), Some(".")),
        &[
            ("10.000,1", Ok("10000.1")),
            ("1,1", Ok("1.1")),
            ("1.1.1", Ok("111")),
            ("1..1", Err(Code::Format)),
            ("1,1,1", Err(Code::Format)),
        ],
    );
    check(
        &separated("decimal", None, Some(",")),
        &[
            ("123,456.789", Ok("123456.789")),
            ("123456.789%", Ok("1234.56789")),
            ("123456.789‰", Ok("123.456789")),
            ("-25%", Ok("-0.25")),
            ("123,,456.789", Err(Code::Format)),
            ("1E6", Err(Code::Format)),
            ("NaN", Err(Code::Format)),
            ("", Err(Code::Format)),
        ],
    );
    check(
        &separated("double", Some(","), Some("\u{a0}")),
        &[
            ("1\u{a0}234,5E6", Ok("1234.5e6")),
            ("INF", Ok("INF")),
            ("1 234", Err(Code::Format)),
        ],
    );
    check(
        &separated("integer", None, Some(" ")),
        &[("6 000", Ok("6000")), ("6 000.0", Err(Code::Format))],
    );
}

#[test]
fn dates() {
    check(
        &formatted("date", "d.M.yyyy"),
        &[
            ("1.2.2018", Ok("2018-02-01")),
            ("01.11.2018", Ok("2018-11-01")),
            ("2018-11-01", Err(Code::Format)),
            ("30.2.2018", Err(Code::Datatype)),
            ("1.13.2018", Err(Code::Datatype)),
        ],
    );
    check(
        &formatted("dateTimeStamp", "yyyy-MM-dd HH:mm:ss X"),
        &[
            ("2015-03-15 15:02:37 +0800", Ok("2015-03-15T15:02:37+08:00")),
            ("2015-03-15 25:02:37 Z", Err(Code::Datatype)),
            ("2015-03-15 15:02:37 +08:00", Err(Code::Format)),
        ],
    );
    check(
        &formatted("dateTimeStamp", "yyyy-MM-dd HH:mm"),
        &[("2015-03-15 15:02", Err(Code::Datatype))],
    );
}

#[test]
fn regular_expressions() {
    check_all(
        &formatted("", r"^\d{4}$|[a-z]+"),
        &["2018", "abc"],
        Code::Format,
        &["201", "2018a", ""],
    );
    check_all(
        &formatted("dayTimeDuration", "^-?P.DT.*$"),
        &["P1DT2H"],
        Code::Format,
        &["P1D"],
    );
    check(&formatted("duration", "^.$"), &[("x", Err(Code::Datatype))]);
    check_all(
        &formatted("", "(?!.*--)[a-z0-9]+(-[a-z0-9]+)*"),
        &["ab-cd"],
        Code::Format,
        &["ab--cd", "AB"],
    );
    let endless = "a".repeat(40);
    check(
        &formatted("", r"(x?)(a*)*(a*)*\1b"),
        &[("aab", Ok("aab")), (&endless, Err(Code::Unchecked))],
    );
}

#[test]
fn what_queries_cannot_compute_with() {
    for (base, good, bad) in [
        (
            "integer",
            vec![
                "9223372036854775807",
                "-9223372036854775808",
                "0000000000000000000001",
            ],
            vec!["9223372036854775808", "99999999999999999999"],
        ),
        (
            "decimal",
            vec!["0.123456789012345678", "100000000000000000000.5"],
            vec!["0.00000000000000000001", "123456789012345678901234.5"],
        ),
        (
            "double",
            vec!["1e300", "0e999", "INF", "-INF", "NaN", "1e-300", "-0.0E5"],
            vec!["1e400", "-1e400", "1e-400"],
        ),
        ("float", vec!["1e30"], vec!["1e40", "1e-60"]),
        (
            "date",
            vec!["-12018-01-01", "2018-01-01"],
            vec!["123456789012345678901-01-01"],
        ),
        ("gYear", vec!["12018"], vec!["123456789012345678901"]),
        (
            "duration",
            vec!["P1Y2M3DT4H5M6.789S"],
            vec!["P99999999999999999999Y"],
        ),
        ("string", vec!["99999999999999999999"], vec![]),
    ] {
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let parser = Datatype::compile(&of(base), &mut diagnostics).parser();
        for (texts, expected) in [(good, true), (bad, false)] {
            for text in texts {
                assert!(
                    parser.parse(text, &mut String::new()).is_ok(),
                    "{base} {text}"
                );
                assert_eq!(parser.is_computable(text), expected, "{base} {text}");
            }
        }
    }
}

#[test]
fn lengths() {
    let described = |base, length, min, max| DatatypeDescription {
        length,
        min_length: min,
        max_length: max,
        ..of(base)
    };
    for (description, good, bad) in [
        (described("NMTOKEN", Some(5), None, None), "token", "tokens"),
        (described("string", None, Some(2), Some(3)), "яяя", "я"),
        (
            described("base64Binary", Some(19), None, None),
            "U2VuZCByZWluZm9yY2VtZW50cw==",
            "AA==",
        ),
        (
            described("hexBinary", Some(2), None, None),
            "0FB7",
            "0FB7AA",
        ),
        (described("string", Some(0), None, None), "", "x"),
    ] {
        check_all(&description, &[good], Code::Length, &[bad]);
    }
}

#[test]
fn bounds() {
    let described = |base, min: &str, max: &str, exclusive: bool| {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut description = of(base);
        if exclusive {
            description.min_exclusive = some(min);
            description.max_exclusive = some(max);
        } else {
            description.min_inclusive = some(min);
            description.max_inclusive = some(max);
        }
        description
    };
    for (description, good, bad) in [
        (
            described("float", "5", "", false),
            "5 5.0 INF",
            "4.999999 -INF NaN",
        ),
        (described("float", "5", "", true), "6", "5 5.0"),
        (
            described("integer", "1", "10", false),
            "1 10 +07",
            "0 11 99999999999999999999999999",
        ),
        (described("decimal", "", "0.1", true), "0.09 -5", "0.1 0.10"),
        (
            described("date", "2015-06-05", "", false),
            "2015-06-05 2016-01-01 2015-06-07Z",
            "2015-06-04 2015-06-05Z",
        ),
        (
            described("date", "", "2015-06-05", true),
            "2015-06-04",
            "2015-06-05",
        ),
        (
            described("gYear", "2017", "2025", false),
            "2017 2025",
            "2016 2026",
        ),
        (
            described("dateTime", "2015-06-05T00:00:00Z", "", false),
            "2015-06-05T03:00:00+03:00",
            "2015-06-05T02:59:59+03:00",
        ),
        // `P30D` and `P1M` cannot be ordered, which counts as outside.
        (
            described("duration", "P1M", "", false),
            "P1M P32D",
            "P27D P30D",
        ),
    ] {
        let good: Vec<_> = good.split(' ').collect();
        let bad: Vec<_> = bad.split(' ').collect();
        check_all(&description, &good, Code::Range, &bad);
    }
}

#[test]
fn wrong_descriptions() {
    let with = |change: fn(&mut DatatypeDescription)| {
        let mut description = of("date");
        change(&mut description);
        description
    };
    for (description, expected) in [
        (of("http://example.org/datatype"), Code::UnknownDatatype),
        (of("foo"), Code::UnknownDatatype),
        (formatted("string", "+"), Code::BadFormat),
        (
            formatted("string", "(a{1000}){1000}"),
            Code::UnsupportedFormat,
        ),
        (formatted("integer", "["), Code::BadFormat),
        (formatted("integer", "#0.0.0"), Code::BadFormat),
        (formatted("integer", "0#"), Code::BadFormat),
        (formatted("decimal", "0.#0"), Code::BadFormat),
        (formatted("decimal", "#,##0;(#,##0)"), Code::BadFormat),
        (formatted("decimal", "0%%"), Code::BadFormat),
        (formatted("double", "0E"), Code::BadFormat),
        (formatted("decimal", ""), Code::BadFormat),
        (formatted("boolean", "YN"), Code::BadFormat),
        (formatted("boolean", "Y|N|?"), Code::BadFormat),
        (formatted("date", "yy-MM-dd"), Code::BadFormat),
        (separated("boolean", None, Some(",")), Code::BadFormat),
        (separated("decimal", Some(","), Some(",")), Code::BadFormat),
        (
            with(|d| {
                d.base = "string".into();
                d.length = Some(5);
                d.min_length = Some(6);
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.base = "string".into();
                d.length = Some(5);
                d.max_length = Some(4);
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.base = "string".into();
                d.min_length = Some(6);
                d.max_length = Some(5);
            }),
            Code::FacetConflict,
        ),
        (with(|d| d.length = Some(5)), Code::FacetNotApplicable),
        (
            with(|d| {
                d.base = "string".into();
                d.min_inclusive = Some("1".into());
            }),
            Code::FacetNotApplicable,
        ),
        (
            with(|d| {
                d.min_inclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.max_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.min_inclusive = Some("2015-06-06".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_exclusive = Some("2015-06-05".into());
                d.min_inclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_exclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-06".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (with(|d| d.min_inclusive = Some("5".into())), Code::BadFacet),
        (with(|d| d.id = Some("_:foo".into())), Code::DatatypeId),
        (
            with(|d| d.id = Some("http://www.w3.org/2001/XMLSchema#string".into())),
            Code::DatatypeId,
        ),
    ] {
        let (_, codes) = compile(&description);
        assert_eq!(codes, [expected], "{description:?}");
    }
}

#[test]
fn a_bad_format_is_ignored() {
    for (description, cell) in [
        (formatted("integer", "["), "0"),
        (formatted("string", "+"), "AaAaA"),
        (formatted("date", "yy-MM-dd"), "2015-06-05"),
        (formatted("boolean", "YN"), "true"),
    ] {
        let (datatype, _) = compile(&description);
        assert_eq!(datatype.parser().parse(cell, &mut String::new()), Ok(cell));
    }
}

#[test]
fn own_identifiers() {
    let description = DatatypeDescription {
        id: Some("http://example.org/datatype".to_owned()),
        ..of("string")
    };
    let (datatype, codes) = compile(&description);
    assert_eq!(codes, []);
    assert_eq!(datatype.iri(), "http://example.org/datatype");
    assert!(!datatype.takes_language());
    assert!(datatype.parser().accepts_everything());
}

#[test]
fn a_huge_cell_is_only_wrong() {
    let cell = "9".repeat(50_000_000);
    let mut buffer = String::new();
    for (base, fits) in [
        ("integer", true),
        ("decimal", true),
        ("long", false),
        ("double", true),
        ("gYear", true),
        ("date", false),
        ("duration", false),
        ("hexBinary", true),
    ] {
        let found = compile(&of(base))
            .0
            .parser()
            .parse(&cell, &mut buffer)
            .is_ok();
        assert_eq!(found, fits, "{base}");
    }
    let found = compile(&formatted("integer", "#,##0")).0;
    assert!(found.parser().parse(&cell, &mut buffer).is_err());
}

/// A number written by an independent formatter for a pattern, with the form it stands for.
fn written_number() -> impl Strategy<Value = (String, String, String)> {
    (
        any::<bool>(),
        0_u64..10_000_000_000,
        proptest::collection::vec(0_u8..10, 0..6),
        1_usize..4,
        1_usize..5,
        0_usize..8,
    )
        .prop_map(|(negative, integer, fraction, secondary, primary, least)| {
            let digits = format!("{integer:0>least$}");
            // Groups from the right: one primary, then secondary ones.
            let mut grouped = String::new();
            let count = digits.len();
            for (index, digit) in digits.chars().enumerate() {
                let left = count - index;
                if index > 0 && left >= primary && (left - primary) % secondary == 0 {
                    grouped.push(' ');
                }
                grouped.push(digit);
            }
            let sign = if negative { "-" } else { "" };
            let fraction: String = fraction
                .iter()
                .map(|digit| char::from(b'0' + digit))
                .collect();
            let point = |mark: &str| {
                if fraction.is_empty() {
                    String::new()
                } else {
                    format!("{mark}{fraction}")
                }
            };
            let mut pattern = vec![b'0'; least];
            while pattern.len() < primary + secondary + 1 {
                pattern.insert(0, b'#');
            }
            let mut written = String::new();
            let count = pattern.len();
            for (index, place) in pattern.into_iter().enumerate() {
                let left = count - index;
                if index > 0 && left >= primary && (left - primary) % secondary == 0 {
                    written.push(' ');
                }
                written.push(char::from(place));
            }
            (
                format!("{written},######"),
                format!("{sign}{grouped}{}", point(",")),
                format!("{sign}{digits}{}", point(".")),
            )
        })
}

proptest! {
    #[test]
    fn formatted_numbers_parse_back((pattern, cell, expected) in written_number()) {
        let description = DatatypeDescription {
            format: Some(FormatDescription {
                pattern: Some(pattern),
                decimal_char: Some(",".to_owned()),
                group_char: Some(" ".to_owned()),
                is_object: true,
            }),
            ..of("decimal")
        };
        let (datatype, codes) = compile(&description);
        prop_assert_eq!(codes, []);
        let mut buffer = String::new();
        prop_assert_eq!(datatype.parser().parse(&cell, &mut buffer), Ok(expected.as_str()));
    }

    #[test]
    fn formatted_dates_parse_back(
        year in 0_u32..10_000, month in 1_u32..13, day in 1_u32..29,
        hour in 0_u32..24, minute in 0_u32..60, zone in -14_i32..15,
        separator in prop_oneof![Just('.'), Just('-'), Just('/')],
        padded: bool, american: bool,
    ) {
        let (day_mark, month_mark) = if padded { ("dd", "MM") } else { ("d", "M") };
        let number = |value: u32| if padded { format!("{value:02}") } else { value.to_string() };
        let ((a_mark, a), (b_mark, b)) = if american {
            ((month_mark, number(month)), (day_mark, number(day)))
        } else {
            ((day_mark, number(day)), (month_mark, number(month)))
        };
        let pattern = format!("{a_mark}{separator}{b_mark}{separator}yyyy HH:mm XXX");
        let cell = format!("{a}{separator}{b}{separator}{year:04} {hour:02}:{minute:02} {zone:+03}:00");
        let (datatype, codes) = compile(&formatted("dateTime", &pattern));
        prop_assert_eq!(codes, []);
        let mut buffer = String::new();
        let expected =
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00{zone:+03}:00");
        prop_assert_eq!(datatype.parser().parse(&cell, &mut buffer), Ok(expected.as_str()));
    }

    #[test]
    fn what_a_parser_gives_is_valid(base in 0..Base::ALL.len(), cell in "[-+0-9.:TZPYMDHSE,%aA=]{0,24}") {
        let base = Base::ALL[base];
        let datatype = Datatype::of(base);
        let mut buffer = String::new();
        let mut again = String::new();
        if let Ok(value) = datatype.parser().parse(&cell, &mut buffer) {
            prop_assert!(value::is_valid(base, value));
            prop_assert_eq!(datatype.parser().parse(value, &mut again), Ok(value));
        }
    }

    #[test]
    fn order_agrees_with_keys(a in "-?[0-9]{1,3}(\\.[0-9]{0,2})?", b in "-?[0-9]{1,3}(\\.[0-9]{0,2})?") {
        let datatype = Datatype::of(Base::Decimal);
        let (mut left, mut right) = (Vec::new(), Vec::new());
        datatype.write_key(&a, &mut left);
        datatype.write_key(&b, &mut right);
        let order = datatype.compare(&a, &b).unwrap();
        prop_assert_eq!(order.is_eq(), left == right);
        let (a, b): (f64, f64) = (a.parse().unwrap(), b.parse().unwrap());
        prop_assert_eq!(Some(order), a.partial_cmp(&b));
    }

    #[test]
    fn any_pattern_compiles_or_warns(base in 0..Base::ALL.len(), pattern in "\\PC{0,12}", cell in "\\PC{0,12}") {
        let (datatype, _) = compile(&formatted(Base::ALL[base].name(), &pattern));
        let _ = datatype.parser().parse(&cell, &mut String::new());
    }
}
