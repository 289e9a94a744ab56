//! Datatypes that a column may have, in order of preference, and those that its cells leave.

use crate::datatype::{Datatype, DatatypeDescription, DatatypeParser, FormatDescription};
use crate::diagnostic::{Diagnostics, ReadingMode};
use std::sync::LazyLock;

/// Fractions with more digits than this are no formatted numbers.
const MAX_FRACTION: usize = 12;

/// A datatype that is tried on cells.
pub struct DatatypeCandidate {
    /// Its description, as it will be in the metadata.
    pub description: DatatypeDescription,
    /// What it accepts beyond its datatype's rules.
    pub kind: CandidateKind,
    parser: DatatypeParser,
}

/// What else holds for the cells of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// Nothing.
    Plain,
    /// Four digits, and the name of the column must speak of years.
    Year,
    /// Numbers without leading zeros: those are codes.
    Number,
    /// Numbers with an exponent that cannot be codes: `1.5e3` or `2e-7`, not `1E3`.
    Scientific,
    /// Objects and arrays.
    Json,
    /// Two words, both of which must come.
    Words,
    /// A number format, likewise; its pattern is narrowed to the digits seen.
    Formatted {
        /// Before the fraction, where there may be one.
        decimal: Option<char>,
        /// After the number.
        percent: bool,
    },
    /// A date in which day and month could be exchanged for the index of another candidate.
    Ambiguous(usize),
    /// Starts with `http://` or `https://`.
    Url,
}

impl DatatypeCandidate {
    fn new(base: &str, format: Option<FormatDescription>, kind: CandidateKind) -> Self {
        let description = DatatypeDescription {
            base: base.to_owned(),
            format,
            ..Default::default()
        };
        let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
        let datatype = Datatype::compile(&description, &mut diagnostics);
        debug_assert!(diagnostics.is_empty(), "{description:?}");
        Self {
            parser: datatype.parser(),
            description,
            kind,
        }
    }

    fn accepts(&self, cell: &str, buffer: &mut String) -> bool {
        let fits = match self.kind {
            CandidateKind::Year => cell.len() == 4,
            CandidateKind::Number | CandidateKind::Formatted { .. } => !is_code(cell),
            CandidateKind::Scientific => !is_code(cell) && !is_exponent_code(cell),
            CandidateKind::Url => cell.starts_with("http://") || cell.starts_with("https://"),
            CandidateKind::Json => is_json(cell),
            CandidateKind::Plain | CandidateKind::Words | CandidateKind::Ambiguous(_) => true,
        };
        let value = fits.then(|| self.parser.parse(cell, buffer));
        // Numbers too long to compute with are names of things.
        value.is_some_and(|value| value.is_ok_and(|value| self.parser.is_computable(value)))
    }

    /// Whether a number is read with this mark before its fraction.
    pub fn agrees_with(&self, mark: char) -> bool {
        match (self.decimal(), self.group()) {
            (Some(decimal), _) => decimal == mark,
            (None, group) => group != Some(mark),
        }
    }

    /// Whether the pattern of a date starts with the day.
    pub fn is_day_first(&self) -> bool {
        let format = self.description.format.as_ref();
        let pattern = format.and_then(|format| format.pattern.as_deref());
        pattern.is_some_and(|pattern| pattern.starts_with('d'))
    }

    /// What is between groups of digits.
    fn group(&self) -> Option<char> {
        let format = self.description.format.as_ref()?;
        let named = format.group_char.as_ref().and_then(|c| c.chars().next());
        let pattern = format.pattern.as_deref().unwrap_or_default();
        let comma = pattern.contains("#,##0") && format.decimal_char.as_deref() != Some(",");
        named.or(comma.then_some(','))
    }

    /// What is before fractions.
    fn decimal(&self) -> Option<char> {
        match self.kind {
            CandidateKind::Formatted { decimal, .. } => decimal,
            CandidateKind::Number if self.description.base == "decimal" => Some('.'),
            _ => None,
        }
    }
}

/// An object or an array.
fn is_json(cell: &str) -> bool {
    cell.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(cell).is_ok()
}

/// Whether what could be an exponent may be a letter of a code: `32E0134`, `1e5`.
fn is_exponent_code(cell: &str) -> bool {
    let Some((mantissa, exponent)) = cell.split_once(['e', 'E']) else {
        return false;
    };
    !mantissa.contains('.') && !exponent.starts_with(['+', '-'])
}

/// Whether a number has zeros before it, as post codes have, or more digits than anything is counted in.
fn is_code(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell).as_bytes();
    let long = digits.len() > 18 && digits.iter().all(u8::is_ascii_digit);
    cell.starts_with('+') || cell == "-0" || long || matches!(digits, [b'0', b'0'..=b'9', ..])
}

