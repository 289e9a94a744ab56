//! Relations that hold for every index, for the tests of this crate and for the fuzzer. Each panics where it does not
//! hold; all that varies comes from bytes.

use civigraph_index::{
    Dataset, Graphs, Index, IndexBuilder, Options, QuadChunk, RangePredicate, Result, ValueKind,
    ValueRange, canonical_language_tag,
};
use oxrdf::{
    BaseDirection, BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple,
};
use spareval::{ExpressionTerm, QueryableDataset};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Bytes that decide what is made; zeros after their end.
pub struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        let number = u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]);
        number as usize % end.max(1)
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::from(self.byte()) % list.len()]
    }

    fn iri(&mut self) -> NamedNode {
        let name = self.of(&["a", "b", "a/b", "b#c", "я", "a'b", "a~", "A", ""]);
        NamedNode::new_unchecked(format!("http://example.org/{name}"))
    }

    fn predicate(&mut self) -> NamedNode {
        NamedNode::new_unchecked(format!("http://example.org/{}", self.of(&["p", "q", "pq"])))
    }

    fn node(&mut self) -> NamedOrBlankNode {
        match self.byte() % 3 {
            0 => BlankNode::new_unchecked(self.of(&["b", "b1", "b.c", "c14n0"])).into(),
            _ => self.iri().into(),
        }
    }

    fn text(&mut self) -> String {
        let piece = [
            "a",
            "b",
            "\"",
            "\\",
            "\n",
            "\0",
            "\u{7f}",
            "\u{1}",
            " ",
            "é",
            "\u{10ffff}",
            "@en",
            "^^",
            "\t",
            "!",
            "~",
        ];
        let mut text = String::new();
        for _ in 0..self.byte() % 5 {
            text.push_str(self.of(&piece));
        }
        // Longer than a page, now and then.
        if self.byte() == 255 {
            text = text.repeat(70_000);
        }
        text
    }

    fn literal(&mut self) -> Literal {
        let xsd = |local: &str| {
            NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{local}"))
        };
        match self.byte() % 8 {
            0 => Literal::new_simple_literal(self.text()),
            1 => {
                let tag = self.of(&["en", "EN", "en-gb", "en-GB", "ru-latn", "RU-Latn", "x-Ab"]);
                Literal::new_language_tagged_literal_unchecked(self.text(), tag)
            }
            2 => {
                let direction =
                    [BaseDirection::Ltr, BaseDirection::Rtl][usize::from(self.byte() % 2)];
                let tag = self.of(&["ar", "AR-eg"]);
                Literal::new_directional_language_tagged_literal_unchecked(
                    self.text(),
                    tag,
                    direction,
                )
            }
            3 => Literal::new_typed_literal(self.text(), self.iri()),
            4 | 5 => {
                let datatype = self.of(&[
                    "integer", "decimal", "double", "float", "byte", "string", "boolean",
                ]);
                let lexical = self.of(&[
                    "1",
                    "01",
                    "1.0",
                    "1.50",
                    "-3",
                    "+7",
                    "1e3",
                    "INF",
                    "nan",
                    "NaN",
                    "300",
                    "",
                    " 1",
                    "0.1",
                    "-0",
                    "true",
                    "99999999999999999999",
                    "1e400",
                ]);
                Literal::new_typed_literal(lexical, xsd(datatype))
            }
            _ => {
                let datatype = self.of(&[
                    "date",
                    "dateTime",
                    "dateTimeStamp",
                    "gYear",
                    "time",
                    "duration",
                ]);
                let lexical = self.of(&[
                    "2020-01-01",
                    "2020-02-30",
                    "-0044-03-15",
                    "2020-01-01Z",
                    "2020-01-01+14:00",
                    "2020-01-01T00:00:00",
                    "2020-01-01T24:00:00",
                    "2020-01-01T10:00:00.5Z",
                    "2020",
                    "-0001",
                    "12020",
                    "2020Z",
                    "4294967296-01-01",
                    "P1D",
                    "10:00:00",
                ]);
                Literal::new_typed_literal(lexical, xsd(datatype))
            }
        }
    }

    fn term(&mut self, depth: u8) -> Term {
        match self.byte() % 8 {
            0 if depth < 6 => Term::Triple(Box::new(Triple {
                subject: self.node(),
                predicate: self.predicate(),
                object: self.term(depth + 1),
            })),
            1 | 2 => self.node().into(),
            _ => self.literal().into(),
        }
    }

    fn quad(&mut self) -> Quad {
        Quad {
            subject: self.node(),
            predicate: self.predicate(),
            object: self.term(0),
            graph_name: match self.byte() % 4 {
                0 => self.iri().into(),
                1 => BlankNode::new_unchecked(self.of(&["g", "b"])).into(),
                _ => GraphName::DefaultGraph,
            },
        }
    }

    /// As many quads as the first byte says, or none left to say.
    pub fn quads(&mut self) -> Vec<Quad> {
        let count = self.byte();
        let mut quads = Vec::new();
        while quads.len() < usize::from(count) && !self.0.is_empty() {
            quads.push(self.quad());
        }
        quads
    }
}

