//! Characters that look like others, or like nothing: what to say of them, and how to repair them.
//!
//! Ids become IRIs and labels are searched for, so that a no-break space, a soft hyphen, a letter of
//! another script or a letter in two parts makes another thing of what looks the same.

use std::borrow::Cow;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What is wrong with a text, the first of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CharacterProblem {
    /// It starts or ends with white space.
    Padded,
    /// A space or hyphen other than the usual one, or a character that is not seen.
    Character(char),
    /// A letter and a mark that are one letter elsewhere.
    Decomposed(String),
    /// A word of letters of two scripts that look alike: the word and the letters of the rarer one.
    Mixed {
        /// The word.
        word: String,
        /// The letters that are out of place.
        letters: String,
        /// The script of those letters.
        few: &'static str,
        /// The script of the word.
        many: &'static str,
    },
}

impl std::fmt::Display for CharacterProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Padded => f.write_str("white space at an end"),
            Self::Character(c) => write!(f, "{}", NamedCharacter(*c)),
            Self::Decomposed(letter) => {
                let marks: Vec<_> = (letter.chars().skip(1))
                    .map(|c| format!("U+{:04X}", u32::from(c)))
                    .collect();
                let base: String = letter.chars().take(1).collect();
                let composed: String = letter.nfc().collect();
                if marks.is_empty() {
                    // The sign for ångström, say.
                    let number = base.chars().next().map_or(0, u32::from);
                    return write!(f, "the sign `{base}` (U+{number:04X}) for `{composed}`");
                }
                write!(
                    f,
                    "`{composed}` written in parts, `{base}` and {}",
                    marks.join(" and ")
                )
            }
            Self::Mixed {
                word,
                letters,
                few,
                many,
            } => {
                let letters: Vec<_> = letters.chars().map(|c| format!("`{c}`")).collect();
                write!(
                    f,
                    "the {few} {} in the {many} word `{word}`",
                    letters.join(" and ")
                )
            }
        }
    }
}

/// A character by its name and number.
struct NamedCharacter(char);

impl std::fmt::Display for NamedCharacter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.0 {
            ' ' => return f.write_str("a space"),
            '\t' => return f.write_str("a tab"),
            '\n' | '\r' => return f.write_str("a line break"),
            '\u{a0}' => "a no-break space",
            '\u{ad}' => "a soft hyphen",
            '\u{200b}' => "a zero-width space",
            '\u{200c}' => "a zero-width non-joiner",
            '\u{200d}' => "a zero-width joiner",
            '\u{202f}' => "a narrow no-break space",
            '\u{2010}' => "a hyphen that is not `-`",
            '\u{2011}' => "a no-break hyphen",
            '\u{2060}' => "a word joiner",
            '\u{feff}' => "a byte order mark",
            '\u{3000}' => "an ideographic space",
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => "a mark of writing direction",
            c if is_space(c) => "an unusual space",
            c if c.is_control() => "a control character",
            c if is_unseen(c) => "a character that is not seen",
            c => return write!(f, "`{c}` (U+{:04X})", u32::from(c)),
        };
        write!(f, "{name} (U+{:04X})", u32::from(self.0))
    }
}

/// A space that is not the usual one.
pub fn is_space(c: char) -> bool {
    matches!(
        c,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// A hyphen that is not the usual one and looks like it.
fn is_hyphen(c: char) -> bool {
    matches!(c, '\u{2010}' | '\u{2011}')
}

/// A character of which nothing is seen, not even a gap.
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Characters that scripts need to join or part letters are not repaired between their letters.
fn is_needed(before: Option<char>, c: char, after: Option<char>) -> bool {
    let complex = |c: char| matches!(c, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}');
    matches!(c, '\u{200c}' | '\u{200d}')
        && (before.is_some_and(complex) && after.is_some_and(complex) || emoji(before))
}

fn emoji(c: Option<char>) -> bool {
    c.is_some_and(|c| matches!(c, '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}'))
}

/// The first thing in a text that looks like something else, or like nothing.
pub fn problem(text: &str) -> Option<CharacterProblem> {
    let padded = |c: char| c.is_whitespace() && !is_space(c);
    if text.starts_with(padded) || text.ends_with(padded) {
        return Some(CharacterProblem::Padded);
    }
    if text.is_ascii() {
        let control = text.chars().find(|c| c.is_control() && !c.is_whitespace());
        return control.map(CharacterProblem::Character);
    }
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let unseen = is_unseen(c) && !is_needed(before, c, chars.peek().copied());
        if unseen || is_space(c) || is_hyphen(c) || (c.is_control() && !c.is_whitespace()) {
            return Some(CharacterProblem::Character(c));
        }
        before = Some(c);
    }
    decomposed(text).or_else(|| mixed(text))
}

/// A letter in parts that has a form in one.
fn decomposed(text: &str) -> Option<CharacterProblem> {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return None;
    }
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut letter = String::from(c);
        while let Some(mark) = chars.next_if(|&c| is_combining_mark(c)) {
            letter.push(mark);
        }
        if letter.nfc().ne(letter.chars()) {
            return Some(CharacterProblem::Decomposed(letter));
        }
    }
    None
}

