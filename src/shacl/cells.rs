//! Violations led back to the cells that made their nodes.

mod origins;

use super::path::PropertyPath;
use super::report::{ValidationReport, ValidationResult, fill_in};
use super::shape::Check;
use super::source::SubjectNode;
use super::vocabulary::{local, rdf, sh};
use super::{CollectedTriples, Shapes};
use crate::claims::Claims;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::lineage::{self, Lineage, LineageMatches, QuadMatch};
use crate::tables::Tables;
use origins::Origins;
use oxrdf::{Literal, NamedNode, Term};
use std::collections::HashSet;
use std::io;
use std::sync::Arc;

/// Files and columns in which the violations of one constraint are kept apart, about.
const KINDS: u64 = 50;

/// Characters of a value that a message repeats.
const VALUE_LIMIT: usize = 60;

/// Failures inside another one that a message repeats.
const DETAILS_SHOWN: usize = 3;

/// Why a claim becomes no statement in RDF.
const CLAIMS_WITHOUT_STATEMENT: [Code; 5] = [
    Code::ClaimTable,
    Code::ClaimRow,
    Code::ClaimColumn,
    Code::ClaimItem,
    Code::ClaimNothing,
];

/// Whether a violation is about what makes a claim a statement.
fn is_of_reification(result: &ValidationResult) -> bool {
    match &result.path {
        Some(PropertyPath::Predicate(property)) => rdf::STATEMENT.contains(&property.as_str()),
        _ => false,
    }
}

