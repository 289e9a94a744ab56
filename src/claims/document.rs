//! A source document: its digest, and spans of code points in it.
//!
//! Evidence points at a span the way the Web Annotation Vocabulary's `TextPositionSelector` does
//! (§4.2.5): start and end in Unicode code points, zero-based, end exclusive. Nothing here is
//! fuzzy: a span either has the digest that the curator recorded or it has not.

use crate::digest::{read_hex, sha256_hex};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

/// One code point in this many has its byte offset remembered.
const STRIDE: usize = 64;

/// The text of a source document.
#[derive(Debug, Clone)]
pub struct SourceDocument {
    text: String,
    sha256: String,
    /// Byte offset of every `STRIDE`th code point.
    offsets: Vec<usize>,
    length: usize,
}

impl From<String> for SourceDocument {
    fn from(text: String) -> Self {
        let sha256 = sha256_hex(text.as_bytes());
        let mut offsets = Vec::new();
        let mut length = 0;
        for (byte, _) in text.char_indices() {
            if length % STRIDE == 0 {
                offsets.push(byte);
            }
            length += 1;
        }
        Self {
            text,
            sha256,
            offsets,
            length,
        }
    }
}

impl SourceDocument {
    /// A document from its bytes, which must be UTF-8. A byte order mark is part of the text.
    pub fn new(bytes: Vec<u8>) -> Result<Self, std::string::FromUtf8Error> {
        String::from_utf8(bytes).map(Self::from)
    }

    /// SHA-256 of the document's bytes, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Length in code points.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The words of a span; `None` where it is empty, reversed or runs past the end.
    pub fn span(&self, start: usize, end: usize) -> Option<&str> {
        if start >= end || end > self.length {
            return None;
        }
        self.text.get(self.byte(start)?..self.byte(end)?)
    }

    /// Where words are: start and end of every occurrence, overlapping ones included.
    pub fn occurrences(&self, words: &str) -> Vec<(usize, usize)> {
        let Some(first) = words.chars().next() else {
            return Vec::new();
        };
        let length = words.chars().count();
        let mut found = Vec::new();
        let (mut from, mut counted, mut position) = (0, 0, 0);
        while let Some(at) = self.text.get(from..).and_then(|rest| rest.find(words)) {
            let byte = from + at;
            position += self
                .text
                .get(counted..byte)
                .map_or(0, |text| text.chars().count());
            counted = byte;
            found.push((position, position + length));
            from = byte + first.len_utf8();
        }
        found
    }

    /// Where words are that differ in nothing but the look of spaces, dashes and quotation marks, ё
    /// and capitals. For hints only: a lookalike is not evidence.
    pub fn lookalikes(&self, words: &str) -> Vec<(usize, usize)> {
        let fold = |text: &str| -> Vec<char> { text.chars().map(fold).collect() };
        let (text, words) = (fold(&self.text), fold(words));
        if words.is_empty() {
            return Vec::new();
        }
        text.windows(words.len())
            .enumerate()
            .filter(|(_, window)| *window == words.as_slice())
            .map(|(start, _)| (start, start + words.len()))
            .collect()
    }

    /// Physical line of a code point, from 1.
    pub fn line(&self, position: usize) -> usize {
        let before = self.byte(position).and_then(|byte| self.text.get(..byte));
        1 + before.map_or(0, |text| text.matches('\n').count())
    }