pub fn build(folder: &Path, quads: &[Quad], memory: usize) -> Index {
    let options = Options { memory, threads: 2 };
    let mut builder = IndexBuilder::new(folder, options).unwrap();
    for piece in quads.chunks(16) {
        let mut chunk = QuadChunk::new();
        for quad in piece {
            chunk.push(quad.as_ref());
        }
        builder.add(chunk).unwrap();
    }
    builder.finish().unwrap();
    Index::open(folder).unwrap()
}

/// A canonical N-Quads line (RDF Dataset Canonicalization 1.0, §5), written anew from the recommendation.
fn canonical(quad: &Quad) -> String {
    fn term(term: &Term) -> String {
        match term {
            Term::NamedNode(node) => format!("<{}>", node.as_str()),
            Term::BlankNode(node) => format!("_:{}", node.as_str()),
            Term::Triple(triple) => {
                let [s, p, o] = [
                    triple.subject.clone().into(),
                    triple.predicate.clone().into(),
                    triple.object.clone(),
                ];
                format!(
                    "<<( {} {} {} )>>",
                    self::canonical_term(&s),
                    self::canonical_term(&p),
                    self::canonical_term(&o)
                )
            }
            Term::Literal(literal) => {
                let mut text = String::from("\"");
                for c in literal.value().chars() {
                    match c {
                        '\u{8}' => text.push_str("\\b"),
                        '\t' => text.push_str("\\t"),
                        '\n' => text.push_str("\\n"),
                        '\u{c}' => text.push_str("\\f"),
                        '\r' => text.push_str("\\r"),
                        '"' | '\\' => text.extend(['\\', c]),
                        '\0'..='\u{1f}' | '\u{7f}' => {
                            text.push_str(&format!("\\u{:04X}", u32::from(c)))
                        }
                        _ => text.push(c),
                    }
                }
                text.push('"');
                if let Some(tag) = literal.language() {
                    text.push('@');
                    text.push_str(&canonical_language_tag(tag));
                    match literal.direction() {
                        Some(BaseDirection::Ltr) => text.push_str("--ltr"),
                        Some(BaseDirection::Rtl) => text.push_str("--rtl"),
                        None => {}
                    }
                } else if literal.datatype() != oxrdf::vocab::xsd::STRING {
                    text.push_str(&format!("^^<{}>", literal.datatype().as_str()));
                }
                text
            }
        }
    }
    let mut line = [
        term(&quad.subject.clone().into()),
        term(&quad.predicate.clone().into()),
        term(&quad.object),
    ]
    .join(" ");
    match &quad.graph_name {
        GraphName::DefaultGraph => {}
        GraphName::NamedNode(node) => line.push_str(&format!(" <{}>", node.as_str())),
        GraphName::BlankNode(node) => line.push_str(&format!(" _:{}", node.as_str())),
    }
    line.push_str(" .");
    line
}

fn canonical_term(term: &Term) -> String {
    let quad = Quad {
        subject: NamedNode::new_unchecked("s").into(),
        predicate: NamedNode::new_unchecked("p"),
        object: term.clone(),
        graph_name: GraphName::DefaultGraph,
    };
    let line = canonical(&quad);
    line.strip_prefix("<s> <p> ")
        .and_then(|line| line.strip_suffix(" ."))
        .unwrap()
        .to_owned()
}

