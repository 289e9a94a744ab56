//! `civigraph evidence move`: spans follow their words in documents that have changed.

use super::add::context;
use super::change;
use crate::claims::{
    Claims, DocumentCells, EvidenceCells, FollowedSpan, SourceDocument, Span, Spans, WordPlaces,
};
use crate::cli::facts;
use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::cli::{CommandOutcome, Global};
use crate::diagnostic::render::DiagnosticFormat;
use crate::diagnostic::suggest::hint;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, ReadingMode};
use crate::fmt::TableEdit;
use crate::lineage::ProjectFacts;
use crate::resource::file::could_not_read;
use std::io::Write;
use std::path::PathBuf;

/// Find recorded words in documents that have changed, and record where they are now.
///
/// Words are found by their length and digest, exactly; where a document has them more than once, the spans
/// around them decide. The rows of the evidence table get the new places and keep their ids. Once all
/// words of a document are found, its new digest and length are recorded too. Words that are not found,
/// or not at one place alone, are reported, and their rows stay as they are. Prints the id of each
/// evidence that moved with its old and its new place.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph evidence move --sources ../articles                  # in all documents
  civigraph evidence move --document 004 --sources ../articles --dry-run
  civigraph evidence move --evidence 004-10-15 --occurrence 2 --sources ../articles")]
pub(super) struct Arguments {
    /// Id of the document [default: all documents].
    #[arg(long, value_name = "ID")]
    document: Option<String>,
    /// Id of the evidence that `--occurrence` is about.
    #[arg(long, value_name = "ID", requires = "occurrence")]
    evidence: Option<String>,
    /// Which occurrence of its words, from 1, where the document has them more than once.
    #[arg(long, value_name = "N", requires = "evidence")]
    occurrence: Option<usize>,
    /// Folder of the source documents.
    #[arg(long, value_name = "DIR")]
    sources: PathBuf,
    /// Only say what would be recorded.
    #[arg(long)]
    dry_run: bool,
}

/// What is to be recorded.
#[derive(Default)]
struct SpanMoves<'s> {
    /// Spans with their new start and end.
    spans: Vec<(&'s Span, usize, usize)>,
    /// Ids of documents all of whose words were found, and which have changed.
    documents: Vec<&'s str>,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let Some(facts) = facts::load(global, terminal)? else {
        return Ok(CommandOutcome::Findings);
    };
    let spans = facts.spans(Some(&arguments.sources))?;
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate).keeping(u64::MAX);
    let mut moves = SpanMoves::default();
    for id in chosen(arguments, &spans)? {
        follow(
            arguments,
            &facts.claims,
            &spans,
            id,
            &mut moves,
            &mut diagnostics,
        )?;
    }
    let mut out = terminal.stdout();
    for (span, start, end) in &moves.spans {
        let Span {
            id,
            start: from,
            end: to,
            ..
        } = span;
        writeln!(out, "{id}: {from} to {to} is now {start} to {end}")?;
    }
    out.flush()?;
    terminal.report(&diagnostics, DiagnosticFormat::Human, true)?;
    if !arguments.dry_run && !record(&facts, &spans, &moves, *terminal)? {
        return Ok(CommandOutcome::Findings);
    }
    say(&moves, arguments.dry_run, *terminal);
    Ok(if diagnostics.has_errors() {
        CommandOutcome::Findings
    } else {
        CommandOutcome::Fine
    })
}

/// The documents to look in.
fn chosen<'s>(arguments: &'s Arguments, spans: &'s Spans) -> Result<Vec<&'s str>, Failure> {
    let of_evidence = match &arguments.evidence {
        None => None,
        Some(id) => match spans.get(id) {
            Some(span) => Some(span.document.as_str()),
            None => {
                return Err(Failure::new(format!(
                    "the evidence table has no evidence `{id}`"
                )));
            }
        },
    };
    let Some(id) = arguments.document.as_deref().or(of_evidence) else {
        return Ok(spans.documents());
    };
    if spans.file(id).is_none() {
        let failure = Failure::new(format!("the documents table has no document `{id}`"));
        return Err(match hint(id, spans.documents()) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        });
    }
    Ok(vec![id])
}

