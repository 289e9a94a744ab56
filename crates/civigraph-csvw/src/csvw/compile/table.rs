//! One table: its columns, templates and triple maps.

use super::annotation::{Annotator, NAMESPACE};
use crate::csvw::model::{Column, Condition, Table, TableGroup};
use crate::datatype::canonical_language_tag;
use crate::diagnostic::Diagnostics;
use crate::plan::{
    ColumnId, ColumnPlan, CommentMap, DatatypeMap, DuplicatePolicy, Escaping, Expansion,
    Expression, GraphMap, LanguageMap, LiteralMap, LiteralText, NullPolicy, ObjectMap, TablePlan,
    Template, TemplateForm, TemplateId, TemplatePart, TemplateVariable, TermMap, Test, TripleMap,
    TripleTopic, ValueSource,
};
use crate::uri::{Operator, percent_decode};
use oxiri::Iri;
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{NamedNode, NamedOrBlankNode};
use std::collections::HashMap;

/// The text in the labels of the nodes of rows.
const ROW: &str = "r";

/// The text in the labels of the nodes that rows are about where no `aboutUrl` names any.
const SUBJECT: &str = "s";

/// Compiles one table.
pub(super) struct TableCompiler<'a> {
    table: &'a Table,
    pub(super) columns: Vec<ColumnPlan>,
    /// The first column of each name.
    names: HashMap<&'a str, ColumnId>,
    templates: Vec<Template>,
    /// The id of each of the templates.
    known: HashMap<Template, TemplateId>,
}

