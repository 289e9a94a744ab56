//! From what a user types to an entity: an IRI, a kind and id, an id, or a label.

use super::write::unreadable;
use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostic, Hint, HintAction, Place};
use crate::query::iri;
use crate::store::{Build, StoreError, text_error};
use civigraph_index::{Error as IndexError, Index};
use civigraph_text::{Hit, PROPERTIES, TextIndex, TextKind, TextQuery, WordMatch};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of texts that are names.
const NAMES: [TextKind; 3] = [TextKind::Label, TextKind::AltLabel, TextKind::Hidden];

/// Candidates that a refusal lists.
const SHOWN: usize = 10;

/// Things that a refusal proposes.
const PROPOSED: usize = 3;

/// Names that are looked at to find a thing; more where all of them are the name that is looked for.
const LOOKED_AT: usize = 100;

/// The entity that a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedEntity {
    /// Its IRI.
    pub(crate) node: NamedNode,
    /// The label by which it was found, where the name is not quite a label or an id.
    pub(crate) label: Option<String>,
}

/// Finds the entity that a user means: `https://…`, `cg:City`, `city/irbit`, `irbit`, `Ирбит`.
///
/// Labels are compared exactly first, then without regard to case, to `ё`, and to the form of dashes and
/// quotation marks. Where the build has a text index and nothing has such a label, the only thing is taken
/// that has the label in another grammatical form or script, or has all words of the name in a label.
///
/// # Errors
/// Nothing has that name ([`Code::UnknownEntity`], with the nearest names), or several things have it
/// ([`Code::AmbiguousEntity`], with all of them).
pub fn resolve(build: &Build, name: &str) -> Result<NamedNode, StoreError> {
    named(build, name).map(|named| named.node)
}

/// As [`resolve`], with the label by which the entity was found.
pub(crate) fn named(build: &Build, name: &str) -> Result<NamedEntity, StoreError> {
    match find(build, name)? {
        Some(named) => Ok(named),
        None => Err(unknown(build, name)?),
    }
}

/// As [`named`], but `None` where nothing has the name.
pub(crate) fn find(build: &Build, name: &str) -> Result<Option<NamedEntity>, StoreError> {
    let failed = |error: IndexError| unreadable(build, &error);
    let store = build.index();
    let manifest = build.manifest();
    let about = &manifest.about;
    if let Some(node) = iri(name, &about.prefixes, &about.base)
        && is_there(store, &node).map_err(failed)?
    {
        return Ok(Some(NamedEntity { node, label: None }));
    }
    let mut found = BTreeSet::new();
    if !name.contains(['/', ':', ' ', '<']) {
        for kind in manifest.statistics.things.keys() {
            if let Ok(node) = NamedNode::new(format!("{}id/{kind}/{name}", about.base))
                && is_there(store, &node).map_err(failed)?
            {
                found.insert(node.into_string());
            }
        }
    }
    if found.is_empty() {
        found = by_literal(store, name).map_err(failed)?;
    }
    // Things may have their IRIs outside `{base}id/`.
    if found.is_empty() && !name.contains(['/', ':', ' ', '<']) {
        for (_, namespace) in about.prefixes.iter() {
            if let Ok(node) = NamedNode::new(format!("{namespace}{name}"))
                && is_there(store, &node).map_err(failed)?
            {
                found.insert(node.into_string());
            }
        }
    }
    if found.is_empty() {
        match build.text()? {
            Some(text) => return by_text(build, text, name),
            None => found = by_scan(store, name).map_err(failed)?,
        }
    }
    only(build, name, found, None)
}

/// The only one of the things that have a name.
fn only(
    build: &Build,
    name: &str,
    found: BTreeSet<String>,
    label: Option<String>,
) -> Result<Option<NamedEntity>, StoreError> {
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(Some(NamedEntity {
            node: NamedNode::new_unchecked(only),
            label,
        })),
        (Some(first), Some(second)) => Err(ambiguous(
            build,
            name,
            [first, second].into_iter().chain(found).collect(),
        )),
        (None, _) => Ok(None),
    }
}

/// Whether anything is said of a node, or with it.
fn is_there(store: &Index, node: &NamedNode) -> Result<bool, IndexError> {
    let node = node.as_ref();
    let as_subject = store
        .quads_for_pattern(Some(node.into()), None, None, None)
        .next();
    let any = match as_subject {
        Some(quad) => Some(quad),
        None => store
            .quads_for_pattern(None, None, Some(node.into()), None)
            .next(),
    };
    any.transpose().map(|quad| quad.is_some())
}

/// Properties by which things are known.
fn label_properties() -> impl Iterator<Item = NamedNodeRef<'static>> {
    PROPERTIES
        .iter()
        .filter(|(_, kind)| NAMES.contains(kind))
        .map(|(property, _)| NamedNodeRef::new_unchecked(property))
}

