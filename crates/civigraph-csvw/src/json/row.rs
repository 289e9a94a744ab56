//! The objects of one row (csv2json §4.3).

use super::ColumnJson;
use super::annotation::name;
use super::nest;
use super::text::{write_member, write_string};
use crate::csvw::ConversionMode;
use crate::datatype::{JsonKind, write_json_number};
use oxrdf::vocab::rdf;
use oxrdf::{LiteralRef, NamedOrBlankNodeRef, QuadRef, TermRef};
use std::borrow::Cow;
use std::fmt::Write;

/// What is known of a row so far.
#[derive(Debug, Default)]
pub(super) struct JsonRow {
    /// From 1; 0 where no row has been started.
    pub(super) number: u64,
    url: String,
    titles: Vec<String>,
    subjects: Vec<SubjectObject>,
    /// The subject and member whose list is being read.
    list: Option<(usize, usize)>,
}

/// An object: what the row says of one subject.
#[derive(Debug, Default)]
pub(super) struct SubjectObject {
    /// Its URL; `None` for the default subject.
    pub(super) id: Option<String>,
    pub(super) members: Vec<ObjectMember>,
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct ObjectMember {
    pub(super) name: String,
    pub(super) values: Vec<MemberValue>,
    /// The values are in an array even if there is only one.
    array: bool,
}

/// A value of a member.
#[derive(Debug)]
pub(super) enum MemberValue {
    /// As it is written in JSON.
    Text(String),
    /// A value URL, which may stand for another subject.
    Url(String),
}

impl JsonRow {
    /// Starts a row.
    pub(super) fn start(&mut self, number: u64) {
        *self = Self {
            number,
            ..Self::default()
        };
    }

    /// Takes a quad about the row itself.
    pub(super) fn about(&mut self, quad: QuadRef<'_>) {
        let local = quad.predicate.as_str().strip_prefix(crate::csvw::NAMESPACE);
        match (local, quad.object) {
            (Some("url"), TermRef::NamedNode(url)) => self.url = url.as_str().to_owned(),
            (Some("title"), TermRef::Literal(title)) => self.titles.push(title.value().to_owned()),
            (Some("describes"), TermRef::NamedNode(subject)) => {
                self.subjects.push(SubjectObject {
                    id: Some(subject.as_str().to_owned()),
                    members: Vec::new(),
                });
            }
            (Some("describes"), TermRef::BlankNode(_)) => {
                self.subjects.push(SubjectObject::default())
            }
            _ => {}
        }
    }

    /// Takes a quad that a cell has made.
    pub(super) fn cell(&mut self, column: &ColumnJson, quad: QuadRef<'_>) {
        if column.list {
            self.list(column, quad);
            return;
        }
        let value = match quad.object {
            TermRef::Literal(literal) => MemberValue::Text(json(column, literal)),
            TermRef::NamedNode(url) if column.urls => {
                if quad.predicate == rdf::TYPE {
                    let mut text = String::new();
                    write_string(&name(url.as_str()), &mut text);
                    MemberValue::Text(text)
                } else {
                    MemberValue::Url(url.as_str().to_owned())
                }
            }
            _ => return,
        };
        let name = member_name(column, quad);
        let (subject, member) = self.member(id(quad.subject), name, column.array);
        self.subjects[subject].members[member].values.push(value);
    }

    /// Takes a quad of an `rdf:List`: the first relates the subject to the list, the items follow.
    fn list(&mut self, column: &ColumnJson, quad: QuadRef<'_>) {
        let of_list = matches!(quad.subject, NamedOrBlankNodeRef::BlankNode(_));
        match quad.object {
            TermRef::Literal(literal) if of_list && quad.predicate == rdf::FIRST => {
                let value = MemberValue::Text(json(column, literal));
                if let Some((subject, member)) = self.list
                    && let Some(subject) = self.subjects.get_mut(subject)
                    && let Some(member) = subject.members.get_mut(member)
                {
                    member.values.push(value);
                }
            }
            TermRef::BlankNode(_) if !(of_list && quad.predicate == rdf::REST) => {
                self.list = Some(self.member(id(quad.subject), member_name(column, quad), true));
            }
            _ => {}
        }
    }

