//! URI templates, levels 1 to 4 (RFC 6570), parsed once and expanded for every row.

use super::encode::{is_triplet, push_reserved, push_unreserved};
use super::expression::{Escaping, ExpressionWriter, ModifiedVariable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A URI template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UriTemplate {
    segments: Vec<Segment>,
    /// Distinct variable names in order of first use; [`UriVariable::slot`] points here.
    names: Vec<String>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Segment {
    /// Text, already percent-encoded where a URI needs it.
    Literal(String),
    /// An expression in braces.
    Expression(Operator, Vec<UriVariable>),
}

/// The operator of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// `{x}`
    Simple,
    /// `{+x}`: reserved characters stay.
    Reserved,
    /// `{#x}`: a fragment.
    Fragment,
    /// `{.x}`: a label.
    Label,
    /// `{/x}`: path segments.
    Path,
    /// `{;x}`: path parameters.
    Parameter,
    /// `{?x}`: a query.
    Query,
    /// `{&x}`: more of a query.
    Continuation,
}

/// A variable in an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UriVariable {
    /// Index into [`UriTemplate::names`].
    pub slot: usize,
    /// `{x:3}`: only so many characters.
    pub prefix: Option<usize>,
    /// `{x*}`: each item of a list on its own.
    pub explode: bool,
}

/// What a variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableValue<'a> {
    /// Nothing: the variable is left out.
    Null,
    /// One string.
    Text(&'a str),
    /// Several strings; none counts as nothing.
    List(&'a [&'a str]),
}

/// Why a text is not a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateError {
    /// Character of the text, from 1.
    pub position: usize,
    /// What is wrong there.
    pub message: &'static str,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.message, self.position)
    }
}

impl std::error::Error for TemplateError {}

impl Operator {
    const ALL: [(char, Self); 7] = [
        ('+', Self::Reserved),
        ('#', Self::Fragment),
        ('.', Self::Label),
        ('/', Self::Path),
        (';', Self::Parameter),
        ('?', Self::Query),
        ('&', Self::Continuation),
    ];

    const fn symbol(self) -> &'static str {
        match self {
            Self::Simple => "",
            Self::Reserved => "+",
            Self::Fragment => "#",
            Self::Label => ".",
            Self::Path => "/",
            Self::Parameter => ";",
            Self::Query => "?",
            Self::Continuation => "&",
        }
    }

    /// What is before the first value that is there.
    pub const fn first(self) -> &'static str {
        match self {
            Self::Reserved => "",
            operator => operator.symbol(),
        }
    }

    /// What is between values.
    pub const fn separator(self) -> &'static str {
        match self {
            Self::Simple | Self::Reserved | Self::Fragment => ",",
            Self::Query => "&",
            operator => operator.symbol(),
        }
    }

    /// Whether values are after the names of their variables.
    pub const fn is_named(self) -> bool {
        matches!(self, Self::Parameter | Self::Query | Self::Continuation)
    }

    /// Appends a value, encoded as the operator asks.
    pub fn push(self, out: &mut String, text: &str) {
        match self {
            Self::Reserved | Self::Fragment => push_reserved(out, text),
            _ => push_unreserved(out, text),
        }
    }
}

