//! A datatype at work: text in, lexical form out.

use super::base::{Base, Family};
use super::compile::{Datatype, DatatypeFormat, RangeBound};
use super::date_pattern::DatePattern;
use super::number_pattern::{NumberFormat, NumberKind};
use super::regular::RegularExpression;
use super::{decimal, temporal, text, value};
use crate::diagnostic::{Code, suggest};
use std::cmp::Ordering;
use std::ops::RangeInclusive;

/// A datatype prepared for many cells; made by [`Datatype::parser`].
#[derive(Debug)]
pub struct DatatypeParser {
    base: Base,
    kind: LexicalForm,
    regular: Option<(RegularExpression, String)>,
    /// A format that is not one, and is reported as such: cells are written as XML Schema has it.
    ignored: Option<String>,
    min_length: u64,
    max_length: u64,
    least: Option<RangeBound>,
    greatest: Option<RangeBound>,
    /// The range of an integer datatype as far as it fits.
    range: RangeInclusive<i64>,
}

/// How the lexical form comes about.
#[derive(Debug)]
enum LexicalForm {
    /// Every text is one.
    Anything,
    /// Digits; the flag asks for a range check.
    Integer { bounded: bool },
    /// The text must be a lexical form of the base.
    Checked,
    /// `true`, `false`, `1`, `0`.
    Boolean,
    /// Own words for true and false.
    Words(String, String),
    /// A number format.
    Number(NumberFormat, NumberKind),
    /// A date pattern.
    Date(DatePattern),
}

/// Why a cell does not match its datatype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellProblem {
    /// Which rule is broken.
    pub code: Code,
    /// What would have been right, as a noun phrase.
    pub expected: String,
    /// What is wrong, where more is known than the rule says.
    pub message: Option<String>,
    /// What was probably meant.
    pub hint: Option<String>,
}

impl DatatypeParser {
    pub(super) fn new(datatype: &Datatype) -> Self {
        let base = datatype.base;
        let kind = match (&datatype.format, base.family()) {
            (DatatypeFormat::Number(format), _) => LexicalForm::Number(
                format.clone(),
                NumberKind {
                    integer: base.is_integer(),
                    floating: base.family() == Family::Float,
                },
            ),
            (DatatypeFormat::Date(pattern), _) => LexicalForm::Date(pattern.clone()),
            (DatatypeFormat::Boolean(yes, no), _) => LexicalForm::Words(yes.clone(), no.clone()),
            (_, Family::Boolean) => LexicalForm::Boolean,
            (_, Family::Decimal) if base.is_integer() => LexicalForm::Integer {
                bounded: base != Base::Integer,
            },
            (_, Family::Text)
                if !matches!(
                    base,
                    Base::Language | Base::Name | Base::NmToken | Base::QName
                ) =>
            {
                LexicalForm::Anything
            }
            _ => LexicalForm::Checked,
        };
        let regular = match &datatype.format {
            // Compiled once before: a pattern from a plan that was tampered with checks nothing.
            DatatypeFormat::Regular(pattern) => RegularExpression::new(pattern)
                .ok()
                .map(|regular| (regular, pattern.clone())),
            _ => None,
        };
        Self {
            base,
            kind,
            regular,
            ignored: match &datatype.format {
                DatatypeFormat::Ignored(format) => Some(format.clone()),
                _ => None,
            },
            min_length: datatype.facets.min_length.unwrap_or(0),
            max_length: datatype.facets.max_length.unwrap_or(u64::MAX),
            least: datatype.facets.least.clone(),
            greatest: datatype.facets.greatest.clone(),
            range: {
                let (least, greatest) = base.integer_range();
                let bound = |bound: Option<&str>| bound.and_then(|bound| bound.parse().ok());
                bound(least).unwrap_or(i64::MIN)..=bound(greatest).unwrap_or(i64::MAX)
            },
        }
    }

    /// Whether every text is a value and stays as it is, so that [`Self::parse`] need not be called.
    pub fn accepts_everything(&self) -> bool {
        matches!(self.kind, LexicalForm::Anything)
            && self.regular.is_none()
            && self.min_length == 0
            && self.max_length == u64::MAX
    }

