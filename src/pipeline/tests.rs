//! Amended builds against builds from nothing.

use super::*;
use crate::diagnostic::ReadingMode;
use crate::store::{Build, open, verify};
use civigraph_text::{Hit, TextQuery};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Read;

type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// All that two builds of the same project must share.
#[derive(Debug, PartialEq)]
struct Graph {
    digest: String,
    statistics: crate::store::Statistics,
    release: String,
    lines: String,
    files: BTreeMap<&'static str, Vec<u8>>,
    others: String,
    stored: Vec<String>,
    graphs: Vec<String>,
    /// What a search finds, whose files depend on the order of texts.
    texts: Vec<Hit>,
}

impl Graph {
    fn of(build: &Build) -> Tested<Self> {
        verify(build)?;
        let manifest = build.manifest();
        let mut lines = String::new();
        build.lines()?.read_to_string(&mut lines)?;
        let others = fs::File::open(build.folder().join("others.nq.zst"))?;
        let others = zstd::decode_all(others)?;
        let mut stored: Vec<String> = build
            .index()
            .quads_for_pattern(None, None, None, None)
            .map(|quad| quad.map(|quad| quad.to_string()))
            .collect::<Result<_, _>>()?;
        stored.sort();
        let mut graphs: Vec<String> = build
            .index()
            .named_graphs()?
            .iter()
            .map(|graph| graph.to_string())
            .collect();
        graphs.sort();
        let mut texts = Vec::new();
        if let Some(text) = build.text()? {
            for words in ["irbit", "irbitt", "город", "a"] {
                let limit = 10_000;
                texts.extend(text.search(&TextQuery {
                    limit,
                    ..TextQuery::new(words)
                })?);
            }
        }
        let mut files = BTreeMap::new();
        let names = civigraph_index::Index::file_names().map(|name| (name, "index"));
        for (name, folder) in names.chain([("digest-states.json", "")]) {
            let path = build.folder().join(folder).join(name);
            files.insert(name, fs::read(path)?);
        }
        Ok(Self {
            digest: manifest.digest.clone(),
            statistics: manifest.statistics.clone(),
            release: String::from_utf8(build.release_lines()?)?,
            lines,
            files,
            others: String::from_utf8(others)?,
            stored,
            graphs,
            texts,
        })
    }
}

/// A project in a temporary folder, with a store that is amended and one that is always built anew.
struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn edit(&self, name: &str, edit: impl FnOnce(String) -> String) -> Tested {
        let before = fs::read_to_string(self.path(name))?;
        let after = edit(before.clone());
        assert_ne!(before, after, "the edit of {name} changes nothing");
        fs::write(self.path(name), after)?;
        Ok(())
    }

    fn build(&self, store: &str, amend: bool) -> Tested<Option<Build>> {
        let root = self.path(store);
        let project = Project::open(self.folder.path(), Some(&root)).map_err(io::Error::other)?;
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let options = BuildOptions {
            threads: 2,
            keep: 1,
            amend,
            ..BuildOptions::default()
        };
        let published = build(&project, options, None, &mut diagnostics)?;
        let Some((published, _)) = published else {
            let found: Vec<String> = diagnostics.iter().map(|d| d.message.clone()).collect();
            assert!(found.is_empty(), "{found:?}");
            return Ok(None);
        };
        let build = open(&root)?;
        assert_eq!(build.manifest().id, published.manifest.id);
        let (all, _) = store::builds(&root)?;
        assert_eq!(all.len(), 1, "the build before was not pruned");
        Ok(Some(build))
    }

    /// Builds both ways and compares; says how many builds were amended in a row.
    fn both(&self) -> Tested<Option<u64>> {
        let amended = self.build("amended", true)?;
        let anew = self.build("anew", false)?;
        let (Some(amended), Some(anew)) = (amended, anew) else {
            return Ok(None);
        };
        assert_eq!(Graph::of(&amended)?, Graph::of(&anew)?);
        assert_eq!(anew.manifest().amended.builds, 0);
        Ok(Some(amended.manifest().amended.builds))
    }
}

