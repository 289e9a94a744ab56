//! A folder to try things in, and the program run in it.

use crate::facts::root;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// Longer than any command takes on the small fixtures, so that a hang becomes a failure.
const LIMIT: Duration = Duration::from_secs(120);

/// A temporary folder with a project or with loose files.
pub struct Workshop {
    folder: TempDir,
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Workshop {
    /// An empty folder.
    pub fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A small sound project: two tables, keys, a list of references, dates and numbers.
    pub fn project() -> Self {
        let workshop = Self::empty();
        workshop.write("data/csv-metadata.json", METADATA);
        workshop.write("data/regions.csv", REGIONS);
        workshop.write("data/cities.csv", CITIES);
        workshop
    }

    /// A copy of the shipped project.
    pub fn shipped() -> Self {
        let workshop = Self::empty();
        for folder in ["data", "ontology", "queries"] {
            copy(&root().join(folder), &workshop.path(folder));
        }
        workshop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).unwrap();
        }
        std::fs::write(path, content).unwrap();
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Run {
        let output = program(self.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        assert!(
            !run.stderr.contains("panicked"),
            "{arguments:?} panicked:\n{}",
            run.stderr
        );
        run
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

impl Run {
    /// All that was printed, and how it ended.
    pub fn shown(&self) -> String {
        plain(&format!(
            "{}---- stderr\n{}---- exit code {}\n",
            self.stdout, self.stderr, self.code
        ))
    }
}

/// A text without what differs from run to run: temporary folders, times, versions, digests.
pub fn plain(text: &str) -> String {
    let text = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    without_digests(&without_folders(&without_times(&text)))
}

/// Replaces temporary folders.
fn without_folders(text: &str) -> String {
    let folder = std::env::temp_dir();
    let mut text = text.to_owned();
    for folder in [folder.canonicalize().unwrap_or_default(), folder] {
        let start = format!("{}/.tmp", folder.display());
        let mut parts = text.split(start.as_str());
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            out.push_str("FOLDER");
            out.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
        }
        text = out;
    }
    text
}

/// Replaces how long something took: ` in 0.3 s`.
fn without_times(text: &str) -> String {
    let mut parts = text.split(" in ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_time = rest.len() < part.len() && rest.starts_with(" s");
        out.push_str(" in ");
        out.push_str(if is_time { "TIME" } else { part });
        if is_time {
            out.push_str(rest);
        }
    }
    out
}

/// Replaces what has twelve hexadecimal digits and more: digests, the ends of names of builds, revisions.
fn without_digests(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_digest = word.len() >= 12
            && word
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            && word.bytes().any(|b| b.is_ascii_digit());
        out.push_str(if is_digest { "DIGEST" } else { &word });
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Compares all that a run printed, and how it ended, with what it printed when the test was written.
macro_rules! assert_shown {
    ($run:expr) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!($run.shown());
        });
    };
}

pub(crate) use assert_shown;

impl Run {
    /// Demands an exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

/// The program, free of what the tester's environment says.
pub fn program(folder: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::from_std(child(env!("CARGO_BIN_EXE_civigraph")));
    command.current_dir(folder).timeout(LIMIT);
    command
}

/// Any program, with nothing of the environment that changes what it does.
pub fn child(program: &str) -> std::process::Command {
    let mut command = std::process::Command::new(program);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CIVIGRAPH_")
            || name.starts_with("CLICOLOR")
            || name.starts_with("GIT_")
        {
            command.env_remove(&*name);
        }
    }
    command
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS")
        .env("LC_ALL", "C")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("NO_PROXY", "127.0.0.1");
    command
}

pub const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {
      "url": "regions.csv",
      "tableSchema": {
        "aboutUrl": "https://example.org/id/region/{id}",
        "primaryKey": "id",
        "columns": [
          {"name": "id", "titles": "id", "required": true, "suppressOutput": true},
          {"name": "label", "titles": "label", "required": true, "lang": "en", "propertyUrl": "rdfs:label"}
        ]
      }
    },
    {
      "url": "cities.csv",
      "tableSchema": {
        "aboutUrl": "https://example.org/id/city/{id}",
        "primaryKey": "id",
        "foreignKeys": [
          {"columnReference": "region", "reference": {"resource": "regions.csv", "columnReference": "id"}},
          {"columnReference": "twins", "reference": {"resource": "cities.csv", "columnReference": "id"}}
        ],
        "columns": [
          {"name": "id", "titles": "id", "required": true, "suppressOutput": true},
          {"name": "label", "titles": "label", "required": true, "lang": "en", "propertyUrl": "rdfs:label"},
          {"name": "founded", "titles": "founded", "datatype": "date", "propertyUrl": "https://example.org/ns#founded"},
          {"name": "people", "titles": "people", "datatype": "integer", "propertyUrl": "https://example.org/ns#people"},
          {"name": "region", "titles": "region", "propertyUrl": "https://example.org/ns#region", "valueUrl": "https://example.org/id/region/{region}"},
          {"name": "twins", "titles": "twins", "separator": ";", "propertyUrl": "https://example.org/ns#twin", "valueUrl": "https://example.org/id/city/{twins}", "https://w3id.org/civigraph/csvw#each": true}
        ]
      }
    }
  ]
}
"#;

pub const REGIONS: &str = "\
id,label
sverdlovsk,Sverdlovsk Oblast
samara,Samara Oblast
";

pub const CITIES: &str = "\
id,label,founded,people,region,twins
irbit,Irbit,1631-01-01,36000,sverdlovsk,tolyatti
tolyatti,Tolyatti,1737-06-20,684709,samara,irbit;revda
revda,Revda,,61875,sverdlovsk,
";

/// The words of a command line, as a shell splits it: `'…'` holds together what stands in it.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            // Quotes around nothing are a word too.
            word.get_or_insert_default().push_str(part);
            continue;
        }
        for c in part.chars() {
            if c.is_whitespace() {
                words.extend(word.take());
            } else {
                word.get_or_insert_default().push(c);
            }
        }
    }
    words.extend(word);
    words
}

/// Compresses with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Unpacks gzip.
pub fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut unpacked)
        .unwrap();
    unpacked
}

/// Compresses with Zstandard.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 0).unwrap()
}

/// Unpacks Zstandard.
pub fn unzstd(bytes: &[u8]) -> Vec<u8> {
    zstd::decode_all(bytes).unwrap()
}
