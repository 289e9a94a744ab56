//! The parameters of constraints, read and checked (SHACL §4 and §5).

use super::compile::{ShapeCompiler, boolean, siblings};
use super::query::ConstraintQuery;
use super::shape::{Check, Constraint, Shape};
use super::source::node;
use super::value::OrderedLiteral;
use super::vocabulary::{local, sh};
use crate::datatype::regular::{PatternError, XPathRegex};
use crate::diagnostic::{Code, Diagnostic, Place};
use oxrdf::{Literal, NamedNode, Term};
use std::collections::HashSet;

/// A parameter of constraints.
struct ConstraintParameter {
    /// Its local name.
    name: &'static str,
    /// A shape has it at most once.
    single: bool,
    /// Only property shapes have it.
    property_only: bool,
    /// Reads what one triple demands.
    read: ReadParameter,
}

/// The parameters that make constraints, and those that others read.
const PARAMETERS: &[ConstraintParameter] = {
    const fn any(name: &'static str, read: ReadParameter) -> ConstraintParameter {
        ConstraintParameter {
            name,
            single: false,
            property_only: false,
            read,
        }
    }
    const fn single(name: &'static str, read: ReadParameter) -> ConstraintParameter {
        ConstraintParameter {
            single: true,
            ..any(name, read)
        }
    }
    const fn of_property(parameter: ConstraintParameter) -> ConstraintParameter {
        ConstraintParameter {
            property_only: true,
            ..parameter
        }
    }
    &[
        any("and", |it| it.shapes("And", Check::And)),
        any("class", |it| it.iri("Class", Check::Class)),
        single("closed", |it| it.closed()),
        single("datatype", |it| it.iri("Datatype", Check::Datatype)),
        any("disjoint", |it| it.iri("Disjoint", Check::Disjoint)),
        any("equals", |it| it.iri("Equals", Check::Equals)),
        single("flags", |it| it.read_by_another()),
        any("hasValue", |it| {
            it.push("HasValue", Check::HasValue(it.object.clone()))
        }),
        single("ignoredProperties", |it| it.read_by_another()),
        single("in", |it| it.values()),
        single("languageIn", |it| it.language_in()),
        of_property(any("lessThan", |it| it.less("LessThan", false))),
        of_property(any("lessThanOrEquals", |it| {
            it.less("LessThanOrEquals", true)
        })),
        of_property(single("maxCount", |it| {
            it.count("MaxCount", Check::MaxCount)
        })),
        single("maxExclusive", |it| it.bound("MaxExclusive", false, false)),
        single("maxInclusive", |it| it.bound("MaxInclusive", false, true)),
        single("maxLength", |it| it.count("MaxLength", Check::MaxLength)),
        of_property(single("minCount", |it| {
            it.count("MinCount", Check::MinCount)
        })),
        single("minExclusive", |it| it.bound("MinExclusive", true, false)),
        single("minInclusive", |it| it.bound("MinInclusive", true, true)),
        single("minLength", |it| it.count("MinLength", Check::MinLength)),
        any("node", |it| it.shape_reference("Node", Check::Node)),
        single("nodeKind", |it| it.node_kind()),
        any("not", |it| it.shape_reference("Not", Check::Not)),
        any("or", |it| it.shapes("Or", Check::Or)),
        any("pattern", |it| it.pattern()),
        any("property", |it| it.property()),
        single("qualifiedMaxCount", |it| it.read_by_another()),
        single("qualifiedMinCount", |it| it.read_by_another()),
        of_property(any("qualifiedValueShape", |it| it.qualified())),
        single("qualifiedValueShapesDisjoint", |it| it.read_by_another()),
        any("sparql", |it| it.sparql()),
        of_property(single("uniqueLang", |it| it.unique_lang())),
        any("xone", |it| it.shapes("Xone", Check::Xone)),
    ]
};

type ReadParameter = fn(&mut ParameterTriple<'_, '_>) -> Result<(), ParameterRefusal>;

