//! All quads as sorted canonical N-Quads lines.
//!
//! Ids are in the order of canonical lines, apart from those of typed literals and triple terms: the objects of
//! a subject and predicate are put in order before they are given out.

use crate::error::Result;
use crate::index::Index;
use crate::permutation::Scan;
use oxrdf::NamedOrBlankNodeRef;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Entries that are read ahead.
const AHEAD: usize = 32;

/// Written predicates that are kept.
const PREDICATES: usize = 1 << 12;

/// Canonical N-Quads lines without line breaks, in code point order (RDF Dataset Canonicalization 1.0, §5).
pub struct CanonicalLines<'a> {
    index: &'a Index,
    triples: ScanAhead<'a, 3>,
    named: ScanAhead<'a, 4>,
    key: Vec<u8>,
    subject: Option<(u32, Vec<u8>)>,
    predicate: Option<(u32, Rc<[u8]>)>,
    /// Predicates as they were written before: few, and another one in nearly every line.
    predicates: FxHashMap<u32, Rc<[u8]>>,
    /// Objects and graphs of the present subject and predicate, in order.
    group: Vec<(u32, Option<u32>)>,
    /// How many of them were given out.
    given: usize,
    line: Vec<u8>,
    /// Whether the subject is another one than that of the group before.
    other_subject: bool,
    /// Whether the last line is the first one of its subject.
    starts_subject: bool,
}

/// A scan with the next entries known.
struct ScanAhead<'a, const N: usize> {
    scan: Scan<'a, N>,
    entries: Vec<[u32; N]>,
    /// The next one of them.
    at: usize,
}

impl<'a, const N: usize> ScanAhead<'a, N> {
    fn new(index: &Index, scan: Scan<'a, N>) -> Result<Self> {
        let mut ahead = Self {
            scan,
            entries: Vec::with_capacity(AHEAD),
            at: 0,
        };
        ahead.read(index)?;
        Ok(ahead)
    }

    /// Reads the next entries, and touches their objects: these lie all over the dictionary.
    fn read(&mut self, index: &Index) -> Result<()> {
        self.at = 0;
        self.entries.clear();
        let mut objects = [0; AHEAD];
        for object in &mut objects {
            let Some(entry) = self.scan.next().transpose()? else {
                break;
            };
            *object = entry.get(2).copied().unwrap_or_default();
            self.entries.push(entry);
        }
        let read = objects.get(..self.entries.len()).unwrap_or_default();
        index.dictionary.touch(read)
    }

    /// The next entry if it starts with a subject and a predicate.
    #[inline]
    fn next_if(&mut self, index: &Index, subject: u32, predicate: u32) -> Result<Option<[u32; N]>> {
        match self.entries.get(self.at).copied() {
            Some(entry) if entry.starts_with(&[subject, predicate]) => {
                self.at += 1;
                if self.at == self.entries.len() {
                    self.read(index)?;
                }
                Ok(Some(entry))
            }
            _ => Ok(None),
        }
    }

    #[inline]
    fn pair(&self) -> Option<(u32, u32)> {
        let next = self.entries.get(self.at)?;
        Some((*next.first()?, *next.get(1)?))
    }
}

impl Index {
    /// All quads as canonical lines, in order.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn lines(&self) -> Result<CanonicalLines<'_>> {
        self.lines_between(&[], &[])
    }

    /// The lines of one subject.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn lines_of(&self, subject: NamedOrBlankNodeRef<'_>) -> Result<CanonicalLines<'_>> {
        match self.id(subject.into())? {
            Some(id) => self.lines_between(&[id], &[id]),
            // Nothing has this id.
            None => self.lines_between(&[u32::MAX], &[u32::MAX]),
        }
    }

    /// The lines of a subject and of all that come after it; the subject need not be in the index.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn lines_from(&self, subject: NamedOrBlankNodeRef<'_>) -> Result<CanonicalLines<'_>> {
        let mut key = Vec::new();
        crate::term::encode_node(&mut key, subject);
        let first = self.dictionary.lower_bound(&key)?;
        self.lines_between(&[first], &[u32::MAX])
    }

    fn lines_between(&self, low: &[u32], high: &[u32]) -> Result<CanonicalLines<'_>> {
        Ok(CanonicalLines {
            index: self,
            triples: ScanAhead::new(self, self.triples.spo.between(low, high, None))?,
            named: ScanAhead::new(self, self.named.spog.between(low, high, None))?,
            key: Vec::new(),
            subject: None,
            predicate: None,
            predicates: FxHashMap::default(),
            group: Vec::new(),
            given: 0,
            line: Vec::new(),
            other_subject: false,
            starts_subject: false,
        })
    }
}

