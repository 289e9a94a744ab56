//! Canonical N-Quads lines (RDF Dataset Canonicalization 1.0, §5), as [`write_quad`] writes them: taken apart again.
//!
//! A line is one quad without its line break: `<s> <p> "o"@en <g> .`. Lines of bytes sort in code
//! point order, which is the order that the canonical form asks for.

pub use crate::convert::{write_quad, write_term};
use oxrdf::{
    BaseDirection, BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple,
};
use std::ops::Range;

/// The terms of a line, as they are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineTerms<'a> {
    /// The subject with its brackets, or a blank node.
    pub subject: &'a [u8],
    /// The predicate with its brackets.
    pub predicate: &'a [u8],
    /// The object.
    pub object: &'a [u8],
    /// The graph with its brackets; `None` for the default graph.
    pub graph: Option<&'a [u8]>,
}

impl<'a> LineTerms<'a> {
    /// Takes a canonical line (without its line break) apart; `None` if it is none.
    pub fn of(line: &'a [u8]) -> Option<Self> {
        let line = line.strip_suffix(b" .")?;
        let (subject, rest) = split_at_space(line)?;
        let (predicate, rest) = split_at_space(rest)?;
        let end = term_end(rest)?;
        let (object, rest) = rest.split_at_checked(end)?;
        let graph = match rest {
            [] => None,
            [b' ', graph @ ..] if !graph.is_empty() && !graph.contains(&b' ') => Some(graph),
            _ => return None,
        };
        Some(Self {
            subject,
            predicate,
            object,
            graph,
        })
    }

    /// The quad, with the case of its language tags kept; `None` where a term is damaged.
    pub fn quad(&self) -> Option<Quad> {
        let graph = match self.graph {
            None => GraphName::DefaultGraph,
            Some(graph) => match read_subject(graph)? {
                NamedOrBlankNode::NamedNode(node) => node.into(),
                NamedOrBlankNode::BlankNode(node) => node.into(),
            },
        };
        Some(Quad {
            subject: read_subject(self.subject)?,
            predicate: NamedNode::new_unchecked(iri(self.predicate)?),
            object: read_term(self.object)?,
            graph_name: graph,
        })
    }

    /// The line without its graph, as N-Triples.
    pub fn write_triple(&self, out: &mut Vec<u8>) {
        for part in [self.subject, self.predicate, self.object] {
            out.extend_from_slice(part);
            out.push(b' ');
        }
        out.push(b'.');
    }
}

/// The ranges of the labels of blank nodes in a canonical line.
pub(crate) fn labels(line: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
            let start = at;
            let mut quoted = 0;
            if rest.first() == Some(&b'"') {
                quoted = 1;
                // Up to the closing quote; what follows it has no spaces.
                while let Some(found) = rest
                    .get(quoted..)
                    .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
                {
                    quoted += found + 1;
                    if rest.get(quoted - 1) == Some(&b'"') {
                        break;
                    }
                    quoted += 1;
                }
            }
            let after = rest.get(quoted..).unwrap_or_default();
            let end = quoted + memchr::memchr(b' ', after).unwrap_or(after.len());
            at = start + end + 1;
            if rest.starts_with(b"_:") {
                return Some(start..start + end);
            }
        }
    })
}

fn split_at_space(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memchr(b' ', bytes)?;
    Some((bytes.get(..space)?, bytes.get(space + 1..)?))
}

/// The length of the term at the start of `bytes`.
fn term_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut open = 0_u32;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(b"<<(") {
            open += 1;
            at += 3;
        } else if rest.starts_with(b")>>") {
            open = open.checked_sub(1)?;
            at += 3;
        } else if rest.starts_with(b"\"") {
            at += 1 + quoted_end(rest.get(1..)?)?;
        } else if rest.is_empty() || (rest.starts_with(b" ") && open == 0) {
            return (open == 0 && at > 0).then_some(at);
        } else {
            at += 1;
        }
    }
}

