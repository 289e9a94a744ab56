//! Ways around faults of spareval 0.2.9 and sparopt 0.3.9 (Oxigraph 0.5.13).
use crate::algebra::{
    FreshVariables, filtered, map_patterns, mentioned, reads_graph, try_map_operands,
    try_map_own_expressions, visible,
};
use crate::counts::{ExactCounts, Graphs};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, TermRef, Variable};
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern,
    PropertyPathExpression,
};
use spargebra::term::{GroundTerm, NamedNodePattern, TermPattern};
use std::convert::Infallible;

/// Rewrites what spareval and sparopt get wrong.
pub(crate) struct Repairs<'a, C> {
    pub(crate) counts: &'a C,
    pub(crate) fresh: &'a mut FreshVariables,
    /// The graphs that the default graph of the query is made of.
    pub(crate) default_graphs: &'a [Graphs<'a>],
    pub(crate) done: Vec<String>,
}

impl<C: ExactCounts> Repairs<'_, C> {
    /// Returns a pattern that spareval evaluates as the specification has it.
    pub(crate) fn pattern(
        &mut self,
        pattern: GraphPattern,
        graph: Option<&NamedNodePattern>,
    ) -> Result<GraphPattern, C::Error> {
        let pattern = try_map_own_expressions(pattern, &mut |expression| {
            self.expression(expression, graph)
        })?;
        match pattern {
            GraphPattern::Graph {
                name: NamedNodePattern::Variable(name),
                inner,
            } if needs_own_graph(&inner, &name) => self.graph_by_graph(name, *inner),
            GraphPattern::Graph { name, inner } => {
                let inner = Box::new(self.pattern(*inner, Some(&name))?);
                Ok(GraphPattern::Graph { name, inner })
            }
            // sparopt gives both sides the name of an enclosing GRAPH ?g, which makes them overlap. Without a common
            // variable MINUS removes nothing.
            GraphPattern::Minus { left, right }
                if graph.is_some() && visible(&left).is_disjoint(&visible(&right)) =>
            {
                self.note("MINUS without a common variable removes nothing");
                self.pattern(*left, graph)
            }
            GraphPattern::Path {
                subject,
                path,
                object,
            } => self.path(subject, path, object, graph),
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => {
                let inner = Box::new(self.pattern(*inner, graph)?);
                Ok(self.group(inner, variables, aggregates))
            }
            pattern => map_patterns(pattern, &mut |pattern| self.pattern(pattern, graph)),
        }
    }

    fn expression(
        &mut self,
        expression: Expression,
        graph: Option<&NamedNodePattern>,
    ) -> Result<Expression, C::Error> {
        let expression =
            try_map_operands(expression, &mut |operand| self.expression(operand, graph))?;
        Ok(match expression {
            Expression::Exists(pattern) => {
                Expression::Exists(Box::new(self.pattern(*pattern, graph)?))
            }
            // The casts of spareval do not strip white space, as XPath's casts from strings do.
            Expression::FunctionCall(Function::Custom(name), arguments)
                if arguments.len() == 1 && is_stripping_cast(&name) =>
            {
                self.note("a cast strips white space");
                let mut stripped = arguments.clone();
                stripped.push(Literal::from("^[\t\n\r ]+|[\t\n\r ]+$").into());
                stripped.push(Literal::from("").into());
                Expression::Coalesce(vec![
                    Expression::FunctionCall(Function::Custom(name.clone()), arguments),
                    Expression::FunctionCall(
                        Function::Custom(name),
                        vec![Expression::FunctionCall(Function::Replace, stripped)],
                    ),
                ])
            }
            expression => expression,
        })
    }

    /// GROUP_CONCAT of strings that all have one language tag keeps the tag in spareval; the specification has a simple literal.
    /// Of numbers, dates and IRIs it has no value there; their texts are joined, as other engines do.
    fn group(
        &mut self,
        inner: Box<GraphPattern>,
        variables: Vec<Variable>,
        mut aggregates: Vec<(Variable, AggregateExpression)>,
    ) -> GraphPattern {
        let mut strings = Vec::new();
        for (variable, aggregate) in &mut aggregates {
            if let AggregateExpression::FunctionCall {
                name: AggregateFunction::GroupConcat { .. },
                expr,
                ..
            } = aggregate
            {
                self.note("GROUP_CONCAT gives a string without language tag");
                // What is a string stays what it is, so that DISTINCT still tells languages apart.
                let value = expr.clone();
                let string = Expression::FunctionCall(Function::Concat, vec![value.clone()]);
                let text = Expression::FunctionCall(Function::Str, vec![value]);
                *expr = Expression::Coalesce(vec![string, text]);
                let concatenation = self.fresh.variable("concatenation");
                strings.push((variable.clone(), concatenation.clone()));
                *variable = concatenation;
            }
        }
        strings.into_iter().fold(
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            },
            |inner, (variable, concatenation)| GraphPattern::Extend {
                inner: Box::new(inner),
                variable,
                expression: Expression::FunctionCall(
                    Function::Str,
                    vec![Expression::Variable(concatenation)],
                ),
            },
        )
    }

    /// `<s> :p* ?o` holds for `<s>` itself wherever it is (§18.4); spareval wants it to be in the graph.
    fn path(
        &mut self,
        subject: TermPattern,
        path: PropertyPathExpression,
        object: TermPattern,
        graph: Option<&NamedNodePattern>,
    ) -> Result<GraphPattern, C::Error> {
        let unchanged = |subject, path, object| {
            Ok(GraphPattern::Path {
                subject,
                path,
                object,
            })
        };
        let below = match &path {
            PropertyPathExpression::ZeroOrMore(inner) => {
                PropertyPathExpression::OneOrMore(inner.clone())
            }
            PropertyPathExpression::ZeroOrOne(inner) => (**inner).clone(),
            _ => return unchanged(subject, path, object),
        };
        let (constant, other) = match (Constant::of(&subject), Constant::of(&object)) {
            (Some(constant), _) => (constant, &object),
            (None, Some(constant)) => (constant, &subject),
            (None, None) => return unchanged(subject, path, object),
        };
        // In the default graph and in a graph with a name it is enough to look; what `?g` will be is not known yet.
        let graphs = match graph {
            None => Some(self.default_graphs.to_vec()),
            Some(NamedNodePattern::NamedNode(name)) => {
                Some(vec![Graphs::Named(name.as_ref().into())])
            }
            Some(NamedNodePattern::Variable(_)) => None,
        };
        if let Some(graphs) = graphs {
            let term = constant.term();
            for graphs in graphs {
                if self.counts.count(Some(term), None, None, graphs)? > 0
                    || self.counts.count(None, None, Some(term), graphs)? > 0
                {
                    return unchanged(subject, path, object);
                }
            }
        }
        let (variable, bound) = match other {
            TermPattern::Variable(variable) => (variable.clone(), None),
            // A blank node is a variable that nothing else can have taken from here.
            TermPattern::BlankNode(_) => return unchanged(subject, path, object),
            other => match Constant::of(other) {
                Some(term) => (self.fresh.variable("node"), Some(term)),
                None => return unchanged(subject, path, object),
            },
        };
        self.note("a path of length zero matches a constant that is not in the graph");
        let itself = GraphPattern::Join {
            // Without a triple to read, GRAPH ?g needs the list of graphs to bind its variable.
            left: Box::new(GraphPattern::Bgp {
                patterns: Vec::new(),
            }),
            right: Box::new(GraphPattern::Values {
                variables: vec![variable.clone()],
                bindings: vec![vec![Some(constant.clone().into())]],
            }),
        };
        let (from, to) = if Constant::of(&subject).is_some() {
            (subject, TermPattern::Variable(variable.clone()))
        } else {
            (TermPattern::Variable(variable.clone()), object)
        };
        let different = Expression::Not(Box::new(Expression::SameTerm(
            Box::new(Expression::Variable(variable.clone())),
            Box::new(constant.into()),
        )));
        let further = GraphPattern::Filter {
            expr: different,
            inner: Box::new(GraphPattern::Path {
                subject: from,
                path: below,
                object: to,
            }),
        };
        let mut projected = vec![variable.clone()];
        if let Some(NamedNodePattern::Variable(name)) = graph {
            projected.push(name.clone());
        }
        let further = GraphPattern::Distinct {
            inner: Box::new(GraphPattern::Project {
                inner: Box::new(further),
                variables: projected,
            }),
        };
        let union = GraphPattern::Union {
            left: Box::new(itself),
            right: Box::new(further),
        };
        Ok(match bound {
            None => union,
            Some(term) => GraphPattern::Join {
                left: Box::new(GraphPattern::Values {
                    variables: vec![variable],
                    bindings: vec![vec![Some(term.into())]],
                }),
                right: Box::new(union),
            },
        })
    }

    /// Evaluates a group for each graph and joins the name of the graph to its solutions, as §18.6 has it.
    ///
    /// sparopt puts the name into each triple pattern instead. Then filters of the group see it, optional patterns bind
    /// it, and subselects and groups without a triple pattern lose it.
    fn graph_by_graph(
        &mut self,
        name: Variable,
        inner: GraphPattern,
    ) -> Result<GraphPattern, C::Error> {
        self.note("GRAPH joins the name of the graph after its group");
        let graph = self.fresh.variable("graph");
        let bound_inside = visible(&inner).contains(name.as_str());
        let pattern = NamedNodePattern::Variable(graph.clone());
        let inner = self.pattern(inner, Some(&pattern))?;
        let lateral = GraphPattern::Lateral {
            left: Box::new(GraphPattern::Graph {
                name: pattern.clone(),
                inner: Box::new(GraphPattern::Bgp {
                    patterns: Vec::new(),
                }),
            }),
            right: Box::new(GraphPattern::Graph {
                name: pattern,
                inner: Box::new(with_graph(inner, &graph)),
            }),
        };
        let graph = Expression::Variable(graph);
        let joined = if bound_inside {
            let unbound = Expression::Not(Box::new(Expression::Bound(name.clone())));
            let same = Expression::SameTerm(
                Box::new(Expression::Variable(name.clone())),
                Box::new(graph.clone()),
            );
            filtered(lateral, [Expression::Or(Box::new(unbound), Box::new(same))])
        } else {
            lateral
        };
        Ok(GraphPattern::Extend {
            inner: Box::new(joined),
            variable: name,
            expression: graph,
        })
    }

    fn note(&mut self, text: &str) {
        if !self.done.iter().any(|done| done == text) {
            self.done.push(text.to_owned());
        }
    }
}

