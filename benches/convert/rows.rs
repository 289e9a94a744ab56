//! How many rows tables have.

/// Rows of the tables: `CIVIGRAPH_BENCH_ROWS`, or the usual number.
pub fn rows(usual: u64) -> u64 {
    let named = std::env::var("CIVIGRAPH_BENCH_ROWS").ok();
    named.and_then(|rows| rows.parse().ok()).unwrap_or(usual)
}
