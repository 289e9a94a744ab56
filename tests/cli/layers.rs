//! What is below the command line names no command and no option: others call it too.

use crate::facts::root;
use civigraph::diagnostic::Code;
use std::fs;
use std::path::{Path, PathBuf};

/// The sources below a folder, those of the command line left out.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("src/cli") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether a text names a command of the program or an option: `civigraph build`, `` `--all` ``.
fn names_a_command(text: &str) -> bool {
    let after = |mark| text.split(mark).skip(1);
    after("`civigraph ")
        .chain(after("\"civigraph "))
        .chain(after("$ civigraph "))
        .chain(after("run civigraph "))
        .chain(after("`--"))
        .chain(after("`-"))
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
        || after(" --").any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()))
}

#[test]
fn commands_are_recognised() {
    for text in [
        "run `civigraph build` first",
        "$ civigraph build",
        "built with --no-text",
        "`--all` shows everything",
    ] {
        assert!(names_a_command(text), "{text}");
    }
    for text in [
        "a civigraph project",
        "`ar--rtl`",
        "-- a comment",
        "a `-` sign",
    ] {
        assert!(!names_a_command(text), "{text}");
    }
}

#[test]
fn the_library_names_no_command() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        sources(&entry.unwrap().path().join("src"), &mut files);
    }
    assert!(files.len() > 300, "{} files", files.len());
    let mut named = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            // Comments are for those who read the sources.
            if !line.trim_start().starts_with("//") && names_a_command(line) {
                named.push(format!("{}:{number}: {}", file.display(), line.trim()));
            }
        }
    }
    assert!(named.is_empty(), "{}", named.join("\n"));
}

#[test]
fn no_page_of_a_code_names_a_command() {
    for code in Code::ALL {
        assert!(!names_a_command(code.page()), "{code}: {}", code.page());
    }
}
