//! A plan that people can read.
use crate::aggregates::readable;
use civigraph_index::readable_ranges;
use serde_json::Value;
use spareval::QueryExplanation;
use std::collections::HashMap;
use std::fmt::{self, Write};

/// What was rewritten in a query and why, and how many rows were expected where.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// The rewritings that were applied, in order.
    pub rewritings: Vec<AppliedRewriting>,
    /// The groups of joined patterns, in the order in which they are evaluated.
    pub groups: Vec<JoinGroup>,
}

/// A rewriting that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRewriting {
    /// Its name, as in [`Options`](crate::Options).
    pub name: &'static str,
    /// What was done and why.
    pub reason: String,
}

/// Patterns that are joined with each other.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinGroup {
    /// The patterns in the chosen order.
    pub steps: Vec<JoinStep>,
}

/// One pattern of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinStep {
    /// The pattern.
    pub pattern: String,
    /// How it is joined with the steps before.
    pub method: JoinMethod,
    /// How many rows of it are expected on its own.
    pub matches: f64,
    /// How many rows are expected after this step.
    pub rows: f64,
}

/// How a pattern is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinMethod {
    /// It is the first.
    Start,
    /// It is looked up for each row.
    LookUp,
    /// Its rows are put in a hash table.
    Hash,
    /// spareval chooses.
    Join,
}

impl fmt::Display for JoinMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "scan",
            Self::LookUp => "look up",
            Self::Hash => "hash join",
            Self::Join => "join",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rewritings.is_empty() {
            writeln!(f, "rewritings")?;
            for AppliedRewriting { name, reason } in &self.rewritings {
                writeln!(f, "  {name}: {reason}")?;
            }
        }
        for (number, group) in self.groups.iter().enumerate() {
            writeln!(f, "join group {}", number + 1)?;
            for step in &group.steps {
                writeln!(
                    f,
                    "  {:<9} {}  ({} of the pattern, {} rows after)",
                    step.method.to_string(),
                    step.pattern,
                    rounded(step.matches),
                    rounded(step.rows)
                )?;
            }
        }
        Ok(())
    }
}

fn rounded(rows: f64) -> String {
    if rows > 0.0 && rows < 1.0 {
        format!("{rows:.2}")
    } else {
        format!("{rows:.0}")
    }
}

/// What spareval did: its plan with the rows and times of each node.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanNode {
    /// What the node does, as spareval names it.
    pub label: String,
    /// How many rows the planner expected.
    pub estimated_rows: Option<f64>,
    /// How many rows it gave; those that were read so far.
    pub rows: Option<u64>,
    /// How long it took with the nodes below it, in seconds.
    pub seconds: Option<f64>,
    /// The nodes below.
    pub children: Vec<PlanNode>,
}

impl PlanNode {
    /// Reads the explanation of spareval, which is to be asked for it after the results were read.
    #[must_use]
    pub fn read(explanation: &QueryExplanation, plan: &Explanation) -> Option<Self> {
        let mut json = Vec::new();
        explanation.write_in_json(&mut json).ok()?;
        let json: Value = serde_json::from_slice(&json).ok()?;
        let estimates = plan
            .groups
            .iter()
            .flat_map(|group| &group.steps)
            .map(|step| (step.pattern.as_str(), step.rows))
            .collect::<HashMap<_, _>>();
        Some(Self::of(json.get("plan")?, &estimates))
    }

    fn of(json: &Value, estimates: &HashMap<&str, f64>) -> Self {
        let label = json.get("name").and_then(Value::as_str).unwrap_or_default();
        let label = readable(&readable_ranges(label));
        let pattern = label.split_once('(').and_then(|(name, rest)| {
            ["QuadPattern", "Path"]
                .contains(&name)
                .then(|| rest.strip_suffix(')'))
                .flatten()
        });
        let number = |value: &Value| value.as_f64().or_else(|| value.to_string().parse().ok());
        Self {
            estimated_rows: pattern.and_then(|pattern| estimates.get(pattern)).copied(),
            rows: json.get("number of results").and_then(Value::as_u64),
            seconds: json.get("duration in seconds").and_then(number),
            children: json
                .get("children")
                .and_then(Value::as_array)
                .map(|children| {
                    children
                        .iter()
                        .map(|child| Self::of(child, estimates))
                        .collect()
                })
                .unwrap_or_default(),
            label,
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let mut measured = String::new();
        if let Some(rows) = self.rows {
            write!(measured, "{rows} rows")?;
        }
        if let Some(rows) = self.estimated_rows {
            write!(
                measured,
                "{}{} estimated",
                if measured.is_empty() { "" } else { ", " },
                rounded(rows)
            )?;
        }
        if let Some(seconds) = self.seconds {
            write!(measured, ", {:.1} ms", seconds * 1000.0)?;
        }
        writeln!(
            f,
            "{}{}{}",
            "  ".repeat(depth),
            self.label,
            match measured.as_str() {
                "" => String::new(),
                measured => format!("  ({measured})"),
            }
        )?;
        self.children
            .iter()
            .try_for_each(|child| child.write(f, depth + 1))
    }
}

impl fmt::Display for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