    /// Where words of a length in code points and a digest are: for each of `wanted`, the start and end of
    /// every place that has them.
    ///
    /// Costs one hash of each length at every position, however many words have that length.
    pub fn places(&self, wanted: &[(usize, &str)]) -> Vec<Vec<(usize, usize)>> {
        let mut places = vec![Vec::new(); wanted.len()];
        let mut by_length: BTreeMap<usize, HashMap<[u8; 32], Vec<usize>>> = BTreeMap::new();
        for (index, (length, sha256)) in wanted.iter().enumerate() {
            let mut digest = [0; 32];
            if read_hex(sha256, &mut digest).is_some() && *length > 0 && *length <= self.length {
                let digests = by_length.entry(*length).or_default();
                digests.entry(digest).or_default().push(index);
            }
        }
        if by_length.is_empty() {
            return places;
        }
        let ends = self.text.char_indices().map(|(byte, _)| byte);
        let bytes: Vec<usize> = ends.chain([self.text.len()]).collect();
        for (length, digests) in by_length {
            for (start, window) in bytes.windows(length + 1).enumerate() {
                let (Some(&from), Some(&to)) = (window.first(), window.last()) else {
                    continue;
                };
                let words = self.text.get(from..to).unwrap_or_default();
                let digest: [u8; 32] = Sha256::digest(words).into();
                for &index in digests.get(&digest).into_iter().flatten() {
                    if let Some(found) = places.get_mut(index) {
                        found.push((start, start + length));
                    }
                }
            }
        }
        places
    }

    /// Byte offset of a code point; the length of the text for the end.
    fn byte(&self, position: usize) -> Option<usize> {
        if position == self.length {
            return Some(self.text.len());
        }
        let from = *self.offsets.get(position / STRIDE)?;
        let rest = self.text.get(from..)?;
        rest.char_indices()
            .nth(position % STRIDE)
            .map(|(byte, _)| from + byte)
    }
}

/// One character for all that look alike, so that positions stay.
fn fold(c: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' | '\n' | '\r' | '\t' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '«' | '»' | '„' | '“' | '”' | '‟' => '"',
        'ё' | 'Ё' => 'е',
        // Only where lower case is one character too.
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower,
                _ => c,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> SourceDocument {
        SourceDocument::new(text.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn spans_count_code_points() {
        let document = document("Го\u{a0}род 🙂 рос");
        for (start, end, expected) in [
            (0, 2, Some("Го")),
            (3, 6, Some("род")),
            (7, 8, Some("🙂")),
            (9, 12, Some("рос")),
            (9, 13, None),
            (3, 3, None),
            (4, 3, None),
        ] {
            assert_eq!(document.span(start, end), expected, "{start}..{end}");
        }
    }

    #[test]
    fn spans_beyond_the_first_stride() {
        let text: String = "абвгд".repeat(100);
        let document = document(&text);
        assert_eq!(document.length(), 500);
        assert_eq!(document.span(123, 128), Some("гдабв"));
        assert_eq!(document.span(495, 500), Some("абвгд"));
    }

    #[test]
    fn occurrences_may_overlap() {
        assert_eq!(document("аааб").occurrences("аа"), [(0, 2), (1, 3)]);
        assert_eq!(document("аааб").occurrences(""), []);
        assert_eq!(
            document("Пётр и Пётр").occurrences("Пётр"),
            [(0, 4), (7, 11)]
        );
    }

    #[test]
    fn lookalikes_are_told_from_the_words() {
        let document = document("Город\n«Ёлка\u{a0}– 2»");
        assert_eq!(document.occurrences("елка - 2"), []);
        assert_eq!(document.lookalikes("елка - 2"), [(7, 15)]);
        assert_eq!(document.line(7), 2);
        assert_eq!(document.lookalikes(""), []);
    }

    #[test]
    fn words_are_found_by_their_digest() {
        let digests = ["два", "один", "три"].map(|words| sha256_hex(words.as_bytes()));
        let wanted: Vec<(usize, &str)> = [3, 4, 3]
            .into_iter()
            .zip(digests.iter().map(String::as_str))
            .collect();
        assert_eq!(
            document("два один два").places(&wanted),
            [vec![(0, 3), (9, 12)], vec![(4, 8)], vec![]]
        );
        assert_eq!(document("да").places(&wanted), [vec![], vec![], vec![]]);
        for wrong in ["", "да", &"я".repeat(32), &"+f".repeat(32)] {
            assert_eq!(document("два").places(&[(3, wrong)]), [vec![]], "{wrong}");
        }
    }

    #[test]
    fn digest_of_the_empty_string() {
        assert_eq!(
            sha256_hex(b""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
