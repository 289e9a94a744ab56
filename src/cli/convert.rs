//! `civigraph convert`: any CSV or CSVW metadata to RDF, without a store.

use super::CommandOutcome;
use super::failure::Failure;
use super::input::{InputOptions, bytes_of_tables, why_not_done};
use super::output::{Output, format_extension};
use super::terminal::{Terminal, progress_of};
use crate::convert::{self, CollectSink, ConversionSummary, Options, TextSink};
use crate::csvw::model::TableGroup;
use crate::csvw::{self, CompileOptions, context};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::{Diagnostics, ReadingMode, Severity, counted};
use crate::export::cannot_hold;
use crate::export::xml::RdfXml;
use crate::json::JsonSink;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::resource::Resolver;
use clap::ValueEnum;
use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfSerializer};
use oxrdf::Term;
use oxrdf::vocab::{rdf, xsd};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Convert a CSV, or the tables that CSVW metadata describes, to RDF.
///
/// Follows the W3C Recommendations "Generating RDF" and "Generating JSON from Tabular Data on the Web". Problems that the
/// standard lets a converter live with are warnings. Rows stream through N-Triples and N-Quads; the
/// other formats keep the graph in memory.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph convert cities.csv                                    # N-Triples to stdout
  civigraph convert csv-metadata.json -o cities.nq.gz             # all its tables, compressed
  civigraph convert cities.csv --metadata meta.json --minimal -o cities.ttl
  civigraph convert cities.csv --to json                          # JSON by the W3C's csv2json
  civigraph convert cities.csv.gz -o cities.nt.zst                # unpacked, and compressed
  civigraph convert - --stdin-name cities.csv < cities.csv        # stdin
  civigraph convert http://example.org/a.csv --catalog catalog.json")]
pub(super) struct Arguments {
    /// CSVs or metadata documents: paths or URLs; `-` is stdin. Those ending in `.gz` or `.zst` are unpacked.
    /// Several make one graph.
    #[arg(required = true)]
    input: Vec<String>,
    /// File to write; stdout without it. `.gz` and `.zst` compress.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format [default: by the extension of the output, else N-Triples].
    #[arg(long, short = 'f', visible_alias = "format", value_name = "FORMAT")]
    to: Option<ConversionFormat>,
    /// Only what the cells say, without the description of rows and tables (csv2rdf, minimal mode).
    #[arg(long)]
    minimal: bool,
    /// Leave out the activity that made the output.
    #[arg(long)]
    no_provenance: bool,
    /// Threads that convert [default: one for each core]. The output does not depend on it.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Fail where there are warnings, as if they were errors.
    #[arg(long)]
    deny_warnings: bool,
    /// Show every problem instead of the first ones of each kind.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    from: InputOptions,
}

/// A format of `convert`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ConversionFormat {
    /// N-Triples; named graphs are left out.
    #[value(alias = "ntriples")]
    Nt,
    /// N-Quads.
    #[value(alias = "nquads")]
    Nq,
    /// Turtle; named graphs are left out.
    #[value(alias = "turtle")]
    Ttl,
    /// TriG.
    Trig,
    /// RDF/XML; named graphs are left out.
    #[value(alias = "rdfxml")]
    Rdf,
    /// JSON-LD.
    Jsonld,
    /// JSON, by the Recommendation "Generating JSON from Tabular Data on the Web".
    Json,
}

impl ConversionFormat {
    /// The format that the name of the output stands for.
    fn of(path: &Path) -> Result<Self, Failure> {
        let known = Self::from_str(&format_extension(path), true).ok();
        known.ok_or_else(|| {
            let names: Vec<String> = Self::value_variants()
                .iter()
                .filter_map(|target| Some(target.to_possible_value()?.get_name().to_owned()))
                .collect();
            Failure::new(format!(
                "the name `{}` does not say which format to write",
                path.display()
            ))
            .with_hint(format!("name it with `--to`: {}", names.join(", ")))
        })
    }
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    let target = match (arguments.to, &arguments.output) {
        (Some(target), _) => target,
        (None, Some(path)) if path.as_os_str() != "-" => ConversionFormat::of(path)?,
        (None, _) => ConversionFormat::Nt,
    };
    let input = arguments.from.open(&arguments.input)?;
    let mut diagnostics =
        Diagnostics::new(ReadingMode::Convert).denying_warnings(arguments.deny_warnings);
    if arguments.all {
        diagnostics = diagnostics.keeping(u64::MAX);
    }
    let group = input.load(&mut diagnostics);
    let mut written = false;
    if let Some(group) = group.filter(|_| !diagnostics.has_fatal_errors()) {
        let mode = if arguments.minimal {
            csvw::ConversionMode::Minimal
        } else {
            csvw::ConversionMode::Standard
        };
        let options = CompileOptions {
            // The JSON of both modes is made from the standard plan.
            mode: match target {
                ConversionFormat::Json => csvw::ConversionMode::Standard,
                _ => mode,
            },
            provenance: !arguments.no_provenance,
            metadata_urls: group.metadata.clone(),
        };
        let plan = csvw::compile(&group, &options, &mut diagnostics);
        let output = Output::open(arguments.output.as_deref())?;
        let progress = terminal.progress("converting", Some(bytes_of_tables(&group, &input)));
        let conversion = Conversion {
            group: &group,
            plan: &plan,
            mode,
            resolver: &input,
            threads: arguments.threads,
            progress: &progress_of(&progress),
        };
        let result = conversion.write(target, output, &mut diagnostics);
        progress.finish_and_clear();
        let (output, summary) = result.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData if target == ConversionFormat::Rdf => {
                Failure::from(cannot_hold("rdf", "`nq` holds everything", error))
            }
            _ => Failure::from(error),
        })?;
        if !diagnostics.has_fatal_errors() {
            output.finish()?;
            written = true;
            if let Some(path) = &arguments.output {
                terminal.say(format_args!(
                    "wrote {} of {} to {}, repeated ones counted each time{}",
                    counted(summary.quads, "quad"),
                    counted(summary.rows, "row"),
                    path.display(),
                    match diagnostics.count(Severity::Error) > 0 {
                        true => "; invalid parts are left out",
                        false => "",
                    }
                ));
            }
        }
    }
    terminal.report(&diagnostics, DiagnosticFormat::Human, arguments.all)?;
    if let Some(why) = why_not_done(&diagnostics) {
        return Err(Failure::new(format!("nothing was converted: {why}")));
    }
    terminal.say_denied(&diagnostics);
    Ok(if written && !diagnostics.has_errors() {
        CommandOutcome::Fine
    } else {
        CommandOutcome::Findings
    })
}