impl CanonicalLines<'_> {
    /// Whether the last line is the first one of its subject.
    pub fn starts_subject(&self) -> bool {
        self.starts_subject
    }

    /// The subject of the last line, as it is in the line.
    pub fn subject(&self) -> &[u8] {
        self.subject.as_ref().map_or(&[], |(_, text)| text)
    }

    /// The next line; `None` after the last one.
    ///
    /// # Errors
    /// The index is damaged.
    #[expect(
        clippy::should_implement_trait,
        reason = "a line borrows from what gives it"
    )]
    pub fn next(&mut self) -> Result<Option<&[u8]>> {
        let (object, graph) = loop {
            if let Some(next) = self.group.get(self.given).copied() {
                self.given += 1;
                break next;
            }
            if !self.next_group()? {
                return Ok(None);
            }
        };
        let Self {
            index,
            key,
            subject: Some((_, subject)),
            predicate: Some((_, predicate)),
            line,
            other_subject,
            starts_subject,
            ..
        } = self
        else {
            return Ok(None);
        };
        *starts_subject = std::mem::take(other_subject);
        line.clear();
        line.extend_from_slice(subject);
        line.push(b' ');
        line.extend_from_slice(predicate);
        line.push(b' ');
        index.write_term(object, line, key)?;
        if let Some(graph) = graph {
            line.push(b' ');
            index.write_term(graph, line, key)?;
        }
        line.extend_from_slice(b" .");
        Ok(Some(line))
    }

    fn next_group(&mut self) -> Result<bool> {
        let pairs = [self.triples.pair(), self.named.pair()];
        let Some((subject, predicate)) = pairs.into_iter().flatten().min() else {
            return Ok(false);
        };
        if self
            .subject
            .as_ref()
            .is_none_or(|(known, _)| *known != subject)
        {
            self.other_subject = true;
            let mut text = Vec::new();
            self.index.write_term(subject, &mut text, &mut self.key)?;
            self.subject = Some((subject, text));
        }
        if self
            .predicate
            .as_ref()
            .is_none_or(|(known, _)| *known != predicate)
        {
            self.predicate = Some((predicate, self.written_predicate(predicate)?));
        }
        // The memory of the group before serves again.
        let mut group = std::mem::take(&mut self.group);
        group.clear();
        self.given = 0;
        while let Some([_, _, object]) = self.triples.next_if(self.index, subject, predicate)? {
            group.push((object, None));
        }
        let of_default = group.len();
        while let Some([_, _, object, graph]) =
            self.named.next_if(self.index, subject, predicate)?
        {
            group.push((object, Some(graph)));
        }
        if group.len() > 1 {
            if of_default > 0 && of_default < group.len() {
                // The default graph comes first, as `None` does.
                group.sort_unstable();
            }
            if !group
                .iter()
                .all(|(object, _)| self.index.in_line_order(*object))
            {
                self.sort(&mut group)?;
            }
        }
        self.group = group;
        Ok(true)
    }

    fn written_predicate(&mut self, id: u32) -> Result<Rc<[u8]>> {
        if let Some(text) = self.predicates.get(&id) {
            return Ok(Rc::clone(text));
        }
        let mut text = Vec::new();
        self.index.write_term(id, &mut text, &mut self.key)?;
        let text: Rc<[u8]> = text.into();
        if self.predicates.len() == PREDICATES {
            self.predicates.clear();
        }
        self.predicates.insert(id, Rc::clone(&text));
        Ok(text)
    }

    /// Puts objects in the order of their canonical forms; graphs stay in theirs.
    fn sort(&mut self, group: &mut Vec<(u32, Option<u32>)>) -> Result<()> {
        let mut texts = Vec::with_capacity(group.len());
        for (object, graph) in group.drain(..) {
            let mut text = Vec::new();
            self.index.write_term(object, &mut text, &mut self.key)?;
            // A line goes on with a space.
            text.push(b' ');
            texts.push((text, object, graph));
        }
        texts.sort();
        group.extend(texts.into_iter().map(|(_, object, graph)| (object, graph)));
        Ok(())
    }
}
