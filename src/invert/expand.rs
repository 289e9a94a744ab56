//! Templates filled in from the cells that are known so far.

use super::row::Known;
use crate::convert::resolve;
use crate::datatype::canonical;
use crate::plan::{Expression, Part, Slot, Template, prefix_length};
use oxiri::Iri;

/// Where the values of variables come from.
pub(super) trait Lookup {
    /// The cell of a column; `None` while it is not known.
    fn column(&self, index: usize) -> Option<&Known>;
    /// The number of the row; `None` while it is not known.
    fn row(&self) -> Option<u64>;
}

/// The expansion of a template, made absolute; `None` while a variable is not known.
pub(super) fn expand(template: &Template, base: &str, lookup: &dyn Lookup) -> Option<String> {
    let mut iri = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => iri.push_str(text),
            Part::Expression(expression) => iri.push_str(&self::expression(expression, lookup)?),
        }
    }
    Some(absolute(iri, base))
}

/// An IRI made absolute as the conversion does.
pub(super) fn absolute(mut iri: String, base: &str) -> String {
    resolve(&mut iri, Iri::parse(base).ok().as_ref());
    iri
}

/// The expansion of an expression; `None` while a variable is not known.
pub(super) fn expression(expression: &Expression, lookup: &dyn Lookup) -> Option<String> {
    let operator = expression.operator;
    let mut out = String::new();
    let mut started = false;
    for variable in &expression.variables {
        let known = match &variable.slot {
            Slot::Column(column) => lookup.column(*column)?.clone(),
            Slot::Row => Known::One(lookup.row()?.to_string()),
            Slot::Text(text) => Known::One(text.clone()),
            Slot::Missing => continue,
            Slot::Item | Slot::SourceRow => return None,
        };
        let items = match known {
            Known::Null => continue,
            Known::List(items) if items.is_empty() => continue,
            Known::List(items) => items,
            Known::One(text) => vec![text],
        };
        out.push_str(if started {
            operator.separator()
        } else {
            operator.first()
        });
        started = true;
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(if variable.explode {
                    operator.separator()
                } else {
                    ","
                });
            }
            if operator.is_named() && (index == 0 || variable.explode) {
                out.push_str(&variable.name);
                if !(item.is_empty() && operator == crate::uri::Operator::Parameter) {
                    out.push('=');
                }
            }
            let mut buffer = String::new();
            let item = match variable.canonical {
                Some(base) => canonical(base, item, &mut buffer),
                None => item,
            };
            let item = match variable.prefix {
                Some(count) => item.get(..prefix_length(item, count)).unwrap_or(item),
                None => item,
            };
            operator.push(&mut out, item);
        }
    }
    Some(out)
}
