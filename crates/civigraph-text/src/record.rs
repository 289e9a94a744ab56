//! Entries as bytes, in an order in which they become documents.
//!
//! Records are ordered by subject, property, text, language, kind and weight, so that the index of a
//! set of entries is the same in whatever order they come. Strings end with a zero; to keep their
//! order, a zero or one in a string is written as one and then one or two.

use crate::attributes::short_weight;
use crate::entry::TextEntry;
use std::borrow::Cow;

/// Appends the record of an entry.
pub fn encode(entry: &TextEntry<'_>, out: &mut Vec<u8>) {
    for string in [entry.subject, entry.property, entry.text] {
        put(string, out);
    }
    if let Some(language) = entry.language {
        out.push(b'@');
        put(language, out);
    } else {
        out.push(0);
    }
    out.push(entry.kind.code());
    out.extend_from_slice(&short_weight(entry.weight).to_be_bytes());
}

fn put(string: &str, out: &mut Vec<u8>) {
    if string.bytes().all(|byte| byte > 1) {
        out.extend_from_slice(string.as_bytes());
    } else {
        for byte in string.bytes() {
            if byte <= 1 {
                out.push(1);
            }
            out.push(if byte <= 1 { byte + 1 } else { byte });
        }
    }
    out.push(0);
}

/// An entry that was read back.
#[derive(Debug, PartialEq)]
pub struct StoredEntry<'a> {
    pub subject: Cow<'a, str>,
    pub property: Cow<'a, str>,
    pub text: Cow<'a, str>,
    pub language: Option<Cow<'a, str>>,
    /// The code of the kind.
    pub kind: u8,
    pub weight: u16,
}

/// Reads a record; `None` if the bytes are not one.
pub fn decode(mut bytes: &[u8]) -> Option<StoredEntry<'_>> {
    let subject = take(&mut bytes)?;
    let property = take(&mut bytes)?;
    let text = take(&mut bytes)?;
    let language = match bytes.split_first()? {
        (b'@', rest) => {
            bytes = rest;
            Some(take(&mut bytes)?)
        }
        (_, rest) => {
            bytes = rest;
            None
        }
    };
    let &[kind, high, low] = bytes else {
        return None;
    };
    Some(StoredEntry {
        subject,
        property,
        text,
        language,
        kind,
        weight: u16::from_be_bytes([high, low]),
    })
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<Cow<'a, str>> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let (string, rest) = bytes.split_at_checked(end)?;
    *bytes = rest.get(1..)?;
    if !string.contains(&1) {
        return std::str::from_utf8(string).ok().map(Cow::Borrowed);
    }
    let mut plain = Vec::with_capacity(string.len());
    let mut string = string.iter();
    while let Some(byte) = string.next() {
        plain.push(match byte {
            1 => string.next()?.checked_sub(1)?,
            byte => *byte,
        });
    }
    String::from_utf8(plain).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextKind;
    use proptest::prelude::*;

    type Strings = (String, String, String, Option<String>);

    fn strings() -> impl Strategy<Value = Strings> {
        let string = || "[\u{0}\u{1}\u{2}aя]{0,4}";
        (string(), string(), string(), prop::option::of(string()))
    }

    fn record((subject, property, text, language): &Strings) -> Vec<u8> {
        let mut record = Vec::new();
        let entry = TextEntry {
            subject,
            property,
            text,
            language: language.as_deref(),
            kind: TextKind::Hidden,
            weight: 2.0,
        };
        encode(&entry, &mut record);
        record
    }

    proptest! {
        #[test]
        fn records_keep_the_order_and_are_read_back(a in strings(), b in strings()) {
            prop_assert_eq!(record(&a).cmp(&record(&b)), a.cmp(&b));
            let bytes = record(&a);
            let read = decode(&bytes).unwrap();
            let back = (
                read.subject.into_owned(),
                read.property.into_owned(),
                read.text.into_owned(),
                read.language.map(Cow::into_owned),
            );
            prop_assert_eq!(back, a);
            prop_assert_eq!((read.kind, read.weight), (TextKind::Hidden.code(), short_weight(2.0)));
        }

        #[test]
        fn any_bytes_are_a_record_or_refused(bytes: Vec<u8>) {
            decode(&bytes);
        }
    }
}
