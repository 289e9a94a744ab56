//! A run in memory, sorted and written as an index.

use crate::dictionary::DictionaryWriter;
use crate::error::{Error, ErrorKind, Result};
use crate::header::{HeaderEntry, IndexHeader};
use crate::permutation::PermutationWriter;
use crate::run::{DEFAULT, QuadRun, TRIPLE, TermTable, TripleEntry, sorted_numbers};
use std::path::Path;

/// The ids of the numbers of a run.
pub(crate) struct Ids {
    terms: Vec<u32>,
    triples: Vec<u32>,
    /// Triple terms with their ids, in order.
    entries: Vec<TripleEntry>,
    /// Numbers of keys in the order of ids.
    order: Vec<u32>,
}

impl Ids {
    pub(crate) fn of(terms: &TermTable, triples: &[TripleEntry], folder: &Path) -> Result<Self> {
        let order = sorted_numbers(terms);
        let mut ids = vec![0; order.len()];
        for (id, number) in (0..).zip(&order) {
            if let Some(place) = ids.get_mut(*number as usize) {
                *place = id;
            }
        }
        let mut ids = Self {
            terms: ids,
            triples: vec![0; triples.len()],
            entries: Vec::with_capacity(triples.len()),
            order,
        };
        let count = ids.terms.len() + triples.len();
        if u32::try_from(count).is_ok_and(|count| count < TRIPLE) {
            ids.number_triples(triples);
            Ok(ids)
        } else {
            Err(Error::new(
                ErrorKind::Full,
                folder,
                "more terms than ids can number",
            ))
        }
    }

    /// Gives triple terms their ids, those of the smallest depth first: the others are made of them.
    fn number_triples(&mut self, triples: &[TripleEntry]) {
        let mut by_depth: Vec<(&TripleEntry, usize)> = triples.iter().zip(0..).collect();
        by_depth.sort_unstable_by_key(|([depth, ..], _)| *depth);
        for level in by_depth.chunk_by(|([one, ..], _), ([other, ..], _)| one == other) {
            let mut level: Vec<(TripleEntry, usize)> = level
                .iter()
                .map(|([depth, s, p, o], number)| {
                    ([*depth, self.id(*s), self.id(*p), self.id(*o)], *number)
                })
                .collect();
            level.sort_unstable();
            for (entry, number) in level {
                let id = self.terms.len() + self.entries.len();
                if let Some(place) = self.triples.get_mut(number) {
                    // Their count was compared with what ids can number.
                    *place = u32::try_from(id).unwrap_or(u32::MAX);
                }
                self.entries.push(entry);
            }
        }
    }

    /// The id of a number.
    #[inline]
    pub(crate) fn id(&self, number: u32) -> u32 {
        if number == DEFAULT {
            return DEFAULT;
        }
        let (list, at) = match number & TRIPLE {
            0 => (&self.terms, number),
            _ => (&self.triples, number & !TRIPLE),
        };
        list.get(at as usize).copied().unwrap_or_default()
    }

    fn count(&self) -> usize {
        self.terms.len() + self.triples.len()
    }
}

/// Writes a run as an index into a folder that exists. The quads that it takes back are not looked at.
pub(crate) fn write_run(run: QuadRun, folder: &Path) -> Result<Ids> {
    if u32::try_from(run.quads.len()).is_err() {
        let message = "more quads at once than can be sorted";
        return Err(Error::new(ErrorKind::Full, folder, message));
    }
    let ids = Ids::of(&run.terms, &run.triples, folder)?;
    let mut triples = Vec::with_capacity(run.quads.len());
    let mut named = Vec::new();
    for [s, p, o, g] in &run.quads {
        let [s, p, o] = [ids.id(*s), ids.id(*p), ids.id(*o)];
        if *g == DEFAULT {
            triples.push([s, p, o]);
        } else {
            named.push([s, p, o, ids.id(*g)]);
        }
    }
    drop(run.quads);
    let terms = ids.count();
    let mut header = IndexHeader::default();
    std::thread::scope(|scope| {
        let dictionary = scope.spawn(|| write_dictionary(&run.terms, &ids, folder));
        let named = scope.spawn(move || write_named(named, terms, folder));
        let triples = write_triples(triples, terms, folder)?;
        let named = joined(named.join(), folder)?;
        let (terms, triple_terms, kinds) = joined(dictionary.join(), folder)?;
        header.kinds = kinds;
        let written = [terms, triple_terms]
            .into_iter()
            .chain(triples)
            .chain(named);
        for (place, entry) in header.files.iter_mut().zip(written) {
            *place = entry;
        }
        Ok(())
    })?;
    header.write(folder)?;
    Ok(ids)
}

/// The result of a thread.
pub(crate) fn joined<T>(result: std::thread::Result<Result<T>>, folder: &Path) -> Result<T> {
    result.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Io,
            folder,
            "a thread that wrote the index ended early",
        ))
    })
}

fn write_dictionary(
    terms: &TermTable,
    ids: &Ids,
    folder: &Path,
) -> Result<(HeaderEntry, HeaderEntry, crate::dictionary::Kinds)> {
    let mut writer = DictionaryWriter::create(&IndexHeader::path(folder, 0))?;
    for number in &ids.order {
        writer.push(terms.key(*number))?;
    }
    let (facts, kinds) = writer.finish()?;
    let length = terms.len() as u64;
    let triple_terms = write_order(folder, 1, ids.entries.iter().copied())?;
    Ok((HeaderEntry { length, facts }, triple_terms, kinds))
}

