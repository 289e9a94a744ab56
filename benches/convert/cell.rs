//! What is in the cells of generated tables.

use std::fmt::Write as _;

const WORDS: [&str; 8] = [
    "city",
    "strategy",
    "район",
    "session",
    "a, b",
    "say \"no\"",
    "Совет",
    "2030",
];

/// Two words, in quotes where they need them.
pub fn text(value: u64, out: &mut String) {
    let (a, b) = (value as usize % 8, (value >> 8) as usize % 8);
    let text = format!("{} {}", WORDS[a], WORDS[b]);
    if text.contains(['"', ',']) {
        let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
    } else {
        out.push_str(&text);
    }
}

/// A number with two digits after the point.
pub fn decimal(value: u64, out: &mut String) {
    let _ = write!(out, "{}.{:02}", value % 10_000, value % 97);
}

/// A date of ISO 8601.
pub fn date(value: u64, out: &mut String) {
    let (year, month, day) = parts(value);
    let _ = write!(out, "20{year:02}-{month:02}-{day:02}");
}

/// A date as people write it: `dd.MM.yyyy`.
pub fn written_date(value: u64, out: &mut String) {
    let (year, month, day) = parts(value);
    let _ = write!(out, "{day:02}.{month:02}.20{year:02}");
}

/// Year of the century, month, day.
fn parts(value: u64) -> (u64, u64, u64) {
    (value % 26, value % 12 + 1, value % 28 + 1)
}
