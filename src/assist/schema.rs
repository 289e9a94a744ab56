//! Which classes and properties there are.

use super::term::{node, node_text};
use super::{AssistantAnswer, english};
use crate::describe::unreadable;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::error::Error;
use crate::query::{Labels, iri, term_text};
use crate::store::Build;
use oxrdf::vocab::rdf;
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Examples of a class or property.
const EXAMPLES: usize = 2;

/// Members of a class whose properties are counted.
const SAMPLE: usize = 1000;

/// The classes and properties of the facts, or the properties of the members of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaRequest {
    /// A class: IRI or prefixed name.
    #[serde(default)]
    pub class: Option<String>,
    /// Language of labels.
    #[serde(default = "english")]
    pub language: String,
}

/// A build with the labels of its things.
struct SchemaReader<'b> {
    build: &'b Build,
    labels: Labels<'b>,
}

impl SchemaRequest {
    pub(super) fn answer(&self, build: &Build) -> Result<AssistantAnswer, Error> {
        let reader = SchemaReader {
            build,
            labels: Labels::new(build.index(), &self.language),
        };
        match &self.class {
            Some(class) => reader.class(class),
            None => reader.all(),
        }
    }
}

impl SchemaReader<'_> {
    /// All classes and properties of the default graph, those with most members and triples first.
    fn all(&self) -> Result<AssistantAnswer, Error> {
        let manifest = self.build.manifest();
        let graph = manifest.statistics.graphs.get("");
        let empty = BTreeMap::new();
        let (classes, properties) = graph.map_or((&empty, &empty), |graph| {
            (&graph.classes, &graph.properties)
        });
        let mut text = String::from("Classes (members):\n");
        let mut all_classes = Vec::new();
        for (class, count) in by_count(classes) {
            text.push_str(&format!("  {}: {count}\n", self.name(class)));
            let examples = self.members(class, EXAMPLES)?;
            let examples: Vec<Value> = examples.iter().map(|one| self.node(one)).collect();
            all_classes.push(self.counted(class, "members", *count, examples));
        }
        text.push_str("Properties (triples):\n");
        let mut all_properties = Vec::new();
        for (property, count) in by_count(properties) {
            text.push_str(&format!("  {}: {count}\n", self.name(property)));
            let predicate = NamedNodeRef::new_unchecked(property);
            let quads = self.quads(None, Some(predicate), EXAMPLES)?;
            let examples = quads.iter().map(|quad| self.example(quad)).collect();
            all_properties.push(self.counted(property, "triples", *count, examples));
        }
        let graphs = manifest.statistics.graphs.iter();
        let graphs = graphs
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, graph)| json!({ "iri": name, "triples": graph.triples }));
        let prefixes = manifest.about.prefixes.iter();
        let prefixes: Map<String, Value> = prefixes
            .map(|(prefix, namespace)| (prefix.to_owned(), namespace.into()))
            .collect();
        Ok(AssistantAnswer {
            data: json!({
                "classes": all_classes,
                "properties": all_properties,
                "namedGraphs": graphs.collect::<Vec<_>>(),
                "prefixes": prefixes,
            }),
            text,
        })
    }

    /// The properties of the members of a class.
    fn class(&self, name: &str) -> Result<AssistantAnswer, Error> {
        let about = &self.build.manifest().about;
        let class = iri(name, &about.prefixes, &about.base).ok_or_else(|| {
            Error::from(
                Diagnostic::new(
                    Code::ParameterValue,
                    Place::file("class"),
                    format!("`{name}` is not an IRI or prefixed name"),
                )
                .with_hint("without `class`, `schema` lists the classes"),
            )
        })?;
        let members = self.members(class.as_str(), SAMPLE)?;
        let mut used: BTreeMap<String, (u64, Vec<Quad>)> = BTreeMap::new();
        for member in &members {
            let member = NamedNode::new_unchecked(member.as_str());
            for quad in self.quads(Some(&member), None, usize::MAX)? {
                let (count, examples) = used.entry(quad.predicate.as_str().to_owned()).or_default();
                *count += 1;
                if examples.len() < EXAMPLES {
                    examples.push(quad);
                }
            }
        }
        let counts: BTreeMap<String, u64> = used
            .iter()
            .map(|(property, (count, _))| (property.clone(), *count))
            .collect();
        let mut text = format!("{}: {} members", self.name(class.as_str()), members.len());
        let complete = members.len() < SAMPLE;
        text.push_str(if complete { "\n" } else { " and more\n" });
        let mut properties = Vec::new();
        for (property, count) in by_count(&counts) {
            text.push_str(&format!("  {}: {count}\n", self.name(property)));
            let examples = used.get(property).map(|(_, examples)| examples);
            let examples = examples.into_iter().flatten();
            let examples = examples.map(|quad| self.example(quad)).collect();
            properties.push(self.counted(property, "triples", *count, examples));
        }
        Ok(AssistantAnswer {
            data: json!({
                "class": self.node(class.as_str()),
                "members": members.len(),
                "complete": complete,
                "properties": properties,
            }),
            text,
        })
    }

    fn node(&self, iri: &str) -> Value {
        node(iri, &self.build.manifest().about.prefixes, &self.labels)
    }

    fn name(&self, iri: &str) -> String {
        node_text(iri, &self.build.manifest().about.prefixes, &self.labels)
    }

    fn counted(&self, iri: &str, what: &str, count: u64, examples: Vec<Value>) -> Value {
        let mut one = self.node(iri);
        if let Some(fields) = one.as_object_mut() {
            fields.insert(what.to_owned(), count.into());
            fields.insert("examples".to_owned(), examples.into());
        }
        one
    }

    fn example(&self, quad: &Quad) -> Value {
        let prefixes = &self.build.manifest().about.prefixes;
        let text = |term| term_text(term, prefixes, Some(&self.labels));
        json!({
            "subject": text(quad.subject.as_ref().into()),
            "object": text(quad.object.as_ref()),
        })
    }

    /// The first members of a class that are not blank nodes.
    fn members(&self, class: &str, most: usize) -> Result<Vec<String>, Error> {
        let class = NamedNodeRef::new_unchecked(class);
        let quads = self.build.index().quads_for_pattern(
            None,
            Some(rdf::TYPE),
            Some(class.into()),
            Some(GraphNameRef::DefaultGraph),
        );
        let mut members = Vec::new();
        for quad in quads {
            let quad = quad.map_err(|error| unreadable(self.build, &error))?;
            if let NamedOrBlankNode::NamedNode(member) = quad.subject {
                members.push(member.into_string());
            }
            if members.len() >= most {
                break;
            }
        }
        Ok(members)
    }

    /// The first triples of the default graph with a subject or predicate.
    fn quads(
        &self,
        subject: Option<&NamedNode>,
        predicate: Option<NamedNodeRef<'_>>,
        most: usize,
    ) -> Result<Vec<Quad>, Error> {
        self.build
            .index()
            .quads_for_pattern(
                subject.map(|node| node.as_ref().into()),
                predicate,
                None,
                Some(GraphNameRef::DefaultGraph),
            )
            .take(most)
            .map(|quad| quad.map_err(|error| unreadable(self.build, &error).into()))
            .collect()
    }
}

/// The most frequent first.
fn by_count(counts: &BTreeMap<String, u64>) -> Vec<(&String, &u64)> {
    let mut all: Vec<_> = counts.iter().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    all
}
