//! The files of a graph.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Terms that the ontology and the vocabularies around it name.
pub mod name {
    macro_rules! names {
        ($space:literal: $($name:ident = $local:literal),+ $(,)?) => {
            $(pub const $name: &str = concat!("<", $space, $local, ">");)+
        };
    }
    names!("http://www.w3.org/1999/02/22-rdf-syntax-ns#":
        TYPE = "type", SUBJECT = "subject", PREDICATE = "predicate", OBJECT = "object", VALUE = "value");
    names!("http://www.w3.org/2004/02/skos/core#":
        PREF_LABEL = "prefLabel", ALT_LABEL = "altLabel", IN_SCHEME = "inScheme", NOTATION = "notation",
        CONCEPT = "Concept", EDITORIAL_NOTE = "editorialNote");
    names!("http://purl.org/dc/terms/":
        DATE = "date", IS_PART_OF = "isPartOf", IDENTIFIER = "identifier", CREATOR = "creator",
        PUBLISHER = "publisher", ABOUT = "subject");
    names!("http://www.w3.org/ns/org#":
        ORGANIZATION = "Organization", MEMBER_OF = "memberOf", SUB_ORGANIZATION_OF = "subOrganizationOf");
    names!("http://www.w3.org/ns/person#": PERSON = "Person");
    names!("http://www.w3.org/ns/adms#": ADMS_IDENTIFIER = "identifier");
    names!("http://www.w3.org/ns/oa#": HAS_SOURCE = "hasSource");
    names!("http://www.w3.org/ns/prov#": DERIVED_FROM = "wasDerivedFrom");
    names!("https://schema.org/":
        BIRTH_DATE = "birthDate", DEATH_DATE = "deathDate", GENDER = "gender", BIRTH_PLACE = "birthPlace",
        LATITUDE = "latitude", LONGITUDE = "longitude", POPULATION = "population",
        FOUNDING_DATE = "foundingDate", PRICE = "price", COPYRIGHT_YEAR = "copyrightYear",
        PAGES = "numberOfPages", ATTENDANCE = "maximumAttendeeCapacity", SHA256 = "sha256");
    names!("https://w3id.org/civigraph/ns#":
        MACRO_REGION = "MacroRegion", REGION = "Region", MUNICIPALITY = "Municipality", CITY = "City",
        LOCATED_IN = "locatedIn", SECTOR = "sector", EVENT_CLASS = "Event", FOLLOWS = "follows",
        HOST_MUNICIPALITY = "hostMunicipality", EVENT_STATUS = "eventStatus", EARLIEST = "earliest",
        LATEST = "latest", PARTICIPATION = "Participation", EVENT = "event", AGENT = "agent",
        ROLE = "role", DOCUMENT = "Document", LENGTH = "length", QUANTITY = "Quantity",
        QUANTITY_OF = "quantityOf", MEASURE = "measure", QUANTITY_KIND = "quantityKind", UNIT = "unit",
        CLAIM = "Claim", TABLE = "table", BASIS = "basis", MODALITY = "modality",
        REVIEW_STATUS = "reviewStatus", SAID_BY = "saidBy", EVIDENCE = "evidence", RANK = "rank");
}

/// A graph of the dataset.
#[derive(Clone, Copy)]
pub enum Graph {
    Default,
    Claims,
    Register,
    Sources,
    Vocabulary,
}

impl Graph {
    fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Default => return None,
            Self::Claims => "claims",
            Self::Register => "register",
            Self::Sources => "sources",
            Self::Vocabulary => "vocabulary",
        })
    }
}

/// Writes quads to the files; counts them.
pub struct Output {
    all: BufWriter<File>,
    default: BufWriter<File>,
    named: BufWriter<File>,
    line: Vec<u8>,
    pub quads: u64,
}

impl Output {
    pub fn create(folder: &Path) -> io::Result<Self> {
        let create = |name: &str| {
            let file = File::create(folder.join(name))?;
            io::Result::Ok(BufWriter::with_capacity(1 << 18, file))
        };
        Ok(Self {
            all: create("all.nq")?,
            default: create("default.nt")?,
            named: create("named.nq")?,
            line: Vec::new(),
            quads: 0,
        })
    }

    /// Writes a triple of the default graph; its terms are in the syntax of N-Triples.
    pub fn triple(&mut self, subject: &str, predicate: &str, object: &str) -> io::Result<()> {
        self.quad(Graph::Default, subject, predicate, object)
    }

    pub fn quad(
        &mut self,
        graph: Graph,
        subject: &str,
        predicate: &str,
        object: &str,
    ) -> io::Result<()> {
        self.line.clear();
        write!(self.line, "{subject} {predicate} {object} ")?;
        let file = match graph.name() {
            Some(name) => {
                write!(self.line, "<https://w3id.org/civigraph/graph/{name}> ")?;
                &mut self.named
            }
            None => &mut self.default,
        };
        self.line.extend_from_slice(b".\n");
        file.write_all(&self.line)?;
        self.all.write_all(&self.line)?;
        self.quads += 1;
        Ok(())
    }

    /// Writes a label in both languages.
    pub fn labels(&mut self, subject: &str, ru: &str, en: &str) -> io::Result<()> {
        self.triple(subject, name::PREF_LABEL, &text(ru, "ru"))?;
        self.triple(subject, name::PREF_LABEL, &text(en, "en"))
    }

    pub fn finish(mut self) -> io::Result<()> {
        self.all.flush()?;
        self.default.flush()?;
        self.named.flush()
    }
}

/// The IRI of a thing: `event/00000012`.
pub fn thing(kind: &str, number: u64) -> String {
    format!("<https://w3id.org/civigraph/id/{kind}/{number:08}>")
}

/// The IRI of a concept of the vocabulary: `role/host`.
pub fn concept(scheme: &str, name: &str) -> String {
    format!("<https://w3id.org/civigraph/id/{scheme}/{name}>")
}

/// A string in a language; it has nothing to escape.
pub fn text(value: &str, language: &str) -> String {
    format!("\"{value}\"@{language}")
}

/// A literal of a datatype of XML Schema.
pub fn literal(value: impl std::fmt::Display, datatype: &str) -> String {
    format!("\"{value}\"^^<http://www.w3.org/2001/XMLSchema#{datatype}>")
}
