//! Typed parameters: text from a user checked and turned into a term.
//!
//! A value becomes a term of the algebra and never text of the query, so it cannot say anything else
//! than itself.

use crate::datatype::canonical_language_tag;
use crate::store::Prefixes;
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, Term};

macro_rules! types {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $example:literal;)*) => {
        /// The type of a parameter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub enum ParameterType {
            $($(#[doc = $doc])+ $name,)*
        }

        impl ParameterType {
            /// Every type.
            pub const ALL: &'static [ParameterType] = &[$(ParameterType::$name,)*];

            /// The name that headers use.
            pub const fn as_str(self) -> &'static str {
                match self { $(ParameterType::$name => $text,)* }
            }

            /// What a value looks like, for messages.
            pub const fn example(self) -> &'static str {
                match self { $(ParameterType::$name => $example,)* }
            }

            /// The type of a name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(ParameterType::$name),)* _ => None }
            }
        }
    };
}

types! {
    /// An IRI: absolute, a prefixed name, or the id of a thing (`city/irbit`).
    Iri = "iri", "an IRI, a prefixed name like `cg:City`, or an id like `city/irbit`";
    /// A string.
    String = "string", "any text";
    /// A language tag, as a string in lower case.
    Lang = "lang", "a language tag like `en`, `ru` or `ru-Latn`";
    /// An `xsd:integer`.
    Integer = "integer", "a whole number like `42`";
    /// An `xsd:decimal`.
    Decimal = "decimal", "a number like `42` or `3.5`";
    /// An `xsd:date`.
    Date = "date", "a date like `2018-08-31`";
    /// An `xsd:gYear`.
    GYear = "gYear", "a year like `2018`";
    /// An `xsd:boolean`.
    Boolean = "boolean", "`true` or `false`";
}

impl ParameterType {
    /// The term of a value; `None` where the value is none of this type.
    pub fn term(self, value: &str, prefixes: &Prefixes, base: &str) -> Option<Term> {
        let typed = |datatype| Some(Literal::new_typed_literal(value, datatype).into());
        match self {
            Self::Iri => iri(value, prefixes, base).map(Term::from),
            Self::String => Some(Literal::from(value).into()),
            Self::Lang => {
                // The index has language tags in this case, and LANG() gives them so.
                Literal::new_language_tagged_literal("", value)
                    .ok()
                    .map(|_| Literal::from(canonical_language_tag(value)).into())
            }
            Self::Integer => is_integer(value).then(|| typed(xsd::INTEGER))?,
            Self::Decimal => is_decimal(value).then(|| typed(xsd::DECIMAL))?,
            Self::Date => is_date(value).then(|| typed(xsd::DATE))?,
            Self::GYear => is_year(value).then(|| typed(xsd::G_YEAR))?,
            Self::Boolean => matches!(value, "true" | "false").then(|| typed(xsd::BOOLEAN))?,
        }
    }
}

/// The IRI that a user means: `<…>`, a prefixed name, an absolute IRI, or `kind/slug` of a thing.
pub(crate) fn iri(value: &str, prefixes: &Prefixes, base: &str) -> Option<NamedNode> {
    if let Some(inside) = value
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return NamedNode::new(inside).ok();
    }
    if let Some(expanded) = prefixes.expand(value) {
        return NamedNode::new(expanded).ok();
    }
    if let Ok(node) = NamedNode::new(value) {
        return Some(node);
    }
    if !base.is_empty() && value.contains('/') && !value.contains(':') {
        return NamedNode::new(format!("{base}id/{value}")).ok();
    }
    None
}

fn unsigned(value: &str) -> &str {
    value.strip_prefix(['+', '-']).unwrap_or(value)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_integer(value: &str) -> bool {
    all_digits(unsigned(value))
}

fn is_decimal(value: &str) -> bool {
    match unsigned(value).split_once('.') {
        None => is_integer(value),
        Some((whole, fraction)) => (whole.is_empty() || all_digits(whole)) && all_digits(fraction),
    }
}

fn is_year(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    all_digits(digits) && (digits.len() == 4 || (digits.len() > 4 && !digits.starts_with('0')))
}

fn is_date(value: &str) -> bool {
    let Some((rest, day)) = value.rsplit_once('-') else {
        return false;
    };
    let Some((year, month)) = rest.rsplit_once('-') else {
        return false;
    };
    if !is_year(year) || month.len() != 2 || day.len() != 2 {
        return false;
    }
    if !all_digits(month) || !all_digits(day) {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) =
        (year.parse::<i64>(), month.parse::<u8>(), day.parse::<u8>())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_each_type() {
        let mut prefixes = Prefixes::default();
        prefixes.add("cg", "http://e/ns#");
        for (kind, value, expected) in [
            ("iri", "http://e/x", Some("<http://e/x>")),
            ("iri", "<http://e/x>", Some("<http://e/x>")),
            ("iri", "cg:City", Some("<http://e/ns#City>")),
            ("iri", "city/irbit", Some("<http://e/id/city/irbit>")),
            ("iri", "irbit", None),
            ("iri", "<a b>", None),
            ("iri", "http://e/> } #", None),
            ("string", "\" } DROP ALL #", Some(r#""\" } DROP ALL #""#)),
            ("lang", "ru-latn", Some("\"ru-Latn\"")),
            ("lang", "no such tag", None),
            (
                "integer",
                "-5",
                Some("\"-5\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ),
            ("integer", "5.0", None),
            ("integer", "", None),
            (
                "decimal",
                "5.0",
                Some("\"5.0\"^^<http://www.w3.org/2001/XMLSchema#decimal>"),
            ),
            (
                "decimal",
                "5",
                Some("\"5\"^^<http://www.w3.org/2001/XMLSchema#decimal>"),
            ),
            ("decimal", "1e5", None),
            (
                "date",
                "2024-02-29",
                Some("\"2024-02-29\"^^<http://www.w3.org/2001/XMLSchema#date>"),
            ),
            ("date", "2023-02-29", None),
            ("date", "31.08.2018", None),
            ("date", "2018-8-31", None),
            (
                "gYear",
                "2018",
                Some("\"2018\"^^<http://www.w3.org/2001/XMLSchema#gYear>"),
            ),
            ("gYear", "18", None),
            (
                "boolean",
                "true",
                Some("\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>"),
            ),
            ("boolean", "да", None),
        ] {
            let term = ParameterType::parse(kind)
                .and_then(|kind| kind.term(value, &prefixes, "http://e/"))
                .map(|term| term.to_string());
            assert_eq!(term.as_deref(), expected, "{kind} {value}");
        }
    }
}
