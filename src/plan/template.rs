//! URI templates compiled to slots (RFC 6570, Metadata Vocabulary §5.1.3).

use serde::{Deserialize, Serialize};

/// A URI template whose variables have been looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Text and expressions, in order; neighbouring texts are one.
    pub parts: Vec<Part>,
    /// Every expansion is an absolute IRI as it stands: there is nothing to resolve or to check.
    pub absolute: bool,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Copied as it is.
    Text(String),
    /// Filled in for each row.
    Expression(Expression),
}

/// An expression: `{operator variables}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expression {
    /// What stands before, between and around the values.
    pub operator: Operator,
    /// The variables in order.
    pub variables: Vec<Variable>,
}

/// The operators of RFC 6570 §2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// `{x}`
    Simple,
    /// `{+x}`
    Reserved,
    /// `{#x}`
    Fragment,
    /// `{.x}`
    Label,
    /// `{/x}`
    Path,
    /// `{;x}`
    Parameter,
    /// `{?x}`
    Query,
    /// `{&x}`
    Continuation,
}

/// A variable of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name, for `{?x}` and for messages.
    pub name: String,
    /// Where its value comes from.
    pub slot: Slot,
    /// `:3` takes that many characters.
    pub prefix: Option<usize>,
    /// `*` takes a list apart.
    pub explode: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slot {
    /// The cell of a column, by index.
    Column(usize),
    /// The number of the data row.
    Row,
    /// The number of the record in the file.
    SourceRow,
    /// The item of the list that is being expanded.
    Item,
    /// A text that is known beforehand.
    Text(String),
    /// There is no such variable.
    Missing,
}

impl Operator {
    fn parse(expression: &str) -> (Self, &str) {
        let operator = match expression.as_bytes().first() {
            Some(b'+') => Self::Reserved,
            Some(b'#') => Self::Fragment,
            Some(b'.') => Self::Label,
            Some(b'/') => Self::Path,
            Some(b';') => Self::Parameter,
            Some(b'?') => Self::Query,
            Some(b'&') => Self::Continuation,
            _ => return (Self::Simple, expression),
        };
        (operator, expression.get(1..).unwrap_or_default())
    }

    /// What stands before the first value.
    pub const fn first(self) -> &'static str {
        match self {
            Self::Simple | Self::Reserved => "",
            Self::Fragment => "#",
            Self::Label => ".",
            Self::Path => "/",
            Self::Parameter => ";",
            Self::Query => "?",
            Self::Continuation => "&",
        }
    }

    /// What stands between values.
    pub const fn separator(self) -> &'static str {
        match self {
            Self::Simple | Self::Reserved | Self::Fragment => ",",
            Self::Query => "&",
            operator => operator.first(),
        }
    }

    /// Values stand after their names.
    pub const fn named(self) -> bool {
        matches!(self, Self::Parameter | Self::Query | Self::Continuation)
    }

    /// Reserved characters stay as they are.
    pub const fn reserved(self) -> bool {
        matches!(self, Self::Reserved | Self::Fragment)
    }
}

impl Template {
    /// Compiles a template; `slot` looks a variable up.
    ///
    /// Braces that make no expression are text: whether templates are well formed is checked where
    /// metadata is read.
    pub fn new(template: &str, slot: impl Fn(&str) -> Slot) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            let (text, from) = rest.split_at(open);
            let Some(close) = from.find('}') else { break };
            push_text(&mut parts, text);
            let (operator, list) = Operator::parse(&from[1..close]);
            let variables: Vec<Variable> = list
                .split(',')
                .map(|variable| Variable::parse(variable, &slot))
                .collect();
            let expression = Expression {
                operator,
                variables,
            };
            match expression.constant() {
                Some(text) => push_text(&mut parts, &text),
                None => parts.push(Part::Expression(expression)),
            }
            rest = &from[close + 1..];
        }
        push_text(&mut parts, rest);
        let absolute = is_absolute(&parts);
        Self { parts, absolute }
    }

    /// The expansion, where it is the same for all rows.
    pub fn constant(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The slots, in order.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(_) => None,
                Part::Expression(expression) => Some(&expression.variables),
            })
            .flatten()
            .map(|variable| &variable.slot)
    }
}

impl Variable {
    fn parse(written: &str, slot: impl Fn(&str) -> Slot) -> Self {
        let (written, explode) = match written.strip_suffix('*') {
            Some(name) => (name, true),
            None => (written, false),
        };
        let (name, prefix) = match written.split_once(':') {
            Some((name, digits)) => (name, digits.parse().ok()),
            None => (written, None),
        };
        Self {
            name: name.to_owned(),
            slot: slot(name),
            prefix,
            explode,
        }
    }
}

