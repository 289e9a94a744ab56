//! One table, found again in the graph.

use super::cell::CellWriter;
use super::expand::{Lookup, NoCells};
use super::graph::IndexedQuads;
use super::matching::{Binding, is_readable, matches};
use super::row::{RebuiltCell, RebuiltRow, Solver};
use super::rule::{InvertedMap, IriSource, Object};
use crate::csvw::model::Table;
use crate::datatype::{Datatype, DatatypeFormat, canonical};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::plan::{
    ColumnId, LanguageMap, Plan, TablePlan, TemplateId, TemplatePart, Test, ValueSource,
};
use crate::tables::Tables;
use oxrdf::vocab::rdf;
use oxrdf::{NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

/// The plan of a table, ready to be read backwards.
pub(super) struct Inverse<'a> {
    pub(super) plan: &'a TablePlan,
    pub(super) base: &'a str,
    table: &'a Table,
    writing: Vec<CellWriter<'a>>,
    /// What the cells say.
    pub(super) rules: Vec<InvertedMap<'a>>,
    /// The template whose expansions are the rows.
    anchor: TemplateId,
    /// Rules of the anchor whose quads no other rule makes, by index.
    own_rules: Vec<usize>,
}

impl<'a> Inverse<'a> {
    /// Prepares a table; `None` where nothing tells its rows ([`sources`](super::sources) says so).
    pub(super) fn new(tables: Tables<'a>, index: usize) -> Option<Self> {
        let (described, table) = tables.get(index)?;
        let (anchor, own_rules) = anchor(tables.plan, index)?;
        Some(Self {
            plan: table,
            base: table.base(),
            table: described,
            writing: table.columns.iter().map(CellWriter::new).collect(),
            rules: InvertedMap::all(table),
            anchor,
            own_rules,
        })
    }

    pub(super) fn is_list(&self, column: usize) -> bool {
        let column = self.plan.columns.get(column);
        column.is_some_and(|column| column.separator.is_some())
    }

    pub(super) fn is_ordered(&self, column: usize) -> bool {
        self.table.columns.get(column).is_some_and(|c| c.ordered)
    }

    pub(super) fn is_value(&self, column: usize, text: &str) -> bool {
        let writing = self.writing.get(column);
        writing.is_some_and(|writing| writing.text(text).is_some())
    }

    /// Whether a value of a column can be written in several ways, of which IRIs hold the canonical one.
    pub(super) fn has_forms(&self, column: usize) -> bool {
        let column = self.plan.columns.get(column);
        column.is_some_and(|column| column.datatype.canonical_base().is_some())
    }

    /// Whether two texts stand for one value of a column.
    pub(super) fn is_same(&self, column: usize, a: &str, b: &str) -> bool {
        let column = self.plan.columns.get(column);
        let base = column.and_then(|column| column.datatype.canonical_base());
        a == b
            || base.is_some_and(|base| {
                let (mut of_a, mut of_b) = (String::new(), String::new());
                canonical(base, a, &mut of_a) == canonical(base, b, &mut of_b)
            })
    }

    /// The one value of a column whose absence from the graph is what tells it.
    pub(super) fn remaining(&self, column: usize) -> Option<&str> {
        remaining(self.plan, ColumnId::new(column))
    }

