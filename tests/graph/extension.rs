//! The metadata is the whole mapping: a new column and a new table need no Rust.

use crate::cli::workshop::Workshop;
use serde_json::json;

const UNIVERSITIES: &str = "\
id,label_ru,label_en,city,founded
sibsiu,СибГИУ,Siberian State Industrial University,novokuznetsk,1930
";

/// Adds the column `population` to the cities, and a table of a kind of thing that there was not.
fn extended() -> Workshop {
    let workshop = Workshop::shipped();
    let cities = std::fs::read_to_string(workshop.path("data/cities.csv")).unwrap();
    let mut lines = cities.lines();
    let mut longer = format!("{},population\n", lines.next().unwrap());
    for line in lines {
        let population = match line.starts_with("novokuznetsk,") {
            true => "547904",
            false => "",
        };
        longer.push_str(&format!("{line},{population}\n"));
    }
    workshop.write("data/cities.csv", longer);
    workshop.write("data/universities.csv", UNIVERSITIES);

    let path = workshop.path("data/csv-metadata.json");
    let mut metadata: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let tables = metadata["tables"].as_array_mut().unwrap();
    let cities = tables.iter_mut().find(|table| table["url"] == "cities.csv");
    let columns = cities.unwrap()["tableSchema"]["columns"].as_array_mut();
    let columns = columns.unwrap();
    let real = columns.iter().filter(|column| column["virtual"] != true);
    let end = real.count();
    columns.insert(
        end,
        json!({
            "name": "population",
            "titles": {"en": ["Population", "population"], "ru": "Население"},
            "datatype": "nonNegativeInteger",
            "propertyUrl": "https://w3id.org/civigraph/ns#population"
        }),
    );
    tables.push(json!({
        "url": "universities.csv",
        "tableSchema": {
            "aboutUrl": "https://w3id.org/civigraph/id/university/{id}",
            "primaryKey": "id",
            "foreignKeys": [{
                "columnReference": "city",
                "reference": {"resource": "cities.csv", "columnReference": "id"}
            }],
            "columns": [
                {"name": "id", "titles": "id", "required": true, "suppressOutput": true},
                {"name": "label_ru", "titles": "label_ru", "lang": "ru", "propertyUrl": "skos:prefLabel"},
                {"name": "label_en", "titles": "label_en", "lang": "en", "propertyUrl": "skos:prefLabel"},
                {
                    "name": "city", "titles": "city",
                    "propertyUrl": "https://w3id.org/civigraph/ns#locatedIn",
                    "valueUrl": "https://w3id.org/civigraph/id/city/{city}"
                },
                {
                    "name": "founded", "titles": "founded", "datatype": "gYear",
                    "propertyUrl": "https://w3id.org/civigraph/ns#founded"
                },
                {
                    "name": "type", "virtual": true, "propertyUrl": "rdf:type",
                    "valueUrl": "https://w3id.org/civigraph/ns#University"
                }
            ]
        }
    }));
    std::fs::write(&path, metadata.to_string()).unwrap();
    workshop
}

#[test]
fn a_new_column_and_a_new_table_need_no_rust() {
    let workshop = extended();
    let out = |arguments: &[&str]| workshop.run(arguments).exits(0).stdout;
    let contents = out(&["build"]);
    assert!(contents.contains("university            1\n"), "{contents}");
    assert_eq!(
        out(&[
            "query",
            "-e",
            "SELECT * { ?u a cg:University ; cg:locatedIn/cg:population ?n }",
            "--format",
            "tsv",
        ]),
        "?u\t?n\n<https://w3id.org/civigraph/id/university/sibsiu>\t\"547904\"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>\n"
    );
    for name in ["sibsiu", "СибГИУ", "university:sibsiu"] {
        let described = out(&["describe", name]);
        assert!(
            described.starts_with("Siberian State Industrial University (university:sibsiu)"),
            "{described}"
        );
        assert!(described.contains("Novokuznetsk (city:novokuznetsk)"));
    }
    let why = out(&["why", "city:novokuznetsk", "cg:population"]);
    assert!(why.contains("column `population`: 547904"), "{why}");
    let dump = out(&["export"]);
    let university = "\
# cg:University

university:sibsiu
    a cg:University ;
    skos:prefLabel \"Siberian State Industrial University\"@en ;
    skos:prefLabel \"СибГИУ\"@ru ;
    cg:founded \"1930\"^^xsd:gYear ;
    cg:locatedIn city:novokuznetsk ;
    .
";
    assert!(dump.contains(university), "{dump}");

    // Its references are checked like those of the others.
    let wrong = UNIVERSITIES.replace("novokuznetsk", "novokuznetzk");
    workshop.write("data/universities.csv", wrong);
    let report = workshop.run(&["check"]).exits(1).stderr;
    assert!(
        report.contains("CG0502") && report.contains("did you mean `novokuznetsk`?"),
        "{report}"
    );
}
