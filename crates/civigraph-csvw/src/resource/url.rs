//! URLs: resolution, the normalisation by which they compare, and `file:` URLs of paths.

use crate::uri;
use oxiri::{Iri, IriRef};
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// A text that is not a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidUrl(String);

impl std::fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidUrl {}

/// Resolves a reference against an absolute base (RFC 3986 §5).
pub fn resolve(base: &str, reference: &str) -> Result<String, InvalidUrl> {
    let invalid = |error: oxiri::IriParseError| InvalidUrl(error.to_string());
    let base = Iri::parse(base).map_err(invalid)?;
    let reference = IriRef::parse(reference).map_err(invalid)?;
    let resolved = base.resolve(&reference).map_err(invalid)?;
    Ok(resolved.into_inner())
}

/// Whether a text is an absolute IRI.
pub fn is_absolute(text: &str) -> bool {
    Iri::parse(text).is_ok()
}

/// The part before `#`.
pub fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(url, _)| url)
}

/// Normalises an absolute URL as link properties are (Tabular Data Model §6.3): [`uri::normalise`],
/// and percent-encodings for characters outside ASCII, as RFC 3987 §3.1 maps IRIs to URIs.
///
/// A text that is not an absolute URL comes back as it is.
pub fn normalise(url: &str) -> String {
    let Ok(iri) = Iri::parse(url) else {
        return url.to_owned();
    };
    // Names of hosts have an encoding of their own.
    let host_end = iri.authority().map_or(0, |authority| {
        iri.scheme().len() + "://".len() + authority.len()
    });
    let (host, rest) = url.split_at_checked(host_end).unwrap_or(("", url));
    let mut mapped = host.to_owned();
    for byte in rest.bytes() {
        if byte.is_ascii() {
            mapped.push(char::from(byte));
        } else {
            mapped.push_str(&format!("%{byte:02X}"));
        }
    }
    uri::normalise(&mapped)
}

/// Resolves a reference as people write it: a file name with spaces or a lone `%` is one, although a URL
/// would have them encoded.
///
/// # Errors
/// It is not a URL even so.
pub fn resolve_written(base: &str, reference: &str) -> Result<String, InvalidUrl> {
    resolve(base, reference).or_else(|_| resolve(base, &encode_illegal(reference)))
}

/// Percent-encodes the characters that no IRI may have.
fn encode_illegal(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let illegal = match character {
            '\0'..=' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\u{7F}' => true,
            '%' => {
                let digits = text.as_bytes().get(at + 1..at + 3);
                !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            }
            _ => false,
        };
        if illegal {
            encoded.push_str(&format!("%{:02X}", u32::from(character)));
        } else {
            encoded.push(character);
        }
    }
    encoded
}

/// The form by which URLs of files compare: normalised, and without the percent-encodings in the path that
/// change nothing about which file is meant.
///
/// RFC 3986 leaves it to schemes whether `%28` and `(` are the same; for files they are, and programs differ
/// in which they write. Encodings of `/`, `?`, `#` and `%` do make another path. Letters with marks are one character
/// (NFC): macOS and archives made there write names of files with two.
///
/// ```
/// use civigraph_csvw::resource::url::same;
///
/// assert!(same("file:///d/cities%20%281%29.csv", "file:///d/cities%20(1).csv"));
/// assert!(same("file:///d/e%CC%81t%C3%A9.csv", "file:///d/été.csv"));
/// assert!(!same("file:///d/a%2Fb.csv", "file:///d/a/b.csv"));
/// ```
pub fn identity(url: &str) -> String {
    let mut normal = normalise(url);
    // Three ways to write one path (RFC 8089 §2, §E.2).
    for host in ["file://localhost/", "file:/"] {
        if let Some(path) = normal
            .strip_prefix(host)
            .filter(|path| !path.starts_with('/'))
        {
            normal = format!("file:///{path}");
        }
    }
    let path_end = normal.find(['?', '#']).unwrap_or(normal.len());
    if !normal
        .get(..path_end)
        .is_some_and(|path| path.contains('%'))
    {
        return normal;
    }
    let (path, rest) = normal.split_at(path_end);
    let path = &composed(path);
    let mut pieces = path.split('%');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let byte = piece
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, piece.get(2..)) {
            (Some(byte), Some(tail)) if b"!$&'()*+,;=:@".contains(&byte) => {
                out.push(char::from(byte));
                out.push_str(tail);
            }
            _ => {
                out.push('%');
                out.push_str(piece);
            }
        }
    }
    out.push_str(rest);
    out
}

/// A percent-encoded path whose letters beyond ASCII are in NFC.
fn composed(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut bytes = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find('%') {
        let (before, encoded) = rest.split_at(start);
        out.push_str(before);
        bytes.clear();
        rest = encoded;
        while let Some(byte) = encoded_byte(rest) {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        }
        if bytes.is_empty() {
            out.push('%');
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        // A mark follows the letter that it belongs to, which may be in ASCII.
        let letter = out.chars().next_back().filter(char::is_ascii_alphabetic);
        if letter.is_some() {
            out.pop();
        }
        match (letter, std::str::from_utf8(&bytes)) {
            (Some(letter), Ok(marks)) => {
                let composed: String = std::iter::once(letter).chain(marks.nfc()).nfc().collect();
                push_encoded(&mut out, &composed);
            }
            (letter, text) => {
                out.extend(letter);
                match text {
                    Ok(text) => push_encoded(&mut out, &text.nfc().collect::<String>()),
                    Err(_) => bytes
                        .iter()
                        .for_each(|byte| out.push_str(&format!("%{byte:02X}"))),
                }
            }
        }
    }
    out.push_str(rest);
    out
}

/// The byte beyond ASCII that a text starts with, percent-encoded.
fn encoded_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    u8::from_str_radix(digits, 16)
        .ok()
        .filter(|byte| !byte.is_ascii())
}

