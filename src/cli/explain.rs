//! `civigraph explain`: the page about a code.

use super::failure::Failure;
use super::terminal::Terminal;
use super::{CommandOutcome, complete, words};
use crate::diagnostic::code::Weight;
use crate::diagnostic::{Code, suggest};
use anstyle::Style;
use clap_complete::engine::ArgValueCompleter;
use std::io::Write;

const BOLD: Style = Style::new().bold();

/// Print what a code in a report means, why it is a problem and how to fix it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  civigraph explain CG0402     # the page about one code
  civigraph explain            # all the codes")]
pub(super) struct Arguments {
    /// Codes such as `CG0402`; none lists them all.
    #[arg(add = ArgValueCompleter::new(complete::codes))]
    codes: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    let mut out = terminal.stdout();
    if arguments.codes.is_empty() {
        for code in Code::ALL {
            writeln!(out, "{BOLD}{code}{BOLD:#}  {}", code.title())?;
        }
    }
    for (index, text) in arguments.codes.iter().enumerate() {
        let code = Code::parse(text).ok_or_else(|| unknown(text))?;
        if index > 0 {
            writeln!(out)?;
        }
        page(code, &mut out)?;
    }
    out.flush()?;
    Ok(CommandOutcome::Fine)
}

fn page(code: Code, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{BOLD}{code}: {}{BOLD:#}", code.title())?;
    writeln!(out)?;
    for line in code.page().lines() {
        writeln!(out, "{}", line.trim())?;
    }
    if let Some(advice) = words::advice(code) {
        writeln!(out)?;
        writeln!(out, "{advice}")?;
    }
    writeln!(out)?;
    let weight = match code.weight() {
        Weight::Error => "an error",
        Weight::Invalid => "an error when checking, a warning when converting",
        Weight::Warning => "a warning",
        Weight::Note => "a note",
        Weight::ValidateOnly => "an error when checking; says nothing when converting",
    };
    writeln!(out, "Severity: {weight}.")?;
    if !code.section().is_empty() {
        writeln!(out, "Rule: {}", specification(code.section()))?;
    }
    Ok(())
}

/// A section such as `tabular-metadata §5.7` with the address of its specification.
fn specification(section: &str) -> String {
    match section.split_once(' ') {
        Some((name @ ("tabular-data-model" | "tabular-metadata" | "csv2rdf" | "csv2json"), _)) => {
            format!("{section}, https://www.w3.org/TR/{name}/")
        }
        _ => section.to_owned(),
    }
}

fn unknown(text: &str) -> Failure {
    let known = Code::ALL.iter().map(|code| code.as_str());
    let failure = Failure::new(format!("no such code: `{text}`"));
    match suggest::hint(text, known) {
        Some(hint) => failure.with_hint(hint),
        None => failure.with_hint("`civigraph explain` lists all codes"),
    }
}