fn pattern(pattern: &str) -> Option<FormatDescription> {
    Some(FormatDescription {
        pattern: Some(pattern.to_owned()),
        ..Default::default()
    })
}

/// All candidates, in order of preference.
pub static CANDIDATES: LazyLock<Vec<DatatypeCandidate>> = LazyLock::new(|| {
    let mut all = vec![DatatypeCandidate::new(
        "boolean",
        pattern("true|false"),
        CandidateKind::Plain,
    )];
    for words in [
        "TRUE|FALSE",
        "True|False",
        "yes|no",
        "Yes|No",
        "YES|NO",
        "Y|N",
        "y|n",
        "да|нет",
        "Да|Нет",
        "ДА|НЕТ",
        "ja|nein",
        "Ja|Nein",
        "oui|non",
        "Oui|Non",
        "ano|ne",
        "Ano|Ne",
        "sí|no",
        "Sí|No",
    ] {
        all.push(DatatypeCandidate::new(
            "boolean",
            pattern(words),
            CandidateKind::Words,
        ));
    }
    all.push(DatatypeCandidate::new("gYear", None, CandidateKind::Year));
    all.push(DatatypeCandidate::new(
        "integer",
        None,
        CandidateKind::Number,
    ));
    all.push(DatatypeCandidate::new(
        "decimal",
        None,
        CandidateKind::Number,
    ));
    numbers(&mut all);
    all.push(DatatypeCandidate::new(
        "double",
        None,
        CandidateKind::Scientific,
    ));
    dates(&mut all);
    all.push(DatatypeCandidate::new(
        "duration",
        None,
        CandidateKind::Plain,
    ));
    all.push(DatatypeCandidate::new("anyURI", None, CandidateKind::Url));
    all.push(DatatypeCandidate::new("json", None, CandidateKind::Json));
    all
});

fn numbers(all: &mut Vec<DatatypeCandidate>) {
    let fraction = "#".repeat(MAX_FRACTION);
    let mut add = |base: &str, group: Option<char>, decimal: char, percent: bool| {
        let has_fraction = base == "decimal";
        let mut pattern = group.map_or("#0".to_owned(), |group| format!("#{group}##0"));
        if has_fraction {
            pattern.push(decimal);
            pattern.push_str(&fraction);
        }
        if percent {
            pattern.push('%');
        }
        let decimal_char = Some(decimal).filter(|&decimal| decimal != '.');
        let group_char = group.filter(|&group| group != ',');
        let format = FormatDescription {
            pattern: Some(pattern),
            is_object: decimal_char.is_some() || group_char.is_some(),
            decimal_char: decimal_char.map(String::from),
            group_char: group_char.map(String::from),
        };
        let kind = CandidateKind::Formatted {
            decimal: has_fraction.then_some(decimal),
            percent,
        };
        all.push(DatatypeCandidate::new(base, Some(format), kind));
    };
    // `1,500` is fifteen hundred rather than one and a half, unless other cells say otherwise.
    for (group, decimal) in [
        (Some(','), '.'),
        (None, ','),
        (Some(' '), ','),
        (Some('\u{a0}'), ','),
        (Some('\u{202f}'), ','),
        (Some('\''), '.'),
        (Some('.'), ','),
        (Some(' '), '.'),
    ] {
        if group.is_some() {
            add("integer", group, decimal, false);
        }
        add("decimal", group, decimal, false);
    }
    for decimal in ['.', ','] {
        add("decimal", None, decimal, true);
    }
}

fn dates(all: &mut Vec<DatatypeCandidate>) {
    for base in ["date", "dateTime", "time"] {
        all.push(DatatypeCandidate::new(base, None, CandidateKind::Plain));
    }
    for time in ["HH:mm", "HHmm"] {
        all.push(DatatypeCandidate::new(
            "time",
            pattern(time),
            CandidateKind::Plain,
        ));
    }
    all.push(DatatypeCandidate::new(
        "dateTime",
        pattern("yyyy-MM-ddTHH:mm"),
        CandidateKind::Plain,
    ));
    for suffix in ["", " HH:mm", " HH:mm:ss"] {
        let base = if suffix.is_empty() {
            "date"
        } else {
            "dateTime"
        };
        if !suffix.is_empty() {
            all.push(DatatypeCandidate::new(
                base,
                pattern(&format!("yyyy-MM-dd{suffix}")),
                CandidateKind::Plain,
            ));
        }
        for separator in ['.', '/', '-'] {
            for (day, month) in [("dd", "MM"), ("d", "M")] {
                let (first, second) = (all.len(), all.len() + 1);
                for (a, b, other) in [(day, month, second), (month, day, first)] {
                    let format = format!("{a}{separator}{b}{separator}yyyy{suffix}");
                    all.push(DatatypeCandidate::new(
                        base,
                        pattern(&format),
                        CandidateKind::Ambiguous(other),
                    ));
                }
            }
        }
    }
}

