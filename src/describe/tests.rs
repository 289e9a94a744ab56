//! Entities of a small published build.

use super::*;
use crate::diagnostic::Code;
use crate::store::{Build, BuildDescription, BuildOptions, Builder, Prefixes, open};
use oxigraph::io::{RdfFormat, RdfParser};
use oxrdf::{NamedNode, Quad};
use std::error::Error;

type Tested = Result<(), Box<dyn Error>>;

const DATA: &str = r#"
@prefix ns: <http://e/ns#> .
@prefix city: <http://e/id/city/> .
@prefix region: <http://e/id/region/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
city:irbit a ns:City ; skos:prefLabel "Irbit"@en, "Ирбит"@ru ; ns:in region:ural ; ns:founded 1631 .
city:orel a ns:City ; skos:prefLabel "Orel"@en, "Орёл"@ru ; ns:twin city:irbit .
city:tara a ns:City ; skos:prefLabel "Tara"@en ; ns:twin city:irbit .
region:tara a ns:Region ; skos:prefLabel "Tara"@en .
region:fair skos:prefLabel "Ярмарка «Орёл – 2025»"@ru .
region:ural a ns:Region ; skos:prefLabel "Урал"@ru , "Ural"@de .
city:ural skos:altLabel "ural"@fr , "Kreis: A/B"@de .
<http://e/graph/claims> { city:irbit ns:claimed "x" . }
ns:in skos:prefLabel "lies in"@en .
"#;

fn build() -> Result<(tempfile::TempDir, Build), Box<dyn Error>> {
    build_of(DATA)
}

fn build_of(data: &str) -> Result<(tempfile::TempDir, Build), Box<dyn Error>> {
    build_with(data, true)
}

fn build_with(data: &str, text: bool) -> Result<(tempfile::TempDir, Build), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let options = BuildOptions {
        threads: 1,
        text,
        ..BuildOptions::default()
    };
    let builder = Builder::begin(folder.path(), options)?;
    let quads: Vec<Quad> = RdfParser::from_format(RdfFormat::TriG)
        .for_slice(data)
        .collect::<Result<_, _>>()?;
    builder.add(quads)?;
    let mut prefixes = Prefixes::default();
    prefixes.add("ns", "http://e/ns#");
    prefixes.add_things("http://e/", ["city", "region"]);
    builder.publish(BuildDescription {
        base: "http://e/".to_owned(),
        prefixes,
        ..BuildDescription::default()
    })?;
    let build = open(folder.path())?;
    Ok((folder, build))
}

#[test]
fn names_that_users_type() -> Tested {
    for text in [true, false] {
        let (_folder, build) = build_with(DATA, text)?;
        assert_eq!(build.text()?.is_some(), text);
        check_names(&build)?;
    }
    Ok(())
}

/// What is found in whatever way labels are looked up.
fn check_names(build: &Build) -> Tested {
    let irbit = Ok("http://e/id/city/irbit".to_owned());
    let fair = Ok("http://e/id/region/fair".to_owned());
    let orel = Ok("http://e/id/city/orel".to_owned());
    for (name, expected) in [
        ("http://e/id/city/irbit", irbit.clone()),
        ("<http://e/id/city/irbit>", irbit.clone()),
        ("city:irbit", irbit.clone()),
        ("city/irbit", irbit.clone()),
        ("irbit", irbit.clone()),
        ("Irbit", irbit.clone()),
        ("Ирбит", irbit.clone()),
        ("ИРБИТ ", irbit),
        ("орел", orel),
        ("ярмарка «Орёл – 2025»", fair.clone()),
        ("Ярмарка \"Орел - 2025\"", fair.clone()),
        ("Ярмарка „Орёл\u{a0}— 2025“", fair),
        ("Ural", Ok("http://e/id/region/ural".to_owned())),
        ("Kreis: A/B", Ok("http://e/id/city/ural".to_owned())),
        ("ns:City", Ok("http://e/ns#City".to_owned())),
        ("tara", Err(Code::AmbiguousEntity)),
        ("Tara", Err(Code::AmbiguousEntity)),
        ("city/nowhere", Err(Code::UnknownEntity)),
        ("http://e/nowhere", Err(Code::UnknownEntity)),
        ("", Err(Code::UnknownEntity)),
    ] {
        let found = resolve(build, name)
            .map(|node| node.into_string())
            .map_err(|e| e.code());
        assert_eq!(found, expected, "{name}");
    }
    let refusal = resolve(build, "irbitt").err().ok_or("found")?;
    let hint = refusal.into_diagnostic().hint;
    let hint = hint.map(|hint| hint.to_string()).unwrap_or_default();
    assert!(hint.contains("city/irbit"), "{hint}");
    let refusal = resolve(build, "Tara").err().ok_or("found")?;
    assert_eq!(
        refusal.into_diagnostic().expected.as_deref(),
        Some("city/tara, region/tara")
    );
    Ok(())
}

