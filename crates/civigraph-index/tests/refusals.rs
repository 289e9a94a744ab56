//! What cannot be kept is an error, never another graph.

use civigraph_index::{
    Dataset, ErrorKind, Graphs, Index, IndexBuilder, Options, QuadChanges, QuadChunk, Result,
};
use oxrdf::{BaseDirection, GraphName, Literal, NamedNode, Quad, Term, Triple};
use spareval::QueryableDataset;
use std::path::Path;

fn iri(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://example.org/{name}"))
}

fn quad(object: impl Into<Term>) -> Quad {
    Quad::new(iri("s"), iri("p"), object, GraphName::DefaultGraph)
}

fn build(folder: &Path, quads: &[Quad]) -> Result<Index> {
    let mut builder = IndexBuilder::new(folder, Options::default())?;
    for quad in quads {
        builder.add_quad(quad.as_ref())?;
    }
    builder.finish()?;
    Index::open(folder)
}

fn tagged(text: &str, tag: &str) -> Literal {
    Literal::new_language_tagged_literal_unchecked(text, tag)
}

/// A triple term in so many others, itself counted.
fn nested(depth: usize) -> Term {
    let mut term = Term::from(iri("o"));
    for _ in 0..depth {
        term = Term::Triple(Box::new(Triple {
            subject: iri("s").into(),
            predicate: iri("p"),
            object: term,
        }));
    }
    term
}

#[test]
fn triple_terms_nest_to_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    let deepest = quad(nested(512));
    let index = build(&folder.path().join("a"), std::slice::from_ref(&deepest)).unwrap();
    let read: Vec<Quad> = index
        .quads_for_pattern(None, None, None, None)
        .collect::<Result<_>>()
        .unwrap();
    assert_eq!(read, std::slice::from_ref(&deepest));
    let mut lines = index.lines().unwrap();
    let line = format!("{deepest} .");
    assert_eq!(lines.next().unwrap(), Some(line.as_bytes()));
    let deeper = quad(nested(513));
    assert!(!index.contains(&deeper).unwrap());
    let error = build(&folder.path().join("b"), &[deeper]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Term, "{error}");
}

#[test]
fn terms_that_rdf_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let index = build(
        &folder.path().join("a"),
        &[quad(
            Literal::new_directional_language_tagged_literal_unchecked(
                "x",
                "ar",
                BaseDirection::Rtl,
            ),
        )],
    )
    .unwrap();
    let typed =
        |datatype: &str| Literal::new_typed_literal("x", NamedNode::new_unchecked(datatype));
    let objects: [Term; 7] = [
        tagged("x", "ar--rtl").into(),
        tagged("x", "").into(),
        tagged("x", "en us").into(),
        typed("http://e/\0").into(),
        typed("http://e/>").into(),
        NamedNode::new_unchecked("http://e/> <http://e/").into(),
        NamedNode::new_unchecked("http://e/\n").into(),
    ];
    for (number, object) in objects.into_iter().enumerate() {
        let quad = quad(object);
        // Nor is it found as the term that it looks like.
        assert!(!index.contains(&quad).unwrap(), "{quad}");
        let error = build(&folder.path().join(number.to_string()), &[quad]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Term, "{error}");
    }
}

#[test]
fn an_index_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let index = build(folder.path(), &[quad(iri("o"))]).unwrap();
    let again = IndexBuilder::new(folder.path(), Options::default()).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Misfit);
    let into_itself = index
        .amend(&QuadChanges::new(), folder.path(), &Options::default())
        .unwrap_err();
    assert_eq!(into_itself.kind(), ErrorKind::Misfit);
    index.check().unwrap();
}

