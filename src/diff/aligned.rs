//! Two versions with one set of blank nodes: those of the new one go by the labels of the old one.

use super::ComparedVersion;
use super::matching::{QuadShape, VersionQuads, matching};
use crate::diff::DiffError;
use crate::store::line::labels;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, Read};

/// Bytes of lines with blank nodes, in one version, up to which they are matched. Beyond it blank nodes are
/// compared by their labels.
const LIMIT: usize = 128 << 20;

/// Start of the labels that blank nodes without a label are given when a dump is read.
pub(super) const ANONYMOUS: &str = "anonymous-";

/// Two versions whose lines can be compared.
#[derive(Debug)]
pub(super) struct AlignedVersions<'v> {
    old: &'v ComparedVersion,
    new: &'v ComparedVersion,
    one_graph: bool,
    /// The new version's lines with blank nodes, with the labels of the old one, sorted; `None` where its own
    /// labels are compared.
    renamed: Option<Vec<Vec<u8>>>,
    /// Whether there are too many blank nodes to match them.
    pub(super) by_label: bool,
}

impl<'v> AlignedVersions<'v> {
    /// Matches the blank nodes of two versions by what surrounds them.
    ///
    /// # Errors
    /// A version cannot be read.
    pub(super) fn new(
        old: &'v ComparedVersion,
        new: &'v ComparedVersion,
    ) -> Result<Self, DiffError> {
        let one_graph = old.one_graph || new.one_graph;
        let unread = |e| DiffError::io("quads".as_ref(), "compare the versions", e);
        let before = blank_lines(old.lines(one_graph)?, LIMIT).map_err(unread)?;
        let after = blank_lines(new.lines(one_graph)?, LIMIT).map_err(unread)?;
        let by_label = before.is_none() || after.is_none();
        let renamed = match (before, after) {
            (Some(before), Some(after)) if before != after && !after.is_empty() => {
                Some(renamed(&before, &after))
            }
            _ => None,
        };
        Ok(Self {
            old,
            new,
            one_graph,
            renamed,
            by_label,
        })
    }

    /// The sorted lines of the old version.
    pub(super) fn old_lines(&self) -> Result<impl BufRead + use<'_>, DiffError> {
        self.old.lines(self.one_graph)
    }

    /// The sorted lines of the new version, with the labels of the old one.
    pub(super) fn new_lines(&self) -> Result<impl BufRead + use<'_>, DiffError> {
        Ok(RelabelledLines {
            lines: self.new.lines(self.one_graph)?,
            renamed: self.renamed.as_deref(),
            next: Vec::new(),
            has_next: false,
            line: Vec::new(),
            at: 0,
        })
    }
}

/// The lines that mention blank nodes; `None` where they are too many.
fn blank_lines(mut lines: impl BufRead, limit: usize) -> io::Result<Option<Vec<Vec<u8>>>> {
    let (mut found, mut size, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(Some(found));
        }
        let line = line.trim_ascii_end();
        if labels(line).next().is_some() {
            size += line.len();
            if size > limit {
                return Ok(None);
            }
            found.push(line.to_vec());
        }
    }
}

/// Numbers for the blank nodes of one version, and its lines as patterns.
#[derive(Default)]
struct NumberedNodes<'l> {
    numbers: HashMap<&'l [u8], u32>,
    labels: Vec<&'l [u8]>,
    patterns: Vec<QuadShape>,
}

impl<'l> NumberedNodes<'l> {
    fn new(lines: &'l [Vec<u8>], shapes: &mut HashMap<Vec<u8>, u32>) -> Self {
        let mut numbered = Self::default();
        for line in lines {
            let (mut shape, mut nodes, mut done) = (Vec::new(), Vec::new(), 0);
            for range in labels(line) {
                let Some(label) = line.get(range.clone()) else {
                    continue;
                };
                shape.extend_from_slice(line.get(done..range.start).unwrap_or_default());
                shape.extend_from_slice(b"_:");
                done = range.end;
                nodes.push(numbered.number(label));
            }
            shape.extend_from_slice(line.get(done..).unwrap_or_default());
            let count = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
            numbered.patterns.push(QuadShape {
                shape: *shapes.entry(shape).or_insert(count),
                nodes: nodes.into(),
            });
        }
        numbered
    }

