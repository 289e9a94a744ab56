//! From the annotated table group to the plan.
//!
//! Specification: *Generating RDF from Tabular Data on the Web*, W3C Recommendation of 2015-12-17.

mod annotation;
mod naming;
mod table;

pub use annotation::NAMESPACE;
pub use naming::naming_columns;

use super::model::{Column, TableGroup};
use crate::datatype::Datatype;
use crate::diagnostic::Diagnostics;
use crate::plan::{ColumnPlan, Plan, PreparedParser};
use annotation::Annotator;
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, GraphName, NamedNode, NamedOrBlankNode};
use serde::{Deserialize, Serialize};
use table::TableCompiler;

/// How much csv2rdf says (§3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConversionMode {
    /// Rows, tables and the group are described as well.
    #[default]
    Standard,
    /// Only what the cells say.
    Minimal,
}

/// What the plan should make besides the triples of the cells.
#[derive(Debug, Clone, Default)]
pub struct CompileOptions {
    /// Standard or minimal.
    pub mode: ConversionMode,
    /// Describe the activity that made the output (csv2rdf §5); only in standard mode.
    pub provenance: bool,
    /// URLs of the metadata documents, for the provenance.
    pub metadata_urls: Vec<String>,
}

/// `http://www.w3.org/ns/prov#`.
const PROV: &str = "http://www.w3.org/ns/prov#";

/// What the provenance names as the program that made the output.
const AGENT: &str = "https://w3id.org/civigraph/civigraph";

/// Compiles a group of tables. Problems of datatypes are pushed as they are found.
pub fn compile(
    group: &TableGroup,
    options: &CompileOptions,
    diagnostics: &mut Diagnostics,
) -> Plan {
    let standard = options.mode == ConversionMode::Standard;
    let node = node(group.id.as_deref(), || "g".into());
    let mut head = Annotator::new("g", GraphName::DefaultGraph);
    let mut tables = Vec::with_capacity(group.tables.len());
    if standard {
        head.push(node.clone(), rdf::TYPE, csvw("TableGroup"));
        head.describe(&node, &group.annotations, &group.notes);
    }
    for (index, table) in group.tables.iter().enumerate() {
        let table_node = self::node(table.id.as_deref(), || format!("t{index}"));
        let mut about = Annotator::new(format!("t{index}"), GraphName::DefaultGraph);
        if standard && !table.suppress_output {
            head.push(node.clone(), csvw("table"), table_node.clone());
            about.push(table_node.clone(), rdf::TYPE, csvw("Table"));
            if let Ok(url) = NamedNode::new(table.url.as_str()) {
                about.push(table_node.clone(), csvw("url"), url);
            }
            about.describe(&table_node, &table.annotations, &table.notes);
        }
        let mut compiler = TableCompiler::new(table, diagnostics);
        let naming = naming_columns(group, index);
        for (column, naming) in compiler.columns.iter_mut().zip(naming) {
            column.naming = naming;
        }
        tables.push(compiler.finish(group, standard.then_some(table_node), about));
    }
    if standard && options.provenance {
        provenance(&mut head, &node, group, options);
    }
    Plan {
        head: head.finish(),
        tables,
        ..Plan::default()
    }
}

fn csvw(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{NAMESPACE}{name}"))
}

fn node(id: Option<&str>, label: impl FnOnce() -> String) -> NamedOrBlankNode {
    match id.and_then(|id| NamedNode::new(id).ok()) {
        Some(node) => node.into(),
        None => BlankNode::new_unchecked(label()).into(),
    }
}

/// Describes the conversion (csv2rdf §5). No times: the same input gives the same output.
fn provenance(
    head: &mut Annotator,
    group: &NamedOrBlankNode,
    tables: &TableGroup,
    options: &CompileOptions,
) {
    let prov = |name: &str| NamedNode::new_unchecked(format!("{PROV}{name}"));
    let activity = head.blank_node();
    head.push(group.clone(), prov("wasGeneratedBy"), activity.clone());
    head.push(activity.clone(), rdf::TYPE, prov("Activity"));
    head.push(
        activity.clone(),
        prov("wasAssociatedWith"),
        NamedNode::new_unchecked(AGENT),
    );
    let urls = |urls: Vec<&str>| -> Vec<NamedNode> {
        urls.into_iter()
            .filter_map(|url| NamedNode::new(url).ok())
            .collect()
    };
    let csv = urls(
        tables
            .tables
            .iter()
            .map(|table| table.url.as_str())
            .collect(),
    );
    let metadata = urls(options.metadata_urls.iter().map(String::as_str).collect());
    for (role, entities) in [
        ("csvEncodedTabularData", csv),
        ("tabularMetadata", metadata),
    ] {
        if entities.is_empty() {
            continue;
        }
        let usage = head.blank_node();
        head.push(activity.clone(), prov("qualifiedUsage"), usage.clone());
        head.push(usage.clone(), rdf::TYPE, prov("Usage"));
        for entity in entities {
            head.push(usage.clone(), prov("entity"), entity);
        }
        head.push(usage, prov("hadRole"), csvw(role));
    }
}

impl ColumnPlan {
    /// What is wrong with the datatype is pushed to `diagnostics`.
    pub fn compile(column: &Column, diagnostics: &mut Diagnostics) -> Self {
        Self {
            name: column.name.clone(),
            virtual_column: column.virtual_column,
            datatype: Datatype::compile(&column.datatype, diagnostics),
            default: column.default.clone(),
            null: column.null.clone(),
            required: column.required,
            separator: column
                .separator
                .clone()
                .filter(|separator| !separator.is_empty()),
            naming: false,
            misfit: column.misfit,
            prepared: PreparedParser::default(),
        }
    }
}
