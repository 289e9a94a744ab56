//! A fixture: a few files and the commands that are run on them, in one text.
//!
//! ```text
//! use cities                          files of bases/cities.txt, replaced by those below
//! % build                             a command that must succeed, not shown
//! rm .civigraph/builds/*/pin          `*` is the one entry of its folder
//! replace PATH OLD NEW                words are separated by spaces
//! lock PATH                           another process holds this lock to the end
//! $ check cities.csv                  a command that is shown with what it says on stderr
//! -- cities.csv --                    a file
//! id,label
//! -- big.csv (escaped) --             a file with \xff, \0 and \*{100}{repeated text}
//! ```

use crate::cli::workshop::{Workshop, words};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Files and steps.
#[derive(Default)]
pub struct Fixture {
    steps: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Fixture {
    /// Reads `fixtures/{name}.txt` below a folder, and the base that it uses.
    pub fn read(folder: &Path, name: &str) -> Self {
        let path = folder.join("fixtures").join(name).with_extension("txt");
        let mut fixture = Self::parse(&std::fs::read_to_string(path).unwrap());
        if let Some(base) = fixture.steps.first().and_then(|s| s.strip_prefix("use ")) {
            let path = folder.join("bases").join(base).with_extension("txt");
            let mut files = Self::parse(&std::fs::read_to_string(path).unwrap()).files;
            files.append(&mut fixture.files);
            fixture.files = files;
            fixture.steps.remove(0);
        }
        fixture
    }

    fn parse(text: &str) -> Self {
        let mut fixture = Self::default();
        let mut escaped = false;
        for line in text.split_inclusive('\n') {
            let title = line.trim_end().strip_prefix("-- ");
            if let Some(title) = title.and_then(|title| title.strip_suffix(" --")) {
                let name = title.strip_suffix(" (escaped)");
                escaped = name.is_some();
                let file = (name.unwrap_or(title).to_owned(), Vec::new());
                fixture.files.push(file);
            } else if let Some((_, content)) = fixture.files.last_mut() {
                if escaped {
                    content.extend(unescape(line));
                } else {
                    content.extend(line.bytes());
                }
            } else {
                fixture.steps.push(line.trim_end().to_owned());
            }
        }
        fixture
    }

    /// Takes the steps in a folder of their own: the commands, what they said, how they ended.
    pub fn run(&self) -> String {
        let workshop = Workshop::empty();
        for (name, content) in &self.files {
            workshop.write(name, content);
        }
        let mut report = String::new();
        let mut locks = Vec::new();
        for step in &self.steps {
            let words = words(step);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let path = |name: &str| one_path(&workshop.path(""), name);
            match words.as_slice() {
                ["$", command @ ..] => {
                    let run = workshop.run(command);
                    let folder = workshop.path("");
                    let mut said = run.stderr.replace(&*folder.to_string_lossy(), "/folder/");
                    // The name of a build depends on the version that made it.
                    for build in std::fs::read_dir(path(".civigraph/builds"))
                        .into_iter()
                        .flatten()
                    {
                        let name = build.unwrap().file_name();
                        said = said.replace(&*name.to_string_lossy(), "BUILD");
                    }
                    writeln!(report, "{step}\n{said}exit code {}\n", run.code).unwrap();
                }
                ["%", command @ ..] => drop(workshop.run(command).exits(0)),
                ["rm", name] => std::fs::remove_file(path(name)).unwrap(),
                ["replace", name, old, new] => {
                    let path = path(name);
                    let content = std::fs::read_to_string(&path).unwrap();
                    assert!(content.contains(old), "`{old}` is not in {name}");
                    std::fs::write(&path, content.replacen(old, new, 1)).unwrap();
                }
                ["lock", name] => {
                    let file = std::fs::File::create(path(name)).unwrap();
                    file.lock().unwrap();
                    locks.push(file);
                }
                _ => panic!("no step: {step}"),
            }
        }
        report
    }
}

/// A path with `*` for the one entry of a folder.
fn one_path(folder: &Path, name: &str) -> PathBuf {
    name.split('/').fold(folder.to_owned(), |path, part| {
        if part == "*" {
            let mut entries = std::fs::read_dir(path).unwrap();
            entries.next().unwrap().unwrap().path()
        } else {
            path.join(part)
        }
    })
}

/// The bytes that a line stands for.
fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.bytes());
        let kind = escape.chars().next().unwrap();
        rest = &escape[kind.len_utf8()..];
        match kind {
            '0' => bytes.push(0),
            'x' => {
                bytes.push(u8::from_str_radix(&rest[..2], 16).unwrap());
                rest = &rest[2..];
            }
            '*' => {
                let (count, after) = rest[1..].split_once("}{").unwrap();
                // A closing brace may be what is repeated.
                let end = after[1..].find('}').unwrap() + 1;
                bytes.extend(after[..end].repeat(count.parse().unwrap()).bytes());
                rest = &after[end + 1..];
            }
            other => panic!("no escape: \\{other}"),
        }
    }
    bytes.extend(rest.bytes());
    bytes
}
