//! From documents with words to words with documents, with bounded memory.

use crate::error::{Error, ErrorKind, Result};
use crate::lists::PackedList;
use crate::runs::Runs;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What a word takes in memory beside its bytes, about: two pointers, numbers, its place in tables.
const WORD: usize = 96;

/// What a word in a document takes: its numbers, and the document's once more when they are sorted.
const OCCURRENCE: usize = 12;

/// Collects the documents of each word; what does not fit into memory becomes sorted runs on disk.
pub struct Inversion {
    folder: PathBuf,
    memory: usize,
    numbers: HashMap<Box<[u8]>, u32>,
    /// The memory of all words.
    words: usize,
    /// The number of a word, and a document.
    occurrences: Vec<(u32, u32)>,
    runs: Runs,
}

impl Inversion {
    /// No documents. They take about so many bytes of memory.
    pub fn new(folder: &Path, memory: usize) -> Self {
        Self {
            folder: folder.to_owned(),
            memory,
            numbers: HashMap::new(),
            words: 0,
            occurrences: Vec::new(),
            runs: Runs::new(folder),
        }
    }

    /// Adds a word of a document. Documents have to come in their order.
    pub fn push(&mut self, word: &[u8], doc: u32) -> Result<()> {
        let number = if let Some(number) = self.numbers.get(word) {
            *number
        } else {
            let number = u32::try_from(self.numbers.len()).map_err(|_| self.too_many())?;
            self.numbers.insert(word.into(), number);
            self.words += word.len() + WORD;
            number
        };
        self.occurrences.push((number, doc));
        if self.words + self.occurrences.len() * OCCURRENCE >= self.memory {
            self.spill()?;
        }
        Ok(())
    }

    /// Ends a run with the words in memory.
    fn spill(&mut self) -> Result<()> {
        let mut runs = std::mem::replace(&mut self.runs, Runs::new(&self.folder));
        self.each(|word, list| {
            let last = list.last().to_le_bytes();
            runs.push(word, &[&last, list.bytes()].concat())
        })?;
        runs.end_run();
        self.runs = runs;
        Ok(())
    }

    fn too_many(&self) -> Error {
        Error::new(
            ErrorKind::Write,
            &self.folder,
            "more words than 32 bits can number",
        )
    }

    /// Calls a function with each word in order and its list, and forgets them.
    fn each(&mut self, mut take: impl FnMut(&[u8], &PackedList) -> Result<()>) -> Result<()> {
        let mut words: Vec<(Box<[u8]>, u32)> =
            std::mem::take(&mut self.numbers).into_iter().collect();
        words.sort_unstable();
        self.words = 0;
        // The documents of each word one after the other, in the order of the words' numbers.
        let mut ends = vec![0_usize; words.len()];
        for (number, _) in &self.occurrences {
            if let Some(end) = ends.get_mut(*number as usize) {
                *end += 1;
            }
        }
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut docs = vec![0_u32; self.occurrences.len()];
        for (number, doc) in self.occurrences.drain(..) {
            if let Some(end) = ends.get_mut(number as usize)
                && let Some(place) = docs.get_mut(*end)
            {
                *place = doc;
                *end += 1;
            }
        }
        let mut list = PackedList::default();
        for (word, number) in words {
            let number = number as usize;
            let start = number.checked_sub(1).and_then(|before| ends.get(before));
            let start = start.copied().unwrap_or(0);
            let end = ends.get(number).copied().unwrap_or(start);
            list.clear();
            for doc in docs.get(start..end).unwrap_or_default() {
                list.push(*doc);
            }
            take(&word, &list)?;
        }
        Ok(())
    }

    /// Calls a function with each word in order and the list of its documents.
    pub fn finish(mut self, mut take: impl FnMut(&[u8], &PackedList) -> Result<()>) -> Result<()> {
        if self.runs.is_empty() {
            return self.each(take);
        }
        self.spill()?;
        let mut merge = self.runs.merge(self.memory)?;
        let (mut word, mut list) = (Vec::new(), PackedList::default());
        while let Some((key, value)) = merge.next()? {
            if key != word.as_slice() && !list.bytes().is_empty() {
                take(&word, &list)?;
                list.clear();
            }
            word.clear();
            word.extend_from_slice(key);
            if let Some((last, bytes)) = value.split_first_chunk() {
                list.append(bytes, u32::from_le_bytes(*last));
            }
        }
        if list.bytes().is_empty() {
            return Ok(());
        }
        take(&word, &list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::unpack;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn words_have_their_documents(
            documents in prop::collection::vec(prop::collection::vec("[a-d]{1,2}", 0..6), 0..100),
            memory in prop::sample::select(vec![0, 1_000, 1 << 20]),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut inversion = Inversion::new(folder.path(), memory);
            let mut expected: BTreeMap<Vec<u8>, BTreeSet<u32>> = BTreeMap::new();
            for (doc, words) in (0..).zip(&documents) {
                for word in words {
                    inversion.push(word.as_bytes(), doc).unwrap();
                    expected.entry(word.clone().into_bytes()).or_default().insert(doc);
                }
            }
            let mut found = Vec::new();
            inversion.finish(|word, list| {
                let mut docs = Vec::new();
                unpack(list.bytes(), |doc| docs.push(doc)).unwrap();
                assert_eq!(docs.last(), Some(&list.last()));
                found.push((word.to_vec(), docs.iter().copied().collect::<BTreeSet<_>>()));
                assert_eq!(found.last().unwrap().1.len(), docs.len());
                Ok(())
            }).unwrap();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
