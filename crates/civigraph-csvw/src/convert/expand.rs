//! Templates filled in for a row, each at most once.

use super::value::{Item, Value};
use crate::csvw::context;
use crate::datatype::{Base, canonical};
use crate::plan::{Expression, Part, Slot, Template, Variable, percent_decode, prefix_length};
use crate::uri::{Operator, push_unreserved};
use oxiri::{Iri, IriRef};
use oxrdf::NamedNode;
use std::fmt::Write;

/// The variables of a row.
#[derive(Clone, Copy)]
pub struct Variables<'v, 'r> {
    /// Values by column.
    pub values: &'v [Value<'r>],
    /// Number of the data row from 1.
    pub row: u64,
    /// Number of the record in the file from 1.
    pub source_row: u64,
    /// The item of the list that is being expanded.
    pub item: Option<Item<'v>>,
}

/// The expansion of one template.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    /// The absolute IRI, or what should have been one; the text that a template of texts makes.
    pub iri: String,
    /// It is one.
    pub valid: bool,
    /// A variable was null.
    pub null: bool,
    /// The row that it was made for; 0 before the first.
    row: u64,
}

impl Expansion {
    /// Whether it stands for anything: all variables had values, and the result is not empty.
    pub fn is_something(&self) -> bool {
        !self.null && !self.iri.is_empty()
    }
}

/// All templates of a table with what they expand to in the current row.
pub struct Expander<'p> {
    templates: &'p [Template],
    base: Option<Iri<&'p str>>,
    expansions: Vec<Expansion>,
    scratch: String,
}

impl<'p> Expander<'p> {
    /// Prepares the templates of a table whose URL is `base`.
    pub fn new(templates: &'p [Template], base: &'p str) -> Self {
        let mut expander = Self {
            templates,
            base: Iri::parse(base).ok(),
            expansions: vec![Expansion::default(); templates.len()],
            scratch: String::new(),
        };
        for (index, template) in templates.iter().enumerate() {
            if let Some(text) = template.constant() {
                let expansion = &mut expander.expansions[index];
                expansion.iri.push_str(text);
                expansion.row = u64::MAX;
                expansion.valid = template.absolute
                    || template.text
                    || resolve(&mut expansion.iri, expander.base.as_ref());
            }
        }
        expander
    }

    /// Fills in a template, unless that was done for this row already.
    #[inline]
    pub fn prepare(&mut self, index: usize, variables: Variables<'_, '_>) {
        let (Some(expansion), Some(template)) =
            (self.expansions.get_mut(index), self.templates.get(index))
        else {
            return;
        };
        if expansion.row != variables.row && expansion.row != u64::MAX {
            expansion.row = variables.row;
            fill(
                expansion,
                template,
                self.base.as_ref(),
                variables,
                &mut self.scratch,
            );
        }
    }

    /// Fills in a template again, as for each item of a list.
    pub fn prepare_item(&mut self, index: usize, variables: Variables<'_, '_>) {
        let (Some(expansion), Some(template)) =
            (self.expansions.get_mut(index), self.templates.get(index))
        else {
            return;
        };
        if expansion.row != u64::MAX {
            fill(
                expansion,
                template,
                self.base.as_ref(),
                variables,
                &mut self.scratch,
            );
        }
    }

    /// The IRI of a template without variables, where it is one.
    pub fn constant(&self, index: usize) -> Option<NamedNode> {
        let expansion = self.expansions.get(index)?;
        (expansion.row == u64::MAX && expansion.valid)
            .then(|| NamedNode::new_unchecked(expansion.iri.as_str()))
    }

    /// The expansion that was prepared last.
    #[inline]
    pub fn get(&self, index: usize) -> &Expansion {
        // Indexes of templates come from the plan that the expansions were made for.
        &self.expansions[index]
    }
}

fn fill(
    expansion: &mut Expansion,
    template: &Template,
    base: Option<&Iri<&str>>,
    variables: Variables<'_, '_>,
    scratch: &mut String,
) {
    expansion.iri.clear();
    expansion.null = false;
    let mut dots = false;
    for part in &template.parts {
        match part {
            Part::Text(text) => expansion.iri.push_str(text),
            Part::Expression(expression) => {
                let start = expansion.iri.len();
                append(
                    expression,
                    variables,
                    &mut expansion.iri,
                    &mut expansion.null,
                    scratch,
                );
                // A dot after a slash is all that is left to normalise in an absolute template.
                dots |= expansion.iri.as_bytes().get(start) == Some(&b'.')
                    && expansion.iri.as_bytes()[..start].last() == Some(&b'/');
            }
        }
    }
    if template.text {
        // Values were encoded, as in every template.
        expansion.iri = percent_decode(&expansion.iri);
        expansion.valid = true;
        return;
    }
    expansion.valid = (template.absolute && !dots) || resolve(&mut expansion.iri, base);
}

