//! A project of somebody else's: a museum, in two languages, with tables as a spreadsheet in Germany leaves them.

use super::workshop::{Run, Workshop};

const MAKERS: &str = "\
id,name_de,name_en,born
faber,Lothar von Faber,Lothar von Faber,1817
jamnitzer,Wenzel Jamnitzer,Wenzel Jamnitzer,1508
unbekannt,unbekannter Meister,unknown master,
";

const OBJECTS: &str = "\
id,title_de,title_en,maker,height_cm,price,materials,on_display,acquired
o-1,Tafelaufsatz,Table centrepiece,jamnitzer,\"99,8\",\"1.200,00\",Silber; Email; Gold,Ja,12.03.1921
o-2,Bleistiftkasten,Box of pencils,faber,\"4,5\",\"85,50\",Graphit; Papier,Nein,24.12.1988
o-3,Astrolabium,Astrolabe,unbekannt,\"30,0\",\"40,00\",Messing,Nein,05.05.1902
";

/// The project, with a registered document of which one span is evidence.
fn museum() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("tables/makers.csv", MAKERS);
    workshop.write("tables/objects.csv", OBJECTS);
    let base = "https://museum.example/";
    workshop
        .run(&[
            "new", "museum", "--from", "tables", "--base", base, "--with", "claims",
        ])
        .exits(0);
    workshop.write("sources/katalog.txt", "Der Tafelaufsatz misst 100,0 cm.\n");
    run(&workshop, &["evidence", "register", "sources/katalog.txt"]).exits(0);
    let add = [
        "evidence",
        "add",
        "--document",
        "katalog",
        "--words",
        "100,0 cm",
        "--sources",
        "sources",
    ];
    let added = run(&workshop, &add).exits(0);
    assert_eq!(added.stdout, "katalog-23-31\n");
    workshop
}

fn run(workshop: &Workshop, arguments: &[&str]) -> Run {
    workshop.run(&[&["--project", "museum"], arguments].concat())
}

/// Writes claims, each with what it says from its table to who says it; all else is alike.
fn claim(workshop: &Workshop, claims: &[&str]) {
    let mut text =
        "id,table,row,column,item,value,basis,modality,rank,review,said_by,evidence,note\n"
            .to_owned();
    for (index, claim) in claims.iter().enumerate() {
        text.push_str(&format!("c-{index},{claim},katalog-23-31,\n"));
    }
    workshop.write("museum/data/claims.csv", text);
}

#[test]
fn guesses_leave_room_for_the_next_row() {
    let workshop = museum();
    let metadata = std::fs::read_to_string(workshop.path("museum/data/csv-metadata.json")).unwrap();
    for part in [
        // One digit or two: the next row may have another number of them. Money has two.
        r#""datatype": {"base": "decimal", "format": {"decimalChar": ","}}"#,
        r##""format": {"pattern": "#.##0,00", "decimalChar": ",", "groupChar": "."}"##,
        r#""format": "Ja|Nein""#,
        r#""format": "dd.MM.yyyy""#,
        r#"declare `\"ordered\": true`"#,
        "1 of 3 cells is empty.",
        // The language that `--lang` has by default, not the first one of the alphabet.
        r#""propertyUrl": "skos:editorialNote", "lang": "en""#,
    ] {
        assert!(metadata.contains(part), "{part}\n{metadata}");
    }
    let terms = std::fs::read_to_string(workshop.path("museum/ontology/claims.ttl")).unwrap();
    assert!(terms.contains("rdfs:label \"claim\"@en ;"), "{terms}");
    assert!(!terms.contains("@ru"), "{terms}");
    let more = format!(
        "{OBJECTS}o-4,Nautiluspokal,Nautilus cup,jamnitzer,\"12,75\",\"90,00\",Silber,ja,01.02.1950\n"
    );
    workshop.write("museum/data/objects.csv", &more);
    let check = run(&workshop, &["check"]).exits(1);
    assert!(
        check.stderr.contains("found 1 error in 1 file"),
        "{}",
        check.stderr
    );
    assert!(
        check.stderr.contains("did you mean `Ja`?"),
        "{}",
        check.stderr
    );
    workshop.write("museum/data/objects.csv", more.replace(",ja,", ",Ja,"));
    run(&workshop, &["fmt"]).exits(0);
    run(&workshop, &["build"]).exits(0);
    let shown = run(&workshop, &["describe", "Nautiluspokal"])
        .exits(0)
        .stdout;
    assert!(shown.contains("12.75"), "{shown}");
}

