//! The spans of a document, in order, with what rests on them.

use super::evidence::{HAS_SOURCE, SpanView, anchor};
use super::reader::PageReader;
use super::value::ValueView;
use crate::labels::local_name;
use crate::store::StoreError;
use civigraph_index::Graphs;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::sync::Arc;

/// Spans of a document that are read.
const READ: usize = 3000;

/// Spans that a page shows.
const SHOWN: usize = 40;

/// Claims of a span that are shown.
const CLAIMS: usize = 8;

/// The spans of a document.
pub(super) struct DocumentSpans {
    /// How many there are.
    pub count: String,
    /// Those that are shown.
    pub spans: Vec<SpanClaims>,
    /// Pages of spans, the one that is shown without a link.
    pub pages: Vec<ValueView>,
    /// Why there are no words.
    pub without_words: bool,
}

/// A span with what rests on it.
pub(super) struct SpanClaims {
    pub anchor: String,
    pub span: SpanView,
    /// Claims in words: subject, property, object, and the claim itself.
    pub claims: Vec<ClaimText>,
    pub more: usize,
}

/// A claim in words.
pub(super) struct ClaimText {
    pub subject: ValueView,
    pub property: ValueView,
    pub objects: Vec<ValueView>,
    pub claim: ValueView,
}

impl DocumentSpans {
    /// The spans of a node from one of them on; `None` where the node is not a document.
    pub(super) fn of(
        view: &PageReader<'_>,
        node: &NamedNode,
        from: usize,
    ) -> Result<Option<Self>, StoreError> {
        let order = order(view, node.as_ref())?;
        if order.is_empty() {
            return Ok(None);
        }
        let count = order.len();
        let mut shown = Vec::new();
        for evidence in order.iter().skip(from).take(SHOWN) {
            shown.push(SpanClaims::of(view, view.span(evidence)?)?);
        }
        let language = view.language();
        let path = view.frame.links.path(node.as_str());
        let starts = (0..count).step_by(SHOWN).filter(|_| count > SHOWN);
        let pages = starts.map(|start| {
            let text = format!(
                "{}–{}",
                language.number(start as u64 + 1),
                language.number((start + SHOWN).min(count) as u64)
            );
            match start == from {
                true => ValueView::text(text),
                false => {
                    let target = self::path(&path, start);
                    ValueView::link(text, view.frame.href(&target))
                }
            }
        });
        Ok(Some(Self {
            count: language.number(count as u64),
            pages: pages.collect(),
            spans: shown,
            without_words: view.site.sources.is_none(),
        }))
    }
}

/// The path of a document's page from one of its spans on.
pub(super) fn path(document: &str, from: usize) -> String {
    let sign = if document.contains('?') { '&' } else { '?' };
    match from {
        0 => document.to_owned(),
        from => format!("{document}{sign}from={from}"),
    }
}

/// The first span of the page of a document that shows a span.
pub(super) fn page_of(
    view: &PageReader<'_>,
    document: NamedNodeRef<'_>,
    evidence: &NamedNode,
) -> Result<usize, StoreError> {
    let count = |graphs| view.count(None, Some(HAS_SOURCE), Some(document.into()), graphs);
    if count(Graphs::Default)? + count(Graphs::AllNamed)? <= SHOWN as u64 {
        return Ok(0);
    }
    let order = order(view, document)?;
    let at = order.iter().position(|one| one == evidence).unwrap_or(0);
    Ok(at / SHOWN * SHOWN)
}

/// The spans of a document in their order, read once.
fn order(
    view: &PageReader<'_>,
    document: NamedNodeRef<'_>,
) -> Result<Arc<[NamedNode]>, StoreError> {
    if let Some(known) = view.site.order_of_spans(document.as_str()) {
        return Ok(known);
    }
    let mut spans = Vec::new();
    for one in view.subjects(HAS_SOURCE, document, None, READ)? {
        spans.push((view.range(&one)?, one));
    }
    spans.sort();
    let order = spans.into_iter().map(|(_, one)| one).collect();
    Ok(view.site.keep_order_of_spans(document.as_str(), order))
}

impl SpanClaims {
    fn of(view: &PageReader<'_>, span: SpanView) -> Result<Self, StoreError> {
        let property = view.own_term("evidence");
        let claims = view.subjects(property.as_ref(), span.node.as_ref(), None, 200)?;
        let more = claims.len().saturating_sub(CLAIMS);
        let mut said = Vec::new();
        for claim in claims.iter().take(CLAIMS) {
            let subject = view.object(claim.as_ref(), rdf::SUBJECT)?;
            let property = view.object(claim.as_ref(), rdf::PREDICATE)?;
            let (Some(subject), Some(Term::NamedNode(property))) = (subject, property) else {
                continue;
            };
            let objects = view.objects(claim.as_ref(), rdf::OBJECT, 4)?;
            said.push(ClaimText {
                subject: view.value(&subject),
                property: view.thing(property.as_str()),
                objects: objects.iter().map(|object| view.value(object)).collect(),
                claim: ValueView {
                    text: local_name(claim.as_str()).to_owned(),
                    ..view.thing(claim.as_str())
                },
            });
        }
        Ok(Self {
            anchor: anchor(span.node.as_str()),
            span,
            claims: said,
            more,
        })
    }
}
