//! Writing an index.

use crate::attributes::Attributes;
use crate::columns::ColumnsWriter;
use crate::dictionary::DictionaryWriter;
use crate::entry::{TextEntry, TextKind};
use crate::error::{Error, ErrorKind, Result};
use crate::fold::words;
use crate::inversion::Inversion;
use crate::lexicon::{LexiconScope, LexiconWriter};
use crate::literals::LiteralsWriter;
use crate::manifest::{COLUMNS, IndexManifest, LITERALS, SUBJECTS};
use crate::record::{StoredEntry, decode, encode};
use crate::sorter::Sorter;
use std::fs;
use std::path::{Path, PathBuf};

/// The least memory that is used.
const LEAST_MEMORY: usize = 16 << 20;

/// The longest entry: positions in memory have 32 bits.
const LONGEST: usize = 1 << 30;

/// How an index is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// About how many bytes writing may use; at least 16 MiB are. Entries that do not fit are sorted
    /// in parts in temporary files beside the index, and merged.
    pub memory: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { memory: 512 << 20 }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexSummary {
    /// The texts that can be found. Those without a letter or digit are left out.
    pub documents: u64,
    /// The bytes of all files but the manifest.
    pub bytes: u64,
}

/// Writes an index into a folder of its own. Nothing can open it before [`IndexWriter::finish`].
///
/// The same entries make the same files, byte for byte, in whatever order they come. A writer that
/// is dropped leaves a folder that [`TextIndex::open`] does not take for an index.
///
/// [`TextIndex::open`]: crate::TextIndex::open
pub struct IndexWriter {
    folder: PathBuf,
    memory: usize,
    entries: Sorter,
    record: Vec<u8>,
}

impl IndexWriter {
    /// Creates the folder.
    ///
    /// # Errors
    /// The folder has files in it, or cannot be made.
    pub fn create(folder: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|e| Error::io(folder, "create the folder", &e))?;
        let mut files =
            fs::read_dir(folder).map_err(|e| Error::io(folder, "read the folder", &e))?;
        if files.next().is_some() {
            return Err(Error::new(
                ErrorKind::Exists,
                folder,
                "the folder is not empty",
            ));
        }
        let memory = options.memory.max(LEAST_MEMORY);
        Ok(Self {
            folder: folder.to_owned(),
            // The other half is for words.
            entries: Sorter::new(folder, memory / 2),
            memory,
            record: Vec::new(),
        })
    }

    /// Adds a text.
    ///
    /// # Errors
    /// A temporary file cannot be written, or the entry has a gigabyte or more.
    pub fn add(&mut self, entry: TextEntry<'_>) -> Result<(), Error> {
        self.record.clear();
        encode(&entry, &mut self.record);
        if self.record.len() >= LONGEST {
            return Err(Error::new(
                ErrorKind::Write,
                &self.folder,
                format!("a text of `{}` has a gigabyte or more", entry.subject),
            ));
        }
        self.entries.push(&self.record)
    }

    /// Sorts the entries and writes the index.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn finish(self) -> Result<IndexSummary, Error> {
        let Self {
            folder,
            memory,
            entries,
            ..
        } = self;
        let mut manifest = IndexManifest::default();
        let mut documents = DocumentWriter::create(&folder)?;
        let mut inversion = Inversion::new(&folder, memory / 2);
        let mut entries = entries.finish()?;
        while let Some(record) = entries.next()? {
            let record = decode(record).ok_or_else(|| {
                Error::damaged(&folder, "a temporary file was changed while it was read")
            })?;
            documents.push(&record, &mut inversion)?;
        }
        drop(entries);
        documents.finish(&mut manifest)?;
        lexicons(&folder, inversion, memory / 2, &mut manifest)?;
        manifest.write(&folder)?;
        Ok(IndexSummary {
            documents: manifest.documents,
            bytes: manifest.bytes(),
        })
    }
}

/// Writes the words of names and of texts.
fn lexicons(
    folder: &Path,
    inversion: Inversion,
    memory: usize,
    manifest: &mut IndexManifest,
) -> Result<()> {
    let mut scope = LexiconScope::Names;
    let mut lexicon = LexiconWriter::create(folder, scope, memory)?;
    let mut texts = Some(LexiconWriter::create(folder, LexiconScope::Texts, memory)?);
    inversion.finish(|key, documents| {
        let Some((code, word)) = key.split_first() else {
            return Ok(());
        };
        if *code != scope as u8
            && let Some(texts) = texts.take()
        {
            scope = LexiconScope::Texts;
            std::mem::replace(&mut lexicon, texts).finish(manifest)?;
        }
        let word = std::str::from_utf8(word)
            .map_err(|_| Error::damaged(folder, "a temporary file was changed"))?;
        lexicon.push(word, documents)
    })?;
    lexicon.finish(manifest)?;
    texts.map_or(Ok(()), |texts| texts.finish(manifest))
}

/// Writes what is read by document.
struct DocumentWriter {
    subjects: DictionaryWriter,
    columns: ColumnsWriter,
    literals: LiteralsWriter,
    /// The subject of the last document.
    subject: Option<String>,
    documents: u64,
    /// A word of a scope.
    key: Vec<u8>,
}

impl DocumentWriter {
    fn create(folder: &Path) -> Result<Self> {
        Ok(Self {
            subjects: DictionaryWriter::create(folder, SUBJECTS)?,
            columns: ColumnsWriter::create(folder, COLUMNS)?,
            literals: LiteralsWriter::create(folder, LITERALS)?,
            subject: None,
            documents: 0,
            key: Vec::new(),
        })
    }

    /// Adds a document and its words: first those of names, then those of texts. A text without
    /// words is left out.
    fn push(&mut self, record: &StoredEntry<'_>, inversion: &mut Inversion) -> Result<()> {
        let words = words(&record.text);
        if words.is_empty() {
            return Ok(());
        }
        let is_new_subject = self.subject.as_deref() != Some(&*record.subject);
        if is_new_subject {
            self.subjects.push(record.subject.as_bytes(), None)?;
            self.subject = Some(record.subject.as_ref().to_owned());
        }
        let attributes = Attributes::new(record.kind, record.weight, words.len());
        let number = self.columns.push(
            attributes,
            &record.property,
            record.language.as_deref(),
            is_new_subject,
        )?;
        self.literals.push(&record.text)?;
        self.documents += 1;
        let scope = match attributes.kind() {
            TextKind::Text => LexiconScope::Texts,
            TextKind::Label | TextKind::AltLabel | TextKind::Hidden => LexiconScope::Names,
        };
        for word in words {
            self.key.clear();
            self.key.push(scope as u8);
            self.key.extend_from_slice(word.as_bytes());
            inversion.push(&self.key, number)?;
        }
        Ok(())
    }

    fn finish(self, manifest: &mut IndexManifest) -> Result<()> {
        manifest.documents = self.documents;
        manifest.add(SUBJECTS, self.subjects.finish()?);
        manifest.add(COLUMNS, self.columns.finish()?);
        manifest.add(LITERALS, self.literals.finish()?);
        Ok(())
    }
}
