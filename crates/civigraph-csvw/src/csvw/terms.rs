//! The terms of vocabularies that are not extended: a misspelt one is a property that no query asks for.

use super::context;

/// Terms of RDF 1.2.
const RDF: &[&str] = &[
    "Alt",
    "Bag",
    "CompoundLiteral",
    "HTML",
    "JSON",
    "List",
    "PlainLiteral",
    "Property",
    "Proposition",
    "Seq",
    "Statement",
    "XMLLiteral",
    "direction",
    "dirLangString",
    "first",
    "langString",
    "language",
    "nil",
    "object",
    "predicate",
    "propositionForm",
    "propositionFormObject",
    "propositionFormPredicate",
    "propositionFormSubject",
    "reifies",
    "rest",
    "subject",
    "type",
    "value",
];

/// Terms of RDF Schema.
const RDFS: &[&str] = &[
    "Class",
    "Container",
    "ContainerMembershipProperty",
    "Datatype",
    "Literal",
    "Proposition",
    "Resource",
    "comment",
    "domain",
    "isDefinedBy",
    "label",
    "member",
    "range",
    "seeAlso",
    "subClassOf",
    "subPropertyOf",
];

/// Terms of SKOS.
const SKOS: &[&str] = &[
    "Collection",
    "Concept",
    "ConceptScheme",
    "OrderedCollection",
    "altLabel",
    "broadMatch",
    "broader",
    "broaderTransitive",
    "changeNote",
    "closeMatch",
    "definition",
    "editorialNote",
    "exactMatch",
    "example",
    "hasTopConcept",
    "hiddenLabel",
    "historyNote",
    "inScheme",
    "mappingRelation",
    "member",
    "memberList",
    "narrowMatch",
    "narrower",
    "narrowerTransitive",
    "notation",
    "note",
    "prefLabel",
    "related",
    "relatedMatch",
    "scopeNote",
    "semanticRelation",
    "topConceptOf",
];

/// Terms of DCMI Metadata Terms.
const DCTERMS: &[&str] = &[
    "Agent",
    "AgentClass",
    "BibliographicResource",
    "Box",
    "DCMIType",
    "DDC",
    "FileFormat",
    "Frequency",
    "IMT",
    "ISO3166",
    "ISO639-2",
    "ISO639-3",
    "Jurisdiction",
    "LCC",
    "LCSH",
    "LicenseDocument",
    "LinguisticSystem",
    "Location",
    "LocationPeriodOrJurisdiction",
    "MESH",
    "MediaType",
    "MediaTypeOrExtent",
    "MethodOfAccrual",
    "MethodOfInstruction",
    "NLM",
    "Period",
    "PeriodOfTime",
    "PhysicalMedium",
    "PhysicalResource",
    "Point",
    "Policy",
    "ProvenanceStatement",
    "RFC1766",
    "RFC3066",
    "RFC4646",
    "RFC5646",
    "RightsStatement",
    "SizeOrDuration",
    "Standard",
    "TGN",
    "UDC",
    "URI",
    "W3CDTF",
    "abstract",
    "accessRights",
    "accrualMethod",
    "accrualPeriodicity",
    "accrualPolicy",
    "alternative",
    "audience",
    "available",
    "bibliographicCitation",
    "conformsTo",
    "contributor",
    "coverage",
    "created",
    "creator",
    "date",
    "dateAccepted",
    "dateCopyrighted",
    "dateSubmitted",
    "description",
    "educationLevel",
    "extent",
    "format",
    "hasFormat",
    "hasPart",
    "hasVersion",
    "identifier",
    "instructionalMethod",
    "isFormatOf",
    "isPartOf",
    "isReferencedBy",
    "isReplacedBy",
    "isRequiredBy",
    "isVersionOf",
    "issued",
    "language",
    "license",
    "mediator",
    "medium",
    "modified",
    "provenance",
    "publisher",
    "references",
    "relation",
    "replaces",
    "requires",
    "rights",
    "rightsHolder",
    "source",
    "spatial",
    "subject",
    "tableOfContents",
    "temporal",
    "title",
    "type",
    "valid",
];

/// Vocabularies whose terms are known, by namespace.
const VOCABULARIES: &[(&str, &[&str])] = &[
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", RDF),
    ("http://www.w3.org/2000/01/rdf-schema#", RDFS),
    ("http://www.w3.org/2004/02/skos/core#", SKOS),
    ("http://purl.org/dc/terms/", DCTERMS),
];

/// The part of a name after its namespace, and the terms that the namespace has, where it has no such one. Names with
/// variables are not looked at.
pub(super) fn unknown(name: &str) -> Option<(&str, &'static [&'static str])> {
    let (local, terms) = VOCABULARIES.iter().find_map(|(namespace, terms)| {
        let local = name.strip_prefix(namespace).or_else(|| {
            let (prefix, local) = name.split_once(':')?;
            (context::namespace(prefix)? == *namespace).then_some(local)
        })?;
        Some((local, *terms))
    })?;
    // Members of containers: `rdf:_1`.
    let is_name = !local.is_empty() && !local.starts_with('_') && !local.contains(['{', '/', '#']);
    (is_name && !terms.contains(&local)).then_some((local, terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_in_names_of_vocabularies() {
        for (name, expected) in [
            ("rdfs:label", None),
            ("rdfs:lable", Some("lable")),
            ("http://www.w3.org/2000/01/rdf-schema#lable", Some("lable")),
            ("rdf:type", None),
            ("rdf:typ", Some("typ")),
            ("rdf:_1", None),
            ("skos:preflabel", Some("preflabel")),
            ("dc:title", None),
            ("dc:titel", Some("titel")),
            ("dcterms:isReplacedBy", None),
            ("rdfs:{name}", None),
            ("schema:nmae", None),
            ("http://example.org/lable", None),
            ("label", None),
        ] {
            assert_eq!(unknown(name).map(|(local, _)| local), expected, "{name}");
        }
    }
}
