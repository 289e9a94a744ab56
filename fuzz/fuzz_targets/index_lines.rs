#![no_main]

libfuzzer_sys::fuzz_target!(
    |data: &[u8]| civigraph_fuzz::index::lines_are_sorted_canonical_quads(data)
);
