//! `new`: a project out of CSV files, and `init` of a new table in one.

use super::workshop::{Run, Workshop, assert_shown};

const AUTHORS: &str = "\
id,name,birth_year
lem,Stanisław Lem,1921
orwell,George Orwell,1903
woolf,Virginia Woolf,1882
";

const BOOKS: &str = "\
id,title,title_ru,author,themes,country
1984,1984,1984,orwell,power,uk
orlando,Orlando,Орландо,woolf,gender;time,uk
solaris,Solaris,Солярис,lem,mind;space,pl
";

const LOANS: &str = "\
book,reader,lent
orlando,anna,2024-03-01
orlando,ben,2024-04-01
solaris,anna,2024-03-01
";

fn tables() -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("tables/authors.csv", AUTHORS);
    workshop.write("tables/books.csv", BOOKS);
    workshop.write("tables/loans.csv", LOANS);
    workshop
}

/// Everything that a project is asked, right after it was made.
#[track_caller]
fn works(workshop: &Workshop) -> [Run; 5] {
    let run = |arguments: &[&str]| {
        let arguments = [&["--project", "library"], arguments].concat();
        workshop.run(&arguments).exits(0)
    };
    let check = run(&["check"]);
    run(&["build"]);
    let runs = [
        check,
        run(&["query", "classes"]),
        run(&["query", "things", "class=ns:Book"]),
        run(&["describe", "Orlando"]),
        // What `fmt` would do, and the tables out of the graph.
        run(&["fmt", "--check"]),
    ];
    run(&["export", "--format", "csv", "-o", "out"]);
    runs
}

