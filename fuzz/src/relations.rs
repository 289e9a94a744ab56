//! One relation a target. Each panics where it does not hold.

use civigraph_csvw::csvw::{self, LoadOptions, json};
use civigraph_csvw::datatype::{Base, Datatype, DatatypeDescription, FormatDescription, value};
use civigraph_csvw::diagnostic::{Code, Diagnostics, ReadingMode};
use civigraph_csvw::resource::{ResolveError, Resolver, Resource, ResourceContent};
use civigraph_csvw::uri::{self, UriTemplate, VariableValue};
use libfuzzer_sys::arbitrary::{Arbitrary, Unstructured};

/// A number that is accepted under a format keeps its digits (unless it is scaled by a per cent), is a
/// valid number of its datatype, and parses to itself without the format.
pub fn number_format(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let base = choose(&mut input, &["integer", "decimal", "double", "byte"]);
    let decimal = choose(&mut input, &[".", ",", "::"]);
    let group = choose(&mut input, &[",", ".", " ", "\u{a0}", "//"]);
    let (Ok(pattern), Ok(cell)) = (<&str>::arbitrary(&mut input), <&str>::arbitrary(&mut input))
    else {
        return;
    };
    let datatype = compile(
        base,
        Some(FormatDescription {
            pattern: Some(pattern.to_owned()).filter(|pattern| !pattern.is_empty()),
            decimal_char: Some(decimal.to_owned()),
            group_char: Some(group.to_owned()),
            is_object: true,
        }),
    );
    let mut buffer = String::new();
    let Ok(found) = datatype.parser().parse(cell, &mut buffer) else {
        return;
    };
    assert!(
        value::is_valid(datatype.base, found),
        "{pattern} {cell} {found}"
    );
    let mut again = String::new();
    let standard = Datatype::of(datatype.base);
    assert_eq!(standard.parser().parse(found, &mut again), Ok(found));
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let is_literal = |c: char| c.is_ascii_digit() || matches!(c, '%' | '‰' | '\'');
    let affixes: String = pattern.chars().filter(|&c| c != '0').collect();
    if !affixes.contains(is_literal) && !cell.contains(['%', '‰']) {
        assert_eq!(digits(found), digits(cell), "{pattern} {cell} {found}");
    }
}

/// A date or time that is accepted under a pattern is valid, parses to itself without the pattern,
/// and has the digits of the cell.
pub fn date_pattern(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let base = choose(&mut input, &["date", "time", "dateTime", "dateTimeStamp"]);
    let date = choose(
        &mut input,
        &[
            "",
            "yyyy-MM-dd",
            "dd.MM.yyyy",
            "M/d/yyyy",
            "yyyyMMdd",
            "d-M-yyyy",
        ],
    );
    let joiner = choose(&mut input, &["", " ", "T"]);
    let time = choose(&mut input, &["", "HH:mm:ss.SSS", "HHmm", "HH:mm", "HHmmss"]);
    let zone = choose(&mut input, &["", "X", " xxx", "XX", "x", " XXXX"]);
    let (Ok(extra), Ok(cell)) = (<&str>::arbitrary(&mut input), <&str>::arbitrary(&mut input))
    else {
        return;
    };
    let pattern = if extra.len() > 40 {
        extra.to_owned()
    } else {
        format!("{date}{joiner}{time}{zone}")
    };
    let datatype = compile(
        base,
        Some(FormatDescription {
            pattern: Some(pattern.clone()),
            ..Default::default()
        }),
    );
    let mut buffer = String::new();
    let Ok(found) = datatype.parser().parse(cell, &mut buffer) else {
        return;
    };
    let mut again = String::new();
    assert_eq!(
        Datatype::of(datatype.base)
            .parser()
            .parse(found, &mut again),
        Ok(found)
    );
    for digit in cell.chars().filter(|c| ('1'..='9').contains(c)) {
        let count = |text: &str| text.matches(digit).count();
        assert_eq!(count(cell), count(found), "{pattern} {cell} {found}");
    }
}

