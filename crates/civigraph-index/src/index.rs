//! An index opened for reading.

pub(crate) mod overlay;
mod quads;

pub use quads::Quads;

use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::header::{FILES, IndexHeader};
use crate::order::{IdPattern, NamedQuads, Triples};
use crate::permutation::Permutation;
use crate::run::MAX_DEPTH;
use crate::term::{self, kind};
use overlay::Overlay;
use oxrdf::{
    GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Quad, QuadRef, Term,
    TermRef, Triple,
};
use quads::GraphEntries;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// An immutable index of quads, mapped into memory. It can be shared between threads.
pub struct Index {
    pub(crate) folder: PathBuf,
    pub(crate) dictionary: Dictionary,
    /// Triple terms: depth, subject, predicate, object.
    pub(crate) triple_terms: Permutation<4>,
    pub(crate) triples: Triples,
    pub(crate) named: NamedQuads,
    load: Option<overlay::Load>,
    overlay: OnceLock<Overlay>,
    /// See [`largest_number`](Self::largest_number).
    pub(crate) largest: OnceLock<f64>,
}

/// Which graphs a pattern is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Graphs<'a> {
    /// The default graph.
    Default,
    /// One graph, by its name.
    Named(NamedOrBlankNodeRef<'a>),
    /// All graphs but the default graph.
    AllNamed,
}

impl Index {
    /// Opens the index in a folder.
    ///
    /// Reads the header and the checksums (4 bytes for each 64 KiB), and maps the files; their pages are read when
    /// something needs them.
    ///
    /// # Errors
    /// There is no index in the folder ([`ErrorKind::Foreign`](crate::ErrorKind)), it has another version of the
    /// format, or a file is missing or does not have the length that was written.
    pub fn open(folder: &Path) -> Result<Self> {
        let header = IndexHeader::read(folder)?;
        let path = |file| IndexHeader::path(folder, file);
        let [
            terms,
            triple_terms,
            spo,
            pos,
            osp,
            counts,
            spog,
            posg,
            ospg,
            gspo,
            gpos,
            gosp,
            named_counts,
        ] = header.files;
        let open3 = |file: usize, entry: crate::header::HeaderEntry| {
            Permutation::<3>::open(path(file), &entry.facts, entry.length)
        };
        let open4 = |file: usize, entry: crate::header::HeaderEntry| {
            Permutation::<4>::open(path(file), &entry.facts, entry.length)
        };
        Ok(Self {
            dictionary: Dictionary::open(path(0), &terms.facts, header.kinds)?,
            triple_terms: open4(1, triple_terms)?,
            triples: Triples {
                spo: open3(2, spo)?,
                pos: open3(3, pos)?,
                osp: open3(4, osp)?,
                counts: open3(5, counts)?,
            },
            named: NamedQuads {
                spog: open4(6, spog)?,
                posg: open4(7, posg)?,
                ospg: open4(8, ospg)?,
                gspo: open4(9, gspo)?,
                gpos: open4(10, gpos)?,
                gosp: open4(11, gosp)?,
                counts: open3(12, named_counts)?,
            },
            folder: folder.to_owned(),
            load: None,
            overlay: OnceLock::new(),
            largest: OnceLock::new(),
        })
    }

    /// Adds quads of named graphs that are read together with the index: in patterns, counts and queries, not in
    /// [`lines`](Self::lines). They are loaded when they are first needed, and kept in memory.
    #[must_use]
    pub fn with_overlay(
        mut self,
        load: impl Fn() -> std::io::Result<Vec<Quad>> + Send + Sync + 'static,
    ) -> Self {
        self.load = Some(Box::new(load));
        self.overlay = OnceLock::new();
        self
    }

    /// The quads beside the index, loaded.
    pub(crate) fn overlay(&self) -> Result<&Overlay> {
        if let Some(overlay) = self.overlay.get() {
            return Ok(overlay);
        }
        let overlay = match &self.load {
            None => Overlay::default(),
            Some(load) => {
                let quads = load()
                    .map_err(|e| Error::io(&self.folder, "read the quads beside the index", e))?;
                Overlay::new(self, quads)?
            }
        };
        Ok(self.overlay.get_or_init(|| overlay))
    }

