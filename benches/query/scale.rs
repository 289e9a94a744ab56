//! How many things of each kind there are.

use crate::random::Random;
use std::fmt;

/// With fewer quads, claims would be missing.
pub const LEAST_QUADS: u64 = 20_000;

/// Numbers of things in a graph of some size; claims fill what they leave.
pub struct Scale {
    pub municipalities: u64,
    pub cities: u64,
    pub organisations: u64,
    pub people: u64,
    pub events: u64,
    pub participations: u64,
    pub documents: u64,
    pub figures: u64,
}

impl Scale {
    /// The numbers for so many quads.
    pub fn of(quads: u64) -> Self {
        Self {
            municipalities: quads / 5_000,
            cities: quads / 1_000,
            organisations: quads / 400,
            people: quads / 30,
            events: quads / 60,
            participations: quads / 20,
            documents: quads / 100,
            figures: quads / 200,
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cities, {} organisations, {} people, {} events, {} participations, {} documents, {} figures",
            self.cities,
            self.organisations,
            self.people,
            self.events,
            self.participations,
            self.documents,
            self.figures
        )
    }
}

/// Choices.
impl Random {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number below `end`, small ones more often.
    pub fn skewed(&mut self, end: u64) -> u64 {
        let (one, other) = (self.below(end), self.below(end));
        one * other / end.max(1)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of the items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// A day of a year, as `xsd:date` writes it.
    pub fn date(&mut self, year: u64) -> String {
        let (month, day) = (1 + self.below(12), 1 + self.below(28));
        format!("{year}-{month:02}-{day:02}")
    }
}
