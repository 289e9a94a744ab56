//! Shapes that lead back to themselves. SHACL leaves open what they mean, so each is an error.

use super::shape::Shape;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use std::collections::HashSet;

/// Shapes within shapes, at most: checking recurses with them.
const DEPTH: usize = 100;

/// How far a shape has been followed.
#[derive(Clone, Copy, PartialEq)]
enum ShapeState {
    New,
    Open,
    /// To its ends, with the depth below it.
    Done(usize),
}

/// A shape on the way down.
struct ShapeVisit {
    shape: usize,
    /// The constraints that refer to a shape, each with that shape.
    references: Vec<(usize, usize)>,
    /// How many of them were followed.
    followed: usize,
    depth: usize,
}

/// Takes out references that lead back to their own shape, or too deep. Does not recurse itself.
pub(super) fn refuse(shapes: &mut [Shape], diagnostics: &mut Diagnostics) {
    let mut states = vec![ShapeState::New; shapes.len()];
    let mut refused: HashSet<(usize, usize)> = HashSet::new();
    for start in 0..shapes.len() {
        let mut way: Vec<ShapeVisit> = Vec::new();
        let mut enter = Some(start).filter(|&start| states.get(start) == Some(&ShapeState::New));
        loop {
            if let Some(shape) = enter.take() {
                if let Some(state) = states.get_mut(shape) {
                    *state = ShapeState::Open;
                }
                way.push(ShapeVisit {
                    shape,
                    references: references(shapes, shape),
                    followed: 0,
                    depth: 0,
                });
            }
            let Some(step) = way.last_mut() else {
                break;
            };
            let Some(&(constraint, to)) = step.references.get(step.followed) else {
                if let Some(state) = states.get_mut(step.shape) {
                    *state = ShapeState::Done(step.depth);
                }
                way.pop();
                continue;
            };
            let problem = match states.get(to) {
                Some(ShapeState::New) => {
                    enter = Some(to);
                    continue;
                }
                Some(ShapeState::Open) => {
                    "this shape leads back to itself; SHACL does not say what recursive shapes mean"
                        .to_owned()
                }
                Some(ShapeState::Done(below)) if *below >= DEPTH => {
                    format!("shapes nest more than {DEPTH} levels deep here")
                }
                Some(ShapeState::Done(below)) => {
                    step.depth = step.depth.max(below + 1);
                    step.followed += 1;
                    continue;
                }
                None => {
                    step.followed += 1;
                    continue;
                }
            };
            step.followed += 1;
            refused.insert((step.shape, constraint));
            let place = shapes
                .get(step.shape)
                .and_then(|shape| shape.constraints.get(constraint))
                .map(|constraint| constraint.place.clone());
            diagnostics.push(Diagnostic::new(
                Code::ShapeRecursion,
                place.unwrap_or_default(),
                problem,
            ));
        }
    }
    for (number, shape) in shapes.iter_mut().enumerate() {
        let mut at = 0;
        shape.constraints.retain(|_| {
            at += 1;
            !refused.contains(&(number, at - 1))
        });
    }
}

/// The shapes that a shape refers to, each with the number of the constraint that does.
fn references(shapes: &[Shape], shape: usize) -> Vec<(usize, usize)> {
    let constraints = shapes.get(shape).map(|shape| shape.constraints.as_slice());
    let constraints = constraints.unwrap_or_default().iter().enumerate();
    constraints
        .flat_map(|(number, constraint)| {
            let shapes = constraint.check.shapes().into_iter();
            shapes.map(move |shape| (number, shape))
        })
        .collect()
}
