//! Everything of a build checked: digests of all files, the quads' digest, and the store against the quads.

use super::line::Parts;
use super::load::for_store;
use super::{Build, Manifest, StoreError, hex};
use crate::diagnostic::Code;
use oxigraph::store::Store;
use sha2::{Digest, Sha256};
use std::io::{BufRead, Read as _};
use std::path::Path;

/// Checks every byte and every quad of a build.
///
/// # Errors
/// The first thing that is not as the manifest says: one flipped bit is enough.
pub fn verify(build: &Build) -> Result<(), StoreError> {
    let manifest = build.manifest();
    manifest.check_files(build.folder(), true)?;
    let path = build.folder().join(super::open::QUADS);
    let mut lines = build.lines()?;
    let mut hasher = Sha256::new();
    let mut line = Vec::new();
    let mut count = 0;
    loop {
        line.clear();
        let read = lines
            .read_until(b'\n', &mut line)
            .map_err(|e| StoreError::io(&path, "read the quads", e))?;
        if read == 0 {
            break;
        }
        hasher.update(&line);
        if Parts::of(line.trim_ascii_end()).is_none() {
            return Err(damaged(&path, "a line of the quads is damaged"));
        }
        count += 1;
    }
    if count != manifest.statistics.quads || hex(&hasher.finalize()) != manifest.digest {
        return Err(damaged(&path, "the quads are not those of the manifest"));
    }
    check_store(
        build.store(),
        manifest,
        build.folder(),
        build.lines()?.chain(build.release_lines()?.as_slice()),
    )?;
    build
        .store()
        .validate()
        .map_err(|e| damaged(build.folder(), &format!("the store is damaged: {e}")))
}

/// Checks that the store has each quad of `lines`, and as many quads as the manifest says.
pub(super) fn check_store(
    store: &Store,
    manifest: &Manifest,
    folder: &Path,
    lines: impl BufRead,
) -> Result<(), StoreError> {
    let failed = |e: &dyn std::fmt::Display| damaged(folder, &format!("the store is damaged: {e}"));
    let stored = store.len().map_err(|e| failed(&e))? as u64;
    if stored != manifest.store_quads {
        return Err(StoreError::new(
            Code::Miscount,
            folder,
            format!(
                "the store has {stored} quads instead of {}",
                manifest.store_quads
            ),
        ));
    }
    for line in lines.split(b'\n') {
        let line = line.map_err(|e| failed(&e))?;
        let quad = Parts::of(&line)
            .and_then(|parts| parts.quad())
            .map(for_store)
            .ok_or_else(|| damaged(folder, "a line of the quads is damaged"))?;
        if !store.contains(&quad).map_err(|e| failed(&e))? {
            return Err(StoreError::new(
                Code::Miscount,
                folder,
                format!("the store lacks a quad: {quad}"),
            ));
        }
    }
    Ok(())
}

fn damaged(path: &Path, message: &str) -> StoreError {
    StoreError::new(Code::TornBuild, path, message)
        .with_hint("run `civigraph build` to make a new one")
}
