//! The two streams of the program: data on stdout, talk on stderr.

use super::failure::Failure;
use super::words::CommandLine;
use crate::diagnostic::render::{self, DiagnosticFormat};
use crate::diagnostic::{Diagnostics, Severity};
use crate::progress::Progress;
use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::Duration;

const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const HINT: Style = AnsiColor::BrightCyan.on_default();

/// Moves a bar as work is done.
pub(super) fn progress_of(bar: &ProgressBar) -> Progress {
    let bar = bar.clone();
    Progress::new(move |amount| bar.inc(amount))
}

/// Where a command talks and writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    color: anstream::ColorChoice,
    quiet: bool,
}

impl Terminal {
    /// Colours as asked; `Auto` looks at the stream and at `NO_COLOR`.
    pub(super) fn new(color: ColorChoice, quiet: bool) -> Self {
        let color = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        Self { color, quiet }
    }

    /// stdout, buffered; colours are stripped unless wanted. Flush it: a full disk shows only then.
    pub(super) fn stdout(self) -> BufWriter<AutoStream<io::Stdout>> {
        BufWriter::new(AutoStream::new(io::stdout(), self.color))
    }

    /// stderr; colours are stripped unless wanted.
    pub(super) fn stderr(self) -> AutoStream<io::Stderr> {
        AutoStream::new(io::stderr(), self.color)
    }

    /// Whether stdout is a terminal, with a person before it.
    pub(super) fn is_interactive(self) -> bool {
        io::stdout().is_terminal()
    }

    /// Columns of the terminal behind stdout.
    pub(super) fn width(self) -> Option<u16> {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(width.0)
    }

    /// Says a line on stderr, unless quiet.
    pub(super) fn say(self, line: impl Display) {
        if !self.quiet {
            // Nobody can be told that stderr is gone.
            let _ = writeln!(self.stderr(), "{line}");
        }
    }

    /// Tells the user why the command ended.
    pub(super) fn fail(self, failure: &Failure) {
        let mut stderr = self.stderr();
        let _ = match failure.subject() {
            Some((code, place)) if !place.file.is_empty() => {
                writeln!(stderr, "{ERROR}error[{code}]{ERROR:#} {place}: {failure}")
            }
            Some((code, _)) => writeln!(stderr, "{ERROR}error[{code}]{ERROR:#}: {failure}"),
            None => writeln!(stderr, "{ERROR}error{ERROR:#}: {failure}"),
        };
        if let Some(expected) = failure.expected() {
            let _ = writeln!(stderr, "expected: {expected}");
        }
        if let Some(hint) = failure.hint() {
            let _ = writeln!(stderr, "{HINT}hint{HINT:#}: {hint}");
        }
    }

    /// Writes a report: for people on stderr, for programs on stdout.
    ///
    /// Quiet leaves out reports for people that hold no error.
    pub(super) fn report(
        self,
        diagnostics: &Diagnostics,
        format: DiagnosticFormat,
        all: bool,
    ) -> io::Result<()> {
        if format == DiagnosticFormat::Human {
            if self.quiet && !diagnostics.has_errors() {
                return Ok(());
            }
            let mut stderr = BufWriter::new(self.stderr());
            render::render(diagnostics, format, all, &CommandLine, &mut stderr)?;
            stderr.flush()
        } else {
            let mut stdout = BufWriter::new(io::stdout());
            render::render(diagnostics, format, all, &CommandLine, &mut stdout)?;
            stdout.flush()
        }
    }

    /// Says that warnings alone are why the command fails, where that is so.
    pub(super) fn say_denied(self, diagnostics: &Diagnostics) {
        if diagnostics.has_denied_warnings() && diagnostics.count(Severity::Error) == 0 {
            self.say("warnings count as errors (`--deny-warnings`)");
        }
    }

    /// A progress bar on stderr for work of `total` units, or a spinner where the total is unknown or
    /// nothing; invisible unless stderr is a terminal.
    pub(super) fn progress(self, what: &'static str, total: Option<u64>) -> ProgressBar {
        let total = total.filter(|total| *total > 0);
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let template = match total {
            Some(_) => "{msg} {wide_bar:.cyan/dim} {percent}% {eta}",
            None => "{spinner:.cyan} {msg} {elapsed}",
        };
        // A constant template that does not parse leaves the default style.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// The language of the user (`ru`), from the locale; English where it names none.
pub(super) fn language() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    language_of(&locale.unwrap_or_default()).to_owned()
}

/// The language of a locale: `ru_RU.UTF-8` is `ru`.
fn language_of(locale: &str) -> &str {
    let language = locale
        .split(['_', '.', '@', '-'])
        .next()
        .unwrap_or_default();
    match language {
        "" | "C" | "POSIX" => "en",
        language => language,
    }
}