/// The candidates that all cells so far leave, and the digits of fractions.
#[derive(Debug, Clone)]
pub struct RemainingCandidates {
    /// One bit a candidate.
    alive: u128,
    /// Cells seen.
    pub cells: u64,
    /// Fewest and most digits after a point, and after a comma.
    fractions: [Option<(usize, usize)>; 2],
    /// The words of booleans that came: for each candidate whether one was true, and whether one was false.
    words: [u128; 2],
    /// Some cell has a digit.
    digits: bool,
    versions: Versions,
}

/// Whether numbers with a point could be versions, in which `1.10` is not `1.1`.
#[derive(Debug, Clone, Default)]
struct Versions {
    /// Fewest and most digits after the point, of cells that have one.
    fractions: Option<(usize, usize)>,
    /// An example that ends with a zero that says nothing of the value.
    trailing_zero: Option<String>,
    /// A number that is not part of a version: negative, or with many digits.
    number: bool,
}

impl Versions {
    fn observe(&mut self, cell: &str) {
        let Some((whole, fraction)) = cell.split_once('.') else {
            return;
        };
        let count = fraction.len();
        let (least, most) = self.fractions.unwrap_or((count, count));
        self.fractions = Some((least.min(count), most.max(count)));
        if count > 1 && fraction.ends_with('0') && self.trailing_zero.is_none() {
            self.trailing_zero = Some(cell.to_owned());
        }
        self.number |= whole.starts_with('-') || whole.len() > 2;
    }

    /// A number that would lose its last digit, where not all are written with as many.
    fn example(&self) -> Option<&str> {
        let uneven = self.fractions.is_some_and(|(least, most)| least < most);
        let example = self.trailing_zero.as_deref();
        example.filter(|_| uneven && !self.number)
    }
}

impl Default for RemainingCandidates {
    fn default() -> Self {
        Self {
            alive: u128::MAX >> (128 - CANDIDATES.len().min(128)),
            cells: 0,
            fractions: [None; 2],
            words: [0; 2],
            digits: false,
            versions: Versions::default(),
        }
    }
}

