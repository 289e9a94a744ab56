//! Columns of numbers or dates in which some cells are neither.

/// Cells that are shown to the curator.
const SHOWN: usize = 3;
/// Characters of a cell that are shown.
const SHOWN_LENGTH: usize = 40;

/// What the cells of a column look like, and the first ones that look like something else.
#[derive(Debug, Default)]
pub struct NearMisses {
    numbers: FormCounts,
    dates: FormCounts,
}

/// One thing that cells may be.
#[derive(Debug, Default)]
struct FormCounts {
    /// Cells that are.
    cells: u64,
    /// Cells that are not.
    others: u64,
    /// Those of them that have no digit at all.
    words: u64,
    /// The first of those, each with its line.
    shown: Vec<(String, u64)>,
}

impl NearMisses {
    /// Takes a cell with content into account, which starts on a line of the file.
    pub fn observe(&mut self, cell: &str, line: u64) {
        self.numbers.observe(is_number(cell), cell, line);
        self.dates.observe(is_date(cell), cell, line);
    }

    /// What to say of a column of strings many of whose cells are numbers, or dates, and the rest hardly words.
    pub fn note(&self, speaks_of_years: bool) -> Option<String> {
        if let Some(mut note) = self.numbers.note("number") {
            if speaks_of_years {
                note.push_str(
                    " Years that are not certain can be written in EDTF, as `1480~` and `1903?`.",
                );
            }
            return Some(note);
        }
        self.dates.note("date")
    }
}

impl FormCounts {
    fn observe(&mut self, is_one: bool, cell: &str, line: u64) {
        if is_one {
            self.cells += 1;
            return;
        }
        self.others += 1;
        self.words += u64::from(!cell.bytes().any(|byte| byte.is_ascii_digit()));
        if self.shown.len() < SHOWN {
            let text = cell.chars().take(SHOWN_LENGTH).collect();
            self.shown.push((text, line));
        }
    }

    fn note(&self, what: &str) -> Option<String> {
        // `um 1480` is more of a year than `unknown`.
        let few = self.cells < 2 || self.words >= self.cells || self.others > 2 * self.cells;
        if self.others == 0 || few {
            return None;
        }
        let shown = self.shown.iter();
        let shown: Vec<String> = shown
            .map(|(cell, line)| format!("`{cell}` (line {line})"))
            .collect();
        let shown = shown.join(", ");
        let all = self.cells + self.others;
        let which = match self.others {
            1 => format!("1 of {all} cells is not a {what}: {shown}."),
            others if others as usize == self.shown.len() => {
                format!("{others} of {all} cells are not {what}s: {shown}.")
            }
            others => format!("{others} of {all} cells are not {what}s, such as {shown}."),
        };
        Some(format!(
            "{which} Kept as text. To make it a column of {what}s, move what else these cells say into a column of \
             its own."
        ))
    }
}

/// Whether a cell is a plain number: digits, those of the whole perhaps in groups of three, with a sign and a fraction
/// at most.
fn is_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = |text: &str| {
        let mut groups = text.split([' ', '\u{a0}', '\u{202f}', '\'']);
        groups.next().is_some_and(digits) && groups.all(|group| group.len() == 3 && digits(group))
    };
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    match unsigned.split_once(['.', ',']) {
        Some((before, fraction)) => whole(before) && digits(fraction),
        None => whole(unsigned),
    }
}

/// Whether a cell is three numbers of a day, a month and a year with the same mark between them.
fn is_date(cell: &str) -> bool {
    let starts_so = cell.as_bytes().first().is_some_and(u8::is_ascii_digit);
    starts_so
        && ['-', '.', '/'].into_iter().any(|mark| {
            let parts: Vec<&str> = cell.split(mark).collect();
            let short = |part: &&str| {
                matches!(part.len(), 1..=4) && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            parts.len() == 3 && parts.iter().all(short)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(cells: &[&str]) -> Option<String> {
        let mut near_misses = NearMisses::default();
        for (cell, line) in cells.iter().zip(2..) {
            near_misses.observe(cell, line);
        }
        near_misses.note(false)
    }

    #[test]
    fn cells_that_are_not_like_the_others() {
        let years = ["1480", "um 1480", "1492", "[1911]", "1903?", "1850", "1851"];
        let found = note(&years).unwrap();
        let words = "3 of 7 cells are not numbers: `um 1480` (line 3), `[1911]` (line 5), `1903?` (line 6).";
        assert!(found.starts_with(words), "{found}");
        let found = note(&["1", "2", "3", "14a"]).unwrap();
        assert!(
            found.starts_with("1 of 4 cells is not a number: `14a` (line 5)."),
            "{found}"
        );
        let dates = [
            "2018-11-01",
            "2018-11-02",
            "2018-11-03",
            "2018-11-04",
            "a",
            "b",
            "c",
            "d",
            "2018-11-05",
        ];
        let found = note(&dates).unwrap();
        assert!(
            found.starts_with("4 of 9 cells are not dates, such as `a` (line 6)"),
            "{found}"
        );
        let found = note(&["1480", "1500", "um 1480", "ca. 1900", "1903?"]).unwrap();
        assert!(
            found.starts_with("3 of 5 cells are not numbers: "),
            "{found}"
        );
        // As many words, nothing but numbers, none, and few of them.
        for cells in [
            &["1", "a"][..],
            &["1", "2"],
            &["a", "b"],
            &["1", "2", "a", "b"],
            &["1"],
            &["1", "2", "1a", "2a", "3a", "4a", "5a"],
            &[],
        ] {
            assert_eq!(note(cells), None, "{cells:?}");
        }
    }

    #[test]
    fn numbers_and_dates() {
        for cell in ["1", "-20", "1.5", "1480", "0,25", "1 000", "12'345.60"] {
            assert!(is_number(cell), "{cell}");
        }
        for cell in ["", "-", "um 1480", "1903?", "1.", ".5", "1.2.3", "1 00"] {
            assert!(!is_number(cell), "{cell}");
        }
        for cell in ["2018-11-01", "1.11.2018", "11/26/2024"] {
            assert!(is_date(cell), "{cell}");
        }
        for cell in [
            "2018-11",
            "1.11",
            "2018-11-01?",
            "November 2018",
            "12345-1-1",
        ] {
            assert!(!is_date(cell), "{cell}");
        }
    }
}
