//! A small change made to an index: a new one, in one pass over the old one.

use crate::builder::{Options, prepare, temporary};
use crate::error::{Error, ErrorKind, Result};
use crate::index::Index;
use crate::merge::{MergeInput, count_of, merge};
use crate::order::IdPattern;
use crate::run::{DEFAULT, QuadChunk, QuadRun, TRIPLE};
use crate::sorted::write_run;
use oxrdf::Quad;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::path::Path;

/// Quads that are made more or less often than in an index.
#[derive(Debug, Default)]
pub struct QuadChanges {
    run: QuadRun,
}

/// What an amended index has that the old one had not, and the other way round. Quads that are only made more or less
/// often are in neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuadDifference {
    /// Quads that nothing makes any more.
    pub gone: Vec<Quad>,
    /// Quads that are new.
    pub came: Vec<Quad>,
}

impl QuadChanges {
    /// No changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the quads that a chunk adds and takes back.
    ///
    /// # Errors
    /// There are more terms than ids can number.
    pub fn add(&mut self, chunk: QuadChunk) -> Result<()> {
        self.run.absorb(chunk, Path::new("changes"))
    }

    /// How many quads were added and taken back.
    pub fn len(&self) -> usize {
        self.run.quads.len() + self.run.removed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.run.is_empty()
    }

    /// How much more or less often each quad is made; those that stay the same are left out.
    fn net(&self) -> Vec<([u32; 4], i64)> {
        let mut sums: FxHashMap<[u32; 4], i64> = FxHashMap::default();
        for quad in &self.run.quads {
            *sums.entry(*quad).or_default() += 1;
        }
        for quad in &self.run.removed {
            *sums.entry(*quad).or_default() -= 1;
        }
        let mut net: Vec<_> = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
        net.sort_unstable();
        net
    }
}

impl Index {
    /// Writes an index of the quads of this one, changed, into a folder, which is made. Its files are those that a
    /// [`IndexBuilder`](crate::IndexBuilder) makes of the changed quads, byte for byte.
    ///
    /// # Errors
    /// The changes take back what this index does not have, or the folder holds an index ([`ErrorKind::Misfit`]); this
    /// index is damaged; or the new one cannot be written.
    pub fn amend(
        &self,
        changes: &QuadChanges,
        folder: &Path,
        options: &Options,
    ) -> Result<QuadDifference> {
        prepare(folder)?;
        let net = changes.net();
        let (more, less): (Vec<_>, Vec<_>) = net.into_iter().partition(|(_, sum)| *sum > 0);
        let mut difference = QuadDifference::default();
        let source = self.source(&changes.run, &less, &mut difference)?;

        let mut added = Adder::new(&changes.run);
        for (quad, sum) in &more {
            added.push(*quad, *sum);
        }
        let Adder { to, .. } = added;
        let mut run = QuadRun::default();
        run.absorb(to, folder)?;
        let added_folder = temporary(folder)?;
        write_run(run, added_folder.path())?;
        let added = Index::open(added_folder.path())?;
        for quad in added.quads_for_pattern(None, None, None, None) {
            let quad = quad?;
            if !self.stores(&quad)? {
                difference.came.push(quad);
            }
        }
        merge(
            &[source, MergeInput::whole(&added)],
            folder,
            options.threads,
        )?;
        Ok(difference)
    }

