//! What claims say beyond the cells of their own rows: what they are about, the values they state.

use super::QuadMatch;
use crate::claims::Claims;
use crate::convert::{self, NullSink, Options};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::tables::Tables;
use std::io;

/// The quads that claims make out of what other cells yield, each with the cell of the claims table that
/// says so; and the values that they state, also where nobody asserts them. Reads all tables.
///
/// # Errors
/// A table cannot be read.
pub fn claimed(tables: Tables<'_>) -> io::Result<Vec<QuadMatch>> {
    let Tables {
        group,
        plan,
        resolver,
    } = tables;
    // `check` reports what is wrong with claims.
    let mut silent = Diagnostics::new(ReadingMode::Convert);
    let claims = Claims::read(tables, &mut silent);
    if claims.table().is_none() {
        return Ok(Vec::new());
    }
    let mut sink = claims.sink(NullSink, claims.graph(group));
    convert::run(plan, resolver, &Options::default(), &mut sink, &mut silent)?;
    let made = claims.made(tables, &sink, &mut silent);
    let matches = made.into_iter().map(|made| QuadMatch {
        quad: made.quad,
        origin: made.origin,
        by_claim: true,
        place: None,
    });
    Ok(matches.collect())
}
