//! `civigraph query`: SPARQL on the published graph.

use super::failure::Failure;
use super::output::{Output, format_extension};
use super::terminal::Terminal;
use super::words::REQUEST;
use super::{CommandOutcome, Global, complete};
use crate::describe;
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::query::{
    self, AnswerFormat, AnswerStyle, AnswerSummary, MergedThings, ParameterType, QueryLimits,
    Request, StoredQuery, TableStyle,
};
use crate::store::{self, Build};
use crate::worker::{self, Bytes, QueryTask, Task};
use clap_complete::engine::ArgValueCompleter;
use oxrdf::Term;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Ask the published graph with SPARQL.
///
/// A query is a stored one (a file of `queries/`, by its name), a file, or a text. Parameters of a
/// stored query are given as `name=value`; they are values, whatever they contain, and never become
/// part of the query's text. A thing may be given by any name that `describe` takes; where others were merged
/// into it or it was merged, the query finds what is said of all of them. An IRI in `<…>` is taken as it is. The answer is a table on a terminal and
/// CSV elsewhere.
///
/// Terms are as the tables have them: `1.50` stays `1.50`, and `?s ?p 1.5` does not match it (`FILTER(?o = 1.5)`
/// does).
///
/// The prefixes of the ontology and of the kinds of things need not be declared; `civigraph list prefixes` shows them.
/// Hints on stderr say why an answer may be empty: a name that the graph does not have, a thing of another kind than the
/// query asks about, a language that no text has.
///
/// Four functions lead a triple back to the table that made it, as IRIs with RFC 7111 fragments:
/// `cg:rowOf(?s, ?p, ?o)` (`…/cities.csv#row=3`), `cg:columnOf` (`#col=9`), `cg:cellOf` (`#cell=3,9`), and
/// `cg:cellCount`, the number of cells that say the same; a number as last argument chooses one of
/// several, the IRI of a graph looks there alone. `cg:` is the project's base with `ns#`. The
/// tables are those that the build was made from.
///
/// Eight functions say what the graph knows of a triple: `cg:basis(?s, ?p, ?o)` and `cg:modality` how it follows from the
/// sources and how surely, `cg:speaker`, `cg:source` and `cg:claim` who says it, where, and in which claim,
/// `cg:standing(?s, ?p, ?o, "en")` all that is not plain about it, in words. `cg:conflict(?s, ?p, "en")` gives the values that
/// contradict each other, `cg:gap(?s, ?p)` the recorded gap where the sources state none.
///
/// `ORDER BY` orders by code points, as SPARQL has it: `Ё` before `А`, `é` after `z`. `ORDER BY cg:collate(?label)` and the
/// option `--collate` order as readers expect; `cg:collate(?label, "sv")` and `--collate=sv` as Swedish does.
///
/// A property finds things by the words of their labels and texts, as `civigraph search` does:
/// `?thing cg:search "words"`, with scores and at most 20 `(?thing ?score) cg:search ("words" 20)`. The words are
/// a constant or a parameter; a language tag (`"words"@ru`) looks at texts of that language alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph query sessions-by-month                        # a stored query
  civigraph query events-in-year year=2018                 # with a parameter
  civigraph query person-dossier person='Vadim Medvedev'   # a thing by its label
  civigraph query mine.rq --format json -o answer.json     # a file
  civigraph query -e 'SELECT * { ?s ?p ?o } LIMIT 5'       # a text
  civigraph query -e 'SELECT ?s ?o (cg:rowOf(?s, cg:locatedIn, ?o) AS ?row) { ?s cg:locatedIn ?o }'
  civigraph query -e 'SELECT ?s ?o { ?s cg:search \"Irbit\" ; cg:locatedIn ?o }'  # by a name
  civigraph query -e 'SELECT ?s ?o (cg:standing(?s, cg:locatedIn, ?o) AS ?how) { ?s cg:locatedIn ?o }'
  civigraph query places-of-region --collate=ru            # in the order of the Russian alphabet
  civigraph query events-in-year --labels ru --format csv  # with the names of things in columns of their own
  civigraph query -e 'DESCRIBE <https://w3id.org/civigraph/id/city/irbit>'")]
