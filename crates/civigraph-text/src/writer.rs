//! Writing an index.

use crate::entry::{Entry, Kind};
use crate::error::{Error, ErrorKind};
use crate::manifest::Manifest;
use crate::schema::{Fields, document, schema};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::merge_indices;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, SingleSegmentIndexWriter, TantivyDocument};

/// Entries that go to a thread at once.
const BATCH: usize = 512;

/// What tantivy's arenas of 32-bit addresses allow with room to spare.
const MOST_MEMORY: usize = 2 << 30;

/// How an index is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// About how many bytes the threads together may use; at least 16 MiB for each thread are
    /// taken, and at most 2 GiB. An index that does not fit is written in parts that are merged.
    pub memory: usize,
    /// The threads that index. With one, entries keep their order, and a set that fits into the
    /// memory is written without merging, which is the cheapest in CPU time.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            threads: 1,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The texts that can be found. Those without a letter or digit are left out.
    pub documents: u64,
    /// The bytes of all files but the manifest.
    pub bytes: u64,
}

/// Writes an index into a folder of its own. Nothing can open it before [`Writer::finish`].
///
/// A writer that is dropped leaves an unfinished folder, which [`TextIndex::open`] does not take
/// for an index.
///
/// [`TextIndex::open`]: crate::TextIndex::open
pub struct Writer {
    folder: PathBuf,
    batch: Vec<OwnedEntry>,
    sender: Option<SyncSender<Vec<OwnedEntry>>>,
    workers: Vec<JoinHandle<Result<Vec<Part>, Error>>>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    /// Creates the folder and starts the threads.
    ///
    /// # Errors
    /// The folder has files in it, or cannot be made.
    pub fn create(folder: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let failed = |error: io::Error| Error::new(ErrorKind::Io, folder, error.to_string());
        fs::create_dir_all(folder).map_err(failed)?;
        if fs::read_dir(folder).map_err(failed)?.next().is_some() {
            return Err(Error::new(
                ErrorKind::Exists,
                folder,
                "the folder is not empty",
            ));
        }
        let threads = options.threads.max(1);
        let memory = (options.memory / threads).clamp(16 << 20, MOST_MEMORY);
        let (sender, receiver) = sync_channel(2 * threads);
        let receiver = Arc::new(std::sync::Mutex::new(receiver));
        let stop = Arc::new(AtomicBool::new(false));
        let parts = Arc::new(AtomicUsize::new(0));
        let workers = (0..threads)
            .map(|_| {
                let worker = Worker {
                    folder: folder.to_owned(),
                    memory,
                    receiver: Arc::clone(&receiver),
                    stop: Arc::clone(&stop),
                    parts: Arc::clone(&parts),
                };
                std::thread::Builder::new()
                    .name("text-index".to_owned())
                    .spawn(move || worker.run())
                    .map_err(failed)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            folder: folder.to_owned(),
            batch: Vec::with_capacity(BATCH),
            sender: Some(sender),
            workers,
            stop,
        })
    }

