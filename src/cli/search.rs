//! `civigraph search`: things by the words of their labels and texts.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, Global, plain};
use crate::query::{TableStyle, write_table};
use crate::store::{self, Build, text_error};
use civigraph_text::{Hit, TextKind, TextQuery};
use clap::ValueEnum;
use serde_json::json;
use std::io::{self, Write};

/// Find things by the words of their labels and texts.
///
/// Words are found in any case and grammatical form, as the beginnings of words, in Cyrillic or Latin letters
/// and with typing errors; all of them have to be in one text. Best matches come first, names before
/// descriptions. A table for people on a terminal, tab-separated lines elsewhere.
///
/// In SPARQL, `?thing cg:search "words"` and `(?thing ?score) cg:search ("words" 20)` find the same things.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph search железногорск              # in any form: железногорска, Zheleznogorsk, Железн
  civigraph search medvedev                  # a part of a name
  civigraph search стратегия 2030 --lang ru  # all words, in Russian texts
  civigraph search region --names --limit 5  # no descriptions, the first five
  civigraph search Irbit --format json       # for a program")]
pub(super) struct Arguments {
    /// The words.
    #[arg(value_name = "TEXT", required = true)]
    words: Vec<String>,
    /// Language of the texts; `ru` takes `ru-Latn` too [default: all].
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// Look at names alone and not at descriptions.
    #[arg(long)]
    names: bool,
    /// Show at most this many texts.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// How the list is written [default: table on a terminal, else tsv].
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    format: Option<OutputFormat>,
}

/// How what is found is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// A table for people.
    Table,
    /// Lines with tabs between the cells.
    Tsv,
    /// For programs.
    Json,
}

/// Characters of a text that people are shown.
const SHOWN: usize = 100;

const HEADER: [&str; 4] = ["text", "language", "match", "thing"];

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let build = store::open(&global.store()?)?;
    let Some(text) = build.text()? else {
        let id = &build.manifest().id;
        let failure = Failure::new(format!("build {id} has no text index"));
        return Err(failure.with_hint("run `civigraph build` without `--no-text`"));
    };
    let mut query = TextQuery {
        languages: arguments.lang.iter().cloned().collect(),
        limit: usize::from(arguments.limit),
        ..TextQuery::new(arguments.words.join(" "))
    };
    if arguments.names {
        query.kinds = vec![TextKind::Label, TextKind::AltLabel, TextKind::Hidden];
    }
    let hits = text.search(&query).map_err(|error| text_error(&error))?;
    let form = match arguments.format {
        Some(form) => form,
        None if terminal.is_interactive() => OutputFormat::Table,
        None => OutputFormat::Tsv,
    };
    let mut out = terminal.stdout();
    match form {
        OutputFormat::Table => {
            let style = TableStyle {
                width: terminal.width(),
                ascii: false,
            };
            let rows = hits.iter().map(|hit| row(hit, &build, shortened));
            write_table(&mut out, &HEADER.map(str::to_owned), rows, &style)?;
        }
        OutputFormat::Tsv => {
            writeln!(out, "{}", HEADER.join("\t"))?;
            for hit in &hits {
                writeln!(out, "{}", row(hit, &build, str::to_owned).join("\t"))?;
            }
        }
        OutputFormat::Json => {
            let all: Vec<_> = hits.iter().map(|hit| to_json(hit, &build)).collect();
            serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    if hits.is_empty() {
        terminal.say(format_args!("no text matches `{}`", query.text));
    }
    Ok(CommandOutcome::Fine)
}

fn row(hit: &Hit, build: &Build, shown: fn(&str) -> String) -> Vec<String> {
    vec![
        shown(&plain(&hit.text)),
        hit.language.clone().unwrap_or_default(),
        hit.matched.as_str().to_owned(),
        build.manifest().about.prefixes.shorten(&hit.subject),
    ]
}

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

fn to_json(hit: &Hit, build: &Build) -> serde_json::Value {
    json!({
        "iri": hit.subject,
        "thing": build.manifest().about.prefixes.shorten(&hit.subject),
        "property": hit.property,
        "text": hit.text,
        "language": hit.language,
        "match": hit.matched.as_str(),
        "score": hit.score,
    })
}
