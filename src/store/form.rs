//! Terms as the store writes them.

use super::StoreError;
use super::load::{for_store, storage_error};
use oxigraph::store::Store;
use oxrdf::vocab::xsd;
use oxrdf::{Quad, Term};
use std::io;
use std::path::Path;

/// Gives quads the form in which the store gives them back: it keeps the values of numbers, dates and
/// durations and not their digits (`"007"^^xsd:int` becomes `"7"^^xsd:integer`), and language tags in
/// lower case.
///
/// The store itself is asked, so that this follows it in everything.
pub(crate) struct StoredForm(Store);

impl StoredForm {
    /// Asks an empty store in memory.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(crate) fn new() -> Result<Self, StoreError> {
        Store::new()
            .map(Self)
            .map_err(|error| storage_error(Path::new("memory"), error))
    }

    /// A quad as the store has it.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) fn of(&self, quad: Quad) -> io::Result<Quad> {
        let quad = for_store(quad);
        let kept = match &quad.object {
            Term::NamedNode(_) | Term::BlankNode(_) => true,
            Term::Literal(literal) => {
                literal.language().is_some() || literal.datatype() == xsd::STRING
            }
            Term::Triple(_) => false,
        };
        if kept {
            return Ok(quad);
        }
        self.0.insert(quad.as_ref()).map_err(io::Error::other)?;
        let stored = self.0.iter().next().transpose().map_err(io::Error::other)?;
        self.0.clear().map_err(io::Error::other)?;
        Ok(stored.unwrap_or(quad))
    }
}

impl std::fmt::Debug for StoredForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredForm")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{GraphName, Literal, NamedNode};

    #[test]
    fn literals_as_the_store_gives_them_back() -> Result<(), Box<dyn std::error::Error>> {
        let form = StoredForm::new()?;
        let node = NamedNode::new("http://e/x")?;
        for (written, stored) in [
            (
                "\"007\"^^<http://www.w3.org/2001/XMLSchema#integer>",
                "\"7\"^^<http://www.w3.org/2001/XMLSchema#integer>",
            ),
            (
                "\"1.50\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
                "\"1.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
            ),
            (
                "\"07\"^^<http://www.w3.org/2001/XMLSchema#int>",
                "\"7\"^^<http://www.w3.org/2001/XMLSchema#integer>",
            ),
            ("\"x\"@ru-Latn", "\"x\"@ru-latn"),
            ("\"007\"", "\"007\""),
        ] {
            let quad = Quad::new(
                node.clone(),
                node.clone(),
                written.parse::<Literal>()?,
                GraphName::DefaultGraph,
            );
            assert_eq!(form.of(quad)?.object.to_string(), stored);
        }
        Ok(())
    }
}
