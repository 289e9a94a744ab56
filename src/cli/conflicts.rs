//! `civigraph conflicts`: what the sources contradict each other about.

use super::facts;
use super::failure::Failure;
use super::terminal::Terminal;
use super::why::{OutputFormat, claim_for_people};
use super::{CommandOutcome, Global};
use crate::claims::{Conflict, ConflictingValue};
use crate::convert;
use crate::lineage::{ProjectFacts, claim_json};
use crate::plan::{ColumnId, TableId};
use crate::query::{Labels, printable};
use crate::store::{self, Build};
use crate::tables::Tables;
use anstyle::Style;
use oxrdf::Term;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Show claims that contradict each other, side by side, with who said what and where.
///
/// Accepted claims that cannot both hold are both kept, and neither is asserted in the default graph
/// until a curator ranks one as preferred.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph conflicts                            # in the project of the current folder
  civigraph conflicts --sources ../articles      # with the words of the sources
  civigraph conflicts --format json")]
pub(super) struct Arguments {
    /// Folder of the source documents, to show the words of evidence.
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Language of the names of things.
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: String,
    /// How the answer is written.
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    format: OutputFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let Some(facts) = facts::load(global, terminal)? else {
        return Ok(CommandOutcome::Findings);
    };
    let spans = facts::spans(&facts, arguments.sources.as_deref())?;
    let mut out = terminal.stdout();
    let failed = |error| Failure::io("write the answer", &error);
    let conflicts = facts.claims.conflicts();
    // Names of concepts are known once something is published.
    let build = store::open(&global.store()?).ok();
    let names = ConflictNames {
        facts: &facts,
        build: build.as_ref(),
        language: &arguments.lang,
    };
    let column = |table: usize, column: usize| {
        let plan = &facts.tables.plan;
        plan.tables
            .get(table)
            .and_then(|table| table.columns.get(column))
            .map_or("", |column| column.name.as_str())
    };
    // A row that no claim is about has no key here: its number, then.
    let key = |side: &ConflictingValue| {
        let claim = side.claims.first();
        claim
            .and_then(|&claim| facts.claims.get(claim))
            .map_or_else(|| format!("#{}", side.row), |claim| claim.key.clone())
    };
    if arguments.format == OutputFormat::Json {
        let all: Vec<_> = conflicts
            .iter()
            .map(|conflict| {
                json!({
                    "table": facts.table(conflict.table),
                    "column": column(conflict.table, conflict.column),
                    "name": names.of(conflict),
                    "sides": conflict.sides.iter().map(|side| json!({
                        "row": key(side),
                        "value": side.value,
                        "name": names.value(conflict, side),
                        "preferred": side.preferred,
                        "asserted": side.asserted,
                        "claims": side.claims.iter()
                            .filter_map(|&claim| facts.claims.get(claim))
                            .map(|claim| claim_json(claim, &spans)).collect::<Vec<_>>(),
                    })).collect::<Vec<_>>(),
                    "preferred": conflict.sides.iter().position(|side| side.preferred),
                })
            })
            .collect();
        serde_json::to_writer_pretty(&mut out, &all)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out))
            .map_err(failed)?;
    } else {
        for conflict in conflicts {
            let table = facts.table(conflict.table);
            let name = column(conflict.table, conflict.column);
            let preferred = conflict.sides.iter().filter(|side| side.preferred).count();
            let state = match preferred {
                0 => "none is asserted".to_owned(),
                1 => "one is preferred".to_owned(),
                count => format!("{count} are preferred"),
            };
            let write = |out: &mut dyn Write| -> std::io::Result<()> {
                let about = names.of(conflict);
                let about = about.as_deref().unwrap_or(table);
                writeln!(
                    out,
                    "{BOLD}{}{BOLD:#}: {state} {DIM}({table}, column `{name}`){DIM:#}",
                    printable(about)
                )?;
                for side in &conflict.sides {
                    let mark = match (side.preferred, side.asserted) {
                        (true, _) => " (preferred)",
                        (false, true) => " (asserted)",
                        (false, false) => "",
                    };
                    writeln!(
                        out,
                        "{BOLD}  {}{BOLD:#} in row `{}`{mark}",
                        printable(&names.value(conflict, side)),
                        key(side)
                    )?;
                    for &claim in &side.claims {
                        if let Some(claim) = facts.claims.get(claim) {
                            claim_for_people(claim, &spans, &mut &mut *out)?;
                        }
                    }
                }
                writeln!(out)
            };
            write(&mut out).map_err(failed)?;
        }
    }
    out.flush().map_err(failed)?;
    terminal.say(match conflicts.len() {
        0 => "no conflicts".to_owned(),
        count => {
            let decided = conflicts.iter().filter(|one| one.is_decided()).count();
            super::check::conflicts(count, decided)
        }
    });
    Ok(CommandOutcome::Fine)
}

