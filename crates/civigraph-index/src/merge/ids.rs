//! The ids of a source in the result of a merge.

use super::NONE;
use crate::index::Index;
use std::ops::Range;

/// The new ids of a source by its old ones.
pub(super) struct NewIds {
    ids: Vec<u32>,
    /// The same as how much ids grow, from some ids on; empty where that changes often. A short list is
    /// faster than a table that does not fit the processor's cache.
    growths: Vec<IdGrowth>,
    /// Old ids from the first to the last that is another one now. All others stay, or are gone.
    pub(super) changed: Range<u32>,
}

impl NewIds {
    pub(super) fn new(ids: Vec<u32>) -> Self {
        let differs = |old: &u32| {
            ids.get(*old as usize)
                .is_some_and(|new| new != old && *new != NONE)
        };
        // Ids fit 32 bits.
        let mut all = 0..u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let last = all.clone().rfind(differs);
        let changed = match (all.find(differs), last) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        };
        let growths = growths(&ids).unwrap_or_default();
        Self {
            ids,
            growths,
            changed,
        }
    }

    /// The new id of an old one; `NONE` where the result does not have it.
    #[inline]
    pub(super) fn get(&self, id: u32) -> u32 {
        if self.growths.is_empty() {
            return self.ids.get(id as usize).copied().unwrap_or(NONE);
        }
        let mut new = NONE;
        for growth in &self.growths {
            if id < growth.from {
                break;
            }
            new = growth.by.map_or(NONE, |by| id.wrapping_add(by));
        }
        new
    }

    /// Where the blocks of an order can be copied, which has subject, predicate, object and graph in these columns.
    pub(super) fn kept<const N: usize>(&self, index: &Index, columns: [usize; N]) -> KeptEntries {
        if self.changed.is_empty() {
            return KeptEntries::All;
        }
        match columns.iter().position(|column| *column == 2) {
            // Where objects come last nearly every block has some of these.
            Some(column)
                if column + 1 < N && self.changed.end <= index.dictionary.literals().end =>
            {
                KeptEntries::Without {
                    column,
                    ids: self.changed.clone(),
                }
            }
            _ => KeptEntries::Nothing,
        }
    }
}

/// How much ids grow from one on.
struct IdGrowth {
    from: u32,
    /// Negative growths wrap. The ids of terms that are gone have none.
    by: Option<u32>,
}

/// Growths of a list of new ids, at most.
const FEW_GROWTHS: usize = 8;

/// How much ids grow, where that does not change often. Ids beyond the list are none.
fn growths(ids: &[u32]) -> Option<Vec<IdGrowth>> {
    let mut growths: Vec<IdGrowth> = Vec::new();
    for (old, &new) in (0_u32..).zip(ids) {
        let by = (new != NONE).then(|| new.wrapping_sub(old));
        if growths.last().is_none_or(|last| last.by != by) {
            if growths.len() == FEW_GROWTHS {
                return None;
            }
            growths.push(IdGrowth { from: old, by });
        }
    }
    let end = u32::try_from(ids.len()).ok()?;
    growths.push(IdGrowth {
        from: end,
        by: None,
    });
    Some(growths)
}

/// Entries of an order whose ids stay.
pub(super) enum KeptEntries {
    Nothing,
    All,
    /// Those with none of these ids in a column.
    Without {
        column: usize,
        ids: Range<u32>,
    },
}

impl KeptEntries {
    /// The first entry that may have other ids, from an entry on; `None` where there is none.
    pub(super) fn up_to<const N: usize>(&self, from: [u32; N]) -> Option<[u32; N]> {
        let Self::Without { column, ids } = self else {
            return match self {
                Self::Nothing => Some(from),
                _ => None,
            };
        };
        let id = from.get(*column).copied()?;
        let mut bound = [0; N];
        let ahead = bound.iter_mut().zip(from).take(*column);
        for (bound, id) in ahead {
            *bound = id;
        }
        if id < ids.start {
            *bound.get_mut(*column)? = ids.start;
            Some(bound)
        } else if id < ids.end {
            Some(from)
        } else {
            // Behind all that start as this entry does.
            let last = bound.get_mut(column.checked_sub(1)?)?;
            *last = last.checked_add(1)?;
            Some(bound)
        }
    }
}
