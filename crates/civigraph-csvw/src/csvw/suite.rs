//! The metadata of the W3C test suite: what [`load`](super::load) alone must find.
//!
//! The whole suite, cells and conversion included, is run elsewhere; this test keeps the codes of the
//! metadata side exact.

use super::{LoadOptions, load};
use crate::diagnostic::{Code, Diagnostics, ReadingMode, Severity};
use crate::resource::{Catalog, url};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const BASE: &str = "http://www.w3.org/2013/csvw/tests/";

/// Where the suite is moved to, so that no answer hangs on its address.
const ELSEWHERE: &str = "https://moved.example:8443/a%20b/";

/// The validation tests in whose metadata and headers each code is found. In all other tests there
/// is nothing to find before the cells are read.
const EXPECTED: &[(Code, &[u32])] = &[
    (Code::Json, &[92]),
    (Code::Context, &[274]),
    (Code::UnknownProperty, &[93, 270, 275, 276, 277]),
    (
        Code::InvalidValue,
        &[
            40, 41, 42, 43, 44, 45, 47, 48, 49, 59, 60, 61, 62, 63, 65, 66, 67, 68, 69, 70, 71, 72,
            73, 75, 76, 98, 99, 100, 101, 102, 103, 106, 107, 108, 109, 111, 113, 115, 266,
        ],
    ),
    (Code::ArrayItem, &[94, 95, 96, 97, 110, 112]),
    (Code::MissingProperty, &[90, 103]),
    (Code::DescriptionType, &[83, 84, 85, 86, 87, 88]),
    (Code::BlankNodeId, &[77, 78, 79, 80, 81, 82, 243, 267]),
    (Code::NoTables, &[74, 89, 98]),
    (Code::ColumnName, &[114, 129, 130, 131]),
    (Code::DuplicateColumn, &[128]),
    (Code::VirtualOrder, &[133]),
    (Code::UnknownColumn, &[105]),
    (Code::ForeignKey, &[108, 271, 272]),
    (Code::ForeignKeyTarget, &[104, 251, 252, 253]),
    (Code::UnknownDatatype, &[46, 150, 151, 238, 308]),
    (Code::DatatypeId, &[244]),
    (
        Code::CommonProperty,
        &[
            134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146,
        ],
    ),
    (Code::MetadataIgnored, &[117, 119, 120, 122, 123]),
    (Code::ColumnCount, &[100, 107, 278]),
    (Code::HeaderTitle, &[127, 133, 147, 148, 201, 302, 303, 304]),
    (Code::HeaderUnnamed, &[104, 108, 109, 111, 124, 308]),
];

/// One entry of a manifest.
struct ManifestEntry {
    number: u32,
    kind: String,
    action: String,
    options: LoadOptions,
}

#[test]
fn metadata_of_the_validation_suite() {
    for base in [BASE, ELSEWHERE] {
        if let Some((entries, catalog)) = suite("manifest-validation.jsonld", base) {
            validates(&entries, &catalog);
        }
    }
}

fn validates(entries: &[ManifestEntry], catalog: &Catalog) {
    let mut found: BTreeMap<Code, Vec<u32>> = BTreeMap::new();
    for entry in entries {
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let group = load(&entry.action, &entry.options, catalog, &mut diagnostics);
        // Only a document that is not JSON leaves nothing.
        assert_eq!(
            group.is_some(),
            entry.number != 92,
            "test{:03}",
            entry.number
        );
        let found_here = diagnostics.iter();
        let more_than_notes = found_here.filter(|one| diagnostics.severity(one) != Severity::Note);
        for diagnostic in more_than_notes {
            let tests = found.entry(diagnostic.code).or_default();
            if tests.last() != Some(&entry.number) {
                tests.push(entry.number);
            }
        }
    }
    let expected: BTreeMap<Code, Vec<u32>> = EXPECTED
        .iter()
        .map(|(code, tests)| (*code, tests.to_vec()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn metadata_of_the_conversion_suites() {
    for manifest in ["manifest-rdf.jsonld", "manifest-nonnorm.jsonld"] {
        let Some((entries, catalog)) = suite(manifest, BASE) else {
            return;
        };
        entries.iter().for_each(|entry| converts(entry, &catalog));
    }
}

/// Nothing that a converter must live with is an error, and nothing right is warned of.
fn converts(entry: &ManifestEntry, catalog: &Catalog) {
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    load(&entry.action, &entry.options, catalog, &mut diagnostics);
    let all: Vec<_> = diagnostics.iter().collect();
    if !entry.kind.contains("Negative") {
        assert!(
            !diagnostics.has_errors(),
            "test{:03}: {all:?}",
            entry.number
        );
    }
    if matches!(entry.kind.as_str(), "csvt:ToRdfTest" | "csvt:ToJsonTest") {
        let warned = all
            .iter()
            .any(|one| diagnostics.severity(one) != Severity::Note);
        assert!(!warned, "test{:03}: {all:?}", entry.number);
    }
}

/// The entries of a manifest under a base; `None`, and a line that says so, where the suite is not at
/// hand.
fn suite(manifest: &str, base: &str) -> Option<(Vec<ManifestEntry>, Catalog)> {
    let shared = std::env::var_os("CIVIGRAPH_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("suites/csvw");
    if !folder.exists() {
        println!("skipped: the W3C suite is not at {}", folder.display());
        return None;
    }
    let catalog = catalog(&folder, base);
    let text = std::fs::read(folder.join("tests").join(manifest)).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let entries = manifest["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            let url = |value: &serde_json::Value| text(value).map(|name| format!("{base}{name}"));
            let id = text(&entry["id"]).unwrap();
            ManifestEntry {
                number: id.rsplit_once("test").unwrap().1.parse().unwrap(),
                kind: text(&entry["type"]).unwrap(),
                action: url(&entry["action"]).unwrap(),
                options: LoadOptions {
                    metadata: url(&entry["option"]["metadata"]),
                    metadata_decides: true,
                    ..LoadOptions::default()
                },
            }
        })
        .collect();
    Some((entries, catalog))
}

/// The catalog of the suite, its URLs moved to a base.
fn catalog(folder: &Path, base: &str) -> Catalog {
    let text = std::fs::read_to_string(folder.join("catalog.json")).unwrap();
    let site = |base: &str| url::resolve(base, "/").unwrap();
    let text = text.replace(BASE, base).replace(&site(BASE), &site(base));
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (_, entry) in document["resources"].as_object_mut().unwrap() {
        let path = folder.join(entry["path"].as_str().unwrap());
        entry["path"] = path.to_string_lossy().into();
    }
    let moved = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(moved.path(), document.to_string()).unwrap();
    Catalog::open(moved.path()).unwrap()
}
