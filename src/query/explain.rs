//! How a query was evaluated, for people.

use civigraph_sparql::EvaluationReport;
use std::fmt::Write as _;

/// The rewritings and the order of joins, then the plan with estimated and actual rows and times.
///
/// To be asked for once the results were read.
pub(super) fn plan(report: &EvaluationReport) -> String {
    let mut text = report.explanation.to_string();
    if let Some(nodes) = report.nodes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "plan\n{nodes}");
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
