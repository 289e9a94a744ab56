//! Rules read, refused and applied.

use super::*;
use crate::diagnostic::{Code, Diagnostics, ReadingMode};
use crate::store::Prefixes;
use oxrdf::{GraphName, NamedNode, Quad};
use std::error::Error;
use std::fs;

type Tested = Result<(), Box<dyn Error>>;

/// Rules from texts, by name, and what was wrong with them.
fn read(files: &[(&str, &str)]) -> Result<(Rules, Diagnostics), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        fs::write(folder.path().join(format!("{name}.rq")), text)?;
    }
    let mut prefixes = Prefixes::default();
    prefixes.add("", "http://e/");
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let rules = Rules::read(folder.path(), &prefixes, &mut diagnostics);
    Ok((rules, diagnostics))
}

/// Facts from `s p o` words; a word with a quote is a literal.
fn facts(rules: &Rules, lines: &[&str]) -> RuleFacts {
    let mut facts = RuleFacts::new(rules);
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let node = |at: usize| {
            let word = words.get(at).copied().unwrap_or_default();
            NamedNode::new_unchecked(format!("http://e/{word}"))
        };
        let object = match words.get(2).and_then(|word| word.strip_prefix('"')) {
            Some(text) => {
                let integer = oxrdf::vocab::xsd::INTEGER;
                oxrdf::Literal::new_typed_literal(text, integer).into()
            }
            None => oxrdf::Term::from(node(2)),
        };
        facts.add(&[Quad::new(node(0), node(1), object, GraphName::DefaultGraph)]);
    }
    facts
}

/// What follows, as `s p o <- rule: premise, premise`.
fn follows(files: &[(&str, &str)], lines: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let (rules, diagnostics) = read(files)?;
    assert!(!diagnostics.has_errors(), "{:?}", problems(&diagnostics));
    let short = |triple: &oxrdf::Triple| triple.to_string().replace("http://e/", "");
    let inferences = rules
        .infer(facts(&rules, lines))
        .map_err(|diagnostic| diagnostic.message)?;
    Ok(inferences
        .iter()
        .map(|inference| {
            let premises: Vec<String> = inference.premises.iter().map(short).collect();
            let rule = rules.get(inference.rule).map_or("", |rule| &rule.name);
            format!(
                "{} <- {rule}: {}",
                short(&inference.triple),
                premises.join(", ")
            )
        })
        .collect())
}

fn problems(diagnostics: &Diagnostics) -> Vec<(Code, u64, u64)> {
    diagnostics
        .iter()
        .map(|d| (d.code, d.place.line, d.place.column))
        .collect()
}

const WIDER: (&str, &str) = (
    "wider",
    "CONSTRUCT { ?a :in ?c } WHERE { ?a :in ?b . ?b :in ?c }",
);

#[test]
fn to_a_fixpoint_with_premises() -> Tested {
    let found = follows(&[WIDER], &["a in b", "b in c", "c in d"])?;
    assert_eq!(
        found,
        [
            "<a> <in> <c> <- wider: <a> <in> <b>, <b> <in> <c>",
            "<b> <in> <d> <- wider: <b> <in> <c>, <c> <in> <d>",
            "<a> <in> <d> <- wider: <a> <in> <b>, <b> <in> <d>",
        ]
    );
    // A circle ends as well.
    let circle = follows(&[WIDER], &["a in b", "b in a"])?;
    assert_eq!(circle.len(), 2);
    Ok(())
}

#[test]
fn one_rule_feeds_another() -> Tested {
    let holds = "CONSTRUCT { ?p :holds ?post } WHERE { [] :who ?p ; :post ?post }";
    let member = "CONSTRUCT { ?p :memberOf ?o } WHERE { ?p :holds ?post . ?post :at ?o }";
    let found = follows(
        &[("a-member", member), ("b-holds", holds)],
        &["h who ann", "h post mayor", "mayor at city", "h note x"],
    )?;
    assert_eq!(
        found,
        [
            "<ann> <holds> <mayor> <- b-holds: <h> <who> <ann>, <h> <post> <mayor>",
            "<ann> <memberOf> <city> <- a-member: <ann> <holds> <mayor>, <mayor> <at> <city>",
        ]
    );
    Ok(())
}

