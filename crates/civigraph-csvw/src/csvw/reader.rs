//! The state of reading, and the documents that are read (Metadata Vocabulary §5.2).

use super::context::{CSVW_CONTEXT, is_language_tag};
use super::description::{ColumnDescription, SchemaDescription};
use super::json::{self, JsonNode, JsonPosition, JsonValue};
use crate::csv::Dialect;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Hint, HintAction, Place};
use crate::resource::{DOCUMENT_LIMIT, ResolveError, Resolver, Resource, url};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Reads descriptions and gathers what is wrong with them.
pub(super) struct MetadataReader<'a> {
    pub resolver: &'a dyn Resolver,
    pub diagnostics: &'a mut Diagnostics,
    /// Schemas and dialects that were referred to by URL, each read once.
    pub schemas: HashMap<String, Arc<SchemaDescription>>,
    pub dialects: HashMap<String, Arc<Dialect>>,
    /// Variables of templates that were reported: an inherited template is met in every column.
    pub unknown_variables: HashSet<(Place, String)>,
    /// What publishers do is permitted: see [`LoadOptions::lax`](super::LoadOptions::lax).
    pub lax: bool,
    /// Prefixes that are declared elsewhere.
    pub prefixes: Vec<(String, String)>,
    /// Columns without titles, reported together.
    pub unnamed: UntitledColumns,
}

/// A column of the schema without titles, and its title in the header.
type UntitledColumn = (ColumnDescription, String);

/// Columns that have a name and no titles: one finding for each document, however many there are.
#[derive(Default)]
pub(super) struct UntitledColumns {
    columns: Vec<UntitledColumn>,
    tables: HashSet<String>,
}

impl UntitledColumns {
    /// Adds those of a table, each with its title in the header.
    pub fn extend(&mut self, columns: Vec<UntitledColumn>, table: &str) {
        if !columns.is_empty() {
            self.columns.extend(columns);
            self.tables.insert(table.to_owned());
        }
    }
}

/// The document that a description is in.
#[derive(Debug, Clone)]
pub(super) struct MetadataDocument {
    /// The name that users know it by.
    pub file: Arc<str>,
    /// Its own URL.
    pub url: String,
    /// What relative URLs in it are resolved against.
    pub base: String,
    /// `@language` of its context.
    pub language: Option<String>,
}

impl MetadataDocument {
    pub fn place(&self, position: JsonPosition) -> Place {
        position.place(&self.file)
    }

    pub fn place_of(&self, node: &JsonNode) -> Place {
        self.place(node.position)
    }
}

