//! Turtle documents, triple by triple: the line of each, and the place of everything that is wrong.

use crate::datatype::canonical_quad;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::nesting::{BracketSyntax, Nesting, TooDeep};
use oxigraph::io::{RdfFormat, RdfParseError, RdfParser, ReaderQuadParser};
use oxrdf::{GraphName, Quad};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;
use std::sync::Arc;

/// Reads the triples of a document, with language tags in one case. What comes after a syntax error is read too, up to
/// the [last](MOST_ERRORS) that is given.
pub(crate) struct Turtle<'r> {
    // Boxed, as all readers of RDF are: the parser brings those of all formats along, and is compiled once.
    parser: ReaderQuadParser<Box<dyn Read + 'r>>,
    line: Rc<Cell<u64>>,
    name: Arc<str>,
    /// Syntax errors so far.
    errors: usize,
}

/// The most syntax errors that are given of one document: what is not Turtle at all has one at each byte.
const MOST_ERRORS: usize = 100;

/// What is found in place of a triple.
#[derive(Debug)]
pub(crate) enum TurtleProblem {
    /// The document cannot be read.
    Io(io::Error),
    /// Nothing of the document can be read from here on.
    TooDeep(Diagnostic),
    /// It is not Turtle here.
    Syntax(Diagnostic),
}

impl<'r> Turtle<'r> {
    /// The triples of a document in a graph. A base that is not an IRI counts as none.
    pub(crate) fn new(
        reader: impl BufRead + 'r,
        name: &Arc<str>,
        base: Option<&str>,
        graph: GraphName,
    ) -> Self {
        let parser = RdfParser::from_format(RdfFormat::Turtle)
            .with_default_graph(graph)
            .without_named_graphs();
        let parser = match base.map(|base| parser.clone().with_base_iri(base)) {
            Some(Ok(with_base)) => with_base,
            _ => parser,
        };
        let line = Rc::new(Cell::new(0));
        let lines = LineFeeder {
            reader,
            line: Rc::clone(&line),
            feeds: 0,
        };
        Self {
            parser: parser.for_reader(Box::new(Nesting::new(lines, BracketSyntax::Turtle))),
            line,
            name: Arc::clone(name),
            errors: 0,
        }
    }

    /// The prefixes that were declared so far, with their namespaces.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parser.prefixes()
    }

    fn problem(&self, error: RdfParseError) -> TurtleProblem {
        let place = |line, column| Place::at(Arc::clone(&self.name), line, column);
        match error {
            RdfParseError::Io(error) => match TooDeep::of(&error) {
                Some(deep) => {
                    let message = format!("this Turtle cannot be read: {deep}");
                    let place = place(deep.line, deep.column);
                    TurtleProblem::TooDeep(Diagnostic::new(Code::Turtle, place, message))
                }
                None => TurtleProblem::Io(error),
            },
            RdfParseError::Syntax(error) => {
                let place = match error.location() {
                    Some(at) => place(at.start.line + 1, at.start.column + 1),
                    None => place(self.line.get(), 0),
                };
                let words = error.to_string();
                let message = format!("not valid Turtle: {}", without_place(&words));
                TurtleProblem::Syntax(Diagnostic::new(Code::Turtle, place, message))
            }
        }
    }
}

impl Iterator for Turtle<'_> {
    /// A triple and the line on which it ends.
    type Item = Result<(Quad, u64), TurtleProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.errors == MOST_ERRORS {
            return None;
        }
        Some(match self.parser.next()? {
            Ok(quad) => Ok((canonical_quad(quad), self.line.get())),
            Err(error) => {
                let problem = self.problem(error);
                self.errors += usize::from(matches!(problem, TurtleProblem::Syntax(_)));
                Err(problem)
            }
        })
    }
}

/// The words of a syntax error without the place, which the parser says first.
pub(crate) fn without_place(words: &str) -> &str {
    let place = words.strip_prefix("Parser error at line ");
    place
        .and_then(|rest| rest.split_once(": "))
        .map_or(words, |(_, words)| words)
}

/// Gives a parser one line at a time: a triple that comes out ends on the line that went in last.
struct LineFeeder<R> {
    reader: R,
    line: Rc<Cell<u64>>,
    /// Line feeds that went in.
    feeds: u64,
}

impl<R: BufRead> Read for LineFeeder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.reader.fill_buf()?;
        let ready = ready.get(..buffer.len()).unwrap_or(ready);
        let feed = memchr::memchr(b'\n', ready);
        let length = feed.map_or(ready.len(), |at| at + 1);
        let (Some(room), Some(ready)) = (buffer.get_mut(..length), ready.get(..length)) else {
            return Ok(0);
        };
        room.copy_from_slice(ready);
        self.reader.consume(length);
        if length > 0 {
            self.line.set(self.feeds + 1);
        }
        // A long line comes in several pieces; the last one ends it.
        self.feeds += u64::from(feed.is_some());
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_know_their_lines() {
        let text =
            "@prefix e: <http://e/> .\n\ne:a e:b e:c ;\n  e:d \"\"\"two\nlines\"\"\"@RU .\ne:g e:h";
        // However the text comes.
        for capacity in [1, 7, 1000] {
            let reader = io::BufReader::with_capacity(capacity, text.as_bytes());
            let mut turtle = Turtle::new(reader, &"t.ttl".into(), None, GraphName::DefaultGraph);
            let mut found = Vec::new();
            let mut problems = Vec::new();
            for item in turtle.by_ref() {
                match item {
                    Ok((quad, line)) => found.push((quad.object.to_string(), line)),
                    Err(TurtleProblem::Syntax(problem)) => problems.push(problem.place.line),
                    Err(other) => panic!("{other:?}"),
                }
            }
            let expected = [
                ("<http://e/c>".to_owned(), 3),
                ("\"two\\nlines\"@ru".to_owned(), 5),
            ];
            assert_eq!(found, expected);
            assert_eq!(problems, [6]);
            assert_eq!(turtle.prefixes().collect::<Vec<_>>(), [("e", "http://e/")]);
        }
    }
}
