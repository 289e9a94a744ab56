//! Opening and searching an index.

use crate::best::{Best, Candidate};
use crate::docs::Docs;
use crate::entry::Kind;
use crate::error::{Error, ErrorKind};
use crate::fold::words;
use crate::folder::CheckedFolder;
use crate::latin;
use crate::manifest::Manifest;
use crate::query::{Hit, Match, Query, Subject};
use crate::schema::{
    ATTRIBUTES, Attributes, Fields, Forms, LANGUAGE, PROPERTY, SUBJECT, is_whole, schema,
};
use crate::stem::stem;
use crate::terms::{Terms, errors};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::schema::{Field, Value};
use tantivy::{Index, SegmentReader, TantivyDocument, TantivyError};

/// The most words of a query; those after them are left out.
const MOST_WORDS: usize = 32;

/// An index that is searched. It can be shared by threads, and by processes: its files are mapped.
///
/// Every page of a file is compared with its checksum when it is first read, so that damage is an
/// error and not a wrong answer.
pub struct TextIndex {
    path: PathBuf,
    folder: CheckedFolder,
    manifest: Arc<Manifest>,
    fields: Fields,
    /// `None` if nothing was added.
    segment: Option<Segment>,
}

/// What is read of the one segment of an index.
struct Segment {
    reader: SegmentReader,
    subjects: StrColumn,
    /// The numbers of subjects are in the order of their IRIs.
    subject: Arc<dyn ColumnValues<u64>>,
    properties: StrColumn,
    property: Arc<dyn ColumnValues<u64>>,
    /// `None` if no text has a language.
    language: Option<(StrColumn, Column<u64>)>,
    attributes: Arc<dyn ColumnValues<u64>>,
}

/// Which fields a step looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Names,
    Texts,
}

/// One more way to find a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Word,
    Stem,
    Prefix,
    Latin,
    Fuzzy(u8),
}

/// The steps of a search, from the best matches to the worst; the search ends with the step that
/// fills the limit. Each adds a way to find words to those before it. Typing errors in names come
/// after good matches in texts.
const STEPS: &[(Scope, Form)] = &[
    (Scope::Names, Form::Word),
    (Scope::Names, Form::Stem),
    (Scope::Names, Form::Prefix),
    (Scope::Names, Form::Latin),
    (Scope::Texts, Form::Word),
    (Scope::Texts, Form::Stem),
    (Scope::Texts, Form::Prefix),
    (Scope::Texts, Form::Latin),
    (Scope::Names, Form::Fuzzy(1)),
    (Scope::Names, Form::Fuzzy(2)),
    (Scope::Texts, Form::Fuzzy(1)),
    (Scope::Texts, Form::Fuzzy(2)),
];

impl Form {
    fn matched(self) -> Match {
        match self {
            Self::Word => Match::Exact,
            Self::Stem => Match::Stem,
            Self::Prefix => Match::Prefix,
            Self::Latin => Match::Transliterated,
            Self::Fuzzy(_) => Match::Fuzzy,
        }
    }
}

/// A document that was found, before it is read.
struct Found {
    candidate: Candidate,
    matched: Match,
    score: f64,
}

