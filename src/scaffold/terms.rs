//! The terms that the metadata of a project uses, and the files of its ontology.

use super::names;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Classes, properties, kinds of things and languages of a project.
#[derive(Debug, Default)]
pub(super) struct VocabularyTerms {
    classes: BTreeMap<String, Class>,
    properties: BTreeMap<String, ColumnProperty>,
    kinds: BTreeSet<String>,
    languages: BTreeSet<String>,
}

#[derive(Debug)]
struct Class {
    label: String,
    file: String,
}

#[derive(Debug)]
struct ColumnProperty {
    label: String,
    /// The columns that have it, with their files.
    columns: Vec<(String, String)>,
    /// Its values are things, literals, or in one table these and in another those.
    links: bool,
    literals: bool,
}

impl VocabularyTerms {
    pub(super) fn class(&mut self, name: &str, label: &str, file: &str) {
        self.classes
            .entry(name.to_owned())
            .or_insert_with(|| Class {
                label: label.to_owned(),
                file: file.to_owned(),
            });
    }

    pub(super) fn property(
        &mut self,
        name: &str,
        label: &str,
        column: &str,
        file: &str,
        links: bool,
    ) {
        let property = self
            .properties
            .entry(name.to_owned())
            .or_insert_with(|| ColumnProperty {
                label: label.to_owned(),
                columns: Vec::new(),
                links: false,
                literals: false,
            });
        property.columns.push((column.to_owned(), file.to_owned()));
        property.links |= links;
        property.literals |= !links;
    }

    pub(super) fn kind(&mut self, kind: &str) {
        self.kinds.insert(kind.to_owned());
    }

    pub(super) fn language(&mut self, language: &str) {
        self.languages.insert(language.to_owned());
    }

    /// The languages of the tables, at least one.
    pub(super) fn languages(&self) -> Vec<&str> {
        match self.languages.is_empty() {
            true => vec!["en"],
            false => self.languages.iter().map(String::as_str).collect(),
        }
    }

    /// Forgets the properties that others define.
    pub(super) fn retain_properties(&mut self, keep: impl Fn(&str) -> bool) {
        self.properties.retain(|name, _| keep(name));
    }

    /// The first class, for examples.
    pub(super) fn first_class(&self) -> Option<&str> {
        self.classes.keys().next().map(String::as_str)
    }

    /// A text in each language.
    fn labels(&self, label: &str) -> String {
        let labels: Vec<String> = self
            .languages()
            .iter()
            .map(|language| format!("{}@{language}", literal(label)))
            .collect();
        labels.join(" , ")
    }

    /// The vocabulary: each class and property with a label in each language, and a definition to be filled in.
    ///
    /// The file of a project's first terms has its title.
    pub(super) fn vocabulary(&self, base: &str, title: Option<&str>) -> String {
        let mut out = format!(
            "\
# The terms of this project. Each class is that of a table, each property that of a column.
# Labels and definitions are proposed: say in the words of your readers, in each language, what a term means.
# Descriptions of things, lists and the titles of answers show them.

@prefix dct: <http://purl.org/dc/terms/> .
@prefix ns: <{base}ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"
        );
        if let Some(title) = title {
            let _ = write!(
                out,
                "\n<{base}ns> a owl:Ontology ;\n    dct:title {} .\n",
                self.labels(title)
            );
        }
        for (name, class) in &self.classes {
            let definition = literal(&format!("What a row of {} describes.", class.file));
            let _ = write!(
                out,
                "\nns:{name} a owl:Class ;\n    rdfs:label {} ;\n    skos:definition {definition}@en ;\n    \
                 rdfs:isDefinedBy <{base}ns> .\n",
                self.labels(&class.label)
            );
        }
        for (name, property) in &self.properties {
            let kind = match (property.links, property.literals) {
                (true, false) => "owl:ObjectProperty",
                (false, true) => "owl:DatatypeProperty",
                _ => "rdf:Property",
            };
            let columns: Vec<String> = property
                .columns
                .iter()
                .map(|(column, file)| format!("column {column} of {file}"))
                .collect();
            let definition = literal(&format!("{}.", names::capitalised(&columns.join(", "))));
            let _ = write!(
                out,
                "\nns:{name} a {kind} ;\n    rdfs:label {} ;\n    skos:definition {definition}@en ;\n    \
                 rdfs:isDefinedBy <{base}ns> .\n",
                self.labels(&property.label)
            );
        }
        out
    }

    /// The prefixes of things, for dumps and queries.
    pub(super) fn prefixes(&self, base: &str) -> String {
        let mut out = "\
# Prefixes of the things that the tables describe, for dumps, queries and descriptions.
# The file states nothing.

"
        .to_owned();
        let mut prefixes: BTreeMap<&str, String> = self
            .kinds
            .iter()
            .filter(|kind| kind.starts_with(|c: char| c.is_ascii_alphabetic()))
            .map(|kind| (kind.as_str(), format!("{base}id/{kind}/")))
            .collect();
        prefixes
            .entry("graph")
            .or_insert_with(|| format!("{base}graph/"));
        for (prefix, namespace) in prefixes {
            let _ = writeln!(out, "@prefix {prefix}: <{namespace}> .");
        }
        out
    }

    /// The first shapes: everything has a label, one a language; who is said to have said something, and what lacks
    /// something, is a thing of the tables.
    pub(super) fn shapes(&self, base: &str, claims: bool) -> String {
        let classes: Vec<String> = self
            .classes
            .keys()
            .map(|name| format!("ns:{name}"))
            .collect();
        let mut out = format!(
            "\
# Shapes (SHACL): what checks and builds demand of the graph beyond cells, keys and references.

@prefix ns: <{base}ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix shape: <{base}shape/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

shape:label a sh:NodeShape ;
    sh:targetClass {} ;
    sh:property shape:label-preferred .

shape:label-preferred a sh:PropertyShape ;
    sh:path skos:prefLabel ;
    sh:minCount 1 ;
    sh:datatype rdf:langString ;
    sh:uniqueLang true ;
    sh:message \"A thing has a label, and at most one in a language.\"@en .
",
            classes.join(" , ")
        );
        if claims {
            out.push_str(SHAPES_OF_CLAIMS);
        }
        out
    }
}

/// What claims and gaps name by the path of its IRI, so that no foreign key can check it.
const SHAPES_OF_CLAIMS: &str = "
shape:claim a sh:NodeShape ;
    sh:targetClass ns:Claim ;
    sh:property shape:claim-said-by .

shape:claim-said-by a sh:PropertyShape ;
    sh:path ns:saidBy ;
    sh:node shape:described ;
    sh:message \"Who says it is a thing that a table describes, such as `person/ada`.\"@en .

shape:gap a sh:NodeShape ;
    sh:targetClass ns:Gap ;
    sh:property shape:gap-subject .

shape:gap-subject a sh:PropertyShape ;
    sh:path ns:gapSubject ;
    sh:node shape:described ;
    sh:message \"What lacks it is a thing that a table describes, such as `person/ada`.\"@en .

shape:described a sh:NodeShape ;
    sh:property shape:described-type .

shape:described-type a sh:PropertyShape ;
    sh:path rdf:type ;
    sh:minCount 1 .
";

/// A string of Turtle.
pub(super) fn literal(text: &str) -> String {
    oxrdf::Literal::new_simple_literal(text).to_string()
}
