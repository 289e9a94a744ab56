//! Everything of a build checked: digests of all files, and the quads of the index.

use super::lines::digest_all;
use super::load::index_error;
use super::manifest::torn;
use super::text::text_error;
use super::{Build, Manifest, StoreError};
use crate::diagnostic::Code;
use civigraph_index::Index;

/// Checks every byte and every quad of a build.
///
/// # Errors
/// The first thing that is not as the manifest says: one flipped bit is enough.
pub fn verify(build: &Build) -> Result<(), StoreError> {
    let manifest = build.manifest();
    manifest.check_files(build.folder(), true)?;
    check_index(build.index(), manifest)?;
    if let Some(text) = build.text()? {
        text.verify().map_err(|e| text_error(&e))?;
    }
    let (digested, statistics) = digest_all(build.index(), &manifest.about)?;
    if statistics != manifest.statistics || digested.digest != manifest.digest {
        let message = "the quads are not those of the manifest";
        return Err(torn(build.folder(), message));
    }
    Ok(())
}

/// Checks that every page of an index can be read, and that it has as many quads as the manifest says.
pub(super) fn check_index(index: &Index, manifest: &Manifest) -> Result<(), StoreError> {
    index.check().map_err(index_error)?;
    let (found, expected) = (index.len(), manifest.statistics.quads);
    if found != expected {
        return Err(StoreError::new(
            Code::Miscount,
            index.folder(),
            format!("the index has {found} quads instead of {expected}"),
        ));
    }
    Ok(())
}
