//! The one place where the values of an expression are put together (RFC 6570 §3.2.1).

use super::encode::push_iunreserved;
use super::template::Operator;
use serde::{Deserialize, Serialize};

/// How values are in an expansion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Escaping {
    /// Percent-encoded, as the operator of their expression asks (RFC 6570).
    #[default]
    Uri,
    /// Percent-encoded but for what may be in an IRI unencoded (RFC 3987, `iunreserved`), whatever the operator.
    Iri,
    /// As they are.
    None,
}

impl Escaping {
    /// Whether this is [`Uri`](Self::Uri).
    pub fn is_uri(&self) -> bool {
        *self == Self::Uri
    }
}

/// Appends the expansion of an expression, value by value.
pub struct ExpressionWriter<'o> {
    out: &'o mut String,
    operator: Operator,
    escaping: Escaping,
    started: bool,
}

/// A variable of the expression whose values are appended.
#[derive(Debug, Clone, Copy)]
pub struct ModifiedVariable<'n> {
    /// Its name, which operators such as `?` write.
    pub name: &'n str,
    /// `:3` takes that many characters.
    pub prefix: Option<usize>,
    /// `*` takes a list apart.
    pub explode: bool,
}

impl<'o> ExpressionWriter<'o> {
    /// Starts an expression.
    #[inline]
    pub fn new(operator: Operator, escaping: Escaping, out: &'o mut String) -> Self {
        Self {
            out,
            operator,
            escaping,
            started: false,
        }
    }

    /// Appends a value of a variable; `index` is its place among the variable's values.
    pub fn value(&mut self, variable: ModifiedVariable<'_>, index: usize, text: &str) {
        let operator = self.operator;
        if index == 0 {
            self.out.push_str(if self.started {
                operator.separator()
            } else {
                operator.first()
            });
            self.started = true;
        } else {
            self.out.push_str(if variable.explode {
                operator.separator()
            } else {
                ","
            });
        }
        if operator.is_named() && (index == 0 || variable.explode) {
            self.out.push_str(variable.name);
            if !(text.is_empty() && operator == Operator::Parameter) {
                self.out.push('=');
            }
        }
        let text = match variable.prefix {
            Some(count) => &text[..prefix_length(text, count)],
            None => text,
        };
        match self.escaping {
            Escaping::Uri => operator.push(self.out, text),
            Escaping::Iri => push_iunreserved(self.out, text),
            Escaping::None => self.out.push_str(text),
        }
    }
}

/// Bytes of the first `count` characters.
fn prefix_length(text: &str, count: usize) -> usize {
    text.char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| at)
}
