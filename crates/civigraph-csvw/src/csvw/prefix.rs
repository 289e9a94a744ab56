//! Prefixes that look declared and are not.
//!
//! Metadata cannot declare a prefix (Metadata Vocabulary §5.2): a name with one that is not in the context of
//! CSVW is an absolute IRI as it is, `bib:born`, which is hardly ever meant.

use super::context;
use super::json::JsonNode;
use super::reader::{MetadataDocument, MetadataReader};
use super::terms;
use crate::diagnostic::{Code, Diagnostic, suggest};

/// URI schemes that are registered (IANA) and may be in data, in order of name.
const SCHEMES: &[&str] = &[
    "about",
    "acct",
    "ark",
    "bitcoin",
    "blob",
    "cid",
    "coap",
    "coaps",
    "crid",
    "data",
    "dav",
    "did",
    "dns",
    "doi",
    "ethereum",
    "example",
    "feed",
    "file",
    "ftp",
    "geo",
    "git",
    "go",
    "gopher",
    "h323",
    "hdl",
    "http",
    "https",
    "iax",
    "icap",
    "im",
    "imap",
    "info",
    "ipfs",
    "ipn",
    "ipns",
    "ipp",
    "ipps",
    "irc",
    "ircs",
    "jabber",
    "jar",
    "javascript",
    "ldap",
    "ldaps",
    "lorawan",
    "magnet",
    "mailto",
    "maps",
    "matrix",
    "mid",
    "mongodb",
    "msrp",
    "mvn",
    "news",
    "nfs",
    "ni",
    "nih",
    "nntp",
    "oid",
    "openid",
    "payto",
    "pkcs11",
    "pop",
    "pwid",
    "reload",
    "rsync",
    "rtmp",
    "rtsp",
    "service",
    "session",
    "sftp",
    "sip",
    "sips",
    "sms",
    "snmp",
    "spotify",
    "ssh",
    "stun",
    "stuns",
    "svn",
    "swh",
    "swid",
    "tag",
    "tel",
    "telnet",
    "tftp",
    "tip",
    "turn",
    "turns",
    "tv",
    "udp",
    "urn",
    "view-source",
    "ws",
    "wss",
    "xfire",
    "xmpp",
    "xri",
    "z39.50r",
    "z39.50s",
];

