//! Where pages are: paths of the running service, or files of a static site.
//!
//! | IRI | path |
//! |---|---|
//! | `{base}id/city/irbit` | `/id/city/irbit` |
//! | `{base}graph/claims` | `/graph/claims` |
//! | `{base}ns#City` | `/ns/City`, since a fragment never reaches a server |
//! | `{base}data/cities.csv#row=3` | `/data/cities.csv/row/3` |
//! | any other | `/resource?iri=…` |
//!
//! A path begins with `/en` or `/ru` where the reader chose the language; without, `Accept-Language` decides. So a
//! link never has to carry a parameter along, and a static site has a folder for each language but the first.

use super::language::Language;
use crate::digest::hex;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Makes the links of one page.
#[derive(Debug, Clone)]
pub struct Links {
    base: String,
    /// The language of the page.
    language: Language,
    place: LinkBase,
}

#[derive(Debug, Clone)]
enum LinkBase {
    Service {
        /// The path of the service on its host, without a slash at its end.
        root: String,
        /// Whether paths begin with the language.
        chosen: bool,
    },
    Files {
        /// From the folder of the page to that of the site: `../` as often as it takes.
        up: String,
        /// The paths that were linked to.
        linked: RefCell<BTreeSet<String>>,
    },
}

impl Links {
    /// Links of a page of the running service. `root` is the path of the service on its host, empty for all of it.
    pub fn of_service(base: &str, root: &str, language: Language, chosen: bool) -> Self {
        Self {
            base: base.to_owned(),
            language,
            place: LinkBase::Service {
                root: root.trim_end_matches('/').to_owned(),
                chosen,
            },
        }
    }

    /// Links of the file for a path of a static site.
    pub fn of_file(base: &str, language: Language, path: &str) -> Self {
        let depth = file_of(language, path).matches('/').count();
        Self {
            base: base.to_owned(),
            language,
            place: LinkBase::Files {
                up: "../".repeat(depth),
                linked: RefCell::default(),
            },
        }
    }

    /// Whether pages are files: what depends on a request cannot be had.
    pub fn are_files(&self) -> bool {
        matches!(self.place, LinkBase::Files { .. })
    }

    /// The start of all paths whatever the language, with a slash at its end where it is not empty.
    pub fn root(&self) -> String {
        match &self.place {
            LinkBase::Service { root, .. } => format!("{root}/"),
            LinkBase::Files { up, .. } => up.clone(),
        }
    }

    /// The link to a path of the service, in the language of the page.
    pub fn href(&self, path: &str) -> String {
        self.href_in(self.language, path)
    }

    /// The link to a path in a language.
    pub fn href_in(&self, language: Language, path: &str) -> String {
        match &self.place {
            LinkBase::Service { root, chosen } => {
                if *chosen || language != self.language {
                    format!("{root}/{}{path}", language.code())
                } else {
                    format!("{root}{path}")
                }
            }
            LinkBase::Files { up, linked } => {
                let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
                if language == self.language {
                    linked.borrow_mut().insert(path.to_owned());
                }
                let mark = if fragment.is_empty() { "" } else { "#" };
                format!("{up}{}{mark}{fragment}", file_of(language, path))
            }
        }
    }

    /// The link to something that has no language: data, static files.
    pub fn plain(&self, path: &str) -> String {
        match &self.place {
            LinkBase::Service { root, .. } => format!("{root}{path}"),
            LinkBase::Files { up, linked } => {
                linked.borrow_mut().insert(path.to_owned());
                format!("{up}{}", path.trim_start_matches('/'))
            }
        }
    }

    /// The paths that a page of a static site links to.
    pub fn linked(&self) -> BTreeSet<String> {
        match &self.place {
            LinkBase::Service { .. } => BTreeSet::new(),
            LinkBase::Files { linked, .. } => linked.borrow().clone(),
        }
    }

    /// The path of the page about an IRI, without its language.
    pub fn path(&self, iri: &str) -> String {
        path_of(&self.base, iri)
    }

    /// The link to the page about an IRI.
    pub fn page(&self, iri: &str) -> String {
        self.href(&path_of(&self.base, iri))
    }