/// Writes entries that are in order.
pub(crate) fn write_order<const N: usize>(
    folder: &Path,
    file: usize,
    entries: impl Iterator<Item = [u32; N]>,
) -> Result<HeaderEntry> {
    let mut writer = PermutationWriter::create(&IndexHeader::path(folder, file))?;
    for entry in entries {
        writer.push(&entry)?;
    }
    let (facts, length) = writer.finish()?;
    Ok(HeaderEntry { length, facts })
}

fn write_triples(
    mut triples: Vec<[u32; 3]>,
    terms: usize,
    folder: &Path,
) -> Result<[HeaderEntry; 4]> {
    for column in [2, 1, 0] {
        triples = sorted_by(triples, column, terms);
    }
    let counts = deduplicate(&mut triples);
    let spo = write_order(folder, 2, triples.iter().copied())?;
    let counts = write_order(folder, 5, counts.into_iter())?;
    // Sorting keeps the order of what is equal: by object, and within an object by subject and predicate.
    let triples = sorted_by(triples, 2, terms);
    let osp = write_order(folder, 4, triples.iter().map(|[s, p, o]| [*o, *s, *p]))?;
    let triples = sorted_by(triples, 1, terms);
    let pos = write_order(folder, 3, triples.iter().map(|[s, p, o]| [*p, *o, *s]))?;
    Ok([spo, pos, osp, counts])
}

fn write_named(mut quads: Vec<[u32; 4]>, terms: usize, folder: &Path) -> Result<[HeaderEntry; 7]> {
    for column in [3, 2, 1, 0] {
        quads = sorted_by(quads, column, terms);
    }
    let counts = deduplicate(&mut quads);
    let spog = write_order(folder, 6, quads.iter().copied())?;
    let counts = write_order(folder, 12, counts.into_iter())?;
    let by_graph = sorted_by(quads.clone(), 3, terms);
    let gspo = write_order(
        folder,
        9,
        by_graph.iter().map(|[s, p, o, g]| [*g, *s, *p, *o]),
    )?;
    drop(by_graph);
    let quads = sorted_by(quads, 2, terms);
    let ospg = write_order(folder, 8, quads.iter().map(|[s, p, o, g]| [*o, *s, *p, *g]))?;
    let by_graph = sorted_by(quads.clone(), 3, terms);
    let gosp = write_order(
        folder,
        11,
        by_graph.iter().map(|[s, p, o, g]| [*g, *o, *s, *p]),
    )?;
    drop(by_graph);
    let quads = sorted_by(quads, 1, terms);
    let posg = write_order(folder, 7, quads.iter().map(|[s, p, o, g]| [*p, *o, *s, *g]))?;
    let quads = sorted_by(quads, 3, terms);
    let gpos = write_order(
        folder,
        10,
        quads.iter().map(|[s, p, o, g]| [*g, *p, *o, *s]),
    )?;
    Ok([spog, posg, ospg, gspo, gpos, gosp, counts])
}

/// Sorts by one column; what is equal there stays in its order. `ids` is above all ids.
fn sorted_by<const N: usize>(
    mut entries: Vec<[u32; N]>,
    column: usize,
    ids: usize,
) -> Vec<[u32; N]> {
    let id = |entry: &[u32; N]| entry.get(column).copied().unwrap_or_default();
    if entries.len() < ids / 8 {
        entries.sort_by_key(id);
        return entries;
    }
    let mut places = vec![0_u32; ids + 1];
    for entry in &entries {
        if let Some(place) = places.get_mut(id(entry) as usize + 1) {
            *place += 1;
        }
    }
    let mut before = 0;
    for place in &mut places {
        before += *place;
        *place = before;
    }
    let mut sorted = vec![[0; N]; entries.len()];
    for entry in &entries {
        if let Some(place) = places.get_mut(id(entry) as usize) {
            if let Some(to) = sorted.get_mut(*place as usize) {
                *to = *entry;
            }
            *place += 1;
        }
    }
    sorted
}

/// Keeps each entry once. Gives the positions (high and low half) of those that were there more often, and how
/// often.
fn deduplicate<const N: usize>(entries: &mut Vec<[u32; N]>) -> Vec<[u32; 3]> {
    let mut counts = Vec::new();
    let mut last = None;
    let mut position = 0_u64;
    let mut repeated = 1_u32;
    entries.retain(|entry| {
        if last == Some(*entry) {
            repeated = repeated.saturating_add(1);
            return false;
        }
        if repeated > 1 {
            counts.push(count_entry(position - 1, repeated));
            repeated = 1;
        }
        last = Some(*entry);
        position += 1;
        true
    });
    if repeated > 1 {
        counts.push(count_entry(position - 1, repeated));
    }
    counts
}

/// The entry for a quad that was made more than once.
pub(crate) fn count_entry(position: u64, count: u32) -> [u32; 3] {
    let [high, low] = [position >> 32, position & u64::from(u32::MAX)];
    // Both are below 2^32.
    [high as u32, low as u32, count]
}
