//! 128 bits that stand for the values of a key.

use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// A fingerprint and the row that has it; ordered by both.
///
/// The lowest bit of the second number tells whether the key has a null among its values.
pub(super) type KeyEntry = [u64; 3];

/// The bit of [`KeyEntry`] for keys with a null.
const HAS_NULL: u64 = 1;

/// The size of an entry in memory and on disk, in bytes.
pub(super) const ENTRY_BYTES: usize = size_of::<KeyEntry>();

/// The values of one key, written one after another so that different keys are different bytes.
///
/// Each value is a tag, and for everything but null its length and its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeyBytes {
    bytes: Vec<u8>,
    has_null: bool,
}

const NULL: u8 = 0;
const VALUE: u8 = 1;
const LIST: u8 = 2;
const LIST_END: u8 = 3;

impl KeyBytes {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.has_null = false;
    }

    pub(super) fn null(&mut self) {
        self.bytes.push(NULL);
        self.has_null = true;
    }

    pub(super) fn value(&mut self, canonical: &[u8]) {
        self.bytes.push(VALUE);
        self.bytes
            .extend_from_slice(&(canonical.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(canonical);
    }

    /// An empty list is as good as null; a null item is not.
    pub(super) fn list<'v>(&mut self, items: impl IntoIterator<Item = Option<&'v [u8]>>) {
        self.bytes.push(LIST);
        let before = self.bytes.len();
        for item in items {
            match item {
                Some(item) => self.value(item),
                None => self.bytes.push(NULL),
            }
        }
        self.has_null |= self.bytes.len() == before;
        self.bytes.push(LIST_END);
    }
}

/// Makes fingerprints. The key of the hash is fixed, so that runs are the same everywhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fingerprinter {
    /// Bits that are kept; all, but for tests that want collisions.
    mask: u64,
}

impl Fingerprinter {
    pub(super) const fn new() -> Self {
        Self { mask: u64::MAX }
    }

    /// Keeps `bits` bits only, so that different keys collide.
    #[cfg(test)]
    pub(super) const fn weak(bits: u32) -> Self {
        Self {
            mask: (1 << bits) - 1,
        }
    }

    /// The entry of a key.
    pub(super) fn entry(self, key: &KeyBytes, row: u64) -> KeyEntry {
        // The first digits of pi, as in Blowfish: nothing up the sleeve.
        let mut hasher = SipHasher13::new_with_keys(0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344);
        hasher.write(&key.bytes);
        let hash = hasher.finish128();
        let low = if self.mask == u64::MAX { hash.h2 } else { 0 };
        [
            hash.h1 & self.mask,
            low & !HAS_NULL | u64::from(key.has_null),
            row,
        ]
    }
}

/// Whether two entries are of the same key, as far as fingerprints tell.
pub(super) fn same_key(a: &KeyEntry, b: &KeyEntry) -> bool {
    a[..2] == b[..2]
}

/// Whether there is a null among the values of the key.
pub(super) fn has_null(entry: &KeyEntry) -> bool {
    entry[1] & HAS_NULL != 0
}
