//! The IRIs of what rules write down in the graph of claims.

/// What is between the base and the digest in the IRI of a triple's statement.
pub(crate) const TRIPLES: &str = "id/triple/";

/// What is between the base and the name in the IRI of a rule.
pub(crate) const RULES: &str = "id/rule/";

/// Whether an IRI is that of a rule or of a statement about an inferred triple or its premise: what rules
/// write down beside the claims that tables hold.
pub(crate) fn is_record(iri: &str, base: &str) -> bool {
    iri.strip_prefix(base)
        .is_some_and(|rest| rest.starts_with(TRIPLES) || rest.starts_with(RULES))
}
