//! SPARQL on a published build: guarded, read-only, with typed parameters, in every format.

mod answer;
mod functions;
mod guard;
mod labels;
mod parameter;
mod projection;
mod run;
pub mod stored;
mod substitute;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod visit;

pub use answer::{AnswerFormat, AnswerStyle, Answered};
pub use guard::Limits;
pub(crate) use labels::LABEL_PROPERTIES;
pub use labels::Labels;
pub use parameter::ParameterType;
pub(crate) use parameter::iri;
pub use run::{Request, check, run};
pub(crate) use run::{on_large_stack, parse};
pub use stored::{Header, Parameter, StoredQuery};
pub use table::{TableStyle, printable, term_text, write_table};
pub(crate) use visit::{
    Visitor, VisitorMut, walk_expression, walk_expression_mut, walk_pattern, walk_pattern_mut,
};
