//! Whether a query may have another answer each time it is asked.

use super::visit::{Visitor, pattern_of, walk_expression};
use spargebra::Query;
use spargebra::algebra::{Expression, Function};
use spargebra::term::TermPattern;

/// Whether the answer depends on more than the graph: on the time, on chance, or on fresh blank nodes.
///
/// Recurses with the depth of the query: call it on a large stack.
pub(super) fn is_volatile(query: &Query) -> bool {
    let pattern = pattern_of(query);
    if let Query::Construct { template, .. } = query
        && template.iter().any(|triple| {
            let blank = |term: &TermPattern| matches!(term, TermPattern::BlankNode(_));
            blank(&triple.subject) || blank(&triple.object)
        })
    {
        return true;
    }
    let mut calls = VolatileCalls { volatile: false };
    calls.pattern(pattern);
    calls.volatile
}

struct VolatileCalls {
    volatile: bool,
}

impl Visitor for VolatileCalls {
    fn expression(&mut self, expression: &Expression) {
        if let Expression::FunctionCall(
            Function::Now | Function::Rand | Function::Uuid | Function::StrUuid | Function::BNode,
            _,
        ) = expression
        {
            self.volatile = true;
        }
        walk_expression(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::{SparqlParser, SparqlSyntaxError};

    #[test]
    fn answers_that_change_by_themselves() -> Result<(), SparqlSyntaxError> {
        for (text, expected) in [
            ("SELECT * { ?s ?p ?o }", false),
            ("SELECT (NOW() AS ?t) {}", true),
            ("SELECT ?s { ?s ?p ?o } ORDER BY RAND()", true),
            ("ASK { FILTER EXISTS { BIND(UUID() AS ?u) } }", true),
            ("SELECT (MAX(STRUUID()) AS ?m) { ?s ?p ?o }", true),
            ("SELECT (BNODE() AS ?b) {}", true),
            ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", false),
            ("CONSTRUCT { ?s ?p [] } { ?s ?p ?o }", true),
        ] {
            let query = SparqlParser::new().parse_query(text)?;
            assert_eq!(is_volatile(&query), expected, "{text}");
        }
        Ok(())
    }
}
