//! Text of the input made fit for a message: bounded, and harmless on a terminal.

use crate::characters;
use std::fmt::Write;

/// The first `limit` characters of `text`, and an ellipsis where there were more.
pub(super) fn cut(mut text: String, limit: usize) -> String {
    if text.len() > limit
        && let Some((end, _)) = text.char_indices().nth(limit)
    {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// `text` with everything escaped that a terminal would obey or nobody would see.
///
/// Control characters could move the cursor or hide what follows; bidirectional controls reorder
/// it; unusual spaces look like none.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if c.is_control() || is_invisible(c) => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

fn is_invisible(c: char) -> bool {
    characters::is_space(c) || characters::is_unseen(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_counts_characters() {
        let check = |text: &str, limit, expected: &str| {
            assert_eq!(cut(text.to_owned(), limit), expected);
        };
        check("город", 5, "город");
        check("города", 5, "город…");
        check("", 0, "");
    }

    #[test]
    fn nothing_reaches_the_terminal_unseen() {
        let check = |text: &str, expected: &str| assert_eq!(visible(text), expected);
        check("a\tb\r\n\0", "a\\tb\\r\\n\\0");
        check("\u{1b}[31mred", "\\u{1b}[31mred");
        check("10\u{a0}000", "10\\u{a0}000");
        check("Ёлки — «да»", "Ёлки — «да»");
    }
}
