//! What the cells of a table have in common, column by column.

use super::candidate::{DatatypeCandidate, RemainingCandidates, speaks_of_years};
use super::list_profile::ListProfile;
use super::locale::Locale;
use super::name;
use super::near_misses::NearMisses;
use super::source::GuessedTable;
use crate::datatype::value::is_valid;
use crate::datatype::{Base, Datatype, DatatypeDescription, DatatypeParser};
use crate::diagnostic::Diagnostic;
use crate::resource::unpacked_name;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Words for a missing value in a column whose other values are not strings, and whether they mean that among strings too.
const NULL_WORDS: &[(&str, bool)] = &[
    ("NA", false),
    ("N/A", true),
    ("n/a", true),
    ("#N/A", true),
    ("#REF!", true),
    ("#VALUE!", true),
    ("#DIV/0!", true),
    ("#NAME?", true),
    ("#NUM!", true),
    ("NULL", true),
    ("null", false),
    ("None", false),
    ("-", false),
    ("–", false),
    ("—", false),
    ("?", false),
    ("н/д", true),
    ("нет данных", true),
];
/// What may separate the items of a list cell.
const SEPARATORS: [char; 2] = [';', '|'];

/// A file and what its rows say.
pub struct TableProfile {
    /// The file.
    pub source: GuessedTable,
    /// The file's name without its extension.
    pub name: String,
    /// Data rows.
    pub rows: u64,
    /// Rows without any content.
    pub blank_rows: u64,
    /// Columns in file order.
    pub columns: Vec<ColumnProfile>,
    /// The header reads like one more row.
    pub header_is_data: bool,
}

/// What the cells of a column say.
pub struct ColumnProfile {
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
    pub choice: DatatypeChoice,
    /// A cell that has the form of a date, of a day that does not exist.
    pub no_such_day: Option<String>,
    /// All cells are eight digits that are a day as well, such as `20240131`.
    pub compact_dates: bool,
    /// All cells are numbers as spreadsheets show long digits, such as `4.00638E+12`.
    pub shortened: bool,
    /// A separator of which it is not certain that it makes lists.
    pub maybe_separator: Option<char>,
    pub(super) values: RemainingCandidates,
    near_misses: NearMisses,
    lists: [Option<ListProfile>; 2],
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
pub struct DatatypeChoice {
    /// Of a cell, or of an item where there is a separator.
    pub datatype: DatatypeDescription,
    /// Between the items of a list.
    pub separator: Option<String>,
    /// What else the cells could mean.
    pub doubt: Option<Doubt>,
    /// Why it is a string though its cells look like something else.
    pub kept_as_text: Option<KeptAsText>,
}

/// Cells that can be read in two ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Day and month could be the other way round.
    DayMonth,
    /// `1,234` could have a fraction or groups.
    Number,
    /// It could be either, and the column of this title says which.
    Settled(String),
}

/// Why a column of digits is one of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptAsText {
    /// Its name speaks of codes.
    Name,
    /// Like this example, which would lose a zero.
    Version(String),
}

impl TableProfile {
    /// Reads all rows. `budget` is how many more values may be remembered.
    pub fn read(source: GuessedTable, budget: &mut usize) -> Result<Self, Box<Diagnostic>> {
        let titles = source.titles();
        let names = name::names(&titles);
        let mut columns: Vec<ColumnProfile> = titles
            .iter()
            .zip(names)
            .map(|(title, name)| ColumnProfile::new(title, name))
            .collect();
        let mut rows = 0;
        let mut buffer = String::new();
        let blank_rows = source.rows(|cells, line| {
            rows += 1;
            for (index, column) in columns.iter_mut().enumerate() {
                let cell = cells.get(index).map_or("", String::as_str);
                column.observe(cell, line, &mut buffer, budget);
            }
        })?;
        let locale = Locale::of(&columns);
        for column in &mut columns {
            column.decide(&locale);
        }
        let header_is_data = header_is_data(&columns);
        let name = unpacked_name(&source.path)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        Ok(Self {
            source,
            name,
            rows,
            blank_rows,
            columns,
            header_is_data,
        })
    }
}

