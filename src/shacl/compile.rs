//! From the shapes graph to shapes. What is ill-formed is a diagnostic, and left out.

use super::component::Components;
use super::parameter;
use super::path::PropertyPath;
use super::recursion;
use super::shape::{Shape, Target};
use super::source::{ShapesGraph, SubjectNode, is_iri, node};
use super::vocabulary::{OTHERS, PARAMETERS, TARGETS, local, rdf, rdfs, sh};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, suggest};
use oxrdf::{Literal, NamedNode, Term};
use std::collections::{HashMap, HashSet};

/// What compiling needs.
pub(super) struct ShapeCompiler<'s> {
    pub(super) source: &'s ShapesGraph,
    pub(super) numbers: HashMap<SubjectNode, usize>,
    pub(super) components: Components,
    pub(super) diagnostics: &'s mut Diagnostics,
}

/// Compiles all shapes of a shapes graph, in the order in which they are written.
pub(super) fn compile(source: &ShapesGraph, diagnostics: &mut Diagnostics) -> Vec<Shape> {
    refuse_entailment(source, diagnostics);
    let components = Components::read(source, diagnostics);
    let nodes = shape_nodes(source, &components);
    let numbers = nodes
        .iter()
        .enumerate()
        .map(|(number, node)| (node.clone(), number))
        .collect();
    let mut compiler = ShapeCompiler {
        source,
        numbers,
        components,
        diagnostics,
    };
    let mut shapes: Vec<Shape> = nodes.iter().map(|node| compiler.shape(node)).collect();
    recursion::refuse(&mut shapes, compiler.diagnostics);
    shapes
}

/// What is inferred is not validated: shapes that ask for it would be answered wrongly.
fn refuse_entailment(source: &ShapesGraph, diagnostics: &mut Diagnostics) {
    for statement in source.with(&sh("entailment")) {
        let message = "`sh:entailment` is not supported: shapes see what the tables say";
        diagnostics.push(
            Diagnostic::new(Code::Shape, statement.place.clone(), message)
                .with_found(statement.object.to_string()),
        );
    }
}

/// The nodes that are shapes (SHACL §2.1), each once.
fn shape_nodes(source: &ShapesGraph, components: &Components) -> Vec<SubjectNode> {
    let mut nodes = Vec::new();
    let mut seen = HashSet::new();
    let mut add = |node: SubjectNode| {
        if seen.insert(node.clone()) {
            nodes.push(node);
        }
    };
    for statement in source.iter() {
        let predicate = statement.predicate.as_str();
        if predicate == rdf::TYPE {
            let shape = ["NodeShape", "PropertyShape"];
            if shape
                .iter()
                .any(|kind| is_iri(&statement.object, &sh(kind)))
            {
                add(statement.subject.clone());
            }
            continue;
        }
        let Some(name) = local(predicate) else {
            if components.has_parameter(predicate) {
                add(statement.subject.clone());
            }
            continue;
        };
        if PARAMETERS.contains(&name) || TARGETS.contains(&name) {
            add(statement.subject.clone());
        }
        match name {
            "node" | "property" | "not" | "qualifiedValueShape" => {
                node(&statement.object).map(&mut add);
            }
            "and" | "or" | "xone" => source
                .list(&statement.object)
                .unwrap_or_default()
                .iter()
                .filter_map(node)
                .for_each(&mut add),
            _ => {}
        }
    }
    nodes
}

