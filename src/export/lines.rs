//! Sorted canonical lines as a source: of a build, of some of its graphs, of a query's answer.

use crate::store::line::LineTerms;
use crate::store::sort::Merge;
use std::collections::BTreeSet;
use std::io::{self, BufRead};

/// Gives lines in canonical order, without their line breaks.
pub trait LineSource {
    /// Puts the next line into `line`; false at the end.
    ///
    /// # Errors
    /// The source cannot be read.
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool>;
}

impl<T: LineSource + ?Sized> LineSource for &mut T {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        (**self).next_line(line)
    }
}

impl<T: LineSource + ?Sized> LineSource for Box<T> {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        (**self).next_line(line)
    }
}

/// Lines of a reader.
pub struct ReadLines<R>(pub R);

impl<R: BufRead> LineSource for ReadLines<R> {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        if self.0.read_until(b'\n', line)? == 0 {
            return Ok(false);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        Ok(true)
    }
}

/// Keys of sorted records, without duplicates.
pub struct MergedLines {
    merge: Merge,
    last: Vec<u8>,
}

impl MergedLines {
    /// The lines that were sorted.
    pub fn new(merge: Merge) -> Self {
        Self {
            merge,
            last: Vec::new(),
        }
    }
}

impl LineSource for MergedLines {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        while let Some((key, _)) = self.merge.next()? {
            if key != self.last {
                self.last.clear();
                self.last.extend_from_slice(key);
                line.clear();
                line.extend_from_slice(key);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Which graphs of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GraphSelection {
    /// All of them.
    All,
    /// These: IRIs, and the empty name for the default graph.
    Chosen(BTreeSet<String>),
}

impl GraphSelection {
    /// Only the default graph.
    pub fn default_graph() -> Self {
        Self::Chosen(BTreeSet::from([String::new()]))
    }

    /// Whether a graph, as a line has it, is among them.
    pub fn has(&self, graph: Option<&[u8]>) -> bool {
        match self {
            Self::All => true,
            Self::Chosen(names) => match graph {
                None => names.contains(""),
                Some(term) => {
                    crate::store::line::iri(term).is_some_and(|name| names.contains(name))
                }
            },
        }
    }

    /// Whether a graph is among them by its name, empty for the default graph.
    pub fn has_name(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Chosen(names) => names.contains(name),
        }
    }
}

/// The lines of two sources in one order, of some graphs only.
pub struct SelectedLines<A, B> {
    first: LineAhead<A>,
    second: LineAhead<B>,
    graphs: GraphSelection,
}

impl<A: LineSource, B: LineSource> SelectedLines<A, B> {
    /// Merges two sources and leaves out graphs that are not chosen.
    pub fn new(first: A, second: B, graphs: GraphSelection) -> Self {
        Self {
            first: LineAhead::new(first),
            second: LineAhead::new(second),
            graphs,
        }
    }
}

impl<A: LineSource, B: LineSource> LineSource for SelectedLines<A, B> {
    fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let first = self.first.peek()?;
            let second = self.second.peek()?;
            match (first, second) {
                (None, None) => return Ok(false),
                (Some(a), Some(b)) if b < a => self.second.take(line),
                (Some(_), _) => self.first.take(line),
                (None, Some(_)) => self.second.take(line),
            }
            let parts = LineTerms::of(line)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a damaged line"))?;
            if self.graphs.has(parts.graph) {
                return Ok(true);
            }
        }
    }
}

/// A source and its next line.
struct LineAhead<S> {
    source: S,
    line: Vec<u8>,
    state: AheadState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AheadState {
    Unread,
    Held,
    Ended,
}

impl<S: LineSource> LineAhead<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            line: Vec::new(),
            state: AheadState::Unread,
        }
    }

    fn peek(&mut self) -> io::Result<Option<&[u8]>> {
        if self.state == AheadState::Unread {
            self.state = if self.source.next_line(&mut self.line)? {
                AheadState::Held
            } else {
                AheadState::Ended
            };
        }
        Ok((self.state == AheadState::Held).then_some(self.line.as_slice()))
    }

    /// Moves the held line into `line`.
    fn take(&mut self, line: &mut Vec<u8>) {
        std::mem::swap(&mut self.line, line);
        self.state = AheadState::Unread;
    }
}