    /// The folder of the index.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The names of the files of an index, the header last.
    pub fn file_names() -> impl Iterator<Item = &'static str> {
        FILES.into_iter().chain([crate::header::HEADER])
    }

    /// How many quads there are, each counted once.
    pub fn len(&self) -> u64 {
        (self.triples.spo.len() + self.named.spog.len()) as u64
    }

    /// Whether there are no quads.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many terms there are.
    pub fn terms(&self) -> u64 {
        u64::from(self.dictionary.len()) + self.triple_terms.len() as u64
    }

    /// Compares every page of every file with its checksum.
    ///
    /// # Errors
    /// The first page that does not have the bytes that were written.
    pub fn check(&self) -> Result<()> {
        self.dictionary.file().check_all()?;
        self.triple_terms.file().check_all()?;
        self.triples.check()?;
        self.named.check()
    }

    /// How many quads match a pattern: found by searching, without reading them.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn count(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64> {
        let Some(pattern) = self.pattern(subject, predicate, object)? else {
            return Ok(0);
        };
        let count = match graphs {
            Graphs::Default => self.triples.count(&pattern)?,
            Graphs::AllNamed => self.count_named(&pattern, None)?,
            Graphs::Named(graph) => match self.id(graph.into())? {
                Some(graph) => self.count_named(&pattern, Some(graph))?,
                None => 0,
            },
        };
        Ok(count as u64)
    }

    fn count_named(&self, pattern: &IdPattern, graph: Option<u32>) -> Result<usize> {
        let beside = self.overlay()?.scan(pattern, graph).count();
        Ok(self.named.count(pattern, graph)? + beside)
    }

    /// The quads that match a pattern; with no graph, those of all graphs.
    pub fn quads_for_pattern(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Quads<'_> {
        self.matching(subject, predicate, object, graph)
            .unwrap_or_else(|error| Quads {
                index: self,
                entries: Box::new(std::iter::once(Err(error))),
            })
    }

    fn matching(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Result<Quads<'_>> {
        let quads = |entries| {
            Ok(Quads {
                index: self,
                entries,
            })
        };
        let none = || quads(Box::new(std::iter::empty()) as GraphEntries<'_>);
        let Some(pattern) = self.pattern(subject, predicate, object)? else {
            return none();
        };
        let default = || {
            self.triples
                .scan(&pattern, None)
                .map(|entry| entry.map(|[s, p, o]| ([s, p, o], None)))
        };
        let named = |graph| -> Result<_> {
            let beside = self.overlay()?.scan(&pattern, graph).map(Ok);
            let entries = self.named.scan(&pattern, graph, None).chain(beside);
            Ok(entries.map(|entry| entry.map(|[s, p, o, g]| ([s, p, o], Some(g)))))
        };
        match graph {
            None => quads(Box::new(default().chain(named(None)?))),
            Some(GraphNameRef::DefaultGraph) => quads(Box::new(default())),
            Some(GraphNameRef::NamedNode(node)) => match self.id(node.into())? {
                Some(graph) => quads(Box::new(named(Some(graph))?)),
                None => none(),
            },
            Some(GraphNameRef::BlankNode(node)) => match self.id(node.into())? {
                Some(graph) => quads(Box::new(named(Some(graph))?)),
                None => none(),
            },
        }
    }

    /// Whether a quad is in the index, or beside it.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn contains<'q>(&self, quad: impl Into<QuadRef<'q>>) -> Result<bool> {
        let quad = quad.into();
        let found = self
            .quads_for_pattern(
                Some(quad.subject),
                Some(quad.predicate),
                Some(quad.object),
                Some(quad.graph_name),
            )
            .entries
            .next();
        found.transpose().map(|entry| entry.is_some())
    }

    /// Whether a quad is in the index itself.
    pub(crate) fn stores(&self, quad: &Quad) -> Result<bool> {
        let terms = [
            quad.subject.as_ref().into(),
            quad.predicate.as_ref().into(),
            quad.object.as_ref(),
        ];
        let mut ids = [0; 3];
        for (id, term) in ids.iter_mut().zip(terms) {
            match self.stored_id(term)? {
                Some(stored) => *id = stored,
                None => return Ok(false),
            }
        }
        let [s, p, o] = ids;
        match term::named_graph(&quad.graph_name) {
            None => Ok(self.triples.spo.find(&ids)?.is_some()),
            Some(graph) => match self.stored_id(graph.as_ref())? {
                Some(g) => Ok(self.named.spog.find(&[s, p, o, g])?.is_some()),
                None => Ok(false),
            },
        }
    }

    /// The names of the graphs, in order.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn named_graphs(&self) -> Result<Vec<GraphName>> {
        let beside = self.overlay()?.graphs();
        let mut ids = self.named.graphs().collect::<Result<Vec<u32>>>()?;
        ids.extend(beside);
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter()
            .map(|id| {
                let node = term::node(self.term(id)?);
                let node = node.ok_or_else(|| self.misplaced("a graph"))?;
                Ok(term::graph(node))
            })
            .collect()
    }

    /// The subjects of the default graph whose IRIs start with a text, in order of their IRIs. Reads what it gives, and
    /// not the quads about it.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn subjects_starting_with(
        &self,
        start: &str,
    ) -> Result<impl Iterator<Item = Result<NamedNode>> + use<'_>> {
        let mut key = vec![term::kind::IRI];
        key.extend_from_slice(start.as_bytes());
        let first = self.dictionary.lower_bound(&key)?;
        // Ahead of all keys that go on with anything greater: no byte of UTF-8 is this one.
        key.push(u8::MAX);
        let ids = first..self.dictionary.lower_bound(&key)?;
        let subjects = self.triples.subjects(&ids);
        Ok(subjects.map(|id| match self.term(id?)? {
            Term::NamedNode(node) => Ok(node),
            _ => Err(self.misplaced("a subject")),
        }))
    }

    /// The ids of the three terms; `None` where one of them is not in the index.
    pub(crate) fn pattern(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Result<Option<IdPattern>> {
        let mut pattern = IdPattern::default();
        let terms = [
            (subject.map(TermRef::from), &mut pattern.subject),
            (predicate.map(TermRef::from), &mut pattern.predicate),
            (object, &mut pattern.object),
        ];
        for (term, place) in terms {
            if let Some(term) = term {
                match self.id(term)? {
                    Some(id) => *place = Some(id),
                    None => return Ok(None),
                }
            }
        }
        Ok(Some(pattern))
    }

    /// The id of a term, if it is in the index or beside it.
    pub(crate) fn id(&self, term: TermRef<'_>) -> Result<Option<u32>> {
        match self.stored_id(term)? {
            None if self.load.is_some() => {
                Ok(self.overlay()?.id(&term::canonical(term.into_owned())))
            }
            id => Ok(id),
        }
    }

    /// The id of a term, if it is in the index.
    pub(crate) fn stored_id(&self, term: TermRef<'_>) -> Result<Option<u32>> {
        let mut key = Vec::with_capacity(64);
        match term {
            TermRef::NamedNode(node) => term::encode_iri(&mut key, node.as_str()),
            TermRef::BlankNode(node) => term::encode_blank(&mut key, node.as_str()),
            TermRef::Literal(literal) => {
                if term::encode_literal(&mut key, literal).is_none() {
                    return Ok(None);
                }
            }
            TermRef::Triple(triple) => {
                return Ok(self.triple_id(triple)?.map(|(id, _)| id));
            }
        }
        self.dictionary.find(&key)
    }

    /// The id of a triple term and its depth.
    fn triple_id(&self, triple: &Triple) -> Result<Option<(u32, u32)>> {
        let mut innermost = triple;
        for _ in 0..MAX_DEPTH {
            match &innermost.object {
                Term::Triple(inner) => innermost = inner,
                _ => return self.shallow_triple_id(triple),
            }
        }
        // Deeper than those of an index.
        Ok(None)
    }

    fn shallow_triple_id(&self, triple: &Triple) -> Result<Option<(u32, u32)>> {
        let Some(subject) = self.stored_id(triple.subject.as_ref().into())? else {
            return Ok(None);
        };
        let Some(predicate) = self.stored_id(triple.predicate.as_ref().into())? else {
            return Ok(None);
        };
        let object = match &triple.object {
            Term::Triple(inner) => self.shallow_triple_id(inner)?,
            other => self.stored_id(other.as_ref())?.map(|id| (id, 0)),
        };
        let Some((object, depth)) = object else {
            return Ok(None);
        };
        let depth = depth + 1;
        let entry = [depth, subject, predicate, object];
        let found = self.triple_terms.find(&entry)?;
        Ok(found.map(|position| (self.triple_term_id(position), depth)))
    }

    pub(crate) fn triple_term_id(&self, position: usize) -> u32 {
        // All terms together have ids.
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        self.dictionary.len().saturating_add(position)
    }

    /// The three terms of a triple term.
    pub(crate) fn triple_term(&self, id: u32) -> Result<Option<[u32; 3]>> {
        let Some(position) = id.checked_sub(self.dictionary.len()) else {
            return Ok(None);
        };
        if id >= overlay::FIRST {
            return Ok(None);
        }
        let [_, subject, predicate, object] = self.triple_terms.get(position as usize)?;
        let keys = self.dictionary.len();
        if subject >= keys || predicate >= keys || object >= id {
            return Err(self.misplaced("a term of a triple term"));
        }
        Ok(Some([subject, predicate, object]))
    }

    /// An error about ids that point where they cannot.
    #[cold]
    pub(crate) fn misplaced(&self, what: &str) -> Error {
        Error::damaged(
            &self.folder,
            format!("{what} has an id of another kind of term"),
        )
    }

    #[cold]
    fn too_deep(&self) -> Error {
        let path = self.triple_terms.file().path();
        Error::damaged(
            path,
            format!("a triple term is nested deeper than {MAX_DEPTH} levels"),
        )
    }

    /// The term with an id.
    pub(crate) fn term(&self, id: u32) -> Result<Term> {
        self.term_within(id, MAX_DEPTH)
    }

    /// The term with an id, nested so deep at most.
    fn term_within(&self, id: u32, depth: u32) -> Result<Term> {
        if let Some([subject, predicate, object]) = self.triple_term(id)? {
            let depth = depth.checked_sub(1).ok_or_else(|| self.too_deep())?;
            let subject = term::node(self.term(subject)?);
            return Ok(Term::Triple(Box::new(Triple {
                subject: subject.ok_or_else(|| self.misplaced("a subject"))?,
                predicate: self.predicate(predicate)?,
                object: self.term_within(object, depth)?,
            })));
        }
        if id >= overlay::FIRST {
            let term = self.overlay()?.term(id).cloned();
            return term.ok_or_else(|| self.misplaced("a term beside the index"));
        }
        let (shared, rest) = self.dictionary.parts(id)?;
        let damaged = || {
            Error::damaged(
                self.dictionary.file().path(),
                format!("term {id} is damaged"),
            )
        };
        if shared.is_empty() {
            return term::decode(rest).ok_or_else(damaged);
        }
        if rest.is_empty() {
            return term::decode(shared).ok_or_else(damaged);
        }
        let mut key = Vec::with_capacity(shared.len() + rest.len());
        key.extend_from_slice(shared);
        key.extend_from_slice(rest);
        term::decode(&key).ok_or_else(damaged)
    }

    /// A predicate by its id.
    pub(crate) fn predicate(&self, id: u32) -> Result<NamedNode> {
        match self.term(id)? {
            Term::NamedNode(node) => Ok(node),
            _ => Err(self.misplaced("a predicate")),
        }
    }

    /// The quad of ids.
    pub(crate) fn quad(&self, [s, p, o]: [u32; 3], g: Option<u32>) -> Result<Quad> {
        let subject = term::node(self.term(s)?).ok_or_else(|| self.misplaced("a subject"))?;
        let graph_name = match g {
            None => GraphName::DefaultGraph,
            Some(g) => {
                term::graph(term::node(self.term(g)?).ok_or_else(|| self.misplaced("a graph"))?)
            }
        };
        Ok(Quad {
            subject,
            predicate: self.predicate(p)?,
            object: self.term(o)?,
            graph_name,
        })
    }

    /// Appends the canonical N-Quads form of a term.
    pub(crate) fn write_term(&self, id: u32, out: &mut Vec<u8>, key: &mut Vec<u8>) -> Result<()> {
        let (mut id, mut depth) = (id, 0);
        while let Some([subject, predicate, object]) = self.triple_term(id)? {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(self.too_deep());
            }
            out.extend_from_slice(b"<<( ");
            for part in [subject, predicate] {
                self.write_key(part, out, key)?;
                out.push(b' ');
            }
            id = object;
        }
        self.write_key(id, out, key)?;
        for _ in 0..depth {
            out.extend_from_slice(b" )>>");
        }
        Ok(())
    }

    /// Appends the canonical N-Quads form of a term that is not a triple term.
    fn write_key(&self, id: u32, out: &mut Vec<u8>, key: &mut Vec<u8>) -> Result<()> {
        self.dictionary.key(id, key)?;
        term::write_canonical(out, key).ok_or_else(|| {
            Error::damaged(
                self.dictionary.file().path(),
                format!("term {id} is damaged"),
            )
        })
    }

    /// Whether ids of a kind are in the order of canonical lines.
    pub(crate) fn in_line_order(&self, id: u32) -> bool {
        id < self.dictionary.len() && self.dictionary.kind(id) >= kind::STRING
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}
