//! The scripts that `build.rs` bundled.
//!
//! Their names have hashes, and they load each other by their names, so that all of them are in one folder. Where
//! `build.rs` found no Node, there are none, and pages leave them out.

use super::static_files::StaticFile;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Names and contents.
const BUNDLES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundles.rs"));

/// The name of the list that says what each entry is called.
const MANIFEST: &str = "manifest.json";

/// Names of entries (`query`) with the files that they are in (`query-3F2A.js`).
static ENTRIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let manifest = BUNDLES.iter().find(|(name, _)| *name == MANIFEST);
    let names = manifest.and_then(|(_, content)| serde_json::from_slice(content).ok());
    let names: BTreeMap<String, Value> = names.unwrap_or_default();
    let names = names.into_iter();
    names
        .filter_map(|(entry, file)| Some((entry, file.as_str()?.to_owned())))
        .collect()
});

/// The path of an entry; `None` where the program was built without scripts.
pub fn path(entry: &str) -> Option<String> {
    ENTRIES.get(entry).map(|file| path_of(file))
}

/// The path of a file.
pub fn path_of(file: &str) -> String {
    format!("/static/front/{file}")
}

/// All files.
pub fn files() -> impl Iterator<Item = StaticFile> {
    let files = BUNDLES.iter().filter(|(name, _)| *name != MANIFEST);
    files.map(|(name, bytes)| StaticFile {
        name,
        media: media_type(name),
        bytes,
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "gz")) => "application/gzip",
        _ => "text/plain; charset=utf-8",
    }
}