/// A regular expression matches exactly what the engine for ECMAScript says it matches.
pub fn regular_expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Some((pattern, cell)) = text.split_once('\n') else {
        return;
    };
    // The engine that is compared with backtracks: short texts, and no repeated groups, on which it
    // can take exponential time and memory.
    let repeats_group = [")*", ")+", "){"].iter().any(|end| pattern.contains(end));
    // `\p` has the meaning that the flag `u` gives it, which the other engine is not asked for.
    let has_property = [r"\p", r"\P"].iter().any(|escape| pattern.contains(escape));
    if pattern.len() > 24 || cell.len() > 16 || repeats_group || has_property {
        return;
    }
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let description = described(
        "string",
        Some(FormatDescription {
            pattern: Some(pattern.to_owned()),
            ..Default::default()
        }),
    );
    let datatype = Datatype::compile(&description, &mut diagnostics);
    if !diagnostics.is_empty() {
        return;
    }
    let found = datatype.parser().parse(cell, &mut String::new()).is_ok();
    let oracle = regress::Regex::new(&format!("^(?:{pattern})$"));
    if let Ok(oracle) = oracle {
        assert_eq!(found, oracle.find(cell).is_some(), "{pattern} {cell:?}");
    }
}

/// A template is printed as what it parses from; an expansion is ASCII that a URI may hold; a normalised
/// URL stays as it is.
pub fn uri_template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (template_text, text) = text.split_once('\n').unwrap_or((text, "x"));
    let normal = uri::normalise(template_text);
    assert_eq!(uri::normalise(&normal), normal, "{template_text}");
    let template = match UriTemplate::parse(template_text) {
        Ok(template) => template,
        Err(error) => {
            assert!(error.position <= template_text.chars().count() + 1);
            return;
        }
    };
    let printed = template.to_string();
    assert_eq!(
        UriTemplate::parse(&printed).as_ref(),
        Ok(&template),
        "{template_text} {printed}"
    );
    let mut out = String::new();
    let items = [text, "", "a"];
    template.expand(&mut out, |slot| match slot % 3 {
        0 => VariableValue::Text(text),
        1 => VariableValue::List(&items),
        _ => VariableValue::Null,
    });
    assert!(
        out.bytes().all(|byte| byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
            )),
        "{template_text} {out}"
    );
}

/// A document that a strict JSON parser reads is read here, and no other; an empty line before it
/// moves every problem by one line and changes nothing else.
pub fn metadata(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if text.starts_with('\u{feff}') {
        return;
    }
    let strict = serde_json::from_str::<serde_json::Value>(text);
    let found = problems(text);
    let broken = found.iter().any(|(code, _, _)| *code == Code::Json);
    if strict.is_ok() && !text.contains("[[[[[[[[") {
        assert!(!broken, "{text} {found:?}");
    }
    let moved: Vec<_> = problems(&format!("\n{text}"))
        .into_iter()
        .map(|(code, line, column)| (code, line.saturating_sub(1), column))
        .collect();
    let found: Vec<_> = found
        .into_iter()
        .map(|(code, line, column)| (code, line, column))
        .collect();
    assert_eq!(moved, found, "{text}");
    let _ = json::DEPTH_LIMIT;
}

/// Codes and places of what is wrong with a metadata document.
fn problems(text: &str) -> Vec<(Code, u64, u64)> {
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate).keeping(u64::MAX);
    csvw::load(
        DOCUMENT,
        &LoadOptions::default(),
        &Memory(text),
        &mut diagnostics,
    );
    diagnostics
        .iter()
        .filter(|found| found.place.file.as_ref() == DOCUMENT && found.place.line > 0)
        .map(|found| (found.code, found.place.line, found.place.column))
        .collect()
}

const DOCUMENT: &str = "http://example.org/metadata.json";

/// One metadata document; every other URL is a small table.
struct Memory<'a>(&'a str);

impl Resolver for Memory<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        match url {
            DOCUMENT => Ok(resource(
                url,
                ResourceContent::Bytes(self.0.as_bytes().into()),
            )),
            _ if url.ends_with(".csv") => Ok(resource(
                url,
                ResourceContent::Bytes(b"id,name\n1,a\n".as_slice().into()),
            )),
            _ => Err(ResolveError::NotFound),
        }
    }
}

pub(crate) fn resource(url: &str, content: ResourceContent) -> Resource {
    Resource {
        url: url.to_owned(),
        media_type: None,
        charset: None,
        header: None,
        language: None,
        links: Vec::new(),
        content,
        name: url.into(),
    }
}

fn described(base: &str, format: Option<FormatDescription>) -> DatatypeDescription {
    DatatypeDescription {
        base: base.to_owned(),
        format,
        ..Default::default()
    }
}

fn compile(base: &str, format: Option<FormatDescription>) -> Datatype {
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let datatype = Datatype::compile(&described(base, format), &mut diagnostics);
    assert_ne!(datatype.base, Base::String);
    datatype
}

pub(crate) fn choose<'a>(input: &mut Unstructured<'_>, from: &[&'a str]) -> &'a str {
    input.choose(from).copied().unwrap_or(from[0])
}
