//! Opening an index, and what it answers.

use crate::columns::Columns;
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::lexicon::{Lexicon, LexiconScope};
use crate::literals::Literals;
use crate::manifest::{COLUMNS, IndexManifest, LITERALS, SUBJECTS};
use crate::page::PageFile;
use std::fmt;
use std::path::{Path, PathBuf};

/// An index that is searched. It can be shared by threads, and by processes: its files are mapped.
///
/// Every page of a file is compared with its checksum when it is first read, so that damage is an
/// error and not a wrong answer.
pub struct TextIndex {
    path: PathBuf,
    manifest: IndexManifest,
    pub(crate) subjects: Dictionary,
    pub(crate) literals: Literals,
    pub(crate) columns: Columns,
    names: Lexicon,
    texts: Lexicon,
}

impl TextIndex {
    /// Opens the index in a folder. Its files are mapped, not read.
    ///
    /// # Errors
    /// There is no such folder, it has no index or one of another version, or files are missing
    /// or damaged.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let path = folder.as_ref();
        let manifest = IndexManifest::read(path)?;
        let file = |name| PageFile::open(path, &manifest, name);
        let index = Self {
            subjects: Dictionary::open(file(SUBJECTS)?, false)?,
            literals: Literals::open(file(LITERALS)?)?,
            columns: Columns::open(file(COLUMNS)?)?,
            names: Lexicon::open(path, &manifest, LexiconScope::Names)?,
            texts: Lexicon::open(path, &manifest, LexiconScope::Texts)?,
            path: path.to_owned(),
            manifest,
        };
        if u64::from(index.columns.documents()) != index.documents() {
            return Err(Error::damaged(
                path,
                format!("`{COLUMNS}` does not have the documents of the manifest"),
            ));
        }
        Ok(index)
    }

    /// The texts in the index.
    pub fn documents(&self) -> u64 {
        self.manifest.documents
    }

    /// The bytes of its files.
    pub fn bytes(&self) -> u64 {
        self.manifest.bytes()
    }

    /// Reads all files and compares all checksums.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        for name in self.manifest.files.keys() {
            PageFile::open(&self.path, &self.manifest, name)?.check_all()?;
        }
        Ok(())
    }

    /// What ranks and filters documents.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The words of a scope.
    pub(crate) fn lexicon(&self, scope: LexiconScope) -> &Lexicon {
        match scope {
            LexiconScope::Names => &self.names,
            LexiconScope::Texts => &self.texts,
        }
    }
}

impl fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextIndex")
            .field("folder", &self.path)
            .field("documents", &self.documents())
            .finish_non_exhaustive()
    }
}
