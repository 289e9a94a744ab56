//! URI templates whose variables have been looked up (RFC 6570).

use super::ColumnId;
use crate::datatype::{Base, canonical};
pub use crate::uri::Escaping;
use crate::uri::{
    self, ExpressionWriter, ModifiedVariable, Operator, Segment, percent_decode, prefix,
    push_unreserved,
};
use oxiri::{Iri, IriRef};
use serde::{Deserialize, Serialize};

/// A template whose variables have been looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Template {
    /// Text and expressions, in order; neighbouring texts are one.
    pub parts: Vec<TemplatePart>,
    /// How values are in the expansion.
    #[serde(default, skip_serializing_if = "Escaping::is_uri")]
    pub escaping: Escaping,
    /// What expansions are.
    pub form: TemplateForm,
}

/// What the expansions of a template are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateForm {
    /// Absolute IRIs in normal form: there is nothing to resolve or to check.
    Absolute,
    /// IRI references, resolved against the base of the table.
    Relative,
    /// The same, and they may start with a prefix that only the row tells (Metadata Vocabulary §5.1.3: a template is
    /// expanded first).
    Prefixed,
    /// Absolute IRIs, or texts that follow the base of the table as they are, as RML has it.
    Appended,
    /// Texts: lexical forms, labels of blank nodes.
    Text,
}

impl TemplateForm {
    /// Makes an absolute IRI of an expansion; texts stay as they are. Returns whether it is one.
    #[inline]
    pub fn finish(self, text: &mut String, base: Option<&Iri<&str>>) -> bool {
        matches!(self, Self::Absolute | Self::Text) || self.resolve(text, base)
    }

    fn resolve(self, text: &mut String, base: Option<&Iri<&str>>) -> bool {
        match self {
            Self::Prefixed => {
                if let Some((prefix, local)) = text.split_once(':')
                    && !local.starts_with("//")
                    && let Some(namespace) = prefix::namespace(prefix)
                {
                    *text = format!("{namespace}{local}");
                }
            }
            Self::Appended => {
                if let Some(base) = base
                    && Iri::parse(text.as_str()).is_err()
                {
                    text.insert_str(0, base.as_str());
                }
                return Iri::parse(text.as_str()).is_ok();
            }
            Self::Relative | Self::Absolute | Self::Text => {}
        }
        let resolved = match base {
            Some(base) => IriRef::parse(text.as_str()).and_then(|iri| base.resolve(&iri)),
            None => Iri::parse(text.clone()),
        };
        match resolved {
            Ok(resolved) => {
                *text = resolved.into_inner();
                true
            }
            Err(_) => false,
        }
    }
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TemplatePart {
    /// Copied as it is.
    Text(String),
    /// Filled in for each row.
    Expression(Expression),
}

/// An expression: `{operator variables}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// What is before, between and around the values.
    pub operator: Operator,
    /// The variables in order.
    pub variables: Vec<TemplateVariable>,
}

/// A variable of an expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TemplateVariable {
    /// Its name, for `{?x}` and for messages.
    pub name: String,
    /// Where its value comes from.
    pub slot: ValueSource,
    /// `:3` takes that many characters.
    pub prefix: Option<usize>,
    /// `*` takes a list apart.
    pub explode: bool,
    /// Values are written in the canonical form of this datatype (Metadata Vocabulary §5.1.3); `None`
    /// where they have one form only.
    pub canonical: Option<Base>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValueSource {
    /// The cell of a column.
    Column(ColumnId),
    /// The number of the data row.
    Row,
    /// The number of the record in the file.
    SourceRow,
    /// The item of the list that is being expanded.
    Item,
    /// A text that is known beforehand.
    Text(String),
    /// There is no such variable.
    Missing,
}

/// The values of the variables of a template.
pub trait TemplateValues {
    /// Gives the texts that a slot stands for to `take`, in order: none where it is null. The flag is whether a
    /// text is a value of its datatype, which has a canonical form. Returns `false` where the slot is not known.
    fn values(&self, slot: &ValueSource, take: &mut impl FnMut(&str, bool)) -> bool;

    /// The one text of a slot, where it is known without more ado: most variables are columns, and most cells are no
    /// lists.
    #[inline]
    fn single(&self, _: &ValueSource) -> Option<(&str, bool)> {
        None
    }
}

