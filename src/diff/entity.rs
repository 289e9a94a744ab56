//! Lines that differ, by entity.

use crate::diff::DiffError;
use crate::query::LABEL_PROPERTIES;
use crate::store::line::LineTerms;
use crate::store::{Side, compare_lines};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, BufRead};

use super::aligned::AlignedVersions;
use super::rename::{StatedValue, ThingStatements, UnmatchedThings, renames};

const REPLACED_BY: &str = "<http://purl.org/dc/terms/isReplacedBy>";

/// What happened to an entity or a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "what")]
pub enum EntityChange {
    /// Only the new version has it.
    New,
    /// Only the old version has it.
    Gone,
    /// Both have it.
    Changed,
    /// It is what the old version calls by another name, and nothing else about it differs but the names
    /// of other renamed ones.
    Renamed {
        /// The old name.
        from: String,
    },
    /// A curator has decided that it is another one.
    Merged {
        /// The one that stays.
        into: String,
    },
}

/// A subject with what differs about it. Terms are as in N-Quads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedEntity {
    /// The subject.
    pub subject: String,
    /// Its label, from the new version where it has one there.
    pub label: Option<String>,
    /// What happened to it.
    #[serde(flatten)]
    pub what: EntityChange,
    /// Properties whose values differ, in order; none for a renamed one.
    pub properties: Vec<PropertyChange>,
}

/// A property with values that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PropertyChange {
    /// The property.
    pub property: String,
    /// The graph; `None` for the default graph.
    pub graph: Option<String>,
    /// Values that only the old version has.
    pub old: Vec<String>,
    /// Values that only the new version has.
    pub new: Vec<String>,
}

/// The entities that differ, and counts of quads.
#[derive(Debug, Default)]
pub(super) struct Entities {
    pub(super) entities: Vec<ChangedEntity>,
    pub(super) added: u64,
    pub(super) removed: u64,
    /// Labels of everything that the entities mention.
    pub(super) labels: BTreeMap<String, String>,
}

/// Graph and property, as they are in lines.
type PropertyKey = (Option<String>, String);

#[derive(Default)]
struct ChangedValues {
    old: Vec<String>,
    new: Vec<String>,
}

/// Compares two versions.
pub(super) fn compare(versions: &AlignedVersions<'_>) -> Result<Entities, DiffError> {
    let mut subjects: BTreeMap<String, BTreeMap<PropertyKey, ChangedValues>> = BTreeMap::new();
    let mut found = Entities::default();
    let unread = |e| DiffError::io("quads".as_ref(), "compare the versions", e);
    compare_lines(
        versions.old_lines()?,
        versions.new_lines()?,
        |side, line| {
            let parts = LineTerms::of(line).ok_or_else(damaged)?;
            let key = (parts.graph.map(text), text(parts.predicate));
            let subject = subjects.entry(text(parts.subject)).or_default();
            let values = subject.entry(key).or_default();
            let object = text(parts.object);
            match side {
                Side::Old => {
                    found.removed += 1;
                    values.old.push(object);
                }
                Side::New => {
                    found.added += 1;
                    values.new.push(object);
                }
            }
            Ok::<(), io::Error>(())
        },
    )
    .map_err(unread)?;
    if subjects.is_empty() {
        return Ok(found);
    }
    // A second pass: what is still there on the other side, and how the things mentioned are called.
    let mut mentioned: BTreeSet<String> = subjects.keys().cloned().collect();
    for values in subjects.values().flat_map(BTreeMap::values) {
        let objects = values.old.iter().chain(&values.new);
        mentioned.extend(objects.filter(|object| object.starts_with('<')).cloned());
    }
    let before = SubjectFacts::read(versions.old_lines()?, &mentioned).map_err(unread)?;
    let after = SubjectFacts::read(versions.new_lines()?, &mentioned).map_err(unread)?;
    let mut from = renamed(&subjects, &before, &after);
    let old_names: BTreeSet<String> = from.values().cloned().collect();
    for (subject, properties) in subjects {
        let what = match (before.has(&subject), after.has(&subject)) {
            _ if old_names.contains(&subject) => continue,
            (false, true) => match from.remove(&subject) {
                Some(from) => EntityChange::Renamed { from },
                None => EntityChange::New,
            },
            (true, false) => EntityChange::Gone,
            _ => EntityChange::Changed,
        };
        let into = properties
            .iter()
            .filter(|((_, property), _)| property == REPLACED_BY)
            .find_map(|(_, values)| values.new.first());
        let what = match into {
            Some(into) => EntityChange::Merged { into: into.clone() },
            None => what,
        };
        let properties = match what {
            EntityChange::Renamed { .. } => Vec::new(),
            _ => properties.into_iter().map(property_change).collect(),
        };
        found.entities.push(ChangedEntity {
            label: after
                .labels
                .get(&subject)
                .or_else(|| before.labels.get(&subject))
                .map(|(_, label)| label.clone()),
            subject,
            what,
            properties,
        });
    }
    for (node, (_, label)) in after.labels.into_iter().chain(before.labels) {
        found.labels.entry(node).or_insert(label);
    }
    Ok(found)
}

