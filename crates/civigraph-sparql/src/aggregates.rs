//! MIN, MAX and SAMPLE that give a term as it is.
//!
//! spareval parses a value before its aggregates see it, and writes what they give in its canonical form: `MAX` of `1.50` is `1.5`.
//! The aggregates of this module work on the terms of the dataset instead. Their operand is
//! `COALESCE(read(), ?x, nothing())`: `read` has no value, but lets the [`DatasetView`](crate::view::DatasetView) put the value that is read
//! next into the [`Exchange`], where the aggregate takes it, and remember its term. What the aggregate gives in the end is
//! a blank node that stands for that term.
use crate::compare::compare;
use oxrdf::{BlankNode, Literal, NamedNode, Term, Variable};
use spareval::{AggregateFunctionAccumulator, ExpressionTerm, QueryEvaluator};
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression, Function};
use std::cell::RefCell;
use std::cmp::Ordering;
use std::mem;
use std::sync::atomic::{self, AtomicU8};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const PREFIX: &str = "urn:civigraph:aggregate:";

/// No value is asked for.
const NOTHING: u8 = 0;
/// The next term is asked for, but not its value.
const TERM: u8 = 1;
/// The value of the next term is asked for.
const VALUE: u8 = 2;

fn function(name: &str) -> NamedNode {
    NamedNode::new_unchecked([PREFIX, name].concat())
}

/// Returns the aggregate that gives a value of a variable as it is, if there is one for this function.
pub(crate) fn exact(name: &AggregateFunction, variable: Variable) -> Option<AggregateExpression> {
    let (name, read, nothing) = match name {
        AggregateFunction::Min => ("min", "value", "nothing"),
        AggregateFunction::Max => ("max", "value", "nothing"),
        // An unbound variable is no error here, so that the operand always has a value.
        AggregateFunction::Sample => ("sample", "term", "skip"),
        _ => return None,
    };
    let call = |name| Expression::FunctionCall(Function::Custom(function(name)), Vec::new());
    Some(AggregateExpression::FunctionCall {
        name: AggregateFunction::Custom(function(name)),
        expr: Expression::Coalesce(vec![call(read), variable.into(), call(nothing)]),
        // It makes no difference to any of them.
        distinct: false,
    })
}

/// Returns the label of a plan's node with these aggregates as a query writes them.
pub(crate) fn readable(label: &str) -> String {
    let mut readable = label.to_owned();
    for (name, short) in [("min", "MIN"), ("max", "MAX"), ("sample", "SAMPLE")] {
        readable = readable.replace(&format!("<{PREFIX}{name}>"), short);
    }
    for read in ["value", "term"] {
        readable = readable.replace(&format!("COALESCE(<{PREFIX}{read}>(), "), "");
    }
    for nothing in ["nothing", "skip"] {
        readable = readable.replace(&format!(", <{PREFIX}{nothing}>())"), "");
    }
    readable
}

/// What the dataset and the aggregates of an evaluation, which know nothing of each other, hand over.
pub(crate) struct Exchange {
    asked: AtomicU8,
    handed: Mutex<ExchangeState>,
    /// The first half of the blank nodes that stand for terms.
    tag: u64,
}

#[derive(Default)]
struct ExchangeState {
    read: ReadValue,
    /// The place that the term that was read last is to be put into.
    keep: Option<u32>,
    /// Places that are free again.
    free: Vec<u32>,
    /// How many places there are.
    places: u32,
}

/// What was read since an aggregate looked last.
#[derive(Default)]
enum ReadValue {
    #[default]
    Nothing,
    Term,
    Value(ExpressionTerm),
}

impl Exchange {
    pub(crate) fn new() -> Self {
        // Random, so that no data have such a blank node.
        let random = BlankNode::default().as_ref().unique_id();
        Self {
            asked: AtomicU8::new(NOTHING),
            handed: Mutex::default(),
            tag: random.map_or(u64::MAX, |id| (id >> 64) as u64),
        }
    }

    fn handed(&self) -> MutexGuard<'_, ExchangeState> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, what: u8) {
        self.asked.store(what, atomic::Ordering::Relaxed);
    }
}

impl ExchangeState {
    /// Keeps the term that was read last in a place, a new one if there is none yet.
    fn keep_in(&mut self, place: &mut Option<u32>) {
        let place = *place.get_or_insert_with(|| {
            self.free.pop().unwrap_or_else(|| {
                self.places += 1;
                self.places - 1
            })
        });
        self.keep = Some(place);
    }
}

/// The terms that aggregates have found so far, in the form of the dataset.
pub(crate) struct KeptTerms<T> {
    exchange: Arc<Exchange>,
    terms: RefCell<ValuePlaces<T>>,
    /// What an expression gets in the place of a value that an aggregate takes.
    taken: BlankNode,
}

struct ValuePlaces<T> {
    /// The term that was read last.
    last: Option<T>,
    kept: Vec<Option<T>>,
}