/// Appends the expansion of an expression (RFC 6570 §3.2.1).
#[inline]
fn append(
    expression: &Expression,
    variables: Variables<'_, '_>,
    out: &mut String,
    null: &mut bool,
    scratch: &mut String,
) {
    // The common case: one plain value.
    if expression.operator == Operator::Simple
        && let [
            Variable {
                slot: Slot::Column(column),
                prefix: None,
                canonical,
                ..
            },
        ] = expression.variables.as_slice()
        && let Some(Value::Single(item)) = variables.values.get(*column)
    {
        push_unreserved(out, form(*item, *canonical, scratch));
        return;
    }
    let operator = expression.operator;
    let mut started = false;
    for variable in &expression.variables {
        scratch.clear();
        let value = match &variable.slot {
            Slot::Column(column) => variables.values.get(*column).copied(),
            Slot::Row => {
                let _ = write!(scratch, "{}", variables.row);
                None
            }
            Slot::SourceRow => {
                let _ = write!(scratch, "{}", variables.source_row);
                None
            }
            Slot::Item => variables.item.map(Value::Single),
            Slot::Text(text) => {
                scratch.push_str(text);
                None
            }
            Slot::Missing => {
                *null = true;
                continue;
            }
        };
        match value {
            Some(Value::Null) => {
                *null = true;
                continue;
            }
            Some(Value::List(list)) if list.iter().next().is_none() => {
                *null = true;
                continue;
            }
            _ => {}
        }
        out.push_str(if started {
            operator.separator()
        } else {
            operator.first()
        });
        started = true;
        let named = |out: &mut String, empty: bool| {
            if operator.is_named() {
                out.push_str(&variable.name);
                if !(empty && operator == Operator::Parameter) {
                    out.push('=');
                }
            }
        };
        match value {
            None => {
                named(out, scratch.is_empty());
                encode_prefix(scratch, variable.prefix, operator, out);
            }
            Some(Value::List(list)) if variable.explode => {
                for (index, item) in list.iter().enumerate() {
                    if index > 0 {
                        out.push_str(operator.separator());
                    }
                    named(out, item.text.is_empty());
                    operator.push(out, form(item, variable.canonical, scratch));
                }
            }
            Some(value) => {
                for (index, item) in value.items().enumerate() {
                    if index == 0 {
                        named(out, item.text.is_empty());
                    } else {
                        out.push(',');
                    }
                    let text = form(item, variable.canonical, scratch);
                    encode_prefix(text, variable.prefix, operator, out);
                }
            }
        }
    }
}

/// A value as templates write it; what does not match its datatype is a string.
#[inline]
fn form<'a>(item: Item<'a>, base: Option<Base>, scratch: &'a mut String) -> &'a str {
    match base {
        Some(base) if item.valid => canonical(base, item.text, scratch),
        _ => item.text,
    }
}

fn encode_prefix(text: &str, prefix: Option<usize>, operator: Operator, out: &mut String) {
    let text = match prefix {
        Some(count) => &text[..prefix_length(text, count)],
        None => text,
    };
    operator.push(out, text);
}

/// Makes an absolute IRI of an expansion: a prefix of the context first, then relative to the table
/// (Metadata Vocabulary §5.1.3). Returns whether it is one.
pub fn resolve(iri: &mut String, base: Option<&Iri<&str>>) -> bool {
    if let Some((prefix, local)) = iri.split_once(':')
        && !local.starts_with("//")
        && let Some(namespace) = context::namespace(prefix)
    {
        *iri = format!("{namespace}{local}");
    }
    let resolved = match base {
        Some(base) => IriRef::parse(iri.as_str()).and_then(|reference| base.resolve(&reference)),
        None => Iri::parse(iri.clone()),
    };
    match resolved {
        Ok(resolved) => {
            *iri = resolved.into_inner();
            true
        }
        Err(_) => false,
    }
}
