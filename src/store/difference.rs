//! Two streams of sorted lines compared, side by side: memory does not grow with what they share.

use std::cmp::Ordering;
use std::io::{self, BufRead};

/// Which of two streams has a line that the other has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The first one: the line is gone in the second.
    Old,
    /// The second one: the line is new in it.
    New,
}

/// Calls `differs` with every line that only one of two streams has, in order, without its line break.
///
/// Both streams must be sorted by bytes and without repeated lines, as the quads of builds are.
///
/// ```
/// use civigraph::store::{Side, compare_lines};
/// let mut lines = Vec::new();
/// compare_lines(&b"a\nb\n"[..], &b"b\nc\n"[..], |side, line| {
///     lines.push((side, line.to_vec()));
///     Ok::<(), std::io::Error>(())
/// })?;
/// assert_eq!(lines, [(Side::Old, b"a".to_vec()), (Side::New, b"c".to_vec())]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// A stream fails, or `differs` does.
pub fn compare_lines<E: From<io::Error>>(
    mut old: impl BufRead,
    mut new: impl BufRead,
    mut differs: impl FnMut(Side, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut has_left = next(&mut old, &mut left)?;
    let mut has_right = next(&mut new, &mut right)?;
    loop {
        let order = match (has_left, has_right) {
            (false, false) => return Ok(()),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (true, true) => left.cmp(&right),
        };
        if order == Ordering::Less {
            differs(Side::Old, &left)?;
        } else if order == Ordering::Greater {
            differs(Side::New, &right)?;
        }
        if order != Ordering::Greater {
            has_left = next(&mut old, &mut left)?;
        }
        if order != Ordering::Less {
            has_right = next(&mut new, &mut right)?;
        }
    }
}

/// Reads the next line without its line break; `false` at the end.
fn next(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if lines.read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expected: &str) {
        let mut found = String::new();
        let compared = compare_lines(old.as_bytes(), new.as_bytes(), |side, line| {
            found.push(match side {
                Side::Old => '-',
                Side::New => '+',
            });
            found.push_str(&String::from_utf8_lossy(line));
            found.push(' ');
            Ok::<(), io::Error>(())
        });
        assert!(compared.is_ok());
        assert_eq!(found.trim_end(), expected, "{old:?} against {new:?}");
    }

    #[test]
    fn lines_of_one_side() {
        check("", "", "");
        check("a\nb\n", "a\nb", "");
        check("a\nb\n", "", "-a -b");
        check("", "a\nb\n", "+a +b");
        check("a\nc\ne\n", "b\nc\nd\n", "-a +b +d -e");
        // A line that starts another one sorts before it.
        check("ab\n", "a\nab\nb\n", "+a +b");
    }
}
