//! The text of a file: its bytes decoded to UTF-8, in order, without a byte order mark.

use crate::resource::{Content, Resource};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

/// Bytes read from the file at a time where they have to be decoded.
const DECODE_BLOCK: usize = 64 << 10;

/// Bytes for which room is made at once.
const READ_AHEAD: usize = 256 << 10;

/// What stands for malformed bytes.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Reads the text of a resource.
///
/// UTF-8 passes as it is, whether it is valid or not: whoever uses a piece of it looks. Other
/// encodings are decoded, with U+FFFD for what is malformed (Tabular Data Model §8) and its offset
/// in [`malformed`](Self::take_malformed).
pub struct Text {
    input: Box<dyn Input>,
    /// `None` for UTF-8.
    decoder: Option<Decoding>,
    /// Offset in the text of what [`read`](Self::read) gives next.
    offset: u64,
    malformed: Vec<u64>,
}

struct Decoding {
    decoder: Decoder,
    /// Bytes of the file, re-used.
    block: Vec<u8>,
    /// Text that was decoded; what is before `given` has been given out.
    ready: Vec<u8>,
    given: usize,
    /// Offset in the text of the end of `ready`.
    decoded: u64,
    ended: bool,
}

trait Input: Read + Seek + Send {}
impl<T: Read + Seek + Send> Input for T {}

impl Text {
    /// Opens a resource whose encoding has the given label (WHATWG Encoding); a byte order mark
    /// overrides the label.
    pub fn open(resource: &Resource, label: &str) -> io::Result<Self> {
        let mut input: Box<dyn Input> = match &resource.content {
            Content::File(path) => Box::new(File::open(path)?),
            Content::Unpacked(unpacked) => Box::new(File::open(unpacked.content())?),
            Content::Bytes(bytes) => Box::new(Cursor::new(std::sync::Arc::clone(bytes))),
        };
        let mut head = Vec::with_capacity(3);
        (&mut input).take(3).read_to_end(&mut head)?;
        let (encoding, mark) = Encoding::for_bom(&head)
            .or_else(|| Encoding::for_label(label.as_bytes()).map(|encoding| (encoding, 0)))
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("`{label}` is not a known encoding"),
                )
            })?;
        input.seek(SeekFrom::Start(mark as u64))?;
        let decoder = (encoding != UTF_8).then(|| Decoding {
            decoder: encoding.new_decoder_without_bom_handling(),
            block: Vec::new(),
            ready: Vec::new(),
            given: 0,
            decoded: 0,
            ended: false,
        });
        Ok(Self {
            input,
            decoder,
            offset: 0,
            malformed: Vec::new(),
        })
    }

    /// Goes on to an offset in the text, at once for UTF-8, by decoding what is before it otherwise.
    pub fn skip_to(&mut self, offset: u64) -> io::Result<()> {
        let ahead = offset.saturating_sub(self.offset);
        if self.decoder.is_none() {
            let ahead = i64::try_from(ahead)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "offset out of range"))?;
            self.input.seek(SeekFrom::Current(ahead))?;
            self.offset = offset;
            return Ok(());
        }
        let mut skipped = Vec::new();
        while self.offset < offset {
            skipped.clear();
            let wanted = usize::try_from(offset - self.offset).unwrap_or(usize::MAX);
            if self.read(&mut skipped, wanted.min(DECODE_BLOCK))? == 0 {
                break;
            }
        }
        self.malformed.clear();
        Ok(())
    }

    /// Appends up to `wanted` further bytes of text to `out`; 0 means the end.
    pub fn read(&mut self, out: &mut Vec<u8>, wanted: usize) -> io::Result<usize> {
        let read = match &mut self.decoder {
            None => {
                // In one go rather than in small steps that grow.
                out.reserve(wanted.min(READ_AHEAD));
                (&mut self.input).take(wanted as u64).read_to_end(out)?
            }
            Some(decoding) => {
                // As much as is wanted, like above: callers that look at all they have ask for twice as much.
                let before = out.len();
                while out.len() - before < wanted {
                    let ready = decoding.ready.get(decoding.given..).unwrap_or_default();
                    if ready.is_empty() {
                        if decoding.ended {
                            break;
                        }
                        decoding.decode(&mut *self.input, &mut self.malformed)?;
                        continue;
                    }
                    let given = ready.len().min(wanted - (out.len() - before));
                    out.extend_from_slice(&ready[..given]);
                    decoding.given += given;
                }
                out.len() - before
            }
        };
        self.offset += read as u64;
        Ok(read)
    }

    /// Offsets in the text of the U+FFFD that stand for malformed bytes, found since the last call.
    pub fn take_malformed(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.malformed)
    }
}

impl Decoding {
    /// Decodes the next block of the file to `ready`, whose text has all been given out.
    fn decode(&mut self, input: &mut dyn Input, malformed: &mut Vec<u64>) -> io::Result<()> {
        self.block.clear();
        self.ready.clear();
        self.given = 0;
        input
            .take(DECODE_BLOCK as u64)
            .read_to_end(&mut self.block)?;
        self.ended = self.block.is_empty();
        // Three bytes a byte is the most that any encoding needs, malformed bytes included.
        self.ready.resize(3 * self.block.len() + 16, 0);
        let (mut from, mut filled) = (0, 0);
        loop {
            let source = self.block.get(from..).unwrap_or_default();
            let target = self.ready.get_mut(filled..).unwrap_or_default();
            let (result, read, written) = self
                .decoder
                .decode_to_utf8_without_replacement(source, target, self.ended);
            from += read;
            filled += written;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => self.ready.resize(2 * self.ready.len(), 0),
                DecoderResult::Malformed(..) => {
                    malformed.push(self.decoded + filled as u64);
                    let end = filled + REPLACEMENT.len();
                    if self.ready.len() < end {
                        self.ready.resize(end, 0);
                    }
                    self.ready[filled..end].copy_from_slice(REPLACEMENT);
                    filled = end;
                }
            }
        }
        self.ready.truncate(filled);
        self.decoded += filled as u64;
        Ok(())
    }
}
