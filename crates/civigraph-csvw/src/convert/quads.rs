//! Values to quads (csv2rdf §4.2).

use super::chunk::{Prepared, Row};
use super::expand::{Expander, Variables};
use super::problems::Problems;
use super::sink::{Counter, Origin};
use super::value::{Item, Value};
use crate::datatype::{Base, canonical_language_tag};
use crate::plan::{Language, Object, RowPlan, Rule};
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{
    BlankNodeRef, GraphNameRef, LiteralRef, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, QuadRef,
    TermRef,
};
use std::borrow::Cow;
use std::fmt::Write;

const CSVW_ROW_CLASS: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#Row");
const CSVW_ROW: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#row");
const CSVW_ROWNUM: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#rownum");
const CSVW_URL: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#url");
const CSVW_TITLE: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#title");
const CSVW_DESCRIBES: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/csvw#describes");

/// Items of a list with which later ones are compared.
const REPEATED: usize = 64;

/// Makes the quads of the rows of one table.
pub struct QuadEmitter<'c> {
    prepared: &'c Prepared<'c>,
    steps: Vec<Step<'c>>,
    titles: Vec<(usize, LiteralForm<'c>)>,
    /// Some rule has the row's own blank node as its subject.
    blank_subjects: bool,
    expander: Expander<'c>,
    labels: Labels,
    /// The language of a row, where a column holds it.
    language: String,
}

/// A rule with all that does not depend on the row.
struct Step<'c> {
    rule: &'c Rule,
    form: LiteralForm<'c>,
    column: u32,
    /// The predicate, where the rule is of the kind that most are: in every row a literal of the
    /// cell, about a template, in the default graph, nothing said of the row itself.
    direct: Option<(usize, NamedNode)>,
}

/// How the values of a column become literals (csv2rdf §4.3).
struct LiteralForm<'c> {
    /// `None` for strings.
    datatype: Option<NamedNodeRef<'c>>,
    /// Of strings, those that break a rule of their column included.
    language: Option<&'c str>,
    /// The column that holds the language.
    language_column: Option<usize>,
}

/// Blank nodes and numbers of a row, as text.
#[derive(Default)]
struct Labels {
    row: String,
    subject: String,
    number: String,
    source: String,
    list: String,
    next: String,
    described: Vec<usize>,
}

impl<'c> QuadEmitter<'c> {
    pub fn new(prepared: &'c Prepared<'c>) -> Self {
        let plan = prepared.plan;
        let expander = Expander::new(&plan.templates, &plan.url);
        let steps = plan.rules.iter().map(|rule| Step {
            rule,
            form: LiteralForm::new(prepared, rule.column, rule.object.language()),
            column: u32::try_from(rule.column).unwrap_or(u32::MAX),
            direct: rule
                .subject
                .filter(|_| {
                    plan.rows.is_none()
                        && rule.graph.is_none()
                        && rule.when.is_none()
                        && matches!(rule.object, Object::Literal(_))
                })
                .zip(expander.constant(rule.predicate)),
        });
        Self {
            prepared,
            steps: steps.collect(),
            titles: plan
                .rows
                .iter()
                .flat_map(|rows| &rows.titles)
                .map(|(column, language)| {
                    (*column, LiteralForm::title(prepared, *column, language))
                })
                .collect(),
            blank_subjects: plan.rules.iter().any(|rule| rule.subject.is_none()),
            expander,
            labels: Labels::default(),
            language: String::new(),
        }
    }