impl<'a> MetadataReader<'a> {
    pub fn new(resolver: &'a dyn Resolver, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            resolver,
            diagnostics,
            schemas: HashMap::new(),
            dialects: HashMap::new(),
            unknown_variables: HashSet::new(),
            lax: false,
            prefixes: Vec::new(),
            unnamed: UntitledColumns::default(),
        }
    }

    /// Reports the columns that have a name and no titles.
    pub fn report_unnamed(&mut self) {
        let UntitledColumns { columns, tables } = std::mem::take(&mut self.unnamed);
        let mut documents: Vec<(Arc<str>, Vec<UntitledColumn>)> = Vec::new();
        for column in columns {
            let file = &column.0.place.file;
            match documents.iter_mut().find(|(known, _)| known == file) {
                Some((_, columns)) => columns.push(column),
                None => documents.push((Arc::clone(file), vec![column])),
            }
        }
        for (_, columns) in documents {
            let Some((first, title)) = columns.first() else {
                continue;
            };
            let name = first.name.as_deref().unwrap_or_default();
            let message = match (columns.len(), tables.len()) {
                (1, _) => format!("the column `{name}` has no titles to know it by"),
                (count, 0 | 1) => {
                    format!("{count} columns have no titles to know them by, `{name}` first")
                }
                (count, tables) => format!(
                    "{count} columns of {tables} tables have no titles to know them by, `{name}` first"
                ),
            };
            let mut hint = Hint::from(format!("add `\"titles\": {title:?}`"));
            if columns
                .iter()
                .all(|(column, title)| column.name.as_ref() == Some(title))
            {
                hint = hint.and(HintAction::TakeNamesForTitles);
            }
            self.push(
                Diagnostic::new(Code::HeaderUnnamed, first.place.clone(), message)
                    .with_found(title.as_str())
                    .with_hint(hint),
            );
        }
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Why a URL gives nothing: what was never asked for may be there all the same.
    pub fn reason(&self, error: &ResolveError, url: &str) -> String {
        match error {
            ResolveError::NotFound if !self.was_asked_for(url) => {
                "it is on the web and was not asked for".to_owned()
            }
            ResolveError::NotFound
                if !is_on_the_web(url) || self.resolver.file_of(url).is_some() =>
            {
                "no such file".to_owned()
            }
            other => other.to_string(),
        }
    }

    /// Whether what is behind a URL would have been found.
    pub fn was_asked_for(&self, url: &str) -> bool {
        !is_on_the_web(url) || self.resolver.fetches() || self.resolver.file_of(url).is_some()
    }

    /// A URL as the user knows what is behind it: a local file that has an address on the web by its path.
    pub fn shown(&self, url: &str) -> String {
        let file = is_on_the_web(url).then(|| self.resolver.file_of(url));
        match file.flatten() {
            Some(file) => file.display().to_string(),
            None => url.to_owned(),
        }
    }

    /// Pushes a diagnostic about a URL that gives nothing, and why that may be so.
    pub fn push_absent(&mut self, mut diagnostic: Diagnostic, url: &str) {
        if !self.was_asked_for(url) {
            diagnostic.hint = Some(match diagnostic.hint.take() {
                Some(hint) => hint.and(HintAction::Fetch),
                None => HintAction::Fetch.into(),
            });
        }
        self.push(diagnostic);
    }

    /// Fetches and parses a document. The error is a diagnostic without a place where nothing is
    /// there to be parsed: the caller knows who refers to it.
    pub fn fetch(&mut self, url: &str) -> Result<(MetadataDocument, JsonNode), FetchError> {
        let resource = self.resolver.resolve(url).map_err(FetchError::Resolve)?;
        self.parse(&resource)
    }

    /// Parses the document behind a resource.
    pub fn parse(
        &mut self,
        resource: &Resource,
    ) -> Result<(MetadataDocument, JsonNode), FetchError> {
        let bytes = resource.read(DOCUMENT_LIMIT).map_err(FetchError::Resolve)?;
        let mut warnings = Vec::new();
        let parsed = json::parse(&bytes, &resource.name, &mut warnings);
        for warning in warnings {
            self.push(warning);
        }
        let document = MetadataDocument {
            file: Arc::clone(&resource.name),
            url: resource.url.clone(),
            base: resource.url.clone(),
            language: None,
        };
        match parsed {
            Ok(node) => Ok((document, node)),
            Err(diagnostic) => Err(FetchError::Invalid(diagnostic)),
        }
    }

    /// Reads `@context` into the document (§5.2). `required` is false for documents that others refer to.
    pub fn context(&mut self, document: &mut MetadataDocument, top: &JsonNode, required: bool) {
        let Some(context) = top.get("@context") else {
            if required {
                self.push(
                    Diagnostic::new(
                        Code::MissingContext,
                        document.place_of(top),
                        "the document has no `@context`",
                    )
                    .with_hint(format!("add `\"@context\": \"{CSVW_CONTEXT}\"`")),
                );
            }
            return;
        };
        let is_csvw = |node: &JsonNode| node.as_str() == Some(CSVW_CONTEXT);
        let local = match &context.value {
            JsonValue::String(_) if is_csvw(context) => return,
            JsonValue::Array(items) => match items.as_slice() {
                [only] if is_csvw(only) => return,
                [first, local] if is_csvw(first) => local,
                _ => return self.wrong_context(document, context),
            },
            _ => return self.wrong_context(document, context),
        };
        let Some(members) = local.as_object() else {
            return self.wrong_context(document, local);
        };
        for member in members {
            match member.name.as_str() {
                "@base" => match member.value.as_str() {
                    Some(base) => match url::resolve(&document.url, base) {
                        Ok(base) => document.base = base,
                        Err(error) => self.invalid(document, member, &error.to_string()),
                    },
                    None => self.invalid(document, member, "a URL"),
                },
                "@language" => match member.value.as_str() {
                    Some(tag) if is_language_tag(tag) => document.language = Some(tag.to_owned()),
                    _ => self.invalid(document, member, "a language tag (BCP 47)"),
                },
                name => {
                    self.push(
                        Diagnostic::new(
                            Code::Context,
                            document.place(member.position),
                            format!("`@context` may not define `{name}`"),
                        )
                        .with_found(name)
                        .with_expected("`@base` or `@language`"),
                    );
                }
            }
        }
    }

    fn wrong_context(&mut self, document: &MetadataDocument, node: &JsonNode) {
        self.push(
            Diagnostic::new(
                Code::Context,
                document.place_of(node),
                "`@context` is not that of CSVW",
            )
            .with_found(node.excerpt())
            .with_expected(format!(
                "`\"{CSVW_CONTEXT}\"` or `[\"{CSVW_CONTEXT}\", {{\"@base\": …, \"@language\": …}}]`"
            )),
        );
    }
}

fn is_on_the_web(url: &str) -> bool {
    url.starts_with("http:") || url.starts_with("https:")
}

/// Why a document gives nothing.
pub(super) enum FetchError {
    /// It cannot be had.
    Resolve(ResolveError),
    /// It does not parse.
    Invalid(Box<Diagnostic>),
}
