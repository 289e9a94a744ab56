//! Tests of the whole: what is written is found.

mod scan;

use crate::manifest::IndexManifest;
use crate::{
    ErrorKind, IndexWriter, Options, TextEntry, TextIndex, TextKind, TextQuery, WordMatch,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";

/// Subject, text, language, kind, weight.
type Row = (
    &'static str,
    &'static str,
    Option<&'static str>,
    TextKind,
    f32,
);

const ROWS: &[Row] = &[
    ("zhel", "Железногорск", Some("ru"), TextKind::Label, 1.0),
    ("zhel", "Zheleznogorsk", Some("en"), TextKind::Label, 1.0),
    ("zhel", "Красноярск-26", Some("ru"), TextKind::AltLabel, 1.0),
    (
        "zhel-kursk",
        "Железногорск (Курская область)",
        Some("ru"),
        TextKind::Label,
        1.0,
    ),
    (
        "museum",
        "Музей истории Железногорска",
        Some("ru"),
        TextKind::Label,
        1.0,
    ),
    (
        "museum",
        "Открыт в Железногорске в 1950-х — о городах Сибири",
        Some("ru"),
        TextKind::Text,
        1.0,
    ),
    ("orel", "Орёл", Some("ru"), TextKind::Label, 1.0),
    (
        "forum",
        "Форум «Города\u{a0}— России»",
        Some("ru"),
        TextKind::Label,
        1.0,
    ),
    ("ola", "Йошкар‑Ола", None, TextKind::Label, 1.0),
    (
        "dostoevsky",
        "Dostoyevsky, Fyodor",
        Some("en"),
        TextKind::Label,
        1.0,
    ),
    ("misha", "Михаил Ларионов", Some("ru"), TextKind::Label, 1.0),
    (
        "cities",
        "World cities of the museum",
        Some("en"),
        TextKind::Label,
        1.0,
    ),
    ("small", "Заря", Some("ru"), TextKind::Label, 1.0),
    ("big", "Заря", Some("ru"), TextKind::Label, 9.0),
    ("alt", "Заря", Some("ru-Latn"), TextKind::AltLabel, 99.0),
    ("nothing", " — ", None, TextKind::Label, 1.0),
];

fn write(folder: &Path, rows: &[Row], options: Options) -> u64 {
    let mut writer = IndexWriter::create(folder, options).unwrap();
    for (subject, text, language, kind, weight) in rows {
        writer
            .add(TextEntry {
                subject,
                property: LABEL,
                text,
                language: *language,
                kind: *kind,
                weight: *weight,
            })
            .unwrap();
    }
    writer.finish().unwrap().documents
}

/// An index of [`ROWS`].
fn index() -> (tempfile::TempDir, TextIndex) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    assert_eq!(
        write(&path, ROWS, Options::default()),
        ROWS.len() as u64 - 1
    );
    let index = TextIndex::open(path).unwrap();
    (folder, index)
}

/// What a query finds: subjects and how they were found.
#[track_caller]
fn check(index: &TextIndex, query: &TextQuery, expected: &[(&str, WordMatch)]) {
    let hits = index.search(query).unwrap();
    let found: Vec<(&str, WordMatch)> = hits
        .iter()
        .map(|hit| (hit.subject.as_str(), hit.matched))
        .collect();
    assert_eq!(found, expected, "{query:?}");
    assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
}

#[test]
fn finds_words_in_all_their_forms() {
    use WordMatch::{Exact, Fuzzy, Prefix, Stem, Transliterated};
    let (_folder, index) = index();
    for (text, expected) in [
        // Whole names first, then longer ones, other forms, the other script, and texts.
        (
            "железногорск",
            &[
                ("zhel", Exact),
                ("zhel-kursk", Exact),
                ("museum", Stem),
                ("zhel", Transliterated),
                ("museum", Stem),
            ][..],
        ),
        (
            "ЖЕЛЕЗН",
            &[
                ("zhel", Prefix),
                ("museum", Prefix),
                ("zhel-kursk", Prefix),
                ("zhel", Transliterated),
                ("museum", Prefix),
            ],
        ),
        (
            "Zheleznogorsk",
            &[
                ("zhel", Exact),
                ("zhel", Transliterated),
                ("museum", Transliterated),
                ("zhel-kursk", Transliterated),
                ("museum", Transliterated),
            ],
        ),
        ("орел", &[("orel", Exact)]),
        ("город России", &[("forum", Stem)]),
        ("«города России»", &[("forum", Exact)]),
        ("йошкар ола", &[("ola", Exact)]),
        ("Yoshkar-Ola", &[("ola", Transliterated)]),
        ("Фёдор Достоевский", &[("dostoevsky", Transliterated)]),
        ("Fedor Dostoevskij", &[("dostoevsky", Transliterated)]),
        ("Mihail", &[("misha", Transliterated)]),
        ("Ларионова Михаила", &[("misha", Stem)]),
        ("Лирионов", &[("misha", Fuzzy)]),
        ("Ларинов Мизаил", &[("misha", Fuzzy)]),
        ("Laironov", &[("misha", Fuzzy)]),
        ("city museums", &[("cities", Stem)]),
        ("26 красноярск", &[("zhel", Exact)]),
        ("заря", &[("big", Exact), ("small", Exact), ("alt", Exact)]),
        ("сибирь города", &[("museum", Stem)]),
        ("железногорск заря", &[]),
        ("ъ", &[]),
        ("ььььььььь", &[]),
        ("", &[]),
        (" «—» ", &[]),
    ] {
        check(&index, &TextQuery::new(text), expected);
    }
}

