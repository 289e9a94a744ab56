//! All the diagnostics of one run, bounded in memory however many rows are wrong.

use super::{Code, Diagnostic, Place, ReadingMode, Severity};
use std::collections::HashMap;
use std::sync::Arc;

/// How many diagnostics of one kind (code and column) are kept whole by default; the rest is counted.
pub const KEPT_PER_KIND: u64 = 20;

/// What is counted together: a code, a file and a column.
type DiagnosticKind = (Code, Arc<str>, Arc<str>);

/// The diagnostics of one run, in the order in which they were found.
///
/// Memory grows with the number of *kinds* of problems, not with the number of rows: of each kind
/// only the first ones are kept whole.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    mode: ReadingMode,
    language: Arc<str>,
    kept_per_kind: u64,
    warnings_denied: bool,
    kept: Vec<Diagnostic>,
    counts: HashMap<DiagnosticKind, u64>,
}

/// The diagnostics of one kind: same code, same file, same column.
#[derive(Debug, Clone)]
pub struct DiagnosticGroup<'a> {
    /// The severity that they share.
    pub severity: Severity,
    /// How many there were, kept or not.
    pub count: u64,
    /// The ones that were kept whole, in the order found; never empty.
    pub kept: Vec<&'a Diagnostic>,
}

impl Diagnostics {
    /// An empty collection that weighs codes by `mode`.
    pub fn new(mode: ReadingMode) -> Self {
        Self {
            mode,
            language: "en".into(),
            kept_per_kind: KEPT_PER_KIND,
            warnings_denied: false,
            kept: Vec::new(),
            counts: HashMap::new(),
        }
    }