/// What a label is attached with, best first.
const LABELS: [&str; 2] = [
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2000/01/rdf-schema#label",
];

/// Marks that join the parts of a name.
const JOINTS: [char; 6] = [' ', ',', ':', ';', '—', '–'];

/// Names of what conflicts are about.
struct ConflictNames<'a> {
    facts: &'a ProjectFacts,
    build: Option<&'a Build>,
    language: &'a str,
}

impl ConflictNames<'_> {
    /// What a conflict is about: the thing and its property, or what the names of its figures share.
    fn of(&self, conflict: &Conflict) -> Option<String> {
        let mut labels = conflict.sides.iter().filter_map(|side| {
            let label = self.label(conflict.table, side.row);
            label.or_else(|| self.key(side))
        });
        let first = labels.next()?;
        if conflict.rows {
            let shared = labels.fold(first, |shared, label| common(&shared, &label).to_owned());
            let shared = shared.trim_end_matches(JOINTS);
            return (!shared.is_empty()).then(|| shared.to_owned());
        }
        let title = self.title(conflict)?;
        Some(format!("{first} — {title}"))
    }

    /// The value of a side, its qualifier as people say it.
    fn value(&self, conflict: &Conflict, side: &ConflictingValue) -> String {
        let kind = conflict
            .rows
            .then(|| self.kind(conflict.table, side))
            .flatten();
        match (kind, side.value.split_once(' ')) {
            (Some(kind), Some((_, value))) => format!("{kind} {value}"),
            _ => side.value.clone(),
        }
    }

    /// The key of a row, where a claim is about it.
    fn key(&self, side: &ConflictingValue) -> Option<String> {
        let claim = self.facts.claims.get(*side.claims.first()?)?;
        Some(claim.key.clone())
    }

    /// The label of what a row describes.
    fn label(&self, table: usize, row: u64) -> Option<String> {
        let Tables { plan, resolver, .. } = self.facts.tables.get();
        let quads = convert::row(plan, TableId::new(table), resolver, row, None).ok()?;
        let of = |property: &str| {
            let literals = quads.iter().filter_map(|(quad, _)| match &quad.object {
                Term::Literal(literal) if quad.predicate.as_str() == property => Some(literal),
                _ => None,
            });
            literals
                .min_by_key(|literal| literal.language() != Some(self.language))
                .map(|literal| literal.value().to_owned())
        };
        LABELS.iter().find_map(|property| of(property))
    }

    /// The title of the column that the values are in.
    fn title(&self, conflict: &Conflict) -> Option<String> {
        let table = self.facts.tables.group.tables.get(conflict.table)?;
        let column = table.columns.get(conflict.column)?;
        let mut titles = column.titles.iter();
        let title = titles.find(|(language, _)| language == self.language);
        Some(title.map_or(column.name.clone(), |(_, title)| lower_first(title)))
    }

    /// The name of the concept that says what kind of bound a figure is.
    fn kind(&self, table: usize, side: &ConflictingValue) -> Option<String> {
        let columns = &self.facts.tables.group.tables.get(table)?.columns;
        let kind = columns
            .iter()
            .position(|column| column.extensions.part.as_deref() == Some("quantity.kind"))?;
        let labels = Labels::new(self.build?.index(), self.language);
        let Tables { plan, resolver, .. } = self.facts.tables.get();
        let quads = convert::row(plan, TableId::new(table), resolver, side.row, None);
        let of_kind = quads
            .ok()?
            .into_iter()
            .find(|(_, origin)| origin.column == Some(ColumnId::new(kind)));
        of_kind.and_then(|(quad, _)| labels.of_term(quad.object.as_ref()))
    }
}

/// A title within a sentence.
fn lower_first(title: &str) -> String {
    let mut characters = title.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// What two texts begin with, up to the end of a word.
fn common<'t>(one: &'t str, other: &str) -> &'t str {
    let same = one
        .char_indices()
        .zip(other.chars())
        .take_while(|((_, a), b)| a == b)
        .last()
        .map_or(0, |((at, a), _)| at + a.len_utf8());
    if one.len() == same || one[same..].starts_with(JOINTS) {
        return &one[..same];
    }
    let end = one[..same].rfind(JOINTS).unwrap_or(0);
    &one[..end]
}
