//! `civigraph evidence add`: words become spans.

use super::{LISTED, change, times};
use crate::claims::{ClaimCell, EvidenceRow, SourceDocument, Span, Spans, sha256_hex};
use crate::cli::facts;
use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::cli::{CommandOutcome, Global, plain};
use crate::diagnostic::suggest::hint;
use crate::fmt::TableEdit;
use std::io::Write;
use std::path::PathBuf;

/// Code points shown before and after words.
const CONTEXT: usize = 30;

/// Find words in a document and record where they are, with their digest.
///
/// The words are matched exactly, to the last space. The row goes to the evidence table at its place;
/// the words themselves go nowhere. Where they occur more than once, the places are listed, and
/// `--occurrence` chooses one. Prints the id of the evidence.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph evidence add --document 004 --words 'более 80' --sources ../articles
  civigraph evidence add --document 002 --words 'Самарской области' --occurrence 2 --claim c-002-010 --sources ../articles")]
pub(super) struct Arguments {
    /// Id of the document, as in the documents table.
    #[arg(long, value_name = "ID")]
    document: String,
    /// The words, exactly as in the document.
    #[arg(long, value_name = "WORDS")]
    words: String,
    /// Which occurrence, from 1, where the words occur more than once.
    #[arg(long, value_name = "N")]
    occurrence: Option<usize>,
    /// Id of the claim to attach the evidence to.
    #[arg(long, value_name = "ID")]
    claim: Option<String>,
    /// Folder of the source documents.
    #[arg(long, value_name = "DIR")]
    sources: PathBuf,
}

pub(super) fn run(
    arguments: &Arguments,
    global: &Global,
    terminal: &Terminal,
) -> Result<CommandOutcome, Failure> {
    let Some(facts) = facts::load(global, terminal)? else {
        return Ok(CommandOutcome::Findings);
    };
    let spans = facts::spans(&facts, Some(&arguments.sources))?;
    let id = arguments.document.as_str();
    let Some(file) = spans.file(id) else {
        let failure = Failure::new(format!("the documents table has no document `{id}`"));
        return Err(match hint(id, spans.documents()) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        });
    };
    let Some((document, unchanged)) = spans.document(id) else {
        let path = arguments.sources.join(file);
        return Err(Failure::new(format!(
            "document `{id}` is not available: could not read `{}`",
            path.display()
        )));
    };
    if !unchanged {
        return Err(Failure::new(format!(
            "document `{id}` is not the one that was read: its digest differs"
        ))
        .with_hint(format!(
            "`civigraph evidence move --document {id} --sources {}` finds the spans in it again, and then \
             records its digest",
            arguments.sources.display()
        )));
    }
    let claim = arguments.claim.as_deref();
    let known = |claim: &str| facts.claims.iter().find(|known| known.id == claim);
    if let Some(claim) = claim
        && known(claim).is_none()
    {
        let ids = facts.claims.iter().map(|known| known.id.as_str());
        let failure = Failure::new(format!("the claims table has no claim `{claim}`"));
        return Err(match hint(claim, ids) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        });
    }
    let (start, end) = place(arguments, document, *terminal)?;
    let recorded = spans.at(id, start, end);
    let span = match recorded {
        Some(span) => span.clone(),
        None => Span {
            id: free_id(&spans, &format!("{id}-{start}-{end}")),
            document: id.to_owned(),
            start,
            end,
            sha256: sha256_hex(arguments.words.as_bytes()),
        },
    };
    if recorded.is_some() {
        terminal.say(format_args!("evidence `{}` is recorded already", span.id));
    } else {
        let row = EvidenceRow::new(facts.tables.get(), &span).ok_or_else(|| {
            Failure::new(format!(
                "the project has no evidence table with ids such as `{}`",
                span.id
            ))
        })?;
        if !change(&facts, row.table, &TableEdit::Row(&row.cells), *terminal)? {
            return Ok(CommandOutcome::Findings);
        }
    }
    if let Some(claim) = claim
        && let Some(known) = known(claim)
        && !known.evidence.contains(&span.id)
    {
        let cell = ClaimCell::of(&facts.tables.group)
            .ok_or_else(|| Failure::new("the claims table has no column for evidence"))?;
        let item = TableEdit::Item {
            row: (cell.id, claim),
            column: cell.evidence,
            item: &span.id,
        };
        if !change(&facts, cell.table, &item, *terminal)? {
            return Ok(CommandOutcome::Findings);
        }
        terminal.say(format_args!("attached to claim `{claim}`"));
    }
    let mut out = terminal.stdout();
    writeln!(out, "{}", span.id)?;
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

/// Where the words are, or which choice there is.
fn place(
    arguments: &Arguments,
    document: &SourceDocument,
    terminal: Terminal,
) -> Result<(usize, usize), Failure> {
    let id = &arguments.document;
    let found = document.occurrences(&arguments.words);
    let list = |places: &[(usize, usize)]| {
        for (index, &(start, end)) in places.iter().take(LISTED).enumerate() {
            terminal.say(format_args!(
                "{:>4}  {start}-{end}, line {}: {}",
                index + 1,
                document.line(start),
                context(document, start, end)
            ));
        }
        if places.len() > LISTED {
            terminal.say(format_args!("      and {} more", places.len() - LISTED));
        }
    };
    match (found.as_slice(), arguments.occurrence) {
        ([], _) => {
            let lookalikes = document.lookalikes(&arguments.words);
            let failure = Failure::new(format!("these words are not in document `{id}`"));
            if lookalikes.is_empty() {
                return Err(failure);
            }
            list(&lookalikes);
            Err(failure.with_hint(
                "words that look alike are listed above; copy them from the document, with its \
                 spaces, dashes and quotation marks",
            ))
        }
        ([only], None | Some(1)) => Ok(*only),
        (places, None) => {
            list(places);
            Err(Failure::new(format!(
                "these words occur {} in document `{id}`",
                times(places.len())
            ))
            .with_hint("choose one with `--occurrence N`, or give more words"))
        }
        (places, Some(number)) => number
            .checked_sub(1)
            .and_then(|index| places.get(index))
            .copied()
            .ok_or_else(|| {
                list(places);
                Failure::new(format!(
                    "these words occur {} in document `{id}`: there is no occurrence {number}",
                    times(places.len())
                ))
            }),
    }
}

/// The words with what is around them, on one line.
pub(super) fn context(document: &SourceDocument, start: usize, end: usize) -> String {
    let part = |from, to| plain(document.span(from, to).unwrap_or_default());
    let before = start.saturating_sub(CONTEXT);
    let after = (end + CONTEXT).min(document.length());
    format!(
        "{}[{}]{}",
        part(before, start),
        part(start, end),
        part(end, after)
    )
}

/// An id that no evidence has: words that moved keep theirs, so the one that a place would have may be taken.
fn free_id(spans: &Spans, id: &str) -> String {
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(|id| spans.get(id).is_none())
        .unwrap_or_else(|| id.to_owned())
}
