//! Stands in for parts of other modules until they are there.

use crate::datatype::DatatypeDescription;
use crate::diagnostic::{Code, Diagnostics};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Datatype {
    iri: String,
}
pub struct Parser;
#[derive(Debug)]
pub struct CellProblem {
    pub code: Code,
    pub expected: String,
}
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum WhiteSpace {
    Preserve,
    Collapse,
}

impl Datatype {
    pub fn compile(description: &DatatypeDescription, _: &mut Diagnostics) -> Self {
        let base = match description.base.as_str() {
            "" => "string",
            "number" => "double",
            "datetime" => "dateTime",
            base => base,
        };
        Self {
            iri: description
                .id
                .clone()
                .unwrap_or_else(|| format!("http://www.w3.org/2001/XMLSchema#{base}")),
        }
    }
    pub fn parser(&self) -> Parser {
        Parser
    }
    pub fn iri(&self) -> &str {
        &self.iri
    }
    pub fn white_space(&self) -> WhiteSpace {
        if self.iri.ends_with("#string") {
            WhiteSpace::Preserve
        } else {
            WhiteSpace::Collapse
        }
    }
    pub fn keeps_item_ends(&self) -> bool {
        self.white_space() == WhiteSpace::Preserve
    }
}

impl Parser {
    pub fn parse<'a>(&self, text: &'a str, _: &'a mut String) -> Result<&'a str, CellProblem> {
        Ok(text)
    }
}

pub fn normalise<'a>(rule: WhiteSpace, text: &'a str, _: &'a mut String) -> &'a str {
    match rule {
        WhiteSpace::Preserve => text,
        WhiteSpace::Collapse => text.trim_matches([' ', '\t', '\r', '\n']),
    }
}

pub fn namespace(prefix: &str) -> Option<&'static str> {
    Some(match prefix {
        "schema" => "http://schema.org/",
        "foaf" => "http://xmlns.com/foaf/0.1/",
        "dc" | "dcterms" => "http://purl.org/dc/terms/",
        "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs" => "http://www.w3.org/2000/01/rdf-schema#",
        "skos" => "http://www.w3.org/2004/02/skos/core#",
        "owl" => "http://www.w3.org/2002/07/owl#",
        "xsd" => "http://www.w3.org/2001/XMLSchema#",
        "csvw" => "http://www.w3.org/ns/csvw#",
        _ => return None,
    })
}
