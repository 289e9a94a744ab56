//! Queries on a small published build.

use super::*;
use crate::diagnostic::{Code, Diagnostics, ReadingMode};
use crate::export::DumpFormat;
use crate::query::QueryError;
use crate::store::{Build, BuildDescription, BuildOptions, Builder, Prefixes, open};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::Quad;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

type Tested = Result<(), Box<dyn Error>>;

const DATA: &str = r#"
@prefix : <http://e/ns#> .
@prefix city: <http://e/id/city/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix g: <http://e/graph/> .
city:irbit a :City ; skos:prefLabel "Irbit"@en, "Ирбит"@ru ; :founded 1631 .
city:tara a :City ; skos:prefLabel "Tara"@en ; :founded 1594 ; :twin city:irbit .
g:inferred { city:tara :near city:irbit . }
g:claims { city:tara :claimed "yes" . }
"#;

/// A build of the data above; its folder lives as long as the first part.
fn build() -> Result<(tempfile::TempDir, Arc<Build>), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let builder = Builder::begin(
        folder.path(),
        BuildOptions {
            threads: 1,
            ..BuildOptions::default()
        },
    )?;
    let quads: Vec<Quad> = RdfParser::from_format(RdfFormat::TriG)
        .for_slice(DATA)
        .collect::<Result<_, _>>()?;
    builder.add(quads)?;
    let mut prefixes = Prefixes::default();
    prefixes.add("ns", "http://e/ns#");
    prefixes.add("graph", "http://e/graph/");
    prefixes.add_things("http://e/", ["city"]);
    builder.publish(BuildDescription {
        base: "http://e/".to_owned(),
        prefixes,
        ..BuildDescription::default()
    })?;
    let build = Arc::new(open(folder.path())?);
    Ok((folder, build))
}

fn answer(
    build: &Arc<Build>,
    request: &Request,
    format: AnswerFormat,
) -> Result<(String, AnswerSummary), QueryError> {
    let mut out = Vec::new();
    let style = AnswerStyle {
        format: Some(format),
        labels: Some("ru".to_owned()),
        ..AnswerStyle::default()
    };
    let answered = run(build, request, &style, &mut out)?;
    Ok((String::from_utf8_lossy(&out).replace('\r', ""), answered))
}

#[test]
fn answers_in_every_format() -> Tested {
    let (_folder, build) = build()?;
    let select = Request::new(
        "SELECT ?city ?year { ?city ns:founded ?year } ORDER BY ?year",
        "q.rq",
    );
    let ask = Request::new("ASK { city:irbit a ns:City }", "q.rq");
    let construct = Request::new("CONSTRUCT WHERE { ?s ns:twin ?o }", "q.rq");
    for (request, format, expected) in [
        (
            &select,
            AnswerFormat::Csv,
            "city,year\nhttp://e/id/city/tara,1594\nhttp://e/id/city/irbit,1631\n",
        ),
        (
            &select,
            AnswerFormat::Tsv,
            "?city\t?year\n<http://e/id/city/tara>\t1594\n<http://e/id/city/irbit>\t1631\n",
        ),
        (&ask, AnswerFormat::Csv, "true\n"),
        (&ask, AnswerFormat::Table, "true\n"),
        (
            &construct,
            AnswerFormat::Rdf(DumpFormat::NTriples),
            "<http://e/id/city/tara> <http://e/ns#twin> <http://e/id/city/irbit> .\n",
        ),
        (
            &construct,
            AnswerFormat::Rdf(DumpFormat::Turtle),
            "@prefix city: <http://e/id/city/> .\n@prefix ns: <http://e/ns#> .\n\n\
             # without a class\n\ncity:tara\n    ns:twin city:irbit ;\n    .\n",
        ),
    ] {
        assert_eq!(answer(&build, request, format)?.0, expected);
    }
    for (request, format, part) in [
        (&select, AnswerFormat::Table, "Ирбит (city:irbit)"),
        (&select, AnswerFormat::Table, "Tara (city:tara)"),
        (&select, AnswerFormat::Json, "\"value\":\"1594\""),
        (&select, AnswerFormat::Xml, "<variable name=\"city\"/>"),
        (
            &construct,
            AnswerFormat::Rdf(DumpFormat::RdfXml),
            "<rdf:Description",
        ),
        (&construct, AnswerFormat::Json, "@id"),
    ] {
        let text = answer(&build, request, format)?.0;
        assert!(text.contains(part), "{part} in {text}");
    }
    for (request, format) in [
        (&select, AnswerFormat::Rdf(DumpFormat::Turtle)),
        (&construct, AnswerFormat::Csv),
        (&ask, AnswerFormat::Rdf(DumpFormat::Turtle)),
    ] {
        let refusal = answer(&build, request, format).err();
        assert_eq!(refusal.map(|e| e.code()), Some(Code::ExportFormat));
    }
    Ok(())
}

