//! Number formats: UAX #35 patterns, `groupChar` and `decimalChar` (Tabular Data Model §6.4.2).
//!
//! Understood in a pattern: `0`, `#`, the decimal and the group separator, `E` with an optional
//! `+`, a sign, `%`, `‰`, and any other literal text before or after the number, quoted with `'`
//! where it has a meaning. Sub-patterns (`;`), padding (`*`), significant digits (`@`), rounding
//! (`1`–`9`) and currency signs (`¤`) are not: the standard leaves them open.

mod write;

use serde::{Deserialize, Serialize};

/// A number format, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFormat {
    /// The pattern; without one, any grouping is accepted.
    pub pattern: Option<NumberPattern>,
    /// Decimal separator.
    pub decimal: String,
    /// Group separator.
    pub group: Option<String>,
}

/// A UAX #35 pattern, compiled. Counts are numbers of digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberPattern {
    /// The pattern as written, for messages.
    pub written: String,
    /// Literal text before the sign.
    before_sign: String,
    /// What the pattern says about the sign.
    sign: Sign,
    /// Literal text between sign and digits.
    before_digits: String,
    /// Literal text after the digits.
    suffix: String,
    /// Places that the value is shifted to the right: 2 for per cent, 3 for per mille.
    scale: usize,
    min_integer: usize,
    /// Only patterns with an exponent limit the digits before the point.
    max_integer: Option<usize>,
    /// Digits in the group next to the point; 0 without grouping.
    primary_group: usize,
    /// Digits in all other groups.
    secondary_group: usize,
    min_fraction: usize,
    max_fraction: usize,
    /// Digits in the groups after the point; 0 without grouping.
    fraction_group: usize,
    exponent: Option<Exponent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Sign {
    /// None in the pattern: one may be before or after the prefix.
    Optional,
    /// A plus in the pattern: there must be one.
    Required,
    /// A minus in the pattern: there must be a minus.
    Minus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Exponent {
    min_digits: usize,
    sign_required: bool,
}

/// What a number must be beyond its format, by base datatype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberKind {
    /// No fraction.
    pub integer: bool,
    /// Exponents, `NaN` and `INF` are allowed.
    pub floating: bool,
}

impl NumberPattern {
    /// Compiles a pattern that is written with the given separators; the error says what is wrong with it.
    pub fn parse(written: &str, decimal: &str, group: &str) -> Result<Self, &'static str> {
        if decimal.is_empty() || group.is_empty() || decimal == group {
            return Err("the separators must be different and not empty");
        }
        let (prefix, rest) = affix(written, |rest| {
            rest.starts_with(['0', '#']) || rest.starts_with(decimal)
        })?;
        let (integer, rest) = placeholders(rest, group);
        let (fraction, rest) = match rest.strip_prefix(decimal) {
            Some(rest) => placeholders(rest, group),
            None => (Vec::new(), rest),
        };
        let (exponent, rest) = match rest.strip_prefix('E') {
            Some(rest) => {
                let sign_required = rest.starts_with('+');
                let (digits, rest) = placeholders(rest.strip_prefix('+').unwrap_or(rest), group);
                let digits = single_group(&digits)?;
                if digits.is_empty() {
                    return Err("an exponent needs a digit");
                }
                let min_digits = digits.matches('0').count();
                (
                    Some(Exponent {
                        min_digits,
                        sign_required,
                    }),
                    rest,
                )
            }
            None => (None, rest),
        };
        let (suffix, rest) = affix(rest, |_| false)?;
        if !rest.is_empty() || suffix.contains(is_sign) {
            return Err("there is more than one number in the pattern");
        }

        let integer_digits = integer.concat();
        let fraction_digits = fraction.concat();
        if integer_digits.is_empty() && fraction_digits.is_empty() {
            return Err("there is no digit in the pattern");
        }
        if integer_digits.trim_start_matches('#').contains('#') {
            return Err("`#` must come before `0` in the integer part");
        }
        if fraction_digits.trim_start_matches('0').contains('0') {
            return Err("`0` must come before `#` in the fraction");
        }
        if integer.iter().skip(1).any(String::is_empty) || fraction.iter().any(String::is_empty) {
            return Err("a group is empty");
        }
        let (primary_group, secondary_group) = match integer.as_slice() {
            [_, .., secondary, primary] => (primary.len(), secondary.len()),
            [_, primary] => (primary.len(), primary.len()),
            _ => (0, 0),
        };
        let fraction_group = match fraction.as_slice() {
            [first, _, ..] => first.len(),
            _ => 0,
        };