/// Namespaces of prefixes that people expect, in order of prefix.
const WELL_KNOWN: &[(&str, &str)] = &[
    ("aat", "http://vocab.getty.edu/aat/"),
    ("adms", "http://www.w3.org/ns/adms#"),
    ("bd", "http://www.bigdata.com/rdf#"),
    ("bf", "http://id.loc.gov/ontologies/bibframe/"),
    ("bibo", "http://purl.org/ontology/bibo/"),
    ("bio", "http://purl.org/vocab/bio/0.1/"),
    ("cito", "http://purl.org/spar/cito/"),
    ("crm", "http://www.cidoc-crm.org/cidoc-crm/"),
    ("dbo", "http://dbpedia.org/ontology/"),
    ("dbp", "http://dbpedia.org/property/"),
    ("dbpedia", "http://dbpedia.org/resource/"),
    ("dbr", "http://dbpedia.org/resource/"),
    ("dcam", "http://purl.org/dc/dcam/"),
    ("dcmitype", "http://purl.org/dc/dcmitype/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("dctype", "http://purl.org/dc/dcmitype/"),
    ("doap", "http://usefulinc.com/ns/doap#"),
    (
        "dul",
        "http://www.ontologydesignpatterns.org/ont/dul/DUL.owl#",
    ),
    ("dwc", "http://rs.tdwg.org/dwc/terms/"),
    ("edm", "http://www.europeana.eu/schemas/edm/"),
    ("event", "http://purl.org/NET/c4dm/event.owl#"),
    ("fabio", "http://purl.org/spar/fabio/"),
    ("frbr", "http://purl.org/vocab/frbr/core#"),
    ("geo", "http://www.w3.org/2003/01/geo/wgs84_pos#"),
    ("geof", "http://www.opengis.net/def/function/geosparql/"),
    ("geonames", "http://www.geonames.org/ontology#"),
    ("geosparql", "http://www.opengis.net/ont/geosparql#"),
    ("gn", "http://www.geonames.org/ontology#"),
    ("gnd", "https://d-nb.info/gnd/"),
    ("gndo", "https://d-nb.info/standards/elementset/gnd#"),
    ("gold", "http://purl.org/linguistics/gold/"),
    ("gsp", "http://www.opengis.net/ont/geosparql#"),
    ("lexinfo", "http://www.lexinfo.net/ontology/3.0/lexinfo#"),
    ("locn", "http://www.w3.org/ns/locn#"),
    ("lrmoo", "http://iflastandards.info/ns/lrm/lrmoo/"),
    ("lvont", "http://lexvo.org/ontology#"),
    ("mo", "http://purl.org/ontology/mo/"),
    (
        "nif",
        "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
    ),
    ("ontolex", "http://www.w3.org/ns/lemon/ontolex#"),
    ("p", "http://www.wikidata.org/prop/"),
    ("pav", "http://purl.org/pav/"),
    ("pq", "http://www.wikidata.org/prop/qualifier/"),
    ("ps", "http://www.wikidata.org/prop/statement/"),
    ("psv", "http://www.wikidata.org/prop/statement/value/"),
    ("qudt", "http://qudt.org/schema/qudt/"),
    ("regorg", "http://www.w3.org/ns/regorg#"),
    ("rel", "http://purl.org/vocab/relationship/"),
    ("rico", "https://www.ica.org/standards/RiC/ontology#"),
    ("rov", "http://www.w3.org/ns/regorg#"),
    ("sdmx", "http://purl.org/linked-data/sdmx#"),
    ("sdo", "https://schema.org/"),
    ("sem", "http://semanticweb.cs.vu.nl/2009/11/sem/"),
    ("sf", "http://www.opengis.net/ont/sf#"),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("sosa", "http://www.w3.org/ns/sosa/"),
    ("spdx", "http://spdx.org/rdf/terms#"),
    ("ssn", "http://www.w3.org/ns/ssn/"),
    ("time", "http://www.w3.org/2006/time#"),
    ("unit", "http://qudt.org/vocab/unit/"),
    ("vann", "http://purl.org/vocab/vann/"),
    ("vs", "http://www.w3.org/2003/06/sw-vocab-status/ns#"),
    ("wd", "http://www.wikidata.org/entity/"),
    ("wdno", "http://www.wikidata.org/prop/novalue/"),
    ("wdref", "http://www.wikidata.org/reference/"),
    ("wds", "http://www.wikidata.org/entity/statement/"),
    ("wdt", "http://www.wikidata.org/prop/direct/"),
    ("wdv", "http://www.wikidata.org/value/"),
    ("wgs", "http://www.w3.org/2003/01/geo/wgs84_pos#"),
    ("wgs84", "http://www.w3.org/2003/01/geo/wgs84_pos#"),
    ("wikibase", "http://wikiba.se/ontology#"),
    ("yago", "http://yago-knowledge.org/resource/"),
];

impl MetadataReader<'_> {
    /// Warns of a name that starts with a prefix which nothing declares, and of one that its vocabulary does not have.
    pub(super) fn check_prefix(
        &mut self,
        document: &MetadataDocument,
        node: &JsonNode,
        name: &str,
    ) {
        // What is like no term may be meant: `dc:label`.
        if let Some((local, known)) = terms::unknown(name)
            && let Some(near) = suggest::hint(local, known.iter().copied())
        {
            let message = format!("`{name}` is not a term of its vocabulary");
            self.push(
                Diagnostic::new(Code::UnknownTerm, document.place_of(node), message)
                    .with_found(name)
                    .with_hint(near),
            );
        }
        let Some((prefix, local)) = undeclared(name) else {
            return;
        };
        let declared = self.prefixes.iter().find(|(known, _)| known == prefix);
        let namespace = declared
            .map(|(_, namespace)| namespace.as_str())
            .or_else(|| well_known(prefix))
            .or_else(|| context::namespace(&prefix.to_ascii_lowercase()))
            .or_else(|| context::namespace(suggest::nearest(prefix, context::prefixes())?));
        let hint = match namespace {
            Some(namespace) => format!("write the whole IRI: `{namespace}{local}`"),
            None => format!("write the whole IRI, such as `https://…/{local}`"),
        };
        self.push(
            Diagnostic::new(
                Code::UndeclaredPrefix,
                document.place_of(node),
                format!(
                    "nothing declares the prefix `{prefix}`, so the IRI is `{name}` as written"
                ),
            )
            .with_found(name)
            .with_hint(hint),
        );
    }
}

/// The namespace that a prefix usually has: one of CSVW's context, or one that is well known.
pub fn well_known_namespace(prefix: &str) -> Option<&'static str> {
    well_known(prefix).or_else(|| context::namespace(prefix))
}

fn well_known(prefix: &str) -> Option<&'static str> {
    let index = WELL_KNOWN.binary_search_by_key(&prefix, |(known, _)| known);
    WELL_KNOWN.get(index.ok()?).map(|(_, namespace)| *namespace)
}

/// The prefix of a name, and what follows, where it is neither one of the context nor a scheme.
fn undeclared(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = name.split_once(':')?;
    let is_name = prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-_".contains(&byte));
    let is_known = local.starts_with("//")
        || context::namespace(prefix).is_some()
        || SCHEMES
            .binary_search(&prefix.to_ascii_lowercase().as_str())
            .is_ok();
    (is_name && !is_known).then_some((prefix, local))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(SCHEMES.is_sorted());
        assert!(WELL_KNOWN.is_sorted());
    }

    #[test]
    fn prefixes_and_schemes() {
        for (name, expected) in [
            ("bib:born", Some(("bib", "born"))),
            ("wd:{qid}", Some(("wd", "{qid}"))),
            ("my_voc:x", Some(("my_voc", "x"))),
            ("scheam:name", Some(("scheam", "name"))),
            ("schema:name", None),
            ("http://example.org/", None),
            ("HTTP://example.org/", None),
            ("urn:isbn:3", None),
            ("mailto:{mail}", None),
            ("tag:e.org,2020:x", None),
            ("x://y", None),
            ("{+base}:x", None),
            ("#a:b", None),
            ("a/b:c", None),
            ("_:b", None),
        ] {
            assert_eq!(undeclared(name), expected, "{name}");
        }
    }
}
