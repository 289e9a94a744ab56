//! From the annotated table group to the plan.

use super::annotation::{Annotator, CSVW};
use super::naming::naming_columns;
use super::{
    ColumnPlan, Language, Mode, Object, Plan, PlanOptions, RowPlan, Rule, Slot, TablePlan,
    Template, Test, When,
};
use crate::csvw::model::{Column, Table, TableGroup};
use crate::datatype::{Datatype, canonical_language_tag};
use crate::diagnostic::Diagnostics;
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, GraphName, NamedNode, NamedOrBlankNode};
use std::collections::HashMap;

/// `http://www.w3.org/ns/prov#`.
const PROV: &str = "http://www.w3.org/ns/prov#";

/// What the provenance names as the program that made the output.
const AGENT: &str = "https://w3id.org/civigraph/civigraph";

/// Compiles a group of tables. Problems of datatypes are pushed as they are found.
pub fn compile(group: &TableGroup, options: &PlanOptions, diagnostics: &mut Diagnostics) -> Plan {
    let standard = options.mode == Mode::Standard;
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
        mode: options.mode,
        head: head.finish(),
        tables,
    }
}

fn csvw(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{CSVW}{name}"))
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
    options: &PlanOptions,
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
        }
    }
}

struct TableCompiler<'a> {
    table: &'a Table,
    columns: Vec<ColumnPlan>,
    /// The first column of each name.
    names: HashMap<&'a str, usize>,
    templates: Vec<Template>,
    /// Where each stands in `templates`.
    known: HashMap<Template, usize>,
}

impl<'a> TableCompiler<'a> {
    fn new(table: &'a Table, diagnostics: &mut Diagnostics) -> Self {
        let columns = table
            .columns
            .iter()
            .map(|column| ColumnPlan::compile(column, diagnostics))
            .collect();
        let mut names = HashMap::with_capacity(table.columns.len());
        for (index, column) in table.columns.iter().enumerate() {
            names.entry(column.name.as_str()).or_insert(index);
        }
        Self {
            table,
            columns,
            names,
            templates: Vec::new(),
            known: HashMap::new(),
        }
    }

    fn finish(
        mut self,
        group: &TableGroup,
        row_table: Option<NamedOrBlankNode>,
        head: Annotator,
    ) -> TablePlan {
        let table = self.table;
        let mut rules = Vec::new();
        if !table.suppress_output {
            for (index, column) in table.columns.iter().enumerate() {
                if !column.suppress_output {
                    rules.push(self.rule(group, index, column));
                }
            }
        }
        let rows = row_table
            .filter(|_| !table.suppress_output)
            .map(|node| RowPlan {
                table: node,
                titles: table
                    .row_titles
                    .iter()
                    .filter_map(|&index| Some((index, self.language(table.columns.get(index)?))))
                    .collect(),
            });
        TablePlan {
            url: table.url.clone(),
            suppress_output: table.suppress_output,
            dialect: table.dialect.clone(),
            columns: self.columns,
            templates: self.templates,
            rules,
            rows,
            head: head.finish(),
            primary_key: table.primary_key.clone(),
            unread: table.unread,
        }
    }

    fn rule(&mut self, group: &TableGroup, index: usize, column: &Column) -> Rule {
        let language = self.language(column);
        let each = column.extensions.each && column.separator.is_some();
        let text = column.extensions.text.as_ref();
        let object = match &column.value_url {
            _ if let Some(text) = text.filter(|_| column.virtual_column) => {
                Object::Text(self.text_template(text, index), language)
            }
            Some(template) if each => Object::Each(self.template(template, index, true)),
            Some(template) => Object::Iri(self.template(template, index, false)),
            None if column.ordered && column.separator.is_some() => Object::List(language),
            None => Object::Literal(language),
        };
        let predicate = match &column.property_url {
            Some(template) => self.template(template, index, false),
            None => {
                let url = self.table.url.split('#').next().unwrap_or_default();
                self.intern(Template::new(&format!("{url}#{}", column.name), |_| {
                    Slot::Missing
                }))
            }
        };
        let graph = column
            .extensions
            .graph
            .as_ref()
            .or(self.table.extensions.graph.as_ref())
            .or(group.extensions.graph.as_ref())
            .filter(|template| !template.is_empty());
        let when = column.extensions.when.as_ref().map(|conditions| When {
            tests: conditions
                .iter()
                .filter_map(|condition| Test::new(condition, |name| self.find(name)))
                .collect(),
            no_null: column.virtual_column,
        });
        Rule {
            column: index,
            subject: column
                .about_url
                .as_ref()
                .map(|template| self.template(template, index, false)),
            predicate,
            object,
            graph: graph.map(|template| self.template(template, index, false)),
            when,
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn language(&self, column: &Column) -> Language {
        if let Some(index) = column
            .extensions
            .language
            .as_deref()
            .and_then(|name| self.find(name))
        {
            return Language::Column(index);
        }
        match column.lang.as_str() {
            "" | "und" => Language::None,
            tag => Language::Tag(canonical_language_tag(tag).into_owned()),
        }
    }

    /// The index of a template of a column.
    fn template(&mut self, template: &str, index: usize, each: bool) -> usize {
        let template = self.compiled(template, index, each);
        self.intern(template)
    }

    /// The index of a template of a column that makes texts.
    fn text_template(&mut self, template: &str, index: usize) -> usize {
        let template = self.compiled(template, index, false).as_text();
        self.intern(template)
    }

    fn compiled(&self, template: &str, index: usize, each: bool) -> Template {
        let column = &self.columns[index];
        Template::new(template, |name| match name {
            "_row" => Slot::Row,
            "_sourceRow" => Slot::SourceRow,
            "_column" => Slot::Text((index + 1).to_string()),
            "_sourceColumn" if column.virtual_column => Slot::Missing,
            "_sourceColumn" => {
                Slot::Text((index as u64 + 1 + self.table.dialect.skip_columns).to_string())
            }
            "_name" => Slot::Text(percent_decode(&column.name)),
            name if each && name == column.name => Slot::Item,
            name => self.find(name).map_or(Slot::Missing, Slot::Column),
        })
        .with_canonical(|slot| {
            let column = match slot {
                Slot::Column(column) => *column,
                Slot::Item => index,
                _ => return None,
            };
            self.columns.get(column)?.datatype.canonical_base()
        })
    }

    fn intern(&mut self, template: Template) -> usize {
        if let Some(&index) = self.known.get(&template) {
            return index;
        }
        let index = self.templates.len();
        self.templates.push(template.clone());
        self.known.insert(template, index);
        index
    }
}

/// Decodes `%XX` where the result is UTF-8; the text itself otherwise.
pub fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = match after {
            [high, low, ..] if byte == b'%' => char::from(*high)
                .to_digit(16)
                .zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                // Two hexadecimal digits make a byte.
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
