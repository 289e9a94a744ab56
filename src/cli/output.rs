//! Where a command's data goes: stdout, or a file that appears whole or not at all.

use super::failure::Failure;
use crate::export::{Compression, OutputFile, of_file_name};
use flate2::write::GzEncoder;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Bytes buffered before they are written.
const BUFFER: usize = 256 * 1024;

/// An open output. Nothing is under the final name before [`Output::finish`] succeeds.
pub(super) struct Output {
    stream: CompressedStream,
    target: Option<(OutputFile, PathBuf)>,
}

/// The stream, with its compression.
enum CompressedStream {
    Plain(BufWriter<Box<dyn Write + Send + Sync>>),
    Gzip(Box<GzEncoder<BufWriter<Box<dyn Write + Send + Sync>>>>),
    Zstd(Box<zstd::Encoder<'static, BufWriter<Box<dyn Write + Send + Sync>>>>),
}

/// The extension that says the format of a file, below the one that says its compression, in lower
/// case; empty where there is none.
pub(super) fn format_extension(path: &Path) -> String {
    let below = match of_file_name(path) {
        (_, Compression::None) => path.file_name(),
        _ => path.file_stem(),
    };
    let extension = below.map(Path::new).and_then(Path::extension);
    extension
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase()
}

impl Output {
    /// Opens a file, or stdout for no path and for `-`. The file's name decides its compression.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self {
                stream: CompressedStream::Plain(BufWriter::with_capacity(
                    BUFFER,
                    Box::new(io::stdout()),
                )),
                target: None,
            });
        };
        let failure = |error: io::Error| Failure::io(format!("write `{}`", path.display()), &error);
        if path.is_dir() {
            return Err(Failure::new(format!("`{}` is a folder", path.display())));
        }
        let file = OutputFile::create(path).map_err(failure)?;
        let raw: Box<dyn Write + Send + Sync> = Box::new(file.file().try_clone().map_err(failure)?);
        let buffered = BufWriter::with_capacity(BUFFER, raw);
        let stream = match of_file_name(path).1 {
            Compression::None => CompressedStream::Plain(buffered),
            // The header holds no time and no name: the same content gives the same bytes.
            Compression::Gzip => CompressedStream::Gzip(Box::new(GzEncoder::new(
                buffered,
                flate2::Compression::default(),
            ))),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(buffered, 0).map_err(failure)?;
                encoder.include_checksum(true).map_err(failure)?;
                CompressedStream::Zstd(Box::new(encoder))
            }
        };
        Ok(Self {
            stream,
            target: Some((file, path.to_owned())),
        })
    }

    /// Writes what is buffered and puts the file under its name, in one step and synced to disk.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let name = self.target.as_ref().map(|(_, path)| path.clone());
        let failure = |error: io::Error| match &name {
            Some(path) => Failure::io(format!("write `{}`", path.display()), &error),
            None => Failure::from(error),
        };
        let mut buffered = match self.stream {
            CompressedStream::Plain(buffered) => buffered,
            CompressedStream::Gzip(encoder) => encoder.finish().map_err(failure)?,
            CompressedStream::Zstd(encoder) => encoder.finish().map_err(failure)?,
        };
        buffered.flush().map_err(failure)?;
        drop(buffered);
        if let Some((file, _)) = self.target {
            file.finish().map_err(failure)?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            CompressedStream::Plain(stream) => stream.write(bytes),
            CompressedStream::Gzip(stream) => stream.write(bytes),
            CompressedStream::Zstd(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            CompressedStream::Plain(stream) => stream.flush(),
            CompressedStream::Gzip(stream) => stream.flush(),
            CompressedStream::Zstd(stream) => stream.flush(),
        }
    }
}

/// Writes a whole file in one step; readers see the old bytes or the new ones.
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let output = OutputFile::create(path)?;
    output.file().write_all(bytes)?;
    output.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn names(folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn text(failure: Failure) -> io::Error {
        io::Error::other(failure.to_string())
    }

    #[test]
    fn extensions_of_formats() {
        let check = |name: &str, expected: &str| {
            assert_eq!(format_extension(Path::new(name)), expected, "{name}");
        };
        check("a.nt", "nt");
        check("a.b/c.NQ.gz", "nq");
        check("c.ttl.zst", "ttl");
        check("c.gz", "");
        check("c", "");
    }

    #[test]
    fn nothing_stands_under_the_name_before_the_end() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("out.nt");
        let mut output = Output::open(Some(&path)).map_err(text)?;
        output.write_all(b"half")?;
        assert!(!path.exists());
        drop(output);
        assert_eq!(names(folder.path())?, Vec::<String>::new());

        let mut output = Output::open(Some(&path)).map_err(text)?;
        output.write_all(b"whole")?;
        output.finish().map_err(text)?;
        assert_eq!(std::fs::read(&path)?, b"whole");
        assert_eq!(names(folder.path())?, ["out.nt"]);
        Ok(())
    }

    #[test]
    fn compressed_by_name_and_the_same_bytes_again() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let write = |name: &str| -> io::Result<Vec<u8>> {
            let path = folder.path().join(name);
            let mut output = Output::open(Some(&path)).map_err(text)?;
            output.write_all(b"<s> <p> <o> .\n")?;
            output.finish().map_err(text)?;
            std::fs::read(path)
        };
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*write("a.nt.gz")?).read_to_string(&mut plain)?;
        assert_eq!(plain, "<s> <p> <o> .\n");
        assert_eq!(zstd::decode_all(&*write("a.nt.zst")?)?, b"<s> <p> <o> .\n");
        assert_eq!(write("b.nt.gz")?, write("c.nt.gz")?);
        Ok(())
    }
}