/// The lines of an index are the canonical lines of its quads, sorted, each once, whether memory suffices or not; and
/// quads that are read are those that were written.
pub fn lines_are_sorted_canonical_quads(bytes: &[u8]) {
    let quads = Choices::new(bytes).quads();
    let expected: BTreeSet<String> = quads.iter().map(canonical).collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, memory) in [("whole", usize::MAX), ("spilled", 0)] {
        let index = build(&folder.path().join(name), &quads, memory);
        let mut lines = index.lines().unwrap();
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(String::from_utf8(line.to_vec()).unwrap());
        }
        assert!(found.iter().eq(&expected), "{found:?} {expected:?}");
        let read: BTreeSet<String> = index
            .quads_for_pattern(None, None, None, None)
            .map(|quad| canonical(&quad.unwrap()))
            .collect();
        assert_eq!(read, expected);
        let dataset = &Dataset::new(&index);
        for quad in &quads {
            assert!(index.contains(quad).unwrap(), "{quad}");
            // A value that is read without its literal is the one of the literal.
            let id = dataset.internalize_term(quad.object.clone()).unwrap();
            let term = dataset.externalize_term(id).unwrap();
            assert_eq!(canonical_term(&term), canonical_term(&quad.object));
            let value = dataset.externalize_expression_term(id).unwrap();
            let expected = ExpressionTerm::from(term);
            assert_eq!(
                std::mem::discriminant(&value),
                std::mem::discriminant(&expected)
            );
            assert_eq!(Term::from(value), Term::from(expected));
        }
    }
}

/// All that can be read from an index, as texts.
pub fn everything(folder: &Path) -> Result<Vec<String>> {
    let index = Index::open(folder)?;
    let mut all = vec![format!("{} {}", index.len(), index.terms())];
    let mut lines = index.lines()?;
    while let Some(line) = lines.next()? {
        all.push(String::from_utf8_lossy(line).into_owned());
    }
    let quads: Vec<Quad> = index
        .quads_for_pattern(None, None, None, None)
        .collect::<Result<_>>()?;
    for quad in &quads {
        let (s, p, o) = (
            quad.subject.as_ref(),
            quad.predicate.as_ref(),
            quad.object.as_ref(),
        );
        let graph = match &quad.graph_name {
            GraphName::DefaultGraph => Graphs::Default,
            GraphName::NamedNode(node) => Graphs::Named(node.as_ref().into()),
            GraphName::BlankNode(node) => Graphs::Named(node.as_ref().into()),
        };
        for graphs in [graph, Graphs::AllNamed] {
            for bits in 0..8 {
                let bound = |bit: u8| bits & bit > 0;
                let (s, p, o) = (
                    bound(1).then_some(s),
                    bound(2).then_some(p),
                    bound(4).then_some(o),
                );
                all.push(index.count(s, p, o, graphs)?.to_string());
            }
            all.push(format!("{:?}", index.objects(p, graphs, 3)?));
        }
        all.push(index.contains(quad)?.to_string());
        let mut of_subject = index.lines_of(s)?;
        while let Some(line) = of_subject.next()? {
            all.push(String::from_utf8_lossy(line).into_owned());
        }
    }
    all.extend(quads.iter().map(canonical));
    all.push(format!("{:?}", index.named_graphs()?));
    all.push(format!("{:?}", index.graphs(usize::MAX)?));
    all.push(format!(
        "{:?}",
        index.predicates(Graphs::Default, usize::MAX)?
    ));
    all.push(format!(
        "{:?}",
        index.predicates(Graphs::AllNamed, usize::MAX)?
    ));
    let dataset = Dataset::new(&index);
    let dataset = &dataset;
    let range = RangePredicate {
        descending: false,
        predicate: NamedNode::new_unchecked("http://example.org/p"),
        range: ValueRange {
            kind: ValueKind::Number,
            lower: Some(Literal::from(1)),
            upper: None,
        },
    };
    all.push(
        index
            .count_in_range(range.predicate.as_ref(), &range.range, Graphs::Default)?
            .to_string(),
    );
    let range = dataset.internalize_term(range.encode().into())?;
    for predicate in [None, Some(&range)] {
        for graph in [Some(None), None] {
            for quad in dataset.internal_quads_for_pattern(None, predicate, None, graph) {
                let quad = quad?;
                let object = dataset.externalize_expression_term(quad.object)?;
                let object: Term = object.into();
                all.push(format!(
                    "{} {object}",
                    dataset.externalize_term(quad.subject)?
                ));
            }
        }
    }
    for graph in dataset.internal_named_graphs() {
        all.push(dataset.externalize_term(graph?)?.to_string());
    }
    Ok(all)
}

