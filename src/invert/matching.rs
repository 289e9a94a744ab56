//! An IRI taken apart by the template that made it.

use super::expand::{Lookup, absolute, expression};
use crate::plan::{Expression, Template, TemplateForm, TemplatePart, ValueSource};
use crate::uri::Operator;

/// A variable with the text that stands for it in an IRI, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding<'t> {
    pub(super) slot: &'t ValueSource,
    pub(super) text: String,
    /// The text as the items of a list.
    pub(super) items: Vec<String>,
}

/// One piece of a template for a row: text that is known, or one variable that is not.
enum TemplatePiece<'t> {
    Text(String),
    Variable(&'t ValueSource, Operator),
}

/// Whether one unknown variable of an expression could be read from an IRI.
pub(super) fn is_readable(expression: &Expression) -> bool {
    matches!(
        expression.operator,
        Operator::Simple | Operator::Reserved | Operator::Fragment | Operator::Path
    ) && matches!(expression.variables.as_slice(), [variable] if variable.prefix.is_none() && !variable.explode)
}

/// The values of the unknown variables of a template that expands to `iri`.
///
/// `None` where it does not, or where more than one reading is possible.
pub(super) fn matches<'t>(
    template: &'t Template,
    base: &str,
    lookup: &dyn Lookup,
    iri: &str,
) -> Option<Vec<Binding<'t>>> {
    let pieces = pieces(template, base, lookup)?;
    let mut bindings = Vec::new();
    let mut rest = iri;
    let mut pieces = pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            TemplatePiece::Text(text) => rest = rest.strip_prefix(text.as_str())?,
            TemplatePiece::Variable(slot, operator) => {
                let run = match operator {
                    Operator::Reserved | Operator::Fragment => rest.len(),
                    _ => rest
                        .bytes()
                        .position(|byte| !may_stand_in_value(byte))
                        .unwrap_or(rest.len()),
                };
                let end = match pieces.peek() {
                    None => rest.len(),
                    // Two values side by side: nothing says where one ends.
                    Some(TemplatePiece::Variable(..)) => return None,
                    Some(TemplatePiece::Text(next)) => {
                        let reach = rest.get(..(run + next.len()).min(rest.len()))?;
                        let first = reach.find(next.as_str())?;
                        if reach.rfind(next.as_str()) != Some(first) {
                            return None;
                        }
                        first
                    }
                };
                if end > run {
                    return None;
                }
                let (value, after) = rest.split_at(end);
                let plain = matches!(operator, Operator::Reserved | Operator::Fragment);
                let text = |value: &str| match plain {
                    true => Some(value.to_owned()),
                    false => decode(value),
                };
                bindings.push(Binding {
                    slot,
                    text: text(value)?,
                    items: value.split(',').map(text).collect::<Option<_>>()?,
                });
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(bindings)
}

/// The text that every IRI of a template starts with, made absolute.
pub(super) fn head(template: &Template, base: &str) -> String {
    match template.parts.as_slice() {
        [] => absolute(template, String::new(), base),
        [TemplatePart::Text(text)] => absolute(template, text.clone(), base),
        [TemplatePart::Text(text), ..] if template.form == TemplateForm::Absolute => text.clone(),
        [TemplatePart::Text(text), ..] => {
            // Resolved with something after it: a slash at its end is not a last segment.
            let probe = absolute(template, format!("{text}x"), base);
            probe.strip_suffix('x').unwrap_or(&probe).to_owned()
        }
        [TemplatePart::Expression(expression), ..] if expression.operator == Operator::Fragment => {
            let base = base.split('#').next().unwrap_or_default();
            format!("{base}#")
        }
        [TemplatePart::Expression(expression), ..] if expression.operator == Operator::Reserved => {
            String::new()
        }
        [TemplatePart::Expression(_), ..] => {
            let probe = absolute(template, "x".to_owned(), base);
            probe.strip_suffix('x').unwrap_or(&probe).to_owned()
        }
    }
}

fn pieces<'t>(
    template: &'t Template,
    base: &str,
    lookup: &dyn Lookup,
) -> Option<Vec<TemplatePiece<'t>>> {
    let mut pieces: Vec<TemplatePiece<'t>> = Vec::new();
    let push = |pieces: &mut Vec<TemplatePiece<'t>>, text: &str| match pieces.last_mut() {
        Some(TemplatePiece::Text(before)) => before.push_str(text),
        _ => pieces.push(TemplatePiece::Text(text.to_owned())),
    };
    push(&mut pieces, &head(template, base));
    let starts_with_text = matches!(template.parts.first(), Some(TemplatePart::Text(_)));
    let rest = template.parts.iter().enumerate();
    for (index, part) in rest.skip(usize::from(starts_with_text)) {
        match part {
            TemplatePart::Text(text) => push(&mut pieces, text),
            TemplatePart::Expression(expr) => match expression(template, expr, lookup) {
                // The head of a fragment holds its `#` already.
                Some(text) if index == 0 && expr.operator == Operator::Fragment => {
                    push(&mut pieces, text.trim_start_matches('#'));
                }
                Some(text) => push(&mut pieces, &text),
                None if is_readable(expr) => {
                    let variable = expr.variables.first()?;
                    if !(index == 0 && expr.operator == Operator::Fragment) {
                        push(&mut pieces, expr.operator.first());
                    }
                    pieces.push(TemplatePiece::Variable(&variable.slot, expr.operator));
                }
                None => return None,
            },
        }
    }
    Some(pieces)
}

/// Bytes of a percent-encoded value, and the comma between the items of a list.
fn may_stand_in_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'%' | b',')
}

/// Decodes `%XX`; `None` where the result is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        match after {
            [high, low, beyond @ ..] if byte == b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                // Two hexadecimal digits make a byte.
                bytes.push((digit(*high)? * 16 + digit(*low)?) as u8);
                rest = beyond;
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}
