//! Terms as keys of the dictionary: bytes whose order is the order of ids.
//!
//! A key starts with the kind of the term. Where a dump wants terms in the order of their canonical N-Quads form,
//! keys sort as those forms do; numbers, days and times sort by value instead, and a dump puts them in order again.
//!
//! | kind | key after the kind's byte |
//! |---|---|
//! | number that the evaluator holds | value (8 bytes), datatype (1 byte), lexical form |
//! | `xsd:dateTime`, `xsd:dateTimeStamp` | seconds (8 bytes), datatype (1 byte), lexical form |
//! | `xsd:date`, `xsd:gYear` | seconds (8 bytes), 0, lexical form |
//! | other typed literal, and one without a value | datatype IRI, 0, lexical form |
//! | string | `"`, the characters with the escapes of canonical N-Quads, `"`, and `@tag` or `@tag--dir` |
//! | IRI | the IRI and `>` |
//! | blank node | the label |
//!
//! Triple terms are no keys: they are the ids of their three terms.

use crate::language::canonical_language_tag;
use crate::value::{self, NUMBERS, XSD};
use oxrdf::{
    BaseDirection, BlankNode, GraphName, GraphNameRef, Literal, LiteralRef, NamedNode,
    NamedOrBlankNode, NamedOrBlankNodeRef, Term,
};

/// Kinds of terms, by the first byte of their keys, in the order of ids.
pub(crate) mod kind {
    pub(crate) const NUMBER: u8 = 0x10;
    pub(crate) const TIME: u8 = 0x11;
    pub(crate) const DATE: u8 = 0x12;
    pub(crate) const YEAR: u8 = 0x13;
    pub(crate) const TYPED: u8 = 0x18;
    pub(crate) const STRING: u8 = 0x20;
    pub(crate) const IRI: u8 = 0x40;
    pub(crate) const BLANK: u8 = 0x50;
    /// All of them.
    pub(crate) const ALL: [u8; 8] = [NUMBER, TIME, DATE, YEAR, TYPED, STRING, IRI, BLANK];
}

/// Bytes ahead of the lexical form where a value orders the key: kind, value, datatype.
const VALUED: usize = 10;

/// Whether a value is in the key after its kind.
pub(crate) fn is_valued(kind: u8) -> bool {
    matches!(kind, kind::NUMBER | kind::TIME | kind::DATE | kind::YEAR)
}

pub(crate) fn encode_iri(key: &mut Vec<u8>, iri: &str) {
    key.push(kind::IRI);
    key.extend_from_slice(iri.as_bytes());
    key.push(b'>');
}

pub(crate) fn encode_blank(key: &mut Vec<u8>, label: &str) {
    key.push(kind::BLANK);
    key.extend_from_slice(label.as_bytes());
}

pub(crate) fn encode_node(key: &mut Vec<u8>, node: NamedOrBlankNodeRef<'_>) {
    match node {
        NamedOrBlankNodeRef::NamedNode(node) => encode_iri(key, node.as_str()),
        NamedOrBlankNodeRef::BlankNode(node) => encode_blank(key, node.as_str()),
    }
}

/// Appends the key of a graph's name; nothing for the default graph.
pub(crate) fn encode_graph(key: &mut Vec<u8>, graph: GraphNameRef<'_>) {
    match graph {
        GraphNameRef::DefaultGraph => {}
        GraphNameRef::NamedNode(node) => encode_iri(key, node.as_str()),
        GraphNameRef::BlankNode(node) => encode_blank(key, node.as_str()),
    }
}

