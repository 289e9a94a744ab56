//! RDF 1.2 reifiers beside the RDF 1.1 reification: `<claim> rdf:reifies <<( s p o )>>`.
//!
//! Specification: *RDF 1.2 Concepts* §3.7 and *RDF 1.2 Schema* (`rdf:reifies`).

use super::lines::LineSource;
use crate::store::line::LineTerms;
use std::io;

const SUBJECT: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#subject>";
const PREDICATE: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate>";
const OBJECT: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#object>";
const REIFIES: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies>";

/// Sorted lines, with a reifying triple for each object of each statement, still sorted.
///
/// Holds the lines of one subject at a time.
pub struct Reified<S> {
    source: S,
    /// The lines of the current subject, last first.
    group: Vec<Vec<u8>>,
    /// The first line of the next subject.
    next: Option<Vec<u8>>,
}

impl<S: LineSource> Reified<S> {
    /// Adds reifiers to the statements of a source.
    pub fn new(source: S) -> Self {
        Self {
            source,
            group: Vec::new(),
            next: None,
        }
    }

    /// Reads the lines of the next subject; none are left at the end.
    fn fill(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        self.group.extend(self.next.take());
        while self.source.next_line(&mut line)? {
            let same = match self.group.first() {
                None => true,
                Some(first) => parts(first)?.subject == parts(&line)?.subject,
            };
            if !same {
                self.next = Some(line);
                break;
            }
            self.group.push(std::mem::take(&mut line));
        }
        let reifiers = reifiers(&self.group)?;
        if !reifiers.is_empty() {
            self.group.extend(reifiers);
            self.group.sort_unstable();
        }
        self.group.reverse();
        Ok(())
    }
}

impl<S: LineSource> LineSource for Reified<S> {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        if self.group.is_empty() {
            self.fill()?;
        }
        match self.group.pop() {
            Some(next) => {
                *line = next;
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

/// The reifying lines of one subject: none unless it has one subject, one predicate and an object,
/// all in one graph.
fn reifiers(group: &[Vec<u8>]) -> io::Result<Vec<Vec<u8>>> {
    let mut subject = None;
    let mut predicate = None;
    let mut objects = Vec::new();
    for line in group {
        let parts = parts(line)?;
        let place = match parts.predicate {
            SUBJECT => &mut subject,
            PREDICATE => &mut predicate,
            OBJECT => {
                objects.push(parts);
                continue;
            }
            _ => continue,
        };
        if place.replace(parts).is_some() {
            return Ok(Vec::new());
        }
    }
    let (Some(subject), Some(predicate)) = (subject, predicate) else {
        return Ok(Vec::new());
    };
    // Only nodes are subjects and only IRIs are predicates; anything else reifies no triple.
    if subject.object.first() == Some(&b'"') || predicate.object.first() != Some(&b'<') {
        return Ok(Vec::new());
    }
    Ok(objects
        .iter()
        .filter(|object| object.graph == subject.graph && object.graph == predicate.graph)
        .map(|object| {
            let mut line = Vec::new();
            for piece in [
                object.subject,
                b" ",
                REIFIES,
                b" <<( ",
                subject.object,
                b" ",
                predicate.object,
                b" ",
                object.object,
                b" )>>",
            ] {
                line.extend_from_slice(piece);
            }
            if let Some(graph) = object.graph {
                line.push(b' ');
                line.extend_from_slice(graph);
            }
            line.extend_from_slice(b" .");
            line
        })
        .collect())
}

fn parts(line: &[u8]) -> io::Result<LineTerms<'_>> {
    LineTerms::of(line).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a damaged line"))
}

#[cfg(test)]
mod tests {
    use super::super::lines::ReadLines;
    use super::*;

    fn reified(text: &str) -> String {
        let mut source = Reified::new(ReadLines(text.as_bytes()));
        let (mut line, mut all) = (Vec::new(), String::new());
        while source.next_line(&mut line).unwrap() {
            all.push_str(std::str::from_utf8(&line).unwrap());
            all.push('\n');
        }
        all
    }

    #[test]
    fn statements_get_a_reifier_for_each_object() {
        let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
        let text = format!(
            "<a:c> <{rdf}object> \"1\" <a:g> .\n\
             <a:c> <{rdf}object> \"2\" <a:g> .\n\
             <a:c> <{rdf}predicate> <a:p> <a:g> .\n\
             <a:c> <{rdf}subject> <a:s> <a:g> .\n\
             <a:d> <a:p> <a:o> .\n"
        );
        let expected = format!(
            "<a:c> <{rdf}object> \"1\" <a:g> .\n\
             <a:c> <{rdf}object> \"2\" <a:g> .\n\
             <a:c> <{rdf}predicate> <a:p> <a:g> .\n\
             <a:c> <{rdf}reifies> <<( <a:s> <a:p> \"1\" )>> <a:g> .\n\
             <a:c> <{rdf}reifies> <<( <a:s> <a:p> \"2\" )>> <a:g> .\n\
             <a:c> <{rdf}subject> <a:s> <a:g> .\n\
             <a:d> <a:p> <a:o> .\n"
        );
        assert_eq!(reified(&text), expected);
    }

    #[test]
    fn what_is_no_statement_stays() {
        let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
        for text in [
            String::new(),
            "<a:d> <a:p> <a:o> .\n".to_owned(),
            format!("<a:c> <{rdf}object> \"1\" .\n<a:c> <{rdf}subject> <a:s> .\n"),
            format!(
                "<a:c> <{rdf}object> \"1\" .\n<a:c> <{rdf}predicate> \"p\" .\n<a:c> <{rdf}subject> <a:s> .\n"
            ),
            format!(
                "<a:c> <{rdf}object> \"1\" .\n<a:c> <{rdf}predicate> <a:p> <a:g> .\n<a:c> <{rdf}subject> <a:s> .\n"
            ),
        ] {
            assert_eq!(reified(&text), text);
        }
    }
}
