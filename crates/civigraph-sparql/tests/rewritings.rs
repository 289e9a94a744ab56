//! What each rewriting does.