/// Appends the key of a literal; `None` where it cannot have one: its datatype holds U+0000, which no IRI does, or
/// its language tag is not one.
pub(crate) fn encode_literal(key: &mut Vec<u8>, literal: LiteralRef<'_>) -> Option<()> {
    if let Some(language) = literal.language() {
        if !is_language_tag(language) {
            return None;
        }
        encode_string(key, literal.value());
        key.push(b'@');
        key.extend_from_slice(canonical_language_tag(language).as_bytes());
        if let Some(direction) = literal.direction() {
            key.extend_from_slice(match direction {
                BaseDirection::Ltr => b"--ltr",
                BaseDirection::Rtl => b"--rtl",
            });
        }
        return Some(());
    }
    let datatype = literal.datatype().as_str();
    let lexical = literal.value();
    match datatype.strip_prefix(XSD) {
        Some("string") => {
            encode_string(key, lexical);
            Some(())
        }
        Some(local) => encode_xsd(key, local, datatype, lexical),
        None => encode_typed(key, datatype, lexical),
    }
}

/// Whether a text has the form of a language tag, as N-Quads writes them: what follows `--` is a direction.
fn is_language_tag(text: &str) -> bool {
    text.split('-')
        .all(|subtag| !subtag.is_empty() && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn encode_xsd(key: &mut Vec<u8>, local: &str, datatype: &str, lexical: &str) -> Option<()> {
    let (kind, number, order) = match local {
        "date" => (
            kind::DATE,
            0,
            value::seconds(lexical, false).map(value::time_key),
        ),
        "gYear" => (
            kind::YEAR,
            0,
            value::year_seconds(lexical).map(value::time_key),
        ),
        "dateTime" | "dateTimeStamp" => (
            kind::TIME,
            u8::from(local == "dateTimeStamp"),
            value::seconds(lexical, true).map(value::time_key),
        ),
        _ => match NUMBERS.iter().position(|number| *number == local) {
            Some(number) => (
                kind::NUMBER,
                number.to_le_bytes()[0],
                value::number(number, lexical).map(value::number_key),
            ),
            None => (kind::TYPED, 0, None),
        },
    };
    match order {
        Some(order) => {
            key.push(kind);
            key.extend_from_slice(&order);
            key.push(number);
            key.extend_from_slice(lexical.as_bytes());
            Some(())
        }
        None => encode_typed(key, datatype, lexical),
    }
}

fn encode_typed(key: &mut Vec<u8>, datatype: &str, lexical: &str) -> Option<()> {
    if memchr::memchr(0, datatype.as_bytes()).is_some() {
        return None;
    }
    key.push(kind::TYPED);
    key.extend_from_slice(datatype.as_bytes());
    key.push(0);
    key.extend_from_slice(lexical.as_bytes());
    Some(())
}

/// Whether a key's term can be in a line of N-Quads: a line break, or a `>` in an IRI, would end it early.
pub(crate) fn is_writable(key: &[u8]) -> bool {
    let Some((&kind, rest)) = key.split_first() else {
        return false;
    };
    let text = match kind {
        kind::IRI => rest.split_last().map_or(rest, |(_, iri)| iri),
        kind::BLANK => rest,
        kind::TYPED => rest.split(|byte| *byte == 0).next().unwrap_or_default(),
        // Their other characters are escaped.
        _ => return true,
    };
    memchr::memchr3(b'>', b'\n', b'\r', text).is_none()
}

/// A term as an index gives it back: language tags in their canonical case.
pub(crate) fn canonical(term: Term) -> Term {
    match term {
        Term::Literal(literal) => canonical_literal(literal).into(),
        Term::Triple(mut triple) => {
            triple.object = canonical(triple.object);
            Term::Triple(triple)
        }
        other => other,
    }
}

fn canonical_literal(literal: Literal) -> Literal {
    let Some(language) = literal.language() else {
        return literal;
    };
    let canonical = canonical_language_tag(language);
    if canonical == language {
        return literal;
    }
    let tag = canonical.into_owned();
    match literal.direction() {
        None => Literal::new_language_tagged_literal_unchecked(literal.value(), tag),
        Some(direction) => Literal::new_directional_language_tagged_literal_unchecked(
            literal.value(),
            tag,
            direction,
        ),
    }
}

fn encode_string(key: &mut Vec<u8>, text: &str) {
    key.push(kind::STRING);
    write_quoted(key, text);
}

/// Appends a quoted string with the escapes of canonical N-Quads and no others (RDF Dataset Canonicalization
/// 1.0, §5).
pub fn write_quoted(out: &mut Vec<u8>, text: &str) {
    let digit = |number: u8| number + if number < 10 { b'0' } else { b'A' - 10 };
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut plain = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped: Option<u8> = match byte {
            b'"' | b'\\' => Some(byte),
            b'\n' => Some(b'n'),
            b'\r' => Some(b'r'),
            b'\t' => Some(b't'),
            0x08 => Some(b'b'),
            0x0C => Some(b'f'),
            0x00..=0x1F | 0x7F => None,
            _ => continue,
        };
        out.extend_from_slice(bytes.get(plain..at).unwrap_or_default());
        plain = at + 1;
        out.push(b'\\');
        match escaped {
            Some(letter) => out.push(letter),
            None => {
                out.extend_from_slice(b"u00");
                out.extend([digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or_default());
    out.push(b'"');
}

/// Takes the escapes of [`write_quoted`] back.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut characters = after.chars();
        plain.push(match characters.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let code = u32::from_str_radix(after.get(1..5)?, 16).ok()?;
                characters = after.get(5..)?.chars();
                char::from_u32(code)?
            }
            other @ ('"' | '\\') => other,
            _ => return None,
        });
        rest = characters.as_str();
    }
    plain.push_str(rest);
    Some(plain)
}

/// A key taken apart.
pub(crate) enum KeyParts<'k> {
    Iri(&'k str),
    Blank(&'k str),
    /// The lexical form, still with its escapes where they are said to be there; then language and direction.
    String(&'k str, Option<&'k str>, Option<BaseDirection>),
    /// The lexical form and the datatype, as a local name in XML Schema's namespace or a whole IRI.
    Xsd(&'k str, &'static str),
    Typed(&'k str, &'k str),
}

/// Takes a key apart; `None` where it is not what encoding gives.
pub(crate) fn parts(key: &[u8]) -> Option<KeyParts<'_>> {
    let (&kind, rest) = key.split_first()?;
    if is_valued(kind) {
        let number = usize::from(*key.get(VALUED - 1)?);
        let lexical = std::str::from_utf8(key.get(VALUED..)?).ok()?;
        let local = match kind {
            kind::NUMBER => NUMBERS.get(number)?,
            kind::DATE => "date",
            kind::YEAR => "gYear",
            _ if number == 1 => "dateTimeStamp",
            _ => "dateTime",
        };
        return Some(KeyParts::Xsd(lexical, local));
    }
    let text = std::str::from_utf8(rest).ok()?;
    Some(match kind {
        kind::IRI => KeyParts::Iri(text.strip_suffix('>')?),
        kind::BLANK => KeyParts::Blank(text),
        kind::TYPED => {
            let (datatype, lexical) = text.split_once('\0')?;
            KeyParts::Typed(lexical, datatype)
        }
        kind::STRING => {
            let text = text.strip_prefix('"')?;
            let (lexical, tag) = text.rsplit_once('"')?;
            match tag.strip_prefix('@') {
                None if tag.is_empty() => KeyParts::String(lexical, None, None),
                None => return None,
                Some(tag) => match tag.split_once("--") {
                    None => KeyParts::String(lexical, Some(tag), None),
                    Some((tag, "ltr")) => {
                        KeyParts::String(lexical, Some(tag), Some(BaseDirection::Ltr))
                    }
                    Some((tag, "rtl")) => {
                        KeyParts::String(lexical, Some(tag), Some(BaseDirection::Rtl))
                    }
                    Some(_) => return None,
                },
            }
        }
        _ => return None,
    })
}

/// The characters of a string that may hold escapes.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Some(text.to_owned());
    }
    unescape(text)
}

