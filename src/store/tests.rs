//! Builds made, published, opened, damaged.

use super::*;
use crate::diagnostic::Code;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, Quad, Term};
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

type Tested = Result<(), Box<dyn Error>>;

const BASE: &str = "http://e/";

fn node(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{BASE}{name}"))
}

fn quad(subject: &str, property: &str, object: impl Into<Term>, graph: &str) -> Quad {
    let graph = match graph {
        "" => GraphName::DefaultGraph,
        name => node(&format!("graph/{name}")).into(),
    };
    Quad::new(node(subject), node(property), object, graph)
}

fn some_quads() -> Vec<Quad> {
    vec![
        Quad::new(
            node("id/city/irbit"),
            rdf::TYPE,
            node("ns#City"),
            GraphName::DefaultGraph,
        ),
        quad(
            "id/city/irbit",
            "ns#name",
            Literal::new_language_tagged_literal_unchecked("Ирбит", "ru"),
            "",
        ),
        quad("id/city/irbit", "ns#code", Literal::from("x"), "register"),
    ]
}

fn options() -> BuildOptions {
    BuildOptions {
        threads: 2,
        ..BuildOptions::default()
    }
}

fn description() -> BuildDescription {
    BuildDescription {
        base: BASE.to_owned(),
        ..BuildDescription::default()
    }
}

fn publish(
    root: &Path,
    quads: Vec<Quad>,
    options: BuildOptions,
) -> Result<PublishedBuild, StoreError> {
    let builder = Builder::begin(root, options)?;
    builder.add(quads)?;
    builder.publish(description())
}

fn lines(build: &Build) -> Result<Vec<String>, Box<dyn Error>> {
    Ok(build.lines()?.lines().collect::<Result<_, _>>()?)
}

#[test]
fn published_and_opened() -> Tested {
    let folder = tempfile::tempdir()?;
    let mut quads = some_quads();
    quads.extend(some_quads());
    let published = publish(folder.path(), quads, options())?;
    let build = open(folder.path())?;
    assert_eq!(build.manifest(), &published.manifest);
    assert_eq!(build.manifest().statistics.quads, 3);
    assert_eq!(
        build.manifest().statistics.things.get("city"),
        Some(&1),
        "things are counted by kind"
    );
    let text: Vec<u8> = lines(&build)?
        .iter()
        .flat_map(|line| format!("{line}\n").into_bytes())
        .collect();
    assert_eq!(crate::digest::sha256_hex(&text), build.manifest().digest);
    for quad in some_quads() {
        assert!(build.index().contains(&quad)?, "{quad}");
    }
    assert!(
        build
            .index()
            .named_graphs()?
            .contains(&node("graph/release").into())
    );
    verify(&build)?;
    assert!(
        fs::read_dir(folder.path().join("builds"))?.count() == 1,
        "no litter"
    );
    Ok(())
}

#[test]
fn the_digest_depends_on_the_quads_alone() -> Tested {
    let quads = || {
        let mut quads = some_quads();
        quads.extend((0..500).map(|i| {
            quad(
                &format!("id/n/{i}"),
                "ns#p",
                BlankNode::new_unchecked(format!("b{}", i % 3)),
                "",
            )
        }));
        quads
    };
    let mut digests = Vec::new();
    for (threads, memory, reversed) in [(1, usize::MAX, false), (2, 1, false), (4, 999, true)] {
        let folder = tempfile::tempdir()?;
        let mut quads = quads();
        if reversed {
            quads.reverse();
        }
        let options = BuildOptions {
            threads,
            memory,
            ..options()
        };
        digests.push(publish(folder.path(), quads, options)?.manifest.digest);
    }
    assert_eq!(digests.first(), digests.get(1));
    assert_eq!(digests.first(), digests.get(2));

    // What sophia makes of the whole dataset is the same hash.
    let dataset: std::collections::HashSet<_> = quads().iter().map(blank::to_sophia).collect();
    let mut canonical = Vec::new();
    sophia::c14n::rdfc10::normalize(&dataset, &mut canonical)?;
    assert_eq!(
        digests.first(),
        Some(&crate::digest::sha256_hex(&canonical))
    );
    Ok(())
}

