//! Counts that merging adds up.

use super::*;
use crate::sorted::write_order;
use crate::{IndexBuilder, Options};
use oxrdf::{GraphName, NamedNode, Quad};

/// An index of one quad that was made so often.
fn made(folder: &Path, times: u32) -> Index {
    let mut builder = IndexBuilder::new(folder, Options::default()).unwrap();
    let node = NamedNode::new_unchecked("http://example.org/");
    let quad = Quad::new(node.clone(), node.clone(), node, GraphName::DefaultGraph);
    builder.add_quad(quad.as_ref()).unwrap();
    builder.finish().unwrap();
    let mut header = IndexHeader::read(folder).unwrap();
    header.files[5] = write_order(folder, 5, [count_entry(0, times)].into_iter()).unwrap();
    header.write(folder).unwrap();
    Index::open(folder).unwrap()
}

#[test]
fn counts_add_up_or_are_refused() {
    for (more, fits) in [(294_967_295, true), (294_967_296, false)] {
        let folder = tempfile::tempdir().unwrap();
        let one = made(&folder.path().join("one"), 4_000_000_000);
        let other = made(&folder.path().join("other"), more);
        let merged = folder.path().join("merged");
        std::fs::create_dir(&merged).unwrap();
        let result = merge(
            &[MergeInput::whole(&one), MergeInput::whole(&other)],
            &merged,
            2,
        );
        match result {
            Ok(()) => {
                let triples = Index::open(&merged).unwrap().triples;
                let count = count_of(&triples.spo, &triples.counts, &[0, 0, 0]).unwrap();
                assert!(fits && count == u64::from(u32::MAX));
            }
            Err(error) => assert!(!fits && error.kind() == ErrorKind::Full, "{error}"),
        }
    }
}
