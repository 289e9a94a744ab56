//! Percent-encoding (RFC 3986 §2.1, RFC 6570 §3.2.1).

/// Letters, digits, `-`, `.`, `_` and `~`: never encoded.
pub(super) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The delimiters of RFC 3986 §2.2.
const fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b'/'
            | b'?'
            | b'#'
            | b'['
            | b']'
            | b'@'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
    )
}

/// Appends a text; everything but unreserved characters is percent-encoded.
pub fn push_unreserved(out: &mut String, text: &str) {
    push(out, text, is_unreserved);
}

/// Appends a text; reserved characters and whole percent-encoded triplets stay as well.
pub fn push_reserved(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        push(out, before, |byte| is_unreserved(byte) || is_reserved(byte));
        if is_triplet(from.as_bytes()) {
            out.push_str(&from[..3]);
            rest = &from[3..];
        } else {
            out.push_str("%25");
            rest = &from[1..];
        }
    }
    push(out, rest, |byte| is_unreserved(byte) || is_reserved(byte));
}

/// Appends a text; all but the unreserved characters of IRIs (RFC 3987 §2.2) is percent-encoded.
pub(super) fn push_iunreserved(out: &mut String, text: &str) {
    for c in text.chars() {
        let mut bytes = [0; 4];
        let encoded = c.encode_utf8(&mut bytes);
        if is_ucschar(c) {
            out.push_str(encoded);
        } else {
            push_unreserved(out, encoded);
        }
    }
}

/// The characters beyond ASCII that may be in IRIs (RFC 3987 §2.2).
const fn is_ucschar(c: char) -> bool {
    match c as u32 {
        0xA0..=0xD7FF | 0xF900..=0xFDCF | 0xFDF0..=0xFFEF => true,
        code @ 0x1_0000..=0xE_FFFF => {
            code & 0xFFFF < 0xFFFE && !(code >= 0xE_0000 && code < 0xE_1000)
        }
        _ => false,
    }
}

/// Whether bytes start with `%` and two hexadecimal digits.
pub(super) fn is_triplet(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// A column title as the name of a variable of a template: all but letters, digits, `_` and `.` encoded.
pub fn encode_name(title: &str) -> String {
    let mut name = String::with_capacity(title.len());
    push(&mut name, title, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')
    });
    name
}

fn push(out: &mut String, text: &str, keep: impl Fn(u8) -> bool) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if keep(byte) {
            continue;
        }
        // `start` is a boundary: every byte that is not ASCII is encoded, none kept.
        out.push_str(text.get(start..at).unwrap_or_default());
        push_byte(out, byte);
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or_default());
}

/// Appends one byte as `%XX`.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    out.push('%');
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

/// Decodes `%XX` where the result is UTF-8; the text itself otherwise.
pub fn percent_decode(text: &str) -> String {
    let (bytes, _) = decoded(text);
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Decodes `%XX`; `None` where the result is not UTF-8, or a `%` is followed by something else than two digits.
pub fn percent_decode_all(text: &str) -> Option<String> {
    let (bytes, is_whole) = decoded(text);
    String::from_utf8(bytes).ok().filter(|_| is_whole)
}

/// The bytes of a text with `%XX` decoded, and whether each `%` was one.
fn decoded(text: &str) -> (Vec<u8>, bool) {
    let mut bytes = Vec::with_capacity(text.len());
    let mut is_whole = true;
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = match after {
            [high, low, ..] if byte == b'%' => char::from(*high)
                .to_digit(16)
                .zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                // Two hexadecimal digits make a byte.
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            None => {
                is_whole &= byte != b'%';
                bytes.push(byte);
                rest = after;
            }
        }
    }
    (bytes, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding() {
        for (text, unreserved, reserved) in [
            ("", "", ""),
            ("a-b.c_d~1", "a-b.c_d~1", "a-b.c_d~1"),
            ("a b", "a%20b", "a%20b"),
            ("50%", "50%25", "50%25"),
            ("a%20b", "a%2520b", "a%20b"),
            ("100%zz", "100%25zz", "100%25zz"),
            ("/?#[]@", "%2F%3F%23%5B%5D%40", "/?#[]@"),
            ("яя", "%D1%8F%D1%8F", "%D1%8F%D1%8F"),
            (
                "a\"<>\\^`{|}",
                "a%22%3C%3E%5C%5E%60%7B%7C%7D",
                "a%22%3C%3E%5C%5E%60%7B%7C%7D",
            ),
        ] {
            let mut out = String::new();
            push_unreserved(&mut out, text);
            assert_eq!(out, unreserved, "{text}");
            out.clear();
            push_reserved(&mut out, text);
            assert_eq!(out, reserved, "{text}");
        }
    }

    #[test]
    fn letters_of_all_scripts_stay_in_iris() {
        for (text, expected) in [
            ("a b/ä-я", "a%20b%2Fä-я"),
            ("🦀%", "🦀%25"),
            ("\u{E000}\u{FFFE}", "%EE%80%80%EF%BF%BE"),
        ] {
            let mut out = String::new();
            push_iunreserved(&mut out, text);
            assert_eq!(out, expected, "{text}");
        }
    }

    #[test]
    fn names_from_titles() {
        for (title, name) in [
            ("Trim Cycle", "Trim%20Cycle"),
            ("M-d.yyyy", "M%2Dd.yyyy"),
            ("#,##0", "%23%2C%23%230"),
            ("Город", "%D0%93%D0%BE%D1%80%D0%BE%D0%B4"),
        ] {
            assert_eq!(encode_name(title), name);
        }
    }
}
