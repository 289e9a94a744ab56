//! The sorted quads of a build as a file of independent pieces.
//!
//! `quads.nq.zst` is a sequence of zstd frames, each of whole lines, so that any reader of zstd sees one
//! stream, and a build that differs little can take over the frames that are the same. Beside it,
//! `counts.zst` says in frames of the same lines how often each line was made (as LEB128, nearly always
//! one byte 1), and `frames.json` where each frame lies and between which subjects, and how far the digest
//! of all lines has come ahead of it: lines before the first change need not be digested again.

use super::hex;
use super::line::Parts;
use serde::{Deserialize, Serialize};
use sha2::digest::common::hazmat::{SerializableState as _, SerializedState};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use zstd::zstd_safe;

/// Name of the sorted quads in a build's folder.
pub(super) const QUADS: &str = "quads.nq.zst";
/// Name of the counts of the lines.
pub(super) const COUNTS: &str = "counts.zst";
/// Name of the list of frames.
pub(super) const FRAMES: &str = "frames.json";

/// Level of the compressed quads: a third of the time of the default one for a tenth more space.
pub(super) const COMPRESSION: i32 = 1;

/// Bytes of lines that a frame aims at.
const FRAME: usize = 1 << 20;

/// A frame of the sorted quads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frame {
    /// Subject of its first line, as it stands there.
    pub(super) first: String,
    /// Subject of its last line.
    pub(super) last: String,
    /// How many lines it has.
    pub(super) lines: u64,
    /// Compressed bytes of its lines.
    pub(super) bytes: u64,
    /// Compressed bytes of their counts.
    pub(super) counts: u64,
    /// The state of the SHA-256 of all lines ahead of it, in hexadecimal; builds of old versions have none.
    #[serde(default)]
    state: String,
}

/// Writes lines, which come sorted, into frames, and digests them.
pub(super) struct FrameWriter {
    quads: BufWriter<File>,
    counts: BufWriter<File>,
    frames: Vec<Frame>,
    text: Vec<u8>,
    numbers: Vec<u8>,
    lines: u64,
    hasher: Sha256,
}

impl FrameWriter {
    /// A writer of the three files in a folder.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            quads: BufWriter::new(File::create(folder.join(QUADS))?),
            counts: BufWriter::new(File::create(folder.join(COUNTS))?),
            frames: Vec::new(),
            text: Vec::with_capacity(FRAME + FRAME / 4),
            numbers: Vec::new(),
            lines: 0,
            hasher: Sha256::new(),
        })
    }

    /// Adds a line (without its line break) that was made `count` times.
    pub(super) fn line(&mut self, line: &[u8], count: u64) -> io::Result<()> {
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
        write_count(&mut self.numbers, count);
        self.lines += 1;
        if self.text.len() >= FRAME {
            self.end_frame()?;
        }
        Ok(())
    }

    /// Ends the frame under way, if there is one.
    fn end_frame(&mut self) -> io::Result<()> {
        if self.lines == 0 {
            return Ok(());
        }
        let state = hex(&self.hasher.serialize());
        self.hasher.update(&self.text);
        let text = compress(&self.text)?;
        let numbers = compress(&self.numbers)?;
        let (first, last) =
            ends(&self.text).ok_or_else(|| io::Error::other("a line of the quads is damaged"))?;
        let frame = Frame {
            first,
            last,
            lines: self.lines,
            bytes: text.len() as u64,
            counts: numbers.len() as u64,
            state,
        };
        self.text.clear();
        self.numbers.clear();
        self.lines = 0;
        self.quads.write_all(&text)?;
        self.counts.write_all(&numbers)?;
        self.frames.push(frame);
        Ok(())
    }

    /// Takes the first frames over unread, and lets the digest go on where it was after them; at least
    /// one is left. `false` where the state of the digest is not known: nothing is taken over.
    ///
    /// # Errors
    /// `InvalidData` where the frames cannot be read; others where they cannot be written.
    pub(super) fn take_over_first(
        &mut self,
        reader: &mut FrameReader,
        count: usize,
    ) -> io::Result<bool> {
        let Some(hasher) = reader.state_at(count) else {
            return Ok(false);
        };
        for _ in 0..count {
            let read = reader.next();
            if let Some(packed) = read.map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))? {
                self.append(packed)?;
            }
        }
        self.hasher = hasher;
        Ok(true)
    }

    /// Takes a compressed frame over as it is; these are its lines.
    pub(super) fn take_over(&mut self, mut packed: Packed, lines: &[u8]) -> io::Result<()> {
        self.end_frame()?;
        packed.frame.state = hex(&self.hasher.serialize());
        self.hasher.update(lines);
        self.append(packed)
    }

    fn append(&mut self, packed: Packed) -> io::Result<()> {
        self.quads.write_all(&packed.text)?;
        self.counts.write_all(&packed.counts)?;
        self.frames.push(packed.frame);
        Ok(())
    }

    /// Ends the files, and gives the digest of all lines in hexadecimal.
    pub(super) fn finish(mut self, folder: &Path) -> io::Result<String> {
        self.end_frame()?;
        if self.frames.is_empty() {
            // A stream without frames is no zstd.
            self.quads.write_all(&compress(b"")?)?;
            self.counts.write_all(&compress(b"")?)?;
        }
        self.quads.flush()?;
        self.counts.flush()?;
        std::fs::write(folder.join(FRAMES), serde_json::to_vec(&self.frames)?)?;
        Ok(hex(&self.hasher.finalize()))
    }
}

