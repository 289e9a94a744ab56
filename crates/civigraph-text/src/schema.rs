//! The fields of an index.

use crate::entry::{Entry, Kind};
use crate::fold::words;
use crate::latin;
use crate::stem::stem;
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

pub const SUBJECT: &str = "subject";
pub const PROPERTY: &str = "property";
pub const LANGUAGE: &str = "language";
pub const ATTRIBUTES: &str = "attributes";
const TEXT: &str = "text";

/// The three forms in which the words of a text are indexed. A search for a stem or key looks at
/// the words as well.
#[derive(Debug, Clone, Copy)]
pub struct Forms {
    /// Folded words.
    pub word: Field,
    /// Their stems, where these are not the words themselves.
    pub stem: Field,
    /// Their keys in Latin letters, where these are not the words themselves.
    pub latin: Field,
}

/// All fields. Names and texts have fields of their own, so that typing a name need not walk the
/// vocabulary of all descriptions.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub names: Forms,
    pub texts: Forms,
    pub text: Field,
    subject: Field,
    property: Field,
    language: Field,
    attributes: Field,
}

/// The schema of an index, and its fields.
pub fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    // Words are folded by us and joined by spaces; frequencies and positions have no use in names.
    let indexed = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let mut forms = |scope: &str| Forms {
        word: schema.add_text_field(&format!("{scope}_word"), indexed.clone()),
        stem: schema.add_text_field(&format!("{scope}_stem"), indexed.clone()),
        latin: schema.add_text_field(&format!("{scope}_latin"), indexed.clone()),
    };
    let names = forms("name");
    let texts = forms("text");
    let column = TextOptions::default().set_fast("raw");
    let fields = Fields {
        names,
        texts,
        text: schema.add_text_field(TEXT, STORED),
        subject: schema.add_text_field(SUBJECT, column.clone()),
        property: schema.add_text_field(PROPERTY, column.clone()),
        language: schema.add_text_field(LANGUAGE, column),
        attributes: schema.add_u64_field(ATTRIBUTES, FAST),
    };
    (schema.build(), fields)
}

/// The document of an entry; `None` if its text has no words.
pub fn document(fields: &Fields, entry: &Entry<'_>) -> Option<TantivyDocument> {
    let words = words(entry.text);
    if words.is_empty() {
        return None;
    }
    let forms = match entry.kind {
        Kind::Text => &fields.texts,
        Kind::Label | Kind::AltLabel | Kind::Hidden => &fields.names,
    };
    let others = |form: fn(&str) -> String| {
        let mut forms = String::new();
        for word in &words {
            let form = form(word);
            if form != *word {
                forms.push_str(&form);
                forms.push(' ');
            }
        }
        forms
    };
    let mut document = TantivyDocument::new();
    document.add_text(forms.word, words.join(" "));
    document.add_text(forms.stem, others(stem));
    document.add_text(forms.latin, others(latin::key));
    document.add_text(fields.text, entry.text);
    document.add_text(fields.subject, entry.subject);
    document.add_text(fields.property, entry.property);
    if let Some(language) = entry.language {
        document.add_text(fields.language, language);
    }
    let attributes = Attributes::of(entry, words.len());
    document.add_u64(fields.attributes, attributes.0);
    Some(document)
}

/// The bit of a rank that says that a text has no other words than the query.
const WHOLE: u32 = 26;

/// Whether a rank is that of a text without other words.
pub fn is_whole(rank: u32) -> bool {
    rank >> WHOLE & 1 == 1
}

/// What ranks a document, in one number: its kind, weight and number of words.
#[derive(Debug, Clone, Copy)]
pub struct Attributes(pub u64);

impl Attributes {
    fn of(entry: &Entry<'_>, words: usize) -> Self {
        // The upper half of a positive float keeps its order.
        let weight = if entry.weight > 0.0 {
            entry.weight.to_bits() >> 16
        } else {
            0
        };
        let words = words.min(255) as u64;
        Self(u64::from(weight) << 10 | words << 2 | u64::from(entry.kind.code()))
    }

    /// The code of the kind.
    pub fn kind(self) -> u8 {
        (self.0 & 3) as u8
    }

    /// The number of words, 255 if there are more.
    pub fn words(self) -> usize {
        (self.0 >> 2 & 0xff) as usize
    }

    /// How good a match of a query with so many words is; 27 bits, more is better. A whole name
    /// comes first, then the kind, the weight, and the shorter text.
    pub fn rank(self, words: usize) -> u32 {
        let whole = u32::from(self.words() == words);
        let weight = (self.0 >> 10 & 0xffff) as u32;
        whole << WHOLE
            | (3 - u32::from(self.kind())) << 24
            | weight << 8
            | (255 - self.words() as u32)
    }
}
