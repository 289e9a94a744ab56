//! Aggregates of numbers without limits.

use super::value::number;
use crate::compare::compare;
use crate::number::{Number, Operation};
use oxrdf::Term;
use spareval::{AggregateFunctionAccumulator, ExpressionTerm};
use std::cmp::Ordering;

/// The sum of some numbers; `None` once a value was not a number.
pub(super) struct Sum {
    sum: Option<Number>,
    count: u64,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            sum: Some(0.into()),
            count: 0,
        }
    }
}

impl AggregateFunctionAccumulator for Sum {
    fn accumulate(&mut self, element: Term) {
        self.count += 1;
        self.sum = self
            .sum
            .take()
            .and_then(|sum| sum.calculate(Operation::Add, &number(&element)?));
    }

    fn finish(&mut self) -> Option<Term> {
        Some(self.sum.take()?.literal().into())
    }
}

/// The sum of some numbers, divided by how many there are.
#[derive(Default)]
pub(super) struct Average(Sum);

impl AggregateFunctionAccumulator for Average {
    fn accumulate(&mut self, element: Term) {
        self.0.accumulate(element);
    }

    fn finish(&mut self) -> Option<Term> {
        let sum = self.0.sum.take()?;
        if self.0.count == 0 {
            return Some(sum.literal().into());
        }
        let average = sum.calculate(Operation::Divide, &self.0.count.into())?;
        Some(average.literal().into())
    }
}

/// The first or the last value in the order of `ORDER BY`.
pub(super) struct Extreme {
    wanted: Ordering,
    found: Option<ExpressionTerm>,
}

impl Extreme {
    pub(super) fn of(wanted: Ordering) -> Self {
        Self {
            wanted,
            found: None,
        }
    }
}

impl AggregateFunctionAccumulator for Extreme {
    fn accumulate(&mut self, element: Term) {
        let element = ExpressionTerm::from(element);
        if self.found.is_none() || compare(Some(&element), self.found.as_ref()) == self.wanted {
            self.found = Some(element);
        }
    }

    fn finish(&mut self) -> Option<Term> {
        self.found.take().map(Term::from)
    }
}