impl TextIndex {
    /// Opens the index in a folder. Its files are mapped, not read.
    ///
    /// # Errors
    /// There is no such folder, it has no index or one of another version, or files are missing
    /// or damaged.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let path = folder.as_ref();
        let manifest = Arc::new(Manifest::read(path)?);
        let (schema, fields) = schema();
        let reading = |error: TantivyError| Error::reading(path, error);
        let folder = CheckedFolder::open(path, Arc::clone(&manifest)).map_err(reading)?;
        let index = Index::open(folder.clone()).map_err(reading)?;
        if index.schema() != schema {
            return Err(Error::new(
                ErrorKind::Version,
                path,
                "the text index has other fields: build it again",
            ));
        }
        let segments = index.searchable_segments().map_err(reading)?;
        let segment = match segments.as_slice() {
            [] => None,
            [segment] => Some(Segment::open(segment).map_err(reading)?),
            _ => {
                return Err(Error::new(
                    ErrorKind::Damaged,
                    path,
                    format!("{} segments, one expected", segments.len()),
                ));
            }
        };
        Ok(Self {
            path: path.to_owned(),
            folder,
            manifest,
            fields,
            segment,
        })
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
        self.folder.verify().map_err(|error| self.failed(error))
    }

    /// Searches texts: the best first, equally good ones by the IRI of the subject.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn search(&self, query: &Query) -> Result<Vec<Hit>, Error> {
        self.hits(query).map_err(|error| self.failed(error))
    }

    /// Searches subjects, each one once, with the score of its best text.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn subjects(&self, query: &Query) -> Result<Vec<Subject>, Error> {
        let read = || {
            let Some(segment) = &self.segment else {
                return Ok(Vec::new());
            };
            let found = segment.find(&self.fields, query, true)?;
            found
                .into_iter()
                .take(query.limit)
                .map(|found| {
                    Ok(Subject {
                        iri: string(&segment.subjects, found.candidate.subject)?,
                        score: found.score,
                    })
                })
                .collect()
        };
        read().map_err(|error| self.failed(error))
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

    fn failed(&self, error: TantivyError) -> Error {
        Error::reading(&self.path, error)
    }

    fn hits(&self, query: &Query) -> tantivy::Result<Vec<Hit>> {
        let Some(segment) = &self.segment else {
            return Ok(Vec::new());
        };
        let found = segment.find(&self.fields, query, false)?;
        let mut hits = segment.read(&self.fields, &found)?;
        hits.sort_by(|a, b| {
            b.score
                .total_cmp(&a.score)
                .then_with(|| a.subject.cmp(&b.subject))
                .then_with(|| a.property.cmp(&b.property))
                .then_with(|| a.text.cmp(&b.text))
                .then_with(|| a.language.cmp(&b.language))
        });
        hits.truncate(query.limit);
        Ok(hits)
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

impl Segment {
    fn open(segment: &tantivy::Segment) -> tantivy::Result<Self> {
        let reader = SegmentReader::open(segment)?;
        let columns = reader.fast_fields();
        let missing =
            |name: &str| TantivyError::InternalError(format!("the index has no column `{name}`"));
        let subjects = columns.str(SUBJECT)?.ok_or_else(|| missing(SUBJECT))?;
        let properties = columns.str(PROPERTY)?.ok_or_else(|| missing(PROPERTY))?;
        Ok(Self {
            subject: subjects.ords().clone().first_or_default_col(0),
            subjects,
            property: properties.ords().clone().first_or_default_col(0),
            properties,
            language: columns.str(LANGUAGE)?.map(|languages| {
                let language = languages.ords().clone();
                (languages, language)
            }),
            attributes: columns.u64(ATTRIBUTES)?.first_or_default_col(0),
            reader,
        })
    }

    /// The best documents: as many as the limit, and those that tie with the last of them.
    fn find(&self, fields: &Fields, query: &Query, distinct: bool) -> tantivy::Result<Vec<Found>> {
        let mut words = words(&query.text);
        words.truncate(MOST_WORDS);
        if words.is_empty() || query.limit == 0 {
            return Ok(Vec::new());
        }
        let filter = Filter::new(self, query)?;
        let mut search = Search {
            segment: self,
            words: &words,
            filter: &filter,
            query,
            distinct,
            found: Vec::new(),
            docs: HashSet::new(),
            subjects: HashSet::new(),
        };
        let mut names = Words::none(words.len(), self.reader.max_doc());
        let mut texts = Words::none(words.len(), self.reader.max_doc());
        for (step, (scope, form)) in STEPS.iter().enumerate() {
            let (forms, sets) = match scope {
                Scope::Names => (&fields.names, &mut names),
                Scope::Texts => (&fields.texts, &mut texts),
            };
            if filter.scope(*scope) && search.widen(forms, *form, sets)? {
                search.take(&sets.all(), step, form.matched());
                if search.found.len() >= query.limit {
                    return Ok(search.found);
                }
            }
        }
        if query.partial && search.found.is_empty() && words.len() > 1 {
            for left_out in 0..words.len() {
                search.take(&names.all_but(left_out), STEPS.len(), Match::Partial);
            }
            for left_out in 0..words.len() {
                search.take(&texts.all_but(left_out), STEPS.len() + 1, Match::Partial);
            }
        }
        Ok(search.found)
    }

    fn read(&self, fields: &Fields, found: &[Found]) -> tantivy::Result<Vec<Hit>> {
        let store = self.reader.get_store_reader(8)?;
        found
            .iter()
            .map(|found| {
                let doc = found.candidate.doc;
                let document: TantivyDocument = store.get(doc)?;
                let language = match &self.language {
                    Some((languages, language)) => language
                        .first(doc)
                        .map(|language| string(languages, language))
                        .transpose()?,
                    None => None,
                };
                let kind = self.attributes(doc).kind();
                Ok(Hit {
                    subject: string(&self.subjects, found.candidate.subject)?,
                    property: string(&self.properties, self.property.get_val(doc))?,
                    text: document
                        .get_first(fields.text)
                        .and_then(|text| text.as_str())
                        .unwrap_or_default()
                        .to_owned(),
                    language,
                    kind: Kind::ALL[usize::from(kind)],
                    matched: found.matched,
                    whole: is_whole(found.candidate.rank),
                    score: found.score,
                })
            })
            .collect()
    }

    fn attributes(&self, doc: u32) -> Attributes {
        Attributes(self.attributes.get_val(doc))
    }
}

fn string(column: &StrColumn, number: u64) -> tantivy::Result<String> {
    let mut string = String::new();
    column.ord_to_str(number, &mut string)?;
    Ok(string)
}

/// The documents of each word of a query.
struct Words(Vec<Docs>);

impl Words {
    fn none(words: usize, documents: u32) -> Self {
        Self(vec![Docs::none(documents); words])
    }

    /// Documents with all words.
    fn all(&self) -> Docs {
        self.all_but(usize::MAX)
    }

    fn all_but(&self, left_out: usize) -> Docs {
        let mut words = self
            .0
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != left_out)
            .map(|(_, docs)| docs);
        let mut all = words.next().cloned().unwrap_or_else(|| Docs::none(0));
        words.for_each(|docs| all.intersect(docs));
        all
    }
}

