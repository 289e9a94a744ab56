//! Whole documents: CSV and metadata in, JSON out.

use super::JsonSink;
use crate::convert::{self, Options};
use crate::csvw::{self, CompileOptions, LoadOptions};
use crate::diagnostic::{Diagnostics, ReadingMode, Severity};
use crate::resource::{ResolveError, Resolver, Resource, ResourceContent};
use serde_json::{Value, json};

/// A site of two files.
struct Site {
    csv: String,
    metadata: String,
}

impl Resolver for Site {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let (text, media_type) = match url {
            "http://example.org/a.csv" => (&self.csv, "text/csv"),
            "http://example.org/m.json" => (&self.metadata, "application/csvm+json"),
            _ => return Err(ResolveError::NotFound),
        };
        Ok(Resource {
            url: url.into(),
            media_type: Some(media_type.into()),
            charset: None,
            header: None,
            language: None,
            links: Vec::new(),
            content: ResourceContent::Bytes(text.as_bytes().into()),
            name: url.into(),
        })
    }
}

/// The JSON of a table with a schema, whatever the number of threads.
fn convert(csv: &str, mode: csvw::ConversionMode, table: Value) -> String {
    let mut metadata = json!({"@context": "http://www.w3.org/ns/csvw", "url": "a.csv"});
    if let (Value::Object(metadata), Value::Object(table)) = (&mut metadata, table) {
        metadata.extend(table);
    }
    let site = Site {
        csv: csv.into(),
        metadata: metadata.to_string(),
    };
    let mut texts = [(1, 1 << 20), (3, 8)].map(|(threads, chunk_size)| {
        let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
        let url = "http://example.org/m.json";
        let group = csvw::load(url, &LoadOptions::default(), &site, &mut diagnostics).unwrap();
        let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
        let mut sink = JsonSink::new(Vec::new(), &group, &plan, mode);
        let options = Options {
            threads,
            chunk_size,
            ..Options::default()
        };
        convert::run(&plan, &site, &options, &mut sink, &mut diagnostics).unwrap();
        assert_eq!(diagnostics.count(Severity::Error), 0, "{diagnostics:?}");
        String::from_utf8(sink.finish().unwrap()).unwrap()
    });
    assert_eq!(texts[0], texts[1], "chunks change the output");
    std::mem::take(&mut texts[0])
}

#[track_caller]
fn check(csv: &str, mode: csvw::ConversionMode, table: Value, expected: Value) {
    let text = convert(csv, mode, table);
    let found: Value = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}");
    });
    assert_eq!(found, expected);
}

/// The objects of rows under a schema.
#[track_caller]
fn check_rows(csv: &str, schema: Value, expected: Value) {
    let table = json!({"tableSchema": schema});
    check(csv, csvw::ConversionMode::Minimal, table, expected);
}

#[test]
fn values_by_datatype() {
    check_rows(
        "i,d,b,s,x\n007,+1.50,1,1,2\n,INF,false,\"a\"\"b\nc\",x\n,1e999,,,\n",
        json!({"columns": [
            {"titles": "i", "datatype": "integer"},
            {"titles": "d", "datatype": "double"},
            {"titles": "b", "datatype": "boolean"},
            {"titles": "s"},
            {"titles": "x", "datatype": "integer"},
        ]}),
        json!([
            {"i": 7, "d": 1.5, "b": true, "s": "1", "x": 2},
            {"d": "INF", "b": false, "s": "a\"b\nc", "x": "x"},
            {"d": "1e999"},
        ]),
    );
}

#[test]
fn lists_are_arrays_whatever_their_length() {
    for ordered in [false, true] {
        check_rows(
            "a,b\n1;2,x\n3,\n,y\n",
            json!({"columns": [
                {"titles": "a", "separator": ";", "datatype": "integer", "ordered": ordered},
                {"titles": "b"},
            ]}),
            json!([{"a": [1, 2], "b": "x"}, {"a": [3]}, {"b": "y"}]),
        );
    }
}

#[test]
fn subjects_without_values_are_no_objects() {
    let two = json!({"columns": [
        {"titles": "a", "aboutUrl": "#a"},
        {"titles": "b", "aboutUrl": "#b"},
    ]});
    let object = json!({"@id": "http://example.org/a.csv#a", "a": "1"});
    check_rows("a,b\n1,\n,\n", two, json!([object]));
    // One that is named by a value URL does not become an object inside the other.
    check_rows(
        "a,b\n1,\n",
        json!({"columns": [
            {"titles": "a", "aboutUrl": "#a", "valueUrl": "#b"},
            {"titles": "b", "aboutUrl": "#b"},
        ]}),
        json!([{"@id": "http://example.org/a.csv#a", "a": "http://example.org/a.csv#b"}]),
    );
    let one = json!({"columns": [{"titles": "a"}, {"titles": "b"}]});
    check_rows("a,b\n,\n1,\n", one.clone(), json!([{"a": "1"}]));
    let row = |number: u64, describes: Value| {
        let url = format!("http://example.org/a.csv#row={}", number + 1);
        json!({"rownum": number, "url": url, "describes": describes})
    };
    check(
        "a,b\n,\n1,\n",
        csvw::ConversionMode::Standard,
        json!({"tableSchema": one}),
        json!({"tables": [{
            "url": "http://example.org/a.csv",
            "row": [row(1, json!([])), row(2, json!([{"a": "1"}]))],
        }]}),
    );
}