impl Expression {
    /// The expansion of an expression whose variables are all known beforehand.
    fn constant(&self) -> Option<String> {
        let mut out = String::new();
        let mut started = false;
        for variable in &self.variables {
            let text = match &variable.slot {
                Slot::Text(text) => text,
                Slot::Missing => continue,
                _ => return None,
            };
            out.push_str(if started {
                self.operator.separator()
            } else {
                self.operator.first()
            });
            started = true;
            if self.operator.named() {
                out.push_str(&variable.name);
                if !(text.is_empty() && self.operator == Operator::Parameter) {
                    out.push('=');
                }
            }
            let text = match variable.prefix {
                Some(count) => &text[..prefix_length(text, count)],
                None => text,
            };
            encode(text, self.operator.reserved(), &mut out);
        }
        Some(out)
    }
}

/// Bytes of the first `count` characters.
pub(crate) fn prefix_length(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
}

/// Which bytes stay as they are in a simple expansion: the unreserved ones (RFC 3986 §2.3).
const UNRESERVED: [bool; 256] = table(b"-._~");
/// Which bytes stay as they are in `{+x}` and `{#x}`.
const RESERVED: [bool; 256] = table(b"-._~:/?#[]@!$&'()*+,;=");

const fn table(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

/// Appends `text` with everything percent-encoded that does not stay as it is.
pub(crate) fn encode(text: &str, reserved: bool, out: &mut String) {
    let table = if reserved { &RESERVED } else { &UNRESERVED };
    let mut rest = text;
    loop {
        let bytes = rest.as_bytes();
        let Some(at) = bytes.iter().position(|&byte| !table[usize::from(byte)]) else {
            out.push_str(rest);
            return;
        };
        // All bytes before `at` are ASCII.
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        if reserved
            && let [b'%', high, low, ..] = from.as_bytes()
            && high.is_ascii_hexdigit()
            && low.is_ascii_hexdigit()
        {
            out.push_str(&from[..3]);
            rest = &from[3..];
            continue;
        }
        let mut characters = from.chars();
        if let Some(character) = characters.next() {
            let mut utf8 = [0; 4];
            for &byte in character.encode_utf8(&mut utf8).as_bytes() {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        rest = characters.as_str();
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// Whether every expansion is a valid absolute IRI in normal form.
///
/// True when the text before the first expression is an IRI with a scheme and, if it has an
/// authority, reaches beyond it, and all expressions are of kinds whose values are percent-encoded.
/// What remains to be looked at for each row is a value that starts with a dot after a slash.
fn is_absolute(parts: &[Part]) -> bool {
    let Some(Part::Text(head)) = parts.first() else {
        return false;
    };
    let Ok(iri) = oxiri::Iri::parse(head.as_str()) else {
        return false;
    };
    let scheme = iri.scheme().len() + 1;
    let beyond_authority = match head.get(scheme..) {
        Some(after) if after.starts_with("//") => after[2..].contains(['/', '?', '#']),
        Some(after) => !after.is_empty() && parts.len() == 1 || after.contains([':', '/']),
        None => false,
    };
    // A prefix of the context (`schema:name`) looks like a scheme.
    let prefix = super::shim::namespace(iri.scheme()).is_some();
    let mut sample = String::new();
    for part in parts {
        match part {
            Part::Text(text) => sample.push_str(text),
            Part::Expression(expression) => {
                if matches!(expression.operator, Operator::Reserved | Operator::Fragment) {
                    return false;
                }
                sample.push_str(expression.operator.first());
                sample.push('x');
            }
        }
    }
    beyond_authority
        && !prefix
        && !sample.contains("/.")
        && oxiri::Iri::parse(sample.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(name: &str) -> Slot {
        match name {
            "a" => Slot::Column(0),
            "_name" => Slot::Text("Trim Cycle".into()),
            _ => Slot::Missing,
        }
    }

    #[test]
    fn absolute() {
        for (template, expected) in [
            ("http://example.org/id/{a}", true),
            ("http://example.org/id/{a}/b{?a}", true),
            ("http://example.org{a}", false),
            ("http://example.org/{+a}", false),
            ("http://example.org/./{a}", false),
            ("urn:isbn:{a}", true),
            ("schema:{a}", false),
            ("schema:name", false),
            ("{a}", false),
            ("#row.{a}", false),
            ("http://example.org/a b", false),
        ] {
            assert_eq!(
                Template::new(template, slot).absolute,
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn constants_are_folded() {
        for (template, expected) in [
            ("#x", Some("#x")),
            ("{#_name}", Some("#Trim%20Cycle")),
            ("a{_name:4}b{nothing}c", Some("aTrimbc")),
            ("{?_name}", Some("?_name=Trim%20Cycle")),
            ("x{a}", None),
            ("{a", Some("{a")),
            ("", Some("")),
        ] {
            assert_eq!(
                Template::new(template, slot).constant(),
                expected,
                "{template}"
            );
        }
    }

    #[test]
    fn encoding() {
        for (text, reserved, expected) in [
            ("a b", false, "a%20b"),
            ("a/b?", false, "a%2Fb%3F"),
            ("a/b?", true, "a/b?"),
            ("50%", true, "50%25"),
            ("%20", true, "%20"),
            ("%20", false, "%2520"),
            ("é", false, "%C3%A9"),
        ] {
            let mut out = String::new();
            encode(text, reserved, &mut out);
            assert_eq!(out, expected);
        }
    }
}
