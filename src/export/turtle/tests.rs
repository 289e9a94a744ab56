//! Turtle for people, compared with what is written for programs.

use super::*;
use crate::export::lines::ReadLines;
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::Dataset;
use std::error::Error;

fn prefixes() -> Prefixes {
    let mut prefixes = Prefixes::default();
    prefixes.add("ns", "http://e/ns#");
    prefixes.add("unused", "http://unused/");
    prefixes.add("xsd", XSD);
    prefixes.add_things("http://e/", ["city"]);
    prefixes
}

fn written(lines: &[&str], graphs: bool) -> io::Result<String> {
    let mut lines = lines.to_vec();
    lines.sort_unstable();
    let prefixes = prefixes();
    let layout = TurtleLayout {
        prefixes: &prefixes,
        base: "http://e/",
        graphs,
    };
    let mut out = Vec::new();
    let text = lines.join("\n");
    write(ReadLines(text.as_bytes()), &layout, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

const LINES: [&str; 12] = [
    r#"<http://e/id/city/n-10> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/ns#City> ."#,
    r#"<http://e/id/city/n-2> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/ns#City> ."#,
    r#"<http://e/id/city/n-2> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://a/Thing> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#n> "007"^^<http://www.w3.org/2001/XMLSchema#integer> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#n> "1.0"^^<http://www.w3.org/2001/XMLSchema#decimal> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#n> "1."^^<http://www.w3.org/2001/XMLSchema#decimal> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#n> "1E3"^^<http://www.w3.org/2001/XMLSchema#double> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#n> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> ."#,
    r#"<http://e/id/city/n-2> <http://e/ns#a> "a \"b\"^^<c>"@ru-Latn ."#,
    r#"<http://e/id/city/n-2> <http://www.w3.org/2004/02/skos/core#prefLabel> "two\nlines" ."#,
    r#"<http://z/1> <http://e/ns#n> _:c14n0 ."#,
    r#"_:c14n0 <http://e/ns#n> <http://e/ns#a(b)> ."#,
];

#[test]
fn laid_out() -> io::Result<()> {
    assert_eq!(
        written(&LINES, false)?,
        r#"@prefix city: <http://e/id/city/> .
@prefix ns: <http://e/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

# ns:City

city:n-2
    a <http://a/Thing> ;
    a ns:City ;
    <http://www.w3.org/2004/02/skos/core#prefLabel> "two\nlines" ;
    ns:a "a \"b\"^^<c>"@ru-Latn ;
    ns:n "1"^^xsd:boolean ;
    ns:n "1."^^xsd:decimal ;
    ns:n 1.0 ;
    ns:n 1E3 ;
    ns:n 007 ;
    .

city:n-10
    a ns:City ;
    .

# without a class

<http://z/1>
    ns:n [
        ns:n <http://e/ns#a(b)> ;
    ] ;
    .
"#
    );
    Ok(())
}

fn dataset(format: RdfFormat, text: &str) -> Result<Dataset, Box<dyn Error>> {
    let mut dataset: Dataset = RdfParser::from_format(format)
        .for_slice(text)
        .collect::<Result<_, _>>()?;
    dataset.canonicalize(oxrdf::dataset::CanonicalizationAlgorithm::Unstable);
    Ok(dataset)
}

#[test]
fn reads_back_the_same() -> Result<(), Box<dyn Error>> {
    let turtle = written(&LINES, false)?;
    assert_eq!(
        dataset(RdfFormat::Turtle, &turtle)?,
        dataset(RdfFormat::NQuads, &LINES.join("\n"))?
    );
    let mut lines: Vec<String> = LINES.iter().map(|&line| line.to_owned()).collect();
    for graph in ["<http://e/graph/a>", "<http://e/graph/b>"] {
        lines.extend(
            LINES
                .iter()
                .take(6)
                .map(|line| line.replace(" .", &format!(" {graph} ."))),
        );
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(
        dataset(RdfFormat::TriG, &written(&lines, true)?)?,
        dataset(RdfFormat::NQuads, &lines.join("\n"))?
    );
    Ok(())
}

#[test]
fn a_changed_value_changes_its_line_alone() -> io::Result<()> {
    let before = written(&LINES, false)?;
    let mut lines = LINES;
    lines[9] = r#"<http://e/id/city/n-2> <http://www.w3.org/2004/02/skos/core#prefLabel> "x" ."#;
    let after = written(&lines, false)?;
    let changed = before
        .lines()
        .zip(after.lines())
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(changed, 1);
    assert_eq!(before.lines().count(), after.lines().count());
    let fewer = written(LINES.get(..11).unwrap_or_default(), false)?;
    let gone: Vec<_> = before
        .lines()
        .filter(|line| !fewer.lines().any(|other| other == *line))
        .collect();
    assert_eq!(
        gone,
        ["    ns:n [", "        ns:n <http://e/ns#a(b)> ;", "    ] ;"]
    );
    Ok(())
}

#[test]
fn blank_nodes_keep_their_labels_where_too_many_lines_would_be_held() -> Result<(), Box<dyn Error>>
{
    let prefixes = prefixes();
    let layout = TurtleLayout {
        prefixes: &prefixes,
        base: "",
        graphs: false,
    };
    let text = "<http://e/a> <http://e/p> _:x .\n<http://e/b> <http://e/p> _:y .\n_:x <http://e/p> \"1\" .\n_:y <http://e/p> \"2\" .";
    for (limit, label) in [(1 << 10, false), (40, true), (100, true)] {
        let mut out = Vec::new();
        write_holding(ReadLines(text.as_bytes()), &layout, limit, &mut out)?;
        let out = String::from_utf8(out)?;
        assert_eq!(out.contains("_:x"), label, "{out}");
        assert_eq!(
            dataset(RdfFormat::Turtle, &out)?,
            dataset(RdfFormat::NQuads, text)?
        );
    }
    Ok(())
}

#[test]
fn natural_order() {
    let key = |text: &str| {
        let mut key = Vec::new();
        natural_key(text.as_bytes(), &mut key);
        key
    };
    for pair in ["a", "a-b", "a1", "a2", "a10", "a10b", "b"].windows(2) {
        if let [before, after] = pair {
            assert!(key(before) < key(after), "{before} {after}");
        }
    }
    assert_ne!(key("a1"), key("a01"), "told apart");
}
