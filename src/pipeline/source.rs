//! The files of a project under the project's base.

use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::Diagnostics;
use crate::project::Project;
use crate::resource::{LocalFiles, ResolveError, Resolver, Resource};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Base of a project's IRIs where its metadata names none.
const DEFAULT_BASE: &str = "https://w3id.org/civigraph/";

/// The files of a project as a conversion sees them: under the project's base, wherever it lies.
///
/// The folder's own name gets into no IRI, so the same project gives the same bytes everywhere.
#[derive(Debug, Clone)]
pub struct Source {
    files: LocalFiles,
    folder: PathBuf,
    metadata: String,
    base: String,
}

impl Source {
    /// The files of a project.
    ///
    /// # Errors
    /// The metadata cannot be read, or the base that it names is no absolute IRI.
    pub fn open(project: &Project) -> io::Result<Self> {
        let base = base_of(&project.metadata())?;
        let files = LocalFiles::new(std::path::absolute(project.root())?)
            .published_at(&base)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        Ok(Self {
            metadata: files.url_of(Path::new(crate::project::METADATA)),
            files,
            folder: project.root().to_owned(),
            base,
        })
    }

    /// Names the files as if the project lay in another folder: for copies of a project's files.
    #[must_use]
    pub fn shown_in(mut self, folder: &Path) -> Self {
        self.folder = folder.to_owned();
        self
    }

    /// Base of the project's IRIs.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// URL of the metadata.
    pub fn metadata_url(&self) -> &str {
        &self.metadata
    }

    /// The tables of the project; `None` where nothing could be made of the metadata.
    pub fn load(&self, diagnostics: &mut Diagnostics) -> Option<TableGroup> {
        self.load_with(self, diagnostics)
    }

    /// The tables of the project, read through another resolver.
    pub fn load_with(
        &self,
        resolver: &dyn Resolver,
        diagnostics: &mut Diagnostics,
    ) -> Option<TableGroup> {
        csvw::load(
            &self.metadata,
            &LoadOptions::default(),
            resolver,
            diagnostics,
        )
    }
}

impl Resolver for Source {
    /// Resources are named relative to where the user is, so that editors find them.
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut resource = self.files.resolve(url)?;
        if self.folder != Path::new(".") {
            let name = self.folder.join(&*resource.name);
            resource.name = Arc::from(name.to_string_lossy().as_ref());
        }
        Ok(resource)
    }
}

/// The base that metadata names, read ahead of everything else: URLs depend on it.
///
/// Whatever else is wrong with the metadata is reported when it is loaded.
fn base_of(metadata: &Path) -> io::Result<String> {
    let text = std::fs::read(metadata)?;
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let named = document
        .get(format!("{}base", csvw::OWN_NAMESPACE))
        .and_then(|value| value.as_str().or_else(|| value.get("@id")?.as_str()));
    Ok(named.unwrap_or(DEFAULT_BASE).to_owned())
}
