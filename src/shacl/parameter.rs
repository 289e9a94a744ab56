//! The parameters of constraints, read and checked (SHACL §4 and §5).

use super::compile::{Compiler, boolean, siblings};
use super::query::Query;
use super::shape::{Check, Constraint, Shape};
use super::source::node;
use super::value::Value;
use super::vocabulary::{local, sh};
use crate::datatype::regular::{PatternError, XPathRegex};
use crate::diagnostic::{Code, Diagnostic, Place};
use oxrdf::{Literal, NamedNode, Term};
use std::collections::HashSet;

/// Reads all constraints of a shape, in the order in which they are written.
///
/// `property` tells that a property shape lacks its path, which has been reported.
pub(super) fn constraints(compiler: &mut Compiler<'_>, shape: &mut Shape, property: bool) {
    let source = compiler.source;
    let statements: Vec<_> = source.about(&shape.node).collect();
    let mut once = HashSet::new();
    for statement in statements {
        let Some(name) = local(statement.predicate.as_str()) else {
            continue;
        };
        let place = &statement.place;
        if SINGLE.contains(&name) && !once.insert(name) {
            compiler.refuse(place, format!("a shape has `sh:{name}` at most once"));
            continue;
        }
        if shape.path.is_none() && !property && PROPERTY_ONLY.contains(&name) {
            let message = format!("`sh:{name}` is for property shapes: this one has no `sh:path`");
            compiler.refuse(place, message);
            continue;
        }
        read(compiler, shape, name, &statement.object, place);
    }
    super::component::constraints(compiler, shape);
}

/// Parameters that a shape has at most once.
const SINGLE: &[&str] = &[
    "closed",
    "datatype",
    "flags",
    "ignoredProperties",
    "in",
    "languageIn",
    "maxCount",
    "maxExclusive",
    "maxInclusive",
    "maxLength",
    "minCount",
    "minExclusive",
    "minInclusive",
    "minLength",
    "nodeKind",
    "qualifiedMaxCount",
    "qualifiedMinCount",
    "qualifiedValueShapesDisjoint",
    "uniqueLang",
];

/// Parameters that only property shapes can have.
const PROPERTY_ONLY: &[&str] = &[
    "lessThan",
    "lessThanOrEquals",
    "maxCount",
    "minCount",
    "qualifiedValueShape",
    "uniqueLang",
];

