//! Triples that rules inferred, with the cells of their premises.

use super::{BOLD, DIM, PLACE, place, shown, terms};
use crate::cli::facts::Facts;
use crate::cli::failure::Failure;
use crate::diagnostic::Place;
use crate::lineage::{self, Inferred, Pattern};
use crate::store::Build;
use serde_json::json;
use std::io::Write;

/// An inferred triple, with the cells that make its premises.
pub(super) struct Explained {
    inferred: Inferred,
    /// For each premise the places, with the names of their columns.
    cells: Vec<Vec<(Place, String)>>,
}

/// What was inferred in a build.
pub(super) fn inferences(
    build: &Build,
    facts: &mut Facts,
    patterns: &[Pattern],
) -> Result<Vec<Explained>, Failure> {
    let unread = |error| Failure::io("read the tables", &error);
    let mut explained = Vec::new();
    let mut found = Vec::new();
    for pattern in patterns {
        found.extend(lineage::inferred(build, pattern)?);
    }
    for inferred in found {
        let mut cells = Vec::with_capacity(inferred.premises.len());
        for premise in &inferred.premises {
            cells.push(if premise.inferred {
                Vec::new()
            } else {
                facts.cells(&premise.triple).map_err(unread)?
            });
        }
        explained.push(Explained { inferred, cells });
    }
    Ok(explained)
}

impl Explained {
    pub(super) fn human(&self, facts: &Facts, out: &mut impl Write) -> std::io::Result<()> {
        let Inferred {
            triple,
            rule,
            title,
            premises,
        } = &self.inferred;
        writeln!(out, "{BOLD}{}{BOLD:#}", shown(triple, facts))?;
        let title = title.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  inferred   by {PLACE}ontology/rules/{rule}.rq{PLACE:#} {title}"
        )?;
        for (premise, cells) in premises.iter().zip(&self.cells) {
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

    pub(super) fn json(&self) -> serde_json::Value {
        let Inferred {
            triple,
            rule,
            title,
            premises,
        } = &self.inferred;
        let premises: Vec<_> = premises
            .iter()
            .zip(&self.cells)
            .map(|(premise, cells)| {
                json!({
                    "triple": terms(&premise.triple),
                    "inferred": premise.inferred,
                    "cells": cells.iter().map(|(at, column)| json!({
                        "place": place(at), "column": column,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "triple": terms(triple),
            "inferred": true,
            "rule": { "name": rule, "title": title },
            "premises": premises,
        })
    }
}
