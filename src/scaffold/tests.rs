//! Whole projects.

use super::*;
use std::fs;
use std::io;

const BASE: &str = "https://example.com/library/";

/// The files of a project for some tables.
fn project(tables: &[(&str, &str)], claims: bool) -> io::Result<Vec<File>> {
    let folder = tempfile::tempdir()?;
    let mut paths = Vec::new();
    for (name, content) in tables {
        let path = folder.path().join(name);
        fs::write(&path, content)?;
        paths.push(path);
    }
    let scaffold = Scaffold {
        title: "Library".to_owned(),
        base: BASE.to_owned(),
        language: "en".to_owned(),
        claims,
    };
    files(&paths, folder.path(), &scaffold).map_err(|error| io::Error::other(error.message))
}

fn text<'f>(files: &'f [File], name: &str) -> &'f str {
    let file = files.iter().find(|file| file.path == Path::new(name));
    file.map_or("", |file| file.text.as_str())
}

#[test]
fn columns_become_links_labels_and_properties() -> io::Result<()> {
    let files = project(
        &[
            (
                "authors.csv",
                "id,name,birth_year\nwoolf,Virginia Woolf,1882\norwell,George Orwell,1903\n",
            ),
            (
                "books.csv",
                "id,title,title_ru,author,themes\norlando,Orlando,Орландо,woolf,gender;time\n1984,1984,1984,orwell,power\n",
            ),
            (
                "loans.csv",
                "id,book,day\nl1,orlando,2020-01-02\nl2,1984,2020-01-03\n",
            ),
        ],
        false,
    )?;
    let metadata: Value = serde_json::from_str(text(&files, "data/csv-metadata.json"))?;
    let table = |index: usize| metadata["tables"][index]["tableSchema"].clone();
    let column = |index: usize, name: &str| {
        let schema = table(index);
        let columns = schema["columns"].as_array().cloned().unwrap_or_default();
        columns
            .into_iter()
            .find(|column| column["name"] == name)
            .unwrap_or_default()
    };
    assert_eq!(
        table(1)["aboutUrl"],
        "https://example.com/library/id/book/{id}"
    );
    assert_eq!(
        column(1, "author")["valueUrl"],
        "https://example.com/library/id/author/{author}"
    );
    assert_eq!(
        column(1, "author")["propertyUrl"],
        "https://example.com/library/ns#author"
    );
    assert_eq!(column(1, "title")["propertyUrl"], "skos:prefLabel");
    assert_eq!(column(1, "title")["lang"], "en");
    assert_eq!(column(1, "title_ru")["lang"], "ru");
    assert_eq!(
        column(0, "birth_year")["propertyUrl"],
        "https://example.com/library/ns#birthYear"
    );
    assert_eq!(
        column(1, "type")["valueUrl"],
        "https://example.com/library/ns#Book"
    );
    // What no column names is named by its key.
    assert_eq!(
        column(2, "label")[format!("{OWN_NAMESPACE}text")],
        "Loan {id}"
    );
    let terms = text(&files, "ontology/terms.ttl");
    for expected in [
        "ns:Book a owl:Class",
        "ns:author a owl:ObjectProperty",
        "\"birth year\"@en , \"birth year\"@ru",
    ] {
        assert!(terms.contains(expected), "{expected}\n{terms}");
    }
    Ok(())
}

#[test]
fn the_terms_of_claims_are_those_of_the_shipped_ontology() -> Result<(), Box<dyn std::error::Error>>
{
    use oxigraph::io::{RdfFormat, RdfParser};
    use std::collections::HashSet;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |text: &str| -> Result<HashSet<String>, Box<dyn std::error::Error>> {
        let quads = RdfParser::from_format(RdfFormat::Turtle).for_slice(text.as_bytes());
        Ok(quads
            .map(|quad| quad.map(|quad| quad.to_string()))
            .collect::<Result<_, _>>()?)
    };
    let mut shipped = read(&fs::read_to_string(root.join("ontology/civigraph.ttl"))?)?;
    shipped.extend(read(&fs::read_to_string(
        root.join("ontology/schemes.ttl"),
    )?)?);
    let own = read(&claims::vocabulary(
        "https://w3id.org/civigraph/",
        &["en", "ru"],
    ))?;
    assert!(own.len() > 100, "{} triples", own.len());
    let others: Vec<&String> = own.difference(&shipped).collect();
    assert!(others.is_empty(), "{others:#?}");
    Ok(())
}

#[test]
fn a_table_is_inserted_with_references_in_both_directions() -> Result<(), Box<dyn std::error::Error>>
{
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("csv-metadata.json");
    let books = "id,title,author,publisher\norlando,Orlando,woolf,hogarth\n1984,1984,orwell,secker\nwaves,The Waves,woolf,hogarth\n";
    fs::write(folder.path().join("books.csv"), books)?;
    let metadata = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "tables": [
    {
      "url": "books.csv",
      "tableSchema": {
        "aboutUrl": "https://example.com/library/id/book/{key}",
        "primaryKey": "key",
        "columns": [
          {"name": "key", "titles": "id"},
          {"name": "name", "titles": "title", "lang": "en"},
          {"name": "by", "titles": "author"},
          {"name": "publisher"}
        ]
      }
    }
  ]
}
"#;
    fs::write(&path, metadata)?;
    let authors = folder.path().join("authors.csv");
    fs::write(
        &authors,
        "id,name,best_book\nwoolf,Virginia Woolf,orlando\norwell,George Orwell,1984\n",
    )?;
    let addition = propose(metadata, &path, BASE, &authors)?;
    let value: Value = serde_json::from_str(&addition.metadata)?;
    let books = &value["tables"][0]["tableSchema"];
    assert_eq!(
        books["foreignKeys"],
        json!([{"columnReference": "by", "reference": {"resource": "authors.csv", "columnReference": "id"}}])
    );
    assert_eq!(
        books["columns"][2]["valueUrl"],
        "https://example.com/library/id/author/{by}"
    );
    let authors_entry = &value["tables"][1]["tableSchema"];
    assert_eq!(
        authors_entry["foreignKeys"][0]["reference"]["columnReference"],
        "key"
    );
    assert_eq!(
        addition.references,
        ["column `by` of `books.csv` refers to `authors.csv`"]
    );
    // All else is as it was.
    let rest = addition.metadata.replace(
        ", \"valueUrl\": \"https://example.com/library/id/author/{by}\"",
        "",
    );
    assert!(
        rest.contains("{\"name\": \"by\", \"titles\": \"author\"},"),
        "{rest}"
    );
    // A second time it is described.
    assert!(matches!(
        propose(&addition.metadata, &path, BASE, &authors),
        Err(InsertRefusal::Described)
    ));
    Ok(())
}