fn property_change(((graph, property), values): (PropertyKey, ChangedValues)) -> PropertyChange {
    PropertyChange {
        property,
        graph,
        old: values.old,
        new: values.new,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a line is not valid N-Quads")
}

/// What a version says of the things that a difference mentions.
#[derive(Default)]
struct SubjectFacts {
    subjects: BTreeSet<String>,
    /// Labels with how good they are; less is better.
    labels: BTreeMap<String, (usize, String)>,
}

impl SubjectFacts {
    fn read(mut lines: impl BufRead, mentioned: &BTreeSet<String>) -> io::Result<Self> {
        let properties = LABEL_PROPERTIES.map(|property| property.to_string());
        let mut about = Self::default();
        let mut line = Vec::new();
        let mut last: (String, bool) = (String::new(), false);
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(about);
            }
            let parts = LineTerms::of(line.trim_ascii_end()).ok_or_else(damaged)?;
            if last.0.as_bytes() != parts.subject {
                last.0 = text(parts.subject);
                last.1 = mentioned.contains(&last.0);
            }
            if !last.1 {
                continue;
            }
            if !about.subjects.contains(&last.0) {
                about.subjects.insert(last.0.clone());
            }
            let property = properties
                .iter()
                .position(|label| label.as_bytes() == parts.predicate);
            if let Some(property) = property
                && let Ok(label) = text(parts.object).parse::<oxrdf::Literal>()
            {
                let language = match label.language() {
                    Some("en") => 0,
                    None => 1,
                    Some(_) => 2,
                };
                let rank = property * 3 + language;
                let better = about
                    .labels
                    .get(&last.0)
                    .is_none_or(|(best, _)| rank < *best);
                if better {
                    about
                        .labels
                        .insert(last.0.clone(), (rank, label.value().to_owned()));
                }
            }
        }
    }

    fn has(&self, subject: &str) -> bool {
        self.subjects.contains(subject)
    }
}

/// New names of subjects with the old ones.
fn renamed(
    subjects: &BTreeMap<String, BTreeMap<PropertyKey, ChangedValues>>,
    before: &SubjectFacts,
    after: &SubjectFacts,
) -> HashMap<String, String> {
    let (mut gone, mut came) = (UnmatchedThings::new(), UnmatchedThings::new());
    for (subject, properties) in subjects {
        let side = match (before.has(subject), after.has(subject)) {
            (true, false) => &mut gone,
            (false, true) => &mut came,
            _ => continue,
        };
        let mut said = ThingStatements::new();
        for ((graph, property), values) in properties {
            let role = format!("{} {property}", graph.as_deref().unwrap_or_default());
            for object in values.old.iter().chain(&values.new) {
                let value = match object.starts_with('"') {
                    true => StatedValue::Text(object.clone()),
                    false => StatedValue::Thing(object.clone()),
                };
                said.push((role.clone(), value));
            }
        }
        side.insert(subject.clone(), said);
    }
    renames(&gone, &came)
}