/// Which documents a query looks at.
struct Filter {
    /// A bit for each kind.
    kinds: u8,
    /// Whether each language is looked at; `None` for no condition.
    languages: Option<Vec<bool>>,
    /// Whether texts without a language are.
    untagged: bool,
}

impl Filter {
    fn new(segment: &Segment, query: &Query) -> tantivy::Result<Self> {
        let kinds = if query.kinds.is_empty() {
            &Kind::ALL[..]
        } else {
            &query.kinds
        };
        let mut filter = Self {
            kinds: kinds.iter().fold(0, |kinds, kind| kinds | 1 << kind.code()),
            languages: None,
            untagged: query.languages.is_empty()
                || query.languages.iter().any(|range| range.is_empty()),
        };
        if !query.languages.is_empty() {
            let mut accepted = Vec::new();
            if let Some((languages, _)) = &segment.language {
                for number in 0..languages.num_terms() as u64 {
                    let tag = string(languages, number)?;
                    accepted.push(query.languages.iter().any(|range| in_range(&tag, range)));
                }
            }
            filter.languages = Some(accepted);
        }
        Ok(filter)
    }

    fn scope(&self, scope: Scope) -> bool {
        let text = 1 << Kind::Text.code();
        match scope {
            Scope::Names => self.kinds & !text != 0,
            Scope::Texts => self.kinds & text != 0,
        }
    }

    fn takes(&self, segment: &Segment, doc: u32, attributes: Attributes) -> bool {
        if self.kinds >> attributes.kind() & 1 == 0 {
            return false;
        }
        let Some(languages) = &self.languages else {
            return true;
        };
        match segment
            .language
            .as_ref()
            .and_then(|(_, language)| language.first(doc))
        {
            Some(language) => languages.get(language as usize).is_some_and(|taken| *taken),
            None => self.untagged,
        }
    }
}

/// Whether a tag is in a language range (RFC 4647, basic filtering).
fn in_range(tag: &str, range: &str) -> bool {
    if range == "*" {
        return true;
    }
    !range.is_empty()
        && tag
            .get(..range.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(range))
        && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}

/// A search on its way through the steps.
struct Search<'a> {
    segment: &'a Segment,
    words: &'a [String],
    filter: &'a Filter,
    query: &'a Query,
    distinct: bool,
    found: Vec<Found>,
    docs: HashSet<u32>,
    subjects: HashSet<u64>,
}