/// Reads all constraints of a shape, in the order in which they are written.
///
/// `property` says that a property shape lacks its path, which has been reported.
pub(super) fn constraints(compiler: &mut ShapeCompiler<'_>, shape: &mut Shape, property: bool) {
    let source = compiler.source;
    let statements: Vec<_> = source.about(&shape.node).collect();
    let mut once = HashSet::new();
    for statement in statements {
        let name = local(statement.predicate.as_str());
        let parameter = PARAMETERS.iter().find(|it| name == Some(it.name));
        let Some(parameter) = parameter else {
            continue;
        };
        let (name, place) = (parameter.name, &statement.place);
        if parameter.single && !once.insert(name) {
            compiler.refuse(place, format!("a shape has `sh:{name}` at most once"));
            continue;
        }
        if parameter.property_only && shape.path.is_none() && !property {
            let message = format!("`sh:{name}` is for property shapes: this one has no `sh:path`");
            compiler.refuse(place, message);
            continue;
        }
        let mut reading = ParameterTriple {
            compiler: &mut *compiler,
            shape: &mut *shape,
            object: &statement.object,
            place,
        };
        let Err(refused) = (parameter.read)(&mut reading) else {
            continue;
        };
        let (message, found) = match refused {
            ParameterRefusal::Expected(what) => {
                let found = match &statement.object {
                    Term::BlankNode(_) => "a blank node".to_owned(),
                    other => other.to_string(),
                };
                (format!("`sh:{name}` is {what}"), Some(found))
            }
            ParameterRefusal::Said(message, found) => (message, found),
        };
        let refusal = Diagnostic::new(Code::Shape, place.clone(), message);
        compiler.diagnostics.push(match found {
            Some(found) => refusal.with_found(found),
            None => refusal,
        });
    }
    super::component::constraints(compiler, shape);
}

/// Why a parameter makes no constraint.
enum ParameterRefusal {
    /// Its value is not what it should be.
    Expected(&'static str),
    /// Something else, and what was found.
    Said(String, Option<String>),
}

/// A triple of a shape that is being read.
struct ParameterTriple<'r, 'c> {
    compiler: &'r mut ShapeCompiler<'c>,
    shape: &'r mut Shape,
    object: &'r Term,
    place: &'r Place,
}

impl ParameterTriple<'_, '_> {
    /// Adds a constraint to the shape.
    fn push(&mut self, component: &str, check: Check) -> Result<(), ParameterRefusal> {
        self.shape.constraints.push(Constraint {
            component: NamedNode::new_unchecked(sh(&format!("{component}ConstraintComponent"))),
            node: None,
            place: self.place.clone(),
            messages: Vec::new(),
            check,
        });
        Ok(())
    }

    /// A parameter that another one reads.
    fn read_by_another(&mut self) -> Result<(), ParameterRefusal> {
        Ok(())
    }

    fn iri(
        &mut self,
        component: &str,
        check: fn(NamedNode) -> Check,
    ) -> Result<(), ParameterRefusal> {
        let Term::NamedNode(iri) = self.object else {
            return Err(ParameterRefusal::Expected("an IRI"));
        };
        self.push(component, check(iri.clone()))
    }

    fn less(&mut self, component: &str, or_equal: bool) -> Result<(), ParameterRefusal> {
        let Term::NamedNode(predicate) = self.object else {
            return Err(ParameterRefusal::Expected("an IRI"));
        };
        let check = Check::Less {
            predicate: predicate.clone(),
            or_equal,
        };
        self.push(component, check)
    }

    fn node_kind(&mut self) -> Result<(), ParameterRefusal> {
        const KINDS: [(&str, [bool; 3]); 6] = [
            ("IRI", [true, false, false]),
            ("BlankNode", [false, true, false]),
            ("Literal", [false, false, true]),
            ("BlankNodeOrIRI", [true, true, false]),
            ("BlankNodeOrLiteral", [false, true, true]),
            ("IRIOrLiteral", [true, false, true]),
        ];
        let kind = match self.object {
            Term::NamedNode(kind) => local(kind.as_str()).unwrap_or_default(),
            _ => "",
        };
        let Some((_, [iri, blank, literal])) = KINDS.into_iter().find(|(name, _)| *name == kind)
        else {
            let what = "`sh:IRI`, `sh:BlankNode`, `sh:Literal`, or two of them joined by `Or`";
            return Err(ParameterRefusal::Expected(what));
        };
        let check = Check::NodeKind {
            iri,
            blank,
            literal,
        };
        self.push("NodeKind", check)
    }

    fn count(&mut self, component: &str, check: fn(u64) -> Check) -> Result<(), ParameterRefusal> {
        match count(self.object) {
            Some(count) => self.push(component, check(count)),
            None => Err(ParameterRefusal::Expected(
                "an integer from 0 of the datatype xsd:integer",
            )),
        }
    }