#[test]
fn names_that_are_not_quite_labels() -> Tested {
    let (_folder, build) = build_of(
        r#"
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix person: <http://e/id/person/> .
@prefix schema: <http://schema.org/> .
@prefix dct: <http://purl.org/dc/terms/> .
person:m skos:prefLabel "Вадим Медведев"@ru ; dct:description "Глава Ирбита"@ru .
person:i1 schema:name "Иван Иванов" . person:i2 schema:name "Иван Петров" .
person:plus skos:prefLabel "+++" .
"#,
    )?;
    let is = |name: &str, expected: Result<(&str, Option<&str>), Code>| {
        let found = named(&build, name).map_err(|error| error.code());
        let expected = expected.map(|(id, label)| NamedEntity {
            node: oxrdf::NamedNode::new_unchecked(format!("http://e/id/{id}")),
            label: label.map(str::to_owned),
        });
        assert_eq!(found, expected, "{name}");
    };
    let medvedev = Some("Вадим Медведев");
    is("вадим медведев", Ok(("person/m", None)));
    is("Медведев, Вадим", Ok(("person/m", medvedev)));
    is("Вадима Медведева", Ok(("person/m", medvedev)));
    is("Vadim Medvedev", Ok(("person/m", medvedev)));
    is("медведев", Ok(("person/m", medvedev)));
    is("Медведеву", Ok(("person/m", medvedev)));
    // Only certain where the whole name is written so.
    is("Medvedev", Err(Code::UnknownEntity));
    is("Вадим Медведефф", Err(Code::UnknownEntity));
    // A description does not count as a name.
    is("Глава Ирбита", Err(Code::UnknownEntity));
    is("Петров", Ok(("person/i2", Some("Иван Петров"))));
    is("Иван", Err(Code::UnknownEntity));
    is("иван иванов", Ok(("person/i1", None)));
    is("+++", Ok(("person/plus", None)));
    is("person:Медведев", Err(Code::UnknownEntity));
    let hint = |name: &str| -> Result<String, Box<dyn Error>> {
        let refusal = resolve(&build, name).err().ok_or("found")?;
        let hint = refusal.into_diagnostic().hint;
        Ok(hint.map(|hint| hint.to_string()).unwrap_or_default())
    };
    assert_eq!(
        hint("Medvedev")?,
        "did you mean `Вадим Медведев`, `person/m`?"
    );
    assert_eq!(
        hint("Иван")?,
        "did you mean `Иван Иванов`, `person/i1`; or `Иван Петров`, `person/i2`?"
    );
    Ok(())
}

#[test]
fn an_entity_with_its_links_and_labels() -> Tested {
    let (_folder, build) = build()?;
    let node = resolve(&build, "irbit")?;
    let mut out = Vec::new();
    describe(&build, &node, "ru", SHOWN_LINKS)?.write(&mut out)?;
    assert_eq!(
        String::from_utf8_lossy(&out),
        "Ирбит (city:irbit)\n<http://e/id/city/irbit>\n\n\
         \x20 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>\n    ns:City\n\
         \x20 <http://www.w3.org/2004/02/skos/core#prefLabel>\n    Irbit [en]\n    Ирбит [ru]\n\
         \x20 ns:founded\n    1631\n\
         \x20 lies in (ns:in)\n    Урал (region:ural)\n\
         \nlinked from\n  ns:twin\n    Tara (city:tara)\n    Орёл (city:orel)\n\
         \nmore in named graphs\n    1 triple in <http://e/graph/claims>\n"
    );
    Ok(())
}