        let scale = match (
            prefix.matches('%').count() + suffix.matches('%').count(),
            prefix.matches('‰').count() + suffix.matches('‰').count(),
        ) {
            (0, 0) => 0,
            (1, 0) => 2,
            (0, 1) => 3,
            _ => return Err("there is more than one `%` or `‰` in the pattern"),
        };
        let (before_sign, sign, before_digits) = match prefix.find(is_sign) {
            // Both signs are one byte.
            Some(at) if prefix[at..].starts_with('+') => {
                (&prefix[..at], Sign::Required, &prefix[at + 1..])
            }
            Some(at) => (&prefix[..at], Sign::Minus, &prefix[at + 1..]),
            None => ("", Sign::Optional, prefix.as_str()),
        };
        if before_digits.contains(is_sign) {
            return Err("there is more than one sign in the pattern");
        }
        Ok(Self {
            written: written.to_owned(),
            before_sign: before_sign.to_owned(),
            sign,
            before_digits: before_digits.to_owned(),
            suffix,
            scale,
            min_integer: integer_digits.matches('0').count(),
            max_integer: exponent.map(|_| integer_digits.len().max(1)),
            primary_group,
            secondary_group,
            min_fraction: fraction_digits.matches('0').count(),
            max_fraction: fraction_digits.len(),
            fraction_group,
            exponent,
        })
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '+' | '-')
}

/// Literal text up to where `stop` says; quotes removed.
fn affix(text: &str, stop: impl Fn(&str) -> bool) -> Result<(String, &str), &'static str> {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if stop(rest) {
            break;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' => match rest.find('\'') {
                Some(0) => {
                    literal.push('\'');
                    rest = &rest[1..];
                }
                Some(end) if rest[..end].contains(|c| is_sign(c) || c == '%' || c == '‰') => {
                    return Err("a quoted sign is not supported");
                }
                Some(end) => {
                    literal.push_str(&rest[..end]);
                    rest = &rest[end + 1..];
                }
                None => return Err("a quote is not closed"),
            },
            '0'..='9' | '#' | '@' | '*' | ';' | '¤' => {
                return Err("a character of the pattern is not supported here");
            }
            c => literal.push(c),
        }
    }
    Ok((literal, rest))
}

/// The digit places at the start of a text, by group.
fn placeholders<'a>(text: &'a str, separator: &str) -> (Vec<String>, &'a str) {
    let mut groups = vec![String::new()];
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(['0', '#']) {
            if let Some(group) = groups.last_mut() {
                group.push_str(&rest[..1]);
            }
            rest = after;
        } else if let Some(after) = rest.strip_prefix(separator) {
            groups.push(String::new());
            rest = after;
        } else {
            break;
        }
    }
    if groups.len() == 1 && groups[0].is_empty() {
        groups.clear();
    }
    (groups, rest)
}

fn single_group(groups: &[String]) -> Result<&str, &'static str> {
    match groups {
        [] => Ok(""),
        [group] => Ok(group),
        _ => Err("an exponent has no groups"),
    }
}

impl NumberFormat {
    /// Writes the XML Schema form of a formatted number into `out`; `false` if it does not match.
    ///
    /// Digits stay as they are found (zeros and a plus sign included), only separators and affixes
    /// go, and the exponent sign becomes `e`. A per cent or per mille is written anew: without a plus
    /// sign and without zeros that say nothing.
    pub fn parse(&self, text: &str, kind: NumberKind, out: &mut String) -> bool {
        out.clear();
        if super::decimal::is_special(text) {
            out.push_str(text);
            return kind.floating;
        }
        let parsed = match &self.pattern {
            Some(pattern) => self.with_pattern(pattern, text, kind, out),
            None => self.without_pattern(text, kind, out),
        };
        parsed.is_some()
    }

    fn with_pattern(
        &self,
        pattern: &NumberPattern,
        text: &str,
        kind: NumberKind,
        out: &mut String,
    ) -> Option<()> {
        let mut scan = NumberCursor::new(text);
        let group = self.group.as_deref().unwrap_or(",");
        let mut sign = match pattern.sign {
            Sign::Optional => scan.sign(),
            Sign::Required | Sign::Minus => {
                scan.literal(&pattern.before_sign)?;
                Some(scan.sign()?)
            }
        };
        if pattern.sign == Sign::Minus && sign != Some('-') {
            return None;
        }
        scan.literal(&pattern.before_digits)?;
        if sign.is_none() {
            sign = scan.sign();
        }
        out.extend(sign);

        let start = out.len();
        let integer = scan.integer_groups(pattern, group, out)?;
        if integer < pattern.min_integer || pattern.max_integer.is_some_and(|max| integer > max) {
            return None;
        }
        let mut fraction = 0;
        if scan.literal(&self.decimal).is_some() {
            if kind.integer || pattern.max_fraction == 0 {
                return None;
            }
            out.push('.');
            fraction = scan.fraction_groups(pattern.fraction_group, group, out)?;
            if fraction == 0 {
                return None;
            }
        }
        if fraction < pattern.min_fraction
            || fraction > pattern.max_fraction
            || integer + fraction == 0
        {
            return None;
        }
        if pattern.scale > 0 {
            shift(out, start, pattern.scale);
        }
        if let Some(exponent) = pattern.exponent {
            if !kind.floating {
                return None;
            }
            let (digits, signed) = scan.exponent(out)?;
            if digits < exponent.min_digits || (exponent.sign_required && !signed) {
                return None;
            }
        }
        scan.literal(&pattern.suffix)?;
        (scan.is_done() && !(kind.integer && out.contains('.'))).then_some(())
    }

