//! The terms of a row, made of its values.

use super::expand::Expander;
use super::problems::Problems;
use super::row::ConvertedRow;
use super::value::{CellValue, Item};
use crate::datatype::{Base, canonical_language_tag};
use crate::plan::{
    ColumnId, DatatypeMap, Expansion, LanguageMap, LiteralMap, LiteralText, TableId, TablePlan,
    TermMap,
};
use oxrdf::{BlankNodeRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef};
use std::borrow::Cow;
use std::fmt::Write;

/// Makes the IRIs and blank nodes of the rows of one table.
pub struct NodeGenerator<'c> {
    pub expander: Expander<'c>,
    table: TableId,
    labels: Vec<BlankLabel<'c>>,
}

/// A label of blank nodes.
struct BlankLabel<'c> {
    source: LabelSource<'c>,
    text: String,
    /// The row that it was made for; 0 before the first.
    row: u64,
}

#[derive(PartialEq)]
enum LabelSource<'c> {
    /// A node for each row, with this between the numbers of table and row.
    Fresh(&'c str),
    /// What a template makes.
    Template(Expansion),
}

/// A term map without literals, looked up.
#[derive(Clone, Copy, PartialEq)]
pub enum NodeMap<'c> {
    /// The same in all rows.
    Constant(TermRef<'c>),
    /// What a template makes.
    Iri(Expansion),
    /// A blank node, by the index of its label.
    Blank(usize),
    /// No node: a literal is where none can be.
    Nothing,
}

/// Whether a node can be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NodeState {
    /// It can.
    Usable,
    /// A null leaves nothing.
    Null,
    /// It is not a valid IRI.
    Invalid,
}

impl<'c> NodeGenerator<'c> {
    pub fn new(plan: &'c TablePlan, table: TableId) -> Self {
        Self {
            expander: Expander::new(plan),
            table,
            labels: Vec::new(),
        }
    }

