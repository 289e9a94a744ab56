//! The tools, with the schemas of their arguments and answers.

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};
use std::sync::Arc;

/// Whether there is a tool of a name.
pub(super) fn is_tool(name: &str) -> bool {
    all().iter().any(|tool| tool.name == name)
}

/// All tools.
pub(super) fn all() -> Vec<Tool> {
    vec![
        tool(
            "search",
            "Find things by name",
            "Finds things by the words of their labels and texts, in any grammatical form, in Cyrillic or Latin \
             letters, and with typing errors. Gives the IRI, label, classes and the text that matched.",
            json!({
                "text": string("The words to find; all of them have to be in one text."),
                "language": string("Language of the texts, such as `en` or `ru`; all without it."),
                "names": flag("Look at names alone and not at descriptions."),
                "limit": number("The most texts to find, up to 100.", 10),
            }),
            &["text"],
            json!({ "found": list() }),
        ),
        tool(
            "describe",
            "Describe a thing",
            "Everything that is said of a thing and what points to it. Each statement has the cells of the tables, \
             the claims and the documents that it rests on; what sources disagree on and what they do not state is \
             there too.",
            json!({
                "thing": string("IRI, prefixed name (`city:irbit`), id or label."),
                "language": string("Language of labels [default: en]."),
            }),
            &["thing"],
            json!({ "thing": { "type": "object" } }),
        ),
        tool(
            "list_queries",
            "List the stored queries",
            "Lists the questions that have been prepared, with their parameters. Run one with `run_query`.",
            json!({
                "text": string("Only queries that have this in their name, title, description or tags."),
            }),
            &[],
            json!({ "queries": list() }),
        ),
        tool(
            "run_query",
            "Run a stored query",
            "Runs a stored query. Values of parameters are as `list_queries` shows them: IRIs or prefixed names for \
             things, plain text, numbers, dates. With the cells, claims and documents that the first 20 rows rest on.",
            with_page(json!({
                "name": string("The name of the query."),
                "parameters": {
                    "type": "object",
                    "description": "Values by the names of parameters.",
                    "additionalProperties": { "type": ["string", "number", "boolean"] },
                },
            })),
            &["name"],
            answer(),
        ),
        tool(
            "sparql",
            "Run a SPARQL query",
            "Runs a SPARQL 1.1 query (SELECT, ASK, CONSTRUCT, DESCRIBE) on the facts of the default graph; prefixes of \
             `schema` need no declaration. `?thing cg:search \"words\"` finds by text; `cg:cellOf(?s, ?p, ?o)`, \
             `cg:claim(?s, ?p, ?o)` and `cg:source(?s, ?p, ?o)` give evidence. With the cells, claims and documents \
             that the first 20 rows rest on.",
            with_page(json!({ "query": string("The query.") })),
            &["query"],
            answer(),
        ),
        tool(
            "schema",
            "Show classes and properties",
            "Lists classes and properties with counts and examples, named graphs and prefixes; for one class, the \
             properties of its members.",
            json!({
                "class": string("A class: IRI or prefixed name [default: all classes and properties]."),
                "language": string("Language of labels [default: en]."),
            }),
            &[],
            json!({}),
        ),
        tool(
            "why",
            "Explain where triples come from",
            "Explains triples: file, line, column and text of the cell, the rule of the metadata, the claims about the \
             cell, and the spans of the documents; for an inferred triple its rule and premises; for what is not \
             stated, the documents that were searched.",
            json!({
                "subject": string("IRI, prefixed name, id or label."),
                "predicate": string("IRI or prefixed name [default: all]."),
                "object": string("IRI, prefixed name, literal in quotes, or plain text [default: all]."),
            }),
            &["subject"],
            json!({ "subject": { "type": "string" }, "reasons": list() }),
        ),
    ]
}

fn tool(
    name: &'static str,
    title: &str,
    description: &'static str,
    arguments: Value,
    required: &[&str],
    answer: Value,
) -> Tool {
    let input = json!({
        "type": "object",
        "properties": arguments,
        "required": required,
        "additionalProperties": false,
    });
    let mut properties = json!({
        "build": { "type": "string", "description": "The build that the answer is from." },
    });
    let mut always = vec!["build".to_owned()];
    if let (Some(properties), Value::Object(answer)) = (properties.as_object_mut(), answer) {
        for (key, schema) in answer {
            if schema != Value::Bool(true) {
                always.push(key.clone());
            }
            properties.insert(key, schema);
        }
    }
    let output = json!({ "type": "object", "properties": properties, "required": always });
    // Nothing changes, and nothing outside is asked.
    let annotations = ToolAnnotations::with_title(title)
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    Tool::new(name, description, object(input))
        .with_title(title)
        .with_raw_output_schema(object(output))
        .with_annotations(annotations)
}

fn object(schema: Value) -> Arc<JsonObject> {
    Arc::new(match schema {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    })
}

/// Arguments of a query, and which part of its answer is wanted.
fn with_page(mut arguments: Value) -> Value {
    if let Some(arguments) = arguments.as_object_mut() {
        let page = [
            ("limit", number("Rows or triples, up to 1000.", 100)),
            ("offset", number("Rows before the first one.", 0)),
            (
                "inferred",
                flag("Whether what rules inferred counts as fact."),
            ),
            (
                "evidence",
                json!({
                    "type": "boolean",
                    "description": "Whether to say what rows rest on [default: true].",
                }),
            ),
        ];
        arguments.extend(page.map(|(name, schema)| (name.to_owned(), schema)));
    }
    arguments
}

/// What an answer to a query has; `true` stands for what not every answer has.
fn answer() -> Value {
    json!({
        "kind": { "enum": ["rows", "truth", "triples"] },
        "columns": true,
        "rows": true,
        "triples": true,
        "truth": true,
        "labels": true,
        "complete": { "type": "boolean", "description": "Whether these are all rows." },
        "evidence": true,
        "hints": true,
    })
}

fn string(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description, "default": false })
}

fn number(description: &str, usual: u32) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description, "default": usual })
}

fn list() -> Value {
    json!({ "type": "array" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_described() {
        for tool in all() {
            let description = tool.description.unwrap_or_default();
            assert!(!description.contains("  "), "{}: {description}", tool.name);
            let required = tool.input_schema.get("required");
            let required = required.and_then(Value::as_array).into_iter().flatten();
            let arguments = tool.input_schema.get("properties").unwrap();
            for name in required.filter_map(Value::as_str) {
                assert!(arguments.get(name).is_some(), "{} {name}", tool.name);
            }
        }
    }
}
