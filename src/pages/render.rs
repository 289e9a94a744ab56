//! From a path to a page.

use super::about::AboutPage;
use super::browse::{BrowseFilter, BrowsePage};
use super::classes::ClassesPage;
use super::downloads::DownloadsPage;
use super::entity::EntityPage;
use super::frame::PageFrame;
use super::home::HomePage;
use super::language::Language;
use super::links::{Links, iris_of};
use super::ontology::OntologyPage;
use super::query::{QueryForm, QueryPage};
use super::reader::PageReader;
use super::search::{MissingPage, SearchPage};
use super::site::Site;
use super::table::{RowPage, TablePage};
use crate::diagnostic::Code;
use crate::store::StoreError;
use askama::Template;
use oxrdf::NamedNode;

/// What a page is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// The front page.
    Home,
    /// A thing, from one of its spans on where it is a document.
    Thing(NamedNode, usize),
    /// Data about a thing, in the format of a suffix.
    Data(NamedNode, &'static str),
    /// Things by class and facets.
    Browse(BrowseFilter),
    /// A search.
    Search(String),
    /// The terms of the project.
    Ontology,
    /// What can be taken along.
    Downloads,
    /// The lines of the build.
    Lines,
    /// A file that the build was made from.
    Input(String),
    /// What the graph is.
    About,
    /// Where queries are written, or a stored query by its name.
    Query(Option<String>),
    /// A table from a data row on.
    Table(usize, u64),
    /// A row of a table, by its number in the file.
    Row(usize, u64),
}

/// A page that was made.
#[derive(Debug)]
pub struct RenderedPage {
    /// Its HTML.
    pub html: String,
    /// Whether there is what was asked for.
    pub found: bool,
    /// The frame that it was made with, with its links.
    pub frame: PageFrame,
}

impl Address {
    /// What is at a path, given without its language, with the parameters of its query string.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn of(
        site: &Site,
        path: &str,
        parameters: &[(String, String)],
    ) -> Result<Option<Self>, StoreError> {
        let parameter = |name: &str| {
            let found = parameters.iter().rfind(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        let number = |name| parameter(name).and_then(|text| text.parse::<u64>().ok());
        let whole = match path {
            "/" => Some(Self::Home),
            "/browse" => BrowseFilter::of(parameters).map(Self::Browse),
            "/search" => Some(Self::Search(parameter("q").unwrap_or_default().to_owned())),
            "/ns" => Some(Self::Ontology),
            "/downloads" => Some(Self::Downloads),
            "/downloads/graph.nq" => Some(Self::Lines),
            "/about" => Some(Self::About),
            "/query" => Some(Self::Query(None)),
            _ => None,
        };
        if whole.is_some() {
            return Ok(whole);
        }
        if let Some(name) = path.strip_prefix("/query/") {
            let name = super::links::decode(name);
            let known = |name: &String| site.queries.iter().any(|query| query.name == *name);
            return Ok(name.filter(known).map(|name| Self::Query(Some(name))));
        }
        if let Some(input) = path.strip_prefix("/downloads/inputs/") {
            return Ok(Self::input(site, input));
        }
        let from = usize::try_from(number("from").unwrap_or(0)).unwrap_or(usize::MAX);
        if path == "/resource" {
            let iri = parameter("iri").and_then(|iri| NamedNode::new(iri).ok());
            let Some(iri) = iri.filter(|iri| is_known(site, iri)) else {
                return Ok(None);
            };
            return Ok(match parameter("format") {
                Some(format) => suffix(format).map(|suffix| Self::Data(iri, suffix)),
                None => Some(Self::Thing(iri, from)),
            });
        }
        if let Some(address) = Self::table(site, path, number("from")) {
            return Ok(Some(address));
        }
        for iri in iris_of(site.base(), path) {
            let Ok(iri) = NamedNode::new(iri) else {
                continue;
            };
            if is_known(site, &iri) {
                return Ok(Some(Self::Thing(iri, from)));
            }
        }
        let Some((path, format)) = path.rsplit_once('.') else {
            return Ok(None);
        };
        let Some(suffix) = suffix(format) else {
            return Ok(None);
        };
        let iris = iris_of(site.base(), path).into_iter();
        let mut iris = iris.filter_map(|iri| NamedNode::new(iri).ok());
        let known = iris.find(|iri| is_known(site, iri));
        Ok(known.map(|iri| Self::Data(iri, suffix)))
    }

    /// A file that the build keeps.
    fn input(site: &Site, name: &str) -> Option<Self> {
        let name = super::links::decode(name)?;
        let mut inputs = site.build.manifest().inputs().iter();
        let known = inputs.any(|input| input.name == name);
        known.then_some(Self::Input(name))
    }

    /// A table or a row.
    fn table(site: &Site, path: &str, from: Option<u64>) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let (file, row) = match path.rsplit_once("/row/") {
            Some((file, row)) => (file, Some(row.parse().ok()?)),
            None => (path, None),
        };
        // Only the names of tables open them.
        let base = site.base();
        let named = |input: &crate::store::BuildInput| {
            let is_same = |iri: &String| iri.strip_prefix(base) == Some(input.name.as_str());
            input.rows.is_some() && iris_of(base, file).iter().any(is_same)
        };
        if !site.build.manifest().inputs().iter().any(named) {
            return None;
        }
        let tables = site.tables()?;
        let mut urls = iris_of(base, file).into_iter();
        let number = urls.find_map(|url| tables.number(&url))?;
        Some(match row {
            Some(row) => Self::Row(number, row),
            None => Self::Table(number, from.unwrap_or(1).max(1)),
        })
    }
}

