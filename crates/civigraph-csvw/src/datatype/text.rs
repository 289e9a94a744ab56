//! White space, names, binary values: the lexical side of the textual datatypes.

use super::base::{Base, WhiteSpace};

/// White space of XML: the only characters that are stripped.
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Applies the white-space rule of a datatype; the text itself where nothing changes.
pub fn normalise<'a>(rule: WhiteSpace, text: &'a str, buffer: &'a mut String) -> &'a str {
    match rule {
        WhiteSpace::Preserve => text,
        WhiteSpace::Replace => {
            if !text
                .bytes()
                .any(|byte| matches!(byte, b'\t' | b'\n' | b'\r'))
            {
                return text;
            }
            buffer.clear();
            buffer.extend(text.chars().map(|c| match c {
                '\t' | '\n' | '\r' => ' ',
                c => c,
            }));
            buffer
        }
        WhiteSpace::Collapse => {
            let text = trim(text);
            if is_collapsed(text) {
                return text;
            }
            buffer.clear();
            for word in text.split([' ', '\t', '\n', '\r']) {
                if word.is_empty() {
                    continue;
                }
                if !buffer.is_empty() {
                    buffer.push(' ');
                }
                buffer.push_str(word);
            }
            buffer
        }
    }
}

/// Strips white space of XML from both ends.
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        // The common case: nothing to strip.
        [first, .., last] if !is_space(*first) && !is_space(*last) => text,
        _ => text.trim_matches([' ', '\t', '\n', '\r']),
    }
}

/// Whether a trimmed text has no tabs, line breaks and runs of spaces.
fn is_collapsed(text: &str) -> bool {
    let mut after_space = false;
    for byte in text.bytes() {
        // All white space lies at or below the space character.
        if byte <= b' ' && is_space(byte) {
            if after_space || byte != b' ' {
                return false;
            }
            after_space = true;
        } else {
            after_space = false;
        }
    }
    true
}

/// Whether a text (white space already normalised) is a lexical form of a textual datatype.
pub fn is_valid(base: Base, text: &str) -> bool {
    match base {
        Base::Language => is_language(text),
        Base::Name => text.starts_with(|c| c == ':' || is_name_start(c)) && is_nmtoken(text),
        Base::NmToken => is_nmtoken(text),
        Base::QName => match text.split_once(':') {
            Some((prefix, local)) => is_ncname(prefix) && is_ncname(local),
            None => is_ncname(text),
        },
        _ => true,
    }
}

fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        (1..=8).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit()))
    })
}

fn is_nmtoken(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ':' || is_name_char(c))
}

fn is_ncname(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_char)
}

/// `NameStartChar` of XML 1.0 (fifth edition) without the colon.
fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}'
        | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}'
        | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// `NameChar` of XML 1.0 (fifth edition) without the colon.
fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// The number of bytes that a binary lexical form stands for; `None` if it is not one.
pub fn binary_length(base: Base, text: &str) -> Option<usize> {
    match base {
        Base::HexBinary => (text.len().is_multiple_of(2)
            && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then_some(text.len() / 2),
        Base::Base64Binary => base64_length(text),
        _ => None,
    }
}

/// XML Schema part 2 §3.3.16: groups of four, single spaces allowed between characters.
fn base64_length(text: &str) -> Option<usize> {
    let mut characters = 0_usize;
    let mut padding = 0_usize;
    // The six bits of the last character that is not padding.
    let mut last = 0_u8;
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            b' ' => continue,
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        characters += 1;
        last = value;
    }
    // Bits that the padding cuts off must be zero.
    let clean = match padding {
        0 => true,
        1 => last & 0b11 == 0,
        2 => last & 0b1111 == 0,
        _ => false,
    };
    (clean && (characters + padding).is_multiple_of(4)).then_some(characters * 3 / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space() {
        for (rule, text, expected) in [
            (WhiteSpace::Preserve, " a\t b ", " a\t b "),
            (WhiteSpace::Replace, " a\t\r\nb ", " a   b "),
            (WhiteSpace::Replace, "a b", "a b"),
            (WhiteSpace::Collapse, " a\t \r\nb ", "a b"),
            (WhiteSpace::Collapse, "a b", "a b"),
            (WhiteSpace::Collapse, "a  b", "a b"),
            (WhiteSpace::Collapse, "\n", ""),
            (WhiteSpace::Collapse, "", ""),
            (WhiteSpace::Collapse, "\u{a0}a\u{a0}", "\u{a0}a\u{a0}"),
        ] {
            assert_eq!(
                normalise(rule, text, &mut String::new()),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn unchanged_text_is_borrowed() {
        let text = "  12 34 ";
        let mut buffer = String::new();
        let found = normalise(WhiteSpace::Collapse, text, &mut buffer);
        assert!(std::ptr::eq(found.as_ptr(), text[2..].as_ptr()));
    }

    #[test]
    fn names() {
        for (base, good, bad) in [
            (
                Base::Language,
                "en ru-RU de-1996 x",
                "toolonglang 1en en- -en ru_RU",
            ),
            (Base::Name, "a :a a:b Имя _x-1.2", "1a -a a,b"),
            (Base::NmToken, "1a -a .5 a:b", "a,b a/b"),
            (Base::QName, "a a:b Имя", ":a a: a:b:c 1a"),
        ] {
            for text in good.split(' ') {
                assert!(is_valid(base, text), "{} {text}", base.name());
            }
            for text in bad.split(' ').chain([""]) {
                assert!(!is_valid(base, text), "{} {text}", base.name());
            }
        }
    }

    #[test]
    fn binaries() {
        for (base, text, expected) in [
            (Base::HexBinary, "0FB7", Some(2)),
            (Base::HexBinary, "0fb", None),
            (Base::HexBinary, "0G", None),
            (Base::HexBinary, "", Some(0)),
            (Base::Base64Binary, "U2VuZCByZWluZm9yY2VtZW50cw==", Some(19)),
            (Base::Base64Binary, "U2Vu ZCBy", Some(6)),
            (Base::Base64Binary, "AA==", Some(1)),
            (Base::Base64Binary, "AB==", None),
            (Base::Base64Binary, "AAA=", Some(2)),
            (Base::Base64Binary, "AA=A", None),
            (Base::Base64Binary, "AAA", None),
            (Base::Base64Binary, "A===", None),
            (Base::Base64Binary, "", Some(0)),
        ] {
            assert_eq!(binary_length(base, text), expected, "{text}");
        }
    }
}
