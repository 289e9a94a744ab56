//! Things that go by another name: found by what is said of them.
//!
//! Names are part of what is said: whoever gives a city a new name changes every row that refers to it,
//! and may give those rows new names as well. So things are first compared with each other's names left
//! out; pairs are then kept only where the names agree, and help to tell apart what looks alike
//! otherwise.

use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// How often pairs that were found may help to find others. Each time costs a look at everything.
const ROUNDS: usize = 16;

/// What is said of a thing: a role (a column, a property) and a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum StatedValue {
    /// Another thing, or the thing itself, by its name.
    Thing(String),
    Text(String),
}

/// Everything that is said of a thing, sorted.
pub(super) type ThingStatements = Vec<(String, StatedValue)>;

/// Things by name that only one version has.
pub(super) type UnmatchedThings = BTreeMap<String, ThingStatements>;

/// New names with the old ones.
///
/// A pair says exactly the same, once old names are replaced by new ones. Where several look alike,
/// nobody knows which became which, and none of them is a pair. A thing of which nothing is said is
/// like any other.
pub(super) fn renames(gone: &UnmatchedThings, came: &UnmatchedThings) -> HashMap<String, String> {
    let mut search = RenameSearch {
        gone,
        came,
        to_new: HashMap::new(),
        to_old: HashMap::new(),
    };
    for _ in 0..ROUNDS {
        if !search.round() {
            break;
        }
    }
    let pairs = search.to_old.into_iter();
    pairs
        .map(|(new, old)| (new.to_owned(), old.to_owned()))
        .collect()
}

struct RenameSearch<'t> {
    gone: &'t UnmatchedThings,
    came: &'t UnmatchedThings,
    /// Old names with the new ones, as far as they are known.
    to_new: HashMap<&'t str, &'t str>,
    /// The same, from the new names to the old ones.
    to_old: HashMap<&'t str, &'t str>,
}

impl<'t> RenameSearch<'t> {
    /// Looks for pairs among the things that are none yet. Says whether there are more.
    fn round(&mut self) -> bool {
        let mut alike: HashMap<u128, [Vec<&'t str>; 2]> = HashMap::new();
        let sides = [(self.gone, &self.to_new), (self.came, &self.to_old)];
        for (side, (things, paired)) in sides.into_iter().enumerate() {
            for (name, said) in things {
                if !said.is_empty() && !paired.contains_key(name.as_str()) {
                    alike.entry(self.print(name, said)).or_default()[side].push(name);
                }
            }
        }
        let before = self.to_new.len();
        for [old, new] in alike.into_values() {
            if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
                self.to_new.insert(old, new);
                self.to_old.insert(new, old);
            }
        }
        // What a pair says of another one holds only as long as that one does.
        loop {
            let pairs = self.to_new.iter();
            let wrong: Vec<(&str, &str)> = pairs
                .map(|(old, new)| (*old, *new))
                .filter(|(old, new)| !self.agree(old, new))
                .collect();
            if wrong.is_empty() {
                return self.to_new.len() > before;
            }
            for (old, new) in wrong {
                self.to_new.remove(old);
                self.to_old.remove(new);
            }
        }
    }

    /// A fingerprint of what is said of a thing, without the names of which nobody knows yet what
    /// became of them.
    fn print(&self, name: &str, said: &ThingStatements) -> u128 {
        let mut values: Vec<(&str, u8, &str)> = said
            .iter()
            .map(|(role, value)| {
                let (kind, text) = match value {
                    StatedValue::Text(text) => (0, text.as_str()),
                    StatedValue::Thing(thing) if thing == name => (1, ""),
                    StatedValue::Thing(thing) => match self.to_new.get(thing.as_str()) {
                        Some(new) => (2, *new),
                        None if self.is_open(thing) => (3, ""),
                        None => (2, thing.as_str()),
                    },
                };
                (role.as_str(), kind, text)
            })
            .collect();
        values.sort_unstable();
        let mut hasher = SipHasher13::new();
        values.hash(&mut hasher);
        hasher.finish128().as_u128()
    }

