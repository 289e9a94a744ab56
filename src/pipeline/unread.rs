//! Files of a project that look as if they counted, and that nobody reads.

use crate::csvw::OWN_NAMESPACE;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::project::Project;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Endings of files that hold tables.
const TABLES: &[&str] = &[
    ".csv", ".tsv", ".tab", ".csv.gz", ".tsv.gz", ".csv.zst", ".tsv.zst",
];
/// Endings of files that hold tables in a form that nothing unpacks.
const PACKED: &[&str] = &[
    ".csv.bz2", ".csv.xz", ".csv.zip", ".tsv.bz2", ".tsv.xz", ".tsv.zip",
];
/// Endings of files that hold tables which are not text.
const SPREADSHEETS: &[&str] = &[
    ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers", ".parquet",
];
/// Endings of files that hold RDF in other syntaxes than Turtle, or have Turtle in an unusual name.
const RDF: &[&str] = &[
    ".ttl", ".turtle", ".rdf", ".owl", ".nt", ".nq", ".n3", ".trig", ".jsonld", ".xml",
];
/// Endings of files that hold SPARQL.
const SPARQL: &[&str] = &[".rq", ".sparql", ".ru"];
/// Folders in folders that are looked into.
const DEPTH: usize = 4;
/// Bytes of a file from which its kind is recognised.
const START: u64 = 64 << 10;

/// Warns of files below the folders of a project that look as if they counted, and that nobody reads: `read`
/// are the tables and documents that the metadata leads to.
pub fn report_unread(project: &Project, read: &BTreeSet<PathBuf>, diagnostics: &mut Diagnostics) {
    let mut read: BTreeSet<PathBuf> = read.iter().map(|path| canonical(path)).collect();
    read.insert(canonical(&project.metadata()));
    let data = project.metadata();
    let data = data.parent().unwrap_or_else(|| project.root());
    for path in files(data) {
        if !read.contains(&canonical(&path))
            && let Some((message, hint)) = of_data(&path)
        {
            diagnostics.push(unread(&path, message, hint));
        }
    }
    let ontology = project.root().join("ontology");
    let vocabulary = project.vocabulary().unwrap_or_default();
    let known = [
        vocabulary.clone(),
        project.shapes().unwrap_or_default(),
        project.alignments().unwrap_or_default(),
    ];
    let known: BTreeSet<PathBuf> = known.into_iter().flatten().collect();
    for path in files(&ontology) {
        if vocabulary.contains(&path) {
            if holds_shapes(&path) {
                diagnostics.push(unread(
                    &path,
                    "the shapes of this file are read as vocabulary: nothing is checked against them",
                    "give the file a name that starts with `shapes`",
                ));
            }
        } else if !known.contains(&path) && !is_rule(project, &path) {
            if has_ending(&path, RDF) {
                diagnostics.push(unread(
                    &path,
                    "nothing reads this file",
                    "the ontology is what has the ending `.ttl` in the folder `ontology` itself",
                ));
            } else if has_ending(&path, SPARQL) {
                diagnostics.push(unread(
                    &path,
                    "nothing reads this file",
                    "rules have the ending `.rq` and are in the folder `ontology/rules` itself",
                ));
            }
        }
    }
    let queries = project.queries();
    for path in files(&queries) {
        if has_ending(&path, SPARQL) && !is_in(&path, &queries, "rq") {
            diagnostics.push(unread(
                &path,
                "nothing reads this file",
                "stored queries have the ending `.rq` and are in the folder `queries` itself",
            ));
        }
    }
}

fn unread(path: &Path, message: &str, hint: &str) -> Diagnostic {
    let shown = path.strip_prefix(".").unwrap_or(path);
    let place = Place::file(shown.to_string_lossy().as_ref());
    Diagnostic::new(Code::UnreadFile, place, message).with_hint(hint)
}

/// What is wrong with a file beside the metadata that it does not lead to.
fn of_data(path: &Path) -> Option<(&'static str, &'static str)> {
    if has_ending(path, TABLES) {
        return Some((
            "no table of the metadata has this file",
            "add a table with its `url` to the metadata, or move the file away",
        ));
    }
    if has_ending(path, SPREADSHEETS) {
        return Some((
            "nothing reads this file: tables are CSV",
            "export it as CSV and add a table with its `url` to the metadata, or move the file away",
        ));
    }
    if has_ending(path, PACKED) {
        return Some((
            "nothing reads this file: it is packed in a way that nothing here unpacks",
            "unpack it, or pack it with gzip, and add a table with its `url` to the metadata",
        ));
    }
    if has_ending(path, &[".ttl"]) && holds_shapes(path) {
        return Some((
            "nothing reads these shapes",
            "shapes are in the folder `ontology`, in files whose names start with `shapes`",
        ));
    }
    if has_ending(path, SPARQL) {
        return Some((
            "nothing reads this file",
            "stored queries are in the folder `queries`, rules in `ontology/rules`",
        ));
    }
    let is_metadata = has_ending(path, &[".json", ".jsonld"]) && {
        let text = start(path);
        has_ending(path, &["-metadata.json"])
            || text.contains("http://www.w3.org/ns/csvw")
            || text.contains(OWN_NAMESPACE)
    };
    is_metadata.then_some((
        "nothing reads this metadata: the metadata of the project does not refer to it",
        "put its tables into the metadata of the project",
    ))
}

