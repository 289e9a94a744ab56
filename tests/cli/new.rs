//! `new`: a project out of CSV files, and `init` of a new table in one.

use super::workshop::{Workshop, assert_shown};

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
fn works(workshop: &Workshop) {
    let run = workshop.run(&["--project", "library", "check"]).exits(0);
    assert!(run.stderr.contains("valid"), "{}", run.stderr);
    assert!(!run.stderr.contains("warning"), "{}", run.stderr);
    workshop.run(&["--project", "library", "build"]).exits(0);
    let run = workshop
        .run(&["--project", "library", "query", "classes"])
        .exits(0);
    assert!(
        run.stdout
            .contains("https://example.com/library/ns#Book,book,3"),
        "{}",
        run.stdout
    );
    let run = workshop
        .run(&["--project", "library", "query", "things", "class=ns:Book"])
        .exits(0);
    assert!(
        run.stdout.contains("id/book/orlando,Orlando"),
        "{}",
        run.stdout
    );
    let run = workshop
        .run(&["--project", "library", "describe", "Orlando"])
        .exits(0);
    assert!(
        run.stdout.contains("Virginia Woolf (author:woolf)"),
        "{}",
        run.stdout
    );
    // What `fmt` would do, and the tables out of the graph.
    workshop
        .run(&["--project", "library", "fmt", "--check"])
        .exits(0);
    workshop
        .run(&[
            "--project",
            "library",
            "export",
            "--format",
            "csv",
            "-o",
            "out",
        ])
        .exits(0);
}

#[test]
fn a_folder_of_tables_becomes_a_project_that_builds() {
    let workshop = tables();
    let base = "https://example.com/library/";
    workshop
        .run(&["new", "library", "--from", "tables", "--base", base])
        .exits(0);
    works(&workshop);
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
    assert_shown!(run);
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
    works(&workshop);
    let text = "Orlando: A Biography came out in 1928.\n";
    workshop.write("library/sources/notice.txt", text);
    let digest = "a-digest";
    workshop.write(
        "library/data/documents.csv",
        format!("id,label_en,label_ru,file,published,language,length,sha256\nnotice,Notice,Заметка,notice.txt,,en,39,{digest}\n"),
    );
    let run = workshop.run(&["--project", "library", "check"]).exits(1);
    assert_shown!(run);
}

#[test]
fn tables_of_the_folder_itself_move_into_data() {
    let workshop = Workshop::empty();
    workshop.write("library/Книги.csv", "Код;Название\n1;Орландо\n2;Солярис\n");
    let run = workshop.run(&["new", "library"]).exits(0);
    assert_shown!(run);
    assert!(workshop.path("library/data/Книги.csv").is_file());
    assert!(!workshop.path("library/Книги.csv").exists());
    workshop.run(&["--project", "library", "build"]).exits(0);
    let run = workshop
        .run(&["--project", "library", "describe", "Солярис"])
        .exits(0);
    assert_shown!(run);
}

#[test]
fn what_cannot_become_a_project_is_refused_and_nothing_is_moved() {
    let workshop = tables();
    let run = workshop.run(&["new", "empty"]).exits(2);
    assert_shown!(run);
    let run = workshop
        .run(&["new", "library", "--from", "tables", "--base", "library"])
        .exits(2);
    assert_shown!(run);
    assert!(!workshop.path("library").exists());
    workshop.write("tables/claims.csv", "id\nx\n");
    let run = workshop
        .run(&["new", "library", "--from", "tables", "--with", "claims"])
        .exits(2);
    assert_shown!(run);
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
    assert!(
        run.stdout.contains("\"url\": \"countries.csv\""),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("\"resource\": \"authors.csv\""),
        "{}",
        run.stdout
    );
    assert!(run.stderr.contains("nothing was written"), "{}", run.stderr);
    let after = std::fs::read(workshop.path("library/data/csv-metadata.json")).unwrap();
    assert_eq!(before, after);

    let run = in_project(&["init", "library/data/countries.csv", "--add"]).exits(0);
    assert!(
        run.stderr
            .contains("column `country` of `books.csv` refers to `countries.csv`"),
        "{}",
        run.stderr
    );
    works(&workshop);
    let run = in_project(&["describe", "Poland"]).exits(0);
    assert!(
        run.stdout.contains("Solaris (book:solaris)"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("Stanisław Lem (author:lem)"),
        "{}",
        run.stdout
    );
    let run = in_project(&["init", "library/data/countries.csv", "--add"]).exits(2);
    assert!(
        run.stderr.contains("describes this table already"),
        "{}",
        run.stderr
    );
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
    assert_shown!(run);
    let outside = Workshop::empty();
    let run = outside.run(&["check"]).exits(2);
    assert_shown!(run);
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
    assert_shown!(run);
}
