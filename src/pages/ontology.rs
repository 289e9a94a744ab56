//! The terms of the project's own namespace on one page.

use super::frame::PageFrame;
use super::reader::{PageReader, capital};
use super::value::ValueView;
use crate::labels::local_name;
use crate::store::StoreError;
use askama::Template;
use civigraph_index::Graphs;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef};

/// Terms of a kind that are shown.
const TERMS: usize = 1000;

#[derive(Template)]
#[template(path = "ontology.html")]
pub(super) struct OntologyPage<'a> {
    frame: &'a PageFrame,
    about: Option<String>,
    iri: String,
    ttl: Option<String>,
    kinds: Vec<(String, String, Vec<TermRow>)>,
}

/// A term.
struct TermRow {
    anchor: String,
    term: ValueView,
    short: String,
    definition: String,
    used: String,
}

impl<'a> OntologyPage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Result<Self, StoreError> {
        let words = view.frame.words;
        let namespace = format!("{}ns", view.site.base());
        let node = NamedNodeRef::new_unchecked(&namespace);
        let mut kinds = Vec::new();
        for (id, title, classes) in [
            (
                "classes",
                words.classes,
                [
                    "http://www.w3.org/2002/07/owl#Class",
                    "http://www.w3.org/2000/01/rdf-schema#Class",
                ],
            ),
            (
                "properties",
                words.properties,
                [
                    "http://www.w3.org/2002/07/owl#ObjectProperty",
                    "http://www.w3.org/2002/07/owl#DatatypeProperty",
                ],
            ),
            (
                "schemes",
                words.schemes,
                [
                    "http://www.w3.org/2004/02/skos/core#ConceptScheme",
                    "http://www.w3.org/2004/02/skos/core#Collection",
                ],
            ),
        ] {
            let mut terms: Vec<NamedNode> = Vec::new();
            for class in classes {
                let class = NamedNodeRef::new_unchecked(class);
                terms.extend(view.subjects(rdf::TYPE, class, None, TERMS)?);
            }
            // The namespace's own, and schemes wherever they are.
            terms.retain(|term| id == "schemes" || term.as_str().starts_with(&namespace));
            terms.sort();
            terms.dedup();
            let mut rows = Vec::with_capacity(terms.len());
            for term in &terms {
                rows.push(TermRow::of(view, term, id)?);
            }
            rows.sort_by_cached_key(|row: &TermRow| row.term.text.to_lowercase());
            if !rows.is_empty() {
                kinds.push((format!("all:{id}"), title.to_owned(), rows));
            }
        }
        let known = view.is_known(node)?;
        Ok(Self {
            frame: view.frame,
            about: view.definition(node)?,
            ttl: known.then(|| view.frame.links.data(&namespace, "ttl")),
            iri: format!("{namespace}#"),
            kinds,
        })
    }
}

impl TermRow {
    fn of(view: &PageReader<'_>, term: &NamedNode, kind: &str) -> Result<Self, StoreError> {
        let node = term.as_ref();
        let count = |graphs| match kind {
            "classes" => view.count(None, Some(rdf::TYPE), Some(node.into()), graphs),
            "schemes" => {
                let in_scheme = "http://www.w3.org/2004/02/skos/core#inScheme";
                let in_scheme = NamedNodeRef::new_unchecked(in_scheme);
                view.count(None, Some(in_scheme), Some(node.into()), graphs)
            }
            _ => view.count(None, Some(node), None, graphs),
        };
        let used = count(Graphs::Default)? + count(Graphs::AllNamed)?;
        Ok(Self {
            // Only terms of the namespace are what its fragments mean.
            anchor: match kind {
                "schemes" => format!("scheme:{}", local_name(term.as_str())),
                _ => local_name(term.as_str()).to_owned(),
            },
            term: ValueView {
                title: None,
                ..view.thing(term.as_str())
            }
            .capitalised(),
            short: view.short(term.as_str()),
            definition: view.definition(node)?.unwrap_or_default(),
            used: match used {
                0 => String::new(),
                used => view.language().number(used),
            },
        })
    }
}

impl ValueView {
    fn capitalised(self) -> Self {
        Self {
            text: capital(&self.text),
            ..self
        }
    }
}
