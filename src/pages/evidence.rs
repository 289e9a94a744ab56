//! What statements rest on: claims, spans of documents, cells, rules.

use super::links::encode;
use super::reader::{PageReader, capital, shortened};
use super::value::ValueView;
use crate::knowledge::{GraphClaim, TripleSupport};
use crate::labels::local_name;
use crate::lineage::{Fragment, QuadPattern, inferred};
use crate::store::StoreError;
use askama::Template;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};

pub(super) const HAS_SOURCE: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#hasSource");
const HAS_SELECTOR: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#hasSelector");
const START: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#start");
const END: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/oa#end");

/// Claims and spans that a mark shows.
const CLAIMS: usize = 12;

/// Characters of the words of a span that are shown.
const WORDS: usize = 600;

/// A word at a value that is not plain, which opens what is behind it.
#[derive(Debug, Clone, Template)]
#[template(path = "mark.html")]
pub(super) struct Mark {
    /// The class of the style sheet: `inferred`, `disputed`, `plan`, `missing`.
    pub kind: &'static str,
    /// What is not plain, in words.
    pub word: String,
    /// The claims behind it.
    pub claims: Vec<ClaimView>,
    /// The rules that infer it.
    pub rules: Vec<RuleView>,
    /// What else there is to say.
    pub notes: Vec<(String, Vec<ValueView>)>,
}

/// A claim as a reader sees it.
#[derive(Debug, Clone, Template)]
#[template(path = "claim.html")]
pub(super) struct ClaimView {
    claim: ValueView,
    /// Basis, modality.
    qualities: Vec<ValueView>,
    said_by: Option<String>,
    speakers: Vec<ValueView>,
    states: Option<String>,
    stated: Option<String>,
    spans: Vec<SpanView>,
}

/// A span of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpanView {
    /// Its evidence.
    pub node: NamedNode,
    /// The document.
    pub document: ValueView,
    /// Its IRI.
    pub document_iri: String,
    /// Where it begins and ends, in code points.
    pub range: Option<(u64, u64)>,
    /// The place, in words, that leads to the document's page.
    pub place: ValueView,
    /// The words, where they may be shown.
    pub words: Option<String>,
}

/// A rule with what it infers from.
#[derive(Debug, Clone)]
pub(super) struct RuleView {
    /// How the rule is introduced.
    pub intro: String,
    pub rule: ValueView,
    pub premises: Vec<[ValueView; 3]>,
}

/// The anchor of a span on the page of its document.
pub(super) fn anchor(node: &str) -> String {
    format!("e-{}", encode(local_name(node)))
}