/// The lines of one subject, which is given as it stands in them. Only frames that may have it are read.
pub(super) fn lines_of(folder: &Path, subject: &str) -> io::Result<Vec<Vec<u8>>> {
    let frames: Vec<Frame> = serde_json::from_slice(&std::fs::read(folder.join(FRAMES))?)?;
    let mut quads = File::open(folder.join(QUADS))?;
    let mut offset = 0;
    let mut lines = Vec::new();
    for frame in frames {
        if frame.first.as_str() <= subject && subject <= frame.last.as_str() {
            quads.seek(SeekFrom::Start(offset))?;
            let text = decompress(&read_exactly(&mut quads, frame.bytes)?)?;
            let is_about = |line: &&[u8]| {
                let rest = line.strip_prefix(subject.as_bytes());
                rest.is_some_and(|rest| rest.first() == Some(&b' '))
            };
            let about = text.split(|&byte| byte == b'\n').filter(is_about);
            lines.extend(about.map(<[u8]>::to_vec));
        }
        offset += frame.bytes;
    }
    Ok(lines)
}

/// Reads the frames of a build one after the other, still compressed.
pub(super) struct FrameReader {
    quads: BufReader<File>,
    counts: BufReader<File>,
    frames: std::vec::IntoIter<Frame>,
}

/// A frame as it lies in its files.
pub(super) struct Packed {
    pub(super) frame: Frame,
    pub(super) text: Vec<u8>,
    pub(super) counts: Vec<u8>,
}

impl FrameReader {
    /// A reader of the three files in a build's folder.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let frames: Vec<Frame> = serde_json::from_slice(&std::fs::read(folder.join(FRAMES))?)?;
        Ok(Self {
            quads: BufReader::new(File::open(folder.join(QUADS))?),
            counts: BufReader::new(File::open(folder.join(COUNTS))?),
            frames: frames.into_iter(),
        })
    }

    /// The frames that are still to come.
    pub(super) fn frames(&self) -> &[Frame] {
        self.frames.as_slice()
    }

    /// The state of the digest ahead of one of the frames to come, where it is known.
    fn state_at(&self, index: usize) -> Option<Sha256> {
        let state = &self.frames().get(index)?.state;
        let mut bytes = SerializedState::<Sha256>::default();
        if state.len() != 2 * bytes.len() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(state.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Sha256::deserialize(&bytes).ok()
    }

    /// The next frame.
    pub(super) fn next(&mut self) -> io::Result<Option<Packed>> {
        let Some(frame) = self.frames.next() else {
            return Ok(None);
        };
        let text = read_exactly(&mut self.quads, frame.bytes)?;
        let counts = read_exactly(&mut self.counts, frame.counts)?;
        Ok(Some(Packed {
            frame,
            text,
            counts,
        }))
    }
}

