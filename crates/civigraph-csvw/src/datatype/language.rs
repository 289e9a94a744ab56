//! The one case of language tags.
//!
//! `civigraph-index` has the same function; this copy is for the crate without its feature `store`, which does not
//! depend on the index. A test holds the two against each other.

use oxrdf::{Literal, Quad, Term, Triple};
use std::borrow::Cow;

/// Returns a language tag in the case of BCP 47 (RFC 5646, §2.1.1): all subtags lower case, but those of two letters
/// upper case and those of four letters title case, where they neither start the tag nor follow a singleton.
///
/// Tags are equal without regard to case. All literals carry them in this one, so that equal tags make equal terms.
///
/// ```
/// use civigraph_csvw::datatype::canonical_language_tag;
///
/// assert_eq!(canonical_language_tag("RU-latn"), "ru-Latn");
/// assert_eq!(canonical_language_tag("en-gb"), "en-GB");
/// ```
pub fn canonical_language_tag(tag: &str) -> Cow<'_, str> {
    // Nearly all tags: two or three lower-case letters.
    if tag.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Cow::Borrowed(tag);
    }
    let mut canonical = String::with_capacity(tag.len());
    let mut after_singleton = false;
    for (index, subtag) in tag.split('-').enumerate() {
        if index > 0 {
            canonical.push('-');
        }
        let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        let plain = index == 0 || after_singleton || !letters;
        match subtag.len() {
            2 if !plain => canonical.extend(subtag.chars().map(|c| c.to_ascii_uppercase())),
            4 if !plain => {
                let mut characters = subtag.chars();
                canonical.extend(characters.next().map(|c| c.to_ascii_uppercase()));
                canonical.extend(characters.map(|c| c.to_ascii_lowercase()));
            }
            _ => canonical.extend(subtag.chars().map(|c| c.to_ascii_lowercase())),
        }
        // All that follows a singleton belongs to it, up to the next one.
        after_singleton |= subtag.len() == 1;
    }
    if canonical == tag {
        Cow::Borrowed(tag)
    } else {
        Cow::Owned(canonical)
    }
}

/// Returns a literal whose language tag is in canonical case.
pub fn canonical_literal(literal: Literal) -> Literal {
    let Some(Cow::Owned(language)) = literal.language().map(canonical_language_tag) else {
        return literal;
    };
    match literal.direction() {
        Some(direction) => Literal::new_directional_language_tagged_literal_unchecked(
            literal.value(),
            language,
            direction,
        ),
        None => Literal::new_language_tagged_literal_unchecked(literal.value(), language),
    }
}

/// Returns a term whose literals, also those of triple terms, have their language tags in canonical case.
pub fn canonical_term(term: Term) -> Term {
    match term {
        Term::Literal(literal) => canonical_literal(literal).into(),
        // Whatever reads triple terms bounds their depth.
        Term::Triple(triple) => Term::from(Triple {
            subject: triple.subject,
            predicate: triple.predicate,
            object: canonical_term(triple.object),
        }),
        term @ (Term::NamedNode(_) | Term::BlankNode(_)) => term,
    }
}

/// Returns a quad whose literals have their language tags in canonical case.
pub fn canonical_quad(quad: Quad) -> Quad {
    Quad {
        object: canonical_term(quad.object),
        ..quad
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{BaseDirection, NamedNode, NamedOrBlankNode};

    const TAGS: [&str; 9] = [
        "ru",
        "RU",
        "ru-latn",
        "EN-gb",
        "zh-hANT-tw",
        "en-CA-x-CA",
        "az-arab-x-AZE-derbend",
        "de-1996",
        "sl-NEDIS",
    ];

    #[test]
    fn tags_have_one_case() {
        for (tag, expected) in TAGS.into_iter().zip([
            "ru",
            "ru",
            "ru-Latn",
            "en-GB",
            "zh-Hant-TW",
            "en-CA-x-ca",
            "az-Arab-x-aze-derbend",
            "de-1996",
            "sl-nedis",
        ]) {
            assert_eq!(canonical_language_tag(tag), expected);
        }
    }

    #[test]
    fn tags_are_those_of_the_index() {
        for tag in TAGS {
            let expected = civigraph_index::canonical_language_tag(tag);
            assert_eq!(canonical_language_tag(tag), expected);
        }
    }

    #[test]
    fn literals_keep_their_direction_and_triple_terms_are_reached() {
        let literal = Literal::new_directional_language_tagged_literal_unchecked(
            "x",
            "AR-egyp",
            BaseDirection::Rtl,
        );
        let node = NamedNode::new_unchecked("http://e/a");
        let triple = Triple::new(node.clone(), node.clone(), literal);
        let Term::Triple(found) = canonical_term(triple.into()) else {
            panic!("no triple term");
        };
        assert_eq!(found.object.to_string(), "\"x\"@ar-Egyp--rtl");
        let subject = NamedOrBlankNode::from(node);
        assert_eq!(found.subject, subject);
    }
}
