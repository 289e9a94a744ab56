#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| civigraph_fuzz::tables::csv_records(data));
