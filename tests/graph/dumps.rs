//! Dumps of the shipped graph: the same in every format, whatever the order of tables and rows and the
//! number of threads, and a changed cell changes its lines alone.

use super::{run, store};
use crate::cli::workshop::Workshop;
use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::Quad;
use std::collections::BTreeSet;

const JSON_LD: RdfFormat = RdfFormat::JsonLd {
    profile: JsonLdProfileSet::empty(),
};

/// What Oxigraph reads. There are no blank nodes, so the same quads are the same graph.
#[track_caller]
fn quads(format: RdfFormat, dump: &str) -> BTreeSet<String> {
    RdfParser::from_format(format)
        .for_slice(dump)
        .map(|quad: Result<Quad, _>| quad.unwrap().to_string())
        .collect()
}

#[test]
fn every_format_says_the_same() {
    let store = store().to_str().unwrap();
    let dump = |format: &str, graph: &str| {
        run(&[
            "export", "--format", format, "--graph", graph, "--store", store,
        ])
    };
    for (graph, formats) in [
        ("all", &[("trig", RdfFormat::TriG), ("jsonld", JSON_LD)][..]),
        (
            "default",
            &[
                ("turtle", RdfFormat::Turtle),
                ("ntriples", RdfFormat::NTriples),
                ("rdfxml", RdfFormat::RdfXml),
            ],
        ),
    ] {
        let expected = quads(RdfFormat::NQuads, &dump("nquads", graph));
        assert!(expected.len() > 1500, "{}", expected.len());
        for (name, format) in formats {
            let found = quads(*format, &dump(name, graph));
            assert!(found == expected, "{name} of {graph}");
        }
    }
}

/// The dump of the facts, and the lines of all graphs but the one that describes the files.
fn dumps(workshop: &Workshop, threads: &str) -> (String, String) {
    workshop.run(&["build", "--threads", threads]).exits(0);
    let turtle = workshop.run(&["export"]).exits(0).stdout;
    let all = workshop.run(&["export", "--format", "nquads"]).exits(0);
    let facts = all
        .stdout
        .lines()
        .filter(|l| !l.contains("/graph/release>"));
    (turtle, facts.collect::<Vec<_>>().join("\n"))
}

#[test]
fn neither_threads_nor_the_order_of_tables_and_rows_matter() {
    let in_order = Workshop::shipped();
    let upside_down = Workshop::shipped();
    let metadata = upside_down.path("data/csv-metadata.json");
    let mut described: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&metadata).unwrap()).unwrap();
    let tables = described["tables"].as_array_mut().unwrap();
    tables.reverse();
    for table in tables.iter() {
        let path = upside_down.path(&format!("data/{}", table["url"].as_str().unwrap()));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let header = reader.byte_headers().unwrap().clone();
        let rows: Vec<csv::ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
        let mut writer = csv::Writer::from_path(&path).unwrap();
        writer.write_byte_record(&header).unwrap();
        for row in rows.iter().rev() {
            writer.write_byte_record(row).unwrap();
        }
        writer.flush().unwrap();
    }
    std::fs::write(&metadata, described.to_string()).unwrap();
    let one = dumps(&in_order, "1");
    let other = dumps(&upside_down, "2");
    assert!(one.0 == other.0, "Turtle");
    assert!(one.1 == other.1, "N-Quads");
}

#[test]
fn a_changed_cell_changes_its_lines_alone() {
    let workshop = Workshop::shipped();
    let (before, _) = dumps(&workshop, "2");
    for (table, was, is, line) in [
        (
            "cities",
            "irbit,City,Ирбит,Irbit,",
            "irbit,City,Ирбит,Irbit town,",
            r#"    skos:prefLabel "Irbit town"@en ;"#,
        ),
        (
            "participations",
            ",,opener,,,head-of-samara-oblast,",
            ",,speaker,,,head-of-samara-oblast,",
            "    cg:role role:speaker ;",
        ),
        (
            "figures",
            ",minimum-exclusive,75,",
            ",minimum-exclusive,76,",
            r#"    rdf:value "76"^^xsd:decimal ;"#,
        ),
        (
            "sessions",
            "pokhvistnevo-2018,Meeting,",
            "pokhvistnevo-2018,Forum,",
            "    a cg:Forum ;",
        ),
    ] {
        let name = format!("data/{table}.csv");
        let sound = std::fs::read_to_string(workshop.path(&name)).unwrap();
        workshop.write(&name, sound.replace(was, is));
        let (after, _) = dumps(&workshop, "2");
        workshop.write(&name, &sound);
        let lines: Vec<(&str, &str)> = before.lines().zip(after.lines()).collect();
        let changed: Vec<&str> = lines
            .iter()
            .filter(|(before, after)| before != after)
            .map(|(_, after)| *after)
            .collect();
        assert_eq!(changed, [line], "{table}");
        assert_eq!(before.lines().count(), after.lines().count(), "{table}");
    }
}