impl Search<'_> {
    /// Adds the documents that have a word in one more form. Returns false if the query does not
    /// ask for it.
    fn widen(&self, forms: &Forms, form: Form, sets: &mut Words) -> tantivy::Result<bool> {
        match form {
            Form::Prefix if !self.query.prefix => return Ok(false),
            Form::Fuzzy(_) if !self.query.fuzzy => return Ok(false),
            _ => {}
        }
        for (at, (word, docs)) in self.words.iter().zip(&mut sets.0).enumerate() {
            let letters = word.chars().count();
            let prefix = self.query.prefix && (at + 1 == self.words.len() || letters >= 3);
            match form {
                Form::Word => self.terms(forms.word, |terms| terms.exact(word, docs))?,
                Form::Stem => {
                    let stem = stem(word);
                    self.terms(forms.stem, |terms| {
                        terms.exact(&stem, docs)?;
                        // `ларионова` has the stem `ларионов`, and this as a word another one.
                        terms.exact(word, docs)
                    })?;
                    self.terms(forms.word, |terms| terms.exact(&stem, docs))?;
                }
                Form::Prefix if prefix => {
                    self.terms(forms.word, |terms| terms.prefix(word, docs))?;
                }
                Form::Prefix => {}
                Form::Latin => {
                    let key = latin::key(word);
                    let start = latin::prefix(word);
                    for field in [forms.word, forms.latin] {
                        self.terms(field, |terms| {
                            terms.exact(&key, docs)?;
                            if prefix && !start.is_empty() {
                                terms.prefix(&start, docs)?;
                            }
                            Ok(())
                        })?;
                    }
                }
                Form::Fuzzy(distance) if distance <= errors(letters) => {
                    let key = latin::key(word);
                    // `ь` has no letters in the key, and a short key is similar to too many words.
                    let long = distance <= errors(key.chars().count());
                    self.terms(forms.word, |terms| {
                        terms.fuzzy(word, distance, prefix, docs)?;
                        if long && key != *word {
                            terms.fuzzy(&key, distance, prefix, docs)?;
                        }
                        Ok(())
                    })?;
                    if long {
                        self.terms(forms.latin, |terms| {
                            terms.fuzzy(&key, distance, prefix, docs)
                        })?;
                    }
                }
                Form::Fuzzy(_) => {}
            }
        }
        Ok(true)
    }

    fn terms(
        &self,
        field: Field,
        read: impl FnOnce(Terms<'_>) -> std::io::Result<()>,
    ) -> tantivy::Result<()> {
        let reader = self.segment.reader.inverted_index(field)?;
        Ok(read(Terms(&reader))?)
    }

    /// Takes the best of the documents that no step before has found.
    fn take(&mut self, docs: &Docs, step: usize, matched: Match) {
        let Some(limit) = self.query.limit.checked_sub(self.found.len()) else {
            return;
        };
        let mut best = Best::new(limit, self.distinct);
        for doc in docs.iter() {
            if self.docs.contains(&doc) {
                continue;
            }
            let attributes = self.segment.attributes(doc);
            let rank = attributes.rank(self.words.len());
            if !best.takes(rank) || !self.filter.takes(self.segment, doc, attributes) {
                continue;
            }
            let subject = self.segment.subject.get_val(doc);
            if self.distinct && self.subjects.contains(&subject) {
                continue;
            }
            best.push(Candidate { rank, subject, doc });
        }
        for candidate in best.finish() {
            self.docs.insert(candidate.doc);
            self.subjects.insert(candidate.subject);
            // A step is worth one, and the rank what is between two steps.
            let within = f64::from(candidate.rank) / f64::from(1_u32 << 27);
            let steps = (STEPS.len() + 2) as f64;
            self.found.push(Found {
                candidate,
                matched,
                score: (steps - 1.0 - step as f64 + within) / steps,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_ranges() {
        for (tag, range, expected) in [
            ("ru", "ru", true),
            ("ru-Latn", "RU", true),
            ("ru-Latn", "ru-Latn", true),
            ("rue", "ru", false),
            ("ru", "ru-Latn", false),
            ("en", "*", true),
            ("en", "", false),
        ] {
            assert_eq!(in_range(tag, range), expected, "{tag} {range}");
        }
    }
}
