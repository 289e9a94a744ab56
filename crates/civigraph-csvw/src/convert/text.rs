//! N-Triples and N-Quads.

use super::sink::{Origin, QuadSink, Sink};
use crate::datatype::canonical_language_tag;
use oxrdf::vocab::xsd;
use oxrdf::{BaseDirection, GraphNameRef, LiteralRef, NamedOrBlankNodeRef, QuadRef, TermRef};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Writes quads as lines: N-Quads, which is N-Triples where all quads are in the default graph.
#[derive(Debug)]
pub struct TextSink<W> {
    output: W,
    /// Leave out the graph: N-Triples.
    triples: bool,
    /// Buffers of chunks that have been written, for the next ones.
    spare: Mutex<Vec<Vec<u8>>>,
    bytes: u64,
}

/// The lines of one chunk.
#[derive(Debug)]
pub struct TextChunk {
    text: Vec<u8>,
    triples: bool,
}

impl<W: Write + Sync> TextSink<W> {
    /// Writes N-Quads.
    pub fn new(output: W) -> Self {
        Self {
            output,
            triples: false,
            spare: Mutex::default(),
            bytes: 0,
        }
    }

    /// Writes N-Triples: graphs are left out.
    pub fn triples(output: W) -> Self {
        Self {
            triples: true,
            ..Self::new(output)
        }
    }

    /// How many bytes have been written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Flushes and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }
}

impl<W: Write + Sync> Sink for TextSink<W> {
    type Chunk = TextChunk;

    fn chunk(&self) -> TextChunk {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        TextChunk {
            text: spare.pop().unwrap_or_default(),
            triples: self.triples,
        }
    }

    fn accept(&mut self, mut chunk: TextChunk) -> io::Result<()> {
        self.output.write_all(&chunk.text)?;
        self.bytes += chunk.text.len() as u64;
        chunk.text.clear();
        self.spare
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .push(chunk.text);
        Ok(())
    }
}

impl QuadSink for TextChunk {
    fn quad(&mut self, quad: QuadRef<'_>, _: Origin) {
        let out = &mut self.text;
        statement(quad, out);
        if !self.triples {
            graph(quad.graph_name, out);
        }
        out.extend_from_slice(b" .\n");
    }
}

/// Appends a quad as a line of canonical N-Quads (RDF Dataset Canonicalization 1.0, §5), without a line break.
///
/// Language tags, which are equal without regard to case, are written in that of BCP 47 §2.1.1.
///
/// ```
/// use civigraph_csvw::convert::write_quad;
/// use oxrdf::{GraphName, Literal, NamedNode, Quad};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let quad = Quad::new(
///     NamedNode::new("http://example.org/samara")?,
///     NamedNode::new("http://example.org/name")?,
///     Literal::new_language_tagged_literal("Samara \"on the Volga\"", "EN-gb")?,
///     GraphName::DefaultGraph,
/// );
/// let mut line = Vec::new();
/// write_quad(&mut line, quad.as_ref());
/// assert_eq!(
///     String::from_utf8(line)?,
///     r#"<http://example.org/samara> <http://example.org/name> "Samara \"on the Volga\""@en-GB ."#
/// );
/// # Ok(())
/// # }
/// ```
pub fn write_quad(out: &mut Vec<u8>, quad: QuadRef<'_>) {
    statement(quad, out);
    graph(quad.graph_name, out);
    out.extend_from_slice(b" .");
}

/// Appends a term as canonical N-Quads has it.
pub fn write_term(out: &mut Vec<u8>, term: TermRef<'_>) {
    match term {
        TermRef::Literal(value) => {
            out.push(b'"');
            literal(value, out);
        }
        TermRef::NamedNode(node) => iri(node.as_str(), out),
        TermRef::BlankNode(node) => blank_node(node.as_str(), out),
        // Plans make no triple terms; whoever reads some bounds their depth.
        TermRef::Triple(triple) => {
            out.extend_from_slice(b"<<( ");
            write_term(out, triple.subject.as_ref().into());
            out.push(b' ');
            iri(triple.predicate.as_str(), out);
            out.push(b' ');
            write_term(out, triple.object.as_ref());
            out.extend_from_slice(b" )>>");
        }
    }
}

