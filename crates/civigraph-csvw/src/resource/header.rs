//! The header fields that count for metadata: `Content-Type`, `Content-Language` and `Link`.

use super::{LinkHeader, url};

/// A `Content-Type` taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ContentType {
    /// Type and subtype, lower case.
    pub media_type: Option<String>,
    /// The `charset` parameter.
    pub charset: Option<String>,
    /// The `header` parameter of `text/csv` (RFC 4180): `present` or `absent`.
    pub header: Option<bool>,
}

impl ContentType {
    /// Reads `text/csv;header=absent;charset=utf-8`; what makes no sense is left out.
    pub fn parse(text: &str) -> Self {
        let mut parts = split_outside_quotes(text, ';').into_iter();
        let media_type = parts
            .next()
            .map(|part| part.trim().to_ascii_lowercase())
            .filter(|part| !part.is_empty());
        let mut content_type = Self {
            media_type,
            ..Self::default()
        };
        for (name, value) in parts.filter_map(parameter) {
            match name.as_str() {
                "charset" => content_type.charset = Some(value),
                "header" if value.eq_ignore_ascii_case("absent") => {
                    content_type.header = Some(false);
                }
                "header" if value.eq_ignore_ascii_case("present") => {
                    content_type.header = Some(true);
                }
                _ => {}
            }
        }
        content_type
    }
}

/// The one language that `Content-Language` fields (RFC 9110 §8.5) name; `None` where they name none
/// or several.
pub(super) fn single_language<'f>(fields: impl IntoIterator<Item = &'f str>) -> Option<String> {
    let mut languages = fields
        .into_iter()
        .flat_map(|field| field.split(','))
        .map(str::trim)
        .filter(|language| !language.is_empty());
    let language = languages.next()?;
    let valid = oxilangtag::LanguageTag::parse(language).is_ok();
    (valid && languages.next().is_none()).then(|| language.to_owned())
}

/// Reads the links of one `Link` field value (RFC 8288 §3), targets resolved against `base`.
///
/// A link whose target is not a URL is left out.
pub(super) fn links(text: &str, base: &str) -> Vec<LinkHeader> {
    let mut links = Vec::new();
    for link in split_outside_quotes(text, ',') {
        let link = link.trim();
        let Some((target, parameters)) = link.strip_prefix('<').and_then(|l| l.split_once('>'))
        else {
            continue;
        };
        let Ok(target) = url::resolve(base, target.trim()) else {
            continue;
        };
        let mut rel = None;
        let mut media_type = None;
        for (name, value) in split_outside_quotes(parameters, ';')
            .into_iter()
            .filter_map(parameter)
        {
            match name.as_str() {
                // RFC 8288 §3.3: only the first `rel` counts.
                "rel" if rel.is_none() => rel = Some(value.to_ascii_lowercase()),
                "type" if media_type.is_none() => media_type = Some(value),
                _ => {}
            }
        }
        links.extend(
            rel.unwrap_or_default()
                .split_ascii_whitespace()
                .map(|rel| LinkHeader {
                    target: target.clone(),
                    rel: rel.to_owned(),
                    media_type: media_type.clone(),
                }),
        );
    }
    links
}

/// `name=value` or `name="value"`, the name in lower case.
fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim();
    let value = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .map_or_else(|| value.to_owned(), |value| value.replace("\\\"", "\""));
    Some((name.trim().to_ascii_lowercase(), value))
}

/// Splits at a separator that stands outside `"…"` and `<…>`.
fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut bracketed) = (0, false, false);
    for (index, character) in text.char_indices() {
        match character {
            '"' if !bracketed => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ if character == separator && !quoted && !bracketed => {
                parts.push(&text[start..index]);
                start = index + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_type_parameters() {
        let content_type = ContentType::parse("text/CSV; header=absent; charset=\"iso-8859-1\"");
        assert_eq!(content_type.media_type.as_deref(), Some("text/csv"));
        assert_eq!(content_type.charset.as_deref(), Some("iso-8859-1"));
        assert_eq!(content_type.header, Some(false));
        assert_eq!(ContentType::parse(""), ContentType::default());
    }

    #[test]
    fn languages() {
        for (fields, expected) in [
            (&["ru"][..], Some("ru")),
            (&[" de-AT ,"], Some("de-AT")),
            (&["en, ru"], None),
            (&["en", "ru"], None),
            (&["a language"], None),
            (&[""], None),
            (&[], None),
        ] {
            let found = single_language(fields.iter().copied());
            assert_eq!(found.as_deref(), expected, "{fields:?}");
        }
    }

    #[test]
    fn link_with_separators_in_target_and_quotes() {
        let found = links(
            "<a,b;c.json>; rel=\"describedBy\"; title=\"x, y; z\"; type=\"application/csvm+json\", <http://o.example/>; rel=next",
            "http://example.org/d/t.csv",
        );
        assert_eq!(
            found,
            [
                LinkHeader {
                    target: "http://example.org/d/a,b;c.json".into(),
                    rel: "describedby".into(),
                    media_type: Some("application/csvm+json".into()),
                },
                LinkHeader {
                    target: "http://o.example/".into(),
                    rel: "next".into(),
                    media_type: None,
                },
            ]
        );
        assert!(links("nonsense", "http://example.org/").is_empty());
    }
}
