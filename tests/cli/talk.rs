//! What the program says about itself, and how it behaves as a program.

use super::workshop::{Run, Workshop, assert_shown, child, program};
use std::io::Read;
use std::process::Stdio;

#[test]
fn help_and_version_are_data() {
    let workshop = Workshop::empty();
    let runs = [&["--help"][..], &["--version"], &["explain", "--help"]]
        .map(|arguments| workshop.run(arguments).exits(0));
    assert_shown!(runs);
}

#[test]
fn usage_errors_exit_2_and_leave_stdout_empty() {
    let workshop = Workshop::empty();
    let runs = [
        &["chekc"][..],
        &["explain", "CG9999"],
        &["explain", "--no-such-option"],
        &["completions", "tcsh"],
        &["man", "bild"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert!(runs.iter().all(|run| run.stdout.is_empty()));
    assert_shown!(runs);
}

#[test]
fn a_slip_of_the_keyboard_is_understood() {
    let workshop = Workshop::empty();
    let run = workshop.run(&["explain", "CG042x"]).exits(2);
    assert_shown!(run, @"
    $ explain CG042x
    ---- stderr
    error: no such code: `CG042x`
    hint: did you mean `CG0420`?
    ---- exit code 2
    ");
    let run = workshop.run(&["man", "explian"]).exits(2);
    assert_shown!(run, @"
    $ man explian
    ---- stderr
    error: no such command: `explian`
    hint: did you mean `explain`?
    ---- exit code 2
    ");
}

#[test]
fn every_code_has_a_page() {
    let workshop = Workshop::empty();
    let list = workshop.run(&["explain"]).exits(0).stdout;
    assert!(list.lines().count() > 20);
    for line in list.lines() {
        let code = line.split_whitespace().next().unwrap();
        let page = workshop.run(&["explain", code]).exits(0).stdout;
        assert!(
            page.starts_with(code) && page.contains("Severity: "),
            "{page}"
        );
    }
}

#[test]
fn completions_know_commands_queries_kinds_and_things() {
    let workshop = Workshop::project();
    workshop.write(
        "queries/cities.rq",
        "# title: Cities\n# param: region string = \"x\" # where\nSELECT ?s WHERE { ?s ?p ?region }\n",
    );
    workshop.run(&["build"]).exits(0);
    let runs = ["bash", "zsh", "fish"].map(|shell| workshop.run(&["completions", shell]).exits(0));
    assert_shown!(runs);
    // What the shell is told, as fish asks.
    let offered = |words: &[&str]| {
        let mut command = program(&workshop.path(""));
        command
            .env("COMPLETE", "fish")
            .args(["--", "civigraph"])
            .args(words);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let mut all = String::new();
    for words in [
        &["che"][..],
        &["query", "ci"],
        &["query", "cities", ""],
        // A parameter that has its value is not offered again, nor another query.
        &["query", "cities", "region=x", ""],
        &["list", "ci"],
        &["list", "pre"],
        &["explain", "CG040"],
        &["describe", "city:i"],
    ] {
        all.push_str(&format!("{words:?}\n{}\n", offered(words)));
    }
    assert_shown!(all);
    // The rest of the id of a build depends on the version that made it.
    for words in [&["rollback", ""][..], &["diff", "", ""]] {
        let offered = offered(words);
        assert!(offered.contains("0001-"), "{words:?}: {offered}");
    }
}

#[test]
fn man_pages_are_roff() {
    let workshop = Workshop::empty();
    let runs = [&["man"][..], &["man", "explain"]].map(|page| workshop.run(page).exits(0));
    assert_shown!(runs);
}

/// The commands that a help text lists, `help` left out.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    listed
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_has_examples_and_a_page() {
    let workshop = Workshop::empty();
    let mut waiting: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        seen += 1;
        let name = command.join(" ");
        let with = |before: &[&str], after: &[&str]| -> String {
            let words: Vec<&str> = before
                .iter()
                .copied()
                .chain(command.iter().map(String::as_str))
                .chain(after.iter().copied())
                .collect();
            workshop.run(&words).exits(0).stdout
        };
        let help = with(&[], &["--help"]);
        assert!(help.contains("Examples:\n  civigraph "), "{name}: {help}");
        let page = with(&["man"], &[]);
        assert!(page.contains(".SH EXAMPLES\n.nf\n"), "{name}: {page}");
        for below in commands(&help) {
            let mut longer = command.clone();
            longer.push(below);
            waiting.push(longer);
        }
    }
    assert!(seen > 20, "{seen} commands");
}

#[test]
fn colours_only_where_wanted() {
    let workshop = Workshop::empty();
    let colours = |arguments: &[&str]| workshop.run(arguments).stdout.contains('\u{1b}');
    assert!(!colours(&["explain", "CG0402"]), "a pipe is no terminal");
    assert!(colours(&["explain", "CG0402", "--color", "always"]));
    let output = program(&workshop.path(""))
        .args(["explain", "CG0402"])
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!output.stdout.contains(&0x1b));
    // Help and refusals of arguments are coloured by others, and heed the option too.
    for arguments in [
        &["--color", "always", "--help"][..],
        &["query", "--help", "--color=always"],
        &["--color", "always", "chekc"],
    ] {
        let run = workshop.run(arguments);
        let said = run.stdout + &run.stderr;
        assert!(said.contains('\u{1b}'), "{arguments:?}: {said}");
    }
    assert!(!colours(&["--help", "--color", "never"]));
    assert!(!colours(&["--help", "--", "--color", "always"]));
}

/// Help that is not written whole is not a success.
#[cfg(unix)]
#[test]
fn help_on_a_full_disk() {
    let workshop = Workshop::empty();
    let binary = env!("CARGO_BIN_EXE_civigraph");
    let mut runs = Vec::new();
    for arguments in ["--help", "query --help", "--version"] {
        // A limit that is hit is an error of the write, not a signal.
        let script = format!("trap '' XFSZ; ulimit -f 0; exec '{binary}' {arguments} > help");
        let output = child("sh")
            .args(["-c", &script])
            .current_dir(workshop.path(""))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {output:?}");
        runs.push(Run::new(&[arguments], &output));
    }
    assert_shown!(runs, @"
    $ --help
    ---- stderr
    error: could not write the output: File too large
    ---- exit code 2

    $ 'query --help'
    ---- stderr
    error: could not write the output: File too large
    ---- exit code 2

    $ --version
    ---- stderr
    error: could not write the output: File too large
    ---- exit code 2
    ");
}

#[test]
fn folders_of_documents_and_formats_that_are_none() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let runs = [
        &["check", "--sources", "nosuch"][..],
        &["conflicts", "--sources", "nosuch"],
        &["why", "city:irbit", "--sources", "nosuch"],
        &["export", "-o", "x.csv"],
        &["export", "--format", "cvs"],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs);
    assert!(!workshop.path("x.csv").exists());
}

/// The database takes no path that is not in UTF-8; what does without it does.
#[cfg(target_os = "linux")]
#[test]
fn a_project_whose_path_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let workshop = Workshop::project();
    let name = std::ffi::OsStr::from_bytes(b"n\xFF");
    std::fs::create_dir(workshop.path("").join(name)).unwrap();
    std::fs::rename(
        workshop.path("data"),
        workshop.path("").join(name).join("data"),
    )
    .unwrap();
    let run = |arguments: &[&str]| {
        let output = program(&workshop.path(""))
            .args(arguments)
            .arg("--project")
            .arg(name)
            .output()
            .unwrap();
        Run::new(arguments, &output)
    };
    assert_shown!(run(&["build"]).exits(2), @"
    $ build
    ---- stderr
    error: the path of the store, `n�/.civigraph`, is not in UTF-8
    hint: name another one with `--store DIR`
    ---- exit code 2
    ");
    run(&["check"]).exits(0);
    run(&["build", "--store", "store"]).exits(0);
}

/// A reader that goes away early (`| head`) is not a failure.
#[test]
fn a_closed_pipe_is_success() {
    let mut child = child(env!("CARGO_BIN_EXE_civigraph"))
        .arg("explain")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn outside_a_project() {
    let run = Workshop::empty().run(&["verify"]).exits(2);
    assert_shown!(run, @"
    $ verify
    ---- stderr
    error: `.` is not a project: it has no `data/csv-metadata.json`
    hint: run the command in a project, or name its folder with `--project DIR`; `civigraph new DIR` starts one
    ---- exit code 2
    ");
}

#[test]
fn a_project_that_was_never_built() {
    let run = Workshop::project().run(&["verify"]).exits(2);
    assert_shown!(run, @"
    $ verify
    ---- stderr
    error[CG0801] ./.civigraph: nothing is published here yet
    hint: run `civigraph build` first
    ---- exit code 2
    ");
}
