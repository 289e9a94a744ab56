//! The comment header of a stored query: titles, descriptions, tags and parameters.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, suggest};
use crate::query::parameter::ParameterType;
use oxrdf::Literal;
use std::collections::BTreeMap;

/// The comment header of a stored query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryHeader {
    /// Title by language tag; a line without a tag is English.
    pub title: BTreeMap<String, String>,
    /// Description by language tag.
    pub description: BTreeMap<String, String>,
    /// Parameters, in the order of their lines.
    pub parameters: Vec<QueryParameter>,
    /// Tags.
    pub tags: Vec<String>,
}

/// A parameter of a stored query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryParameter {
    /// Name of the variable, without `?`.
    pub name: String,
    /// Its type.
    pub kind: ParameterType,
    /// The default, as a user would write it.
    pub default: Option<String>,
    /// What it is, in words, by language tag; the comment of its own line is English.
    pub text: BTreeMap<String, String>,
    /// Line of the header.
    pub line: u64,
}

impl QueryParameter {
    /// What it is, in a language, else in English; empty where nothing says it.
    pub fn text(&self, language: &str) -> &str {
        in_language(&self.text, language).unwrap_or_default()
    }
}

pub(super) fn in_language<'a>(
    texts: &'a BTreeMap<String, String>,
    language: &str,
) -> Option<&'a str> {
    texts
        .get(language)
        .or_else(|| texts.get("en"))
        .or_else(|| texts.values().next())
        .map(String::as_str)
}

/// Keys of the lines of a header.
const KEYS: &[&str] = &["title", "description", "tags", "param"];

impl QueryHeader {
    /// Parses the comment lines at the start of a query.
    pub(super) fn parse(text: &str, file: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut header = Self::default();
        // Descriptions in other languages, which may come before the parameters that they are of.
        let mut translations = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            let Some(comment) = line.strip_prefix('#') else {
                if line.is_empty() {
                    continue;
                }
                break;
            };
            let Some((key, value)) = comment.split_once(':') else {
                let words: Vec<&str> = comment.split_whitespace().collect();
                if let ["param", _, kind, ..] = words.as_slice()
                    && ParameterType::parse(kind).is_some()
                {
                    diagnostics.push(wrong(file, number, "a colon is missing after `param`"));
                }
                continue;
            };
            let (key, value) = (key.trim(), value.trim());
            let tagged = key.split_once('@');
            let (key, language) = tagged.unwrap_or((key, "en"));
            let mut problem = |message: String| {
                let place = Place::at(file, number, 0);
                diagnostics.push(Diagnostic::new(Code::QueryHeader, place, message));
            };
            match key {
                "title" | "description" => {
                    let texts = match key {
                        "title" => &mut header.title,
                        _ => &mut header.description,
                    };
                    if Literal::new_language_tagged_literal("", language).is_err() {
                        problem(format!("`{language}` is not a language tag"));
                    } else if texts.contains_key(language) {
                        problem(format!(
                            "the {key} in the language `{language}` comes twice"
                        ));
                    } else {
                        texts.insert(language.to_owned(), value.to_owned());
                    }
                }
                "tags" => {
                    let tags = value.split(',').map(str::trim);
                    header
                        .tags
                        .extend(tags.filter(|tag| !tag.is_empty()).map(str::to_owned));
                }
                "param" if tagged.is_some() => match Translation::parse(value, language, number) {
                    Ok(translation) => translations.push(translation),
                    Err(message) => problem(message),
                },
                "param" => match QueryParameter::parse(value, number) {
                    Ok(parameter) => {
                        if header.parameters.iter().any(|p| p.name == parameter.name) {
                            diagnostics.push(wrong(
                                file,
                                number,
                                &format!("the parameter `{}` comes twice", parameter.name),
                            ));
                        } else {
                            header.parameters.push(parameter);
                        }
                    }
                    Err(message) => diagnostics.push(wrong(file, number, &message)),
                },
                // Any other comment is only a comment, unless it is a slip.
                _ => {
                    if let Some(meant) = suggest::nearest(key, KEYS.iter().copied()) {
                        diagnostics.push(
                            Diagnostic::new(
                                Code::QueryHeaderKey,
                                Place::at(file, number, 0),
                                format!("`{key}` is not a key of a query's header"),
                            )
                            .with_found(key)
                            .with_hint(format!("did you mean `{meant}`?")),
                        );
                    }
                }
            }
        }
        for translation in translations {
            let line = translation.line;
            if let Err(message) = header.translate(translation) {
                let place = Place::at(file, line, 0);
                diagnostics.push(Diagnostic::new(Code::QueryHeader, place, message));
            }
        }
        header
    }

    /// Adds the description of a parameter in another language.
    fn translate(&mut self, translation: Translation) -> Result<(), String> {
        let Translation { name, language, .. } = &translation;
        let mut parameters = self.parameters.iter_mut();
        let Some(parameter) = parameters.find(|parameter| parameter.name == *name) else {
            return Err(format!("there is no parameter `{name}` to describe"));
        };
        if parameter.text.contains_key(language) {
            return Err(format!(
                "the description of `{name}` in the language `{language}` comes twice"
            ));
        }
        parameter
            .text
            .insert(translation.language, translation.text);
        Ok(())
    }
}

