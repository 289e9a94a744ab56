//! The tutorial is followed to the letter: its files are written and its commands run, in order, in an empty
//! folder, and what it shows is what the program prints.
//!
//! A fenced block whose first line has a file name after the language (`csv tables/works.csv`) is that file. A
//! `console` block has commands after `$ ` with their output; a line `…` stands for any lines, and a command
//! without output is only run.

use super::workshop::{Workshop, child, words};
use crate::facts::root;
use std::path::PathBuf;

/// A block of a page.
enum Block {
    File { name: String, content: String },
    Console(String),
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let mut content = String::new();
        for line in lines.by_ref().take_while(|line| *line != "```") {
            content.push_str(line);
            content.push('\n');
        }
        match info.split_once(' ') {
            Some((_, name)) => blocks.push(Block::File {
                name: name.to_owned(),
                content,
            }),
            None if info == "console" => blocks.push(Block::Console(content)),
            None => {}
        }
    }
    blocks
}

/// Commands with the lines that are shown for them.
fn commands(console: &str) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in console.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => all.push((command, Vec::new())),
            None => all.last_mut().unwrap().1.push(line),
        }
    }
    all
}

/// Whether printed lines are those shown, where `…` is any number of lines.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        ["…", rest @ ..] => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        [first, rest @ ..] => printed
            .split_first()
            .is_some_and(|(one, others)| one == first && matches(rest, others)),
    }
}

/// A line with an id, a size or a time in it, which differs from run to run.
fn varies(line: &str) -> bool {
    ["published build", "on disk:", "build 0"]
        .iter()
        .any(|start| line.starts_with(start))
}

/// With `CIVIGRAPH_UPDATE_DOCS` set, the page is changed to show what is printed.
#[test]
fn the_tutorial_runs_as_written() {
    let path = root().join("docs/YOUR-OWN-PROJECT.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut updated = page.clone();
    let workshop = Workshop::empty();
    let mut folder: PathBuf = workshop.path("");
    let mut run = 0;
    for block in blocks(&page) {
        let console = match block {
            Block::File { name, content } => {
                let path = folder.join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
                continue;
            }
            Block::Console(console) => console,
        };
        for (command, shown) in commands(&console) {
            let arguments = words(command.split("  #").next().unwrap());
            let (program, arguments) = arguments.split_first().unwrap();
            let program = match program.as_str() {
                "cd" => {
                    folder = folder.join(&arguments[0]).canonicalize().unwrap();
                    continue;
                }
                "civigraph" => env!("CARGO_BIN_EXE_civigraph"),
                "git" => "git",
                other => panic!("`{other}` is not a command of the tutorial"),
            };
            let output = child(program)
                .args(arguments)
                .env("GIT_AUTHOR_NAME", "A. Curator")
                .env("GIT_AUTHOR_EMAIL", "curator@choir.example")
                .env("GIT_COMMITTER_NAME", "A. Curator")
                .env("GIT_COMMITTER_EMAIL", "curator@choir.example")
                .current_dir(&folder)
                .output()
                .unwrap();
            run += 1;
            let printed = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            let code = output.status.code();
            // Findings and differences are shown; a command that cannot do its work is not.
            let finds = shown.iter().any(|line| line.starts_with("error["))
                || command.starts_with("civigraph diff");
            assert_eq!(code, Some(i32::from(finds)), "`{command}`:\n{printed}");
            let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
            if shown.is_empty() || matches(&shown, &lines) {
                continue;
            }
            assert!(
                std::env::var_os("CIVIGRAPH_UPDATE_DOCS").is_some(),
                "`{command}` prints:\n{printed}\nCIVIGRAPH_UPDATE_DOCS=1 makes the page show that"
            );
            let mut fresh: Vec<&str> = lines
                .iter()
                .map(|line| if varies(line) { "…" } else { line })
                .collect();
            fresh.dedup_by(|one, other| *one == "…" && *other == "…");
            let before = format!("$ {command}\n{}\n", shown.join("\n"));
            assert!(updated.contains(&before), "{before}");
            updated = updated.replacen(&before, &format!("$ {command}\n{}\n", fresh.join("\n")), 1);
        }
    }
    assert!(run > 20, "{run} commands");
    if updated != page {
        std::fs::write(path, updated).unwrap();
    }
}

/// The reference names every annotation and every part that the program knows, and no other.
#[test]
fn the_reference_has_all_annotations() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let page = read("docs/ANNOTATIONS.md");
    let code = read("crates/civigraph-csvw/src/csvw/own.rs");
    let between = |start: &str| {
        let rest = code.split(start).nth(1).unwrap();
        rest.split("];\n").next().unwrap().to_owned()
    };
    let quoted = |text: &str| -> Vec<String> {
        text.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    let mut known = quoted(&between("const ANNOTATIONS"));
    known.sort();
    let mut described: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
        .map(str::to_owned)
        .collect();
    described.sort();
    assert_eq!(described, known);
    let parts = quoted(&between("const PARTS"));
    assert!(parts.len() > 20, "{parts:?}");
    for part in parts {
        assert!(page.contains(&format!("`{part}`")), "{part}");
    }
}

/// What the guide of the model names is in the ontology.
#[test]
fn the_guide_of_the_model_names_terms_that_there_are() {
    let page = std::fs::read_to_string(root().join("docs/MODEL.md")).unwrap();
    let ontology = std::fs::read_to_string(root().join("ontology/civigraph.ttl")).unwrap();
    // The functions of queries are no terms.
    const FUNCTIONS: [&str; 10] = [
        "standing", "conflict", "gap", "speaker", "source", "claim", "rowOf", "cellOf", "columnOf",
        "search",
    ];
    let names: Vec<&str> = page
        .split("`cg:")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        .filter(|name| !name.is_empty() && !FUNCTIONS.contains(name))
        .collect();
    assert!(names.len() > 30, "{} terms", names.len());
    for name in names {
        assert!(ontology.contains(&format!("\ncg:{name} a ")), "cg:{name}");
    }
}
