//! Cells against datatypes, as the specification and its suite have them.

mod descriptions;
mod numbers;

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