/// Whether a Turtle file holds shapes.
fn holds_shapes(path: &Path) -> bool {
    let text = start(path);
    text.contains("http://www.w3.org/ns/shacl#")
        && [
            "NodeShape",
            "PropertyShape",
            "targetClass",
            "targetNode",
            "targetSubjectsOf",
        ]
        .iter()
        .any(|name| text.contains(name))
}

fn start(path: &Path) -> String {
    let mut bytes = Vec::new();
    let opened = File::open(path).map(|file| file.take(START));
    // Who needs the file reports that it cannot be read.
    if opened.is_ok_and(|mut file| file.read_to_end(&mut bytes).is_ok()) {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        String::new()
    }
}

fn is_rule(project: &Project, path: &Path) -> bool {
    is_in(path, &project.rules(), "rq")
}

fn is_in(path: &Path, folder: &Path, extension: &str) -> bool {
    path.parent() == Some(folder) && path.extension().is_some_and(|it| it == extension)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// The files below a folder in order of name, hidden ones left out; none where it cannot be read.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // Spreadsheets that are open leave `~$name.xlsx`.
            let name = entry.file_name();
            let hidden = [&b"."[..], b"~$"]
                .iter()
                .any(|start| name.as_encoded_bytes().starts_with(start));
            if hidden {
                continue;
            }
            if !path.is_dir() {
                found.push(path);
            } else if depth < DEPTH {
                folders.push((path, depth + 1));
            }
        }
    }
    found.sort();
    found
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::ReadingMode;

    #[test]
    fn what_nobody_reads_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let shapes = "@prefix sh: <http://www.w3.org/ns/shacl#> . <x> a sh:NodeShape .";
        for (name, text) in [
            ("data/csv-metadata.json", "{}"),
            ("data/a.csv", ""),
            ("data/b.csv", ""),
            ("data/old/c.CSV", ""),
            ("data/readers.csv-metadata.json", "{}"),
            (
                "data/more.json",
                r#"{"@context": "http://www.w3.org/ns/csvw"}"#,
            ),
            ("data/map.json", "{}"),
            ("data/.hidden.csv", ""),
            ("data/d.csv.bz2", ""),
            ("data/graph.ttl", ""),
            ("data/q.rq", ""),
            ("data/shapes.ttl", shapes),
            ("data/~$a.xlsx", ""),
            ("data/README.md", ""),
            (
                "ontology/a.ttl",
                "# http://www.w3.org/ns/shacl# is not used",
            ),
            ("ontology/my-shapes.ttl", shapes),
            ("ontology/shapes-a.ttl", shapes),
            ("ontology/align-x.ttl", ""),
            ("ontology/b.rdf", ""),
            ("ontology/old/c.ttl", ""),
            ("ontology/rules/r.rq", ""),
            ("ontology/rules/r.sparql", ""),
            ("queries/q.rq", ""),
            ("queries/q.sparql", ""),
            ("queries/old/q.rq", ""),
        ] {
            write(name, text);
        }
        let project = Project::open(folder.path(), None).unwrap();
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let read = BTreeSet::from([folder.path().join("data/a.csv")]);
        report_unread(&project, &read, &mut diagnostics);
        let found: Vec<String> = diagnostics
            .iter()
            .map(|found| {
                let path = Path::new(&*found.place.file);
                let name = path.strip_prefix(folder.path()).unwrap();
                name.to_string_lossy().into_owned()
            })
            .collect();
        assert_eq!(
            found,
            [
                "data/b.csv",
                "data/d.csv.bz2",
                "data/more.json",
                "data/old/c.CSV",
                "data/q.rq",
                "data/readers.csv-metadata.json",
                "data/shapes.ttl",
                "ontology/b.rdf",
                "ontology/my-shapes.ttl",
                "ontology/old/c.ttl",
                "ontology/rules/r.sparql",
                "queries/old/q.rq",
                "queries/q.sparql",
            ]
        );
    }
}