/// Things with a label as it is, in one of the languages that are common here: looked up among the quads.
fn by_literal(store: &Index, label: &str) -> Result<BTreeSet<String>, IndexError> {
    let mut found = BTreeSet::new();
    let languages = [None, Some("en"), Some("ru"), Some("ru-latn")];
    for language in languages {
        let literal = match language {
            None => Literal::from(label),
            Some(language) => Literal::new_language_tagged_literal_unchecked(label, language),
        };
        let literal = literal.as_ref().into();
        for quad in store.quads_for_pattern(None, None, Some(literal), None) {
            let quad = quad?;
            if let NamedOrBlankNode::NamedNode(node) = quad.subject
                && label_properties().any(|property| quad.predicate == property)
            {
                found.insert(node.into_string());
            }
        }
    }
    Ok(found)
}

/// The thing that a label means, found in the text index.
fn by_text(
    build: &Build,
    text: &TextIndex,
    label: &str,
) -> Result<Option<NamedEntity>, StoreError> {
    let hits = names(text, label)?;
    let folded = fold(label);
    let having = |same: &dyn Fn(&Hit) -> bool| -> BTreeSet<String> {
        let hits = hits.iter().filter(|hit| same(hit));
        hits.map(|hit| hit.subject.clone()).collect()
    };
    let exact = having(&|hit| hit.text == label);
    if !exact.is_empty() {
        return only(build, label, exact, None);
    }
    let alike = having(&|hit| fold(&hit.text) == folded);
    if !alike.is_empty() {
        return only(build, label, alike, None);
    }
    let about = &build.manifest().about;
    if iri(label, &about.prefixes, &about.base).is_some() {
        // An IRI or a prefixed name, and not a label.
        return Ok(None);
    }
    for matched in [WordMatch::Exact, WordMatch::Stem, WordMatch::Transliterated] {
        let whole = having(&|hit| hit.whole && hit.matched == matched);
        if !whole.is_empty() {
            let by = hits.iter().find(|hit| whole.contains(&hit.subject));
            return only(build, label, whole, by.map(|hit| hit.text.clone()));
        }
    }
    // A surname or the like: several that have it are no answer but proposals.
    let partly = having(&|hit| matches!(hit.matched, WordMatch::Exact | WordMatch::Stem));
    if partly.len() > 1 {
        // What all others are named after: `Vadim Medvedev` and not his posts and words.
        return Ok(namesake(&hits, &partly).map(|hit| NamedEntity {
            node: NamedNode::new_unchecked(hit.subject.as_str()),
            label: Some(hit.text.clone()),
        }));
    }
    only(
        build,
        label,
        partly,
        hits.first().map(|hit| hit.text.clone()),
    )
}

/// The name of one of several things that every other one of them has within a longer name of its own.
fn namesake<'h>(hits: &'h [Hit], things: &BTreeSet<String>) -> Option<&'h Hit> {
    hits.iter().find(|hit| {
        let name = fold(&hit.text);
        let holds = |thing: &String| {
            let longer = |other: &&Hit| {
                let text = fold(&other.text);
                text.len() > name.len() && text.contains(&name)
            };
            *thing == hit.subject
                || hits
                    .iter()
                    .filter(|other| other.subject == *thing)
                    .any(|other| longer(&other))
        };
        things.contains(&hit.subject) && things.iter().all(holds)
    })
}

/// Names with all words of a label, in whatever form and script, the best first.
fn names(text: &TextIndex, label: &str) -> Result<Vec<Hit>, StoreError> {
    let mut query = TextQuery {
        kinds: NAMES.to_vec(),
        prefix: false,
        fuzzy: false,
        limit: LOOKED_AT,
        ..TextQuery::new(label)
    };
    loop {
        let hits = text.search(&query).map_err(|error| text_error(&error))?;
        // Whole names come first: there may be more of them.
        let more = hits.len() == query.limit
            && hits
                .last()
                .is_some_and(|hit| hit.whole && hit.matched == WordMatch::Exact);
        if !more {
            return Ok(hits);
        }
        query.limit *= 10;
    }
}

/// Things with a label, found by reading all labels: the exact one where there is any, in whatever language,
/// else one that is the same after folding.
fn by_scan(store: &Index, label: &str) -> Result<BTreeSet<String>, IndexError> {
    let mut found = BTreeSet::new();
    let folded = fold(label);
    let mut alike = BTreeSet::new();
    for_each_label(store, |node, text| {
        if text == label {
            found.insert(node.as_str().to_owned());
        } else if fold(text) == folded {
            alike.insert(node.as_str().to_owned());
        }
    })?;
    Ok(if found.is_empty() { alike } else { found })
}

