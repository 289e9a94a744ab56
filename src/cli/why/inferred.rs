//! Triples that rules inferred, with the cells of their premises.

use super::{BOLD, DIM, PLACE, place, shown};
use crate::lineage::{ExplainedInference, InferredTriple, ProjectFacts};
use std::io::Write;

/// For people.
pub(super) fn human(
    one: &ExplainedInference,
    facts: &ProjectFacts,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let InferredTriple {
        triple,
        rule,
        title,
        premises,
    } = &one.inferred;
    writeln!(out, "{BOLD}{}{BOLD:#}", shown(triple, facts))?;
    let title = title.as_deref().unwrap_or_default();
    writeln!(
        out,
        "  inferred   by {PLACE}ontology/rules/{rule}.rq{PLACE:#} {title}"
    )?;
    for (premise, cells) in premises.iter().zip(&one.cells) {
        let end = if premise.inferred {
            " (inferred too)"
        } else {
            ""
        };
        let text = shown(&premise.triple, facts);
        writeln!(out, "  from       {text}{DIM}{end}{DIM:#}")?;
        for (at, column) in cells {
            let at = place(at);
            writeln!(out, "    made from {PLACE}{at}{PLACE:#} column `{column}`")?;
        }
    }
    writeln!(out)
}
