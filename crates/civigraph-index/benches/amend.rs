//! What it costs to change one value of an index, beside building it: `cargo bench -p civigraph-index`.
//!
//! A hundred thousand rows of twenty values, as a typed table makes them; `CIVIGRAPH_BENCH_ROWS` sets another number.

use civigraph_index::{Index, IndexBuilder, Options, QuadChanges, QuadChunk};
use oxrdf::vocab::xsd;
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};
use std::path::Path;
use std::time::{Duration, Instant};

const ROWS: u64 = 100_000;

/// Rounds, of which the fastest counts.
const ROUNDS: usize = 5;

fn iri(name: String) -> NamedNode {
    NamedNode::new_unchecked(format!("https://example.org/id/{name}"))
}

/// A value of a row: numbers, decimals, days, texts and references.
fn value(row: u64, column: u64) -> Term {
    let mixed = (row * 20 + column).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    match column % 5 {
        0 => Literal::new_typed_literal((mixed % 1000).to_string(), xsd::INTEGER).into(),
        1 => Literal::new_typed_literal(
            format!("{}.{:02}", mixed % 100_000, mixed % 97),
            xsd::DECIMAL,
        )
        .into(),
        2 => Literal::new_typed_literal(
            format!(
                "{}-{:02}-{:02}",
                1700 + mixed % 300,
                1 + mixed % 12,
                1 + mixed % 28
            ),
            xsd::DATE,
        )
        .into(),
        3 => Literal::new_simple_literal(format!("text {mixed} of row {row}")).into(),
        _ => iri(format!("region/{}", mixed % 500)).into(),
    }
}

fn quad(row: u64, column: u64, object: Term) -> Quad {
    let predicate = iri(format!("property/{column}"));
    Quad::new(
        iri(format!("row/{row:07}")),
        predicate,
        object,
        GraphName::DefaultGraph,
    )
}

fn timed(name: &str, rounds: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut best = Duration::MAX;
    for round in 0..rounds {
        let start = Instant::now();
        work(round);
        best = best.min(start.elapsed());
    }
    println!("{name:<32} {:>9.1} ms", best.as_secs_f64() * 1e3);
    best
}

fn build(folder: &Path, rows: u64) -> Index {
    let options = Options {
        threads: 1,
        ..Options::default()
    };
    let mut builder = IndexBuilder::new(folder, options).expect("the folder is writable");
    for row in 0..rows {
        for column in 0..20 {
            let quad = quad(row, column, value(row, column));
            builder.add_quad(quad.as_ref()).expect("the quad is added");
        }
    }
    builder.finish().expect("the index is written");
    Index::open(folder).expect("the index opens")
}

fn main() {
    let rows = std::env::var("CIVIGRAPH_BENCH_ROWS");
    let rows: u64 = rows.ok().and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = |name: String| temporary.path().join(name);
    let mut index = None;
    let whole = timed("build, one thread", 1, |_| {
        index = Some(build(&folder("whole".to_owned()), rows));
    });
    let index = index.expect("it was built");
    let row = rows / 2;
    timed("lines from the middle on", ROUNDS, |_| {
        let subject = iri(format!("row/{row:07}"));
        let lines = index.lines_from(subject.as_ref().into());
        let mut lines = lines.expect("the subject is there");
        let mut bytes = 0;
        while let Some(line) = lines.next().expect("the index is whole") {
            bytes += line.len();
        }
        assert!(bytes > 0);
    });
    let literal = |text: &str, datatype| Term::from(Literal::new_typed_literal(text, datatype));
    for (name, column, new) in [
        ("a number that is there", 0, literal("7", xsd::INTEGER)),
        ("a number that is new", 0, literal("7.25", xsd::DECIMAL)),
        (
            "a text that is new",
            3,
            Literal::from("another text").into(),
        ),
    ] {
        let amended = timed(name, ROUNDS, |round| {
            let mut chunk = QuadChunk::new();
            chunk.remove(quad(row, column, value(row, column)).as_ref());
            chunk.push(quad(row, column, new.clone()).as_ref());
            let mut changes = QuadChanges::new();
            changes.add(chunk).expect("the changes are few");
            let options = Options {
                threads: 1,
                ..Options::default()
            };
            let folder = folder(format!("{name} {round}"));
            let difference = index.amend(&changes, &folder, &options);
            assert_eq!(difference.expect("it is amended").came.len(), 1);
        });
        println!(
            "{:<32} {:>9.3} of the build",
            "",
            amended.as_secs_f64() / whole.as_secs_f64()
        );
    }
}
