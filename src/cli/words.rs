//! What users of the command line can do, in its words: the commands and options behind hints, reports and pages.

use crate::diagnostic::{Code, HintAction, Wording};

/// The place of what was asked for, as users of the command line know it.
pub(super) const REQUEST: &str = "command line";

/// The wording of the command line.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommandLine;

impl Wording for CommandLine {
    fn action(&self, action: &HintAction) -> Option<String> {
        let words = match action {
            HintAction::Fetch => {
                "nothing is fetched from the network without `--allow-fetch`; `--catalog FILE` maps URLs to local files"
            }
            HintAction::MapUrls => "`--catalog FILE` says which file a URL means",
            HintAction::ApplyMetadata { metadata } => {
                return Some(format!(
                    "to apply it to a file, name both: `FILE.csv --metadata {metadata}`"
                ));
            }
            HintAction::TakeNamesForTitles => "`check --lax` takes names for titles",
            HintAction::TakeNullReferences => "`check --lax` accepts them all",
            HintAction::FormatTables => "in a project, `civigraph fmt` puts them in order",
            HintAction::CheckTables => "`civigraph check` says how the two differ",
            HintAction::Build => "run `civigraph build` first",
            HintAction::BuildAgain => "run `civigraph build` to make a new one",
            HintAction::BuildOrOpenAnother => {
                "run `civigraph build`, or name the folder that holds `.civigraph`"
            }
            HintAction::BuildTextIndex => "run `civigraph build` without `--no-text`",
            HintAction::ListBuilds => "`civigraph builds` lists them",
            HintAction::KeepBuilds => {
                "`civigraph builds` lists them; `--keep` of `build` says how many are kept"
            }
            HintAction::ChangeTables => "change the CSV tables and run `civigraph build`",
            HintAction::ListQueries => "`civigraph list queries` shows them all",
            HintAction::ListPrefixes => {
                "`civigraph list prefixes` shows those that need not be declared"
            }
            HintAction::ListContents => "`civigraph list` shows what there is",
            HintAction::MoveEvidence { document, sources } => {
                return Some(format!(
                    "`civigraph evidence move --document {document} --sources {sources}` finds the spans of the \
                     document again and records where they are"
                ));
            }
            HintAction::CompareThings => {
                "compare without `--triples`, or write the first version with `civigraph export --format nquads` and \
                 use that file"
            }
            HintAction::LoadDump => {
                "`cargo install civigraph --features rocksdb` brings it; or load `--format nquads` into a store of \
                 your own"
            }
            other => return Some(other.to_string()),
        };
        Some(words.to_owned())
    }

    fn page_of(&self, code: Code) -> Option<String> {
        Some(format!("see `civigraph explain {code}`"))
    }

    fn everything(&self) -> Option<String> {
        Some("`--all` shows everything".to_owned())
    }
}

/// The commands and options that help where a code is reported, for its page.
pub(super) fn advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Unreadable | Code::MetadataUnreadable => {
            "`--allow-fetch` lets URLs be fetched; `--catalog FILE` names their local files."
        }
        Code::Catalog => "The catalog is the file that `--catalog` names.",
        Code::StatedDelimiter | Code::OtherDelimiter => {
            "`civigraph init FILE` writes metadata that declares the delimiter."
        }
        Code::MetadataMismatch => "The metadata is the file that `--metadata` names.",
        Code::PlaceholderBase => "`civigraph init --base IRI` writes metadata with a base.",
        Code::Unseen => "`civigraph fmt --repair` corrects all tables of a project.",
        Code::DocumentChanged => {
            "`civigraph evidence move --sources DIR` looks for the words of every span, and records where they are."
        }
        Code::SpanDiffers => {
            "`civigraph evidence move --sources DIR` records where words are now; `civigraph evidence add` records \
             other words."
        }
        Code::DocumentMissing => "The folder is the one that `--sources` names.",
        Code::QueryTimeout => "`--timeout SECONDS` sets the limit.",
        Code::QueryMemory => "`--memory SIZE` sets the limit.",
        Code::QueryForbidden
        | Code::TornBuild
        | Code::OtherFormat
        | Code::Miscount
        | Code::InverseDiffers => "`civigraph build` makes a new build.",
        Code::UnknownQuery | Code::UnknownParameter => {
            "`civigraph list queries` shows all stored queries with their parameters."
        }
        Code::UnknownEntity => "`civigraph list` shows what is in the graph.",
        Code::UnknownGraph => "`civigraph list graphs` shows them all.",
        Code::NoBuild => {
            "`civigraph build` makes a build; `civigraph builds` lists those that there are."
        }
        Code::ForeignStore => {
            "`--store DIR` names the folder of the store; `civigraph build` makes a build."
        }
        Code::UnknownVersion => {
            "`civigraph builds` lists the builds that `civigraph diff` can compare."
        }
        Code::UnlabelledNode => {
            "`civigraph export --format nquads` writes N-Quads; leave `--triples` out to compare things."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is between backticks and starts with the program's name.
    fn commands(text: &str) -> Vec<String> {
        text.split('`')
            .skip(1)
            .step_by(2)
            .filter_map(|quoted| quoted.strip_prefix("civigraph "))
            .map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn advice_names_commands_that_exist() {
        let description = super::super::description();
        let mut seen = 0;
        for code in Code::ALL {
            for name in advice(*code).into_iter().flat_map(commands) {
                seen += 1;
                assert!(
                    description
                        .get_subcommands()
                        .any(|command| command.get_name() == name),
                    "{code}: {name}"
                );
            }
        }
        assert!(seen > 10, "{seen} commands");
    }
}
