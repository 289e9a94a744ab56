//! The words of names, or of texts, in all forms in which they are found.
//!
//! Every word has a list of documents. A stem, or a key in Latin letters, has a list of words,
//! those that are not the stem or key themselves: a search for a stem or key looks at the words as
//! well.

use crate::dictionary::{Dictionary, DictionaryWriter};
use crate::docs::Docs;
use crate::error::{Error, ErrorKind, Result};
use crate::latin;
use crate::lists::{Lists, ListsWriter, PackedList, unpack};
use crate::manifest::{FileChecksums, IndexManifest};
use crate::page::PageFile;
use crate::similar::Similar;
use crate::sorter::Sorter;
use crate::stem::stem;
use std::path::{Path, PathBuf};

/// What the words are of. Names and texts are apart, so that typing a name need not walk the
/// vocabulary of all descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LexiconScope {
    Names,
    Texts,
}

impl LexiconScope {
    /// The names of the files.
    fn files(self) -> ScopeFiles {
        match self {
            Self::Names => ScopeFiles {
                words: "names.words",
                documents: "names.documents",
                stems: "names.stems",
                latin: "names.latin",
            },
            Self::Texts => ScopeFiles {
                words: "texts.words",
                documents: "texts.documents",
                stems: "texts.stems",
                latin: "texts.latin",
            },
        }
    }
}

/// The names of the files of a scope.
struct ScopeFiles {
    words: &'static str,
    /// The documents of each word.
    documents: &'static str,
    stems: &'static str,
    latin: &'static str,
}

/// Writes the words of a scope in order.
pub struct LexiconWriter {
    folder: PathBuf,
    files: ScopeFiles,
    words: DictionaryWriter,
    documents: ListsWriter,
    stems: Sorter,
    latin: Sorter,
    record: Vec<u8>,
}

impl LexiconWriter {
    /// Creates the files; sorting takes about so many bytes of memory.
    pub fn create(folder: &Path, scope: LexiconScope, memory: usize) -> Result<Self> {
        let files = scope.files();
        Ok(Self {
            folder: folder.to_owned(),
            words: DictionaryWriter::create(folder, files.words)?,
            documents: ListsWriter::create(folder, files.documents)?,
            stems: Sorter::new(folder, memory / 2),
            latin: Sorter::new(folder, memory / 2),
            files,
            record: Vec::new(),
        })
    }

    /// Adds a word, which is greater than those before, and its documents.
    pub fn push(&mut self, word: &str, documents: &PackedList) -> Result<()> {
        let number = u32::try_from(self.words.len()).map_err(|_| {
            Error::new(
                ErrorKind::Write,
                &self.folder,
                "more words than 32 bits can number",
            )
        })?;
        self.words.push(word.as_bytes(), None)?;
        self.documents.push(documents)?;
        for (form, sorter) in [
            (stem(word), &mut self.stems),
            (latin::key(word), &mut self.latin),
        ] {
            if form != word {
                // Words have no zeros, so this sorts by the form and then by the number.
                self.record.clear();
                self.record.extend_from_slice(form.as_bytes());
                self.record.push(0);
                self.record.extend_from_slice(&number.to_be_bytes());
                sorter.push(&self.record)?;
            }
        }
        Ok(())
    }

    /// Completes the files and adds them to the manifest.
    pub fn finish(self, manifest: &mut IndexManifest) -> Result<()> {
        manifest.add(self.files.words, self.words.finish()?);
        manifest.add(self.files.documents, self.documents.finish()?);
        for (sorter, name) in [
            (self.stems, self.files.stems),
            (self.latin, self.files.latin),
        ] {
            manifest.add(name, forms(&self.folder, name, sorter)?);
        }
        Ok(())
    }
}

/// Writes the dictionary of forms with lists of words.
fn forms(folder: &Path, name: &str, sorter: Sorter) -> Result<FileChecksums> {
    let mut writer = DictionaryWriter::create(folder, name)?;
    let mut sorted = sorter.finish()?;
    let (mut form, mut words) = (Vec::new(), PackedList::default());
    while let Some(record) = sorted.next()? {
        let Some((next, number)) = record.split_last_chunk() else {
            continue;
        };
        let next = next.strip_suffix(&[0]).unwrap_or(next);
        if next != form.as_slice() && !words.bytes().is_empty() {
            writer.push(&form, Some(words.bytes()))?;
            words.clear();
        }
        form.clear();
        form.extend_from_slice(next);
        words.push(u32::from_be_bytes(*number));
    }
    if !words.bytes().is_empty() {
        writer.push(&form, Some(words.bytes()))?;
    }
    writer.finish()
}

