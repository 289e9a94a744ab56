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
    /// The command line, without the name of the program.
    command: String,
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
        let run = Run::new(arguments, &output);
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
    /// What a command with these arguments left.
    pub fn new(arguments: &[&str], output: &std::process::Output) -> Self {
        Self {
            command: command(arguments),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same with words on what is special about it, which stand behind the command.
    pub fn noted(self, note: &str) -> Self {
        Self {
            command: format!("{}  # {}", self.command, note),
            ..self
        }
    }

    /// The same with something else in place of what differs from run to run: the address of a server.
    pub fn replacing(self, from: &str, to: &str) -> Self {
        Self {
            command: self.command.replace(from, to),
            code: self.code,
            stdout: self.stdout.replace(from, to),
            stderr: self.stderr.replace(from, to),
        }
    }
}

/// A command line that a reader can type: words in quotes where a shell would split them.
fn command(arguments: &[&str]) -> String {
    let words = arguments.iter().map(|word| without_folders(word));
    let quoted = words.map(|word| {
        let is_plain = |c: char| !c.is_whitespace() && !"'\"$`\\{}()<>*?&;|#".contains(c);
        match !word.is_empty() && word.chars().all(is_plain) {
            true => word,
            false => format!("'{word}'"),
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

/// What a test compares whole: one run, or several in order.
pub trait Shown {
    fn shown(&self) -> String;
}

impl Shown for Run {
    /// The command, all that it printed, and how it ended.
    fn shown(&self) -> String {
        let mut shown = format!("$ {}\n{}", self.command, self.stdout);
        if !self.stdout.is_empty() && !self.stdout.ends_with('\n') {
            shown.push_str("⏎\n");
        }
        if !self.stderr.is_empty() {
            shown.push_str("---- stderr\n");
            shown.push_str(&self.stderr);
        }
        shown.push_str(&format!("---- exit code {}\n", self.code));
        plain(&shown)
    }
}

impl Shown for [Run] {
    fn shown(&self) -> String {
        let runs: Vec<String> = self.iter().map(Shown::shown).collect();
        runs.join("\n")
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        plain(self)
    }
}

/// A text without what differs from run to run: temporary folders, times, versions, digests.
fn plain(text: &str) -> String {
    // Ends of lines are compared elsewhere.
    let text = text
        .replace('\r', "")
        // Where a command is suggested, the program names itself as it was called.
        .replace(env!("CARGO_BIN_EXE_civigraph"), "civigraph")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    without_digests(&without_folders(&without_times(&text)))
}

/// Replaces temporary folders.
fn without_folders(text: &str) -> String {
    let folder = std::env::temp_dir();
    let mut text = text.to_owned();
    for folder in [folder.canonicalize().unwrap_or_default(), folder] {
        let start = format!("{}/.tmp", folder.display());
        // In a URL too.
        text = text.replace(&start.replace(' ', "%20"), &start);
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

/// Replaces how long something took: `0.3 s`, `58.8 ms`.
fn without_times(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(start);
        out.push_str(before);
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, after) = number.split_at(end.unwrap_or(number.len()));
        let is_time = [" ms", " s "].iter().any(|unit| after.starts_with(unit));
        out.push_str(if is_time { "TIME" } else { number });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Replaces digests, which have twelve hexadecimal digits and more, and the ends of ids of builds: `0001-9f3a2b1c`.
fn without_digests(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        let is_letter = |b: u8| (b'a'..=b'f').contains(&b);
        let is_hex = word.bytes().all(|b| b.is_ascii_digit() || is_letter(b));
        let is_number = !word.bytes().any(is_letter);
        let after_number = out.strip_suffix('-').is_some_and(|before| {
            let digits = before.bytes().rev().take_while(u8::is_ascii_digit);
            digits.count() == 4
        });
        out.push_str(match word.len() {
            12.. if is_hex && !is_number => "DIGEST",
            8 if is_hex && after_number => "ID",
            _ => &word,
        });
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Compares all that runs printed, and how they ended, with what they printed when the test was written.
macro_rules! assert_shown {
    ($shown:expr $(, @$inline:literal)?) => {
        insta::with_settings!({omit_expression => true}, {
            use $crate::cli::workshop::Shown as _;
            insta::assert_snapshot!($shown.shown() $(, @$inline)?);
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