#[test]
fn a_folder_of_tables_becomes_a_project_that_builds() {
    let workshop = tables();
    let base = "https://example.com/library/";
    workshop
        .run(&["new", "library", "--from", "tables", "--base", base])
        .exits(0);
    assert_shown!(works(&workshop));
    for file in [
        "ontology/prefixes.ttl",
        "ontology/shapes.ttl",
        ".gitignore",
        "README.md",
    ] {
        assert!(workshop.path("library").join(file).is_file(), "{file}");
    }
    // The tables stay where they were.
    assert!(workshop.path("tables/books.csv").is_file());
    let run = workshop
        .run(&["new", "library", "--from", "tables"])
        .exits(2);
    assert_shown!(run, @"
    $ new library --from tables
    ---- stderr
    error: `library` is a project already
    hint: `civigraph init data/FILE.csv --add` adds a table to it
    ---- exit code 2
    ");
}

#[test]
fn claims_come_with_their_tables_and_terms() {
    let workshop = tables();
    let base = "https://example.com/library";
    workshop
        .run(&[
            "new", "library", "--from", "tables", "--base", base, "--with", "claims",
        ])
        .exits(0);
    assert_shown!(works(&workshop));
    let text = "Orlando: A Biography came out in 1928.\n";
    workshop.write("library/sources/notice.txt", text);
    let digest = "a-digest";
    workshop.write(
        "library/data/documents.csv",
        format!("id,label_en,label_ru,file,published,language,length,sha256\nnotice,Notice,Заметка,notice.txt,,en,39,{digest}\n"),
    );
    let run = workshop.run(&["--project", "library", "check"]).exits(1);
    assert_shown!(run, @"
    $ --project library check
    ---- stderr
    error[CG0403] library/data/documents.csv:2:41: the cell is not written in the format of its column
                H2 | a-digest  column `sha256`
          expected | a value that matches `[0-9a-f]{64}`
              rule | cell not in its format (tabular-data-model §6.4), see `civigraph explain CG0403`
    found 1 error in 1 file
    ---- exit code 1
    ");
}

#[test]
fn tables_of_the_folder_itself_move_into_data() {
    let workshop = Workshop::empty();
    workshop.write("library/Книги.csv", "Код;Название\n1;Орландо\n2;Солярис\n");
    let run = workshop.run(&["new", "library"]).exits(0);
    assert_shown!(run, @"
    $ new library
    ---- stderr
    moved library/Книги.csv to library/data/Книги.csv
    wrote library/data/csv-metadata.json
    wrote library/ontology/terms.ttl
    wrote library/ontology/prefixes.ttl
    wrote library/ontology/shapes.ttl
    wrote library/queries/classes.rq
    wrote library/queries/things.rq
    wrote library/.gitignore
    wrote library/README.md
    next: check the guesses that library/data/csv-metadata.json comments on, then `civigraph build` in library
    ---- exit code 0
    ");
    assert!(workshop.path("library/data/Книги.csv").is_file());
    assert!(!workshop.path("library/Книги.csv").exists());
    workshop.run(&["--project", "library", "build"]).exits(0);
    let run = workshop
        .run(&["--project", "library", "describe", "Солярис"])
        .exits(0);
    assert_shown!(run, @"
    $ --project library describe Солярис
    Солярис (knigi:2)
    <http://example.org/library/id/knigi/2>

      dct:identifier
        2
      rdf:type
        книги (ns:Knigi)
      skos:prefLabel
        Солярис [ru]
    ---- exit code 0
    ");
}

#[test]
fn what_cannot_become_a_project_is_refused_and_nothing_is_moved() {
    let workshop = tables();
    let run = workshop.run(&["new", "empty"]).exits(2);
    assert_shown!(run, @"
    $ new empty
    ---- stderr
    error: no CSV files in `empty`
    hint: put the tables there as CSV files, or name their folder with `--from DIR`
    ---- exit code 2
    ");
    let run = workshop
        .run(&["new", "library", "--from", "tables", "--base", "library"])
        .exits(2);
    assert_shown!(run, @"
    $ new library --from tables --base library
    ---- stderr
    error: `library` is not an absolute IRI
    hint: write one with its scheme, such as `https://example.com/towns/`
    ---- exit code 2
    ");
    assert!(!workshop.path("library").exists());
    workshop.write("tables/claims.csv", "id\nx\n");
    let run = workshop
        .run(&["new", "library", "--from", "tables", "--with", "claims"])
        .exits(2);
    assert_shown!(run, @"
    $ new library --from tables --with claims
    ---- stderr
    error: `library/data/claims.csv` has the name of a table that `--with claims` adds
    hint: rename it, or leave `--with claims` out
    ---- exit code 2
    ");
    assert!(!workshop.path("library").exists());
}

#[test]
fn a_new_table_of_a_project_refers_and_is_referred_to() {
    let workshop = tables();
    let base = "https://example.com/library/";
    workshop
        .run(&["new", "library", "--from", "tables", "--base", base])
        .exits(0);
    workshop.write(
        "library/data/countries.csv",
        "id,name,national_author\npl,Poland,lem\nuk,United Kingdom,woolf\n",
    );
    let in_project = |arguments: &[&str]| {
        let all = [&["--project", "library"], arguments].concat();
        workshop.run(&all)
    };
    let before = std::fs::read(workshop.path("library/data/csv-metadata.json")).unwrap();
    let run = in_project(&["init", "library/data/countries.csv"]).exits(0);
    assert_shown!(run);
    let after = std::fs::read(workshop.path("library/data/csv-metadata.json")).unwrap();
    assert_eq!(before, after);

    let run = in_project(&["init", "library/data/countries.csv", "--add"]).exits(0);
    assert_shown!(run, @"
    $ --project library init library/data/countries.csv --add
    ---- stderr
    column `country` of `books.csv` refers to `countries.csv`
    wrote library/data/csv-metadata.json: check the guesses it comments on
    wrote library/ontology/terms-countries.ttl
    ---- exit code 0
    ");
    assert_shown!(works(&workshop));
    let run = in_project(&["describe", "Poland"]).exits(0);
    assert_shown!(run, @"
    $ --project library describe Poland
    Poland (country:pl)
    <https://example.com/library/id/country/pl>

      national author (ns:nationalAuthor)
        Stanisław Lem (author:lem)
      rdf:type
        country (ns:Country)
      skos:prefLabel
        Poland [en]

    linked from
      country (ns:country)
        Solaris (book:solaris)
    ---- exit code 0
    ");
    let run = in_project(&["init", "library/data/countries.csv", "--add"]).exits(2);
    assert_shown!(run, @"
    $ --project library init library/data/countries.csv --add
    ---- stderr
    error: `library/data/countries.csv`: the metadata of the project describes this table already
    ---- exit code 2
    ");
}

#[test]
fn a_project_is_found_from_its_folders() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    let below = |arguments: &[&str]| {
        let mut command = super::workshop::program(&workshop.path("data"));
        command.args(arguments).output().unwrap()
    };
    assert_eq!(below(&["check"]).status.code(), Some(0));
    let listed = below(&["list", "city"]);
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap(),
        "thing\tlabel\ncity:irbit\tIrbit\ncity:revda\tRevda\ncity:tolyatti\tTolyatti\n"
    );
    let run = workshop.run(&["list", "cty"]).exits(2);
    assert_shown!(run, @"
    $ list cty
    ---- stderr
    error: `cty` is neither a list nor a kind of thing
    hint: did you mean `city`?
    ---- exit code 2
    ");
    let outside = Workshop::empty();
    let run = outside.run(&["check"]).exits(2);
    assert_shown!(run, @"
    $ check
    ---- stderr
    error: `.` is not a project: it has no `data/csv-metadata.json`
    hint: run the command in a project, or name its folder with `--project DIR`; `civigraph new DIR` starts one
    ---- exit code 2
    ");
}

#[test]
fn a_difference_is_told_in_cells_and_a_list_in_another_order_is_none() {
    let workshop = Workshop::project();
    let mut copy = super::workshop::CITIES.replace("irbit;revda", "revda;irbit");
    for folder in ["a", "b"] {
        workshop.write(
            &format!("{folder}/data/csv-metadata.json"),
            super::workshop::METADATA,
        );
        workshop.write(
            &format!("{folder}/data/regions.csv"),
            super::workshop::REGIONS,
        );
    }
    workshop.write("a/data/cities.csv", super::workshop::CITIES);
    workshop.write("b/data/cities.csv", &copy);
    workshop.run(&["diff", "a", "b"]).exits(0);
    copy = copy.replace("Revda,", "Revda town,");
    workshop.write("b/data/cities.csv", &copy);
    let run = workshop.run(&["diff", "a", "b"]).exits(1);
    assert_shown!(run, @"
    $ diff a b
    ┌──────────────┬─────────┬──────────┬───────┬────────────┐
    │ where        ┆ what    ┆ property ┆ old   ┆ new        │
    ╞══════════════╪═════════╪══════════╪═══════╪════════════╡
    │ cities revda ┆ changed ┆ label    ┆ Revda ┆ Revda town │
    └──────────────┴─────────┴──────────┴───────┴────────────┘
    ---- stderr
    quads: 1 new, 1 gone
    ---- exit code 1
    ");
}
