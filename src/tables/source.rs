//! The files of a project under the project's base.

use crate::csvw::model::TableGroup;
use crate::csvw::{self, LoadOptions};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::project::Project;
use crate::resource::{DOCUMENT_LIMIT, LocalFiles, ResolveError, Resolver, Resource, file};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Base of a project's IRIs where its metadata names none: nobody's, so that they are not taken for others'.
const DEFAULT_BASE: &str = "http://example.org/";

/// Bytes of a Turtle file in which its declarations are looked for.
const DECLARATIONS: u64 = 64 << 10;

/// The files of a project as a conversion sees them: under the project's base, wherever it lies.
///
/// The folder's own name gets into no IRI, so the same project gives the same bytes everywhere.
#[derive(Debug, Clone)]
pub struct ProjectSource {
    files: LocalFiles,
    folder: PathBuf,
    metadata: String,
    base: String,
    /// Prefixes of the ontology with their namespaces.
    prefixes: Vec<(String, String)>,
}

impl ProjectSource {
    /// The files of a project.
    ///
    /// # Errors
    /// The metadata cannot be read, or the base that it names is not an absolute IRI.
    pub fn open(project: &Project) -> Result<Self, Box<Diagnostic>> {
        let metadata = project.metadata();
        let shown = metadata.to_string_lossy();
        let unreadable = |error: io::Error| {
            Box::new(file::unreadable(&metadata, &shown, "the metadata", &error))
        };
        let base = base_of(&metadata).map_err(unreadable)?;
        let files = LocalFiles::new(std::path::absolute(project.root()).map_err(unreadable)?)
            .published_at(&base)
            .map_err(|error| {
                let message = format!("the base of the project is not an absolute IRI: {error}");
                let place = Place::file(&*shown);
                Box::new(
                    Diagnostic::new(Code::OwnAnnotation, place, message).with_found(base.as_str()),
                )
            })?;
        Ok(Self {
            metadata: files.url_of(Path::new(crate::project::METADATA)),
            files,
            folder: project.root().to_owned(),
            base,
            prefixes: declared(project),
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
        let options = LoadOptions {
            prefixes: self.prefixes.clone(),
            ..LoadOptions::default()
        };
        csvw::load(&self.metadata, &options, resolver, diagnostics)
    }

    /// Warns where the IRIs of the project start with a base that is nobody's.
    pub fn check_base(&self, group: &TableGroup, diagnostics: &mut Diagnostics) {
        if !self.base.starts_with(DEFAULT_BASE) {
            return;
        }
        let place = match group
            .metadata
            .first()
            .and_then(|url| self.resolve(url).ok())
        {
            Some(metadata) => Place::at(metadata.name, 1, 1),
            None => Place::default(),
        };
        let message = match &group.base {
            Some(_) => "the base of the project is still a placeholder",
            None => "the metadata names no base for the IRIs of the project",
        };
        diagnostics.push(
            Diagnostic::new(Code::PlaceholderBase, place, message)
                .with_found(self.base.as_str())
                .with_expected(format!(
                    "`\"{}base\": \"https://…/\"` with an address of your own",
                    csvw::OWN_NAMESPACE
                )),
        );
    }
}

impl Resolver for ProjectSource {
    /// Resources are named relative to where the user is, so that editors find them.
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut resource = self.files.resolve(url)?;
        if self.folder != Path::new(".") {
            let name = self.folder.join(&*resource.name);
            resource.name = Arc::from(name.to_string_lossy().as_ref());
        }
        Ok(resource)
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        let path = self.files.file_of(url)?;
        let root = self.files.file_of(&self.files.url_of(Path::new("")))?;
        let inside = path.strip_prefix(root).unwrap_or(&path);
        Some(match self.folder == Path::new(".") {
            true => inside.to_owned(),
            false => self.folder.join(inside),
        })
    }
}

/// The prefixes that the ontology of a project declares; what cannot be read is reported by who needs it.
fn declared(project: &Project) -> Vec<(String, String)> {
    let mut prefixes = Vec::new();
    for file in project.vocabulary().unwrap_or_default() {
        let mut start = Vec::new();
        let opened = File::open(file).map(|file| file.take(DECLARATIONS));
        if opened.is_ok_and(|mut file| file.read_to_end(&mut start).is_ok()) {
            let text = String::from_utf8_lossy(&start);
            prefixes.extend(text.lines().filter_map(declaration));
        }
    }
    prefixes
}

/// The prefix and the namespace of a line `@prefix p: <…> .`; declarations that are written otherwise only
/// make a hint less good.
fn declaration(line: &str) -> Option<(String, String)> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("@prefix")
        .or_else(|| line.strip_prefix("PREFIX"))?;
    let (prefix, rest) = rest.split_once(':')?;
    let (namespace, _) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    Some((prefix.trim().to_owned(), namespace.to_owned()))
}

/// The base that metadata names, read ahead of everything else: URLs depend on it.
///
/// Whatever else is wrong with the metadata is reported when it is loaded.
fn base_of(metadata: &Path) -> io::Result<String> {
    let text = file::read(metadata, DOCUMENT_LIMIT)?;
    let document: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let named = document
        .get(format!("{}base", csvw::OWN_NAMESPACE))
        .and_then(|value| value.as_str().or_else(|| value.get("@id")?.as_str()));
    let mut base = named.unwrap_or(DEFAULT_BASE).to_owned();
    // That it is missing is reported with the rest.
    if !base.ends_with('/') {
        base.push('/');
    }
    Ok(base)
}