/// Returns whether the name of the graph must be kept out of a group.
fn needs_own_graph(inner: &GraphPattern, name: &Variable) -> bool {
    mentioned(inner).contains(name.as_str()) || !reads_graph(inner) || has_subselect(inner)
}

fn has_subselect(pattern: &GraphPattern) -> bool {
    if matches!(pattern, GraphPattern::Project { .. }) {
        return true;
    }
    let mut found = false;
    let Ok(_) = map_patterns::<Infallible>(pattern.clone(), &mut |pattern| {
        found |= has_subselect(&pattern);
        Ok(pattern)
    });
    found
}

/// Lets the subselects of a group see the graph.
fn with_graph(pattern: GraphPattern, graph: &Variable) -> GraphPattern {
    let pattern = match pattern {
        GraphPattern::Graph { .. } => return pattern,
        GraphPattern::Project {
            inner,
            mut variables,
        } => {
            variables.push(graph.clone());
            GraphPattern::Project { inner, variables }
        }
        pattern => pattern,
    };
    let Ok(pattern) =
        map_patterns::<Infallible>(pattern, &mut |pattern| Ok(with_graph(pattern, graph)));
    pattern
}

fn is_stripping_cast(name: &NamedNode) -> bool {
    [
        xsd::BOOLEAN,
        xsd::INTEGER,
        xsd::DECIMAL,
        xsd::FLOAT,
        xsd::DOUBLE,
        xsd::DATE,
        xsd::TIME,
        xsd::DATE_TIME,
    ]
    .contains(&name.as_ref())
}

/// An IRI or a literal.
#[derive(Clone)]
enum Constant {
    Node(NamedNode),
    Literal(Literal),
}

impl Constant {
    fn of(term: &TermPattern) -> Option<Self> {
        match term {
            TermPattern::NamedNode(node) => Some(Self::Node(node.clone())),
            TermPattern::Literal(literal) => Some(Self::Literal(literal.clone())),
            TermPattern::BlankNode(_) | TermPattern::Triple(_) | TermPattern::Variable(_) => None,
        }
    }

    fn term(&self) -> TermRef<'_> {
        match self {
            Self::Node(node) => node.as_ref().into(),
            Self::Literal(literal) => literal.as_ref().into(),
        }
    }
}

impl From<Constant> for GroundTerm {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Node(node) => node.into(),
            Constant::Literal(literal) => literal.into(),
        }
    }
}

impl From<Constant> for Expression {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Node(node) => node.into(),
            Constant::Literal(literal) => literal.into(),
        }
    }
}