    /// The row itself (steps 4.6.1 to 4.6.7).
    fn describe(&mut self, rows: &RowPlan, row: &Row<'_, '_>, sink: &mut Counter<'_>) {
        let prepared = self.prepared;
        let labels = &mut self.labels;
        label(&mut labels.row, prepared.index, 'r', row.number);
        labels.number.clear();
        let _ = write!(labels.number, "{}", row.number);
        labels.source.clear();
        let url = prepared.plan.url.split('#').next().unwrap_or_default();
        let _ = write!(labels.source, "{url}#row={}", row.at.record);
        labels.described.clear();

        let node = BlankNodeRef::new_unchecked(&labels.row);
        let origin = origin(prepared, row, u32::MAX);
        let mut push =
            |subject: NamedOrBlankNodeRef<'_>, predicate: NamedNodeRef<'_>, object: TermRef<'_>| {
                sink.quad(
                    QuadRef::new(subject, predicate, object, GraphNameRef::DefaultGraph),
                    origin,
                );
            };
        push(rows.table.as_ref(), CSVW_ROW, node.into());
        push(node.into(), rdf::TYPE, CSVW_ROW_CLASS.into());
        let number = LiteralRef::new_typed_literal(&labels.number, xsd::INTEGER);
        push(node.into(), CSVW_ROWNUM, number.into());
        let source = NamedNodeRef::new_unchecked(&labels.source);
        push(node.into(), CSVW_URL, source.into());
        for (column, form) in &self.titles {
            let language = form.language(row, &mut self.language);
            for item in row.values[*column].items() {
                push(node.into(), CSVW_TITLE, form.literal(item, language).into());
            }
        }
    }

    /// What a row says.
    pub fn row(&mut self, row: &Row<'_, '_>, problems: &mut Problems<'_>, sink: &mut Counter<'_>) {
        let prepared = self.prepared;
        if self.blank_subjects {
            label(&mut self.labels.subject, prepared.index, 's', row.number);
        }
        if let Some(rows) = &prepared.plan.rows {
            self.describe(rows, row, sink);
        }
        let Self {
            steps,
            expander,
            labels,
            language,
            ..
        } = self;
        for step in steps.iter() {
            let language = step.form.language(row, language);
            if let Some((subject, predicate)) = &step.direct
                && let Value::Single(item) = row.values[step.rule.column]
            {
                expander.prepare(*subject, row.variables());
                if row.usable(expander, *subject, false, step.rule, problems) {
                    let quad = QuadRef::new(
                        NamedNodeRef::new_unchecked(&expander.get(*subject).iri),
                        predicate.as_ref(),
                        step.form.literal(item, language),
                        GraphNameRef::DefaultGraph,
                    );
                    sink.quad(quad, origin(prepared, row, step.column));
                }
                continue;
            }
            apply(
                step, row, language, prepared, expander, labels, problems, sink,
            );
        }
    }

    /// A comment among the rows is an annotation of the table (Tabular Data Model §8).
    pub fn comment(&self, comment: &str, line: u64, sink: &mut Counter<'_>) {
        let Some(rows) = &self.prepared.plan.rows else {
            return;
        };
        sink.quad(
            QuadRef::new(
                rows.table.as_ref(),
                rdfs::COMMENT,
                LiteralRef::new_simple_literal(comment),
                GraphNameRef::DefaultGraph,
            ),
            Origin {
                table: self.prepared.index,
                row: 0,
                line,
                column: u32::MAX,
            },
        );
    }
}