/// The shipped project.
fn shipped() -> Tested<Workshop> {
    let folder = tempfile::tempdir()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["data", "ontology", "ontology/rules"] {
        fs::create_dir_all(folder.path().join(part))?;
        for entry in fs::read_dir(root.join(part))? {
            let path = entry?.path();
            if path.is_file() {
                let name = path.file_name().unwrap_or_default();
                fs::copy(&path, folder.path().join(part).join(name))?;
            }
        }
    }
    Ok(Workshop { folder })
}

fn replaced(from: &'static str, to: &'static str) -> impl FnOnce(String) -> String {
    move |text| text.replacen(from, to, 1)
}

#[test]
fn the_shipped_project_edited_step_by_step() -> Tested {
    let workshop = shipped()?;
    assert_eq!(workshop.both()?, Some(0));
    // Nothing changed.
    assert_eq!(workshop.both()?, Some(1));
    // A label.
    workshop.edit("data/cities.csv", replaced("Irbit", "Irbitt"))?;
    assert_eq!(workshop.both()?, Some(2));
    // Rows in another order.
    workshop.edit("data/cities.csv", |text| {
        let (header, rows) = text.split_once('\n').unwrap_or_default();
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.reverse();
        format!("{header}\n{}\n", rows.join("\n"))
    })?;
    assert_eq!(workshop.both()?, Some(3));
    // A word of the ontology.
    workshop.edit("ontology/civigraph.ttl", |text| {
        format!("{text}\n<https://w3id.org/civigraph/ns#> <http://purl.org/dc/terms/created> \"01\"^^<http://www.w3.org/2001/XMLSchema#integer>, \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n")
    })?;
    assert_eq!(workshop.both()?, Some(4));
    // One of two literals of the same value goes.
    workshop.edit(
        "ontology/civigraph.ttl",
        replaced("\"01\"^^<http://www.w3.org/2001/XMLSchema#integer>, ", ""),
    )?;
    assert_eq!(workshop.both()?, Some(5));
    // A rule less.
    fs::remove_file(workshop.path("ontology/rules/has-part.rq"))?;
    assert_eq!(workshop.both()?, Some(6));
    // A graph less: nothing is said of documents in the register.
    workshop.edit("data/identifiers.csv", |text| {
        text.lines()
            .next()
            .map_or_else(String::new, |header| format!("{header}\n"))
    })?;
    workshop.edit("data/claims.csv", |text| {
        let others = text.lines().filter(|line| !line.starts_with("c-reg-"));
        others.map(|line| format!("{line}\n")).collect()
    })?;
    assert_eq!(workshop.both()?, Some(7));
    Ok(())
}

