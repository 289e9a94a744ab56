#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| civigraph_fuzz::blocks::blocks_round_trip(data));
