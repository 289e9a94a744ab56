//! The names of a site's things, for a search in the browser.

use super::language::Language;
use super::links::{file_of, path_of};
use super::site::Site;
use crate::describe::unreadable;
use crate::query::Labels;
use crate::store::StoreError;
use civigraph_text::{PROPERTIES, TextKind};
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, NamedNodeRef, NamedOrBlankNode, Term};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The file of the index.
pub(super) const FILE: &str = "data/search.json";

/// Names of one thing.
const NAMES: usize = 8;

/// The index of the things that have pages, as JSON. `made` has the paths of the pages.
///
/// # Errors
/// The store cannot be read.
pub(super) fn index(site: &Site, made: &BTreeSet<String>) -> Result<Vec<u8>, StoreError> {
    let build = &site.build;
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (property, _) in PROPERTIES
        .iter()
        .filter(|(_, kind)| *kind != TextKind::Text)
    {
        let property = Some(NamedNodeRef::new_unchecked(property));
        for quad in build.index().quads_for_pattern(None, property, None, None) {
            let quad = quad.map_err(|error| unreadable(build, &error))?;
            let (NamedOrBlankNode::NamedNode(thing), Term::Literal(name)) =
                (quad.subject, quad.object)
            else {
                continue;
            };
            let known = names.entry(thing.into_string()).or_default();
            let name = name.value().to_owned();
            if known.len() < NAMES && !known.contains(&name) {
                known.push(name);
            }
        }
    }
    let labels = Language::ALL.map(|language| Labels::new(build.index(), language.code()));
    let things: Vec<Value> = names
        .into_iter()
        .filter_map(|(iri, names)| {
            let path = path_of(site.base(), &iri);
            let page = made
                .contains(&path)
                .then(|| file_of(Language::English, &path))?;
            let class = class_of(site, &iri);
            let class = class.map(|class| labels.each_ref().map(|labels| labels.of(&class)));
            Some(json!({ "iri": iri, "page": page, "names": names, "class": class }))
        })
        .collect();
    let index = json!({ "build": build.manifest().id, "things": things });
    Ok(index.to_string().into_bytes())
}

/// The first class of a thing.
fn class_of(site: &Site, iri: &str) -> Option<String> {
    let node = NamedNodeRef::new_unchecked(iri);
    let facts = Some(GraphNameRef::DefaultGraph);
    let index = site.build.index();
    let mut classes = index.quads_for_pattern(Some(node.into()), Some(rdf::TYPE), None, facts);
    match classes.next()?.ok()?.object {
        Term::NamedNode(class) => Some(class.into_string()),
        _ => None,
    }
}
