//! SPARQL on a published build: guarded, read-only, with typed parameters, in every format.
//!
//! ```
//! use civigraph::diagnostic::{Diagnostics, ReadingMode};
//! use civigraph::project::Project;
//! use civigraph::query::{self, AnswerFormat, AnswerStyle, Request};
//! use civigraph::store::{self, BuildOptions};
//! use std::sync::Arc;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! std::fs::create_dir(folder.path().join("data"))?;
//! std::fs::write(folder.path().join("data/cities.csv"), "id\nsamara\n")?;
//! std::fs::write(folder.path().join("data/csv-metadata.json"), r#"{
//!     "@context": "http://www.w3.org/ns/csvw",
//!     "tables": [{
//!         "url": "cities.csv",
//!         "tableSchema": {
//!             "aboutUrl": "http://example.org/city/{id}",
//!             "columns": [{"titles": "id", "propertyUrl": "http://example.org/id"}]
//!         }
//!     }]
//! }"#)?;
//! let project = Project::open(folder.path(), None)?;
//! let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
//! civigraph::pipeline::build(&project, BuildOptions::default(), None, &mut diagnostics)?
//!     .ok_or("something is wrong with the tables")?;
//!
//! let build = Arc::new(store::open(project.store())?);
//! let request = Request::new("SELECT ?id { ?city <http://example.org/id> ?id }", "example");
//! let style = AnswerStyle {
//!     format: Some(AnswerFormat::Tsv),
//!     ..AnswerStyle::default()
//! };
//! let mut answer = Vec::new();
//! query::run(&build, &request, &style, &mut answer)?;
//! assert_eq!(String::from_utf8(answer)?, "?id\n\"samara\"\n");
//! # Ok(())
//! # }
//! ```
//!
//! Four functions in the project's own namespace (its base and `ns#`) lead a triple back to the tables
//! that the build was made from: `rowOf(?s, ?p, ?o)`, `columnOf` and `cellOf` give IRIs with fragments of
//! RFC 7111 (`…/cities.csv#row=3`, `#col=9`, `#cell=3,9`), `cellCount` how many cells say the same. One
//! more argument may be the graph, or a number from 1 that chooses among several cells. What is from no
//! table has no value. [`Tracer`](crate::lineage::Tracer) finds them.
//!
//! Eight more say what the claims of the build know of a triple: `basis(?s, ?p, ?o)`, `modality`, `speaker`, `source`,
//! `claim`, `standing`; and of a property, `conflict(?s, ?p)` and `gap(?s, ?p)`.
//! [`Knowledge`](crate::knowledge::Knowledge) finds it.
//!
//! `collate(?text)` and `collate(?text, "ru")` give keys by which `ORDER BY` has texts in the order of readers.
//!
//! A property of that namespace finds things by the words of their labels and texts: `?thing search "words"`, or
//! `(?thing ?score) search ("words" 20)`. A build without a text index has no answer to it but an error.

mod answer;
mod claim_functions;
mod collation;
mod error;
mod explain;
mod graphs;
mod guard;
mod hints;
mod languages;
mod lineage_functions;
mod merged;
mod parameter;
mod projection;
mod regular;
mod run;
mod search;
mod selected;
mod stack;
pub mod stored;
mod substitute;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod things;
mod values;
mod visit;
mod volatile;

pub(crate) use crate::labels::LABEL_PROPERTIES;
pub use crate::labels::Labels;
#[cfg(feature = "worker")]
pub(crate) use answer::timed_out;
pub use answer::{AnswerFormat, AnswerStyle, AnswerSummary};
pub use error::QueryError;
pub use guard::QueryLimits;
pub(crate) use languages::is_in_range;
pub use merged::MergedThings;
pub use parameter::ParameterType;
pub(crate) use parameter::iri;
pub(crate) use regular::RegularExpressions;
#[cfg(feature = "worker")]
pub(crate) use run::inspect;
pub(crate) use run::parse;
pub use run::{
    AnswerKind, AnswerStart, QueryGraphs, Request, ResultPage, bound, check, run, run_with,
};
pub(crate) use stack::{on_large_stack, with_large_stack};
pub use stored::{QueryHeader, QueryParameter, StoredQuery};
pub use table::{TableStyle, printable, term_text, write_table};
pub(crate) use visit::{
    Visitor, VisitorMut, walk_expression, walk_expression_mut, walk_pattern, walk_pattern_mut,
};
