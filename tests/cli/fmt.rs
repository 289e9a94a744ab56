//! `civigraph fmt`: canonical tables.

use super::workshop::{CITIES, Workshop};

#[test]
fn a_table_is_put_in_canonical_form_once() {
    let workshop = Workshop::project();
    let check = workshop.run(&["fmt", "--check"]).exits(1);
    assert!(
        check.stdout.contains("data/regions.csv\n"),
        "{}",
        check.stdout
    );
    assert!(
        check.stdout.contains("data/cities.csv\n"),
        "{}",
        check.stdout
    );
    assert_eq!(
        std::fs::read(workshop.path("data/cities.csv")).unwrap(),
        CITIES.as_bytes()
    );
    workshop.run(&["fmt"]).exits(0);
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/regions.csv")).unwrap(),
        "id,label\nsamara,Samara Oblast\nsverdlovsk,Sverdlovsk Oblast\n"
    );
    let check = workshop.run(&["fmt", "--check"]).exits(0);
    assert_eq!(check.stdout, "");
}

#[test]
fn one_file_with_the_metadata_that_is_found_for_it() {
    let workshop = Workshop::project();
    workshop.write(
        "data/cities.csv",
        "region,note,id,label\r\n,x,b,\"B\"\r\n,y,a,A\r\n",
    );
    workshop.run(&["fmt", "data/cities.csv"]).exits(0);
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/cities.csv")).unwrap(),
        "id,label,region,note\na,A,,y\nb,B,,x\n"
    );
    assert!(
        std::fs::read_to_string(workshop.path("data/regions.csv"))
            .unwrap()
            .starts_with("id,label\nsverdlovsk")
    );
}

#[test]
fn a_file_that_cannot_be_read_for_sure_is_left_alone() {
    let workshop = Workshop::project();
    let broken = "id,label\nb,\"B\na,A\n";
    workshop.write("data/regions.csv", broken);
    let run = workshop.run(&["fmt"]).exits(1);
    assert!(run.stderr.contains("never closed"), "{}", run.stderr);
    assert_eq!(
        std::fs::read_to_string(workshop.path("data/regions.csv")).unwrap(),
        broken
    );
    workshop.run(&["fmt", "no-such.csv"]).exits(2);
}
