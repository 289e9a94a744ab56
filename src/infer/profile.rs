//! What the cells of a table have in common, column by column.

use super::candidate::{Candidate, Kind, Remaining};
use super::name;
use super::source::Source;
use crate::datatype::DatatypeDescription;
use crate::diagnostic::Diagnostic;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Words that stand for a missing value where the other values are no strings.
const NULL_WORDS: &[&str] = &[
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "null",
    "None",
    "-",
    "–",
    "—",
    "?",
    "н/д",
    "нет данных",
];
/// Those of them that hardly mean anything else among strings.
const CLEAR_NULL_WORDS: &[&str] = &["N/A", "n/a", "#N/A", "NULL", "н/д", "нет данных"];
/// What may separate the items of a list cell.
const SEPARATORS: [char; 2] = [';', '|'];
/// Items of lists are short; longer ones are sentences with a semicolon.
const MAX_ITEM_LENGTH: u64 = 60;
/// Items after a separator and a space have fewer words on average; more are clauses of a sentence.
const MAX_ITEM_WORDS: u64 = 3;

/// A file and what its rows say.
pub struct Table {
    /// The file.
    pub source: Source,
    /// The file's name without its extension.
    pub name: String,
    /// Data rows.
    pub rows: u64,
    /// Rows without any content.
    pub blank_rows: u64,
    /// Columns in file order.
    pub columns: Vec<Column>,
}

/// What the cells of a column say.
pub struct Column {
    /// The header.
    pub title: String,
    /// The proposed name.
    pub name: String,
    /// Cells without content.
    pub empty: u64,
    /// Cells with content that stand for nothing, by word.
    pub null_words: BTreeMap<&'static str, u64>,
    /// The first cell with content.
    pub example: Option<String>,
    /// Some cells start or end with white space.
    pub padded: bool,
    /// Values that no other row has had yet.
    pub unique: Unique,
    /// Mean length of the cells with content, in characters.
    pub mean_length: u64,
    /// The datatype and separator that were chosen.
    pub choice: Choice,
    values: Remaining,
    lists: [Option<List>; 2],
    total_length: u64,
    words: u64,
    cyrillic: u64,
    letters: u64,
    only_digits: bool,
}

/// Whether all values of a column differ.
pub enum Unique {
    /// So far; fingerprints of the values.
    Yes(HashSet<u64>),
    /// A value came twice.
    No,
    /// There were more values than may be remembered.
    Unknown,
}

/// The datatype of a column.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Of a cell, or of an item where there is a separator.
    pub datatype: DatatypeDescription,
    /// Between the items of a list.
    pub separator: Option<String>,
    /// Day and month could be the other way round.
    pub ambiguous: bool,
}

/// Cells read as lists with one of the separators, from the first cell that has it.
#[derive(Default)]
struct List {
    cells: u64,
    items: Remaining,
    separators: u64,
    spaced: u64,
    total_length: u64,
    words: u64,
    empty_items: bool,
}

impl Table {
    /// Reads all rows. `budget` is how many more values may be remembered.
    pub fn read(source: Source, budget: &mut usize) -> Result<Self, Box<Diagnostic>> {
        let titles = source.titles();
        let names = name::names(&titles);
        let mut columns: Vec<Column> = titles
            .iter()
            .zip(names)
            .map(|(title, name)| Column::new(title, name))
            .collect();
        let mut rows = 0;
        let mut buffer = String::new();
        let blank_rows = source.rows(|cells| {
            rows += 1;
            for (index, column) in columns.iter_mut().enumerate() {
                let cell = cells.get(index).map_or("", String::as_str);
                column.observe(cell, &mut buffer, budget);
            }
        })?;
        for column in &mut columns {
            column.decide();
        }
        let name = source
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        Ok(Self {
            source,
            name,
            rows,
            blank_rows,
            columns,
        })
    }
}

impl Column {
    fn new(title: &str, name: String) -> Self {
        Self {
            title: title.to_owned(),
            name,
            empty: 0,
            null_words: BTreeMap::new(),
            example: None,
            padded: false,
            unique: Unique::Yes(HashSet::new()),
            mean_length: 0,
            choice: Choice::default(),
            values: Remaining::default(),
            lists: [None, None],
            total_length: 0,
            words: 0,
            cyrillic: 0,
            letters: 0,
            only_digits: true,
        }
    }

    fn observe(&mut self, cell: &str, buffer: &mut String, budget: &mut usize) {
        let value = trimmed(cell);
        self.padded |= value.len() != cell.len();
        if value.is_empty() {
            self.empty += 1;
            return;
        }
        self.remember(value, budget);
        if let Some(word) = null_word(value) {
            *self.null_words.entry(word).or_insert(0) += 1;
            return;
        }
        if self.example.is_none() {
            self.example = Some(value.chars().take(40).collect());
        }
        for (separator, list) in SEPARATORS.into_iter().zip(&mut self.lists) {
            if list.is_none() && value.contains(separator) {
                // Cells without the separator are lists of one item: what they said holds for items.
                *list = Some(List {
                    items: self.values.clone(),
                    total_length: self.total_length,
                    words: self.words,
                    ..List::default()
                });
            }
            if let Some(list) = list {
                list.observe(value, separator, buffer);
            }
        }
        self.values.observe(value, buffer);
        self.only_digits &= value.bytes().all(|byte| byte.is_ascii_digit());
        self.total_length += value.chars().count() as u64;
        self.words += value.split(' ').count() as u64;
        for c in value.chars().filter(|c| c.is_alphabetic()) {
            self.letters += 1;
            self.cyrillic += u64::from(('\u{400}'..='\u{4FF}').contains(&c));
        }
    }