/// The term of a key.
pub(crate) fn decode(key: &[u8]) -> Option<Term> {
    Some(match parts(key)? {
        KeyParts::Iri(iri) => NamedNode::new_unchecked(iri).into(),
        KeyParts::Blank(label) => BlankNode::new_unchecked(label).into(),
        KeyParts::String(text, None, _) => Literal::new_simple_literal(unescaped(text)?).into(),
        KeyParts::String(text, Some(tag), None) => {
            Literal::new_language_tagged_literal_unchecked(unescaped(text)?, tag).into()
        }
        KeyParts::String(text, Some(tag), Some(direction)) => {
            Literal::new_directional_language_tagged_literal_unchecked(
                unescaped(text)?,
                tag,
                direction,
            )
            .into()
        }
        KeyParts::Xsd(lexical, local) => {
            let datatype = NamedNode::new_unchecked([XSD, local].concat());
            Literal::new_typed_literal(lexical, datatype).into()
        }
        KeyParts::Typed(lexical, datatype) => {
            Literal::new_typed_literal(lexical, NamedNode::new_unchecked(datatype)).into()
        }
    })
}

/// A subject or the name of a graph.
pub(crate) fn node(term: Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.into()),
        Term::BlankNode(node) => Some(node.into()),
        Term::Literal(_) | Term::Triple(_) => None,
    }
}