    /// The lexical form that a cell's text stands for (Tabular Data Model §6.4, the last two steps).
    ///
    /// White space is already normalised. Without a format the form is the text itself, borrowed; only
    /// booleans are written anew, as `true` and `false`.
    pub fn parse<'a>(&self, text: &'a str, buffer: &'a mut String) -> Result<&'a str, CellProblem> {
        let value: &str = match &self.kind {
            LexicalForm::Anything => text,
            LexicalForm::Integer { bounded } => {
                if !decimal::is_integer(text) || (*bounded && !self.in_range(text)) {
                    return Err(self.problem(Code::Datatype));
                }
                text
            }
            LexicalForm::Checked if value::is_valid(self.base, text) => text,
            LexicalForm::Boolean if matches!(text, "true" | "1") => "true",
            LexicalForm::Boolean if matches!(text, "false" | "0") => "false",
            LexicalForm::Checked | LexicalForm::Boolean => {
                return Err(CellProblem {
                    message: temporal::nonexistent(self.base, text),
                    ..self.problem(Code::Datatype)
                });
            }
            LexicalForm::Words(yes, _) if text == yes => "true",
            LexicalForm::Words(_, no) if text == no => "false",
            LexicalForm::Words(yes, no) => return Err(self.unlike(text, &[yes, no])),
            LexicalForm::Number(format, kind) => {
                if !format.parse(text, *kind, buffer) {
                    return Err(self.problem(Code::Format));
                }
                if kind.integer && !self.in_range(buffer) {
                    return Err(self.problem(Code::Datatype));
                }
                buffer
            }
            LexicalForm::Date(pattern) => {
                if pattern.parse_value(text, buffer).is_none() {
                    return Err(self.problem(Code::Format));
                }
                if !temporal::is_valid(self.base, buffer) {
                    return Err(CellProblem {
                        message: temporal::nonexistent(self.base, buffer),
                        expected: self.expected_format(),
                        ..self.problem(Code::Datatype)
                    });
                }
                buffer
            }
        };
        if let Some((regular, _)) = &self.regular {
            match regular.matches(value) {
                Ok(true) => {}
                Ok(false) => return Err(self.unlike(text, &self.choices().unwrap_or_default())),
                Err(_) => return Err(self.problem(Code::Unchecked)),
            }
        }
        if self.min_length > 0 || self.max_length < u64::MAX {
            let length = match self.base.family() {
                Family::Binary => text::binary_length(self.base, value).unwrap_or(0),
                _ => value.chars().count(),
            };
            if !(self.min_length..=self.max_length).contains(&(length as u64)) {
                return Err(self.problem(Code::Length));
            }
        }
        if !self.within_bounds(value) {
            return Err(self.problem(Code::Range));
        }
        Ok(value)
    }

    /// Whether queries can compare and compute with a value (as [`Self::parse`] gives it): whole numbers
    /// of 64 bits, decimals of 18 digits after the point, doubles that are not rounded to infinity or to
    /// nothing, years of a few digits.
    #[inline]
    pub fn is_computable(&self, value: &str) -> bool {
        match self.base.family() {
            // No shorter one is too large.
            Family::Decimal | Family::Duration => value.len() <= 18 || self.fits(value),
            Family::Float => !value.contains(['e', 'E']) && value.len() <= 40 || self.fits(value),
            Family::Temporal => {
                let year = value.bytes().skip(1).take_while(u8::is_ascii_digit);
                year.count() < 9 || self.fits(value)
            }
            _ => true,
        }
    }

    #[cold]
    fn fits(&self, value: &str) -> bool {
        match self.base {
            base if base.is_integer() => value.parse::<oxsdatatypes::Integer>().is_ok(),
            Base::Double | Base::Float => {
                let is_zero = |text: &str| {
                    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
                    !mantissa.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
                };
                let number = match self.base {
                    Base::Float => value.parse::<f32>().map(f64::from),
                    _ => value.parse::<f64>(),
                };
                // `INF` and `NaN` are what they are.
                let named = value.ends_with(['F', 'N']);
                named || number.is_ok_and(|n| n.is_finite() && (n != 0.0 || is_zero(value)))
            }
            Base::Date => value.parse::<oxsdatatypes::Date>().is_ok(),
            Base::DateTime | Base::DateTimeStamp => value.parse::<oxsdatatypes::DateTime>().is_ok(),
            Base::GYear => value.parse::<oxsdatatypes::GYear>().is_ok(),
            Base::GYearMonth => value.parse::<oxsdatatypes::GYearMonth>().is_ok(),
            Base::Duration => value.parse::<oxsdatatypes::Duration>().is_ok(),
            Base::DayTimeDuration => value.parse::<oxsdatatypes::DayTimeDuration>().is_ok(),
            Base::YearMonthDuration => value.parse::<oxsdatatypes::YearMonthDuration>().is_ok(),
            _ => value.parse::<oxsdatatypes::Decimal>().is_ok(),
        }
    }

