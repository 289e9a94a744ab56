//! ORDER BY outside spareval, whose own evaluates the keys again at each comparison and has no top-k.
use crate::algebra::FreshVariables;
use crate::compare::compare;
use crate::view::SolutionTerms;
use civigraph_index::ValueKind;
use oxrdf::{Term, Variable};
use spareval::{
    ExpressionTerm, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryableDataset,
};
use spargebra::algebra::{Expression, GraphPattern, OrderExpression};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;
use std::sync::Arc;

/// The `ORDER BY`, `OFFSET` and `LIMIT` that were taken from the top of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    /// The variables that are sorted by, and whether descending.
    pub keys: Vec<(Variable, bool)>,
    /// The variables of the result.
    pub variables: Vec<Variable>,
    /// How many rows are skipped.
    pub start: usize,
    /// How many rows are kept.
    pub length: Option<usize>,
    /// The kind of the values of the first key where the rows come in their order, so that reading can end early.
    pub ordered: Option<ValueKind>,
}

impl Sorting {
    /// Takes the sorting from the top of the pattern of a SELECT query.
    ///
    /// The pattern that is left selects the keys too.
    pub(crate) fn take(
        pattern: &GraphPattern,
        fresh: &mut FreshVariables,
    ) -> Option<(GraphPattern, Self)> {
        let (start, length, below) = match pattern {
            GraphPattern::Slice {
                inner,
                start,
                length,
            } => (*start, *length, inner.as_ref()),
            other => (0, None, other),
        };
        let GraphPattern::Project { inner, variables } = below else {
            return None;
        };
        let GraphPattern::OrderBy { inner, expression } = inner.as_ref() else {
            return None;
        };
        let mut inner = inner.as_ref().clone();
        let mut selected = variables.clone();
        let mut keys = Vec::new();
        for key in expression {
            let (expression, descending) = match key {
                OrderExpression::Asc(expression) => (expression, false),
                OrderExpression::Desc(expression) => (expression, true),
            };
            let variable = if let Expression::Variable(variable) = expression {
                variable.clone()
            } else {
                let variable = fresh.variable("key");
                inner = GraphPattern::Extend {
                    inner: Box::new(inner),
                    variable: variable.clone(),
                    expression: expression.clone(),
                };
                variable
            };
            if !selected.contains(&variable) {
                selected.push(variable.clone());
            }
            keys.push((variable, descending));
        }
        let pattern = GraphPattern::Project {
            inner: Box::new(inner),
            variables: selected,
        };
        Some((
            pattern,
            Self {
                keys,
                variables: variables.clone(),
                start,
                length,
                ordered: None,
            },
        ))
    }

    /// How many rows have to be found.
    pub(crate) fn wanted(&self) -> Option<usize> {
        Some(self.start.saturating_add(self.length?))
    }

    /// Whether no row that follows one with this first key comes before the threshold.
    fn is_done(&self, key: Option<&ExpressionTerm>, threshold: Option<&ExpressionTerm>) -> bool {
        let (Some(kind), Some(key), Some(threshold)) = (self.ordered, key, threshold) else {
            return false;
        };
        let (Term::Literal(key), Term::Literal(threshold)) =
            (key.clone().into(), threshold.clone().into())
        else {
            return false;
        };
        match self.keys.first() {
            Some((_, true)) => kind.is_surely_greater(&threshold, &key),
            _ => kind.is_surely_greater(&key, &threshold),
        }
    }
}

struct SortedSolution<T> {
    keys: Vec<Option<ExpressionTerm>>,
    row: SolutionTerms<T>,
}

