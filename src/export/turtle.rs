//! Turtle and TriG that are meant to be read and kept in git.
//!
//! ```text
//! @prefix cg: <https://w3id.org/civigraph/ns#> .
//! @prefix city: <https://w3id.org/civigraph/id/city/> .
//!
//! # cg:City
//!
//! city:irbit
//!     a cg:City ;
//!     skos:prefLabel "Irbit"@en ;
//!     skos:prefLabel "Ирбит"@ru ;
//!     .
//! ```
//!
//! Subjects are grouped by class and sorted; numbers in names sort by value. Every triple is a line of
//! its own, the predicate repeated and the final point alone, so that a line of a `git diff` is a triple
//! that came or went, and no other line moves. Literals are written with their own lexical form; a
//! number without quotes is one that reads back to the same form.
//!
//! A blank node that one triple refers to is written in that triple, as `[ ]` or, where it is a list, `( )`, one
//! triple or item a line: without labels, which change when other blank nodes do, a change stays where it is.
//! Other blank nodes have labels made from what surrounds them. Where the subjects that mention blank nodes are too
//! many to be held in memory, all blank nodes are written by the labels that they come with.
//!
//! The lines come sorted by subject. Each subject becomes a block of text, and the blocks are sorted by
//! graph, class and subject, on disk where they do not fit in memory.

use super::lines::LineSource;
use super::nested::{NodeNesting, Role, SubjectLines, number};
use crate::store::Prefixes;
use crate::store::line::{self, LineTerms, labels};
use crate::store::sort::{self, Merge, RecordBuffer, Sorter};
use std::collections::BTreeSet;
use std::io::{self, Write};

const RDF_TYPE: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
const LABELS: [&[u8]; 2] = [
    b"<http://www.w3.org/2000/01/rdf-schema#label>",
    b"<http://www.w3.org/2004/02/skos/core#prefLabel>",
];
const FIRST: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// Records are handed to the sorter in pieces of this size.
const PIECE: usize = 1 << 20;

/// Bytes of lines that are held to write blank nodes in brackets.
const HELD: usize = 128 << 20;

/// How to lay out.
#[derive(Debug, Clone)]
pub struct TurtleLayout<'a> {
    /// Prefixes that may be used; those that are used are declared.
    pub prefixes: &'a Prefixes,
    /// Base of the project's own IRIs: its own classes come first. May be empty.
    pub base: &'a str,
    /// Whether graphs are kept apart (TriG). If not, triples of all graphs are written as one.
    pub graphs: bool,
}

/// Writes sorted lines as Turtle or TriG. Gives the number of triples (quads) written.
///
/// # Errors
/// The source or the output fails, or a line is damaged.
pub fn write(
    lines: impl LineSource,
    layout: &TurtleLayout<'_>,
    out: &mut dyn Write,
) -> io::Result<u64> {
    write_holding(lines, layout, HELD.min(sort::budget()), out)
}

/// Writes with that many bytes of lines held.
fn write_holding(
    lines: impl LineSource,
    layout: &TurtleLayout<'_>,
    limit: usize,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let folder = tempfile::tempdir()?;
    let mut blocks = Blocks {
        layout,
        used: BTreeSet::new(),
        sorter: Sorter::new(folder.path(), sort::budget(), 1),
        records: RecordBuffer::default(),
        written: 0,
        texts: Vec::new(),
    };
    blocks.read(lines, limit)?;
    let Blocks {
        used,
        mut sorter,
        records,
        written,
        ..
    } = blocks;
    sorter.add(records)?;

    for (prefix, namespace) in layout.prefixes.iter() {
        if used.contains(prefix) {
            writeln!(out, "@prefix {prefix}: <{namespace}> .")?;
        }
    }
    write_blocks(&mut sorter.finish()?, layout, out)?;
    Ok(written)
}

/// Makes blocks of the lines of each subject.
struct Blocks<'a> {
    layout: &'a TurtleLayout<'a>,
    used: BTreeSet<String>,
    sorter: Sorter,
    records: RecordBuffer,
    written: u64,
    /// What is written in place of blank nodes without labels, by their numbers.
    texts: Vec<String>,
}

