//! Text in the encoding that the dialect of a table declares.

use crate::diagnostic::{Code, Diagnostic, Place};
use encoding_rs::{EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A character that the encoding of a table does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unencodable {
    /// The character.
    pub character: char,
    /// The name of the encoding.
    pub encoding: &'static str,
}

impl Unencodable {
    /// What is reported at the place of the table.
    pub fn diagnostic(&self, place: Place) -> Diagnostic {
        let message = format!(
            "the table is not written: its encoding, {}, has no `{}`",
            self.encoding, self.character
        );
        Diagnostic::new(Code::Encoding, place, message)
            .with_hint("save the file as UTF-8 and leave `encoding` out of its dialect")
    }
}

/// Text as bytes in the encoding with a label (WHATWG Encoding), without a byte order mark.
pub(super) fn encode(text: Vec<u8>, label: &str) -> Result<Vec<u8>, Unencodable> {
    let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8);
    if encoding == UTF_8 {
        return Ok(text);
    }
    let text = String::from_utf8_lossy(&text);
    // WHATWG has no encoders for these.
    if encoding == UTF_16LE {
        return Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    }
    if encoding == UTF_16BE {
        return Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = &*text;
    loop {
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return Ok(bytes),
            EncoderResult::OutputFull => bytes.reserve(rest.len() + 16),
            EncoderResult::Unmappable(character) => {
                return Err(Unencodable {
                    character,
                    encoding: encoding.name(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_as_the_same_text() {
        let text = "id,имя\nа,Ирбит\n".repeat(1_000);
        for label in [
            "utf-8",
            "windows-1251",
            "koi8-r",
            "iso-8859-5",
            "utf-16le",
            "utf-16be",
            "gb18030",
            "shift_jis",
        ] {
            let bytes = encode(text.clone().into_bytes(), label).unwrap();
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let (back, malformed) = encoding.decode_without_bom_handling(&bytes);
            assert!(!malformed, "{label}");
            assert_eq!(back, text, "{label}");
        }
    }

    #[test]
    fn what_an_encoding_has_not() {
        let refused = encode("Ирбит 😀".to_owned().into_bytes(), "cp1251").unwrap_err();
        assert_eq!(
            (refused.character, refused.encoding),
            ('😀', "windows-1251")
        );
    }
}
