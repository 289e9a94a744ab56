//! Results of violations, with what is behind them.

use super::report::ValidationResult;
use super::shape::{Check, Shape};
use super::source::SubjectNode;
use super::validate::{FoundViolation, ValidationEngine};
use oxrdf::Term;
use std::collections::HashSet;
use std::ops::ControlFlow;

/// Results that are behind another one, at most, and how deep they nest.
const DETAILS: usize = 32;
const DETAIL_DEPTH: usize = 8;

/// How much may still be said of what is behind a result.
struct DetailBudget {
    depth: usize,
    results: usize,
}

impl ValidationEngine<'_> {
    /// The result that a violation is, with what is behind it.
    pub(super) fn result(&self, found: FoundViolation) -> Option<ValidationResult> {
        self.result_with(
            found,
            &mut DetailBudget {
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
        room: &mut DetailBudget,
    ) -> (Vec<ValidationResult>, Vec<SubjectNode>) {
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

    fn result_with(
        &self,
        found: FoundViolation,
        room: &mut DetailBudget,
    ) -> Option<ValidationResult> {
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
