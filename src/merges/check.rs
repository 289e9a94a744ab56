//! Decisions held against each other and against what the tables say.

use super::form::IriForms;
use super::read::{MergeDecision, Merges, name};
use super::sink::{ThingMentions, ThingUse};
use super::{DIFFERENTLY, UNSURE};
use crate::claims::read_rows;
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::plan::TableId;
use crate::tables::Tables;
use oxrdf::NamedNode;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::Arc;

impl Merges {
    /// Reports decisions without effect, about things that do not exist, and that contradict each other, and
    /// every cell that still uses a thing that was merged into another one.
    ///
    /// What is wrong with a cell in itself has been reported, and is not reported again here.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn check(
        &self,
        met: &ThingMentions,
        tables: Tables<'_>,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<()> {
        let Tables { group, .. } = tables;
        if self.tables.is_empty() {
            return Ok(());
        }
        let mut found = diagnostics.emptied();
        self.check_effect(tables, &mut found);
        self.check_things(met, group, &mut found);
        self.check_merged(met, tables, &mut found);
        self.check_each_other(group, &mut found);
        let place = |place: &Place| (Arc::clone(&place.file), place.line, place.column);
        let known: HashSet<_> = diagnostics.iter().map(|one| place(&one.place)).collect();
        for diagnostic in found.iter() {
            if !known.contains(&place(&diagnostic.place)) {
                diagnostics.push(diagnostic.clone());
            }
        }
        self.check_uses(met, tables, diagnostics)
    }

    /// Reports things that no table describes.
    fn check_things(&self, met: &ThingMentions, group: &TableGroup, diagnostics: &mut Diagnostics) {
        let replaced = self.replaced();
        for decision in &self.decisions {
            let [from_place, to_place, _] = &decision.places;
            // What is merged may be gone: its IRI alone leads on.
            let both = match decision.text.as_deref() {
                Some(text) => [DIFFERENTLY, UNSURE].contains(&text),
                None => decision.different,
            };
            let from = decision.from.as_ref().filter(|_| both);
            for (thing, place) in [(from, from_place), (decision.to.as_ref(), to_place)] {
                let Some(thing) = thing else { continue };
                if !met.described.contains(thing.as_str()) && !replaced.contains_key(thing) {
                    diagnostics.push(
                        Diagnostic::new(
                            Code::MergeTarget,
                            place.clone(),
                            "no table describes this thing",
                        )
                        .with_found(name(thing.as_str(), group)),
                    );
                }
            }
        }
    }

    /// Reports merged things that no table knows and none could make. What is merged may be gone: its IRI still
    /// has the form that its table gave it.
    fn check_merged(&self, met: &ThingMentions, tables: Tables<'_>, diagnostics: &mut Diagnostics) {
        let Tables { group, .. } = tables;
        let mut forms = None;
        for decision in self.decisions.iter().filter(|one| one.replaced) {
            let [place, _, _] = &decision.places;
            let Some(from) = &decision.from else { continue };
            let from = from.as_str();
            if met.described.contains(from) || met.mentioned.contains(from) {
                continue;
            }
            let forms = forms.get_or_insert_with(|| IriForms::of(tables, self));
            if forms.fit(from) {
                continue;
            }
            let thing = name(from, group);
            diagnostics.push(
                Diagnostic::new(
                    Code::MergeSource,
                    place.clone(),
                    "no table describes this thing, and none makes IRIs like its own",
                )
                .with_found(thing)
                .with_expected(forms.listed(group))
                .with_optional_hint(forms.hint(thing, group)),
            );
        }
    }

    /// Reports things that are merged into themselves, into several others, or into what they differ from.
    fn check_each_other(&self, group: &TableGroup, diagnostics: &mut Diagnostics) {
        let replaced = self.replaced();
        for (from, decisions) in &replaced {
            let targets: BTreeSet<&NamedNode> =
                decisions.iter().filter_map(|one| one.to.as_ref()).collect();
            for decision in decisions {
                let [_, place, _] = &decision.places;
                if let Some(circle) = circle(decision, &replaced) {
                    let steps = circle.iter().map(|node| name(node.as_str(), group));
                    let steps: Vec<&str> = steps.collect();
                    diagnostics.push(
                        Diagnostic::new(
                            Code::MergeCircle,
                            place.clone(),
                            format!("`{}` is merged into itself", name(from.as_str(), group)),
                        )
                        .with_found(steps.join(" → ")),
                    );
                } else if targets.len() > 1 {
                    let names: Vec<&str> = targets
                        .iter()
                        .map(|target| name(target.as_str(), group))
                        .collect();
                    diagnostics.push(
                        Diagnostic::new(
                            Code::MergeContradiction,
                            place.clone(),
                            format!(
                                "`{}` is merged into {} things",
                                name(from.as_str(), group),
                                targets.len()
                            ),
                        )
                        .with_found(names.join(", ")),
                    );
                }
            }
        }
        for decision in self.decisions.iter().filter(|one| one.different) {
            if let (Some(from), Some(to)) = (&decision.from, &decision.to)
                && end(from, &replaced) == end(to, &replaced)
            {
                let [_, _, place] = &decision.places;
                diagnostics.push(
                    Diagnostic::new(
                        Code::MergeContradiction,
                        place.clone(),
                        format!(
                            "`{}` and `{}` are decided to be different, and merged by other decisions",
                            name(from.as_str(), group),
                            name(to.as_str(), group)
                        ),
                    )
                    .with_hint("remove one of the decisions"),
                );
            }
        }
    }

    /// Reports the cells that use a thing that was merged into another one.
    fn check_uses(
        &self,
        met: &ThingMentions,
        tables: Tables<'_>,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<()> {
        let Tables {
            group,
            plan,
            resolver,
        } = tables;
        let replaced = self.replaced();
        let mut by_table: BTreeMap<TableId, HashMap<u64, Vec<&ThingUse>>> = BTreeMap::new();
        for used in &met.uses {
            let rows = by_table.entry(used.table).or_default();
            rows.entry(used.row).or_default().push(used);
        }
        let mut last = None;
        for (table, rows) in by_table {
            let Some(table_plan) = plan.table(table) else {
                continue;
            };
            read_rows(table_plan, resolver, None, |row, cells| {
                let Some(uses) = rows.get(&row) else { return };
                let cells = cells();
                for used in uses {
                    let column = used.column.index();
                    let thing = NamedNode::new_unchecked(used.thing.as_str());
                    let target = end(&thing, &replaced);
                    // In a circle or into several things, nothing is merged, which is reported.
                    if *target == thing || !has_one_target(&thing, &replaced) {
                        continue;
                    }
                    let (thing, target) = (name(&used.thing, group), name(target.as_str(), group));
                    let message = if used.as_subject {
                        format!("this row describes `{thing}`, which was merged into `{target}`")
                    } else {
                        format!("this cell refers to `{thing}`, which was merged into `{target}`")
                    };
                    let place = cells.places.get(column).cloned().unwrap_or_default();
                    let mut diagnostic = Diagnostic::new(Code::MergedInUse, place, message);
                    if let Some(text) = cells.texts.get(column) {
                        diagnostic = diagnostic.with_found(text.as_str());
                    }
                    let diagnostic = diagnostic.with_hint(if used.as_subject {
                        "move what it says to the other row, and remove this one"
                    } else {
                        "refer to the thing that it was merged into"
                    });
                    diagnostics.push(diagnostic.clone());
                    last = Some(diagnostic);
                }
            })?;
        }
        if let Some(last) = last.filter(|_| met.more > 0) {
            diagnostics.count_more(&last, met.more);
        }
        Ok(())
    }
}

