//! The cells of one row, found one after another.

use super::expand::Lookup;
use super::graph::IndexedQuads;
use super::matching::Binding;
use super::rule::{InvertedMap, IriSource, Object};
use super::table::Inverse;
use crate::plan::{ColumnId, LanguageMap, Test, ValueSource};
use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

/// A cell that is known: its values, not yet as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RebuiltCell {
    Null,
    One(String),
    List(Vec<String>),
}

/// A row that is being put together.
#[derive(Debug, Clone)]
pub(super) struct RebuiltRow {
    /// The IRI that it was found by.
    pub(super) subject: String,
    /// By column; `None` while a cell is not known.
    pub(super) cells: Vec<Option<RebuiltCell>>,
    /// Columns whose cells were read from an IRI, which has the canonical form of their values.
    pub(super) canonical: BTreeSet<usize>,
    pub(super) number: Option<u64>,
    /// Columns for which the graph has several values where a cell holds one.
    pub(super) ambiguous: Vec<(usize, Vec<String>)>,
}

impl Lookup for RebuiltRow {
    fn column(&self, index: usize) -> Option<&RebuiltCell> {
        self.cells.get(index)?.as_ref()
    }

    fn row(&self) -> Option<u64> {
        self.number
    }
}

/// What quads say of columns: the values that each may have.
type ValuesByColumn = BTreeMap<usize, BTreeSet<Vec<String>>>;

/// What the quads of a rule say of a row.
struct RuleValues {
    values: ValuesByColumn,
    /// Everything but the object was known: no quad means an empty cell.
    complete: bool,
    /// There are quads.
    any: bool,
}

/// Finds the cells of a row.
pub(super) struct Solver<'a> {
    pub(super) inverse: &'a Inverse<'a>,
    pub(super) graph: &'a IndexedQuads,
}

impl<'a> Solver<'a> {
    /// Fills all cells of the columns of the file.
    pub(super) fn solve(&self, row: &mut RebuiltRow) {
        let rules = &self.inverse.rules;
        // Each round fills a cell, or is the last one.
        loop {
            let own = |rule: &InvertedMap| !self.waits(rule, row) && self.own(rule, row);
            if rules.iter().any(own)
                || rules.iter().any(|rule| self.form(rule, row))
                || rules.iter().any(|rule| self.other(rule, row))
                || rules.iter().any(|rule| self.condition(rule, row))
            {
                continue;
            }
            break;
        }
        let file = self.inverse.plan.file_columns();
        let unknown: Vec<usize> = (0..file)
            .filter(|&column| row.column(column).is_none())
            .collect();
        for &column in &unknown {
            let known = self
                .inverse
                .remaining(column)
                .map_or(RebuiltCell::Null, |text| RebuiltCell::One(text.to_owned()));
            self.set(row, column, known);
        }
        // A template with a null in it can still be the subject of a cell.
        for rule in rules.iter().filter(|rule| unknown.contains(&rule.column)) {
            if row.column(rule.column) == Some(&RebuiltCell::Null)
                && let Some(cell) = row.cells.get_mut(rule.column)
            {
                *cell = None;
                if !self.own(rule, row) {
                    self.set(row, rule.column, RebuiltCell::Null);
                }
            }
        }
    }

    /// Fills a cell with what the quads of a rule say of it.
    fn learn(
        &self,
        rule: &InvertedMap<'a>,
        row: &mut RebuiltRow,
        column: usize,
        values: &BTreeSet<Vec<String>>,
    ) {
        let known = self.choose(row, column, values);
        self.set(row, column, known);
        let literal = matches!(rule.object, Object::Literal(_) | Object::List(_));
        if literal && column == rule.column {
            row.canonical.remove(&column);
        } else if self.inverse.has_forms(column) {
            row.canonical.insert(column);
        }
    }

    fn set(&self, row: &mut RebuiltRow, column: usize, known: RebuiltCell) {
        if let Some(cell) = row.cells.get_mut(column) {
            *cell = Some(known);
        }
    }

