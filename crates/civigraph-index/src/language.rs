//! The one case of language tags.

use std::borrow::Cow;

/// The case of BCP 47 (RFC 5646, §2.1.1) of a language tag: all subtags lower case, but those of two letters
/// upper case and those of four letters title case, where they neither start the tag nor follow a singleton.
///
/// Tags are equal without regard to case. An index keeps them all in this one, so that equal tags are equal terms.
///
/// ```
/// use civigraph_index::canonical_language_tag;
///
/// for (tag, canonical) in [
///     ("RU-latn", "ru-Latn"),
///     ("en-gb", "en-GB"),
///     ("ZH-HANT-tw", "zh-Hant-TW"),
///     ("en-ca-x-CA", "en-CA-x-ca"),
///     ("az-arab-x-AZE-derbend", "az-Arab-x-aze-derbend"),
///     ("sgn-be-fr", "sgn-BE-FR"),
/// ] {
///     assert_eq!(canonical_language_tag(tag), canonical);
/// }
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
