//! Where the words of spans are in a document that has changed.
//!
//! Words are found by their length and digest alone. Where a document has them more than once, the spans around
//! them decide: text moves as a whole, so words between two spans that moved equally far did so too.

use super::span::{Span, Spans};

/// A span with what became of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedSpan<'s> {
    /// The span as it is recorded.
    pub span: &'s Span,
    /// Where its words are.
    pub words: WordPlaces,
}

/// Where words are in the document as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordPlaces {
    /// Where they were.
    Here,
    /// At another start and end.
    Moved(usize, usize),
    /// At several places, and nothing says which one is meant.
    Several(Vec<(usize, usize)>),
    /// Nowhere.
    Gone,
}

impl Spans {
    /// Looks for the words of all spans of a document, in their order; `None` where there is no document to
    /// look in.
    pub fn follow(&self, document: &str) -> Option<Vec<FollowedSpan<'_>>> {
        let (text, unchanged) = self.document(document)?;
        let spans = self.of_document(document);
        let holds = |span: &Span| self.words(span).is_some();
        let wanted: Vec<(usize, &str)> = spans
            .iter()
            .map(|span| (span.end.saturating_sub(span.start), span.sha256.as_str()))
            .collect();
        // In the document that was read, a span that holds is right whatever else has its words.
        let places = if unchanged && spans.iter().all(|span| holds(span)) {
            spans
                .iter()
                .map(|span| vec![(span.start, span.end)])
                .collect()
        } else {
            text.places(&wanted)
        };
        let found: Vec<(&Span, Vec<(usize, usize)>)> = spans
            .into_iter()
            .zip(places)
            .map(|(span, places)| match unchanged && holds(span) {
                true => (span, vec![(span.start, span.end)]),
                false => (span, places),
            })
            .collect();
        let followed = found.iter().enumerate().map(|(index, (span, places))| {
            let chosen = match places.as_slice() {
                [] => {
                    return FollowedSpan {
                        span,
                        words: WordPlaces::Gone,
                    };
                }
                [only] => Some(*only),
                several => several
                    .iter()
                    .copied()
                    .find(|&place| Some(shift(span, place)) == shift_around(&found, index)),
            };
            let words = match chosen {
                Some((start, _)) if start == span.start => WordPlaces::Here,
                Some((start, end)) => WordPlaces::Moved(start, end),
                None => WordPlaces::Several(places.clone()),
            };
            FollowedSpan { span, words }
        });
        Some(followed.collect())
    }
}

/// How far a span moves to a place.
fn shift(span: &Span, (start, _): (usize, usize)) -> i128 {
    start as i128 - span.start as i128
}

/// How far the nearest spans before and after one moved whose words are at one place alone; `None` where they
/// do not agree or there are none.
fn shift_around(found: &[(&Span, Vec<(usize, usize)>)], index: usize) -> Option<i128> {
    let certain = |(span, places): &(&Span, Vec<(usize, usize)>)| match places.as_slice() {
        [only] => Some(shift(span, *only)),
        _ => None,
    };
    let before = found.get(..index)?.iter().rev().find_map(certain);
    let after = found.get(index + 1..)?.iter().find_map(certain);
    match (before, after) {
        (Some(before), Some(after)) => (before == after).then_some(before),
        (one, other) => one.or(other),
    }
}
