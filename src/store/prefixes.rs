//! Prefixes of dumps and tables: the ones that the ontology's files declare, and one for each kind of thing.

use crate::resource::file;
use crate::turtle::Turtle;
use oxrdf::GraphName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

/// Prefixes and their namespaces, in order of the prefixes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Prefixes {
    by_prefix: BTreeMap<String, String>,
    by_namespace: HashMap<String, String>,
}

impl Prefixes {
    /// Adds the `@prefix` lines of a Turtle file; a prefix that is taken already stays as it is.
    ///
    /// One that is not Turtle, or cannot be read, gives the prefixes before its first error: whoever reads its triples
    /// reports that.
    pub fn add_turtle(&mut self, file: &Path) {
        let Ok(opened) = file::open(file) else {
            return;
        };
        let reader = BufReader::new(opened);
        let name: Arc<str> = file.display().to_string().into();
        let mut turtle = Turtle::new(reader, &name, None, GraphName::DefaultGraph);
        // Prefixes are known when the quads after them are; checking the quads is not our business here.
        while let Some(Ok(_)) = turtle.next() {}
        let found: Vec<_> = turtle
            .prefixes()
            .map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()))
            .collect();
        for (prefix, namespace) in found {
            self.add(&prefix, &namespace);
        }
    }

    /// Adds a prefix unless it, or its namespace, is there already.
    pub fn add(&mut self, prefix: &str, namespace: &str) {
        if !is_prefix(prefix)
            || namespace.is_empty()
            || self.by_prefix.contains_key(prefix)
            || self.by_namespace.contains_key(namespace)
        {
            return;
        }
        self.by_prefix
            .insert(prefix.to_owned(), namespace.to_owned());
        self.by_namespace
            .insert(namespace.to_owned(), prefix.to_owned());
    }

    /// Adds a prefix for each kind of thing of a project: `city:` for `…/id/city/`.
    ///
    /// Where a declared prefix has that name already, the kind goes without.
    pub fn add_things<'a>(&mut self, base: &str, kinds: impl IntoIterator<Item = &'a str>) {
        for kind in kinds {
            self.add(kind, &format!("{base}id/{kind}/"));
        }
    }

    /// Prefixes and namespaces, in order of the prefixes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_prefix
            .iter()
            .map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    /// The prefix and the local name of an IRI that can be written as a prefixed name without any escape.
    ///
    /// Others stay whole: `city:irbit` reads better than `<…>`, but `<…>` reads better than `id:city\/irbit`.
    pub fn split<'a>(&self, iri: &'a str) -> Option<(&str, &'a str)> {
        let cut = iri.rfind(['#', '/', ':'])? + 1;
        let (namespace, local) = iri.split_at_checked(cut)?;
        let prefix = self.by_namespace.get(namespace)?;
        is_plain_local(local).then_some((prefix.as_str(), local))
    }

    /// An IRI as a prefixed name where that is possible, else in brackets.
    pub fn shorten(&self, iri: &str) -> String {
        match self.split(iri) {
            Some((prefix, local)) => format!("{prefix}:{local}"),
            None => format!("<{iri}>"),
        }
    }

    /// The IRI of a prefixed name whose prefix is known.
    pub fn expand(&self, name: &str) -> Option<String> {
        let (prefix, local) = name.split_once(':')?;
        let namespace = self.by_prefix.get(prefix)?;
        Some(format!("{namespace}{local}"))
    }
}

impl From<BTreeMap<String, String>> for Prefixes {
    fn from(map: BTreeMap<String, String>) -> Self {
        let mut prefixes = Self::default();
        for (prefix, namespace) in map {
            prefixes.add(&prefix, &namespace);
        }
        prefixes
    }
}

impl From<Prefixes> for BTreeMap<String, String> {
    fn from(prefixes: Prefixes) -> Self {
        prefixes.by_prefix
    }
}

/// Whether a name is one that every Turtle parser takes as a prefix (part of `PN_PREFIX`), or empty.
fn is_prefix(name: &str) -> bool {
    name.is_empty()
        || (name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))
}

/// Whether a local name is part of `PN_LOCAL` (Turtle §6.5) without an escape.
fn is_plain_local(local: &str) -> bool {
    let mut first = true;
    for c in local.chars() {
        let allowed = if first {
            is_name_start(c) || c == '_' || c.is_ascii_digit()
        } else {
            is_name_start(c)
                || matches!(c, '_' | '-' | '.' | '\u{B7}' | '\u{203F}' | '\u{2040}')
                || ('\u{300}'..='\u{36F}').contains(&c)
                || c.is_ascii_digit()
        };
        if !allowed {
            return false;
        }
        first = false;
    }
    !local.ends_with('.')
}

/// `PN_CHARS_BASE` (Turtle §6.5).
fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortened_only_where_no_escape_is_needed() {
        let mut prefixes = Prefixes::default();
        prefixes.add("ex", "http://e/ns#");
        prefixes.add("dct", "http://purl.org/dc/terms/");
        prefixes.add_things("http://e/", ["city", "ex"]);
        for (iri, expected) in [
            ("http://e/ns#City", "ex:City"),
            ("http://e/ns#", "ex:"),
            ("http://e/ns#2035", "ex:2035"),
            ("http://e/ns#a.b", "ex:a.b"),
            ("http://e/ns#Город", "ex:Город"),
            ("http://purl.org/dc/terms/title", "dct:title"),
            ("http://e/id/city/irbit", "city:irbit"),
            ("http://e/id/ex/1", "<http://e/id/ex/1>"),
            ("http://e/ns#a.", "<http://e/ns#a.>"),
            ("http://e/ns#-a", "<http://e/ns#-a>"),
            ("http://e/ns#a%20b", "<http://e/ns#a%20b>"),
            ("http://e/ns#a(b)", "<http://e/ns#a(b)>"),
            ("http://other/x", "<http://other/x>"),
            ("urn:x", "<urn:x>"),
        ] {
            assert_eq!(prefixes.shorten(iri), expected);
            if !expected.starts_with('<') {
                assert_eq!(prefixes.expand(expected).as_deref(), Some(iri));
            }
        }
    }
}
