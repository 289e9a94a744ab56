//! An immutable index of RDF quads.
