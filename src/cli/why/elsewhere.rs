//! Triples that are from no table: of the ontology, and what the build says of itself.

use super::{BOLD, PLACE, place, shown};
use crate::lineage::{Author, Facts, OtherTriple};
use std::io::Write;

/// For people.
pub(super) fn human(
    one: &OtherTriple,
    build: &str,
    facts: &Facts,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", shown(&one.triple, facts))?;
    match &one.by {
        Author::Ontology(at) => {
            let at = place(at);
            writeln!(out, "  made from  {PLACE}{at}{PLACE:#} the ontology")?;
        }
        Author::Build => writeln!(out, "  made by    the build {build}, about itself")?,
        Author::Inference(Some(rule)) => writeln!(
            out,
            "  made by    the rule {PLACE}ontology/rules/{rule}.rq{PLACE:#}, as the record of an inference"
        )?,
        Author::Inference(None) => {
            writeln!(out, "  made by    a rule, as a premise of an inference")?
        }
        Author::Rule(rule) => writeln!(
            out,
            "  made from  {PLACE}ontology/rules/{rule}.rq{PLACE:#} the rule itself"
        )?,
    }
    writeln!(out)
}
