//! Which rewritings are done.

use oxrdf::GraphName;

/// The rewritings of a query, each of which can be turned off.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one switch for each rewriting"
)]
pub struct Options {
    /// Orders joins by exact counts.
    pub join_order: bool,
    /// Joins two large patterns by a hash table where that is cheaper than look-ups.
    pub hash_joins: bool,
    /// From how many expected rows on a hash table is considered.
    pub hash_join_rows: u64,
    /// Sorts after `DISTINCT` instead of before.
    pub order_after_distinct: bool,
    /// Joins required patterns before optional ones.
    pub required_first: bool,
    /// Answers `COUNT`, `DISTINCT`, `GROUP BY` and `ASK` from counts.
    pub counts: bool,
    /// Reads only the range of values that a filter asks for.
    pub ranges: bool,
    /// Sorts with each key evaluated once, and keeps only the first rows that `LIMIT` asks for.
    pub sorting: bool,
    /// Reads what is sorted by in the order of its values, and no further than `LIMIT` needs. Goes with `sorting`.
    pub ordered_scans: bool,
    /// How many times as cheap as sorting that must be expected to be.
    pub ordered_scan_gain: u32,
    /// Works around faults of spareval 0.2.9 and sparopt 0.3.9.
    pub repairs: bool,
    /// Lets STR and DATATYPE see numbers and dates as they are written, and MIN, MAX, SAMPLE, COALESCE and IF give them so.
    pub exact_literals: bool,
    /// Writes language tags in the case of BCP 47 §2.1.1.
    pub language_tags: bool,
    /// The graphs that make up the default graph, where the query has no `FROM`; `None` for the default graph alone.
    pub default_graph: Option<Vec<GraphName>>,
    /// Collects how many rows each part of the plan gave and how long it took.
    pub statistics: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            join_order: true,
            hash_joins: true,
            hash_join_rows: 1_000,
            order_after_distinct: true,
            required_first: true,
            counts: true,
            ranges: true,
            sorting: true,
            ordered_scans: true,
            ordered_scan_gain: 2,
            repairs: true,
            exact_literals: true,
            language_tags: true,
            default_graph: None,
            statistics: false,
        }
    }
}

impl Options {
    /// Returns options that leave a query as it is.
    #[must_use]
    pub fn none() -> Self {
        Self {
            join_order: false,
            hash_joins: false,
            hash_join_rows: 10_000,
            order_after_distinct: false,
            required_first: false,
            counts: false,
            ranges: false,
            sorting: false,
            ordered_scans: false,
            ordered_scan_gain: 2,
            repairs: false,
            exact_literals: false,
            language_tags: false,
            default_graph: None,
            statistics: false,
        }
    }
}
