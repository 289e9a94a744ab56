//! Templates filled in from the cells that are known so far.

use super::row::RebuiltCell;
use crate::plan::{
    ExpansionOutcome, Expression, Template, TemplateForm, TemplatePart, TemplateValues, ValueSource,
};
use oxiri::Iri;

/// Where the values of variables come from.
pub(super) trait Lookup {
    /// The cell of a column; `None` while it is not known.
    fn column(&self, index: usize) -> Option<&RebuiltCell>;
    /// The number of the row; `None` while it is not known.
    fn row(&self) -> Option<u64>;
}

/// A row of which nothing is known.
pub(super) struct NoCells;

impl Lookup for NoCells {
    fn column(&self, _: usize) -> Option<&RebuiltCell> {
        None
    }

    fn row(&self) -> Option<u64> {
        None
    }
}

/// A lookup as the variables of a template. All that is known is a value of its datatype.
struct KnownCells<'l>(&'l dyn Lookup);

impl TemplateValues for KnownCells<'_> {
    fn values(&self, slot: &ValueSource, take: &mut impl FnMut(&str, bool)) -> bool {
        match slot {
            ValueSource::Column(column) => match self.0.column(column.index()) {
                None => return false,
                Some(RebuiltCell::Null) => {}
                Some(RebuiltCell::One(text)) => take(text, true),
                Some(RebuiltCell::List(items)) => items.iter().for_each(|item| take(item, true)),
            },
            ValueSource::Row => match self.0.row() {
                None => return false,
                Some(row) => take(&row.to_string(), false),
            },
            ValueSource::Text(text) => take(text, false),
            ValueSource::Missing => {}
            ValueSource::Item | ValueSource::SourceRow => return false,
        }
        true
    }
}

/// The expansion of a template, made absolute; `None` while a variable is not known.
pub(super) fn expand(template: &Template, base: &str, lookup: &dyn Lookup) -> Option<String> {
    let mut iri = String::new();
    for part in &template.parts {
        match part {
            TemplatePart::Text(text) => iri.push_str(text),
            TemplatePart::Expression(expression) => {
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
        TemplateForm::Absolute => TemplateForm::Relative,
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
    (expanded != ExpansionOutcome::Unknown).then_some(out)
}