fn for_each_label(store: &Index, mut each: impl FnMut(&NamedNode, &str)) -> Result<(), IndexError> {
    for property in label_properties() {
        for quad in store.quads_for_pattern(None, Some(property), None, None) {
            let quad = quad?;
            if let (NamedOrBlankNode::NamedNode(node), Term::Literal(literal)) =
                (&quad.subject, &quad.object)
            {
                each(node, literal.value());
            }
        }
    }
    Ok(())
}

/// Labels that differ in case, in `ё` and `е`, in their spaces, or in the form of their dashes and
/// quotation marks only are the same to a reader.
fn fold(label: &str) -> String {
    let mut folded = String::with_capacity(label.len());
    for word in label.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(|c| match c {
            'ё' => 'е',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '«' | '»' | '„' | '“' | '”' => '"',
            '‘' | '’' => '\'',
            c => c,
        }));
    }
    folded
}

fn ambiguous(build: &Build, name: &str, candidates: Vec<String>) -> StoreError {
    let prefixes = &build.manifest().about.prefixes;
    let count = candidates.len();
    let mut names: Vec<_> = candidates
        .iter()
        .take(SHOWN)
        .map(|iri| user_name(build, iri).unwrap_or_else(|| prefixes.shorten(iri)))
        .collect();
    if count > SHOWN {
        names.push(format!("{} more", count - SHOWN));
    }
    StoreError::from(
        Diagnostic::new(
            Code::AmbiguousEntity,
            Place::request(),
            format!("{count} things are called `{name}`"),
        )
        .with_found(name)
        .with_expected(names.join(", ")),
    )
}

/// The refusal of a name that nothing has, with names that are like it.
fn unknown(build: &Build, name: &str) -> Result<StoreError, StoreError> {
    let diagnostic = Diagnostic::new(
        Code::UnknownEntity,
        Place::request(),
        format!("nothing is called `{name}`"),
    )
    .with_found(name);
    let hint = match proposals(build, name)?.as_slice() {
        [] => nearest_name(build, name).map_err(|error| unreadable(build, &error))?,
        [(label, id)] => Some(format!("did you mean `{label}`, `{id}`?")),
        several => {
            let several = several
                .iter()
                .map(|(label, id)| format!("`{label}`, `{id}`"));
            let several: Vec<String> = several.collect();
            Some(format!("did you mean {}?", several.join("; or ")))
        }
    };
    let hint = hint.map_or_else(|| HintAction::ListContents.into(), Hint::from);
    Ok(diagnostic.with_hint(hint).into())
}

/// Labels that are like a name, best first, each with the id of its thing; none without a text index.
fn proposals(build: &Build, name: &str) -> Result<Vec<(String, String)>, StoreError> {
    let Some(text) = build.text()? else {
        return Ok(Vec::new());
    };
    let query = TextQuery {
        kinds: NAMES.to_vec(),
        limit: LOOKED_AT,
        ..TextQuery::new(name)
    };
    let prefixes = &build.manifest().about.prefixes;
    let mut proposals: Vec<(String, String)> = Vec::new();
    for hit in text.search(&query).map_err(|error| text_error(&error))? {
        let id = user_name(build, &hit.subject).unwrap_or_else(|| prefixes.shorten(&hit.subject));
        if proposals.iter().all(|(_, other)| *other != id) {
            proposals.push((hit.text, id));
        }
        if proposals.len() == PROPOSED {
            break;
        }
    }
    Ok(proposals)
}

/// The hint with the label or id that is nearest to a name, found by reading all labels.
fn nearest_name(build: &Build, name: &str) -> Result<Option<String>, IndexError> {
    // Ids by label, so that the proposal can be typed.
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for_each_label(build.index(), |node, text| {
        if let Some(id) = user_name(build, node.as_str()) {
            if let Some((_, slug)) = id.split_once('/') {
                names.insert(slug.to_owned(), id.clone());
            }
            names.insert(text.to_owned(), id.clone());
            names.insert(id.clone(), id);
        }
    })?;
    let near = nearest(name, names.keys().map(String::as_str));
    let near = near.and_then(|near| Some((near, names.get(near)?)));
    Ok(near.map(|(near, id)| {
        if near == id {
            format!("did you mean `{id}`?")
        } else {
            format!("did you mean `{near}`, `{id}`?")
        }
    }))
}

/// The `kind/id` of one of the project's things.
fn user_name(build: &Build, iri: &str) -> Option<String> {
    let about = &build.manifest().about;
    match iri.strip_prefix(&format!("{}id/", about.base)) {
        Some(name) => name.contains('/').then(|| name.to_owned()),
        // The name of a thing elsewhere.
        None => {
            let (prefix, local) = about.prefixes.split(iri)?;
            Some(format!("{prefix}:{local}"))
        }
    }
}