#[test]
fn contradictions_come_and_go() -> Tested {
    let workshop = shipped()?;
    workshop.both()?;
    let claims = fs::read_to_string(workshop.path("data/claims.csv"))?;
    let project = Project::open(workshop.folder.path(), None).map_err(io::Error::other)?;
    let source = ProjectSource::open(&project).map_err(|problem| problem.message)?;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let group = source.load(&mut diagnostics).ok_or("no metadata")?;
    let plan = tables::compile(&group, &mut diagnostics);
    let tables = Tables {
        group: &group,
        plan: &plan,
        resolver: &source,
    };
    let read = Claims::read(tables, &mut diagnostics);
    let sides: Vec<u64> = read
        .conflicts()
        .iter()
        .flat_map(|c| &c.sides)
        .flat_map(|side| &side.claims)
        .filter_map(|&index| Some(read.iter().nth(index)?.row))
        .collect();
    assert!(sides.len() >= 4, "{sides:?}");
    let mut builds = 0;
    for row in sides {
        // Ranked above the others, and taken back.
        let ranked: String = claims
            .lines()
            .enumerate()
            .map(|(number, line)| {
                if number as u64 == row {
                    assert!(line.contains("normal"), "{line}");
                    line.replacen("normal", "preferred", 1) + "\n"
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        for text in [&ranked, &claims] {
            fs::write(workshop.path("data/claims.csv"), text)?;
            builds += 1;
            assert_eq!(workshop.both()?, Some(builds));
        }
    }
    Ok(())
}

const METADATA: &str = r#"{
  "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
  "https://w3id.org/civigraph/csvw#base": "http://e/",
  "tables": [
    {"url": "towns.csv", "tableSchema": {
      "aboutUrl": "http://e/id/town/{id}", "primaryKey": "id",
      "foreignKeys": [{"columnReference": "region",
        "reference": {"resource": "regions.csv", "columnReference": "id"}}],
      "columns": [
        {"name": "id", "titles": "id", "required": true, "suppressOutput": true},
        {"name": "kind", "titles": "kind", "propertyUrl": "rdf:type", "valueUrl": "http://e/ns#{kind}"},
        {"name": "label", "titles": "label", "lang": "ru", "propertyUrl": "http://e/ns#label"},
        {"name": "count", "titles": "count", "datatype": "decimal", "propertyUrl": "http://e/ns#count"},
        {"name": "tags", "titles": "tags", "separator": ";", "propertyUrl": "http://e/ns#tag"},
        {"name": "region", "titles": "region", "propertyUrl": "http://e/ns#in", "valueUrl": "http://e/id/region/{region}"},
        {"name": "region_type", "virtual": true, "aboutUrl": "http://e/id/region/{region}",
          "propertyUrl": "rdf:type", "valueUrl": "http://e/ns#Region"},
        {"name": "near", "virtual": true, "propertyUrl": "http://e/ns#near",
          "valueUrl": "http://e/id/region/{region}",
          "https://w3id.org/civigraph/csvw#graph": "http://e/graph/{kind}"}
      ]}},
    {"url": "regions.csv", "tableSchema": {
      "aboutUrl": "http://e/id/region/{id}", "primaryKey": "id",
      "columns": [
        {"name": "id", "titles": "id", "required": true, "suppressOutput": true},
        {"name": "label", "titles": "label", "propertyUrl": "http://e/ns#label"}
      ]}},
    {"url": "notes.csv", "tableSchema": {
      "columns": [
        {"name": "text", "titles": "text", "propertyUrl": "http://e/ns#text"},
        {"name": "list", "titles": "list", "separator": ";", "ordered": true, "propertyUrl": "http://e/ns#list"}
      ]}}
  ]
}"#;

const RULE: &str = "# title: In a region of a label
# title@ru: В регионе
# description: As a test.
# description@ru: Для теста.

CONSTRUCT { ?town <http://e/ns#inferred> ?label }
WHERE { ?town <http://e/ns#in> ?region . ?region <http://e/ns#label> ?label }
";

/// A row of the table of towns, without its key.
type Town = (u8, u8, u8, u8, u8);

fn towns(rows: &BTreeMap<u16, Town>, reversed: bool) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .map(|(id, (kind, label, count, tags, region))| {
            // Numbers that are written in several ways, names of which some are quoted.
            let count = ["", "1", "1.0", "01.00", "2.5"][usize::from(count % 5)];
            let label = [
                "",
                "Ирбит",
                "\"Тара, на \"\"Иртыше\"\"\"",
                "\"две\nстроки\"",
            ][usize::from(label % 4)];
            let tags = ["", "a", "a;b", "b;a;c", "b;b"][usize::from(tags % 5)];
            format!("t{id},K{},{label},{count},{tags},r{}", kind % 3, region % 3)
        })
        .collect();
    if reversed {
        lines.reverse();
    }
    lines.insert(0, "id,kind,label,count,tags,region".to_owned());
    lines.join("\n") + "\n"
}

fn regions(labels: [u8; 3]) -> String {
    let rows = labels.iter().enumerate();
    let rows: String = rows
        .map(|(id, label)| format!("r{id},L{}\n", label % 2))
        .collect();
    format!("id,label\n{rows}")
}

/// Rows and lists are blank nodes.
fn notes(notes: &[u8]) -> String {
    let rows = notes.iter();
    let rows: String = rows
        .map(|note| format!("n{note},{};{}\n", note % 3, note % 2))
        .collect();
    format!("text,list\n{rows}")
}

#[derive(Debug, Clone)]
enum Edit {
    Note(u8),
    NotesGone,
    Town(u16, Town),
    Gone(u16),
    Region(usize, u8),
    Turn,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (0_u16..60, any::<Town>()).prop_map(|(id, town)| Edit::Town(id, town)),
        3 => (0_u16..60).prop_map(Edit::Gone),
        1 => (0_usize..3, any::<u8>()).prop_map(|(at, label)| Edit::Region(at, label)),
        1 => Just(Edit::Turn),
        1 => (0_u8..9).prop_map(Edit::Note),
        1 => Just(Edit::NotesGone),
    ]
}

/// A case takes many builds: few, unless `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    match std::env::var("PROPTEST_CASES") {
        Ok(_) => asked,
        Err(_) => ProptestConfig { cases: 5, ..asked },
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn random_edits_give_what_a_build_from_nothing_gives(
        first in prop::collection::btree_map(0_u16..60, any::<Town>(), 0..40),
        rounds in prop::collection::vec(prop::collection::vec(edit(), 0..8), 1..4),
    ) {
        let tested = || -> Tested {
            let workshop = Workshop { folder: tempfile::tempdir()? };
            for folder in ["data", "ontology/rules"] {
                fs::create_dir_all(workshop.path(folder))?;
            }
            fs::write(workshop.path("data/csv-metadata.json"), METADATA)?;
            fs::write(workshop.path("ontology/rules/label.rq"), RULE)?;
            let (mut rows, mut labels, mut reversed) = (first.clone(), [0, 1, 0], false);
            let mut noted = vec![1];
            let write = |rows: &BTreeMap<u16, Town>, labels, reversed, noted: &[u8]| -> Tested {
                fs::write(workshop.path("data/notes.csv"), notes(noted))?;
                fs::write(workshop.path("data/towns.csv"), towns(rows, reversed))?;
                Ok(fs::write(workshop.path("data/regions.csv"), regions(labels))?)
            };
            write(&rows, labels, reversed, &noted)?;
            assert_eq!(workshop.both()?, Some(0));
            for (round, edits) in rounds.iter().enumerate() {
                for edit in edits {
                    match edit.clone() {
                        Edit::Town(id, town) => {
                            rows.insert(id, town);
                        }
                        Edit::Gone(id) => {
                            rows.remove(&id);
                        }
                        Edit::Region(at, label) => labels[at] = label,
                        Edit::Turn => reversed = !reversed,
                        Edit::Note(note) => noted.push(note),
                        Edit::NotesGone => noted.clear(),
                    }
                }
                write(&rows, labels, reversed, &noted)?;
                assert_eq!(workshop.both()?, Some(round as u64 + 1));
            }
            Ok(())
        };
        tested().map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}

/// A build that is damaged is not built on.
#[test]
fn nothing_is_taken_over_from_a_damaged_build() -> Tested {
    for name in [
        "index/spo",
        "index/gosp",
        "index/terms",
        "index/header",
        "digest-states.json",
        "others.nq.zst",
    ] {
        let workshop = shipped()?;
        workshop.both()?;
        let root = workshop.path("amended");
        let path = open(&root)?.folder().join(name);
        let mut bytes = fs::read(&path)?;
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(&path, bytes)?;
        workshop.edit("data/cities.csv", replaced("Irbit", "Irbitt"))?;
        assert_eq!(workshop.both()?, Some(0), "{name}");
    }
    Ok(())
}
