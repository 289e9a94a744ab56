//! The context of metadata documents: the CSVW terms and prefixes, the base URL, the default language.
//!
//! The names are those of `http://www.w3.org/ns/csvw.jsonld`; a document cannot add any
//! (Metadata Vocabulary §5.8.1 and appendix A).

use crate::resource::url;
pub use crate::uri::prefix::{expand_prefix, namespace, prefix_of, prefixes};

/// The context that every metadata document names.
pub const CSVW_CONTEXT: &str = "http://www.w3.org/ns/csvw";

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const CSVW: &str = "http://www.w3.org/ns/csvw#";

/// Terms that stand for something else than the CSVW term of their own name.
const ALIASES: &[(&str, &str, &str)] = &[
    ("any", XSD, "anyAtomicType"),
    ("binary", XSD, "base64Binary"),
    ("columns", CSVW, "column"),
    ("datetime", XSD, "dateTime"),
    (
        "describedby",
        "http://www.w3.org/2007/05/powder-s#",
        "describedby",
    ),
    ("foreignKeys", CSVW, "foreignKey"),
    ("html", RDF, "HTML"),
    ("json", CSVW, "JSON"),
    ("license", "http://www.w3.org/1999/xhtml/vocab#", "license"),
    ("maximum", CSVW, "maxInclusive"),
    ("minimum", CSVW, "minInclusive"),
    ("notes", CSVW, "note"),
    ("number", XSD, "double"),
    ("referencedRows", CSVW, "referencedRow"),
    ("role", "http://www.w3.org/1999/xhtml/vocab#", "role"),
    ("rowTitles", CSVW, "rowTitle"),
    ("tables", CSVW, "table"),
    ("titles", CSVW, "title"),
    ("xml", RDF, "XMLLiteral"),
];

/// Terms whose IRI is the CSVW namespace and their name.
const TERMS: &[&str] = &[
    "Cell",
    "Column",
    "Datatype",
    "Dialect",
    "Direction",
    "ForeignKey",
    "JSON",
    "NumericFormat",
    "Row",
    "Schema",
    "Table",
    "TableGroup",
    "TableReference",
    "Transformation",
    "aboutUrl",
    "base",
    "columnReference",
    "commentPrefix",
    "datatype",
    "decimalChar",
    "default",
    "delimiter",
    "describes",
    "dialect",
    "doubleQuote",
    "encoding",
    "format",
    "groupChar",
    "header",
    "headerRowCount",
    "lang",
    "length",
    "lineTerminators",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "minExclusive",
    "minInclusive",
    "minLength",
    "name",
    "null",
    "ordered",
    "pattern",
    "primaryKey",
    "propertyUrl",
    "quoteChar",
    "reference",
    "required",
    "resource",
    "row",
    "rownum",
    "schemaReference",
    "scriptFormat",
    "separator",
    "skipBlankRows",
    "skipColumns",
    "skipInitialSpace",
    "skipRows",
    "source",
    "suppressOutput",
    "tableDirection",
    "tableSchema",
    "targetFormat",
    "textDirection",
    "transformations",
    "trim",
    "uriTemplate",
    "url",
    "valueUrl",
    "virtual",
];

/// The built-in datatypes that XML Schema names (Metadata Vocabulary §5.11.1).
const XSD_DATATYPES: &[&str] = &[
    "anyAtomicType",
    "anyURI",
    "base64Binary",
    "boolean",
    "byte",
    "date",
    "dateTime",
    "dateTimeStamp",
    "dayTimeDuration",
    "decimal",
    "double",
    "duration",
    "float",
    "gDay",
    "gMonth",
    "gMonthDay",
    "gYear",
    "gYearMonth",
    "hexBinary",
    "int",
    "integer",
    "language",
    "long",
    "Name",
    "NCName",
    "NMTOKEN",
    "negativeInteger",
    "nonNegativeInteger",
    "nonPositiveInteger",
    "normalizedString",
    "positiveInteger",
    "QName",
    "short",
    "string",
    "time",
    "token",
    "unsignedByte",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
    "yearMonthDuration",
];

/// The built-in datatypes with names of CSVW's own.
const CSVW_DATATYPES: &[&str] = &["any", "binary", "datetime", "html", "json", "number", "xml"];