/// Reads the results of a query whose sorting was taken away, and returns them in order.
///
/// Rows stay in the dataset's own form until they are known to be among those that are wanted.
pub(crate) fn sort<'a, D: QueryableDataset<'a>>(
    results: QueryResults<'a>,
    sorting: &Sorting,
    dataset: Rc<D>,
    put_aside: &RefCell<SolutionTerms<D::InternalTerm>>,
) -> Result<QueryResults<'a>, QueryEvaluationError> {
    let QueryResults::Solutions(mut solutions) = results else {
        return Ok(results);
    };
    let found = solutions.variables().to_vec();
    let place = |variable: &Variable| found.iter().position(|other| other == variable);
    let keys = sorting
        .keys
        .iter()
        .map(|(variable, descending)| (place(variable), *descending))
        .collect::<Vec<_>>();
    let places = sorting.variables.iter().map(place).collect::<Vec<_>>();
    let wanted = sorting.wanted();
    let mut rows: Vec<SortedSolution<D::InternalTerm>> = Vec::new();
    let by_keys = |a: &SortedSolution<D::InternalTerm>, b: &SortedSolution<D::InternalTerm>| {
        for ((a, b), (_, descending)) in a.keys.iter().zip(&b.keys).zip(&keys) {
            let order = compare(a.as_ref(), b.as_ref());
            if order != Ordering::Equal {
                return if *descending { order.reverse() } else { order };
            }
        }
        Ordering::Equal
    };
    // Rows come in bunches: at twice the number that is wanted the worse half is dropped, and from then on
    // the last row that was kept turns away most of those that follow.
    let usual = wanted.map_or(usize::MAX, |wanted| wanted.saturating_mul(2).max(1024));
    // Where reading ends at the threshold, there is one as soon as there are rows enough.
    let mut bunch = match sorting.ordered {
        Some(_) => wanted.unwrap_or(usize::MAX).max(1),
        None => usual,
    };
    let mut threshold: Option<Vec<Option<ExpressionTerm>>> = None;
    'rows: loop {
        put_aside.borrow_mut().clear();
        let Some(solution) = solutions.next() else {
            break;
        };
        let solution = solution?;
        if wanted == Some(0) {
            continue;
        }
        let internal = |place: usize| -> Option<D::InternalTerm> {
            let Some(Term::BlankNode(node)) = solution.get(place) else {
                return None;
            };
            let position = usize::try_from(node.as_ref().unique_id()?).ok()?;
            put_aside.borrow().get(position).cloned().flatten()
        };
        let mut row_keys = Vec::with_capacity(keys.len());
        // Whether the row is already known to come before the threshold.
        let mut before = threshold.is_none();
        for (column, (place, descending)) in keys.iter().enumerate() {
            let key = place
                .and_then(internal)
                .map(|term| dataset.externalize_expression_term(term))
                .transpose()
                .map_err(|error| QueryEvaluationError::Dataset(Box::new(error)))?;
            if !before && let Some(threshold) = &threshold {
                let order = compare(key.as_ref(), threshold.get(column).and_then(Option::as_ref));
                match if *descending { order.reverse() } else { order } {
                    Ordering::Less => before = true,
                    Ordering::Equal => {}
                    Ordering::Greater => {
                        let first = threshold.first().and_then(Option::as_ref);
                        if column == 0 && sorting.is_done(key.as_ref(), first) {
                            break 'rows;
                        }
                        continue 'rows;
                    }
                }
            }
            row_keys.push(key);
        }
        if !before {
            continue;
        }
        let row = places
            .iter()
            .map(|place| place.and_then(internal))
            .collect();
        rows.push(SortedSolution {
            keys: row_keys,
            row,
        });
        if let Some(wanted) = wanted
            && rows.len() >= bunch
        {
            rows = merge_sort(rows, &by_keys);
            rows.truncate(wanted);
            threshold = rows.last().map(|row| row.keys.clone());
            bunch = usual;
        }
    }
    rows = merge_sort(rows, &by_keys);
    rows.truncate(wanted.unwrap_or(usize::MAX));
    let rows = rows.into_iter().skip(sorting.start).map(move |sorted| {
        sorted
            .row
            .into_iter()
            .map(|term| {
                term.map(|term| dataset.externalize_term(term))
                    .transpose()
                    .map_err(|error| QueryEvaluationError::Dataset(Box::new(error)))
            })
            .collect::<Result<Vec<_>, _>>()
    });
    Ok(QueryResults::Solutions(QuerySolutionIter::from_tuples(
        Arc::from(sorting.variables.clone()),
        rows,
    )))
}
/// Sorts and keeps the order of equal rows.
///
/// `slice::sort_by` may panic where the order is not total, as that of SPARQL is not.
fn merge_sort<T>(mut rows: Vec<T>, compare: &impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    if rows.len() < 2 {
        return rows;
    }
    let second = rows.split_off(rows.len() / 2);
    let mut first = merge_sort(rows, compare).into_iter().peekable();
    let mut second = merge_sort(second, compare).into_iter().peekable();
    let mut merged = Vec::with_capacity(first.len() + second.len());
    loop {
        let next = match (first.peek(), second.peek()) {
            (Some(a), Some(b)) if compare(a, b) == Ordering::Greater => second.next(),
            (Some(_), _) => first.next(),
            (None, _) => second.next(),
        };
        match next {
            Some(row) => merged.push(row),
            None => return merged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merge_sort;

    #[test]
    fn sorts_and_keeps_the_order_of_equals() {
        let rows = (0..1000).map(|n| ((n * 7919) % 10, n)).collect::<Vec<_>>();
        let mut expected = rows.clone();
        expected.sort_by_key(|(key, _)| *key);
        assert_eq!(merge_sort(rows, &|a, b| a.0.cmp(&b.0)), expected);
    }
}