/// Latin letters with the Cyrillic ones that look like them.
const CYRILLIC: &[(char, char)] = &[
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
    ('y', 'у'),
    ('A', 'А'),
    ('B', 'В'),
    ('C', 'С'),
    ('E', 'Е'),
    ('H', 'Н'),
    ('I', 'І'),
    ('J', 'Ј'),
    ('K', 'К'),
    ('M', 'М'),
    ('O', 'О'),
    ('P', 'Р'),
    ('S', 'Ѕ'),
    ('T', 'Т'),
    ('X', 'Х'),
    ('Y', 'У'),
];

/// Latin letters with the Greek ones that look like them.
const GREEK: &[(char, char)] = &[
    ('o', 'ο'),
    ('A', 'Α'),
    ('B', 'Β'),
    ('E', 'Ε'),
    ('H', 'Η'),
    ('I', 'Ι'),
    ('K', 'Κ'),
    ('M', 'Μ'),
    ('N', 'Ν'),
    ('O', 'Ο'),
    ('P', 'Ρ'),
    ('T', 'Τ'),
    ('X', 'Χ'),
    ('Y', 'Υ'),
    ('Z', 'Ζ'),
];

/// A script with letters that look like Latin ones.
struct Script {
    name: &'static str,
    alike: &'static [(char, char)],
    range: std::ops::RangeInclusive<char>,
    /// From how many of its letters on a Latin one is out of place in a word: `ΔT` is none.
    word: usize,
}

static SCRIPTS: [Script; 2] = [
    Script {
        name: "Cyrillic",
        alike: CYRILLIC,
        range: '\u{400}'..='\u{52f}',
        word: 1,
    },
    Script {
        name: "Greek",
        alike: GREEK,
        range: '\u{370}'..='\u{3ff}',
        word: 3,
    },
];

/// A word as it would be in one script.
struct Repaired {
    word: String,
    script: &'static Script,
    /// Whether the Latin letters are out of place.
    latin: bool,
}

impl Script {
    /// How a word of letters of this script and Latin ones would be written in one of them: all letters of the other
    /// look like letters of it.
    fn in_one(&'static self, word: &str) -> Option<Repaired> {
        let latin = word.chars().filter(char::is_ascii_alphabetic).count();
        let own = word.chars().filter(|c| self.range.contains(c)).count();
        if latin == 0 || own == 0 {
            return None;
        }
        let to_own = |c: char| {
            let alike = self.alike.iter().find(|(latin, _)| *latin == c);
            alike.map(|&(_, own)| own)
        };
        let to_latin = |c: char| {
            let alike = self.alike.iter().find(|(_, own)| *own == c);
            alike.map(|&(latin, _)| latin)
        };
        let all_own = || -> Option<String> {
            let letter = |c: char| match c.is_ascii_alphabetic() {
                true => to_own(c),
                false => Some(c),
            };
            word.chars().map(letter).collect()
        };
        let all_latin = || -> Option<String> {
            let letter = |c: char| match self.range.contains(&c) {
                true => to_latin(c),
                false => Some(c),
            };
            word.chars().map(letter).collect()
        };
        let own_word = (own >= self.word).then(all_own).flatten();
        // The script of more letters first.
        let (word, latin) = match (own_word, all_latin()) {
            (Some(word), None) => (word, true),
            (None, Some(word)) => (word, false),
            (Some(_), Some(word)) if latin > own => (word, false),
            (Some(word), Some(_)) => (word, true),
            (None, None) => return None,
        };
        Some(Repaired {
            word,
            script: self,
            latin,
        })
    }
}

/// How a word of letters of two scripts would be written in one. `None` where it is not such a word.
fn in_one_script(word: &str) -> Option<Repaired> {
    SCRIPTS.iter().find_map(|script| script.in_one(word))
}

/// Whether a word can hold letters of both scripts: only then is it looked at.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.is_ascii())
}

fn mixed(text: &str) -> Option<CharacterProblem> {
    words(text).find_map(|word| {
        let Repaired { script, latin, .. } = in_one_script(word)?;
        let mut letters = String::new();
        for c in word.chars() {
            let out_of_place = if latin {
                c.is_ascii_alphabetic()
            } else {
                script.range.contains(&c)
            };
            if out_of_place && !letters.contains(c) {
                letters.push(c);
            }
        }
        let (few, many) = if latin {
            ("Latin", script.name)
        } else {
            (script.name, "Latin")
        };
        Some(CharacterProblem::Mixed {
            word: word.to_owned(),
            letters,
            few,
            many,
        })
    })
}

