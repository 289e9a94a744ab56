//! URI templates compiled to slots (RFC 6570, Metadata Vocabulary §5.1.3).

use crate::csvw::context;
use crate::datatype::Base;
use crate::uri::{self, Operator, Segment};
use serde::{Deserialize, Serialize};

/// A URI template whose variables have been looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Template {
    /// Text and expressions, in order; neighbouring texts are one.
    pub parts: Vec<Part>,
    /// Every expansion is an absolute IRI as it stands: there is nothing to resolve or to check.
    pub absolute: bool,
    /// Expansions are texts and not IRIs: values stand in them as they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub text: bool,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Copied as it is.
    Text(String),
    /// Filled in for each row.
    Expression(Expression),
}

/// An expression: `{operator variables}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// What stands before, between and around the values.
    pub operator: Operator,
    /// The variables in order.
    pub variables: Vec<Variable>,
}

/// A variable of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Variable {
    /// Its name, for `{?x}` and for messages.
    pub name: String,
    /// Where its value comes from.
    pub slot: Slot,
    /// `:3` takes that many characters.
    pub prefix: Option<usize>,
    /// `*` takes a list apart.
    pub explode: bool,
    /// Values are written in the canonical form of this datatype (Metadata Vocabulary §5.1.3); `None`
    /// where they have one form only.
    pub canonical: Option<Base>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

impl Template {
    /// Compiles a template; `slot` looks a variable up.
    ///
    /// What is no template is text: whether templates are well formed is checked where metadata is read.
    pub fn new(template: &str, slot: impl Fn(&str) -> Slot) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        match uri::Template::parse(template) {
            Err(_) => push_text(&mut parts, template),
            Ok(parsed) => {
                for segment in parsed.segments() {
                    match segment {
                        Segment::Literal(text) => push_text(&mut parts, text),
                        Segment::Expression(operator, variables) => {
                            let expression = Expression {
                                operator: *operator,
                                variables: variables
                                    .iter()
                                    .map(|variable| Variable::new(variable, parsed.names(), &slot))
                                    .collect(),
                            };
                            match expression.constant() {
                                Some(text) => push_text(&mut parts, &text),
                                None => parts.push(Part::Expression(expression)),
                            }
                        }
                    }
                }
            }
        }
        let absolute = is_absolute(&parts);
        Self {
            parts,
            absolute,
            text: false,
        }
    }

    /// Has expansions be texts.
    #[must_use]
    pub fn as_text(mut self) -> Self {
        self.text = true;
        self.absolute = false;
        self
    }

    /// Has values written in their canonical forms; `base` knows the datatype that a slot's need.
    #[must_use]
    pub fn with_canonical(mut self, base: impl Fn(&Slot) -> Option<Base>) -> Self {
        for part in &mut self.parts {
            if let Part::Expression(expression) = part {
                for variable in &mut expression.variables {
                    variable.canonical = base(&variable.slot);
                }
            }
        }
        self
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
    fn new(parsed: &uri::Variable, names: &[String], slot: impl Fn(&str) -> Slot) -> Self {
        // The slots of a parsed template point into its names.
        let name = names.get(parsed.slot).map_or("", String::as_str);
        Self {
            name: name.to_owned(),
            slot: slot(name),
            prefix: parsed.prefix,
            explode: parsed.explode,
            canonical: None,
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
            if self.operator.is_named() {
                out.push_str(&variable.name);
                if !(text.is_empty() && self.operator == Operator::Parameter) {
                    out.push('=');
                }
            }
            let text = match variable.prefix {
                Some(count) => &text[..prefix_length(text, count)],
                None => text,
            };
            self.operator.push(&mut out, text);
        }
        Some(out)
    }
}

/// Bytes of the first `count` characters.
pub fn prefix_length(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
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
    let prefix = context::namespace(iri.scheme()).is_some();
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
            ("http://example.org/a b", true),
            ("http://example.org/{", false),
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
}
