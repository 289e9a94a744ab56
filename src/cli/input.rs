//! The input of `check` and `convert`: a CSV or a metadata document, by path or URL.

use super::failure::Failure;
use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::resource::{
    Catalog, Content, Fetcher, LocalFiles, OFFLINE, ResolveError, Resolver, Resource,
};
use std::path::PathBuf;

/// Where an input and what it refers to are found.
#[derive(Debug, clap::Args)]
pub(super) struct InputOptions {
    /// Metadata to use for a CSV, whatever else describes it: a path or a URL.
    #[arg(long, value_name = "FILE", requires = "input")]
    metadata: Option<String>,
    /// JSON map from URL to local file, to work offline with what is on the web; a URL that is not
    /// in it is not found.
    #[arg(long, value_name = "FILE", requires = "input")]
    catalog: Option<PathBuf>,
    /// Fetch what has an `http:` or `https:` URL; nothing is fetched otherwise.
    #[arg(long, requires = "input")]
    allow_fetch: bool,
    /// URL of the current folder, as it is or will be published; IRIs in the output start with it.
    #[arg(long, value_name = "IRI", requires = "input")]
    base: Option<String>,
}

/// An input, ready to be loaded.
pub(super) struct Input {
    url: String,
    options: LoadOptions,
    catalog: Option<Catalog>,
    files: LocalFiles,
    web: Option<Fetcher>,
}

impl InputOptions {
    /// Finds an input. It must be there; what it refers to is looked for when it is loaded.
    pub(super) fn open(&self, name: &str) -> Result<Input, Failure> {
        let folder = std::env::current_dir()
            .map_err(|error| Failure::io("find the current folder", &error))?;
        let mut files = LocalFiles::new(folder);
        if let Some(base) = &self.base {
            files = files.published_at(base).map_err(|error| {
                Failure::new(format!("`--base {base}` is no absolute IRI: {error}"))
            })?;
        }
        let catalog = match &self.catalog {
            Some(path) => Some(Catalog::open(path).map_err(|diagnostic| *diagnostic)?),
            None => None,
        };
        let input = Input {
            url: files.url_of_input(name),
            options: LoadOptions {
                metadata: self
                    .metadata
                    .as_deref()
                    .map(|file| files.url_of_input(file)),
            },
            catalog,
            files,
            web: self.allow_fetch.then(Fetcher::default),
        };
        input.demand(name, &input.url)?;
        if let (Some(name), Some(url)) = (&self.metadata, &input.options.metadata) {
            input.demand(name, url)?;
        }
        Ok(input)
    }
}

impl Input {
    /// The tables of the input and their metadata; `None` where nothing could be made of it.
    pub(super) fn load(&self, diagnostics: &mut Diagnostics) -> Option<TableGroup> {
        self.load_with(self, diagnostics)
    }

    /// The same through another resolver.
    pub(super) fn load_with(
        &self,
        resolver: &dyn Resolver,
        diagnostics: &mut Diagnostics,
    ) -> Option<TableGroup> {
        csvw::load(&self.url, &self.options, resolver, diagnostics)
    }

    /// What the user names must be there: its absence is no finding about data.
    fn demand(&self, name: &str, url: &str) -> Result<(), Failure> {
        let Err(error) = self.resolve(url) else {
            return Ok(());
        };
        let on_the_web = url.starts_with("http:") || url.starts_with("https:");
        let offline = on_the_web && self.catalog.is_none() && !self.fetches();
        let error = match error {
            ResolveError::NotFound if offline => "it is on the web".to_owned(),
            ResolveError::NotFound if !on_the_web => "there is no such file".to_owned(),
            other => other.to_string(),
        };
        let diagnostic = Diagnostic::new(
            Code::Unreadable,
            Place::file(name),
            format!("could not be read: {error}"),
        );
        Err(diagnostic
            .with_optional_hint(offline.then(|| OFFLINE.to_owned()))
            .into())
    }
}

impl Resolver for Input {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        match self.catalog.as_ref().map(|catalog| catalog.resolve(url)) {
            None | Some(Err(ResolveError::NotFound)) => {}
            Some(answer) => return answer,
        }
        match (self.files.resolve(url), &self.web) {
            (Err(ResolveError::NotFound), Some(web)) => web.resolve(url),
            (answer, _) => answer,
        }
    }

    fn fetches(&self) -> bool {
        self.web.is_some()
    }
}

/// Whether files could not be read at all: then the work could not be done, whatever the data says.
pub(super) fn lacks_files(diagnostics: &Diagnostics) -> bool {
    diagnostics.has_errors() && diagnostics.has(Code::Unreadable)
}

/// Bytes of the tables of a group, as far as they can be had without fetching anything.
pub(super) fn bytes_of_tables(group: &TableGroup, resolver: &dyn Resolver) -> u64 {
    if resolver.fetches() {
        return 0;
    }
    let size = |url: &str| match resolver.resolve(url).ok()?.content {
        Content::File(path) => Some(std::fs::metadata(path).ok()?.len()),
        Content::Bytes(bytes) => Some(bytes.len() as u64),
    };
    group
        .tables
        .iter()
        .filter_map(|table| size(&table.url))
        .sum()
}
