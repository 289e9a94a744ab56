//! Merged things: an old IRI keeps answering, by pointing on.

use super::write::unreadable;
use crate::merges::REPLACED;
use crate::store::{Build, StoreError};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode, Term};

/// The thing that a thing was merged into, by `dct:isReplacedBy`, however many steps it takes.
///
/// The thing itself where it was not merged, or into several. A circle of merges ends where it began.
///
/// # Errors
/// The store cannot be read.
pub fn follow(build: &Build, node: &NamedNode) -> Result<NamedNode, StoreError> {
    let mut seen = vec![node.clone()];
    let mut at = node.clone();
    loop {
        let facts = Some(GraphNameRef::DefaultGraph);
        let mut next = Vec::new();
        for quad in
            build
                .index()
                .quads_for_pattern(Some(at.as_ref().into()), Some(REPLACED), None, facts)
        {
            let quad = quad.map_err(|error| unreadable(build, &error))?;
            if let Term::NamedNode(target) = quad.object {
                next.push(target);
            }
        }
        match next.as_slice() {
            [] => return Ok(at),
            [one] if !seen.contains(one) => {
                at = one.clone();
                seen.push(one.clone());
            }
            _ => return Ok(node.clone()),
        }
    }
}

/// The things that were merged into a thing, by `dct:isReplacedBy`, however many steps it took; in the order of
/// their IRIs, without the thing itself.
///
/// Only those that [`follow`] leads here: what was merged into several things was not merged at all.
///
/// # Errors
/// The store cannot be read.
pub fn merged_into(build: &Build, node: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
    let mut found = Vec::new();
    let mut waiting = vec![node.clone()];
    while let Some(at) = waiting.pop() {
        let facts = Some(GraphNameRef::DefaultGraph);
        for quad in
            build
                .index()
                .quads_for_pattern(None, Some(REPLACED), Some(at.as_ref().into()), facts)
        {
            let quad = quad.map_err(|error| unreadable(build, &error))?;
            if let NamedOrBlankNode::NamedNode(from) = quad.subject
                && from != *node
                && !found.contains(&from)
                && follow(build, &from)? == *node
            {
                found.push(from.clone());
                waiting.push(from);
            }
        }
    }
    found.sort();
    Ok(found)
}
