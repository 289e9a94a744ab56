//! The table of rules: every code, what it means and how much it weighs.
//!
//! A new diagnostic is one new entry here. Numbers are never re-used.
//! `CG01xx` files and encodings, `CG02xx` CSV structure, `CG03xx` JSON and metadata,
//! `CG04xx` cells and datatypes, `CG05xx` keys and references, `CG06xx` claims and evidence,
//! `CG07xx` queries, `CG08xx` store and builds.

use super::{Mode, Severity};

/// How a rule weighs when converting and when validating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// An error in both modes.
    Error,
    /// A warning when converting, an error when validating.
    Invalid,
    /// A warning in both modes.
    Warning,
    /// Silent when converting, an error when validating.
    ValidateOnly,
}

macro_rules! codes {
    ($($(#[doc = $page:literal])+ $name:ident = $number:literal, $weight:ident, $title:literal, $section:literal;)*) => {
        /// The rule that a diagnostic is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $page])+ $name,)*
        }

        impl Code {
            /// Every code, in order of number.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as users see it: `CG0401`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => concat!("CG", $number),)* }
            }

            /// A short name of the problem.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The section of the specification that has the rule, or an empty string.
            pub const fn section(self) -> &'static str {
                match self { $(Code::$name => $section,)* }
            }

            /// The page that `civigraph explain` prints.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$name => concat!($($page, "\n",)+),)* }
            }

            /// How the rule weighs.
            pub const fn weight(self) -> Weight {
                match self { $(Code::$name => Weight::$weight,)* }
            }
        }
    };
}

codes! {
    /// The file could not be opened or read. Check its name, that it exists, and its permissions.
    Unreadable = "0101", Error, "unreadable file", "";
    /// The bytes are not in the encoding that the dialect declares (UTF-8 unless it says otherwise).
    /// Save the file as UTF-8, or declare its encoding in the dialect.
    Encoding = "0102", Error, "wrong encoding", "tabular-data-model §8";
    /// A quote opens and never closes, or text follows a closing quote. Double a quote inside a quoted cell.
    Quoting = "0201", Error, "broken quoting", "tabular-data-model §8.1";
    /// The record has more or fewer cells than the header.
    Ragged = "0202", Invalid, "ragged row", "tabular-data-model §8";
    /// A record is longer than the limit, most often because a quote in it is never closed.
    /// Close the quote, or raise the limit if the record is meant to be that long.
    RecordTooLong = "0203", Error, "record too long", "";
    /// A NUL byte stands in a cell; text has none. The file may be UTF-16 or damaged.
    Nul = "0204", Error, "NUL byte", "";
    /// The JSON of a metadata document does not parse.
    Json = "0301", Error, "invalid JSON", "tabular-metadata §5";
    /// A cell of a required column is empty.
    Required = "0401", Invalid, "missing required cell", "tabular-metadata §5.7";
    /// A cell does not match the datatype of its column.
    Datatype = "0402", Invalid, "cell does not match its datatype", "tabular-data-model §6.4";
    /// Two rows have the same primary key.
    DuplicateKey = "0501", Invalid, "duplicate primary key", "tabular-data-model §4.3";
    /// A foreign key, or an item of a list cell that is one, names a row that does not exist.
    DanglingReference = "0502", Invalid, "reference to a missing row", "tabular-data-model §4.3";
}

impl Code {
    /// The severity in a mode; `None` where the rule is silent in it.
    pub const fn severity(self, mode: Mode) -> Option<Severity> {
        match (self.weight(), mode) {
            (Weight::Error, _) | (Weight::Invalid | Weight::ValidateOnly, Mode::Validate) => {
                Some(Severity::Error)
            }
            (Weight::Warning, _) | (Weight::Invalid, Mode::Convert) => Some(Severity::Warning),
            (Weight::ValidateOnly, Mode::Convert) => None,
        }
    }

    /// The code that a user typed, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