/// What one cell says.
#[expect(
    clippy::too_many_arguments,
    reason = "the state of a row, borrowed in parts"
)]
fn apply(
    step: &Step<'_>,
    row: &Row<'_, '_>,
    language: Option<&str>,
    prepared: &Prepared<'_>,
    expander: &mut Expander<'_>,
    labels: &mut Labels,
    problems: &mut Problems<'_>,
    sink: &mut Counter<'_>,
) {
    let rule = step.rule;
    let standard = prepared.plan.rows.is_some();
    let yields = row.yields(rule, prepared.plan);
    // In standard mode the subject is related to the row even if the cell is null (step 4.6.8.2).
    if !yields && (!standard || rule.when.is_some()) {
        return;
    }
    let no_null = rule.when.as_ref().is_some_and(|when| when.no_null);
    let variables = row.variables();
    if let Some(subject) = rule.subject {
        expander.prepare(subject, variables);
        if !row.usable(expander, subject, no_null, rule, problems) {
            return;
        }
    }
    if standard {
        describes(
            expander,
            rule,
            labels,
            origin(prepared, row, u32::MAX),
            sink,
        );
        if !yields {
            return;
        }
    }
    expander.prepare(rule.predicate, variables);
    let mut usable = row.usable(expander, rule.predicate, false, rule, problems);
    if let Some(graph) = rule.graph {
        expander.prepare(graph, variables);
        if expander.get(graph).is_something() {
            usable &= row.usable(expander, graph, false, rule, problems);
        }
    }
    if let Object::Text(text, _) = rule.object {
        expander.prepare(text, variables);
        usable &= expander.get(text).is_something();
    }
    if let Object::Iri(object) = rule.object {
        expander.prepare(object, variables);
        usable &= row.usable(expander, object, no_null, rule, problems);
    }
    if !usable {
        return;
    }

    let value = row.values[rule.column];
    let origin = origin(prepared, row, step.column);
    match &rule.object {
        Object::Iri(object) => {
            let quad = Frame::new(expander, rule, &labels.subject);
            let object = NamedNodeRef::new_unchecked(&expander.get(*object).iri);
            sink.quad(quad.with(object.into()), origin);
        }
        Object::Text(text, _) => {
            let quad = Frame::new(expander, rule, &labels.subject);
            let item = Item {
                text: &expander.get(*text).iri,
                valid: true,
            };
            sink.quad(quad.with(step.form.literal(item, language).into()), origin);
        }
        Object::Literal(_) => {
            let quad = Frame::new(expander, rule, &labels.subject);
            for item in value.items() {
                sink.quad(quad.with(step.form.literal(item, language).into()), origin);
            }
        }
        Object::Each(object) => {
            for (index, item) in value.items().enumerate() {
                // What a cell says twice is one triple; of long lists only the start is looked at.
                let mut before = value.items().take(index.min(REPEATED));
                if before.any(|earlier| earlier.text == item.text) {
                    continue;
                }
                let variables = Variables {
                    item: Some(item),
                    ..variables
                };
                expander.prepare_item(*object, variables);
                if row.usable(expander, *object, no_null, rule, problems) {
                    let quad = Frame::new(expander, rule, &labels.subject);
                    let object = NamedNodeRef::new_unchecked(&expander.get(*object).iri);
                    sink.quad(quad.with(object.into()), origin);
                }
            }
        }
        Object::List(_) if value.is_null() => {}
        Object::List(_) => {
            let Labels {
                subject,
                list,
                next,
                ..
            } = labels;
            let quad = Frame::new(expander, rule, subject);
            let mut count = 0;
            for item in value.items() {
                next.clear();
                let (table, number, column) = (prepared.index, row.number, rule.column);
                let _ = write!(next, "t{table}r{number}c{column}i{count}");
                let node = BlankNodeRef::new_unchecked(next);
                if count == 0 {
                    sink.quad(quad.with(node.into()), origin);
                } else {
                    let before = BlankNodeRef::new_unchecked(list);
                    sink.quad(quad.about(before, rdf::REST, node.into()), origin);
                }
                let literal = step.form.literal(item, language);
                sink.quad(quad.about(node, rdf::FIRST, literal.into()), origin);
                std::mem::swap(list, next);
                count += 1;
            }
            if count == 0 {
                sink.quad(quad.with(rdf::NIL.into()), origin);
            } else {
                let last = BlankNodeRef::new_unchecked(list);
                sink.quad(quad.about(last, rdf::REST, rdf::NIL.into()), origin);
            }
        }
    }
}

#[inline]
fn origin(prepared: &Prepared<'_>, row: &Row<'_, '_>, column: u32) -> Origin {
    Origin {
        table: prepared.index,
        row: row.number,
        line: row.at.line,
        column,
    }
}

/// Subject, predicate and graph of the quads of a rule.
#[derive(Clone, Copy)]
struct Frame<'e> {
    subject: NamedOrBlankNodeRef<'e>,
    predicate: NamedNodeRef<'e>,
    graph: GraphNameRef<'e>,
}

impl<'e> Frame<'e> {
    #[inline]
    fn new(expander: &'e Expander<'_>, rule: &Rule, row_subject: &'e str) -> Self {
        let graph = rule.graph.map(|graph| expander.get(graph));
        Self {
            subject: match rule.subject {
                Some(subject) => NamedNodeRef::new_unchecked(&expander.get(subject).iri).into(),
                None => BlankNodeRef::new_unchecked(row_subject).into(),
            },
            predicate: NamedNodeRef::new_unchecked(&expander.get(rule.predicate).iri),
            graph: match graph {
                Some(graph) if graph.is_something() => {
                    NamedNodeRef::new_unchecked(&graph.iri).into()
                }
                _ => GraphNameRef::DefaultGraph,
            },
        }
    }

