//! The keys of one chunk of rows, filled on the thread that converts the chunk.

use super::fingerprint::{Fingerprinter, KeyBytes, KeyEntry};
use super::plan::KeyColumns;
use std::sync::Arc;

/// Collects the keys of one chunk of rows of one table.
///
/// For each row and each key of the table: [`begin`](Self::begin), one value for each column of the
/// key, [`end`](Self::end). Values are passed in a canonical form: equal bytes mean equal values.
#[derive(Debug)]
pub struct KeyBuffer {
    keys: Arc<[KeyColumns]>,
    /// Indexes of `keys` in the plan.
    pub(super) indexes: Arc<[usize]>,
    pub(super) entries: Vec<Vec<KeyEntry>>,
    fingerprinter: Fingerprinter,
    slot: usize,
    bytes: KeyBytes,
    /// The items of a key that is compared item by item, row numbers still to come.
    items: Vec<KeyEntry>,
}

impl KeyBuffer {
    pub(super) fn new(
        keys: Arc<[KeyColumns]>,
        indexes: Arc<[usize]>,
        fingerprinter: Fingerprinter,
    ) -> Self {
        Self {
            entries: vec![Vec::new(); keys.len()],
            keys,
            indexes,
            fingerprinter,
            slot: 0,
            bytes: KeyBytes::default(),
            items: Vec::new(),
        }
    }

    /// The keys of the table, by slot. Empty where nothing has to be collected.
    pub fn keys(&self) -> &[KeyColumns] {
        &self.keys
    }

    /// Starts the key at `slot` of [`keys`](Self::keys) for the next row.
    pub fn begin(&mut self, slot: usize) {
        self.slot = slot;
        self.bytes.clear();
        self.items.clear();
    }

    /// The next column's cell is null.
    pub fn null(&mut self) {
        self.bytes.null();
    }

    /// The next column's cell has this value. A cell that is not valid has no value: drop the row's
    /// key by not calling [`end`](Self::end), or pass its text.
    pub fn value(&mut self, canonical: &[u8]) {
        self.bytes.value(canonical);
    }

    /// The next column's cell is a list of these values, `None` for a null item.
    pub fn list<'v>(&mut self, items: impl IntoIterator<Item = Option<&'v [u8]>>) {
        if self.keys.get(self.slot).is_some_and(|key| key.items) {
            for item in items.into_iter().flatten() {
                self.bytes.clear();
                self.bytes.value(item);
                self.items.push(self.fingerprinter.entry(&self.bytes, 0));
            }
            self.bytes.clear();
        } else {
            self.bytes.list(items);
        }
    }

    /// Ends the key. Rows are numbered by the caller; the numbers ascend with the place in the file
    /// and are given back to [`Rows`](super::Rows).
    pub fn end(&mut self, row: u64) {
        let Some(key) = self.keys.get(self.slot) else {
            return;
        };
        let entries = &mut self.entries[self.slot];
        if key.items {
            if self.bytes != KeyBytes::default() {
                // A single value in the place of a list, or null.
                self.items.push(self.fingerprinter.entry(&self.bytes, 0));
            }
            entries.extend(self.items.drain(..).map(|[high, low, _]| [high, low, row]));
        } else {
            entries.push(self.fingerprinter.entry(&self.bytes, row));
        }
    }
}