#[test]
fn asks_for_less() {
    use WordMatch::{Exact, Partial};
    let (_folder, index) = index();
    let all = |text: &str| TextQuery::new(text);
    for (query, expected) in [
        (
            TextQuery {
                prefix: false,
                ..all("железн")
            },
            &[][..],
        ),
        (
            TextQuery {
                fuzzy: false,
                ..all("лирионов")
            },
            &[],
        ),
        (
            TextQuery {
                limit: 1,
                ..all("железногорск")
            },
            &[("zhel", Exact)],
        ),
        (
            TextQuery {
                limit: 0,
                ..all("железногорск")
            },
            &[],
        ),
        (
            TextQuery {
                kinds: vec![TextKind::AltLabel],
                ..all("заря")
            },
            &[("alt", Exact)],
        ),
        (
            TextQuery {
                languages: vec!["RU".to_owned()],
                ..all("заря")
            },
            &[("big", Exact), ("small", Exact), ("alt", Exact)],
        ),
        (
            TextQuery {
                languages: vec!["ru-latn".to_owned()],
                ..all("заря")
            },
            &[("alt", Exact)],
        ),
        (
            TextQuery {
                languages: vec!["*".to_owned()],
                ..all("ола")
            },
            &[],
        ),
        (
            TextQuery {
                languages: vec![String::new()],
                ..all("ола")
            },
            &[("ola", Exact)],
        ),
        (
            TextQuery {
                partial: true,
                ..all("заря космос")
            },
            &[("big", Partial), ("small", Partial), ("alt", Partial)],
        ),
    ] {
        check(&index, &query, expected);
    }
}

#[test]
fn a_subject_is_found_once() {
    let (_folder, index) = index();
    let found = index.search_subjects("железногорск", 10).unwrap();
    let subjects: Vec<&str> = found.iter().map(|(iri, _)| iri.as_str()).collect();
    assert_eq!(subjects, ["zhel", "zhel-kursk", "museum"]);
}

#[test]
fn a_hit_has_what_was_written() {
    let (_folder, index) = index();
    let hits = index.search(&TextQuery::new("йошкар")).unwrap();
    let hit = &hits[0];
    assert_eq!(
        (
            hit.property.as_str(),
            hit.text.as_str(),
            &hit.language,
            hit.kind
        ),
        (LABEL, "Йошкар‑Ола", &None, TextKind::Label)
    );
    let hits = index.search(&TextQuery::new("Сибирь")).unwrap();
    assert_eq!(hits[0].language.as_deref(), Some("ru"));
    assert_eq!(hits[0].kind, TextKind::Text);
}

#[test]
fn threads_share_an_index() {
    let (_folder, index) = index();
    let expected = index.search(&TextQuery::new("железногорск")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(
                        index.search(&TextQuery::new("железногорск")).unwrap(),
                        expected
                    );
                }
            });
        }
    });
}

/// The files of a folder and their bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn ways_to_write_make_no_difference() {
    // Enough for several sorted parts in the least memory there is.
    let rows: Vec<(String, String)> = (0..60_000)
        .map(|number| {
            let text = format!(
                "Участник {} форума {number} {:030}",
                number % 7,
                number % 99
            );
            (format!("https://example.org/{:050}", number % 3_000), text)
        })
        .collect();
    let least = Options { memory: 0 };
    let written: Vec<_> = [(Options::default(), false), (least, false), (least, true)]
        .into_iter()
        .map(|(options, reversed)| {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = IndexWriter::create(folder.path(), options).unwrap();
            let mut add = |(subject, text): &(String, String)| {
                writer.add(TextEntry::label(subject, LABEL, text)).unwrap();
            };
            if reversed {
                rows.iter().rev().for_each(&mut add);
            } else {
                rows.iter().for_each(&mut add);
            }
            let summary = writer.finish().unwrap();
            assert_eq!(summary.documents, 60_000);
            let index = TextIndex::open(folder.path()).unwrap();
            index.verify().unwrap();
            assert_eq!(index.bytes(), summary.bytes);
            let query = TextQuery {
                limit: 25,
                ..TextQuery::new("форм 5999")
            };
            assert_eq!(index.search(&query).unwrap().len(), 25);
            files(folder.path())
        })
        .collect();
    // Nothing but the index is left.
    assert_eq!(written[0].len(), 12);
    for other in &written[1..] {
        assert_eq!(
            other.keys().collect::<Vec<_>>(),
            written[0].keys().collect::<Vec<_>>()
        );
        for (name, bytes) in other {
            assert!(*bytes == written[0][name], "{name}");
        }
    }
}

