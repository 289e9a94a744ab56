//! What readers of the service can do, in their words: nobody of them can build a project or give options.

use crate::diagnostic::{HintAction, Wording};

/// Who reads what the service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// A program that sends requests.
    Client,
    /// A person who looks at pages.
    Visitor,
    /// A model that calls tools.
    Assistant,
}

impl Wording for Audience {
    fn action(&self, action: &HintAction) -> Option<String> {
        let words = match (action, self) {
            (HintAction::ListQueries, Self::Client) => "`GET /queries` lists them all",
            (HintAction::ListQueries, Self::Visitor) => "the page of queries lists them all",
            (HintAction::ListQueries, Self::Assistant) => "`list_queries` lists them all",
            (HintAction::ListPrefixes, Self::Assistant) => {
                "`schema` lists those that need not be declared"
            }
            (HintAction::ListContents, Self::Visitor) => "the search finds things by their names",
            (HintAction::ListContents, Self::Assistant) => "`search` finds things by their names",
            _ => return None,
        };
        Some(words.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Hint;

    #[test]
    fn what_a_reader_cannot_do_is_left_out() {
        for reader in [Audience::Client, Audience::Visitor, Audience::Assistant] {
            assert_eq!(Hint::from(HintAction::BuildAgain).worded(&reader), None);
            let hint = Hint::from("the graph is only read").and(HintAction::ChangeTables);
            let words = hint.worded(&reader);
            assert_eq!(words.as_deref(), Some("the graph is only read"));
        }
    }

    #[test]
    fn each_reader_has_its_own_words() {
        let words = |reader| Hint::from(HintAction::ListQueries).worded(&reader);
        assert_eq!(
            words(Audience::Assistant).as_deref(),
            Some("`list_queries` lists them all")
        );
        assert_ne!(words(Audience::Client), words(Audience::Visitor));
    }
}
