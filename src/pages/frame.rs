//! What is around the content of every page.

use super::language::Language;
use super::links::{Links, encode};
use super::site::Site;
use super::static_files;
use super::value::ValueView;
use super::words::PageWording;

/// What `templates/base.html` needs.
#[derive(Debug, Clone)]
pub struct PageFrame {
    /// The words of the page.
    pub words: &'static PageWording,
    /// The language of the page.
    pub language: Language,
    /// Where everything is.
    pub links: Links,
    /// The name of the graph.
    pub name: String,
    /// Base of the project's IRIs.
    pub base: String,
    /// Id of the build.
    pub build: String,
    /// When the build was published, for programs and for people.
    pub published: String,
    /// See `published`.
    pub published_text: String,
    /// How many quads there are, in words.
    pub quads: String,
    /// The licence of the graph.
    pub credits: Vec<ValueView>,
    /// Where problems are reported.
    pub contact: Option<String>,
    /// The text in the search box.
    pub sought: String,
    /// The path of the page, without its language.
    pub path: String,
}

impl PageFrame {
    /// The frame of a page.
    pub fn new(site: &Site, links: Links, language: Language, path: &str) -> Self {
        let manifest = site.build.manifest();
        let words = language.words();
        let published = crate::store::utc(manifest.published).replace(" UTC", "Z");
        let day = published.get(..10).unwrap_or_default();
        let licence = manifest.about.license.iter();
        Self {
            words,
            language,
            name: name_of(site, language),
            base: manifest.about.base.clone(),
            build: manifest.id.clone(),
            published_text: language.date(day).unwrap_or_else(|| published.clone()),
            published,
            quads: language.count(site.quads(), &words.quads),
            credits: licence.map(|iri| ValueView::licence(iri, words)).collect(),
            contact: manifest.about.contact.clone(),
            sought: String::new(),
            path: path.to_owned(),
            links,
        }
    }

    /// The link to a path of the service, in the language of the page.
    pub fn href(&self, path: &str) -> String {
        self.links.href(path)
    }

    /// The link to a static file.
    pub fn file(&self, name: &str) -> String {
        self.links.plain(static_files::path(name))
    }

    /// The link to a bundled script; `None` where the program was built without.
    pub fn script(&self, entry: &str) -> Option<String> {
        super::assets::path(entry).map(|path| self.links.plain(&path))
    }

    /// The same page in the other language.
    pub fn other(&self) -> String {
        self.links.href_in(self.language.other(), &self.path)
    }

    /// The link to the page of a stored query.
    pub fn stored_query(&self, name: &str) -> String {
        self.href(&super::query::path(Some(name)))
    }

    /// Where a problem with the page is reported, with its address; `None` where the metadata names nobody.
    pub fn report(&self) -> Option<String> {
        let address = format!("{}{}", self.base, self.path.trim_start_matches('/'));
        let contact = self.contact.as_deref()?;
        Some(match contact.starts_with("mailto:") {
            true => {
                let sign = if contact.contains('?') { '&' } else { '?' };
                let subject = format!("{} {address}", self.words.report_subject);
                format!("{contact}{sign}subject={}", encode(&subject))
            }
            // A form that takes a text gets the address.
            false if contact.ends_with('=') => format!("{contact}{}", encode(&address)),
            false => contact.to_owned(),
        })
    }

    /// What follows the name of a page in the title of its window.
    pub(super) fn title_end(&self) -> String {
        match self.path.as_str() {
            "/" => self.name.clone(),
            _ => format!(" · {}", self.name),
        }
    }

    /// What a browser may load and run for a page of a static site.
    pub(super) fn policy_of_files(&self) -> &'static str {
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; \
         base-uri 'none'; form-action 'self'"
    }

    /// Whether queries can be asked: in a site of files it takes scripts.
    pub(super) fn asks(&self) -> bool {
        !self.links.are_files() || super::assets::path("query").is_some()
    }

    /// The entries of the menu.
    pub(super) fn menu(&self) -> Vec<MenuEntry> {
        let here = self.path.split('?').next().unwrap_or_default();
        let entries = [
            ("/browse", self.words.browse),
            ("/query", self.words.query),
            ("/downloads", self.words.downloads),
            ("/about", self.words.about),
        ];
        let entries = entries.into_iter();
        let entries = entries.filter(|(path, _)| *path != "/query" || self.asks());
        let entries = entries.map(|(path, word)| MenuEntry {
            href: self.href(path),
            word,
            is_here: path == here,
        });
        entries.collect()
    }
}

/// An entry of the menu.
pub(super) struct MenuEntry {
    pub href: String,
    pub word: &'static str,
    /// Whether the page is the one of the entry.
    pub is_here: bool,
}

/// The title of the project in a language, in English, or in any.
fn name_of(site: &Site, language: Language) -> String {
    let title = &site.build.manifest().about.title;
    let found = title.get(language.code()).or_else(|| title.get("en"));
    let found = found.or_else(|| title.values().next());
    found.map_or_else(
        || language.words().graph_without_title.to_owned(),
        String::clone,
    )
}