/// Finds the words of one document again.
fn follow<'s>(
    arguments: &Arguments,
    claims: &Claims,
    spans: &'s Spans,
    id: &'s str,
    moves: &mut SpanMoves<'s>,
    diagnostics: &mut Diagnostics,
) -> Result<(), Failure> {
    let (Some(followed), Some((document, unchanged))) = (spans.follow(id), spans.document(id))
    else {
        let file = spans.file(id).unwrap_or(id);
        diagnostics.push(Diagnostic::new(
            Code::DocumentMissing,
            Place::file(arguments.sources.join(file).display().to_string()),
            could_not_read(&format!("document `{id}`"), spans.why_absent(id)),
        ));
        return Ok(());
    };
    let mut all = true;
    for FollowedSpan { span, words } in followed {
        let occurrence = arguments
            .occurrence
            .filter(|_| arguments.evidence.as_ref() == Some(&span.id));
        match (words, occurrence) {
            (WordPlaces::Here, None) => {}
            (WordPlaces::Moved(start, end), None) => moves.spans.push((span, start, end)),
            (_, Some(number)) => {
                let wanted = (span.end.saturating_sub(span.start), span.sha256.as_str());
                let places = document.places(&[wanted]).pop().unwrap_or_default();
                let place = number.checked_sub(1).and_then(|index| places.get(index));
                let Some(&(start, end)) = place else {
                    return Err(Failure::new(format!(
                        "document `{id}` has the words of evidence `{}` {}: there is no occurrence {number}",
                        span.id,
                        super::times(places.len())
                    )));
                };
                if start != span.start {
                    moves.spans.push((span, start, end));
                }
            }
            (WordPlaces::Several(places), None) => {
                all = false;
                diagnostics.push(several(span, &places, document, spans));
            }
            (WordPlaces::Gone, None) => {
                all = false;
                diagnostics.push(gone(span, claims, spans));
            }
        }
    }
    if all && !unchanged {
        moves.documents.push(id);
    }
    Ok(())
}

/// Says that words are at several places.
fn several(
    span: &Span,
    places: &[(usize, usize)],
    document: &SourceDocument,
    spans: &Spans,
) -> Diagnostic {
    let shown: Vec<String> = places
        .iter()
        .enumerate()
        .take(super::LISTED)
        .map(|(index, &(start, end))| {
            let context = context(document, start, end);
            format!("{} at {start} to {end}: {context}", index + 1)
        })
        .collect();
    Diagnostic::new(
        Code::SpanDiffers,
        spans.place(&span.id).cloned().unwrap_or_default(),
        format!(
            "document `{}` has the words of evidence `{}` {}",
            span.document,
            span.id,
            super::times(places.len())
        ),
    )
    .with_found(format!("{} to {}", span.start, span.end))
    .with_expected(shown.join("; "))
    .with_hint(format!(
        "choose one with `--evidence {} --occurrence N`",
        span.id
    ))
}

/// Says that words are not in their document any more.
fn gone(span: &Span, claims: &Claims, spans: &Spans) -> Diagnostic {
    let users: Vec<String> = claims
        .iter()
        .filter(|claim| claim.evidence.contains(&span.id))
        .map(|claim| format!("`{}`", claim.id))
        .collect();
    let review = match users.as_slice() {
        [] => "no claim uses it: remove its row".to_owned(),
        users => format!(
            "review {}, take the evidence out, and record other words with `civigraph evidence add`",
            users.join(", ")
        ),
    };
    Diagnostic::new(
        Code::SpanDiffers,
        spans.place(&span.id).cloned().unwrap_or_default(),
        format!(
            "document `{}` does not have the words of evidence `{}`",
            span.document, span.id
        ),
    )
    .with_found(format!("{} to {}", span.start, span.end))
    .with_hint(review)
}

/// Writes the tables; `false` where their text has problems, which are reported.
fn record(
    facts: &ProjectFacts,
    spans: &Spans,
    moves: &SpanMoves<'_>,
    terminal: Terminal,
) -> Result<bool, Failure> {
    if !moves.spans.is_empty() {
        let columns = EvidenceCells::of(&facts.tables.group)
            .ok_or_else(|| Failure::new("the project has no evidence table"))?;
        let rows: Vec<_> = moves
            .spans
            .iter()
            .map(|(span, start, end)| {
                let texts = vec![
                    (columns.start, start.to_string()),
                    (columns.end, end.to_string()),
                ];
                (span.id.clone(), texts)
            })
            .collect();
        let cells = TableEdit::Cells {
            key: columns.id,
            rows: &rows,
        };
        if !change(facts, columns.table, &cells, terminal)? {
            return Ok(false);
        }
    }
    if moves.documents.is_empty() {
        return Ok(true);
    }
    let columns = DocumentCells::of(&facts.tables.group)
        .ok_or_else(|| Failure::new("the project has no documents table"))?;
    let rows: Vec<_> = moves
        .documents
        .iter()
        .filter_map(|id| {
            let (document, _) = spans.document(id)?;
            let mut texts = vec![(columns.sha256, document.sha256().to_owned())];
            let length = document.length().to_string();
            texts.extend(columns.length.map(|column| (column, length)));
            Some(((*id).to_owned(), texts))
        })
        .collect();
    let cells = TableEdit::Cells {
        key: columns.id,
        rows: &rows,
    };
    change(facts, columns.table, &cells, terminal)
}

/// Sums up what was recorded.
fn say(moves: &SpanMoves<'_>, dry_run: bool, terminal: Terminal) {
    let verb = if dry_run { "would move" } else { "moved" };
    let count = moves.spans.len();
    let spans = if count == 1 { "span" } else { "spans" };
    terminal.say(format_args!("{verb} {count} {spans}"));
    for document in &moves.documents {
        let verb = if dry_run { "would record" } else { "recorded" };
        terminal.say(format_args!("{verb} the digest of document `{document}`"));
    }
}
