//! What XML 1.0 can hold, for writers that do not look.

use crate::diagnostic::text::visible;
use oxigraph::io::{RdfSerializer, WriterQuadSerializer};
use oxrdf::vocab::rdf;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, TermRef, TripleRef};
use std::io::{self, Write};

/// The first character of a term that no XML document may have, not even as a reference (XML 1.0 §2.2).
pub(crate) fn forbidden(term: TermRef<'_>) -> Option<char> {
    let text = match term {
        TermRef::Literal(literal) => literal.value(),
        TermRef::NamedNode(node) => node.as_str(),
        TermRef::BlankNode(_) => return None,
        TermRef::Triple(triple) => {
            return forbidden(triple.subject.as_ref().into())
                .or_else(|| forbidden(triple.object.as_ref()));
        }
    };
    text.chars().find(|&character| {
        matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
    })
}

/// Says that XML has no such character.
pub(crate) fn refuse(term: TermRef<'_>) -> io::Result<()> {
    match forbidden(term) {
        None => Ok(()),
        Some(character) => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "XML has no character U+{:04X}, which is in {}",
                u32::from(character),
                visible(&term.to_string())
            ),
        )),
    }
}

/// Writes carriage returns as references: a reader of XML takes a bare one for a line feed (§2.11).
#[derive(Debug)]
pub(crate) struct CarriageReturns<W>(pub(crate) W);

impl<W: Write> Write for CarriageReturns<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr(b'\r', rest) {
            let (before, after) = rest.split_at(at);
            self.0.write_all(before)?;
            self.0.write_all(b"&#xD;")?;
            rest = after.get(1..).unwrap_or_default();
        }
        self.0.write_all(rest)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// RDF/XML that is well-formed, or an error.
pub(crate) struct RdfXml<W: Write> {
    serializer: WriterQuadSerializer<CarriageReturns<W>>,
    subject: Option<NamedOrBlankNode>,
}

impl<W: Write> RdfXml<W> {
    /// Writes with the prefixes of a serializer for RDF/XML.
    pub(crate) fn new(serializer: RdfSerializer, out: W) -> Self {
        Self {
            serializer: serializer.for_writer(CarriageReturns(out)),
            subject: None,
        }
    }

    /// Writes a triple; those of a subject come in a row.
    ///
    /// # Errors
    /// The output fails, or RDF/XML cannot hold the triple ([`io::ErrorKind::InvalidData`]).
    pub(crate) fn triple(&mut self, triple: TripleRef<'_>) -> io::Result<()> {
        refuse(triple.subject.into())?;
        refuse(triple.object)?;
        be_name(triple.predicate)?;
        let new = self.subject.as_ref().map(NamedOrBlankNode::as_ref) != Some(triple.subject);
        if new {
            self.subject = Some(triple.subject.into_owned());
            // Then the class is the name of an element.
            if triple.predicate == rdf::TYPE
                && let TermRef::NamedNode(class) = triple.object
            {
                be_name(class)?;
            }
        }
        self.serializer.serialize_triple(triple)
    }

    /// Ends the document and gives the output back.
    ///
    /// # Errors
    /// The output fails.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.serializer.finish().map(|out| out.0)
    }
}

/// Demands that the end of an IRI can be the name of an element: a letter or `_` in it, and nothing
/// behind that which names do not have (Namespaces in XML §3).
fn be_name(iri: NamedNodeRef<'_>) -> io::Result<()> {
    let is_in_name = |character: char| {
        character.is_alphanumeric() || matches!(character, '_' | '-' | '.') || !character.is_ascii()
    };
    let name = iri.as_str().rsplit(|c| !is_in_name(c)).next();
    let named = name.is_some_and(|name| name.contains(|c: char| c.is_alphabetic() || c == '_'));
    if named {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        format!("{iri} does not end with what can be the name of an element"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxigraph::io::{RdfFormat, RdfParser};
    use oxrdf::{Literal, NamedNode, Triple};

    fn written(predicate: &str, object: impl Into<oxrdf::Term>) -> io::Result<String> {
        let serializer = RdfSerializer::from_format(RdfFormat::RdfXml);
        let mut out = RdfXml::new(serializer, Vec::new());
        let triple = Triple::new(
            NamedNode::new_unchecked("http://e/s"),
            NamedNode::new_unchecked(predicate),
            object,
        );
        out.triple(triple.as_ref())?;
        let text = String::from_utf8(out.finish()?).map_err(io::Error::other)?;
        let back: Vec<_> = RdfParser::from_format(RdfFormat::RdfXml)
            .for_slice(&text)
            .collect::<Result<_, _>>()
            .map_err(io::Error::other)?;
        assert_eq!(back.len(), 1, "{text}");
        assert_eq!(Triple::from(back[0].clone()), triple, "{text}");
        Ok(text)
    }

    #[test]
    fn characters() -> io::Result<()> {
        for text in ["a\r\nb\tc", "\r", "<&>\"'", "\u{7f}\u{85}\u{fffd}😀"] {
            written("http://e/p", Literal::new_simple_literal(text))?;
        }
        for character in ['\0', '\u{1}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
            let literal = Literal::new_simple_literal(format!("a{character}b"));
            let refused = written("http://e/p", literal).expect_err("refused");
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
            assert!(!refused.to_string().contains(character), "{refused}");
        }
        Ok(())
    }

    #[test]
    fn names() {
        for (iri, holds) in [
            ("http://e/p", true),
            ("http://e/1p", true),
            ("http://e/п", true),
            ("http://e#a-1.2", true),
            ("urn:x:y", true),
            ("http://e/123", false),
            ("http://e/p/", false),
            ("http://e/p#", false),
            ("http://e/p%20", false),
            ("http://e/-1", false),
        ] {
            let object = Literal::new_simple_literal("x");
            assert_eq!(written(iri, object).is_ok(), holds, "{iri}");
            let class = NamedNode::new_unchecked(iri);
            assert_eq!(written(rdf::TYPE.as_str(), class).is_ok(), holds, "{iri}");
        }
    }
}
