//! Whether an IRI has the form that a template gives.

use super::expand::NoCells;
use super::matching::{head, is_readable, matches};
use crate::plan::{TablePlan, Template, TemplatePart, ValueSource};
use crate::uri::Operator;

/// The form of the IRIs that a template of a table makes.
#[derive(Debug, Clone, Copy)]
pub struct IriForm<'p> {
    table: &'p TablePlan,
    template: &'p Template,
}

impl<'p> IriForm<'p> {
    /// The form of a template, which belongs to the table.
    pub fn new(table: &'p TablePlan, template: &'p Template) -> Self {
        Self { table, template }
    }

    /// Whether a variable of a template may stand for anything, slashes included.
    pub fn is_open(template: &Template) -> bool {
        let reserved = |part: &TemplatePart| match part {
            TemplatePart::Expression(expression) => expression.operator == Operator::Reserved,
            TemplatePart::Text(_) => false,
        };
        template.parts.iter().any(reserved)
    }

    /// What every IRI of the form starts with.
    pub fn head(&self) -> String {
        head(self.template, self.table.base())
    }

    /// Whether the IRI has the form. With several variables, only its start is looked at.
    pub fn fits(&self, iri: &str) -> bool {
        let expressions = self.template.parts.iter().filter_map(|part| match part {
            TemplatePart::Expression(expression) => Some(expression),
            TemplatePart::Text(_) => None,
        });
        let expressions: Vec<_> = expressions.collect();
        match expressions.as_slice() {
            [only] if is_readable(only) => {
                let bindings = matches(self.template, self.table.base(), &NoCells, iri);
                bindings.is_some_and(|bindings| {
                    let mut bindings = bindings.iter();
                    bindings.all(|binding| self.is_value(binding.slot, &binding.text))
                })
            }
            [] => iri == self.head(),
            _ => iri.starts_with(&self.head()),
        }
    }

    /// Whether a column could hold the text.
    fn is_value(&self, slot: &ValueSource, text: &str) -> bool {
        let ValueSource::Column(column) = slot else {
            return true;
        };
        let column = self.table.column(*column);
        let parser = column.map(|column| column.datatype.parser());
        !text.is_empty()
            && parser.is_none_or(|parser| parser.parse(text, &mut String::new()).is_ok())
    }
}
