//! Terms by id: their keys in order, front-coded in blocks of 16.
//!
//! ```text
//! terms    block │ block │ …           │ where each block starts (u64), and the end
//! block    length, key │ shared, rest length, rest │ …      lengths are varints
//! ```
//!
//! Each key after the first one of its block is kept as how much it shares with the first one, and the rest.

use crate::block::{put, take};
use crate::error::{Error, ErrorKind, Result};
use crate::page::{FileFacts, PageFile, PageWriter};
use crate::term::{self, kind};
use std::cmp::Ordering;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Keys of a block.
const BLOCK: u32 = 16;

/// Terms that are touched together.
const TOUCHED: usize = 32;

/// Ids that terms of an index can have; the others are for terms that a query makes.
pub(crate) const MAX_TERMS: u32 = 1 << 31;

/// The first id of each kind of term, and the end.
pub(crate) type Kinds = [u32; kind::ALL.len() + 1];

/// Writes keys in order.
pub(crate) struct DictionaryWriter {
    file: PageWriter,
    path: PathBuf,
    offsets: Vec<u8>,
    head: Vec<u8>,
    packed: Vec<u8>,
    kinds: Kinds,
    /// The kind of the last key.
    kind: u8,
    length: u32,
}

impl DictionaryWriter {
    pub(crate) fn create(path: &Path) -> Result<Self> {
        Ok(Self {
            file: PageWriter::create(path)?,
            path: path.to_owned(),
            offsets: Vec::new(),
            head: Vec::new(),
            packed: Vec::with_capacity(1 << 16),
            kinds: [0; kind::ALL.len() + 1],
            kind: 0,
            length: 0,
        })
    }

    /// Adds a key that is greater than the one before; gives its id.
    pub(crate) fn push(&mut self, key: &[u8]) -> Result<u32> {
        let id = self.length;
        if id >= MAX_TERMS {
            return Err(self.too_many());
        }
        if !term::is_writable(key) {
            return Err(Error::new(
                ErrorKind::Term,
                &self.path,
                format!(
                    "a line of N-Quads cannot hold the term {}",
                    String::from_utf8_lossy(key.get(1..).unwrap_or_default()).escape_debug()
                ),
            ));
        }
        let length = |part: &[u8]| {
            u32::try_from(part.len()).map_err(|_| {
                Error::new(
                    ErrorKind::Full,
                    &self.path,
                    "a term is longer than 4 GiB".to_owned(),
                )
            })
        };
        if id.is_multiple_of(BLOCK) {
            if self.packed.len() >= 1 << 15 {
                self.file.write(&self.packed)?;
                self.packed.clear();
            }
            let at = self.file.position() + self.packed.len() as u64;
            self.offsets.extend_from_slice(&at.to_le_bytes());
            put(&mut self.packed, length(key)?);
            self.packed.extend_from_slice(key);
            self.head.clear();
            self.head.extend_from_slice(key);
        } else {
            let shared = shared(&self.head, key);
            let (start, rest) = key.split_at(shared);
            put(&mut self.packed, length(start)?);
            put(&mut self.packed, length(rest)?);
            self.packed.extend_from_slice(rest);
        }
        if let Some(&kind) = key.first() {
            self.note_kind(kind, id);
        }
        self.length += 1;
        Ok(id)
    }

    #[cold]
    fn too_many(&self) -> Error {
        Error::new(
            ErrorKind::Full,
            &self.path,
            format!("more than {MAX_TERMS} terms"),
        )
    }

    /// Notes the kind of the key with an id, which is that of the key before or a greater one.
    #[inline]
    fn note_kind(&mut self, kind: u8, id: u32) {
        if kind == self.kind {
            return;
        }
        for (first, of) in self.kinds.iter_mut().zip(kind::ALL) {
            if self.kind < of && of <= kind {
                *first = id;
            }
        }
        self.kind = kind;
    }

    /// Whether the next key starts a block.
    pub(crate) fn at_block(&self) -> bool {
        self.length.is_multiple_of(BLOCK)
    }

