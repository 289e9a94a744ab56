//! The terms of SHACL that the code needs by name.

/// Terms of RDF.
pub(super) mod rdf {
    pub(in crate::shacl) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    pub(in crate::shacl) const FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
    pub(in crate::shacl) const REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
    pub(in crate::shacl) const NIL: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";
    /// Subject, predicate and object of a reified triple.
    pub(in crate::shacl) const STATEMENT: [&str; 3] = [
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#subject",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#predicate",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#object",
    ];
    pub(in crate::shacl) const LANG_STRING: &str =
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
}

/// Terms of RDF Schema and OWL.
pub(super) mod rdfs {
    pub(in crate::shacl) const CLASS: &str = "http://www.w3.org/2000/01/rdf-schema#Class";
    pub(in crate::shacl) const SUB_CLASS_OF: &str =
        "http://www.w3.org/2000/01/rdf-schema#subClassOf";
    pub(in crate::shacl) const OWL_CLASS: &str = "http://www.w3.org/2002/07/owl#Class";
}

/// The namespace of SHACL.
pub(super) const SH: &str = "http://www.w3.org/ns/shacl#";

/// The name of a term of SHACL; `None` for terms of others.
pub(super) fn local(iri: &str) -> Option<&str> {
    iri.strip_prefix(SH)
}

/// The IRI of a term of SHACL.
pub(super) fn sh(name: &str) -> String {
    format!("{SH}{name}")
}

/// Parameters of constraints of SHACL Core and SHACL-SPARQL: what has one of them is a shape.
pub(super) const PARAMETERS: &[&str] = &[
    "and",
    "class",
    "closed",
    "datatype",
    "disjoint",
    "equals",
    "hasValue",
    "in",
    "languageIn",
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "node",
    "nodeKind",
    "not",
    "or",
    "pattern",
    "property",
    "qualifiedValueShape",
    "sparql",
    "uniqueLang",
    "xone",
];

/// What else may be said of a shape: the rest of parameters, and what changes no result.
pub(super) const OTHERS: &[&str] = &[
    "deactivated",
    "declare",
    "defaultValue",
    "description",
    "entailment",
    "flags",
    "group",
    "ignoredProperties",
    "message",
    "name",
    "order",
    "path",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShapesDisjoint",
    "severity",
    "shapesGraph",
    "suggestedShapesGraph",
    "targetClass",
    "targetNode",
    "targetObjectsOf",
    "targetSubjectsOf",
];

/// Targets of shapes.
pub(super) const TARGETS: &[&str] = &[
    "targetClass",
    "targetNode",
    "targetObjectsOf",
    "targetSubjectsOf",
];