#[test]
fn an_empty_index_finds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(folder.path(), &[], Options::default()), 0);
    let index = TextIndex::open(folder.path()).unwrap();
    check(&index, &TextQuery::new("заря"), &[]);
    index.verify().unwrap();
}

#[test]
fn folders_that_are_no_index_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let kind = |path: &Path| TextIndex::open(path).unwrap_err().kind();
    assert_eq!(kind(&folder.path().join("missing")), ErrorKind::NotFound);
    assert_eq!(kind(folder.path()), ErrorKind::NotAnIndex);
    fs::write(folder.path().join("manifest"), "something else\n").unwrap();
    assert_eq!(kind(folder.path()), ErrorKind::NotAnIndex);
    assert_eq!(kind(&folder.path().join("manifest")), ErrorKind::NotAnIndex);
    fs::write(folder.path().join("manifest"), "civigraph-text 99\n").unwrap();
    assert_eq!(kind(folder.path()), ErrorKind::Version);
    let error = IndexWriter::create(folder.path(), Options::default())
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Exists);
    // A writer that was dropped leaves no index.
    let unfinished = folder.path().join("unfinished");
    let mut writer = IndexWriter::create(&unfinished, Options::default()).unwrap();
    writer.add(TextEntry::label("s", LABEL, "Заря")).unwrap();
    drop(writer);
    assert_eq!(kind(&unfinished), ErrorKind::NotAnIndex);
}

/// All queries of one index, or the first error.
fn answers(folder: &Path) -> Result<Vec<Vec<crate::Hit>>, crate::Error> {
    let index = TextIndex::open(folder)?;
    ["железногорск", "заря", "сибирь", "Laironov", "щщщщщ", "м"]
        .iter()
        .map(|text| index.search(&TextQuery::new(*text)))
        .collect()
}

#[test]
fn damage_is_an_error_and_never_another_answer() {
    let (folder, index) = index();
    drop(index);
    let path = folder.path().join("text");
    let expected = answers(&path).unwrap();
    let (mut errors, mut same) = (0, 0);
    for (name, bytes) in files(&path) {
        let file = path.join(&name);
        let mut damaged: Vec<Option<Vec<u8>>> = vec![None, Some(bytes[..bytes.len() / 2].to_vec())];
        damaged.extend((0..bytes.len()).map(|at| {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << (at % 8);
            Some(bytes)
        }));
        for damaged in damaged {
            if file.exists() {
                fs::remove_file(&file).unwrap();
            }
            if let Some(damaged) = &damaged {
                fs::write(&file, damaged).unwrap();
            }
            match answers(&path) {
                Ok(answers) => {
                    assert_eq!(answers, expected, "{file:?}");
                    assert!(TextIndex::open(&path).unwrap().verify().is_err());
                    same += 1;
                }
                Err(error) => {
                    assert!(
                        matches!(
                            error.kind(),
                            ErrorKind::Damaged | ErrorKind::NotAnIndex | ErrorKind::Version
                        ),
                        "{error:?}"
                    );
                    assert!(error.path().starts_with(&path), "{error:?}");
                    errors += 1;
                }
            }
        }
        fs::write(&file, &bytes).unwrap();
    }
    assert!(errors > 20 * same, "{errors} errors, {same} not read");
    assert_eq!(answers(&path).unwrap(), expected);
}

#[test]
fn forged_files_give_answers_or_errors() {
    let (folder, index) = index();
    drop(index);
    let path = folder.path().join("text");
    let manifest = IndexManifest::read(&path).unwrap();
    let (mut errors, mut answered) = (0, 0);
    for (name, bytes) in files(&path) {
        if !manifest.files.contains_key(&name) {
            continue;
        }
        for (at, flipped) in (0..bytes.len())
            .step_by(3)
            .zip([1, 0x80, 0xff, 0x10].into_iter().cycle())
        {
            // With checksums that fit, as no damage makes them.
            let mut bytes = bytes.clone();
            bytes[at] ^= flipped;
            let mut forged = manifest.clone();
            forged.files.get_mut(&name).unwrap().pages = vec![crc32fast::hash(&bytes)];
            fs::write(path.join(&name), bytes).unwrap();
            fs::write(path.join("manifest"), forged.text()).unwrap();
            match answers(&path) {
                Ok(_) => answered += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Damaged, "{error:?}");
                    errors += 1;
                }
            }
        }
        fs::write(path.join(&name), &bytes).unwrap();
    }
    assert!(errors > 100 && answered > 100, "{errors} {answered}");
}
