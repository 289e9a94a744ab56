use super::*;
use crate::convert::{self, CollectSink, Options};
use crate::csvw::{self, CompileOptions, LoadOptions};
use crate::diagnostic::ReadingMode;
use crate::resource::{ResolveError, Resolver, Resource};
use proptest::prelude::*;

const BASE: &str = "http://example.org/";

/// Files at `http://example.org/`.
struct Files(Vec<(String, Vec<u8>)>);

impl Resolver for Files {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let name = url.strip_prefix(BASE).unwrap_or(url);
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, bytes)| Resource::of_bytes(url, bytes.as_slice()))
            .ok_or(ResolveError::NotFound)
    }
}

/// Converts files and writes them back: the tables, or the codes of what is in the way.
fn round_trip(metadata: &str, files: &[(&str, &str)]) -> Result<Vec<String>, Vec<Code>> {
    let mut all = vec![("m.json".to_owned(), metadata.as_bytes().to_vec())];
    for (name, text) in files {
        all.push(((*name).to_owned(), text.as_bytes().to_vec()));
    }
    let files = Files(all);
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let url = format!("{BASE}m.json");
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).unwrap();
    let options = CompileOptions {
        mode: csvw::ConversionMode::Minimal,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(&group, &options, &mut diagnostics);
    let mut sink = CollectSink::default();
    convert::run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )
    .unwrap();
    let problems: Vec<_> = diagnostics.iter().collect();
    // Random texts have spaces at their ends, which is worth a warning in ids; so is a list in one IRI.
    let problems: Vec<_> = problems
        .into_iter()
        .filter(|problem| !matches!(problem.code, Code::Unseen | Code::JoinedList))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    // As a build keeps them: without order, each once.
    let mut quads: Vec<_> = sink.quads.into_iter().map(|(quad, _)| quad).collect();
    quads.sort_by_key(ToString::to_string);
    quads.dedup();
    let graph: IndexedQuads = quads.into_iter().collect();
    let compiled = Tables {
        group: &group,
        plan: &plan,
        resolver: &files,
    };
    let cell = tables(compiled, graph, None, Profile::Faithful, &mut diagnostics).unwrap();
    match cell {
        Some(tables) => {
            let text = |table: WrittenTable| String::from_utf8(table.bytes).unwrap();
            Ok(tables.into_iter().map(text).collect())
        }
        None => Err(diagnostics.iter().map(|problem| problem.code).collect()),
    }
}

/// A table as `civigraph fmt` writes it.
fn canonical(metadata: &str, table: &str) -> String {
    let files = Files(vec![
        ("m.json".to_owned(), metadata.as_bytes().to_vec()),
        ("t.csv".to_owned(), table.as_bytes().to_vec()),
    ]);
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let url = format!("{BASE}m.json");
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).unwrap();
    let layout = TableLayout::of(&group.tables[0]);
    let resource = Resource::of_bytes("t.csv", table.as_bytes());
    let bytes = fmt::format(&resource, &layout, Profile::Faithful).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn metadata(columns: &str) -> String {
    format!(
        r#"{{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {{
            "aboutUrl": "http://example.org/t/{{id}}", "primaryKey": "id", "columns": [
            {{"name": "id", "titles": "id", "suppressOutput": true}}, {columns}]}}}}"#
    )
}

#[track_caller]
fn exact(columns: &str, table: &str) {
    let cell = round_trip(&metadata(columns), &[("t.csv", table)]);
    assert_eq!(cell, Ok(vec![table.to_owned()]));
}

#[track_caller]
fn lost(columns: &str, table: &str, expected: Code) {
    let cell = round_trip(&metadata(columns), &[("t.csv", table)]);
    assert_eq!(cell, Err(vec![expected]));
}

