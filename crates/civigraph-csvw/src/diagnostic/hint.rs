//! What to do about a problem, in words that hold wherever they are read.
//!
//! The library does not know who reads: somebody at a terminal, a client over HTTP, or the author of a program. A
//! [`Hint`] therefore names what can be done as an [`HintAction`], and each interface has its [`Wording`].

use super::Code;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What to do about a problem: words, an action, or both.
///
/// ```
/// use civigraph_csvw::diagnostic::{Hint, HintAction, Wording};
///
/// struct CommandLine;
///
/// impl Wording for CommandLine {
///     fn action(&self, action: &HintAction) -> Option<String> {
///         match action {
///             HintAction::FormatTables => Some("`tool fmt` puts them in order".to_owned()),
///             other => Some(other.to_string()),
///         }
///     }
/// }
///
/// let hint = Hint::from("the columns are in another order").and(HintAction::FormatTables);
/// assert_eq!(
///     hint.worded(&CommandLine).as_deref(),
///     Some("the columns are in another order; `tool fmt` puts them in order")
/// );
/// assert_eq!(
///     hint.to_string(),
///     "the columns are in another order; the canonical form has them in order"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// What is known, a sentence without a full stop.
    text: Option<String>,
    /// What can be done. Hints are part of errors, which should be small.
    action: Option<Box<HintAction>>,
}

impl Hint {
    /// Adds what can be done.
    #[must_use]
    pub fn and(mut self, action: HintAction) -> Self {
        self.action = Some(Box::new(action));
        self
    }

    /// The hint in the words of an interface; `None` where nothing is left of it.
    pub fn worded(&self, wording: &dyn Wording) -> Option<String> {
        let action = self.action.as_ref().and_then(|it| wording.action(it));
        match (&self.text, action) {
            (Some(text), Some(action)) => Some(format!("{text}; {action}")),
            (Some(text), None) => Some(text.clone()),
            (None, action) => action,
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.worded(&Neutral).unwrap_or_default())
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Self {
            text: Some(text),
            action: None,
        }
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<HintAction> for Hint {
    fn from(action: HintAction) -> Self {
        Self {
            text: None,
            action: Some(Box::new(action)),
        }
    }
}

/// What a reader can do. `Display` says it without naming an interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum HintAction {
    /// Let URLs on the web be fetched, or map them to local files.
    Fetch,
    /// Name the files that URLs mean, in a catalog.
    MapUrls,
    /// Apply metadata without a URL to a file, by naming both.
    ApplyMetadata {
        /// The file of the metadata.
        metadata: String,
    },
    /// Validate with names of columns in place of titles.
    TakeNamesForTitles,
    /// Validate with references that have a null in them.
    TakeNullReferences,
    /// Write tables in their canonical form.
    FormatTables,
    /// Check tables against their metadata.
    CheckTables,
    /// Build the project, which has no build yet.
    Build,
    /// Build the project again.
    BuildAgain,
    /// Build the project, or open the right folder.
    BuildOrOpenAnother,
    /// Build the project with a text index.
    BuildTextIndex,
    /// List the builds.
    ListBuilds,
    /// List the builds, or keep more of them.
    KeepBuilds,
    /// Change the tables, since the graph is only read.
    ChangeTables,
    /// List the stored queries.
    ListQueries,
    /// List the prefixes that queries need not declare.
    ListPrefixes,
    /// List what is in the graph.
    ListContents,
    /// Find the spans of a document again, and record where they are.
    MoveEvidence {
        /// The id of the document.
        document: String,
        /// The folder of the documents.
        sources: String,
    },
    /// Compare things in place of triples, or versions whose blank nodes have labels.
    CompareThings,
    /// Use a program that writes stores of Oxigraph, or load a dump.
    LoadDump,
}

impl fmt::Display for HintAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fetch => {
                "nothing is fetched from the network unless that is allowed; a catalog maps URLs to local files"
            }
            Self::MapUrls => "a catalog says which file a URL means",
            Self::ApplyMetadata { .. } => "to apply it to a file, name both",
            Self::TakeNamesForTitles => "lax validation takes names for titles",
            Self::TakeNullReferences => "lax validation accepts them all",
            Self::FormatTables => "the canonical form has them in order",
            Self::CheckTables => "a check says how the two differ",
            Self::Build => "build the project first",
            Self::BuildAgain => "build the project again",
            Self::BuildOrOpenAnother => {
                "build the project, or open the folder that holds `.civigraph`"
            }
            Self::BuildTextIndex => "build the project with a text index",
            Self::ListBuilds => "the list of builds names them",
            Self::KeepBuilds => "a build says how many are kept",
            Self::ChangeTables => "change the CSV tables and build the project",
            Self::ListQueries => "the list of stored queries names them",
            Self::ListPrefixes => "the prefixes of the build need not be declared",
            Self::ListContents => "the statistics of the build say what there is",
            Self::MoveEvidence { document, .. } => {
                return write!(f, "look for the spans of `{document}` again and record where they are");
            }
            Self::CompareThings => {
                "compare things and not triples, or write the first version as N-Quads and use that file"
            }
            Self::LoadDump => "load a dump as N-Quads into a store of your own",
        })
    }
}

/// How an interface names what its readers can do.
pub trait Wording {
    /// The action in the words of the interface; `None` where its readers cannot take it.
    fn action(&self, action: &HintAction) -> Option<String>;

    /// Where the page about a rule is, after the name of the rule: `see …`.
    fn page_of(&self, _code: Code) -> Option<String> {
        None
    }

    /// How the findings are shown that a report for people leaves out: `… shows everything`.
    fn everything(&self) -> Option<String> {
        None
    }
}

/// The words of no interface: those of [`HintAction`] itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Neutral;

impl Wording for Neutral {
    fn action(&self, action: &HintAction) -> Option<String> {
        Some(action.to_string())
    }
}
