//! Things that may be one: candidates for the table of merges. A curator decides, never this.
//!
//! Labels are compared in one key for both scripts (`fold`): lower case, `ё` as `е`, Cyrillic
//! transliterated, quotation marks and dashes out of the way. Only things of one kind or class are
//! compared, and only those that share the beginning of a word, so that the work does not grow with
//! the square of their number.

mod fold;
mod things;

pub use fold::{key, similarity};

use crate::diagnostic::Code;
use crate::store::{Build, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use things::{ComparedThing, ComparedThings};

/// Similarity from which two things are worth a look.
pub const THRESHOLD: f64 = 0.85;

/// How much less alike labels are whose numbers differ: "document 1" and "document 2".
const OTHER_NUMBERS: f64 = 0.25;

/// How much more alike two things are that agree in what their rows count or date (a year of birth), and how much
/// less where they differ in it.
const OTHER_COLUMNS: f64 = 0.1;

/// The most things with one beginning of a word that are compared with each other.
const BLOCK: usize = 400;

/// What a curator has decided about two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// They are one, and one IRI points on to the other.
    Same,
    /// They are two.
    Different,
    /// It was looked at and left open.
    Unsure,
}

/// Two things that may be one, with what speaks for it and against it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PossibleDuplicate {
    /// Short names of the two things.
    pub names: [String; 2],
    /// A label of each, the ones that are most alike.
    pub labels: [String; 2],
    /// How alike these labels are, from 0 to 1, and what else is counted or dated of the two.
    pub similarity: f64,
    /// What they have in common.
    pub r#for: Vec<String>,
    /// In what they differ.
    pub against: Vec<String>,
    /// What was decided about them.
    pub decision: Option<Decision>,
}

impl PossibleDuplicate {
    /// How much more speaks for the two than against them.
    fn weight(&self) -> isize {
        let count = |reasons: &[String]| isize::try_from(reasons.len()).unwrap_or(isize::MAX);
        count(&self.r#for).saturating_sub(count(&self.against))
    }
}

/// Candidates in a published build, the most alike first.
///
/// Pairs that were decided (`same`, `different`) are left out unless `all` is set.
///
/// # Errors
/// The store cannot be read.
pub fn duplicates(
    build: &Build,
    threshold: f64,
    all: bool,
) -> Result<Vec<PossibleDuplicate>, StoreError> {
    let things = ComparedThings::read(build).map_err(|error| {
        StoreError::new(
            Code::TornBuild,
            build.folder(),
            format!("the index cannot be read: {error}"),
        )
    })?;
    let mut candidates = Vec::new();
    for (a, b) in pairs(&things.things) {
        let decision = things
            .decisions
            .get(&(a.iri.clone(), b.iri.clone()))
            .copied();
        if !all && matches!(decision, Some(Decision::Same | Decision::Different)) {
            continue;
        }
        if let Some(candidate) = compare(a, b, threshold, decision) {
            candidates.push(candidate);
        }
    }
    candidates.sort_by(|a, b| {
        let by_similarity = b.similarity.total_cmp(&a.similarity);
        let by_reasons = || b.weight().cmp(&a.weight());
        by_similarity
            .then_with(by_reasons)
            .then_with(|| a.names.cmp(&b.names))
    });
    Ok(candidates)
}

/// Things of compatible classes that share the beginning of a word, each pair once.
fn pairs(things: &[ComparedThing]) -> impl Iterator<Item = (&ComparedThing, &ComparedThing)> {
    let mut blocks: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (index, thing) in things.iter().enumerate() {
        for label in &thing.labels {
            for word in label.key.split(' ').filter(|word| word.len() > 2) {
                let start: String = word.chars().take(4).collect();
                blocks.entry(start).or_default().insert(index);
            }
        }
    }
    let mut pairs = BTreeSet::new();
    for members in blocks
        .into_values()
        .filter(|members| members.len() <= BLOCK)
    {
        for &one in &members {
            for &other in members.range(one + 1..) {
                pairs.insert((one, other));
            }
        }
    }
    pairs
        .into_iter()
        .filter_map(|(one, other)| Some((things.get(one)?, things.get(other)?)))
        .filter(|(a, b)| {
            a.kind == b.kind || a.classes.iter().any(|class| b.classes.contains(class))
        })
}

fn compare(
    a: &ComparedThing,
    b: &ComparedThing,
    threshold: f64,
    decision: Option<Decision>,
) -> Option<PossibleDuplicate> {
    let mut best: Option<(f64, &str, &str)> = None;
    let mut reasons = Vec::new();
    let mut against = Vec::new();
    for one in &a.labels {
        for other in &b.labels {
            let mut alike = similarity(&one.key, &other.key);
            if fold::numbers(&one.key) != fold::numbers(&other.key) {
                alike -= OTHER_NUMBERS;
            }
            if best.is_none_or(|(most, ..)| alike > most) {
                best = Some((alike, &one.text, &other.text));
            }
            if one.key == other.key {
                reasons.push(match one.text == other.text {
                    true => format!("both are called “{}”", one.text),
                    false => format!("“{}” and “{}” read the same", one.text, other.text),
                });
            }
        }
    }
    let (of_labels, one, other) = best?;
    let measured = a.measured.iter().filter_map(|(property, values)| {
        let others = b.measured.get(property)?;
        Some(!values.is_disjoint(others))
    });
    let alike = match measured.reduce(|all, agrees| all && agrees) {
        Some(true) => (of_labels + OTHER_COLUMNS).min(1.0),
        Some(false) => (of_labels - OTHER_COLUMNS).max(0.0),
        None => of_labels,
    };
    if alike < threshold {
        return None;
    }
    if reasons.is_empty() {
        reasons.push(format!(
            "“{one}” and “{other}” are {:.0} % alike",
            of_labels * 100.0
        ));
    }
    if fold::numbers(&fold::key(one)) != fold::numbers(&fold::key(other)) {
        against.push("the numbers in their names differ".to_owned());
    }
    if a.classes != b.classes {
        against.push(format!(
            "they are of different classes: {} and {}",
            a.classes_text(),
            b.classes_text()
        ));
    }
    let both = |thing: &ComparedThing| -> BTreeMap<String, BTreeSet<String>> {
        let all = thing.values.iter().chain(&thing.measured);
        all.map(|(property, values)| (property.clone(), values.clone()))
            .collect()
    };
    let (of_a, of_b) = (both(a), both(b));
    for (property, values) in &of_a {
        let Some(others) = of_b.get(property) else {
            continue;
        };
        let common: Vec<&str> = values.intersection(others).map(String::as_str).collect();
        if common.is_empty() {
            let list = |values: &BTreeSet<String>| -> String {
                values
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            against.push(format!(
                "{property} differs: {} and {}",
                list(values),
                list(others)
            ));
        } else {
            reasons.push(format!("{property} is the same: {}", common.join(", ")));
        }
    }
    if a.links_to(b) || b.links_to(a) {
        against.push("one points to the other".to_owned());
    }
    reasons.sort();
    reasons.dedup();
    Some(PossibleDuplicate {
        names: [a.name.clone(), b.name.clone()],
        labels: [one.to_owned(), other.to_owned()],
        similarity: alike,
        r#for: reasons,
        against,
        decision,
    })
}
