//! How well names and values match what is wanted, from 0 to 1.

use crate::suggest::{key, similarity};
use oxrdf::{Literal, Term};

/// Below this, two values have nothing to do with each other.
const ALIKE: f64 = 0.85;

/// How alike a wanted name is to one that something has: 1 for the same but for case, script and punctuation.
pub(super) fn name(wanted: &str, found: &str) -> f64 {
    let (wanted, found) = (key(wanted), key(found));
    if wanted == found {
        return 1.0;
    }
    // Only the same is the same.
    similarity(&wanted, &found).min(0.98)
}

/// How well a wanted value matches a term whose names are given: 1 for the same IRI, number or text.
pub(super) fn value(wanted: &str, term: &Term, names: &[String]) -> f64 {
    let best = match term {
        Term::NamedNode(node) if node.as_str() == wanted => 1.0,
        Term::NamedNode(_) => names
            .iter()
            .map(|found| name(wanted, found))
            .fold(0.0, f64::max),
        Term::Literal(literal) if is_same_number(wanted, literal) => 1.0,
        Term::Literal(literal) => name(wanted, literal.value()),
        _ => 0.0,
    };
    if best < ALIKE { 0.0 } else { best }
}

/// Whether both are the same number. Texts of digits that begin alike are not: `2018` is the year of `2018-04-01`
/// for no one but a reader.
fn is_same_number(wanted: &str, literal: &Literal) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match (number(wanted), number(literal.value())) {
        (Some(a), Some(b)) => (a - b).abs() <= f64::EPSILON * a.abs().max(1.0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;
    use oxrdf::vocab::xsd;

    #[test]
    fn only_the_same_name_matches_whole() {
        for (wanted, found) in [("Irbit", "irbit"), ("Ирбит", "Irbit"), ("«Орёл»", "Орел")]
        {
            assert!(name(wanted, found) >= 1.0, "{wanted} {found}");
        }
        for (wanted, found) in [("Irbit", "Irbyt"), ("Novokuznetsk", "Novokuybyshevsk")] {
            assert!(name(wanted, found) < 1.0, "{wanted} {found}");
        }
        assert!(name("Irbit", "Irbyt") > name("Irbit", "Moscow"));
    }

    #[test]
    fn values_match_by_iri_label_number_and_text() {
        let node = Term::from(NamedNode::new_unchecked("http://e/a"));
        let label = ["Sverdlovsk Oblast".to_owned()];
        assert!(value("http://e/a", &node, &label) >= 1.0);
        assert!(value("sverdlovsk oblast", &node, &label) >= 1.0);
        assert!(value("Samara Oblast", &node, &label) <= 0.0);
        let number = Term::from(Literal::new_typed_literal("036", xsd::INTEGER));
        assert!(value("36.0", &number, &[]) >= 1.0);
        assert!(value("37", &number, &[]) <= 0.0);
    }
}