    /// Adds a text.
    ///
    /// # Errors
    /// A thread failed, for this or an earlier entry.
    pub fn add(&mut self, entry: Entry<'_>) -> Result<(), Error> {
        self.batch.push(OwnedEntry::of(&entry));
        if self.batch.len() == BATCH {
            self.send()?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Error> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let sent = match &self.sender {
            Some(sender) => sender.send(batch).is_ok(),
            None => false,
        };
        if sent {
            return Ok(());
        }
        // All threads are gone: one of them knows why.
        self.join()?;
        Err(Error::new(
            ErrorKind::Write,
            &self.folder,
            "the threads that index have ended",
        ))
    }

    /// Ends all threads and returns their parts.
    fn join(&mut self) -> Result<Vec<Part>, Error> {
        drop(self.sender.take());
        let mut parts = Vec::new();
        let mut result = Ok(());
        for worker in self.workers.drain(..) {
            match worker.join() {
                Ok(Ok(written)) => parts.extend(written),
                Ok(Err(error)) => result = Err(error),
                Err(_) => {
                    result = Err(Error::new(
                        ErrorKind::Write,
                        &self.folder,
                        "a thread that indexes panicked",
                    ));
                }
            }
        }
        result?;
        parts.sort_unstable_by(|a, b| a.folder.cmp(&b.folder));
        Ok(parts)
    }

    /// Writes what is left, makes one part of all parts, and completes the index.
    ///
    /// All threads have ended when this returns.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn finish(mut self) -> Result<Summary, Error> {
        if !self.batch.is_empty() {
            self.send()?;
        }
        let parts = self.join()?;
        let documents = parts.iter().map(|part| part.documents).sum();
        match parts.as_slice() {
            [] => {
                let (schema, _) = schema();
                Index::create_in_dir(&self.folder, schema)
                    .map_err(|error| Error::writing(&self.folder, error))?;
            }
            [part] => self.promote(part)?,
            _ => self.merge(&parts)?,
        }
        // tantivy's notes for its own later writers, of which there are none.
        for entry in fs::read_dir(&self.folder).map_err(|error| self.failed(&error))? {
            let entry = entry.map_err(|error| self.failed(&error))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                fs::remove_file(entry.path()).map_err(|error| self.failed(&error))?;
            }
        }
        let manifest = Manifest::of(&self.folder, documents)?;
        manifest.write(&self.folder)?;
        Ok(Summary {
            documents,
            bytes: manifest.bytes(),
        })
    }

    /// Moves the files of the only part to their place.
    fn promote(&self, part: &Part) -> Result<(), Error> {
        let moved = || -> io::Result<()> {
            for entry in fs::read_dir(&part.folder)? {
                let entry = entry?;
                fs::rename(entry.path(), self.folder.join(entry.file_name()))?;
            }
            fs::remove_dir(&part.folder)
        };
        moved().map_err(|error| self.failed(&error))
    }

    fn merge(&self, parts: &[Part]) -> Result<(), Error> {
        let merged = || -> tantivy::Result<()> {
            let indices = parts
                .iter()
                .map(|part| Index::open_in_dir(&part.folder))
                .collect::<Result<Vec<_>, _>>()?;
            merge_indices(&indices, MmapDirectory::open(&self.folder)?)?;
            Ok(())
        };
        merged().map_err(|error| Error::writing(&self.folder, error))?;
        for part in parts {
            fs::remove_dir_all(&part.folder).map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> Error {
        Error::new(ErrorKind::Io, &self.folder, error.to_string())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A dropped writer makes no index, so its errors do not matter.
        let _ = self.join();
    }
}

/// An entry on its way to a thread.
struct OwnedEntry {
    subject: String,
    property: String,
    text: String,
    language: Option<String>,
    kind: Kind,
    weight: f32,
}

impl OwnedEntry {
    fn of(entry: &Entry<'_>) -> Self {
        Self {
            subject: entry.subject.to_owned(),
            property: entry.property.to_owned(),
            text: entry.text.to_owned(),
            language: entry.language.map(str::to_owned),
            kind: entry.kind,
            weight: entry.weight,
        }
    }

    fn borrow(&self) -> Entry<'_> {
        Entry {
            subject: &self.subject,
            property: &self.property,
            text: &self.text,
            language: self.language.as_deref(),
            kind: self.kind,
            weight: self.weight,
        }
    }
}

/// A finished part in a folder of its own.
struct Part {
    folder: PathBuf,
    documents: u64,
}

/// A thread that indexes.
struct Worker {
    folder: PathBuf,
    memory: usize,
    receiver: Arc<std::sync::Mutex<Receiver<Vec<OwnedEntry>>>>,
    stop: Arc<AtomicBool>,
    parts: Arc<AtomicUsize>,
}

impl Worker {
    fn run(self) -> Result<Vec<Part>, Error> {
        let (_, fields) = schema();
        let mut done = Vec::new();
        let mut open: Option<OpenPart> = None;
        while let Some(batch) = self.next() {
            for entry in &batch {
                self.add(&fields, &mut open, entry)?;
            }
            if let Some(part) = open.take_if(|part| part.writer.mem_usage() >= self.memory) {
                done.push(part.finish()?);
            }
        }
        if let Some(part) = open
            && !self.stop.load(Ordering::Relaxed)
        {
            done.push(part.finish()?);
        }
        Ok(done)
    }

    fn next(&self) -> Option<Vec<OwnedEntry>> {
        let receiver = self
            .receiver
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        receiver.recv().ok()
    }

    fn add(
        &self,
        fields: &Fields,
        open: &mut Option<OpenPart>,
        entry: &OwnedEntry,
    ) -> Result<(), Error> {
        let Some(document) = document(fields, &entry.borrow()) else {
            return Ok(());
        };
        let part = match open {
            Some(part) => part,
            None => {
                let number = self.parts.fetch_add(1, Ordering::Relaxed);
                let folder = self.folder.join(format!("part-{number:06}"));
                open.insert(OpenPart::create(folder, self.memory)?)
            }
        };
        part.documents += 1;
        part.writer
            .add_document(document)
            .map_err(|error| Error::writing(&part.folder, error))
    }
}

/// A part that takes documents.
struct OpenPart {
    folder: PathBuf,
    writer: SingleSegmentIndexWriter<TantivyDocument>,
    documents: u64,
}

impl OpenPart {
    fn create(folder: PathBuf, memory: usize) -> Result<Self, Error> {
        let create = || {
            fs::create_dir(&folder)?;
            let (schema, _) = schema();
            Index::builder()
                .schema(schema)
                .settings(IndexSettings {
                    docstore_compression: Compressor::Lz4,
                    docstore_compress_dedicated_thread: false,
                    ..IndexSettings::default()
                })
                .single_segment_index_writer(MmapDirectory::open(&folder)?, memory)
        };
        match create() {
            Ok(writer) => Ok(Self {
                folder,
                writer,
                documents: 0,
            }),
            Err(error) => Err(Error::writing(&folder, error)),
        }
    }

    fn finish(self) -> Result<Part, Error> {
        self.writer
            .finalize()
            .map_err(|error| Error::writing(&self.folder, error))?;
        Ok(Part {
            folder: self.folder,
            documents: self.documents,
        })
    }
}
