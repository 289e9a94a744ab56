//! Numbers against their patterns.

use super::*;

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
