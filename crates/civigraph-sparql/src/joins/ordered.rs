//! ORDER BY with LIMIT by reading what is sorted by in the order of its values.
//!
//! The index keeps the triples of a predicate in the order of their objects, and numbers, dates and years in the order of
//! their values. Where a query is sorted by such an object, its triples are read first and in that order, the other
//! patterns are looked up for each, and [sorting](crate::sorting) stops reading when no better row can follow.
use super::{JoinOrder, PatternPart, Planner, order_from, selectivities};
use crate::algebra::VariableSet;
use crate::counts::{ExactCounts, Graphs};
use crate::filters::range_of;
use crate::units::{JoinUnit, number};
use civigraph_index::{RangePredicate, ValueKind, ValueRange};
use oxrdf::Variable;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

/// What a query is sorted by.
#[derive(Debug, Clone)]
pub(crate) struct OrderedScan {
    pub(crate) variable: Variable,
    pub(crate) descending: bool,
    /// How many rows have to be found.
    pub(crate) wanted: usize,
    /// The kind of the values, once the planner reads them in their order.
    pub(crate) kind: Option<ValueKind>,
}

/// Returns whether the solutions of a pattern come in the order of those of the group at its bottom.
pub(crate) fn keeps_order(pattern: &GraphPattern) -> bool {
    use GraphPattern as P;
    match pattern {
        P::Bgp { .. } | P::Join { .. } => true,
        P::Filter { inner, .. }
        | P::Extend { inner, .. }
        | P::Distinct { inner }
        | P::Project { inner, .. }
        | P::LeftJoin { left: inner, .. }
        | P::Minus { left: inner, .. } => keeps_order(inner),
        _ => false,
    }
}

/// A pattern that can be read in the order of its values.
pub(crate) struct OrderedPattern {
    position: usize,
    /// How it is read so.
    unit: JoinUnit,
    kind: ValueKind,
}

impl<C: ExactCounts> Planner<'_, C> {
    /// Returns the pattern of a group that has the value that is sorted by.
    pub(crate) fn ordered_unit(
        &self,
        parts: &[PatternPart],
        conditions: &[Expression],
    ) -> Result<Option<OrderedPattern>, C::Error> {
        let Some(scan) = self.ordered.as_ref().filter(|scan| scan.kind.is_none()) else {
            return Ok(None);
        };
        if !matches!(self.estimator.default_graphs, [Graphs::Default]) {
            return Ok(None);
        }
        for (position, part) in parts.iter().enumerate() {
            let PatternPart::Triple(triple, None) = part else {
                continue;
            };
            let NamedNodePattern::NamedNode(predicate) = &triple.predicate else {
                continue;
            };
            if triple.object != TermPattern::Variable(scan.variable.clone())
                || !matches!(&triple.subject, TermPattern::Variable(subject) if *subject != scan.variable)
            {
                continue;
            }
            let counts = self.estimator.counts;
            let all = counts.count(None, Some(predicate.as_ref()), None, Graphs::Default)?;
            for kind in ValueKind::ALL {
                let every = ValueRange {
                    kind,
                    lower: None,
                    upper: None,
                };
                // All of its values are of one kind: those of others would have to be sorted in.
                let of_kind = counts.count_in_range(predicate.as_ref(), &every, Graphs::Default)?;
                if all == 0 || of_kind != Some(all) {
                    continue;
                }
                let range = range_of(scan.variable.as_str(), conditions);
                let ordered = RangePredicate {
                    predicate: predicate.clone(),
                    range: range.filter(|range| range.kind == kind).unwrap_or(every),
                    descending: scan.descending,
                };
                let triple = TriplePattern {
                    subject: triple.subject.clone(),
                    predicate: NamedNodePattern::NamedNode(ordered.encode()),
                    object: triple.object.clone(),
                };
                let unit = self.estimator.triple(triple, None, None)?;
                return Ok(Some(OrderedPattern {
                    position,
                    unit,
                    kind,
                }));
            }
        }
        Ok(None)
    }

    /// Returns the order that starts with the ordered unit if that is expected to be cheaper, or the one that was planned.
    pub(crate) fn ordered_order(
        &mut self,
        units: &mut [JoinUnit],
        candidate: OrderedPattern,
        filters: &[Expression],
        planned: JoinOrder,
    ) -> (JoinOrder, bool) {
        let gain = f64::from(self.options.ordered_scan_gain);
        let OrderedPattern {
            position: first,
            unit,
            kind,
        } = candidate;
        let Some(place) = units.get_mut(first) else {
            return (planned, false);
        };
        let label = unit.label.clone();
        let usual = std::mem::replace(place, unit);
        let order = order_from(first, units, &selectivities(filters), &VariableSet::new());
        let rows = order.steps.last().map_or(1.0, |step| step.rows.max(1.0));
        let Some(scan) = &mut self.ordered else {
            return (planned, false);
        };
        let wanted = number(scan.wanted as u64).max(1.0);
        let cost = order.cost * (wanted / rows).min(1.0) + wanted;
        // Joins of other kinds do not keep the order.
        let kept = units.iter().all(|unit| unit.looks_up);
        if !kept || cost * gain > planned.cost {
            if let Some(place) = units.get_mut(first) {
                *place = usual;
            }
            return (planned, false);
        }
        scan.kind = Some(kind);
        let reason = format!(
            "`{label}` is read in order, about {:.0} of {:.0} rows for the first {}",
            (cost - wanted).max(wanted),
            rows,
            scan.wanted
        );
        self.note("ordered_scans", reason);
        (order, true)
    }
}
