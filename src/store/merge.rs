//! The lines of a build merged with what comes and goes.

use super::Statistics;
use super::frames::{Frame, FrameReader, FrameWriter, Packed};
use super::line::Parts;
use super::sort::Sorter;
use super::statistics::Counter;
use std::collections::BTreeSet;
use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Payloads of sorted lines: the line is made once more, or once less.
pub(super) const COMES: &[u8] = &[1];
pub(super) const GOES: &[u8] = &[0];

/// Frames that wait for the thread which digests and writes.
const WAITING: usize = 4;

/// Lines in order, and how much more or less often each is made.
pub(super) type Delta = Vec<(Vec<u8>, i64)>;

/// Sums what comes and goes; `None` where more than `limit` lines are left.
pub(super) fn sum(delta: Sorter, limit: u64) -> io::Result<Option<Delta>> {
    let mut merge = delta.finish()?;
    let mut summed: Delta = Vec::new();
    while let Some((line, kind)) = merge.next()? {
        let change = if kind == COMES { 1 } else { -1 };
        match summed.last_mut() {
            Some((last, sum)) if last == line => *sum += change,
            last => {
                // A row that was only edited makes most of its quads again.
                if last.is_some_and(|(_, sum)| *sum == 0) {
                    summed.pop();
                }
                if summed.len() as u64 > limit {
                    return Ok(None);
                }
                summed.push((line.to_vec(), change));
            }
        }
    }
    summed.retain(|(_, sum)| *sum != 0);
    Ok(Some(summed))
}

/// What comes of merging lines with a delta.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// SHA-256 of all lines.
    pub(super) digest: String,
    /// Lines that nothing makes any more.
    pub(super) gone: Vec<Vec<u8>>,
    /// Lines that were not there.
    pub(super) came: Vec<Vec<u8>>,
    /// Lines that stay and that the store may take for the same as one that goes: it has one of several
    /// literals of the same value.
    pub(super) beside: Vec<Vec<u8>>,
    /// Counts of all lines about the subjects that changed, as they were.
    pub(super) before: Statistics,
    /// As they are.
    pub(super) after: Statistics,
}

/// A frame with its lines, or what went wrong.
type Unpacked = io::Result<(Packed, Vec<u8>)>;

/// Merges the lines of the build in `old` with a delta, and writes those of the new one into `new`. Frames
/// without a changed subject are taken over as they are; those ahead of the first changed one are not even
/// read, so whoever calls sees to it that they are not damaged.
///
/// # Errors
/// `InvalidData` where the old build is damaged, or does not fit the delta.
pub(super) fn merge(delta: &Delta, old: &Path, new: &Path, base: &str) -> io::Result<Merged> {
    let mut reader = FrameReader::open(old).map_err(damaged)?;
    let mut writer = FrameWriter::create(new)?;
    let mut merger = Merger::new(delta, base)?;
    let frames = reader.frames();
    let unchanged = frames.iter().take_while(|frame| !merger.concerns(frame));
    // The digest is known ahead of each frame, and not behind the last one.
    let unread = unchanged.count().min(frames.len().saturating_sub(1));
    writer.take_over_first(&mut reader, unread)?;
    let (to_merger, frames): (SyncSender<Unpacked>, Receiver<Unpacked>) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            loop {
                let unpacked = match reader.next() {
                    Ok(None) => break,
                    Ok(Some(packed)) => packed.lines().map(|lines| (packed, lines)),
                    Err(error) => Err(error),
                };
                // Nobody listens where the merge has failed.
                if to_merger.send(unpacked.map_err(damaged)).is_err() {
                    break;
                }
            }
        });
        let mut next = frames.recv().ok().transpose()?;
        while let Some((packed, lines)) = next {
            next = frames.recv().ok().transpose()?;
            let following = next
                .as_ref()
                .map(|(packed, _)| packed.frame.first.as_bytes());
            if merger.concerns(&packed.frame) {
                merger.merge(&packed, &lines, following, &mut writer)?;
            } else {
                writer.take_over(packed, &lines)?;
            }
        }
        merger.rest(None, &mut writer)?;
        io::Result::Ok(())
    })?;
    let digest = writer.finish(new)?;
    Ok(merger.finish(digest))
}

/// The state of a merge.
struct Merger<'d> {
    delta: &'d [(Vec<u8>, i64)],
    /// How much of the delta is merged.
    at: usize,
    /// Subjects in the delta, in order.
    subjects: Vec<&'d [u8]>,
    /// Subjects and predicates of lines that may go and end in no IRI.
    literals: BTreeSet<&'d [u8]>,
    before: Counter,
    after: Counter,
    merged: Merged,
}

