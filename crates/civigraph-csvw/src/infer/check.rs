//! What the check would say of a proposal.

use crate::convert::{self, NullSink, Options, TableRows};
use crate::csvw::{self, CompileOptions, LoadOptions};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
use crate::resource::{LocalFiles, ResolveError, Resolver, Resource};
use std::io;
use std::path::{Path, PathBuf};

/// The files of a folder, with a metadata document among them that is not written yet.
struct ProposedMetadata<'p> {
    files: &'p LocalFiles,
    url: &'p str,
    name: &'p str,
    text: &'p str,
}

impl Resolver for ProposedMetadata<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        if url == self.url {
            let mut resource = Resource::of_bytes(self.name, self.text.as_bytes());
            resource.url = url.to_owned();
            return Ok(resource);
        }
        self.files.resolve(url)
    }

    fn file_of(&self, url: &str) -> Option<PathBuf> {
        self.files.file_of(url)
    }
}

/// Checks files by metadata that was proposed for them and will be at `path`: what is wrong with the
/// files, which no metadata can put right.
///
/// # Errors
/// The files could not be read a second time.
pub fn check(text: &str, path: &Path) -> io::Result<Diagnostics> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = LocalFiles::new(folder);
    let url = files.url_of(&path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let proposed = ProposedMetadata {
        files: &files,
        url: &url,
        name: &name,
        text,
    };
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let options = LoadOptions::default();
    let Some(group) = csvw::load(&url, &options, &proposed, &mut diagnostics) else {
        return Ok(diagnostics);
    };
    let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
    let keys = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
    let options = Options {
        keys: Some(&keys),
        ..Options::default()
    };
    convert::run(&plan, &proposed, &options, &mut NullSink, &mut diagnostics)?;
    keys.finish(&TableRows::new(&plan, &proposed), &mut diagnostics)?;
    Ok(diagnostics)
}