impl<'a> TableCompiler<'a> {
    pub(super) fn new(table: &'a Table, diagnostics: &mut Diagnostics) -> Self {
        let columns = table
            .columns
            .iter()
            .map(|column| ColumnPlan::compile(column, diagnostics))
            .collect();
        let mut names = HashMap::with_capacity(table.columns.len());
        for (index, column) in table.columns.iter().enumerate() {
            let id = ColumnId::new(index);
            names.entry(column.name.as_str()).or_insert(id);
        }
        Self {
            table,
            columns,
            names,
            templates: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// The plan of the table. With the table's own node, rows are described (csv2rdf §4.2 step 4.6).
    pub(super) fn finish(
        mut self,
        group: &TableGroup,
        node: Option<NamedOrBlankNode>,
        head: Annotator,
    ) -> TablePlan {
        let table = self.table;
        let node = node.filter(|_| !table.suppress_output);
        let mut maps = Vec::new();
        if let Some(node) = &node {
            self.describe_rows(node, &mut maps);
        }
        let columns = table.columns.iter().enumerate();
        let yielding = columns.filter(|(_, column)| {
            let suppressed = table.suppress_output || column.suppress_output;
            !suppressed
        });
        for (index, column) in yielding {
            let map = self.cell(group, ColumnId::new(index), column);
            if node.is_some() {
                maps.push(self.describes(&map, column));
            }
            maps.push(map);
        }
        TablePlan {
            url: table.url.clone(),
            base: None,
            suppress_output: table.suppress_output,
            dialect: table.dialect.clone(),
            columns: self.columns,
            templates: self.templates,
            maps,
            comments: node.map(|subject| CommentMap {
                subject,
                predicate: rdfs::COMMENT.into_owned(),
            }),
            head: head.finish(),
            primary_key: table
                .primary_key
                .iter()
                .copied()
                .map(ColumnId::new)
                .collect(),
            unread: table.unread,
        }
    }

    /// What is said of every row (csv2rdf §4.2 steps 4.6.1 to 4.6.7).
    fn describe_rows(&mut self, node: &NamedOrBlankNode, maps: &mut Vec<TripleMap>) {
        let row = || TermMap::Fresh(ROW.to_owned());
        let table = self.table;
        let map = |subject: TermMap, predicate: TermMap, object: TermMap| TripleMap {
            about: TripleTopic::Row { at: None },
            subject,
            predicate,
            object: ObjectMap::Terms(object),
            graphs: Vec::new(),
            condition: Vec::new(),
            duplicates: DuplicatePolicy::Keep,
            place: table.place.clone(),
        };
        maps.push(map(
            TermMap::Constant(node.clone().into()),
            vocabulary("row"),
            row(),
        ));
        let class = vocabulary("Row");
        maps.push(map(row(), iri(rdf::TYPE.into_owned()), class));
        let number = self.intern(Template {
            parts: vec![variable(ValueSource::Row)],
            escaping: Escaping::None,
            form: TemplateForm::Text,
        });
        let number = TermMap::Literal(LiteralMap {
            value: LiteralText::Template(Expansion::of(number)),
            datatype: DatatypeMap::Constant(xsd::INTEGER.into_owned()),
            language: LanguageMap::None,
        });
        maps.push(map(row(), vocabulary("rownum"), number));
        let file = table.url.split('#').next().unwrap_or_default();
        let url = self.intern(Template {
            parts: vec![
                TemplatePart::Text(format!("{file}#row=")),
                variable(ValueSource::SourceRow),
            ],
            escaping: Escaping::Uri,
            form: TemplateForm::Absolute,
        });
        maps.push(map(row(), vocabulary("url"), TermMap::iri(url)));
        for &index in &table.row_titles {
            let id = ColumnId::new(index);
            let (Some(column), Some(planned)) = (table.columns.get(index), self.columns.get(index))
            else {
                continue;
            };
            // A title is a string whatever its column holds (Metadata Vocabulary §5.5).
            let title = TermMap::Literal(LiteralMap {
                value: LiteralText::Column(id),
                datatype: DatatypeMap::String,
                language: match planned.datatype.takes_language() {
                    true => self.language(column),
                    false => LanguageMap::None,
                },
            });
            maps.push(map(row(), vocabulary("title"), title));
        }
    }

    /// Relates the subject of a cell to its row, once for each subject. That is so even if the cell is null
    /// (step 4.6.8.2), unless there are conditions.
    fn describes(&self, cell: &TripleMap, column: &Column) -> TripleMap {
        TripleMap {
            about: TripleTopic::Row { at: cell.column() },
            subject: TermMap::Fresh(ROW.to_owned()),
            predicate: vocabulary("describes"),
            object: ObjectMap::Terms(cell.subject.clone()),
            graphs: Vec::new(),
            condition: match column.extensions.when {
                Some(_) => cell.condition.clone(),
                None => Vec::new(),
            },
            duplicates: DuplicatePolicy::OncePerRow,
            place: cell.place.clone(),
        }
    }

    /// What a cell says.
    fn cell(&mut self, group: &TableGroup, id: ColumnId, column: &Column) -> TripleMap {
        let when = column.extensions.when.as_ref();
        // A null variable in subject or object is a condition that does not hold.
        let null = match when {
            Some(_) if column.virtual_column => NullPolicy::Skip,
            _ => NullPolicy::Expand,
        };
        let object = self.object(id, column, null);
        let predicate = match &column.property_url {
            Some(template) => self.term(template, id, NullPolicy::Expand),
            None => {
                let url = self.table.url.split('#').next().unwrap_or_default();
                let property = format!("{url}#{}", column.name);
                let missing = |_: &str| ValueSource::Missing;
                let property =
                    Template::new(&property, Escaping::Uri, TemplateForm::Prefixed, missing);
                self.term_of(property, NullPolicy::Expand)
            }
        };
        let subject = match &column.about_url {
            Some(template) => self.term(template, id, null),
            None => TermMap::Fresh(SUBJECT.to_owned()),
        };
        let graph = column
            .extensions
            .graph
            .as_ref()
            .or(self.table.extensions.graph.as_ref())
            .or(group.extensions.graph.as_ref())
            .filter(|template| !template.is_empty());
        let graph = graph.map(|template| {
            GraphMap::NamedOrDefault(self.term(template, id, NullPolicy::SkipEmpty))
        });
        // The template of an empty list would make an IRI of nothing.
        let value = match object {
            _ if column.virtual_column => None,
            ObjectMap::Terms(TermMap::Constant(_) | TermMap::Iri(_)) => Some(Test::Present(id)),
            _ => Some(Test::NotNull(id)),
        };
        let stated = when.into_iter().flatten();
        let stated = stated.filter_map(|condition| self.test(condition));
        TripleMap {
            about: TripleTopic::Cell(id),
            condition: value.into_iter().chain(stated).collect(),
            subject,
            predicate,
            duplicates: match &object {
                ObjectMap::Terms(TermMap::Iri(Expansion { each: Some(_), .. })) => {
                    DuplicatePolicy::OncePerCell
                }
                _ => DuplicatePolicy::Keep,
            },
            object,
            graphs: graph.into_iter().collect(),
            place: column.place.clone(),
        }
    }

    fn object(&mut self, id: ColumnId, column: &Column, null: NullPolicy) -> ObjectMap {
        let is_list = column.separator.is_some();
        let text = column.extensions.text.as_ref();
        if let Some(text) = text.filter(|_| column.virtual_column) {
            let text = self.compiled(text, id, false, (Escaping::None, TemplateForm::Text));
            let value = LiteralText::Template(Expansion {
                null: NullPolicy::SkipEmpty,
                ..Expansion::of(self.intern(text))
            });
            let datatype = self.columns.get(id.index()).map(|column| &column.datatype);
            let datatype = datatype.filter(|datatype| !datatype.takes_language());
            return ObjectMap::Terms(TermMap::Literal(LiteralMap {
                value,
                datatype: datatype.map_or(DatatypeMap::String, |datatype| {
                    DatatypeMap::Constant(NamedNode::new_unchecked(datatype.iri()))
                }),
                language: self.language(column),
            }));
        }
        match &column.value_url {
            Some(template) if column.extensions.each && is_list => {
                let template =
                    self.compiled(template, id, true, (Escaping::Uri, TemplateForm::Prefixed));
                ObjectMap::Terms(TermMap::Iri(Expansion {
                    template: self.intern(template),
                    each: Some(id),
                    null,
                }))
            }
            Some(template) => ObjectMap::Terms(self.term(template, id, null)),
            None => {
                let literal = TermMap::Literal(LiteralMap {
                    value: LiteralText::Column(id),
                    datatype: DatatypeMap::Column,
                    language: self.language(column),
                });
                match column.ordered && is_list {
                    true => ObjectMap::List(literal),
                    false => ObjectMap::Terms(literal),
                }
            }
        }
    }

    fn find(&self, name: &str) -> Option<ColumnId> {
        self.names.get(name).copied()
    }

    /// A condition with its column looked up; `None` where there is no such column.
    fn test(&self, condition: &Condition) -> Option<Test> {
        Some(match condition {
            Condition::Present(name) => Test::Present(self.find(name)?),
            Condition::Equals(name, value) => Test::Equals(self.find(name)?, value.clone()),
            Condition::Differs(name, value) => Test::Differs(self.find(name)?, value.clone()),
        })
    }

    fn language(&self, column: &Column) -> LanguageMap {
        let named = column.extensions.language.as_deref();
        if let Some(id) = named.and_then(|name| self.find(name)) {
            return LanguageMap::Column(id);
        }
        match column.lang.as_str() {
            "" | "und" => LanguageMap::None,
            tag => LanguageMap::Constant(canonical_language_tag(tag).into_owned()),
        }
    }

    /// The IRI that a template of a column makes of each row.
    fn term(&mut self, template: &str, id: ColumnId, null: NullPolicy) -> TermMap {
        let template = self.compiled(template, id, false, (Escaping::Uri, TemplateForm::Prefixed));
        self.term_of(template, null)
    }

    /// A constant where the template has no variables and makes a valid IRI. What is not valid is reported at the
    /// rows.
    fn term_of(&mut self, template: Template, null: NullPolicy) -> TermMap {
        if let Some(constant) = template.constant() {
            let mut constant = constant.to_owned();
            let base = Iri::parse(self.table.url.as_str()).ok();
            if template.form.finish(&mut constant, base.as_ref()) {
                return iri(NamedNode::new_unchecked(constant));
            }
        }
        TermMap::Iri(Expansion {
            null,
            ..Expansion::of(self.intern(template))
        })
    }

    fn compiled(
        &self,
        template: &str,
        id: ColumnId,
        each: bool,
        (escaping, form): (Escaping, TemplateForm),
    ) -> Template {
        let column = self.columns.get(id.index());
        let number = id.index() as u64 + 1;
        Template::new(template, escaping, form, |name| match (name, column) {
            ("_row", _) => ValueSource::Row,
            ("_sourceRow", _) => ValueSource::SourceRow,
            ("_column", _) => ValueSource::Text(number.to_string()),
            ("_sourceColumn", Some(column)) if !column.virtual_column => {
                ValueSource::Text((number + self.table.dialect.skip_columns).to_string())
            }
            ("_sourceColumn", _) => ValueSource::Missing,
            ("_name", Some(column)) => ValueSource::Text(percent_decode(&column.name)),
            (name, Some(column)) if each && name == column.name => ValueSource::Item,
            (name, _) => self
                .find(name)
                .map_or(ValueSource::Missing, ValueSource::Column),
        })
        .with_canonical(|slot| {
            let column = match slot {
                ValueSource::Column(column) => *column,
                ValueSource::Item => id,
                _ => return None,
            };
            let column = self.columns.get(column.index())?;
            column.datatype.canonical_base()
        })
    }

    fn intern(&mut self, template: Template) -> TemplateId {
        if let Some(&id) = self.known.get(&template) {
            return id;
        }
        let id = TemplateId::new(self.templates.len());
        self.templates.push(template.clone());
        self.known.insert(template, id);
        id
    }
}

fn iri(iri: NamedNode) -> TermMap {
    TermMap::Constant(iri.into())
}

/// A term of CSVW's vocabulary.
fn vocabulary(name: &str) -> TermMap {
    iri(NamedNode::new_unchecked(format!("{NAMESPACE}{name}")))
}

/// The text of a slot as it is.
fn variable(slot: ValueSource) -> TemplatePart {
    TemplatePart::Expression(Expression {
        operator: Operator::Simple,
        variables: vec![TemplateVariable {
            name: String::new(),
            slot,
            prefix: None,
            explode: false,
            canonical: None,
        }],
    })
}
