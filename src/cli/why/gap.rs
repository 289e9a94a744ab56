//! Properties that were looked for and that the sources do not state.

use super::BOLD;
use crate::lineage::{NotStated, ProjectFacts};
use crate::query::printable;
use oxrdf::{NamedNode, TermRef};
use std::io::Write;

/// For people.
pub(super) fn human(
    one: &NotStated,
    facts: &ProjectFacts,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let name = |node: &NamedNode| facts.term(TermRef::from(node.as_ref()));
    writeln!(
        out,
        "{BOLD}{}  {}{BOLD:#}",
        name(&one.subject),
        name(&one.gap.property)
    )?;
    let documents: Vec<String> = one.gap.documents.iter().map(name).collect();
    writeln!(out, "  not stated in {}", documents.join(", "))?;
    let label = one.label.as_deref().unwrap_or_default();
    writeln!(
        out,
        "  recorded as {} {}",
        name(&one.gap.node),
        printable(label)
    )?;
    writeln!(out)
}
