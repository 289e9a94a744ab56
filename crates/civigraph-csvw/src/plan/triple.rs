//! What each row yields.

use super::{ColumnId, LanguageMap, LiteralMap, TermMap};
use crate::diagnostic::Place;
use serde::{Deserialize, Serialize};

/// Makes triples of each row of a source: one for each object, in each graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TripleMap {
    /// What the triples are about: a cell, or the row.
    pub about: TripleTopic,
    /// The subject: an IRI or a blank node.
    pub subject: TermMap,
    /// The predicate: an IRI.
    pub predicate: TermMap,
    /// The objects.
    pub object: ObjectMap,
    /// The graphs, each with the triples. Where there are none, the default graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub graphs: Vec<GraphMap>,
    /// Conditions that must all hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub condition: Vec<Test>,
    /// What to do about triples that the row has already.
    #[serde(default, skip_serializing_if = "DuplicatePolicy::is_keep")]
    pub duplicates: DuplicatePolicy,
    /// Where the mapping says so. It is for messages alone and not written down: a plan is the same wherever its
    /// mapping lies.
    #[serde(skip)]
    pub place: Place,
}

impl TripleMap {
    /// The column whose cell makes the triples.
    pub fn column(&self) -> Option<ColumnId> {
        match self.about {
            TripleTopic::Cell(column) => Some(column),
            TripleTopic::Row { .. } => None,
        }
    }

    /// The conditions besides the one that the map's own cell has a value.
    pub fn stated(&self) -> impl Iterator<Item = &Test> {
        let own = self.column();
        self.condition.iter().filter(move |test| match test {
            Test::NotNull(column) | Test::Present(column) => Some(*column) != own,
            Test::Equals(..) | Test::Differs(..) => true,
        })
    }

    /// All maps of terms.
    pub fn terms(&self) -> impl Iterator<Item = &TermMap> {
        let graphs = self.graphs.iter().filter_map(GraphMap::term);
        [&self.subject, &self.predicate, self.object.term()]
            .into_iter()
            .chain(graphs)
    }
}

/// What the triples of a map are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TripleTopic {
    /// A cell, which is their [`Origin`](crate::convert::Origin).
    Cell(ColumnId),
    /// The row as a whole.
    Row {
        /// The cell at which an IRI that is not valid is reported; `None` for the start of the row.
        at: Option<ColumnId>,
    },
}

impl TripleTopic {
    /// The cell at which problems are reported.
    pub fn place(self) -> Option<ColumnId> {
        match self {
            Self::Cell(column) => Some(column),
            Self::Row { at } => at,
        }
    }
}

/// The objects of a triple map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectMap {
    /// The terms of a map, each the object of a triple.
    Terms(TermMap),
    /// The terms of a map as the items of one `rdf:List`.
    List(TermMap),
}

impl ObjectMap {
    /// The map of the terms.
    pub fn term(&self) -> &TermMap {
        match self {
            Self::Terms(term) | Self::List(term) => term,
        }
    }

    /// The literals, where they are some and make no list.
    pub fn literal(&self) -> Option<&LiteralMap> {
        match self {
            Self::Terms(TermMap::Literal(literal)) => Some(literal),
            _ => None,
        }
    }

    /// Whether the objects are IRIs that make no list.
    pub fn is_iri(&self) -> bool {
        match self {
            Self::Terms(TermMap::Iri(_)) => true,
            Self::Terms(term) => term.constant_iri().is_some(),
            Self::List(_) => false,
        }
    }

    /// The IRIs, where the objects are some and make no list.
    pub fn iri(&self) -> Option<&TermMap> {
        match self {
            Self::Terms(term) if self.is_iri() => Some(term),
            _ => None,
        }
    }

    /// Whether the objects are the items of a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::List(_))
    }

    /// The language of literals.
    pub fn language(&self) -> &LanguageMap {
        match self.term() {
            TermMap::Literal(literal) => &literal.language,
            _ => &LanguageMap::None,
        }
    }
}

/// A graph for triples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GraphMap {
    /// The default graph.
    Default,
    /// The graph that a term map names; no graph where it makes no term.
    Named(TermMap),
    /// The graph that a term map names; the default graph where it makes no term.
    NamedOrDefault(TermMap),
}

impl GraphMap {
    /// The map of the graph's name.
    pub fn term(&self) -> Option<&TermMap> {
        match self {
            Self::Default => None,
            Self::Named(term) | Self::NamedOrDefault(term) => Some(term),
        }
    }
}

/// A condition on a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The cell is not null; a list without items is not.
    NotNull(ColumnId),
    /// The cell has a value; a list has an item.
    Present(ColumnId),
    /// The column's string value is this one.
    Equals(ColumnId, String),
    /// The column's string value is another one, or null.
    Differs(ColumnId, String),
}

/// What to do about triples that a row has made already. Graphs are sets: it says nothing else, only less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DuplicatePolicy {
    /// They are made again.
    #[default]
    Keep,
    /// What the items of one cell make several times is made once. Of long lists only the start is compared.
    OncePerCell,
    /// Maps with equal subjects, predicates and graphs make an object once in a row.
    OncePerRow,
}

impl DuplicatePolicy {
    /// Whether this is [`Keep`](Self::Keep).
    pub fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}
