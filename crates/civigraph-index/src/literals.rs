//! What literals an index has, whatever quads they are in.

use crate::error::Result;
use crate::index::Index;
use crate::term::{self, KeyParts, kind};
use oxrdf::{Literal, Term};
use std::collections::BTreeSet;

impl Index {
    /// The language tags of its texts; `None` where one of them is `wanted`, or there are more than `limit` texts to
    /// look at.
    ///
    /// It stops at the first that is wanted, so that asking for a language that texts have costs next to nothing.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn languages_without(
        &self,
        wanted: &dyn Fn(&str) -> bool,
        limit: u32,
    ) -> Result<Option<BTreeSet<String>>> {
        let ids = self.dictionary.ids_of(kind::STRING);
        if ids.len() > limit as usize {
            return Ok(None);
        }
        let mut keys = self.dictionary.scan(ids);
        let mut tags = BTreeSet::new();
        while let Some((_, key)) = keys.next()? {
            if let Some(KeyParts::String(_, Some(tag), _)) = term::parts(key)
                && !tags.contains(tag)
            {
                if wanted(tag) {
                    return Ok(None);
                }
                tags.insert(tag.to_owned());
            }
        }
        Ok(Some(tags))
    }

    /// The first number that `wanted` picks, in the order of values.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn find_number(&self, wanted: &dyn Fn(&Literal) -> bool) -> Result<Option<Literal>> {
        let mut keys = self.dictionary.scan(self.dictionary.ids_of(kind::NUMBER));
        while let Some((_, key)) = keys.next()? {
            if let Some(Term::Literal(literal)) = term::decode(key)
                && wanted(&literal)
            {
                return Ok(Some(literal));
            }
        }
        Ok(None)
    }
}
