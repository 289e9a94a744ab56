//! Where a dump goes: standard output, or a file that has its name only when it is whole.

use super::{Compression, OutputFile};
use crate::export::ExportError;
use flate2::GzBuilder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes through `write` into a file that appears under its name when everything is written and synced.
///
/// Gives the number of bytes and the SHA-256 digest of the file, after compression. The bytes depend on
/// what is written alone: no time and no name goes into a compressed file.
///
/// # Errors
/// The file cannot be written, or `write` fails; then nothing has the name, or still the old file has it.
pub fn to_file(
    path: &Path,
    compression: Compression,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(u64, String), ExportError> {
    let failed = |error| ExportError::io(path, "write the file", error);
    let target = OutputFile::create(path).map_err(failed)?;
    let mut digested = DigestedFile {
        file: BufWriter::with_capacity(1 << 17, target.file().try_clone().map_err(failed)?),
        hasher: Sha256::new(),
        bytes: 0,
    };
    compressed(&mut digested, compression, write)?;
    digested.flush().map_err(failed)?;
    let DigestedFile { hasher, bytes, .. } = digested;
    target.finish().map_err(failed)?;
    Ok((bytes, crate::digest::hex(&hasher.finalize())))
}

/// Writes through `write` into an open stream.
///
/// # Errors
/// The stream cannot be written ([`ExportError::is_broken_pipe`] tells a reader that went away), or
/// `write` fails.
pub fn to_stream(
    out: &mut dyn Write,
    compression: Compression,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    compressed(&mut out, compression, write)?;
    out.flush().map_err(output)
}

/// A stream that could not be written.
pub(crate) fn output(error: io::Error) -> ExportError {
    ExportError::io(Path::new("output"), "write", error)
}

fn compressed(
    out: &mut dyn Write,
    compression: Compression,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    match compression {
        Compression::None => write(out),
        Compression::Gzip => {
            // The operating system byte is set too: it would differ between machines.
            let mut encoder: GzEncoder<_> = GzBuilder::new()
                .mtime(0)
                .operating_system(255)
                .write(out, flate2::Compression::default());
            write(&mut encoder)?;
            encoder.finish().map(drop).map_err(output)
        }
        Compression::Zstd => {
            let mut encoder =
                zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(output)?;
            write(&mut encoder)?;
            encoder.finish().map(drop).map_err(output)
        }
    }
}

struct DigestedFile {
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl Write for DigestedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use std::fs;

    #[test]
    fn a_failed_dump_leaves_the_old_file_and_no_litter() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("graph.ttl");
        to_file(&path, Compression::None, |out| {
            out.write_all(b"old").map_err(output)
        })?;
        let failed = to_file(&path, Compression::None, |out| {
            out.write_all(b"half of the new").map_err(output)?;
            Err(ExportError::new(Code::StoreFiles, &path, "no space"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path)?, b"old");
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn compressed_files_read_back() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        for (name, compression) in [("a.gz", Compression::Gzip), ("a.zst", Compression::Zstd)] {
            let path = folder.path().join(name);
            let (bytes, digest) = to_file(&path, compression, |out| {
                out.write_all(b"text").map_err(output)
            })?;
            assert_eq!(crate::digest::digest_file(&path)?, (bytes, digest));
            let file = File::open(&path)?;
            let text = match compression {
                Compression::Gzip => io::read_to_string(flate2::read::GzDecoder::new(file))?,
                _ => io::read_to_string(zstd::Decoder::new(file)?)?,
            };
            assert_eq!(text, "text");
        }
        Ok(())
    }
}
