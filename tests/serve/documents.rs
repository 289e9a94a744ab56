//! What the documents say of the service.

use crate::cli::workshop::Workshop;
use crate::facts::root;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn options_and_defaults_are_those_of_the_program() {
    let help = Workshop::empty().run(&["serve", "--help"]).exits(0).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let serving = read("docs/SERVING.md");
    let mut options = 0;
    for line in serving.lines().filter(|line| line.starts_with("| `--")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let option = cells[0].trim_matches('`');
        let (_, about) = help.split_once(&format!("{option} <")).unwrap();
        let about = about.split(" --").next().unwrap();
        let default = format!("[default: {}", cells[2]);
        assert!(about.contains(&default), "{option}: {about}");
        options += 1;
    }
    assert_eq!(options, 6);
    for text in [&serving, &read("SECURITY.md")] {
        // In the text, and in commands of the program itself.
        let prose: String = text.split("```").step_by(2).collect();
        let commands = text.lines().filter(|line| line.contains("civigraph serve"));
        let words = quoted(&prose)
            .chain(commands)
            .flat_map(str::split_whitespace);
        for word in words.map(|word| word.trim_matches(['`', '.', ',', ';', ':'])) {
            if word.starts_with("--")
                && !["--version", "--project", "--rm", "--entrypoint"].contains(&word)
            {
                assert!(help.contains(word), "{word}");
            }
        }
    }
}

#[test]
fn tests_that_are_named_exist() {
    let folder = root().join("tests/serve");
    let files = std::fs::read_dir(&folder).unwrap();
    let tests: String = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let security = read("SECURITY.md");
    let mut named = 0;
    for row in security
        .lines()
        .filter(|line| line.matches('|').count() == 4)
    {
        let by = row.rsplit('|').nth(1).unwrap();
        for name in quoted(by) {
            named += 1;
            match name.strip_prefix("serve/") {
                Some(file) => assert!(folder.join(file).is_file(), "{name}"),
                None => assert!(tests.contains(&format!("fn {name}()")), "{name}"),
            }
        }
    }
    assert!(named > 10, "{named}");
}

#[test]
fn the_unit_is_shown_as_it_is() {
    let serving = read("docs/SERVING.md");
    let shown = serving
        .split("```ini\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    assert_eq!(shown, read("docs/serving/civigraph.service"));
}
