//! Files that are damaged or forged, and quads of every kind.

mod relations;

use relations::{damage_is_found, forgeries_are_survived, lines_are_sorted_canonical_quads};

/// Bytes of a fixed sequence, a different one for each seed.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&(state >> 32).to_le_bytes()[..4]);
    }
    bytes
}

/// How often each relation is tried; `CIVIGRAPH_FAULTS=all` tries them more often.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let all = std::env::var("CIVIGRAPH_FAULTS").is_ok_and(|value| value == "all");
    0..if all { usual * 50 } else { usual }
}

#[test]
fn lines_of_quads_of_every_kind() {
    for seed in seeds(80) {
        lines_are_sorted_canonical_quads(&bytes(
            seed,
            40 + 20 * usize::try_from(seed % 80).unwrap(),
        ));
    }
}

#[test]
fn damage_of_every_file() {
    for seed in seeds(6) {
        damage_is_found(&bytes(seed, 900));
    }
}

#[test]
fn forged_files() {
    for seed in seeds(6) {
        forgeries_are_survived(&bytes(seed, 1_200));
    }
}