impl<'d> Merger<'d> {
    fn new(delta: &'d Delta, base: &str) -> io::Result<Self> {
        let mut subjects = Vec::new();
        let mut literals = BTreeSet::new();
        for (line, sum) in delta {
            let parts = Parts::of(line).ok_or_else(misfit)?;
            if subjects.last() != Some(&parts.subject) {
                subjects.push(parts.subject);
            }
            if *sum < 0 && is_literal(parts.object) {
                literals.insert(start(line, &parts));
            }
        }
        Ok(Self {
            delta,
            at: 0,
            subjects,
            literals,
            before: Counter::new(base),
            after: Counter::new(base),
            merged: Merged::default(),
        })
    }

    /// Whether a frame has lines about a subject of the delta, or a line of the delta belongs before its end.
    fn concerns(&self, frame: &Frame) -> bool {
        let (first, last) = (frame.first.as_bytes(), frame.last.as_bytes());
        let from = self.subjects.partition_point(|subject| *subject < first);
        self.subjects
            .get(from)
            .is_some_and(|subject| *subject <= last)
            || self
                .waiting()
                .is_some_and(|(line, _)| subject_of(line) <= last)
    }

    fn waiting(&self) -> Option<&'d (Vec<u8>, i64)> {
        self.delta.get(self.at)
    }

    fn concerned(&self, subject: &[u8]) -> bool {
        self.subjects.binary_search(&subject).is_ok()
    }

    /// Merges a frame. `following` is the first subject of the next one.
    fn merge(
        &mut self,
        packed: &Packed,
        lines: &[u8],
        following: Option<&[u8]>,
        writer: &mut FrameWriter,
    ) -> io::Result<()> {
        let counts = packed.counts().map_err(damaged)?;
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        for (line, count) in lines.split(|&byte| byte == b'\n').zip(counts) {
            while let Some((new, sum)) = self.waiting()
                && new.as_slice() < line
            {
                self.at += 1;
                self.come(new, *sum, writer)?;
            }
            let parts = Parts::of(line).ok_or_else(misfit)?;
            if self.concerned(parts.subject) {
                self.before.line(&parts);
            }
            let mut count = count;
            if let Some((changed, sum)) = self.waiting()
                && changed == line
            {
                self.at += 1;
                count = count.checked_add_signed(*sum).ok_or_else(misfit)?;
            }
            if count == 0 {
                self.merged.gone.push(line.to_vec());
                continue;
            }
            if is_literal(parts.object) && self.literals.contains(start(line, &parts)) {
                self.merged.beside.push(line.to_vec());
            }
            self.write(line, &parts, count, writer)?;
        }
        self.rest(following, writer)
    }

    /// Writes what is left of the delta ahead of the subject with which the next frame starts.
    fn rest(&mut self, following: Option<&[u8]>, writer: &mut FrameWriter) -> io::Result<()> {
        while let Some((line, sum)) = self.waiting()
            && following.is_none_or(|following| subject_of(line) < following)
        {
            self.at += 1;
            self.come(line, *sum, writer)?;
        }
        Ok(())
    }

    /// A line that the old build has not.
    fn come(&mut self, line: &[u8], sum: i64, writer: &mut FrameWriter) -> io::Result<()> {
        let count = u64::try_from(sum).map_err(|_| misfit())?;
        let parts = Parts::of(line).ok_or_else(misfit)?;
        self.merged.came.push(line.to_vec());
        self.write(line, &parts, count, writer)
    }

    fn write(
        &mut self,
        line: &[u8],
        parts: &Parts<'_>,
        count: u64,
        writer: &mut FrameWriter,
    ) -> io::Result<()> {
        if self.concerned(parts.subject) {
            self.after.line(parts);
        }
        writer.line(line, count)
    }

    fn finish(self, digest: String) -> Merged {
        Merged {
            digest,
            before: self.before.finish(),
            after: self.after.finish(),
            ..self.merged
        }
    }
}

/// An error of reading the old build, or of what stands in it.
pub(super) fn damaged(error: impl Into<Box<dyn Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Whether an error is about the old build.
pub(super) fn is_damaged(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}

fn misfit() -> io::Error {
    damaged("the old build does not fit")
}

/// Whether an object is a literal, or a triple with one: the store may write it in another way.
fn is_literal(object: &[u8]) -> bool {
    object.starts_with(b"\"") || object.starts_with(b"<<")
}

/// A line up to the end of its predicate.
fn start<'l>(line: &'l [u8], parts: &Parts<'_>) -> &'l [u8] {
    let end = parts.subject.len() + 1 + parts.predicate.len();
    line.get(..end).unwrap_or(line)
}

fn subject_of(line: &[u8]) -> &[u8] {
    Parts::of(line).map_or(line, |parts| parts.subject)
}