/// What came of the expansion of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpansionOutcome {
    /// All variables had values.
    Complete,
    /// A variable was null.
    Null,
    /// A variable is not known: the expansion means nothing.
    Unknown,
}

impl Template {
    /// Compiles a template; `slot` looks a variable up.
    ///
    /// The expansions of an IRI template may start with a prefix ([`TemplateForm::Prefixed`]). Where its constant start
    /// tells which, the prefix is expanded here. What is not a template is text: whether templates are well formed is
    /// checked where mappings are read.
    pub fn new(
        template: &str,
        escaping: Escaping,
        mut form: TemplateForm,
        slot: impl Fn(&str) -> ValueSource,
    ) -> Self {
        let mut parts: Vec<TemplatePart> = Vec::new();
        let literal = |text: &str| match escaping {
            Escaping::Uri | Escaping::Iri => text.to_owned(),
            Escaping::None => percent_decode(text),
        };
        match uri::UriTemplate::parse(template) {
            Err(_) => push_text(&mut parts, &literal(template)),
            Ok(parsed) => {
                for segment in parsed.segments() {
                    match segment {
                        Segment::Literal(text) => push_text(&mut parts, &literal(text)),
                        Segment::Expression(operator, variables) => {
                            let expression = Expression {
                                operator: *operator,
                                variables: variables
                                    .iter()
                                    .map(|variable| {
                                        let names = parsed.names();
                                        TemplateVariable::new(variable, names, literal, &slot)
                                    })
                                    .collect(),
                            };
                            match expression.constant(escaping) {
                                Some(text) => push_text(&mut parts, &text),
                                None => parts.push(TemplatePart::Expression(expression)),
                            }
                        }
                    }
                }
            }
        }
        if form == TemplateForm::Prefixed && expand_prefix(&mut parts) {
            form = TemplateForm::Relative;
        }
        if form == TemplateForm::Relative && escaping != Escaping::None && is_absolute(&parts) {
            form = TemplateForm::Absolute;
        }
        Self {
            parts,
            escaping,
            form,
        }
    }

    /// Has values written in their canonical forms; `base` knows the datatype that a slot's need.
    #[must_use]
    pub fn with_canonical(mut self, base: impl Fn(&ValueSource) -> Option<Base>) -> Self {
        for part in &mut self.parts {
            if let TemplatePart::Expression(expression) = part {
                for variable in &mut expression.variables {
                    variable.canonical = base(&variable.slot);
                }
            }
        }
        self
    }

    /// The expansion, where it is the same for all rows.
    pub fn constant(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [TemplatePart::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The slots, in order.
    pub fn slots(&self) -> impl Iterator<Item = &ValueSource> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                TemplatePart::Text(_) => None,
                TemplatePart::Expression(expression) => Some(&expression.variables),
            })
            .flatten()
            .map(|variable| &variable.slot)
    }

    /// The columns whose cells the template reads, in order.
    pub fn columns(&self) -> impl Iterator<Item = ColumnId> {
        self.slots().filter_map(|slot| match slot {
            ValueSource::Column(column) => Some(*column),
            _ => None,
        })
    }
}

impl TemplateVariable {
    fn new(
        parsed: &uri::UriVariable,
        names: &[String],
        literal: impl Fn(&str) -> String,
        slot: impl Fn(&str) -> ValueSource,
    ) -> Self {
        // The slots of a parsed template point into its names.
        let name = names.get(parsed.slot).map_or("", String::as_str);
        Self {
            name: literal(name),
            slot: slot(name),
            prefix: parsed.prefix,
            explode: parsed.explode,
            canonical: None,
        }
    }
}

impl Expression {
    /// Appends the expansion; `scratch` is room for canonical forms.
    #[inline]
    pub fn expand(
        &self,
        escaping: Escaping,
        variables: &impl TemplateValues,
        out: &mut String,
        scratch: &mut String,
    ) -> ExpansionOutcome {
        // The common case: one plain value.
        if self.operator == Operator::Simple
            && escaping == Escaping::Uri
            && let [
                TemplateVariable {
                    slot,
                    prefix: None,
                    canonical,
                    ..
                },
            ] = self.variables.as_slice()
            && let Some((text, valid)) = variables.single(slot)
        {
            push_unreserved(out, form(text, valid, *canonical, scratch));
            return ExpansionOutcome::Complete;
        }
        self.expand_all(escaping, variables, out, scratch)
    }

