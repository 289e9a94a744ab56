//! From what a user types to an entity: an IRI, a kind and id, an id, or a label.

use super::write::unreadable;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::query::{LABEL_PROPERTIES, iri, stored::nearest};
use crate::store::{Build, StoreError};
use civigraph_index::{Error as IndexError, Index};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::{BTreeMap, BTreeSet};

/// Other properties by which things are known, behind the labels proper.
const OTHER_LABELS: [NamedNodeRef<'static>; 2] = [
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel"),
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#hiddenLabel"),
];

/// Candidates that a refusal lists.
const SHOWN: usize = 10;

/// Finds the entity that a user means: `https://…`, `cg:City`, `city/irbit`, `irbit`, `Ирбит`.
///
/// Labels are compared exactly first, then without regard to case, to `ё`, and to the form of dashes and
/// quotation marks.
///
/// # Errors
/// Nothing has that name ([`Code::UnknownEntity`], with the nearest names), or several things have it
/// ([`Code::AmbiguousEntity`], with all of them).
pub fn resolve(build: &Build, name: &str) -> Result<NamedNode, StoreError> {
    match find(build, name)? {
        Some(node) => Ok(node),
        None => Err(unknown(build, name).map_err(|error| unreadable(build, &error))?),
    }
}

/// As [`resolve`], but that nothing has the name is no error.
pub(crate) fn find(build: &Build, name: &str) -> Result<Option<NamedNode>, StoreError> {
    let failed = |error: IndexError| unreadable(build, &error);
    let store = build.index();
    let manifest = build.manifest();
    let about = &manifest.about;
    if let Some(node) = iri(name, &about.prefixes, &about.base)
        && is_there(store, &node).map_err(failed)?
    {
        return Ok(Some(node));
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
        found = by_label(store, name).map_err(failed)?;
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
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(Some(NamedNode::new_unchecked(only))),
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

fn label_properties() -> impl Iterator<Item = NamedNodeRef<'static>> {
    LABEL_PROPERTIES.into_iter().chain(OTHER_LABELS)
}

/// Things with a label: the exact one where there is any, in whatever language, else one that is the same
/// after folding.
fn by_label(store: &Index, label: &str) -> Result<BTreeSet<String>, IndexError> {
    let mut found = BTreeSet::new();
    // A label with its language is looked up in an index; in languages that are rare here, all are read.
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
    if !found.is_empty() {
        return Ok(found);
    }
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
            Place::file("command line"),
            format!("{count} things are called `{name}`"),
        )
        .with_found(name)
        .with_expected(names.join(", ")),
    )
}

fn unknown(build: &Build, name: &str) -> Result<StoreError, IndexError> {
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
    let diagnostic = Diagnostic::new(
        Code::UnknownEntity,
        Place::file("command line"),
        format!("nothing is called `{name}`"),
    )
    .with_found(name);
    let near = nearest(name, names.keys().map(String::as_str));
    Ok(StoreError::from(
        match near.and_then(|near| Some((near, names.get(near)?))) {
            Some((near, id)) if near == id => diagnostic.with_hint(format!("did you mean `{id}`?")),
            Some((near, id)) => diagnostic.with_hint(format!("did you mean `{near}`, `{id}`?")),
            None => diagnostic.with_hint("`civigraph list` shows what there is"),
        },
    ))
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
