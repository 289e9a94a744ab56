//! The plan of a conversion: what to make of each row, compiled once, nothing left to look up.
//!
//! A plan is a value. It can be written down (serde), sent to another machine together with a
//! [`Split`](crate::csv::Split) of a table, and carried out there. It knows nothing of the mapping language that it
//! was compiled from: CSVW's metadata is one ([`csvw::compile`](crate::csvw::compile)).
//!
//! ```text
//! Plan ─► TablePlan   a source: where the file is, how it is written
//!   │        ├─► ColumnPlan   how its cells become values
//!   │        ├─► Template     texts and IRIs made of values
//!   │        └─► TripleMap    what each row yields:
//!   │               ├─► condition: Test …
//!   │               ├─► subject, predicate, object: TermMap
//!   │               │      a constant │ Expansion of a Template (IRI, blank node) │ a fresh node │ LiteralMap
//!   │               └─► graphs: GraphMap …
//!   └─► Join          two tables as one source
//! ```
//!
//! # What a new mapping language compiles to
//!
//! A front end makes a [`TablePlan`] of each of its sources, with all columns that its maps read, and a [`TripleMap`] of
//! each combination of subject, predicate and object. [RML](https://w3id.org/rml/core/spec) is the example, in the
//! cases that its test suite tells apart for CSV:
//!
//! | RML | here |
//! |---|---|
//! | `rml:template` of a subject, predicate, graph or object | [`TermMap::Iri`] of a [`Template`] with [`Escaping::Iri`] and [`TemplateForm::Appended`]; [`NullPolicy::Skip`] (0001a, 0002a, 0005a, 0010a–b) |
//! | braces and backslashes in templates | read by the front end: parts hold text alone (0010c, 0024b–f) |
//! | `rml:termType rml:BlankNode` with a template or reference | [`TermMap::BlankNode`]: equal labels are one node, also of two tables (0001b, 0002b, 0012a–b) |
//! | `rml:termType rml:BlankNode` alone | [`TermMap::Fresh`], with the number of the map as its text |
//! | `rml:constant`, `rml:predicate`, `rml:object`, `rml:class` | [`TermMap::Constant`]; each class is a triple map with `rdf:type` (0004a, 0006a, 0007a–d) |
//! | `rml:reference` as a literal | [`LiteralText::Column`] (0000, 0001a) |
//! | `rml:reference` as an IRI | [`TermMap::Iri`] of a template that is one variable, with [`Escaping::None`] and [`TemplateForm::Appended`]; what is not an IRI then is reported (0019a–b, 0020a) |
//! | a template as a literal | [`LiteralText::Template`] of a template with [`Escaping::None`] and [`TemplateForm::Text`] (0003c, 0010c) |
//! | `rml:language`, `rml:languageMap` | [`LanguageMap`]; a constant that is not a tag is refused by the front end (0015a–b) |
//! | `rml:datatype`, `rml:datatypeMap` | [`DatatypeMap`] (0022a–c) |
//! | no datatype and no language | [`DatatypeMap::Column`], with columns of strings: the natural mapping of CSV |
//! | several predicates or objects | a triple map for each pair (0007c–d, 0008c) |
//! | `rml:graph`, `rml:graphMap` of subject and predicate-object maps | the union as [`GraphMap::Named`], `rml:defaultGraph` as [`GraphMap::Default`] (0006a, 0007b, 0007e–g, 0008a, 0009b) |
//! | `rml:parentTriplesMap` without a condition | the parent's subject as the object of the child's own map (0008b) |
//! | `rml:joinCondition`, any number, also of a table with itself | a [`Join`]: child and parent maps as expansions of templates (0009a–b, 0011b, 0021a) |
//! | a mapping that is not legal, an unknown column | refused by the front end; no plan (0002c, 0002e, 0004b, 0007h, 0012c–d, 0024a) |
//! | rows that make the same triple | [`DuplicatePolicy`], for what a row repeats; graphs are sets for the rest |

mod column;
mod id;
mod join;
mod template;
mod term;
mod triple;

pub use column::{ColumnPlan, PreparedParser};
pub use id::{ColumnId, TableId, TemplateId};
pub use join::{Join, JoinCondition, JoinMap};
pub use template::{
    Escaping, ExpansionOutcome, Expression, Template, TemplateForm, TemplatePart, TemplateValues,
    TemplateVariable, ValueSource,
};
pub use term::{DatatypeMap, Expansion, LanguageMap, LiteralMap, LiteralText, NullPolicy, TermMap};
pub use triple::{DuplicatePolicy, GraphMap, ObjectMap, Test, TripleMap, TripleTopic};

use crate::csv::Dialect;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad};
use serde::{Deserialize, Serialize};

/// A compiled conversion.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Quads that depend on no row, ahead of all others: what is said of a group of tables.
    pub head: Vec<Quad>,
    /// The tables.
    pub tables: Vec<TablePlan>,
    /// Tables that are joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<Join>,
}

impl Plan {
    /// A table.
    pub fn table(&self, id: TableId) -> Option<&TablePlan> {
        self.tables.get(id.index())
    }