    fn bound(
        &mut self,
        component: &str,
        least: bool,
        inclusive: bool,
    ) -> Result<(), ParameterRefusal> {
        let bound = match self.object {
            Term::Literal(literal) if OrderedLiteral::of(literal).is_some() => literal.clone(),
            _ => {
                let what = "a literal that has an order: a number, a date, a time";
                return Err(ParameterRefusal::Expected(what));
            }
        };
        let check = Check::Bound {
            bound,
            least,
            inclusive,
        };
        self.push(component, check)
    }

    fn pattern(&mut self) -> Result<(), ParameterRefusal> {
        let Some(pattern) = text(self.object) else {
            return Err(ParameterRefusal::Expected("a text"));
        };
        let source = self.compiler.source;
        let flags = source.values(&self.shape.node, &sh("flags")).next();
        let flags = match flags.map(|flags| text(&flags.object)) {
            None => String::new(),
            Some(Some(flags)) => flags,
            Some(None) => {
                return Err(ParameterRefusal::Said(
                    "`sh:flags` is a text".to_owned(),
                    None,
                ));
            }
        };
        match expression(&pattern, &flags) {
            Ok(regex) => {
                let text = pattern;
                self.push("Pattern", Check::Pattern { regex, text })
            }
            Err(message) => Err(ParameterRefusal::Said(message, Some(pattern))),
        }
    }

    fn language_in(&mut self) -> Result<(), ParameterRefusal> {
        let list = self.compiler.source.list(self.object);
        match list.and_then(|list| list.iter().map(text).collect()) {
            Some(tags) => self.push("LanguageIn", Check::LanguageIn(tags)),
            None => Err(ParameterRefusal::Expected("a list of language tags")),
        }
    }

    fn unique_lang(&mut self) -> Result<(), ParameterRefusal> {
        match boolean(self.object) {
            // `1` is a truth value too, but the suite of the W3C wants `true` to the letter.
            Some(true) if text_of(self.object) == Some("1") => Ok(()),
            Some(true) => self.push("UniqueLang", Check::UniqueLang),
            Some(false) => Ok(()),
            None => Err(ParameterRefusal::Expected("`true` or `false`")),
        }
    }

    fn values(&mut self) -> Result<(), ParameterRefusal> {
        match self.compiler.source.list(self.object) {
            Some(values) => self.push("In", Check::In(values)),
            None => Err(ParameterRefusal::Expected("a list")),
        }
    }

    /// The number of the shape that the value names.
    fn referred(&self) -> Result<usize, ParameterRefusal> {
        reference(self.compiler, self.object).ok_or(ParameterRefusal::Expected(
            "a shape: an IRI or a blank node",
        ))
    }

    fn shape_reference(
        &mut self,
        component: &str,
        check: fn(usize) -> Check,
    ) -> Result<(), ParameterRefusal> {
        let other = self.referred()?;
        self.push(component, check(other))
    }

    fn property(&mut self) -> Result<(), ParameterRefusal> {
        let other = self.referred()?;
        let source = self.compiler.source;
        let path = |node| source.values(&node, &sh("path")).next();
        // One without a path is reported where that shape is compiled.
        match node(self.object).and_then(path) {
            Some(_) => self.push("Property", Check::Property(other)),
            None => Ok(()),
        }
    }

    fn shapes(
        &mut self,
        component: &str,
        check: fn(Vec<usize>) -> Check,
    ) -> Result<(), ParameterRefusal> {
        let list = self.compiler.source.list(self.object);
        let shapes = list.and_then(|list| {
            let shapes = list.iter();
            shapes
                .map(|shape| reference(self.compiler, shape))
                .collect::<Option<Vec<usize>>>()
        });
        match shapes {
            Some(shapes) => self.push(component, check(shapes)),
            None => Err(ParameterRefusal::Expected("a list of shapes")),
        }
    }