#[test]
fn a_claim_against_its_cell_is_not_passed_over() {
    let workshop = museum();
    claim(
        &workshop,
        &["objects,o-1,height_cm,,\"100,0\",explicit,fact,normal,accepted,"],
    );
    let check = run(&workshop, &["check"]).exits(0);
    for part in [
        "warning[CG0609]",
        "claim `c-0` states another value than `height_cm` of `o-1` in `objects`",
        "`99,8`, as in the cell",
    ] {
        assert!(check.stderr.contains(part), "{part}\n{}", check.stderr);
    }
    // With a claim for the cell, both are kept.
    claim(
        &workshop,
        &[
            "objects,o-1,height_cm,,\"100,0\",explicit,fact,normal,accepted,",
            "objects,o-1,height_cm,,,explicit,fact,normal,accepted,",
        ],
    );
    let check = run(&workshop, &["check"]).exits(0);
    assert!(!check.stderr.contains("CG0609"), "{}", check.stderr);
    assert!(
        check.stderr.contains("1 conflict: 0 decided, 1 open"),
        "{}",
        check.stderr
    );
    // One that is not an accepted claim speaks against nothing, and neither does the same value in other words.
    for stated in [
        "\"100,0\",explicit,fact,normal,pending,",
        "\"99,80\",explicit,fact,normal,accepted,",
    ] {
        claim(&workshop, &[&format!("objects,o-1,height_cm,,{stated}")]);
        let check = run(&workshop, &["check"]).exits(0);
        assert!(
            !check.stderr.contains("CG0609"),
            "{stated}\n{}",
            check.stderr
        );
    }
}

#[test]
fn what_claims_name_must_exist() {
    let workshop = museum();
    let refused = |stated: &str, parts: &[&str]| {
        claim(&workshop, &[stated]);
        let check = run(&workshop, &["check"]).exits(1);
        for part in parts {
            assert!(check.stderr.contains(part), "{part}\n{}", check.stderr);
        }
    };
    refused(
        "objects,o-1,maker,,jamnitzr,explicit,fact,normal,accepted,",
        &[
            "error[CG0607] museum/data/claims.csv:2:24: claim `c-0` states a row that table `makers` does not have",
            "did you mean `jamnitzer`?",
        ],
    );
    refused(
        "objects,o-1,maker,,,explicit,fact,normal,accepted,maker/nobody",
        &[
            "error[CG0910] museum/data/claims.csv:2:",
            "Who says it is a thing that a table describes",
        ],
    );
    refused(
        "objects,o-1,maker,,,explicitly,fact,normal,accepted,",
        &[
            "`explicit`, `inferred`, `derived`, `register` or `gap`",
            "did you mean `explicit`?",
        ],
    );
}

#[test]
fn a_gap_is_shown_where_the_value_would_be() {
    let workshop = museum();
    let gap = |subject: &str| {
        let row = format!("gap-born,{subject},https://museum.example/ns#born,katalog");
        workshop.write(
            "museum/data/gaps.csv",
            format!("id,subject,property,documents\n{row}\n"),
        );
    };
    gap("maker/nobody");
    let check = run(&workshop, &["check"]).exits(1);
    assert!(
        check
            .stderr
            .contains("error[CG0910] museum/data/gaps.csv:2:"),
        "{}",
        check.stderr
    );
    gap("maker/unbekannt");
    claim(
        &workshop,
        &["gaps,gap-born,property,,,gap,fact,normal,accepted,"],
    );
    run(&workshop, &["build"]).exits(0);
    let shown = run(&workshop, &["describe", "unbekannt"]).exits(0).stdout;
    assert!(
        shown.contains("born (ns:born)\n    not stated in katalog"),
        "{shown}"
    );
    let why = run(&workshop, &["why", "maker:unbekannt", "ns:born"])
        .exits(0)
        .stdout;
    assert!(why.contains("not stated in document:katalog"), "{why}");
    // A claim of that basis about the empty cell has nothing to be about.
    claim(
        &workshop,
        &["makers,unbekannt,born,,,gap,fact,normal,accepted,"],
    );
    let check = run(&workshop, &["check"]).exits(1);
    assert!(
        check.stderr.contains("in a table of gaps"),
        "{}",
        check.stderr
    );
}

#[test]
fn a_document_is_registered_once() {
    let workshop = museum();
    for more in [&[][..], &["--id", "catalogue"]] {
        let again = [&["evidence", "register", "sources/katalog.txt"], more].concat();
        let refused = run(&workshop, &again).exits(2);
        assert!(
            refused
                .stderr
                .contains("is registered already, as document `katalog`"),
            "{}",
            refused.stderr
        );
    }
}
