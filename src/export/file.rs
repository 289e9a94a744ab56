//! A file that has its name only when it is whole, or a device or pipe that is written as it is.

use crate::store::{folder_of, sync_folder};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Links that lead to links, at most.
const LINKS: usize = 40;

/// Whether a path is one of the system's, where files are not what they seem.
///
/// Folders in `/dev` are ordinary ones (`/dev/shm` is memory with files in it), unless they list what the
/// process has open.
fn is_special(path: &Path) -> bool {
    path.starts_with("/proc")
        || path.starts_with("/dev/fd")
        || path.parent() == Some(Path::new("/dev"))
}

/// An output in the making. Dropping it leaves what was there.
#[derive(Debug)]
pub(crate) enum OutputFile {
    /// Takes the place of its path at the end.
    Whole {
        /// What is written meanwhile, in the same folder, because only then renaming is atomic.
        temporary: NamedTempFile,
        /// The file itself, behind all links.
        path: PathBuf,
    },
    /// A device, a pipe or a socket: putting a file in its place would take it away from others.
    Stream(File),
}

impl OutputFile {
    /// Begins to write what `path` will name.
    ///
    /// A file that is there keeps its permissions, a new one has those of any other; behind a link, the
    /// file itself is replaced.
    ///
    /// # Errors
    /// The path is a folder, or cannot be written.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(Metadata::is_dir) {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let file = behind_links(path)?;
        if is_stream(&file) {
            return OpenOptions::new().write(true).open(path).map(Self::Stream);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".civigraph-").suffix(".partial");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The system takes from it what the user's mask forbids.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        if let Some(there) = &there {
            builder.permissions(there.permissions());
        }
        let temporary = builder.tempfile_in(folder_of(&file))?;
        if let Some(there) = there {
            // The mask may have taken some.
            temporary.as_file().set_permissions(there.permissions())?;
        }
        Ok(Self::Whole {
            temporary,
            path: file,
        })
    }

    /// The file to write to.
    pub(crate) fn file(&self) -> &File {
        match self {
            Self::Whole { temporary, .. } => temporary.as_file(),
            Self::Stream(file) => file,
        }
    }

    /// Brings a file to disk and puts it under its name, in one step.
    ///
    /// # Errors
    /// It cannot be written; then the old file is still there.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Whole { temporary, path } => {
                temporary.as_file().sync_all()?;
                temporary.persist(&path).map_err(|error| error.error)?;
                sync_folder(folder_of(&path))
            }
            Self::Stream(_) => Ok(()),
        }
    }
}

/// Whether a path that is not a link leads to something else than a file, which keeps nothing.
fn is_stream(path: &Path) -> bool {
    is_special(path) || fs::metadata(path).is_ok_and(|there| !there.is_file())
}

/// Whether what is written to a path is a stream and not a file.
pub(crate) fn leads_to_stream(path: &Path) -> bool {
    behind_links(path).is_ok_and(|path| is_stream(&path))
}

/// Where a path leads, be there something or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        if is_special(&path) {
            return Ok(path);
        }
        match fs::read_link(&path) {
            Ok(target) => path = folder_of(&path).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many links lead to one another"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

    type Tested = Result<(), Box<dyn std::error::Error>>;

    fn write(path: &Path, text: &str) -> io::Result<()> {
        let output = OutputFile::create(path)?;
        output.file().write_all(text.as_bytes())?;
        output.finish()
    }

    #[test]
    fn behind_a_link_stands_the_file() -> Tested {
        let folder = tempfile::tempdir()?;
        let (far, near) = (folder.path().join("far"), folder.path().join("near"));
        fs::create_dir(&far)?;
        symlink("far/out.nt", &near)?;
        for text in ["first", "second"] {
            write(&near, text)?;
            assert_eq!(fs::read_to_string(far.join("out.nt"))?, text);
            assert!(fs::symlink_metadata(&near)?.is_symlink());
        }
        let circle = folder.path().join("circle");
        symlink("circle", &circle)?;
        assert!(write(&circle, "x").is_err());
        Ok(())
    }

    #[test]
    fn permissions_are_kept() -> Tested {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("out.nt");
        let mode = |path: &Path| -> io::Result<u32> {
            Ok(fs::metadata(path)?.permissions().mode() & 0o777)
        };
        write(&path, "new")?;
        let plain = folder.path().join("plain");
        File::create(&plain)?;
        assert_eq!(mode(&path)?, mode(&plain)?);
        for private in [0o600, 0o664, 0o640] {
            fs::set_permissions(&path, fs::Permissions::from_mode(private))?;
            write(&path, "again")?;
            assert_eq!(mode(&path)?, private);
        }
        Ok(())
    }

    #[test]
    fn devices_and_pipes_are_written_as_they_are() -> Tested {
        write(Path::new("/dev/null"), "nothing")?;
        assert!(fs::metadata("/dev/null")?.file_type().is_char_device());
        let folder = tempfile::tempdir()?;
        let pipe = folder.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()?
                .success()
        );
        let reader = {
            let pipe = pipe.clone();
            std::thread::spawn(move || -> io::Result<String> {
                let mut text = String::new();
                File::open(pipe)?.read_to_string(&mut text)?;
                Ok(text)
            })
        };
        assert!(leads_to_stream(&pipe) && !leads_to_stream(folder.path().join("x").as_path()));
        write(&pipe, "through")?;
        assert_eq!(
            reader.join().map_err(|_| "the reader panicked")??,
            "through"
        );
        assert!(fs::metadata(&pipe)?.file_type().is_fifo());
        Ok(())
    }

    #[test]
    fn a_folder_in_memory_is_a_folder() -> Tested {
        for (path, special) in [
            ("/dev/shm/out.nt", false),
            ("/dev/shm/a/out.nt", false),
            ("/dev/stdout", true),
            ("/dev/fd/1", true),
            ("/proc/self/fd/1", true),
            ("/developer/out.nt", false),
        ] {
            assert_eq!(is_special(Path::new(path)), special, "{path}");
        }
        if Path::new("/dev/shm").is_dir()
            && let Ok(folder) = tempfile::tempdir_in("/dev/shm")
        {
            let path = folder.path().join("out.nt");
            assert!(!leads_to_stream(&path));
            write(&path, "new")?;
            assert_eq!(fs::read_to_string(&path)?, "new");
        }
        Ok(())
    }

    #[test]
    fn what_is_left_half_way_leaves_nothing() -> Tested {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("out.nt");
        write(&path, "old")?;
        let output = OutputFile::create(&path)?;
        output.file().write_all(b"half")?;
        drop(output);
        assert_eq!(fs::read_to_string(&path)?, "old");
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        assert!(OutputFile::create(folder.path()).is_err());
        Ok(())
    }
}