/// Whether a name is one of the built-in datatypes (Metadata Vocabulary §5.11.1).
pub fn is_builtin_datatype(name: &str) -> bool {
    XSD_DATATYPES.contains(&name) || CSVW_DATATYPES.contains(&name)
}

/// The names of the built-in datatypes.
pub fn builtin_datatypes() -> impl Iterator<Item = &'static str> {
    XSD_DATATYPES.iter().chain(CSVW_DATATYPES).copied()
}

/// Whether an absolute URL is that of a built-in datatype.
pub fn is_builtin_datatype_url(url: &str) -> bool {
    builtin_datatypes().any(|name| term(name).as_deref() == Some(url))
}

/// The IRI of a term of the context.
pub fn term(name: &str) -> Option<String> {
    if XSD_DATATYPES.contains(&name) {
        return Some(format!("{XSD}{name}"));
    }
    if let Some((_, namespace, local)) = ALIASES.iter().find(|(alias, ..)| *alias == name) {
        return Some(format!("{namespace}{local}"));
    }
    TERMS.contains(&name).then(|| format!("{CSVW}{name}"))
}

/// The name of an IRI: a term, a prefixed name, or the IRI itself where there is neither
/// (Metadata Vocabulary §6.3).
pub fn compact(iri: &str) -> String {
    let aliased = ALIASES
        .iter()
        .find(|(_, namespace, local)| iri.strip_prefix(namespace) == Some(local));
    if let Some((alias, ..)) = aliased {
        return (*alias).to_owned();
    }
    let terms = [(CSVW, TERMS), (XSD, XSD_DATATYPES)];
    for (namespace, terms) in terms {
        if let Some(local) = iri.strip_prefix(namespace)
            && terms.contains(&local)
        {
            return local.to_owned();
        }
    }
    let prefixed = prefix_of(iri)
        .and_then(|(prefix, namespace)| Some(format!("{prefix}:{}", iri.strip_prefix(namespace)?)));
    prefixed.unwrap_or_else(|| iri.to_owned())
}

/// The absolute IRI of a term, a prefixed name or an absolute IRI, as properties and types have it.
pub fn expand_name(name: &str) -> Option<String> {
    if let Some(iri) = term(name) {
        return Some(iri);
    }
    let expanded = expand_prefix(name);
    (!name.starts_with("_:") && url::is_absolute(&expanded)).then_some(expanded)
}

/// Whether a text is a well-formed language tag (BCP 47).
pub fn is_language_tag(text: &str) -> bool {
    oxilangtag::LanguageTag::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_expand() {
        for (name, expected) in [
            ("dc:title", Some("http://purl.org/dc/terms/title")),
            ("schema:Thing", Some("http://schema.org/Thing")),
            ("Table", Some("http://www.w3.org/ns/csvw#Table")),
            ("json", Some("http://www.w3.org/ns/csvw#JSON")),
            (
                "xml",
                Some("http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral"),
            ),
            ("integer", Some("http://www.w3.org/2001/XMLSchema#integer")),
            ("http://example.org/x", Some("http://example.org/x")),
            ("urn:x:y", Some("urn:x:y")),
            ("_:b", None),
            ("nothing", None),
            ("not a link", None),
        ] {
            assert_eq!(expand_name(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn datatype_urls() {
        assert!(is_builtin_datatype("NMTOKEN"));
        assert!(!is_builtin_datatype("anySimpleType"));
        assert!(is_builtin_datatype_url(
            "http://www.w3.org/2001/XMLSchema#string"
        ));
        assert!(is_builtin_datatype_url("http://www.w3.org/ns/csvw#JSON"));
        assert!(!is_builtin_datatype_url("http://example.org/string"));
    }

    #[test]
    fn language_tags() {
        for (tag, valid) in [
            ("en", true),
            ("ru-Latn", true),
            ("und", true),
            ("EN-us", true),
            ("x-private", true),
            ("a-bad-language", false),
            ("notavalidlanguagetag", false),
            ("", false),
            ("en_US", false),
        ] {
            assert_eq!(is_language_tag(tag), valid, "{tag}");
        }
    }
}