impl Shapes {
    /// Holds all shapes against the data, as [`Shapes::validate`] does, and reports every violation at the
    /// cells that made it. The tables are read once more if there is any.
    ///
    /// Gives the report back; nothing if the data could not be validated.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn check(
        &self,
        data: CollectedTriples,
        tables: Tables<'_>,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<Option<ValidationReport>> {
        let Tables { plan, .. } = tables;
        // Violations of one constraint may be of several kinds: in other files, in other columns.
        let keep = diagnostics.kept_per_kind().saturating_mul(KINDS);
        let report = match self.validate(data, keep) {
            Ok(report) => report,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                return Ok(None);
            }
        };
        let ValidationReport {
            results, failures, ..
        } = &report;
        for failure in failures {
            diagnostics.push(failure.clone());
        }
        for diagnostic in report
            .idle
            .diagnostics(&self.declared, |iri| self.name(iri))
        {
            diagnostics.push(diagnostic);
        }
        if results.is_empty() {
            return Ok(Some(report));
        }
        let origins = Origins::of(results, tables)?;
        let mut chosen: Vec<QuadMatch> = Vec::new();
        let mut choices = Vec::with_capacity(results.len());
        for result in results {
            let choice = origins.choose(result, self.check_of(result), plan);
            let start = chosen.len();
            chosen.extend(choice);
            choices.push(start..chosen.len());
        }
        let found = LineageMatches {
            matches: chosen,
            near: None,
        };
        let claims = Claims::default();
        let explained = lineage::explain(tables, &claims, found)?;
        // A cell that is wrong in itself makes wrong triples; it was reported as what it is. A warning says nothing
        // about whether the triples are wrong.
        let known: HashSet<(Arc<str>, u64, u64)> = diagnostics
            .iter()
            .filter(|one| diagnostics.severity(one) == Severity::Error)
            .map(|one| {
                (
                    Arc::clone(&one.place.file),
                    one.place.line,
                    one.place.column,
                )
            })
            .collect();
        // Neither does a claim that points at nothing become a statement; that it is none was said as well.
        let unread: HashSet<(Arc<str>, u64)> = diagnostics
            .iter()
            .filter(|one| CLAIMS_WITHOUT_STATEMENT.contains(&one.code))
            .map(|one| (Arc::clone(&one.place.file), one.place.line))
            .collect();
        let mut last: Option<Diagnostic> = None;
        for (result, choice) in results.iter().zip(choices) {
            let cells = explained.get(choice).unwrap_or_default();
            let diagnostic = self.diagnostic(result, cells, diagnostics.language());
            let place = &diagnostic.place;
            if known.contains(&(Arc::clone(&place.file), place.line, place.column))
                || (is_of_reification(result)
                    && unread.contains(&(Arc::clone(&place.file), place.line)))
            {
                continue;
            }
            if result.more > 0 {
                diagnostics.count_more(&diagnostic, result.more);
            }
            // A query may find one violation in several ways.
            if last.as_ref() != Some(&diagnostic) {
                diagnostics.push(diagnostic.clone());
                last = Some(diagnostic);
            }
        }
        Ok(Some(report))
    }

    fn check_of(&self, result: &ValidationResult) -> Option<&Check> {
        let (shape, constraint) = result.numbers;
        let constraint = self.shapes.get(shape)?.constraints.get(constraint)?;
        Some(&constraint.check)
    }

    fn name(&self, iri: &str) -> String {
        self.prefixes.shorten(iri)
    }

    /// The property that uses a component: `sh:minCount`.
    fn parameter(&self, component: &NamedNode) -> String {
        let name = local(component.as_str()).and_then(|name| {
            let name = name.strip_suffix("ConstraintComponent")?;
            let (first, rest) = name.split_at_checked(1)?;
            Some(format!("sh:{}{rest}", first.to_ascii_lowercase()))
        });
        match name.as_deref() {
            // Its name is all capitals.
            Some("sh:sPARQL") => "sh:sparql".to_owned(),
            Some(name) => name.to_owned(),
            None => self.name(component.as_str()),
        }
    }

    fn term(&self, term: &Term) -> String {
        let text = match term {
            Term::NamedNode(node) => self.name(node.as_str()),
            // Labels mean nothing to a reader.
            Term::BlankNode(_) => "a blank node".to_owned(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::Triple(triple) => triple.to_string(),
        };
        match text.char_indices().nth(VALUE_LIMIT) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        }
    }

    fn diagnostic(
        &self,
        result: &ValidationResult,
        cells: &[Lineage<'_>],
        language: &str,
    ) -> Diagnostic {
        let (number, constraint) = result.numbers;
        let shape = self.shapes.get(number);
        let code = match result.severity.as_str() {
            severity if severity == sh("Warning") => Code::ShapeWarning,
            severity if severity == sh("Info") => Code::ShapeNote,
            _ => Code::ShapeViolation,
        };
        let shape_place = shape
            .and_then(|shape| shape.constraints.get(constraint))
            .map(|constraint| &constraint.place);
        let place = cells
            .first()
            .map(|cell| &cell.place)
            .or(shape_place)
            .cloned()
            .unwrap_or_default();
        let check = self.check_of(result);
        let name = |iri: &str| self.name(iri);
        let demand = check.and_then(|check| check.demand(&name));

        // Which triple it is about, then what the shape says of it.
        let mut about = self.term(&result.focus);
        if let Some(path) = &result.path {
            about.push(' ');
            about.push_str(&path.text(&name));
        }
        if let Some(value @ (Term::NamedNode(_) | Term::BlankNode(_))) = &result.value
            && result.path.is_some()
        {
            about.push(' ');
            about.push_str(&self.term(value));
        }
        let said = pick(&result.messages, language).map(|message| self.filled_in(message, result));
        let message = match said {
            Some(said) => format!("{about}: {said}"),
            None => format!("{about} breaks {}", self.parameter(&result.component)),
        };
        let mut diagnostic = Diagnostic::new(code, place, message);
        match cells.first() {
            Some(Lineage {
                cell: Some((_, Some(text))),
                ..
            }) => diagnostic = diagnostic.with_found(text.clone()),
            // A row, or a virtual column: no cell says it in so many words.
            Some(_) => {}
            None => diagnostic = diagnostic.with_found(result.focus.to_string()),
        }
        if let Some(demand) = demand {
            diagnostic = diagnostic.with_expected(demand);
        }
        let mut hint = match &result.shape {
            SubjectNode::NamedNode(node) => format!("shape {}", name(node.as_str())),
            SubjectNode::BlankNode(_) => "a shape".to_owned(),
        };
        if let Some(place) = shape_place {
            hint.push_str(&format!(" at {place}"));
        }
        if let Some(because) = self.because(result) {
            hint.push_str("; ");
            hint.push_str(&because);
        }
        match cells {
            [] => hint.push_str("; no cell makes this node"),
            [_] => {}
            [_, others @ ..] => {
                let others: Vec<String> =
                    others.iter().map(|cell| cell.place.to_string()).collect();
                hint.push_str(&format!("; see also {}", others.join(", ")));
            }
        }
        diagnostic.with_hint(hint)
    }

    /// What is behind a failing `sh:node`, `sh:and`, `sh:or`, `sh:xone` or `sh:not`, in words.
    fn because(&self, result: &ValidationResult) -> Option<String> {
        if !result.conforms_to.is_empty() {
            let shapes: Vec<String> = result
                .conforms_to
                .iter()
                .map(|shape| self.shape_name(shape))
                .collect();
            return Some(format!("the value conforms to {}", shapes.join(" and ")));
        }
        let innermost: Vec<String> = result
            .details
            .iter()
            .take(DETAILS_SHOWN)
            .map(|detail| self.inner_failure(detail))
            .collect();
        let more = match result.details.len().saturating_sub(DETAILS_SHOWN) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        (!innermost.is_empty()).then(|| format!("because {}{more}", innermost.join(", and ")))
    }

    /// One failure inside another one: what is wrong, and what was expected or is behind it.
    fn inner_failure(&self, detail: &ValidationResult) -> String {
        let name = |iri: &str| self.name(iri);
        let mut text = self.term(&detail.focus);
        if let Some(path) = &detail.path {
            text.push(' ');
            text.push_str(&path.text(&name));
        }
        if let Some(value) = detail.value.as_ref().filter(|_| detail.path.is_some()) {
            text.push(' ');
            text.push_str(&self.term(value));
        }
        match pick(&detail.messages, "en").map(|message| self.filled_in(message, detail)) {
            Some(said) => text.push_str(&format!(": {said}")),
            None => text.push_str(&format!(" breaks {}", self.parameter(&detail.component))),
        }
        let demand = self.check_of(detail).and_then(|check| check.demand(&name));
        if let Some(demand) = demand {
            text.push_str(&format!(" (expected {demand})"));
        }
        if let Some(because) = self.because(detail) {
            text.push_str(&format!(" ({because})"));
        }
        text
    }

    /// How a shape is named in a sentence: by its IRI, else by its place.
    fn shape_name(&self, node: &SubjectNode) -> String {
        match node {
            SubjectNode::NamedNode(node) => self.name(node.as_str()),
            SubjectNode::BlankNode(_) => {
                let shape = self.shapes.iter().find(|shape| shape.node == *node);
                match shape {
                    Some(shape) => format!("the shape at {}", shape.place),
                    None => "a shape".to_owned(),
                }
            }
        }
    }

    /// A message with the values of its variables, without the full stop at its end.
    fn filled_in(&self, message: &Literal, result: &ValidationResult) -> String {
        let text = message.value().trim().trim_end_matches('.');
        fill_in(text, &result.bindings, &|value| self.term(value))
    }
}

/// The message for a reader: in the language, in English, without a language, or any.
fn pick<'m>(messages: &'m [Literal], language: &str) -> Option<&'m Literal> {
    let in_language = |wanted: &str| {
        messages.iter().find(|message| {
            let tag = message.language().unwrap_or_default();
            let main = tag.split('-').next().unwrap_or_default();
            main.eq_ignore_ascii_case(wanted)
        })
    };
    in_language(language)
        .or_else(|| in_language("en"))
        .or_else(|| in_language(""))
        .or_else(|| messages.first())
}