#[test]
fn cells_are_found_again() {
    let kind = r#"{"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "schema:Thing"}"#;
    let with = |columns: &str| format!("{columns}, {kind}");
    // Plain texts, in two languages under one property.
    exact(
        &with(
            r#"{"name": "ru", "titles": "ru", "lang": "ru", "propertyUrl": "rdfs:label"},
               {"name": "en", "titles": "en", "lang": "en", "propertyUrl": "rdfs:label"}"#,
        ),
        "id,ru,en\n1,Ирбит,Irbit\n2,,\n3,\"a\nb\",\"\"\"\"\n",
    );
    // Two kinds of things under one property, which their templates distinguish.
    exact(
        &with(
            r#"{"name": "city", "titles": "city", "propertyUrl": "schema:location", "valueUrl": "city/{city}"},
               {"name": "region", "titles": "region", "propertyUrl": "schema:location", "valueUrl": "region/{region}"}"#,
        ),
        "id,city,region\na b,x y,\nй,,50%\n",
    );
    // Lists: unordered ones sorted, ordered ones as they are.
    exact(
        &with(
            r#"{"name": "l", "titles": "l", "separator": ";"},
               {"name": "o", "titles": "o", "separator": ";", "ordered": true},
               {"name": "e", "titles": "e", "separator": ";", "valueUrl": "e/{e}", "https://w3id.org/civigraph/csvw#each": true}"#,
        ),
        "id,l,o,e\n1,a;b,b;a,x;y\n2,,,\n",
    );
    // A class from a cell, beside a class that all rows have.
    exact(
        &with(
            r#"{"name": "class", "titles": "class", "datatype": {"base": "string", "format": "A|B"}, "propertyUrl": "rdf:type", "valueUrl": "http://schema.org/{class}"}"#,
        ),
        "id,class\n1,A\n2,B\n",
    );
    // A class from a cell, beside the wider one that things of another class have too.
    exact(
        &with(
            r#"{"name": "class", "titles": "class", "datatype": {"base": "string", "format": "A|B"}, "propertyUrl": "rdf:type", "valueUrl": "http://schema.org/{class}"},
               {"name": "is_b", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "http://schema.org/B", "https://w3id.org/civigraph/csvw#when": "class!=B"}"#,
        ),
        "id,class\n1,A\n2,B\n",
    );
    // A label that a template makes of cells.
    exact(
        &with(
            r#"{"name": "name", "titles": "name", "propertyUrl": "schema:name"},
               {"name": "label", "virtual": true, "lang": "en", "propertyUrl": "schema:alternateName", "https://w3id.org/civigraph/csvw#text": "No. {id}: {name} (100% {name})"}"#,
        ),
        "id,name\n1,a b%20\u{e9}\n2,\n",
    );
    // A choice that only conditions know, and its one value that is the condition of nothing.
    exact(
        &with(
            r#"{"name": "kind", "titles": "kind", "required": true, "suppressOutput": true, "datatype": {"base": "string", "format": "A|B"}},
               {"name": "is_b", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "http://example.org/B", "https://w3id.org/civigraph/csvw#when": "kind=B"}"#,
        ),
        "id,kind\n1,A\n2,B\n",
    );
    // The row as object, and a link through another subject.
    exact(
        &with(
            r#"{"name": "event", "titles": "event", "aboutUrl": "event/{event}", "propertyUrl": "schema:subjectOf", "valueUrl": "http://example.org/t/{id}"},
               {"name": "code", "titles": "code", "aboutUrl": "code/{code}", "propertyUrl": "schema:code"},
               {"name": "link", "virtual": true, "propertyUrl": "schema:identifier", "valueUrl": "code/{code}", "https://w3id.org/civigraph/csvw#when": "code"}"#,
        ),
        "id,event,code\n1,e,c1\n2,e,\n",
    );
    // Formats with one way to write a value.
    exact(
        &with(
            r#"{"name": "b", "titles": "b", "datatype": {"base": "boolean", "format": "yes|no"}},
               {"name": "d", "titles": "d", "datatype": {"base": "date", "format": "dd.MM.yyyy"}},
               {"name": "n", "titles": "n", "datatype": "decimal"}, {"name": "u", "titles": "u", "datatype": "anyURI", "valueUrl": "{+u}"}"#,
        ),
        "id,b,d,n,u\n1,yes,01.11.2018,1.50,http://a/b?c\n2,no,,007,\n",
    );
}

