//! The quads of a pattern, as the evaluator takes them.

use super::{Dataset, TermId};
use crate::error::{Error, Result};
use crate::order::QuadOrderScan;
use spareval::InternalQuad;

/// Entries beside the index.
pub(super) type OverlayEntries<'a, T = [u32; 4]> = Box<dyn Iterator<Item = T> + 'a>;

/// The quads of a pattern.
pub(super) enum PatternQuads<'a> {
    None,
    Failed(Option<Error>),
    Triples(&'a Dataset<'a>, QuadOrderScan<'a, 3>),
    Named(
        &'a Dataset<'a>,
        QuadOrderScan<'a, 4>,
        Option<OverlayEntries<'a>>,
    ),
    Range(
        &'a Dataset<'a>,
        OverlayEntries<'a, Result<InternalQuad<TermId>>>,
    ),
    /// Entries that were counted when they were read.
    Counted(OverlayEntries<'a, Result<InternalQuad<TermId>>>),
}

impl<'a> PatternQuads<'a> {
    /// The entries of a graph that is not hidden, or of all graphs but the hidden one.
    pub(super) fn without(self, hidden: u32) -> Self {
        match self {
            Self::Named(..) | Self::Range(..) => {
                let hidden = Some(TermId::new(hidden));
                let entries = self.filter(move |entry| {
                    entry
                        .as_ref()
                        .map_or(true, |quad| quad.graph_name != hidden)
                });
                Self::Counted(Box::new(entries))
            }
            other => other,
        }
    }
}

impl Iterator for PatternQuads<'_> {
    type Item = Result<InternalQuad<TermId>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::None => None,
            Self::Failed(error) => error.take().map(Err),
            Self::Counted(entries) => entries.next(),
            Self::Range(dataset, entries) => {
                let entry = entries.next()?;
                Some(dataset.count_entry().and(entry))
            }
            Self::Triples(dataset, entries) => {
                let entry = entries.next()?;
                Some(
                    dataset
                        .count_entry()
                        .and(entry)
                        .map(|[s, p, o]| InternalQuad {
                            subject: TermId::new(s),
                            predicate: TermId::new(p),
                            object: TermId::new(o),
                            graph_name: None,
                        }),
                )
            }
            Self::Named(dataset, entries, beside) => {
                let entry = match entries.next() {
                    Some(entry) => entry,
                    None => Ok(beside.as_mut()?.next()?),
                };
                Some(
                    dataset
                        .count_entry()
                        .and(entry)
                        .map(|[s, p, o, g]| InternalQuad {
                            subject: TermId::new(s),
                            predicate: TermId::new(p),
                            object: TermId::new(o),
                            graph_name: Some(TermId::new(g)),
                        }),
                )
            }
        }
    }
}
