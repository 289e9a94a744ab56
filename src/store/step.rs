//! The named steps of a build, and the hook by which tests kill it at one of them.

use std::sync::OnceLock;

/// The environment variable of the test hook: a build aborts (as if killed) at the step it names.
///
/// It is there for fault tests and does nothing unless it is set.
pub const ABORT_AT: &str = "CIVIGRAPH_ABORT_AT";

macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)*) => {
        /// A step of a build, in order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum BuildStep {
            $($(#[doc = $doc])+ $name,)*
        }

        impl BuildStep {
            /// Every step, in order.
            pub const ALL: &'static [BuildStep] = &[$(BuildStep::$name,)*];

            /// The name of the step, as the hook and the progress bar use it.
            pub const fn as_str(self) -> &'static str {
                match self { $(BuildStep::$name => $text,)* }
            }
        }
    };
}

steps! {
    /// The builder's lock is held.
    Locked = "locked";
    /// Litter of killed builds is gone.
    Swept = "swept";
    /// The folder of the new build is there.
    Created = "created";
    /// Quads are on their way into the index; reported (and aborted) after each chunk of rows.
    Loading = "loading";
    /// All rows are converted, and the index is about to be written.
    Sorting = "sorting";
    /// The index is written.
    Sorted = "sorted";
    /// The quads are counted and digested.
    Loaded = "loaded";
    /// The index was read back and checked.
    Verified = "verified";
    /// The manifest is written.
    Described = "described";
    /// Everything is on disk.
    Synced = "synced";
    /// The build has its final name.
    Renamed = "renamed";
    /// Readers open the new build.
    Switched = "switched";
    /// Old builds are gone.
    Pruned = "pruned";
}

impl BuildStep {
    /// Aborts the process if the test hook names this step.
    pub(super) fn reached(self) {
        static AT: OnceLock<Option<String>> = OnceLock::new();
        let at = AT.get_or_init(|| std::env::var(ABORT_AT).ok());
        if at.as_deref() == Some(self.as_str()) {
            std::process::abort();
        }
    }
}