    fn qualified(&mut self) -> Result<(), ParameterRefusal> {
        let said = |message: &str| ParameterRefusal::Said(message.to_owned(), None);
        let source = self.compiler.source;
        let shape = reference(self.compiler, self.object)
            .ok_or_else(|| said("`sh:qualifiedValueShape` is a shape: an IRI or a blank node"))?;
        let of_shape = |name: &str| source.values(&self.shape.node, &sh(name)).next();
        let number = |name: &str| match of_shape(name) {
            None => Ok(None),
            Some(statement) => count(&statement.object)
                .map(Some)
                .ok_or_else(|| said(&format!("`sh:{name}` is an integer from 0"))),
        };
        let (least, most) = (number("qualifiedMinCount")?, number("qualifiedMaxCount")?);
        if least.is_none() && most.is_none() {
            return Err(said(
                "`sh:qualifiedValueShape` needs `sh:qualifiedMinCount` or `sh:qualifiedMaxCount`",
            ));
        }
        let excludes_siblings = match of_shape("qualifiedValueShapesDisjoint") {
            None => false,
            Some(statement) => boolean(&statement.object)
                .ok_or_else(|| said("`sh:qualifiedValueShapesDisjoint` is `true` or `false`"))?,
        };
        let disjoint: Vec<usize> = match excludes_siblings {
            true => siblings(source, &self.shape.node, self.object)
                .iter()
                .filter_map(|sibling| reference(self.compiler, sibling))
                .collect(),
            false => Vec::new(),
        };
        let check = |least, most| Check::Qualified {
            shape,
            disjoint: disjoint.clone(),
            least,
            most,
        };
        if least.is_some() {
            self.push("QualifiedMinCount", check(least, None))?;
        }
        if most.is_some() {
            self.push("QualifiedMaxCount", check(None, most))?;
        }
        Ok(())
    }

    fn closed(&mut self) -> Result<(), ParameterRefusal> {
        match boolean(self.object) {
            Some(true) => match closed(self.compiler, self.shape) {
                Some(allowed) => self.push("Closed", Check::Closed { allowed }),
                None => Err(ParameterRefusal::Said(
                    "`sh:ignoredProperties` is a list of IRIs".to_owned(),
                    None,
                )),
            },
            Some(false) => Ok(()),
            None => Err(ParameterRefusal::Expected("`true` or `false`")),
        }
    }

    fn sparql(&mut self) -> Result<(), ParameterRefusal> {
        let Some(constraint) = node(self.object) else {
            return Err(ParameterRefusal::Expected(
                "a constraint: an IRI or a blank node",
            ));
        };
        // What is wrong with the query has been reported.
        let query = ConstraintQuery::constraint(self.compiler, self.shape, &constraint);
        if let Some((query, messages)) = query {
            self.shape.constraints.push(Constraint {
                component: NamedNode::new_unchecked(sh("SPARQLConstraintComponent")),
                node: Some(constraint),
                place: self.place.clone(),
                messages,
                check: Check::Query(Box::new(query)),
            });
        }
        Ok(())
    }
}

/// The number of the shape that a term names.
fn reference(compiler: &ShapeCompiler<'_>, term: &Term) -> Option<usize> {
    compiler.numbers.get(&node(term)?).copied()
}

fn text(term: &Term) -> Option<String> {
    match term {
        Term::Literal(literal) if literal.datatype() == oxrdf::vocab::xsd::STRING => {
            Some(literal.value().to_owned())
        }
        _ => None,
    }
}

fn text_of(term: &Term) -> Option<&str> {
    match term {
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

fn count(term: &Term) -> Option<u64> {
    match term {
        Term::Literal(literal) if is_integer(literal) => {
            let digits = literal.value().trim().trim_start_matches('+');
            let sign = digits.strip_prefix('-');
            match sign.unwrap_or(digits).parse::<u64>() {
                Ok(0) => Some(0),
                Ok(count) if sign.is_none() => Some(count),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_integer(literal: &Literal) -> bool {
    literal.datatype() == oxrdf::vocab::xsd::INTEGER
}

/// Compiles an expression of SPARQL's `REGEX`.
fn expression(pattern: &str, flags: &str) -> Result<XPathRegex, String> {
    XPathRegex::new(pattern, flags).map_err(|error| match error {
        PatternError::Illegal(error) => {
            format!("`sh:pattern` is not a regular expression of XPath: {error}")
        }
        PatternError::Unsupported(error) => format!("`sh:pattern` cannot be checked: {error}"),
    })
}

/// The properties that a closed shape allows.
fn closed(compiler: &ShapeCompiler<'_>, shape: &Shape) -> Option<HashSet<NamedNode>> {
    let source = compiler.source;
    let mut allowed = HashSet::new();
    for property in source.values(&shape.node, &sh("property")) {
        let Some(property) = node(&property.object) else {
            continue;
        };
        for path in source.values(&property, &sh("path")) {
            if let Term::NamedNode(path) = &path.object {
                allowed.insert(path.clone());
            }
        }
    }
    for ignored in source.values(&shape.node, &sh("ignoredProperties")) {
        for property in source.list(&ignored.object)? {
            match property {
                Term::NamedNode(property) => {
                    allowed.insert(property);
                }
                _ => return None,
            }
        }
    }
    Some(allowed)
}
