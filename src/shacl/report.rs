//! What shapes find.

use super::path::PropertyPath;
use super::source::SubjectNode;
use super::unused::UnusedNames;
use crate::diagnostic::Diagnostic;
use oxrdf::{Literal, NamedNode, Term};

/// What came of holding shapes against a graph (SHACL §3.6).
#[derive(Debug, Clone, Default)]
pub struct ValidationReport {
    /// The violations, by shape and constraint, in the order of focus nodes.
    pub results: Vec<ValidationResult>,
    /// How many focus nodes were looked at; one that several shapes target counts for each.
    pub focus_nodes: u64,
    /// Queries that could not be evaluated.
    pub failures: Vec<Diagnostic>,
    /// What shapes name and nothing in the graph has.
    pub(super) idle: UnusedNames,
}

impl ValidationReport {
    /// Whether nothing was found.
    pub fn conforms(&self) -> bool {
        self.results.is_empty() && self.failures.is_empty()
    }
}

/// One violation of one constraint by one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationResult {
    /// `sh:focusNode`.
    pub focus: Term,
    /// `sh:resultPath`.
    pub path: Option<PropertyPath>,
    /// `sh:value`.
    pub value: Option<Term>,
    /// `sh:sourceShape`. A blank node has a label of this report, not of the file.
    pub shape: SubjectNode,
    /// `sh:sourceConstraint`: the node of a constraint in SPARQL.
    pub constraint: Option<SubjectNode>,
    /// `sh:sourceConstraintComponent`.
    pub component: NamedNode,
    /// `sh:resultSeverity`.
    pub severity: NamedNode,
    /// `sh:resultMessage` in all languages, their `{?variable}`s not filled in.
    pub messages: Vec<Literal>,
    /// What a query says: values of variables, for the messages.
    pub bindings: Vec<(String, Term)>,
    /// `sh:detail`: why the value does not conform to the shapes of `sh:node`, `sh:and`, `sh:or`, `sh:xone`. A bounded
    /// number of them, down to a bounded depth.
    pub details: Vec<ValidationResult>,
    /// The shapes to which the value conforms and should not: that of `sh:not`, those of `sh:xone` if more than one.
    pub conforms_to: Vec<SubjectNode>,
    /// Further violations of this constraint that were counted and not kept.
    pub more: u64,
    /// Numbers of shape and constraint.
    pub(super) numbers: (usize, usize),
}

/// Puts values in the place of `{?variable}` and `{$variable}` in a message (SHACL §5.3.2), in one pass: what a value
/// holds is text, whatever it looks like.
pub(super) fn fill_in(
    message: &str,
    bindings: &[(String, Term)],
    text: &dyn Fn(&Term) -> String,
) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(inside, after)| {
            let variable = inside.strip_prefix(['?', '$'])?;
            let (_, value) = bindings.iter().find(|(name, _)| name == variable)?;
            Some((value, after))
        });
        match value {
            Some((value, after)) => {
                filled.push_str(&text(value));
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}
