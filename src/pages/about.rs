//! What the graph is, under which terms, and how it is cited and asked by programs.

use super::frame::PageFrame;
use super::reader::PageReader;
use super::value::ValueView;
use askama::Template;

#[derive(Template)]
#[template(path = "about.html")]
pub(super) struct AboutPage<'a> {
    frame: &'a PageFrame,
    licence: Option<ValueView>,
    citation: String,
    bibtex: String,
    made_with: String,
    /// Addresses for programs: what it is, and the address.
    services: Vec<(&'static str, String)>,
}

impl<'a> AboutPage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Self {
        let frame = view.frame;
        let words = frame.words;
        let manifest = view.build().manifest();
        let day = frame.published.get(..10).unwrap_or_default();
        let year = frame.published.get(..4).unwrap_or_default();
        let base = &manifest.about.base;
        let brackets = |text: &str| text.replace(['{', '}', '\\'], " ");
        let bibtex = format!(
            "@misc{{civigraph-{},\n  title = {{{}}},\n  year = {{{year}}},\n  url = {{{base}}},\n  \
             note = {{Build {}, {day}, sha256 {}}}\n}}",
            manifest.id,
            brackets(&frame.name),
            manifest.id,
            manifest.digest
        );
        let services = match frame.links.are_files() {
            true => Vec::new(),
            false => vec![
                (words.service_sparql, frame.links.plain("/sparql")),
                (words.service_queries, frame.links.plain("/queries")),
                (words.service_graphs, frame.links.plain("/graphs")),
                (words.service_reconcile, frame.links.plain("/reconcile")),
                (words.service_mcp, frame.links.plain("/mcp")),
                (words.service_openapi, frame.links.plain("/openapi.json")),
            ],
        };
        Self {
            frame,
            licence: manifest
                .about
                .license
                .as_deref()
                .map(|iri| ValueView::licence(iri, words)),
            citation: citation(view),
            bibtex,
            made_with: format!("Civigraph {}", manifest.version),
            services,
        }
    }
}

/// The graph as it is cited: its name, the build with its day, its address and its digest.
pub(super) fn citation(view: &PageReader<'_>) -> String {
    let (frame, manifest) = (view.frame, view.build().manifest());
    format!(
        "{}. {} {}, {}. {} (sha256 {})",
        frame.name,
        frame.words.build,
        manifest.id,
        frame.published_text,
        manifest.about.base,
        manifest.digest
    )
}