/// Damages bytes: flips a bit, changes, removes, inserts, copies or cuts.
fn damage(bytes: &mut Vec<u8>, choices: &mut Choices<'_>) {
    let length = bytes.len();
    let at = choices.below(length);
    let some = 1 + choices.below(16);
    match choices.byte() % 8 {
        0 => bytes.truncate(at),
        1 => {
            bytes.drain(at..(at + some).min(length));
        }
        2 => {
            let value = choices.byte();
            bytes.splice(at..at, std::iter::repeat_n(value, some));
        }
        3 => {
            let to = choices.below(length);
            let piece = bytes[at..(at + some).min(length)].to_vec();
            for (to, byte) in bytes[to..].iter_mut().zip(piece) {
                *to = byte;
            }
        }
        4 | 5 => {
            let value = choices.byte();
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        _ => {
            let bit = choices.byte() % 8;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
    }
}

/// An index with a file that was changed reads as before, or not at all.
pub fn damage_is_found(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let quads = choices.quads();
    let folder = tempfile::tempdir().unwrap();
    drop(build(folder.path(), &quads, usize::MAX));
    let expected = everything(folder.path()).unwrap();
    for name in Index::file_names() {
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        for _ in 0..4 {
            let mut damaged = whole.clone();
            damage(&mut damaged, &mut choices);
            fs::write(&path, &damaged).unwrap();
            match everything(folder.path()) {
                Ok(found) => assert_eq!(found, expected, "{name}"),
                Err(error) => assert!(!error.message().is_empty()),
            }
            let checked = Index::open(folder.path()).and_then(|index| index.check());
            assert_eq!(checked.is_ok(), damaged == whole, "{name}");
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(everything(folder.path()).unwrap(), expected);
}

/// Where the facts of a file are in a header: magic, version, kinds; then 28 bytes a file, the checksum last.
fn facts_at(file: usize) -> usize {
    8 + 4 + 9 * 4 + file * 28
}

/// A file that was made to have right checksums, whatever it says, is read or refused; nothing panics, runs for ever or
/// takes more memory than the file has a right to.
pub fn forgeries_are_survived(bytes: &[u8]) {
    const PAGE: usize = 1 << 16;
    let mut choices = Choices::new(bytes);
    let quads = choices.quads();
    let folder = tempfile::tempdir().unwrap();
    drop(build(folder.path(), &quads, usize::MAX));
    let header_path = folder.path().join("header");
    let header = fs::read(&header_path).unwrap();
    let sealed = |mut header: Vec<u8>| {
        let end = header.len() - 4;
        let checksum = crc32fast::hash(&header[..end]);
        header[end..].copy_from_slice(&checksum.to_le_bytes());
        header
    };
    for (file, name) in Index::file_names().enumerate() {
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        for _ in 0..6 {
            let mut header = header.clone();
            if name == "header" {
                // Past the magic and the version.
                let at = 12 + choices.below(header.len() - 16);
                header[at] = choices.byte();
            } else {
                let facts = facts_at(file);
                let data = u64::from_le_bytes(header[facts + 8..facts + 16].try_into().unwrap());
                let mut data = whole[..usize::try_from(data).unwrap()].to_vec();
                let length = data.len();
                for _ in 0..=choices.below(3) {
                    damage(&mut data, &mut choices);
                }
                // Of the old length, so that more of it looks right.
                data.resize(length, 0);
                let checksums: Vec<u8> = data
                    .chunks(PAGE)
                    .flat_map(|page| crc32fast::hash(page).to_le_bytes())
                    .collect();
                header[facts + 24..facts + 28]
                    .copy_from_slice(&crc32fast::hash(&checksums).to_le_bytes());
                fs::write(&path, [data, checksums].concat()).unwrap();
            }
            fs::write(&header_path, sealed(header)).unwrap();
            let _ = everything(folder.path());
            if let Ok(index) = Index::open(folder.path()) {
                let amended = tempfile::tempdir().unwrap();
                let changes = civigraph_index::QuadChanges::new();
                let _ = index.amend(
                    &changes,
                    amended.path(),
                    &Options {
                        memory: 0,
                        threads: 1,
                    },
                );
            }
        }
        fs::write(&path, &whole).unwrap();
        fs::write(&header_path, &header).unwrap();
    }
    drop(everything(folder.path()).unwrap());
}
