//! The search over labels and texts.

use super::frame::PageFrame;
use super::links::encode;
use super::reader::{PageReader, shortened};
use super::value::ValueView;
use crate::store::{StoreError, text_error};
use askama::Template;
use civigraph_text::{Hit, TextQuery};

/// Texts that are asked for.
const HITS: usize = 120;

/// Things that are shown.
const SHOWN: usize = 40;

/// Characters of a text around what was found.
const TEXT: usize = 200;

#[derive(Template)]
#[template(path = "search.html")]
pub(super) struct SearchPage<'a> {
    frame: &'a PageFrame,
    /// Whether there is nothing to search in.
    closed: bool,
    found: Vec<SearchResult>,
    /// Whether there may be more.
    more: bool,
}

/// A thing that was found.
struct SearchResult {
    thing: ValueView,
    about: String,
    /// The text that has the words, where it is not the label.
    text: Option<(String, String)>,
}

impl<'a> SearchPage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Result<Self, StoreError> {
        let text = view.frame.sought.trim();
        let closed = view.build().text()?.is_none();
        let mut found: Vec<(String, SearchResult)> = Vec::new();
        let mut more = false;
        for hit in hits(view, text, HITS)? {
            if found.iter().any(|(known, _)| *known == hit.subject) {
                continue;
            }
            if found.len() == SHOWN {
                more = true;
                break;
            }
            let subject = hit.subject.clone();
            found.push((subject, SearchResult::of(view, hit)?));
        }
        Ok(Self {
            frame: view.frame,
            closed,
            found: found.into_iter().map(|(_, found)| found).collect(),
            more,
        })
    }
}

impl SearchResult {
    fn of(view: &PageReader<'_>, hit: Hit) -> Result<Self, StoreError> {
        let thing = view.thing(&hit.subject);
        let node = oxrdf::NamedNodeRef::new_unchecked(&hit.subject);
        let classes = view.classes(node)?;
        let about: Vec<String> = classes
            .iter()
            .take(2)
            .map(|class| view.name(class.as_str()))
            .collect();
        let text = (hit.text != thing.text)
            .then(|| (view.name(&hit.property), shortened(&hit.text, TEXT)));
        Ok(Self {
            thing,
            about: about.join(", "),
            text,
        })
    }
}

/// The first texts that have some words.
fn hits(view: &PageReader<'_>, text: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
    let (false, Some(index)) = (text.is_empty(), view.build().text()?) else {
        return Ok(Vec::new());
    };
    let query = TextQuery {
        limit,
        partial: true,
        ..TextQuery::new(text)
    };
    index.search(&query).map_err(|error| text_error(&error))
}

/// The page for what is not there.
#[derive(Template)]
#[template(path = "missing.html")]
pub(super) struct MissingPage<'a> {
    frame: &'a PageFrame,
    /// What was asked for.
    asked: String,
    nearest: Vec<ValueView>,
    search: String,
}

impl<'a> MissingPage<'a> {
    pub(super) fn of(view: &PageReader<'a>, asked: &str) -> Result<Self, StoreError> {
        let name = asked.rsplit(['/', '#', '=']).find(|part| !part.is_empty());
        let name = name.unwrap_or_default();
        let words: String = super::links::decode(name)
            .unwrap_or_else(|| name.to_owned())
            .replace(['-', '_', '.'], " ");
        let mut nearest: Vec<ValueView> = Vec::new();
        for hit in hits(view, &words, 20)? {
            let thing = view.thing(&hit.subject);
            if nearest.len() < 5 && !nearest.contains(&thing) {
                nearest.push(thing);
            }
        }
        Ok(Self {
            frame: view.frame,
            asked: shortened(asked, 300),
            nearest,
            search: view.frame.href(&format!("/search?q={}", encode(&words))),
        })
    }
}
