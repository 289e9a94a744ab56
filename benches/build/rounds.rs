//! What the cases cost, round by round.

use crate::process::Cost;
use std::collections::HashMap;

/// Wall and CPU seconds of every round, by case.
#[derive(Default)]
pub struct Rounds(HashMap<&'static str, Vec<[f64; 2]>>);

impl Rounds {
    /// Prints and keeps what a case cost.
    pub fn add(&mut self, case: &'static str, cost: &Cost) {
        let cpu = cost.user + cost.system;
        println!(
            "{case:<20} {:>8.2} {cpu:>12.2} {:>9.0}",
            cost.wall,
            cost.peak_kb as f64 / 1024.0,
        );
        self.0.entry(case).or_default().push([cost.wall, cpu]);
    }

    /// Prints the cost of one case as a part of another's, medians of the rounds.
    pub fn compare(&self, case: &str, whole: &str) {
        let (Some(of_case), Some(of_whole)) = (self.medians(case), self.medians(whole)) else {
            return;
        };
        println!(
            "{case} is {:.3} of {whole} in wall time, {:.3} in CPU time",
            of_case[0] / of_whole[0],
            of_case[1] / of_whole[1],
        );
    }

    fn medians(&self, case: &str) -> Option<[f64; 2]> {
        let rounds = self.0.get(case)?;
        let mut medians = [0.0; 2];
        for (at, median) in medians.iter_mut().enumerate() {
            let mut values: Vec<f64> = rounds.iter().map(|round| round[at]).collect();
            values.sort_by(f64::total_cmp);
            *median = values[values.len() / 2];
        }
        Some(medians)
    }
}
