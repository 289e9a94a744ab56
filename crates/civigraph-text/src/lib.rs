//! A full-text index over the labels and texts of an RDF graph, in Russian and English.
//!
//! An index is written once into a folder, and then opened read-only by any number of threads and
//! processes. It finds what people type: in any case and grammatical form, the
//! beginnings of words, names in the other script, and words with typing errors. It knows nothing
//! of quads: whoever has a graph adds the literals of the properties that are worth it
//! ([`PROPERTIES`] is a list to start with).
//!
//! ```
//! use civigraph_text::{IndexWriter, Options, PROPERTIES, TextEntry, TextIndex, TextQuery, WordMatch};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let temporary = tempfile::tempdir()?;
//! # let folder = temporary.path().join("text");
//! let mut writer = IndexWriter::create(&folder, Options::default())?;
//! let (label, _) = PROPERTIES[0];
//! writer.add(TextEntry {
//!     language: Some("ru"),
//!     ..TextEntry::label("https://example.org/zheleznogorsk", label, "Железногорск")
//! })?;
//! writer.add(TextEntry::label("https://example.org/orel", label, "Орёл"))?;
//! assert_eq!(writer.finish()?.documents, 2);
//!
//! let index = TextIndex::open(&folder)?;
//! for (text, matched) in [
//!     ("железногорск", WordMatch::Exact),
//!     ("Железногорска", WordMatch::Stem),
//!     ("Железн", WordMatch::Prefix),
//!     ("Zheleznogorsk", WordMatch::Transliterated),
//!     ("Жилезногорск", WordMatch::Fuzzy),
//! ] {
//!     let hits = index.search(&TextQuery::new(text))?;
//!     assert_eq!(hits[0].subject, "https://example.org/zheleznogorsk");
//!     assert_eq!(hits[0].matched, matched, "{text}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is equal, and what comes first
//!
//! Words are compared in lower case, with `ё` as `е`, without accents and apostrophes. All that is
//! neither a letter nor a digit separates words, so that kinds of hyphens, dashes, quotation marks
//! and spaces make no difference. Every word of a query has to be found in one text. Hits are
//! ordered by
//!
//! 1. how the word that was hardest to find was found: as it is, in another grammatical form
//!    (Snowball's Russian stemmer for Cyrillic letters, its English one for others), as the
//!    beginning of a word, transliterated, with typing errors ([`WordMatch`] has this order). Names
//!    with typing errors come after texts without;
//! 2. whether the text has no other words, then its [`TextKind`], its weight and its length;
//! 3. the IRI of the subject.
//!
//! The order does not depend on the number of threads that wrote the index, nor on the order of
//! the entries.
//!
//! Both scripts meet in keys of Latin letters. They are made by the "Wikipedia" scheme, and the
//! differences between it and other schemes are then removed: `Yekaterinburg` and `Ekaterinburg`, `Dostoyevsky` and
//! `Dostoevskij`, `Iuliia` and `Yuliya` have one key each.
//!
//! # In SPARQL
//!
//! A search is meant to be a property function that is replaced before a query is planned, so that
//! nothing is scanned:
//!
//! ```sparql
//! SELECT ?city ?score {
//!   (?city ?score) cg:search ("Железн" 20) .   # or: ?city cg:search "Железн"
//!   ?city a ex:City .
//! }
//! ```
//!
//! The caller takes the triple (and the triples of its lists) out of the basic graph pattern, asks
//! [`TextIndex::search_subjects`], and joins `VALUES (?city ?score) { … }` with the rest. A text
//! that is not a constant is an error: it would need one search for each solution. The limit
//! bounds the rows of `VALUES` before other patterns drop some, so it should be generous (1,000,
//! say) where the query states none.
//!
//! # Files
//!
//! | file | what it has |
//! |---|---|
//! | `manifest` | the version, and of each file the length and a CRC-32 of each 64 KiB |
//! | `subjects` | the IRIs of subjects, sorted |
//! | `columns` | of each document its subject, kind, weight, number of words, property and language |
//! | `literals` | the texts, in blocks of 16 KiB compressed by zstd |
//! | `names.words`, `names.documents` | the words of names, sorted, and the documents of each |
//! | `names.stems`, `names.latin` | stems and keys in Latin letters, sorted, with the words of each |
//! | `texts.…` | the same for the words of descriptions |
//!
//! Documents are numbered in the order of subjects, properties, texts and languages, so the same
//! entries make the same bytes in whatever order they are added. Opening checks the version and
//! the lengths, and reads the ends of the files; reading checks each page the first time it is
//! read; [`TextIndex::verify`] checks them all. Nothing is locked or written by a search, so the
//! folder may be read-only. Files must not be changed while they are open: they are mapped.
//!
//! Writing sorts entries within [`Options::memory`]; what does not fit goes to temporary files in
//! the folder of the index, about as much as all texts and IRIs together and half as much again.

#![warn(missing_docs)]
#![deny(unsafe_code)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod attributes;
mod best;
mod columns;
mod dictionary;
mod docs;
mod entry;
mod error;
mod fold;
mod index;
mod inversion;
mod latin;
mod lexicon;
mod lists;
mod literals;
mod manifest;
mod page;
mod query;
mod record;
mod runs;
mod search;
mod similar;
mod sorter;
mod stem;
mod varint;
mod writer;

pub use entry::{PROPERTIES, TextEntry, TextKind};
pub use error::{Error, ErrorKind};
pub use index::TextIndex;
pub use query::{FoundSubject, Hit, TextQuery, WordMatch};
pub use writer::{IndexSummary, IndexWriter, Options};

#[cfg(test)]
mod tests;

/// Runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