    /// Whether any row yields something else where it has another number, were it only the label of a blank node. Where
    /// none does, places of rows matter to messages alone.
    ///
    /// ```
    /// # use civigraph_csvw::csvw::{self, CompileOptions, ConversionMode, LoadOptions};
    /// # use civigraph_csvw::diagnostic::{self, Diagnostics};
    /// # use civigraph_csvw::resource::LocalFiles;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("t.csv"), "a\n1\n")?;
    /// # let files = LocalFiles::new(folder.path());
    /// # let mut diagnostics = Diagnostics::new(diagnostic::ReadingMode::Convert);
    /// # let url = files.url_of(&folder.path().join("t.csv"));
    /// # let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).ok_or("no table")?;
    /// let options = CompileOptions { mode: ConversionMode::Minimal, ..CompileOptions::default() };
    /// let plan = csvw::compile(&group, &options, &mut diagnostics);
    /// // Rows without `aboutUrl` are blank nodes, whose labels count the rows.
    /// assert!(plan.depends_on_row_numbers());
    /// # Ok(())
    /// # }
    /// ```
    pub fn depends_on_row_numbers(&self) -> bool {
        let mut tables = self.tables.iter();
        let is_fresh = |term: &TermMap| matches!(term, TermMap::Fresh(_));
        let mut joined = self.joins.iter().flat_map(|join| &join.maps);
        tables.any(|table| table.counts_rows() || table.labels_rows())
            || joined.any(|map| {
                let graphs = map.graphs.iter().filter_map(GraphMap::term);
                [&map.subject, &map.predicate, &map.object]
                    .into_iter()
                    .chain(graphs)
                    .any(is_fresh)
            })
    }

    /// The tables with their ids.
    pub fn tables(&self) -> impl Iterator<Item = (TableId, &TablePlan)> {
        let tables = self.tables.iter().enumerate();
        tables.map(|(index, table)| (TableId::new(index), table))
    }
}

/// What to make of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TablePlan {
    /// Absolute URL of the CSV.
    pub url: String,
    /// What relative IRIs are resolved against; `None` for the URL of the CSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Its rows are checked but yield nothing.
    pub suppress_output: bool,
    /// How the CSV is written.
    pub dialect: Dialect,
    /// How cells become values: columns of the file in file order, then virtual ones.
    pub columns: Vec<ColumnPlan>,
    /// Every template that the triple maps use, each once.
    pub templates: Vec<Template>,
    /// What each row yields, in order.
    pub maps: Vec<TripleMap>,
    /// What comments among the rows yield; `None` for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<CommentMap>,
    /// Quads that depend on no row, ahead of those of the rows: what is said of the table.
    pub head: Vec<Quad>,
    /// The columns of the primary key.
    pub primary_key: Vec<ColumnId>,
    /// Nothing could be made of the file, which is reported: its rows are not read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

/// Makes a triple of each comment among the rows (Tabular Data Model §8): its text is the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentMap {
    /// What comments are about.
    pub subject: NamedOrBlankNode,
    /// How they are.
    pub predicate: NamedNode,
}

impl TablePlan {
    /// A column.
    pub fn column(&self, id: ColumnId) -> Option<&ColumnPlan> {
        self.columns.get(id.index())
    }

    /// The columns with their ids.
    pub fn columns(&self) -> impl Iterator<Item = (ColumnId, &ColumnPlan)> {
        let columns = self.columns.iter().enumerate();
        columns.map(|(index, column)| (ColumnId::new(index), column))
    }

    /// A template.
    pub fn template(&self, id: TemplateId) -> Option<&Template> {
        self.templates.get(id.index())
    }

    /// The template that makes a term, where one does.
    pub fn template_of(&self, term: &TermMap) -> Option<&Template> {
        self.template(term.template()?)
    }

    /// The slots of the template that makes a term.
    pub fn slots(&self, term: &TermMap) -> impl Iterator<Item = &ValueSource> {
        self.template_of(term).into_iter().flat_map(Template::slots)
    }

    /// The triple maps whose triples a cell of this column makes.
    pub fn maps_of(&self, column: ColumnId) -> impl Iterator<Item = &TripleMap> {
        let maps = self.maps.iter();
        maps.filter(move |map| map.column() == Some(column))
    }

    /// What relative IRIs are resolved against.
    pub fn base(&self) -> &str {
        self.base.as_deref().unwrap_or(&self.url)
    }

    /// How many of the columns are in the file; the first ones.
    pub fn file_columns(&self) -> usize {
        self.columns
            .iter()
            .take_while(|column| !column.virtual_column)
            .count()
    }

    /// Whether what a row yields depends on its number, labels of blank nodes aside.
    pub fn counts_rows(&self) -> bool {
        let numbered =
            |slot: &ValueSource| matches!(slot, ValueSource::Row | ValueSource::SourceRow);
        let mut slots = self.templates.iter().flat_map(Template::slots);
        slots.any(numbered)
    }

    /// Whether the labels of blank nodes depend on the number of the row: those of new nodes, and of lists.
    pub fn labels_rows(&self) -> bool {
        self.maps.iter().any(|map| {
            let is_fresh = |term: &TermMap| matches!(term, TermMap::Fresh(_));
            map.object.is_list() || map.terms().any(is_fresh)
        })
    }
}