    /// An empty collection that is like this one otherwise.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::new(self.mode)
            .in_language(&self.language)
            .keeping(self.kept_per_kind)
            .denying_warnings(self.warnings_denied)
    }

    /// Refuses the input for warnings too.
    #[must_use]
    pub fn denying_warnings(mut self, denied: bool) -> Self {
        self.warnings_denied = denied;
        self
    }

    /// Keeps up to `limit` diagnostics of each kind (`u64::MAX` keeps all).
    #[must_use]
    pub fn keeping(mut self, limit: u64) -> Self {
        self.kept_per_kind = limit;
        self
    }

    /// Prefers words in a language (`ru`) where the input brings its own in several.
    #[must_use]
    pub fn in_language(mut self, language: &str) -> Self {
        self.language = language.into();
        self
    }

    /// Names the place of what was asked for as an interface does: `command line`.
    #[must_use]
    pub fn naming_requests(mut self, name: &str) -> Self {
        let name: Arc<str> = name.into();
        for diagnostic in &mut self.kept {
            if &*diagnostic.place.file == Place::REQUEST {
                diagnostic.place.file = Arc::clone(&name);
            }
        }
        let counts = std::mem::take(&mut self.counts);
        self.counts = counts
            .into_iter()
            .map(|((code, file, column), count)| match &*file {
                Place::REQUEST => ((code, Arc::clone(&name), column), count),
                _ => ((code, file, column), count),
            })
            .collect();
        self
    }

    /// The language of the reader.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What the input is read for.
    pub fn mode(&self) -> ReadingMode {
        self.mode
    }

    /// How many diagnostics of one kind are kept whole.
    pub fn kept_per_kind(&self) -> u64 {
        self.kept_per_kind
    }

    /// Adds a diagnostic; one whose code is silent in this mode is dropped, and so is that a file cannot be
    /// read where that was said: more than one may try.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if diagnostic.code.severity(self.mode).is_none() {
            return;
        }
        if diagnostic.code == Code::Unreadable && self.kept.contains(&diagnostic) {
            return;
        }
        let count = self.counts.entry(kind(&diagnostic)).or_insert(0);
        *count += 1;
        if *count <= self.kept_per_kind {
            self.kept.push(diagnostic);
        }
    }

    /// Counts `more` further diagnostics of the kind of `like` without keeping them.
    pub fn count_more(&mut self, like: &Diagnostic, more: u64) {
        if like.code.severity(self.mode).is_some() {
            *self.counts.entry(kind(like)).or_insert(0) += more;
        }
    }

    /// Adds everything of another collection, after what is already here.
    pub fn append(&mut self, other: Self) {
        let mut kept_by_kind: HashMap<DiagnosticKind, u64> = HashMap::new();
        for diagnostic in other.kept {
            *kept_by_kind.entry(kind(&diagnostic)).or_insert(0) += 1;
            self.push(diagnostic);
        }
        for (kind, count) in other.counts {
            let kept = kept_by_kind.get(&kind).copied().unwrap_or(0);
            *self.counts.entry(kind).or_insert(0) += count.saturating_sub(kept);
        }
    }

    /// The diagnostics that were kept whole, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// The kept diagnostics by kind (code, file and column), kinds in the order in which they first came.
    pub fn groups(&self) -> Vec<DiagnosticGroup<'_>> {
        let mut index: HashMap<DiagnosticKind, usize> = HashMap::new();
        let mut groups: Vec<DiagnosticGroup<'_>> = Vec::new();
        for diagnostic in &self.kept {
            let kind = kind(diagnostic);
            match index.get(&kind).and_then(|&i| groups.get_mut(i)) {
                Some(group) => group.kept.push(diagnostic),
                None => {
                    index.insert(kind, groups.len());
                    groups.push(DiagnosticGroup {
                        severity: self.severity(diagnostic),
                        count: self.count_like(diagnostic),
                        kept: vec![diagnostic],
                    });
                }
            }
        }
        groups
    }

    /// How many diagnostics of the kind of `diagnostic` there were in all.
    pub fn count_like(&self, diagnostic: &Diagnostic) -> u64 {
        self.counts.get(&kind(diagnostic)).copied().unwrap_or(0)
    }

    /// How many diagnostics of a severity there were in all.
    pub fn count(&self, severity: Severity) -> u64 {
        self.counts
            .iter()
            .filter(|((code, ..), _)| code.severity(self.mode) == Some(severity))
            .map(|(_, count)| count)
            .sum()
    }

    /// Whether there is any diagnostic of a code.
    pub fn has(&self, code: Code) -> bool {
        self.counts.keys().any(|(of, ..)| *of == code)
    }

    /// Whether there is any error of a family of codes (`CG03`).
    pub fn has_errors_of(&self, family: &str) -> bool {
        self.counts.keys().any(|(code, ..)| {
            code.as_str().starts_with(family) && code.severity(self.mode) == Some(Severity::Error)
        })
    }

    /// Whether there is an error after which the rest of the input is of no use either.
    pub fn has_fatal_errors(&self) -> bool {
        self.counts.keys().any(|(code, ..)| {
            code.severity(self.mode) == Some(Severity::Error) && !code.leaves_the_rest()
        })
    }

    /// Whether the input is refused.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0 || self.has_denied_warnings()
    }

    /// Whether there are warnings, and they count as errors.
    pub fn has_denied_warnings(&self) -> bool {
        self.warnings_denied && self.count(Severity::Warning) > 0
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The severity of a diagnostic in this run; silent codes are never kept, so it is an error or a warning.
    pub fn severity(&self, diagnostic: &Diagnostic) -> Severity {
        diagnostic
            .code
            .severity(self.mode)
            .unwrap_or(Severity::Warning)
    }
}

fn kind(diagnostic: &Diagnostic) -> DiagnosticKind {
    let column = diagnostic
        .place
        .cell
        .as_ref()
        .map(|cell| Arc::clone(&cell.column_name))
        .unwrap_or_default();
    (diagnostic.code, Arc::clone(&diagnostic.place.file), column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(line: u64) -> Diagnostic {
        Diagnostic::new(Code::Required, Place::at("a.csv", line, 1), "empty")
    }

    #[test]
    fn memory_is_bounded_and_counts_are_not() {
        let mut all = Diagnostics::new(ReadingMode::Validate).keeping(2);
        for line in 1..=5 {
            all.push(required(line));
        }
        let mut other = Diagnostics::new(ReadingMode::Validate);
        other.push(required(6));
        other.count_more(&required(7), 10);
        all.append(other);
        assert_eq!(all.iter().count(), 2);
        assert_eq!(all.count(Severity::Error), 16);
        let groups = all.groups();
        assert_eq!(groups.len(), 1);
        assert_eq!(groups.first().map(|group| group.count), Some(16));
    }

    #[test]
    fn severity_follows_the_mode() {
        for (mode, errors, warnings) in
            [(ReadingMode::Validate, 1, 0), (ReadingMode::Convert, 0, 1)]
        {
            let mut all = Diagnostics::new(mode);
            all.push(required(1));
            assert_eq!(all.count(Severity::Error), errors);
            assert_eq!(all.count(Severity::Warning), warnings);
        }
    }
}
