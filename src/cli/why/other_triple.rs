//! Triples that are from no table: of the ontology, and what the build says of itself.

use super::{BOLD, PLACE, place, shown};
use crate::lineage::{OtherTriple, ProjectFacts, TripleAuthor};
use std::io::Write;

/// For people.
pub(super) fn human(
    one: &OtherTriple,
    build: &str,
    facts: &ProjectFacts,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", shown(&one.triple, facts))?;
    match &one.by {
        TripleAuthor::Ontology(at) => {
            let at = place(at);
            writeln!(out, "  made from  {PLACE}{at}{PLACE:#} the ontology")?;
        }
        TripleAuthor::Build => writeln!(out, "  made by    the build {build}, about itself")?,
        TripleAuthor::Inference(Some(rule)) => writeln!(
            out,
            "  made by    the rule {PLACE}ontology/rules/{rule}.rq{PLACE:#}, as the record of an inference"
        )?,
        TripleAuthor::Inference(None) => {
            writeln!(out, "  made by    a rule, as a premise of an inference")?
        }
        TripleAuthor::Rule(rule) => writeln!(
            out,
            "  made from  {PLACE}ontology/rules/{rule}.rq{PLACE:#} the rule itself"
        )?,
    }
    writeln!(out)
}
