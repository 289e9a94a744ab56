//! Answers are the same with and without the rewritings.
mod aggregates;
mod failures;
mod generate;
mod ordered;
mod properties;
mod rewritings;
mod suites;
mod support;