/// A plan about to be carried out.
struct Conversion<'a> {
    group: &'a TableGroup,
    plan: &'a Plan,
    mode: csvw::ConversionMode,
    resolver: &'a dyn Resolver,
    threads: usize,
    progress: &'a Progress,
}

impl Conversion<'_> {
    /// Converts into an output, and gives it back unfinished.
    fn write(
        &self,
        target: ConversionFormat,
        output: Output,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<(Output, ConversionSummary)> {
        let format = match target {
            ConversionFormat::Nt => return self.text(TextSink::triples(output), diagnostics),
            ConversionFormat::Nq => return self.text(TextSink::new(output), diagnostics),
            ConversionFormat::Json => {
                let mut sink = JsonSink::new(output, self.group, self.plan, self.mode);
                let summary = self.run(&mut sink, diagnostics)?;
                return Ok((sink.finish()?, summary));
            }
            ConversionFormat::Ttl => RdfFormat::Turtle,
            ConversionFormat::Trig => RdfFormat::TriG,
            ConversionFormat::Rdf => RdfFormat::RdfXml,
            ConversionFormat::Jsonld => RdfFormat::JsonLd {
                profile: JsonLdProfileSet::empty(),
            },
        };
        let mut sink = CollectSink::default();
        let summary = self.run(&mut sink, diagnostics)?;
        let mut serializer = RdfSerializer::from_format(format);
        for (prefix, namespace) in prefixes_of(&sink) {
            serializer = serializer
                .with_prefix(prefix, namespace)
                .map_err(io::Error::other)?;
        }
        if format == RdfFormat::RdfXml {
            let mut writer = RdfXml::new(serializer, output);
            for (quad, _) in &sink.quads {
                writer.triple(quad.as_ref().into())?;
            }
            return Ok((writer.finish()?, summary));
        }
        let mut serializer = serializer.for_writer(output);
        for (quad, _) in &sink.quads {
            if format.supports_datasets() {
                serializer.serialize_quad(quad)?;
            } else {
                serializer.serialize_triple(quad.as_ref())?;
            }
        }
        Ok((serializer.finish()?, summary))
    }

    fn text(
        &self,
        mut sink: TextSink<Output>,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<(Output, ConversionSummary)> {
        let summary = self.run(&mut sink, diagnostics)?;
        Ok((sink.finish()?, summary))
    }

    fn run<S: convert::Sink>(
        &self,
        sink: &mut S,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<ConversionSummary> {
        let options = Options {
            threads: self.threads,
            progress: Some(self.progress),
            ..Options::default()
        };
        convert::run(self.plan, self.resolver, &options, sink, diagnostics)
    }
}

/// The prefixes of CSVW's own context that shorten the properties, classes and datatypes of the quads.
fn prefixes_of(sink: &CollectSink) -> BTreeMap<&'static str, &'static str> {
    let shortened = sink.quads.iter().flat_map(|(quad, _)| {
        let object = match &quad.object {
            Term::NamedNode(class) if quad.predicate == rdf::TYPE => Some(class.as_str()),
            // The datatypes of strings are not written.
            Term::Literal(literal) if literal.language().is_none() => {
                Some(literal.datatype().as_str()).filter(|it| *it != xsd::STRING.as_str())
            }
            _ => None,
        };
        [Some(quad.predicate.as_str()), object]
    });
    shortened.flatten().filter_map(context::prefix_of).collect()
}
