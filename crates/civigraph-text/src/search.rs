//! The steps of a search.

use crate::attributes::{Attributes, is_whole};
use crate::best::{Best, RankedDocument};
use crate::docs::Docs;
use crate::entry::TextKind;
use crate::error::{Error, Result};
use crate::fold::words;
use crate::index::TextIndex;
use crate::latin;
use crate::lexicon::{Lexicon, LexiconScope};
use crate::query::{FoundSubject, Hit, TextQuery, WordMatch};
use crate::similar::Similar;
use crate::stem::stem;
use std::collections::HashSet;

/// The most words of a query; those after them are left out.
const MOST_WORDS: usize = 32;

/// One more way to find a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WordForm {
    Word,
    Stem,
    Prefix,
    Latin,
    Fuzzy(u8),
}

/// The steps of a search, from the best matches to the worst; the search ends with the step that
/// fills the limit. Each adds a way to find words to those before it. Typing errors in names come
/// after good matches in texts.
const STEPS: &[(LexiconScope, WordForm)] = &[
    (LexiconScope::Names, WordForm::Word),
    (LexiconScope::Names, WordForm::Stem),
    (LexiconScope::Names, WordForm::Prefix),
    (LexiconScope::Names, WordForm::Latin),
    (LexiconScope::Texts, WordForm::Word),
    (LexiconScope::Texts, WordForm::Stem),
    (LexiconScope::Texts, WordForm::Prefix),
    (LexiconScope::Texts, WordForm::Latin),
    (LexiconScope::Names, WordForm::Fuzzy(1)),
    (LexiconScope::Names, WordForm::Fuzzy(2)),
    (LexiconScope::Texts, WordForm::Fuzzy(1)),
    (LexiconScope::Texts, WordForm::Fuzzy(2)),
];

impl WordForm {
    fn matched(self) -> WordMatch {
        match self {
            Self::Word => WordMatch::Exact,
            Self::Stem => WordMatch::Stem,
            Self::Prefix => WordMatch::Prefix,
            Self::Latin => WordMatch::Transliterated,
            Self::Fuzzy(_) => WordMatch::Fuzzy,
        }
    }
}

