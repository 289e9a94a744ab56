//! Stored queries: SPARQL files with a comment header that says what they ask and what may be changed.
//!
//! ```text
//! # title: Who took part in a session
//! # title@ru: Кто участвовал в сессии
//! # description: Every participant with role and post.
//! # param: session iri = <https://w3id.org/civigraph/id/event/x> # the event
//! # param@ru: session # событие
//! # param: lang lang = "en" # language of the labels
//! # tags: events, people
//! ```
//!
//! A parameter is a variable of the query. One without a default must be given. `param@ru` describes a parameter in
//! another language.

mod header;

pub use header::{QueryHeader, QueryParameter};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, HintAction, Place, suggest};
use crate::query::QueryError;
use crate::resource::DOCUMENT_LIMIT;
use crate::resource::file::{read_text, unreadable};
use crate::store::Prefixes;
use header::in_language;
use oxrdf::Term;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A SPARQL file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredQuery {
    /// Its name: the file's, without `.rq`.
    pub name: String,
    /// The file, as the user knows it.
    pub file: String,
    /// The whole text, header included.
    pub text: String,
    /// What its header says.
    pub header: QueryHeader,
}

impl StoredQuery {
    /// Reads a file. What is wrong with its header becomes diagnostics, all of it.
    ///
    /// # Errors
    /// The file cannot be read ([`Code::Unreadable`]), or is not UTF-8 ([`Code::Encoding`]).
    pub fn read(
        path: &Path,
        file: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, QueryError> {
        let text = read_text(path, file, "the query", DOCUMENT_LIMIT)?;
        Ok(Self::parse(stem(path), file, text, diagnostics))
    }

    /// A query from its text. A byte order mark before it is not part of it.
    pub fn parse(
        name: String,
        file: &str,
        mut text: String,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        if text.starts_with('\u{FEFF}') {
            text.remove(0);
        }
        let header = QueryHeader::parse(&text, file, diagnostics);
        Self {
            name,
            file: file.to_owned(),
            text,
            header,
        }
    }

    /// All `*.rq` files of a folder, in order of their names. A folder that is not there has none. A folder or a file
    /// that cannot be read becomes a diagnostic, and the others are read all the same.
    pub fn read_all(folder: &Path, shown: &str, diagnostics: &mut Diagnostics) -> Vec<Self> {
        let mut queries = Vec::new();
        let paths = files(folder).unwrap_or_else(|error| {
            diagnostics.push(unreadable(folder, shown, "the folder of queries", &error));
            Vec::new()
        });
        for path in paths {
            match Self::read(&path, &shown_as(&path, shown), diagnostics) {
                Ok(query) => queries.push(query),
                Err(error) => diagnostics.push(error.into_diagnostic()),
            }
        }
        queries
    }

    /// The query of a name in a folder; the refusal proposes the nearest. No other file is read.
    ///
    /// # Errors
    /// There is none of that name ([`Code::UnknownQuery`]), or the folder or the file cannot be read.
    pub fn find(
        folder: &Path,
        shown: &str,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, QueryError> {
        let files =
            files(folder).map_err(|error| QueryError::io(folder, "list the queries", error))?;
        if let Some(path) = files.iter().find(|path| stem(path) == name) {
            return Self::read(path, &shown_as(path, shown), diagnostics);
        }
        let diagnostic = Diagnostic::new(
            Code::UnknownQuery,
            Place::request(),
            format!("no such query: `{name}`"),
        )
        .with_found(name);
        let names: Vec<String> = files.iter().map(|path| stem(path)).collect();
        let nearest = suggest::nearest(name, names.iter().map(String::as_str));
        Err(QueryError::from(match nearest {
            Some(nearest) => diagnostic.with_hint(format!("did you mean `{nearest}`?")),
            None => diagnostic.with_hint(HintAction::ListQueries),
        }))
    }

    /// The title in a language, else in English, else the name.
    pub fn title(&self, language: &str) -> &str {
        in_language(&self.header.title, language).unwrap_or(&self.name)
    }

    /// The description in a language, else in English.
    pub fn description(&self, language: &str) -> Option<&str> {
        in_language(&self.header.description, language)
    }

    /// Checks `name=value` pairs against the parameters and turns them into terms. All problems are reported.
    ///
    /// `None` if there was one.
    pub fn bind(
        &self,
        given: &[(String, String)],
        prefixes: &Prefixes,
        base: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<BTreeMap<String, Term>> {
        let mut values = BTreeMap::new();
        let mut fine = true;
        let mut problem = |diagnostic: Diagnostic| {
            fine = false;
            diagnostics.push(diagnostic);
        };
        let here = || Place::request();
        for (name, _) in given {
            if !self.header.parameters.iter().any(|p| p.name == *name) {
                let names = self.header.parameters.iter().map(|p| p.name.as_str());
                let mut diagnostic = Diagnostic::new(
                    Code::UnknownParameter,
                    here(),
                    format!("the query `{}` has no parameter `{name}`", self.name),
                )
                .with_found(name)
                .with_expected(names.clone().collect::<Vec<_>>().join(", "));
                if let Some(nearest) = suggest::nearest(name, names) {
                    diagnostic = diagnostic.with_hint(format!("did you mean `{nearest}`?"));
                }
                problem(diagnostic);
            }
        }
        for parameter in &self.header.parameters {
            let mut values_given = given
                .iter()
                .filter(|(name, _)| *name == parameter.name)
                .map(|(_, value)| value);
            let value = values_given.next();
            if let (Some(first), Some(second)) = (value, values_given.next()) {
                problem(
                    Diagnostic::new(
                        Code::ParameterValue,
                        here(),
                        format!("the parameter `{}` is given more than once", parameter.name),
                    )
                    .with_found(format!("{first}, {second}"))
                    .with_expected("one value"),
                );
                continue;
            }
            let (value, place) = match (value, &parameter.default) {
                (Some(value), _) => (value, here()),
                (None, Some(default)) => {
                    (default, Place::at(self.file.as_str(), parameter.line, 0))
                }
                (None, None) => {
                    problem(
                        Diagnostic::new(
                            Code::MissingParameter,
                            here(),
                            format!(
                                "the query `{}` needs the parameter `{}`",
                                self.name, parameter.name
                            ),
                        )
                        .with_expected(parameter.kind.example())
                        .with_hint(format!("add `{}=…`", parameter.name)),
                    );
                    continue;
                }
            };
            match parameter.kind.term(value, prefixes, base) {
                Some(term) => {
                    values.insert(parameter.name.clone(), term);
                }
                None => problem(
                    Diagnostic::new(
                        Code::ParameterValue,
                        place,
                        format!("the value of `{}` is wrong", parameter.name),
                    )
                    .with_found(value)
                    .with_expected(parameter.kind.example()),
                ),
            }
        }
        fine.then_some(values)
    }
}

/// The `*.rq` files of a folder, in order of their names; none where there is no folder. Hidden ones are
/// what editors leave beside a file that is being changed.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<_>>()?;
    paths.retain(|path| {
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        !hidden && path.extension().is_some_and(|extension| extension == "rq")
    });
    paths.sort();
    Ok(paths)
}

/// The name of a query's file without `.rq`.
fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// A file of a folder as the user knows the folder.
fn shown_as(path: &Path, folder: &str) -> String {
    let name = path.file_name().unwrap_or_default();
    format!("{folder}{}", name.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::ReadingMode;

    fn parse(text: &str) -> (StoredQuery, Vec<String>) {
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let query = StoredQuery::parse(
            "q".to_owned(),
            "queries/q.rq",
            text.to_owned(),
            &mut diagnostics,
        );
        let messages = diagnostics
            .iter()
            .map(|d| format!("{}:{}", d.place.line, d.message))
            .collect();
        (query, messages)
    }

    #[test]
    fn a_header() {
        let (query, messages) = parse(
            "# title: Who\n# title@ru: Кто\n# description: A: b\n# a remark\n\
             # param: x iri = <http://e/#x> # the thing\n# param: lang lang = \"en\"\n\
             # param: n integer # how many\n# param: s string = \"a # \\\"b\\\"\"# text\n\
             # param: d gYear# of the session, d=2018 for one\n# param: a iri = e:#a # a=b\n\
             # tags: one, two\nSELECT * {}\n# tags: three",
        );
        assert!(messages.is_empty(), "{messages:?}");
        assert_eq!(query.title("ru"), "Кто");
        assert_eq!(query.title("de"), "Who");
        assert_eq!(query.description("ru"), Some("A: b"));
        assert_eq!(query.header.tags, ["one", "two"]);
        let parameters: Vec<_> = query
            .header
            .parameters
            .iter()
            .map(|p| {
                (
                    p.name.as_str(),
                    p.kind.as_str(),
                    p.default.as_deref(),
                    p.text("en"),
                )
            })
            .collect();
        assert_eq!(
            parameters,
            [
                ("x", "iri", Some("<http://e/#x>"), "the thing"),
                ("lang", "lang", Some("en"), ""),
                ("n", "integer", None, "how many"),
                ("s", "string", Some("a # \"b\""), "text"),
                ("d", "gYear", None, "of the session, d=2018 for one"),
                ("a", "iri", Some("e:#a"), "a=b"),
            ]
        );
    }

    #[test]
    fn parameters_are_described_in_more_languages() {
        let (query, messages) = parse(
            "# param@ru: x # вещь\n# param: x iri # the thing\n# param: n integer\n# param@ru: ?n # сколько\nASK {}",
        );
        assert!(messages.is_empty(), "{messages:?}");
        let texts = |language| -> Vec<&str> {
            let parameters = query.header.parameters.iter();
            parameters.map(|one| one.text(language)).collect()
        };
        assert_eq!(texts("en"), ["the thing", "сколько"]);
        assert_eq!(texts("ru"), ["вещь", "сколько"]);
        assert_eq!(texts("de"), ["the thing", "сколько"]);
        let (_, messages) = parse(
            "# param: x iri # the thing\n# param@ru: y # вещь\n# param@ru: x\n# param@en: x # it\n\
             # param@r_u: x # вещь\n# param@ru: x iri # вещь\nASK {}",
        );
        let mut lines: Vec<_> = messages
            .iter()
            .filter_map(|message| message.split(':').next())
            .collect();
        lines.sort_unstable();
        assert_eq!(lines, ["2", "3", "4", "5", "6"], "{messages:?}");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_query() {
        let (query, messages) = parse("\u{FEFF}# title: Who\nSELECT * {}");
        assert!(messages.is_empty(), "{messages:?}");
        assert_eq!(query.title("en"), "Who");
        assert_eq!(query.text, "# title: Who\nSELECT * {}");
    }

    #[test]
    fn reports_all_wrong_header_lines() {
        let (_, messages) = parse(
            "# param: x\n# param: x float\n# param: x-y iri\n# param: y iri =\n\
             # param: z string = \"a\n# param: w date\n# param: w date\n\
             # param: v date = # v=1\n# title: A\n# title: B\n# title@en_US: C\n# param n integer\n\
             # param of a town\n",
        );
        let lines: Vec<_> = messages
            .iter()
            .filter_map(|message| message.split(':').next())
            .collect();
        assert_eq!(lines, ["1", "2", "3", "4", "5", "7", "8", "10", "11", "12"]);
    }

    #[test]
    fn checks_values_and_reports_all_problems() {
        let (query, _) = parse(
            "# param: session iri\n# param: from date = 2018-01-01\n# param: n integer = 1\nASK {}",
        );
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let given = [("sesion", "x"), ("n", "many"), ("from", "2019-01-01")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let prefixes = Prefixes::default();
        assert_eq!(
            query.bind(&given, &prefixes, "http://e/", &mut diagnostics),
            None
        );
        let codes: Vec<_> = diagnostics.iter().map(|d| d.code).collect();
        assert_eq!(
            codes,
            [
                Code::UnknownParameter,
                Code::MissingParameter,
                Code::ParameterValue
            ]
        );
        assert_eq!(
            diagnostics
                .iter()
                .next()
                .and_then(|d| d.hint.as_ref())
                .map(ToString::to_string)
                .as_deref(),
            Some("did you mean `session`?")
        );
        let given = [("session".to_owned(), "event/a".to_owned())];
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        let values = query.bind(&given, &prefixes, "http://e/", &mut diagnostics);
        assert_eq!(values.map(|values| values.len()), Some(3));
    }
}