impl UriTemplate {
    /// Parses a template.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut template = Self {
            segments: Vec::new(),
            names: Vec::new(),
        };
        // Byte offset in `text` of what is still to be read.
        let mut at = 0;
        let error = |offset: usize, message| TemplateError {
            position: text.get(..offset).unwrap_or(text).chars().count() + 1,
            message,
        };
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            match rest.find(['{', '}']) {
                None => {
                    template.push_literal(rest);
                    break;
                }
                Some(0) if rest.starts_with('}') => {
                    return Err(error(at, "a brace closes that was not opened"));
                }
                Some(0) => {
                    let body = &rest[1..];
                    let end = match body.find(['{', '}']) {
                        Some(end) if body[end..].starts_with('}') => end,
                        Some(end) => return Err(error(at + 1 + end, "a brace inside braces")),
                        None => return Err(error(at, "a brace is not closed")),
                    };
                    template
                        .push_expression(&body[..end])
                        .map_err(|(offset, message)| error(at + 1 + offset, message))?;
                    at += end + 2;
                }
                Some(length) => {
                    template.push_literal(&rest[..length]);
                    at += length;
                }
            }
        }
        Ok(template)
    }

    fn push_literal(&mut self, text: &str) {
        let mut literal = String::with_capacity(text.len());
        push_reserved(&mut literal, text);
        self.segments.push(Segment::Literal(literal));
    }

    /// Adds the expression between two braces; the error has a byte offset into it.
    fn push_expression(&mut self, body: &str) -> Result<(), (usize, &'static str)> {
        let first = body.chars().next().ok_or((0, "empty braces"))?;
        let operator = Operator::ALL
            .into_iter()
            .find(|&(symbol, _)| symbol == first)
            .map_or(Operator::Simple, |(_, operator)| operator);
        if matches!(first, '=' | ',' | '!' | '@' | '|') {
            return Err((0, "an operator that is reserved for the future"));
        }
        let mut offset = operator.symbol().len();
        let mut variables = Vec::new();
        for part in body[offset..].split(',') {
            let (name, prefix, explode) =
                modifiers(part).map_err(|(at, message)| (offset + at, message))?;
            if let Some(at) = bad_name(name) {
                return Err((
                    offset + at,
                    "a variable is named by letters, digits, `_`, `.` and percent-encoded characters",
                ));
            }
            let slot = self.names.iter().position(|known| known == name);
            let slot = slot.unwrap_or_else(|| {
                self.names.push(name.to_owned());
                self.names.len() - 1
            });
            variables.push(UriVariable {
                slot,
                prefix,
                explode,
            });
            offset += part.len() + 1;
        }
        self.segments.push(Segment::Expression(operator, variables));
        Ok(())
    }

    /// The pieces in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Distinct variable names, by slot.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The text of a template without variables.
    pub fn as_literal(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [] => Some(""),
            [Segment::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Appends the expansion to `out`; `lookup` gives the value of each slot.
    ///
    /// Returns whether every variable had a value.
    pub fn expand<'v>(
        &self,
        out: &mut String,
        mut lookup: impl FnMut(usize) -> VariableValue<'v>,
    ) -> bool {
        let mut complete = true;
        for segment in &self.segments {
            let (operator, variables) = match segment {
                Segment::Literal(text) => {
                    out.push_str(text);
                    continue;
                }
                Segment::Expression(operator, variables) => (*operator, variables),
            };
            let mut writer = ExpressionWriter::new(operator, Escaping::Uri, out);
            for variable in variables {
                let modified = ModifiedVariable {
                    // Slots are made together with names.
                    name: self.names.get(variable.slot).map_or("", String::as_str),
                    prefix: variable.prefix,
                    explode: variable.explode,
                };
                match lookup(variable.slot) {
                    VariableValue::Null | VariableValue::List([]) => complete = false,
                    VariableValue::Text(text) => writer.value(modified, 0, text),
                    VariableValue::List(items) => {
                        for (index, item) in items.iter().enumerate() {
                            writer.value(modified, index, item);
                        }
                    }
                }
            }
        }
        complete
    }
}

/// Splits the modifier from a variable; the error has a byte offset.
fn modifiers(part: &str) -> Result<(&str, Option<usize>, bool), (usize, &'static str)> {
    if let Some(name) = part.strip_suffix('*') {
        return Ok((name, None, true));
    }
    let Some((name, length)) = part.split_once(':') else {
        return Ok((part, None, false));
    };
    let valid = (1..=4).contains(&length.len())
        && !length.starts_with('0')
        && length.bytes().all(|byte| byte.is_ascii_digit());
    match length.parse() {
        Ok(length) if valid => Ok((name, Some(length), false)),
        _ => Err((
            name.len() + 1,
            "the length of a prefix is a number from 1 to 9999",
        )),
    }
}

/// Byte offset of what is wrong with the name of a variable.
fn bad_name(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let mut at = 0;
    // A dot may be only between other characters.
    let mut after_dot = true;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'.' {
            if after_dot {
                return Some(at);
            }
            after_dot = true;
            at += 1;
            continue;
        }
        after_dot = false;
        if is_triplet(bytes.get(at..).unwrap_or_default()) {
            at += 3;
        } else if byte.is_ascii_alphanumeric() || byte == b'_' {
            at += 1;
        } else {
            return Some(at);
        }
    }
    after_dot.then_some(at)
}

