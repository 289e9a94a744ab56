//! One key for a label in either script, and how alike two keys are.

use crate::infer::latin;

/// A label in lower-case Latin letters, digits and single spaces.
///
/// ```
/// use civigraph::suggest::key;
///
/// assert_eq!(key("Форум «Города — России»"), "forum goroda rossii");
/// assert_eq!(key("Орёл"), key("Орел"));
/// ```
pub fn key(label: &str) -> String {
    let mut key = String::with_capacity(label.len());
    for c in label.chars().flat_map(char::to_lowercase) {
        let c = if c == 'ё' { 'е' } else { c };
        match latin(c) {
            Some(letters) => key.push_str(letters),
            None if c.is_alphanumeric() => key.push(c),
            // Signs that people add and leave out: they separate nothing.
            None if matches!(c, '\'' | '’' | 'ʹ' | '\u{301}') => {}
            None if !key.ends_with(' ') => key.push(' '),
            None => {}
        }
    }
    key.trim().to_owned()
}

/// How alike two keys are, from 0 to 1: letter by letter, whatever the order of their words.
pub fn similarity(a: &str, b: &str) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let sorted = |key: &str| {
        let mut words: Vec<&str> = key.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    };
    let as_written = strsim::normalized_damerau_levenshtein(a, b);
    as_written.max(strsim::normalized_damerau_levenshtein(
        &sorted(a),
        &sorted(b),
    ))
}

/// The numbers in a key, in order.
pub(super) fn numbers(key: &str) -> Vec<&str> {
    key.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_same_in_both_scripts() {
        for (a, b) in [
            ("Железногорск", "Zheleznogorsk"),
            ("«Города России»", "Goroda Rossii"),
            ("Алёна — Тест", "алена тест"),
            ("Семёнов-Тян", "Семенов Тян"),
            ("О\u{301}рел", "Орел"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
        assert_ne!(key("Ирбит"), key("Ревда"));
    }

    #[test]
    fn slips_and_turned_words_are_alike() {
        for (a, b, expected) in [
            ("dmitry azarov", "azarov dmitry", true),
            ("novokuznetsk", "novokuznetks", true),
            ("irbit", "moskva", false),
            ("", "", false),
        ] {
            assert_eq!(similarity(a, b) > 0.85, expected, "{a} {b}");
        }
        assert_eq!(numbers("forum 2018 ix 3"), ["2018", "3"]);
    }
}
