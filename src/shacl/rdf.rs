//! The report as RDF (SHACL §3.6), in Turtle.

use super::path::PropertyPath;
use super::report::{ValidationReport, ValidationResult, fill_in};
use super::vocabulary::SH;
use oxrdf::{Literal, NamedNode, Term};
use std::fmt::Write as _;
use std::io::{self, Write};

impl ValidationReport {
    /// Writes the report as one `sh:ValidationReport`, its results in their order.
    ///
    /// Blank nodes keep the labels of the data; those of shapes have labels of this report. Violations that were counted
    /// and not kept are missing, so validate with all of them kept.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_turtle(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "@prefix sh: <{SH}> .\n")?;
        let conforms = self.conforms();
        write!(
            out,
            "[] a sh:ValidationReport ;\n    sh:conforms {conforms}"
        )?;
        let mut text = String::new();
        for result in &self.results {
            text.clear();
            result.write(&mut text, 1);
            write!(out, " ;\n    sh:result {text}")?;
        }
        writeln!(out, " .")
    }
}

impl ValidationResult {
    /// The messages, with the values of their variables.
    fn filled_messages(&self) -> impl Iterator<Item = Literal> {
        self.messages.iter().map(|message| {
            let text = fill_in(message.value(), &self.bindings, &|value| match value {
                Term::NamedNode(node) => node.as_str().to_owned(),
                Term::Literal(literal) => literal.value().to_owned(),
                other => other.to_string(),
            });
            match (message.language(), message.direction()) {
                (Some(language), Some(direction)) => {
                    Literal::new_directional_language_tagged_literal_unchecked(
                        text, language, direction,
                    )
                }
                (Some(language), None) => {
                    Literal::new_language_tagged_literal_unchecked(text, language)
                }
                _ => Literal::new_simple_literal(text),
            }
        })
    }

    /// Appends the result as a blank node; results behind it nest to the depth that they were collected to.
    fn write(&self, out: &mut String, level: usize) {
        let line = format!(" ;\n{}", "    ".repeat(level + 1));
        out.push_str("[ a sh:ValidationResult");
        let mut property = |name: &str, value: &dyn std::fmt::Display| {
            // Strings take everything.
            let _ = write!(out, "{line}sh:{name} {value}");
        };
        property("focusNode", &self.focus);
        if let Some(path) = &self.path {
            property("resultPath", &PathNode(path));
        }
        if let Some(value) = &self.value {
            property("value", value);
        }
        property("sourceShape", &self.shape);
        if let Some(constraint) = &self.constraint {
            property("sourceConstraint", constraint);
        }
        property("sourceConstraintComponent", &Name(&self.component));
        property("resultSeverity", &Name(&self.severity));
        for message in self.filled_messages() {
            property("resultMessage", &message);
        }
        for detail in &self.details {
            out.push_str(&line);
            out.push_str("sh:detail ");
            detail.write(out, level + 1);
        }
        out.push_str(" ]");
    }
}

/// An IRI, short where it is a term of SHACL.
struct Name<'n>(&'n NamedNode);

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let local = self.0.as_str().strip_prefix(SH);
        match local.filter(|local| local.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            Some(local) if !local.is_empty() => write!(f, "sh:{local}"),
            _ => self.0.fmt(f),
        }
    }
}

/// A path as the node that stands for it (SHACL §2.3.1).
struct PathNode<'p>(&'p PropertyPath);

impl std::fmt::Display for PathNode<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |f: &mut std::fmt::Formatter<'_>, paths: &[PropertyPath]| {
            f.write_str("(")?;
            for path in paths {
                write!(f, " {}", PathNode(path))?;
            }
            f.write_str(" )")
        };
        let one = |f: &mut std::fmt::Formatter<'_>, name: &str, path: &PropertyPath| {
            write!(f, "[ sh:{name} {} ]", PathNode(path))
        };
        match self.0 {
            PropertyPath::Predicate(predicate) => predicate.fmt(f),
            PropertyPath::Sequence(paths) => list(f, paths),
            PropertyPath::Alternative(paths) => {
                f.write_str("[ sh:alternativePath ")?;
                list(f, paths)?;
                f.write_str(" ]")
            }
            PropertyPath::Inverse(path) => one(f, "inversePath", path),
            PropertyPath::ZeroOrMore(path) => one(f, "zeroOrMorePath", path),
            PropertyPath::OneOrMore(path) => one(f, "oneOrMorePath", path),
            PropertyPath::ZeroOrOne(path) => one(f, "zeroOrOnePath", path),
        }
    }
}