    /// Keeps the fingerprint of a value as long as all values differ.
    fn remember(&mut self, value: &str, budget: &mut usize) {
        let Unique::Yes(seen) = &mut self.unique else {
            return;
        };
        if !seen.insert(fingerprint(value)) {
            *budget += seen.len();
            self.unique = Unique::No;
        } else if *budget == 0 {
            *budget += seen.len() - 1;
            self.unique = Unique::Unknown;
        } else {
            *budget -= 1;
        }
    }

    fn decide(&mut self) {
        self.mean_length = self.total_length / self.values.cells.max(1);
        if let Some(candidate) = self.values.best(&self.title) {
            self.choice = choice(&self.values, candidate, None);
            return;
        }
        let filled = self.values.cells;
        let list = SEPARATORS
            .into_iter()
            .zip(&self.lists)
            .filter_map(|(separator, list)| Some((separator, list.as_ref()?)))
            .filter(|(_, list)| list.is_list(filled))
            .max_by_key(|(_, list)| list.cells);
        let Some((separator, list)) = list else {
            return;
        };
        // Items that are strings keep the space after a separator, so it becomes part of it.
        let spaced = list.spaced == list.separators;
        let written = if spaced {
            format!("{separator} ")
        } else {
            separator.to_string()
        };
        self.choice = match list.items.best(&self.title) {
            Some(candidate) => choice(&list.items, candidate, Some(separator.to_string())),
            None => Choice {
                datatype: DatatypeDescription {
                    base: if list.spaced > 0 && !spaced {
                        "token"
                    } else {
                        ""
                    }
                    .to_owned(),
                    ..Default::default()
                },
                separator: Some(written),
                ambiguous: false,
            },
        };
    }

    /// Whether cells are strings, or lists of strings.
    pub fn is_text(&self) -> bool {
        matches!(self.choice.datatype.base.as_str(), "" | "string" | "token")
    }

    /// Whether there is a cell with a value.
    pub fn has_values(&self) -> bool {
        self.values.cells > 0
    }

    /// All digits, but some with leading zeros: codes.
    pub fn is_code(&self) -> bool {
        self.has_values() && self.only_digits && self.is_text()
    }

    /// The words that stand for null, given the chosen datatype.
    pub fn nulls(&self) -> Vec<&'static str> {
        self.null_words
            .keys()
            .copied()
            .filter(|word| !self.is_text() || CLEAR_NULL_WORDS.contains(word))
            .collect()
    }

    /// Whether every cell has a value.
    pub fn is_required(&self) -> bool {
        self.has_values() && self.empty == 0 && self.nulls().is_empty()
    }

    /// Whether most letters are Cyrillic.
    pub fn is_cyrillic(&self) -> bool {
        self.letters > 0 && self.cyrillic * 2 > self.letters
    }

    /// The values of a cell: its items where it is a list, nothing where it is null.
    pub fn items<'a>(&'a self, cell: &'a str) -> impl Iterator<Item = &'a str> {
        let cell = trimmed(cell);
        let is_null = cell.is_empty() || self.nulls().contains(&cell);
        let separator = self.choice.separator.as_deref().map(str::trim_end);
        let mut whole = (!is_null && separator.is_none()).then_some(cell);
        let mut items = (!is_null)
            .then_some(separator)
            .flatten()
            .map(|separator| cell.split(separator).map(trimmed));
        std::iter::from_fn(move || match &mut items {
            Some(items) => items.next(),
            None => whole.take(),
        })
    }
}

impl List {
    fn observe(&mut self, cell: &str, separator: char, buffer: &mut String) {
        let mut count = 0;
        for item in cell.split(separator) {
            count += 1;
            if count > 1 {
                self.separators += 1;
                self.spaced += u64::from(item.starts_with(' '));
            }
            let item = trimmed(item);
            self.empty_items |= item.is_empty();
            self.total_length += item.chars().count() as u64;
            self.words += item.split(' ').count() as u64;
            self.items.observe(item, buffer);
        }
        self.cells += u64::from(count > 1);
    }

    fn is_list(&self, filled: u64) -> bool {
        let often = self.cells >= 3 || self.cells * 20 >= filled;
        // `it rained; nobody came` is a sentence.
        let is_prose = self.spaced > 0 && self.words > MAX_ITEM_WORDS * self.items.cells;
        self.cells > 0
            && often
            && !is_prose
            && !self.empty_items
            && self.total_length <= MAX_ITEM_LENGTH * self.items.cells
    }
}

fn choice(remaining: &Remaining, candidate: &Candidate, separator: Option<String>) -> Choice {
    Choice {
        datatype: remaining.describe(candidate),
        separator,
        ambiguous: matches!(candidate.kind, Kind::Ambiguous(_))
            && remaining.is_ambiguous(candidate),
    }
}

/// A text without white space of XML at its ends.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn null_word(value: &str) -> Option<&'static str> {
    NULL_WORDS.iter().copied().find(|&word| word == value)
}

/// The identity of a value among remembered ones.
pub fn fingerprint(value: &str) -> u64 {
    // Its keys are fixed: the same files give the same metadata.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