/// The suffix of a format of data.
fn suffix(text: &str) -> Option<&'static str> {
    let mut formats = super::entity::FORMATS.iter();
    formats
        .find(|(suffix, _, _)| *suffix == text)
        .map(|(suffix, _, _)| *suffix)
}

/// Whether a build has a node. What cannot be read has none: the page that is made says why.
fn is_known(site: &Site, node: &NamedNode) -> bool {
    let index = site.build.index();
    let node = node.as_ref();
    let subject = index.quads_for_pattern(Some(node.into()), None, None, None);
    let predicate = index.quads_for_pattern(None, Some(node), None, None);
    let object = index.quads_for_pattern(None, None, Some(node.into()), None);
    let graph = index.quads_for_pattern(None, None, None, Some(node.into()));
    subject
        .chain(predicate)
        .chain(object)
        .chain(graph)
        .next()
        .is_some()
}

/// Makes a page. `path` is the one of the page, with its query string and without its language.
///
/// # Errors
/// The store cannot be read.
pub fn render(
    site: &Site,
    links: Links,
    language: Language,
    path: &str,
    address: Option<&Address>,
) -> Result<RenderedPage, StoreError> {
    let mut frame = PageFrame::new(site, links, language, path);
    if let Some(Address::Search(text)) = address {
        frame.sought.clone_from(text);
    }
    let made = {
        let view = PageReader::new(site, &frame);
        match address {
            Some(address) => content(&view, address)?,
            None => None,
        }
    };
    let found = made.is_some();
    let html = match made {
        Some(html) => html,
        None => html(&MissingPage::of(&PageReader::new(site, &frame), path)?)?,
    };
    Ok(RenderedPage { html, found, frame })
}

/// The page at an address; `None` where there is none.
fn content(view: &PageReader<'_>, address: &Address) -> Result<Option<String>, StoreError> {
    let page = match address {
        Address::Home => html(&HomePage::of(view)?),
        Address::Thing(node, from) => html(&EntityPage::of(view, node, *from)?),
        Address::Browse(filter) if filter.is_open() => html(&ClassesPage::of(view)?),
        Address::Browse(filter) => html(&BrowsePage::of(view, filter)?),
        Address::Search(_) => html(&SearchPage::of(view)?),
        Address::Ontology => html(&OntologyPage::of(view)?),
        Address::Downloads => html(&DownloadsPage::of(view)),
        Address::About => html(&AboutPage::of(view)),
        Address::Query(stored) => {
            let asked = QueryForm {
                stored: stored.clone(),
                ..QueryForm::default()
            };
            match QueryPage::of(view.site, view.frame, &asked, None, None) {
                Some(page) => html(&page),
                None => return Ok(None),
            }
        }
        Address::Table(table, from) => {
            let Some(tables) = view.site.tables() else {
                return Ok(None);
            };
            match TablePage::of(view, tables, *table, *from)? {
                Some(page) => html(&page),
                None => return Ok(None),
            }
        }
        Address::Row(table, row) => {
            let Some(tables) = view.site.tables() else {
                return Ok(None);
            };
            match RowPage::of(view, tables, *table, *row)? {
                Some(page) => html(&page),
                None => return Ok(None),
            }
        }
        // These are files, and no pages.
        Address::Data(..) | Address::Lines | Address::Input(_) => return Ok(None),
    };
    page.map(Some)
}

/// The text of a template.
fn html(template: &impl Template) -> Result<String, StoreError> {
    template.render().map_err(|error| {
        let message = format!("the page cannot be written: {error}");
        StoreError::new(Code::StoreFiles, "pages".as_ref(), message)
    })
}