#[test]
fn columns_of_one_property_make_one_array() {
    check_rows(
        "a,b,c\n1,2;3,4\n",
        json!({"propertyUrl": "dc:subject", "columns": [
            {"titles": "a"},
            {"titles": "b", "separator": ";", "ordered": true},
            {"titles": "c"},
        ]}),
        json!([{"dc:subject": ["1", "2", "3", "4"]}]),
    );
}

#[test]
fn subjects_go_into_the_one_that_names_them() {
    check_rows(
        "a\n1\n",
        json!({"columns": [
            {"titles": "a", "aboutUrl": "#a", "propertyUrl": "schema:name"},
            {"virtual": true, "aboutUrl": "#a", "propertyUrl": "schema:location", "valueUrl": "#b"},
            {"virtual": true, "aboutUrl": "#b", "propertyUrl": "schema:geo", "valueUrl": "#c"},
            {"virtual": true, "aboutUrl": "#c", "propertyUrl": "rdf:type", "valueUrl": "schema:Place"},
        ]}),
        json!([{
            "@id": "http://example.org/a.csv#a",
            "schema:name": "1",
            "schema:location": {
                "@id": "http://example.org/a.csv#b",
                "schema:geo": {
                    "@id": "http://example.org/a.csv#c",
                    "@type": "schema:Place",
                },
            },
        }]),
    );
}

#[test]
fn subjects_that_name_each_other_or_twice_stay_apart() {
    let id = |name: &str| format!("http://example.org/a.csv#{name}");
    let link = |from: &str, to: &str| json!({"virtual": true, "aboutUrl": from, "propertyUrl": "schema:url", "valueUrl": to});
    // Around in a circle: the first is the root.
    check_rows(
        "x\n1\n",
        json!({"columns": [{"titles": "x", "suppressOutput": true}, link("#a", "#b"), link("#b", "#a")]}),
        json!([{"@id": id("a"), "schema:url": {"@id": id("b"), "schema:url": id("a")}}]),
    );
    // Itself.
    check_rows(
        "x\n1\n",
        json!({"columns": [{"titles": "x", "suppressOutput": true}, link("#a", "#a")]}),
        json!([{"@id": id("a"), "schema:url": id("a")}]),
    );
    // Named twice: neither.
    check_rows(
        "x\n1\n",
        json!({"columns": [
            {"titles": "x", "suppressOutput": true}, link("#a", "#c"), link("#b", "#c"), link("#c", "#d"),
        ]}),
        json!([
            {"@id": id("a"), "schema:url": id("c")},
            {"@id": id("b"), "schema:url": id("c")},
            {"@id": id("c"), "schema:url": id("d")},
        ]),
    );
}

#[test]
fn standard_mode_describes_tables_and_rows() {
    check(
        "#one\nid,name\n1,A\n#two\n2,B\n",
        csvw::ConversionMode::Standard,
        json!({
            "@id": "http://example.org/table",
            "dc:title": {"@value": "T", "@language": "en"},
            "dc:creator": {"@id": "http://example.org/me"},
            "dc:extent": [1, 2.5, true, {"@value": 5, "@type": "xsd:integer"}, {"@value": true, "@type": "xsd:boolean"},
                {"@value": "5", "@type": "xsd:integer"}],
            "notes": [{"@type": "schema:Comment", "schema:text": "n"}],
            "dialect": {"commentPrefix": "#", "skipRows": 1},
            "tableSchema": {"rowTitles": "name", "columns": [
                {"titles": "id", "name": "id", "suppressOutput": true},
                {"titles": "name", "name": "name"},
            ]},
        }),
        json!({"tables": [{
            "@id": "http://example.org/table",
            "url": "http://example.org/a.csv",
            "row": [
                {"rownum": 1, "url": "http://example.org/a.csv#row=3", "titles": "A", "describes": [{"name": "A"}]},
                {"rownum": 2, "url": "http://example.org/a.csv#row=5", "titles": "B", "describes": [{"name": "B"}]},
            ],
            "dc:title": "T",
            "dc:creator": "http://example.org/me",
            "dc:extent": [1, 2.5, true, 5, true, "5"],
            "rdfs:comment": ["one", "two"],
            "notes": [{"@type": "schema:Comment", "schema:text": "n"}],
        }]}),
    );
}

#[test]
fn a_table_without_rows() {
    let schema = json!({"columns": [{"titles": "a"}]});
    check_rows("a\n", schema.clone(), json!([]));
    check(
        "a\n",
        csvw::ConversionMode::Standard,
        json!({"tableSchema": schema}),
        json!({"tables": [{"url": "http://example.org/a.csv", "row": []}]}),
    );
}