    fn number(&mut self, label: &'l [u8]) -> u32 {
        let count = u32::try_from(self.labels.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(label).or_insert(count);
        if number == count {
            self.labels.push(label);
        }
        number
    }
}

/// The lines of the new version with the labels of the old one, sorted.
fn renamed(old: &[Vec<u8>], new: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut shapes = HashMap::new();
    let mut before = NumberedNodes::new(old, &mut shapes);
    let mut after = NumberedNodes::new(new, &mut shapes);
    drop(shapes);
    let to_new = matching(
        &VersionQuads::new(before.labels.len(), std::mem::take(&mut before.patterns)),
        &VersionQuads::new(after.labels.len(), std::mem::take(&mut after.patterns)),
    );
    let mut names: Vec<Option<Vec<u8>>> = vec![None; after.labels.len()];
    for (label, new) in before.labels.iter().zip(to_new) {
        if let Some(name) = new.and_then(|new| names.get_mut(new as usize)) {
            *name = Some(label.to_vec());
        }
    }
    // A node that is new keeps its label where the old version has no such node.
    let mut taken: BTreeSet<Vec<u8>> = before.labels.iter().map(|label| label.to_vec()).collect();
    let mut count = 0;
    for (name, label) in names.iter_mut().zip(&after.labels) {
        if name.is_some() {
            continue;
        }
        let mut label = label.to_vec();
        let anonymous = label
            .get(2..)
            .is_some_and(|label| label.starts_with(ANONYMOUS.as_bytes()));
        let mut is_free = !anonymous && !taken.contains(&label);
        while !is_free {
            count += 1;
            label = format!("_:new{count}").into_bytes();
            is_free = !taken.contains(&label);
        }
        taken.insert(label.clone());
        *name = Some(label);
    }
    let mut lines: Vec<Vec<u8>> = new
        .iter()
        .map(|line| {
            let (mut renamed, mut done) = (Vec::with_capacity(line.len()), 0);
            for range in labels(line) {
                renamed.extend_from_slice(line.get(done..range.start).unwrap_or_default());
                let label = line.get(range.clone()).unwrap_or_default();
                let number = after.numbers.get(label).map(|number| *number as usize);
                let name = number.and_then(|number| names.get(number)?.as_deref());
                renamed.extend_from_slice(name.unwrap_or(label));
                done = range.end;
            }
            renamed.extend_from_slice(line.get(done..).unwrap_or_default());
            renamed
        })
        .collect();
    lines.sort_unstable();
    lines
}

/// The lines of a version, with other lines in place of those that mention blank nodes.
struct RelabelledLines<'a, R> {
    lines: R,
    renamed: Option<&'a [Vec<u8>]>,
    /// The next line without blank nodes.
    next: Vec<u8>,
    has_next: bool,
    line: Vec<u8>,
    at: usize,
}

impl<R: BufRead> RelabelledLines<'_, R> {
    /// Reads the next line without blank nodes, if it is not there yet.
    fn peek(&mut self) -> io::Result<()> {
        while !self.has_next {
            self.next.clear();
            if self.lines.read_until(b'\n', &mut self.next)? == 0 {
                return Ok(());
            }
            let line = self.next.trim_ascii_end();
            self.has_next = self.renamed.is_none() || labels(line).next().is_none();
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for RelabelledLines<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.line.len() {
            self.at = 0;
            self.line.clear();
            self.peek()?;
            let renamed = self.renamed.unwrap_or_default();
            match renamed.split_first() {
                Some((first, rest))
                    if !self.has_next || first.as_slice() < self.next.trim_ascii_end() =>
                {
                    self.line.extend_from_slice(first);
                    self.line.push(b'\n');
                    self.renamed = Some(rest);
                }
                _ if self.has_next => {
                    std::mem::swap(&mut self.line, &mut self.next);
                    self.has_next = false;
                }
                _ => {}
            }
        }
        Ok(self.line.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl<R: BufRead> Read for RelabelledLines<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let read = available.read(out)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Vec<u8>> {
        text.lines().map(|line| line.as_bytes().to_vec()).collect()
    }

    #[test]
    fn new_nodes_go_by_the_labels_of_old_ones() {
        let old = lines("<s> <p> _:x .\n_:x <n> \"1\" .\n_:x <n> \"2\" .");
        let new = lines(
            "<s> <p> _:anonymous-0 .\n<s> <p> _:x .\n_:anonymous-0 <n> \"1\" .\n_:anonymous-0 <n> \"3\" .\n_:x <n> \"4\" .",
        );
        let expected =
            "<s> <p> _:new1 .\n<s> <p> _:x .\n_:new1 <n> \"4\" .\n_:x <n> \"1\" .\n_:x <n> \"3\" .";
        assert_eq!(renamed(&old, &new), lines(expected));
    }

    #[test]
    fn renamed_lines_are_merged_in_order() -> io::Result<()> {
        let renamed = lines("<a> <p> _:b .\n_:b <p> <c> .");
        let mut reader = RelabelledLines {
            lines: &b"<a> <p> <z> .\n<s> <p> _:x .\n<t> <p> <u> .\n_:x <p> <c> .\n"[..],
            renamed: Some(&renamed),
            next: Vec::new(),
            has_next: false,
            line: Vec::new(),
            at: 0,
        };
        let mut text = String::new();
        reader.read_to_string(&mut text)?;
        let expected = "<a> <p> <z> .\n<a> <p> _:b .\n<t> <p> <u> .\n_:b <p> <c> .\n";
        assert_eq!(text, expected);
        Ok(())
    }

    #[test]
    fn too_many_lines_are_not_held() -> io::Result<()> {
        let text = b"_:a <p> <c> .\n_:b <p> <c> .\n";
        assert_eq!(blank_lines(&text[..], 20)?, None);
        assert_eq!(
            blank_lines(&text[..], 40)?.map(|lines| lines.len()),
            Some(2)
        );
        Ok(())
    }
}