    /// The values of columns that bindings hold; `None` where one is not a value of its column.
    pub(super) fn values(
        &self,
        rule: &InvertedMap<'_>,
        bindings: &[Binding<'_>],
    ) -> Option<Vec<(usize, Vec<String>)>> {
        let mut values = Vec::new();
        for binding in bindings {
            let (column, items) = match binding.slot {
                ValueSource::Item => (rule.column, vec![binding.text.clone()]),
                ValueSource::Column(column) if self.is_list(column.index()) => {
                    (column.index(), binding.items.clone())
                }
                ValueSource::Column(column) => (column.index(), vec![binding.text.clone()]),
                _ => continue,
            };
            if !items.iter().all(|item| self.is_value(column, item)) {
                return None;
            }
            values.push((column, items));
        }
        Some(values)
    }

    /// The rows of the table, in the order of their subjects or numbers.
    pub(super) fn rows(
        &self,
        graph: &IndexedQuads,
        diagnostics: &mut Diagnostics,
    ) -> Vec<RebuiltRow> {
        let mut found: BTreeMap<(Option<u64>, String), RebuiltRow> = BTreeMap::new();
        let own = self.own_rules.iter();
        for rule in own.filter_map(|&rule| self.rules.get(rule)) {
            let predicate = rule.predicate.head(self.base);
            for (_, quad) in graph.of_predicate(&predicate) {
                if !self.makes(rule, quad) {
                    continue;
                }
                if let Some(row) = self.row(quad) {
                    found
                        .entry((row.number, row.subject.clone()))
                        .or_insert(row);
                }
            }
        }
        let solver = Solver {
            inverse: self,
            graph,
        };
        let mut rows: Vec<RebuiltRow> = found.into_values().collect();
        for row in &mut rows {
            solver.solve(row);
            for (column, values) in &row.ambiguous {
                diagnostics.push(self.ambiguous(&row.subject, *column, values));
            }
        }
        rows
    }

    fn ambiguous(&self, subject: &str, column: usize, values: &[String]) -> Diagnostic {
        let name = self.plan.columns.get(column).map_or("", |c| &c.name);
        super::column_problem(
            Code::InverseAmbiguous,
            self.table,
            column,
            format!("the graph has several values for the column `{name}` of one row"),
        )
        .with_found(format!("<{subject}>: {}", values.join(" | ")))
        .with_expected("one value a row, or a `separator`")
    }

    /// The row whose anchor is the subject of a quad, with the cells that its IRI holds.
    fn row(&self, quad: &Quad) -> Option<RebuiltRow> {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            return None;
        };
        let template = self.plan.template(self.anchor)?;
        let bindings = matches(template, self.base, &NoCells, subject.as_str())?;
        let mut row = RebuiltRow {
            subject: subject.as_str().to_owned(),
            cells: vec![None; self.plan.columns.len()],
            canonical: BTreeSet::new(),
            number: None,
            ambiguous: Vec::new(),
        };
        for cell in row.cells.iter_mut().skip(self.plan.file_columns()) {
            *cell = Some(RebuiltCell::Null);
        }
        for binding in &bindings {
            match binding.slot {
                ValueSource::Column(column) => {
                    let column = &column.index();
                    let known = if self.is_list(*column) {
                        RebuiltCell::List(binding.items.clone())
                    } else {
                        RebuiltCell::One(binding.text.clone())
                    };
                    if !self.is_value(*column, &binding.text) {
                        return None;
                    }
                    *row.cells.get_mut(*column)? = Some(known);
                    if self.has_forms(*column) {
                        row.canonical.insert(*column);
                    }
                }
                ValueSource::Row => row.number = Some(binding.text.parse().ok()?),
                _ => return None,
            }
        }
        Some(row)
    }

    /// Whether a quad can be one that a rule makes, its subject aside.
    fn makes(&self, rule: &InvertedMap<'_>, quad: &Quad) -> bool {
        match (&rule.object, &quad.object) {
            (Object::Iri(made) | Object::Each(made), Term::NamedNode(node)) => {
                match made.constant() {
                    Some(_) => made.head(self.base) == node.as_str(),
                    None => node.as_str().starts_with(&made.head(self.base)),
                }
            }
            (Object::Literal(_) | Object::Text(_), Term::Literal(_)) => true,
            (Object::List(_), Term::BlankNode(_) | Term::NamedNode(_)) => true,
            _ => false,
        }
    }

