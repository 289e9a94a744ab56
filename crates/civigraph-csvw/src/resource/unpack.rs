//! Files that cannot be read as they are: compressed ones, and pipes, which can be read only once.
//!
//! Their content goes into a temporary file, which is gone with the last resource that needs it: tables are read
//! from several places at once, whatever they are packed in.

use super::ResourceContent;
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tempfile::TempPath;

/// The first bytes of gzip.
const GZIP: &[u8] = b"\x1f\x8b";

/// The first bytes of Zstandard.
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// The content of a file in another one.
#[derive(Debug)]
pub struct Unpacked {
    file: PathBuf,
    content: TempPath,
}

impl Unpacked {
    /// The file as the user has it.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The file with its content.
    pub fn content(&self) -> &Path {
        &self.content
    }
}

/// How a file was when it was unpacked; nothing for a pipe.
type Stamp = Option<(u64, Option<SystemTime>)>;

/// A file that was unpacked, as it was then.
type StampedFile = (Stamp, Arc<Unpacked>);

/// Unpacks files, each once while it stays the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unpacker {
    done: Arc<Mutex<HashMap<PathBuf, StampedFile>>>,
}

impl Unpacker {
    /// The content of a file: as it is, or unpacked where its name and its first bytes say that it is compressed,
    /// or where it is not a file at all.
    pub(crate) fn content(&self, path: &Path) -> io::Result<ResourceContent> {
        let metadata = std::fs::metadata(path)?;
        let stamp = stamp(&metadata);
        if stamp.is_some() && Packing::of_name(path).is_none() {
            return Ok(ResourceContent::File(path.to_owned()));
        }
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, unpacked)) = done.get(path)
            && *known == stamp
        {
            return Ok(ResourceContent::Unpacked(Arc::clone(unpacked)));
        }
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        (&mut file).take(ZSTD.len() as u64).read_to_end(&mut head)?;
        let packing = Packing::of_name(path).filter(|packing| head.starts_with(packing.mark()));
        if stamp.is_some() {
            if packing.is_none() {
                return Ok(ResourceContent::File(path.to_owned()));
            }
            file.rewind()?;
            head.clear();
        }
        let input = io::Cursor::new(head).chain(file);
        let content = match packing {
            None => saved(input)?,
            Some(packing) => packing.unpack(input)?,
        };
        let file = path.to_owned();
        let unpacked = Arc::new(Unpacked { file, content });
        done.insert(path.to_owned(), (stamp, Arc::clone(&unpacked)));
        Ok(ResourceContent::Unpacked(unpacked))
    }
}

/// What a file was last time, to see whether it is the same; `None` for what can be read only once.
fn stamp(metadata: &Metadata) -> Stamp {
    let is_file = metadata.is_file();
    is_file.then(|| (metadata.len(), metadata.modified().ok()))
}

/// A compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstandard,
}

impl Packing {
    /// The compression that the name of a file stands for.
    fn of_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstandard),
            _ => None,
        }
    }

    /// The bytes that a file starts with.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Gzip => GZIP,
            Self::Zstandard => ZSTD,
        }
    }

    /// Its name.
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        }
    }

    fn unpack(self, input: impl Read) -> io::Result<TempPath> {
        let unpacked = match self {
            Self::Gzip => saved(flate2::read::MultiGzDecoder::new(input)),
            #[cfg(feature = "zstd")]
            Self::Zstandard => zstd::Decoder::new(input).and_then(saved),
            #[cfg(not(feature = "zstd"))]
            Self::Zstandard => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "it is compressed with Zstandard, which needs the feature `zstd`",
                ));
            }
        };
        unpacked.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::PermissionDenied => error,
            kind => io::Error::new(
                kind,
                format!("its {} data could not be unpacked: {error}", self.name()),
            ),
        })
    }
}

/// Copies everything into a temporary file.
fn saved(mut input: impl Read) -> io::Result<TempPath> {
    let mut file = tempfile::NamedTempFile::new()?;
    io::copy(&mut input, &mut file)?;
    file.flush()?;
    Ok(file.into_temp_path())
}

/// The name of a file without the extension of its compression.
pub(crate) fn unpacked_name(path: &Path) -> PathBuf {
    match Packing::of_name(path) {
        Some(_) => path.with_extension(""),
        None => path.to_owned(),
    }
}

impl ResourceContent {
    /// The content of a local file, unpacked where it is compressed or a pipe.
    ///
    /// # Errors
    /// The file cannot be read, or not unpacked.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        Unpacker::default().content(path)
    }

    /// All that comes out of a stream, under a name for it.
    ///
    /// # Errors
    /// The stream ends with an error, or there is no room for what it gives.
    pub fn of_stream(name: &Path, stream: impl Read) -> io::Result<Self> {
        let file = name.to_owned();
        let content = saved(stream)?;
        Ok(Self::Unpacked(Arc::new(Unpacked { file, content })))
    }

    /// The local file as the user has it, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Unpacked(unpacked) => Some(unpacked.file()),
            Self::Bytes(_) => None,
        }
    }

    /// The file with the bytes, where they are in one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Unpacked(unpacked) => Some(unpacked.content()),
            Self::Bytes(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compressed_files_are_unpacked_once_while_they_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv.gz");
        // Two members are one content.
        let members = [gzip(b"id\n"), gzip(b"1\n")].concat();
        std::fs::write(&path, members).unwrap();
        let unpacker = Unpacker::default();
        let read = |content: &ResourceContent| std::fs::read(content.path().unwrap()).unwrap();
        let first = unpacker.content(&path).unwrap();
        assert_eq!(read(&first), b"id\n1\n");
        assert_eq!(first.file(), Some(path.as_path()));
        let again = unpacker.clone().content(&path).unwrap();
        assert_eq!(first.path(), again.path());
        std::fs::write(&path, gzip(b"id\n1\n2\n")).unwrap();
        assert_eq!(read(&unpacker.content(&path).unwrap()), b"id\n1\n2\n");
        // What is not what its name says is read as it is.
        std::fs::write(&path, b"id\n").unwrap();
        let plain = unpacker.content(&path).unwrap();
        assert!(matches!(plain, ResourceContent::File(_)));
        std::fs::write(&path, &gzip(b"id\n1\n")[..12]).unwrap();
        let error = unpacker.content(&path).unwrap_err();
        assert!(error.to_string().contains("gzip"), "{error}");
    }
}