pub(super) struct Arguments {
    /// Name of a stored query, or a file (`-` for stdin); then its parameters as `name=value`.
    #[arg(
        value_name = "QUERY|NAME=VALUE",
        required_unless_present = "expression",
        add = ArgValueCompleter::new(complete::queries)
    )]
    words: Vec<String>,
    /// The text of the query.
    #[arg(long, short, value_name = "TEXT")]
    expression: Option<String>,
    /// table, csv, tsv, json or xml; turtle, ntriples, nquads, trig, rdfxml or jsonld for graphs
    /// [default: table on a terminal, else csv; turtle for graphs].
    #[arg(long, short, value_name = "FORMAT")]
    format: Option<String>,
    /// File to write; its extension says the format. `.gz` and `.zst` compress.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Count inferred triples as facts.
    #[arg(long)]
    inferred: bool,
    /// Language of the labels beside IRIs in tables; `none` for no labels [default: that of the query's
    /// parameter `lang`, else en]. CSV gets a column of labels behind each column: `cityLabel` behind `city`.
    #[arg(long, value_name = "LANG")]
    labels: Option<String>,
    /// Make every `ORDER BY` order texts as readers expect (`Ё` after `Е`, `é` after `e`); with a language, as that language
    /// does.
    #[arg(
        long,
        value_name = "LANG",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    collate: Option<String>,
    /// Show how the query was evaluated instead of the answer: the order of joins, and estimated and actual rows and
    /// times.
    #[arg(long, conflicts_with_all = ["format", "output"])]
    explain: bool,
    /// Stop after this many rows or triples.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Stop after this many seconds.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Stop when it needs more memory than this: `512M`, `2G`.
    #[arg(long, value_name = "SIZE", conflicts_with = "explain")]
    memory: Option<Bytes>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let (query, words) = find(arguments, global, &mut diagnostics)?;
    let mut given = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some((name, value)) => given.push((name.to_owned(), value.to_owned())),
            None => {
                return Err(Failure::new(format!("`{word}` is not a parameter"))
                    .with_hint("parameters are given as `name=value`"));
            }
        }
    }
    let build = Arc::new(store::open(&global.store()?)?);
    let merged = name_things(&query, &build, &mut given, *terminal)?;
    let about = &build.manifest().about;
    let parameters = query.bind(&given, &about.prefixes, &about.base, &mut diagnostics);
    let diagnostics = diagnostics.naming_requests(REQUEST);
    terminal.report(&diagnostics, DiagnosticFormat::Human, true)?;
    let Some(parameters) = parameters.filter(|_| !diagnostics.has_errors()) else {
        return Err(Failure::new("the query was not run"));
    };
    let labels = match (&arguments.labels, parameters.get("lang")) {
        (Some(labels), _) => labels.clone(),
        (None, Some(Term::Literal(language))) => language.value().to_owned(),
        (None, _) => "en".to_owned(),
    };
    let request = Request {
        parameters,
        merged,
        inferred: arguments.inferred,
        explain: arguments.explain,
        collate: arguments.collate.clone(),
        limits: QueryLimits {
            rows: arguments.limit,
            time: arguments.timeout.map(Duration::from_secs),
            ..QueryLimits::default()
        },
        ..Request::new(query.text.as_str(), query.file.as_str())
    };
    let path = arguments
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != "-");
    let for_people = path.is_none() && terminal.is_interactive();
    let style = AnswerStyle {
        format: format(arguments, path)?,
        graph_format: None,
        for_people,
        label_columns: arguments.labels.is_some(),
        spreadsheet: false,
        labels: (labels != "none").then_some(labels),
        table: TableStyle {
            width: terminal.width().filter(|_| for_people),
            ascii: false,
        },
    };
    if arguments.explain {
        let answered = query::run(&build, &request, &style, &mut io::sink())?;
        io::stdout()
            .write_all(answered.plan.unwrap_or_default().as_bytes())
            .map_err(|error| Failure::io("write", &error))?;
        terminal.say(format_args!("build {}", build.manifest().id));
        return Ok(CommandOutcome::Fine);
    }
    let answered = if path.is_some() {
        let mut output = Output::open(path)?;
        let answered = answer(arguments, &build, request, style, &mut output)?;
        output.finish()?;
        answered
    } else {
        let mut stdout = io::stdout();
        let answered = answer(arguments, &build, request, style, &mut stdout)?;
        stdout.flush()?;
        answered
    };
    let rows = if answered.rows == 1 { "row" } else { "rows" };
    let count = answered.rows;
    let what = if !answered.complete {
        format!(": the answer was cut after {count} {rows} (`--limit`)")
    } else if let Some(path) = path {
        format!(": wrote {count} {rows} to {}", path.display())
    } else if for_people && answered.truth.is_none() {
        format!(": {count} {rows}")
    } else {
        String::new()
    };
    for hint in &answered.hints {
        terminal.say(format_args!("hint: {hint}"));
    }
    // Every answer names the build that it is from.
    terminal.say(format_args!("build {}{what}", build.manifest().id));
    Ok(CommandOutcome::Fine)
}