#[test]
fn tags_are_equal_without_regard_to_case() {
    let folder = tempfile::tempdir().unwrap();
    let in_graph = |text: &str, tag: &str| Quad {
        graph_name: iri("g").into(),
        ..quad(tagged(text, tag))
    };
    let beside = vec![
        in_graph("in", "EN-gb"),
        in_graph("beside", "RU-latn"),
        in_graph("beside", "ru-Latn"),
    ];
    let index = build(
        &folder.path().join("a"),
        &[in_graph("in", "en-GB"), in_graph("in", "en-gb")],
    )
    .unwrap()
    .with_overlay(move || Ok(beside.clone()));
    assert_eq!(index.len(), 1);
    for tag in ["ru-latn", "ru-Latn", "RU-LATN"] {
        assert!(index.contains(&in_graph("beside", tag)).unwrap(), "{tag}");
        let object = Term::from(tagged("beside", tag));
        let count = index.count(None, None, Some(object.as_ref()), Graphs::AllNamed);
        assert_eq!(count.unwrap(), 1);
    }
    assert_eq!(index.count(None, None, None, Graphs::AllNamed).unwrap(), 2);
    let dataset = &Dataset::new(&index);
    let [lower, canonical] = ["de-ch", "de-CH"].map(|tag| {
        let term = dataset.internalize_term(tagged("made", tag).into());
        term.unwrap()
    });
    assert_eq!(lower, canonical);
    let made = dataset.externalize_term(lower).unwrap();
    assert_eq!(made, tagged("made", "de-CH").into());
}

/// What is beside an index is not in it: a quad of both comes with the change.
#[test]
fn changes_do_not_see_what_is_beside() {
    let folder = tempfile::tempdir().unwrap();
    let both = Quad {
        graph_name: iri("g").into(),
        ..quad(iri("o"))
    };
    let beside = vec![both.clone()];
    let index = build(&folder.path().join("a"), &[quad(iri("o"))])
        .unwrap()
        .with_overlay(move || Ok(beside.clone()));
    let mut chunk = QuadChunk::new();
    chunk.push(both.as_ref());
    let mut changes = QuadChanges::new();
    changes.add(chunk).unwrap();
    let amended = folder.path().join("b");
    let difference = index
        .amend(&changes, &amended, &Options::default())
        .unwrap();
    assert_eq!(difference.came, std::slice::from_ref(&both));
    assert!(Index::open(&amended).unwrap().contains(&both).unwrap());
}

#[test]
fn a_failing_overlay_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let index = build(folder.path(), &[quad(iri("o"))])
        .unwrap()
        .with_overlay(|| Err(std::io::Error::other("gone")));
    let default = index.count(None, None, None, Graphs::Default);
    assert_eq!(default.unwrap(), 1);
    assert!(index.count(None, None, None, Graphs::AllNamed).is_err());
    assert!(index.named_graphs().is_err());
    assert!(
        index
            .quads_for_pattern(None, None, None, None)
            .any(|quad| quad.is_err())
    );
    let dataset = &Dataset::new(&index);
    assert!(dataset.internal_named_graphs().any(|graph| graph.is_err()));
}

#[test]
fn headers_of_other_versions_and_other_files() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), &[quad(iri("o"))]).unwrap();
    let path = folder.path().join("header");
    let header = std::fs::read(&path).unwrap();
    let kind = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        Index::open(folder.path()).map(|_| ()).unwrap_err().kind()
    };
    let mut other = header.clone();
    other[8] = 99;
    assert_eq!(kind(&other), ErrorKind::Version);
    assert_eq!(kind(b""), ErrorKind::Foreign);
    assert_eq!(kind(b"SQLite format 3"), ErrorKind::Foreign);
    assert_eq!(kind(&header[..40]), ErrorKind::Damaged);
    assert_eq!(
        kind(&[header, vec![0; 1 << 20]].concat()),
        ErrorKind::Damaged
    );
}

#[test]
fn many_runs_are_merged_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        memory: 0,
        threads: 1,
    };
    let (spilled, whole) = (folder.path().join("spilled"), folder.path().join("whole"));
    let quads: Vec<Quad> = (0..300).map(|n| quad(Literal::from(n % 170))).collect();
    let mut builder = IndexBuilder::new(&spilled, options).unwrap();
    for quad in &quads {
        builder.add_quad(quad.as_ref()).unwrap();
    }
    let runs = std::fs::read_dir(&spilled).unwrap().count();
    assert!(runs < 200, "{runs}");
    builder.finish().unwrap();
    build(&whole, &quads).unwrap();
    for name in Index::file_names() {
        let [one, other] =
            [&spilled, &whole].map(|folder| std::fs::read(folder.join(name)).unwrap());
        assert_eq!(one, other, "{name}");
    }
    assert_eq!(
        std::fs::read_dir(&spilled).unwrap().count(),
        Index::file_names().count()
    );
}