/// The words of a scope.
#[derive(Debug)]
pub struct Lexicon {
    words: Dictionary,
    documents: Lists,
    stems: Dictionary,
    latin: Dictionary,
    path: PathBuf,
}

impl Lexicon {
    /// Opens the files.
    pub fn open(folder: &Path, manifest: &IndexManifest, scope: LexiconScope) -> Result<Self> {
        let files = scope.files();
        let file = |name| PageFile::open(folder, manifest, name);
        let opened = Self {
            words: Dictionary::open(file(files.words)?, false)?,
            documents: Lists::open(file(files.documents)?)?,
            stems: Dictionary::open(file(files.stems)?, true)?,
            latin: Dictionary::open(file(files.latin)?, true)?,
            path: folder.join(files.words),
        };
        if opened.words.len() != opened.documents.len() {
            return Err(opened.damaged());
        }
        Ok(opened)
    }

    /// Adds the documents with a word.
    pub fn word(&self, word: &str, docs: &mut Docs) -> Result<()> {
        match self.words.find(word.as_bytes())? {
            Some((number, _)) => self.documents.list(number, |doc| docs.insert(doc)),
            None => Ok(()),
        }
    }

    /// Adds the documents with a word that starts so.
    pub fn words_from(&self, start: &str, docs: &mut Docs) -> Result<()> {
        let place = |string: &[u8]| -> Result<u64> {
            let cursor = self.words.at_least(string)?;
            Ok(cursor.number().unwrap_or(self.words.len()))
        };
        let first = place(start.as_bytes())?;
        let end = match after(start) {
            Some(end) => place(&end)?,
            None => self.words.len(),
        };
        self.documents.lists(first..end, |doc| docs.insert(doc))
    }

    /// Adds the documents with a similar word.
    pub fn similar_words(&self, similar: &mut Similar, docs: &mut Docs) -> Result<()> {
        self.words.similar(similar, |number, _| {
            self.documents.list(number, |doc| docs.insert(doc))
        })
    }

    /// Adds the documents with a word of which this is the stem.
    pub fn stem(&self, stem: &str, docs: &mut Docs) -> Result<()> {
        match self.stems.find(stem.as_bytes())? {
            Some((_, words)) => self.listed(words, docs),
            None => Ok(()),
        }
    }

    /// Adds the documents with a word of which this is the key.
    pub fn latin(&self, key: &str, docs: &mut Docs) -> Result<()> {
        match self.latin.find(key.as_bytes())? {
            Some((_, words)) => self.listed(words, docs),
            None => Ok(()),
        }
    }

    /// Adds the documents with a word whose key starts so.
    pub fn latin_from(&self, start: &str, docs: &mut Docs) -> Result<()> {
        let mut cursor = self.latin.at_least(start.as_bytes())?;
        while cursor.number().is_some() && cursor.string().starts_with(start.as_bytes()) {
            self.listed(cursor.value(), docs)?;
            cursor.next()?;
        }
        Ok(())
    }

    /// Adds the documents with a word whose key is similar.
    pub fn similar_latin(&self, similar: &mut Similar, docs: &mut Docs) -> Result<()> {
        self.latin
            .similar(similar, |_, words| self.listed(words, docs))
    }

    /// Adds the documents of a list of words.
    fn listed(&self, words: &[u8], docs: &mut Docs) -> Result<()> {
        let mut result = Ok(());
        unpack(words, |word| {
            if result.is_ok() {
                result = self.documents.list(u64::from(word), |doc| docs.insert(doc));
            }
        })
        .ok_or_else(|| self.damaged())?;
        result
    }

    fn damaged(&self) -> Error {
        Error::damaged(&self.path, "the file does not fit those of other forms")
    }
}

/// The first string after all that start with this one; `None` if there is none.
fn after(start: &str) -> Option<Vec<u8>> {
    let mut bytes = start.as_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            return Some(bytes);
        }
    }
    None
}
