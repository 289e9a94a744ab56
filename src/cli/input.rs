//! The input of `check` and `convert`: a CSV or a metadata document, by path or URL.

use super::failure::Failure;
use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::{Code, Diagnostics};
use crate::resource::{Catalog, LocalFiles, ResolveError, Resolver, Resource};
use std::path::PathBuf;

/// Where an input and what it refers to are found.
#[derive(Debug, clap::Args)]
pub(super) struct InputOptions {
    /// Metadata to use for a CSV, whatever else describes it: a path or a URL.
    #[arg(long, value_name = "FILE")]
    metadata: Option<String>,
    /// JSON map from URL to local file, to work offline with what is on the web; a URL that is not
    /// in it is not found.
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// URL of the current folder, as it is or will be published; IRIs in the output start with it.
    #[arg(long, value_name = "IRI")]
    base: Option<String>,
}

/// An input, ready to be loaded.
pub(super) struct Input {
    url: String,
    options: LoadOptions,
    catalog: Option<Catalog>,
    files: LocalFiles,
}

impl InputOptions {
    /// Finds an input. It must be there; what it refers to is looked for when it is loaded.
    pub(super) fn open(&self, input: &str) -> Result<Input, Failure> {
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
            url: files.url_of_input(input),
            options: LoadOptions {
                metadata: self
                    .metadata
                    .as_deref()
                    .map(|file| files.url_of_input(file)),
            },
            catalog,
            files,
        };
        let named = [Some(&input.url), input.options.metadata.as_ref()];
        for url in named.into_iter().flatten() {
            input.demand(url)?;
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
    fn demand(&self, url: &str) -> Result<(), Failure> {
        let error = match self.resolve(url) {
            Ok(_) => return Ok(()),
            Err(ResolveError::Failed(reason)) => reason,
            Err(ResolveError::NotFound) => "there is no such file".to_owned(),
        };
        let failure = Failure::new(format!("could not read `{url}`: {error}"));
        Err(match (&self.catalog, url.split_once("://")) {
            (None, Some(("http" | "https", _))) => failure.with_hint(
                "nothing is fetched from the network; `--catalog FILE` maps URLs to local files",
            ),
            _ => failure,
        })
    }
}

impl Resolver for Input {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        match self.catalog.as_ref().map(|catalog| catalog.resolve(url)) {
            None | Some(Err(ResolveError::NotFound)) => self.files.resolve(url),
            Some(answer) => answer,
        }
    }
}

/// Whether files could not be read at all: then the work could not be done, whatever the data says.
pub(super) fn lacks_files(diagnostics: &Diagnostics) -> bool {
    diagnostics.has_errors() && diagnostics.has(Code::Unreadable)
}