/// Appends subject, predicate and object.
#[inline]
fn statement(quad: QuadRef<'_>, out: &mut Vec<u8>) {
    match quad.subject {
        NamedOrBlankNodeRef::NamedNode(node) => {
            out.push(b'<');
            out.extend_from_slice(node.as_str().as_bytes());
            out.extend_from_slice(b"> <");
        }
        NamedOrBlankNodeRef::BlankNode(node) => {
            blank_node(node.as_str(), out);
            out.extend_from_slice(b" <");
        }
    }
    out.extend_from_slice(quad.predicate.as_str().as_bytes());
    match quad.object {
        TermRef::Literal(value) => {
            out.extend_from_slice(b"> \"");
            literal(value, out);
        }
        TermRef::NamedNode(node) => {
            out.extend_from_slice(b"> <");
            out.extend_from_slice(node.as_str().as_bytes());
            out.push(b'>');
        }
        term @ (TermRef::BlankNode(_) | TermRef::Triple(_)) => {
            out.extend_from_slice(b"> ");
            write_term(out, term);
        }
    }
}

/// Appends the name of a graph, with a space ahead of it.
#[inline]
fn graph(name: GraphNameRef<'_>, out: &mut Vec<u8>) {
    match name {
        GraphNameRef::DefaultGraph => {}
        GraphNameRef::NamedNode(node) => {
            out.push(b' ');
            iri(node.as_str(), out);
        }
        GraphNameRef::BlankNode(node) => {
            out.push(b' ');
            blank_node(node.as_str(), out);
        }
    }
}

#[inline]
fn iri(iri: &str, out: &mut Vec<u8>) {
    out.push(b'<');
    out.extend_from_slice(iri.as_bytes());
    out.push(b'>');
}

fn blank_node(label: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"_:");
    out.extend_from_slice(label.as_bytes());
}

/// A literal whose opening quote is there already.
#[inline]
fn literal(literal: LiteralRef<'_>, out: &mut Vec<u8>) {
    escape(literal.value(), out);
    out.push(b'"');
    if let Some(language) = literal.language() {
        out.push(b'@');
        out.extend_from_slice(canonical_language_tag(language).as_bytes());
        match literal.direction() {
            None => {}
            Some(BaseDirection::Ltr) => out.extend_from_slice(b"--ltr"),
            Some(BaseDirection::Rtl) => out.extend_from_slice(b"--rtl"),
        }
        return;
    }
    let datatype = literal.datatype();
    // Most literals are strings, and theirs is this very constant: no need to compare its text.
    let string = std::ptr::eq(datatype.as_str(), xsd::STRING.as_str());
    if !string && datatype != xsd::STRING {
        out.extend_from_slice(b"^^");
        iri(datatype.as_str(), out);
    }
}

/// Which bytes are escaped in a literal, in the canonical form of N-Triples 1.2.
const ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table[0x7F] = true;
    table
};

/// Appends the text of a literal with its escapes.
#[inline]
fn escape(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if !bytes.iter().any(|&byte| ESCAPED[usize::from(byte)]) {
        out.extend_from_slice(bytes);
        return;
    }
    escape_slowly(bytes, out);
}

#[cold]
fn escape_slowly(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        if !ESCAPED[usize::from(byte)] {
            out.push(byte);
            continue;
        }
        match byte {
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0C => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            control => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(control >> 4)]);
                out.push(HEX[usize::from(control & 15)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{BlankNodeRef, NamedNodeRef};

    fn check(object: TermRef<'_>, graph: GraphNameRef<'_>, expected: &str) {
        let quad = QuadRef::new(
            BlankNodeRef::new_unchecked("b"),
            NamedNodeRef::new_unchecked("http://example.org/p"),
            object,
            graph,
        );
        let mut sink = TextSink::new(Vec::new());
        let mut chunk = sink.chunk();
        chunk.quad(quad, Origin::default());
        sink.accept(chunk).unwrap();
        let text = String::from_utf8(sink.finish().unwrap()).unwrap();
        assert_eq!(text, format!("_:b <http://example.org/p> {expected} .\n"));
        assert_eq!(text, format!("{quad} .\n"));
    }

    #[test]
    fn lines() {
        let default = GraphNameRef::DefaultGraph;
        let node = NamedNodeRef::new_unchecked("http://example.org/o");
        check(node.into(), default, "<http://example.org/o>");
        check(
            node.into(),
            node.into(),
            "<http://example.org/o> <http://example.org/o>",
        );
        let plain = LiteralRef::new_simple_literal("a\"b\\c\nd\re\tf\u{8}\u{c}\u{1}\u{7f}é");
        check(
            plain.into(),
            default,
            r#""a\"b\\c\nd\re\tf\b\f\u0001\u007Fé""#,
        );
        let tagged = LiteralRef::new_language_tagged_literal_unchecked("x", "ru-Latn");
        check(tagged.into(), default, "\"x\"@ru-Latn");
        let typed = LiteralRef::new_typed_literal("1", xsd::INTEGER);
        check(
            typed.into(),
            default,
            "\"1\"^^<http://www.w3.org/2001/XMLSchema#integer>",
        );
    }
}
