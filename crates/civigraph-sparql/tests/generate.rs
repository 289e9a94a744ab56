//! Graphs and queries from a sequence of choices, so that a failing case shrinks with it.
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Dataset, GraphName, Literal, NamedNode, Quad, Term};

pub struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: bytes.iter(),
        }
    }

    fn below(&mut self, n: u8) -> u8 {
        self.bytes.next().map_or(0, |byte| byte % n)
    }

    fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.below(u8::try_from(list.len()).unwrap()))]
    }
}

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://example.com/{name}"))
}

/// Values whose order by value is that of their lexical forms, so that `ORDER BY` is total.
fn value(predicate: &str, choices: &mut Choices<'_>) -> Term {
    match predicate {
        "number" => {
            let (value, datatype) = choices.one(&[
                ("1", xsd::INTEGER),
                ("2", xsd::INTEGER),
                ("2.50", xsd::DECIMAL),
                ("3", xsd::BYTE),
                ("4.5", xsd::DOUBLE),
                ("5", xsd::DECIMAL),
                ("7", xsd::INTEGER),
            ]);
            Literal::new_typed_literal(value, datatype).into()
        }
        "date" => {
            let value = choices.one(&["1750-01-01", "1750-06-01", "1751-01-01", "1800-12-31"]);
            Literal::new_typed_literal(value, xsd::DATE).into()
        }
        "label" => match choices.below(4) {
            0 => Literal::new_simple_literal(choices.one(&["ant", "bee", "cat"])).into(),
            1 => Literal::new_language_tagged_literal_unchecked(choices.one(&["ant", "bee"]), "en")
                .into(),
            2 => Literal::new_language_tagged_literal_unchecked(choices.one(&["ant", "dog"]), "ru")
                .into(),
            _ => iri(choices.one(&["s0", "s1"])).into(),
        },
        _ => iri(choices.one(&["s0", "s1", "s2"])).into(),
    }
}

pub fn dataset(choices: &mut Choices<'_>) -> Dataset {
    let mut dataset = Dataset::new();
    for _ in 0..choices.below(80) {
        let subject = iri(choices.one(&["s0", "s1", "s2"]));
        let predicate = choices.one(&["knows", "part", "number", "date", "label", "type"]);
        let graph = match choices.below(4) {
            0 => GraphName::from(iri("g1")),
            1 => iri("g2").into(),
            _ => GraphName::DefaultGraph,
        };
        let quad = if predicate == "type" {
            Quad::new(
                subject,
                rdf::TYPE.into_owned(),
                iri(choices.one(&["A", "B", "C"])),
                graph,
            )
        } else {
            let object = value(predicate, choices);
            Quad::new(subject, iri(predicate), object, graph)
        };
        dataset.insert(&quad);
    }
    dataset
}

const VARIABLES: [&str; 4] = ["?a", "?b", "?c", "?d"];