impl<T> ValuePlaces<T> {
    /// Puts the term that was read last where an aggregate wants it.
    fn keep(&mut self, handed: &mut ExchangeState) {
        if let Some(place) = handed.keep.take() {
            let place = place as usize;
            if self.kept.len() <= place {
                self.kept.resize_with(place + 1, || None);
            }
            if let Some(kept) = self.kept.get_mut(place) {
                *kept = self.last.take();
            }
        }
    }
}

impl<T> KeptTerms<T> {
    pub(crate) fn new(exchange: Arc<Exchange>) -> Self {
        Self {
            taken: blank_node(exchange.tag, u32::MAX),
            exchange,
            terms: RefCell::new(ValuePlaces {
                last: None,
                kept: Vec::new(),
            }),
        }
    }

    /// Hands the value of a term to an aggregate, if one has asked for it; returns what the expression gets instead.
    #[inline]
    pub(crate) fn hand_over<E>(
        &self,
        term: &T,
        value: impl FnOnce() -> Result<ExpressionTerm, E>,
    ) -> Option<Result<ExpressionTerm, E>>
    where
        T: Clone,
    {
        let asked = self.exchange.asked.load(atomic::Ordering::Relaxed);
        if asked == NOTHING {
            return None;
        }
        self.exchange.ask(NOTHING);
        let read = if asked == VALUE {
            match value() {
                Ok(value) => ReadValue::Value(value),
                Err(error) => return Some(Err(error)),
            }
        } else {
            ReadValue::Term
        };
        let mut handed = self.exchange.handed();
        let mut terms = self.terms.borrow_mut();
        terms.keep(&mut handed);
        terms.last = Some(term.clone());
        handed.read = read;
        Some(Ok(ExpressionTerm::BlankNode(self.taken.clone())))
    }

    /// Returns the term that an aggregate has given, if that is what a value stands for.
    pub(crate) fn take(&self, value: &ExpressionTerm) -> Option<T> {
        let ExpressionTerm::BlankNode(node) = value else {
            return None;
        };
        let id = node.as_ref().unique_id()?;
        if (id >> 64) as u64 != self.exchange.tag {
            return None;
        }
        let place = u32::try_from(id & u128::from(u64::MAX)).ok()?;
        let mut handed = self.exchange.handed();
        let mut terms = self.terms.borrow_mut();
        terms.keep(&mut handed);
        let term = terms.kept.get_mut(place as usize)?.take()?;
        handed.free.push(place);
        Some(term)
    }
}

fn blank_node(tag: u64, place: u32) -> BlankNode {
    BlankNode::new_from_unique_id(u128::from(tag) << 64 | u128::from(place))
}

/// Returns an evaluator with these aggregates.
pub(crate) fn with_aggregates(
    mut evaluator: QueryEvaluator,
    exchange: &Arc<Exchange>,
) -> QueryEvaluator {
    for (name, asked, answer) in [
        ("value", VALUE, None),
        ("term", TERM, None),
        ("nothing", NOTHING, None),
        ("skip", NOTHING, Some(false)),
    ] {
        let exchange = Arc::clone(exchange);
        evaluator = evaluator.with_custom_function(function(name), move |_| {
            exchange.ask(asked);
            answer.map(|answer: bool| Literal::from(answer).into())
        });
    }
    for (name, wanted) in [
        ("min", ValueChoice::Extreme(Ordering::Less)),
        ("max", ValueChoice::Extreme(Ordering::Greater)),
        ("sample", ValueChoice::Any),
    ] {
        let exchange = Arc::clone(exchange);
        evaluator = evaluator.with_custom_aggregate_function(function(name), move || {
            Box::new(ChosenValue {
                exchange: Arc::clone(&exchange),
                wanted,
                place: None,
                value: None,
            })
        });
    }
    evaluator
}

/// Which of its values an aggregate gives.
#[derive(Debug, Clone, Copy)]
enum ValueChoice {
    /// The first of those that compare so with all others.
    Extreme(Ordering),
    /// The first one.
    Any,
}

/// An aggregate that gives one of its values.
struct ChosenValue {
    exchange: Arc<Exchange>,
    wanted: ValueChoice,
    /// Where the term of the chosen value is kept, once there is one.
    place: Option<u32>,
    value: Option<ExpressionTerm>,
}

impl AggregateFunctionAccumulator for ChosenValue {
    fn accumulate(&mut self, _: Term) {
        let mut handed = self.exchange.handed();
        match (mem::take(&mut handed.read), self.wanted) {
            (ReadValue::Nothing, _) => {}
            (ReadValue::Value(value), ValueChoice::Extreme(wanted)) => {
                if self.value.is_none() || compare(Some(&value), self.value.as_ref()) == wanted {
                    self.value = Some(value);
                    handed.keep_in(&mut self.place);
                }
            }
            (ReadValue::Term | ReadValue::Value(_), _) => {
                if self.place.is_none() {
                    handed.keep_in(&mut self.place);
                }
            }
        }
    }

    fn finish(&mut self) -> Option<Term> {
        Some(blank_node(self.exchange.tag, self.place.take()?).into())
    }
}
