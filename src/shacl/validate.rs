//! Shapes held against a graph: focus nodes, value nodes, and which of them conform.

use super::constraint::ConstraintCheck;
use super::data::{DataGraph, Id};
use super::path::PropertyPath;
use super::query::ConstraintQuery;
use super::report::ValidationReport;
use super::shape::{Check, Shape, Target};
use super::unused::idle;
use super::vocabulary::rdf;
use crate::diagnostic::{Code, Diagnostic};
use oxrdf::{NamedNode, Term};
use spareval::QuerySolution;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::rc::Rc;

/// From so many focus nodes on, one evaluation of a query for all is worth more than one for each.
const MANY: usize = 32;

/// Nodes of which it is remembered whether they conform to a shape.
const KNOWN: usize = 1 << 20;

/// Validates all shapes that have targets. Of each constraint up to `keep` results are kept whole.
pub(super) fn validate(shapes: &[Shape], graph: &DataGraph, keep: u64) -> ValidationReport {
    let engine = ValidationEngine {
        shapes,
        graph,
        shared: shared(shapes),
        known: RefCell::default(),
        classes: RefCell::default(),
        failed: RefCell::default(),
    };
    let mut report = ValidationReport::default();
    let mut counts = ResultCounts {
        keep,
        of: HashMap::new(),
    };
    for (number, shape) in shapes.iter().enumerate() {
        if shape.runs() {
            engine.run(number, shape, &mut counts, &mut report);
        }
    }
    report.idle = idle(shapes, graph);
    report.failures = engine.failed.into_inner().into_values().collect();
    report
}

/// The shapes that more than one constraint refers to.
fn shared(shapes: &[Shape]) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let constraints = shapes.iter().flat_map(|shape| &shape.constraints);
    constraints
        .flat_map(|constraint| constraint.check.shapes())
        .filter(|&shape| !seen.insert(shape))
        .collect()
}

/// The results that are kept of each constraint, by shape and number: how many, and where the last is.
struct ResultCounts {
    keep: u64,
    of: HashMap<(usize, usize), (u64, usize)>,
}

/// A violation, while it is found.
pub(super) struct FoundViolation {
    pub(super) shape: usize,
    pub(super) constraint: usize,
    pub(super) focus: Id,
    pub(super) value: Option<Term>,
    /// Where it is not the shape's own.
    pub(super) path: Option<PropertyPath>,
    /// What a query says of it.
    pub(super) bindings: Vec<(String, Term)>,
}

impl FoundViolation {
    pub(super) fn new(shape: usize, constraint: usize, focus: Id, value: Option<&Term>) -> Self {
        Self {
            shape,
            constraint,
            focus,
            value: value.cloned(),
            path: None,
            bindings: Vec::new(),
        }
    }
}

/// Takes violations as they are found, and may want no more.
pub(super) type ViolationSink<'t> = &'t mut dyn FnMut(FoundViolation) -> ControlFlow<()>;

pub(super) struct ValidationEngine<'e> {
    pub(super) shapes: &'e [Shape],
    pub(super) graph: &'e DataGraph,
    /// Shapes that several constraints refer to.
    pub(super) shared: HashSet<usize>,
    /// Which nodes conform to these: without it, time could double with each level of shapes.
    known: RefCell<HashMap<(usize, Id), bool>>,
    /// Classes with everything below them.
    classes: RefCell<HashMap<String, Rc<HashSet<Id>>>>,
    /// Queries that could not be evaluated, each once.
    failed: RefCell<BTreeMap<(usize, usize), Diagnostic>>,
}

impl<'e> ValidationEngine<'e> {
    fn run(
        &self,
        number: usize,
        shape: &Shape,
        counts: &mut ResultCounts,
        report: &mut ValidationReport,
    ) {
        let focus = self.focus_nodes(shape);
        if focus.is_empty() {
            return;
        }
        report.focus_nodes += focus.len() as u64;
        let mut take = |found: FoundViolation| {
            let key = (found.shape, found.constraint);
            let kept = counts.of.entry(key).or_insert((0, 0));
            if kept.0 < counts.keep {
                *kept = (kept.0 + 1, report.results.len());
                report.results.extend(self.result(found));
            } else if let Some(last) = report.results.get_mut(kept.1) {
                last.more += 1;
            }
            ControlFlow::Continue(())
        };
        for (at, constraint) in shape.constraints.iter().enumerate() {
            if let Check::Query(query) = &constraint.check
                && query.at_once
                && focus.len() >= MANY
            {
                self.query_at_once(number, at, query, &focus, &mut take);
                continue;
            }
            for &node in &focus {
                let values = self.value_nodes(shape, node);
                // Everything is wanted here.
                let _ = self.constraint(number, at, node, &values, &mut take);
            }
        }
    }