/// The text as it was most likely meant: usual spaces and none at its ends, nothing that is not seen,
/// letters in one part (NFC) and words in one script.
pub fn repaired(text: &str) -> Cow<'_, str> {
    if problem(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let unseen = is_unseen(c) && !is_needed(before, c, chars.peek().copied());
        let control = c.is_control() && !c.is_whitespace();
        if is_space(c) {
            out.push(' ');
        } else if is_hyphen(c) {
            out.push('-');
        } else if !(unseen || control) {
            out.push(c);
        }
        before = Some(c);
    }
    let out: String = out.trim().nfc().collect();
    let mut repaired = String::with_capacity(out.len());
    let mut rest = out.as_str();
    while !rest.is_empty() {
        let start = rest.find(|c: char| c.is_alphanumeric());
        let (gap, tail) = rest.split_at(start.unwrap_or(rest.len()));
        let end = tail.find(|c: char| !c.is_alphanumeric());
        let (word, next) = tail.split_at(end.unwrap_or(tail.len()));
        repaired.push_str(gap);
        match in_one_script(word) {
            Some(one) => repaired.push_str(&one.word),
            None => repaired.push_str(word),
        }
        rest = next;
    }
    Cow::Owned(repaired)
}

/// In what a text differs from another that looks the same; `None` where they look different.
pub fn difference(text: &str, other: &str) -> Option<String> {
    if text == other || repaired(text) != repaired(other) {
        return None;
    }
    let said = match (problem(text), problem(other)) {
        (Some(here), Some(there)) if here != there => {
            format!("here is {here}, there {there}")
        }
        (Some(here), _) => format!("here is {here}"),
        (None, Some(there)) => format!("there is {there}"),
        (None, None) => return None,
    };
    Some(format!("they look the same, but {said}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_named() {
        for (text, expected) in [
            ("Москва", None),
            ("ab c", None),
            ("3D-модель", None),
            ("USB кабель", None),
            ("COVIDный", None),
            ("café", None),
            ("a\nb", None),
            ("می\u{200c}خواهم", None),
            ("👩\u{200d}🔬", None),
            (" a", Some("white space at an end")),
            ("a\t", Some("white space at an end")),
            ("New\u{a0}York", Some("a no-break space (U+00A0)")),
            ("a\u{200b}", Some("a zero-width space (U+200B)")),
            ("a\u{ad}b", Some("a soft hyphen (U+00AD)")),
            ("\u{feff}id", Some("a byte order mark (U+FEFF)")),
            ("a\u{7}", Some("a control character (U+0007)")),
            ("a\u{2009}b", Some("an unusual space (U+2009)")),
            ("Краи\u{306}", Some("`й` written in parts, `и` and U+0306")),
            ("cafe\u{301}", Some("`é` written in parts, `e` and U+0301")),
            (
                "\u{212b}ngström",
                Some("the sign `\u{212b}` (U+212B) for `\u{c5}`"),
            ),
            // A Latin o.
            (
                "Мoсква",
                Some("the Latin `o` in the Cyrillic word `Мoсква`"),
            ),
            // A Cyrillic а.
            ("Kаzan", Some("the Cyrillic `а` in the Latin word `Kаzan`")),
            // A Greek alpha.
            ("Αthens", Some("the Greek `Α` in the Latin word `Αthens`")),
            ("ΑΘHΝΑ", Some("the Latin `H` in the Greek word `ΑΘHΝΑ`")),
            ("ΔT", None),
            ("5 μm", None),
            ("β2-Microglobulin", None),
            ("a\u{2011}b", Some("a no-break hyphen (U+2011)")),
        ] {
            let found = problem(text).map(|problem| problem.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn repairs() {
        for (text, expected) in [
            ("Москва", "Москва"),
            (" New\u{a0}York\u{200b} ", "New York"),
            ("Краи\u{306} Мoсква", "Край Москва"),
            ("Kаzan", "Kazan"),
            ("a\u{ad}b", "ab"),
            ("a\u{2011}b", "a-b"),
            ("Αthens", "Athens"),
            ("a  b", "a  b"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{a0}", ""),
        ] {
            assert_eq!(repaired(text), expected, "{text:?}");
            assert_eq!(problem(expected), None, "{expected:?}");
        }
    }

    #[test]
    fn differences() {
        for (text, other, expected) in [
            (
                "New\u{a0}York",
                "New York",
                Some("they look the same, but here is a no-break space (U+00A0)"),
            ),
            (
                "Москва",
                "Мoсква",
                Some(
                    "they look the same, but there is the Latin `o` in the Cyrillic word `Мoсква`",
                ),
            ),
            (
                "a ",
                "a",
                Some("they look the same, but here is white space at an end"),
            ),
            ("a", "b", None),
            ("a", "a", None),
        ] {
            assert_eq!(difference(text, other).as_deref(), expected, "{text:?}");
        }
    }
}
