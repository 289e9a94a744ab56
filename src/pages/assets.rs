//! The files that pages load: scripts and style sheets, each under a name that has its hash.
//!
//! A file under such a name never changes, so that browsers keep it for good. The scripts are bundled by `build.rs`;
//! where that found no Node, there are none, and pages leave them out.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What `build.rs` bundled: names and contents.
const BUNDLES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundles.rs"));

/// The name of the list that says what each entry is called.
const MANIFEST: &str = "manifest.json";

/// Where files are.
pub const FOLDER: &str = "/static/front/";

/// Names of entries (`query`) with the files that they are in (`query-3F2A.js`).
fn entries() -> &'static BTreeMap<String, String> {
    static ENTRIES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        let manifest = content(MANIFEST).unwrap_or_default();
        let names: Option<BTreeMap<String, Value>> = serde_json::from_slice(manifest).ok();
        let names = names.into_iter().flatten();
        names
            .filter_map(|(entry, file)| Some((entry, file.as_str()?.to_owned())))
            .collect()
    })
}

/// The name of the file of an entry; `None` where the program was built without scripts.
pub fn file(entry: &str) -> Option<&'static str> {
    entries().get(entry).map(String::as_str)
}

/// The path of an entry at the service.
pub fn path(entry: &str) -> Option<String> {
    file(entry).map(|file| format!("{FOLDER}{file}"))
}

/// All files with their names, for a site that is written out.
pub fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let files = BUNDLES.iter().copied();
    files.filter(|(name, _)| *name != MANIFEST)
}

fn content(name: &str) -> Option<&'static [u8]> {
    let found = BUNDLES.iter().find(|(found, _)| *found == name);
    found.map(|(_, content)| *content)
}

/// `GET /static/front/NAME`.
pub async fn get(Path(name): Path<String>) -> Response {
    match content(&name).filter(|_| name != MANIFEST) {
        Some(content) => {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(media_type(&name))),
                (
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("public, max-age=31536000, immutable"),
                ),
            ];
            (headers, content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        Some((_, "json")) => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}