    /// Takes in what the claims say of cells, where this is the claims table.
    pub(super) fn learn(&self, table: &Table, rows: &[RebuiltRow], graph: &mut IndexedQuads) {
        let part = |wanted: &str| {
            let mut columns = table.columns.iter();
            columns.position(|column| column.extensions.part.as_deref() == Some(wanted))
        };
        if part("claim.id").is_none() {
            return;
        }
        let (value, rank) = (part("claim.value"), part("claim.rank"));
        let mut cells = Vec::new();
        let mut ranked = Vec::new();
        for row in rows {
            let (mut subjects, mut predicates, mut objects) = (None, None, Vec::new());
            for (_, quad) in graph.of_subject(&row.subject) {
                if quad.predicate == rdf::SUBJECT {
                    subjects = Some(quad.object.clone());
                } else if quad.predicate == rdf::PREDICATE {
                    predicates = Some(quad.object.clone());
                } else if quad.predicate == rdf::OBJECT {
                    objects.push(quad.object.clone());
                }
            }
            let (Some(subject), Some(Term::NamedNode(predicate))) = (subjects, predicates) else {
                continue;
            };
            let subject = match subject {
                Term::NamedNode(node) => NamedOrBlankNode::from(node),
                Term::BlankNode(node) => node.into(),
                _ => continue,
            };
            let stated = value.and_then(|column| row.column(column)) != Some(&RebuiltCell::Null);
            let preferred = rank.and_then(|column| row.column(column))
                == Some(&RebuiltCell::One("preferred".to_owned()));
            for object in objects {
                let triple = (subject.clone(), predicate.clone(), object);
                if value.is_none() || !stated {
                    cells.push(triple);
                } else if preferred {
                    ranked.push(triple);
                }
            }
        }
        for (subject, predicate, object) in cells {
            graph.claim(subject, predicate, object);
        }
        for (subject, predicate, object) in ranked {
            graph.not_a_cell(subject, predicate, object);
        }
    }

    /// Whether the triples of a column tell a list without items from no list.
    fn says_empty(&self, column: usize) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| rule.column == column && matches!(rule.object, Object::List(_)))
    }

    /// The cells of rows as they are written.
    pub(super) fn written(
        &self,
        rows: &[RebuiltRow],
        diagnostics: &mut Diagnostics,
    ) -> Vec<Vec<String>> {
        let file = self.plan.file_columns();
        let mut written = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(file);
            for (index, writing) in self.writing.iter().enumerate().take(file) {
                let text = match row.column(index) {
                    None | Some(RebuiltCell::Null) => {
                        Some(writing.null(self.says_empty(index)).to_owned())
                    }
                    Some(RebuiltCell::One(text)) => writing.text(text),
                    Some(RebuiltCell::List(items)) => {
                        let items: Option<Vec<String>> =
                            items.iter().map(|item| writing.text(item)).collect();
                        let separator = self.plan.columns.get(index);
                        let separator = separator.and_then(|column| column.separator.as_deref());
                        items.map(|items| items.join(separator.unwrap_or_default()))
                    }
                };
                if text.is_none() {
                    let name = self.plan.columns.get(index).map_or("", |c| &c.name);
                    diagnostics.push(
                        super::column_problem(
                            Code::InverseValue,
                            self.table,
                            index,
                            format!(
                                "a value of the column `{name}` cannot be written in its format"
                            ),
                        )
                        .with_found(format!(
                            "{} of <{}>",
                            shown(row.column(index)),
                            row.subject
                        )),
                    );
                }
                cells.push(text.unwrap_or_default());
            }
            written.push(cells);
        }
        written
    }
}

/// The values of a cell, for a message.
fn shown(cell: Option<&RebuiltCell>) -> String {
    match cell {
        Some(RebuiltCell::One(text)) => format!("`{text}`"),
        Some(RebuiltCell::List(items)) => format!("`{}`", items.join("`, `")),
        Some(RebuiltCell::Null) | None => "nothing".to_owned(),
    }
}

/// The words that a column allows, where its format is a plain choice.
fn alternatives(datatype: &Datatype) -> Option<Vec<&str>> {
    let DatatypeFormat::Regular(pattern) = &datatype.format else {
        return None;
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '|');
    pattern
        .chars()
        .all(plain)
        .then(|| pattern.split('|').collect())
}