    /// The positions of a subject and of its member of a name, which are added where they are new.
    fn member(&mut self, id: Option<&str>, name: Cow<'_, str>, array: bool) -> (usize, usize) {
        let known = self.subjects.iter().position(|s| s.id.as_deref() == id);
        let subject = known.unwrap_or_else(|| {
            self.subjects.push(SubjectObject {
                id: id.map(str::to_owned),
                members: Vec::new(),
            });
            self.subjects.len() - 1
        });
        let members = &mut self.subjects[subject].members;
        let known = members.iter().position(|member| member.name == name);
        let member = known.unwrap_or_else(|| {
            members.push(ObjectMember {
                name: name.into_owned(),
                values: Vec::new(),
                array,
            });
            members.len() - 1
        });
        members[member].array |= array;
        (subject, member)
    }

    /// Appends the row, after a comma if `out` holds rows already.
    pub(super) fn write(&mut self, mode: ConversionMode, out: &mut String) {
        // No object for a subject whose cells are all null (§4.3, step 2).
        self.subjects.retain(|subject| !subject.members.is_empty());
        let objects = nest::write_roots(&self.subjects);
        if mode == ConversionMode::Minimal {
            for object in objects {
                out.push_str(if out.is_empty() { "\n" } else { ",\n" });
                out.push_str(&object);
            }
            return;
        }
        out.push_str(if out.is_empty() { "\n{" } else { ",\n{" });
        // Writing to a string does not fail.
        let _ = write!(out, "\"rownum\":{},\"url\":", self.number);
        write_string(&self.url, out);
        match self.titles.as_slice() {
            [] => {}
            [title] => {
                out.push_str(",\"titles\":");
                write_string(title, out);
            }
            titles => {
                out.push_str(",\"titles\":");
                write_array(titles, out, |title, out| write_string(title, out));
            }
        }
        out.push_str(",\"describes\":");
        write_array(&objects, out, |object, out| out.push_str(object));
        out.push('}');
    }
}

impl SubjectObject {
    /// Appends the object; `nested` gives the text of the subject that a value URL stands for.
    pub(super) fn write<'n>(&self, nested: impl Fn(&str) -> Option<&'n str>, out: &mut String) {
        out.push('{');
        let mut first = true;
        if let Some(id) = &self.id {
            write_member("@id", out);
            write_string(id, out);
            first = false;
        }
        for member in &self.members {
            if !std::mem::replace(&mut first, false) {
                out.push(',');
            }
            write_member(&member.name, out);
            let value = |value: &MemberValue, out: &mut String| match value {
                MemberValue::Text(text) => out.push_str(text),
                MemberValue::Url(url) => match nested(url) {
                    Some(object) => out.push_str(object),
                    None => write_string(url, out),
                },
            };
            match member.values.as_slice() {
                [single] if !member.array => value(single, out),
                values => write_array(values, out, value),
            }
        }
        out.push('}');
    }
}

fn write_array<T>(values: &[T], out: &mut String, mut write: impl FnMut(&T, &mut String)) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(value, out);
    }
    out.push(']');
}

/// The identity of a subject; `None` for the default subject of the row.
fn id<'q>(subject: NamedOrBlankNodeRef<'q>) -> Option<&'q str> {
    match subject {
        NamedOrBlankNodeRef::NamedNode(node) => Some(node.as_str()),
        NamedOrBlankNodeRef::BlankNode(_) => None,
    }
}

/// The name of the member that a cell makes.
fn member_name<'q>(column: &'q ColumnJson, quad: QuadRef<'q>) -> Cow<'q, str> {
    match &column.name {
        Some(name) => name.as_str().into(),
        None => name(quad.predicate.as_str()).into(),
    }
}

/// A literal as JSON; one that is not of the column's datatype is not valid, and stays a string.
fn json(column: &ColumnJson, literal: LiteralRef<'_>) -> String {
    let mut out = String::new();
    let text = literal.value();
    let kind = if literal.datatype().as_str() == column.datatype.iri() {
        column.datatype.json_kind(text)
    } else {
        JsonKind::String
    };
    match kind {
        JsonKind::Number if is_finite(text) => write_json_number(text, &mut out),
        // Readers refuse numbers that no double holds (RFC 8259 §6).
        JsonKind::Number => write_string(text, &mut out),
        JsonKind::Boolean => out.push_str(match text {
            "1" | "true" => "true",
            _ => "false",
        }),
        JsonKind::String => write_string(text, &mut out),
    }
    out
}

/// Whether a number has a value as a double; short ones without an exponent always have.
fn is_finite(text: &str) -> bool {
    text.len() < 300 && !text.contains(['e', 'E']) || text.parse().is_ok_and(f64::is_finite)
}
