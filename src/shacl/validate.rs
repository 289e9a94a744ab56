//! Shapes held against a graph.

use super::data::{Graph, Id};
use super::idle::idle;
use super::path::Path;
use super::query::Query;
use super::report::{Report, ValidationResult};
use super::shape::{Check, Constraint, Shape, Target};
use super::source::Node;
use super::value::{Value, is_well_formed};
use super::vocabulary::rdf;
use crate::diagnostic::{Code, Diagnostic};
use oxrdf::{NamedNode, Term, TermRef};
use spareval::QuerySolution;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::rc::Rc;

/// From so many focus nodes on, one evaluation of a query for all is worth more than one for each.
const MANY: usize = 32;

/// Nodes of which it is remembered whether they conform to a shape.
const KNOWN: usize = 1 << 20;

/// Results that are behind another one, at most, and how deep they nest.
const DETAILS: usize = 32;
const DETAIL_DEPTH: usize = 8;

/// How much may still be said of what is behind a result.
struct Room {
    depth: usize,
    results: usize,
}

/// Validates all shapes that have targets. Of each constraint up to `keep` results are kept whole.
pub(super) fn validate(shapes: &[Shape], graph: &Graph, keep: u64) -> Report {
    let engine = Engine {
        shapes,
        graph,
        shared: shared(shapes),
        known: RefCell::default(),
        classes: RefCell::default(),
        failed: RefCell::default(),
    };
    let mut report = Report::default();
    let mut counts = Counts {
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
struct Counts {
    keep: u64,
    of: HashMap<(usize, usize), (u64, usize)>,
}

/// A violation, while it is found.
struct Found {
    shape: usize,
    constraint: usize,
    focus: Id,
    value: Option<Term>,
    /// Where it is not the shape's own.
    path: Option<Path>,
    /// What a query says of it.
    bindings: Vec<(String, Term)>,
}

impl Found {
    fn new(shape: usize, constraint: usize, focus: Id, value: Option<&Term>) -> Self {
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
type Take<'t> = &'t mut dyn FnMut(Found) -> ControlFlow<()>;

struct Engine<'e> {
    shapes: &'e [Shape],
    graph: &'e Graph,
    /// Shapes that several constraints refer to.
    shared: HashSet<usize>,
    /// Which nodes conform to these: without it, time could double with each level of shapes.
    known: RefCell<HashMap<(usize, Id), bool>>,
    /// Classes with everything below them.
    classes: RefCell<HashMap<String, Rc<HashSet<Id>>>>,
    /// Queries that could not be evaluated, each once.
    failed: RefCell<BTreeMap<(usize, usize), Diagnostic>>,
}

impl<'e> Engine<'e> {
    fn run(&self, number: usize, shape: &Shape, counts: &mut Counts, report: &mut Report) {
        let focus = self.focus_nodes(shape);
        if focus.is_empty() {
            return;
        }
        report.focus_nodes += focus.len() as u64;
        let mut take = |found: Found| {
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

    fn classes(&self, class: &NamedNode) -> Rc<HashSet<Id>> {
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
    fn conforms(&self, shape: usize, node: Id) -> bool {
        let shared = self.shared.contains(&shape);
        if shared && let Some(&known) = self.known.borrow().get(&(shape, node)) {
            return known;
        }
        let mut conforms = true;
        // It breaks off at the first violation, which is told by `conforms`.
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

    fn shape(&self, number: usize, focus: Id, take: Take<'_>) -> ControlFlow<()> {
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
        take: Take<'_>,
    ) -> ControlFlow<()> {
        let graph = self.graph;
        let constraint = self
            .shapes
            .get(number)
            .and_then(|shape| shape.constraints.get(at));
        let Some(Constraint { check, .. }) = constraint else {
            return ControlFlow::Continue(());
        };
        let mut violation = |value: Option<&Term>| take(Found::new(number, at, focus, value));
        // The values that are wrong on their own.
        let mut wrong = |is_wrong: &dyn Fn(Id, &Term) -> bool| {
            for &value in values {
                if let Some(term) = graph.term(value)
                    && is_wrong(value, term)
                {
                    violation(Some(term))?;
                }
            }
            ControlFlow::Continue(())
        };
        match check {
            Check::Class(class) => {
                let classes = self.classes(class);
                let kind = graph.iri(rdf::TYPE);
                wrong(&|value, _| {
                    !kind.is_some_and(|kind| {
                        graph
                            .objects(value, kind)
                            .any(|class| classes.contains(&class))
                    })
                })
            }
            Check::Datatype(datatype) => wrong(&|_, term| match term {
                Term::Literal(literal) => {
                    literal.datatype() != datatype.as_ref() || !is_well_formed(literal)
                }
                _ => true,
            }),
            Check::NodeKind {
                iri,
                blank,
                literal,
            } => wrong(&|_, term| match term {
                Term::NamedNode(_) => !iri,
                Term::BlankNode(_) => !blank,
                Term::Literal(_) => !literal,
                Term::Triple(_) => true,
            }),
            Check::MinCount(count) => {
                if (values.len() as u64) < *count {
                    violation(None)?;
                }
                ControlFlow::Continue(())
            }
            Check::MaxCount(count) => {
                if values.len() as u64 > *count {
                    violation(None)?;
                }
                ControlFlow::Continue(())
            }
            Check::Bound {
                bound,
                least,
                inclusive,
            } => {
                let bound = Value::of(bound);
                wrong(&|_, term| {
                    let value = match term {
                        Term::Literal(literal) => Value::of(literal),
                        _ => None,
                    };
                    let order = value
                        .zip(bound.as_ref())
                        .and_then(|(value, bound)| value.compare(bound));
                    !order.is_some_and(|order| {
                        (order.is_eq() && *inclusive)
                            || (order.is_gt() && *least)
                            || (order.is_lt() && !*least)
                    })
                })
            }
            Check::MinLength(length) => wrong(&|_, term| {
                text(term).is_none_or(|text| (text.chars().count() as u64) < *length)
            }),
            Check::MaxLength(length) => wrong(&|_, term| {
                text(term).is_none_or(|text| text.chars().count() as u64 > *length)
            }),
            Check::Pattern { regex, .. } => {
                // What would take too many steps to find out does not count as a match.
                wrong(&|_, term| !text(term).is_some_and(|text| regex.is_match(text) == Ok(true)))
            }
            Check::LanguageIn(tags) => wrong(&|_, term| match term {
                Term::Literal(literal) => !literal
                    .language()
                    .is_some_and(|tag| tags.iter().any(|range| in_range(tag, range))),
                _ => true,
            }),
            Check::UniqueLang => {
                let mut counts: BTreeMap<String, u64> = BTreeMap::new();
                for &value in values {
                    if let Some(Term::Literal(literal)) = graph.term(value)
                        && let Some(tag) = literal.language()
                    {
                        *counts.entry(tag.to_ascii_lowercase()).or_insert(0) += 1;
                    }
                }
                for _ in counts.values().filter(|count| **count > 1) {
                    violation(None)?;
                }
                ControlFlow::Continue(())
            }
            Check::Equals(predicate) => {
                let others = self.objects(focus, predicate);
                let differ = values
                    .iter()
                    .filter(|value| !others.contains(value))
                    .chain(others.iter().filter(|other| !values.contains(other)));
                for &one in differ {
                    violation(graph.term(one))?;
                }
                ControlFlow::Continue(())
            }
            Check::Disjoint(predicate) => {
                let others = self.objects(focus, predicate);
                wrong(&|value, _| others.contains(&value))
            }
            Check::Less {
                predicate,
                or_equal,
            } => {
                let others = self.objects(focus, predicate);
                for &value in values {
                    for &other in &others {
                        let order = match (graph.term(value), graph.term(other)) {
                            (Some(Term::Literal(a)), Some(Term::Literal(b))) => Value::of(a)
                                .zip(Value::of(b))
                                .and_then(|(a, b)| a.compare(&b)),
                            _ => None,
                        };
                        let right = order
                            .is_some_and(|order| order.is_lt() || (order.is_eq() && *or_equal));
                        if !right {
                            violation(graph.term(value))?;
                        }
                    }
                }
                ControlFlow::Continue(())
            }
            Check::Not(shape) => wrong(&|value, _| self.conforms(*shape, value)),
            Check::And(shapes) => {
                wrong(&|value, _| !shapes.iter().all(|&shape| self.conforms(shape, value)))
            }
            Check::Or(shapes) => {
                wrong(&|value, _| !shapes.iter().any(|&shape| self.conforms(shape, value)))
            }
            Check::Xone(shapes) => wrong(&|value, _| {
                let conforming = shapes.iter().filter(|&&shape| self.conforms(shape, value));
                conforming.take(2).count() != 1
            }),
            Check::Node(shape) => wrong(&|value, _| !self.conforms(*shape, value)),
            Check::Property(shape) => {
                let shared = self.shared.contains(shape);
                for &value in values {
                    if !shared || !self.conforms(*shape, value) {
                        self.shape(*shape, value, take)?;
                    }
                }
                ControlFlow::Continue(())
            }
            Check::Qualified {
                shape,
                disjoint,
                least,
                most,
            } => {
                let counted = values.iter().filter(|&&value| {
                    self.conforms(*shape, value)
                        && !disjoint.iter().any(|&other| self.conforms(other, value))
                });
                let count = counted.count() as u64;
                if least.is_some_and(|least| count < least) || most.is_some_and(|most| count > most)
                {
                    violation(None)?;
                }
                ControlFlow::Continue(())
            }
            Check::Closed { allowed } => {
                for &value in values {
                    for (predicate, object) in graph.about(value) {
                        let Some(Term::NamedNode(predicate)) = graph.term(predicate) else {
                            continue;
                        };
                        if !allowed.contains(predicate) {
                            let mut found = Found::new(number, at, focus, graph.term(object));
                            found.path = Some(Path::Predicate(predicate.clone()));
                            take(found)?;
                        }
                    }
                }
                ControlFlow::Continue(())
            }
            Check::HasValue(wanted) => {
                let has = graph.find(wanted).is_some_and(|id| values.contains(&id));
                if !has {
                    violation(None)?;
                }
                ControlFlow::Continue(())
            }
            Check::In(allowed) => wrong(&|_, term| !allowed.contains(term)),
            Check::Query(query) if query.ask => {
                for &value in values {
                    match query.holds(graph, focus, value) {
                        Ok(true) => {}
                        Ok(false) => violation(graph.term(value))?,
                        Err(message) => self.fail(number, at, &message),
                    }
                }
                ControlFlow::Continue(())
            }
            Check::Query(query) => self.query(number, at, query, focus, take),
        }
    }

    /// The objects of a property of a node.
    fn objects(&self, subject: Id, predicate: &NamedNode) -> Vec<Id> {
        match self.graph.iri(predicate.as_str()) {
            Some(predicate) => self.graph.objects(subject, predicate).collect(),
            None => Vec::new(),
        }
    }

    fn query(
        &self,
        number: usize,
        at: usize,
        query: &Query,
        focus: Id,
        take: Take<'_>,
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
    fn query_at_once(&self, number: usize, at: usize, query: &Query, focus: &[Id], take: Take<'_>) {
        let mut found: Vec<Found> = Vec::new();
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
    fn solution(&self, number: usize, at: usize, focus: Id, solution: &QuerySolution) -> Found {
        let shape = self.shapes.get(number);
        let mut found = Found::new(number, at, focus, solution.get("value"));
        if found.value.is_none() && shape.is_some_and(|shape| shape.path.is_none()) {
            found.value = self.graph.term(focus).cloned();
        }
        if let Some(Term::NamedNode(path)) = solution.get("path") {
            found.path = Some(Path::Predicate(path.clone()));
        }
        found.bindings = solution
            .iter()
            .map(|(variable, term)| (variable.as_str().to_owned(), term.clone()))
            .collect();
        found
    }

    fn fail(&self, number: usize, at: usize, message: &str) {
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

    /// The result that a violation is, with what is behind it.
    fn result(&self, found: Found) -> Option<ValidationResult> {
        self.result_with(
            found,
            &mut Room {
                depth: DETAIL_DEPTH,
                results: DETAILS,
            },
        )
    }

    /// The violations of the shapes that a value does not conform to (`sh:detail`, SHACL §3.6.2.7), and the shapes that
    /// it conforms to and should not.
    fn details(
        &self,
        check: &Check,
        value: Option<&Term>,
        room: &mut Room,
    ) -> (Vec<ValidationResult>, Vec<Node>) {
        let shapes = match check {
            Check::Not(_) | Check::And(_) | Check::Or(_) | Check::Xone(_) | Check::Node(_) => {
                check.shapes()
            }
            _ => return (Vec::new(), Vec::new()),
        };
        let Some(value) = value.and_then(|value| self.graph.find(value)) else {
            return (Vec::new(), Vec::new());
        };
        let (right, wrong): (Vec<usize>, Vec<usize>) = shapes
            .into_iter()
            .partition(|&shape| self.conforms(shape, value));
        if matches!(check, Check::Not(_)) || (matches!(check, Check::Xone(_)) && !right.is_empty())
        {
            let nodes = right.iter().filter_map(|&shape| self.shapes.get(shape));
            return (Vec::new(), nodes.map(|shape| shape.node.clone()).collect());
        }
        let mut details = Vec::new();
        if room.depth == 0 {
            return (details, Vec::new());
        }
        room.depth -= 1;
        let mut seen = HashSet::new();
        for shape in wrong {
            if !seen.insert(shape) {
                continue;
            }
            let mut violations = Vec::new();
            let wanted = room.results;
            // It ends early where there is no room for more.
            let _ = self.shape(shape, value, &mut |found| {
                if violations.len() >= wanted {
                    return ControlFlow::Break(());
                }
                violations.push(found);
                ControlFlow::Continue(())
            });
            for found in violations {
                if room.results == 0 {
                    break;
                }
                room.results -= 1;
                details.extend(self.result_with(found, room));
            }
        }
        room.depth += 1;
        (details, Vec::new())
    }

    fn result_with(&self, found: Found, room: &mut Room) -> Option<ValidationResult> {
        let shape: &Shape = self.shapes.get(found.shape)?;
        let constraint = shape.constraints.get(found.constraint)?;
        let focus = self.graph.term(found.focus)?;
        let own = match found.bindings.iter().find(|(name, _)| name == "message") {
            Some((_, message)) => super::compile::message(message).into_iter().collect(),
            None => constraint.messages.clone(),
        };
        let messages = if own.is_empty() {
            shape.messages.clone()
        } else {
            own
        };
        let (details, conforms_to) = self.details(&constraint.check, found.value.as_ref(), room);
        let mut bindings = found.bindings;
        // Messages of other constraints have no variables (SHACL §5.3.2): what looks like one is text.
        if let Check::Query(query) = &constraint.check {
            bindings.extend(query.named_terms());
            if !bindings.iter().any(|(name, _)| name == "this") {
                bindings.push(("this".to_owned(), focus.clone()));
            }
        }
        Some(ValidationResult {
            focus: focus.clone(),
            path: found.path.or_else(|| shape.path.clone()),
            value: found.value,
            shape: shape.node.clone(),
            constraint: constraint.node.clone(),
            component: constraint.component.clone(),
            severity: shape.severity.clone(),
            messages,
            bindings,
            details,
            conforms_to,
            more: 0,
            numbers: (found.shape, found.constraint),
        })
    }
}

/// What `STR` gives; blank nodes have no text.
fn text(term: &Term) -> Option<&str> {
    match term.as_ref() {
        TermRef::NamedNode(node) => Some(node.as_str()),
        TermRef::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

/// `langMatches` for basic ranges.
fn in_range(tag: &str, range: &str) -> bool {
    if range == "*" {
        return !tag.is_empty();
    }
    let start = tag.get(..range.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(range))
        && matches!(tag.as_bytes().get(range.len()), None | Some(b'-'))
}
