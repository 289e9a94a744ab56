//! A store that Oxigraph's own server opens, for those who want to change the graph there.
//!
//! Writing one takes Oxigraph's RocksDB, which takes a C++ compiler and half an hour to compile: the feature
//! `rocksdb` brings it.

use crate::export::ExportError;
use crate::store::Build;
use std::path::Path;

/// The name by which users ask for it.
pub const OXIGRAPH: &str = "oxigraph";

/// Writes the quads of all graphs, `release` among them, into a folder that is not there yet or empty. Gives how many
/// there are.
///
/// # Errors
/// The folder holds something, or the store cannot be written ([`Code::StoreFiles`](crate::diagnostic::Code)); or this
/// program was built without the feature `rocksdb` ([`Code::ExportFormat`](crate::diagnostic::Code)).
#[cfg(not(feature = "rocksdb"))]
pub fn to_oxigraph(_: &Build, folder: &Path) -> Result<u64, ExportError> {
    use crate::diagnostic::{Code, HintAction};
    let message = "this program was built without the format `oxigraph`";
    Err(ExportError::new(Code::ExportFormat, folder, message).with_hint(HintAction::LoadDump))
}

#[cfg(feature = "rocksdb")]
pub use with_rocksdb::to_oxigraph;

#[cfg(feature = "rocksdb")]
mod with_rocksdb {
    use super::{Build, ExportError, Path};
    use crate::diagnostic::Code;
    use crate::store::{folder_of, index_error, sync_folder};
    use oxigraph::store::{StorageError, Store};
    use std::fs;
    use std::io;

    /// Writes the quads of all graphs, `release` among them, into a folder that is not there yet or empty. Gives how
    /// many there are.
    ///
    /// # Errors
    /// The folder holds something, or the store cannot be written ([`Code::StoreFiles`]).
    pub fn to_oxigraph(build: &Build, folder: &Path) -> Result<u64, ExportError> {
        let is_there = match fs::read_dir(folder) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    let message = "the folder is not empty";
                    return Err(ExportError::new(Code::StoreFiles, folder, message)
                        .with_hint("name a folder that does not exist"));
                }
                true
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(ExportError::io(folder, "look into the folder", error)),
        };
        let failed = |error| ExportError::io(folder, "write the store", error);
        let beside = folder_of(folder);
        fs::create_dir_all(beside).map_err(failed)?;
        let temporary = tempfile::Builder::new()
            .prefix(".civigraph-")
            .suffix(".partial")
            .tempdir_in(beside)
            .map_err(failed)?;
        let path = temporary.path().join("store");
        let quads = load(build, &path).map_err(|error| match error {
            LoadError::Index(error) => index_error(error),
            LoadError::Store(error) => {
                ExportError::io(folder, "write the store", io::Error::other(error))
            }
        })?;
        if is_there {
            fs::remove_dir(folder).map_err(failed)?;
        }
        fs::rename(&path, folder).map_err(failed)?;
        sync_folder(beside).map_err(failed)?;
        Ok(quads)
    }

    fn load(build: &Build, path: &Path) -> Result<u64, LoadError> {
        let store = Store::open(path)?;
        let mut count = 0;
        let quads = build.index().quads_for_pattern(None, None, None, None);
        let mut loader = store.bulk_loader();
        loader.load_ok_quads::<_, LoadError>(quads.inspect(|_| count += 1))?;
        loader.commit()?;
        store.flush()?;
        Ok(count)
    }

    enum LoadError {
        Index(civigraph_index::Error),
        Store(StorageError),
    }

    impl From<civigraph_index::Error> for LoadError {
        fn from(error: civigraph_index::Error) -> Self {
            Self::Index(error)
        }
    }

    impl From<StorageError> for LoadError {
        fn from(error: StorageError) -> Self {
            Self::Store(error)
        }
    }
}
