//! The order of units that is cheapest, as far as estimates know.

use crate::algebra::{VariableSet, expression_variables};
use crate::filters::selectivity;
use crate::units::JoinUnit;
use spargebra::algebra::Expression;
use std::collections::HashMap;

/// What a look-up in the index costs, in rows that are read from a scan.
const LOOK_UP: f64 = 2.0;
/// How much dearer a product of unrelated patterns is taken to be than estimated, because estimates multiply their errors.
const PRODUCT: f64 = 4.0;

/// A unit, and the rows after it.
pub(crate) struct JoinedUnit {
    pub(crate) unit: usize,
    pub(crate) rows: f64,
}

/// An order of the units with the rows after each.
pub(crate) struct JoinOrder {
    pub(crate) steps: Vec<JoinedUnit>,
    pub(crate) cost: f64,
}

/// Tries each unit as the first and always the cheapest as the next.
pub(super) fn best_order(
    units: &[JoinUnit],
    filters: &[Expression],
    bound: &VariableSet,
) -> JoinOrder {
    let filters = selectivities(filters);
    (0..units.len())
        .map(|first| order_from(first, units, &filters, bound))
        .min_by(|a, b| a.cost.total_cmp(&b.cost))
        .unwrap_or(JoinOrder {
            steps: Vec::new(),
            cost: 0.0,
        })
}

/// The variables of filters, and which part of the rows each is expected to let pass.
pub(crate) fn selectivities(filters: &[Expression]) -> Vec<(VariableSet, f64)> {
    filters
        .iter()
        .map(|filter| (expression_variables(filter), selectivity(filter)))
        .collect()
}

/// Starts with one unit and takes always the cheapest as the next.
pub(crate) fn order_from(
    first: usize,
    units: &[JoinUnit],
    filters: &[(VariableSet, f64)],
    bound: &VariableSet,
) -> JoinOrder {
    let mut state = JoinState {
        rows: 1.0,
        values: bound.iter().map(|name| (name.clone(), 1.0)).collect(),
    };
    let mut order = JoinOrder {
        steps: Vec::new(),
        cost: 0.0,
    };
    let mut left = (0..units.len()).collect::<Vec<_>>();
    let mut next = Some(first);
    while let Some(unit) = next {
        let Some(chosen) = units.get(unit) else { break };
        order.cost += state.cost(chosen, order.steps.is_empty());
        state.add(chosen, filters);
        order.steps.push(JoinedUnit {
            unit,
            rows: state.rows,
        });
        left.retain(|other| *other != unit);
        next = left
            .iter()
            .filter_map(|other| Some((*other, state.cost(units.get(*other)?, false))))
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(other, _)| other);
    }
    order
}

/// What is known after some of the units were joined.
struct JoinState {
    rows: f64,
    /// The number of distinct values of each variable.
    values: HashMap<String, f64>,
}

impl JoinState {
    /// Estimates the rows after a unit is joined.
    fn rows_with(&self, unit: &JoinUnit) -> f64 {
        let mut shared = unit
            .visible
            .iter()
            .filter_map(|name| Some(self.values.get(name)?.max(unit.values_of(name)).max(1.0)))
            .collect::<Vec<_>>();
        shared.sort_by(|a, b| b.total_cmp(a));
        // Values of several variables depend on each other: each further one is taken to select less.
        let mut exponent = 1.0;
        let mut rows = self.rows * unit.matches;
        for values in shared {
            rows /= values.powf(exponent);
            exponent /= 2.0;
        }
        rows
    }

    fn cost(&self, unit: &JoinUnit, first: bool) -> f64 {
        let rows = self.rows_with(unit);
        let shares = unit
            .visible
            .iter()
            .any(|name| self.values.contains_key(name));
        if first {
            // What has no index to look up in is evaluated whole.
            return if unit.looks_up { rows } else { unit.matches };
        }
        if !unit.looks_up {
            return unit.matches * 2.0 + self.rows + rows;
        }
        let cost = self.rows * LOOK_UP + rows;
        if shares { cost } else { cost * PRODUCT }
    }

    fn add(&mut self, unit: &JoinUnit, filters: &[(VariableSet, f64)]) {
        let bound = |values: &HashMap<String, f64>, filter: &VariableSet| {
            filter.iter().all(|name| values.contains_key(name))
        };
        let before = filters
            .iter()
            .map(|(filter, _)| bound(&self.values, filter))
            .collect::<Vec<_>>();
        self.rows = self.rows_with(unit);
        for name in &unit.visible {
            let values = unit.values_of(name);
            let known = self.values.entry(name.clone()).or_insert(values);
            *known = known.min(values);
        }
        for ((filter, selectivity), before) in filters.iter().zip(before) {
            if !before && bound(&self.values, filter) {
                self.rows *= selectivity;
            }
        }
        let rows = self.rows.max(1.0);
        self.values
            .values_mut()
            .for_each(|values| *values = values.min(rows));
    }
}
