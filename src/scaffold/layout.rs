//! Metadata as people write it: one column a line.

use serde_json::Value;

/// Members whose elements have a line each.
const LISTS: [&str; 3] = ["columns", "foreignKeys", "rdfs:comment"];

/// A value on several lines, the first of which continues a line that is indented by `indent` spaces.
pub(super) fn block(value: &Value, indent: usize) -> String {
    let Value::Object(members) = value else {
        return inline(value);
    };
    let inner = " ".repeat(indent + 2);
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Array(elements) if name == "tables" => {
                    list(elements, indent + 2, |element| block(element, indent + 4))
                }
                Value::Array(elements) if LISTS.contains(&name.as_str()) => {
                    list(elements, indent + 2, inline)
                }
                Value::Object(_) if name == "tableSchema" => block(value, indent + 2),
                value => inline(value),
            };
            format!("{inner}{}: {value}", Value::from(name.as_str()))
        })
        .collect();
    format!("{{\n{}\n{}}}", members.join(",\n"), " ".repeat(indent))
}

fn list(elements: &[Value], indent: usize, write: impl Fn(&Value) -> String) -> String {
    if elements.is_empty() {
        return "[]".to_owned();
    }
    let inner = " ".repeat(indent + 2);
    let elements: Vec<String> = elements
        .iter()
        .map(|element| format!("{inner}{}", write(element)))
        .collect();
    format!("[\n{}\n{}]", elements.join(",\n"), " ".repeat(indent))
}

/// A value on one line, with spaces after commas and colons.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), inline(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(inline).collect();
            format!("[{}]", elements.join(", "))
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_column_a_line() {
        let metadata = json!({
            "@context": ["x", {"@language": "en"}],
            "tables": [{"url": "a.csv", "tableSchema": {"columns": [{"name": "a"}, {"name": "b"}], "primaryKey": "a"}}],
        });
        let text = block(&metadata, 0);
        assert_eq!(
            text,
            r#"{
  "@context": ["x", {"@language": "en"}],
  "tables": [
    {
      "url": "a.csv",
      "tableSchema": {
        "columns": [
          {"name": "a"},
          {"name": "b"}
        ],
        "primaryKey": "a"
      }
    }
  ]
}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), metadata);
    }
}
