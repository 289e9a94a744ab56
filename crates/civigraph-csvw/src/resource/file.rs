//! Files of users, opened and read in one way, with one kind of message where that fails.
//!
//! | the file | what is said |
//! |---|---|
//! | does not exist | `could not read the query: no such file`, with the nearest name in its folder |
//! | is a directory | `could not read the query: it is a directory` |
//! | may not be read | `could not read the query: permission denied` |
//! | is larger than its kind may be | `could not read the query: it has more than 16 MiB` |
//! | is not UTF-8 | [`Code::Encoding`], at the first wrong byte |
//!
//! Each is a [`Diagnostic`] whose place is the file as the user named it. An empty file is not an error here: what it
//! lacks is said by whoever reads it.

use crate::diagnostic::{Code, Diagnostic, Place, suggest};
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why the operating system refused something, in words: `no such file`, `permission denied`.
///
/// ```
/// use civigraph_csvw::resource::file::reason;
/// use std::io;
///
/// let error = std::fs::read("no/such/file").unwrap_err();
/// assert_eq!(reason(&error), "no such file");
/// assert_eq!(reason(&io::Error::other("the disk is on fire")), "the disk is on fire");
/// ```
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "a part of its path is not a directory".to_owned(),
        io::ErrorKind::StorageFull => "no space is left on the device".to_owned(),
        _ => {
            let words = error.to_string();
            // The number helps nobody who has the words.
            match words.rfind(" (os error ") {
                Some(end) => words.get(..end).unwrap_or(&words).to_owned(),
                None => words,
            }
        }
    }
}

/// The message of everything that cannot be read: what it is, in words, and why.
///
/// ```
/// use civigraph_csvw::resource::file::could_not_read;
///
/// assert_eq!(could_not_read("the table", "no such file"), "could not read the table: no such file");
/// ```
pub fn could_not_read(what: &str, why: impl Display) -> String {
    format!("could not read {what}: {why}")
}

/// Opens a file. A directory is refused here, where the system would let it be opened and fail later.
///
/// # Errors
/// It cannot be opened.
pub fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(file)
}

/// The bytes of a file that has at most `limit` of them.
///
/// # Errors
/// It cannot be read, or is larger.
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            too_large(limit),
        ));
    }
    Ok(bytes)
}

/// Why what has more bytes than it may is not read.
pub(super) fn too_large(limit: u64) -> String {
    format!("it has more than {} MiB", limit >> 20)
}

/// The text of a file: `what` it is, in words, and its name as the user knows it.
///
/// # Errors
/// It cannot be read, is larger than `limit`, or is not UTF-8.
pub fn read_text(
    path: &Path,
    shown: &str,
    what: &str,
    limit: u64,
) -> Result<String, Box<Diagnostic>> {
    let bytes =
        read(path, limit).map_err(|error| Box::new(unreadable(path, shown, what, &error)))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let good = error.as_bytes().get(..good).unwrap_or_default();
        Box::new(not_utf8(good, shown))
    })
}

/// That a file cannot be read, with why and what may help. `path` is where it was looked for.
pub fn unreadable(path: &Path, shown: &str, what: &str, error: &io::Error) -> Diagnostic {
    let hint = match error.kind() {
        io::ErrorKind::NotFound => nearest(path),
        io::ErrorKind::IsADirectory => Some("name a file in it".to_owned()),
        io::ErrorKind::PermissionDenied => {
            Some("check the permissions of the file and of its folder".to_owned())
        }
        _ => None,
    };
    Diagnostic::new(
        Code::Unreadable,
        Place::file(shown),
        could_not_read(what, reason(error)),
    )
    .with_optional_hint(hint)
}

/// That a text is not UTF-8 after its first bytes.
fn not_utf8(good: &[u8], shown: &str) -> Diagnostic {
    let line = memchr::memchr_iter(b'\n', good).count() + 1;
    let start = memchr::memrchr(b'\n', good).map_or(0, |feed| feed + 1);
    let before = String::from_utf8_lossy(good.get(start..).unwrap_or_default());
    let place = Place::at(shown, line as u64, before.chars().count() as u64 + 1);
    Diagnostic::new(Code::Encoding, place, "the bytes from here are not UTF-8")
        .with_expected("UTF-8")
        .with_hint("save the file as UTF-8")
}

/// The name in a folder that was probably meant by one that is not there.
fn nearest(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .take(1000)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    suggest::hint(name, names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(path: &Path, limit: u64) -> (String, String) {
        let problem = read_text(path, "shown", "the query", limit).unwrap_err();
        let hint = problem.hint.as_ref().map(ToString::to_string);
        (
            format!("{} {}: {}", problem.code, problem.place, problem.message),
            hint.unwrap_or_default(),
        )
    }

    #[test]
    fn each_failure_has_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cities.rq");
        std::fs::write(&file, "ASK {}\nя\u{301}").unwrap();
        assert_eq!(
            words(&folder.path().join("citis.rq"), 100),
            (
                "CG0101 shown: could not read the query: no such file".to_owned(),
                "did you mean `cities.rq`?".to_owned()
            )
        );
        assert_eq!(
            words(folder.path(), 100),
            (
                "CG0101 shown: could not read the query: it is a directory".to_owned(),
                "name a file in it".to_owned()
            )
        );
        let (message, _) = words(&file, 3);
        assert_eq!(
            message,
            "CG0101 shown: could not read the query: it has more than 0 MiB"
        );
        std::fs::write(&file, b"a\nb\xff").unwrap();
        let (message, _) = words(&file, 100);
        assert_eq!(
            message,
            "CG0102 shown:2:2: the bytes from here are not UTF-8"
        );
        std::fs::write(&file, "").unwrap();
        assert_eq!(read_text(&file, "shown", "the query", 100).unwrap(), "");
    }
}