impl Packed {
    /// The lines of the frame. A flipped bit is an error: frames carry checksums.
    pub(super) fn lines(&self) -> io::Result<Vec<u8>> {
        decompress(&self.text)
    }

    /// How often each line was made.
    pub(super) fn counts(&self) -> io::Result<Vec<u64>> {
        let bytes = decompress(&self.counts)?;
        let mut counts = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            counts.push(read_count(&mut rest).ok_or_else(damaged)?);
        }
        if counts.len() as u64 == self.frame.lines {
            Ok(counts)
        } else {
            Err(damaged())
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "the counts of the quads are damaged",
    )
}

/// The subjects of the first and the last of some lines.
fn ends(lines: &[u8]) -> Option<(String, String)> {
    let lines = lines.strip_suffix(b"\n")?;
    let first = lines.split(|&byte| byte == b'\n').next()?;
    let last =
        memchr::memrchr(b'\n', lines).map_or(lines, |at| lines.get(at + 1..).unwrap_or(lines));
    let subject = |line| {
        Some(
            std::str::from_utf8(Parts::of(line)?.subject)
                .ok()?
                .to_owned(),
        )
    };
    Some((subject(first)?, subject(last)?))
}

fn read_exactly(reader: &mut impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    if reader.take(bytes).read_to_end(&mut read)? as u64 == bytes {
        Ok(read)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(COMPRESSION)?;
    compressor.include_checksum(true)?;
    compressor.compress(bytes)
}

fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    // One long line may make a frame larger; builds of old versions do not say how large theirs are.
    match zstd_safe::get_frame_content_size(bytes) {
        Ok(Some(size)) if size <= 4 * FRAME as u64 => {
            zstd::bulk::decompress(bytes, usize::try_from(size).unwrap_or(FRAME))
        }
        _ => {
            let mut text = Vec::new();
            zstd::Decoder::with_buffer(bytes)?.read_to_end(&mut text)?;
            Ok(text)
        }
    }
}

/// How often each line of a build was made.
#[cfg(test)]
pub(crate) fn line_counts(build: &super::Build) -> io::Result<Vec<u64>> {
    let mut reader = FrameReader::open(build.folder())?;
    let mut counts = Vec::new();
    while let Some(packed) = reader.next()? {
        counts.extend(packed.counts()?);
    }
    Ok(counts)
}

/// Appends a number in LEB128: seven bits a byte, the lowest first.
fn write_count(out: &mut Vec<u8>, mut count: u64) {
    while count >= 0x80 {
        out.push((count & 0x7F) as u8 | 0x80);
        count >>= 7;
    }
    out.push(count as u8);
}

