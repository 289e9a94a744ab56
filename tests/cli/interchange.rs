//! `export --format oxigraph`: a store for Oxigraph's own server, with the feature that brings it.

use super::workshop::{Workshop, assert_shown};

fn built() -> Workshop {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

#[test]
#[cfg(not(feature = "rocksdb"))]
fn without_the_feature_its_name_is_said() {
    let workshop = built();
    let run = workshop
        .run(&["export", "--format", "oxigraph", "-o", "store"])
        .exits(2);
    assert_shown!(run, @"
    $ export --format oxigraph -o store
    ---- stderr
    error[CG0810] store: this program was built without the format `oxigraph`
    hint: `cargo install civigraph --features rocksdb` brings it; or load `--format nquads` into a store of your own
    ---- exit code 2
    ");
    assert!(!workshop.path("store").exists());
}

#[test]
fn what_does_not_go_with_it() {
    let workshop = built();
    let runs = [
        &["export", "--format", "oxigraph"][..],
        &[
            "export", "--format", "oxigraph", "-o", "store", "--graph", "default",
        ],
    ]
    .map(|arguments| workshop.run(arguments).exits(2));
    assert_shown!(runs, @"
    $ export --format oxigraph
    ---- stderr
    error: a store is written to a folder
    hint: name it with `-o DIR`
    ---- exit code 2

    $ export --format oxigraph -o store --graph default
    ---- stderr
    error: a store holds all graphs: `--graph` does not apply to oxigraph
    ---- exit code 2
    ");
    assert!(!workshop.path("store").exists());
}

#[test]
#[cfg(feature = "rocksdb")]
fn a_store_has_the_quads_of_all_graphs() {
    use oxigraph::io::{RdfFormat, RdfParser};
    use oxigraph::store::Store;
    let workshop = built();
    workshop.write("full/note.txt", "mine");
    std::fs::create_dir(workshop.path("empty")).unwrap();
    let export = |folder: &str| workshop.run(&["export", "--format", "oxigraph", "-o", folder]);
    export("full").exits(2);
    assert!(workshop.path("full/note.txt").is_file());
    let dump = workshop
        .run(&["export", "--format", "nquads", "--graph", "all"])
        .exits(0)
        .stdout;
    for folder in ["empty", "new/store"] {
        export(folder).exits(0);
        let store = Store::open(workshop.path(folder)).unwrap();
        let quads = RdfParser::from_format(RdfFormat::NQuads).for_slice(dump.as_bytes());
        for quad in quads {
            let quad = quad.unwrap();
            assert!(store.contains(&quad).unwrap(), "{quad}");
        }
        assert_eq!(store.len().unwrap(), dump.lines().count());
    }
    for folder in ["", "new"] {
        for entry in std::fs::read_dir(workshop.path(folder)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(!name.ends_with(".partial"), "{name}");
        }
    }
}
