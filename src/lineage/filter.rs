//! A sink that keeps the quads which match a pattern.

use crate::convert::{Origin, QuadSink, Sink};
use crate::datatype::value::{is_valid, write_key};
use crate::datatype::{Base, Family};
use crate::plan::{ColumnId, TableId};
use oxrdf::{Literal, LiteralRef, NamedNode, Quad, QuadRef, Term};
use std::sync::Arc;

/// Which quads are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuadPattern {
    /// The subject.
    pub subject: NamedNode,
    /// The predicate, if only quads with this one are asked about.
    pub predicate: Option<NamedNode>,
    /// The object, likewise.
    pub object: Option<Term>,
}

/// A quad that matches, and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuadMatch {
    /// The quad.
    pub quad: Quad,
    /// What made it.
    pub origin: Origin,
    /// A claim made it out of what another cell yields; the origin is a cell of the claims table.
    pub by_claim: bool,
    /// Which of the quads of its cell it is, from 0; `None` where that is not known.
    pub place: Option<usize>,
}

impl QuadPattern {
    /// Whether a quad matches. A literal without a type matches by its text alone; language tags match
    /// in any case, and numbers, dates and durations by value, as functions of SPARQL give them back.
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
                    (Term::Literal(asked), oxrdf::TermRef::Literal(found)) => same(asked, found),
                    (asked, found) => asked.as_ref() == found,
                })
    }
}

/// Whether a literal is the one asked for: its value counts, not how it is written.
fn same(asked: &Literal, found: LiteralRef<'_>) -> bool {
    if let (Some(one), Some(other)) = (asked.language(), found.language()) {
        return one.eq_ignore_ascii_case(other)
            && asked.value() == found.value()
            && asked.direction() == found.direction();
    }
    asked.as_ref() == found
        || kept(asked.as_ref()).is_some_and(|asked| kept(found).is_some_and(|found| asked == found))
}

/// The value of a literal that has one: the datatype that functions of SPARQL give it back with, and bytes that are
/// equal for equal values.
fn kept(literal: LiteralRef<'_>) -> Option<(Base, Vec<u8>)> {
    let base = Base::from_iri(literal.datatype().as_str())?;
    let text = literal.value();
    let base = match base.family() {
        Family::Text | Family::Binary => return None,
        Family::Decimal if base.is_integer() => Base::Integer,
        _ if base == Base::DateTimeStamp => Base::DateTime,
        _ => base,
    };
    if !is_valid(base, text) {
        return None;
    }
    let mut value = Vec::new();
    write_key(base, text, &mut value);
    if base.family() == Family::Temporal {
        // Moments are equal in any time zone, but the zone is kept.
        value.extend(zone(text).as_bytes());
    }
    Some((base, value))
}

/// The time zone of a date or time, `Z` for that of Greenwich; empty where there is none.
fn zone(text: &str) -> &str {
    let zone = text.len().checked_sub(6).and_then(|at| text.get(at..));
    match zone {
        Some("+00:00" | "-00:00") => "Z",
        Some(zone) if zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":") => zone,
        _ if text.ends_with('Z') => "Z",
        _ => "",
    }
}

/// The table, row and column of a quad.
type QuadCell = (Option<TableId>, u64, Option<ColumnId>);

/// Keeps what matches, in order.
pub(super) struct FilterSink {
    pattern: Arc<QuadPattern>,
    pub(super) matches: Vec<QuadMatch>,
}

pub(super) struct FilterChunk {
    pattern: Arc<QuadPattern>,
    matches: Vec<QuadMatch>,
    /// The cell of the last quad, and which of its quads that was.
    last: Option<(QuadCell, usize)>,
}

impl FilterSink {
    pub(super) fn new(pattern: QuadPattern) -> Self {
        Self {
            pattern: Arc::new(pattern),
            matches: Vec::new(),
        }
    }
}

impl FilterSink {
    /// Keeps those of some quads that match.
    pub(super) fn take(&mut self, quads: Vec<(Quad, Origin)>) {
        let mut chunk = self.chunk();
        for (quad, origin) in quads {
            chunk.quad(quad.as_ref(), origin);
        }
        self.matches.extend(chunk.matches);
    }
}

impl Sink for FilterSink {
    type Chunk = FilterChunk;

    fn chunk(&self) -> FilterChunk {
        FilterChunk {
            pattern: Arc::clone(&self.pattern),
            matches: Vec::new(),
            last: None,
        }
    }

    fn accept(&mut self, chunk: FilterChunk) -> std::io::Result<()> {
        self.matches.extend(chunk.matches);
        Ok(())
    }
}

impl QuadSink for FilterChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let cell = (origin.table, origin.row, origin.column);
        let place = match self.last {
            Some((last, place)) if last == cell => place + 1,
            _ => 0,
        };
        self.last = Some((cell, place));
        if self.pattern.matches(quad) {
            self.matches.push(QuadMatch {
                quad: quad.into_owned(),
                origin,
                by_claim: false,
                place: Some(place),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::GraphNameRef;

    #[test]
    fn literals_match_as_the_store_gives_them_back() {
        let node = NamedNode::new_unchecked("http://e/x");
        let xsd = |text: &str| {
            let (value, name) = text.split_once('^').unwrap();
            let datatype = NamedNode::new_unchecked(Base::from_name(name).unwrap().iri());
            Literal::new_typed_literal(value, datatype)
        };
        let tag = |text: &str| {
            let (value, tag) = text.split_once('@').unwrap();
            Literal::new_language_tagged_literal_unchecked(value, tag)
        };
        for (asked, found, expected) in [
            (xsd("7^integer"), xsd("007^int"), true),
            (xsd("1.5^decimal"), xsd("1.50^decimal"), true),
            (xsd("1.5^decimal"), xsd("1.51^decimal"), false),
            (xsd("7^decimal"), xsd("7^integer"), false),
            (xsd("7^gYear"), xsd("007^gYear"), false),
            (
                xsd("2020-01-01T00:00:00Z^dateTime"),
                xsd("2020-01-01T00:00:00.000+00:00^dateTime"),
                true,
            ),
            // The same moment in another zone.
            (
                xsd("2020-01-01T00:00:00Z^dateTime"),
                xsd("2020-01-01T01:00:00+01:00^dateTime"),
                false,
            ),
            (xsd("2018-01-01^date"), xsd("2018-01-01Z^date"), false),
            (xsd("P1Y^duration"), xsd("P0Y12M^duration"), true),
            (xsd("7.0E1^double"), xsd("70^double"), true),
            (xsd("70^float"), xsd("70^double"), false),
            (xsd("true^boolean"), xsd("1^boolean"), true),
            (tag("x@ru-latn"), tag("x@ru-Latn"), true),
            (tag("x@ru"), tag("x@en"), false),
            (Literal::from("007"), xsd("007^int"), true),
            (Literal::from("7"), xsd("007^int"), false),
            (Literal::from("x"), tag("x@ru"), true),
        ] {
            let pattern = QuadPattern {
                subject: node.clone(),
                predicate: None,
                object: Some(asked.clone().into()),
            };
            let quad = QuadRef::new(&node, &node, &found, GraphNameRef::DefaultGraph);
            assert_eq!(pattern.matches(quad), expected, "{asked} {found}");
        }
    }
}