/// Reads what one triple demands.
fn read(compiler: &mut Compiler<'_>, shape: &mut Shape, name: &str, object: &Term, place: &Place) {
    let refuse = |compiler: &mut Compiler<'_>, what: &str| {
        compiler.diagnostics.push(
            Diagnostic::new(Code::Shape, place.clone(), format!("`sh:{name}` is {what}"))
                .with_found(match object {
                    Term::BlankNode(_) => "a blank node".to_owned(),
                    other => other.to_string(),
                }),
        );
    };
    let checks: Vec<(&str, Check)> = match name {
        "class" | "datatype" | "equals" | "disjoint" | "lessThan" | "lessThanOrEquals" => {
            let Term::NamedNode(iri) = object else {
                return refuse(compiler, "an IRI");
            };
            let iri = iri.clone();
            match name {
                "class" => vec![("Class", Check::Class(iri))],
                "datatype" => vec![("Datatype", Check::Datatype(iri))],
                "equals" => vec![("Equals", Check::Equals(iri))],
                "disjoint" => vec![("Disjoint", Check::Disjoint(iri))],
                _ => {
                    let or_equal = name == "lessThanOrEquals";
                    let check = Check::Less {
                        predicate: iri,
                        or_equal,
                    };
                    let component = if or_equal {
                        "LessThanOrEquals"
                    } else {
                        "LessThan"
                    };
                    vec![(component, check)]
                }
            }
        }
        "nodeKind" => {
            let kind = match object {
                Term::NamedNode(kind) => local(kind.as_str()).unwrap_or_default(),
                _ => "",
            };
            const KINDS: [(&str, [bool; 3]); 6] = [
                ("IRI", [true, false, false]),
                ("BlankNode", [false, true, false]),
                ("Literal", [false, false, true]),
                ("BlankNodeOrIRI", [true, true, false]),
                ("BlankNodeOrLiteral", [false, true, true]),
                ("IRIOrLiteral", [true, false, true]),
            ];
            let Some((_, [iri, blank, literal])) =
                KINDS.into_iter().find(|(name, _)| *name == kind)
            else {
                let what = "`sh:IRI`, `sh:BlankNode`, `sh:Literal`, or two of them joined by `Or`";
                return refuse(compiler, what);
            };
            let check = Check::NodeKind {
                iri,
                blank,
                literal,
            };
            vec![("NodeKind", check)]
        }
        "minCount" | "maxCount" | "minLength" | "maxLength" => {
            let Some(count) = count(object) else {
                return refuse(compiler, "an integer from 0 of the datatype xsd:integer");
            };
            match name {
                "minCount" => vec![("MinCount", Check::MinCount(count))],
                "maxCount" => vec![("MaxCount", Check::MaxCount(count))],
                "minLength" => vec![("MinLength", Check::MinLength(count))],
                _ => vec![("MaxLength", Check::MaxLength(count))],
            }
        }
        "minInclusive" | "minExclusive" | "maxInclusive" | "maxExclusive" => {
            let bound = match object {
                Term::Literal(literal) if Value::of(literal).is_some() => literal.clone(),
                _ => {
                    return refuse(
                        compiler,
                        "a literal that has an order: a number, a date, a time",
                    );
                }
            };
            let check = Check::Bound {
                bound,
                least: name.starts_with("min"),
                inclusive: name.ends_with("Inclusive"),
            };
            let component = match name {
                "minInclusive" => "MinInclusive",
                "minExclusive" => "MinExclusive",
                "maxInclusive" => "MaxInclusive",
                _ => "MaxExclusive",
            };
            vec![(component, check)]
        }
        "pattern" => {
            let Some(pattern) = text(object) else {
                return refuse(compiler, "a text");
            };
            let flags = compiler.source.values(&shape.node, &sh("flags")).next();
            let flags = match flags.map(|flags| text(&flags.object)) {
                None => String::new(),
                Some(Some(flags)) => flags,
                Some(None) => return compiler.refuse(place, "`sh:flags` is a text"),
            };
            match expression(&pattern, &flags) {
                Ok(regex) => {
                    let text = pattern;
                    vec![("Pattern", Check::Pattern { regex, text })]
                }
                Err(message) => {
                    compiler.diagnostics.push(
                        Diagnostic::new(Code::Shape, place.clone(), message).with_found(pattern),
                    );
                    return;
                }
            }
        }
        "languageIn" => {
            let list = compiler.source.list(object);
            let tags = list.and_then(|list| list.iter().map(text).collect());
            let Some(tags) = tags else {
                return refuse(compiler, "a list of language tags");
            };
            vec![("LanguageIn", Check::LanguageIn(tags))]
        }
        // `1` is a truth value too, but the suite of the W3C wants `true` to the letter.
        "uniqueLang" => match boolean(object) {
            Some(true) if text_of(object) == Some("1") => return,
            Some(true) => vec![("UniqueLang", Check::UniqueLang)],
            Some(false) => return,
            None => return refuse(compiler, "`true` or `false`"),
        },
        "hasValue" => vec![("HasValue", Check::HasValue(object.clone()))],
        "in" => {
            let Some(values) = compiler.source.list(object) else {
                return refuse(compiler, "a list");
            };
            vec![("In", Check::In(values))]
        }
        "node" | "property" | "not" => {
            let Some(other) = reference(compiler, object) else {
                return refuse(compiler, "a shape: an IRI or a blank node");
            };
            match name {
                "node" => vec![("Node", Check::Node(other))],
                "not" => vec![("Not", Check::Not(other))],
                _ => {
                    let has_path = node(object).is_some_and(|node| {
                        compiler.source.values(&node, &sh("path")).next().is_some()
                    });
                    // It is told where that shape is compiled.
                    if !has_path {
                        return;
                    }
                    vec![("Property", Check::Property(other))]
                }
            }
        }
        "and" | "or" | "xone" => {
            let list = compiler.source.list(object);
            let shapes = list.and_then(|list| {
                list.iter()
                    .map(|shape| reference(compiler, shape))
                    .collect::<Option<Vec<usize>>>()
            });
            let Some(shapes) = shapes else {
                return refuse(compiler, "a list of shapes");
            };
            match name {
                "and" => vec![("And", Check::And(shapes))],
                "or" => vec![("Or", Check::Or(shapes))],
                _ => vec![("Xone", Check::Xone(shapes))],
            }
        }
        "qualifiedValueShape" => match qualified(compiler, shape, object) {
            Ok(checks) => checks,
            Err(what) => return compiler.refuse(place, what),
        },
        "closed" => match boolean(object) {
            Some(true) => match closed(compiler, shape) {
                Some(allowed) => vec![("Closed", Check::Closed { allowed })],
                None => {
                    return compiler.refuse(place, "`sh:ignoredProperties` is a list of IRIs");
                }
            },
            Some(false) => return,
            None => return refuse(compiler, "`true` or `false`"),
        },
        "sparql" => {
            let Some(constraint) = node(object) else {
                return refuse(compiler, "a constraint: an IRI or a blank node");
            };
            let Some((query, messages)) = Query::constraint(compiler, shape, &constraint) else {
                return;
            };
            shape.constraints.push(Constraint {
                component: NamedNode::new_unchecked(sh("SPARQLConstraintComponent")),
                node: Some(constraint),
                place: place.clone(),
                messages,
                check: Check::Query(Box::new(query)),
            });
            return;
        }
        _ => return,
    };
    for (component, check) in checks {
        shape.constraints.push(Constraint {
            component: NamedNode::new_unchecked(sh(&format!("{component}ConstraintComponent"))),
            node: None,
            place: place.clone(),
            messages: Vec::new(),
            check,
        });
    }
}

