//! Rules of inference: SPARQL `CONSTRUCT` queries (`ontology/rules/*.rq`), run until nothing new follows.
//!
//! ```text
//!  ontology/rules/*.rq ─► Rules::read ──► head and body of each rule
//!                             │
//!  convert::run ─► FactSink ──┴─► Facts: the accepted facts that some body can match
//!                                   │
//!                    Rules::infer ──┴─► each new triple with its rule and its premises
//!                                   │
//!                    Rules::quads ──┴─► graph `inferred`: the triples
//!                                       graph `claims`: why (`cg:Inference`)
//! ```
//!
//! A rule reads the default graph and what other rules infer, and says only what it can give premises
//! for: its body is made of triple patterns, `FILTER`, `BIND`, `VALUES` and `UNION`. What is inferred is
//! therefore the same in any order of rules and rows, and grows with the facts.

mod body;
mod facts;
mod infer;
mod record;
mod rule;
#[cfg(test)]
mod tests;

pub use facts::{FactChunk, FactSink, RuleFacts};
pub use infer::Inference;
pub use rule::{Rule, Rules};