    /// Whether a rule is about texts whose language another cell has, which is not known yet: without
    /// it the quads of the rule look like those of something else.
    fn waits(&self, rule: &InvertedMap<'a>, row: &RebuiltRow) -> bool {
        let (Object::Literal(LanguageMap::Column(language))
        | Object::List(LanguageMap::Column(language))) = rule.object
        else {
            return false;
        };
        let column = self.inverse.plan.columns.get(rule.column);
        row.column(language.index()).is_none()
            && column.is_some_and(|column| column.datatype.takes_language())
    }

    /// Fills the cell that a rule is about; says whether it did.
    fn own(&self, rule: &InvertedMap<'a>, row: &mut RebuiltRow) -> bool {
        let column = rule.column;
        if row.column(column).is_some()
            || column >= self.inverse.plan.file_columns()
            || !rule.informative()
            || self.rejected(rule, row)
        {
            return false;
        }
        let Some(said) = self.said(rule, row) else {
            return false;
        };
        match said.values.get(&column) {
            Some(values) => self.learn(rule, row, column, values),
            None if said.complete && !said.any => self.set(row, column, RebuiltCell::Null),
            None => return false,
        }
        true
    }

    /// Fills a cell that a template of another column's rule mentions.
    fn other(&self, rule: &InvertedMap<'a>, row: &mut RebuiltRow) -> bool {
        if self.rejected(rule, row) {
            return false;
        }
        let Some(said) = self.said(rule, row) else {
            return false;
        };
        for (&column, values) in &said.values {
            if row.column(column).is_none() && column < self.inverse.plan.file_columns() {
                self.learn(rule, row, column, values);
                return true;
            }
        }
        false
    }

    /// Finds how a value is written that is known from an IRI; says whether it did.
    fn form(&self, rule: &InvertedMap<'a>, row: &mut RebuiltRow) -> bool {
        let column = rule.column;
        if !row.canonical.contains(&column)
            || !matches!(row.column(column), Some(RebuiltCell::One(_)))
            || !matches!(rule.object, Object::Literal(_))
            || self.rejected(rule, row)
        {
            return false;
        }
        let said = self.said(rule, row);
        let Some(values) = said.as_ref().and_then(|said| said.values.get(&column)) else {
            return false;
        };
        self.learn(rule, row, column, values);
        true
    }

    /// Fills a cell that a rule has as its condition, where the quad of the rule is there.
    fn condition(&self, rule: &InvertedMap<'a>, row: &mut RebuiltRow) -> bool {
        let unknown = rule.tests().find_map(|test| match test {
            Test::Equals(column, value) if row.column(column.index()).is_none() => {
                Some((column.index(), value))
            }
            _ => None,
        });
        let Some((column, value)) = unknown else {
            return false;
        };
        if self.rejected(rule, row) || !self.said(rule, row).is_some_and(|said| said.any) {
            return false;
        }
        self.set(row, column, RebuiltCell::One(value.clone()));
        true
    }

    fn choose(
        &self,
        row: &mut RebuiltRow,
        column: usize,
        values: &BTreeSet<Vec<String>>,
    ) -> RebuiltCell {
        if self.inverse.is_list(column) {
            let items: BTreeSet<&String> = values.iter().flatten().collect();
            // An ordered list is one value, in its order.
            if self.inverse.is_ordered(column)
                && let Some(only) = values.first()
            {
                return RebuiltCell::List(only.clone());
            }
            return RebuiltCell::List(items.into_iter().cloned().collect());
        }
        let mut texts: Vec<String> = values.iter().map(|items| items.concat()).collect();
        if texts.len() > 1 {
            let beside = self.made_beside(row, column);
            if texts.iter().any(|text| !beside.contains(text)) {
                texts.retain(|text| !beside.contains(text));
            }
        }
        if texts.len() > 1 {
            row.ambiguous.push((column, texts.clone()));
        }
        texts
            .into_iter()
            .next()
            .map_or(RebuiltCell::Null, RebuiltCell::One)
    }