#[test]
fn texts_in_the_language_of_another_cell_are_found_whatever_the_order() {
    let language = r#""https://w3id.org/civigraph/csvw#language": "l""#;
    let text = format!(r#"{{"name": "d", "titles": "d", "required": true, {language}}}"#);
    let tag = r#"{"name": "l", "titles": "l"}"#;
    exact(&format!("{text}, {tag}"), "id,d,l\n1,y,ru\n2,z,en\n3,w,\n");
    exact(&format!("{tag}, {text}"), "id,l,d\n1,ru,y\n2,en,z\n");
    let list =
        format!(r#"{{"name": "o", "titles": "o", "separator": ";", "ordered": true, {language}}}"#);
    exact(&format!("{list}, {tag}"), "id,o,l\n1,b;a,ru\n2,,en\n");
    // The one tag that is the condition of nothing is found last.
    exact(
        &format!(
            r#"{text}, {{"name": "l", "titles": "l", "required": true, "suppressOutput": true, "datatype": {{"base": "string", "format": "en|ru"}}}},
               {{"name": "is_ru", "virtual": true, "valueUrl": "ru", "https://w3id.org/civigraph/csvw#when": "l=ru"}}"#
        ),
        "id,d,l\n1,y,ru\n2,z,en\n",
    );
}

#[test]
fn no_list_is_told_from_an_empty_one() {
    exact(
        r#"{"name": "a", "titles": "a", "separator": ";", "ordered": true, "null": ["NA"]},
           {"name": "u", "titles": "u", "separator": ";", "null": ["NA"], "valueUrl": "u/{u}"},
           {"name": "r", "titles": "r", "separator": ";", "null": ["NA"], "required": true},
           {"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "schema:Thing"}"#,
        "id,a,u,r\n1,NA,,NA\n2,,,x\n3,a;b,c,x;y\n",
    );
}

/// IRIs hold the canonical value, which the format of the key writes in one way only.
#[test]
fn numbers_in_formats_are_found_in_keys_and_lists() {
    let metadata = metadata(
        r#"{"name": "n", "titles": "n", "datatype": {"base": "decimal", "format": {"pattern": "0,0#", "decimalChar": ","}}, "separator": ";"},
           {"name": "p", "titles": "p", "datatype": {"base": "decimal", "format": "0.0%"}},
           {"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "schema:Thing"}"#,
    )
    .replace(
        r#""name": "id", "titles": "id", "suppressOutput": true"#,
        r#""name": "id", "titles": "id", "suppressOutput": true, "datatype": {"base": "integer", "format": "000"}"#,
    );
    let table = "id,n,p\n007,\"0,5;1,25\",12.5%\n1234,,\n";
    let cell = round_trip(&metadata, &[("t.csv", table)]);
    assert_eq!(cell, Ok(vec![table.to_owned()]));
}

#[test]
fn values_in_iris_are_known_by_their_canonical_form() {
    let metadata = metadata(
        r#"{"name": "n", "titles": "n", "datatype": "integer"},
           {"name": "m", "titles": "m", "datatype": "decimal", "valueUrl": "m/{m}"},
           {"name": "link", "virtual": true, "valueUrl": "n/{n}"}"#,
    )
    .replace(
        r#""name": "id", "titles": "id", "suppressOutput": true"#,
        r#""name": "id", "titles": "id", "datatype": "integer""#,
    );
    // A form that only the IRI had is not found again; the graph is the same.
    let cell = round_trip(&metadata, &[("t.csv", "id,n,m\n007,+1,1.50\n8,,2\n")]);
    let expected = "id,n,m\n007,+1,1.5\n8,,2\n";
    assert_eq!(cell, Ok(vec![expected.to_owned()]));
}

#[test]
fn what_says_nothing_is_not_in_the_canonical_form_either() {
    let columns = r#"
        {"name": "n", "titles": "n", "datatype": "integer"},
        {"name": "l", "titles": "l", "separator": ";"},
        {"name": "m", "titles": "m", "separator": ";", "datatype": "integer", "ordered": true},
        {"name": "s", "titles": "s", "null": "-"}"#;
    let metadata = metadata(columns);
    let table = "id,n,l,m,s\n2,, b ;a;;a,3 ;; 1;3,-\n1, 5 ,;,;, x \n";
    let expected = "id,n,l,m,s\n1,5,,, x \n2,, b ;a,3;1;3,-\n";
    assert_eq!(canonical(&metadata, table), expected);
    assert_eq!(canonical(&metadata, expected), expected);
    let cell = round_trip(&metadata, &[("t.csv", table)]);
    assert_eq!(cell, Ok(vec![expected.to_owned()]));
}

#[test]
fn what_a_mapping_loses_is_named() {
    let table = "id,a\n1,x\n";
    lost(
        r#"{"name": "a", "titles": "a", "suppressOutput": true}, {"name": "v", "virtual": true, "valueUrl": "v"}"#,
        table,
        Code::InverseColumn,
    );
    lost(
        r#"{"name": "a", "titles": "a", "valueUrl": "http://example.org/constant"}"#,
        table,
        Code::InverseColumn,
    );
    lost(
        r#"{"name": "a", "titles": "a", "datatype": "integer", "default": "0"}, {"name": "v", "virtual": true, "valueUrl": "v"}"#,
        "id,a\n1,12\n",
        Code::InverseForm,
    );
    // Two columns that nothing tells apart.
    let cell = round_trip(
        &metadata(
            r#"{"name": "a", "titles": "a", "propertyUrl": "schema:p"}, {"name": "b", "titles": "b", "propertyUrl": "schema:p"}"#,
        ),
        &[("t.csv", "id,a,b\n1,x,y\n")],
    );
    assert!(cell.unwrap_err().contains(&Code::InverseAmbiguous));
    // Rows without a key.
    let metadata = r#"{"@context": "http://www.w3.org/ns/csvw", "url": "t.csv", "tableSchema": {"columns": [{"name": "a", "titles": "a"}]}}"#;
    let cell = round_trip(metadata, &[("t.csv", "a\n1\n")]);
    assert_eq!(cell, Err(vec![Code::InverseRows]));
}

/// A value with everything that CSV and IRIs trip over.
fn value() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "Б", "\"", ",", "\n", "\r\n", "e\u{301}", "\u{FEFF}", " ", "%", "%20", "/", "#", "?",
        "'", "\t", "\\", "=1", "{", "}", "<", "-", "\u{a0}", "&",
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_tables_come_back(
        rows in prop::collection::btree_map("[a-c]{1,2}| [x/%й]{1,2}", (value(), value(), value(), value(), value()), 0..6),
        mark in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let columns = r#"
            {"name": "p", "titles": "p", "propertyUrl": "schema:p"},
            {"name": "en", "titles": "en", "lang": "en", "propertyUrl": "schema:p"},
            {"name": "link", "titles": "link", "propertyUrl": "schema:q", "valueUrl": "http://example.org/x/{link}/y"},
            {"name": "list", "titles": "list", "separator": "|", "propertyUrl": "schema:r"},
            {"name": "maybe", "titles": "maybe", "null": "-", "propertyUrl": "schema:s"},
            {"name": "type", "virtual": true, "propertyUrl": "rdf:type", "valueUrl": "schema:Thing"}"#;
        let newline = if crlf { "\r\n" } else { "\n" };
        let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut table = if mark { "\u{FEFF}".to_owned() } else { String::new() };
        table.push_str("id,p,en,link,list,maybe");
        table.push_str(newline);
        // In the last column an empty cell is an empty string, and `-` is missing.
        for (id, (p, en, link, item, maybe)) in &rows {
            let list = if item.is_empty() { String::new() } else { format!("{item}|zz") };
            let cells: Vec<String> = [id, p, en, link, &list, maybe].into_iter().map(|c| quote(c)).collect();
            table.push_str(&cells.join(","));
            table.push_str(newline);
        }
        let metadata = metadata(columns);
        let canonical = canonical(&metadata, &table);
        let cell = round_trip(&metadata, &[("t.csv", &table)]);
        prop_assert_eq!(cell, Ok(vec![canonical]));
    }
}