    /// Looks up how a term is made.
    pub fn map(&mut self, term: &'c TermMap) -> NodeMap<'c> {
        match term {
            TermMap::Constant(Term::Literal(_)) | TermMap::Literal(_) => NodeMap::Nothing,
            TermMap::Constant(term) => NodeMap::Constant(term.as_ref()),
            TermMap::Iri(expansion) => NodeMap::Iri(*expansion),
            TermMap::BlankNode(expansion) => self.label(LabelSource::Template(*expansion)),
            TermMap::Fresh(text) => self.label(LabelSource::Fresh(text)),
        }
    }

    fn label(&mut self, source: LabelSource<'c>) -> NodeMap<'c> {
        let known = self.labels.iter().position(|label| label.source == source);
        NodeMap::Blank(known.unwrap_or_else(|| {
            self.labels.push(BlankLabel {
                source,
                text: String::new(),
                row: 0,
            });
            self.labels.len() - 1
        }))
    }

    /// Makes the node of a row, unless that was done already.
    #[inline(always)]
    pub fn prepare(&mut self, map: NodeMap<'_>, row: &ConvertedRow<'_, '_>) -> NodeState {
        match map {
            NodeMap::Constant(_) => NodeState::Usable,
            NodeMap::Iri(expansion) => {
                self.expander.prepare(expansion, row);
                self.state(expansion)
            }
            NodeMap::Blank(index) => self.prepare_label(index, row),
            NodeMap::Nothing => NodeState::Null,
        }
    }

    /// Makes the IRI of an item of a list.
    pub fn prepare_item(
        &mut self,
        expansion: Expansion,
        row: &ConvertedRow<'_, '_>,
        item: Item<'_>,
    ) -> NodeState {
        self.expander.prepare_item(expansion, row, item);
        self.state(expansion)
    }

    #[inline]
    fn state(&self, expansion: Expansion) -> NodeState {
        let filled = self.expander.get(expansion);
        if !filled.is_term(expansion.null) {
            NodeState::Null
        } else if filled.valid {
            NodeState::Usable
        } else {
            NodeState::Invalid
        }
    }

    fn prepare_label(&mut self, index: usize, row: &ConvertedRow<'_, '_>) -> NodeState {
        let Some(label) = self.labels.get_mut(index) else {
            return NodeState::Null;
        };
        let made = std::mem::replace(&mut label.row, row.number) == row.number;
        match &label.source {
            _ if made => {}
            LabelSource::Fresh(text) => {
                label.text.clear();
                // Writing to a string does not fail.
                let _ = write!(label.text, "t{}{text}{}", self.table, row.number);
            }
            LabelSource::Template(expansion) => {
                self.expander.prepare(*expansion, row);
                label.text.clear();
                push_label(&self.expander.get(*expansion).text, &mut label.text);
            }
        }
        match label.source {
            LabelSource::Fresh(_) => NodeState::Usable,
            LabelSource::Template(expansion) => self.state(expansion),
        }
    }

    /// Whether a node that was prepared is a term, as far as nulls decide.
    pub fn is_term(&self, map: NodeMap<'_>) -> bool {
        let expansion = match map {
            NodeMap::Constant(_) => return true,
            NodeMap::Nothing => return false,
            NodeMap::Iri(expansion) => expansion,
            NodeMap::Blank(index) => match self.labels.get(index).map(|label| &label.source) {
                Some(LabelSource::Template(expansion)) => *expansion,
                _ => return true,
            },
        };
        self.expander.get(expansion).is_term(expansion.null)
    }

    /// The node that was prepared last.
    #[inline]
    pub fn get<'e>(&'e self, map: NodeMap<'e>) -> Option<TermRef<'e>> {
        match map {
            NodeMap::Constant(term) => Some(term),
            NodeMap::Iri(expansion) => Some(self.iri(expansion).into()),
            NodeMap::Blank(index) => {
                let label = self.labels.get(index)?;
                Some(BlankNodeRef::new_unchecked(&label.text).into())
            }
            NodeMap::Nothing => None,
        }
    }

    /// The IRI that was prepared last; it is only to be used where it is valid.
    #[inline]
    pub fn iri(&self, expansion: Expansion) -> NamedNodeRef<'_> {
        NamedNodeRef::new_unchecked(&self.expander.get(expansion).text)
    }

    /// The same as a subject or the name of a graph.
    #[inline]
    pub fn subject<'e>(&'e self, map: NodeMap<'e>) -> Option<NamedOrBlankNodeRef<'e>> {
        match map {
            NodeMap::Iri(expansion) => Some(self.iri(expansion).into()),
            NodeMap::Constant(TermRef::NamedNode(node)) => Some(node.into()),
            NodeMap::Constant(TermRef::BlankNode(node)) => Some(node.into()),
            NodeMap::Blank(index) => {
                let label = self.labels.get(index)?;
                Some(BlankNodeRef::new_unchecked(&label.text).into())
            }
            NodeMap::Constant(_) | NodeMap::Nothing => None,
        }
    }

    /// The same as a predicate.
    #[inline]
    pub fn predicate<'e>(&'e self, map: NodeMap<'e>) -> Option<NamedNodeRef<'e>> {
        match map {
            NodeMap::Constant(TermRef::NamedNode(node)) => Some(node),
            NodeMap::Iri(expansion) => Some(self.iri(expansion)),
            _ => None,
        }
    }

    /// Reports an IRI of an expansion that is not valid.
    #[cold]
    pub fn report(
        &self,
        expansion: Expansion,
        at: Option<ColumnId>,
        row: &ConvertedRow<'_, '_>,
        problems: &mut Problems<'_>,
    ) {
        row.invalid_iri(at, &self.expander.get(expansion).text, problems);
    }
}

/// Appends a text as the label of a blank node: what may not be in one as its bytes. It differs from all labels
/// that rows have.
fn push_label(text: &str, label: &mut String) {
    label.push_str("b_");
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() {
            label.push(char::from(byte));
        } else {
            let _ = write!(label, "_{byte:02X}");
        }
    }
}

/// How literals are made (csv2rdf §4.3).
#[derive(Clone, Copy)]
pub struct LiteralForm<'c> {
    /// `None` for strings.
    datatype: Option<NamedNodeRef<'c>>,
    /// The expansion that makes the datatype.
    pub datatype_of: Option<Expansion>,
    /// Of strings, those that break a rule of their column included.
    language: Option<&'c str>,
    /// What makes the language of each row.
    language_of: Option<RowLanguage>,
}

