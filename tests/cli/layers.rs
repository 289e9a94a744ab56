//! Layers: what is below the command line names no command and no option, and modules depend on each other in one
//! direction.

use crate::facts::root;
use civigraph::diagnostic::Code;
use std::collections::{BTreeMap, BTreeSet};
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

/// The modules that a source names as `crate::module`, tests and comments left out.
fn named_modules(source: &str) -> BTreeSet<String> {
    let source = source
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let lines = source.lines().map(|line| line.split("//").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n");
    let word = |text: &str| {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
        text[..end.unwrap_or(text.len())].to_owned()
    };
    let mut named = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap();
                named.extend(list.split(',').map(|item| word(item.trim_start())));
            }
            None => {
                named.insert(word(rest));
            }
        }
    }
    named
}

/// What each top module of a crate names.
fn dependencies(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files = Vec::new();
    all_sources(src, &mut files);
    for file in files {
        let inside = file.strip_prefix(src).unwrap();
        let top = inside.iter().next().unwrap().to_str().unwrap();
        let top = top.trim_end_matches(".rs");
        let is_test = inside
            .iter()
            .any(|part| part == "tests" || part == "tests.rs");
        if !is_test && top != "lib" && top != "main" {
            let named = named_modules(&fs::read_to_string(&file).unwrap());
            modules.entry(top.to_owned()).or_default().extend(named);
        }
    }
    let names: BTreeSet<String> = modules.keys().cloned().collect();
    for (name, named) in &mut modules {
        named.retain(|other| other != name && names.contains(other));
    }
    modules
}

fn all_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules that are left once those are taken away, again and again, that name none of the rest: circles, and what
/// leads to them.
fn in_circles(
    mut modules: BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let done: Vec<String> = modules
            .iter()
            .filter(|(_, named)| named.is_empty())
            .map(|(name, _)| name.clone())
            .collect();
        if done.is_empty() {
            return modules;
        }
        for name in done {
            modules.remove(&name);
            for named in modules.values_mut() {
                named.remove(&name);
            }
        }
    }
}

#[test]
fn circles_are_recognised() {
    let named = named_modules(
        "use crate::{a, b::c}; // crate::d\nfn f() { crate::e::g() }\n#[cfg(test)]\nmod tests { use crate::h; }",
    );
    assert_eq!(named, ["a", "b", "e"].map(str::to_owned).into());
    let modules = |pairs: &[(&str, &str)]| -> BTreeMap<String, BTreeSet<String>> {
        let pairs = pairs.iter();
        let named = |words: &str| words.split_whitespace().map(str::to_owned).collect();
        pairs
            .map(|(name, words)| (name.to_string(), named(words)))
            .collect()
    };
    assert!(in_circles(modules(&[("a", "b c"), ("b", "c"), ("c", "")])).is_empty());
    assert_eq!(
        in_circles(modules(&[("a", "b"), ("b", "a"), ("c", "")])).len(),
        2
    );
}

#[test]
fn no_circle_between_modules() {
    let mut crates = vec![root().join("src")];
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        crates.push(entry.unwrap().path().join("src"));
    }
    assert_eq!(crates.len(), 5);
    for src in crates {
        let modules = dependencies(&src);
        assert!(modules.len() > 10, "{}", src.display());
        let circles = in_circles(modules);
        assert!(circles.is_empty(), "{}: {circles:?}", src.display());
    }
}
