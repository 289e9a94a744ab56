//! `--profile`: what CSV is written for.

use crate::fmt;
use clap::ValueEnum;

/// What is written besides the content of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Profile {
    /// Cells as they are.
    #[default]
    Faithful,
    /// Cells that a spreadsheet would evaluate get an apostrophe in front. The tables are for looking
    /// at: they no longer hold the same facts.
    Spreadsheet,
}

impl From<Profile> for fmt::Profile {
    fn from(profile: Profile) -> Self {
        match profile {
            Profile::Faithful => Self::Faithful,
            Profile::Spreadsheet => Self::Spreadsheet,
        }
    }
}