impl PageReader<'_> {
    /// A claim with its evidence.
    pub(super) fn claim_view(&self, claim: &GraphClaim) -> Result<ClaimView, StoreError> {
        let words = self.frame.words;
        let qualities = claim.basis.iter().chain(&claim.modality);
        let mut spans = Vec::new();
        for evidence in claim.evidence.iter().take(CLAIMS) {
            spans.push(self.span(evidence)?);
        }
        spans.sort_by(|a, b| (&a.document_iri, a.range).cmp(&(&b.document_iri, b.range)));
        let named = |node: &NamedNode| self.thing(node.as_str());
        Ok(ClaimView {
            claim: ValueView {
                text: format!("{} {}", words.claim, local_name(claim.node.as_str())),
                ..self.thing(claim.node.as_str())
            },
            qualities: qualities.map(named).collect(),
            said_by: (!claim.speakers.is_empty()).then(|| words.said_by.to_owned()),
            speakers: claim.speakers.iter().map(named).collect(),
            states: claim.stated.is_some().then(|| words.states.to_owned()),
            stated: claim.stated.clone(),
            spans,
        })
    }

    /// A span by its evidence.
    pub(super) fn span(&self, evidence: &NamedNode) -> Result<SpanView, StoreError> {
        let document = match self.object(evidence.as_ref(), HAS_SOURCE)? {
            Some(Term::NamedNode(document)) => Some(document),
            _ => None,
        };
        let range = self.range(evidence)?;
        let words = self.frame.words;
        let place = match range {
            Some((start, end)) => {
                let language = self.language();
                let (start, end) = (language.number(start), language.number(end));
                format!("{} {start}–{end}", words.characters)
            }
            None => words.span.to_owned(),
        };
        let document_iri = document.map(NamedNode::into_string).unwrap_or_default();
        let anchor = anchor(evidence.as_str());
        let page = super::links::path_of(self.site.base(), &document_iri);
        // A document with many spans has several pages of them.
        let from = match NamedNodeRef::new(&document_iri) {
            Ok(document) => super::spans::page_of(self, document, evidence)?,
            Err(_) => 0,
        };
        let page = super::spans::path(&page, from);
        Ok(SpanView {
            document: self.thing(&document_iri),
            place: ValueView::link(place, self.frame.href(&format!("{page}#{anchor}"))),
            words: self.words_of(evidence),
            document_iri,
            range,
            node: evidence.clone(),
        })
    }

    /// Where a span begins and ends, in code points.
    pub(super) fn range(&self, evidence: &NamedNode) -> Result<Option<(u64, u64)>, StoreError> {
        let Some(Term::NamedNode(selector)) = self.object(evidence.as_ref(), HAS_SELECTOR)? else {
            return Ok(None);
        };
        let start = self.object(selector.as_ref(), START)?.and_then(number);
        let end = self.object(selector.as_ref(), END)?.and_then(number);
        Ok(start.zip(end))
    }

    /// The words of a span, where its document is given and they are those that were read.
    fn words_of(&self, evidence: &NamedNode) -> Option<String> {
        self.site.sources.as_ref()?;
        let spans = &self.site.tables()?.spans;
        let words = spans.words(spans.get(local_name(evidence.as_str()))?)?;
        Some(shortened(words, WORDS))
    }

    /// The mark of a statement that is not plain.
    pub(super) fn mark(
        &self,
        support: &TripleSupport,
        claims: &[GraphClaim],
    ) -> Result<Option<Mark>, StoreError> {
        let remarks = support.remarks(self.labels());
        if remarks.is_empty() {
            return Ok(None);
        }
        let behind = claims
            .iter()
            .filter(|claim| support.claims.contains(&claim.node));
        let behind: Result<Vec<ClaimView>, StoreError> = behind
            .take(CLAIMS)
            .map(|claim| self.claim_view(claim))
            .collect();
        Ok(Some(Mark {
            kind: kind_of(support),
            word: remarks.join(", "),
            claims: behind?,
            rules: Vec::new(),
            notes: Vec::new(),
        }))
    }

    /// The rules that infer a triple, with what they infer it from.
    pub(super) fn rules(&self, triple: &Triple) -> Result<Vec<RuleView>, StoreError> {
        let oxrdf::NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return Ok(Vec::new());
        };
        let pattern = QuadPattern {
            subject: subject.clone(),
            predicate: Some(triple.predicate.clone()),
            object: Some(triple.object.clone()),
        };
        let mut rules = Vec::new();
        // Those behind the first are about its premises, which have pages of their own.
        if let Some(one) = inferred(self.build(), &pattern)?.first() {
            let iri = format!("{}rule/{}", self.site.base(), one.rule);
            let rule = NamedNodeRef::new_unchecked(&iri);
            let title = one.title.clone().unwrap_or_else(|| one.rule.clone());
            let known = self.label(&iri).unwrap_or(title);
            let premises = one.premises.iter().take(CLAIMS).map(|premise| {
                [
                    self.value(&premise.triple.subject.clone().into()),
                    self.thing(premise.triple.predicate.as_str()),
                    self.value(&premise.triple.object),
                ]
            });
            rules.push(RuleView {
                intro: self.frame.words.by_rule.to_owned(),
                rule: match self.is_known(rule)? {
                    true => ValueView::link(known, self.frame.links.page(&iri)),
                    false => ValueView::text(known),
                },
                premises: premises.collect(),
            });
        }
        Ok(rules)
    }

    /// The cells that make a triple.
    pub(super) fn cells(&self, triple: &Triple) -> Vec<Fragment> {
        let tracer = self.site.tables().and_then(|tables| tables.tracer.as_ref());
        let (Some(tracer), oxrdf::NamedOrBlankNode::NamedNode(subject)) = (tracer, &triple.subject)
        else {
            return Vec::new();
        };
        // A table that cannot be read is no reason to show nothing of the graph.
        tracer
            .origins(subject, &triple.predicate, &triple.object, None)
            .unwrap_or_default()
    }

    /// A link to a cell, or to the row where no cell made the triple.
    pub(super) fn cell_link(&self, cell: &Fragment) -> ValueView {
        let iri = cell.cell_iri().unwrap_or_else(|| cell.row_iri());
        let file = cell.table.rsplit('/').next().unwrap_or_default();
        let file = file.strip_suffix(".csv").unwrap_or(file);
        ValueView::link(
            format!("{file} · {}", cell.row),
            self.frame.links.page(iri.as_str()),
        )
        .with_title(format!("{} {}", capital(self.frame.words.row), cell.row))
    }
}

/// The class of the style sheet for what is not plain: what follows from the source, or in whose voice it is said.
pub(super) fn kind_of(support: &TripleSupport) -> &'static str {
    match &support.basis {
        Some(basis) if local_name(basis.as_str()) != "explicit" => "inferred",
        _ => "plan",
    }
}

fn number(term: Term) -> Option<u64> {
    match term {
        Term::Literal(literal) => Literal::value(&literal).parse().ok(),
        _ => None,
    }
}
