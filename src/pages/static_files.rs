//! Files that pages need: the style sheet and scripts, under names that change with their bytes.

use super::assets;
use crate::digest::hex;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file that pages need.
#[derive(Debug, Clone, Copy)]
pub struct StaticFile {
    /// Its name.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

const OWN: [StaticFile; 4] = [
    StaticFile {
        name: "style.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("style.css"),
    },
    StaticFile {
        name: "query.css",
        media: "text/css; charset=utf-8",
        bytes: include_bytes!("query.css"),
    },
    StaticFile {
        name: "page.js",
        media: "text/javascript; charset=utf-8",
        bytes: include_bytes!("page.js"),
    },
    StaticFile {
        name: "icon.svg",
        media: "image/svg+xml",
        bytes: include_bytes!("icon.svg"),
    },
];

/// All files, each with its path.
static FILES: LazyLock<Vec<(String, StaticFile)>> = LazyLock::new(|| {
    let files = OWN.into_iter();
    let with_path = |file: StaticFile| {
        let hash = hex(&Sha256::digest(file.bytes));
        let version = hash.get(..12).unwrap_or(&hash);
        (format!("/static/{version}/{}", file.name), file)
    };
    let bundled = assets::files().map(|file| (assets::path_of(file.name), file));
    files.map(with_path).chain(bundled).collect()
});

/// The files with their paths.
pub fn all() -> &'static [(String, StaticFile)] {
    &FILES
}

/// The path of the file of a name; that of the folder where there is none.
pub fn path(name: &str) -> &'static str {
    let found = FILES.iter().find(|(_, file)| file.name == name);
    found.map_or("/static/", |(path, _)| path.as_str())
}

/// The file at a path.
pub fn at(path: &str) -> Option<StaticFile> {
    let found = FILES.iter().find(|(known, _)| known == path);
    found.map(|(_, file)| *file)
}