/// What a parameter is, in another language than English.
struct Translation {
    /// The name of the parameter.
    name: String,
    language: String,
    text: String,
    /// Line of the header.
    line: u64,
}

impl Translation {
    /// Parses `name # text`.
    fn parse(line: &str, language: &str, number: u64) -> Result<Self, String> {
        if Literal::new_language_tagged_literal("", language).is_err() {
            return Err(format!("`{language}` is not a language tag"));
        }
        let (name, text) = split_comment(line);
        let name = name.trim_start_matches(['?', '$']);
        if text.is_empty() || oxrdf::Variable::new(name).is_err() {
            return Err(format!(
                "`param@{language}` takes the name of a parameter and its description: `name # text`"
            ));
        }
        Ok(Self {
            name: name.to_owned(),
            language: language.to_owned(),
            text: text.to_owned(),
            line: number,
        })
    }
}

fn wrong(file: &str, line: u64, message: &str) -> Diagnostic {
    Diagnostic::new(Code::QueryHeader, Place::at(file, line, 0), message)
        .with_expected("`# param: name type = default # text`")
}

impl QueryParameter {
    /// Parses `name type = default # text`.
    fn parse(line: &str, number: u64) -> Result<Self, String> {
        // After a `#` an `=` is one of the words; one before it may be in the default.
        let (declared, rest) = match line.split_once('=') {
            Some((declared, rest)) if !declared.contains('#') => {
                (declared, Some(rest.trim_start()))
            }
            _ => (line, None),
        };
        let (declared, mut text) = match (rest, split_comment(declared)) {
            (None, (declared, text)) => (declared, text),
            (Some(_), _) => (declared, ""),
        };
        let mut words = declared.split_whitespace();
        let (Some(name), Some(kind), None) = (words.next(), words.next(), words.next()) else {
            return Err("a parameter has a name and a type".to_owned());
        };
        let name = name.trim_start_matches(['?', '$']);
        if oxrdf::Variable::new(name).is_err() {
            return Err(format!("`{name}` cannot be a variable"));
        }
        let Some(kind) = ParameterType::parse(kind) else {
            let known: Vec<_> = ParameterType::ALL.iter().map(|t| t.as_str()).collect();
            return Err(format!(
                "`{kind}` is not a type; the types are {}",
                known.join(", ")
            ));
        };
        let default = match rest {
            None => None,
            Some(rest) => {
                let (value, after) = default_value(rest)?;
                text = split_comment(after).1;
                Some(value)
            }
        };
        Ok(Self {
            name: name.to_owned(),
            kind,
            default,
            text: match text {
                "" => BTreeMap::new(),
                text => BTreeMap::from([("en".to_owned(), text.to_owned())]),
            },
            line: number,
        })
    }
}

/// The default at the start of `rest`, and what follows it: quoted, in brackets, or a bare word.
fn default_value(rest: &str) -> Result<(String, &str), String> {
    if let Some(inside) = rest.strip_prefix('"') {
        let mut value = String::new();
        let mut characters = inside.char_indices();
        while let Some((at, c)) = characters.next() {
            match c {
                '"' => return Ok((value, inside.get(at + 1..).unwrap_or_default())),
                '\\' => value.extend(characters.next().map(|(_, c)| c)),
                c => value.push(c),
            }
        }
        return Err("the default's quote does not end".to_owned());
    }
    if rest.starts_with('<')
        && let Some(end) = rest.find('>')
        && let Some((value, after)) = rest.split_at_checked(end + 1)
    {
        return Ok((value.to_owned(), after));
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (value, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if value.is_empty() || value.starts_with('#') {
        return Err("the default is empty: leave out `=`, or write `\"\"`".to_owned());
    }
    Ok((value.to_owned(), after))
}

/// What is before a `#`, and the words after it.
fn split_comment(text: &str) -> (&str, &str) {
    match text.split_once('#') {
        Some((before, comment)) => (before.trim(), comment.trim()),
        None => (text.trim(), ""),
    }
}
