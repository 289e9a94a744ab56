//! Which blank nodes of a dump go without a label: `[ ]` and `( )` in Turtle.
//!
//! A blank node that one triple refers to is written where that triple is, a list as its items, and one that
//! nothing refers to as `[]`. The others need a label. A canonical label depends on every other blank node, so
//! that one more of them renames the rest; here labels are fingerprints of the surroundings instead, and a change
//! elsewhere leaves them alone.

use super::turtle::natural_key;
use crate::store::line::{LineTerms, labels};
use siphasher::sip::SipHasher13;
use std::collections::{BTreeSet, HashMap};

const FIRST: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>";
const REST: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>";
const NIL: &[u8] = b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>";

/// Brackets in brackets. A node that is deeper has a label.
const DEPTH: usize = 64;

/// How far a label looks: at what is next to its node, and what is next to that.
const ROUNDS: usize = 2;

/// The lines of one subject.
pub(super) type SubjectLines = Vec<Vec<u8>>;

/// How a blank node is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// By a label.
    Labelled,
    /// As the subject `[]`.
    Anonymous,
    /// In brackets, in the triple that refers to it.
    Nested,
    /// As an item of a list, and what follows it.
    Item {
        /// The node of the next item.
        rest: Option<usize>,
        /// Whether the list starts here.
        is_first: bool,
    },
}

/// How the blank nodes of some subjects are written.
#[derive(Debug, Default)]
pub(super) struct NodeNesting {
    /// By number.
    pub(super) roles: Vec<Role>,
    /// The group of each node's own triples.
    pub(super) groups: Vec<Option<usize>>,
    /// Nodes inside others, outer ones first.
    pub(super) order: Vec<usize>,
}

/// The number of a node without a label, as [`NodeNesting::of`] writes it.
pub(super) fn number(term: &[u8]) -> Option<usize> {
    let digits = term.strip_prefix(b"_:!")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl NodeNesting {
    /// Takes all subjects whose triples mention blank nodes, and puts the labels that are to be written in place of
    /// those of the lines. A node without one is `_:!` and its number.
    pub(super) fn of(groups: &mut [SubjectLines], graphs: bool) -> Self {
        let mut nodes = BlankNodes::of(groups, graphs);
        nodes.find_rings();
        nodes.find_lists();
        let order = nodes.limit_depth();
        let names = nodes.names(&order);
        let numbers: HashMap<Vec<u8>, usize> = nodes
            .numbers
            .iter()
            .map(|(label, number)| (label.to_vec(), *number))
            .collect();
        let nest = Self {
            roles: nodes.roles,
            groups: nodes.groups,
            order,
        };
        for line in groups.iter_mut().flatten() {
            let (mut renamed, mut done) = (Vec::with_capacity(line.len()), 0);
            for range in labels(line) {
                renamed.extend_from_slice(line.get(done..range.start).unwrap_or_default());
                let label = line.get(range.clone()).unwrap_or_default();
                let name = numbers.get(label).and_then(|number| names.get(*number));
                renamed.extend_from_slice(name.map_or(label, Vec::as_slice));
                done = range.end;
            }
            renamed.extend_from_slice(line.get(done..).unwrap_or_default());
            *line = renamed;
        }
        nest
    }
}

/// A triple with a graph, by its parts in a line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct LineTriple<'l> {
    graph: &'l [u8],
    predicate: &'l [u8],
    object: &'l [u8],
}

/// The blank nodes while their roles are found.
#[derive(Default)]
struct BlankNodes<'l> {
    numbers: HashMap<&'l [u8], usize>,
    labels: Vec<&'l [u8]>,
    roles: Vec<Role>,
    groups: Vec<Option<usize>>,
    /// What is said of each node.
    said: Vec<Vec<LineTriple<'l>>>,
    /// Subjects that refer to each node, with what they say.
    references: Vec<Vec<(&'l [u8], LineTriple<'l>)>>,
}

