//! The text of a file: its bytes decoded to UTF-8, in order, without a byte order mark.

use crate::resource::{Resource, SeekableInput};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use std::io::{self, Read, SeekFrom};
use std::ops::Range;

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
pub struct TextReader {
    input: Box<dyn SeekableInput>,
    /// Bytes of the input that may still be read.
    left: u64,
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

impl TextReader {
    /// Opens a resource whose encoding has the given label (WHATWG Encoding); a byte order mark
    /// overrides the label.
    pub fn open(resource: &Resource, label: &str) -> io::Result<Self> {
        let mut input = resource.content.open()?;
        let coding = Coding::find(&mut *input, label)?;
        input.seek(SeekFrom::Start(coding.mark))?;
        Ok(Self {
            input,
            left: u64::MAX,
            decoder: coding.decoding(0),
            offset: 0,
            malformed: Vec::new(),
        })
    }

    /// Opens a range of the bytes of a resource. No character may go across its ends: that is certain after a control
    /// character in an encoding of which ASCII is a part. Its text starts at `offset`, as its caller counts.
    pub fn open_range(
        resource: &Resource,
        label: &str,
        bytes: Range<u64>,
        offset: u64,
    ) -> io::Result<Self> {
        let mut input = resource.content.open()?;
        let coding = Coding::find(&mut *input, label)?;
        let start = bytes.start.max(coding.mark);
        input.seek(SeekFrom::Start(start))?;
        Ok(Self {
            input,
            left: bytes.end.saturating_sub(start),
            decoder: coding.decoding(offset),
            offset,
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
            self.left = self.left.saturating_sub(ahead.unsigned_abs());
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
                let wanted = self.left.min(wanted as u64);
                let read = (&mut self.input).take(wanted).read_to_end(out)?;
                self.left -= read as u64;
                read
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
                        let block = self.left.min(DECODE_BLOCK as u64);
                        let read = decoding.decode(&mut *self.input, block, &mut self.malformed)?;
                        self.left -= read;
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
    /// Decodes the next `block` bytes of the file to `ready`, whose text has all been given out. Returns how many bytes
    /// there were.
    fn decode(
        &mut self,
        input: &mut dyn SeekableInput,
        block: u64,
        malformed: &mut Vec<u64>,
    ) -> io::Result<u64> {
        self.block.clear();
        self.ready.clear();
        self.given = 0;
        input.take(block).read_to_end(&mut self.block)?;
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
        Ok(self.block.len() as u64)
    }
}

/// How the bytes of a file are text.
pub(super) struct Coding {
    pub encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    pub mark: u64,
}

impl Coding {
    /// The encoding of a label (WHATWG Encoding), unless the input starts with a byte order mark.
    pub fn find(input: &mut dyn SeekableInput, label: &str) -> io::Result<Self> {
        let mut head = Vec::with_capacity(3);
        input.take(3).read_to_end(&mut head)?;
        let (encoding, mark) = Encoding::for_bom(&head)
            .or_else(|| Encoding::for_label(label.as_bytes()).map(|encoding| (encoding, 0)))
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("`{label}` is not a known encoding"),
                )
            })?;
        let mark = mark as u64;
        Ok(Self { encoding, mark })
    }

    /// Decodes text that starts at an offset; `None` for UTF-8.
    fn decoding(&self, offset: u64) -> Option<Decoding> {
        (self.encoding != UTF_8).then(|| Decoding {
            decoder: self.encoding.new_decoder_without_bom_handling(),
            block: Vec::new(),
            ready: Vec::new(),
            given: 0,
            decoded: offset,
            ended: false,
        })
    }

    /// The byte of the file at which text starts that is `ahead` bytes after the text that starts at byte `from`. `None`
    /// where no byte does, because a character goes across it.
    pub fn byte_of(&self, resource: &Resource, from: u64, ahead: u64) -> io::Result<Option<u64>> {
        if self.encoding == UTF_8 {
            return Ok(Some(from + ahead));
        }
        let mut input = resource.content.range(from..u64::MAX)?;
        let mut decoder = self.encoding.new_decoder_without_bom_handling();
        let mut block = Vec::new();
        let (mut at, mut text) = (from, 0);
        while text < ahead {
            block.clear();
            if (&mut input)
                .take(DECODE_BLOCK as u64)
                .read_to_end(&mut block)?
                == 0
            {
                return Ok(None);
            }
            // Byte by byte: it is known of each where its text ends.
            let mut decoded = [0; 64];
            for byte in block.chunks(1) {
                let (_, _, written, _) = decoder.decode_to_utf8(byte, &mut decoded, false);
                at += 1;
                text += written as u64;
                if text >= ahead {
                    break;
                }
            }
        }
        Ok((text == ahead).then_some(at))
    }
}
