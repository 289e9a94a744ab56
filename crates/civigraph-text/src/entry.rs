//! What is indexed: texts of subjects, with the property that states them.

/// What a text is to its subject. Names come before texts in results, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKind {
    /// The name to show.
    Label,
    /// Another name.
    AltLabel,
    /// A name to find things by that is not shown, such as a common misspelling.
    Hidden,
    /// A description or another running text.
    Text,
}

impl TextKind {
    /// The kind that [`PROPERTIES`] gives to a property.
    ///
    /// ```
    /// use civigraph_text::TextKind;
    ///
    /// assert_eq!(
    ///     TextKind::of_property("http://www.w3.org/2004/02/skos/core#altLabel"),
    ///     Some(TextKind::AltLabel)
    /// );
    /// assert_eq!(TextKind::of_property("http://xmlns.com/foaf/0.1/mbox"), None);
    /// ```
    pub fn of_property(property: &str) -> Option<Self> {
        PROPERTIES
            .iter()
            .find(|(iri, _)| *iri == property)
            .map(|(_, kind)| *kind)
    }

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Label => 0,
            Self::AltLabel => 1,
            Self::Hidden => 2,
            Self::Text => 3,
        }
    }
}

/// Properties whose literals are worth an index, with the kind of each: a default for those who
/// fill an index from a graph.
pub const PROPERTIES: &[(&str, TextKind)] = &[
    (
        "http://www.w3.org/2004/02/skos/core#prefLabel",
        TextKind::Label,
    ),
    (
        "http://www.w3.org/2000/01/rdf-schema#label",
        TextKind::Label,
    ),
    ("http://purl.org/dc/terms/title", TextKind::Label),
    ("http://purl.org/dc/elements/1.1/title", TextKind::Label),
    ("http://xmlns.com/foaf/0.1/name", TextKind::Label),
    ("http://schema.org/name", TextKind::Label),
    ("https://schema.org/name", TextKind::Label),
    (
        "http://www.w3.org/2004/02/skos/core#altLabel",
        TextKind::AltLabel,
    ),
    ("http://purl.org/dc/terms/alternative", TextKind::AltLabel),
    ("http://xmlns.com/foaf/0.1/nick", TextKind::AltLabel),
    ("http://schema.org/alternateName", TextKind::AltLabel),
    ("https://schema.org/alternateName", TextKind::AltLabel),
    (
        "http://www.w3.org/2004/02/skos/core#hiddenLabel",
        TextKind::Hidden,
    ),
    ("http://purl.org/dc/terms/description", TextKind::Text),
    (
        "http://purl.org/dc/elements/1.1/description",
        TextKind::Text,
    ),
    ("http://purl.org/dc/terms/abstract", TextKind::Text),
    (
        "http://www.w3.org/2000/01/rdf-schema#comment",
        TextKind::Text,
    ),
    (
        "http://www.w3.org/2004/02/skos/core#definition",
        TextKind::Text,
    ),
    (
        "http://www.w3.org/2004/02/skos/core#scopeNote",
        TextKind::Text,
    ),
    ("http://www.w3.org/2004/02/skos/core#note", TextKind::Text),
    ("http://schema.org/description", TextKind::Text),
    ("https://schema.org/description", TextKind::Text),
];

/// One text of a subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextEntry<'a> {
    /// The IRI of what the text names or describes.
    pub subject: &'a str,
    /// The IRI of the property that states the text.
    pub property: &'a str,
    /// The text as it is in the graph.
    pub text: &'a str,
    /// The language tag, if there is one.
    pub language: Option<&'a str>,
    /// What the text is to its subject.
    pub kind: TextKind,
    /// How important the subject is: among equal matches of one kind, more comes first. Kept with
    /// 8 bits of precision; negative numbers count as 0.
    pub weight: f32,
}

impl<'a> TextEntry<'a> {
    /// A label without a language, with the weight 1.
    pub fn label(subject: &'a str, property: &'a str, text: &'a str) -> Self {
        Self {
            subject,
            property,
            text,
            language: None,
            kind: TextKind::Label,
            weight: 1.0,
        }
    }
}
