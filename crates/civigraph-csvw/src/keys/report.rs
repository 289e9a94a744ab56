//! The words about keys.

use super::plan::KeyColumns;
use super::rows::{KeyRow, KeyValue};
use crate::csvw::OWN_NAMESPACE;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Hint, HintAction};

/// A row whose primary key is that of an earlier row.
pub(super) fn duplicate(key: &KeyColumns, row: &KeyRow, first: &KeyRow) -> Diagnostic {
    let text = row.text();
    let earlier = first.place();
    Diagnostic::new(
        Code::DuplicateKey,
        row.place(),
        format!(
            "`{text}` is already the primary key of line {}",
            earlier.line
        ),
    )
    .with_found(text)
    .with_expected(format!("a value of {} that no other row has", columns(key)))
    .with_hint(format!(
        "the first is at {}:{}:{}; change one of the two, or remove it",
        earlier.file, earlier.line, earlier.column
    ))
}

/// A foreign key without a row.
pub(super) fn dangling(
    from: &KeyColumns,
    to: &KeyColumns,
    url: &str,
    row: &KeyRow,
    text: &str,
    hint: Option<Hint>,
) -> Diagnostic {
    let table = file_name(url);
    let what = if from.items { "the item" } else { "the key" };
    let message = match text {
        "" => format!("the reference to `{table}` is empty"),
        text => format!("no row of `{table}` has {what} `{text}`"),
    };
    Diagnostic::new(Code::DanglingReference, row.place(), message)
        .with_found(text)
        .with_expected(format!(
            "the value of {} in a row of `{table}`",
            columns(to)
        ))
        .with_optional_hint(hint)
}

/// What to do about a reference with a null in it.
pub(super) fn null(from: &KeyColumns, row: &KeyRow) -> Hint {
    let name = row.cells.iter().position(|cell| cell.value.is_null());
    let name = name.and_then(|index| from.names.get(index));
    Hint::from(format!(
        "`{}` is null; if the reference may be missing, declare the column `{OWN_NAMESPACE}optional`",
        name.map_or("", String::as_str)
    ))
    .and(HintAction::TakeNullReferences)
}

/// What tells the value of a key from that of a row whose key has the same text.
pub(super) fn difference(
    from: &KeyColumns,
    to: &KeyColumns,
    row: &KeyRow,
    text: &str,
    other: &KeyRow,
) -> Option<String> {
    let place = other.place();
    let place = format!("{}:{}:{}", place.file, place.line, place.column);
    let pairs = row.cells.iter().zip(&other.cells).enumerate();
    for (index, (cell, there)) in pairs {
        let (name, other_name) = (from.names.get(index)?, to.names.get(index)?);
        let item = match &cell.value {
            KeyValue::List(items) if from.items => {
                let item = items.iter().find(|item| item.text == text);
                item.and_then(|item| item.value.clone()).map(KeyValue::One)
            }
            _ => None,
        };
        let value = item.as_ref().unwrap_or(&cell.value);
        if *value == there.value {
            continue;
        }
        let what = match (value, &there.value) {
            (KeyValue::Null, _) => format!("here `{name}` is null"),
            (_, KeyValue::Null) => format!("there `{other_name}` is null"),
            (KeyValue::List(_), KeyValue::One(_)) => format!("here `{name}` holds lists"),
            (KeyValue::One(_), KeyValue::List(_)) => format!("there `{other_name}` holds lists"),
            _ => {
                let (here, there) = (from.datatypes.get(index)?, to.datatypes.get(index)?);
                if here == there {
                    format!("`{name}` and `{other_name}` read it as different values")
                } else {
                    format!(
                        "here `{name}` is of the datatype {here}, there `{other_name}` of {there}"
                    )
                }
            }
        };
        return Some(format!("{place} has the same text, but {what}"));
    }
    None
}

/// A foreign key with several rows.
pub(super) fn ambiguous(
    to: &KeyColumns,
    url: &str,
    row: &KeyRow,
    text: &str,
    referenced: [&KeyRow; 2],
) -> Diagnostic {
    let table = file_name(url);
    let [first, second] = referenced.map(KeyRow::place);
    Diagnostic::new(
        Code::AmbiguousReference,
        row.place(),
        format!("several rows of `{table}` have the key `{text}`"),
    )
    .with_found(text)
    .with_expected(format!(
        "the value of {} in one row of `{table}`",
        columns(to)
    ))
    .with_hint(format!(
        "two of them are {}:{}:{} and {}:{}:{}",
        first.file, first.line, first.column, second.file, second.line, second.column
    ))
}

/// Pushes messages of one kind, and counts those that were not kept.
pub(super) fn push_all(
    messages: impl IntoIterator<Item = Diagnostic>,
    more: u64,
    diagnostics: &mut Diagnostics,
) {
    let mut last = None;
    for message in messages {
        last = Some(message.clone());
        diagnostics.push(message);
    }
    if let (Some(like), 1..) = (last, more) {
        diagnostics.count_more(&like, more);
    }
}

/// `` `a` `` or `` `a`, `b` ``.
fn columns(key: &KeyColumns) -> String {
    let names: Vec<_> = key.names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The last segment of a URL.
fn file_name(url: &str) -> &str {
    url.rsplit('/').find(|part| !part.is_empty()).unwrap_or(url)
}
