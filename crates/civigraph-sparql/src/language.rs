//! The case of language tags.
use std::borrow::Cow;

/// Returns a language tag in the case that [BCP 47 §2.1.1](https://www.rfc-editor.org/rfc/rfc5646#section-2.1.1) recommends.
///
/// Language tags are equal without regard to case, so one case everywhere makes equal tags equal strings.
/// Subtags are lower-case, except two letters (a region), which are upper-case, and four letters (a script),
/// which have a capital; the first subtag and those right after a singleton stay lower-case.
///
/// ```
/// use civigraph_sparql::canonical_language_tag;
///
/// assert_eq!(canonical_language_tag("zh-hant-tw"), "zh-Hant-TW");
/// assert_eq!(canonical_language_tag("en-ca-x-ca"), "en-CA-x-ca");
/// ```
#[must_use]
pub fn canonical_language_tag(tag: &str) -> Cow<'_, str> {
    let mut result = String::with_capacity(tag.len());
    let mut previous = None;
    for subtag in tag.split('-') {
        let follows_singleton = previous.is_some_and(|previous: &str| previous.len() == 1);
        if previous.is_some() {
            result.push('-');
        }
        match (previous, subtag.len()) {
            (Some(_), 2) if !follows_singleton => result.push_str(&subtag.to_ascii_uppercase()),
            (Some(_), 4) if !follows_singleton => {
                for (position, character) in subtag.chars().enumerate() {
                    result.push(if position == 0 {
                        character.to_ascii_uppercase()
                    } else {
                        character.to_ascii_lowercase()
                    });
                }
            }
            _ => result.push_str(&subtag.to_ascii_lowercase()),
        }
        previous = Some(subtag);
    }
    if result == tag {
        Cow::Borrowed(tag)
    } else {
        Cow::Owned(result)
    }
}

#[cfg(test)]
mod tests {
    use super::canonical_language_tag;

    #[test]
    fn follows_the_examples_of_bcp_47() {
        for (tag, canonical) in [
            ("EN", "en"),
            ("ru-latn", "ru-Latn"),
            ("zh-hant-TW", "zh-Hant-TW"),
            ("en-ca-x-ca", "en-CA-x-ca"),
            ("SGN-be-FR", "sgn-BE-FR"),
            ("az-LATN-x-latn", "az-Latn-x-latn"),
            ("de-DE-1901", "de-DE-1901"),
            ("sl-ROZAJ-biske", "sl-rozaj-biske"),
            ("es-419", "es-419"),
            ("i-KLINGON", "i-klingon"),
            ("de-ch-U-CO-phonebk", "de-CH-u-co-phonebk"),
            ("", ""),
        ] {
            assert_eq!(canonical_language_tag(tag), canonical, "{tag}");
        }
    }
}
