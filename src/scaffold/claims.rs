//! The tables in which a project keeps what its sources say: documents, evidence, claims, gaps and merges.

use crate::csvw::OWN_NAMESPACE;
use serde_json::{Value, json};

/// What an id looks like.
const ID: &str = "[a-z0-9]+(-[a-z0-9]+)*";

/// The terms, with `@base@` for the base of the project.
const VOCABULARY: &str = include_str!("claims.ttl");

/// A table without rows.
pub(super) struct EmptyTable {
    /// Its file.
    pub(super) file: &'static str,
    /// The kind of its things.
    pub(super) kind: &'static str,
    /// Its entry in the metadata.
    pub(super) entry: Value,
}

impl EmptyTable {
    /// The file's header.
    pub(super) fn header(&self) -> String {
        let columns = self.entry["tableSchema"]["columns"].as_array();
        let names: Vec<&str> = columns
            .into_iter()
            .flatten()
            .filter(|column| column.get("virtual").is_none())
            .filter_map(|column| column["name"].as_str())
            .collect();
        format!("{}\n", names.join(","))
    }
}

/// The ontology of claims: labels in English, and in Russian where that is a language of the project.
pub(super) fn vocabulary(base: &str, languages: &[&str]) -> String {
    let vocabulary = VOCABULARY.replace("@base@", base);
    if languages.contains(&"ru") {
        return vocabulary;
    }
    vocabulary.lines().map(without_russian).collect()
}

/// A line of the vocabulary without its Russian text, which follows the English one.
fn without_russian(line: &str) -> String {
    let text = line
        .rfind(" , \"")
        .zip(line.rfind("\"@ru"))
        .and_then(|(start, end)| Some((line.get(..start)?, line.get(end + "\"@ru".len()..)?)));
    match text {
        Some((before, after)) => format!("{before}{after}\n"),
        None => format!("{line}\n"),
    }
}