    /// The link to the data about an IRI, in the format of a suffix such as `ttl`.
    pub fn data(&self, iri: &str, suffix: &str) -> String {
        let path = path_of(&self.base, iri);
        let target = match path.contains('?') {
            true => format!("{path}&format={suffix}"),
            false => format!("{path}.{suffix}"),
        };
        match &self.place {
            LinkBase::Service { .. } => self.plain(&target),
            LinkBase::Files { up, linked } => {
                linked.borrow_mut().insert(target);
                format!("{up}{}", data_file(&path, suffix))
            }
        }
    }
}

/// The file of the data at the path of a page.
pub fn data_file(path: &str, suffix: &str) -> String {
    let file = file_of(Language::ALL[0], path);
    let name = file.strip_suffix(".html").unwrap_or(&file);
    format!("{name}.{suffix}")
}

/// The path of the page about an IRI, for a project with a base.
pub fn path_of(base: &str, iri: &str) -> String {
    let own = iri.strip_prefix(base).and_then(own_path);
    own.unwrap_or_else(|| format!("/resource?iri={}", encode(iri)))
}

/// The path for an IRI under the base; `None` where it has none of its own.
fn own_path(rest: &str) -> Option<String> {
    let (path, fragment) = match rest.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (rest, None),
    };
    let is_clean = |segment: &str| {
        !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(is_path)
    };
    let clean = |text: &str| text.split('/').all(is_clean);
    if !clean(path) {
        return None;
    }
    let path = escape_path(path);
    match fragment {
        None if path == "ns" || path.starts_with("id/") || path.starts_with("graph/") => {
            Some(format!("/{path}"))
        }
        None => None,
        Some(term) if path == "ns" => {
            (clean(term) && !term.contains('/')).then(|| format!("/ns/{}", escape_path(term)))
        }
        Some(fragment) => {
            let (kind, numbers) = fragment.split_once('=')?;
            let number = |text: &str| text.parse::<u64>().ok();
            match kind {
                "row" => Some(format!("/{path}/row/{}", number(numbers)?)),
                "cell" => {
                    let (row, column) = numbers.split_once(',')?;
                    Some(format!("/{path}/row/{}#c{}", number(row)?, number(column)?))
                }
                "col" => {
                    number(numbers)?;
                    Some(format!("/{path}"))
                }
                _ => None,
            }
        }
    }
}

/// Whether a character may be in a path as it is, or be escaped there and come back.
fn is_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || "-._~!$&'()*+,;=:@%".contains(c)
}

/// Letters outside of ASCII as percent signs; percent signs stay.
pub(super) fn escape_path(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii() && !b" \"<>?#".contains(&byte);
        push(&mut escaped, byte, plain);
    }
    escaped
}

/// A text as a value of a query string.
pub fn encode(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        push(&mut escaped, byte, plain);
    }
    escaped
}

fn push(text: &mut String, byte: u8, plain: bool) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    if plain {
        text.push(char::from(byte));
        return;
    }
    let digit = |value: u8| DIGITS.get(usize::from(value)).copied().unwrap_or('0');
    text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// The escaped bytes of a path as they are; `None` where they are no UTF-8.
pub fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let value = digit(high)? * 16 + digit(low)?;
                bytes.push(u8::try_from(value).ok()?);
                rest = after;
            }
            (b'%', _) => return None,
            (byte, after) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The IRIs under a base that a path may mean, the likeliest first.
pub fn iris_of(base: &str, path: &str) -> Vec<String> {
    let path = path.trim_start_matches('/');
    let path = match path.strip_prefix("ns/") {
        Some(term) => format!("ns#{term}"),
        None => path.to_owned(),
    };
    let mut iris = vec![format!("{base}{path}")];
    if let Some(decoded) = decode(&path).filter(|decoded| *decoded != path) {
        iris.push(format!("{base}{decoded}"));
    }
    iris
}

/// Bytes of a file's name that every file system takes.
const NAME: usize = 120;

