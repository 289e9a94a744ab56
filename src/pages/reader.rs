//! The graph as a page reads it: in ranges with a limit, with labels in the language of the page.

use super::frame::PageFrame;
use super::language::Language;
use super::site::Site;
use super::value::{ValueView, is_web};
use crate::describe::unreadable;
use crate::knowledge::{GraphClaim, Knowledge};
use crate::query::{LABEL_PROPERTIES, Labels};
use crate::store::{Build, StoreError, graph_iri};
use civigraph_index::{Dataset, Graphs, Index, RangePredicate, ValueKind, ValueRange};
use oxrdf::vocab::{rdf, rdfs, xsd};
use oxrdf::{
    GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad,
    Term, TermRef,
};
use spareval::QueryableDataset;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Characters of a text that are shown.
const SHOWN: usize = 3000;

const EDTF: &str = "http://id.loc.gov/datatypes/edtf/";

/// Reads the graph for one page.
pub(crate) struct PageReader<'s> {
    /// What is read.
    pub site: &'s Site,
    /// The frame of the page.
    pub frame: &'s PageFrame,
    /// What is known of triples.
    pub knowledge: Knowledge<'s>,
    labels: Labels<'s>,
    /// The claims about things that were asked for.
    claims: RefCell<HashMap<NamedNode, Rc<[GraphClaim]>>>,
}

impl<'s> PageReader<'s> {
    /// A view for a page.
    pub fn new(site: &'s Site, frame: &'s PageFrame) -> Self {
        Self {
            site,
            frame,
            knowledge: Knowledge::of(&site.build),
            labels: Labels::new(site.build.index(), frame.language.code()),
            claims: RefCell::default(),
        }
    }