    fn expand_all(
        &self,
        escaping: Escaping,
        variables: &impl TemplateValues,
        out: &mut String,
        scratch: &mut String,
    ) -> ExpansionOutcome {
        let mut expanded = ExpansionOutcome::Complete;
        let mut writer = ExpressionWriter::new(self.operator, escaping, out);
        for variable in &self.variables {
            let modified = ModifiedVariable {
                name: &variable.name,
                prefix: variable.prefix,
                explode: variable.explode,
            };
            let mut count = 0;
            let mut take = |text: &str, valid: bool| {
                let text = form(text, valid, variable.canonical, scratch);
                writer.value(modified, count, text);
                count += 1;
            };
            let known = match &variable.slot {
                ValueSource::Text(text) => {
                    take(text, false);
                    true
                }
                ValueSource::Missing => true,
                slot => variables.values(slot, &mut take),
            };
            if !known {
                return ExpansionOutcome::Unknown;
            }
            if count == 0 {
                expanded = ExpansionOutcome::Null;
            }
        }
        expanded
    }

    /// The expansion of an expression whose variables are all known beforehand.
    fn constant(&self, escaping: Escaping) -> Option<String> {
        /// Nothing but what the template itself says.
        struct NoValues;

        impl TemplateValues for NoValues {
            fn values(&self, _: &ValueSource, _: &mut impl FnMut(&str, bool)) -> bool {
                false
            }
        }

        let mut out = String::new();
        let expanded = self.expand_all(escaping, &NoValues, &mut out, &mut String::new());
        (expanded != ExpansionOutcome::Unknown).then_some(out)
    }
}

/// A value as templates write it; what does not match its datatype is a string.
#[inline]
fn form<'a>(text: &'a str, valid: bool, base: Option<Base>, scratch: &'a mut String) -> &'a str {
    match base {
        Some(base) if valid => canonical(base, text, scratch),
        _ => text,
    }
}

fn push_text(parts: &mut Vec<TemplatePart>, text: &str) {
    if text.is_empty() {
        return;
    }
    match parts.last_mut() {
        Some(TemplatePart::Text(before)) => before.push_str(text),
        _ => parts.push(TemplatePart::Text(text.to_owned())),
    }
}

/// Expands the prefix that a template starts with. Returns whether no expansion can start with one any more: the
/// constant start tells that there is none, or it was expanded.
fn expand_prefix(parts: &mut [TemplatePart]) -> bool {
    let (head, rest) = match parts {
        [] => return true,
        [TemplatePart::Expression(_), ..] => return false,
        [TemplatePart::Text(head), rest @ ..] => (head, rest),
    };
    let Some((prefix, local)) = head.split_once(':') else {
        // A colon may follow, but after these characters it ends no prefix.
        return rest.is_empty() || head.bytes().any(|byte| !byte.is_ascii_alphanumeric());
    };
    let Some(namespace) = prefix::namespace(prefix) else {
        return true;
    };
    // As in JSON-LD, `//` after the colon makes it a URL.
    let is_prefixed = match rest {
        [] => true,
        [TemplatePart::Expression(expression)] if local.is_empty() => {
            !matches!(expression.operator, Operator::Reserved | Operator::Path)
        }
        _ => !matches!(local, "" | "/"),
    };
    if !is_prefixed {
        return false;
    }
    if !local.starts_with("//") {
        *head = format!("{namespace}{local}");
    }
    true
}

