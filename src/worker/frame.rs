//! What a worker and whoever asks it send each other: a letter, a length, that many bytes.

use super::run::TASK;
use super::{Refusal, Task};
use crate::query::{AnswerStart, AnswerSummary};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Bytes before the content of a frame: its letter and the length of the content.
pub const HEADER: usize = 5;

/// The letter of a frame with bytes of an answer.
const DATA: u8 = b'D';

/// The longest content of a frame.
const MOST: usize = 16 << 20;

/// A message of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerFrame {
    /// The build is open: the worker takes a task.
    Ready,
    /// What the answer is made of.
    Start(AnswerStart),
    /// A part of the answer.
    Data(Vec<u8>),
    /// The answer is whole.
    End(AnswerSummary),
    /// There is no answer, or no more of it.
    Failed(Refusal),
}

impl WorkerFrame {
    /// Writes the frame, and leaves it to the caller to flush.
    ///
    /// # Errors
    /// The output fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Ready => write_frame(b'R', &[], out),
            Self::Start(start) => write_frame(b'S', &serde_json::to_vec(start)?, out),
            Self::Data(bytes) => write_data(bytes, out),
            Self::End(answered) => write_frame(b'E', &serde_json::to_vec(answered)?, out),
            Self::Failed(refusal) => write_frame(b'F', &serde_json::to_vec(refusal)?, out),
        }
    }

    /// Reads a frame; `None` where the input ends before one.
    ///
    /// # Errors
    /// The input fails, ends within a frame, or is something else.
    pub fn read(input: &mut dyn Read) -> io::Result<Option<Self>> {
        let Some((letter, content)) = read_frame(input)? else {
            return Ok(None);
        };
        Self::parse(letter, content).map(Some)
    }

    /// A frame from its letter and its content.
    ///
    /// # Errors
    /// There is no such frame.
    pub fn parse(letter: u8, content: Vec<u8>) -> io::Result<Self> {
        Ok(match letter {
            b'R' => Self::Ready,
            b'S' => Self::Start(serde_json::from_slice(&content)?),
            DATA => Self::Data(content),
            b'E' => Self::End(serde_json::from_slice(&content)?),
            b'F' => Self::Failed(serde_json::from_slice(&content)?),
            _ => return Err(io::Error::from(io::ErrorKind::InvalidData)),
        })
    }
}

/// The letter and the length of the content that a header announces.
///
/// # Errors
/// The content would be longer than any is.
pub fn parse_header(header: [u8; HEADER]) -> io::Result<(u8, usize)> {
    let [letter, a, b, c, d] = header;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > MOST {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    Ok((letter, length))
}

/// The bytes that ask a worker for a task.
///
/// # Errors
/// The task is too long.
pub fn task_frame(task: &Task) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_json(TASK, task, &mut bytes)?;
    Ok(bytes)
}

/// Writes a value as the content of a frame.
pub(super) fn write_json(
    letter: u8,
    value: &impl Serialize,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_frame(letter, &serde_json::to_vec(value)?, out)
}

/// Reads a value that is the content of a frame; `None` at the end of the input.
pub(super) fn read_json<T: for<'de> Deserialize<'de>>(
    letter: u8,
    input: &mut dyn Read,
) -> io::Result<Option<T>> {
    match read_frame(input)? {
        None => Ok(None),
        Some((found, content)) if found == letter => Ok(Some(serde_json::from_slice(&content)?)),
        Some(_) => Err(io::Error::from(io::ErrorKind::InvalidData)),
    }
}

fn write_frame(letter: u8, content: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let length = u32::try_from(content.len())
        .ok()
        .filter(|length| *length as usize <= MOST)
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut header = [letter; HEADER];
    if let Some(rest) = header.last_chunk_mut() {
        *rest = length.to_be_bytes();
    }
    out.write_all(&header)?;
    out.write_all(content)
}

/// Writes bytes of an answer as the frame that [`WorkerFrame::Data`] is.
///
/// # Errors
/// The output fails.
pub(super) fn write_data(bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    write_frame(DATA, bytes, out)
}

fn read_frame(input: &mut dyn Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut header = [0; HEADER];
    let Some((first, rest)) = header.split_first_mut() else {
        return Ok(None);
    };
    if input.read(std::slice::from_mut(first))? == 0 {
        return Ok(None);
    }
    input.read_exact(rest)?;
    let (letter, length) = parse_header(header)?;
    let mut content = vec![0; length];
    input.read_exact(&mut content)?;
    Ok(Some((letter, content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::AnswerKind;

    #[test]
    fn frames_come_back_as_they_were() -> io::Result<()> {
        let frames = [
            WorkerFrame::Ready,
            WorkerFrame::Start(AnswerStart {
                kind: AnswerKind::Graph,
                volatile: true,
            }),
            WorkerFrame::Data(b"\0\xFF".to_vec()),
            WorkerFrame::Data(Vec::new()),
            WorkerFrame::End(AnswerSummary {
                rows: 2,
                complete: true,
                ..AnswerSummary::default()
            }),
        ];
        let mut bytes = Vec::new();
        for frame in &frames {
            frame.write(&mut bytes)?;
        }
        let mut input = bytes.as_slice();
        for frame in &frames {
            assert_eq!(WorkerFrame::read(&mut input)?.as_ref(), Some(frame));
        }
        assert_eq!(WorkerFrame::read(&mut input)?, None);
        // One that is cut is an error, and no end.
        let cut = bytes.get(..HEADER + 3).unwrap_or_default();
        let mut input = cut;
        assert_eq!(WorkerFrame::read(&mut input)?, Some(WorkerFrame::Ready));
        assert!(WorkerFrame::read(&mut input).is_err());
        Ok(())
    }

    #[test]
    fn a_length_beyond_the_limit_is_refused() {
        assert!(parse_header(*b"D\xFF\xFF\xFF\xFF").is_err());
        assert!(WorkerFrame::read(&mut b"?\0\0\0\0".as_slice()).is_err());
    }
}
