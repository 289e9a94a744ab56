//! Collecting keys on all threads, and the checks at the end.

use super::buffer::KeyBuffer;
use super::fingerprint::Fingerprinter;
use super::partitions::{Partitions, cluster};
use super::plan::{KeyColumns, KeyPlan};
use super::rows::Rows;
use super::{duplicates, references};
use crate::diagnostic::Diagnostics;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// How keys are checked.
#[derive(Debug, Clone)]
pub struct KeyOptions {
    /// Bytes of collected keys that are kept in memory before they are spilled, all tables together.
    pub memory: usize,
    /// The directory of the temporary files; the system's where nothing is said.
    pub directory: Option<PathBuf>,
}

impl Default for KeyOptions {
    fn default() -> Self {
        Self {
            memory: 128 << 20,
            directory: None,
        }
    }
}

/// Collects the keys of a table group and checks them.
#[derive(Debug)]
pub struct KeyChecker {
    plan: KeyPlan,
    tables: Vec<TableKeys>,
    fingerprinter: Fingerprinter,
    memory: usize,
    /// One for each key of the plan.
    collected: Mutex<Vec<Partitions>>,
    /// Tables that could not be read to their ends.
    incomplete: Mutex<BTreeSet<usize>>,
}

/// The keys of a table and their indexes in the plan.
type TableKeys = (Arc<[KeyColumns]>, Arc<[usize]>);

impl KeyChecker {
    /// A checker that has collected nothing.
    pub fn new(plan: KeyPlan, options: &KeyOptions) -> Self {
        Self::with_fingerprinter(plan, options, Fingerprinter::new())
    }

    pub(super) fn with_fingerprinter(
        plan: KeyPlan,
        options: &KeyOptions,
        fingerprinter: Fingerprinter,
    ) -> Self {
        let count = plan.keys().iter().map(|key| key.table + 1).max();
        let tables = (0..count.unwrap_or(0))
            .map(|table| {
                let of_table = plan.keys().iter().enumerate();
                let (indexes, keys): (Vec<_>, Vec<_>) = of_table
                    .filter(|(_, key)| key.table == table)
                    .map(|(index, key)| (index, key.clone()))
                    .unzip();
                (keys.into(), indexes.into())
            })
            .collect();
        let collected = (plan.keys().iter())
            .map(|_| Partitions::new(options.directory.clone(), options.memory))
            .collect();
        Self {
            plan,
            tables,
            fingerprinter,
            memory: options.memory,
            collected: Mutex::new(collected),
            incomplete: Mutex::default(),
        }
    }

    /// The keys that are collected and the rules over them.
    pub fn plan(&self) -> &KeyPlan {
        &self.plan
    }

    /// A buffer for a chunk of rows of a table.
    pub fn buffer(&self, table: usize) -> KeyBuffer {
        let (keys, indexes) = self
            .tables
            .get(table)
            .map(|(keys, indexes)| (Arc::clone(keys), Arc::clone(indexes)))
            .unwrap_or_else(|| (Arc::new([]), Arc::new([])));
        KeyBuffer::new(keys, indexes, self.fingerprinter)
    }

    /// Takes the keys of a chunk, from any thread and in any order. Spills what exceeds the budget.
    ///
    /// # Errors
    /// A temporary file could not be written.
    pub fn accept(&self, mut buffer: KeyBuffer) -> io::Result<()> {
        let chunks: Vec<_> = buffer
            .indexes
            .iter()
            .copied()
            .zip(buffer.entries.drain(..))
            .filter(|(_, entries)| !entries.is_empty())
            // Here, on the caller's thread, before the lock is taken.
            .map(|(index, entries)| (index, cluster(&entries)))
            .collect();
        if chunks.is_empty() {
            return Ok(());
        }
        let mut collected = self
            .collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for (index, entries) in chunks {
            collected[index].add(entries);
        }
        while collected.iter().map(Partitions::memory).sum::<usize>() > self.memory {
            match collected.iter_mut().max_by_key(|key| key.memory()) {
                Some(largest) => largest.spill()?,
                None => break,
            }
        }
        Ok(())
    }

    /// Says that a table could not be read to its end: what is not among its keys may still be there,
    /// so references to it are not checked.
    pub fn incomplete(&self, table: usize) {
        self.incomplete
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(table);
    }

    /// Checks everything that was collected: primary keys first, then foreign keys, each in the order
    /// of the metadata and of the rows.
    ///
    /// Duplicates that are kept whole are compared by value; what is counted beyond the cap of
    /// `diagnostics` rests on fingerprints of 127 bits alone.
    ///
    /// # Errors
    /// A temporary file could not be read, or `rows` failed.
    pub fn finish(self, rows: &dyn Rows, diagnostics: &mut Diagnostics) -> io::Result<()> {
        let collected = self
            .collected
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        for &key in self.plan.primary() {
            duplicates::check(&self.plan, key, &collected[key], rows, diagnostics)?;
        }
        let incomplete = self
            .incomplete
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        for &reference in self.plan.references() {
            if incomplete.contains(&self.plan.keys()[reference.to].table) {
                continue;
            }
            references::check(
                &self.plan,
                reference,
                &collected,
                self.fingerprinter,
                rows,
                diagnostics,
            )?;
        }
        Ok(())
    }
}
