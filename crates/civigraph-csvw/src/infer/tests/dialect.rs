//! Dialects and headers.

use super::*;

/// The dialect that is proposed for a file whose columns are `id` and `name`.
#[track_caller]
fn check_dialect(content: &[u8], expected: Value) {
    let (_folder, metadata) = inferred(&[("a.csv", content)]).unwrap();
    assert_eq!(metadata["dialect"], expected);
    let titles: Vec<_> = (0..2)
        .map(|index| metadata["tableSchema"]["columns"][index]["titles"].clone())
        .collect();
    assert_eq!(titles, ["id", "name"]);
}

#[test]
fn comments_before_the_header_are_skipped() {
    for (content, rows) in [
        ("# comment\nid,name\n1,a\n", 1),
        (
            "#one\r\n# two\r\n\r\nid,name\r\n1,a\r\n# three\r\n2,b\r\n",
            3,
        ),
        ("\u{FEFF}# comment\nid,name\n1,a\n", 1),
    ] {
        let expected = json!({ "commentPrefix": "#", "skipRows": rows });
        check_dialect(content.as_bytes(), expected);
    }
}

#[test]
fn blank_lines_before_the_header_are_skipped() {
    for (content, expected) in [
        ("\nid,name\n1,a\n", json!({ "skipRows": 1 })),
        ("\r\n\r\nid,name\r\n1,a\r\n", json!({ "skipRows": 2 })),
        (
            "\n# comment\n\nid,name\n1,a\n",
            json!({ "commentPrefix": "#", "skipRows": 3 }),
        ),
        (
            "# c\r\n\r\nid;name\r\n1;a\r\n",
            json!({ "delimiter": ";", "commentPrefix": "#", "skipRows": 2 }),
        ),
        (
            "\rid;name\r1;a\r",
            json!({ "delimiter": ";", "lineTerminators": ["\r"], "skipRows": 1 }),
        ),
    ] {
        check_dialect(content.as_bytes(), expected);
    }
}

#[test]
fn the_last_comment_can_be_the_header() -> io::Result<()> {
    let check = |content: &str, dialect: Value, titles: [&str; 2]| {
        let (_folder, metadata) = inferred(&[("a.csv", content.as_bytes())])?;
        assert_eq!(metadata["dialect"], dialect, "{content}");
        let columns = &metadata["tableSchema"]["columns"];
        let found = [0, 1].map(|index| columns[index]["titles"].clone());
        assert_eq!(found, titles, "{content}");
        let rows = metadata["rdfs:comment"][1].as_str().unwrap_or_default();
        assert_eq!(rows, "2 rows", "{content}");
        io::Result::Ok(())
    };
    check(
        "##fileformat=VCFv4\n##x=1\n#CHROM\tPOS\n1\t2\n1\t3\n",
        json!({ "delimiter": "\t", "skipRows": 2 }),
        ["#CHROM", "POS"],
    )?;
    check(
        "# comment\r\n\r\n#id,name\r\n1,a\r\n2,b\r\n",
        json!({ "skipRows": 2 }),
        ["#id", "name"],
    )?;
    // A quote goes on in the next line unless it is in a comment.
    check(
        "# 5\" pipes\n#id,name\n1,a\n2,b\n",
        json!({ "commentPrefix": "# ", "skipRows": 1 }),
        ["#id", "name"],
    )?;
    check(
        "##x\n#id,name\n1,a\n## y\n2,b\n",
        json!({ "commentPrefix": "##", "skipRows": 1 }),
        ["#id", "name"],
    )?;
    // A sentence is none.
    check(
        "# comment\n# by Ann, 2020\nid,name\n1,a\n2,b\n",
        json!({ "commentPrefix": "#", "skipRows": 2 }),
        ["id", "name"],
    )
}

#[test]
fn carriage_returns_can_end_lines() {
    let expected = json!({ "lineTerminators": ["\r"] });
    check_dialect(b"id,name\r1,a\r2,b\r", expected);
    let expected = json!({ "lineTerminators": ["\r"], "commentPrefix": "#", "skipRows": 1 });
    check_dialect(b"# comment\rid,name\r1,a\r2,b\r", expected);
}

#[test]
fn dialects_are_guessed_from_the_decoded_text() {
    // Characters one of whose bytes is a delimiter, a quote or the end of a line.
    let text = "# comment\nid;name\n1;\u{2C2C}\u{222C}\n2;\u{0A2C}\u{7C22}\n3;c\n";
    let bytes = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    };
    for content in [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)] {
        let expected = json!({ "delimiter": ";", "commentPrefix": "#", "skipRows": 1 });
        check_dialect(&content, expected);
    }
}