    /// The build.
    pub fn build(&self) -> &'s Build {
        &self.site.build
    }

    /// Its index.
    pub fn index(&self) -> &'s Index {
        self.site.build.index()
    }

    /// The claims about a thing, read once.
    pub fn claims(&self, node: &NamedNode) -> Result<Rc<[GraphClaim]>, StoreError> {
        if let Some(known) = self.claims.borrow().get(node) {
            return Ok(Rc::clone(known));
        }
        let claims: Rc<[GraphClaim]> = self.knowledge.claims(node)?.into();
        let known = Rc::clone(&claims);
        self.claims.borrow_mut().insert(node.clone(), known);
        Ok(claims)
    }

    /// The language of the page.
    pub fn language(&self) -> Language {
        self.frame.language
    }

    /// A term of the project's own namespace.
    pub fn own_term(&self, name: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}ns#{name}", self.site.base()))
    }

    /// A graph of the project.
    pub fn graph(&self, name: &str) -> NamedNode {
        NamedNode::new_unchecked(graph_iri(self.site.base(), name))
    }

    /// The first quads that match a pattern, in one graph or all.
    pub fn quads(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
        most: usize,
    ) -> Result<Vec<Quad>, StoreError> {
        self.index()
            .quads_for_pattern(subject, predicate, object, graph)
            .take(most)
            .map(|quad| quad.map_err(|error| unreadable(self.build(), &error)))
            .collect()
    }

    /// How many quads match a pattern.
    pub fn count(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graphs: Graphs<'_>,
    ) -> Result<u64, StoreError> {
        self.index()
            .count(subject, predicate, object, graphs)
            .map_err(|error| unreadable(self.build(), &error))
    }

    /// How many facts have a property with a node as its value.
    pub fn count_facts_to(
        &self,
        predicate: Option<NamedNodeRef<'_>>,
        node: NamedNodeRef<'_>,
    ) -> Result<u64, StoreError> {
        self.count(None, predicate, Some(node.into()), Graphs::Default)
    }

    /// The first objects of a property of a node, in all graphs.
    pub fn objects(
        &self,
        node: NamedNodeRef<'_>,
        predicate: NamedNodeRef<'_>,
        most: usize,
    ) -> Result<Vec<Term>, StoreError> {
        let quads = self.quads(Some(node.into()), Some(predicate), None, None, most)?;
        Ok(quads.into_iter().map(|quad| quad.object).collect())
    }

    /// The first object of a property of a node, in all graphs.
    pub fn object(
        &self,
        node: NamedNodeRef<'_>,
        predicate: NamedNodeRef<'_>,
    ) -> Result<Option<Term>, StoreError> {
        Ok(self.objects(node, predicate, 1)?.pop())
    }

    /// The first named things that have a property with a node as its value, in the facts or a graph.
    pub fn subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        node: NamedNodeRef<'_>,
        graph: Option<GraphNameRef<'_>>,
        most: usize,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let quads = self.quads(None, Some(predicate), Some(node.into()), graph, most)?;
        let named = quads.into_iter().filter_map(|quad| match quad.subject {
            NamedOrBlankNode::NamedNode(node) => Some(node),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let mut named: Vec<NamedNode> = named.collect();
        named.sort();
        named.dedup();
        Ok(named)
    }

    /// The first things of the facts whose IRIs start with a text, in the order of their IRIs.
    pub fn starting_with(&self, start: &str, most: usize) -> Result<Vec<NamedNode>, StoreError> {
        let failed = |error| unreadable(self.build(), &error);
        let found = self.index().subjects_starting_with(start).map_err(failed)?;
        found.take(most).map(|node| node.map_err(failed)).collect()
    }

    /// The greatest dates that a property has in the facts, the latest first, each with what has it.
    pub fn latest(
        &self,
        property: &NamedNode,
        most: usize,
    ) -> Result<Vec<(Literal, NamedOrBlankNode)>, StoreError> {
        let failed = |error| unreadable(self.build(), &error);
        let dated = RangePredicate {
            predicate: property.clone(),
            range: ValueRange {
                kind: ValueKind::Date,
                lower: None,
                upper: None,
            },
            descending: true,
        };
        let dataset = Dataset::new(self.index());
        let dataset = &dataset;
        let dated = dataset
            .internalize_term(dated.encode().into())
            .map_err(failed)?;
        let quads = dataset.internal_quads_for_pattern(None, Some(&dated), None, Some(None));
        let mut latest = Vec::new();
        for quad in quads.take(most) {
            let quad = quad.map_err(failed)?;
            let subject = dataset.externalize_term(quad.subject).map_err(failed)?;
            let object = dataset.externalize_term(quad.object).map_err(failed)?;
            let subject = match subject {
                Term::NamedNode(node) => NamedOrBlankNode::from(node),
                Term::BlankNode(node) => node.into(),
                _ => continue,
            };
            if let Term::Literal(date) = object {
                latest.push((date, subject));
            }
        }
        Ok(latest)
    }

    /// Whether anything is said of a node, or with it.
    pub fn is_known(&self, node: NamedNodeRef<'_>) -> Result<bool, StoreError> {
        Ok(!self
            .quads(Some(node.into()), None, None, None, 1)?
            .is_empty()
            || !self
                .quads(None, None, Some(node.into()), None, 1)?
                .is_empty()
            || !self.quads(None, Some(node), None, None, 1)?.is_empty())
    }

    /// Labels in the language of the page.
    pub fn labels(&self) -> &Labels<'s> {
        &self.labels
    }

    /// The label of an IRI, or a name from what is said of it; graphs of the project have names of their own.
    pub fn label(&self, iri: &str) -> Option<String> {
        self.labels.name(iri).or_else(|| {
            let graph = iri.strip_prefix(self.site.base())?.strip_prefix("graph/")?;
            let mut names = self.frame.words.graph_names.iter();
            let named = names.find(|(name, _)| *name == graph);
            named.map(|(_, label)| (*label).to_owned())
        })
    }

    /// The label of an IRI, or its short name.
    pub fn name(&self, iri: &str) -> String {
        self.label(iri).unwrap_or_else(|| self.short(iri))
    }

    /// The short name of an IRI, or all of it.
    pub fn short(&self, iri: &str) -> String {
        let short = self.build().manifest().about.prefixes.shorten(iri);
        let bare = short
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'));
        bare.unwrap_or(&short).to_owned()
    }

    /// The labels of a node in other languages than that of the page, with their tags; the other language of the pages
    /// comes first.
    pub fn other_labels(&self, node: NamedNodeRef<'_>) -> Result<Vec<ValueView>, StoreError> {
        let shown = self.label(node.as_str());
        let mut others: Vec<ValueView> = Vec::new();
        for property in LABEL_PROPERTIES {
            for object in self.objects(node, property, 20)? {
                if let Term::Literal(literal) = object
                    && Some(literal.value()) != shown.as_deref()
                    && !others.iter().any(|other| other.text == literal.value())
                {
                    others.push(self.literal(&literal));
                }
            }
            if !others.is_empty() {
                break;
            }
        }
        // Readers who know the other language of the pages know its script.
        let known = self.language().other().code();
        others.sort_by_key(|other| other.tag.as_deref() != Some(known));
        Ok(others)
    }

    /// A link to the page of an IRI, under its label.
    pub fn thing(&self, iri: &str) -> ValueView {
        let short = self.short(iri);
        let label = self.label(iri);
        ValueView {
            title: label.is_some().then(|| short.clone()),
            ..ValueView::link(
                shortened(&label.unwrap_or(short), SHOWN),
                self.frame.links.page(iri),
            )
        }
    }

    /// A link to the page of a term of a vocabulary, under its label, which begins with a capital letter.
    pub fn term(&self, iri: &str) -> ValueView {
        let value = self.thing(iri);
        let is_label = value.title.is_some();
        ValueView {
            text: if is_label {
                capital(&value.text)
            } else {
                value.text
            },
            ..value
        }
    }

    /// A term as readers see it.
    pub fn value(&self, term: &Term) -> ValueView {
        match term {
            Term::NamedNode(node) => self.thing(node.as_str()),
            Term::BlankNode(node) => ValueView::code(format!("_:{}", node.as_str())),
            Term::Literal(literal) => self.literal(literal),
            Term::Triple(triple) => ValueView::code(shortened(&triple.to_string(), SHOWN)),
        }
    }

    fn literal(&self, literal: &Literal) -> ValueView {
        let text = shortened(literal.value(), SHOWN);
        if let Some(tag) = literal.language() {
            let own = self.language().code();
            let is_own = tag == own || tag.starts_with(own) && tag.len() == own.len() + 3;
            return ValueView {
                lang: (!is_own).then(|| lang_of(tag)).flatten(),
                tag: (tag != own).then(|| tag.to_owned()),
                ..ValueView::text(text)
            };
        }
        let datatype = literal.datatype();
        let words = self.frame.words;
        if [xsd::DATE, xsd::G_YEAR, xsd::G_YEAR_MONTH].contains(&datatype) {
            return self.dated(&text).unwrap_or_else(|| ValueView::text(text));
        }
        if datatype.as_str().starts_with(EDTF) {
            return self.edtf(&text);
        }
        if datatype == xsd::BOOLEAN {
            return ValueView::text(match text.as_str() {
                "true" | "1" => words.yes,
                _ => words.no,
            });
        }
        if datatype == xsd::ANY_URI && is_web(&text) {
            return ValueView::outside(text.clone(), &text);
        }
        let is_whole = datatype == xsd::INTEGER || datatype == xsd::NON_NEGATIVE_INTEGER;
        if is_whole && let Ok(number) = text.parse::<u64>() {
            return ValueView::text(self.language().number(number));
        }
        ValueView::text(text)
    }

    fn dated(&self, text: &str) -> Option<ValueView> {
        Some(ValueView {
            datetime: Some(text.to_owned()),
            ..ValueView::text(self.language().date(text)?)
        })
    }

    /// A date of EDTF, as far as words can say it; else as it is.
    fn edtf(&self, text: &str) -> ValueView {
        let words = self.frame.words;
        let date = |text: &str| {
            let qualified = [("~", words.about_date), ("?", words.uncertain_date)];
            let found = qualified.iter().find_map(|(mark, word)| {
                let date = self.language().date(text.strip_suffix(mark)?)?;
                Some(format!("{word} {date}"))
            });
            found.or_else(|| self.language().date(text))
        };
        if let Some(plain) = self.dated(text) {
            return plain;
        }
        let said = match text.split_once('/') {
            Some(("" | "..", end)) => date(end).map(|end| format!("{} {end}", words.until_date)),
            Some((start, "" | "..")) => {
                date(start).map(|start| format!("{} {start}", words.since_date))
            }
            Some((start, end)) => date(start)
                .zip(date(end))
                .map(|(start, end)| format!("{start} – {end}")),
            None => date(text),
        };
        match said {
            Some(said) => ValueView::text(said).with_title(text),
            None => ValueView::code(text),
        }
    }

    /// The classes of a node, without those that contain another one of them.
    pub fn classes(&self, node: NamedNodeRef<'_>) -> Result<Vec<NamedNode>, StoreError> {
        let objects = self.objects(node, rdf::TYPE, 50)?;
        let mut classes: Vec<NamedNode> = objects
            .into_iter()
            .filter_map(|object| match object {
                Term::NamedNode(class) => Some(class),
                _ => None,
            })
            .collect();
        classes.sort();
        classes.dedup();
        let mut wider = Vec::new();
        for class in &classes {
            self.add_wider(class, &mut wider)?;
        }
        classes.retain(|class| !wider.contains(class));
        Ok(classes)
    }

    /// Adds the classes that contain a class.
    pub fn add_wider(
        &self,
        class: &NamedNode,
        wider: &mut Vec<NamedNode>,
    ) -> Result<(), StoreError> {
        let mut waiting = vec![class.clone()];
        while let Some(at) = waiting.pop() {
            for object in self.objects(at.as_ref(), rdfs::SUB_CLASS_OF, 50)? {
                if let Term::NamedNode(above) = object
                    && above != *class
                    && !wider.contains(&above)
                {
                    wider.push(above.clone());
                    waiting.push(above);
                }
            }
        }
        Ok(())
    }

    /// The definition of a term, or what is said of it in a sentence.
    pub fn definition(&self, node: NamedNodeRef<'_>) -> Result<Option<String>, StoreError> {
        const PROPERTIES: [&str; 3] = [
            "http://www.w3.org/2004/02/skos/core#definition",
            "http://www.w3.org/2000/01/rdf-schema#comment",
            "http://purl.org/dc/terms/description",
        ];
        for property in PROPERTIES {
            let objects = self.objects(node, NamedNodeRef::new_unchecked(property), 20)?;
            let literals = objects.iter().filter_map(|object| match object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            });
            let own = self.language().code();
            let best = literals.min_by_key(|literal| match literal.language() {
                Some(tag) if tag == own => 0,
                Some("en") => 1,
                None => 2,
                Some(_) => 3,
            });
            if let Some(best) = best {
                return Ok(Some(shortened(best.value(), SHOWN)));
            }
        }
        Ok(None)
    }
}

/// The language of a text for its markup, of those that readers of the pages meet.
fn lang_of(tag: &str) -> Option<&'static str> {
    let code = tag.split('-').next()?;
    Language::of_code(code).map(Language::code)
}

/// The beginning of a long text.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// A text with a capital letter at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
