//! Words with typing errors: letters that are missing, added or wrong, and two that changed places.

/// The most errors that are looked for.
const MOST: usize = 2;

/// The cells of a row: how many letters of the word may be ahead of or behind those that were read.
const BAND: usize = 2 * MOST + 1;

/// More errors than are looked for.
const MANY: u8 = u8::MAX;

/// Compares strings with a word, one after the other, and computes only what is not shared.
///
/// The distance is that of optimal string alignment, row by row. A row is for one letter of the
/// string; cell `d` of row `i` has the errors between the first `i` letters of the string and the
/// first `i + d - 2` of the word.
pub struct Similar {
    word: Vec<char>,
    errors: u8,
    /// Whether the beginning of a string may match as well.
    prefix: bool,
    rows: Vec<DistanceRow>,
    state: StringState,
}

/// What is known after some letters of a string.
#[derive(Clone, Copy)]
struct DistanceRow {
    letter: char,
    /// The bytes of the string up to here.
    end: usize,
    cells: [u8; BAND],
}

/// What a string is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StringState {
    /// Similar or not, at its end.
    Read(bool),
    /// Similar after so many bytes, whatever follows.
    Alive(usize),
    /// Not similar after so many bytes, whatever follows.
    Dead(usize),
}

impl Similar {
    /// Strings that differ from a word in at most so many letters (2 at most), or if `prefix`
    /// those whose beginning does.
    pub fn new(word: &str, errors: u8, prefix: bool) -> Self {
        let word: Vec<char> = word.chars().collect();
        let errors = errors.min(MOST as u8);
        let mut similar = Self {
            rows: Vec::with_capacity(word.len() + BAND),
            word,
            errors,
            prefix,
            state: StringState::Read(false),
        };
        let mut cells = [MANY; BAND];
        for (band, cell) in cells.iter_mut().enumerate().skip(MOST) {
            *cell = (band - MOST) as u8;
        }
        similar.cut(0, &mut cells);
        similar.rows.push(DistanceRow {
            letter: '\0',
            end: 0,
            cells,
        });
        similar
    }

    /// Reads a string, whose first bytes are those of the last one.
    pub fn read(&mut self, string: &[u8], shared: usize) {
        match self.state {
            StringState::Alive(end) | StringState::Dead(end) if shared >= end => return,
            _ => {}
        }
        while self.rows.len() > 1 && self.rows.last().is_some_and(|row| row.end > shared) {
            self.rows.pop();
        }
        self.state = self.follow(string);
    }

    fn follow(&mut self, string: &[u8]) -> StringState {
        let mut end = self.rows.last().map_or(0, |row| row.end);
        if let Some(state) = self.settled(end) {
            return state;
        }
        let rest = string
            .get(end..)
            .and_then(|rest| std::str::from_utf8(rest).ok());
        for letter in rest.unwrap_or_default().chars() {
            end += letter.len_utf8();
            let cells = self.next(letter);
            self.rows.push(DistanceRow { letter, end, cells });
            if let Some(state) = self.settled(end) {
                return state;
            }
        }
        StringState::Read(self.distance().is_some())
    }

    /// The state after the last row, if it does not depend on what follows.
    fn settled(&self, end: usize) -> Option<StringState> {
        if self.prefix && self.distance().is_some() {
            return Some(StringState::Alive(end));
        }
        let cells = self.rows.last()?.cells;
        (cells == [MANY; BAND]).then_some(StringState::Dead(end))
    }

    /// The errors between the letters that were read and the word; `None` if there are too many.
    fn distance(&self) -> Option<u8> {
        let read = self.rows.len() - 1;
        let band = (self.word.len() + MOST).checked_sub(read)?;
        let errors = self.rows.last()?.cells.get(band)?;
        (*errors <= self.errors).then_some(*errors)
    }

    /// The row after the last one.
    fn next(&self, letter: char) -> [u8; BAND] {
        let mut cells = [MANY; BAND];
        let read = self.rows.len();
        let Some(last) = self.rows.last() else {
            return cells;
        };
        let before = read.checked_sub(2).and_then(|at| self.rows.get(at));
        let mut left = MANY;
        for (band, cell) in cells.iter_mut().enumerate() {
            let Some(letters) = (read + band).checked_sub(MOST) else {
                continue;
            };
            // Added, missing, the same or wrong, changed places.
            let added = last.cells.get(band + 1).copied().unwrap_or(MANY);
            let mut best = added.min(left).saturating_add(1);
            if let Some(expected) = letters.checked_sub(1).and_then(|at| self.word.get(at)) {
                let diagonal = last.cells.get(band).copied().unwrap_or(MANY);
                best = best.min(diagonal.saturating_add(u8::from(*expected != letter)));
                if *expected == last.letter
                    && letters.checked_sub(2).and_then(|at| self.word.get(at)) == Some(&letter)
                    && let Some(before) = before
                {
                    let changed = before.cells.get(band).copied().unwrap_or(MANY);
                    best = best.min(changed.saturating_add(1));
                }
            }
            *cell = best;
            left = best;
        }
        self.cut(read, &mut cells);
        cells
    }

    /// Leaves out what is beyond the word or has too many errors.
    fn cut(&self, read: usize, cells: &mut [u8; BAND]) {
        for (band, cell) in cells.iter_mut().enumerate() {
            let inside = (read + band)
                .checked_sub(MOST)
                .is_some_and(|letters| letters <= self.word.len());
            if !inside || *cell > self.errors {
                *cell = MANY;
            }
        }
    }

    /// Whether the last string is similar.
    pub fn matches(&self) -> bool {
        matches!(self.state, StringState::Read(true) | StringState::Alive(_))
    }

    /// The bytes of the last string after which nothing is similar.
    pub fn dead(&self) -> Option<usize> {
        match self.state {
            StringState::Dead(end) => Some(end),
            _ => None,
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The distance by the whole matrix.
    pub fn distance(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                rows[i][j] = match (i, j) {
                    (0, _) | (_, 0) => i + j,
                    _ => {
                        let wrong = usize::from(a[i - 1] != b[j - 1]);
                        let mut best = (rows[i - 1][j] + 1)
                            .min(rows[i][j - 1] + 1)
                            .min(rows[i - 1][j - 1] + wrong);
                        if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                            best = best.min(rows[i - 2][j - 2] + 1);
                        }
                        best
                    }
                };
            }
        }
        rows[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn strings_are_similar_if_their_distance_is_small(
            word in "[абcd]{0,7}",
            mut strings in prop::collection::vec("[абcd]{0,9}", 1..40),
            errors in 0..3_u8,
            prefix: bool,
        ) {
            strings.sort();
            let mut similar = Similar::new(&word, errors, prefix);
            let word: Vec<char> = word.chars().collect();
            let mut last = "";
            for string in &strings {
                let shared = last.bytes().zip(string.bytes()).take_while(|(a, b)| a == b).count();
                similar.read(string.as_bytes(), shared);
                let letters: Vec<char> = string.chars().collect();
                let shortest = if prefix { 0 } else { letters.len() };
                let expected = (shortest..=letters.len())
                    .any(|end| distance(&letters[..end], &word) <= usize::from(errors));
                prop_assert_eq!(similar.matches(), expected, "{} {}", string, errors);
                if let Some(end) = similar.dead() {
                    prop_assert!(!expected && end <= string.len());
                }
                last = string;
            }
        }
    }
}
