//! The difference as an RDF patch (<https://afs.github.io/rdf-patch/>).

use super::ComparedVersion;
use super::aligned::{ANONYMOUS, AlignedVersions};
use crate::diagnostic::{Code, Diagnostic, HintAction, Place};
use crate::diff::DiffError;
use crate::store::line::{LineTerms, labels, write_term};
use crate::store::{Side, compare_lines};
use oxrdf::LiteralRef;
use std::io::{self, Write};

/// Writes the patch that makes the new version of the old one, as one transaction; says whether it is
/// not empty. Memory does not grow with the difference.
///
/// Blank nodes go by the labels of the old version, so the patch applies to a copy that keeps them, as N-Quads
/// does. New blank nodes have labels that the old version does not use.
///
/// # Errors
/// A version cannot be read, or the output fails ([`DiffError::is_broken_pipe`]). What differs is about a blank
/// node without a label in the old version ([`Code::UnlabelledNode`]); nothing is written then.
pub fn write_patch(
    old: &ComparedVersion,
    new: &ComparedVersion,
    out: &mut dyn Write,
) -> Result<bool, DiffError> {
    let versions = AlignedVersions::new(old, new)?;
    if old.anonymous {
        refuse_anonymous(&versions, &old.name)?;
    }
    let mut header = Vec::new();
    for (word, version) in [("from", old), ("to", new)] {
        header.extend_from_slice(format!("H {word} ").as_bytes());
        let name = LiteralRef::new_simple_literal(&version.name);
        write_term(&mut header, name.into());
        header.extend_from_slice(b" .\n");
    }
    let (old, new) = (versions.old_lines()?, versions.new_lines()?);
    let mut differs = false;
    let written = (|| -> io::Result<()> {
        out.write_all(&header)?;
        writeln!(out, "TX .")?;
        compare_lines(old, new, |side, line| {
            differs = true;
            let Some(parts) = LineTerms::of(line) else {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            };
            out.write_all(match side {
                Side::Old => b"D",
                Side::New => b"A",
            })?;
            let terms = [parts.subject, parts.predicate, parts.object];
            for term in terms.into_iter().chain(parts.graph) {
                out.write_all(b" ")?;
                out.write_all(term)?;
            }
            out.write_all(b" .\n")
        })?;
        writeln!(out, "TC .")
    })();
    written.map_err(|e| DiffError::io("output".as_ref(), "write", e))?;
    Ok(differs)
}

/// Fails where the patch would name a node that has no label in the old version.
fn refuse_anonymous(versions: &AlignedVersions<'_>, name: &str) -> Result<(), DiffError> {
    let mut count = 0_u64;
    let compared = compare_lines(versions.old_lines()?, versions.new_lines()?, |_, line| {
        let anonymous = labels(line).any(|label| {
            // Behind `_:`.
            let label = line.get(label.start + 2..label.end).unwrap_or_default();
            label.starts_with(ANONYMOUS.as_bytes())
        });
        count += u64::from(anonymous);
        Ok::<(), io::Error>(())
    });
    compared.map_err(|e| DiffError::io("quads".as_ref(), "compare the versions", e))?;
    if count == 0 {
        return Ok(());
    }
    let message = format!("an RDF patch cannot change blank nodes that have no label in `{name}`");
    Err(DiffError::from(
        Diagnostic::new(Code::UnlabelledNode, Place::file(name), message)
            .with_found(format!("{count} quads that differ mention such nodes"))
            .with_expected("labels in the first version, as N-Triples and N-Quads have them")
            .with_hint(HintAction::CompareThings),
    ))
}
