//! Syntax-based and scheme-based normalisation of URLs (RFC 3986 §6.2.2, §6.2.3).

use super::encode::{is_triplet, is_unreserved, push_byte};

/// A URL in the form in which URLs are compared.
///
/// Scheme and host in lower case, percent-encoding in upper case and only where it is needed, no dot
/// segments, no default port of `http` and `https`, no empty path after an authority of these. A text
/// that is not an absolute URL only gets its percent-encoding normalised.
pub fn normalise(url: &str) -> String {
    let text = normalise_triplets(url);
    let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return text;
    };
    let scheme = scheme.to_ascii_lowercase();
    let (before_fragment, fragment) = cut(rest, '#');
    let (hierarchy, query) = cut(before_fragment, '?');
    let web = matches!(scheme.as_str(), "http" | "https");

    let mut out = String::with_capacity(text.len() + 1);
    out.push_str(&scheme);
    out.push(':');
    match hierarchy.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            out.push_str("//");
            push_authority(&mut out, &scheme, authority);
            if path.is_empty() && web {
                out.push('/');
            }
            push_path(&mut out, path);
        }
        None if hierarchy.starts_with('/') => {
            let start = out.len();
            push_path(&mut out, hierarchy);
            // What looks like an authority now is none (RFC 3986 §3.3).
            if out[start..].starts_with("//") {
                out.insert_str(start, "/.");
            }
        }
        None => out.push_str(hierarchy),
    }
    out.push_str(query);
    out.push_str(fragment);
    out
}

/// Whether two URLs are the same after normalisation.
pub fn same(a: &str, b: &str) -> bool {
    a == b || normalise(a) == normalise(b)
}

/// The text before a delimiter, and the rest from the delimiter on.
fn cut(text: &str, delimiter: char) -> (&str, &str) {
    text.split_at(text.find(delimiter).unwrap_or(text.len()))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn push_authority(out: &mut String, scheme: &str, authority: &str) {
    let (user, host) = match authority.rfind('@') {
        Some(at) => authority.split_at(at + 1),
        None => ("", authority),
    };
    out.push_str(user);
    // Colons inside brackets belong to an IPv6 address; several without brackets to no host at all.
    let (host, port) = match host.rfind(':') {
        Some(at) if host[..at].ends_with(']') || !host[..at].contains(':') => {
            (&host[..at], &host[at + 1..])
        }
        _ => (host, ""),
    };
    // Percent-encoding is not part of the name: its digits stay in upper case.
    out.push_str(&normalise_triplets(&host.to_ascii_lowercase()));
    let default = matches!((scheme, port), ("http", "80") | ("https", "443"));
    if !port.is_empty() && !default {
        out.push(':');
        out.push_str(port);
    }
}

/// Appends an absolute path without its dot segments (RFC 3986 §5.2.4).
fn push_path(out: &mut String, path: &str) {
    let start = out.len();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." if last => out.push('/'),
            "." => {}
            ".." => {
                let parent = out[start..].rfind('/').unwrap_or(0);
                out.truncate(start + parent);
                if last {
                    out.push('/');
                }
            }
            segment => {
                out.push('/');
                out.push_str(segment);
            }
        }
    }
}

/// Decodes what need not be encoded, and writes the rest in upper case.
fn normalise_triplets(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if !is_triplet(from.as_bytes()) {
            out.push('%');
            rest = &from[1..];
            continue;
        }
        match u8::from_str_radix(&from[1..3], 16) {
            Ok(byte) if is_unreserved(byte) && !completes_triplet(&out, byte) => {
                out.push(char::from(byte));
            }
            Ok(byte) => push_byte(&mut out, byte),
            Err(_) => out.push_str(&from[..3]),
        }
        rest = &from[3..];
    }
    out.push_str(rest);
    out
}

/// Whether a byte after `text` would make a percent sign that stands for itself the start of a triplet.
fn completes_triplet(text: &str, byte: u8) -> bool {
    byte.is_ascii_hexdigit()
        && match text.as_bytes() {
            [.., b'%'] => true,
            [.., b'%', digit] => digit.is_ascii_hexdigit(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_forms() {
        for (url, expected) in [
            ("http://example.org", "http://example.org/"),
            ("HTTP://EXAMPLE.org:80/a", "http://example.org/a"),
            ("https://example.org:443", "https://example.org/"),
            ("https://example.org:80/", "https://example.org:80/"),
            ("http://example.org:/", "http://example.org/"),
            ("http://User@Example.org/", "http://User@example.org/"),
            ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
            ("http://example.org/a/./b/../c", "http://example.org/a/c"),
            ("http://example.org/../../a", "http://example.org/a"),
            ("http://example.org/a/..", "http://example.org/"),
            ("http://example.org/a/.", "http://example.org/a/"),
            ("http://example.org/a//b/", "http://example.org/a//b/"),
            (
                "http://example.org/%7ea%2fb%c3%a9",
                "http://example.org/~a%2Fb%C3%A9",
            ),
            (
                "http://example.org?q=..#/../x",
                "http://example.org/?q=..#/../x",
            ),
            ("http://D%C3%BCren.example/", "http://d%C3%BCren.example/"),
            ("http://example.org::/", "http://example.org::/"),
            ("http://example.org/%%66e", "http://example.org/%%66e"),
            ("http://example.org/%6%36e", "http://example.org/%6%36e"),
            ("http://example.org/%x%36", "http://example.org/%x6"),
            ("http://%@%42.example/", "http://%@b.example/"),
            ("http://example.org/100%", "http://example.org/100%"),
            ("file:///a/../b.csv", "file:///b.csv"),
            ("file:/a/./b", "file:/a/b"),
            ("z:/.//a/./b", "z:/.//a/b"),
            ("urn:Example:A%2db", "urn:Example:A-b"),
            ("a/../b", "a/../b"),
            ("", ""),
        ] {
            assert_eq!(normalise(url), expected, "{url}");
            assert_eq!(normalise(expected), expected, "twice: {url}");
        }
        assert!(same("HTTP://example.org", "http://example.org:80/"));
        assert!(!same("http://example.org/a", "http://example.org/A"));
    }
}
