//! Terms as the store writes them.

use super::StoreError;
use super::load::{for_store, storage_error};
use oxigraph::store::Store;
use oxrdf::vocab::xsd;
use oxrdf::{NamedNode, Quad, QuadRef, Term};
use std::io;
use std::path::Path;

/// Gives quads the form in which the store gives them back: it keeps the values of numbers, dates and
/// durations and not their digits (`"007"^^xsd:int` becomes `"7"^^xsd:integer`), and language tags in
/// lower case.
///
/// The store itself is asked, so that this follows it in everything.
pub(crate) struct StoredForm {
    store: Store,
    /// Literals that were put into the store.
    asked: usize,
}

/// Literals that one store is asked for: it keeps them all, and grows slower with them.
const ASKED: usize = 256;

impl StoredForm {
    /// Asks an empty store in memory.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(crate) fn new() -> Result<Self, StoreError> {
        let store = Store::new().map_err(|error| storage_error(Path::new("memory"), error))?;
        Ok(Self { store, asked: 0 })
    }

    /// A quad as the store has it.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) fn of(&mut self, quad: Quad) -> io::Result<Quad> {
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
        if self.asked == ASKED {
            *self = Self::new().map_err(io::Error::other)?;
        }
        self.asked += 1;
        // In a graph of its own it is found again.
        let graph = NamedNode::new_unchecked(format!("urn:x:{}", self.asked));
        let asked = QuadRef::new(&quad.subject, &quad.predicate, &quad.object, &graph);
        self.store.insert(asked).map_err(io::Error::other)?;
        let stored = self
            .store
            .quads_for_pattern(None, None, None, Some(graph.as_ref().into()))
            .next()
            .transpose()
            .map_err(io::Error::other)?;
        Ok(Quad {
            object: stored.map_or_else(|| quad.object.clone(), |stored| stored.object),
            ..quad
        })
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
    use oxrdf::{GraphName, Literal};

    #[test]
    fn literals_as_the_store_gives_them_back() -> Result<(), Box<dyn std::error::Error>> {
        let mut form = StoredForm::new()?;
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
            // More than one store is asked for.
            for _ in 0..ASKED {
                assert_eq!(form.of(quad.clone())?.object.to_string(), stored);
            }
        }
        Ok(())
    }
}
