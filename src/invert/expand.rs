//! Templates filled in from the cells that are known so far.

use super::row::Known;
use crate::plan::{Expanded, Expression, Form, Part, Slot, Template, Variables};
use oxiri::Iri;

/// Where the values of variables come from.
pub(super) trait Lookup {
    /// The cell of a column; `None` while it is not known.
    fn column(&self, index: usize) -> Option<&Known>;
    /// The number of the row; `None` while it is not known.
    fn row(&self) -> Option<u64>;
}

/// A lookup as the variables of a template. All that is known is a value of its datatype.
struct KnownCells<'l>(&'l dyn Lookup);

impl Variables for KnownCells<'_> {
    fn values(&self, slot: &Slot, take: &mut impl FnMut(&str, bool)) -> bool {
        match slot {
            Slot::Column(column) => match self.0.column(column.index()) {
                None => return false,
                Some(Known::Null) => {}
                Some(Known::One(text)) => take(text, true),
                Some(Known::List(items)) => items.iter().for_each(|item| take(item, true)),
            },
            Slot::Row => match self.0.row() {
                None => return false,
                Some(row) => take(&row.to_string(), false),
            },
            Slot::Text(text) => take(text, false),
            Slot::Missing => {}
            Slot::Item | Slot::SourceRow => return false,
        }
        true
    }
}

/// The expansion of a template, made absolute; `None` while a variable is not known.
pub(super) fn expand(template: &Template, base: &str, lookup: &dyn Lookup) -> Option<String> {
    let mut iri = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => iri.push_str(text),
            Part::Expression(expression) => {
                iri.push_str(&self::expression(template, expression, lookup)?);
            }
        }
    }
    Some(absolute(template, iri, base))
}

/// An expansion of a template made absolute as the conversion does.
pub(super) fn absolute(template: &Template, mut iri: String, base: &str) -> String {
    // A value may have made something to normalise.
    let form = match template.form {
        Form::Absolute => Form::Relative,
        form => form,
    };
    form.finish(&mut iri, Iri::parse(base).ok().as_ref());
    iri
}

/// The expansion of an expression; `None` while a variable is not known.
pub(super) fn expression(
    template: &Template,
    expression: &Expression,
    lookup: &dyn Lookup,
) -> Option<String> {
    let mut out = String::new();
    let (known, mut scratch) = (KnownCells(lookup), String::new());
    let expanded = expression.expand(template.escaping, &known, &mut out, &mut scratch);
    (expanded != Expanded::Unknown).then_some(out)
}