#[test]
fn literals_keep_their_form_beside_the_store() -> Tested {
    let folder = tempfile::tempdir()?;
    let number = |text: &str| Literal::new_typed_literal(text, xsd::INTEGER);
    let quads = vec![
        quad("a", "p", number("007"), ""),
        quad("a", "p", number("7"), ""),
        quad(
            "a",
            "q",
            Literal::new_typed_literal("1.50", xsd::DECIMAL),
            "",
        ),
        quad(
            "a",
            "r",
            Literal::new_language_tagged_literal_unchecked("x", "ru-Latn"),
            "",
        ),
    ];
    publish(folder.path(), quads, options())?;
    let build = open(folder.path())?;
    let text = lines(&build)?.join("\n");
    for form in ["\"007\"", "\"7\"", "\"1.50\"", "@ru-Latn"] {
        assert!(text.contains(form), "{form} in {text}");
    }
    assert_eq!(build.manifest().statistics.quads, 4);
    verify(&build)?;
    Ok(())
}

#[test]
fn readers_keep_their_build_and_pruning_waits_for_them() -> Tested {
    let folder = tempfile::tempdir()?;
    let keep_one = || BuildOptions {
        keep: 1,
        ..options()
    };
    let first = publish(folder.path(), some_quads(), keep_one())?
        .manifest
        .id;
    let reader = open(folder.path())?;
    let mut quads = some_quads();
    quads.push(quad("id/city/tara", "ns#code", Literal::from("y"), ""));
    let second = publish(folder.path(), quads.clone(), keep_one())?;
    assert!(second.pruned.is_empty());
    assert_eq!(reader.manifest().id, first);
    assert_eq!(lines(&reader)?.len(), 3);
    drop(reader);
    assert_eq!(open(folder.path())?.manifest().id, second.manifest.id);
    quads.pop();
    let third = publish(folder.path(), quads, keep_one())?;
    assert_eq!(third.pruned, [first, second.manifest.id]);
    let (all, current) = builds(folder.path())?;
    assert_eq!(all.len(), 1);
    assert_eq!(current, Some(third.manifest.id));
    Ok(())
}

#[test]
fn a_build_given_up_leaves_what_is_published() -> Tested {
    let folder = tempfile::tempdir()?;
    let id = publish(folder.path(), some_quads(), options())?.manifest.id;
    let builder = Builder::begin(folder.path(), options())?;
    builder.add(vec![quad("a", "b", node("c"), "")])?;
    let refusal = Builder::begin(folder.path(), options()).err();
    assert_eq!(refusal.map(|e| e.code()), Some(Code::BuilderRunning));
    drop(builder);
    assert_eq!(open(folder.path())?.manifest().id, id);
    assert_eq!(fs::read_dir(folder.path().join("builds"))?.count(), 1);
    publish(folder.path(), some_quads(), options())?;
    Ok(())
}

#[test]
fn rolled_back_to_an_older_build() -> Tested {
    let folder = tempfile::tempdir()?;
    let first = publish(folder.path(), some_quads(), options())?.manifest.id;
    let mut quads = some_quads();
    quads.push(quad("a", "b", node("c"), ""));
    let second = publish(folder.path(), quads, options())?.manifest.id;
    roll_back(folder.path(), Some(&first))?;
    assert_eq!(open(folder.path())?.manifest().id, first);
    roll_back(folder.path(), Some(&second))?;
    assert_eq!(open(folder.path())?.manifest().id, second);
    for id in ["0009-00000000", "nonsense", "../x"] {
        let refusal = roll_back(folder.path(), Some(id)).err();
        assert_eq!(refusal.map(|e| e.code()), Some(Code::NoBuild), "{id}");
    }
    assert_eq!(open(folder.path())?.manifest().id, second);
    Ok(())
}

#[test]
fn litter_is_swept() -> Tested {
    let folder = tempfile::tempdir()?;
    let litter = folder.path().join("builds/tmp-0001-4242/store");
    fs::create_dir_all(&litter)?;
    fs::write(litter.join("run-1"), "half a file")?;
    publish(folder.path(), some_quads(), options())?;
    assert_eq!(fs::read_dir(folder.path().join("builds"))?.count(), 1);
    Ok(())
}