/// The typing errors forgiven in a word of so many letters.
pub fn errors(letters: usize) -> u8 {
    match letters {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

impl TextIndex {
    /// Searches texts: the best first, equally good ones by the IRI of the subject.
    ///
    /// # Errors
    /// A file cannot be read or is damaged.
    pub fn search(&self, query: &TextQuery) -> Result<Vec<Hit>, Error> {
        let found = find(self, query, false)?;
        // Texts of one block are read one after the other.
        let mut in_order: Vec<&FoundDocument> = found.iter().collect();
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

    fn hit(&self, found: &FoundDocument, text: String) -> Result<Hit> {
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
    pub fn subjects(&self, query: &TextQuery) -> Result<Vec<FoundSubject>, Error> {
        find(self, query, true)?
            .into_iter()
            .map(|found| {
                Ok(FoundSubject {
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
        let query = TextQuery {
            limit,
            ..TextQuery::new(text)
        };
        let subjects = self.subjects(&query)?;
        Ok(subjects
            .into_iter()
            .map(|subject| (subject.iri, subject.score))
            .collect())
    }
}

/// A document that was found, before it is read.
struct FoundDocument {
    pub candidate: RankedDocument,
    /// Its place among those that were found.
    pub place: usize,
    pub matched: WordMatch,
    pub score: f64,
}

/// The best documents, as many as the limit of the query; if `distinct`, one of each subject.
fn find(index: &TextIndex, query: &TextQuery, distinct: bool) -> Result<Vec<FoundDocument>> {
    let mut words = words(&query.text);
    words.truncate(MOST_WORDS);
    if words.is_empty() || query.limit == 0 {
        return Ok(Vec::new());
    }
    let filter = DocumentFilter::new(index, query);
    let mut search = SearchRun {
        index,
        words: &words,
        filter: &filter,
        query,
        distinct,
        found: Vec::new(),
        docs: HashSet::new(),
        subjects: HashSet::new(),
    };
    let documents = index.columns().documents();
    let mut names = WordDocuments::none(words.len(), documents);
    let mut texts = WordDocuments::none(words.len(), documents);
    for (step, (scope, form)) in STEPS.iter().enumerate() {
        let sets = match scope {
            LexiconScope::Names => &mut names,
            LexiconScope::Texts => &mut texts,
        };
        if filter.scope(*scope) && search.widen(index.lexicon(*scope), *form, sets)? {
            search.take(&sets.all(), step, form.matched())?;
            if search.found.len() >= query.limit {
                return Ok(search.found);
            }
        }
    }
    if query.partial && search.found.is_empty() && words.len() > 1 {
        for left_out in 0..words.len() {
            search.take(&names.all_but(left_out), STEPS.len(), WordMatch::Partial)?;
        }
        for left_out in 0..words.len() {
            search.take(
                &texts.all_but(left_out),
                STEPS.len() + 1,
                WordMatch::Partial,
            )?;
        }
    }
    Ok(search.found)
}

/// The documents of each word of a query.
struct WordDocuments(Vec<Docs>);

impl WordDocuments {
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
struct DocumentFilter {
    /// A bit for each kind.
    kinds: u8,
    /// Whether each language is looked at; `None` for no condition.
    languages: Option<Vec<bool>>,
    /// Whether texts without a language are.
    untagged: bool,
}

impl DocumentFilter {
    fn new(index: &TextIndex, query: &TextQuery) -> Self {
        let kinds = match query.kinds.as_slice() {
            [] => u8::MAX,
            kinds => kinds.iter().fold(0, |kinds, kind| kinds | 1 << kind.code()),
        };
        let takes = |tag: &String| query.languages.iter().any(|range| in_range(tag, range));
        Self {
            kinds,
            languages: (!query.languages.is_empty())
                .then(|| index.columns().languages().iter().map(takes).collect()),
            untagged: query.languages.iter().any(String::is_empty),
        }
    }

    fn scope(&self, scope: LexiconScope) -> bool {
        let text = 1 << TextKind::Text.code();
        match scope {
            LexiconScope::Names => self.kinds & !text != 0,
            LexiconScope::Texts => self.kinds & text != 0,
        }
    }

    fn takes(&self, index: &TextIndex, doc: u32, attributes: Attributes) -> Result<bool> {
        if self.kinds >> attributes.code() & 1 == 0 {
            return Ok(false);
        }
        let Some(languages) = &self.languages else {
            return Ok(true);
        };
        Ok(match index.columns().language(doc)? {
            Some(language) => languages.get(language).is_some_and(|taken| *taken),
            None => self.untagged,
        })
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
struct SearchRun<'a> {
    index: &'a TextIndex,
    words: &'a [String],
    filter: &'a DocumentFilter,
    query: &'a TextQuery,
    distinct: bool,
    found: Vec<FoundDocument>,
    docs: HashSet<u32>,
    subjects: HashSet<u64>,
}

impl SearchRun<'_> {
    /// Adds the documents that have a word in one more form. Returns false if the query does not
    /// ask for it.
    fn widen(&self, lexicon: &Lexicon, form: WordForm, sets: &mut WordDocuments) -> Result<bool> {
        match form {
            WordForm::Prefix if !self.query.prefix => return Ok(false),
            WordForm::Fuzzy(_) if !self.query.fuzzy => return Ok(false),
            _ => {}
        }
        for (at, (word, docs)) in self.words.iter().zip(&mut sets.0).enumerate() {
            let letters = word.chars().count();
            let prefix = self.query.prefix && (at + 1 == self.words.len() || letters >= 3);
            match form {
                WordForm::Word => lexicon.word(word, docs)?,
                WordForm::Stem => {
                    let stem = stem(word);
                    lexicon.stem(&stem, docs)?;
                    // `ларионова` has the stem `ларионов`, and this as a word another one.
                    lexicon.stem(word, docs)?;
                    lexicon.word(&stem, docs)?;
                }
                WordForm::Prefix if prefix => lexicon.words_from(word, docs)?,
                WordForm::Prefix => {}
                WordForm::Latin => {
                    let key = latin::key(word);
                    lexicon.word(&key, docs)?;
                    lexicon.latin(&key, docs)?;
                    let start = latin::prefix(word);
                    if prefix && !start.is_empty() {
                        lexicon.words_from(&start, docs)?;
                        lexicon.latin_from(&start, docs)?;
                    }
                }
                WordForm::Fuzzy(distance) if distance <= errors(letters) => {
                    let mut similar = Similar::new(word, distance, prefix);
                    lexicon.similar_words(&mut similar, docs)?;
                    let key = latin::key(word);
                    // `ь` has no letters in the key, and a short key is similar to too many words.
                    if distance <= errors(key.chars().count()) {
                        let similar = || Similar::new(&key, distance, prefix);
                        if key != *word {
                            lexicon.similar_words(&mut similar(), docs)?;
                        }
                        lexicon.similar_latin(&mut similar(), docs)?;
                    }
                }
                WordForm::Fuzzy(_) => {}
            }
        }
        Ok(true)
    }

    /// Takes the best of the documents that no step before has found.
    fn take(&mut self, docs: &Docs, step: usize, matched: WordMatch) -> Result<()> {
        let Some(limit) = self.query.limit.checked_sub(self.found.len()) else {
            return Ok(());
        };
        let columns = self.index.columns();
        let mut best = Best::new(limit, self.distinct);
        for doc in docs.iter() {
            if self.docs.contains(&doc) {
                continue;
            }
            let attributes = columns.attributes(doc)?;
            let rank = attributes.rank(self.words.len());
            if !best.takes(rank, doc) || !self.filter.takes(self.index, doc, attributes)? {
                continue;
            }
            let subject = columns.subject(doc)?;
            if self.distinct && self.subjects.contains(&subject) {
                continue;
            }
            best.push(RankedDocument { rank, subject, doc });
        }
        for candidate in best.finish() {
            self.docs.insert(candidate.doc);
            self.subjects.insert(candidate.subject);
            // A step is worth one, and the rank what is between two steps.
            let within = f64::from(candidate.rank) / f64::from(1_u32 << 27);
            let steps = (STEPS.len() + 2) as f64;
            self.found.push(FoundDocument {
                candidate,
                place: self.found.len(),
                matched,
                score: (steps - 1.0 - step as f64 + within) / steps,
            });
        }
        Ok(())
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
