//! Orders that are written, searched and read.

use super::*;
use proptest::prelude::*;

fn written(entries: &[[u32; 3]]) -> (tempfile::TempDir, Permutation<3>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spo");
    let mut writer = PermutationWriter::create(&path).unwrap();
    for entry in entries {
        writer.push(entry).unwrap();
    }
    let (facts, length) = writer.finish().unwrap();
    let permutation = Permutation::open(path, &facts, length).unwrap();
    (folder, permutation)
}

#[test]
fn entries_out_of_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PermutationWriter::create(&folder.path().join("spo")).unwrap();
    for number in 0..100 {
        writer.push(&[0, number, 0]).unwrap();
        for again in [[0, number, 0], [0, number / 2, 0]] {
            assert!(writer.push(&again).is_err(), "{number}");
        }
    }
    let (facts, length) = writer.finish().unwrap();
    let path = folder.path().join("spo");
    let permutation = Permutation::<3>::open(path, &facts, length).unwrap();
    let entries: Result<Vec<_>> = permutation.range(&[], None).collect();
    assert_eq!(
        entries.unwrap(),
        Vec::from_iter((0..100).map(|number| [0, number, 0]))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn ranges_and_counts_are_those_of_a_list(
        entries in prop::collection::btree_set([0..20_u32, 0..6, 0..40], 0..400),
        low in prop::collection::vec(0..22_u32, 0..=3),
        high in prop::collection::vec(0..22_u32, 0..=3),
    ) {
        let entries: Vec<[u32; 3]> = entries.into_iter().collect();
        let (_folder, permutation) = written(&entries);
        let expected: Vec<[u32; 3]> = entries
            .iter()
            .filter(|e| compare(e, &low).is_ge() && compare(e, &high).is_le())
            .copied()
            .collect();
        let cache = Cache::new();
        for cache in [None, Some(&cache), Some(&cache)] {
            let found: Result<Vec<_>> = permutation.between(&low, &high, cache).collect();
            prop_assert_eq!(&found.unwrap(), &expected);
            let back: Result<Vec<_>> =
                permutation.between_backwards(&low, &high, cache).collect();
            let mut back = back.unwrap();
            back.reverse();
            prop_assert_eq!(&back, &expected);
            let count = permutation.count_between(&low, &high, cache).unwrap();
            if compare(&[low.first().copied().unwrap_or(0), low.get(1).copied().unwrap_or(0), low.get(2).copied().unwrap_or(0)], &high).is_le() {
                prop_assert_eq!(count, expected.len());
            }
        }
        let mut scan = permutation.range(&[], None);
        let mut skipped = Vec::new();
        scan.skip_to(&low).unwrap();
        for entry in scan { skipped.push(entry.unwrap()); }
        let expected: Vec<[u32; 3]> = entries.iter().filter(|e| compare(e, &low).is_ge()).copied().collect();
        prop_assert_eq!(skipped, expected);
    }
}