    /// What of this index goes into the new one.
    fn source(
        &self,
        run: &QuadRun,
        less: &[([u32; 4], i64)],
        difference: &mut QuadDifference,
    ) -> Result<MergeInput<'_>> {
        let misfit = || {
            Error::new(
                ErrorKind::Misfit,
                self.folder(),
                "a quad is taken back that the index does not have",
            )
        };
        let mut source = MergeInput::whole(self);
        let mut known = RunIds {
            index: self,
            run,
            ids: FxHashMap::default(),
        };
        let mut gone: FxHashMap<u32, u64> = FxHashMap::default();
        for ([s, p, o, g], sum) in less {
            let mut id = |number: u32| known.id(number)?.ok_or_else(misfit);
            let (s, p, o) = (id(*s)?, id(*p)?, id(*o)?);
            let graph = match *g {
                DEFAULT => None,
                graph => Some(id(graph)?),
            };
            let less = sum.unsigned_abs();
            let count = match graph {
                None => {
                    source.triples.push(([s, p, o], less));
                    count_of(&self.triples.spo, &self.triples.counts, &[s, p, o])?
                }
                Some(g) => {
                    source.named.push(([s, p, o, g], less));
                    count_of(&self.named.spog, &self.named.counts, &[s, p, o, g])?
                }
            };
            if count < less {
                return Err(misfit());
            }
            if count == less {
                difference.gone.push(self.quad([s, p, o], graph)?);
                for id in [s, p, o].into_iter().chain(graph) {
                    *gone.entry(id).or_default() += 1;
                }
            }
        }
        source.triples.sort_unstable();
        source.named.sort_unstable();
        self.find_unused(gone, &mut source)?;
        Ok(source)
    }

    /// Finds the terms that only quads that are gone needed. `gone` says how often those need each term.
    fn find_unused(
        &self,
        mut gone: FxHashMap<u32, u64>,
        source: &mut MergeInput<'_>,
    ) -> Result<()> {
        let mut within: FxHashMap<u32, u64> = FxHashMap::default();
        if !gone.is_empty() {
            for entry in self.triple_terms.range(&[], None) {
                let [_, parts @ ..] = entry?;
                for part in parts {
                    *within.entry(part).or_default() += 1;
                }
            }
        }
        // The greatest first: what a triple term is made of has smaller ids.
        let mut candidates: BTreeSet<u32> = gone.keys().copied().collect();
        while let Some(id) = candidates.pop_last() {
            let needed = self.occurrences(id)? + within.get(&id).copied().unwrap_or(0);
            if gone.get(&id).is_none_or(|gone| *gone < needed) {
                continue;
            }
            match self.triple_term(id)? {
                None => source.unused.push(id),
                Some(parts) => {
                    source.unused_triples.push(id);
                    for part in parts {
                        *gone.entry(part).or_default() += 1;
                        candidates.insert(part);
                    }
                }
            }
        }
        source.unused.sort_unstable();
        source.unused_triples.sort_unstable();
        Ok(())
    }

    /// In how many places of quads a term is.
    fn occurrences(&self, id: u32) -> Result<u64> {
        let of = |pattern: IdPattern| -> Result<usize> {
            Ok(self.triples.count(&pattern)? + self.named.count(&pattern, None)?)
        };
        let id = Some(id);
        let count = of(IdPattern {
            subject: id,
            ..IdPattern::default()
        })? + of(IdPattern {
            predicate: id,
            ..IdPattern::default()
        })? + of(IdPattern {
            object: id,
            ..IdPattern::default()
        })? + self.named.count(&IdPattern::default(), id)?;
        Ok(count as u64)
    }
}

/// The ids in an index of the numbers of a run.
struct RunIds<'a> {
    index: &'a Index,
    run: &'a QuadRun,
    ids: FxHashMap<u32, Option<u32>>,
}

impl RunIds<'_> {
    fn id(&mut self, number: u32) -> Result<Option<u32>> {
        if let Some(id) = self.ids.get(&number) {
            return Ok(*id);
        }
        let id = if number & TRIPLE == 0 {
            self.index.dictionary.find(self.run.terms.key(number))?
        } else {
            self.triple_id((number & !TRIPLE) as usize)?
        };
        self.ids.insert(number, id);
        Ok(id)
    }

    fn triple_id(&mut self, position: usize) -> Result<Option<u32>> {
        let Some([depth, s, p, o]) = self.run.triples.get(position).copied() else {
            return Ok(None);
        };
        let (Some(s), Some(p), Some(o)) = (self.id(s)?, self.id(p)?, self.id(o)?) else {
            return Ok(None);
        };
        let found = self.index.triple_terms.find(&[depth, s, p, o])?;
        Ok(found.map(|position| self.index.triple_term_id(position)))
    }
}

/// Copies quads of a run into a chunk, with the terms that they need and no others.
struct Adder<'a> {
    from: &'a QuadRun,
    to: QuadChunk,
    numbers: FxHashMap<u32, u32>,
}

impl<'a> Adder<'a> {
    fn new(from: &'a QuadRun) -> Self {
        Self {
            from,
            to: QuadChunk::new(),
            numbers: FxHashMap::default(),
        }
    }

    fn push(&mut self, quad: [u32; 4], times: i64) {
        let quad = quad.map(|number| match number {
            DEFAULT => DEFAULT,
            number => self.number(number),
        });
        for _ in 0..times {
            self.to.quads.push(quad);
        }
    }

    fn number(&mut self, number: u32) -> u32 {
        if let Some(known) = self.numbers.get(&number) {
            return *known;
        }
        let new = if number & TRIPLE == 0 {
            self.to.number_of(self.from.terms.key(number))
        } else {
            let position = (number & !TRIPLE) as usize;
            let [depth, s, p, o] = self.from.triples.get(position).copied().unwrap_or_default();
            let parts = [self.number(s), self.number(p), self.number(o)];
            self.to.triple_of(depth, parts)
        };
        self.numbers.insert(number, new);
        new
    }
}
