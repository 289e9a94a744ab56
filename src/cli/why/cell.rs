//! Triples that cells made, with the claims about these cells.

use super::{BOLD, DIM, PLACE, place, shown};
use crate::claims::{Claim, Spans};
use crate::lineage::{self, Lineage, ProjectFacts, Publication};
use oxrdf::Triple;
use std::io::Write;

/// A triple that a cell made, for people.
pub(super) fn human(
    one: &Lineage<'_>,
    publication: Publication,
    facts: &ProjectFacts,
    spans: &Spans,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let triple = Triple::from(one.quad.clone());
    writeln!(out, "{BOLD}{}{BOLD:#}", shown(&triple, facts))?;
    let at = place(&one.place);
    match &one.cell {
        Some((column, Some(text))) => {
            let cell = one
                .place
                .cell
                .as_ref()
                .map_or_else(String::new, |cell| format!(" cell {}", cell.spreadsheet()));
            writeln!(
                out,
                "  made from  {PLACE}{at}{PLACE:#}{cell}, column `{column}`: {text}"
            )?;
        }
        Some((column, None)) => writeln!(
            out,
            "  made from  {PLACE}{at}{PLACE:#} the row, by the virtual column `{column}`"
        )?,
        None if one.row > 0 => writeln!(out, "  made from  {PLACE}{at}{PLACE:#} the row")?,
        None => writeln!(out, "  made from  {PLACE}{at}{PLACE:#} the table itself")?,
    }
    if !one.read.is_empty() {
        let read: Vec<String> = one
            .read
            .iter()
            .map(|(column, text)| format!("{column}={text}"))
            .collect();
        writeln!(out, "  with       {}", read.join(", "))?;
    }
    if let Some((rule, at)) = &one.rule {
        writeln!(out, "  rule       {PLACE}{}{PLACE:#} {rule}", place(at))?;
    }
    for claim in &one.claims {
        claim_for_people(claim, spans, out)?;
    }
    if let Some(remark) = publication.remark() {
        writeln!(out, "  but        {remark}")?;
    }
    writeln!(out)
}

/// A claim with its evidence, indented.
pub(in crate::cli) fn claim_for_people(
    claim: &Claim,
    spans: &Spans,
    out: &mut impl Write,
) -> std::io::Result<()> {
    // Codes and ids; what is said in words is for `describe`.
    let about: Vec<String> = claim
        .qualities
        .iter()
        .filter(|(_, text)| !text.contains(char::is_whitespace))
        .map(|(column, text)| format!("{column}={text}"))
        .collect();
    let stated = match &claim.value {
        Some(value) => format!(", states {value}"),
        None => String::new(),
    };
    writeln!(
        out,
        "  claim      {} {PLACE}{}{PLACE:#} {DIM}{}{DIM:#}{stated}",
        claim.id,
        place(&claim.place),
        about.join(", ")
    )?;
    for (span, words) in lineage::words(claim, spans) {
        let file = spans.file(&span.document).unwrap_or(&span.document);
        let words = words.map_or_else(
            || "no document to read".to_owned(),
            |words| format!("«{}»", crate::cli::plain(words)),
        );
        writeln!(
            out,
            "    evidence {file} characters {} to {}: {words}",
            span.start, span.end
        )?;
    }
    Ok(())
}
