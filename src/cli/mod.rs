//! The command line: one file a command, arguments as a pure description.
//!
//! [`main`] is the only place that ends the process's work: it maps what a command returns to an
//! exit code. stdout carries data, all talk goes to stderr.

mod build;
mod builds;
mod check;
mod complete;
mod completions;
mod conflicts;
mod convert;
mod describe;
mod diff;
mod evidence;
mod explain;
mod export;
mod facts;
mod failure;
mod fmt;
mod init;
mod input;
mod list;
mod man;
#[cfg(feature = "serve")]
mod mcp;
mod new;
mod output;
mod profile;
mod query;
mod readme;
mod rollback;
mod search;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "serve")]
mod site;
mod suggest;
mod tables;
mod terminal;
mod verify;
mod watch;
mod why;
mod words;
mod worker;

use crate::project::Project;
use clap::{Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::CompleteEnv;
use failure::Failure;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use terminal::Terminal;

/// Turns curated CSV tables into a knowledge graph that can be trusted and queried.
///
/// Curators keep facts in CSV tables described by W3C CSVW metadata; civigraph checks them, converts
/// them to RDF and publishes them in a store that researchers query with SPARQL.
#[derive(Debug, Parser)]
#[command(name = "civigraph", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  civigraph check                            # what is wrong with the project in this folder
  civigraph build                            # check it, build its graph, publish it
  civigraph list                             # what is in it
  civigraph search Zheleznogorsk             # find things by their names
  civigraph query sessions-by-month          # ask it
  civigraph why city:irbit                   # from which cell and which source a fact comes
  civigraph export -o graph.ttl              # dump it
  civigraph serve                            # publish it over HTTP
  civigraph convert cities.csv -o cities.nt  # any CSV to RDF, without a project

Exit codes: 0 fine, 1 something is wrong with the data, 2 the command could not do its work.";

/// What every command understands.
#[derive(Debug, Args)]
struct Global {
    /// Folder of the project [default: the current folder, or the nearest one above it that is a project].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "CIVIGRAPH_PROJECT",
        help_heading = "Global options"
    )]
    project: Option<PathBuf>,
    /// Folder of the store [default: `.civigraph` in the project].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "CIVIGRAPH_STORE",
        help_heading = "Global options"
    )]
    store: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto, help_heading = "Global options")]
    color: ColorChoice,
    /// Print nothing but errors on stderr.
    #[arg(long, short, global = true, help_heading = "Global options")]
    quiet: bool,
}

impl Global {
    /// The project that the command works on.
    fn project(&self) -> Result<Project, Failure> {
        Ok(Project::open(&self.folder(), self.store.as_deref())?)
    }

    /// The folder of the project, whether it is one or not.
    fn folder(&self) -> PathBuf {
        match &self.project {
            Some(folder) => folder.clone(),
            None => Project::folder_above(Path::new(".")),
        }
    }

    /// The folder of the store. A store can be read without its project.
    ///
    /// The database takes paths in UTF-8 alone.
    fn store(&self) -> Result<PathBuf, Failure> {
        let store = match &self.store {
            Some(store) => store.clone(),
            None => self.project()?.store().to_owned(),
        };
        if store.to_str().is_none() {
            let shown = store.display();
            return Err(
                Failure::new(format!("the path of the store, `{shown}`, is not in UTF-8"))
                    .with_hint("name another one with `--store DIR`"),
            );
        }
        Ok(store)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Arguments),
    Init(init::Arguments),
    Check(check::Arguments),
    Build(build::Arguments),
    Query(query::Arguments),
    List(list::Arguments),
    Search(search::Arguments),
    Describe(describe::Arguments),
    Builds(builds::Arguments),
    Rollback(rollback::Arguments),
    Verify(verify::Arguments),
    Diff(diff::Arguments),
    Export(export::Arguments),
    Fmt(fmt::Arguments),
    Why(why::Arguments),
    Conflicts(conflicts::Arguments),
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    #[cfg(feature = "serve")]
    Site(site::Arguments),
    #[cfg(feature = "serve")]
    Mcp(mcp::Arguments),
    Suggest(suggest::Arguments),
    Evidence(evidence::Arguments),
    Convert(convert::Arguments),
    Explain(explain::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    #[command(hide = true)]
    Worker(worker::Arguments),
}

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandOutcome {
    /// Exit code 0.
    Fine,
    /// Something is wrong with the data: exit code 1.
    Findings,
}

/// Runs the program with its arguments (the program's name first) and gives its exit code:
/// 0 fine, 1 findings in the data, 2 usage, configuration or an internal failure.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let _ = limits_are_errors();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if completed(&arguments) {
        return ExitCode::SUCCESS;
    }
    let color = color_of(&arguments);
    let cli = match parse(arguments, color) {
        Ok(cli) => cli,
        Err(error) => {
            let code = error.exit_code();
            return match error.print().and_then(|()| io::stdout().flush()) {
                // Help and versions are no errors to clap's exit code; a closed pipe is none to ours.
                Err(failed) if code == 0 && failed.kind() != io::ErrorKind::BrokenPipe => {
                    Terminal::new(color, false).fail(&Failure::from(failed));
                    ExitCode::from(2)
                }
                _ => ExitCode::from(u8::try_from(code).unwrap_or(2)),
            };
        }
    };
    let terminal = Terminal::new(cli.global.color, cli.global.quiet);
    match run(&cli, &terminal) {
        Ok(CommandOutcome::Fine) => ExitCode::SUCCESS,
        Ok(CommandOutcome::Findings) => ExitCode::from(1),
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.fail(&failure);
            ExitCode::from(2)
        }
    }
}

