//! Every code as a reader meets it: one fixture a code, run as a user calls the program, and a
//! snapshot of what it says and of the page that explains it.
//!
//! `fixtures/CG0401.txt` holds the commands and the files of a code; [`fixture`] says how it is
//! written. `INSTA_UPDATE=always cargo test diagnostics::` renews the snapshots.

mod bounded;
mod fixture;
mod places;

use crate::cli::workshop::Workshop;
use civigraph::diagnostic::Code;
use fixture::Fixture;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Codes that no input provokes, and why.
const NOT_PROVOKED: &[(Code, &str)] = &[
    (
        Code::QueryFailed,
        "an internal failure: a thread that cannot be started, an evaluation that breaks off",
    ),
    (
        Code::InverseDiffers,
        "a safety net: what could make tables and graph differ is refused before",
    ),
    (
        Code::InverseValue,
        "a safety net: a value that a column cannot hold is not taken for one of its own",
    ),
    (
        Code::UnlabelledNode,
        "needs two dumps; `cli::blank_nodes` has them",
    ),
    (
        Code::Miscount,
        "a defect of the store between loading and verifying; `store::tests` makes one",
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The names of the fixtures, each that of a code.
fn fixtures() -> BTreeSet<String> {
    std::fs::read_dir(folder().join("fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_code_has_a_fixture_or_a_reason() {
    let fixtures = fixtures();
    for code in Code::ALL {
        let excused = NOT_PROVOKED.iter().any(|(excused, _)| excused == code);
        assert_ne!(
            fixtures.contains(code.as_str()),
            excused,
            "{code} needs a fixture, or a reason why it has none, and not both"
        );
    }
    for name in &fixtures {
        assert!(Code::parse(name).is_some(), "{name} is no code");
    }
}

#[test]
fn reports_and_pages() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in fixtures() {
            let report = Fixture::read(&folder(), &name).run();
            let reported = report.contains(&format!("[{name}]"));
            assert!(reported, "{name} is not reported:\n{report}");
            let page = Workshop::empty().run(&["explain", &name]).exits(0).stdout;
            let said = format!("{report}$ explain {name}\n{page}");
            insta::assert_snapshot!(name, said);
        }
    });
}
