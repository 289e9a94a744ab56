//! A sink that keeps the quads which match a pattern.

use crate::convert::{Origin, QuadSink, Sink};
use oxrdf::{NamedNode, Quad, QuadRef, Term};
use std::sync::Arc;

/// Which quads are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The subject.
    pub subject: NamedNode,
    /// The predicate, if only quads with this one are asked about.
    pub predicate: Option<NamedNode>,
    /// The object, likewise.
    pub object: Option<Term>,
}

/// A quad that matches, and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The quad.
    pub quad: Quad,
    /// What made it.
    pub origin: Origin,
    /// A claim made it out of what another cell yields; the origin is a cell of the claims table.
    pub by_claim: bool,
}

impl Pattern {
    /// Whether a quad matches. A literal without a type matches by its text alone.
    pub fn matches(&self, quad: QuadRef<'_>) -> bool {
        let oxrdf::NamedOrBlankNodeRef::NamedNode(subject) = quad.subject else {
            return false;
        };
        subject == self.subject.as_ref()
            && self
                .predicate
                .as_ref()
                .is_none_or(|predicate| predicate.as_ref() == quad.predicate)
            && self
                .object
                .as_ref()
                .is_none_or(|object| match (object, quad.object) {
                    (Term::Literal(asked), oxrdf::TermRef::Literal(found))
                        if asked.language().is_none()
                            && asked.datatype() == oxrdf::vocab::xsd::STRING =>
                    {
                        asked.value() == found.value()
                    }
                    (asked, found) => asked.as_ref() == found,
                })
    }
}

/// Keeps what matches, in order.
pub(super) struct FilterSink {
    pattern: Arc<Pattern>,
    pub(super) matches: Vec<Match>,
}

pub(super) struct FilterChunk {
    pattern: Arc<Pattern>,
    matches: Vec<Match>,
}

impl FilterSink {
    pub(super) fn new(pattern: Pattern) -> Self {
        Self {
            pattern: Arc::new(pattern),
            matches: Vec::new(),
        }
    }
}

impl FilterSink {
    /// Keeps those of some quads that match.
    pub(super) fn take(&mut self, quads: Vec<(Quad, Origin)>) {
        let pattern = Arc::clone(&self.pattern);
        let matching = quads
            .into_iter()
            .filter(|(quad, _)| pattern.matches(quad.as_ref()))
            .map(|(quad, origin)| Match {
                quad,
                origin,
                by_claim: false,
            });
        self.matches.extend(matching);
    }
}

impl Sink for FilterSink {
    type Chunk = FilterChunk;

    fn chunk(&self) -> FilterChunk {
        FilterChunk {
            pattern: Arc::clone(&self.pattern),
            matches: Vec::new(),
        }
    }

    fn accept(&mut self, chunk: FilterChunk) -> std::io::Result<()> {
        self.matches.extend(chunk.matches);
        Ok(())
    }
}

impl QuadSink for FilterChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        if self.pattern.matches(quad) {
            self.matches.push(Match {
                quad: quad.into_owned(),
                origin,
                by_claim: false,
            });
        }
    }
}