/// What makes the language of the strings of a row.
#[derive(Clone, Copy)]
enum RowLanguage {
    Column(ColumnId),
    Template(Expansion),
}

impl<'c> LiteralForm<'c> {
    pub fn new(plan: &'c TablePlan, map: &'c LiteralMap) -> Self {
        let column = match map.value {
            LiteralText::Column(column) => plan.column(column),
            LiteralText::Template(_) => None,
        };
        let datatype = column.map(|column| &column.datatype);
        // What is not a value of another datatype is a string without language (Tabular Data Model §6.4).
        let language = match datatype {
            Some(datatype) if datatype.base != Base::String => &LanguageMap::None,
            _ => &map.language,
        };
        Self {
            datatype: match &map.datatype {
                DatatypeMap::String | DatatypeMap::Template(_) => None,
                DatatypeMap::Constant(datatype) => Some(datatype.as_ref()),
                DatatypeMap::Column => datatype
                    .filter(|datatype| !datatype.takes_language())
                    .map(|datatype| NamedNodeRef::new_unchecked(datatype.iri())),
            },
            datatype_of: match map.datatype {
                DatatypeMap::Template(expansion) => Some(expansion),
                _ => None,
            },
            language: match language {
                LanguageMap::Constant(tag) => language_tag(tag),
                _ => None,
            },
            language_of: match language {
                LanguageMap::Column(column) => Some(RowLanguage::Column(*column)),
                LanguageMap::Template(expansion) => Some(RowLanguage::Template(*expansion)),
                LanguageMap::None | LanguageMap::Constant(_) => None,
            },
        }
    }

    /// The language of the strings of a row; `buffer` is room for it.
    #[inline]
    pub fn language<'v>(
        &'v self,
        row: &ConvertedRow<'v, 'v>,
        expander: &mut Expander<'_>,
        buffer: &'v mut String,
    ) -> Option<&'v str> {
        match self.language_of {
            None => self.language,
            Some(made) => made.of(row, expander, buffer),
        }
    }

    /// A literal of a value; `datatype` is the one that an expansion has made.
    #[inline]
    pub fn literal<'v>(
        &'v self,
        item: Item<'v>,
        datatype: Option<NamedNodeRef<'v>>,
        language: Option<&'v str>,
    ) -> LiteralRef<'v> {
        if item.valid
            && let Some(datatype) = self.datatype.or(datatype)
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

impl RowLanguage {
    /// The language of a row in canonical case, in `buffer` where the cell has it in another.
    fn of<'v>(
        self,
        row: &ConvertedRow<'v, 'v>,
        expander: &mut Expander<'_>,
        buffer: &'v mut String,
    ) -> Option<&'v str> {
        match self {
            Self::Column(column) => {
                let Some(CellValue::Single(tag)) = row.values.get(column.index()) else {
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
            Self::Template(expansion) => {
                expander.prepare(expansion, row);
                let filled = expander.get(expansion);
                let tag = Some(&filled.text).filter(|_| filled.is_term(expansion.null));
                *buffer = canonical_language_tag(language_tag(tag?)?).into_owned();
                Some(buffer)
            }
        }
    }
}

/// A text as a language tag, without white space at its ends; `None` where it is not well-formed
/// (BCP 47 §2.2.9), which RDF asks of the tags of literals.
pub fn language_tag(text: &str) -> Option<&str> {
    let tag = text.trim_matches([' ', '\t', '\r', '\n']);
    oxilangtag::LanguageTag::parse(tag).is_ok().then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_differ_where_texts_do() {
        for (text, expected) in [
            ("Venus", "b_Venus"),
            ("a b", "b_a_20b"),
            ("a_20b", "b_a_5F20b"),
            ("t0r1", "b_t0r1"),
            ("ä", "b__C3_A4"),
        ] {
            let mut label = String::new();
            push_label(text, &mut label);
            assert_eq!(label, expected, "{text}");
            assert!(oxrdf::BlankNode::new(label).is_ok());
        }
    }
}
