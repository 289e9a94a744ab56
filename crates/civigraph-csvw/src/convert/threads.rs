//! Chunks of a table on several threads, accepted in order.

use super::chunk::{ChunkConverter, ChunkReport};
use super::sink::Sink;
use crate::csv::{Chunk, Chunks};
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// What a thread makes of a chunk.
pub struct FinishedChunk<C> {
    pub chunk: C,
    pub report: ChunkReport,
    /// Bytes of CSV text.
    pub bytes: u64,
}

/// Why there is no next chunk.
pub enum Stop {
    End,
    /// The sink needs no more.
    Done,
    Io(io::Error),
}

/// Reads the next chunk of a table; says why where there is none.
pub fn next(chunks: &mut Chunks<'_>, chunk: &mut Chunk) -> Option<Stop> {
    match chunks.next_into(chunk) {
        Ok(true) => None,
        Ok(false) => Some(Stop::End),
        Err(error) => Some(Stop::Io(error)),
    }
}

/// Where threads take chunks from, one at a time.
pub struct ChunkSource<'f> {
    chunks: Chunks<'f>,
    first: Option<Chunk>,
    index: u64,
    stop: Option<Stop>,
}

impl<'f> ChunkSource<'f> {
    /// The chunks of a table, of which the first one has been read.
    pub fn new(chunks: Chunks<'f>, first: Chunk) -> Self {
        Self {
            chunks,
            first: Some(first),
            index: 0,
            stop: None,
        }
    }

    /// The next chunk and its number.
    fn next(&mut self, chunk: &mut Chunk) -> Option<u64> {
        if self.stop.is_some() {
            return None;
        }
        if let Some(first) = self.first.take() {
            *chunk = first;
        } else {
            self.stop = next(&mut self.chunks, chunk);
            if self.stop.is_some() {
                return None;
            }
        }
        self.index += 1;
        Some(self.index - 1)
    }
}

/// The number of a chunk, and what a thread made of it, with the slot of its output; nothing if the thread panicked.
type Numbered = (u64, Option<FinishedChunk<usize>>);

/// Converts a chunk into the output of a slot; gives nothing if there is no such slot.
type ConvertInto<'s> =
    dyn Fn(usize, &mut ChunkConverter<'_>, &Chunk) -> Option<ChunkReport> + Sync + 's;

/// Converts the chunks of a table on several threads and accepts them in order.
///
/// An empty chunk of output goes out before a chunk of rows is read, and only so many are out at a
/// time: that bounds the memory, however far one thread is ahead of another. They lie in slots, and threads send each
/// other the numbers of slots, so that channels and queues are compiled once and not for every sink.
pub fn parallel<'c, S: Sink>(
    source: ChunkSource<'_>,
    threads: usize,
    make: &(dyn Fn() -> ChunkConverter<'c> + Sync),
    sink: &mut S,
    mut accept: impl FnMut(FinishedChunk<S::Chunk>, &mut S) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<Stop>> {
    let slots: Vec<Mutex<S::Chunk>> = (0..2 * threads + 2)
        .map(|_| Mutex::new(sink.chunk()))
        .collect();
    let slot = |number: usize| {
        let slot = slots.get(number).map(Mutex::lock);
        slot.map(|guard| guard.unwrap_or_else(PoisonError::into_inner))
    };
    in_order(
        source,
        threads,
        slots.len(),
        make,
        &|number, converter, rows| Some(converter.convert(rows, None, &mut *slot(number)?)),
        &mut |FinishedChunk {
                  chunk: number,
                  report,
                  bytes,
              }| {
            let mut quads = slot(number).ok_or_else(lost)?;
            let chunk = std::mem::replace(&mut *quads, sink.chunk());
            let finished = FinishedChunk {
                chunk,
                report,
                bytes,
            };
            accept(finished, sink)
        },
    )
}

/// Converts chunks on several threads with so many slots for their output, and accepts them in order.
fn in_order<'c>(
    source: ChunkSource<'_>,
    threads: usize,
    slots: usize,
    make: &(dyn Fn() -> ChunkConverter<'c> + Sync),
    convert: &ConvertInto<'_>,
    accept: &mut dyn FnMut(FinishedChunk<usize>) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<Stop>> {
    let (offer, offers) = channel();
    for slot in 0..slots {
        // The other end lives until the end of this function.
        let _ = offer.send(slot);
    }
    let mut offer = Some(offer);
    let source = Mutex::new((source, offers));
    let (send, receive) = channel();
    let mut result = Ok(ControlFlow::Continue(()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, source) = (send.clone(), &source);
            scope.spawn(move || work(source, &send, make(), convert));
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut due = 0;
        'chunks: for (index, done) in receive {
            early.insert(index, done);
            while let Some(done) = early.remove(&due) {
                due += 1;
                let slot = done.as_ref().map(|done| done.chunk);
                // The panic itself surfaces at the end of the scope.
                let accepted = done.ok_or_else(lost).and_then(&mut *accept);
                if !matches!(accepted, Ok(ControlFlow::Continue(()))) {
                    result = accepted;
                    // Without offers the threads end.
                    offer = None;
                    break 'chunks;
                }
                if let (Some(offer), Some(slot)) = (&offer, slot) {
                    let _ = offer.send(slot);
                }
            }
        }
    });
    let (source, _) = source.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(match result? {
        ControlFlow::Continue(()) => source.stop,
        ControlFlow::Break(()) => Some(Stop::Done),
    })
}

/// A chunk that will never come.
fn lost() -> io::Error {
    io::Error::other("a converting thread panicked")
}

/// One converting thread.
fn work(
    source: &Mutex<(ChunkSource<'_>, Receiver<usize>)>,
    send: &Sender<Numbered>,
    mut converter: ChunkConverter<'_>,
    convert: &ConvertInto<'_>,
) {
    let mut chunk = Chunk::default();
    loop {
        let (index, slot) = {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            let (source, offers) = &mut *source;
            let Ok(slot) = offers.recv() else { return };
            let Some(index) = source.next(&mut chunk) else {
                return;
            };
            (index, slot)
        };
        let mut promise = ChunkPromise {
            send,
            index,
            kept: false,
        };
        let Some(report) = convert(slot, &mut converter, &chunk) else {
            return;
        };
        promise.kept = true;
        let done = FinishedChunk {
            chunk: slot,
            report,
            bytes: chunk.text.len() as u64,
        };
        if send.send((index, Some(done))).is_err() {
            return;
        }
    }
}

/// Says to the accepting thread that the chunk it waits for will never come.
struct ChunkPromise<'s> {
    send: &'s Sender<Numbered>,
    index: u64,
    kept: bool,
}

impl Drop for ChunkPromise<'_> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.send.send((self.index, None));
        }
    }
}