    /// Whether only one version has a thing that is in no pair, by a name that is not an old one.
    fn is_open(&self, thing: &str) -> bool {
        self.gone.contains_key(thing)
            || (self.came.contains_key(thing) && !self.to_old.contains_key(thing))
    }

    /// Whether the same is said of both, once old names are replaced by new ones.
    fn agree(&self, old: &str, new: &str) -> bool {
        let (Some(before), Some(after)) = (self.gone.get(old), self.came.get(new)) else {
            return false;
        };
        let translated = before.iter().map(|(role, value)| match value {
            StatedValue::Text(text) => (role, 0, text.as_str()),
            StatedValue::Thing(thing) => {
                let now = self.to_new.get(thing.as_str()).copied();
                (role, 1, now.unwrap_or(thing))
            }
        });
        let as_it_is = after.iter().map(|(role, value)| match value {
            StatedValue::Text(text) => (role, 0, text.as_str()),
            StatedValue::Thing(thing) => (role, 1, thing.as_str()),
        });
        sorted(translated) == sorted(as_it_is)
    }
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Things written as `name: role=text role>thing`, one a line.
    fn things(text: &str) -> UnmatchedThings {
        let said = |word: &str| match word.split_once('=') {
            Some((role, text)) => (role.to_owned(), StatedValue::Text(text.to_owned())),
            None => {
                let (role, thing) = word.split_once('>').unwrap();
                (role.to_owned(), StatedValue::Thing(thing.to_owned()))
            }
        };
        text.lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, values)| {
                let values = values.split_whitespace().map(said).collect();
                (name.trim().to_owned(), values)
            })
            .collect()
    }

    #[track_caller]
    fn check(gone: &str, came: &str, expected: &[(&str, &str)]) {
        let found = renames(&things(gone), &things(came));
        let mut found: Vec<(&str, &str)> = found
            .iter()
            .map(|(new, old)| (old.as_str(), new.as_str()))
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_same_is_said_of_one_alone() {
        check("a: note=x", "b: note=x", &[("a", "b")]);
        check("a: note=x", "b: note=y", &[]);
        check(
            "a: note=x",
            "b: note=x
c: note=x",
            &[],
        );
        check(
            "a: note=x
b: note=x",
            "c: note=x",
            &[],
        );
        check("a:", "b:", &[]);
    }

    #[test]
    fn references_to_what_has_a_new_name_as_well() {
        let pairs = [("a", "b"), ("v", "w")];
        check(
            "a: note=x
v: in>a n=1",
            "b: note=x
w: in>b n=1",
            &pairs,
        );
        check(
            "a: v>v
v: in>a n=1",
            "b: v>w
w: in>b n=1",
            &pairs,
        );
        check("a: same>a", "b: same>b", &[("a", "b")]);
        // To another thing, or to one that is something else now.
        check("v: in>a", "w: in>b", &[]);
        check(
            "a: n=1
v: in>a m=1",
            "b: n=2
w: in>b m=1",
            &[],
        );
        check(
            "a: n=1
v: in>a",
            "b: n=1
w: in>c",
            &[("a", "b")],
        );
    }

    #[test]
    fn what_is_known_tells_apart_what_looks_alike() {
        check(
            "a: n=1
b: n=2
v: in>a
w: in>b",
            "A: n=1
B: n=2
V: in>A
W: in>B",
            &[("a", "A"), ("b", "B"), ("v", "V"), ("w", "W")],
        );
        // A chain that is followed from its end.
        check(
            "a: n=1
b: next>a
c: next>b
d: next>c",
            "A: n=1
B: next>A
C: next>B
D: next>C",
            &[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")],
        );
        // Names that change places are no new things.
        check(
            "a: n=1
b: to>a
c: to>b",
            "a2: n=1
b2: to>a2
c2: to>a2",
            &[("a", "a2")],
        );
    }
}
