use super::*;
use proptest::prelude::*;

fn formatted(bytes: &[u8], layout: &TableLayout) -> String {
    let bytes = format(
        &Resource::of_bytes("t.csv", bytes),
        layout,
        Profile::Faithful,
    );
    String::from_utf8(bytes.unwrap()).unwrap()
}

fn layout(dialect: Dialect) -> TableLayout {
    TableLayout::plain(["id", "a", "b"], ["id"], dialect)
}

#[track_caller]
fn check(dialect: Dialect, before: &str, after: &str) {
    let layout = layout(dialect);
    assert_eq!(formatted(before.as_bytes(), &layout), after);
    assert_eq!(
        formatted(after.as_bytes(), &layout),
        after,
        "not idempotent"
    );
}

#[test]
fn columns_rows_and_unknown_columns() {
    let default = Dialect::default();
    check(default.clone(), "", "");
    check(default.clone(), "id,a,b", "id,a,b\n");
    check(
        default.clone(),
        "\u{FEFF}z,b,id,y,a\r\n1,2,3,4,5\r\n6,7,\"0\",9,\"x\"\"y\"\r\n",
        "id,a,b,z,y\n0,\"x\"\"y\",7,6,9\n3,5,2,1,4\n",
    );
    // Short and long rows stay what they are: `check` reports them.
    check(default, "id,a,b\n2\n1,x,y,z\n", "id,a,b\n1,x,y,z\n2\n");
}

/// Ids and the references to them are repaired alike, prose is left alone.
#[test]
fn repairs_names_when_asked() {
    use crate::csvw::{self, LoadOptions};
    use crate::diagnostic::{Diagnostics, ReadingMode};
    use crate::resource::LocalFiles;
    let folder = tempfile::tempdir().unwrap();
    let metadata = r##"{
        "@context": "http://www.w3.org/ns/csvw",
        "tables": [
            {"url": "cities.csv", "tableSchema": {
                "columns": [{"titles": "id", "name": "id"}, {"titles": "note", "name": "note"}],
                "primaryKey": "id"
            }},
            {"url": "routes.csv", "tableSchema": {
                "columns": [
                    {"titles": "id", "name": "id"},
                    {"titles": "via", "name": "via", "separator": ";"}
                ],
                "foreignKeys": [{
                    "columnReference": "via",
                    "reference": {"resource": "cities.csv", "columnReference": "id"}
                }]
            }}
        ]
    }"##;
    let tables = [
        (
            "cities.csv",
            "id,note\nirbit ,a\u{a0}b\nny\u{a0}c,\n",
            "id,note\nirbit,a\u{a0}b\nny c,\n",
        ),
        (
            "routes.csv",
            "id,via\n1,ny\u{a0}c;irbit\n",
            "id,via\n1,irbit;ny c\n",
        ),
    ];
    std::fs::write(folder.path().join("m.json"), metadata).unwrap();
    for (name, before, _) in tables {
        std::fs::write(folder.path().join(name), before).unwrap();
    }
    let files = LocalFiles::new(folder.path());
    let url = files.url_of(std::path::Path::new("m.json"));
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).unwrap();
    for (index, (_, before, after)) in tables.iter().enumerate() {
        let faithful = TableLayout::of(&group.tables[index]);
        assert!(formatted(before.as_bytes(), &faithful).contains("ny\u{a0}c"));
        let repairing = faithful.repairing(&group, index);
        assert_eq!(formatted(before.as_bytes(), &repairing), *after);
        assert_eq!(formatted(after.as_bytes(), &repairing), *after);
    }
}

#[test]
fn comments_stay_with_their_rows() {
    let dialect = Dialect {
        comment_prefix: Some("#".into()),
        ..Dialect::default()
    };
    check(
        dialect.clone(),
        "id,a,b\n# two\n2,,\n#one\r\n1,,\n# end\n",
        "id,a,b\n#one\n1,,\n# two\n2,,\n# end\n",
    );
    let dialect = Dialect {
        skip_rows: 1,
        ..dialect
    };
    check(
        dialect,
        "title \"x\"\nid,b,a\n1,2,3",
        "title \"x\"\nid,a,b\n1,3,2\n",
    );
}

