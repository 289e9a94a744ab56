//! The words about keys.

use super::plan::Key;
use super::rows::KeyRow;
use crate::csvw::OWN_NAMESPACE;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// A row whose primary key is that of an earlier row.
pub(super) fn duplicate(key: &Key, row: &KeyRow, first: &KeyRow) -> Diagnostic {
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
    from: &Key,
    to: &Key,
    url: &str,
    row: &KeyRow,
    text: &str,
    near: Option<String>,
) -> Diagnostic {
    let table = file_name(url);
    let what = if from.items { "the item" } else { "the key" };
    let diagnostic = Diagnostic::new(
        Code::DanglingReference,
        row.place(),
        format!("no row of `{table}` has {what} `{text}`"),
    )
    .with_found(text)
    .with_expected(format!(
        "the value of {} in a row of `{table}`",
        columns(to)
    ));
    match near {
        Some(near) => diagnostic.with_hint(near),
        None if row.has_null() => diagnostic.with_hint(format!(
            "if the reference may be missing, declare the column `{OWN_NAMESPACE}optional`"
        )),
        None => diagnostic,
    }
}

/// A foreign key with several rows.
pub(super) fn ambiguous(
    to: &Key,
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
fn columns(key: &Key) -> String {
    let names: Vec<_> = key.names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The last segment of a URL.
fn file_name(url: &str) -> &str {
    url.rsplit('/').find(|part| !part.is_empty()).unwrap_or(url)
}