    /// Adds the keys of whole blocks of another dictionary as they are; gives the id of the first one. The next key must
    /// start a block.
    pub(crate) fn copy(&mut self, from: &Dictionary, ids: Range<u32>) -> Result<u32> {
        let id = self.length;
        let added = ids.end - ids.start;
        let length = id.checked_add(added).filter(|length| *length <= MAX_TERMS);
        let length = length.ok_or_else(|| self.too_many())?;
        let blocks = (ids.start / BLOCK) as usize..ids.end.div_ceil(BLOCK) as usize;
        let (start, end) = (from.offset(blocks.start)?, from.offset(blocks.end)?);
        self.file.write(&self.packed)?;
        self.packed.clear();
        let to = self.file.position();
        for block in blocks.clone() {
            let at = from.offset(block)?;
            let behind = at.checked_sub(start).filter(|_| at <= end);
            let behind = behind.ok_or_else(|| from.file.damaged_at(from.offsets + block * 8))?;
            self.offsets
                .extend_from_slice(&(to + behind as u64).to_le_bytes());
        }
        self.file.write(from.file.bytes(start..end)?)?;
        for kind in kind::ALL {
            let of_kind = from.ids_of(kind);
            let first = of_kind.start.max(ids.start);
            if first < of_kind.end.min(ids.end) {
                self.note_kind(kind, id + (first - ids.start));
            }
        }
        // The last block of all may go on.
        self.head.clear();
        self.head.extend_from_slice(from.head(blocks.end - 1)?);
        self.length = length;
        Ok(id)
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<(FileFacts, Kinds)> {
        self.file.write(&self.packed)?;
        let second = self.file.position();
        self.offsets.extend_from_slice(&second.to_le_bytes());
        self.file.write(&self.offsets)?;
        self.note_kind(u8::MAX, self.length);
        if let Some(end) = self.kinds.last_mut() {
            *end = self.length;
        }
        Ok((self.file.finish(second)?, self.kinds))
    }
}

/// How many bytes two keys share at their start.
fn shared(a: &[u8], b: &[u8]) -> usize {
    let mut same = 0;
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        if a != b {
            break;
        }
        same += 8;
    }
    let rest = a.iter().skip(same).zip(b.iter().skip(same));
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The keys of an index.
#[derive(Debug)]
pub(crate) struct Dictionary {
    file: PageFile,
    kinds: Kinds,
    offsets: usize,
    blocks: usize,
}

impl Dictionary {
    pub(crate) fn open(path: PathBuf, facts: &FileFacts, kinds: Kinds) -> Result<Self> {
        let file = PageFile::open(path, facts)?;
        let length = kinds.last().copied().unwrap_or_default();
        let fits = || {
            let blocks = usize::try_from(length.div_ceil(BLOCK)).ok()?;
            let offsets = usize::try_from(facts.second).ok()?;
            let end = offsets.checked_add((blocks + 1).checked_mul(8)?)?;
            (kinds.is_sorted() && length <= MAX_TERMS && end == file.len())
                .then_some((offsets, blocks))
        };
        let Some((offsets, blocks)) = fits() else {
            return Err(Error::damaged(
                file.path(),
                "the file does not fit the header of the index",
            ));
        };
        Ok(Self {
            file,
            kinds,
            offsets,
            blocks,
        })
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> u32 {
        self.kinds.last().copied().unwrap_or_default()
    }

    pub(crate) fn file(&self) -> &PageFile {
        &self.file
    }

    /// The ids of terms of a kind.
    pub(crate) fn ids_of(&self, kind: u8) -> Range<u32> {
        let at = kind::ALL.iter().position(|of| *of == kind);
        let first = |at: usize| self.kinds.get(at).copied().unwrap_or_default();
        at.map_or(0..0, |at| first(at)..first(at + 1))
    }

    /// The ids of literals: they are objects and nothing else.
    pub(crate) fn literals(&self) -> Range<u32> {
        0..self.ids_of(kind::IRI).start
    }

    /// The kind of a term.
    #[inline]
    pub(crate) fn kind(&self, id: u32) -> u8 {
        let at = self.kinds.partition_point(|first| *first <= id);
        kind::ALL
            .get(at.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    fn offset(&self, block: usize) -> Result<usize> {
        let at = self.offsets + block * 8;
        let bytes = self.file.bytes(at..at + 8)?;
        let offset = bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
        usize::try_from(offset).map_err(|_| self.file.damaged_at(at))
    }

    /// The bytes of a block and where they start.
    #[inline]
    fn block(&self, block: usize) -> Result<(&[u8], usize)> {
        let start = self.offset(block)?;
        let end = self.offset(block + 1)?;
        Ok((self.file.bytes(start..end)?, start))
    }

    fn head(&self, block: usize) -> Result<&[u8]> {
        let (mut bytes, start) = self.block(block)?;
        take(&mut bytes)
            .and_then(|length| bytes.get(..usize::try_from(length).ok()?))
            .ok_or_else(|| self.file.damaged_at(start))
    }

    /// The two parts of a key: what it shares with the first one of its block, and the rest.
    #[inline]
    pub(crate) fn parts(&self, id: u32) -> Result<(&[u8], &[u8])> {
        let number = (id / BLOCK) as usize;
        if number >= self.blocks {
            return Err(Error::damaged(
                self.file.path(),
                format!("there is no term {id}"),
            ));
        }
        let (bytes, start) = self.block(number)?;
        parts_of(bytes, id % BLOCK).ok_or_else(|| self.file.damaged_at(start))
    }

    /// Reads a little of some terms, so that they are in the processor's cache when they are wanted. These reads do not
    /// wait for each other, as those of one term after another do.
    pub(crate) fn touch(&self, ids: &[u32]) -> Result<()> {
        let mut places = [(0, 0); TOUCHED];
        for ids in ids.chunks(TOUCHED) {
            for (place, id) in places.iter_mut().zip(ids) {
                let block = (id / BLOCK) as usize;
                *place = if block < self.blocks {
                    (self.offset(block)?, self.offset(block + 1)?)
                } else {
                    // A triple term is not a key.
                    (0, 0)
                };
            }
            let mut seen = 0;
            for (&(start, end), id) in places.iter().zip(ids) {
                let bytes = self.file.bytes(start..end)?;
                // The head, and about where the key is.
                let about = bytes.len() * (id % BLOCK) as usize / BLOCK as usize;
                for at in [0, about] {
                    seen ^= bytes.get(at).copied().unwrap_or_default();
                }
            }
            std::hint::black_box(seen);
        }
        Ok(())
    }

    /// Puts the key of a term in place of what is in `key`.
    #[inline]
    pub(crate) fn key(&self, id: u32, key: &mut Vec<u8>) -> Result<()> {
        let (shared, rest) = self.parts(id)?;
        key.clear();
        key.extend_from_slice(shared);
        key.extend_from_slice(rest);
        Ok(())
    }

    fn compare(&self, id: u32, key: &[u8]) -> Result<Ordering> {
        let (shared, rest) = self.parts(id)?;
        Ok(match key.split_at_checked(shared.len()) {
            Some((start, end)) => shared.cmp(start).then_with(|| rest.cmp(end)),
            None => shared.cmp(key),
        })
    }

    /// The first id whose key is not below a key.
    pub(crate) fn lower_bound(&self, key: &[u8]) -> Result<u32> {
        let (mut low, mut high) = (0, self.blocks);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.head(middle)? < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(before) = low.checked_sub(1) else {
            return Ok(0);
        };
        // Blocks are numbered by ids.
        let first = u32::try_from(before).unwrap_or(u32::MAX / BLOCK) * BLOCK;
        let end = (first + BLOCK).min(self.len());
        for id in first + 1..end {
            if self.compare(id, key)?.is_ge() {
                return Ok(id);
            }
        }
        Ok(end)
    }

    /// The id of a key.
    pub(crate) fn find(&self, key: &[u8]) -> Result<Option<u32>> {
        let id = self.lower_bound(key)?;
        Ok((id < self.len() && self.compare(id, key)?.is_eq()).then_some(id))
    }

    /// All keys in order, from an id on.
    pub(crate) fn scan(&self, ids: Range<u32>) -> KeyScan<'_> {
        KeyScan {
            dictionary: self,
            next: ids.start,
            end: ids.end.min(self.len()),
            block: None,
            key: Vec::new(),
        }
    }
}

/// The two parts of a key in the bytes of its block.
#[inline]
fn parts_of(mut bytes: &[u8], index: u32) -> Option<(&[u8], &[u8])> {
    let head = split(&mut bytes)?;
    if index == 0 {
        return Some((head, &[]));
    }
    for _ in 1..index {
        take(&mut bytes)?;
        split(&mut bytes)?;
    }
    let shared = usize::try_from(take(&mut bytes)?).ok()?;
    Some((head.get(..shared)?, split(&mut bytes)?))
}

/// Takes a length and as many bytes off the front.
#[inline]
fn split<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(take(bytes)?).ok()?;
    let (part, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

/// Keys in order, one after another.
pub(crate) struct KeyScan<'a> {
    dictionary: &'a Dictionary,
    next: u32,
    end: u32,
    /// The rest of the block that is being read, and its first key.
    block: Option<(&'a [u8], &'a [u8])>,
    key: Vec<u8>,
}

impl<'a> KeyScan<'a> {
    /// The ids of the whole blocks that come next and whose keys are all below a key, none of them with an id from `until` on.
    ///
    /// Without a key, the last block of all is one of them however many keys it has.
    pub(crate) fn whole_blocks(&self, below: Option<&[u8]>, until: u32) -> Result<Range<u32>> {
        let none = self.next..self.next;
        if !self.next.is_multiple_of(BLOCK) {
            return Ok(none);
        }
        let dictionary = self.dictionary;
        let first = (self.next / BLOCK) as usize;
        let end = self.end.min(until);
        let mut last = (end / BLOCK) as usize;
        let Some(below) = below else {
            let end = if end == dictionary.len() {
                end
            } else {
                end / BLOCK * BLOCK
            };
            return Ok(self.next..end.max(self.next));
        };
        // A block is below the key if the one after it does not start above the key.
        last = last.min(dictionary.blocks.saturating_sub(1));
        let (mut low, mut step) = (first, 1);
        while low < last {
            let next = (low + step).min(last);
            if dictionary.head(next)? > below {
                last = next - 1;
                step = (step / 2).max(1);
            } else {
                low = next;
                step *= 2;
            }
        }
        // Blocks are numbered by ids.
        let end = u32::try_from(low).unwrap_or_default() * BLOCK;
        Ok(self.next..end.max(self.next))
    }

    /// The dictionary that is read.
    pub(crate) fn dictionary(&self) -> &'a Dictionary {
        self.dictionary
    }

    /// Goes on at the start of a block, or at the end.
    pub(crate) fn go_to(&mut self, id: u32) {
        self.next = id;
        self.block = None;
    }

    /// The next id and its key.
    pub(crate) fn next(&mut self) -> Result<Option<(u32, &[u8])>> {
        if self.next >= self.end {
            return Ok(None);
        }
        let id = self.next;
        let dictionary = self.dictionary;
        if self.block.is_none() || id.is_multiple_of(BLOCK) {
            let (mut bytes, start) = dictionary.block((id / BLOCK) as usize)?;
            let damaged = || dictionary.file.damaged_at(start);
            let head = split(&mut bytes).ok_or_else(damaged)?;
            for _ in 1..id % BLOCK {
                take(&mut bytes)
                    .and_then(|_| split(&mut bytes))
                    .ok_or_else(damaged)?;
            }
            self.block = Some((bytes, head));
        }
        let Some((bytes, head)) = &mut self.block else {
            return Ok(None);
        };
        self.key.clear();
        if id.is_multiple_of(BLOCK) {
            self.key.extend_from_slice(head);
        } else {
            let (shared, rest) = take(bytes)
                .and_then(|shared| head.get(..usize::try_from(shared).ok()?))
                .and_then(|shared| Some((shared, split(bytes)?)))
                .ok_or_else(|| {
                    Error::damaged(dictionary.file.path(), format!("term {id} is damaged"))
                })?;
            self.key.extend_from_slice(shared);
            self.key.extend_from_slice(rest);
        }
        self.next += 1;
        Ok(Some((id, &self.key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn more_terms_than_ids_can_number() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = DictionaryWriter::create(&folder.path().join("terms")).unwrap();
        writer.length = MAX_TERMS - 1;
        assert_eq!(writer.push(b"@a>").unwrap(), MAX_TERMS - 1);
        assert_eq!(writer.push(b"@b>").unwrap_err().kind(), ErrorKind::Full);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn keys_by_id_and_ids_by_key(
            keys in prop::collection::btree_set((prop::sample::select(&kind::ALL[..]), "[ab]{0,5}"), 0..120),
            other in (prop::sample::select(&kind::ALL[..]), "[ab]{0,6}"),
        ) {
            let bytes = |(kind, text): &(u8, String)| [&[*kind], text.as_bytes()].concat();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("terms");
            let mut writer = DictionaryWriter::create(&path).unwrap();
            for key in &keys {
                writer.push(&bytes(key)).unwrap();
            }
            let (facts, kinds) = writer.finish().unwrap();
            let dictionary = Dictionary::open(path, &facts, kinds).unwrap();
            prop_assert_eq!(dictionary.len() as usize, keys.len());
            let mut scan = dictionary.scan(0..u32::MAX);
            for (id, key) in keys.iter().enumerate() {
                let id = id as u32;
                let mut found = Vec::new();
                dictionary.key(id, &mut found).unwrap();
                prop_assert_eq!(&found, &bytes(key));
                let expected = bytes(key);
                prop_assert_eq!(scan.next().unwrap(), Some((id, expected.as_slice())));
                prop_assert_eq!(dictionary.find(&bytes(key)).unwrap(), Some(id));
                prop_assert_eq!(dictionary.kind(id), key.0);
                prop_assert!(dictionary.ids_of(key.0).contains(&id));
                let mut from = dictionary.scan(id..u32::MAX);
                prop_assert_eq!(from.next().unwrap(), Some((id, expected.as_slice())));
            }
            prop_assert!(scan.next().unwrap().is_none());
            let below = keys.iter().filter(|key| bytes(key) < bytes(&other)).count();
            prop_assert_eq!(dictionary.lower_bound(&bytes(&other)).unwrap() as usize, below);
        }
    }
}
