//! Opening an index, and what it answers.

use crate::attributes::is_whole;
use crate::columns::Columns;
use crate::dictionary::Dictionary;
use crate::error::{Error, Result};
use crate::lexicon::{Lexicon, Scope};
use crate::literals::Literals;
use crate::manifest::{COLUMNS, LITERALS, Manifest, SUBJECTS};
use crate::page::PageFile;
use crate::query::{Hit, Query, Subject};
use crate::search::{Found, find};
use std::fmt;
use std::path::{Path, PathBuf};

/// An index that is searched. It can be shared by threads, and by processes: its files are mapped.
///
/// Every page of a file is compared with its checksum when it is first read, so that damage is an
/// error and not a wrong answer.
pub struct TextIndex {
    path: PathBuf,
    manifest: Manifest,
    subjects: Dictionary,
    literals: Literals,
    columns: Columns,
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
        let manifest = Manifest::read(path)?;
        let file = |name| PageFile::open(path, &manifest, name);
        let index = Self {
            subjects: Dictionary::open(file(SUBJECTS)?, false)?,
            literals: Literals::open(file(LITERALS)?)?,
            columns: Columns::open(file(COLUMNS)?)?,
            names: Lexicon::open(path, &manifest, Scope::Names)?,
            texts: Lexicon::open(path, &manifest, Scope::Texts)?,
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

    /// Searches texts: the best first, equally good ones by the IRI of the subject.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, Error> {
        let found = find(self, query, false)?;
        // Texts of one block are read one after the other.
        let mut in_order: Vec<&Found> = found.iter().collect();
        in_order.sort_unstable_by_key(|found| found.candidate.doc);
        let mut literals = self.literals.reader()?;
        let mut hits = in_order
            .into_iter()
            .map(|found| {
                let text = literals.text(found.candidate.doc)?;
                Ok((found.place, self.hit(found, text)?))
            })
            .collect::<Result<Vec<(usize, Hit)>>>()?;
        hits.sort_unstable_by_key(|(place, _)| *place);
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    fn hit(&self, found: &Found, text: String) -> Result<Hit> {
        let doc = found.candidate.doc;
        let language = self.columns.language(doc)?;
        Ok(Hit {
            subject: self.subjects.string(found.candidate.subject)?,
            property: self.columns.property(doc)?.to_owned(),
            text,
            language: language.and_then(|at| self.columns.languages().get(at).cloned()),
            kind: self.columns.attributes(doc)?.kind(),
            matched: found.matched,
            whole: is_whole(found.candidate.rank),
            score: found.score,
        })
    }

    /// Searches subjects, each one once, with the score of its best text.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn subjects(&self, query: &Query) -> Result<Vec<Subject>, Error> {
        find(self, query, true)?
            .into_iter()
            .map(|found| {
                Ok(Subject {
                    iri: self.subjects.string(found.candidate.subject)?,
                    score: found.score,
                })
            })
            .collect()
    }

    /// The IRIs and scores of the subjects that a text finds, by all means there are: what
    /// `?subject cg:search "text"` in a query stands for.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn search_subjects(&self, text: &str, limit: usize) -> Result<Vec<(String, f64)>, Error> {
        let query = Query {
            limit,
            ..Query::new(text)
        };
        let subjects = self.subjects(&query)?;
        Ok(subjects
            .into_iter()
            .map(|subject| (subject.iri, subject.score))
            .collect())
    }

    /// What ranks and filters documents.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The words of a scope.
    pub(crate) fn lexicon(&self, scope: Scope) -> &Lexicon {
        match scope {
            Scope::Names => &self.names,
            Scope::Texts => &self.texts,
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