/// Publishes a build, lets `damage` at its folder, and expects a refusal at opening.
fn check_damage(expected: Code, damage: impl FnOnce(&Path) -> std::io::Result<()>) -> Tested {
    let folder = tempfile::tempdir()?;
    let id = publish(folder.path(), some_quads(), options())?.manifest.id;
    damage(&folder.path().join("builds").join(id))?;
    match open(folder.path()) {
        Ok(_) => Err("opened".into()),
        Err(refusal) if refusal.code() == expected => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Files of the store whose names end so.
/// The files of the index that are not empty.
fn index_files(build: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(build.join("index"))? {
        let entry = entry?;
        if entry.metadata()?.len() > 0 {
            files.push(entry.path());
        }
    }
    files.sort();
    assert!(!files.is_empty());
    Ok(files)
}

fn flip(path: &Path, at: usize) -> std::io::Result<()> {
    let mut bytes = fs::read(path)?;
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
    fs::write(path, bytes)
}

#[test]
fn a_missing_build_is_refused() -> Tested {
    let folder = tempfile::tempdir()?;
    for path in [folder.path().to_owned(), folder.path().join("nowhere")] {
        let refusal = open(&path).err().ok_or("opened")?;
        assert_eq!(refusal.code(), Code::NoBuild);
    }
    assert!(
        !folder.path().join("nowhere").exists(),
        "opening creates nothing"
    );
    check_damage(Code::NoBuild, |build| fs::remove_dir_all(build))
}

#[test]
fn a_missing_file_is_refused() -> Tested {
    for name in [
        "index/spo",
        "index/header",
        "release.nq",
        "others.nq.zst",
        "pin",
    ] {
        check_damage(Code::TornBuild, |build| fs::remove_file(build.join(name)))
            .map_err(|e| format!("{name}: {e}"))?;
    }
    check_damage(Code::TornBuild, |build| {
        for file in index_files(build)? {
            fs::remove_file(file)?;
        }
        Ok(())
    })
}

#[test]
fn a_cut_file_is_refused() -> Tested {
    for name in ["index/spo", "index/terms", "manifest.json", "release.nq"] {
        check_damage(Code::TornBuild, |build| {
            let file = OpenOptions::new().write(true).open(build.join(name))?;
            file.set_len(file.metadata()?.len() - 1)
        })?;
    }
    check_damage(Code::TornBuild, |build| {
        let file = OpenOptions::new()
            .write(true)
            .open(build.join("manifest.json"))?;
        file.set_len(100)
    })
}

#[test]
fn a_flipped_bit_is_found() -> Tested {
    let folder = tempfile::tempdir()?;
    let id = publish(folder.path(), some_quads(), options())?.manifest.id;
    let build = folder.path().join("builds").join(id);
    let manifest = build.join("manifest.json");
    let length = fs::metadata(&manifest)?.len() as usize;
    for at in (0..length).step_by(97) {
        flip(&manifest, at)?;
        assert!(open(folder.path()).is_err(), "byte {at} of the manifest");
        flip(&manifest, at)?;
    }
    for file in index_files(&build)? {
        let middle = fs::metadata(&file)?.len() as usize / 2;
        flip(&file, middle)?;
        let found = match open(folder.path()) {
            Ok(opened) => verify(&opened).is_err(),
            Err(refusal) => refusal.code() == Code::TornBuild,
        };
        assert!(found, "{}", file.display());
        flip(&file, middle)?;
    }
    verify(&open(folder.path())?)?;
    Ok(())
}

#[test]
fn a_foreign_folder_is_refused() -> Tested {
    check_damage(Code::ForeignStore, |build| {
        fs::remove_file(build.join("manifest.json"))
    })?;
    // The index of another build in place of its own.
    let other = tempfile::tempdir()?;
    let quads = vec![quad("z", "z", node("z"), "")];
    let id = publish(other.path(), quads, options())?.manifest.id;
    let foreign = other.path().join("builds").join(&id);
    check_damage(Code::TornBuild, |build| {
        fs::remove_dir_all(build.join("index"))?;
        fs::rename(foreign.join("index"), build.join("index"))
    })?;
    // A build under the name of another.
    let folder = tempfile::tempdir()?;
    let id = publish(folder.path(), some_quads(), options())?.manifest.id;
    let builds = folder.path().join("builds");
    fs::rename(builds.join(id), builds.join("0009-00000000"))?;
    fs::write(folder.path().join("current"), "0009-00000000\n")?;
    let refusal = open(folder.path()).err().ok_or("opened")?;
    assert_eq!(refusal.code(), Code::ForeignStore);
    Ok(())
}

#[test]
fn a_new_file_in_a_build_is_refused() -> Tested {
    check_damage(Code::TornBuild, |build| {
        fs::File::create(build.join("index/999999"))?.write_all(b"x")
    })
}

#[test]
fn another_format_is_refused() -> Tested {
    check_damage(Code::OtherFormat, |build| {
        let path = build.join("manifest.json");
        let text = fs::read_to_string(&path)?.replace("\"format\": 3", "\"format\": 99");
        fs::write(path, text)
    })
}

#[test]
fn changes_between_builds() -> Tested {
    let folder = tempfile::tempdir()?;
    let input = |name: &str, sha256: &str| BuildInput {
        name: name.to_owned(),
        bytes: 1,
        sha256: sha256.to_owned(),
        rows: None,
    };
    let publish = |quads: Vec<Quad>, inputs: Vec<BuildInput>| -> Result<Manifest, StoreError> {
        let builder = Builder::begin(folder.path(), options())?;
        builder.add(quads)?;
        let description = BuildDescription {
            inputs,
            ..description()
        };
        Ok(builder.publish(description)?.manifest)
    };
    let old = publish(some_quads(), vec![input("a", "1"), input("b", "1")])?;
    let mut quads = some_quads();
    quads.pop();
    quads.push(quad("id/city/tara", "ns#code", Literal::from("y"), ""));
    quads.push(quad("id/city/tara", "ns#code", Literal::from("z"), ""));
    let new = publish(quads, vec![input("b", "2"), input("c", "1")])?;
    let found = changes(folder.path(), &old, &new)?;
    let counts = |graph: &str| found.graphs.get(graph).map(|c| (c.added, c.removed));
    assert_eq!(counts(""), Some((2, 0)));
    assert_eq!(counts("http://e/graph/register"), Some((0, 1)));
    assert_eq!(
        found.total(),
        QuadCounts {
            added: 2,
            removed: 1
        }
    );
    let inputs: Vec<_> = found
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.change))
        .collect();
    assert_eq!(
        inputs,
        [
            ("a", FileChange::Removed),
            ("b", FileChange::Changed),
            ("c", FileChange::Added)
        ]
    );
    assert_eq!(changes(folder.path(), &new, &new)?, BuildChanges::default());
    Ok(())
}

