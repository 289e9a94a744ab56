//! The plan of a conversion: what to make of each row, compiled once, nothing left to look up.
//!
//! A plan is a value. It can be written down (serde), sent to another machine together with a
//! [`Split`](crate::csv::Split) of a table, and carried out there. It knows nothing of the mapping
//! language that it was compiled from: columns say how cells become values, [`Template`]s how values
//! become IRIs, [`Rule`]s which quads come of them.
//!
//! Specification: *Generating RDF from Tabular Data on the Web*, W3C Recommendation of 2015-12-17.

mod annotation;
mod compile;
mod naming;
mod template;

pub use annotation::CSVW;
pub use compile::compile;
pub use compile::percent_decode;
pub use naming::naming_columns;
pub use template::prefix_length;
pub use template::{Expression, Part, Slot, Template, Variable};

use crate::csvw::model::{Condition, Dialect};
use crate::datatype::Datatype;
use oxrdf::{NamedOrBlankNode, Quad};
use serde::{Deserialize, Serialize};

/// How much csv2rdf says (§3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Rows, tables and the group are described as well.
    #[default]
    Standard,
    /// Only what the cells say.
    Minimal,
}

/// What the plan should make besides the triples of the cells.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Standard or minimal.
    pub mode: Mode,
    /// Describe the activity that made the output (csv2rdf §5); only in standard mode.
    pub provenance: bool,
    /// URLs of the metadata documents, for the provenance.
    pub metadata_urls: Vec<String>,
}

/// A compiled conversion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Standard or minimal.
    pub mode: Mode,
    /// Quads about the group of tables.
    pub head: Vec<Quad>,
    /// The tables, in the order of the group.
    pub tables: Vec<TablePlan>,
}

/// What to make of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TablePlan {
    /// Absolute URL of the CSV.
    pub url: String,
    /// Its rows are checked but yield nothing.
    pub suppress_output: bool,
    /// How the CSV is written.
    pub dialect: Dialect,
    /// How cells become values: columns of the file in file order, then virtual ones.
    pub columns: Vec<ColumnPlan>,
    /// Every template that the rules use, each once.
    pub templates: Vec<Template>,
    /// What each row yields, in order.
    pub rules: Vec<Rule>,
    /// How rows are described; `None` in minimal mode.
    pub rows: Option<RowPlan>,
    /// Quads about the table, ahead of those of its rows.
    pub head: Vec<Quad>,
    /// Indexes into `columns`.
    pub primary_key: Vec<usize>,
    /// Nothing could be made of the file, which is reported: its rows are not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

impl TablePlan {
    /// How many of the columns are in the file; the first ones.
    pub fn file_columns(&self) -> usize {
        self.columns
            .iter()
            .take_while(|column| !column.virtual_column)
            .count()
    }

    /// Whether what a row yields depends on its number.
    pub fn counts_rows(&self) -> bool {
        let numbered = |slot: &Slot| matches!(slot, Slot::Row | Slot::SourceRow);
        self.rows.is_some()
            || self.templates.iter().any(|template| {
                template.parts.iter().any(|part| match part {
                    Part::Text(_) => false,
                    Part::Expression(expression) => {
                        expression.variables.iter().any(|v| numbered(&v.slot))
                    }
                })
            })
    }
}

/// How the cells of a column become values (Tabular Data Model §6.4).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnPlan {
    /// The name of the column.
    pub name: String,
    /// Not in the file; its cells are empty.
    pub virtual_column: bool,
    /// The type of values.
    pub datatype: Datatype,
    /// What stands for an empty cell.
    pub default: String,
    /// Strings that stand for null.
    pub null: Vec<String>,
    /// A null cell is a problem.
    pub required: bool,
    /// Cells are lists, separated by this.
    pub separator: Option<String>,
    /// Its texts name things: ids, references, labels. What cannot be seen in them is worth a warning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub naming: bool,
    /// The file has another column here, which is reported: its cells are not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub misfit: bool,
}

impl ColumnPlan {
    /// Whether a text stands for null.
    #[inline]
    pub fn is_null(&self, text: &str) -> bool {
        self.null.iter().any(|null| null == text)
    }

    /// A text of a cell or an item, or what stands for it where it is empty.
    #[inline]
    pub fn or_default<'t>(&'t self, text: &'t str) -> &'t str {
        if text.is_empty() { &self.default } else { text }
    }

    /// What stands between the separators of a list cell, as its datatype takes it. Those that are null are
    /// among them, and are no items.
    #[inline]
    pub fn pieces<'t>(
        &'t self,
        text: &'t str,
        separator: &'t str,
    ) -> impl Iterator<Item = &'t str> {
        text.split(separator)
            .map(|piece| self.or_default(self.datatype.normalise_item(piece)))
    }
}

/// What a row yields for one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// The column whose cell it is.
    pub column: usize,
    /// The subject: a template, or the row's own blank node.
    pub subject: Option<usize>,
    /// The predicate: a template.
    pub predicate: usize,
    /// The object.
    pub object: Object,
    /// The named graph: a template; the default graph where it is `None` or a variable is null.
    pub graph: Option<usize>,
    /// Conditions that must all hold.
    pub when: Option<When>,
}

/// The object of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Object {
    /// The value of the cell as a literal, or of each item of its list.
    Literal(Language),
    /// The items of the list as an `rdf:List` of literals.
    List(Language),
    /// An IRI; nothing for a null cell of a column in the file.
    Iri(usize),
    /// An IRI for each item of the list.
    Each(usize),
    /// A literal made by a template of texts; nothing where a variable is null.
    Text(usize, Language),
}

impl Object {
    /// The language of literals.
    pub fn language(&self) -> &Language {
        match self {
            Self::Literal(language) | Self::List(language) | Self::Text(_, language) => language,
            Self::Iri(_) | Self::Each(_) => &Language::None,
        }
    }
}

/// The language of a column's strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// None: plain strings.
    None,
    /// A language tag.
    Tag(String),
    /// The value of another column of the row.
    Column(usize),
}

/// When a rule yields anything (own annotation `when`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// All must hold.
    pub tests: Vec<Test>,
    /// A null variable in subject or object is a condition that does not hold.
    pub no_null: bool,
}

/// One condition of a [`When`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// The column is not null.
    Present(usize),
    /// The column's string value is this one.
    Equals(usize, String),
    /// The column's string value is another one, or null.
    Differs(usize, String),
}

impl Test {
    /// The condition with its column looked up; `None` where there is no such column.
    fn new(condition: &Condition, find: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        Some(match condition {
            Condition::Present(name) => Self::Present(find(name)?),
            Condition::Equals(name, value) => Self::Equals(find(name)?, value.clone()),
            Condition::Differs(name, value) => Self::Differs(find(name)?, value.clone()),
        })
    }
}

/// How rows are described in standard mode (csv2rdf §4.2 step 4.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPlan {
    /// The node of the table.
    pub table: NamedOrBlankNode,
    /// Columns whose values are titles of the row, each with the language of its strings.
    pub titles: Vec<(usize, Language)>,
}