    /// The grammar for formats without a pattern: groups of any size.
    fn without_pattern(&self, text: &str, kind: NumberKind, out: &mut String) -> Option<()> {
        let mut scan = NumberCursor::new(text);
        out.extend(scan.sign());
        let start = out.len();
        if scan.digits(out) == 0 {
            return None;
        }
        if let Some(group) = &self.group {
            while scan.literal(group).is_some() {
                // Two separators in a row, or one at the end of the digits, are errors.
                if scan.digits(out) == 0 {
                    return None;
                }
            }
        }
        if scan.literal(&self.decimal).is_some() {
            out.push('.');
            if kind.integer || scan.digits(out) == 0 {
                return None;
            }
        }
        if scan.rest.starts_with(['e', 'E']) {
            if !kind.floating {
                return None;
            }
            scan.exponent(out)?;
        } else if scan.literal("%").is_some() {
            shift(out, start, 2);
        } else if scan.literal("‰").is_some() {
            shift(out, start, 3);
        }
        (scan.is_done() && !(kind.integer && out.contains('.'))).then_some(())
    }
}

/// Divides the decimal that starts at `start` of `out` (after its sign) by a power of ten.
fn shift(out: &mut String, start: usize, places: usize) {
    let negative = out.starts_with('-');
    let digits = out.split_off(start);
    let (integer, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let integer = integer.trim_start_matches('0');
    out.clear();
    if negative {
        out.push('-');
    }
    let whole = integer.len().saturating_sub(places);
    // All digits are ASCII, so every index is a boundary.
    out.push_str(if whole == 0 { "0" } else { &integer[..whole] });
    let point = out.len();
    out.push('.');
    for _ in integer.len()..places {
        out.push('0');
    }
    out.push_str(&integer[whole..]);
    out.push_str(fraction);
    while out.ends_with('0') && out.len() > point {
        out.pop();
    }
    if out.ends_with('.') {
        out.pop();
    }
}

/// A cursor over the text of a cell.
struct NumberCursor<'a> {
    rest: &'a str,
}

impl<'a> NumberCursor<'a> {
    fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn sign(&mut self) -> Option<char> {
        let sign = self.rest.chars().next().filter(|&c| is_sign(c))?;
        self.rest = &self.rest[1..];
        Some(sign)
    }

    /// Copies digits; returns how many.
    fn digits(&mut self, out: &mut String) -> usize {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(count);
        out.push_str(digits);
        self.rest = rest;
        count
    }

    /// Copies the digits before the point; returns how many, `None` if a group has the wrong size.
    fn integer_groups(
        &mut self,
        pattern: &NumberPattern,
        separator: &str,
        out: &mut String,
    ) -> Option<usize> {
        let mut total = self.digits(out);
        if pattern.primary_group == 0 {
            return Some(total);
        }
        let mut last = total;
        let mut separators = 0_usize;
        while self.literal(separator).is_some() {
            // The group before this separator: the first may be shorter than the others.
            let full = last == pattern.secondary_group;
            if !(full || (separators == 0 && (1..pattern.secondary_group).contains(&last))) {
                return None;
            }
            separators += 1;
            last = self.digits(out);
            total += last;
        }
        let right = if separators == 0 {
            last <= pattern.primary_group
        } else {
            last == pattern.primary_group
        };
        right.then_some(total)
    }

    /// Copies the digits after the point; returns how many, `None` if a group has the wrong size.
    fn fraction_groups(&mut self, size: usize, separator: &str, out: &mut String) -> Option<usize> {
        let mut total = self.digits(out);
        if size == 0 {
            return Some(total);
        }
        let mut last = total;
        while last == size && self.literal(separator).is_some() {
            last = self.digits(out);
            if last == 0 {
                return None;
            }
            total += last;
        }
        (last <= size).then_some(total)
    }

    /// Copies an exponent; returns the number of digits and whether there was a sign.
    fn exponent(&mut self, out: &mut String) -> Option<(usize, bool)> {
        self.rest = self.rest.strip_prefix(['e', 'E'])?;
        out.push('e');
        let sign = self.sign();
        out.extend(sign);
        let digits = self.digits(out);
        (digits > 0).then_some((digits, sign.is_some()))
    }
}