/// Publishes builds that differ, and gives their ids.
fn several(root: &Path, count: usize) -> Result<Vec<String>, StoreError> {
    (0..count)
        .map(|number| {
            let code = Literal::from(number.to_string());
            let quads = vec![quad("id/city/tara", "ns#code", code, "")];
            Ok(publish(root, quads, options())?.manifest.id)
        })
        .collect()
}

#[test]
fn rolled_back_and_not_pruned() -> Tested {
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    let ids = several(root, 3)?;
    let rolled = roll_back(root, None)?;
    assert_eq!(rolled.from.as_ref(), ids.get(2));
    assert_eq!(Some(&rolled.manifest.id), ids.get(1));
    assert_eq!(open(root)?.manifest(), &rolled.manifest);
    let rolled = roll_back(root, ids.first().map(String::as_str))?;
    assert_eq!(Some(&rolled.manifest.id), ids.first());
    // The oldest one is what was published before: the next build keeps it.
    let next = publish(root, some_quads(), options())?;
    assert_eq!(
        next.pruned.as_slice(),
        ids.get(1..2).ok_or("no second build")?
    );
    let (all, _) = builds(root)?;
    let first = all.first().map(|manifest| &manifest.id);
    assert_eq!(first, ids.first());
    Ok(())
}

#[test]
fn what_cannot_be_rolled_back_to() -> Tested {
    let folder = tempfile::tempdir()?;
    let root = folder.path();
    let refused = |id: Option<&str>| roll_back(root, id).err().map(|error| error.code());
    assert_eq!(refused(None), Some(Code::NoBuild));
    assert_eq!(refused(Some("0001-ab")), Some(Code::NoBuild));
    let ids = several(root, 2)?;
    let published =
        |id: &String| -> Result<bool, StoreError> { Ok(open(root)?.manifest().id == *id) };
    let first = ids.first().ok_or("no build")?;
    let second = ids.get(1).ok_or("no second build")?;
    assert_eq!(refused(Some("../current")), Some(Code::NoBuild));
    assert_eq!(refused(Some("0009-ab")), Some(Code::NoBuild));
    let running = Builder::begin(root, options())?;
    assert_eq!(refused(None), Some(Code::BuilderRunning));
    drop(running);
    let build = root.join("builds").join(first);
    for file in index_files(&build)? {
        flip(&file, 9)?;
    }
    assert_eq!(refused(None), Some(Code::TornBuild));
    assert!(published(second)?);
    roll_back(root, Some(second))?;
    fs::remove_file(root.join("current"))?;
    roll_back(root, Some(second))?;
    assert!(published(second)?);
    Ok(())
}