#[test]
fn stated_triples_are_not_inferred_and_one_way_is_kept() -> Tested {
    let rule = "CONSTRUCT { ?a :near ?b } WHERE { { ?a :touches ?b } UNION { ?a :faces ?b } }";
    let found = follows(
        &[("near", rule)],
        &["a touches b", "a near b", "c touches d", "c faces d"],
    )?;
    assert_eq!(
        found,
        ["<c> <near> <d> <- near: <c> <touches> <d>, <c> <faces> <d>"]
    );
    Ok(())
}

#[test]
fn filters_and_values_and_exact_literals() -> Tested {
    let rule =
        "CONSTRUCT { ?a :big ?n } WHERE { ?a :people ?n . FILTER(?n > 5) VALUES ?a { :x :y } }";
    let found = follows(
        &[("big", rule)],
        &["x people \"007", "y people \"3", "z people \"9"],
    )?;
    let integer = "^^<http://www.w3.org/2001/XMLSchema#integer>";
    assert_eq!(
        found,
        [format!(
            "<x> <big> \"007\"{integer} <- big: <x> <people> \"007\"{integer}"
        )]
    );
    Ok(())
}

#[test]
fn endless_rules_are_stopped() -> Tested {
    let rule =
        "CONSTRUCT { ?a :next ?c } WHERE { ?x :next ?a . BIND(IRI(CONCAT(STR(?a), 'x')) AS ?c) }";
    let (rules, _) = read(&[("next", rule)])?;
    let error = rules.infer(facts(&rules, &["a next b"])).err();
    assert_eq!(error.map(|d| d.code), Some(Code::RuleLimit));
    Ok(())
}

#[test]
fn refused_with_their_places() -> Tested {
    let check = |text: &str, expected: (Code, u64, u64)| -> Tested {
        let (rules, diagnostics) = read(&[("wrong", text), WIDER])?;
        assert_eq!(problems(&diagnostics), [expected], "{text}");
        // The others are there all the same.
        assert_eq!(rules.iter().count(), 1);
        Ok(())
    };
    check(
        "# title: x\nCONSTRUCT { ?a :p ?b }\nWHERE { ?a :q ?b",
        (Code::QuerySyntax, 3, 17),
    )?;
    check("SELECT * { ?a :q ?b }", (Code::Rule, 1, 1))?;
    check(
        "CONSTRUCT { ?a :p ?b }\nWHERE { ?a :q+ ?b }",
        (Code::Rule, 2, 1),
    )?;
    check(
        "# an optional one\nCONSTRUCT { ?a :p ?b }\nWHERE { ?a :q ?b OPTIONAL { ?b :r ?c } }",
        (Code::Rule, 3, 18),
    )?;
    check(
        "CONSTRUCT { ?a :p ?b } WHERE { ?a :q ?b FILTER NOT EXISTS { ?b :r ?c } }",
        (Code::Rule, 1, 52),
    )?;
    check(
        "CONSTRUCT { ?a :p ?b } WHERE { ?a :q ?b MINUS { ?b :r ?c } }",
        (Code::Rule, 1, 41),
    )?;
    check(
        "CONSTRUCT { ?a :p ?b } WHERE { GRAPH :g { ?a :q ?b } }",
        (Code::Rule, 1, 32),
    )?;
    check(
        "CONSTRUCT { ?a :p ?z } WHERE { ?a :q ?b }",
        (Code::Rule, 1, 20),
    )?;
    check(
        "CONSTRUCT { ?a :p [] } WHERE { ?a :q ?b }",
        (Code::Rule, 1, 1),
    )?;
    check(
        "CONSTRUCT { ?a :p ?b } WHERE { ?a :q ?b } LIMIT 5",
        (Code::Rule, 1, 1),
    )?;
    check(
        "# param: x iri\nCONSTRUCT { ?a :p ?x } WHERE { ?a :q ?x }",
        (Code::Rule, 1, 1),
    )?;
    Ok(())
}