#[test]
fn encodings_and_terminators() {
    let utf16: Vec<u8> = "\u{FEFF}id,a,b\r\n1,é,\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        formatted(&utf16, &layout(Dialect::default())),
        "id,a,b\n1,é,\n"
    );
    let old = Dialect {
        line_terminators: vec!["\r".into()],
        ..Dialect::default()
    };
    check(old, "id,a,b\r2,x\ny,\r1,,\r", "id,a,b\r1,,\r2,\"x\ny\",\r");
}

#[test]
fn what_cannot_be_read_is_left_alone() {
    for (bytes, code) in [
        (b"id,a,b\n1,\xFF,\n".as_slice(), Code::Encoding),
        (b"id,a,b\n1,\"x,\n", Code::Quoting),
        (b"id,a,b\n1,\"x\"y,\n", Code::Quoting),
    ] {
        let resource = Resource::of_bytes("t.csv", bytes);
        let problems = format(&resource, &layout(Dialect::default()), Profile::Faithful);
        let codes: Vec<_> = problems.unwrap_err().iter().map(|p| p.code).collect();
        assert_eq!(codes, [code]);
    }
}

/// A cell with everything that CSV trips over.
fn cell() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "", "a", "Б", "\"", ",", "\n", "\r\n", "\r", "e\u{301}", "\u{FEFF}", " ", "#", "'", "\t",
        "\\", ";", "=1", "\u{a0}",
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A table of 0 to 6 rows, each with a key, as its columns in some order, and how it is written.
#[derive(Debug, Clone)]
struct Table {
    rows: Vec<Vec<String>>,
    columns: Vec<usize>,
    crlf: bool,
    mark: bool,
    quote_all: bool,
    end: bool,
}

const NAMES: [&str; 5] = ["id", "a", "b", "unknown 1", "unknown 2"];

fn table() -> impl Strategy<Value = Table> {
    let rows = prop::collection::vec(prop::collection::vec(cell(), NAMES.len()), 0..6);
    let columns = Just((0..NAMES.len()).collect::<Vec<_>>()).prop_shuffle();
    (rows, columns, any::<[bool; 4]>()).prop_map(|(rows, columns, flags)| {
        let [crlf, mark, quote_all, end] = flags;
        Table {
            rows,
            columns,
            crlf,
            mark,
            quote_all,
            end,
        }
    })
}

impl Table {
    fn written(&self) -> String {
        let newline = if self.crlf { "\r\n" } else { "\n" };
        let header: Vec<String> = NAMES.iter().map(|&name| name.to_owned()).collect();
        let lines: Vec<String> = std::iter::once(&header)
            .chain(&self.rows)
            .map(|row| {
                let cells: Vec<String> = self
                    .columns
                    .iter()
                    .map(|&column| {
                        let cell = &row[column];
                        if self.quote_all || cell.contains(['"', ',', '\n', '\r', '\u{FEFF}']) {
                            format!("\"{}\"", cell.replace('"', "\"\""))
                        } else {
                            cell.clone()
                        }
                    })
                    .collect();
                cells.join(",")
            })
            .collect();
        let mark = if self.mark { "\u{FEFF}" } else { "" };
        let end = if self.end { newline } else { "" };
        format!("{mark}{}{end}", lines.join(newline))
    }

    /// The rows that the canonical form must hold, in order, by an independent reading of what it is.
    fn expected(&self) -> Vec<Vec<String>> {
        let unknown: Vec<usize> = self.columns.iter().copied().filter(|&c| c > 2).collect();
        let order: Vec<usize> = [0, 1, 2].into_iter().chain(unknown).collect();
        let mut rows = self.rows.clone();
        rows.sort_by(|a, b| a[0].cmp(&b[0]));
        let header: Vec<String> = NAMES.iter().map(|&name| name.to_owned()).collect();
        std::iter::once(&header)
            .chain(&rows)
            .map(|row| order.iter().map(|&column| row[column].clone()).collect())
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn no_cell_is_ever_lost(table in table()) {
        let layout = layout(Dialect::default());
        let canonical = formatted(table.written().as_bytes(), &layout);
        // Read by another reader than our own.
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(canonical.as_bytes());
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(rows, table.expected());
        prop_assert_eq!(formatted(canonical.as_bytes(), &layout), canonical);
    }
}
