//! Components of constraints that the shapes define themselves (SHACL §6).

use super::compile::{ShapeCompiler, boolean};
use super::query::{ConstraintQuery, messages};
use super::shape::{Check, Constraint, Shape};
use super::source::{ShapesGraph, SubjectNode, is_iri, node as node_of};
use super::vocabulary::{rdf, rdfs, sh};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use oxrdf::{NamedNode, Term};
use std::collections::BTreeMap;

/// Components that the shapes define themselves (SHACL §6).
#[derive(Debug, Default)]
pub(super) struct Components(Vec<Component>);

#[derive(Debug, Clone)]
struct Component {
    node: NamedNode,
    parameters: Vec<ComponentParameter>,
    /// What checks the values of node shapes, of property shapes, and of both.
    for_nodes: Option<Validator>,
    for_properties: Option<Validator>,
    for_both: Option<Validator>,
}

#[derive(Debug, Clone)]
struct ComponentParameter {
    path: NamedNode,
    name: String,
    optional: bool,
}

#[derive(Debug, Clone)]
struct Validator {
    node: SubjectNode,
    ask: bool,
}

impl Components {
    pub(super) fn read(source: &ShapesGraph, diagnostics: &mut Diagnostics) -> Self {
        let mut classes = vec![sh("ConstraintComponent")];
        let below = source.with(rdfs::SUB_CLASS_OF).filter_map(|statement| {
            let above = is_iri(&statement.object, &sh("ConstraintComponent"));
            match &statement.subject {
                SubjectNode::NamedNode(class) if above => Some(class.as_str().to_owned()),
                _ => None,
            }
        });
        classes.extend(below);
        let mut found = Vec::new();
        for statement in source.with(rdf::TYPE) {
            let SubjectNode::NamedNode(node) = &statement.subject else {
                continue;
            };
            if !classes.iter().any(|class| is_iri(&statement.object, class)) {
                continue;
            }
            match Component::read(source, node) {
                Ok(component) => found.push(component),
                Err(message) => {
                    diagnostics.push(Diagnostic::new(
                        Code::Shape,
                        statement.place.clone(),
                        message,
                    ));
                }
            }
        }
        Self(found)
    }

    /// Whether a property is a parameter of one.
    pub(super) fn has_parameter(&self, predicate: &str) -> bool {
        self.0
            .iter()
            .flat_map(|component| &component.parameters)
            .any(|parameter| !parameter.optional && parameter.path.as_str() == predicate)
    }
}

impl Component {
    fn read(source: &ShapesGraph, node: &NamedNode) -> Result<Self, String> {
        let subject = SubjectNode::from(node.clone());
        let mut parameters = Vec::new();
        for parameter in source.values(&subject, &sh("parameter")) {
            let Some(parameter) = node_of(&parameter.object) else {
                return Err("`sh:parameter` is a node, not a literal".to_owned());
            };
            let path = source.values(&parameter, &sh("path")).next();
            let Some(Term::NamedNode(path)) = path.map(|path| path.object.clone()) else {
                return Err("a parameter has an IRI as its `sh:path`".to_owned());
            };
            let iri = path.as_str();
            let name = iri
                .rsplit(['#', '/', ':'])
                .next()
                .unwrap_or_default()
                .to_owned();
            let optional = source
                .values(&parameter, &sh("optional"))
                .any(|optional| boolean(&optional.object) == Some(true));
            parameters.push(ComponentParameter {
                path,
                name,
                optional,
            });
        }
        if parameters.iter().all(|parameter| parameter.optional) {
            return Err("a component needs a parameter that is not optional".to_owned());
        }
        let validator = |name: &str| {
            let statement = source.values(&subject, &sh(name)).next()?;
            let node = node_of(&statement.object)?;
            Some(Validator {
                ask: source.values(&node, &sh("ask")).next().is_some(),
                node,
            })
        };
        let component = Self {
            node: node.clone(),
            parameters,
            for_nodes: validator("nodeValidator"),
            for_properties: validator("propertyValidator"),
            for_both: validator("validator"),
        };
        if component.for_nodes.is_none()
            && component.for_properties.is_none()
            && component.for_both.is_none()
        {
            return Err("a component needs a validator in SPARQL".to_owned());
        }
        Ok(component)
    }
}

/// Adds the constraints of components that the shapes define themselves.
pub(super) fn constraints(compiler: &mut ShapeCompiler<'_>, shape: &mut Shape) {
    let source = compiler.source;
    for component in compiler.components.0.clone() {
        let mut values: Vec<(String, Vec<Term>)> = Vec::new();
        let mut place = None;
        let mut complete = true;
        for parameter in &component.parameters {
            let mut found = Vec::new();
            for statement in source.values(&shape.node, parameter.path.as_str()) {
                place.get_or_insert_with(|| statement.place.clone());
                found.push(statement.object.clone());
            }
            complete &= parameter.optional || !found.is_empty();
            values.push((parameter.name.clone(), found));
        }
        let (true, Some(place)) = (complete, place) else {
            continue;
        };
        let specific = match shape.path {
            Some(_) => component.for_properties.as_ref(),
            None => component.for_nodes.as_ref(),
        };
        let Some(validator) = specific.or(component.for_both.as_ref()) else {
            let kind = if shape.path.is_some() {
                "property"
            } else {
                "node"
            };
            let message = format!(
                "the component {} has no validator for {kind} shapes",
                component.node
            );
            compiler.refuse(&place, message);
            continue;
        };
        // A component with one parameter may be used several times in a shape.
        let uses: Vec<BTreeMap<String, Term>> = match values.as_slice() {
            [(name, values)] => values
                .iter()
                .map(|value| BTreeMap::from([(name.clone(), value.clone())]))
                .collect(),
            _ => {
                if values.iter().any(|(_, values)| values.len() > 1) {
                    compiler.refuse(&place, "each parameter of this component has one value");
                    continue;
                }
                let one = values
                    .iter()
                    .filter_map(|(name, values)| Some((name.clone(), values.first()?.clone())));
                vec![one.collect()]
            }
        };
        let kind = if validator.ask { "ask" } else { "select" };
        for parameters in uses {
            let Some(query) =
                ConstraintQuery::read(compiler, &validator.node, shape, kind, parameters)
            else {
                continue;
            };
            shape.constraints.push(Constraint {
                component: component.node.clone(),
                node: None,
                place: place.clone(),
                messages: messages(source, &validator.node),
                check: Check::Query(Box::new(query)),
            });
        }
    }
}