fn read_count(bytes: &mut &[u8]) -> Option<u64> {
    let mut count = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        count |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(count);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::digest_bytes;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_comes_back() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut writer = FrameWriter::create(folder.path())?;
        let lines: Vec<(String, u64)> = (0..40_000)
            .map(|i| (format!("<http://e/{i:05}> <http://e/p> \"{i}\" ."), i % 300))
            .collect();
        for (line, count) in &lines {
            writer.line(line.as_bytes(), *count)?;
        }
        let digest = writer.finish(folder.path())?;
        let mut reader = FrameReader::open(folder.path())?;
        let mut read = Vec::new();
        let mut frames = 0;
        while let Some(packed) = reader.next()? {
            frames += 1;
            let text = String::from_utf8(packed.lines()?).map_err(io::Error::other)?;
            let first = text.lines().next().unwrap_or_default();
            assert!(first.starts_with(&packed.frame.first));
            read.extend(text.lines().map(str::to_owned).zip(packed.counts()?));
        }
        assert_eq!(read, lines);
        assert!(frames > 1);
        // As one stream it is what any reader of zstd sees.
        let file = File::open(folder.path().join(QUADS))?;
        let mut whole = Vec::new();
        zstd::Decoder::new(file)?.read_to_end(&mut whole)?;
        let seen: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
        assert_eq!(whole, seen.as_bytes());
        assert_eq!(digest, digest_bytes(&whole));
        Ok(())
    }

    /// However many frames are taken over unread, digest and files are the same.
    #[test]
    fn the_digest_goes_on_from_any_frame() -> io::Result<()> {
        let old = tempfile::tempdir()?;
        let mut writer = FrameWriter::create(old.path())?;
        for i in 0..70_000 {
            writer.line(
                format!("<http://e/{i:05}> <http://e/p> \"{i}\" .").as_bytes(),
                1,
            )?;
        }
        let digest = writer.finish(old.path())?;
        let count = FrameReader::open(old.path())?.frames().len();
        assert!(count > 2);
        for first in 0..=count {
            let new = tempfile::tempdir()?;
            let mut reader = FrameReader::open(old.path())?;
            let mut writer = FrameWriter::create(new.path())?;
            let known = writer.take_over_first(&mut reader, first)?;
            assert_eq!(known, first < count);
            while let Some(packed) = reader.next()? {
                let lines = packed.lines()?;
                writer.take_over(packed, &lines)?;
            }
            assert_eq!(writer.finish(new.path())?, digest);
            for name in [QUADS, COUNTS, FRAMES] {
                let read = |folder: &Path| std::fs::read(folder.join(name));
                assert_eq!(read(old.path())?, read(new.path())?);
            }
        }
        // A build of an old version has no states.
        let path = old.path().join(FRAMES);
        let mut frames: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(&path)?)?;
        for frame in &mut frames {
            let fields = frame.as_object_mut();
            assert!(fields.is_some_and(|fields| fields.remove("state").is_some()));
        }
        std::fs::write(&path, serde_json::to_vec(&frames)?)?;
        let mut reader = FrameReader::open(old.path())?;
        let new = tempfile::tempdir()?;
        let mut writer = FrameWriter::create(new.path())?;
        assert!(!writer.take_over_first(&mut reader, 1)?);
        assert_eq!(reader.frames().len(), count);
        Ok(())
    }

    #[test]
    fn no_lines_are_a_stream_too() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let writer = FrameWriter::create(folder.path())?;
        writer.finish(folder.path())?;
        let mut whole = Vec::new();
        zstd::Decoder::new(File::open(folder.path().join(QUADS))?)?.read_to_end(&mut whole)?;
        assert_eq!(whole, b"");
        assert!(FrameReader::open(folder.path())?.next()?.is_none());
        Ok(())
    }

    #[test]
    fn a_flipped_bit_is_seen() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let mut writer = FrameWriter::create(folder.path())?;
        for i in 0..1_000 {
            let line = format!("<http://e/{i:05}> <http://e/p> \"{}\" .", i * 7919 % 1000);
            writer.line(line.as_bytes(), 1)?;
        }
        writer.finish(folder.path())?;
        let packed = FrameReader::open(folder.path())?.next()?;
        let mut packed = packed.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (expected, length) = (packed.lines()?, packed.text.len());
        for at in (8..length).step_by(101) {
            packed.text[at] ^= 4;
            // What a bit changes that decodes to the same bytes does no harm.
            assert!(packed.lines().map_or(true, |lines| lines == expected));
            packed.text[at] ^= 4;
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn counts_of_any_size(counts: Vec<u64>) {
            let mut bytes = Vec::new();
            for &count in &counts {
                write_count(&mut bytes, count);
            }
            let mut rest = bytes.as_slice();
            let mut read = Vec::new();
            while !rest.is_empty() {
                read.push(read_count(&mut rest));
            }
            prop_assert_eq!(read, counts.into_iter().map(Some).collect::<Vec<_>>());
        }
    }
}
