//! Templates filled in for a row, each at most once.

use super::chunk::Row;
use super::value::{Item, Value};
use crate::plan::{
    Expanded, Expansion, Form, NullPolicy, Part, Slot, TablePlan, Template, Variables,
};
use oxiri::Iri;

/// The variables of a row.
#[derive(Clone, Copy)]
pub struct RowVariables<'v, 'r> {
    /// Values by column.
    pub values: &'v [Value<'r>],
    /// Number of the data row from 1.
    pub row: u64,
    /// Number of the record in the file from 1.
    pub source_row: u64,
    /// The item of the list that is being expanded.
    pub item: Option<Item<'v>>,
}

impl<'v> RowVariables<'v, '_> {
    /// The same for an item of a list.
    pub fn with_item(self, item: Item<'v>) -> Self {
        Self {
            item: Some(item),
            ..self
        }
    }
}

impl Variables for RowVariables<'_, '_> {
    fn values(&self, slot: &Slot, take: &mut impl FnMut(&str, bool)) -> bool {
        let mut buffer = [0; 20];
        match slot {
            Slot::Column(column) => {
                if let Some(value) = self.values.get(column.index()) {
                    value.items().for_each(|item| take(item.text, item.valid));
                }
            }
            Slot::Row => take(digits(self.row, &mut buffer), false),
            Slot::SourceRow => take(digits(self.source_row, &mut buffer), false),
            Slot::Item => {
                if let Some(item) = self.item {
                    take(item.text, item.valid);
                }
            }
            Slot::Text(text) => take(text, false),
            Slot::Missing => {}
        }
        true
    }

    #[inline]
    fn single(&self, slot: &Slot) -> Option<(&str, bool)> {
        let item = match slot {
            Slot::Column(column) => match self.values.get(column.index())? {
                Value::Single(item) => *item,
                _ => return None,
            },
            Slot::Item => self.item?,
            _ => return None,
        };
        Some((item.text, item.valid))
    }
}

/// A number in decimal digits.
pub fn digits(mut number: u64, buffer: &mut [u8; 20]) -> &str {
    let mut start = buffer.len();
    loop {
        start -= 1;
        // `number % 10` is a digit.
        buffer[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    std::str::from_utf8(&buffer[start..]).unwrap_or_default()
}

/// What a template makes of a row.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// The absolute IRI, or what should have been one; the text, where the template makes texts.
    pub text: String,
    /// It is what it should be.
    pub valid: bool,
    /// A variable was null.
    null: bool,
    /// The row that it was made for; 0 before the first.
    row: u64,
}

impl Filled {
    /// Whether there is a term, as far as nulls decide.
    #[inline]
    pub fn is_term(&self, policy: NullPolicy) -> bool {
        match policy {
            NullPolicy::Expand => true,
            NullPolicy::Skip => !self.null,
            NullPolicy::SkipEmpty => !self.null && !self.text.is_empty(),
        }
    }
}

/// All templates of a table with what they make of the current row.
pub struct Expander<'p> {
    templates: &'p [Template],
    base: Option<Iri<&'p str>>,
    filled: Vec<Filled>,
    scratch: String,
}

impl<'p> Expander<'p> {
    /// Prepares the templates of a table.
    pub fn new(plan: &'p TablePlan) -> Self {
        let mut expander = Self {
            templates: &plan.templates,
            base: Iri::parse(plan.base()).ok(),
            filled: vec![Filled::default(); plan.templates.len()],
            scratch: String::new(),
        };
        for (filled, template) in expander.filled.iter_mut().zip(expander.templates) {
            if let Some(text) = template.constant() {
                filled.text.push_str(text);
                filled.row = u64::MAX;
                filled.valid = template
                    .form
                    .finish(&mut filled.text, expander.base.as_ref());
            }
        }
        expander
    }

    /// Fills in a template, unless that was done for this row already.
    #[inline]
    pub fn prepare(&mut self, expansion: Expansion, row: &Row<'_, '_>) {
        let filled = self.filled.get(expansion.template.index());
        let made = filled.is_some_and(|it| it.row == row.number || it.row == u64::MAX);
        if !made {
            self.fill(expansion, row.variables());
        }
    }

    /// Fills in a template again, as for each item of a list.
    pub fn prepare_item(&mut self, expansion: Expansion, row: &Row<'_, '_>, item: Item<'_>) {
        let filled = self.filled.get(expansion.template.index());
        if filled.is_some_and(|it| it.row != u64::MAX) {
            self.fill(expansion, row.variables().with_item(item));
        }
    }

    fn fill(&mut self, expansion: Expansion, variables: RowVariables<'_, '_>) {
        let index = expansion.template.index();
        if let (Some(filled), Some(template)) =
            (self.filled.get_mut(index), self.templates.get(index))
        {
            filled.row = variables.row;
            let base = self.base.as_ref();
            fill(filled, template, base, variables, &mut self.scratch);
        }
    }

    /// What was prepared last.
    #[inline]
    pub fn get(&self, expansion: Expansion) -> &Filled {
        // Templates are those of the plan that this was made for.
        &self.filled[expansion.template.index()]
    }
}

fn fill(
    filled: &mut Filled,
    template: &Template,
    base: Option<&Iri<&str>>,
    variables: RowVariables<'_, '_>,
    scratch: &mut String,
) {
    let text = &mut filled.text;
    text.clear();
    filled.null = false;
    let mut dots = false;
    for part in &template.parts {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Expression(expression) => {
                let start = text.len();
                let expanded = expression.expand(template.escaping, &variables, text, scratch);
                filled.null |= expanded != Expanded::Complete;
                // A dot after a slash is all that is left to normalise in an absolute IRI.
                dots |= text.as_bytes().get(start) == Some(&b'.')
                    && text.as_bytes()[..start].last() == Some(&b'/');
            }
        }
    }
    let form = match template.form {
        Form::Absolute if dots => Form::Relative,
        form => form,
    };
    filled.valid = form.finish(text, base);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_digits() {
        for number in [0, 7, 10, 987_654_321, u64::MAX] {
            assert_eq!(digits(number, &mut [0; 20]), number.to_string());
        }
    }
}