/// The one word of a column's choice that is the condition of no rule: a row that meets none of the
/// conditions has it.
pub(super) fn remaining(plan: &TablePlan, column: ColumnId) -> Option<&str> {
    let datatype = &plan.column(column)?.datatype;
    let file = plan.file_columns();
    let conditions: Vec<&str> = plan
        .maps
        .iter()
        .filter(|map| map.column().is_some_and(|column| column.index() >= file))
        .flat_map(|map| &map.condition)
        .filter_map(|test| match test {
            Test::Equals(of, value) if *of == column => Some(value.as_str()),
            _ => None,
        })
        .collect();
    if conditions.is_empty() || !plan.column(column)?.required {
        return None;
    }
    let mut left = alternatives(datatype)?;
    left.retain(|word| !conditions.contains(word));
    match left.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// The template whose expansions are the rows of a table, and the rules that only its rows obey, by index.
pub(super) fn anchor(plan: &Plan, index: usize) -> Option<(TemplateId, Vec<usize>)> {
    let table = plan.tables.get(index)?;
    let all: Vec<Vec<InvertedMap<'_>>> = plan.tables.iter().map(InvertedMap::all).collect();
    let rules = all.get(index)?;
    let mut best: Option<(TemplateId, Vec<usize>)> = None;
    for (at, template) in table.templates.iter().enumerate() {
        let id = TemplateId::new(at);
        let holds = |slot: &ValueSource| template.slots().any(|found| found == slot);
        let keyed = if table.primary_key.is_empty() {
            holds(&ValueSource::Row)
        } else {
            table
                .primary_key
                .iter()
                .all(|&key| holds(&ValueSource::Column(key)))
        };
        let readable = template.parts.iter().all(|part| match part {
            TemplatePart::Text(_) => true,
            TemplatePart::Expression(expression) => is_readable(expression),
        });
        if !keyed || !readable {
            continue;
        }
        let own: Vec<usize> = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.map.subject.template() == Some(id))
            .filter(|(_, rule)| rule.predicate.constant().is_some())
            .filter(|(_, rule)| !is_made_elsewhere(plan, &all, (index, table), rule))
            .map(|(rule, _)| rule)
            .collect();
        if own.len() > best.as_ref().map_or(0, |(_, own)| own.len()) {
            best = Some((id, own));
        }
    }
    best
}

/// Whether another table, or another subject of this one, can yield the quads of a rule.
/// `all` has the rules of each table of the plan.
fn is_made_elsewhere(
    plan: &Plan,
    all: &[Vec<InvertedMap<'_>>],
    (index, table): (usize, &TablePlan),
    rule: &InvertedMap<'_>,
) -> bool {
    let mut others = plan.tables.iter().zip(all).enumerate();
    others.any(|(other_index, (other, rules))| {
        rules
            .iter()
            .filter(|other| other_index != index || other.subject != rule.subject)
            .any(|other_rule| overlap((table, rule), (other, other_rule)))
    })
}

/// Whether two rules can yield the same quad, as far as the texts of their templates tell.
fn overlap(
    (a, rule): (&TablePlan, &InvertedMap<'_>),
    (b, other): (&TablePlan, &InvertedMap<'_>),
) -> bool {
    let start = |table: &TablePlan, made: Option<IriSource<'_>>| {
        let made = made?;
        Some((made.head(table.base()), made.constant().is_some()))
    };
    let meet = |x: Option<(String, bool)>, y: Option<(String, bool)>| match (x, y) {
        (Some((x, true)), Some((y, true))) => x == y,
        (Some((x, x_whole)), Some((y, y_whole))) => {
            (!y_whole && x.starts_with(&y)) || (!x_whole && y.starts_with(&x))
        }
        // Blank nodes meet nothing.
        _ => false,
    };
    if !meet(start(a, rule.subject), start(b, other.subject))
        || !meet(
            start(a, Some(rule.predicate)),
            start(b, Some(other.predicate)),
        )
    {
        return false;
    }
    match (&rule.object, &other.object) {
        (Object::Iri(x) | Object::Each(x), Object::Iri(y) | Object::Each(y)) => {
            meet(start(a, Some(*x)), start(b, Some(*y)))
        }
        (Object::Literal(x), Object::Literal(y)) => {
            let datatype = |table: &TablePlan, rule: &InvertedMap<'_>| {
                let column = table.columns.get(rule.column)?;
                Some((
                    column.datatype.takes_language(),
                    column.datatype.iri().to_owned(),
                ))
            };
            let varies = |language: &LanguageMap| {
                matches!(language, LanguageMap::Column(_) | LanguageMap::Template(_))
            };
            datatype(a, rule) == datatype(b, other) && (varies(x) || varies(y) || x == y)
        }
        (Object::List(_), Object::List(_)) => true,
        (Object::Text(x) | Object::Literal(x), Object::Text(y) | Object::Literal(y)) => x == y,
        _ => false,
    }
}