impl fmt::Display for UriTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => f.write_str(text)?,
                Segment::Expression(operator, variables) => {
                    write!(f, "{{{}", operator.symbol())?;
                    for (index, variable) in variables.iter().enumerate() {
                        let name = self.names.get(variable.slot).map_or("", String::as_str);
                        write!(f, "{}{name}", if index > 0 { "," } else { "" })?;
                        if let Some(prefix) = variable.prefix {
                            write!(f, ":{prefix}")?;
                        }
                        if variable.explode {
                            f.write_str("*")?;
                        }
                    }
                    f.write_str("}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expand(template: &str) -> String {
        let template = UriTemplate::parse(template).expect(template);
        let mut out = String::new();
        template.expand(&mut out, |slot| match template.names()[slot].as_str() {
            "var" => VariableValue::Text("value"),
            "hello" => VariableValue::Text("Hello World!"),
            "half" => VariableValue::Text("50%"),
            "base" => VariableValue::Text("http://example.com/home/"),
            "path" => VariableValue::Text("/foo/bar"),
            "list" | "Trim%20Cycle" => VariableValue::List(&["red", "green", "blue"]),
            "who" => VariableValue::Text("fred"),
            "x" => VariableValue::Text("1024"),
            "y" => VariableValue::Text("768"),
            "v" => VariableValue::Text("6"),
            "empty" => VariableValue::Text(""),
            "dot.ted" => VariableValue::Text("я"),
            "none" => VariableValue::List(&[]),
            _ => VariableValue::Null,
        });
        out
    }

    /// Examples of RFC 6570 §3.2.2 to §3.2.9 (without associative arrays, which no cell holds).
    #[test]
    fn examples_of_the_rfc() {
        for (template, expected) in [
            ("{var}", "value"),
            ("{hello}", "Hello%20World%21"),
            ("{half}", "50%25"),
            ("O{empty}X", "OX"),
            ("O{undef}X", "OX"),
            ("{x,y}", "1024,768"),
            ("{x,hello,y}", "1024,Hello%20World%21,768"),
            ("?{x,empty}", "?1024,"),
            ("?{x,undef}", "?1024"),
            ("?{undef,y}", "?768"),
            ("{var:3}", "val"),
            ("{var:30}", "value"),
            ("{list}", "red,green,blue"),
            ("{list*}", "red,green,blue"),
            ("{+var}", "value"),
            ("{+hello}", "Hello%20World!"),
            ("{+half}", "50%25"),
            ("{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"),
            ("{+base}index", "http://example.com/home/index"),
            ("here?ref={+path}", "here?ref=/foo/bar"),
            ("{+path,x}/here", "/foo/bar,1024/here"),
            ("{+path:6}/here", "/foo/b/here"),
            ("{+list*}", "red,green,blue"),
            ("{#var}", "#value"),
            ("{#hello}", "#Hello%20World!"),
            ("foo{#empty}", "foo#"),
            ("foo{#undef}", "foo"),
            ("{#x,hello,y}", "#1024,Hello%20World!,768"),
            ("{#path:6}here", "#/foo/bhere"),
            ("{#list*}", "#red,green,blue"),
            ("{.who}", ".fred"),
            ("{.who,who}", ".fred.fred"),
            ("X{.list}", "X.red,green,blue"),
            ("X{.list*}", "X.red.green.blue"),
            ("X{.none*}", "X"),
            ("{/who}", "/fred"),
            ("{/half,who}", "/50%25/fred"),
            ("{/var,empty}", "/value/"),
            ("{/var:1,var}", "/v/value"),
            ("{/list}", "/red,green,blue"),
            ("{/list*}", "/red/green/blue"),
            ("{;who}", ";who=fred"),
            ("{;empty}", ";empty"),
            ("{;v,empty,who}", ";v=6;empty;who=fred"),
            ("{;hello:5}", ";hello=Hello"),
            ("{;list}", ";list=red,green,blue"),
            ("{;list*}", ";list=red;list=green;list=blue"),
            ("{?x,y,empty}", "?x=1024&y=768&empty="),
            ("{?x,y,undef}", "?x=1024&y=768"),
            ("{?list*}", "?list=red&list=green&list=blue"),
            ("?fixed=yes{&x}", "?fixed=yes&x=1024"),
            ("{&var:3}", "&var=val"),
            ("{&x,y,empty}", "&x=1024&y=768&empty="),
            ("{?Trim%20Cycle}", "?Trim%20Cycle=red,green,blue"),
            ("{dot.ted}", "%D1%8F"),
            ("улица/{x}", "%D1%83%D0%BB%D0%B8%D1%86%D0%B0/1024"),
            ("", ""),
        ] {
            assert_eq!(expand(template), expected, "{template}");
        }
    }

    #[test]
    fn errors_say_where() {
        for (template, position) in [
            ("{", 1),
            ("}", 1),
            ("ё{x", 2),
            ("a}b", 2),
            ("{x{y}}", 3),
            ("{}", 2),
            ("{x y}", 3),
            ("{x,}", 4),
            ("{,x}", 2),
            ("{.}", 3),
            ("{a..b}", 4),
            ("{x:0}", 4),
            ("{x:12345}", 4),
            ("{=x}", 2),
            ("{имя}", 2),
            ("{a%2}", 3),
            ("{x**}", 3),
        ] {
            let error = UriTemplate::parse(template).expect_err(template);
            assert_eq!(error.position, position, "{template}: {error}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_parsing_lead_back(
            pieces in proptest::collection::vec(
                prop_oneof![
                    "[a-z/?#я %]{1,8}",
                    r"\{[+#./;?&]?[a-z_]{1,4}(\.[a-z])?(:[1-9][0-9]?)?(,[A-Z]{1,3}\*?)?\}",
                ],
                0..6,
            )
        ) {
            let text = pieces.concat();
            let template = UriTemplate::parse(&text).unwrap();
            let printed = template.to_string();
            // Neighbouring literals parse as one, and literals are printed as they were encoded.
            let again = UriTemplate::parse(&printed).unwrap();
            prop_assert_eq!(again.to_string(), printed);
            prop_assert_eq!(&again, &template);
            let (mut a, mut b) = (String::new(), String::new());
            template.expand(&mut a, |slot| VariableValue::Text(&template.names()[slot]));
            again.expand(&mut b, |slot| VariableValue::Text(&again.names()[slot]));
            prop_assert_eq!(a, b);
        }

        #[test]
        fn any_text_parses_or_errs(text in "\\PC*") {
            if let Err(error) = UriTemplate::parse(&text) {
                prop_assert!(error.position <= text.chars().count() + 1);
            }
        }
    }
}