impl ShapeCompiler<'_> {
    /// Says that something is ill-formed.
    pub(super) fn refuse(&mut self, place: &Place, message: impl Into<String>) {
        self.diagnostics
            .push(Diagnostic::new(Code::Shape, place.clone(), message));
    }

    fn shape(&mut self, node: &SubjectNode) -> Shape {
        let mut shape = Shape {
            node: node.clone(),
            place: self.source.place(node),
            path: None,
            targets: Vec::new(),
            constraints: Vec::new(),
            severity: NamedNode::new_unchecked(sh("Violation")),
            messages: Vec::new(),
            deactivated: false,
        };
        let source = self.source;
        let mut property = false;
        let paths: Vec<_> = source.values(node, &sh("path")).collect();
        match paths.as_slice() {
            [] => {
                property = source.is_a(node, &sh("PropertyShape"))
                    || source
                        .with(&sh("property"))
                        .any(|s| super::source::node(&s.object).as_ref() == Some(node));
                if property {
                    self.refuse(&shape.place, "a property shape has no `sh:path`");
                }
            }
            [path] => match PropertyPath::read(source, &path.object) {
                Ok(path) => shape.path = Some(path),
                Err(message) => self.refuse(&path.place, message),
            },
            [_, second, ..] => {
                self.refuse(
                    &second.place,
                    "a property shape has more than one `sh:path`",
                );
            }
        }
        if shape.path.is_some() && source.is_a(node, &sh("NodeShape")) {
            self.refuse(&shape.place, "a node shape has no `sh:path`");
        }
        // A shape whose path is not known cannot be checked.
        let checkable = shape.path.is_some() != paths.is_empty();
        for statement in source.about(node) {
            let Some(name) = local(statement.predicate.as_str()) else {
                continue;
            };
            self.say(&mut shape, name, &statement.object, &statement.place);
        }
        self.implicit_target(&mut shape);
        if checkable {
            parameter::constraints(self, &mut shape, property);
        }
        shape
    }

    /// Takes what a triple says of a shape, other than its constraints.
    fn say(&mut self, shape: &mut Shape, name: &str, object: &Term, place: &Place) {
        match (name, object) {
            ("targetNode", Term::NamedNode(_) | Term::Literal(_)) => {
                shape.targets.push(Target::Node(object.clone()));
            }
            ("targetClass", Term::NamedNode(class)) => {
                shape.targets.push(Target::Class(class.clone()));
            }
            ("targetSubjectsOf", Term::NamedNode(predicate)) => {
                shape.targets.push(Target::SubjectsOf(predicate.clone()));
            }
            ("targetObjectsOf", Term::NamedNode(predicate)) => {
                shape.targets.push(Target::ObjectsOf(predicate.clone()));
            }
            ("targetNode", _) => {
                self.refuse(place, "`sh:targetNode` is an IRI or a literal");
            }
            ("targetClass" | "targetSubjectsOf" | "targetObjectsOf", _) => {
                self.refuse(place, format!("`sh:{name}` is an IRI"));
            }
            ("severity", Term::NamedNode(severity)) => {
                self.known_severity(severity, place);
                shape.severity = severity.clone();
            }
            ("severity", _) => self.refuse(place, "`sh:severity` is an IRI"),
            ("message", object) => match message(object) {
                Some(message) => shape.messages.push(message),
                None => self.refuse(place, "`sh:message` is a text"),
            },
            ("deactivated", object) => match boolean(object) {
                Some(deactivated) => shape.deactivated = deactivated,
                None => self.refuse(place, "`sh:deactivated` is `true` or `false`"),
            },
            (name, _) if !PARAMETERS.contains(&name) && !OTHERS.contains(&name) => {
                let known = PARAMETERS.iter().chain(OTHERS).copied();
                let message = format!(
                    "`sh:{name}` is not a property of SHACL Core or SHACL-SPARQL; it is ignored"
                );
                self.diagnostics.push(
                    Diagnostic::new(Code::ShapeProperty, place.clone(), message)
                        .with_optional_hint(
                            suggest::nearest(name, known)
                                .map(|name| format!("did you mean `sh:{name}`?")),
                        ),
                );
            }
            _ => {}
        }
    }

    /// Reports a severity of SHACL's namespace that it does not have.
    fn known_severity(&mut self, severity: &NamedNode, place: &Place) {
        const KNOWN: [&str; 3] = ["Violation", "Warning", "Info"];
        let Some(local) = severity.as_str().strip_prefix(&sh("")) else {
            return;
        };
        if !KNOWN.contains(&local) {
            let message = format!("`sh:{local}` is not a severity of SHACL");
            let near =
                suggest::nearest(local, KNOWN).map(|near| format!("did you mean `sh:{near}`?"));
            self.diagnostics.push(
                Diagnostic::new(Code::Shape, place.clone(), message)
                    .with_expected("`sh:Violation`, `sh:Warning`, `sh:Info`, or an IRI of your own")
                    .with_optional_hint(near),
            );
        }
    }

    /// A shape that is a class targets its instances (SHACL §2.1.3.3).
    fn implicit_target(&mut self, shape: &mut Shape) {
        let SubjectNode::NamedNode(node) = &shape.node else {
            return;
        };
        let source = self.source;
        let mut classes: Vec<String> = vec![rdfs::CLASS.to_owned(), rdfs::OWL_CLASS.to_owned()];
        // Subclasses of rdfs:Class are classes of classes.
        let mut at = 0;
        while let Some(class) = classes.get(at).cloned() {
            let below = source
                .with(rdfs::SUB_CLASS_OF)
                .filter(|statement| is_iri(&statement.object, &class));
            for statement in below {
                if let SubjectNode::NamedNode(below) = &statement.subject
                    && !classes.iter().any(|known| known == below.as_str())
                {
                    classes.push(below.as_str().to_owned());
                }
            }
            at += 1;
        }
        if classes.iter().any(|class| source.is_a(&shape.node, class)) {
            shape.targets.push(Target::Class(node.clone()));
        }
    }
}

/// A text of people.
pub(super) fn message(term: &Term) -> Option<Literal> {
    match term {
        Term::Literal(literal)
            if literal.datatype() == oxrdf::vocab::xsd::STRING
                || literal.datatype().as_str() == rdf::LANG_STRING =>
        {
            Some(literal.clone())
        }
        _ => None,
    }
}

/// A truth value.
pub(super) fn boolean(term: &Term) -> Option<bool> {
    match term {
        Term::Literal(literal) if literal.datatype() == oxrdf::vocab::xsd::BOOLEAN => {
            match literal.value() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Property shapes beside one, whose qualified shapes must be disjoint with its own (SHACL §4.7.3).
pub(super) fn siblings(source: &ShapesGraph, node: &SubjectNode, own: &Term) -> Vec<Term> {
    let mut found = Vec::new();
    let parents = source
        .with(&sh("property"))
        .filter(|statement| super::source::node(&statement.object).as_ref() == Some(node));
    for parent in parents {
        for sibling in source.values(&parent.subject, &sh("property")) {
            let Some(sibling) = super::source::node(&sibling.object) else {
                continue;
            };
            for shape in source.values(&sibling, &sh("qualifiedValueShape")) {
                if shape.object != *own && !found.contains(&shape.object) {
                    found.push(shape.object.clone());
                }
            }
        }
    }
    found
}
