//! Content negotiation: which of the formats that there are a client wants most (RFC 9110 §12.5.1).

use crate::export::DumpFormat;
use crate::query::AnswerFormat;

/// Media types for the answers of `SELECT` and `ASK`, the preferred first.
pub const RESULTS: &[(&str, AnswerFormat)] = &[
    ("application/sparql-results+json", AnswerFormat::Json),
    ("application/json", AnswerFormat::Json),
    ("application/sparql-results+xml", AnswerFormat::Xml),
    ("text/csv", AnswerFormat::Csv),
    ("text/tab-separated-values", AnswerFormat::Tsv),
    ("application/xml", AnswerFormat::Xml),
    ("text/xml", AnswerFormat::Xml),
];

/// Media types for graphs, the preferred first.
pub const GRAPHS: &[(&str, DumpFormat)] = &[
    ("text/turtle", DumpFormat::Turtle),
    ("application/n-triples", DumpFormat::NTriples),
    ("application/rdf+xml", DumpFormat::RdfXml),
    ("application/ld+json", DumpFormat::JsonLd),
    ("application/trig", DumpFormat::TriG),
    ("application/n-quads", DumpFormat::NQuads),
    ("application/x-turtle", DumpFormat::Turtle),
    ("text/n3", DumpFormat::Turtle),
    ("application/json", DumpFormat::JsonLd),
    ("application/xml", DumpFormat::RdfXml),
    ("text/xml", DumpFormat::RdfXml),
];

/// Media types for whole datasets, the preferred first.
pub const DATASETS: &[(&str, DumpFormat)] = &[
    ("application/n-quads", DumpFormat::NQuads),
    ("application/trig", DumpFormat::TriG),
    ("application/ld+json", DumpFormat::JsonLd),
];

/// The offer that an `Accept` header wants most, the first of those that it wants equally; `None` where it wants
/// none. Without a header anything will do.
pub fn choose<T: Copy>(
    accept: Option<&str>,
    offers: &[(&'static str, T)],
) -> Option<(&'static str, T)> {
    let Some(accept) = accept else {
        return offers.first().copied();
    };
    let ranges: Vec<Range<'_>> = accept.split(',').filter_map(Range::parse).collect();
    let mut best: Option<(u16, (&'static str, T))> = None;
    for offer in offers {
        let quality = quality(&ranges, offer.0);
        if quality > best.map_or(0, |(quality, _)| quality) {
            best = Some((quality, *offer));
        }
    }
    best.map(|(_, offer)| offer)
}

/// The media type for a format that was named.
pub fn media_type<T: Copy + PartialEq>(
    format: T,
    offers: &[(&'static str, T)],
) -> Option<&'static str> {
    let mut offers = offers.iter();
    offers
        .find(|(_, offered)| *offered == format)
        .map(|(media, _)| *media)
}

/// The `Content-Type` for a media type: text has its character encoding.
pub fn content_type(media: &str) -> String {
    if media.starts_with("text/") {
        format!("{media}; charset=utf-8")
    } else {
        media.to_owned()
    }
}

/// A range of media types with its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for parameter in parts {
            if let Some((name, value)) = parameter.split_once('=')
                && name.trim().eq_ignore_ascii_case("q")
            {
                quality = thousandths(value.trim())?;
            }
        }
        Some(Self {
            kind,
            subtype,
            quality,
        })
    }

    /// How exactly the range names a media type; `None` where it does not.
    fn names(&self, media: &str) -> Option<u8> {
        let (kind, subtype) = media.split_once('/')?;
        if self.kind == "*" && self.subtype == "*" {
            return Some(0);
        }
        if !self.kind.eq_ignore_ascii_case(kind) {
            return None;
        }
        if self.subtype == "*" {
            return Some(1);
        }
        self.subtype.eq_ignore_ascii_case(subtype).then_some(2)
    }
}

/// The weight that the most exact of the ranges gives to a media type.
fn quality(ranges: &[Range<'_>], media: &str) -> u16 {
    let named = ranges
        .iter()
        .filter_map(|range| Some((range.names(media)?, range.quality)));
    named.max().map_or(0, |(_, quality)| quality)
}

/// `0.5` as 500.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok()?;
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    let thousandths = whole.checked_mul(1000)?.checked_add(fraction)?;
    (thousandths <= 1000).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_range_wins() {
        let results = |accept| choose(accept, RESULTS).map(|(media, _)| media);
        for (accept, expected) in [
            (None, Some("application/sparql-results+json")),
            (Some("*/*"), Some("application/sparql-results+json")),
            (Some("text/csv"), Some("text/csv")),
            (Some("TEXT/CSV; q=0.2"), Some("text/csv")),
            (Some("text/*"), Some("text/csv")),
            (
                Some("text/csv;q=0.5, application/sparql-results+xml;q=0.6"),
                Some("application/sparql-results+xml"),
            ),
            // The most exact range counts, not the heaviest.
            (
                Some("text/csv;q=0.1, */*;q=0.5, application/sparql-results+json;q=0"),
                Some("application/json"),
            ),
            (
                Some("text/tab-separated-values, text/csv;q=0.9"),
                Some("text/tab-separated-values"),
            ),
            (Some("application/sparql-results+json;q=0"), None),
            (Some("text/turtle"), None),
            (Some("image/png, nonsense"), None),
            (Some("text/csv;q=1.5"), None),
            (Some("text/csv;q=x"), None),
            (Some(""), None),
        ] {
            assert_eq!(results(accept), expected, "{accept:?}");
        }
        let graphs = |accept| choose(accept, GRAPHS).map(|(_, format)| format);
        assert_eq!(graphs(None), Some(DumpFormat::Turtle));
        assert_eq!(
            graphs(Some("application/rdf+xml, text/turtle;q=0.9")),
            Some(DumpFormat::RdfXml)
        );
        assert_eq!(graphs(Some("application/json")), Some(DumpFormat::JsonLd));
    }
}