/// The name of a graph.
pub(crate) fn graph(node: NamedOrBlankNode) -> GraphName {
    match node {
        NamedOrBlankNode::NamedNode(node) => node.into(),
        NamedOrBlankNode::BlankNode(node) => node.into(),
    }
}

/// The name of a graph as a term; `None` for the default graph.
pub(crate) fn named_graph(graph: &GraphName) -> Option<Term> {
    match graph {
        GraphName::DefaultGraph => None,
        GraphName::NamedNode(node) => Some(node.clone().into()),
        GraphName::BlankNode(node) => Some(node.clone().into()),
    }
}

/// Appends the canonical N-Quads form of a key's term; `None` where the key is damaged.
pub(crate) fn write_canonical(out: &mut Vec<u8>, key: &[u8]) -> Option<()> {
    let (&kind, rest) = key.split_first()?;
    match kind {
        kind::IRI => {
            out.push(b'<');
            out.extend_from_slice(rest);
        }
        kind::BLANK => {
            out.extend_from_slice(b"_:");
            out.extend_from_slice(rest);
        }
        // A string is kept in its canonical form.
        kind::STRING => out.extend_from_slice(rest),
        _ => {
            let (lexical, prefix, datatype) = match parts(key)? {
                KeyParts::Xsd(lexical, local) => (lexical, XSD, local),
                KeyParts::Typed(lexical, datatype) => (lexical, "", datatype),
                _ => return None,
            };
            write_quoted(out, lexical);
            out.extend_from_slice(b"^^<");
            out.extend_from_slice(prefix.as_bytes());
            out.extend_from_slice(datatype.as_bytes());
            out.push(b'>');
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(literal: &Literal) -> Term {
        let mut key = Vec::new();
        encode_literal(&mut key, literal.as_ref()).unwrap();
        assert!(is_writable(&key));
        decode(&key).unwrap()
    }

    #[test]
    fn what_would_be_read_as_another_term_has_no_key() {
        let tagged = |tag: &str| Literal::new_language_tagged_literal_unchecked("x", tag);
        let typed = |iri: &str| Literal::new_typed_literal("x", NamedNode::new_unchecked(iri));
        for literal in [
            tagged("ar--rtl"),
            tagged(""),
            tagged("en\"@de"),
            tagged("я"),
            typed("a\0b"),
        ] {
            assert_eq!(
                encode_literal(&mut Vec::new(), literal.as_ref()),
                None,
                "{literal}"
            );
        }
        for (iri, writable) in [
            ("http://e/a\u{0}b c", true),
            ("a>b", false),
            ("a\nb", false),
        ] {
            let mut key = Vec::new();
            encode_iri(&mut key, iri);
            assert_eq!(is_writable(&key), writable, "{iri}");
            key.clear();
            encode_literal(&mut key, typed(iri).as_ref());
            assert_eq!(is_writable(&key), writable && !key.is_empty(), "{iri}");
        }
    }

    #[test]
    fn literals_keep_their_forms() {
        let typed = |lexical: &str, local: &str| {
            Literal::new_typed_literal(lexical, NamedNode::new_unchecked(format!("{XSD}{local}")))
        };
        for literal in [
            typed("1.50", "decimal"),
            typed("007", "integer"),
            typed("+7", "byte"),
            typed("many", "integer"),
            typed("PT36H", "duration"),
            typed("2024-02-30", "date"),
            typed("2024-02-29+03:00", "date"),
            typed("2024-02-29T12:00:00.500Z", "dateTimeStamp"),
            typed("NaN", "double"),
            typed("2024", "gYear"),
            typed("24", "gYear"),
            typed("true", "boolean"),
            Literal::new_simple_literal(""),
            Literal::new_simple_literal("a \"quoted\"\\ \u{1}\u{7f}\n@en"),
            Literal::new_language_tagged_literal_unchecked("x\"@de", "ru-Latn"),
            Literal::new_directional_language_tagged_literal_unchecked(
                "x",
                "ar",
                BaseDirection::Rtl,
            ),
            Literal::new_typed_literal("a\nb", NamedNode::new_unchecked("http://e/d")),
        ] {
            assert_eq!(round_trip(&literal), literal.into());
        }
        let lower = Literal::new_language_tagged_literal_unchecked("x", "ru-latn");
        let canonical = Literal::new_language_tagged_literal_unchecked("x", "ru-Latn");
        assert_eq!(round_trip(&lower), canonical.into());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// Whatever the evaluator compares by value is sorted by value, so that ranges find it.
        #[test]
        fn what_has_a_value_is_sorted_by_it(
            lexical in "[-+]?[0-9]{0,3}(\\.[0-9]{0,3})?([eE][-+]?[0-9]{1,3})?|[-+]?(INF|NaN|inf|nan|infinity)\
                |-?[0-9]{4,6}(-[0-9]{2}(-[0-3][0-9])?)?(T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,2})?)?(Z|[-+][01][0-9]:[0-6][0-9])?",
            local in prop::sample::select(&[
                "integer", "byte", "decimal", "double", "float", "date", "dateTime", "dateTimeStamp", "gYear",
            ][..]),
        ) {
            use spareval::ExpressionTerm;
            let literal = Literal::new_typed_literal(lexical, NamedNode::new_unchecked([XSD, local].concat()));
            let mut key = Vec::new();
            encode_literal(&mut key, literal.as_ref()).unwrap();
            prop_assert_eq!(decode(&key).unwrap(), Term::from(literal.clone()));
            let value = ExpressionTerm::from(Term::from(literal.clone()));
            if !matches!(value, ExpressionTerm::OtherTypedLiteral { .. }) {
                prop_assert!(is_valued(key[0]), "{}", literal);
            }
        }

        #[test]
        fn strings_sort_as_their_lines(one in "[ -~\n\"\\\\]{0,6}", other in "[ -~\n\"\\\\]{0,6}", tag in "(en|ru)?") {
            let of = |text: &str, tag: &str| match tag {
                "" => Literal::new_simple_literal(text),
                tag => Literal::new_language_tagged_literal_unchecked(text, tag),
            };
            let mut keys = [Vec::new(), Vec::new()];
            let mut lines = [Vec::new(), Vec::new()];
            for ((key, line), literal) in keys.iter_mut().zip(&mut lines).zip([of(&one, &tag), of(&other, "en")]) {
                encode_literal(key, literal.as_ref()).unwrap();
                write_canonical(line, key).unwrap();
                line.extend_from_slice(b" .");
                prop_assert_eq!(String::from_utf8(line.clone()).unwrap(), format!("{literal} ."));
            }
            prop_assert_eq!(keys[0].cmp(&keys[1]), lines[0].cmp(&lines[1]));
        }
    }
}