#[test]
fn programs_get_the_terms_and_not_only_their_names() -> Tested {
    let (_folder, build) = build()?;
    let node = resolve(&build, "irbit")?;
    let entity = describe(&build, &node, "en", SHOWN_LINKS)?;
    let terms: Vec<_> = entity
        .statements
        .iter()
        .map(|merged| {
            (
                &*merged.property,
                merged.iri.as_deref(),
                merged.datatype.as_deref(),
            )
        })
        .collect();
    let integer = "http://www.w3.org/2001/XMLSchema#integer";
    assert!(terms.contains(&("ns:in", Some("http://e/id/region/ural"), None)));
    assert!(terms.contains(&("ns:founded", None, Some(integer))));
    let neighbours: Vec<_> = entity
        .links
        .iter()
        .flat_map(|link| &link.subjects)
        .map(|subject| subject.iri.as_deref())
        .collect();
    assert_eq!(
        neighbours,
        [Some("http://e/id/city/orel"), Some("http://e/id/city/tara")]
    );
    Ok(())
}

/// A thing with more links than people are shown, their names in another order than their IRIs.
#[test]
fn the_first_links_in_order_of_names_and_all_for_programs() -> Tested {
    let mut data = String::from(DATA);
    for number in 0..120 {
        let name = 999 - number;
        data.push_str(&format!(
            "<http://e/id/city/c{number}> skos:prefLabel \"Town {name}\"@en ; ns:in region:fair .\n"
        ));
    }
    let (_folder, build) = build_of(&data)?;
    let node = resolve(&build, "region/fair")?;
    let shown = describe(&build, &node, "en", SHOWN_LINKS)?;
    let link = shown.links.first().ok_or("no link")?;
    assert_eq!((link.count, link.subjects.len()), (120, SHOWN_LINKS));
    let first = link.subjects.first().map(|first| first.name.as_str());
    assert_eq!(first, Some("Town 880 (city:c119)"));
    let mut out = Vec::new();
    shown.write(&mut out)?;
    assert!(String::from_utf8(out)?.contains("… and 70 more"));
    let all = describe(&build, &node, "en", usize::MAX)?;
    assert_eq!(all.links.first().map(|link| link.subjects.len()), Some(120));
    let mut out = Vec::new();
    write_turtle(&build, &node, &mut out)?;
    let triples = RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(&out)
        .collect::<Result<Vec<_>, _>>()?;
    assert_eq!(triples.len(), 121);
    Ok(())
}

#[test]
fn an_entity_as_turtle_reads_back() -> Tested {
    let (_folder, build) = build()?;
    let node = resolve(&build, "irbit")?;
    let mut out = Vec::new();
    write_turtle(&build, &node, &mut out)?;
    let text = String::from_utf8(out)?;
    let triples = RdfParser::from_format(RdfFormat::Turtle)
        .for_slice(&text)
        .collect::<Result<Vec<_>, _>>()?;
    assert_eq!(triples.len(), 7, "{text}");
    assert!(text.contains("city:irbit"), "{text}");
    Ok(())
}