/// The length of a quoted string after its opening quote, closing quote included.
fn quoted_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at) {
            Some(b'"') => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Reads a term as [`write_term`] writes it. IRIs are not checked again.
fn read_term(term: &[u8]) -> Option<Term> {
    if let Some(inside) = term.strip_prefix(b"<<( ") {
        let inside = inside.strip_suffix(b" )>>")?;
        let (subject, rest) = split_at_space(inside)?;
        let (predicate, object) = split_at_space(rest)?;
        // Whatever reads triple terms bounds their depth.
        return Some(
            Triple {
                subject: read_subject(subject)?,
                predicate: NamedNode::new_unchecked(iri(predicate)?),
                object: read_term(object)?,
            }
            .into(),
        );
    }
    let Some(quoted) = term.strip_prefix(b"\"") else {
        return read_subject(term).map(Term::from);
    };
    let end = quoted_end(quoted)?;
    let value = unescape(quoted.get(..end - 1)?)?;
    let literal = match quoted.get(end..)? {
        [] => Literal::new_simple_literal(value),
        [b'^', b'^', datatype @ ..] => {
            Literal::new_typed_literal(value, NamedNode::new_unchecked(iri(datatype)?))
        }
        [b'@', language @ ..] => {
            let language = std::str::from_utf8(language).ok()?;
            match language.split_once("--") {
                None => Literal::new_language_tagged_literal_unchecked(value, language),
                Some((language, direction)) => {
                    let direction = match direction {
                        "ltr" => BaseDirection::Ltr,
                        "rtl" => BaseDirection::Rtl,
                        _ => return None,
                    };
                    Literal::new_directional_language_tagged_literal_unchecked(
                        value, language, direction,
                    )
                }
            }
        }
        _ => return None,
    };
    Some(literal.into())
}

pub(super) fn read_subject(term: &[u8]) -> Option<NamedOrBlankNode> {
    match term.strip_prefix(b"_:") {
        Some(label) => {
            let label = std::str::from_utf8(label).ok()?;
            Some(BlankNode::new(label).ok()?.into())
        }
        None => Some(NamedNode::new_unchecked(iri(term)?).into()),
    }
}

/// A string without the escapes of canonical N-Quads.
fn unescape(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    if memchr::memchr(b'\\', bytes).is_none() {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match characters.next()? {
            c @ ('"' | '\\') => c,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{C}',
            'u' => {
                let digits = characters.as_str().get(..4)?;
                characters.nth(3)?;
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            _ => return None,
        });
    }
    Some(out)
}

/// The IRI between brackets; `None` for another term.
pub fn iri(term: &[u8]) -> Option<&str> {
    let inside = term.strip_prefix(b"<")?.strip_suffix(b">")?;
    std::str::from_utf8(inside).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(object: impl Into<Term>, graph: GraphName) -> Quad {
        let node = NamedNode::new_unchecked("http://e/s");
        Quad::new(node.clone(), node, object, graph)
    }

    #[test]
    fn written_and_taken_apart() {
        let s = NamedNode::new_unchecked("http://e/s");
        let graph = || GraphName::from(NamedNode::new_unchecked("http://e/g"));
        let triple = Triple::new(s.clone(), s.clone(), Literal::from("a ) \" ."));
        for (object, expected) in [
            (Term::from(s.clone()), "<http://e/s>"),
            (BlankNode::new_unchecked("c14n0").into(), "_:c14n0"),
            (Literal::from("a \"b\" <c> .").into(), r#""a \"b\" <c> .""#),
            (
                Literal::from("\\\n\r\t\u{8}\u{c}\u{0}\u{7f}é\u{fffe}").into(),
                "\"\\\\\\n\\r\\t\\b\\f\\u0000\\u007Fé\u{fffe}\"",
            ),
            (
                Literal::new_language_tagged_literal_unchecked("x", "ru-Latn").into(),
                "\"x\"@ru-Latn",
            ),
            (
                Literal::new_typed_literal("007", oxrdf::vocab::xsd::INTEGER).into(),
                "\"007\"^^<http://www.w3.org/2001/XMLSchema#integer>",
            ),
            (
                triple.into(),
                "<<( <http://e/s> <http://e/s> \"a ) \\\" .\" )>>",
            ),
        ] {
            for (name, suffix) in [
                (GraphName::DefaultGraph, None),
                (graph(), Some("<http://e/g>")),
            ] {
                let mut line = Vec::new();
                let quad = quad(object.clone(), name);
                write_quad(&mut line, quad.as_ref());
                assert_eq!(LineTerms::of(&line).and_then(|p| p.quad()), Some(quad));
                let parts = LineTerms::of(&line).map(|p| {
                    (
                        String::from_utf8_lossy(p.object).into_owned(),
                        p.graph.map(|g| String::from_utf8_lossy(g).into_owned()),
                    )
                });
                let expected = Some((expected.to_owned(), suffix.map(str::to_owned)));
                assert_eq!(parts, expected, "{}", String::from_utf8_lossy(&line));
            }
        }
    }

    #[test]
    fn not_a_line() {
        for line in [
            "",
            ".",
            "<s> <p> .",
            "<s> <p> \"o .",
            "<s> <p> <o> <g> <h> .",
            "<s> <p> <<( <s> <p> <o> .",
            "<s> <p> \"a\\",
        ] {
            assert_eq!(LineTerms::of(line.as_bytes()), None, "{line}");
        }
    }

    fn found(line: &str) -> Vec<&str> {
        labels(line.as_bytes()).map(|range| &line[range]).collect()
    }

    #[test]
    fn labels_of_a_line() {
        assert_eq!(found(r#"_:a <p> "x _:b \" _:c"@en _:g ."#), ["_:a", "_:g"]);
        assert_eq!(found(r#"<s> <p> "\\" ."#), Vec::<&str>::new());
        assert_eq!(
            found(r#"<s> <p> <<( _:a <p> <<( _:b <p> "_:x \\" )>> )>> <g> ."#),
            ["_:a", "_:b"]
        );
    }
}
