//! The encoding of a file without a declaration: UTF-8, or a guess that says so.

use crate::csv::letters;
use encoding_rs::Encoding;

/// The encoding of a file.
pub struct EncodingGuess {
    /// Its label, as dialects have it.
    pub label: &'static str,
    /// What it was guessed from; `None` where it is certain.
    from: Option<EncodingClue>,
}

#[derive(Clone, Copy)]
enum EncodingClue {
    Letters,
    Nulls,
}

impl EncodingGuess {
    fn certain() -> Self {
        Self {
            label: "utf-8",
            from: None,
        }
    }

    /// What the curator should know; `head` is the decoded start of the file.
    pub fn note(&self, head: &[u8]) -> Option<String> {
        let label = self.label;
        Some(match self.from? {
            EncodingClue::Letters => {
                let text = String::from_utf8_lossy(head);
                let mut words = text.split(|c: char| !c.is_alphanumeric());
                let word = words.find(|word| !word.is_ascii());
                let example = word.map_or_else(
                    || "the text".to_owned(),
                    |word| format!("`{}`", word.chars().take(40).collect::<String>()),
                );
                format!(
                    "The file is not UTF-8. The encoding `{label}` is guessed from its letters: if {example} is \
                     not what it should say, name another one in `dialect`."
                )
            }
            EncodingClue::Nulls => format!(
                "The file has no byte order mark. The encoding `{label}` is guessed from the zero bytes between \
                 its letters."
            ),
        })
    }
}

/// Guesses the encoding from the start of a file; `cut` tells that there is more.
pub fn guess(head: &[u8], cut: bool) -> EncodingGuess {
    if Encoding::for_bom(head).is_some() {
        return EncodingGuess::certain();
    }
    if let Some(label) = utf_16(head) {
        return EncodingGuess {
            label,
            from: Some(EncodingClue::Nulls),
        };
    }
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character cut off by the end of the head is not an error.
        Err(error) => error.error_len().is_none() && cut,
    };
    if valid {
        return EncodingGuess::certain();
    }
    let encoding = letters::guess(head, cut);
    EncodingGuess {
        label: label(encoding),
        from: Some(EncodingClue::Letters),
    }
}

/// The usual name of an encoding, in lower case as in the W3C's examples.
fn label(encoding: &'static Encoding) -> &'static str {
    match encoding.name() {
        "windows-1250" => "windows-1250",
        "IBM866" => "ibm866",
        "KOI8-R" => "koi8-r",
        "KOI8-U" => "koi8-u",
        "Shift_JIS" => "shift_jis",
        other => other,
    }
}

/// UTF-16 without a byte order mark: most of every second byte is zero.
fn utf_16(head: &[u8]) -> Option<&'static str> {
    let (mut even, mut odd) = (0, 0);
    for pair in head.chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.get(1) == Some(&0));
    }
    let pairs = head.len() / 2;
    // Delimiters, digits and line ends are ASCII whatever the script of the rest.
    let many = |count: usize| count * 4 > pairs;
    match (many(even), many(odd)) {
        (false, true) if even == 0 => Some("utf-16le"),
        (true, false) if odd == 0 => Some("utf-16be"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        for (label, text) in [
            ("windows-1251", "город;Железногорск\n"),
            ("windows-1252", "café;Zürich\n"),
            ("koi8-r", "город;население\nОрёл;318000\nИрбит;38000\n"),
            ("ibm866", "город;население\nОрёл;318000\nИрбит;38000\n"),
            (
                "windows-1250",
                "miasto;kraj\nŁódź;PL\nGdańsk;PL\nŚwinoujście;PL\n",
            ),
            (
                "windows-1250",
                "id;miasto\n1;Gdańsk\n2;Poznań\n3;Częstochowa\n4;Będzin\n5;Łódź\n",
            ),
            (
                "windows-1250",
                "id;město\n1;České Budějovice\n2;Plzeň\n3;Uherské Hradiště\n",
            ),
            ("windows-1253", "πόλη;χώρα\nΑθήνα;Ελλάδα\nΠάτρα;Ελλάδα\n"),
            ("shift_jis", "都市,人口\n東京,13960000\n横浜,3770000\n"),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let (bytes, _, unmappable) = encoding.encode(text);
            assert!(!unmappable, "{label}");
            let guess = guess(&bytes, false);
            assert_eq!(guess.label, label, "{text}");
            assert!(guess.note(text.as_bytes()).is_some());
        }
        for text in ["город", "id,name\n", ""] {
            let guess = guess(text.as_bytes(), false);
            assert_eq!(guess.label, "utf-8");
            assert!(guess.note(text.as_bytes()).is_none());
        }
        assert_eq!(guess(b"\xFF\xFEa\0", false).label, "utf-8");
    }

    #[test]
    fn utf_16_without_a_mark() {
        let bytes = |text: &str, big: bool| -> Vec<u8> {
            let units = text.encode_utf16();
            units
                .flat_map(|unit| {
                    if big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        for text in ["id,v\r\n1,a\r\n", "город,население\n1,2\n3,4\n5,6\n"] {
            assert_eq!(
                guess(&bytes(text, false), false).label,
                "utf-16le",
                "{text}"
            );
            assert_eq!(guess(&bytes(text, true), false).label, "utf-16be", "{text}");
        }
        assert_eq!(guess(b"id,v\n1,a\0b\n2,c\n", false).label, "utf-8");
    }
}
