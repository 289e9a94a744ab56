//! Whether an IRI has the form that a template gives.

use super::expand::Lookup;
use super::matching::{head, is_readable, matches};
use super::row::Known;
use crate::plan::{Part, Slot, TablePlan, Template};
use crate::uri::Operator;

/// The form of the IRIs that a template of a table makes.
#[derive(Debug, Clone, Copy)]
pub struct Form<'p> {
    table: &'p TablePlan,
    template: &'p Template,
}

/// Nothing is known of any row.
struct Nothing;

impl Lookup for Nothing {
    fn column(&self, _index: usize) -> Option<&Known> {
        None
    }

    fn row(&self) -> Option<u64> {
        None
    }
}

impl<'p> Form<'p> {
    /// The form of a template, which belongs to the table.
    pub fn new(table: &'p TablePlan, template: &'p Template) -> Self {
        Self { table, template }
    }

    /// Whether a variable of a template may stand for anything, slashes included.
    pub fn is_open(template: &Template) -> bool {
        let reserved = |part: &Part| match part {
            Part::Expression(expression) => expression.operator == Operator::Reserved,
            Part::Text(_) => false,
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
            Part::Expression(expression) => Some(expression),
            Part::Text(_) => None,
        });
        let expressions: Vec<_> = expressions.collect();
        match expressions.as_slice() {
            [only] if is_readable(only) => {
                let bindings = matches(self.template, self.table.base(), &Nothing, iri);
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
    fn is_value(&self, slot: &Slot, text: &str) -> bool {
        let Slot::Column(column) = slot else {
            return true;
        };
        let column = self.table.column(*column);
        let parser = column.map(|column| column.datatype.parser());
        !text.is_empty()
            && parser.is_none_or(|parser| parser.parse(text, &mut String::new()).is_ok())
    }
}
