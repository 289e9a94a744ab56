//! Prefixes that need no declaration: the RDFa 1.1 initial context and those of CSVW's context.

/// Prefixes in order of name: the RDFa 1.1 initial context and those of the CSVW context.
const PREFIXES: &[(&str, &str)] = &[
    ("as", "https://www.w3.org/ns/activitystreams#"),
    ("cc", "http://creativecommons.org/ns#"),
    ("csvw", "http://www.w3.org/ns/csvw#"),
    ("ctag", "http://commontag.org/ns#"),
    ("dc", "http://purl.org/dc/terms/"),
    ("dc11", "http://purl.org/dc/elements/1.1/"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("dctypes", "http://purl.org/dc/dcmitype/"),
    ("dqv", "http://www.w3.org/ns/dqv#"),
    ("duv", "https://www.w3.org/TR/vocab-duv#"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("gr", "http://purl.org/goodrelations/v1#"),
    ("grddl", "http://www.w3.org/2003/g/data-view#"),
    ("ical", "http://www.w3.org/2002/12/cal/icaltzd#"),
    ("ldp", "http://www.w3.org/ns/ldp#"),
    ("ma", "http://www.w3.org/ns/ma-ont#"),
    ("oa", "http://www.w3.org/ns/oa#"),
    ("og", "http://ogp.me/ns#"),
    ("org", "http://www.w3.org/ns/org#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("qb", "http://purl.org/linked-data/cube#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfa", "http://www.w3.org/ns/rdfa#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("rev", "http://purl.org/stuff/rev#"),
    ("rif", "http://www.w3.org/2007/rif#"),
    ("rr", "http://www.w3.org/ns/r2rml#"),
    ("schema", "http://schema.org/"),
    ("sd", "http://www.w3.org/ns/sparql-service-description#"),
    ("sioc", "http://rdfs.org/sioc/ns#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("skosxl", "http://www.w3.org/2008/05/skos-xl#"),
    ("v", "http://rdf.data-vocabulary.org/#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("void", "http://rdfs.org/ns/void#"),
    ("wdr", "http://www.w3.org/2007/05/powder#"),
    ("wrds", "http://www.w3.org/2007/05/powder-s#"),
    ("xhv", "http://www.w3.org/1999/xhtml/vocab#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// The namespace of a prefix of the context.
pub fn namespace(prefix: &str) -> Option<&'static str> {
    PREFIXES
        .binary_search_by_key(&prefix, |(name, _)| name)
        .ok()
        .and_then(|index| PREFIXES.get(index))
        .map(|(_, namespace)| *namespace)
}

/// The prefixes of the context.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    PREFIXES.iter().map(|(prefix, _)| *prefix)
}

/// The prefix of the context, with its namespace, that shortens an IRI.
pub fn prefix_of(iri: &str) -> Option<(&'static str, &'static str)> {
    let shortens = |namespace: &str| iri.len() > namespace.len() && iri.starts_with(namespace);
    PREFIXES
        .iter()
        .find(|(_, namespace)| shortens(namespace))
        .copied()
}

/// Expands a prefixed name with a prefix of the context; anything else comes back as it is.
///
/// As in JSON-LD, `//` after the colon makes it a URL.
pub fn expand_prefix(name: &str) -> String {
    match name.split_once(':') {
        Some((prefix, local)) if !local.starts_with("//") => match namespace(prefix) {
            Some(namespace) => format!("{namespace}{local}"),
            None => name.to_owned(),
        },
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_sorted() {
        assert!(PREFIXES.is_sorted_by_key(|(name, _)| name));
    }

    #[test]
    fn double_slashes_make_urls() {
        for (name, expected) in [
            ("schema:name", "http://schema.org/name"),
            ("schema://name", "schema://name"),
            ("nothing:name", "nothing:name"),
            ("name", "name"),
        ] {
            assert_eq!(expand_prefix(name), expected);
        }
    }
}
