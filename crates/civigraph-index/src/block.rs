//! Entries of a sorted list, packed: blocks of 32, each the difference to the one before.
//!
//! An entry is `N` ids. The first one of a block is kept as it is in the skip entry of the block; each other one
//! starts with a byte:
//!
//! ```text
//! 0ddddddd                 the last id grows by d; the others are the same
//! 1lldddd d                the id at level l grows by d (1 to 31); the ids after it follow as varints
//! 1ll00000                 likewise, and the growth follows as a varint ahead of them
//! ```

/// Entries of a block.
pub(crate) const BLOCK: usize = 32;

/// Appends a number, seven bits a byte, the low ones first.
#[inline]
pub(crate) fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Takes a number off the front; `None` where the bytes end or it has more than 32 bits.
#[inline]
pub(crate) fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    if first < 0x80 {
        return Some(u32::from(first));
    }
    let mut number = u32::from(first & 0x7f);
    let mut shift = 7;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u32::from(byte & 0x7f);
        if shift == 28 && byte > 0x0f {
            return None;
        }
        number |= bits << shift;
        if byte < 0x80 {
            return Some(number);
        }
        shift += 7;
    }
}

/// Packs the entries of a block after the first one. They must be in order, and no two the same.
#[cfg(test)]
fn pack<const N: usize>(entries: &[[u32; N]], out: &mut Vec<u8>) {
    for pair in entries.windows(2) {
        let [before, entry] = pair else { continue };
        pack_one(before, entry, out).unwrap();
    }
}

/// Packs an entry as the difference to the one before; `None` where it is not greater than that.
#[inline]
pub(crate) fn pack_one<const N: usize>(
    before: &[u32; N],
    entry: &[u32; N],
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut ids = (0_u8..).zip(entry.iter().zip(before));
    let (level, growth) = ids.find_map(|(level, (now, before))| {
        (now != before).then(|| (level, now.checked_sub(*before)))
    })?;
    let growth = growth?;
    if usize::from(level) == N - 1 && growth < 0x80 {
        out.push(growth.to_le_bytes()[0]);
        return Some(());
    }
    // N is at most 4.
    let level_bits = 0x80 | ((level & 3) << 5);
    if growth < 32 {
        out.push(level_bits | growth.to_le_bytes()[0]);
    } else {
        out.push(level_bits);
        put(out, growth);
    }
    for (_, (&id, _)) in ids {
        put(out, id);
    }
    Some(())
}

/// Unpacks the entries after `first` into `entries`, whose length says how many there are with it. `None` where
/// the bytes are not what packing gives.
#[inline]
pub(crate) fn unpack<const N: usize>(
    first: [u32; N],
    mut bytes: &[u8],
    entries: &mut [[u32; N]],
) -> Option<()> {
    let (start, rest) = entries.split_first_mut()?;
    *start = first;
    let mut entry = first;
    let mut grows = true;
    for slot in rest {
        let (&byte, after) = bytes.split_first()?;
        bytes = after;
        if byte < 0x80 {
            grows &= byte != 0;
            let last = entry.last_mut()?;
            *last = last.checked_add(u32::from(byte))?;
        } else {
            let level = usize::from((byte >> 5) & 3);
            let growth = match byte & 31 {
                0 => take(&mut bytes).filter(|growth| *growth != 0)?,
                small => u32::from(small),
            };
            let grown = entry.get_mut(level)?;
            *grown = grown.checked_add(growth)?;
            for id in entry.iter_mut().skip(level + 1) {
                *id = take(&mut bytes)?;
            }
        }
        *slot = entry;
    }
    (grows && bytes.is_empty()).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_round_trip(number: u32) {
            let mut bytes = Vec::new();
            put(&mut bytes, number);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take(&mut rest), Some(number));
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn blocks_round_trip(mut entries in prop::collection::vec(any::<[u32; 4]>().prop_map(|e| e.map(|i| i >> (i % 31))), 1..=BLOCK)) {
            entries.sort_unstable();
            entries.dedup();
            let mut bytes = Vec::new();
            pack(&entries, &mut bytes);
            let mut back = vec![[0; 4]; entries.len()];
            prop_assert_eq!(unpack(entries[0], &bytes, &mut back), Some(()));
            prop_assert_eq!(back, entries);
        }

        #[test]
        fn what_is_not_greater_is_refused(before: [u32; 3], entry: [u32; 3]) {
            let packed = pack_one(&before, &entry, &mut Vec::new());
            prop_assert_eq!(packed.is_some(), entry > before);
            prop_assert_eq!(pack_one(&before, &before, &mut Vec::new()), None);
        }

        #[test]
        fn any_bytes_unpack_or_are_refused(bytes: Vec<u8>, first: [u32; 3], length in 1..=BLOCK) {
            let mut back = vec![[0; 3]; length];
            if unpack(first, &bytes, &mut back).is_some() {
                prop_assert!(back.is_sorted_by(|a, b| a < b));
            }
        }
    }

    #[test]
    fn entries_that_do_not_grow_are_refused() {
        let unpacked = |bytes: &[u8]| unpack([7, 4, 10], bytes, &mut [[0; 3]; 2]);
        assert_eq!(unpacked(&[1]), Some(()));
        assert_eq!(unpacked(&[0]), None);
        // No growth at the second level, and a smaller last id.
        assert_eq!(unpacked(&[0b1010_0000, 1, 2]), Some(()));
        assert_eq!(unpacked(&[0b1010_0000, 0, 2]), None);
    }
}