    fn focus_nodes(&self, shape: &Shape) -> Vec<Id> {
        let graph = self.graph;
        let mut found = Vec::new();
        for target in &shape.targets {
            match target {
                Target::Node(node) => found.extend(graph.find(node)),
                Target::Class(class) => {
                    if let Some(kind) = graph.iri(rdf::TYPE) {
                        for &class in self.classes(class).iter() {
                            found.extend(graph.subjects(kind, class));
                        }
                    }
                }
                Target::SubjectsOf(predicate) => {
                    if let Some(predicate) = graph.iri(predicate.as_str()) {
                        found.extend(graph.pairs(predicate).map(|(subject, _)| subject));
                    }
                }
                Target::ObjectsOf(predicate) => {
                    if let Some(predicate) = graph.iri(predicate.as_str()) {
                        found.extend(graph.pairs(predicate).map(|(_, object)| object));
                    }
                }
            }
        }
        // Numbers are given in the order of rows.
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(super) fn classes(&self, class: &NamedNode) -> Rc<HashSet<Id>> {
        if let Some(known) = self.classes.borrow().get(class.as_str()) {
            return Rc::clone(known);
        }
        let found = match self.graph.iri(class.as_str()) {
            Some(class) => self.graph.classes(class),
            None => HashSet::new(),
        };
        let found = Rc::new(found);
        self.classes
            .borrow_mut()
            .insert(class.as_str().to_owned(), Rc::clone(&found));
        found
    }

    fn value_nodes(&self, shape: &Shape, focus: Id) -> Vec<Id> {
        match &shape.path {
            None => vec![focus],
            Some(path) => path.values(self.graph, focus),
        }
    }

    /// Whether a node conforms to a shape.
    pub(super) fn conforms(&self, shape: usize, node: Id) -> bool {
        let shared = self.shared.contains(&shape);
        if shared && let Some(&known) = self.known.borrow().get(&(shape, node)) {
            return known;
        }
        let mut conforms = true;
        // It stops at the first violation, which `conforms` remembers.
        let _ = self.shape(shape, node, &mut |_| {
            conforms = false;
            ControlFlow::Break(())
        });
        if shared {
            let mut known = self.known.borrow_mut();
            if known.len() >= KNOWN {
                known.clear();
            }
            known.insert((shape, node), conforms);
        }
        conforms
    }

    pub(super) fn shape(
        &self,
        number: usize,
        focus: Id,
        take: ViolationSink<'_>,
    ) -> ControlFlow<()> {
        let Some(shape) = self.shapes.get(number).filter(|shape| !shape.deactivated) else {
            return ControlFlow::Continue(());
        };
        let values = self.value_nodes(shape, focus);
        for at in 0..shape.constraints.len() {
            self.constraint(number, at, focus, &values, take)?;
        }
        ControlFlow::Continue(())
    }

    /// Holds one constraint against the value nodes of one focus node (SHACL §4).
    fn constraint(
        &self,
        number: usize,
        at: usize,
        focus: Id,
        values: &[Id],
        take: ViolationSink<'_>,
    ) -> ControlFlow<()> {
        let shape = self.shapes.get(number);
        let Some(constraint) = shape.and_then(|shape| shape.constraints.get(at)) else {
            return ControlFlow::Continue(());
        };
        let mut held = ConstraintCheck {
            engine: self,
            number,
            at,
            focus,
            values,
            take,
        };
        held.check(&constraint.check)
    }

    pub(super) fn query(
        &self,
        number: usize,
        at: usize,
        query: &ConstraintQuery,
        focus: Id,
        take: ViolationSink<'_>,
    ) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let done = query.solutions(self.graph, focus, None, &mut |solution| {
            flow = take(self.solution(number, at, focus, solution));
            flow
        });
        if let Err(message) = done {
            self.fail(number, at, &message);
        }
        flow
    }

    /// Evaluates a query once for all focus nodes.
    fn query_at_once(
        &self,
        number: usize,
        at: usize,
        query: &ConstraintQuery,
        focus: &[Id],
        take: ViolationSink<'_>,
    ) {
        let mut found: Vec<FoundViolation> = Vec::new();
        let done = query.all_solutions(self.graph, &mut |solution| {
            if let Some(this) = solution.get("this")
                && let Some(this) = self.graph.find(this)
                && focus.binary_search(&this).is_ok()
            {
                found.push(self.solution(number, at, this, solution));
            }
            ControlFlow::Continue(())
        });
        if let Err(message) = done {
            self.fail(number, at, &message);
        }
        found.sort_by_key(|found| found.focus);
        for found in found {
            if take(found).is_break() {
                return;
            }
        }
    }

    /// The violation that a solution is (SHACL §5.3.2).
    fn solution(
        &self,
        number: usize,
        at: usize,
        focus: Id,
        solution: &QuerySolution,
    ) -> FoundViolation {
        let shape = self.shapes.get(number);
        let mut found = FoundViolation::new(number, at, focus, solution.get("value"));
        if found.value.is_none() && shape.is_some_and(|shape| shape.path.is_none()) {
            found.value = self.graph.term(focus).cloned();
        }
        if let Some(Term::NamedNode(path)) = solution.get("path") {
            found.path = Some(PropertyPath::Predicate(path.clone()));
        }
        found.bindings = solution
            .iter()
            .map(|(variable, term)| (variable.as_str().to_owned(), term.clone()))
            .collect();
        found
    }

    pub(super) fn fail(&self, number: usize, at: usize, message: &str) {
        let constraint = self
            .shapes
            .get(number)
            .and_then(|shape| shape.constraints.get(at));
        let place = constraint.map_or_else(Default::default, |one| one.place.clone());
        self.failed
            .borrow_mut()
            .entry((number, at))
            .or_insert_with(|| {
                let message = format!("the query could not be evaluated: {message}");
                Diagnostic::new(Code::ShapeQuery, place, message)
            });
    }
}
