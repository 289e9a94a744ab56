//! Generated queries on generated graphs.
use crate::generate::{Choices, dataset, query};
use crate::support::{parse, planned, reference, sorted, unoptimised};
use civigraph_sparql::{MemoryDataset, Options};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

fn single(switch: impl Fn(&mut Options)) -> Options {
    let mut options = Options::none();
    switch(&mut options);
    options
}

fn variants() -> Vec<(&'static str, Options)> {
    vec![
        ("none", Options::none()),
        ("join_order", single(|options| options.join_order = true)),
        (
            "hash_joins",
            Options {
                join_order: true,
                hash_joins: true,
                hash_join_rows: 0,
                ..Options::none()
            },
        ),
        (
            "order_after_distinct",
            single(|options| options.order_after_distinct = true),
        ),
        (
            "required_first",
            single(|options| options.required_first = true),
        ),
        ("counts", single(|options| options.counts = true)),
        ("ranges", single(|options| options.ranges = true)),
        ("sorting", single(|options| options.sorting = true)),
        (
            "language_tags",
            single(|options| options.language_tags = true),
        ),
        // What these change is not what Oxigraph answers.
        (
            "the rest",
            Options {
                repairs: false,
                exact_literals: false,
                ..Options::default()
            },
        ),
    ]
}

fn same_answers(data: &[u8], bytes: &[u8]) -> Result<(), TestCaseError> {
    let memory = MemoryDataset::from(dataset(&mut Choices::new(data)));
    let mut choices = Choices::new(bytes);
    let (text, ordered) = query(&mut choices);
    let Some(query) = parse(&text) else {
        return Ok(());
    };
    let arrange = |lines| if ordered { lines } else { sorted(lines) };
    let expected = arrange(reference(memory.dataset(), &query));
    for (name, options) in variants() {
        let answer = arrange(planned(&memory, &query, &options));
        if answer != expected {
            let plain = arrange(unoptimised(memory.dataset(), &query));
            return Err(TestCaseError::fail(format!(
                "{name}: {text}\n{}\nplanned {answer:#?}\nOxigraph {expected:#?}\nunoptimised {}",
                memory.dataset(),
                if plain == answer {
                    "as planned".to_owned()
                } else if plain == expected {
                    "as Oxigraph".to_owned()
                } else {
                    format!("{plain:#?}")
                },
            )));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rewritings_keep_answers(
        data in proptest::collection::vec(any::<u8>(), 0..300),
        query in proptest::collection::vec(any::<u8>(), 5..200),
    ) {
        same_answers(&data, &query)?;
    }
}
