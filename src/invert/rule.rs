//! Triple maps as they are read backwards.

use super::expand::{Lookup, expand};
use super::matching::{Binding, head, matches};
use crate::plan::{
    ColumnId, GraphMap, LanguageMap, LiteralMap, LiteralText, ObjectMap, TablePlan, Template,
    TermMap, Test, TripleMap, ValueSource,
};

/// What a cell says, with its terms looked up.
pub(super) struct InvertedMap<'p> {
    /// The triple map.
    pub(super) map: &'p TripleMap,
    /// The column of the cell.
    pub(super) column: usize,
    /// The subject; `None` for blank nodes, which nothing is known of.
    pub(super) subject: Option<IriSource<'p>>,
    pub(super) predicate: IriSource<'p>,
    pub(super) object: Object<'p>,
    /// The named graph.
    pub(super) graph: Option<IriSource<'p>>,
}

/// IRIs as they are made.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum IriSource<'p> {
    Constant(&'p str),
    Template(&'p Template),
}

/// The objects of a rule.
pub(super) enum Object<'p> {
    /// The value of the cell as a literal, or of each item of its list.
    Literal(&'p LanguageMap),
    /// The items of the list as an `rdf:List` of literals.
    List(&'p LanguageMap),
    /// An IRI.
    Iri(IriSource<'p>),
    /// An IRI for each item of the list.
    Each(IriSource<'p>),
    /// A literal made by a template, which does not tell its parts apart.
    Text(&'p LanguageMap),
}

impl<'p> InvertedMap<'p> {
    /// The rules of a table, in the order of its triple maps.
    pub(super) fn all(plan: &'p TablePlan) -> Vec<Self> {
        let maps = plan.maps.iter();
        maps.filter_map(|map| Self::new(plan, map)).collect()
    }

    fn new(plan: &'p TablePlan, map: &'p TripleMap) -> Option<Self> {
        let object = match &map.object {
            ObjectMap::Terms(TermMap::Literal(literal)) => match literal.value {
                LiteralText::Column(_) => Object::Literal(&literal.language),
                LiteralText::Template(_) => Object::Text(&literal.language),
            },
            ObjectMap::List(TermMap::Literal(LiteralMap { language, .. })) => {
                Object::List(language)
            }
            ObjectMap::Terms(term) => {
                let made = IriSource::of(plan, term)?;
                match term.expansion().and_then(|expansion| expansion.each) {
                    Some(_) => Object::Each(made),
                    None => Object::Iri(made),
                }
            }
            ObjectMap::List(_) => return None,
        };
        Some(Self {
            map,
            column: map.column()?.index(),
            subject: IriSource::of(plan, &map.subject),
            predicate: IriSource::of(plan, &map.predicate)?,
            object,
            graph: map
                .graphs
                .iter()
                .filter_map(GraphMap::term)
                .find_map(|term| IriSource::of(plan, term)),
        })
    }

    /// The conditions on cells, besides the one that the rule's own cell has a value.
    pub(super) fn tests(&self) -> impl Iterator<Item = &'p Test> {
        self.map.stated()
    }

    /// The IRI that is the object, or that is made of each item.
    pub(super) fn iri(&self) -> Option<IriSource<'p>> {
        match self.object {
            Object::Iri(made) | Object::Each(made) => Some(made),
            Object::Literal(_) | Object::List(_) | Object::Text(_) => None,
        }
    }

    /// Whether the quads of the rule hold the value of its cell.
    pub(super) fn informative(&self) -> bool {
        let column = ColumnId::new(self.column);
        let mentions = |made: Option<IriSource<'_>>| {
            let mut slots = made.into_iter().flat_map(IriSource::slots);
            slots.any(|slot| *slot == ValueSource::Column(column) || *slot == ValueSource::Item)
        };
        match self.object {
            Object::Literal(_) | Object::List(_) => true,
            Object::Text(_) => false,
            Object::Iri(made) | Object::Each(made) => {
                mentions(Some(made)) || mentions(self.subject) || mentions(Some(self.predicate))
            }
        }
    }
}

impl<'p> IriSource<'p> {
    /// How a term map makes IRIs; `None` where it makes none.
    fn of(plan: &'p TablePlan, term: &'p TermMap) -> Option<Self> {
        match term {
            TermMap::Iri(_) => plan.template_of(term).map(Self::Template),
            term => term.constant_iri().map(Self::Constant),
        }
    }

    pub(super) fn template(self) -> Option<&'p Template> {
        match self {
            Self::Constant(_) => None,
            Self::Template(template) => Some(template),
        }
    }

    /// The slots of the template.
    pub(super) fn slots(self) -> impl Iterator<Item = &'p ValueSource> {
        self.template().into_iter().flat_map(Template::slots)
    }

    /// The IRI, where it is the same for all rows.
    pub(super) fn constant(self) -> Option<&'p str> {
        match self {
            Self::Constant(iri) => Some(iri),
            Self::Template(template) => template.constant(),
        }
    }

    /// The text that every IRI starts with, made absolute.
    pub(super) fn head(self, base: &str) -> String {
        match self {
            Self::Constant(iri) => iri.to_owned(),
            Self::Template(template) => head(template, base),
        }
    }

    /// The IRI of a row; `None` while a variable is not known.
    pub(super) fn expand(self, base: &str, lookup: &dyn Lookup) -> Option<String> {
        match self {
            Self::Constant(iri) => Some(iri.to_owned()),
            Self::Template(template) => expand(template, base, lookup),
        }
    }

    /// The values of the variables that are not known, where they make this IRI.
    pub(super) fn matches(
        self,
        base: &str,
        lookup: &dyn Lookup,
        iri: &str,
    ) -> Option<Vec<Binding<'p>>> {
        match self {
            Self::Constant(constant) => (constant == iri).then(Vec::new),
            Self::Template(template) => matches(template, base, lookup, iri),
        }
    }
}
