//! CSV on the Web: metadata read, checked and normalised into the annotated table group.
//!
//! Specifications: *Model for Tabular Data and Metadata on the Web* and *Metadata Vocabulary for
//! Tabular Data*, W3C Recommendations of 2015-12-17.

pub mod model;
