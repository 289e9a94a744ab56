//! Datatypes that a column may have, in order of preference, and those that its cells leave.

use crate::datatype::{Datatype, DatatypeDescription, FormatDescription, Parser};
use crate::diagnostic::{Diagnostics, Mode};
use std::sync::LazyLock;

/// Fractions with more digits than this are no formatted numbers.
const MAX_FRACTION: usize = 12;

/// A datatype that is tried on cells.
pub struct Candidate {
    /// Its description, as it will stand in the metadata.
    pub description: DatatypeDescription,
    /// What it accepts beyond its datatype's rules.
    pub kind: Kind,
    parser: Parser,
}

/// What else holds for the cells of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Plain,
    /// Four digits, and the name of the column must speak of years.
    Year,
    /// Numbers without leading zeros: those are codes.
    Number,
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

impl Candidate {
    fn new(base: &str, format: Option<FormatDescription>, kind: Kind) -> Self {
        let description = DatatypeDescription {
            base: base.to_owned(),
            format,
            ..Default::default()
        };
        let mut diagnostics = Diagnostics::new(Mode::Convert);
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
            Kind::Year => cell.len() == 4,
            Kind::Number | Kind::Formatted { .. } => !is_code(cell),
            Kind::Url => cell.starts_with("http://") || cell.starts_with("https://"),
            Kind::Plain | Kind::Ambiguous(_) => true,
        };
        fits && self.parser.parse(cell, buffer).is_ok()
    }
}

/// Whether a number has zeros before it, as post codes have.
fn is_code(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell).as_bytes();
    cell.starts_with('+') || matches!(digits, [b'0', b'0'..=b'9', ..])
}

fn pattern(pattern: &str) -> Option<FormatDescription> {
    Some(FormatDescription {
        pattern: Some(pattern.to_owned()),
        ..Default::default()
    })
}