/// Answers the query; in a process of its own where it has limits that may have to end it.
fn answer(
    arguments: &Arguments,
    build: &Arc<Build>,
    request: Request,
    style: AnswerStyle,
    out: &mut dyn Write,
) -> Result<AnswerSummary, Failure> {
    if arguments.memory.is_none() && arguments.timeout.is_none() {
        return Ok(query::run(build, &request, &style, out)?);
    }
    let (time, file) = (request.limits.time, request.file.clone());
    let task = Task::Query(Box::new(QueryTask {
        request,
        style,
        bytes: None,
        whole: false,
        refused: Vec::new(),
    }));
    let memory = arguments.memory;
    Ok(worker::ask(build, &task, memory, time, &file, out)?)
}

/// Puts the IRI of the thing that is meant where a parameter takes an IRI: any name that `describe` takes,
/// merges followed as there. An IRI in brackets is taken as it is. Gives the things that are one with them.
fn name_things(
    query: &StoredQuery,
    build: &Build,
    given: &mut [(String, String)],
    terminal: Terminal,
) -> Result<MergedThings, Failure> {
    let mut merged = MergedThings::new();
    let takes_iri = |name: &str| {
        let mut declared = query.header.parameters.iter();
        declared.any(|one| one.name == name && one.kind == ParameterType::Iri)
    };
    let about = &build.manifest().about;
    for (name, value) in given {
        if value.starts_with('<') || !takes_iri(name) {
            continue;
        }
        let named = match describe::find(build, value)? {
            Some(named) => named,
            // What can be read as an IRI is one, though nothing is said of it.
            None if query::iri(value, &about.prefixes, &about.base).is_some() => continue,
            None => describe::named(build, value)?,
        };
        super::describe::say_label(build, &named, value, terminal);
        let node = super::describe::follow(build, &named.node, terminal)?;
        *value = format!("<{}>", node.as_str());
        let others = describe::merged_into(build, &node)?;
        merged.insert(node, others);
    }
    Ok(merged)
}

/// The query that the user means, and the words that are its parameters.
fn find<'a>(
    arguments: &'a Arguments,
    global: &Global,
    diagnostics: &mut Diagnostics,
) -> Result<(StoredQuery, &'a [String]), Failure> {
    if let Some(text) = &arguments.expression {
        let name = "command line";
        let query = StoredQuery::parse(name.to_owned(), name, text.clone(), diagnostics);
        return Ok((query, &arguments.words));
    }
    let Some((name, rest)) = arguments.words.split_first() else {
        return Err(Failure::new("there is no query"));
    };
    let path = Path::new(name);
    let query = if name == "-" {
        let mut text = String::new();
        io::stdin()
            .read_to_string(&mut text)
            .map_err(|error| Failure::io("read stdin", &error))?;
        StoredQuery::parse("stdin".to_owned(), "stdin", text, diagnostics)
    } else if path.is_file() || name.contains(['/', '\\']) || name.ends_with(".rq") {
        StoredQuery::read(path, name, diagnostics)?
    } else {
        let folder = global.project()?.queries();
        let shown = format!("{}/", folder.display());
        StoredQuery::find(&folder, &shown, name, diagnostics)?
    };
    Ok((query, rest))
}

/// The format that is asked for, by option or by the name of the output.
fn format(arguments: &Arguments, path: Option<&Path>) -> Result<Option<AnswerFormat>, Failure> {
    let text = match (&arguments.format, path) {
        (Some(text), _) => text.clone(),
        (None, None) => return Ok(None),
        (None, Some(path)) => format_extension(path),
    };
    match AnswerFormat::parse(&text) {
        Some(format) => Ok(Some(format)),
        None => Err(
            Failure::new(format!("`{text}` is not a format for answers")).with_hint(format!(
                "name one with `--format`: {}",
                AnswerFormat::NAMES.join(", ")
            )),
        ),
    }
}