/// The number of the shape that a term names.
fn reference(compiler: &Compiler<'_>, term: &Term) -> Option<usize> {
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

fn qualified(
    compiler: &mut Compiler<'_>,
    shape: &Shape,
    object: &Term,
) -> Result<Vec<(&'static str, Check)>, String> {
    let source = compiler.source;
    let other = reference(compiler, object)
        .ok_or("`sh:qualifiedValueShape` is a shape: an IRI or a blank node")?;
    let number = |name: &str| match source.values(&shape.node, &sh(name)).next() {
        None => Ok(None),
        Some(statement) => count(&statement.object)
            .map(Some)
            .ok_or_else(|| format!("`sh:{name}` is an integer from 0")),
    };
    let (least, most) = (number("qualifiedMinCount")?, number("qualifiedMaxCount")?);
    if least.is_none() && most.is_none() {
        return Err(
            "`sh:qualifiedValueShape` needs `sh:qualifiedMinCount` or `sh:qualifiedMaxCount`"
                .to_owned(),
        );
    }
    let apart = source
        .values(&shape.node, &sh("qualifiedValueShapesDisjoint"))
        .next()
        .map(|statement| {
            boolean(&statement.object)
                .ok_or("`sh:qualifiedValueShapesDisjoint` is `true` or `false`")
        })
        .transpose()?;
    let disjoint: Vec<usize> = if apart == Some(true) {
        siblings(source, &shape.node, object)
            .iter()
            .filter_map(|sibling| reference(compiler, sibling))
            .collect()
    } else {
        Vec::new()
    };
    let check = |least, most| Check::Qualified {
        shape: other,
        disjoint: disjoint.clone(),
        least,
        most,
    };
    let mut checks = Vec::new();
    if least.is_some() {
        checks.push(("QualifiedMinCount", check(least, None)));
    }
    if most.is_some() {
        checks.push(("QualifiedMaxCount", check(None, most)));
    }
    Ok(checks)
}

/// The properties that a closed shape allows.
fn closed(compiler: &Compiler<'_>, shape: &Shape) -> Option<HashSet<NamedNode>> {
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