impl<'l> BlankNodes<'l> {
    fn of(groups: &'l [SubjectLines], graphs: bool) -> Self {
        let mut nodes = Self::default();
        // Those that a triple term or the name of a graph mentions.
        let mut bound = BTreeSet::new();
        for (at, group) in groups.iter().enumerate() {
            let mut triples: Vec<(&[u8], LineTriple<'_>)> = group
                .iter()
                .filter_map(|line| LineTerms::of(line))
                .map(|parts| {
                    let said = LineTriple {
                        graph: parts.graph.filter(|_| graphs).unwrap_or_default(),
                        predicate: parts.predicate,
                        object: parts.object,
                    };
                    (parts.subject, said)
                })
                .collect();
            triples.sort_unstable();
            triples.dedup();
            for (subject, said) in triples {
                if subject.starts_with(b"_:") {
                    let number = nodes.number(subject);
                    nodes.groups[number] = Some(at);
                    nodes.said[number].push(said);
                }
                if said.object.starts_with(b"_:") {
                    let number = nodes.number(said.object);
                    nodes.references[number].push((subject, said));
                } else {
                    for range in labels(said.object) {
                        let label = said.object.get(range).unwrap_or_default();
                        bound.insert(nodes.number(label));
                    }
                }
                if said.graph.starts_with(b"_:") {
                    bound.insert(nodes.number(said.graph));
                }
            }
        }
        for number in 0..nodes.roles.len() {
            let references = &nodes.references[number];
            let said = &nodes.said[number];
            let graph = references.first().map(|(_, said)| said.graph);
            let graph = graph.or_else(|| said.first().map(|said| said.graph));
            let one_graph = said.iter().all(|said| Some(said.graph) == graph);
            nodes.roles[number] = match references.len() {
                0 if one_graph && !bound.contains(&number) => Role::Anonymous,
                1 if one_graph && !bound.contains(&number) => Role::Nested,
                _ => Role::Labelled,
            };
        }
        nodes
    }

    fn number(&mut self, label: &'l [u8]) -> usize {
        let count = self.labels.len();
        let number = *self.numbers.entry(label).or_insert(count);
        if number == count {
            self.labels.push(label);
            self.roles.push(Role::Labelled);
            self.groups.push(None);
            self.said.push(Vec::new());
            self.references.push(Vec::new());
        }
        number
    }

    /// The node that refers to a nested one, where that is a blank node.
    fn parent(&self, number: usize) -> Option<usize> {
        let (subject, _) = self.references[number].first()?;
        self.numbers.get(subject).copied()
    }

    /// Nodes inside each other in a ring have labels.
    fn find_rings(&mut self) {
        let mut seen = vec![0; self.roles.len()];
        for start in 0..self.roles.len() {
            let mut at = Some(start);
            while let Some(number) = at
                && self.roles[number] == Role::Nested
                && seen[number] == 0
            {
                seen[number] = start + 1;
                at = self.parent(number);
            }
            // The walk came back to where it had been itself.
            let Some(ring) = at.filter(|&number| seen[number] == start + 1) else {
                continue;
            };
            let mut at = Some(ring);
            while let Some(number) = at
                && self.roles[number] == Role::Nested
            {
                self.roles[number] = Role::Labelled;
                at = self.parent(number);
            }
        }
    }

    /// Nested nodes that are nothing but a well-formed list are items.
    fn find_lists(&mut self) {
        for end in 0..self.roles.len() {
            let mut rest = None;
            let mut at = Some(end);
            // From the last item to the first.
            while let Some(number) = at
                && self.roles[number] == Role::Nested
                && let [first, next] = self.said[number].as_slice()
                && first.predicate == FIRST
                && next.predicate == REST
                && match rest {
                    None => next.object == NIL,
                    Some(rest) => self.numbers.get(next.object) == Some(&rest),
                }
            {
                if let Some(rest) = rest
                    && let Role::Item { is_first, .. } = &mut self.roles[rest]
                {
                    *is_first = false;
                }
                self.roles[number] = Role::Item {
                    rest,
                    is_first: true,
                };
                rest = Some(number);
                at = self.parent(number);
            }
        }
    }

    /// Gives labels to nodes that are too deep, and the order of those inside others, outer ones first.
    fn limit_depth(&mut self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut stack: Vec<(usize, usize)> = Vec::new();
        for number in 0..self.roles.len() {
            let inside = matches!(self.roles[number], Role::Nested | Role::Item { .. });
            // Outermost: what refers to it is not a node that is inside another, or not a blank node at all.
            if inside && self.parent(number).is_none() {
                stack.push((number, 1));
            } else if !inside {
                stack.push((number, 0));
            }
        }
        while let Some((number, mut depth)) = stack.pop() {
            if depth > DEPTH {
                // What follows a first item is a list of its own then.
                if let Role::Item {
                    rest: Some(rest), ..
                } = self.roles[number]
                    && let Role::Item { is_first, .. } = &mut self.roles[rest]
                {
                    *is_first = true;
                }
                self.roles[number] = Role::Labelled;
                depth = 0;
            }
            if depth > 0 {
                order.push(number);
            }
            let rest = match self.roles[number] {
                Role::Item { rest, .. } => rest,
                _ => None,
            };
            for said in &self.said[number] {
                let Some(&child) = self.numbers.get(said.object) else {
                    continue;
                };
                if Some(child) == rest {
                    stack.push((child, depth));
                } else if matches!(self.roles[child], Role::Nested | Role::Item { .. }) {
                    stack.push((child, depth + 1));
                }
            }
        }
        order
    }

    /// What stands for each node in the lines: its label, or its number.
    fn names(&self, order: &[usize]) -> Vec<Vec<u8>> {
        let count = self.roles.len();
        let outer =
            |number: &usize| matches!(self.roles[*number], Role::Labelled | Role::Anonymous);
        let mut prints = vec![0_u64; count];
        for _ in 0..ROUNDS {
            // Inner nodes first: an outer one looks at all that is inside it.
            for &number in order.iter().rev() {
                prints[number] = fingerprint(self.around(number, &prints));
            }
            let next: Vec<(usize, u64)> = (0..count)
                .filter(outer)
                .map(|number| {
                    let mut around = self.around(number, &prints);
                    around.extend(self.references[number].iter().map(|(subject, said)| {
                        let subject = match self.numbers.get(subject) {
                            Some(number) if outer(number) => prints[*number],
                            // What it is in is not looked at.
                            Some(_) => 1,
                            None => hash(subject),
                        };
                        fingerprint(vec![subject, hash(said.graph), hash(said.predicate)])
                    }));
                    (number, fingerprint(around))
                })
                .collect();
            for (number, print) in next {
                prints[number] = print;
            }
        }
        let mut labelled: Vec<usize> = (0..count)
            .filter(|&number| self.roles[number] == Role::Labelled)
            .collect();
        labelled.sort_by_cached_key(|&number| {
            let mut key = Vec::new();
            natural_key(self.labels[number], &mut key);
            (prints[number] >> 32, key)
        });
        let mut names: Vec<Vec<u8>> = (0..count)
            .map(|number| format!("_:!{number}").into_bytes())
            .collect();
        let (mut last, mut alike) = (None, 0);
        for number in labelled {
            // Alike as far as a label looks: numbered in the order of their canonical labels.
            let print = prints[number] >> 32;
            alike = if last == Some(print) { alike + 1 } else { 1 };
            last = Some(print);
            names[number] = match alike {
                1 => format!("_:b{print:08x}"),
                alike => format!("_:b{print:08x}-{alike}"),
            }
            .into_bytes();
        }
        names
    }

    /// Fingerprints of what is said of a node, with those of the nodes it mentions.
    fn around(&self, number: usize, prints: &[u64]) -> Vec<u64> {
        let said = self.said[number].iter();
        said.map(|said| {
            let mut parts = vec![hash(said.graph), hash(said.predicate)];
            let mut done = 0;
            for range in labels(said.object) {
                parts.push(hash(said.object.get(done..range.start).unwrap_or_default()));
                let label = said.object.get(range.clone()).unwrap_or_default();
                let number = self.numbers.get(label);
                parts.push(number.map_or(0, |number| prints[*number]));
                done = range.end;
            }
            parts.push(hash(said.object.get(done..).unwrap_or_default()));
            // The order of parts matters, that of triples does not.
            SipHasher13::new().hash(&bytes(&parts))
        })
        .collect()
    }
}

fn hash(bytes: &[u8]) -> u64 {
    SipHasher13::new().hash(bytes)
}

/// A fingerprint of other ones, whatever their order.
fn fingerprint(mut prints: Vec<u64>) -> u64 {
    prints.sort_unstable();
    hash(&bytes(&prints))
}

fn bytes(prints: &[u64]) -> Vec<u8> {
    prints
        .iter()
        .flat_map(|print| print.to_le_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines::ReadLines;
    use super::super::turtle::{TurtleLayout, write};
    use crate::store::line::write_quad;
    use crate::store::{Prefixes, UnlabelledQuads};
    use oxigraph::io::{RdfFormat, RdfParser};
    use oxrdf::Quad;
    use std::error::Error;

    const PREFIX: &str =
        "@prefix : <http://e/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .";

    fn quads(trig: &str) -> Result<Vec<Quad>, Box<dyn Error>> {
        let parser = RdfParser::from_format(RdfFormat::TriG);
        Ok(parser.for_slice(trig).collect::<Result<_, _>>()?)
    }

    /// The sorted lines of quads, with canonical labels.
    fn lines(quads: Vec<Quad>) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
        let mut unlabelled = UnlabelledQuads::default();
        assert_eq!(unlabelled.add(quads), []);
        let labelled = unlabelled.label()?;
        assert!(labelled.canonical);
        let mut lines: Vec<Vec<u8>> = Vec::new();
        for quad in labelled.quads {
            let mut line = Vec::new();
            write_quad(&mut line, quad.as_ref());
            lines.push(line);
        }
        lines.sort();
        Ok(lines)
    }

    /// The dump of a document's graph, as a build writes it. It has to read back as the same graph.
    fn dump(trig: &str) -> Result<String, Box<dyn Error>> {
        let lines = lines(quads(&format!("{PREFIX} {trig}"))?)?;
        let mut prefixes = Prefixes::default();
        prefixes.add("", "http://e/");
        let layout = TurtleLayout {
            prefixes: &prefixes,
            base: "",
            graphs: true,
        };
        let mut out = Vec::new();
        let text = lines.join(&b'\n');
        let written = write(ReadLines(text.as_slice()), &layout, &mut out)?;
        let out = String::from_utf8(out)?;
        assert_eq!(written, lines.len() as u64, "{out}");
        assert_eq!(self::lines(quads(&out)?)?, lines, "{out}");
        Ok(out)
    }

    /// The dump without its heading.
    fn body(trig: &str) -> Result<String, Box<dyn Error>> {
        let dump = dump(trig)?;
        let body = dump
            .split_once("class\n\n")
            .map(|(_, body)| body.to_owned());
        Ok(body.unwrap_or(dump))
    }

    #[test]
    fn in_brackets() -> Result<(), Box<dyn Error>> {
        assert_eq!(
            body(
                r#":doc :author [ :name "B" ], [ :name "A"; :org [ :name "Lab" ] ]; :list (1 [ :k () ] (2 3)); :none [] ."#
            )?,
            r#":doc
    :author [
        :name "A" ;
        :org [
            :name "Lab" ;
        ] ;
    ] ;
    :author [
        :name "B" ;
    ] ;
    :list (
        1
        [
            :k <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> ;
        ]
        (
            2
            3
        )
    ) ;
    :none [] ;
    .
"#
        );
        Ok(())
    }

    #[test]
    fn what_nothing_refers_to_has_no_label() -> Result<(), Box<dyn Error>> {
        let dump = dump("[] :p 2 . [] :p 1 . [ :p 1 ] :q 1 . (1 2) :p 1 .")?;
        assert!(!dump.contains("_:"), "{dump}");
        Ok(())
    }

    #[test]
    fn what_cannot_be_in_brackets_has_a_label() -> Result<(), Box<dyn Error>> {
        for (document, labels) in [
            (":a :p _:x . :b :p _:x . _:x :q [ :r 1 ] .", 1),
            ("_:x :p _:x .", 1),
            ("_:x :p _:y . _:y :p _:x ; :q [ :r 1 ] .", 2),
            (":a :p _:x . :g { _:x :q 1 }", 1),
            (":g { :a :p _:x . _:x :q 1 } :h { _:x :q 1 }", 1),
            (":a :p _:x . _:x { :a :p 1 }", 1),
            (":a :p _:x . _:x :q 1 . :a :s <<( _:x :q 1 )>> .", 1),
            (
                ":a :p _:l . :b :p _:l . _:l rdf:first 1 ; rdf:rest ( 2 3 ) .",
                1,
            ),
            (":a :p _:l . _:l rdf:first 1, 2 ; rdf:rest ( 2 3 ) .", 0),
            (":a :p _:l . _:l rdf:first 1 ; rdf:rest :b .", 0),
            (":a :p _:l . _:l rdf:first 1 ; rdf:rest _:l .", 1),
        ] {
            let dump = dump(document)?;
            let found: std::collections::BTreeSet<&str> = dump
                .split_whitespace()
                .filter(|word| word.starts_with("_:"))
                .collect();
            assert_eq!(found.len(), labels, "{document}\n{dump}");
        }
        Ok(())
    }

    #[test]
    fn long_lists_and_deep_brackets_are_read_back() -> Result<(), Box<dyn Error>> {
        let items: Vec<String> = (0..1_000).map(|item| item.to_string()).collect();
        let list = dump(&format!(":a :p ( {} ) .", items.join(" ")))?;
        assert!(!list.contains("_:"));
        for deep in [60, 150] {
            let open =
                |item: &'static str| (0..deep).map(move |n| item.replace('N', &n.to_string()));
            let (nodes, lists): (String, String) =
                (open("[ :n N ; :p ").collect(), open("( N ").collect());
            let text = dump(&format!(":a :p {nodes} 1 {} .", "]".repeat(deep)))?;
            assert_eq!(text.contains("_:"), deep > 64);
            let text = dump(&format!(":a :p {lists} 1 {} .", ")".repeat(deep)))?;
            assert_eq!(text.contains("_:"), deep > 64);
        }
        Ok(())
    }

    #[test]
    fn a_change_changes_its_own_lines_alone() -> Result<(), Box<dyn Error>> {
        let document = r#":doc :author [ :name "Ann" ], [ :name "Bob" ], [ :name "Cyd"; :list (1 2) ] ; :see _:x, _:z .
            :other :see _:x . _:x :name "shared" . _:y :p _:z . _:z :p _:y ."#;
        let before = dump(document)?;
        let same = document
            .replace("_:x", "_:q")
            .replace("_:y", "_:a")
            .replace("_:z", "_:n");
        assert_eq!(dump(&same)?, before);
        for (old, new, gone, came) in [
            (
                r#"[ :name "Bob" ]"#,
                r#"[ :name "Bob" ], [ :name "Abe" ]"#,
                0,
                3,
            ),
            ("(1 2)", "(1 3 2)", 0, 1),
            (r#""Cyd""#, r#""Dan""#, 1, 1),
            (
                ":other :see _:x .",
                ":other :see _:x . :new :see _:new . :newer :see _:new .",
                0,
                6,
            ),
        ] {
            let after = dump(&document.replace(old, new))?;
            let missing = |from: &str, other: &str| {
                let mut lines: Vec<&str> = other.lines().collect();
                from.lines()
                    .filter(|line| match lines.iter().position(|other| other == line) {
                        Some(at) => {
                            lines.swap_remove(at);
                            false
                        }
                        None => !line.is_empty(),
                    })
                    .count()
            };
            assert_eq!(
                (missing(&before, &after), missing(&after, &before)),
                (gone, came),
                "{old}\n{before}\n{after}"
            );
        }
        Ok(())
    }
}
