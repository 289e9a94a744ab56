//! Two tables as one source.

use super::{DuplicatePolicy, Expansion, GraphMap, TableId, TermMap, Test};
use crate::diagnostic::Place;
use serde::{Deserialize, Serialize};

/// Pairs of a row of one table, the child, and a row of another, the parent, for which all conditions hold.
///
/// A table can be joined with itself. Without a condition nothing needs a join: such a map is one of the child's
/// own, because both rows are the same.
///
/// Nothing evaluates joins yet: [`convert::run`](crate::convert::run) refuses a plan that has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The table whose rows the triples are about.
    pub child: TableId,
    /// The table whose rows are looked up.
    pub parent: TableId,
    /// All must hold.
    pub on: Vec<JoinCondition>,
    /// What each pair yields.
    pub maps: Vec<JoinMap>,
}

/// Holds where a text made of the child's row equals one made of the parent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinCondition {
    /// A template of the child's table; nothing is equal to a null.
    pub child: Expansion,
    /// A template of the parent's table.
    pub parent: Expansion,
}

/// Makes a triple of each pair of rows, and of equal ones one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinMap {
    /// The subject, made of the child's row.
    pub subject: TermMap,
    /// The predicate, made of the child's row.
    pub predicate: TermMap,
    /// The object, made of the parent's row.
    pub object: TermMap,
    /// The graphs, made of the child's row. Where there are none, the default graph.
    pub graphs: Vec<GraphMap>,
    /// Conditions on the child's row.
    pub condition: Vec<Test>,
    /// What to do about triples that the child's row has already.
    pub duplicates: DuplicatePolicy,
    /// Where the mapping says so.
    #[serde(skip)]
    pub place: Place,
}
