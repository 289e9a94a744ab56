//! Cells of a column that may be lists.

use super::candidate::RemainingCandidates;
use super::profile::{fingerprint, trimmed};
use std::collections::HashSet;

/// Items of lists are short; longer ones are sentences with a semicolon.
const MAX_ITEM_LENGTH: u64 = 60;
/// Items after a separator and a space have fewer words on average; more are clauses of a sentence.
const MAX_ITEM_WORDS: u64 = 3;
/// Different cells and items of lists that are remembered to see whether items come again.
const MAX_LIST_VALUES: usize = 10_000;

/// Cells read as lists with one of the separators, from the first cell that has it.
#[derive(Default)]
pub(super) struct ListProfile {
    pub(super) cells: u64,
    pub(super) items: RemainingCandidates,
    separators: u64,
    /// Separators with a space after them, and before them.
    spaced: u64,
    spaced_before: u64,
    total_length: u64,
    words: u64,
    empty_items: bool,
    /// Fingerprints of cells, and of the first and the later items of different ones.
    seen_cells: HashSet<u64>,
    seen_items: [HashSet<u64>; 2],
    /// An item came in different cells.
    recurs: bool,
    /// An item came first in one cell and later in another.
    moves: bool,
}

impl ListProfile {
    /// Lists of one item each.
    pub(super) fn of_items(items: RemainingCandidates, total_length: u64, words: u64) -> Self {
        Self {
            items,
            total_length,
            words,
            ..Self::default()
        }
    }

    pub(super) fn observe(&mut self, cell: &str, separator: char, buffer: &mut String) {
        let mut count = 0;
        let mut ends_with_space = false;
        let is_new =
            self.seen_cells.len() < MAX_LIST_VALUES && self.seen_cells.insert(fingerprint(cell));
        let mut here = Vec::new();
        for item in cell.split(separator) {
            count += 1;
            if count > 1 {
                self.separators += 1;
                self.spaced += u64::from(item.starts_with(' '));
                self.spaced_before += u64::from(ends_with_space);
            }
            ends_with_space = item.ends_with(' ');
            let item = trimmed(item);
            if is_new {
                here.push((fingerprint(item), usize::from(count > 1)));
            }
            self.empty_items |= item.is_empty();
            self.total_length += item.chars().count() as u64;
            self.words += item.split(' ').count() as u64;
            self.items.observe(item, buffer);
        }
        self.cells += u64::from(count > 1);
        for (item, place) in &here {
            self.recurs |= self.seen_items.iter().any(|seen| seen.contains(item));
            self.moves |= self.seen_items[1 - place].contains(item);
        }
        for (item, place) in here {
            if self.seen_items[place].len() < MAX_LIST_VALUES {
                self.seen_items[place].insert(item);
            }
        }
    }

    /// Whether nothing but lists explains the separator: items come again in other cells, or are few
    /// words each. A `|` may be a letter, as in `N|uu` and `G|ui`: there items keep their places.
    pub(super) fn is_certain(&self, separator: char) -> bool {
        match separator {
            '|' => self.moves,
            _ => self.recurs || self.words <= 2 * self.items.cells,
        }
    }

    /// The separator with the spaces around it, and whether they are always the same.
    pub(super) fn written(&self, separator: char) -> (String, bool) {
        let side = |count: u64| match count {
            0 => Some(""),
            count if count == self.separators => Some(" "),
            _ => None,
        };
        match (side(self.spaced_before), side(self.spaced)) {
            (Some(before), Some(after)) => (format!("{before}{separator}{after}"), true),
            _ => (separator.to_string(), false),
        }
    }

    pub(super) fn is_list(&self, filled: u64) -> bool {
        let often = self.cells >= 3 || self.cells * 20 >= filled;
        // `it rained; nobody came` is a sentence.
        let is_prose = self.spaced > 0 && self.words > MAX_ITEM_WORDS * self.items.cells;
        self.cells > 0
            && often
            && !is_prose
            && !self.empty_items
            && self.total_length <= MAX_ITEM_LENGTH * self.items.cells
    }
}
