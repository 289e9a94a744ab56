//! What can be taken along: the graph in several formats, its parts, the tables that it was made from.

use super::frame::PageFrame;
use super::reader::PageReader;
use super::value::ValueView;
use askama::Template;

/// Parts that are listed.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "downloads.html")]
pub(super) struct DownloadsPage<'a> {
    frame: &'a PageFrame,
    /// The lines that the digest is of.
    lines: String,
    digest: String,
    canonical: bool,
    formats: Vec<ValueView>,
    graphs: Vec<(ValueView, String, Vec<ValueView>)>,
    inputs: Vec<(ValueView, String, String, String)>,
}

impl<'a> DownloadsPage<'a> {
    pub(super) fn of(view: &PageReader<'a>) -> Self {
        let (frame, language) = (view.frame, view.language());
        let manifest = view.build().manifest();
        let formats = [
            ("N-Quads", "nquads"),
            ("TriG", "trig"),
            ("JSON-LD", "jsonld"),
        ];
        let formats = match frame.links.are_files() {
            true => Vec::new(),
            false => formats
                .iter()
                .map(|(name, format)| {
                    ValueView::link(
                        *name,
                        frame.links.plain(&format!("/graphs?format={format}")),
                    )
                })
                .collect(),
        };
        let graphs = manifest.statistics.graphs.iter().take(LISTED);
        let graphs = graphs.map(|(name, graph)| {
            let (title, target) = match name.is_empty() {
                true => (
                    ValueView::text(frame.words.facts),
                    "/graphs?default".to_owned(),
                ),
                false => {
                    let target = format!("/graphs?graph={}", super::encode(name));
                    (view.term(name), target)
                }
            };
            let formats = [
                ("Turtle", "turtle"),
                ("N-Triples", "ntriples"),
                ("RDF/XML", "rdfxml"),
            ];
            let formats = formats.iter().filter(|_| !frame.links.are_files());
            let formats = formats.map(|(format, name)| {
                ValueView::link(
                    *format,
                    frame.links.plain(&format!("{target}&format={name}")),
                )
            });
            let triples = language.count(graph.triples, &frame.words.triples);
            (title, triples, formats.collect())
        });
        let inputs = manifest
            .inputs()
            .iter()
            .filter(|input| view.build().input(&input.name).is_file());
        let inputs = inputs.take(LISTED).map(|input| {
            let path = format!("/downloads/inputs/{}", super::encode(&input.name));
            let rows = input
                .rows
                .map(|rows| language.count(rows, &frame.words.table_rows));
            (
                ValueView::link(&*input.name, frame.links.plain(&path)),
                rows.unwrap_or_default(),
                language.size(input.bytes),
                input.sha256.clone(),
            )
        });
        Self {
            frame,
            lines: frame.links.plain("/downloads/graph.nq"),
            digest: manifest.digest.clone(),
            canonical: manifest.canonical,
            formats,
            graphs: graphs.collect(),
            inputs: inputs.collect(),
        }
    }
}
