//! Whether tables of decisions do anything, and what to add where they do not.

use super::read::{MergeColumns, MergeTable, Merges, makes};
use super::{DIFFERENT, DIFFERENTLY, REPLACED, SAME, UNSURE};
use crate::csvw::OWN_NAMESPACE;
use crate::csvw::model::{Condition, Table};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::TablePlan;
use crate::tables::Tables;
use std::collections::BTreeSet;

impl Merges {
    /// Reports parts that are missing, decisions that do not exist, and decisions that make no triple.
    pub(super) fn check_effect(&self, tables: Tables<'_>, diagnostics: &mut Diagnostics) {
        for MergeTable { index, columns } in &self.tables {
            if let (Some((table, plan)), Some(columns)) = (tables.get(*index), columns) {
                check_parts(table, columns, diagnostics);
                self.check_rows((*index, table, plan), columns, diagnostics);
            }
        }
    }

    fn check_rows(
        &self,
        (index, table, plan): (usize, &Table, &TablePlan),
        columns: &MergeColumns,
        diagnostics: &mut Diagnostics,
    ) {
        let known = known_decisions(table, columns);
        let mut missing = BTreeSet::new();
        for decision in self.decisions.iter().filter(|one| one.table == index) {
            let Some(text) = decision.text.as_deref() else {
                continue;
            };
            let [_, _, place] = &decision.places;
            if !known.contains(text) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                diagnostics.push(
                    Diagnostic::new(Code::MergeDecision, place.clone(), "no such decision")
                        .with_found(text)
                        .with_expected(known.join(", "))
                        .with_optional_hint(crate::diagnostic::suggest::hint(text, known)),
                );
                continue;
            }
            let (property, makes_it) = match text {
                SAME => (REPLACED, decision.replaced),
                DIFFERENTLY => (DIFFERENT, decision.different),
                _ => continue,
            };
            if makes_it {
                continue;
            }
            if !makes(plan, property.as_str()) {
                missing.insert(text);
                continue;
            }
            diagnostics.push(
                Diagnostic::new(
                    Code::MergeWithoutEffect,
                    place.clone(),
                    format!("this row makes no triple with {}", short(text)),
                )
                .with_found(text)
                .with_hint(
                    "the column that makes it must have a value for this decision, and no `graph`",
                ),
            );
        }
        for text in missing {
            diagnostics.push(
                Diagnostic::new(
                    Code::MergeWithoutEffect,
                    table.place.clone(),
                    format!(
                        "decisions that things are {} do nothing: no column makes {}",
                        if text == SAME {
                            "the same"
                        } else {
                            "different"
                        },
                        short(text)
                    ),
                )
                .with_hint(format!("add the column {}", column(table, columns, text))),
            );
        }
    }
}

/// Reports the parts that a table of decisions lacks.
fn check_parts(table: &Table, columns: &MergeColumns, diagnostics: &mut Diagnostics) {
    let parts = [
        ("merge.from", columns.from),
        ("merge.to", columns.to),
        ("merge.decision", columns.decision),
    ];
    for (part, _) in parts.into_iter().filter(|(_, column)| column.is_none()) {
        diagnostics.push(
            Diagnostic::new(
                Code::ClaimPart,
                table.place.clone(),
                format!("no column of this table is the part `{part}`"),
            )
            .with_hint(format!(
                "annotate the column with \"{OWN_NAMESPACE}part\": \"{part}\""
            )),
        );
    }
}

/// The decisions that rows may have: the three that are known everywhere, and those that the conditions of
/// the table name.
fn known_decisions(table: &Table, columns: &MergeColumns) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = [SAME, DIFFERENTLY, UNSURE].map(str::to_owned).into();
    let column = columns
        .decision
        .and_then(|column| table.columns.get(column));
    let conditions = table
        .columns
        .iter()
        .filter_map(|column| column.extensions.when.as_ref())
        .flatten();
    for condition in conditions {
        if let Condition::Equals(name, value) | Condition::Differs(name, value) = condition
            && column.is_some_and(|column| column.name == *name)
        {
            known.insert(value.clone());
        }
    }
    known
}

/// The property that a decision makes, as metadata writes it.
fn short(decision: &str) -> &'static str {
    match decision {
        SAME => "dc:isReplacedBy",
        _ => "owl:differentFrom",
    }
}

/// The virtual column that gives a decision its effect.
fn column(table: &Table, columns: &MergeColumns, decision: &str) -> String {
    let part = |column: Option<usize>, fallback: &str| -> (String, String) {
        let column = column.and_then(|column| table.columns.get(column));
        let name = column.map_or(fallback, |column| &column.name);
        let template = column.and_then(|column| column.value_url.clone());
        (
            name.to_owned(),
            template.unwrap_or_else(|| format!("…/id/{{+{name}}}")),
        )
    };
    let (_, from) = part(columns.from, "from");
    let (_, to) = part(columns.to, "to");
    let (condition, _) = part(columns.decision, "decision");
    let name = match decision {
        SAME => "replaced_by",
        _ => "different_from",
    };
    format!(
        "{{\"name\": \"{name}\", \"virtual\": true, \"aboutUrl\": \"{from}\", \"propertyUrl\": \"{}\", \
         \"valueUrl\": \"{to}\", \"{OWN_NAMESPACE}when\": \"{condition}={decision}\"}}",
        short(decision)
    )
}
