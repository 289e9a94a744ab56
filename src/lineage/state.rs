//! Whether the tables are still those that a build was made from.

use crate::digest::digest_file;
use crate::project::METADATA;
use crate::store::{Build, write_atomically};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Name of the digests in the folder of indexes.
const DIGESTS: &str = "digests.json";

/// A file that was written to a shorter time ago may be written to again without a new time of change.
const SETTLED: Duration = Duration::from_secs(2);

/// A digest, and what the file looked like when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FileDigest {
    bytes: u64,
    /// Time of change, in nanoseconds since 1970.
    modified: u128,
    sha256: String,
}

/// The tables and the metadata of a project that are not as they were when a build was made, by the
/// names that the build's manifest gives them.
///
/// Files are compared by their digests. Those that are taken are kept in `cache`, with size and time of
/// change, so that large tables are not read each time.
///
/// # Errors
/// A file is there and cannot be read.
pub fn changed(root: &Path, build: &Build, cache: &Path) -> io::Result<Vec<String>> {
    let path = cache.join(DIGESTS);
    let before: BTreeMap<String, FileDigest> = fs::read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let mut known = BTreeMap::new();
    let mut changed = Vec::new();
    for input in &build.manifest().about.inputs {
        if input.rows.is_none() && input.name != METADATA {
            continue;
        }
        let file = root.join(&input.name);
        let data = match fs::metadata(&file) {
            Ok(data) => data,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                changed.push(input.name.clone());
                continue;
            }
            Err(error) => return Err(error),
        };
        if data.len() != input.bytes {
            changed.push(input.name.clone());
            continue;
        }
        let modified = data.modified()?;
        let nanoseconds = modified
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let same = |known: &&FileDigest| known.bytes == data.len() && known.modified == nanoseconds;
        let sha256 = match before.get(&input.name).filter(same) {
            Some(known) => known.sha256.clone(),
            None => digest_file(&file)?.1,
        };
        if sha256 != input.sha256 {
            changed.push(input.name.clone());
        }
        let age = SystemTime::now().duration_since(modified);
        if age.is_ok_and(|age| age > SETTLED) {
            let now = FileDigest {
                bytes: data.len(),
                modified: nanoseconds,
                sha256,
            };
            known.insert(input.name.clone(), now);
        }
    }
    if known != before {
        // A folder that cannot be written costs time and nothing else.
        let _ = fs::create_dir_all(cache)
            .map_err(|_| ())
            .and_then(|()| serde_json::to_vec(&known).map_err(|_| ()))
            .and_then(|json| write_atomically(&path, &json).map_err(|_| ()));
    }
    Ok(changed)
}
