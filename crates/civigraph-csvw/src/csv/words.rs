//! How the words of a text look, from which its encoding is judged.

use super::letters;
use crate::resource::Resource;
use encoding_rs::Encoding;

/// Bytes from which an encoding is judged.
pub(super) const SAMPLE: u64 = 256 << 10;

/// Encodings that files of tables have, likely ones first.
const CANDIDATES: &[&str] = &[
    "windows-1251",
    "koi8-r",
    "ibm866",
    "windows-1252",
    "windows-1250",
    "windows-1253",
    "macintosh",
    "shift_jis",
    "euc-jp",
    "gbk",
    "big5",
    "euc-kr",
];

/// The encoding in which the text of a file looks like words, with the first of them.
pub(super) fn likely(
    resource: &Resource,
    declared: &Encoding,
) -> Option<(&'static Encoding, String)> {
    let sample = resource.read_start(SAMPLE).ok()?;
    let end = memchr::memrchr(b'\n', &sample).map_or(sample.len(), |end| end + 1);
    let sample = sample.get(..end)?;
    let labels = CANDIDATES.iter();
    let usual = labels.filter_map(|label| Encoding::for_label(label.as_bytes()));
    let candidates = std::iter::once(letters::guess(sample, true))
        .chain(usual)
        .filter(|candidate| *candidate != declared);
    candidates
        .filter_map(|candidate| {
            let text = candidate.decode_without_bom_handling_and_without_replacement(sample)?;
            let words = WordStatistics::of(&text);
            let example = words.example?;
            (words.strange * 20 <= words.all).then_some((candidate, example))
        })
        .next()
}

/// How the words with letters beyond ASCII of a text look.
#[derive(Default)]
pub(super) struct WordStatistics {
    pub(super) all: u64,
    /// Those that no language has.
    pub(super) strange: u64,
    /// The first strange one, and its line.
    pub(super) first: Option<(u64, String)>,
    /// The first one that is not strange.
    pub(super) example: Option<String>,
}

impl WordStatistics {
    pub(super) fn of(text: &str) -> Self {
        let mut words = Self::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            if text.is_ascii() {
                continue;
            }
            for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()) {
                if word.is_ascii() {
                    continue;
                }
                words.all += 1;
                if is_strange(word) {
                    words.strange += 1;
                    words.first.get_or_insert_with(|| (line, word.to_owned()));
                } else if words.example.is_none() {
                    words.example = Some(word.to_owned());
                }
            }
        }
        words
    }
}

/// Whether no language has such a word: control characters, signs between letters, small letters before
/// capital ones, letters of two scripts.
pub(super) fn is_strange(word: &str) -> bool {
    let joins = |c: char| {
        matches!(
            c,
            '\u{AD}' | '·' | '’' | '‘' | '–' | '—' | '\u{A0}' | 'ʼ' | '\u{B4}'
        )
    };
    let mut before: Option<char> = None;
    let mut sign = false;
    for c in word.chars() {
        if matches!(c, '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' | char::REPLACEMENT_CHARACTER)
        {
            return true;
        }
        if !c.is_alphabetic() {
            sign |= before.is_some() && !joins(c);
            continue;
        }
        if let Some(before) = before {
            let capital_after_small = before.is_lowercase() && c.is_uppercase();
            if sign || capital_after_small && !(before.is_ascii() && c.is_ascii()) {
                return true;
            }
            if is_cyrillic(before) != is_cyrillic(c) {
                return true;
            }
        }
        sign = false;
        before = Some(c);
    }
    false
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52F}').contains(&c)
}
