//! Relations that must hold for any input, one a target.
//!
//! ```text
//! cargo install cargo-fuzz
//! cargo +nightly fuzz run number_format -- -max_total_time=600
//! cargo +nightly fuzz run metadata fuzz/corpus/metadata fuzz/seeds/metadata
//! ```
//!
//! A stable toolchain does as well with `RUSTC_BOOTSTRAP=1 cargo fuzz run …`. The targets are
//! `csv_records`, `metadata`, `number_format`, `date_pattern`, `regular_expression` and `uri_template`, and for the index
//! of quads `index_blocks`, `index_damage`, `index_forgeries` and `index_lines`. What they find becomes a regression
//! test beside the code.

#[path = "../../crates/civigraph-index/src/block.rs"]
mod block;
pub mod blocks;
#[path = "../../crates/civigraph-index/tests/relations/mod.rs"]
pub mod index;
pub mod relations;
pub mod tables;