/// Whether every expansion is a valid absolute IRI in normal form.
///
/// True when the text before the first expression is an IRI with a scheme and, if it has an
/// authority, reaches beyond it, and all expressions are of kinds whose values are percent-encoded.
/// What remains to be looked at for each row is a value that starts with a dot after a slash.
fn is_absolute(parts: &[TemplatePart]) -> bool {
    let Some(TemplatePart::Text(head)) = parts.first() else {
        return false;
    };
    let Ok(iri) = Iri::parse(head.as_str()) else {
        return false;
    };
    let scheme = iri.scheme().len() + 1;
    let beyond_authority = match head.get(scheme..) {
        Some(after) if after.starts_with("//") => after[2..].contains(['/', '?', '#']),
        Some(after) => !after.is_empty() && parts.len() == 1 || after.contains([':', '/']),
        None => false,
    };
    let mut sample = String::new();
    for part in parts {
        match part {
            TemplatePart::Text(text) => sample.push_str(text),
            TemplatePart::Expression(expression) => {
                if matches!(expression.operator, Operator::Reserved | Operator::Fragment) {
                    return false;
                }
                sample.push_str(expression.operator.first());
                sample.push('x');
            }
        }
    }
    beyond_authority && !sample.contains("/.") && Iri::parse(sample.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(name: &str) -> ValueSource {
        match name {
            "a" => ValueSource::Column(ColumnId::new(0)),
            "_name" => ValueSource::Text("Trim Cycle".into()),
            _ => ValueSource::Missing,
        }
    }

    fn template(text: &str) -> Template {
        Template::new(text, Escaping::Uri, TemplateForm::Prefixed, slot)
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("http://example.org/id/{a}", TemplateForm::Absolute),
            ("http://example.org/id/{a}/b{?a}", TemplateForm::Absolute),
            ("http://example.org{a}", TemplateForm::Relative),
            ("http://example.org/{+a}", TemplateForm::Relative),
            ("http://example.org/./{a}", TemplateForm::Relative),
            ("urn:isbn:{a}", TemplateForm::Absolute),
            ("schema:{a}", TemplateForm::Absolute),
            ("schema:name", TemplateForm::Absolute),
            ("schema:{+a}", TemplateForm::Prefixed),
            ("schema:/{a}", TemplateForm::Prefixed),
            ("schema:{a}//b", TemplateForm::Prefixed),
            ("schema://{a}/", TemplateForm::Relative),
            ("sche{a}:name", TemplateForm::Prefixed),
            ("{a}", TemplateForm::Prefixed),
            ("id/{a}", TemplateForm::Relative),
            ("#row.{a}", TemplateForm::Relative),
            ("name", TemplateForm::Relative),
            ("http://example.org/a b", TemplateForm::Absolute),
            ("http://example.org/{", TemplateForm::Relative),
        ] {
            assert_eq!(template(text).form, expected, "{text}");
        }
    }

    #[test]
    fn prefixes_are_expanded_where_the_start_tells_them() {
        let namespace = "http://schema.org/";
        for (text, expected) in [
            ("schema:{a}", Some(namespace.to_owned())),
            ("schema:x{a}", Some(format!("{namespace}x"))),
            ("schema:name", Some(format!("{namespace}name"))),
            ("schema://{a}", Some("schema://".to_owned())),
            ("{a}:name", None),
        ] {
            let head = match template(text).parts.into_iter().next() {
                Some(TemplatePart::Text(head)) => Some(head),
                _ => None,
            };
            assert_eq!(head, expected, "{text}");
        }
    }

    #[test]
    fn constants_are_folded() {
        for (text, expected) in [
            ("#x", Some("#x")),
            ("{#_name}", Some("#Trim%20Cycle")),
            ("a{_name:4}b{nothing}c", Some("aTrimbc")),
            ("{?_name}", Some("?_name=Trim%20Cycle")),
            ("x{a}", None),
            ("{a", Some("{a")),
            ("", Some("")),
        ] {
            assert_eq!(template(text).constant(), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_not_encoded() {
        let template = |text: &str| Template::new(text, Escaping::None, TemplateForm::Text, slot);
        for (text, expected) in [
            ("a b {_name}", "a b Trim Cycle"),
            ("50% {_name:4}", "50% Trim"),
            ("%41", "A"),
            ("{", "{"),
        ] {
            assert_eq!(template(text).constant(), Some(expected), "{text}");
        }
    }

    #[test]
    fn references_follow_the_base_or_are_resolved_against_it() {
        let base = Iri::parse("http://example.org/base/").unwrap();
        let finish = |form: TemplateForm, text: &str| {
            let mut text = text.to_owned();
            form.finish(&mut text, Some(&base)).then_some(text)
        };
        for (form, text, expected) in [
            (
                TemplateForm::Relative,
                "a/../b",
                Some("http://example.org/base/b"),
            ),
            (
                TemplateForm::Appended,
                "a/../b",
                Some("http://example.org/base/a/../b"),
            ),
            (
                TemplateForm::Appended,
                "http://x.org/a",
                Some("http://x.org/a"),
            ),
            (TemplateForm::Appended, "a b", None),
            (
                TemplateForm::Prefixed,
                "schema:name",
                Some("http://schema.org/name"),
            ),
            (TemplateForm::Relative, "schema:name", Some("schema:name")),
        ] {
            assert_eq!(finish(form, text).as_deref(), expected, "{text}");
        }
    }
}