    #[inline]
    fn with(self, object: TermRef<'e>) -> QuadRef<'e> {
        QuadRef::new(self.subject, self.predicate, object, self.graph)
    }

    fn about<'q>(
        self,
        subject: BlankNodeRef<'q>,
        predicate: NamedNodeRef<'q>,
        object: TermRef<'q>,
    ) -> QuadRef<'q>
    where
        'e: 'q,
    {
        QuadRef::new(subject, predicate, object, self.graph)
    }
}

impl<'c> LiteralForm<'c> {
    fn new(prepared: &'c Prepared<'c>, column: usize, language: &'c Language) -> Self {
        let column = prepared.plan.columns.get(column);
        let datatype = column.map(|column| &column.datatype);
        // What is no value of another datatype is a string without language (Tabular Data Model §6.4).
        let language = match datatype {
            Some(datatype) if datatype.base != Base::String => &Language::None,
            _ => language,
        };
        Self {
            datatype: datatype
                .filter(|datatype| !datatype.takes_language())
                .map(|datatype| NamedNodeRef::new_unchecked(datatype.iri())),
            language: match language {
                Language::Tag(tag) => language_tag(tag),
                _ => None,
            },
            language_column: match language {
                Language::Column(column) => Some(*column),
                _ => None,
            },
        }
    }

    /// The form of a row title, which is a string whatever its column holds (Metadata Vocabulary §5.5).
    fn title(prepared: &'c Prepared<'c>, column: usize, language: &'c Language) -> Self {
        let form = Self::new(prepared, column, language);
        match form.datatype {
            None => form,
            Some(_) => Self {
                datatype: None,
                language: None,
                language_column: None,
            },
        }
    }

    /// The language of the strings of a row, in canonical case; `buffer` holds it where the cell has it in another.
    #[inline]
    fn language<'v>(&'v self, row: &Row<'v, 'v>, buffer: &'v mut String) -> Option<&'v str> {
        let Some(column) = self.language_column else {
            return self.language;
        };
        let Some(Value::Single(tag)) = row.values.get(column) else {
            return None;
        };
        // One that is not well-formed has been reported.
        match canonical_language_tag(language_tag(tag.text)?) {
            Cow::Borrowed(tag) => Some(tag),
            Cow::Owned(tag) => {
                *buffer = tag;
                Some(buffer)
            }
        }
    }

    #[inline]
    fn literal<'v>(&'v self, item: Item<'v>, language: Option<&'v str>) -> LiteralRef<'v> {
        if item.valid
            && let Some(datatype) = self.datatype
        {
            return LiteralRef::new_typed_literal(item.text, datatype);
        }
        match language {
            Some(language) => {
                LiteralRef::new_language_tagged_literal_unchecked(item.text, language)
            }
            None => LiteralRef::new_simple_literal(item.text),
        }
    }
}

/// A text as a language tag, without white space at its ends; `None` where it is not well-formed
/// (BCP 47 §2.2.9), which RDF asks of the tags of literals.
pub fn language_tag(text: &str) -> Option<&str> {
    let tag = text.trim_matches([' ', '\t', '\r', '\n']);
    oxilangtag::LanguageTag::parse(tag).is_ok().then_some(tag)
}

/// Relates the subject of a rule to the row, once for each subject.
fn describes(
    expander: &Expander<'_>,
    rule: &Rule,
    labels: &mut Labels,
    origin: Origin,
    sink: &mut Counter<'_>,
) {
    let known = labels.described.iter().any(|&other| match rule.subject {
        Some(subject) => {
            other == subject
                || other != usize::MAX && expander.get(other).iri == expander.get(subject).iri
        }
        None => other == usize::MAX,
    });
    if known {
        return;
    }
    labels.described.push(rule.subject.unwrap_or(usize::MAX));
    let subject: TermRef<'_> = match rule.subject {
        Some(subject) => NamedNodeRef::new_unchecked(&expander.get(subject).iri).into(),
        None => BlankNodeRef::new_unchecked(&labels.subject).into(),
    };
    sink.quad(
        QuadRef::new(
            BlankNodeRef::new_unchecked(&labels.row),
            CSVW_DESCRIBES,
            subject,
            GraphNameRef::DefaultGraph,
        ),
        origin,
    );
}

/// The label of a blank node of a row: the same in every run.
fn label(label: &mut String, table: u32, kind: char, row: u64) {
    label.clear();
    let _ = write!(label, "t{table}{kind}{row}");
}
