//! Queries and what they find.

use crate::entry::TextKind;

/// What to search for.
///
/// All words of the text have to be found in one entry, in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct TextQuery {
    /// The words.
    pub text: String,
    /// Language ranges as in SPARQL's `LANGMATCHES`: `ru` takes `ru-Latn` as well, `*` all tags,
    /// and the empty range texts without a tag. An empty list takes everything.
    pub languages: Vec<String>,
    /// The kinds of texts to look at; an empty list takes all.
    pub kinds: Vec<TextKind>,
    /// Whether words may be the beginnings of longer ones: the last word whatever its length, the
    /// words before it from three letters on.
    pub prefix: bool,
    /// Whether words may have typing errors: one in words of four letters and more, two from
    /// eight on. Two letters that changed places are one error.
    pub fuzzy: bool,
    /// Whether one word of many may be missing if nothing has all of them.
    pub partial: bool,
    /// The most hits.
    pub limit: usize,
}

impl TextQuery {
    /// Twenty hits in all languages and kinds, with prefixes and typing errors.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            languages: Vec::new(),
            kinds: Vec::new(),
            prefix: true,
            fuzzy: true,
            partial: false,
            limit: 20,
        }
    }
}

/// How the words of a query were found, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordMatch {
    /// All as they are, case, accents and punctuation aside.
    Exact,
    /// In another grammatical form.
    Stem,
    /// As the beginning of a word.
    Prefix,
    /// In the other script, or in another way to transliterate.
    Transliterated,
    /// With typing errors.
    Fuzzy,
    /// All but one.
    Partial,
}

impl WordMatch {
    /// A word for it: `exact`, `form`, `beginning`, `transliterated`, `similar`, `partial`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Stem => "form",
            Self::Prefix => "beginning",
            Self::Transliterated => "transliterated",
            Self::Fuzzy => "similar",
            Self::Partial => "partial",
        }
    }
}

/// A text that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The IRI of the subject.
    pub subject: String,
    /// The IRI of the property.
    pub property: String,
    /// The text as it is in the graph.
    pub text: String,
    /// Its language tag.
    pub language: Option<String>,
    /// What the text is to its subject.
    pub kind: TextKind,
    /// How the word that was hardest to find was found.
    pub matched: WordMatch,
    /// Whether the text has as many words as the query.
    pub whole: bool,
    /// From 0 to 1, more is better. It orders the hits of one query and means nothing else.
    pub score: f64,
}

/// A subject that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSubject {
    /// Its IRI.
    pub iri: String,
    /// The score of its best text.
    pub score: f64,
}