    /// Whether an integer (a valid lexical form) lies in the range of the base.
    fn in_range(&self, value: &str) -> bool {
        if self.base == Base::Integer {
            return true;
        }
        // Up to 18 characters fit into 64 bits; longer ones are compared as text.
        if value.len() > 18 {
            return value::in_integer_range(self.base, value);
        }
        let (negative, digits) = match value.as_bytes() {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let magnitude = digits
            .iter()
            .fold(0_i64, |sum, digit| sum * 10 + i64::from(digit & 0x0F));
        self.range
            .contains(&if negative { -magnitude } else { magnitude })
    }

    fn within_bounds(&self, value: &str) -> bool {
        let holds = |bound: &Option<RangeBound>, wanted: Ordering| {
            bound.as_ref().is_none_or(|bound| {
                match value::compare(self.base, value, &bound.value) {
                    Some(Ordering::Equal) => !bound.exclusive,
                    order => order == Some(wanted),
                }
            })
        };
        holds(&self.least, Ordering::Greater) && holds(&self.greatest, Ordering::Less)
    }

    #[cold]
    fn problem(&self, code: Code) -> CellProblem {
        let expected = match code {
            Code::Format | Code::Unchecked => self.expected_format(),
            Code::Length => self.expected_length(),
            Code::Range => self.expected_range(),
            _ => match &self.ignored {
                Some(format) => format!(
                    "{}, because the format `{format}` is ignored",
                    expected_value(self.base)
                ),
                None => expected_value(self.base),
            },
        };
        CellProblem {
            code,
            expected,
            message: None,
            hint: None,
        }
    }

    /// A text that is none of a few words, with the one that it is most like.
    #[cold]
    fn unlike(&self, text: &str, choices: &[&str]) -> CellProblem {
        CellProblem {
            hint: suggest::hint(text, choices.iter().copied()),
            ..self.problem(Code::Format)
        }
    }

    /// The words between which a regular expression chooses, where it is nothing but a list of words.
    fn choices(&self) -> Option<Vec<&str>> {
        let (_, pattern) = self.regular.as_ref()?;
        let is_word = |word: &str| {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
            !word.is_empty() && word.chars().all(plain)
        };
        let words: Vec<&str> = pattern.split('|').collect();
        (words.len() > 1 && words.iter().all(|word| is_word(word))).then_some(words)
    }

    fn expected_format(&self) -> String {
        match (&self.kind, &self.regular) {
            (LexicalForm::Words(yes, no), _) => format!("`{yes}` or `{no}`"),
            (LexicalForm::Date(pattern), _) => {
                let (name, written) = (self.base.name(), &pattern.written);
                let example = pattern.example();
                format!("a {name} in the format `{written}`, such as `{example}`")
            }
            (LexicalForm::Number(format, _), _) => {
                let name = self.base.name();
                match (&format.pattern, &format.group) {
                    (Some(pattern), _) => {
                        format!("a number ({name}) in the format `{}`", pattern.written)
                    }
                    (None, Some(group)) => format!(
                        "a number ({name}) with `{group}` between groups and `{}` before the fraction",
                        format.decimal
                    ),
                    (None, None) => {
                        format!(
                            "a number ({name}) with `{}` before the fraction",
                            format.decimal
                        )
                    }
                }
            }
            (_, Some((_, pattern))) => match self.choices().as_deref() {
                Some([words @ .., last]) if !words.is_empty() => {
                    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                    format!("{} or `{last}`", words.join(", "))
                }
                _ => format!("a value that matches `{pattern}`"),
            },
            _ => expected_value(self.base),
        }
    }

    fn expected_length(&self) -> String {
        let unit = match self.base.family() {
            Family::Binary => "bytes",
            _ => "characters",
        };
        match (self.min_length, self.max_length) {
            (min, max) if min == max => format!("exactly {min} {unit}"),
            (0, max) => format!("at most {max} {unit}"),
            (min, u64::MAX) => format!("at least {min} {unit}"),
            (min, max) => format!("{min} to {max} {unit}"),
        }
    }

    fn expected_range(&self) -> String {
        let bound = |bound: &Option<RangeBound>, inclusive: &str, exclusive: &str| {
            bound.as_ref().map(|bound| {
                let words = if bound.exclusive {
                    exclusive
                } else {
                    inclusive
                };
                format!("{words} {}", bound.value)
            })
        };
        match (
            bound(&self.least, "at least", "more than"),
            bound(&self.greatest, "at most", "less than"),
        ) {
            (Some(least), Some(greatest)) => format!("{least} and {greatest}"),
            (least, greatest) => least.or(greatest).unwrap_or_default(),
        }
    }
}

/// What a lexical form of a datatype looks like.
fn expected_value(base: Base) -> String {
    let example = match base {
        Base::Date => "2015-03-22",
        Base::Time => "15:02:37",
        Base::DateTime => "2015-03-22T15:02:37",
        Base::DateTimeStamp => "2015-03-22T15:02:37Z",
        Base::GYear => "2015",
        Base::GYearMonth => "2015-03",
        Base::GMonth => "--03",
        Base::GMonthDay => "--03-22",
        Base::GDay => "---22",
        Base::Duration => "P1Y2M3DT4H5M6S",
        Base::DayTimeDuration => "P3DT4H5M6S",
        Base::YearMonthDuration => "P1Y2M",
        Base::Double | Base::Float => "1.5E3",
        Base::Decimal => "-1234.5",
        Base::Language => "en-GB",
        Base::HexBinary => "0FB7",
        Base::Base64Binary => "U2VuZA==",
        Base::Boolean => return "`true` or `false`".to_owned(),
        _ => match base.integer_range() {
            (Some(least), Some(greatest)) => {
                return format!("a whole number from {least} to {greatest}");
            }
            (Some(least), None) => return format!("a whole number, at least {least}"),
            (None, Some(greatest)) => return format!("a whole number, at most {greatest}"),
            (None, None) if base == Base::Integer => return "a whole number".to_owned(),
            (None, None) => return format!("a value of the datatype {}", base.name()),
        },
    };
    format!(
        "a value of the datatype {}, such as `{example}`",
        base.name()
    )
}
