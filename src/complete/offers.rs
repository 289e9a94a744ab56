//! What may be meant by the beginning of a name, the best first.

use super::view::CompletionView;
use super::{CompletionContext, CompletionItem, TypedName};
use crate::store::{Build, StoreError, text_error};
use crate::suggest::key;
use civigraph_text::{TextKind, TextQuery};
use oxrdf::Term;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Offers at a time.
const SHOWN: usize = 40;

/// Texts of the index that are looked at: a thing may have several names.
const TEXTS: usize = 80;

/// Names of classes and properties that are compared.
const COMPARED: usize = 5000;

/// Characters of a text that is offered.
const LONGEST: usize = 120;

/// Things by their names; none where the build has no text index.
pub(super) fn entities(
    build: &Build,
    typed: &TypedName,
) -> Result<Vec<CompletionItem>, StoreError> {
    let Some(text) = build.text()? else {
        return Ok(Vec::new());
    };
    let query = TextQuery {
        kinds: vec![TextKind::Label, TextKind::AltLabel, TextKind::Hidden],
        limit: TEXTS,
        ..TextQuery::new(local(&typed.text))
    };
    let hits = text.search(&query).map_err(|error| text_error(&error))?;
    let view = CompletionView::new(build, &typed.language);
    let mut seen = HashSet::new();
    let mut offers = Vec::new();
    for hit in hits {
        if offers.len() >= SHOWN || !seen.insert(hit.subject.clone()) {
            continue;
        }
        let label = view.label(&hit.subject).filter(|label| *label != hit.text);
        let detail = [view.class(&hit.subject), label];
        let detail: Vec<String> = detail.into_iter().flatten().collect();
        offers.push(CompletionItem {
            label: hit.text,
            detail: (!detail.is_empty()).then(|| detail.join(" · ")),
            iri: Some(hit.subject),
            ..CompletionItem::default()
        });
    }
    Ok(offers)
}

/// What was typed without its prefix, as words.
fn local(text: &str) -> String {
    let local = text.rsplit_once(':').map_or(text, |(_, local)| local);
    local.replace(['_', '-'], " ")
}

/// Classes: those that things in this place have, then all others.
pub(super) fn classes(
    build: &Arc<Build>,
    typed: &TypedName,
    context: &CompletionContext,
) -> Result<Vec<CompletionItem>, StoreError> {
    let view = CompletionView::new(build, &typed.language);
    let here = context.values(build, "a").unwrap_or_default();
    let mut offers = nodes(&view, here, typed);
    let known: HashSet<Option<String>> = offers.iter().map(|offer| offer.iri.clone()).collect();
    let others = terms(&view, view.classes(), typed);
    offers.extend(others.into_iter().filter(|one| !known.contains(&one.iri)));
    offers.truncate(SHOWN);
    Ok(offers)
}

/// Properties that things in this place have; all where nothing is known of the place.
pub(super) fn properties(
    build: &Arc<Build>,
    typed: &TypedName,
    context: &CompletionContext,
) -> Result<Vec<CompletionItem>, StoreError> {
    let view = CompletionView::new(build, &typed.language);
    let mut offers = match context.properties(build) {
        Some(here) if !here.is_empty() => nodes(&view, here, typed),
        _ => terms(&view, view.properties(), typed),
    };
    offers.truncate(SHOWN);
    Ok(offers)
}

/// Values of a property that things in this place have.
pub(super) fn values(
    build: &Arc<Build>,
    typed: &TypedName,
    context: &CompletionContext,
) -> Result<Vec<CompletionItem>, StoreError> {
    let Some(property) = &context.property else {
        return Ok(Vec::new());
    };
    let view = CompletionView::new(build, &typed.language);
    // A subject of which nothing else is said is any thing that has the property.
    let anything = CompletionContext {
        subject: Some("?_thing".to_owned()),
        patterns: vec![format!("?_thing {property} ?_any .")],
        property: None,
        ..context.clone()
    };
    let here = context
        .values(build, property)
        .filter(|here| !here.is_empty())
        .or_else(|| anything.values(build, property))
        .unwrap_or_default();
    let wanted = key(&typed.text);
    let mut offers = Vec::new();
    for (term, count) in here {
        match term {
            Term::NamedNode(node) => {
                offers.extend(node_offer(&view, node.as_str(), count, &wanted))
            }
            Term::Literal(literal) => {
                let text = literal.value();
                let short = text.chars().count() <= LONGEST && !text.contains(['\n', '\r']);
                if short && (wanted.is_empty() || key(text).contains(&wanted)) {
                    offers.push(CompletionItem {
                        label: text.to_owned(),
                        term: Some(literal.to_string()),
                        count: Some(count),
                        ..CompletionItem::default()
                    });
                }
            }
            Term::BlankNode(_) | Term::Triple(_) => {}
        }
        if offers.len() >= SHOWN {
            break;
        }
    }
    Ok(offers)
}

/// Offers of IRIs with their counts, in their order.
fn nodes(
    view: &CompletionView<'_>,
    found: Vec<(Term, u64)>,
    typed: &TypedName,
) -> Vec<CompletionItem> {
    let wanted = key(&typed.text);
    found
        .into_iter()
        .filter_map(|(term, count)| match term {
            Term::NamedNode(node) => node_offer(view, node.as_str(), count, &wanted),
            _ => None,
        })
        .collect()
}

/// Classes or properties of the facts, the most used first.
fn terms(
    view: &CompletionView<'_>,
    counts: Option<&BTreeMap<String, u64>>,
    typed: &TypedName,
) -> Vec<CompletionItem> {
    let wanted = key(&typed.text);
    let mut all: Vec<(&String, &u64)> = counts.into_iter().flatten().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    all.into_iter()
        .take(COMPARED)
        .filter_map(|(iri, count)| node_offer(view, iri, *count, &wanted))
        .take(SHOWN)
        .collect()
}

fn node_offer(
    view: &CompletionView<'_>,
    iri: &str,
    count: u64,
    wanted: &str,
) -> Option<CompletionItem> {
    view.begins(iri, wanted).then(|| CompletionItem {
        label: view.name(iri),
        iri: Some(iri.to_owned()),
        count: Some(count),
        ..CompletionItem::default()
    })
}
