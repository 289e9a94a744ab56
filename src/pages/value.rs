//! Values as readers see them.

use super::words::PageWording;
use askama::Template;

/// A value: a link, a date, a text. As a template it writes itself, escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Template)]
#[template(path = "value.html")]
pub struct ValueView {
    /// What is shown.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
    /// What is shown where a pointer rests on it.
    pub title: Option<String>,
    /// The language of the text, where it is not that of the page.
    pub lang: Option<&'static str>,
    /// The tag of the text's language, shown behind it.
    pub tag: Option<String>,
    /// The form for programs, of a date.
    pub datetime: Option<String>,
    /// Whether it is an identifier or code.
    pub code: bool,
    /// Whether the link leads out of the site.
    pub outside: bool,
}

impl ValueView {
    /// A text and nothing else.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A text that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: Some(href.into()),
            ..Self::default()
        }
    }

    /// An identifier that is shown as it is.
    pub fn code(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            code: true,
            ..Self::default()
        }
    }

    /// A link out of the site; a text alone where the scheme is one that a browser might run.
    pub fn outside(text: impl Into<String>, iri: &str) -> Self {
        let href = is_web(iri).then(|| iri.to_owned());
        Self {
            text: text.into(),
            outside: href.is_some(),
            href,
            ..Self::default()
        }
    }

    /// A licence by its IRI, under the name that people know.
    pub(super) fn licence(iri: &str, words: &PageWording) -> Self {
        Self::outside(licence_name(iri).unwrap_or_else(|| iri.to_owned()), iri)
            .with_title(words.licence)
    }

    pub(super) fn with_title(self, title: impl Into<String>) -> Self {
        Self {
            title: Some(title.into()),
            ..self
        }
    }
}

/// Whether an IRI is an address of the web.
pub(super) fn is_web(iri: &str) -> bool {
    iri.starts_with("https://") || iri.starts_with("http://")
}

/// `CC BY 4.0` for the address of that licence.
fn licence_name(iri: &str) -> Option<String> {
    let rest = iri.split_once("creativecommons.org/")?.1;
    let mut parts = rest.split('/');
    match (parts.next()?, parts.next()?, parts.next()) {
        ("licenses", kind, Some(version)) if !version.is_empty() => {
            Some(format!("CC {} {version}", kind.to_ascii_uppercase()))
        }
        ("publicdomain", "zero", Some(version)) => Some(format!("CC0 {version}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_run_nothing() {
        let value = ValueView {
            title: Some("\" onmouseover=alert(1) x=\"".to_owned()),
            tag: Some("<i>".to_owned()),
            ..ValueView::link("<script>alert(1)</script>", "/x?\"><script>")
        };
        let html = value.to_string();
        assert!(!html.contains("<script") && !html.contains("<i>"), "{html}");
        assert!(!html.contains("\" onmouseover"), "{html}");
        let link = ValueView::outside("x", "javascript:alert(1)");
        assert_eq!(link.href, None);
        assert!(!link.to_string().contains("javascript"));
    }

    #[test]
    fn licences_have_names() {
        let name = |iri| licence_name(iri);
        assert_eq!(
            name("https://creativecommons.org/licenses/by/4.0/").as_deref(),
            Some("CC BY 4.0")
        );
        assert_eq!(
            name("https://creativecommons.org/publicdomain/zero/1.0/").as_deref(),
            Some("CC0 1.0")
        );
        assert_eq!(name("https://example.org/licence"), None);
    }
}
