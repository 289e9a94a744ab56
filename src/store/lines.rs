//! The lines of a build read once: counted and digested.
//!
//! The digest's state is kept at some lines on the way, so that a build which amends this one goes on from the last
//! state ahead of what changed.

use super::line::LineTerms;
use super::load::index_error;
use super::statistics::LineCounter;
use super::{BuildDescription, Statistics, StoreError};
use crate::diagnostic::Code;
use crate::digest::{hex, read_hex};
use civigraph_index::Index;
use oxrdf::NamedOrBlankNode;
use serde::{Deserialize, Serialize};
use sha2::digest::common::hazmat::{SerializableState as _, SerializedState};
use sha2::{Digest as _, Sha256};
use siphasher::sip::SipHasher13;
use std::fs;
use std::path::Path;

/// Name of the file with the states of the digest.
pub(super) const STATES: &str = "digest-states.json";

/// Subjects to one whose state is kept.
const SUBJECTS: u64 = 1 << 12;

/// Bytes that are digested together.
const PIECE: usize = 1 << 16;

/// The states of the digest of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DigestStates(Vec<DigestState>);

/// The SHA-256 of all lines ahead of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct DigestState {
    /// The subject as canonical N-Quads has it.
    subject: String,
    /// The state, in hexadecimal.
    state: String,
}

/// What the lines of a build are.
pub(super) struct LinesDigest {
    pub(super) digest: String,
    pub(super) states: DigestStates,
}

/// Reads all lines of an index, counts and digests them.
pub(super) fn digest_all(
    index: &Index,
    about: &BuildDescription,
) -> Result<(LinesDigest, Statistics), StoreError> {
    let mut counter = LineCounter::new(about);
    let digested = digest(index, DigestStates::default(), Some(&mut counter))?;
    Ok((digested, counter.finish()))
}

/// Digests the lines of an index that are the same as those of another one up to a subject.
pub(super) fn digest_from(
    index: &Index,
    mut states: DigestStates,
    first_changed: &[u8],
) -> Result<LinesDigest, StoreError> {
    let ahead = |state: &DigestState| state.subject.as_bytes() <= first_changed;
    states.0.retain(ahead);
    digest(index, states, None)
}

fn digest(
    index: &Index,
    mut states: DigestStates,
    mut counter: Option<&mut LineCounter>,
) -> Result<LinesDigest, StoreError> {
    let last = states.0.last().and_then(DigestState::resume);
    if last.is_none() {
        states.0.clear();
    }
    let (mut hasher, mut lines) = match last {
        Some((subject, hasher)) => {
            let lines = index.lines_from(subject.as_ref());
            // It is taken over with the others.
            states.0.pop();
            (hasher, lines.map_err(index_error)?)
        }
        None => (Sha256::new(), index.lines().map_err(index_error)?),
    };
    let mut buffer = Vec::with_capacity(PIECE + (1 << 12));
    loop {
        let Some(line) = lines.next().map_err(index_error)? else {
            break;
        };
        if let Some(counter) = counter.as_deref_mut() {
            let parts = LineTerms::of(line).ok_or_else(|| {
                let message = "a line of the quads is damaged";
                StoreError::new(Code::TornBuild, index.folder(), message)
            })?;
            counter.line(&parts);
        }
        let start = buffer.len();
        buffer.extend_from_slice(line);
        buffer.push(b'\n');
        if lines.starts_subject() && is_mark(lines.subject()) {
            let (ahead, from_here) = buffer.split_at(start);
            hasher.update(ahead);
            states.0.push(DigestState {
                subject: String::from_utf8_lossy(lines.subject()).into_owned(),
                state: hex(&hasher.serialize()),
            });
            hasher.update(from_here);
            buffer.clear();
        }
        if buffer.len() >= PIECE {
            hasher.update(&buffer);
            buffer.clear();
        }
    }
    hasher.update(&buffer);
    Ok(LinesDigest {
        digest: hex(&hasher.finalize()),
        states,
    })
}

/// Whether the state of the digest is kept ahead of a subject. That depends on the subject alone, so that a build
/// keeps the same states whatever it was made from.
fn is_mark(subject: &[u8]) -> bool {
    SipHasher13::new().hash(subject).is_multiple_of(SUBJECTS)
}

impl DigestState {
    /// The subject, and the digest of what is ahead of it.
    fn resume(&self) -> Option<(NamedOrBlankNode, Sha256)> {
        let mut bytes = SerializedState::<Sha256>::default();
        read_hex(&self.state, AsMut::<[u8]>::as_mut(&mut bytes))?;
        let hasher = Sha256::deserialize(&bytes).ok()?;
        let subject = super::line::read_subject(self.subject.as_bytes())?;
        Some((subject, hasher))
    }
}

impl DigestStates {
    /// The states of a build; none where they cannot be read.
    pub(super) fn read(build: &Path) -> Self {
        let bytes = fs::read(build.join(STATES)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn write(&self, build: &Path) -> Result<(), StoreError> {
        let path = build.join(STATES);
        let failed = |e| StoreError::io(&path, "write the states of the digest", e);
        let json = serde_json::to_vec(self).map_err(|e| failed(e.into()))?;
        fs::write(&path, json).map_err(failed)
    }
}