/// Whether a thing was merged into one other alone.
fn has_one_target(thing: &NamedNode, replaced: &BTreeMap<&NamedNode, Vec<&MergeDecision>>) -> bool {
    let decisions = replaced.get(thing).map_or(&[][..], Vec::as_slice);
    let targets: BTreeSet<_> = decisions.iter().map(|one| &one.to).collect();
    targets.len() == 1
}

/// The way of a merge back to where it starts; `None` where it does not come back.
fn circle<'d>(
    decision: &'d MergeDecision,
    replaced: &BTreeMap<&'d NamedNode, Vec<&'d MergeDecision>>,
) -> Option<Vec<&'d NamedNode>> {
    let start = decision.from.as_ref()?;
    let mut way = vec![start];
    let mut at = decision.to.as_ref()?;
    while at != start {
        if way.contains(&at) {
            return None;
        }
        way.push(at);
        at = replaced.get(at)?.iter().find_map(|next| next.to.as_ref())?;
    }
    way.push(start);
    Some(way)
}

/// What a thing was merged into in the end; the thing itself where that is itself.
fn end<'d>(
    thing: &'d NamedNode,
    replaced: &BTreeMap<&'d NamedNode, Vec<&'d MergeDecision>>,
) -> &'d NamedNode {
    let mut seen = vec![thing];
    let mut at = thing;
    while let Some(next) = replaced.get(at).and_then(|next| next.first()?.to.as_ref()) {
        if seen.contains(&next) {
            return thing;
        }
        seen.push(next);
        at = next;
    }
    at
}