impl RemainingCandidates {
    /// Takes a cell (neither empty nor a null marker, ends stripped) into account.
    pub fn observe(&mut self, cell: &str, buffer: &mut String) {
        self.cells += 1;
        if self.alive == 0 {
            return;
        }
        let mut left = self.alive;
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            // Bits above the list's length are never set.
            let candidate = CANDIDATES.get(index);
            if candidate.is_none_or(|candidate| !candidate.accepts(cell, buffer)) {
                self.alive &= !(1 << index);
            } else if let Some(candidate) = candidate
                && candidate.kind == CandidateKind::Words
            {
                let is_true = candidate.parser.parse(cell, buffer) == Ok("true");
                self.words[usize::from(is_true)] |= 1 << index;
            }
        }
        self.digits |= cell.bytes().any(|byte| byte.is_ascii_digit());
        self.versions.observe(cell);
        for (mark, seen) in ['.', ','].into_iter().zip(&mut self.fractions) {
            let count = cell.rsplit_once(mark).map_or(0, |(_, fraction)| {
                fraction.bytes().filter(u8::is_ascii_digit).count()
            });
            *seen = Some(seen.map_or((count, count), |(least, most)| {
                (least.min(count), most.max(count))
            }));
        }
    }

    /// The best candidate that is left; `None` stands for strings.
    pub fn best(&self, column_name: &str) -> Option<&'static DatatypeCandidate> {
        if self.cells == 0 {
            return None;
        }
        let suits = |index: usize, candidate: &DatatypeCandidate| match candidate.kind {
            CandidateKind::Year => speaks_of_years(column_name),
            CandidateKind::Words => self.words.iter().all(|seen| seen & (1 << index) != 0),
            // `NaN` and `INF` alone are words.
            CandidateKind::Scientific => self.digits,
            CandidateKind::Number if candidate.description.base == "decimal" => {
                self.versions.example().is_none()
            }
            _ => true,
        };
        let best = self
            .left()
            .find(|&(index, candidate)| suits(index, candidate));
        let best = best.map(|(_, candidate)| candidate)?;
        // Versions are no `double` either.
        let number = matches!(
            best.kind,
            CandidateKind::Scientific | CandidateKind::Formatted { .. }
        );
        (!number || self.version().is_none()).then_some(best)
    }

    /// The candidates that are left.
    fn left(&self) -> impl Iterator<Item = (usize, &'static DatatypeCandidate)> {
        CANDIDATES
            .iter()
            .enumerate()
            .filter(|(index, _)| self.is_alive(*index))
    }

    /// An example of what looks like a decimal number and more like a version.
    pub fn version(&self) -> Option<&str> {
        let is_decimal = |candidate: &DatatypeCandidate| {
            candidate.kind == CandidateKind::Number && candidate.description.base == "decimal"
        };
        let alive = self.left().any(|(_, candidate)| is_decimal(candidate));
        self.versions.example().filter(|_| alive)
    }

    /// Whether another order of day and month would do as well.
    pub fn is_ambiguous(&self, candidate: &DatatypeCandidate) -> bool {
        matches!(candidate.kind, CandidateKind::Ambiguous(other) if self.is_alive(other))
    }

    /// The other order of day and month.
    pub fn exchanged(&self, candidate: &DatatypeCandidate) -> Option<&'static DatatypeCandidate> {
        match candidate.kind {
            CandidateKind::Ambiguous(other) if self.is_alive(other) => CANDIDATES.get(other),
            _ => None,
        }
    }

    /// The other reading of numbers that are written like `1,234` or `1.234`: with groups instead of
    /// a fraction, or with a fraction instead of groups.
    pub fn other_number(
        &self,
        candidate: &DatatypeCandidate,
    ) -> Option<&'static DatatypeCandidate> {
        let other = |suits: &dyn Fn(&DatatypeCandidate) -> bool| {
            let mut left = self.left().map(|(_, candidate)| candidate);
            left.find(|candidate| suits(candidate))
        };
        let base = candidate.description.base.as_str();
        match (base, candidate.group(), candidate.decimal()) {
            ("integer", Some(mark @ (',' | '.')), _) => other(&|other| {
                let is_percent =
                    matches!(other.kind, CandidateKind::Formatted { percent: true, .. });
                other.group().is_none() && other.decimal() == Some(mark) && !is_percent
            }),
            ("decimal", None, Some(mark)) => {
                other(&|other| other.description.base == "integer" && other.group() == Some(mark))
            }
            _ => None,
        }
    }

    /// The decimal mark that the cells prove: no other reading fits them.
    pub fn proven_mark(&self, column_name: &str) -> Option<char> {
        let best = self.best(column_name)?;
        if self.other_number(best).is_some() {
            return None;
        }
        match (best.decimal(), best.group()) {
            (Some(mark), _) => Some(mark),
            (None, Some(',')) => Some('.'),
            (None, Some('.')) => Some(','),
            _ => None,
        }
    }

    /// Whether days come before months, where the cells prove it.
    pub fn proven_order(&self, column_name: &str) -> Option<bool> {
        let best = self.best(column_name)?;
        let is_proof = matches!(best.kind, CandidateKind::Ambiguous(_)) && !self.is_ambiguous(best);
        is_proof.then(|| best.is_day_first())
    }

    fn is_alive(&self, index: usize) -> bool {
        index < 128 && self.alive & (1 << index) != 0
    }

    /// The description of a candidate, its number pattern narrowed to the digits that were seen, or left out
    /// where a decimal mark alone says it.
    pub fn describe(&self, candidate: &DatatypeCandidate) -> DatatypeDescription {
        let mut description = candidate.description.clone();
        if candidate.description.base == "boolean"
            && let Some(format) = &description.format
            && format.pattern.as_deref() == Some("true|false")
        {
            description.format = None;
        }
        let CandidateKind::Formatted {
            decimal: Some(decimal),
            percent,
        } = candidate.kind
        else {
            return description;
        };
        let (least, most) = self.fractions[usize::from(decimal == ',')].unwrap_or((0, 0));
        // How many digits the next cell has is not known, unless all have as many as money has.
        let is_even = least == most && least > 1;
        if let Some(format) = &mut description.format
            && candidate.group().is_none()
            && format.decimal_char.is_some()
            && !percent
            && !is_even
        {
            format.pattern = None;
            return description;
        }
        if let Some(pattern) = description
            .format
            .as_mut()
            .and_then(|format| format.pattern.as_mut())
        {
            let whole = pattern.rfind(decimal).unwrap_or(pattern.len());
            pattern.truncate(whole);
            if most > 0 {
                pattern.push(decimal);
                pattern.push_str(&"0".repeat(least));
                pattern.push_str(&"#".repeat(most - least));
            }
            if percent {
                pattern.push('%');
            }
        }
        description
    }
}

/// Whether a column is named after years.
pub fn speaks_of_years(name: &str) -> bool {
    let name = name.to_lowercase();
    ["year", "год", "god"]
        .iter()
        .any(|word| name.split(['_', '-', ' ', '.']).any(|part| part == *word))
}

#[cfg(test)]
mod tests;