fn subject(choices: &mut Choices<'_>) -> &'static str {
    choices.one(&["?a", "?a", "?a", "?b", "?b", "?c", "?d", ":s0", "_:x"])
}

fn triple(choices: &mut Choices<'_>) -> String {
    let subject = subject(choices);
    let kinds = if choices.below(8) == 0 { 9 } else { 8 };
    match choices.below(kinds) {
        0 => format!(
            "{subject} :knows {} . ",
            choices.one(&["?a", "?b", "?b", "?c", "?c", ":s1"])
        ),
        1 => format!(
            "{subject} :part {} . ",
            choices.one(&["?a", "?b", "?d", ":s0", "_:y"])
        ),
        2 => format!(
            "{subject} :number {} . ",
            choices.one(&["?n", "?n", "?n", "?c", "2.50"])
        ),
        3 => format!("{subject} :date {} . ", choices.one(&["?t", "?t", "?d"])),
        4 => format!(
            "{subject} :label {} . ",
            choices.one(&["?l", "?l", "?l", "?c", "\"ant\"@en"])
        ),
        5 => format!("{subject} a {} . ", choices.one(&["?k", "?k", ":A", ":B"])),
        6 => format!(
            "{subject} ?p {} . ",
            choices.one(&["?o", "?a", "?b", ":s1"])
        ),
        7 => format!(
            "{subject} {} {} . ",
            choices.one(&[
                ":part+",
                ":knows*",
                ":knows?",
                "^:part",
                ":part/:knows",
                ":part|:knows"
            ]),
            choices.one(&["?a", "?b", "?c"])
        ),
        _ => format!("{subject} :absent {} . ", choices.one(&["?o", "?a"])),
    }
}

fn comparison(choices: &mut Choices<'_>) -> String {
    match choices.below(10) {
        0 => format!(
            "?n {} {}",
            choices.one(&[">", ">=", "<", "<=", "=", "!="]),
            choices.one(&["2", "2.5", "4", "7e0"])
        ),
        1 => format!(
            "?t {} \"{}\"^^xsd:date",
            choices.one(&[">", ">=", "<", "<=", "="]),
            choices.one(&["1750-06-01", "1751-01-01", "1799-01-01"])
        ),
        2 => format!("LANG(?l) = \"{}\"", choices.one(&["en", "ru", ""])),
        3 => format!("BOUND({})", choices.one(&VARIABLES)),
        4 => format!(
            "{} = {}",
            choices.one(&VARIABLES),
            choices.one(&["?a", "?b", ":s0", ":s1"])
        ),
        5 => "2 < ?n && ?n <= 5".to_owned(),
        6 => format!("!({})", comparison(choices)),
        7 => format!("{} || {}", comparison(choices), comparison(choices)),
        8 => "?n + 1 > 3".to_owned(),
        _ => "CONTAINS(STR(?l), \"a\")".to_owned(),
    }
}

fn group(choices: &mut Choices<'_>, depth: u8) -> String {
    let mut text = String::new();
    for _ in 0..=choices.below(2) {
        text.push_str(&triple(choices));
    }
    for _ in 0..choices.below(4) {
        text.push_str(&element(choices, depth));
    }
    text
}

fn element(choices: &mut Choices<'_>, depth: u8) -> String {
    if depth == 0 {
        return match choices.below(2) {
            0 => format!("FILTER({}) ", comparison(choices)),
            _ => triple(choices),
        };
    }
    match choices.below(13) {
        0 | 1 => format!("FILTER({}) ", comparison(choices)),
        2 | 3 => format!("OPTIONAL {{ {} }} ", group(choices, depth - 1)),
        4 => format!(
            "{{ {} }} UNION {{ {} }} ",
            group(choices, depth - 1),
            group(choices, depth - 1)
        ),
        5 => format!(
            "GRAPH {} {{ {} }} ",
            choices.one(&["?g", "?g", ":g1"]),
            group(choices, depth - 1)
        ),
        6 => format!("MINUS {{ {} }} ", group(choices, depth - 1)),
        7 => format!(
            "VALUES {} {{ :s0 :s1 {} }} ",
            choices.one(&VARIABLES),
            choices.one(&["UNDEF", ":s2"])
        ),
        8 => format!(
            "FILTER({} {{ {} }}) ",
            choices.one(&["EXISTS", "NOT EXISTS"]),
            group(choices, depth - 1)
        ),
        9 => format!(
            "{{ SELECT DISTINCT {} {{ {} }} }} ",
            choices.one(&["?a", "?a ?b", "?b ?n"]),
            group(choices, depth - 1)
        ),
        10 => format!(
            "{{ SELECT ?a (COUNT(*) AS ?{}) {{ {} }} GROUP BY ?a }} ",
            choices.one(&["m", "n"]),
            group(choices, depth - 1)
        ),
        11 => format!(
            "BIND({} AS ?x{depth}) ",
            choices.one(&["?n", "?a", "STR(?l)", "?n * 2"])
        ),
        _ => triple(choices),
    }
}

/// A query, and whether the order of its answers is determined.
pub fn query(choices: &mut Choices<'_>) -> (String, bool) {
    let body = match choices.below(6) {
        0 => format!(
            "{} ?p {} .",
            choices.one(&["?s", ":s0"]),
            choices.one(&["?o", ":s1"])
        ),
        1 => "?s a ?k .".to_owned(),
        2 => "GRAPH ?g { ?s ?p ?o }".to_owned(),
        _ => group(choices, 2),
    };
    let all = "?a ?b ?c ?d ?g ?k ?l ?n ?o ?p ?s ?t";
    match choices.below(9) {
        0 => (format!("SELECT * {{ {body} }}"), false),
        1 => (format!("SELECT {all} {{ {body} }} ORDER BY {all}"), true),
        2 => (
            format!(
                "SELECT {all} {{ {body} }} ORDER BY {} ?l DESC(?t) {all} LIMIT {} OFFSET {}",
                choices.one(&["DESC(?n)", "?n", "?d", "DESC(?d)"]),
                choices.below(6),
                choices.below(3)
            ),
            true,
        ),
        3 => (
            format!(
                "SELECT DISTINCT {0} {{ {body} }} ORDER BY {0}",
                choices.one(&["?p", "?k", "?a", "?n", "?a ?b"])
            ),
            true,
        ),
        4 => (
            format!(
                "SELECT (COUNT(*) AS ?count) (COUNT(DISTINCT ?a) AS ?as) (COUNT(?k) AS ?ks) {{ {body} }}"
            ),
            false,
        ),
        5 => {
            let key = choices.one(&["?k", "?p", "?g", "?a", "?s"]);
            (
                format!(
                    "SELECT {key} (COUNT(*) AS ?count) (COUNT(?s) AS ?ss) {{ {body} }} GROUP BY {key}"
                ),
                false,
            )
        }
        6 => (format!("ASK {{ {body} }}"), false),
        7 => (
            format!(
                "SELECT DISTINCT {} {{ {body} }}",
                choices.one(&["?p", "?k", "?g", "?a", "?n"])
            ),
            false,
        ),
        _ => (
            format!("CONSTRUCT {{ ?a :p ?b . ?a :q ?n }} {{ {body} }}"),
            false,
        ),
    }
}