    /// Texts of a column for which virtual columns make the IRI of the cell, wherever the cell has another one:
    /// a strategy is a programme too.
    fn made_beside(&self, row: &RebuiltRow, column: usize) -> Vec<String> {
        let inverse = self.inverse;
        let mut rules = inverse.rules.iter();
        let own = rules.find_map(|rule| match rule.object {
            Object::Iri(value) if rule.column == column => Some((rule, value)),
            _ => None,
        });
        let Some((rule, value)) = own else {
            return Vec::new();
        };
        let beside = inverse.rules.iter().filter_map(|other| {
            let Object::Iri(object) = other.object else {
                return None;
            };
            let alike = other.subject == rule.subject && other.predicate == rule.predicate;
            let tests: Vec<&Test> = other.tests().collect();
            let [Test::Differs(differs, text)] = tests.as_slice() else {
                return None;
            };
            let iri = object.constant().filter(|_| alike)?;
            let bindings = value.matches(inverse.base, row, iri)?;
            let id = ColumnId::new(column);
            let makes = |binding: &Binding<'_>| {
                *binding.slot == ValueSource::Column(id) && binding.text == *text
            };
            (*differs == id && bindings.iter().any(makes)).then(|| text.clone())
        });
        beside.collect()
    }

    /// Whether a condition of a rule is known not to hold.
    fn rejected(&self, rule: &InvertedMap<'a>, row: &RebuiltRow) -> bool {
        let text = |column: &ColumnId| {
            row.column(column.index()).map(|known| match known {
                RebuiltCell::One(text) => Some(text.as_str()),
                RebuiltCell::Null | RebuiltCell::List(_) => None,
            })
        };
        rule.tests().any(|test| match test {
            Test::NotNull(column) | Test::Present(column) => {
                row.column(column.index()) == Some(&RebuiltCell::Null)
            }
            Test::Equals(column, value) => text(column).is_some_and(|text| text != Some(value)),
            Test::Differs(column, value) => text(column).is_some_and(|text| text == Some(value)),
        })
    }

    /// What the quads of a rule say; `None` while too little is known to look for them.
    fn said(&self, rule: &InvertedMap<'a>, row: &RebuiltRow) -> Option<RuleValues> {
        let inverse = self.inverse;
        let (subject, predicate) = (rule.subject?, rule.predicate);
        let known_predicate = predicate.expand(inverse.base, row);
        let mut said = RuleValues {
            values: ValuesByColumn::new(),
            complete: known_predicate.is_some(),
            any: false,
        };
        let mut accept = |index: usize,
                          quad: &Quad,
                          mut bindings: Vec<Binding<'a>>|
         -> Option<()> {
            match &known_predicate {
                Some(iri) if iri == quad.predicate.as_str() => {}
                Some(_) => return None,
                None => {
                    let iri = quad.predicate.as_str();
                    bindings.extend(predicate.matches(inverse.base, row, iri)?);
                }
            }
            bindings.extend(self.graph_fits(rule, row, index, quad)?);
            let own = self.object(rule, row, &quad.object, &mut bindings)?;
            let mut values = inverse.values(rule, &bindings)?;
            if let Some(own) = own {
                values.push((rule.column, own));
            }
            // Bindings must agree with what is known.
            for (column, items) in &values {
                let agrees = match row.column(*column) {
                    Some(RebuiltCell::One(text)) => inverse.is_same(*column, text, &items.concat()),
                    Some(RebuiltCell::Null) => false,
                    Some(RebuiltCell::List(_)) | None => true,
                };
                if !agrees {
                    return None;
                }
            }
            said.any = true;
            for (column, items) in values {
                said.values.entry(column).or_default().insert(items);
            }
            Some(())
        };
        if let Some(iri) = subject.expand(inverse.base, row) {
            for (index, quad) in self.graph.of_subject(&iri) {
                accept(index, quad, Vec::new());
            }
            return Some(said);
        }
        // The other way round: from an object that is this row's to a subject that is not known.
        let Object::Iri(object) = rule.object else {
            return None;
        };
        let mentions = object
            .slots()
            .any(|slot| matches!(slot, ValueSource::Column(_) | ValueSource::Row));
        let iri = object.expand(inverse.base, row).filter(|_| mentions)?;
        for (index, quad) in self.graph.of_object(&iri) {
            if let NamedOrBlankNode::NamedNode(node) = &quad.subject
                && let Some(bindings) = subject.matches(inverse.base, row, node.as_str())
            {
                accept(index, quad, bindings);
            }
        }
        Some(said)
    }

    /// Whether a quad is in the graph of a rule; what the graph's name says.
    fn graph_fits(
        &self,
        rule: &InvertedMap<'a>,
        row: &RebuiltRow,
        index: usize,
        quad: &Quad,
    ) -> Option<Vec<Binding<'a>>> {
        if self.graph.is_anywhere(index) {
            return Some(Vec::new());
        }
        let null = |made: IriSource<'_>| {
            made.slots().any(
                |slot| matches!(slot, ValueSource::Column(column) if row.column(column.index()) == Some(&RebuiltCell::Null)),
            )
        };
        match (rule.graph, &quad.graph_name) {
            (None, GraphName::DefaultGraph) => Some(Vec::new()),
            (Some(template), GraphName::DefaultGraph) => null(template).then(Vec::new),
            (Some(template), GraphName::NamedNode(name)) => {
                template.matches(self.inverse.base, row, name.as_str())
            }
            _ => None,
        }
    }

    /// Whether an object is one that a rule makes; the value of the rule's cell, where it holds it.
    fn object(
        &self,
        rule: &InvertedMap<'a>,
        row: &RebuiltRow,
        object: &Term,
        bindings: &mut Vec<Binding<'a>>,
    ) -> Option<Option<Vec<String>>> {
        match (&rule.object, object) {
            (Object::Literal(language), Term::Literal(_)) => {
                let text = self.literal(rule, language, row, object)?;
                Some(Some(vec![text]))
            }
            (Object::List(language), head) => {
                let items = self.graph.list(head);
                let items = items
                    .iter()
                    .map(|item| self.literal(rule, language, row, item));
                Some(Some(items.collect::<Option<_>>()?))
            }
            (Object::Iri(template) | Object::Each(template), Term::NamedNode(node)) => {
                bindings.extend(template.matches(self.inverse.base, row, node.as_str())?);
                Some(None)
            }
            _ => None,
        }
    }

    fn literal(
        &self,
        rule: &InvertedMap<'a>,
        language: &LanguageMap,
        row: &RebuiltRow,
        term: &Term,
    ) -> Option<String> {
        let Term::Literal(literal) = term else {
            return None;
        };
        let column = self.inverse.plan.columns.get(rule.column)?;
        let fits = if column.datatype.takes_language() {
            let tag = match language {
                LanguageMap::None => None,
                LanguageMap::Constant(tag) => Some(tag.as_str()),
                LanguageMap::Column(column) => match row.column(column.index()) {
                    Some(RebuiltCell::One(tag)) => Some(tag.as_str()),
                    _ => None,
                },
                // Nothing tells what a template made it of.
                LanguageMap::Template(_) => return None,
            };
            match (tag, literal.language()) {
                (Some(tag), Some(found)) => tag.eq_ignore_ascii_case(found),
                (None, None) => literal.datatype() == oxrdf::vocab::xsd::STRING,
                _ => false,
            }
        } else {
            literal.datatype().as_str() == column.datatype.iri()
        };
        let text = literal.value();
        (fits && self.inverse.is_value(rule.column, text)).then(|| text.to_owned())
    }
}