/// All candidates, in order of preference.
pub static CANDIDATES: LazyLock<Vec<Candidate>> = LazyLock::new(|| {
    let mut all = vec![Candidate::new(
        "boolean",
        pattern("true|false"),
        Kind::Plain,
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
    ] {
        all.push(Candidate::new("boolean", pattern(words), Kind::Plain));
    }
    all.push(Candidate::new("gYear", None, Kind::Year));
    all.push(Candidate::new("integer", None, Kind::Number));
    all.push(Candidate::new("decimal", None, Kind::Number));
    numbers(&mut all);
    all.push(Candidate::new("double", None, Kind::Number));
    dates(&mut all);
    all.push(Candidate::new("duration", None, Kind::Plain));
    all.push(Candidate::new("anyURI", None, Kind::Url));
    all
});

fn numbers(all: &mut Vec<Candidate>) {
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
        let kind = Kind::Formatted {
            decimal: has_fraction.then_some(decimal),
            percent,
        };
        all.push(Candidate::new(base, Some(format), kind));
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

fn dates(all: &mut Vec<Candidate>) {
    for base in ["date", "dateTime", "time"] {
        all.push(Candidate::new(base, None, Kind::Plain));
    }
    for time in ["HH:mm", "HHmm"] {
        all.push(Candidate::new("time", pattern(time), Kind::Plain));
    }
    all.push(Candidate::new(
        "dateTime",
        pattern("yyyy-MM-ddTHH:mm"),
        Kind::Plain,
    ));
    for suffix in ["", " HH:mm", " HH:mm:ss"] {
        let base = if suffix.is_empty() {
            "date"
        } else {
            "dateTime"
        };
        if !suffix.is_empty() {
            all.push(Candidate::new(
                base,
                pattern(&format!("yyyy-MM-dd{suffix}")),
                Kind::Plain,
            ));
        }
        for separator in ['.', '/', '-'] {
            for (day, month) in [("dd", "MM"), ("d", "M")] {
                let (first, second) = (all.len(), all.len() + 1);
                for (a, b, other) in [(day, month, second), (month, day, first)] {
                    let format = format!("{a}{separator}{b}{separator}yyyy{suffix}");
                    all.push(Candidate::new(
                        base,
                        pattern(&format),
                        Kind::Ambiguous(other),
                    ));
                }
            }
        }
    }
}

/// The candidates that all cells so far leave, and the digits of fractions.
#[derive(Debug, Clone)]
pub struct Remaining {
    /// One bit a candidate.
    alive: u128,
    /// Cells seen.
    pub cells: u64,
    /// Fewest and most digits after a point, and after a comma.
    fractions: [Option<(usize, usize)>; 2],
}

impl Default for Remaining {
    fn default() -> Self {
        Self {
            alive: u128::MAX >> (128 - CANDIDATES.len().min(128)),
            cells: 0,
            fractions: [None; 2],
        }
    }
}

impl Remaining {
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
            if CANDIDATES
                .get(index)
                .is_none_or(|candidate| !candidate.accepts(cell, buffer))
            {
                self.alive &= !(1 << index);
            }
        }
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
    pub fn best(&self, column_name: &str) -> Option<&'static Candidate> {
        if self.cells == 0 {
            return None;
        }
        CANDIDATES
            .iter()
            .enumerate()
            .filter(|(index, _)| self.is_alive(*index))
            .map(|(_, candidate)| candidate)
            .find(|candidate| candidate.kind != Kind::Year || speaks_of_years(column_name))
    }

    /// Whether another order of day and month would do as well.
    pub fn is_ambiguous(&self, candidate: &Candidate) -> bool {
        matches!(candidate.kind, Kind::Ambiguous(other) if self.is_alive(other))
    }

    fn is_alive(&self, index: usize) -> bool {
        index < 128 && self.alive & (1 << index) != 0
    }

    /// The description of a candidate, its number pattern narrowed to the digits that were seen.
    pub fn describe(&self, candidate: &Candidate) -> DatatypeDescription {
        let mut description = candidate.description.clone();
        if candidate.description.base == "boolean"
            && let Some(format) = &description.format
            && format.pattern.as_deref() == Some("true|false")
        {
            description.format = None;
        }
        let Kind::Formatted {
            decimal: Some(decimal),
            percent,
        } = candidate.kind
        else {
            return description;
        };
        let (least, most) = self.fractions[usize::from(decimal == ',')].unwrap_or((0, 0));
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
fn speaks_of_years(name: &str) -> bool {
    let name = name.to_lowercase();
    ["year", "год", "god"]
        .iter()
        .any(|word| name.split(['_', '-', ' ', '.']).any(|part| part == *word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infer(name: &str, cells: &[&str]) -> String {
        let mut remaining = Remaining::default();
        let mut buffer = String::new();
        for cell in cells {
            remaining.observe(cell, &mut buffer);
        }
        let Some(candidate) = remaining.best(name) else {
            return "string".to_owned();
        };
        let description = remaining.describe(candidate);
        let mut diagnostics = Diagnostics::new(Mode::Validate);
        let parser = Datatype::compile(&description, &mut diagnostics).parser();
        assert!(diagnostics.is_empty(), "{description:?}");
        for cell in cells {
            assert!(
                parser.parse(cell, &mut buffer).is_ok(),
                "{description:?} {cell}"
            );
        }
        let pattern = description.format.and_then(|format| format.pattern);
        format!("{} {}", description.base, pattern.unwrap_or_default())
            .trim()
            .to_owned()
    }

    #[test]
    fn bits_are_enough() {
        assert!(CANDIDATES.len() <= 128, "{}", CANDIDATES.len());
    }

    #[test]
    fn datatypes_of_cells() {
        for (name, cells, expected) in [
            ("n", vec!["1", "20", "-3"], "integer"),
            ("n", vec!["1", "2.5"], "decimal"),
            ("n", vec!["1", "2.5e3"], "double"),
            ("code", vec!["007", "123"], "string"),
            ("year", vec!["2017", "2025"], "gYear"),
            ("founding_year", vec!["2017", "2025"], "gYear"),
            ("n", vec!["2017", "2025"], "integer"),
            ("n", vec!["1,234", "12"], "integer #,##0"),
            ("n", vec!["1,234.50", "12.5"], "decimal #,##0.0#"),
            ("n", vec!["1 234", "12"], "integer # ##0"),
            ("n", vec!["1\u{a0}234,50", "12,00"], "decimal #\u{a0}##0,00"),
            ("n", vec!["1.234,5", "12"], "decimal #.##0,#"),
            ("n", vec!["0,25", "12,5"], "decimal #0,0#"),
            ("n", vec!["12%", "7%"], "decimal #0%"),
            ("n", vec!["12,5%", "7%"], "decimal #0,#%"),
            ("d", vec!["2018-11-01"], "date"),
            ("d", vec!["01.11.2018", "26.11.2024"], "date dd.MM.yyyy"),
            ("d", vec!["1.11.2018", "26.11.2024"], "date d.M.yyyy"),
            ("d", vec!["11/26/2024", "01/02/2024"], "date MM/dd/yyyy"),
            ("d", vec!["01.11.2018 15:02"], "dateTime dd.MM.yyyy HH:mm"),
            ("d", vec!["2018-11-01T15:02:37Z"], "dateTime"),
            ("d", vec!["15:02"], "time HH:mm"),
            ("b", vec!["да", "нет"], "boolean да|нет"),
            ("b", vec!["true", "false"], "boolean"),
            ("u", vec!["https://example.org/a"], "anyURI"),
            ("t", vec!["P1Y", "PT2H"], "duration"),
            ("s", vec!["1", "one"], "string"),
            ("s", vec![], "string"),
        ] {
            assert_eq!(infer(name, &cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn days_and_months_that_cannot_be_told_apart() {
        let mut remaining = Remaining::default();
        remaining.observe("01.02.2018", &mut String::new());
        assert!(remaining.is_ambiguous(remaining.best("d").unwrap()));
        remaining.observe("13.02.2018", &mut String::new());
        assert!(!remaining.is_ambiguous(remaining.best("d").unwrap()));
    }
}
