//! Chunks of a table on several threads, accepted in order.

use super::chunk::{ChunkConverter, ChunkReport};
use super::sink::{QuadSink, Sink};
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

/// Converts the chunks of a table on several threads and accepts them in order.
///
/// An empty chunk of output goes out before a chunk of rows is read, and only so many are out at a
/// time: that bounds the memory, however far one thread is ahead of another.
pub fn parallel<'c, S: Sink>(
    source: ChunkSource<'_>,
    threads: usize,
    make: &(impl Fn() -> ChunkConverter<'c> + Sync),
    sink: &mut S,
    mut accept: impl FnMut(FinishedChunk<S::Chunk>, &mut S) -> io::Result<ControlFlow<()>>,
) -> io::Result<Option<Stop>> {
    let (offer, offers) = channel();
    for _ in 0..2 * threads + 2 {
        // The other end lives until the end of this function.
        let _ = offer.send(sink.chunk());
    }
    let mut offer = Some(offer);
    let source = Mutex::new((source, offers));
    let (send, receive) = channel();
    let mut result = Ok(ControlFlow::Continue(()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, source) = (send.clone(), &source);
            scope.spawn(move || work(source, &send, make()));
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut due = 0;
        'chunks: for (index, done) in receive {
            early.insert(index, done);
            while let Some(done) = early.remove(&due) {
                due += 1;
                let accepted = match done {
                    Some(done) => accept(done, sink),
                    // The panic itself surfaces at the end of the scope.
                    None => Err(io::Error::other("a converting thread panicked")),
                };
                if !matches!(accepted, Ok(ControlFlow::Continue(()))) {
                    result = accepted;
                    // Without offers the threads end.
                    offer = None;
                    break 'chunks;
                }
                if let Some(offer) = &offer {
                    let _ = offer.send(sink.chunk());
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

/// One converting thread.
fn work<C: QuadSink>(
    source: &Mutex<(ChunkSource<'_>, Receiver<C>)>,
    send: &Sender<(u64, Option<FinishedChunk<C>>)>,
    mut converter: ChunkConverter<'_>,
) {
    let mut chunk = Chunk::default();
    loop {
        let (index, mut quads) = {
            let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
            let (source, offers) = &mut *source;
            let Ok(quads) = offers.recv() else { return };
            let Some(index) = source.next(&mut chunk) else {
                return;
            };
            (index, quads)
        };
        let mut promise = ChunkPromise {
            send,
            index,
            kept: false,
        };
        let report = converter.convert(&chunk, None, &mut quads);
        promise.kept = true;
        let done = FinishedChunk {
            chunk: quads,
            report,
            bytes: chunk.text.len() as u64,
        };
        if send.send((index, Some(done))).is_err() {
            return;
        }
    }
}

/// Tells the accepting thread when the chunk it waits for will never come.
struct ChunkPromise<'s, C> {
    send: &'s Sender<(u64, Option<FinishedChunk<C>>)>,
    index: u64,
    kept: bool,
}

impl<C> Drop for ChunkPromise<'_, C> {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.send.send((self.index, None));
        }
    }
}
