//! A project: the folder in which a curator works.
//!
//! ```text
//!  project/
//!    data/csv-metadata.json   the tables and how they map to RDF; the CSV files lie beside it
//!    ontology/*.ttl           the vocabulary; shapes*.ttl and align-*.ttl have roles of their own
//!    ontology/rules/*.rq      rules of inference
//!    queries/*.rq             stored queries
//!    .civigraph/              the store, made by `civigraph build`
//! ```

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Where the metadata of a project lies, relative to its folder.
pub const METADATA: &str = "data/csv-metadata.json";

/// Where the store of a project lies unless the user says otherwise, relative to its folder.
pub const STORE: &str = ".civigraph";

/// A folder with tables, their metadata, an ontology and queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    store: PathBuf,
}

/// Why a folder is not a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAProject {
    root: PathBuf,
}

impl fmt::Display for NotAProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a project: it has no `{METADATA}`",
            self.root.display()
        )
    }
}

impl std::error::Error for NotAProject {}

impl Project {
    /// The folder of the project that `from` lies in: `from` itself or the nearest one above it that has
    /// [`METADATA`]; `from` where none has. Relative folders stay relative.
    pub fn folder_above(from: &Path) -> PathBuf {
        let depth = std::path::absolute(from).map_or(0, |path| path.components().count());
        let mut folder = from.to_owned();
        for _ in 0..depth {
            if folder.join(METADATA).is_file() {
                return folder;
            }
            folder = match folder.as_path() == Path::new(".") {
                true => PathBuf::from(".."),
                false => folder.join(".."),
            };
        }
        from.to_owned()
    }

    /// The project in the folder `root`, with its store in `store` or in `.civigraph` of the folder.
    ///
    /// # Errors
    ///
    /// The folder has no [`METADATA`].
    pub fn open(root: &Path, store: Option<&Path>) -> Result<Self, NotAProject> {
        if !root.join(METADATA).is_file() {
            return Err(NotAProject {
                root: root.to_owned(),
            });
        }
        Ok(Self {
            root: root.to_owned(),
            store: store.map_or_else(|| root.join(STORE), Path::to_owned),
        })
    }

    /// The folder of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the store.
    pub fn store(&self) -> &Path {
        &self.store
    }

    /// The metadata of the tables.
    pub fn metadata(&self) -> PathBuf {
        self.root.join(METADATA)
    }

    /// The folder of the stored queries; it need not exist.
    pub fn queries(&self) -> PathBuf {
        self.root.join("queries")
    }

    /// The folder of the rules of inference; it need not exist.
    pub fn rules(&self) -> PathBuf {
        self.root.join("ontology/rules")
    }

    /// The Turtle files of the ontology and its concept schemes, in order of name.
    ///
    /// # Errors
    ///
    /// The folder `ontology` exists and cannot be read.
    pub fn vocabulary(&self) -> io::Result<Vec<PathBuf>> {
        self.turtle(|name| !is_shapes(name) && !is_alignment(name))
    }

    /// The Turtle files of SHACL shapes (`ontology/shapes*.ttl`), in order of name.
    ///
    /// # Errors
    ///
    /// The folder `ontology` exists and cannot be read.
    pub fn shapes(&self) -> io::Result<Vec<PathBuf>> {
        self.turtle(is_shapes)
    }

    /// The Turtle files that align the ontology with others (`ontology/align-*.ttl`), in order of name.
    ///
    /// # Errors
    ///
    /// The folder `ontology` exists and cannot be read.
    pub fn alignments(&self) -> io::Result<Vec<PathBuf>> {
        self.turtle(is_alignment)
    }

    fn turtle(&self, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(self.root.join("ontology")) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.ends_with(".ttl") && wanted(name)) {
                files.push(path);
            }
        }
        // The order of a folder differs from machine to machine.
        files.sort();
        Ok(files)
    }
}

fn is_shapes(name: &str) -> bool {
    name.starts_with("shapes")
}

fn is_alignment(name: &str) -> bool {
    name.starts_with("align-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_folder_without_metadata_is_no_project() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let error = Project::open(folder.path(), None)
            .err()
            .map(|e| e.to_string());
        assert!(error.is_some_and(|text| text.contains("data/csv-metadata.json")));
        Ok(())
    }

    #[test]
    fn turtle_files_by_role_and_in_order() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        fs::create_dir_all(root.join("data"))?;
        fs::create_dir_all(root.join("ontology"))?;
        fs::write(root.join(METADATA), "{}")?;
        for name in [
            "z.ttl",
            "a.ttl",
            "shapes.ttl",
            "shapes-2.ttl",
            "align-x.ttl",
            "notes.md",
        ] {
            fs::write(root.join("ontology").join(name), "")?;
        }
        let project = Project::open(root, None).map_err(io::Error::other)?;
        let names = |files: Vec<PathBuf>| -> Vec<String> {
            files
                .iter()
                .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
                .collect()
        };
        assert_eq!(names(project.vocabulary()?), ["a.ttl", "z.ttl"]);
        assert_eq!(names(project.shapes()?), ["shapes-2.ttl", "shapes.ttl"]);
        assert_eq!(names(project.alignments()?), ["align-x.ttl"]);
        assert_eq!(project.store(), root.join(".civigraph"));
        Ok(())
    }
}
