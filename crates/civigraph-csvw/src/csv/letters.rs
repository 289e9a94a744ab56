//! Which encoding the letters of a text speak for.
//!
//! `Gdańsk` in windows-1250 is `Gdañsk` in windows-1252, which looks like a word too, and no rule about words tells
//! them apart. What does: whether one language has all the letters of the text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_8859_2, KOI8_R, KOI8_U, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
};

/// Letters beyond ASCII of languages, in the encodings that they are written in.
const ALPHABETS: &[(&Encoding, &[&str])] = &[
    (
        WINDOWS_1250,
        &[
            "ąćęłńóśźż",
            "áčďéěíňóřšťúůýž",
            "áäčďéíĺľňóôŕšťúýž",
            "áéíóöőúüű",
            "ăâîşţ",
            "čćđšž",
        ],
    ),
    (
        WINDOWS_1252,
        &[
            "àâæçéèêëîïôœùûüÿ",
            "äöüß",
            "áéíóúüñ",
            "áâãàçéêíóôõúü",
            "àèéìíîòóùú",
            "àçèéíïòóúü",
            "æøåéèêóòôü",
            "åäöéüàšž",
            "áéíóúýþðæö",
            "áéíóúýðæø",
            "áàâäéèêëïíîóôöúûü",
            "äöõüšž",
        ],
    ),
    (WINDOWS_1254, &["âçğıîöşüû", "çəğıöşü"]),
    (WINDOWS_1257, &["ąčęėįšųūž", "āčēģīķļņšūž"]),
    (ISO_8859_2, &["ąćęłńóśźż", "áčďéěíňóřšťúůýž", "čćđšž"]),
];

/// The encoding that the letters of a sample speak for, where it is not the one that they are read in.
///
/// `None` where they may be in that one, or in several others.
pub(crate) fn other_than(encoding: &'static Encoding, sample: &[u8]) -> Option<&'static Encoding> {
    let others = ALPHABETS.iter().map(|(other, _)| *other);
    let is_known = others.clone().any(|other| other == encoding);
    if !is_known || speaks_for(encoding, encoding, sample) {
        return None;
    }
    others.filter(|other| *other != encoding).find(|other| {
        reads_otherwise(other, encoding, sample) && speaks_for(other, encoding, sample)
    })
}

/// The character that a byte is in an encoding.
fn character(encoding: &'static Encoding, byte: u8) -> Option<char> {
    let bytes = [byte];
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes)?;
    text.chars().next()
}

/// Whether any byte of a sample is another character in one encoding than in another.
fn reads_otherwise(
    encoding: &'static Encoding,
    compared: &'static Encoding,
    sample: &[u8],
) -> bool {
    (0x80..=u8::MAX)
        .filter(|byte| sample.contains(byte))
        .any(|byte| character(encoding, byte) != character(compared, byte))
}

/// Whether a language of an encoding has all the letters of a sample. What another encoding reads as the same character
/// counts as long as it is a letter.
fn speaks_for(encoding: &'static Encoding, compared: &'static Encoding, sample: &[u8]) -> bool {
    let mut letters = Vec::new();
    for byte in (0x80..=u8::MAX).filter(|byte| sample.contains(byte)) {
        let Some(letter) = character(encoding, byte) else {
            return false;
        };
        if letter.is_alphabetic() && !"ªº".contains(letter) {
            letters.extend(
                letter
                    .to_lowercase()
                    .filter(|c| !c.is_ascii() && !is_dot(*c)),
            );
        } else if encoding != compared && character(compared, byte) != Some(letter) {
            // A sign in the place of a letter.
            return false;
        } else if letter.is_control() || is_odd_sign(letter) {
            return false;
        }
    }
    let alphabets = ALPHABETS.iter().filter(|(of, _)| *of == encoding);
    alphabets
        .flat_map(|(_, alphabets)| *alphabets)
        .any(|alphabet| letters.iter().all(|letter| alphabet.contains(*letter)))
}

/// The dot that the Turkish `İ` leaves above an `i`.
fn is_dot(c: char) -> bool {
    c == '\u{307}'
}

/// Signs that stand for letters where an encoding is the wrong one, and for hardly anything in tables.
fn is_odd_sign(c: char) -> bool {
    matches!(c, '¥' | '¯' | '¹' | '¸' | '¨' | '¬' | '¦' | '¤')
}

/// The encoding that letters and their neighbours speak for.
pub(crate) fn guess(sample: &[u8], cut: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, !cut);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // The detector knows KOI8 as a whole; the Ukrainian letters are few, and elsewhere frames.
    let ukrainian =
        |byte: &u8| matches!(byte, 0xA4 | 0xA6 | 0xA7 | 0xAD | 0xB4 | 0xB6 | 0xB7 | 0xBD);
    if guess == KOI8_U && !sample.iter().any(ukrainian) {
        return KOI8_R;
    }
    other_than(guess, sample).unwrap_or(guess)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_speak_for_languages() {
        for (text, of, read, expected) in [
            (
                "Gdańsk Poznań Będzin",
                WINDOWS_1250,
                WINDOWS_1252,
                Some(WINDOWS_1250),
            ),
            (
                "Győr Törökbálint",
                WINDOWS_1250,
                WINDOWS_1252,
                Some(WINDOWS_1250),
            ),
            (
                "Şanlıurfa Muğla",
                WINDOWS_1254,
                WINDOWS_1252,
                Some(WINDOWS_1254),
            ),
            (
                "Besançon Nîmes Orléans",
                WINDOWS_1252,
                WINDOWS_1250,
                Some(WINDOWS_1252),
            ),
            ("Łódź Śrem", ISO_8859_2, WINDOWS_1252, Some(ISO_8859_2)),
            (
                "Málaga Coruña ¿Dónde? 5 € – «x»",
                WINDOWS_1252,
                WINDOWS_1252,
                None,
            ),
            ("München Zürich 20 °C", WINDOWS_1252, WINDOWS_1252, None),
            ("São Paulo Brasília", WINDOWS_1252, WINDOWS_1252, None),
            ("Łódź Gdańsk", WINDOWS_1250, WINDOWS_1250, None),
            // Of several languages; no other encoding has one for all of it.
            ("München Coruña Besançon", WINDOWS_1252, WINDOWS_1252, None),
            ("Köln Besançon", WINDOWS_1252, WINDOWS_1252, None),
            ("plain", WINDOWS_1252, WINDOWS_1252, None),
        ] {
            let (bytes, _, unmappable) = of.encode(text);
            assert!(!unmappable, "{text}");
            let found = other_than(read, &bytes);
            assert_eq!(found, expected, "{text}");
        }
    }
}