/// Appends a text with the characters beyond ASCII percent-encoded.
fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii() {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Whether two absolute URLs name the same file.
pub fn same(left: &str, right: &str) -> bool {
    left == right || identity(left) == identity(right)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The `file:` URL of an absolute path.
pub fn from_path(path: &Path) -> String {
    let mut url = String::from("file://");
    push_path(&mut url, path);
    url
}

/// Appends a path with `/` between its parts, percent-encoded where a URL wants it.
pub(super) fn push_path(url: &mut String, path: &Path) {
    let text = path.to_string_lossy().replace('\\', "/");
    if !text.starts_with('/') && url.ends_with("//") {
        url.push('/');
    }
    for byte in text.bytes() {
        if is_unreserved(byte) || b"/!$&'()*+,;=:@".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// The path of a `file:` URL; query and fragment do not count.
pub fn to_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("file:")?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let slash = rest.find('/')?;
            let (host, path) = rest.split_at(slash);
            if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                return None;
            }
            path
        }
        None => rest,
    };
    decoded_path(path)
}

/// The path that a percent-encoded URL path stands for.
pub(super) fn decoded_path(path: &str) -> Option<PathBuf> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    uri::percent_decode_all(path).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalisation() {
        for (url, expected) in [
            ("HTTP://Example.ORG:80/a/./b/../c", "http://example.org/a/c"),
            ("https://example.org:443", "https://example.org/"),
            (
                "http://example.org:8080/%7euser/%c3%a4",
                "http://example.org:8080/~user/%C3%A4",
            ),
            ("http://example.org/a/..", "http://example.org/"),
            ("http://example.org/a/b/.", "http://example.org/a/b/"),
            ("file:///tmp/ж.csv", "file:///tmp/%D0%B6.csv"),
            ("urn:X:y", "urn:X:y"),
            ("not a url", "not a url"),
        ] {
            assert_eq!(normalise(url), expected);
        }
        assert!(same("http://example.org:80/a", "http://EXAMPLE.org/a"));
        assert!(!same("http://example.org/A", "http://example.org/a"));
    }

    #[test]
    fn one_file_has_one_identity() {
        for name in [
            "(1)", "a)b", "a+b", "a&b", "a'b", "a,b", "a=b", "a@b", "a;b", "a$b", "a!b", "a*b",
            "a:b", "ж", "a b", "100%", "a~b",
        ] {
            let path = format!("/d/{name}.csv");
            let url = from_path(Path::new(&path));
            let encoded: String = std::iter::once("file:///d/".to_owned())
                .chain(name.bytes().map(|byte| format!("%{byte:02x}")))
                .chain(std::iter::once(".csv".to_owned()))
                .collect();
            assert!(same(&url, &encoded), "{url} {encoded}");
            let written = resolve_written("file:///d/x.json", &format!("./{name}.csv"));
            assert!(same(&url, &written.unwrap()), "{name}");
        }
        assert!(same("file:///d/a.csv", "file://localhost/d/a.csv"));
        assert!(same("file:///d/a.csv", "file:/d/a.csv"));
        assert!(same("file:///d/%D0%B8%CC%86.csv", "file:///d/%D0%B9.csv"));
        assert!(same("file:///d/x%2Fe%CC%81", "file:///d/x%2F%C3%A9"));
        assert_eq!(identity("file:///d/%C3%28%FF%"), "file:///d/%C3(%FF%");
        for (left, right) in [
            ("file:///d/a.csv", "file://other/d/a.csv"),
            ("file:///a%2Fb", "file:///a/b"),
            ("file:///a%2520b", "file:///a%20b"),
            ("file:///a%23b", "file:///a#b"),
            ("file:///a%3Fb", "file:///a?b"),
            ("http://e.org/a?x=%26", "http://e.org/a?x=&"),
        ] {
            assert!(!same(left, right), "{left} {right}");
        }
    }

    #[test]
    fn paths_and_back() {
        for path in ["/tmp/a b/город.csv", "/tmp/100%.csv", "/tmp/a#b?c.csv"] {
            let url = from_path(Path::new(path));
            assert!(is_absolute(&url), "{url}");
            assert_eq!(to_path(&url), Some(PathBuf::from(path)));
        }
        assert_eq!(
            to_path("file:///tmp/a.csv#row=2"),
            Some(PathBuf::from("/tmp/a.csv"))
        );
        assert_eq!(to_path("file://other.example/tmp/a.csv"), None);
        assert_eq!(to_path("http://example.org/a.csv"), None);
    }

    proptest::proptest! {
        /// A normal form is its own normal form, and resolving does not undo it.
        #[test]
        fn normal_forms_stay(
            reference in "[a-zA-Z0-9:/?#.%@ж~_-]{0,30}"
        ) {
            if let Ok(resolved) = resolve("http://Example.org/a/b", &reference) {
                let normal = normalise(&resolved);
                proptest::prop_assert_eq!(&normalise(&normal), &normal);
                proptest::prop_assert_eq!(resolve("http://other.example/", &normal), Ok(normal.clone()));
            }
        }

        /// Every path has a URL that leads back to it.
        #[test]
        fn every_path_comes_back(path in "/[ a-zA-Z0-9:?#.%ж&'()/-]{0,30}") {
            let url = from_path(Path::new(&path));
            proptest::prop_assert!(is_absolute(&url));
            proptest::prop_assert_eq!(to_path(&url), Some(PathBuf::from(&path)));
        }
    }
}
