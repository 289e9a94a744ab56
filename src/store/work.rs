//! A bound on the work of canonicalisation.
//!
//! RDFC-1.0 tells blank nodes apart that are in like quads by following their neighbours. That takes cubic
//! time along a chain, such as a list of equal items, and exponential time in graphs made for it (RDF Dataset
//! Canonicalization §7.1, "Dataset Poisoning"). Sophia bounds how deep it looks and how many permutations of
//! neighbours it tries, but not the work in all; what it hashes tells it.

use sophia::api::quad::Spog;
use sophia::api::term::SimpleTerm;
use sophia::c14n::hash::{HashFunction, Sha256};
use sophia::c14n::rdfc10::DEFAULT_PERMUTATION_LIMIT;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::resume_unwind;

/// How far neighbours are followed from one node to the next. Each step holds a copy of the labels so far,
/// and some of the stack.
const DEPTH: usize = 256;

/// The stack for them.
const STACK: usize = 32 << 20;

/// Hashes that are made at most. A node like no other takes one, one in a list of three equal items a dozen.
pub(super) const HASHES: u64 = 4_000_000;

/// Labels whose copy takes as long as a hash.
const LABELS: u64 = 64;

thread_local! {
    /// Hashes that may still be made; the labels that were copied for each count as well.
    static LEFT: Cell<u64> = const { Cell::new(0) };
    /// The highest number of a label that was given on trial: so many had to be copied at once.
    static HIGHEST: Cell<u64> = const { Cell::new(0) };
}

/// What the thread ends with when there is too much to do.
struct GivenUp;

/// SHA-256 that counts.
struct CountingSha256(Sha256);

impl HashFunction for CountingSha256 {
    type Output = <Sha256 as HashFunction>::Output;

    fn initialize() -> Self {
        let cost = 1 + HIGHEST.get() / LABELS;
        let Some(left) = LEFT.get().checked_sub(cost) else {
            // Sophia's hashes cannot fail. Nothing is printed, and the thread was made for this alone.
            resume_unwind(Box::new(GivenUp));
        };
        LEFT.set(left);
        Self(Sha256::initialize())
    }

    fn update(&mut self, data: impl AsRef<[u8]>) {
        if let Some(number) = number(data.as_ref()) {
            HIGHEST.set(HIGHEST.get().max(number));
        }
        self.0.update(data);
    }

    fn finalize(self) -> Self::Output {
        self.0.finalize()
    }
}

/// The number of a label that was given on trial: they are `b0`, `b1` and so on, and hashed on their own.
fn number(label: &[u8]) -> Option<u64> {
    match label {
        [b'b', digits @ ..] if digits.len() < 10 => std::str::from_utf8(digits).ok()?.parse().ok(),
        _ => None,
    }
}

/// Canonical labels by the labels that the `nodes` of `dataset` have; `None` where they are too much alike
/// to be told apart with so many `hashes`. Whether they are depends on the dataset alone.
///
/// # Errors
/// There is no thread to be had.
pub(super) fn within_bounds(
    dataset: &BTreeSet<Spog<SimpleTerm<'static>>>,
    nodes: usize,
    hashes: u64,
) -> io::Result<Option<BTreeMap<String, String>>> {
    // Sophia takes the depth as a part of the number of nodes.
    let depth = (DEPTH as f32 / nodes.max(1) as f32).min(1.0);
    let label = || {
        LEFT.set(hashes);
        let labels = sophia::c14n::sophia::relabel_with::<CountingSha256, _>(
            dataset,
            depth,
            DEFAULT_PERMUTATION_LIMIT,
        );
        // Too deep or too many permutations; what it does not support (triple terms as the names of graphs)
        // does not come.
        let (_, labels) = labels.ok()?;
        let owned = labels
            .iter()
            .map(|(from, to)| (from.to_string(), to.as_str().to_owned()));
        Some(owned.collect())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, label)?;
        match thread.join() {
            Ok(labels) => Ok(labels),
            Err(reason) if reason.is::<GivenUp>() => Ok(None),
            Err(panic) => resume_unwind(panic),
        }
    })
}