/// The file of a path in a static site: a name that any web host and any file system can hold.
pub fn file_of(language: Language, path: &str) -> String {
    let folder = match language == Language::ALL[0] {
        true => String::new(),
        false => format!("{}/", language.code()),
    };
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return format!("{folder}index.html");
    }
    let is_plain = |segment: &str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.len() <= NAME
            && segment.chars().all(letters)
    };
    // Terms of the ontology differ by case alone from each other seldom, and file systems that ignore it are common.
    let hash = || {
        let hash = hex(&Sha256::digest(path));
        hash.get(..20).unwrap_or(&hash).to_owned()
    };
    if path.split('/').all(is_plain) && path != "index" {
        return format!("{folder}{path}.html");
    }
    match path.strip_prefix("ns/") {
        Some(term)
            if term.bytes().all(|byte| byte.is_ascii_alphanumeric()) && term.len() <= NAME =>
        {
            let short = hash();
            format!(
                "{folder}ns/{term}-{}.html",
                short.get(..6).unwrap_or(&short)
            )
        }
        _ => {
            let kind = path.split(['?', '/']).next().filter(|kind| is_plain(kind));
            format!("{folder}{}/{}.html", kind.unwrap_or("resource"), hash())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://e.org/g/";

    #[test]
    fn iris_have_paths_that_lead_back_to_them() {
        for (iri, path) in [
            ("https://e.org/g/id/city/irbit", "/id/city/irbit"),
            (
                "https://e.org/g/id/city/Ирбит",
                "/id/city/%D0%98%D1%80%D0%B1%D0%B8%D1%82",
            ),
            ("https://e.org/g/id/city/a%20b", "/id/city/a%20b"),
            ("https://e.org/g/ns#City", "/ns/City"),
            ("https://e.org/g/graph/claims", "/graph/claims"),
        ] {
            assert_eq!(path_of(BASE, iri), path);
            assert!(
                iris_of(BASE, path).iter().any(|found| found == iri),
                "{iri}"
            );
        }
    }

    #[test]
    fn rows_and_cells_are_paths() {
        for (fragment, path) in [
            ("row=3", "/data/a.csv/row/3"),
            ("cell=3,9", "/data/a.csv/row/3#c9"),
            ("col=9", "/data/a.csv"),
        ] {
            assert_eq!(path_of(BASE, &format!("{BASE}data/a.csv#{fragment}")), path);
        }
    }

    #[test]
    fn other_iris_are_parameters() {
        for iri in [
            "https://e.org/g/sparql",
            "https://e.org/g/id/../x",
            "https://e.org/g/id/a?b",
            "https://e.org/g/id//a",
            "https://e.org/g/data/a.csv#row=x",
            "https://other.org/id/city/irbit",
            "javascript:alert(1)",
            "https://e.org/g/id/\"><script>",
        ] {
            let path = path_of(BASE, iri);
            let encoded = path.strip_prefix("/resource?iri=");
            assert_eq!(encoded.and_then(decode).as_deref(), Some(iri));
            assert!(!path.contains(['"', '<', '>', ' ']), "{path}");
        }
    }

    #[test]
    fn links_keep_the_language_that_was_chosen() {
        let chosen = Links::of_service(BASE, "/graph/", Language::Russian, true);
        assert_eq!(chosen.href("/about"), "/graph/ru/about");
        let free = Links::of_service(BASE, "", Language::Russian, false);
        assert_eq!(free.href("/about"), "/about");
        assert_eq!(free.href_in(Language::English, "/about"), "/en/about");
        assert_eq!(free.plain("/static/x.css"), "/static/x.css");
    }

    #[test]
    fn files_are_linked_by_relative_paths() {
        let links = Links::of_file(BASE, Language::Russian, "/id/city/irbit");
        assert_eq!(links.href("/"), "../../../ru/index.html");
        assert_eq!(
            links.href_in(Language::English, "/about"),
            "../../../about.html"
        );
        assert_eq!(
            links.page("https://e.org/g/id/region/x"),
            "../../../ru/id/region/x.html"
        );
        assert_eq!(
            links.data("https://e.org/g/id/region/x", "ttl"),
            "../../../id/region/x.ttl"
        );
        let odd = file_of(Language::English, "/resource?iri=javascript%3Aalert");
        assert!(
            odd.starts_with("resource/") && odd.ends_with(".html"),
            "{odd}"
        );
        assert_ne!(
            file_of(Language::English, "/ns/City"),
            file_of(Language::English, "/ns/city")
        );
    }
}