/// Whether the header reads like one more row: every title above numbers, dates and the like is one
/// itself, the first column is of that kind, and no title is a year above other numbers.
fn header_is_data(columns: &[ColumnProfile]) -> bool {
    let mut typed = columns.iter().filter(|column| !column.is_text()).peekable();
    let starts_typed = columns.first().is_some_and(|column| !column.is_text());
    if typed.peek().is_none() || !starts_typed {
        return false;
    }
    typed.all(|column| {
        let parser = parser(&column.choice.datatype);
        !column.title.is_empty()
            && column.choice.datatype.base != "anyURI"
            && parser
                .parse(trimmed(&column.title), &mut String::new())
                .is_ok()
    })
}

fn parser(description: &DatatypeDescription) -> DatatypeParser {
    let mut diagnostics =
        crate::diagnostic::Diagnostics::new(crate::diagnostic::ReadingMode::Convert);
    Datatype::compile(description, &mut diagnostics).parser()
}

impl ColumnProfile {
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
            choice: DatatypeChoice::default(),
            no_such_day: None,
            compact_dates: true,
            shortened: true,
            maybe_separator: None,
            values: RemainingCandidates::default(),
            near_misses: NearMisses::default(),
            lists: [None, None],
            total_length: 0,
            words: 0,
            cyrillic: 0,
            letters: 0,
            only_digits: true,
        }
    }

    fn observe(&mut self, cell: &str, line: u64, buffer: &mut String, budget: &mut usize) {
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
                *list = Some(ListProfile::of_items(
                    self.values.clone(),
                    self.total_length,
                    self.words,
                ));
            }
            if let Some(list) = list {
                list.observe(value, separator, buffer);
            }
        }
        self.values.observe(value, buffer);
        self.near_misses.observe(value, line);
        if self.no_such_day.is_none() && is_no_day(value) {
            self.no_such_day = Some(value.to_owned());
        }
        self.compact_dates &= is_compact_day(value);
        self.shortened &= is_shortened(value);
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

    fn decide(&mut self, locale: &Locale) {
        self.mean_length = self.total_length / self.values.cells.max(1);
        if let Some(candidate) = self.values.best(&self.title) {
            self.choice = choice(&self.values, candidate, locale);
            self.keep_codes();
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
            self.choice.kept_as_text = self
                .values
                .version()
                .map(|example| KeptAsText::Version(example.to_owned()));
            return;
        };
        let items = list.items.best(&self.title);
        if items.is_none() && !list.is_certain(separator) {
            self.maybe_separator = Some(separator);
            return;
        }
        // Items that are strings keep the spaces around a separator, so they become part of it.
        let (written, even) = list.written(separator);
        self.choice = match items {
            Some(candidate) => DatatypeChoice {
                separator: Some(separator.to_string()),
                ..choice(&list.items, candidate, locale)
            },
            None => DatatypeChoice {
                datatype: DatatypeDescription {
                    base: if even { "" } else { "token" }.to_owned(),
                    ..Default::default()
                },
                separator: Some(written),
                ..DatatypeChoice::default()
            },
        };
        self.keep_codes();
    }

    /// Whole numbers under a name that speaks of codes are strings.
    fn keep_codes(&mut self) {
        let base = self.choice.datatype.base.as_str();
        let is_whole = base == "integer" || (base == "double" && self.shortened);
        if is_whole && name::names_codes(&self.title) {
            self.choice = DatatypeChoice {
                separator: self.choice.separator.take(),
                kept_as_text: Some(KeptAsText::Name),
                ..DatatypeChoice::default()
            };
        }
    }

    /// Takes cells that hold a separator as lists of strings.
    pub fn split_at(&mut self, separator: &str) {
        self.choice = DatatypeChoice {
            separator: Some(separator.to_owned()),
            ..DatatypeChoice::default()
        };
        self.maybe_separator = None;
    }

    /// Whether different cells are different values.
    pub fn tells_apart(&self) -> bool {
        let datatype = &self.choice.datatype;
        let pattern = datatype
            .format
            .as_ref()
            .map(|format| format.pattern.as_deref());
        match (datatype.base.as_str(), pattern) {
            ("" | "string" | "integer" | "anyURI" | "date" | "gYear", None) => true,
            // With one digit or two there are two ways to write a day.
            ("date" | "dateTime", Some(Some(pattern))) => {
                !pattern.starts_with(['d', 'M'])
                    || pattern.starts_with("dd")
                    || pattern.starts_with("MM")
            }
            _ => false,
        }
    }

    /// Whether cells are strings, or lists of strings.
    pub fn is_text(&self) -> bool {
        matches!(self.choice.datatype.base.as_str(), "" | "string" | "token")
    }

    /// What to say of cells that are not numbers, or dates, in a column where many are.
    pub fn near_misses(&self) -> Option<String> {
        let plain = self.is_text()
            && self.choice.separator.is_none()
            && self.choice.kept_as_text.is_none()
            && !self.is_code();
        let note = || self.near_misses.note(speaks_of_years(&self.title));
        plain.then(note).flatten()
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
            .filter(|&word| !self.is_text() || NULL_WORDS.contains(&(word, true)))
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
        // White space around a separator is stripped from the items, unless it is all there is.
        let separator = self.choice.separator.as_deref();
        let separator = separator.map(|separator| match separator.trim() {
            "" => separator,
            separator => separator,
        });
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

fn choice(
    remaining: &RemainingCandidates,
    candidate: &'static DatatypeCandidate,
    locale: &Locale,
) -> DatatypeChoice {
    let of = |candidate: &DatatypeCandidate, doubt: Option<Doubt>| DatatypeChoice {
        datatype: remaining.describe(candidate),
        doubt,
        ..DatatypeChoice::default()
    };
    if let Some(other) = remaining.exchanged(candidate) {
        return match locale.day_first() {
            Some((day_first, title)) => {
                let fits = candidate.is_day_first() == day_first;
                let doubt = Some(Doubt::Settled(title.to_owned()));
                of(if fits { candidate } else { other }, doubt)
            }
            None => of(candidate, Some(Doubt::DayMonth)),
        };
    }
    if let Some(other) = remaining.other_number(candidate) {
        return match locale.mark() {
            Some((mark, title)) => {
                let fits = candidate.agrees_with(mark);
                let doubt = Some(Doubt::Settled(title.to_owned()));
                of(if fits { candidate } else { other }, doubt)
            }
            None => of(candidate, Some(Doubt::Number)),
        };
    }
    of(candidate, None)
}

/// Whether a text is a number as spreadsheets show one of many digits: its first six digits at most.
fn is_shortened(value: &str) -> bool {
    let Some((digits, exponent)) = value.split_once("E+") else {
        return false;
    };
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    whole.len() == 1
        && all_digits(whole)
        && fraction.len() <= 5
        && all_digits(fraction)
        && all_digits(exponent)
}

/// Whether a text is eight digits that are a day of the last centuries or this one.
fn is_compact_day(value: &str) -> bool {
    let [Some(year), Some(month), Some(day)] = [0..4, 4..6, 6..8].map(|part| value.get(part))
    else {
        return false;
    };
    let in_reach = matches!(year.get(..2), Some("18" | "19" | "20"));
    value.len() == 8 && in_reach && is_valid(Base::Date, &format!("{year}-{month}-{day}"))
}

/// Whether a text has the form of a date, `2019-02-30`, and there is no such day.
fn is_no_day(text: &str) -> bool {
    text.len() == 10
        && text.as_bytes().get(4) == Some(&b'-')
        && crate::datatype::nonexistent(Base::Date, text).is_some()
}

/// A text without white space of XML at its ends.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

fn null_word(value: &str) -> Option<&'static str> {
    let mut words = NULL_WORDS.iter().map(|&(word, _)| word);
    words.find(|&word| word == value)
}

/// The identity of a value among remembered ones.
pub fn fingerprint(value: &str) -> u64 {
    // Its keys are fixed: the same files give the same metadata.
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