#[test]
fn recorded_with_rule_and_premises() -> Tested {
    let titled = format!("# title: Wider\n# title@ru: Шире\n{}", WIDER.1);
    let (rules, _) = read(&[("wider", &titled)])?;
    let inferences = rules
        .infer(facts(&rules, &["a in b", "b in c"]))
        .map_err(|d| d.message)?;
    let mut lines: Vec<String> = rules
        .quads(&inferences, "http://e/")
        .iter()
        .map(|quad| {
            let mut line = Vec::new();
            crate::store::line::write_quad(&mut line, quad.as_ref());
            String::from_utf8_lossy(&line).into_owned()
        })
        .collect();
    let inferred = "<http://e/a> <http://e/in> <http://e/c> <http://e/graph/inferred> .";
    assert!(lines.contains(&inferred.to_owned()), "{lines:#?}");
    lines.retain(|line| line.ends_with("<http://e/graph/claims> ."));
    let count = |part: &str| lines.iter().filter(|line| line.contains(part)).count();
    assert_eq!(count("#subject>"), 3);
    assert_eq!(count("<http://e/ns#Inference>"), 1);
    assert_eq!(count("<http://e/ns#rule> <http://e/id/rule/wider>"), 1);
    assert_eq!(count("wasDerivedFrom> <http://e/id/triple/"), 2);
    assert_eq!(count("\"Шире\"@ru"), 1);
    Ok(())
}

/// Tags are equal without regard to case, in bodies, heads and what rules make.
#[test]
fn language_tags_are_equal_without_regard_to_case() -> Tested {
    let object =
        |language: &str| oxrdf::Literal::new_language_tagged_literal_unchecked("x", language);
    for body in [
        "?s :l 'x'@EN-gb",
        "?s :l ?l FILTER(?l = 'x'@en-gb)",
        "?s :l ?l FILTER(LANG(?l) = 'en-gb')",
        "?s :l ?l FILTER(?l = STRLANG('x', 'EN-GB'))",
    ] {
        let text = format!("CONSTRUCT {{ ?s :k 'y'@EN-gb ; :l 'x'@en-gb }} WHERE {{ {body} }}");
        let (rules, diagnostics) = read(&[("british", &text)])?;
        assert_eq!(problems(&diagnostics), []);
        let mut facts = RuleFacts::new(&rules);
        let node = |name: &str| NamedNode::new_unchecked(format!("http://e/{name}"));
        let fact = Quad::new(
            node("a"),
            node("l"),
            object("en-GB"),
            GraphName::DefaultGraph,
        );
        facts.add(&[fact]);
        let inferences = rules
            .infer(facts)
            .map_err(|diagnostic| diagnostic.message)?;
        // What is known does not follow again.
        let found: Vec<String> = inferences
            .iter()
            .map(|inference| inference.triple.to_string())
            .collect();
        assert_eq!(found, ["<http://e/a> <http://e/k> \"y\"@en-GB"], "{body}");
    }
    Ok(())
}

#[test]
fn a_duration_is_added_to_a_date() -> Tested {
    let text = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        CONSTRUCT { ?s :end ?end } WHERE {
            ?s :days ?n BIND('2026-01-01'^^xsd:date + 'P30D'^^xsd:dayTimeDuration AS ?end)
        }";
    let found = follows(&[("end", text)], &["a days \"1"])?;
    assert!(
        found.iter().any(|line| line.contains("2026-01-31")),
        "{found:?}"
    );
    Ok(())
}

/// Class subtraction, `\1` and `$2_$1` are XPath's; Rust's dialect knows none of them.
#[test]
fn regular_expressions_are_those_of_xpath() -> Tested {
    for (filter, holds) in [
        ("REGEX('b', '^[a-z-[aeiou]]$')", true),
        ("REGEX('a', '^[a-z-[aeiou]]$')", false),
        ("REGEX('noon', '(o)\\\\1')", true),
        (
            "REPLACE('2019-05', '([0-9]+)-([0-9]+)', '$2_$1') = '05_2019'",
            true,
        ),
    ] {
        let text = format!("CONSTRUCT {{ ?s :q ?o }} WHERE {{ ?s :p ?o FILTER({filter}) }}");
        let found = follows(&[("regular", &text)], &["a p b"])?;
        assert_eq!(found.len(), usize::from(holds), "{filter}");
    }
    let text = "CONSTRUCT { ?s :q ?o }\nWHERE { ?s :p ?o FILTER(REGEX(STR(?o), '(?=a)')) }";
    let (_, diagnostics) = read(&[("illegal", text)])?;
    assert_eq!(problems(&diagnostics), [(Code::Rule, 2, 25)]);
    Ok(())
}

#[test]
fn casts_strip_white_space() -> Tested {
    let text = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
        CONSTRUCT { ?s :q ?n } WHERE { ?s :p ?o BIND(xsd:integer(' 7 ') AS ?n) }";
    let found = follows(&[("cast", text)], &["a p b"])?;
    assert!(found.iter().any(|line| line.contains("\"7\"")), "{found:?}");
    Ok(())
}