/// The five tables; `main` is the language of notes and reasons.
pub(super) fn tables(base: &str, languages: &[&str], main: &str) -> Vec<EmptyTable> {
    let part = |name: &str| (format!("{OWN_NAMESPACE}part"), json!(name));
    let graph = |name: &str| json!(format!("{base}graph/{name}"));
    let id = |part_of: &str| {
        let mut column = json!({
            "name": "id", "titles": "id", "datatype": {"base": "string", "format": ID},
            "required": true, "suppressOutput": true,
        });
        if !part_of.is_empty() {
            let (name, value) = part(part_of);
            column[name] = value;
        }
        column
    };
    let column = |name: &str, property: &str, more: Value| {
        let property = match property.contains(':') {
            true => property.to_owned(),
            false => format!("{base}ns#{property}"),
        };
        merged(
            json!({"name": name, "titles": name, "propertyUrl": property}),
            more,
        )
    };
    let parted = |name: &str, property: &str, part_of: &str, more: Value| {
        let (name_of_part, value) = part(part_of);
        merged(column(name, property, more), json!({name_of_part: value}))
    };
    let choice = |name: &str, property: &str, part_of: &str, scheme: &str, of: &str| {
        let value = format!("{base}id/{scheme}/{{{name}}}");
        parted(
            name,
            property,
            part_of,
            json!({"datatype": {"base": "string", "format": of}, "required": true, "valueUrl": value}),
        )
    };
    let of_class = |name: &str, class: &str| json!({"name": name, "virtual": true, "propertyUrl": "rdf:type", "valueUrl": class});
    let own = |class: &str| format!("{base}ns#{class}");
    let labels = |template: &str| -> Vec<Value> {
        let label = |language: &&str| {
            json!({
                "name": format!("name_{language}"), "virtual": true, "lang": language,
                "propertyUrl": "skos:prefLabel", format!("{OWN_NAMESPACE}text"): template,
            })
        };
        languages.iter().map(label).collect()
    };
    let slug = || json!({"base": "string", "format": ID});
    let path = || json!({"base": "string", "format": "[a-z0-9-]+/[^\\s]+"});
    let reference = |column: &str, file: &str| json!({"columnReference": column, "reference": {"resource": file, "columnReference": "id"}});

    let mut documents = vec![id("document.id")];
    documents.extend(languages.iter().map(|language| {
        json!({
            "name": format!("label_{language}"), "titles": format!("label_{language}"), "required": true,
            "lang": language, "propertyUrl": "skos:prefLabel",
        })
    }));
    documents.extend([
        parted(
            "file",
            "dc:identifier",
            "document.file",
            json!({"datatype": "string", "required": true}),
        ),
        column("published", "dc:issued", json!({"datatype": "date"})),
        column("language", "dc:language", json!({"datatype": "language"})),
        parted(
            "length",
            "length",
            "document.length",
            json!({"datatype": "nonNegativeInteger", "required": true}),
        ),
        parted(
            "sha256",
            "sha256",
            "document.sha256",
            json!({"datatype": {"base": "string", "format": "[0-9a-f]{64}"}, "required": true}),
        ),
        of_class("type", &own("Document")),
        of_class("type_foaf", "foaf:Document"),
    ]);

    let selector = format!("{base}id/evidence/{{id}}/selector");
    let place = |name: &str, property: &str, part_of: &str| {
        let more =
            json!({"datatype": "nonNegativeInteger", "required": true, "aboutUrl": selector});
        parted(name, property, part_of, more)
    };
    let mut evidence = vec![
        id("evidence.id"),
        parted(
            "document",
            "oa:hasSource",
            "evidence.document",
            json!({"datatype": slug(), "required": true, "valueUrl": format!("{base}id/document/{{document}}")}),
        ),
        place("start", "oa:start", "evidence.start"),
        place("end", "oa:end", "evidence.end"),
        parted(
            "sha256",
            "sha256",
            "evidence.sha256",
            json!({"datatype": {"base": "string", "format": "[0-9a-f]{64}"}, "required": true}),
        ),
        of_class("type", &own("Evidence")),
        of_class("type_oa", "oa:SpecificResource"),
        json!({"name": "selector", "virtual": true, "propertyUrl": "oa:hasSelector", "valueUrl": selector}),
        merged(
            of_class("type_selector", "oa:TextPositionSelector"),
            json!({"aboutUrl": selector}),
        ),
    ];
    evidence.extend(labels("{document}, {start}–{end}"));

    let each = format!("{OWN_NAMESPACE}each");
    let text = |name: &str, property: &str, part_of: &str, required: bool| {
        let more = match required {
            true => json!({"datatype": "string", "required": true}),
            false => json!({"datatype": "string"}),
        };
        parted(name, property, part_of, more)
    };
    let mut claims = vec![
        id("claim.id"),
        text("table", "table", "claim.table", true),
        text("row", "row", "claim.row", true),
        text("column", "column", "claim.column", true),
        text("item", "item", "claim.item", false),
        text("value", "statedValue", "claim.value", false),
        choice(
            "basis",
            "basis",
            "claim.basis",
            "basis",
            "explicit|inferred|derived|register|gap",
        ),
        choice(
            "modality",
            "modality",
            "claim.modality",
            "modality",
            "fact|plan|speaker-claim|opinion",
        ),
        choice(
            "rank",
            "rank",
            "claim.rank",
            "rank",
            "preferred|normal|deprecated",
        ),
        choice(
            "review",
            "reviewStatus",
            "claim.review",
            "review",
            "accepted|refused|pending",
        ),
        column(
            "said_by",
            "saidBy",
            json!({"datatype": path(), "valueUrl": format!("{base}id/{{+said_by}}")}),
        ),
        parted(
            "evidence",
            "evidence",
            "claim.evidence",
            json!({
                "datatype": slug(), "separator": ";",
                "valueUrl": format!("{base}id/evidence/{{evidence}}"), each.clone(): true,
            }),
        ),
        column("note", "skos:editorialNote", json!({"lang": main})),
        of_class("type", &own("Claim")),
        of_class("type_statement", "rdf:Statement"),
    ];
    claims.extend(labels("{id}: {column} in {table}"));

    let mut gaps = vec![id("")];
    gaps.extend([
        column(
            "subject",
            "gapSubject",
            json!({"datatype": path(), "required": true, "valueUrl": format!("{base}id/{{+subject}}")}),
        ),
        column(
            "property",
            "gapProperty",
            json!({"datatype": "anyURI", "required": true, "valueUrl": "{+property}"}),
        ),
        column(
            "documents",
            "notStatedIn",
            json!({
                "datatype": slug(), "required": true, "separator": ";",
                "valueUrl": format!("{base}id/document/{{documents}}"), each: true,
            }),
        ),
        of_class("type", &own("Gap")),
    ]);
    gaps.extend(labels("{subject}: {property}"));

    let side = |name: &str, property: &str| {
        parted(
            name,
            property,
            &format!("merge.{name}"),
            json!({"datatype": path(), "required": true, "valueUrl": format!("{base}id/{{+{name}}}")}),
        )
    };
    let in_claims = |column: Value| {
        merged(
            column,
            json!({format!("{OWN_NAMESPACE}graph"): graph("claims")}),
        )
    };
    let replaced = |name: &str, property: &str, decision: &str| {
        json!({
            "name": name, "virtual": true, "aboutUrl": format!("{base}id/{{+from}}"), "propertyUrl": property,
            "valueUrl": format!("{base}id/{{+to}}"), format!("{OWN_NAMESPACE}when"): format!("decision={decision}"),
        })
    };
    let mut merges = vec![
        id(""),
        side("from", "mergeFrom"),
        side("to", "mergeTo"),
        choice(
            "decision",
            "decision",
            "merge.decision",
            "decision",
            "same|different|unsure",
        ),
        column(
            "decided_by",
            "dc11:creator",
            json!({"datatype": "string", "required": true}),
        ),
        column(
            "reason",
            "dc:description",
            json!({"lang": main, "required": true}),
        ),
        of_class("type", &own("MergeDecision")),
    ];
    merges.extend(labels("{from} and {to}: {decision}"));
    let mut merges: Vec<Value> = merges.into_iter().map(in_claims).collect();
    merges.push(replaced("replaced_by", "dc:isReplacedBy", "same"));
    merges.push(replaced("different_from", "owl:differentFrom", "different"));

    let table = |file: &'static str, kind: &'static str, keys: Vec<Value>, columns: Vec<Value>| {
        let mut schema = json!({"aboutUrl": format!("{base}id/{kind}/{{id}}"), "primaryKey": "id"});
        if !keys.is_empty() {
            schema["foreignKeys"] = json!(keys);
        }
        schema["columns"] = json!(columns);
        let mut entry = json!({"url": file});
        match kind {
            "document" => entry[format!("{OWN_NAMESPACE}graph")] = graph("sources"),
            "gap" | "merge" => {}
            _ => entry[format!("{OWN_NAMESPACE}graph")] = graph("claims"),
        }
        entry["tableSchema"] = schema;
        EmptyTable { file, kind, entry }
    };
    vec![
        table("documents.csv", "document", Vec::new(), documents),
        table(
            "evidence.csv",
            "evidence",
            vec![reference("document", "documents.csv")],
            evidence,
        ),
        table(
            "claims.csv",
            "claim",
            vec![reference("evidence", "evidence.csv")],
            claims,
        ),
        table(
            "gaps.csv",
            "gap",
            vec![reference("documents", "documents.csv")],
            gaps,
        ),
        table("merges.csv", "merge", Vec::new(), merges),
    ]
}

/// The members of two objects.
fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}
