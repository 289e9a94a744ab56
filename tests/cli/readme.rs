//! The README's commands are real, and what it shows is what the program prints.

use super::workshop::{Workshop, program, words};
use crate::facts::root;

/// A block of the README that shows a terminal: commands with what they print.
struct Shown {
    /// The line, prompt and comment included.
    line: String,
    command: String,
    output: Vec<String>,
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).unwrap()
}

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    readme()
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

/// The commands of the blocks that show a terminal.
fn shown() -> Vec<Shown> {
    let mut all: Vec<Shown> = Vec::new();
    for block in blocks("console") {
        for line in block.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                let line = line.to_owned();
                let command = command.split("  #").next().unwrap_or(command).trim();
                all.push(Shown {
                    line,
                    command: command.to_owned(),
                    output: Vec::new(),
                });
            } else if let Some(last) = all.last_mut() {
                last.output.push(line.trim_end().to_owned());
            }
        }
    }
    all
}

#[test]
fn the_first_two_commands_are_those_of_the_checks() {
    let blocks = blocks("sh");
    let commands: Vec<&str> = blocks.iter().map(|block| block.trim()).collect();
    assert_eq!(
        commands[..2],
        ["cargo run --release -- build", "cargo test --profile ci"]
    );
    let run = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(run.contains("cargo test --profile ci"));
}

/// A line without the id of the build that it names, which changes with every fact.
fn without_id(line: &str) -> &str {
    if line.starts_with("build 0") {
        "build"
    } else {
        line
    }
}

/// Every command that the README shows runs; where it shows output, that is the output.
///
/// Commands that show an error are run on a project with the mistake that the README describes for it. With
/// `CIVIGRAPH_UPDATE_README` set, the README is changed to show what is printed.
#[test]
fn the_commands_shown_do_what_is_shown() {
    let workshop = Workshop::shipped();
    let cities = workshop.path("data/cities.csv");
    let sound = std::fs::read_to_string(&cities).unwrap();
    workshop.run(&["build"]).exits(0);
    let shown = shown();
    assert!(shown.len() > 8, "{} commands", shown.len());
    let mut updated = readme();
    for Shown {
        line,
        command,
        output,
    } in shown
    {
        let refused = output.iter().any(|line| line.starts_with("error["));
        if refused {
            let (right, wrong) = if output.iter().any(|line| line.contains("[CG0910]")) {
                ("Irbit,Irbit,,,", "Irbit,Irbit,,Irbit,")
            } else {
                (",sverdlovskaya-oblast,", ",sverdlovskaia-oblast,")
            };
            let mistaken = sound.replacen(right, wrong, 1);
            assert_ne!(mistaken, sound);
            std::fs::write(&cities, mistaken).unwrap();
        }
        let run = program(&workshop.path(""))
            .args(words(command.strip_prefix("civigraph ").unwrap()))
            .output()
            .unwrap();
        if refused {
            std::fs::write(&cities, &sound).unwrap();
        }
        let printed = [run.stdout, run.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        let code = if refused { 1 } else { 0 };
        assert_eq!(run.status.code(), Some(code), "`{command}`:\n{printed}");
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        if output.is_empty() {
            continue;
        }
        if std::env::var_os("CIVIGRAPH_UPDATE_README").is_some() {
            let shown = format!("{line}\n{}\n", output.join("\n"));
            assert!(updated.contains(&shown), "{shown}");
            updated = updated.replace(&shown, &format!("{line}\n{}\n", printed.join("\n")));
        } else {
            let output: Vec<&str> = output.iter().map(|line| without_id(line)).collect();
            let printed: Vec<&str> = printed.into_iter().map(without_id).collect();
            assert_eq!(
                output, printed,
                "`{command}`; CIVIGRAPH_UPDATE_README=1 makes the README show what is printed"
            );
        }
    }
    if updated != readme() {
        std::fs::write(root().join("README.md"), updated).unwrap();
    }
}

#[test]
fn every_dependency_is_explained() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let architecture = read("ARCHITECTURE.md");
    let table = architecture.split("## Dependencies").nth(1).unwrap();
    let explained: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .flat_map(|names| names.split(", "))
        .collect();
    let manifest = read("Cargo.toml");
    let mut section = "";
    let mut missing = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once(" = ")
            && !name.starts_with('#')
            && !explained.contains(&name)
        {
            missing.push(name);
        }
    }
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md says nothing of {missing:?}"
    );
}