#[test]
fn inferred_triples_are_seen_when_asked_for() -> Tested {
    let (_folder, build) = build()?;
    for (text, inferred, expected) in [
        ("ASK { city:tara ns:near ?x }", false, false),
        ("ASK { city:tara ns:near ?x }", true, true),
        ("ASK { GRAPH ?g { city:tara ns:near ?x } }", false, false),
        ("ASK { GRAPH ?g { city:tara ns:claimed ?x } }", false, true),
        ("ASK { GRAPH ?g { ?build a ?class } }", false, true),
        (
            "ASK { GRAPH graph:inferred { city:tara ns:near ?x } }",
            false,
            true,
        ),
        (
            "ASK { VALUES ?g { graph:inferred } GRAPH ?g { city:tara ns:near ?x } }",
            false,
            true,
        ),
        ("ASK { GRAPH ?asked { city:tara ns:near ?x } }", false, true),
    ] {
        let mut request = Request::new(text, "q.rq");
        request.inferred = inferred;
        // A parameter names a graph as well as the text does.
        if text.contains("?asked") {
            let graph = oxrdf::NamedNode::new("http://e/graph/inferred")?;
            request.parameters.insert("asked".to_owned(), graph.into());
        }
        let truth = answer(&build, &request, AnswerFormat::Csv)?.1.truth;
        assert_eq!(truth, Some(expected), "{text} {inferred}");
    }
    Ok(())
}

