#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| civigraph_fuzz::index::forgeries_are_survived(data));