impl Blocks<'_> {
    fn read(&mut self, mut lines: impl LineSource, limit: usize) -> io::Result<()> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a damaged line");
        let mut subject = Vec::new();
        let mut held = SubjectLines::new();
        let mut waiting = WaitingSubjects {
            groups: Some(Vec::new()),
            size: 0,
            limit,
        };
        let mut line = Vec::new();
        while lines.next_line(&mut line)? {
            let parts = LineTerms::of(&line).ok_or_else(damaged)?;
            if parts.subject != subject {
                for group in waiting.add(std::mem::take(&mut held)) {
                    self.subject(&group)?;
                }
                subject.clear();
                subject.extend_from_slice(parts.subject);
            }
            held.push(line.clone());
        }
        for group in waiting.add(held) {
            self.subject(&group)?;
        }
        self.blank(waiting.groups.unwrap_or_default())
    }

    /// Adds the blocks of the subjects that mention blank nodes.
    fn blank(&mut self, mut groups: Vec<SubjectLines>) -> io::Result<()> {
        let nest = NodeNesting::of(&mut groups, self.layout.graphs);
        self.texts = vec![String::new(); nest.roles.len()];
        for &number in nest.order.iter().rev() {
            let group = nest.groups.get(number).copied().flatten();
            let lines = group.and_then(|group| groups.get(group));
            let text = self.brackets(number, &nest, lines.map_or(&[], Vec::as_slice));
            if let Some(place) = self.texts.get_mut(number) {
                *place = text;
            }
        }
        for group in &groups {
            let subject = group
                .first()
                .and_then(|line| Some(LineTerms::of(line)?.subject));
            let role = subject
                .and_then(number)
                .and_then(|number| nest.roles.get(number));
            if matches!(role, None | Some(Role::Anonymous)) {
                self.subject(group)?;
            }
        }
        self.texts.clear();
        Ok(())
    }

    /// What is written in place of a blank node. An item of a list is what its `rdf:first` is; the whole list
    /// is put together where it starts.
    fn brackets(&mut self, node: usize, nest: &NodeNesting, lines: &[Vec<u8>]) -> String {
        let mut triples: Vec<SubjectTriple<'_>> = lines
            .iter()
            .filter_map(|line| LineTerms::of(line))
            .map(|parts| SubjectTriple::new(parts, self.layout.graphs, &self.texts))
            .collect();
        triples.sort();
        triples.dedup();
        self.written += triples.len() as u64;
        let mut text = String::new();
        let Some(&Role::Item { rest, is_first }) = nest.roles.get(node) else {
            if triples.is_empty() {
                return "[]".to_owned();
            }
            text.push_str("[\n");
            self.triples(&triples, &mut text);
            text.push(']');
            return text;
        };
        if let Some(first) = triples.iter().find(|triple| triple.predicate == FIRST) {
            self.object(first.object, &mut text);
        }
        if !is_first {
            return text;
        }
        let mut list = format!("(\n    {text}\n");
        let mut next = rest;
        while let Some(node) = next
            && let Some(Role::Item { rest, .. }) = nest.roles.get(node)
        {
            list.push_str("    ");
            list.push_str(
                &self
                    .texts
                    .get_mut(node)
                    .map(std::mem::take)
                    .unwrap_or_default(),
            );
            list.push('\n');
            next = *rest;
        }
        list.push(')');
        list
    }

    /// Appends triples, one a line.
    fn triples(&mut self, triples: &[SubjectTriple<'_>], text: &mut String) {
        for triple in triples {
            text.push_str("    ");
            if triple.predicate == RDF_TYPE {
                text.push('a');
            } else {
                self.term(triple.predicate, text);
            }
            text.push(' ');
            self.object(triple.object, text);
            text.push_str(" ;\n");
        }
    }

    /// Appends an object. What is in brackets is a level deeper.
    fn object(&mut self, term: &[u8], text: &mut String) {
        match number(term).and_then(|number| self.texts.get_mut(number)) {
            // Strings have no line breaks of their own in canonical lines.
            Some(brackets) => text.push_str(&std::mem::take(brackets).replace('\n', "\n    ")),
            None => self.term(term, text),
        }
    }

    /// Adds the blocks of one subject: one for each graph that has it.
    fn subject(&mut self, lines: &[Vec<u8>]) -> io::Result<()> {
        let mut triples: Vec<SubjectTriple<'_>> = lines
            .iter()
            .filter_map(|line| LineTerms::of(line))
            .map(|parts| SubjectTriple::new(parts, self.layout.graphs, &self.texts))
            .collect();
        triples.sort();
        triples.dedup();
        for triples in triples.chunk_by(|a, b| a.graph == b.graph) {
            self.block(triples)?;
        }
        Ok(())
    }

    fn block(&mut self, triples: &[SubjectTriple<'_>]) -> io::Result<()> {
        let Some(first) = triples.first() else {
            return Ok(());
        };
        let mut text = String::new();
        let anonymous = number(first.subject).is_some();
        if anonymous {
            text.push_str("[]");
        } else {
            self.term(first.subject, &mut text);
        }
        text.push('\n');
        self.triples(triples, &mut text);
        text.push_str("    .\n");
        self.written += triples.len() as u64;

        let class = triples
            .iter()
            .take_while(|triple| triple.predicate == RDF_TYPE)
            .filter_map(|triple| line::iri(triple.object))
            .map(|class| {
                let own = !self.layout.base.is_empty() && class.starts_with(self.layout.base);
                (u8::from(!own), self.layout.prefixes.shorten(class))
            })
            .min();
        let mut key = Vec::new();
        key.extend_from_slice(first.graph);
        key.push(0);
        match class {
            Some((rank, class)) => {
                key.push(b'1' + rank);
                key.extend_from_slice(class.as_bytes());
            }
            None if first.subject.starts_with(b"_:") => key.push(b'4'),
            None => key.push(b'3'),
        }
        key.push(0);
        if anonymous {
            natural_key(text.as_bytes(), &mut key);
        } else {
            natural_key(first.subject, &mut key);
        }
        // A graph's name is a term of the text too.
        if self.layout.graphs && !first.graph.is_empty() {
            let mut name = String::new();
            self.term(first.graph, &mut name);
        }
        self.records.push(&key, text.as_bytes());
        if self.records.size() >= PIECE {
            self.sorter.add(std::mem::take(&mut self.records))?;
        }
        Ok(())
    }

    /// Appends a term and remembers the prefix it uses.
    fn term(&mut self, term: &[u8], text: &mut String) {
        write_term(term, self.layout.prefixes, text, &mut |prefix| {
            if !self.used.contains(prefix) {
                self.used.insert(prefix.to_owned());
            }
        });
    }
}

/// Subjects that wait until all that mention blank nodes are there.
struct WaitingSubjects {
    /// `None` once they were too many.
    groups: Option<Vec<SubjectLines>>,
    size: usize,
    limit: usize,
}

impl WaitingSubjects {
    /// Takes the lines of a subject, and gives those that need not wait.
    fn add(&mut self, group: SubjectLines) -> Vec<SubjectLines> {
        let blank = group.iter().any(|line| labels(line).next().is_some());
        let Some(groups) = self.groups.as_mut().filter(|_| blank) else {
            return vec![group];
        };
        self.size += group.iter().map(Vec::len).sum::<usize>();
        groups.push(group);
        if self.size > self.limit {
            self.groups.take().unwrap_or_default()
        } else {
            Vec::new()
        }
    }
}

fn write_blocks(
    blocks: &mut Merge,
    layout: &TurtleLayout<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut graph: Vec<u8> = Vec::new();
    let mut section: Vec<u8> = Vec::new();
    let mut started = false;
    while let Some((key, text)) = blocks.next()? {
        let mut parts = key.splitn(3, |&byte| byte == 0);
        let next_graph = parts.next().unwrap_or_default();
        let next_section = parts.next().unwrap_or_default();
        if next_graph != graph {
            if !graph.is_empty() {
                writeln!(out, "}}")?;
            }
            graph = next_graph.to_vec();
            let mut name = String::new();
            write_term(&graph, layout.prefixes, &mut name, &mut |_| {});
            writeln!(out, "\n{name} {{")?;
            started = false;
        }
        if !started || next_section != section {
            section = next_section.to_vec();
            let title = match section.split_first() {
                Some((b'3', _)) => "without a class".into(),
                Some((b'4', _)) => "blank nodes".into(),
                Some((_, class)) => String::from_utf8_lossy(class),
                None => "".into(),
            };
            writeln!(out, "\n# {title}")?;
            started = true;
        }
        writeln!(out)?;
        out.write_all(text)?;
    }
    if !graph.is_empty() {
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// A triple of a subject, in the order of the dump.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SubjectTriple<'a> {
    graph: &'a [u8],
    predicate_rank: usize,
    predicate: &'a [u8],
    object_key: Vec<u8>,
    object: &'a [u8],
    subject: &'a [u8],
}

impl<'a> SubjectTriple<'a> {
    /// `texts` are written in place of blank nodes without labels, and sort as what is written.
    fn new(parts: LineTerms<'a>, graphs: bool, texts: &[String]) -> Self {
        let predicate_rank = if parts.predicate == RDF_TYPE {
            0
        } else {
            let label = LABELS.iter().position(|label| *label == parts.predicate);
            label.map_or(LABELS.len() + 1, |position| position + 1)
        };
        let mut object_key = Vec::new();
        let text = number(parts.object).and_then(|number| texts.get(number));
        let written = text.map_or(parts.object, |text| text.as_bytes());
        natural_key(written, &mut object_key);
        Self {
            graph: match parts.graph {
                Some(graph) if graphs => graph,
                _ => b"",
            },
            predicate_rank,
            predicate: parts.predicate,
            object_key,
            object: parts.object,
            subject: parts.subject,
        }
    }
}

/// A key by which texts sort as people expect: `row-2` before `row-10`. Different texts have different keys.
pub(super) fn natural_key(text: &[u8], key: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(&byte) = rest.first() {
        if !byte.is_ascii_digit() {
            key.push(byte);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let end = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        let significant = digits.get(zeros..).unwrap_or_default();
        // A longer number is a larger one. Numbers are where digits are among the characters.
        key.push(b'0');
        key.push(u8::try_from(significant.len() + 1).unwrap_or(u8::MAX));
        key.extend_from_slice(significant);
        rest = after;
    }
    key.push(0);
    key.extend_from_slice(text);
}

/// Appends a term of a canonical line as Turtle; `used` is called with the prefix, if one is used.
pub(crate) fn write_term(
    term: &[u8],
    prefixes: &Prefixes,
    text: &mut String,
    used: &mut dyn FnMut(&str),
) {
    let whole = || String::from_utf8_lossy(term);
    if let Some(inner) = term
        .strip_prefix(b"<<( ")
        .and_then(|term| term.strip_suffix(b" )>>"))
        && let Some(parts) = LineTerms::of(&[inner, b" ."].concat())
        && !parts.object.starts_with(b"<<(")
    {
        // One triple term is all that our own reifiers hold; deeper ones are the same in Turtle.
        text.push_str("<<( ");
        for term in [parts.subject, parts.predicate, parts.object] {
            write_term(term, prefixes, text, used);
            text.push(' ');
        }
        text.push_str(")>>");
    } else if let Some(iri) = line::iri(term) {
        write_iri(iri, prefixes, text, used);
    } else if term.starts_with(b"\"")
        && let Some(caret) = datatype_position(term)
        && let (Some(quoted), Some(datatype)) =
            (term.get(..caret), term.get(caret + 2..).and_then(line::iri))
    {
        let quoted = String::from_utf8_lossy(quoted);
        let value = quoted.trim_matches('"');
        if datatype
            .strip_prefix(XSD)
            .is_some_and(|name| reads_bare(name, value))
        {
            text.push_str(value);
        } else {
            text.push_str(&quoted);
            text.push_str("^^");
            write_iri(datatype, prefixes, text, used);
        }
    } else {
        // Blank nodes and strings with or without a language are the same in Turtle.
        text.push_str(&whole());
    }
}

fn write_iri(iri: &str, prefixes: &Prefixes, text: &mut String, used: &mut dyn FnMut(&str)) {
    match prefixes.split(iri) {
        Some((prefix, local)) => {
            used(prefix);
            text.push_str(prefix);
            text.push(':');
            text.push_str(local);
        }
        None => {
            text.push('<');
            text.push_str(iri);
            text.push('>');
        }
    }
}

/// Where the `^^` of a typed literal is.
fn datatype_position(term: &[u8]) -> Option<usize> {
    let inside = term.strip_suffix(b">")?;
    let open = memchr::memrchr(b'<', inside)?;
    let caret = open.checked_sub(2)?;
    (term.get(caret..open) == Some(b"^^") && caret > 0 && term.get(caret - 1) == Some(&b'"'))
        .then_some(caret)
}

/// Whether a value written without quotes reads back as this datatype and this form (Turtle §2.5.2).
fn reads_bare(datatype: &str, value: &str) -> bool {
    let unsigned = value.strip_prefix(['+', '-']).unwrap_or(value);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match datatype {
        "boolean" => matches!(value, "true" | "false"),
        "integer" => !unsigned.is_empty() && digits(unsigned),
        "decimal" => unsigned.split_once('.').is_some_and(|(whole, fraction)| {
            !fraction.is_empty() && digits(whole) && digits(fraction)
        }),
        "double" => unsigned
            .split_once(['e', 'E'])
            .is_some_and(|(mantissa, exponent)| {
                let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
                !exponent.is_empty()
                    && digits(exponent)
                    && digits(whole)
                    && digits(fraction)
                    && !(whole.is_empty() && fraction.is_empty())
            }),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