/// What claims say of an entity is beside its values, and in place of those that are not there.
#[test]
fn what_is_known_of_an_entity() -> Tested {
    let (_folder, build) = build_of(
        r#"
@prefix ns: <http://e/ns#> .
@prefix city: <http://e/id/city/> .
@prefix claim: <http://e/id/claim/> .
@prefix id: <http://e/id/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
city:irbit a ns:City ; ns:in city:ural ; ns:founded 1631 ; ns:fair city:tara .
<http://e/id/gap/1> ns:gapSubject city:irbit ; ns:gapProperty ns:mayor ; ns:notStatedIn <http://e/id/document/7> .
<http://e/id/person/p> skos:prefLabel "P."@en .
<http://e/graph/claims> {
    claim:1 rdf:subject city:irbit ; rdf:predicate ns:in ; rdf:object city:ural ; ns:basis <http://e/id/basis/inferred> .
    claim:2 rdf:subject city:irbit ; rdf:predicate ns:founded ; rdf:object 1631 ; ns:basis <http://e/id/basis/explicit> ;
        ns:modality <http://e/id/modality/fact> .
    claim:3 rdf:subject city:irbit ; rdf:predicate ns:people ; rdf:object 36 ; ns:saidBy <http://e/id/person/p> ;
        ns:basis <http://e/id/basis/explicit> ; ns:conflictsWith claim:4 .
    claim:4 rdf:subject city:irbit ; rdf:predicate ns:people ; rdf:object 37 ;
        ns:basis <http://e/id/basis/explicit> ; ns:conflictsWith claim:3 .
    claim:5 rdf:subject city:irbit ; rdf:predicate ns:fair ; rdf:object city:tara ;
        ns:basis <http://e/id/basis/inferred> ; ns:reviewStatus <http://e/id/review/refused> .
}
"#,
    )?;
    let shown = |name: &str| -> Result<String, Box<dyn Error>> {
        let mut out = Vec::new();
        describe(&build, &resolve(&build, name)?, "en", SHOWN_LINKS)?.write(&mut out)?;
        Ok(String::from_utf8(out)?)
    };
    let irbit = shown("city/irbit")?;
    for part in [
        "  ns:in\n    city:ural — inferred\n",
        "  ns:founded\n    1631\n",
        // A refused claim says nothing.
        "  ns:fair\n    city:tara\n",
        "  ns:people\n    36 (P.) / 37 — in conflict\n",
        "  ns:mayor\n    not stated in <http://e/id/document/7>\n",
    ] {
        assert!(irbit.contains(part), "{part}\n{irbit}");
    }
    // What only a named graph describes is shown with that.
    let claim = shown("http://e/id/claim/4")?;
    for part in [
        "\nin <http://e/graph/claims>\n",
        "  ns:conflictsWith\n    http://e/id/claim/3\n",
    ] {
        assert!(claim.contains(part), "{part}\n{claim}");
    }
    Ok(())
}

/// Several things hold a name, and all but one are named after that one.
#[test]
fn what_others_are_named_after() -> Tested {
    let (_folder, build) = build_of(
        r#"
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix city: <http://e/id/city/> .
city:m skos:prefLabel "Vadim Medvedev"@en .
city:post skos:prefLabel "Vadim Medvedev — Head"@en .
city:words skos:prefLabel "Vadim Medvedev, direct speech"@en .
city:one skos:prefLabel "Anna Petrova — Head"@en .
city:two skos:prefLabel "Anna Petrova, direct speech"@en .
"#,
    )?;
    let found = resolve(&build, "Medvedev").map(|node| node.into_string());
    assert_eq!(found.ok().as_deref(), Some("http://e/id/city/m"));
    let refused = resolve(&build, "Petrova").map_err(|error| error.code());
    assert_eq!(refused, Err(Code::UnknownEntity));
    Ok(())
}

/// What the facts say as well as a graph of its own is one link.
#[test]
fn links_of_two_graphs_are_counted_once() -> Tested {
    let data = r#"
@prefix ns: <http://e/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ns:Town rdfs:subClassOf ns:Place .
<http://e/graph/vocabulary> {
  ns:Place a ns:Class .
  ns:Town rdfs:subClassOf ns:Place .
  ns:Village rdfs:subClassOf ns:Place .
}
"#;
    let (_folder, build) = build_of(data)?;
    let place = NamedNode::new("http://e/ns#Place")?;
    let entity = describe(&build, &place, "en", SHOWN_LINKS)?;
    let [link] = entity.links.as_slice() else {
        return Err(format!("{:?}", entity.links).into());
    };
    assert_eq!((link.count, link.subjects.len()), (2, 2), "{link:?}");
    Ok(())
}
