//! The codec of the blocks of an index.

use crate::block::{BLOCK, pack_one, unpack};

/// Entries that are packed come back; any bytes unpack or are refused, and what unpacks is in order.
pub fn blocks_round_trip(data: &[u8]) {
    let numbers: Vec<u32> = data
        .chunks_exact(5)
        .map(|bytes| {
            let number = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            number >> (bytes[4] % 32)
        })
        .collect();
    let mut entries: Vec<[u32; 4]> = numbers
        .chunks_exact(4)
        .filter_map(|ids| ids.try_into().ok())
        .take(BLOCK)
        .collect();
    let mut bytes = Vec::new();
    if let [first, .., last] = entries.as_slice() {
        assert_eq!(
            pack_one(first, last, &mut Vec::new()).is_some(),
            last > first
        );
    }
    entries.sort_unstable();
    entries.dedup();
    for pair in entries.windows(2) {
        assert_eq!(pack_one(&pair[0], &pair[1], &mut bytes), Some(()));
    }
    if let Some(first) = entries.first() {
        let mut back = vec![[0; 4]; entries.len()];
        assert_eq!(unpack(*first, &bytes, &mut back), Some(()));
        assert_eq!(back, entries);
    }
    let (Some(first), length) = (numbers.first_chunk::<3>(), 1 + data.len() % BLOCK) else {
        return;
    };
    let mut back = vec![[0; 3]; length];
    if unpack(*first, data, &mut back).is_some() {
        assert!(back.is_sorted_by(|a, b| a < b), "{back:?}");
    }
}
