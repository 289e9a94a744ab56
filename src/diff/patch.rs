//! The difference as an RDF patch (<https://afs.github.io/rdf-patch/>).

use super::Version;
use crate::store::line::{Parts, write_quoted};
use crate::store::{Side, StoreError, compare_lines};
use std::io::{self, Write};

/// Writes the patch that makes the new version of the old one, as one transaction; says whether it is
/// not empty. Memory does not grow with the difference.
///
/// # Errors
/// A version cannot be read, or the output fails ([`StoreError::is_broken_pipe`]).
pub fn write_patch(old: &Version, new: &Version, out: &mut dyn Write) -> Result<bool, StoreError> {
    let one_graph = old.one_graph || new.one_graph;
    let mut header = Vec::new();
    for (word, version) in [("from", old), ("to", new)] {
        header.extend_from_slice(format!("H {word} ").as_bytes());
        write_quoted(&mut header, &version.name);
        header.extend_from_slice(b" .\n");
    }
    let (old, new) = (old.lines(one_graph)?, new.lines(one_graph)?);
    let mut differs = false;
    let written = (|| -> io::Result<()> {
        out.write_all(&header)?;
        writeln!(out, "TX .")?;
        compare_lines(old, new, |side, line| {
            differs = true;
            let Some(parts) = Parts::of(line) else {
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
    written.map_err(|e| StoreError::io("output".as_ref(), "write", e))?;
    Ok(differs)
}
