//! Looking words up in the dictionary of a field.

use crate::docs::Docs;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::io;
use std::sync::OnceLock;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy_fst::Automaton;

/// A field's words and the documents of each.
pub struct Terms<'a>(pub &'a InvertedIndexReader);

impl Terms<'_> {
    /// Adds the documents with a word.
    pub fn exact(&self, word: &str, docs: &mut Docs) -> io::Result<()> {
        match self.0.terms().get(word)? {
            Some(info) => self.add(&info, docs),
            None => Ok(()),
        }
    }

    /// Adds the documents with a word that starts so.
    pub fn prefix(&self, prefix: &str, docs: &mut Docs) -> io::Result<()> {
        let mut words = self.0.terms().range().ge(prefix);
        if let Some(end) = after(prefix) {
            words = words.lt(end);
        }
        let mut words = words.into_stream()?;
        while words.advance() {
            self.add(words.value(), docs)?;
        }
        Ok(())
    }

    /// Adds the documents with a word, or if `prefix` the beginning of a word, that differs in at
    /// most so many letters.
    pub fn fuzzy(&self, word: &str, distance: u8, prefix: bool, docs: &mut Docs) -> io::Result<()> {
        let builder = builder(distance);
        let automaton = Levenshtein(if prefix {
            builder.build_prefix_dfa(word)
        } else {
            builder.build_dfa(word)
        });
        let mut words = self.0.terms().search(&automaton).into_stream()?;
        while words.advance() {
            self.add(words.value(), docs)?;
        }
        Ok(())
    }

    fn add(&self, info: &TermInfo, docs: &mut Docs) -> io::Result<()> {
        let mut postings = self
            .0
            .read_block_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        loop {
            let block = postings.docs();
            if block.is_empty() {
                return Ok(());
            }
            block.iter().for_each(|doc| docs.insert(*doc));
            postings.advance();
        }
    }
}

/// The first string after all that start with this one.
fn after(prefix: &str) -> Option<Vec<u8>> {
    let mut bytes = prefix.as_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            return Some(bytes);
        }
    }
    None
}

/// The typing errors forgiven in a word of so many letters.
pub fn errors(letters: usize) -> u8 {
    match letters {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// Tables that are the same for all words, made once a process.
fn builder(distance: u8) -> &'static LevenshteinAutomatonBuilder {
    static ONE: OnceLock<LevenshteinAutomatonBuilder> = OnceLock::new();
    static TWO: OnceLock<LevenshteinAutomatonBuilder> = OnceLock::new();
    let (builder, distance) = if distance < 2 { (&ONE, 1) } else { (&TWO, 2) };
    builder.get_or_init(|| LevenshteinAutomatonBuilder::new(distance, true))
}

struct Levenshtein(DFA);

impl Automaton for Levenshtein {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}
