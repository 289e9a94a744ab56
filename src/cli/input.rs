//! The input of `check` and `convert`: CSVs or metadata documents, by path or URL.

use super::failure::Failure;
use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, HintAction, Place};
use crate::resource::{
    self, Catalog, Fetcher, LocalFiles, ResolveError, Resolver, Resource, ResourceContent, file,
};
use std::path::{Path, PathBuf};

/// Where an input and what it refers to are found.
#[derive(Debug, clap::Args)]
pub(super) struct InputOptions {
    /// Metadata of the CSV, whatever else describes it: a path or a URL. Metadata without a `url`, or
    /// a schema alone, describes every file that is named.
    #[arg(long, value_name = "FILE", requires = "input")]
    metadata: Option<String>,
    /// JSON map from URL to local file, `{"URL": "FILE"}`, to work offline with what is on the web; a URL
    /// that is not in it is not found.
    #[arg(long, value_name = "FILE", requires = "input")]
    catalog: Option<PathBuf>,
    /// Fetch what has an `http:` or `https:` URL; nothing is fetched otherwise.
    #[arg(long, requires = "input")]
    allow_fetch: bool,
    /// URL of the current folder, as it is or will be published; IRIs in the output start with it.
    #[arg(long, value_name = "IRI", requires = "input")]
    base: Option<String>,
    /// Name of the file that stdin (`-`) stands for: it has its URL, and the metadata beside it describes it
    /// [default: stdin.csv].
    #[arg(long, value_name = "FILE", requires = "input")]
    stdin_name: Option<PathBuf>,
}

/// Name of the file that stdin stands for, where nothing else is said.
const STDIN: &str = "stdin.csv";

/// Inputs, ready to be loaded as one group of tables.
pub(super) struct TableInput {
    urls: Vec<String>,
    options: LoadOptions,
    catalog: Option<Catalog>,
    files: LocalFiles,
    web: Option<Fetcher>,
    /// What came from stdin, with its URL.
    stdin: Option<Resource>,
}

impl InputOptions {
    /// Finds the inputs. They must be there; what they refer to is looked for when they are loaded.
    pub(super) fn open(&self, names: &[String]) -> Result<TableInput, Failure> {
        let folder = std::env::current_dir()
            .map_err(|error| Failure::io("find the current folder", &error))?;
        let mut files = LocalFiles::new(folder);
        if let Some(base) = &self.base {
            files = files.published_at(base).map_err(|error| {
                Failure::new(format!("`--base {base}` is not an absolute IRI: {error}"))
            })?;
        }
        let catalog = match &self.catalog {
            Some(path) => Some(Catalog::open(path).map_err(|diagnostic| *diagnostic)?),
            None => None,
        };
        let stdin = match names.iter().filter(|name| *name == "-").count() {
            0 => None,
            1 => Some(self.stdin(&files)?),
            _ => return Err(Failure::new("stdin (`-`) can be read only once")),
        };
        let url_of = |name: &String| match &stdin {
            Some(stdin) if name == "-" => stdin.url.clone(),
            _ => files.url_of_input(name),
        };
        let input = TableInput {
            urls: names.iter().map(url_of).collect(),
            stdin,
            options: LoadOptions {
                metadata: self
                    .metadata
                    .as_deref()
                    .map(|file| files.url_of_input(file)),
                ..LoadOptions::default()
            },
            catalog,
            files,
            web: self.allow_fetch.then(Fetcher::default),
        };
        for (name, url) in names.iter().zip(&input.urls) {
            input.demand(name, url)?;
        }
        if let (Some(name), Some(url)) = (&self.metadata, &input.options.metadata) {
            input.demand(name, url)?;
        }
        Ok(input)
    }

    /// Reads stdin to its end: tables are read more than once.
    fn stdin(&self, files: &LocalFiles) -> Result<Resource, Failure> {
        let path = self.stdin_name.as_deref().unwrap_or(Path::new(STDIN));
        let content = ResourceContent::of_stream(path, std::io::stdin().lock())
            .map_err(|error| Failure::io("read stdin", &error))?;
        Ok(Resource {
            url: files.url_of(path),
            content,
            ..Resource::of_bytes(&path.to_string_lossy(), [])
        })
    }
}

impl TableInput {
    /// Permits what publishers do and the Recommendations do not.
    pub(super) fn permit(&mut self, lax: bool) {
        self.options.lax = lax;
    }

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
        let urls: Vec<&str> = self.urls.iter().map(String::as_str).collect();
        csvw::load_all(&urls, &self.options, resolver, diagnostics)
    }

    /// What the user names must be there: its absence is not a finding about data.
    fn demand(&self, name: &str, url: &str) -> Result<(), Failure> {
        let Err(error) = self.resolve(url) else {
            return Ok(());
        };
        let on_the_web = url.starts_with("http:") || url.starts_with("https:");
        let offline = on_the_web && !self.fetches();
        let error = match error {
            ResolveError::NotFound if offline && self.catalog.is_some() => {
                "the catalog does not have it, and it is on the web".to_owned()
            }
            ResolveError::NotFound if offline => "it is on the web".to_owned(),
            ResolveError::NotFound if !on_the_web => "no such file".to_owned(),
            other => other.to_string(),
        };
        let diagnostic = Diagnostic::new(
            Code::Unreadable,
            Place::file(name),
            file::could_not_read("the input", error),
        );
        Err(diagnostic
            .with_optional_hint(offline.then_some(HintAction::Fetch))
            .into())
    }
}

impl Resolver for TableInput {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        if let Some(stdin) = &self.stdin
            && resource::url::identity(&stdin.url) == resource::url::identity(url)
        {
            return Ok(stdin.clone());
        }
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

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.files.file_of(url)
    }
}

/// Why the work could not be done, whatever the data says: files that could not be read at all, or metadata
/// that describes other files than those that were named.
pub(super) fn why_not_done(diagnostics: &Diagnostics) -> Option<&'static str> {
    if !diagnostics.has_errors() {
        None
    } else if diagnostics.has(Code::Unreadable) {
        Some("a file could not be read")
    } else if diagnostics.has(Code::MetadataMismatch) {
        Some("the metadata describes other files")
    } else {
        None
    }
}

/// Bytes of the tables of a group, as far as they can be had without fetching anything.
pub(super) fn bytes_of_tables(group: &TableGroup, resolver: &dyn Resolver) -> u64 {
    if resolver.fetches() {
        return 0;
    }
    let size = |url: &str| resolver.resolve(url).ok()?.size();
    group
        .tables
        .iter()
        .filter_map(|table| size(&table.url))
        .sum()
}