#[test]
fn parameters_reach_every_place_and_cannot_inject() -> Tested {
    let (_folder, build) = build()?;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let text = "# param: city iri\n# param: lang lang = \"en\"\n\
        SELECT ?label ?city { { SELECT ?label { ?city skos:prefLabel ?label FILTER(LANG(?label) = ?lang) } } }";
    let text = text.replace("skos:", "<http://www.w3.org/2004/02/skos/core#>");
    let text = text.replace("#>prefLabel", "#prefLabel>");
    let query = StoredQuery::parse("labels".to_owned(), "labels.rq", text, &mut diagnostics);
    let about = &build.manifest().about;
    for (city, lang, expected) in [
        (
            "city/irbit",
            "ru",
            "label,city\nИрбит,http://e/id/city/irbit\n",
        ),
        (
            "city:tara",
            "en",
            "label,city\nTara,http://e/id/city/tara\n",
        ),
        ("city:tara", "ru", "label,city\n"),
    ] {
        let given = [("city", city), ("lang", lang)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let values = query.bind(&given, &about.prefixes, &about.base, &mut diagnostics);
        let mut request = Request::new(query.text.as_str(), query.file.as_str());
        request.parameters = values.ok_or("refused")?;
        assert_eq!(answer(&build, &request, AnswerFormat::Csv)?.0, expected);
    }
    let mut request = Request::new("SELECT ?s { ?s ns:claimed|ns:founded ?text }", "q.rq");
    let text = "x\" } UNION { ?s ?p ?o";
    request
        .parameters
        .insert("text".to_owned(), oxrdf::Literal::from(text).into());
    assert_eq!(answer(&build, &request, AnswerFormat::Csv)?.1.rows, 0);
    request
        .parameters
        .insert("other".to_owned(), oxrdf::Literal::from("x").into());
    let refusal = answer(&build, &request, AnswerFormat::Csv).err();
    assert_eq!(refusal.map(|e| e.code()), Some(Code::QueryHeader));
    Ok(())
}

#[test]
fn limits_cut_and_say_so() -> Tested {
    let (_folder, build) = build()?;
    let mut request = Request::new("SELECT * { ?s ?p ?o }", "q.rq");
    request.limits.rows = Some(3);
    let (_, answered) = answer(&build, &request, AnswerFormat::Csv)?;
    assert_eq!((answered.rows, answered.complete), (3, false));
    request.limits.rows = Some(1_000);
    assert!(answer(&build, &request, AnswerFormat::Csv)?.1.complete);

    // A product that takes some seconds, and is not waited for.
    let product: String = (0..7).map(|i| format!("?s{i} ?p{i} ?o{i} . ")).collect();
    let text = format!("SELECT (COUNT(*) AS ?n) {{ {product} }}");
    let mut request = Request::new(text, "q.rq");
    request.limits.time = Some(Duration::from_millis(1));
    let refusal = answer(&build, &request, AnswerFormat::Csv).err();
    assert_eq!(refusal.map(|e| e.code()), Some(Code::QueryTimeout));

    // Oxigraph takes what the right side has said by then for all of it.
    let product: String = (0..30).map(|i| format!("?s{i} ?p ?o{i} . ")).collect();
    let text = format!("SELECT * {{ VALUES ?n {{ 1 }} MINUS {{ {product} BIND(1 AS ?n) }} }}");
    let mut request = Request::new(text, "q.rq");
    request.limits.time = Some(Duration::from_millis(200));
    let refusal = answer(&build, &request, AnswerFormat::Csv).err();
    assert_eq!(refusal.map(|e| e.code()), Some(Code::QueryTimeout));
    Ok(())
}

#[test]
fn deep_queries_do_not_overflow_the_stack() -> Tested {
    let (_folder, build) = build()?;
    let unions = format!("ASK {{ {{}} {} }}", "UNION{}".repeat(5_000));
    let ors = format!("ASK {{ FILTER(1=2 {} ) }}", "||1=1".repeat(5_000));
    for text in [unions, ors] {
        let request = Request::new(text, "q.rq");
        answer(&build, &request, AnswerFormat::Csv)?;
    }
    Ok(())
}

#[test]
fn things_are_searched_for_in_patterns() -> Tested {
    let (_folder, build) = build()?;
    let check = |query: &str, expected: &str| -> Tested {
        let request = Request::new(query, "q.rq");
        let (text, _) = answer(&build, &request, AnswerFormat::Csv)?;
        assert_eq!(text.trim_end().replace('\n', " "), expected, "{query}");
        Ok(())
    };
    let irbit = "http://e/id/city/irbit";
    check("SELECT ?s { ?s ns:search 'Ирбита' }", &format!("s {irbit}"))?;
    check(
        "SELECT ?s ?year { ?s ns:search 'irb' ; ns:founded ?year }",
        &format!("s,year {irbit},1631"),
    )?;
    check(
        "SELECT ?s { (?s ?score) ns:search ('Irbitt' 5) FILTER(?score > 0 && ?score < 1) }",
        &format!("s {irbit}"),
    )?;
    // Each of two searches, joined.
    check(
        "SELECT * { ?a ns:search 'Tara' . ?b ns:search 'Irbit' . ?a ns:twin ?b }",
        &format!("a,b http://e/id/city/tara,{irbit}"),
    )?;
    check(
        "SELECT ?s { ?s ns:search 'Irbit'@ru }",
        &format!("s {irbit}"),
    )?;
    check("SELECT ?s { ?s ns:search 'Tara'@ru }", "s")?;
    check("SELECT ?s { ?s ns:search ' - ' }", "s")?;
    check("SELECT (1 AS ?x) { city:irbit ns:search 'Irbit' }", "x 1")?;
    check("SELECT (1 AS ?x) { city:tara ns:search 'Irbit' }", "x")?;
    check(
        "SELECT ?s ?found { ?s a ns:City OPTIONAL { (?s ?score) ns:search ('Tara') BIND(true AS ?found) } } ORDER BY ?s",
        &format!("s,found {irbit}, http://e/id/city/tara,true"),
    )?;
    check(
        "SELECT ?s { ?s a ns:City FILTER NOT EXISTS { ?s ns:search 'Tara' } }",
        &format!("s {irbit}"),
    )?;
    check(
        "SELECT ?s { { ?s ns:search 'Tara' } UNION { ?s ns:search 'Irbit' } MINUS { ?s ns:search 'Tara' } }",
        &format!("s {irbit}"),
    )?;
    check(
        "SELECT ?n { { SELECT (COUNT(?s) AS ?n) { ?s ns:search 'Irbit' } } }",
        "n 1",
    )?;
    // A list of the query's own is left alone.
    check("SELECT ?s { ?s ns:search 'Irbit' . (1 2) ns:of ?s }", "s")?;
    let mut request = Request::new("SELECT ?s { ?s ns:search ?words }", "q.rq");
    let words = oxrdf::Literal::from("Irbit");
    request.parameters.insert("words".to_owned(), words.into());
    let (text, _) = answer(&build, &request, AnswerFormat::Csv)?;
    assert_eq!(text, format!("s\n{irbit}\n"));
    for wrong in [
        "SELECT * { ?s ns:search ?text }",
        "SELECT * { ?s ns:search ns:City }",
        "SELECT * { 'Irbit' ns:search 'Irbit' }",
        "SELECT * { [] ns:search 'Irbit' }",
        "SELECT * { (?s 1) ns:search 'Irbit' }",
        "SELECT * { (?s ?score ?x) ns:search 'Irbit' }",
        "SELECT * { ?s ns:search () }",
        "SELECT * { ?s ns:search ('Irbit' 0) }",
        "SELECT * { ?s ns:search ('Irbit' '5') }",
        "SELECT * { ?s ns:search ('Irbit' 5 6) }",
        "SELECT * { ?s ns:search+ 'Irbit' }",
        "SELECT * { ?s a ns:City FILTER EXISTS { ?s ns:search|ns:twin ?o } }",
    ] {
        let refused = answer(&build, &Request::new(wrong, "q.rq"), AnswerFormat::Csv);
        let code = refused.err().map(|error| error.code());
        assert_eq!(code, Some(Code::QueryFunction), "{wrong}");
    }
    Ok(())
}

#[test]
fn functions_of_claims_take_what_they_take() -> Tested {
    let (_folder, build) = build()?;
    for wrong in [
        "ASK { BIND(ns:basis(ns:a, ns:b) AS ?x) }",
        "ASK { BIND(ns:basis(ns:a, ns:b, 1, 2) AS ?x) }",
        "ASK { BIND(ns:speaker(ns:a, ns:b, 1, 2, 3) AS ?x) }",
        "ASK { BIND(ns:gap(ns:a) AS ?x) }",
        "ASK { BIND(ns:conflict(ns:a, ns:b, 'en', 1) AS ?x) }",
        "ASK { BIND(ns:standings(ns:a, ns:b, 1) AS ?x) }",
    ] {
        let refused = answer(&build, &Request::new(wrong, "q.rq"), AnswerFormat::Csv);
        let code = refused.err().map(|error| error.code());
        assert_eq!(code, Some(Code::QueryFunction), "{wrong}");
    }
    // What nobody claims anything of has no value, whatever it is.
    let asked = "SELECT ?x ?y ?z { BIND(ns:basis(ns:a, ns:b, 1) AS ?x) \
                 BIND(ns:standing('a', ns:b, 1) AS ?y) BIND(ns:source(ns:a, ns:b, 1, 0) AS ?z) }";
    let (text, _) = answer(&build, &Request::new(asked, "q.rq"), AnswerFormat::Csv)?;
    assert_eq!(text, "x,y,z\n,,\n");
    Ok(())
}
