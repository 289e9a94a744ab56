//! A project of somebody else's: a museum, in two languages, with tables as a spreadsheet in Germany leaves them.

use super::workshop::{Run, Workshop, assert_shown};

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
    // One digit or two: the next row may have another number of them. Money has two. The language of notes is that which
    // `--lang` has by default, not the first one of the alphabet.
    assert_shown!(metadata);
    let terms = std::fs::read_to_string(workshop.path("museum/ontology/claims.ttl")).unwrap();
    assert_shown!(terms);
    let more = format!(
        "{OBJECTS}o-4,Nautiluspokal,Nautilus cup,jamnitzer,\"12,75\",\"90,00\",Silber,ja,01.02.1950\n"
    );
    workshop.write("museum/data/objects.csv", &more);
    let check = run(&workshop, &["check"]).exits(1);
    assert_shown!(check, @"
    $ --project museum check
    ---- stderr
    error[CG0403] museum/data/objects.csv:5:65: the cell is not written in the format of its column
                H5 | ja  column `on_display`
          expected | `Ja` or `Nein`
              hint | did you mean `Ja`?
              rule | cell not in its format (tabular-data-model §6.4), see `civigraph explain CG0403`
    found 1 error in 1 file
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    ---- exit code 1
    ");
    workshop.write("museum/data/objects.csv", more.replace(",ja,", ",Ja,"));
    run(&workshop, &["fmt"]).exits(0);
    run(&workshop, &["build"]).exits(0);
    let shown = run(&workshop, &["describe", "Nautiluspokal"]).exits(0);
    assert_shown!(shown);
}

#[test]
fn a_claim_against_its_cell_is_not_passed_over() {
    let workshop = museum();
    claim(
        &workshop,
        &["objects,o-1,height_cm,,\"100,0\",explicit,fact,normal,accepted,"],
    );
    let check = run(&workshop, &["check"]).exits(0);
    assert_shown!(check, @"
    $ --project museum check
    ---- stderr
    warning[CG0609] museum/data/claims.csv:2:28: claim `c-0` states another value than `height_cm` of `o-1` in `objects`, for which no claim speaks
                F2 | 100,0  column `value`
          expected | `99,8`, as in the cell
              hint | put the stated value into the cell, or add a claim for what the cell says: both are kept then
              rule | claim against its cell, see `civigraph explain CG0609`
    found 1 warning in 1 file
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    checked 9 rows: valid
    ---- exit code 0
    ");
    // With a claim for the cell, both are kept.
    claim(
        &workshop,
        &[
            "objects,o-1,height_cm,,\"100,0\",explicit,fact,normal,accepted,",
            "objects,o-1,height_cm,,,explicit,fact,normal,accepted,",
        ],
    );
    let check = run(&workshop, &["check"]).exits(0);
    assert_shown!(check, @"
    $ --project museum check
    ---- stderr
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    1 conflict: 0 decided, 1 open
    checked 10 rows: valid
    ---- exit code 0
    ");
    // One that is not an accepted claim speaks against nothing, and neither does the same value in other words.
    let runs = [
        "\"100,0\",explicit,fact,normal,pending,",
        "\"99,80\",explicit,fact,normal,accepted,",
    ]
    .map(|stated| {
        claim(&workshop, &[&format!("objects,o-1,height_cm,,{stated}")]);
        run(&workshop, &["check"]).exits(0)
    });
    assert_shown!(runs, @"
    $ --project museum check
    ---- stderr
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    checked 9 rows: valid
    ---- exit code 0

    $ --project museum check
    ---- stderr
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    checked 9 rows: valid
    ---- exit code 0
    ");
}

#[test]
fn what_claims_name_must_exist() {
    let workshop = museum();
    let runs = [
        "objects,o-1,maker,,jamnitzr,explicit,fact,normal,accepted,",
        "objects,o-1,maker,,,explicit,fact,normal,accepted,maker/nobody",
        "objects,o-1,maker,,,explicitly,fact,normal,accepted,",
    ]
    .map(|stated| {
        claim(&workshop, &[stated]);
        run(&workshop, &["check"]).exits(1)
    });
    assert_shown!(runs);
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
    assert_shown!(check, @"
    $ --project museum check
    ---- stderr
    error[CG0910] museum/data/gaps.csv:2:10: gap:gap-born ns:gapSubject maker:nobody: What lacks it is a thing that a table describes, such as `person/ada`
                B2 | maker/nobody  column `subject`
              hint | shape shape:gap-subject at museum/ontology/shapes.ttl:35; because maker:nobody rdf:type breaks sh:minCount (expected at least 1 value)
              rule | shape violated (SHACL), see `civigraph explain CG0910`
    found 1 error in 1 file
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    ---- exit code 1
    ");
    gap("maker/unbekannt");
    claim(
        &workshop,
        &["gaps,gap-born,property,,,gap,fact,normal,accepted,"],
    );
    run(&workshop, &["build"]).exits(0);
    let shown = run(&workshop, &["describe", "unbekannt"]).exits(0);
    assert_shown!(shown);
    let why = run(&workshop, &["why", "maker:unbekannt", "ns:born"]).exits(0);
    assert_shown!(why, @"
    $ --project museum why maker:unbekannt ns:born
    maker:unbekannt  ns:born
      not stated in document:katalog
      recorded as gap:gap-born maker/unbekannt: https://museum.example/ns#born

    ---- exit code 0
    ");
    // A claim of that basis about the empty cell has nothing to be about.
    claim(
        &workshop,
        &["makers,unbekannt,born,,,gap,fact,normal,accepted,"],
    );
    let check = run(&workshop, &["check"]).exits(1);
    assert_shown!(check, @"
    $ --project museum check
    ---- stderr
    error[CG0605] museum/data/claims.csv:2:1: claim `c-0` is about a cell that yields no triple: `born` of row `unbekannt` in table `makers`
                A2 | column `id`
              hint | fill that cell, or let the claim be about another one; what no source states is a row of its own, in a table of gaps
              rule | claim about nothing, see `civigraph explain CG0605`
    found 1 error in 1 file
    evidence: 1 span not checked, no documents to compare with (`--sources` names their folder)
    ---- exit code 1
    ");
}

#[test]
fn a_document_is_registered_once() {
    let workshop = museum();
    let runs = [&[][..], &["--id", "catalogue"]].map(|more| {
        let again = [&["evidence", "register", "sources/katalog.txt"], more].concat();
        run(&workshop, &again).exits(2)
    });
    assert_shown!(runs, @"
    $ --project museum evidence register sources/katalog.txt
    ---- stderr
    error: `sources/katalog.txt` is registered already, as document `katalog`
    hint: `civigraph evidence add --document katalog` records words of it
    ---- exit code 2

    $ --project museum evidence register sources/katalog.txt --id catalogue
    ---- stderr
    error: `sources/katalog.txt` is registered already, as document `katalog`
    hint: `civigraph evidence add --document katalog` records words of it
    ---- exit code 2
    ");
}