/// Lets a write beyond the limit on the size of files fail; without a handler for its signal the
/// process would end there, with temporary files left behind.
#[cfg(unix)]
fn limits_are_errors() -> std::io::Result<()> {
    let unread = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unread).map(drop)
}

#[cfg(not(unix))]
fn limits_are_errors() -> std::io::Result<()> {
    Ok(())
}

/// Answers a shell that asks what can follow on a command line; it says so by the variable `COMPLETE`.
fn completed(arguments: &[OsString]) -> bool {
    let folder = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(description);
    let completed = asked.try_complete(arguments.iter().cloned(), folder.as_deref());
    // Nobody reads a message here.
    completed.unwrap_or(true)
}

fn parse(arguments: Vec<OsString>, color: ColorChoice) -> Result<Cli, clap::Error> {
    let mut command = Cli::command().color(color);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// What `--color` says, read before the arguments are parsed: help and refusals of arguments heed it too.
fn color_of(arguments: &[OsString]) -> ColorChoice {
    let mut words = arguments.iter().skip(1).map(|word| word.to_str());
    let mut color = ColorChoice::Auto;
    while let Some(word) = words.next() {
        let value = match word {
            Some("--") => break,
            Some("--color") => words.next().flatten(),
            Some(word) => word.strip_prefix("--color="),
            None => None,
        };
        if let Some(choice) = value.and_then(|value| value.parse().ok()) {
            color = choice;
        }
    }
    color
}

fn run(cli: &Cli, terminal: &Terminal) -> Result<CommandOutcome, Failure> {
    match &cli.command {
        Command::New(arguments) => new::run(arguments, terminal),
        Command::Init(arguments) => init::run(arguments, &cli.global, terminal),
        Command::Check(arguments) => check::run(arguments, &cli.global, terminal),
        Command::Build(arguments) => build::run(arguments, &cli.global, terminal),
        Command::Query(arguments) => query::run(arguments, &cli.global, terminal),
        Command::List(arguments) => list::run(arguments, &cli.global, terminal),
        Command::Search(arguments) => search::run(arguments, &cli.global, terminal),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(arguments, &cli.global, terminal),
        #[cfg(feature = "serve")]
        Command::Site(arguments) => site::run(arguments, &cli.global, terminal),
        #[cfg(feature = "serve")]
        Command::Mcp(arguments) => mcp::run(arguments, &cli.global),
        Command::Describe(arguments) => describe::run(arguments, &cli.global, terminal),
        Command::Builds(arguments) => builds::run(arguments, &cli.global, terminal),
        Command::Rollback(arguments) => rollback::run(arguments, &cli.global, terminal),
        Command::Diff(arguments) => diff::run(arguments, &cli.global, terminal),
        Command::Export(arguments) => export::run(arguments, &cli.global, terminal),
        Command::Fmt(arguments) => fmt::run(arguments, &cli.global, terminal),
        Command::Why(arguments) => why::run(arguments, &cli.global, terminal),
        Command::Conflicts(arguments) => conflicts::run(arguments, &cli.global, terminal),
        Command::Evidence(arguments) => evidence::run(arguments, &cli.global, terminal),
        Command::Convert(arguments) => convert::run(arguments, terminal),
        Command::Explain(arguments) => explain::run(arguments, terminal),
        Command::Completions(arguments) => completions::run(arguments, terminal),
        Command::Man(arguments) => man::run(arguments, terminal),
        Command::Suggest(arguments) => suggest::run(arguments, &cli.global, terminal),
        Command::Verify(arguments) => verify::run(arguments, &cli.global, terminal),
        Command::Worker(arguments) => worker::run(arguments),
    }
}

/// A text on one line, without control characters that a terminal might obey.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// The description of the whole command line, from which help, man pages and completions are made.
fn description() -> clap::Command {
    Cli::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of a command's help: lines that start with the program's name, comments off.
    fn examples(command: &clap::Command) -> Vec<String> {
        command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.strip_prefix("  civigraph "))
            .map(|line| line.split("  #").next().unwrap_or(line).trim().to_owned())
            .collect()
    }

    /// Splits a line into words as a shell does, as far as the examples need it.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match (c, quoted) {
                ('\'', _) => quoted = !quoted,
                (' ', false) => words.push(String::new()),
                // Words are never empty: there is the one before.
                (c, _) => words.last_mut().into_iter().for_each(|word| word.push(c)),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn the_description_is_sound() {
        description().debug_assert();
    }

    #[test]
    fn every_command_has_examples_that_parse() {
        let description = description();
        for command in std::iter::once(&description).chain(description.get_subcommands()) {
            let examples = examples(command);
            assert!(
                !examples.is_empty(),
                "{} has no examples",
                command.get_name()
            );
            for example in examples {
                let arguments = std::iter::once("civigraph".to_owned()).chain(
                    words(&example)
                        .into_iter()
                        .take_while(|word| word != "|" && word != ">"),
                );
                if let Err(error) = Cli::try_parse_from(arguments) {
                    panic!("`civigraph {example}`: {error}");
                }
            }
        }
    }

    #[test]
    fn every_command_and_argument_is_described() {
        for command in description().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} {}",
                    command.get_name(),
                    argument.get_id()
                );
            }
        }
    }
}
