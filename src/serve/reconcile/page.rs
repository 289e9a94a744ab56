//! A preview as a small page.

use crate::reconcile::Preview;

/// Characters of a value that are shown.
const SHOWN: usize = 160;

/// The page of a preview. Nothing in it is loaded or run.
pub(super) fn write(preview: &Preview) -> String {
    let mut page =
        String::from("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    page.push_str(&escape(&preview.name));
    page.push_str("</title></head><body>\n");
    page.push_str(&format!(
        "<p><a href=\"{}\" target=\"_blank\" rel=\"noopener\"><b>{}</b></a> {}</p>\n",
        escape(&preview.id),
        escape(&preview.name),
        escape(&preview.types.join(", "))
    ));
    if let Some(description) = &preview.description {
        page.push_str(&format!("<p>{}</p>\n", escape(&shortened(description))));
    }
    page.push_str("<dl>\n");
    for (property, value) in &preview.statements {
        page.push_str(&format!(
            "<dt>{}</dt><dd>{}</dd>\n",
            escape(property),
            escape(&shortened(value))
        ));
    }
    page.push_str("</dl>\n</body></html>\n");
    page
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_graph_is_markup() {
        let page = write(&Preview {
            id: "http://e/\"><script>".to_owned(),
            name: "<b>".to_owned(),
            types: vec!["&".to_owned()],
            description: Some("x".repeat(500)),
            statements: vec![("'".to_owned(), "</dl>".to_owned())],
        });
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("&lt;b&gt;"), "{page}");
        assert_eq!(page.matches("</dl>").count(), 1, "{page}");
        assert!(!page.contains(&"x".repeat(200)), "{page}");
    }
}
