//! Answers are the same with and without the rewritings.
mod failures;
mod generate;
mod ordered;
mod properties;
mod rewritings;
mod suites;
mod support;
