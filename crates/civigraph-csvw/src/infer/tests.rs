//! Whole proposals.

use super::*;
use crate::convert::{self, NullSink, Options, TableRows};
use crate::csvw::{self, CompileOptions, LoadOptions};
use crate::diagnostic::{Code, Diagnostics, Mode};
use crate::keys::{KeyChecker, KeyOptions, KeyPlan};
use crate::resource::LocalFiles;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io;

/// Writes files into a folder of their own and infers their metadata, which must hold for them.
fn inferred(files: &[(&str, &[u8])]) -> io::Result<(tempfile::TempDir, Value)> {
    let folder = tempfile::tempdir()?;
    let mut paths = Vec::new();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        paths.push(path);
    }
    let text = infer(&paths, &InferOptions::new(folder.path()))
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?;
    assert_holds(folder.path(), &text)?;
    let value = serde_json::from_str(&text)?;
    Ok((folder, value))
}

/// Writes metadata into the folder of its tables and checks them with it: no error, no warning.
fn assert_holds(folder: &Path, metadata: &str) -> io::Result<()> {
    let found = checked(folder, metadata)?;
    assert!(found.is_empty(), "{found:#?}\n{metadata}");
    Ok(())
}

/// What a check of tables with metadata finds, which is written into their folder.
fn checked(folder: &Path, metadata: &str) -> io::Result<Vec<Code>> {
    std::fs::write(folder.join("metadata.json"), metadata)?;
    let files = LocalFiles::new(folder);
    let url = files.url_of(Path::new("metadata.json"));
    let mut diagnostics = Diagnostics::new(Mode::Validate);
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other(format!("{:?}", diagnostics.iter().next())))?;
    let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
    let keys = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
    let options = Options {
        keys: Some(&keys),
        ..Options::default()
    };
    convert::run(&plan, &files, &options, &mut NullSink, &mut diagnostics)?;
    keys.finish(&TableRows::new(&plan, &files), &mut diagnostics)?;
    Ok(diagnostics.iter().map(|found| found.code).collect())
}

/// The value without comments, which are for people.
fn uncommented(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "rdfs:comment" | "@context"))
            .map(|(name, value)| (name.clone(), uncommented(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(uncommented).collect(),
        value => value.clone(),
    }
}

#[test]
fn two_tables_with_keys() -> io::Result<()> {
    let cities = "id,name_ru,name_en,population,founded,area\n\
        zheleznogorsk,Железногорск,Zheleznogorsk,\"83,857\",1950,NA\n\
        kursk,Курск,Kursk,\"440,052\",1032,208.2\n\
        perm,Пермь,Perm,\"1,034,000\",1723,799.68\n\
        omsk,Омск,Omsk,12,1716,\n";
    let sessions = "id;city;date;topics;open\n\
        s1;kursk;01.11.2018;a|b;да\n\
        s2;perm;26.11.2024;b;нет\n\
        s3;omsk;02.12.2024;c|d|e;да\n\
        s4;perm;03.12.2024;c|d;да\n";
    let (_folder, metadata) = inferred(&[
        ("cities.csv", cities.as_bytes()),
        ("sessions.csv", sessions.as_bytes()),
    ])?;
    assert_eq!(
        uncommented(&metadata),
        json!({ "tables": [
            {
                "url": "cities.csv",
                "tableSchema": {
                    "columns": [
                        { "name": "id", "titles": "id", "required": true },
                        { "name": "name_ru", "titles": "name_ru", "required": true, "lang": "ru" },
                        { "name": "name_en", "titles": "name_en", "required": true, "lang": "en" },
                        { "name": "population", "titles": "population",
                          "datatype": { "base": "integer", "format": "#,##0" }, "required": true },
                        { "name": "founded", "titles": "founded", "datatype": "integer", "required": true },
                        { "name": "area", "titles": "area", "datatype": "decimal", "null": ["", "NA"] },
                    ],
                    "primaryKey": "id",
                    "aboutUrl": "#{id}",
                }
            },
            {
                "url": "sessions.csv",
                "dialect": { "delimiter": ";" },
                "tableSchema": {
                    "columns": [
                        { "name": "id", "titles": "id", "required": true },
                        { "name": "city", "titles": "city", "required": true },
                        { "name": "date", "titles": "date",
                          "datatype": { "base": "date", "format": "dd.MM.yyyy" }, "required": true },
                        { "name": "topics", "titles": "topics", "separator": "|", "required": true },
                        { "name": "open", "titles": "open",
                          "datatype": { "base": "boolean", "format": "да|нет" }, "required": true },
                    ],
                    "primaryKey": "id",
                    "aboutUrl": "#{id}",
                    "foreignKeys": [{
                        "columnReference": "city",
                        "reference": { "resource": "cities.csv", "columnReference": "id" },
                    }]
                }
            }
        ]})
    );
    Ok(())
}

#[test]
fn one_table_stands_alone() -> io::Result<()> {
    let content = encoding_rs::WINDOWS_1251
        .encode("Код;Название\n007;Курск\n010;Пермь\n\n")
        .0;
    let (_folder, metadata) = inferred(&[("города.csv", &content)])?;
    assert_eq!(
        uncommented(&metadata),
        json!({
            "url": "%D0%B3%D0%BE%D1%80%D0%BE%D0%B4%D0%B0.csv",
            "dialect": { "delimiter": ";", "encoding": "windows-1251", "skipBlankRows": true },
            "tableSchema": {
                "columns": [
                    { "name": "kod", "titles": "Код", "required": true },
                    { "name": "nazvanie", "titles": "Название", "required": true, "lang": "ru" },
                ],
                "primaryKey": "kod",
                "aboutUrl": "#{kod}",
            }
        })
    );
    Ok(())
}

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

#[test]
fn a_dangling_value_is_no_foreign_key() -> io::Result<()> {
    let (_folder, metadata) = inferred(&[
        ("cities.csv", b"id\nkursk\nperm\nomsk\n"),
        ("visits.csv", b"id,city\n1,kursk\n2,perm\n3,omsk\n4,tula\n"),
    ])?;
    assert_eq!(
        metadata["tables"][1]["tableSchema"].get("foreignKeys"),
        None
    );
    Ok(())
}

#[test]
fn list_items_refer_too() -> io::Result<()> {
    let (_folder, metadata) = inferred(&[
        ("cities.csv", b"id,name\nkursk,K\nperm,P\nomsk,O\n"),
        (
            "visits.csv",
            b"id,seen\n1,kursk;perm\n2,omsk;perm\n3,\n4,kursk\n",
        ),
    ])?;
    let schema = &metadata["tables"][1]["tableSchema"];
    assert_eq!(schema["columns"][1]["separator"], ";");
    assert_eq!(schema["foreignKeys"][0]["columnReference"], "seen");
    Ok(())
}

/// The key and the foreign keys that are proposed for the last of some files.
fn keys_of(files: &[(&str, &str)]) -> io::Result<(Value, Value)> {
    let files: Vec<_> = files
        .iter()
        .map(|(name, content)| (*name, content.as_bytes()))
        .collect();
    let (_folder, metadata) = inferred(&files)?;
    let table = match &metadata["tables"] {
        Value::Array(tables) => tables.last().cloned().unwrap_or_default(),
        _ => metadata,
    };
    let schema = &table["tableSchema"];
    Ok((schema["primaryKey"].clone(), schema["foreignKeys"].clone()))
}

#[test]
fn keys_of_several_columns() -> io::Result<()> {
    for (file, expected) in [
        // The measure comes first and would do as well.
        (
            "value,city,year\n1.5,kursk,2001\n1.5,perm,2001\n2.5,kursk,2002\n3,perm,2002\n",
            json!(["city", "year"]),
        ),
        // Whole numbers are measures too, unless they are named as numbers of things.
        (
            "people,city,line_number\n10,kursk,1\n10,perm,1\n30,kursk,2\n40,perm,2\n",
            json!(["city", "line_number"]),
        ),
        // Days written in two ways are one day.
        (
            "city,seen\nkursk,1.2.2020\nkursk,13.12.2020\nperm,1.2.2020\nkursk,01.02.2020\n",
            Value::Null,
        ),
        // Identifiers before times before texts, whatever is first.
        (
            "note,day,who,post_id\n\
             a,2020-01-01,x,1\na,2020-01-01,y,2\nb,2020-01-02,x,1\nc,2020-01-02,y,2\n\
             d,2020-01-03,x,1\nd,2020-01-03,y,2\n",
            json!(["day", "post_id"]),
        ),
        // Three, because no two will do.
        (
            "city,year,sex,people\n\
             k,2001,f,1\nk,2001,m,2\nk,2002,f,3\nk,2002,m,4\n\
             p,2001,f,1\np,2001,m,2\np,2002,f,3\np,2002,m,4\n",
            json!(["city", "year", "sex"]),
        ),
        // A cell that is empty is not part of a key.
        (
            "city,year,value\nkursk,2001,1\nperm,2001,1\nkursk,2002,1\nperm,,2\nomsk,2002,2\n",
            Value::Null,
        ),
        // Two rows are alike.
        (
            "city,year\nkursk,2001\nperm,2001\nkursk,2002\nkursk,2001\n",
            Value::Null,
        ),
        // A column that identifies is enough, and two texts of few rows say nothing.
        ("id,city\n1,kursk\n2,kursk\n3,perm\n", json!("id")),
        (
            "colour,taste\nred,sweet\nred,sour\ngreen,sour\n",
            Value::Null,
        ),
        // A series by day.
        (
            "day,price\n2020-01-01,1.5\n2020-01-02,1.5\n2020-01-03,2\n",
            json!("day"),
        ),
    ] {
        assert_eq!(keys_of(&[("a.csv", file)])?.0, expected, "{file}");
    }
    Ok(())
}

#[test]
fn references_to_keys_of_several_columns() -> io::Result<()> {
    let years = "city,year,people\nkursk,2001,1\nperm,2001,1\nkursk,2002,1\nperm,2002,2\n";
    let visits = "id,city,year\n1,perm,2001\n2,perm,2001\n3,kursk,2002\n";
    let (key, foreign) = keys_of(&[("years.csv", years), ("visits.csv", visits)])?;
    assert_eq!(key, json!("id"));
    assert_eq!(
        foreign,
        json!([{
            "columnReference": ["city", "year"],
            "reference": { "resource": "years.csv", "columnReference": ["city", "year"] },
        }])
    );
    // A year that is not there is no reference.
    let visits = visits.replace("2002", "2003");
    let (_, foreign) = keys_of(&[("years.csv", years), ("visits.csv", &visits)])?;
    assert_eq!(foreign, Value::Null);
    // Two tables with the same key: neither refers to the other.
    let (key, foreign) = keys_of(&[("years.csv", years), ("prices.csv", years)])?;
    assert_eq!(key, json!(["city", "year"]));
    assert_eq!(foreign, Value::Null);
    Ok(())
}

/// More rows than are looked at first, with the one that decides at their end.
#[test]
fn keys_of_several_columns_hold_to_the_last_row() -> io::Result<()> {
    let mut table = "station,hour_number,temperature,instrument\n".to_owned();
    for number in 0..15_000 {
        let (station, hour) = (number % 100, number / 100);
        let instrument = (number / 100 + number) % 101;
        table.push_str(&format!("s{station},{hour},20,i{instrument}\n"));
    }
    let key = |table: &str| Ok::<_, io::Error>(keys_of(&[("a.csv", table)])?.0);
    assert_eq!(key(&table)?, json!(["station", "hour_number"]));
    table.push_str("s0,0,20,i200\n");
    assert_eq!(key(&table)?, json!(["hour_number", "instrument"]));
    Ok(())
}

#[test]
fn sentences_are_no_lists() -> io::Result<()> {
    let (_folder, metadata) = inferred(&[(
        "a.csv",
        b"id,note,tags\n1,It rained all day; nobody came to the forum,red wine; white\n2,x,red\n",
    )])?;
    let columns = &metadata["tableSchema"]["columns"];
    assert_eq!(columns[1].get("separator"), None);
    assert_eq!(columns[2]["separator"], "; ");
    Ok(())
}

#[test]
fn many_values_are_not_all_remembered() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.csv");
    let rows: String = (0..1000)
        .map(|number| format!("{number},x{number}\n"))
        .collect();
    std::fs::write(&path, format!("id,other\n{rows}"))?;
    let options = InferOptions {
        remembered_values: 500,
        ..InferOptions::new(folder.path())
    };
    let text = infer(&[path], &options).map_err(|error| io::Error::other(error.message))?;
    let value: Value = serde_json::from_str(&text)?;
    assert_eq!(value["tableSchema"].get("primaryKey"), None);
    assert!(text.contains("more values than could be remembered"));

    let rows: String = (0..1000)
        .map(|number| format!("k{},{}\n", number % 10, 2000 + number / 10))
        .collect();
    let path = folder.path().join("b.csv");
    std::fs::write(&path, format!("city,year\n{rows}"))?;
    for (remembered_values, found) in [(500, false), (1000, true)] {
        let options = InferOptions {
            remembered_values,
            ..InferOptions::new(folder.path())
        };
        let text = infer(std::slice::from_ref(&path), &options)
            .map_err(|error| io::Error::other(error.message))?;
        assert_eq!(text.contains("primaryKey"), found);
        assert_eq!(text.contains("could be remembered"), !found);
    }
    Ok(())
}

#[test]
fn empty_and_missing_files() -> io::Result<()> {
    // That is said, and there is nothing else to propose.
    let folder = tempfile::tempdir()?;
    let empty = folder.path().join("a.csv");
    std::fs::write(&empty, "")?;
    let text = infer(&[empty], &InferOptions::new(folder.path()))
        .map_err(|diagnostic| io::Error::other(diagnostic.message))?;
    assert_eq!(checked(folder.path(), &text)?, [Code::EmptyFile]);
    let metadata: Value = serde_json::from_str(&text)?;
    assert_eq!(metadata["tableSchema"]["columns"], json!([]));
    let (_folder, metadata) = inferred(&[("a.csv", b"id,name\n")])?;
    assert_eq!(
        metadata["tableSchema"]["columns"][0],
        json!({
            "name": "id", "titles": "id",
            "rdfs:comment": "No cell has a value: nothing is known of its datatype."
        })
    );
    let missing = [PathBuf::from("does-not-exist.csv")];
    assert!(infer(&missing, &InferOptions::new("")).is_err());
    Ok(())
}

#[test]
fn standard_locations() {
    for (files, expected) in [
        (vec!["data/a.csv"], "data/a.csv-metadata.json"),
        (vec!["data/a.csv", "data/b.csv"], "data/csv-metadata.json"),
        (vec!["a.csv"], "a.csv-metadata.json"),
    ] {
        let files: Vec<_> = files.into_iter().map(PathBuf::from).collect();
        assert_eq!(standard_location(&files), Path::new(expected));
    }
}

/// The columns of a proposal for one file.
fn columns_of(content: &[u8]) -> io::Result<Value> {
    let (_folder, metadata) = inferred(&[("a.csv", content)])?;
    Ok(metadata)
}

/// The comments of a description as one text.
fn comments(value: &Value) -> String {
    match &value["rdfs:comment"] {
        Value::Array(notes) => notes
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        note => note.as_str().unwrap_or_default().to_owned(),
    }
}

/// What is said of a table and of its columns.
fn all_comments(table: &Value) -> String {
    let columns = table["tableSchema"]["columns"].as_array();
    let columns = columns.into_iter().flatten();
    let all: Vec<String> = std::iter::once(table)
        .chain(columns)
        .map(comments)
        .collect();
    all.join("\n")
}

#[test]
fn codes_are_strings() -> io::Result<()> {
    let content = "zip,ref,gid,ver,bik,code,d2,iso,pop\n\
        02134,32E0134,12345678901234567890,1.10,1e5,101,2019-02-28,NA,2540905\n\
        00501,12E12,12345678901234567891,1.9,2e10,102,2019-02-30,FR,NA\n\
        90210,7E3,12345678901234567892,1.2,3e7,201,2019-03-01,DE,10834\n";
    let metadata = columns_of(content.as_bytes())?;
    let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
    for column in &columns[..8] {
        assert_eq!(column.get("datatype"), None, "{column}");
        assert_eq!(column.get("null"), None, "{column}");
    }
    assert_eq!(columns[8]["datatype"], "integer");
    assert_eq!(columns[8]["null"], json!(["", "NA"]));
    for (index, words) in [
        (3, "versions"),
        (5, "name of a code"),
        (6, "`2019-02-30` has the form of a date"),
    ] {
        let found = comments(&columns[index]);
        assert!(found.contains(words), "{found}");
    }
    Ok(())
}

#[test]
fn cells_that_are_almost_numbers_are_shown() -> io::Result<()> {
    let content = "id,made,seen,year\na,1480,2019-05-01,1\nb,um 1480,2019-05-02,1\nc,1903?,May 2019,2\n\
                   d,1850,2019-05-04,3\ne,[1911],2019-05-05,?\nf,1912,2019-05-06,4\ng,1913,2019-05-07,5\n";
    let metadata = columns_of(content.as_bytes())?;
    let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
    for (index, words) in [
        (
            1,
            "3 of 7 cells are not numbers: `um 1480` (line 3), `1903?` (line 4), `[1911]` (line 6). Kept as text.",
        ),
        (
            2,
            "1 of 7 cells is not a date: `May 2019` (line 4). Kept as text.",
        ),
    ] {
        assert_eq!(columns[index].get("datatype"), None);
        let found = comments(&columns[index]);
        assert!(found.contains(words), "{found}");
    }
    // A word for null is no cell that is something else.
    let found = comments(&columns[3]);
    assert!(!found.contains("not numbers"), "{found}");
    let metadata = columns_of(b"year\n1480\n1490\nca. 1500\n1510\n")?;
    let found = comments(&metadata["tableSchema"]["columns"][0]);
    assert!(
        found.contains("`ca. 1500` (line 4)") && found.contains("EDTF"),
        "{found}"
    );
    Ok(())
}

#[test]
fn columns_settle_each_other() -> io::Result<()> {
    // The second column proves the decimal comma.
    let metadata = columns_of(b"Betrag;Menge\n1,234;12,5\n5,678;0,25\n10,000;100,0\n")?;
    let columns = &metadata["tableSchema"]["columns"];
    assert_eq!(
        columns[0]["datatype"],
        json!({ "base": "decimal", "format": { "pattern": "#0,000", "decimalChar": "," } })
    );
    assert!(comments(&columns[0]).contains("column `Menge` says"));
    // The point.
    let metadata = columns_of(b"amount,qty\n\"1,234\",12.5\n\"5,678\",0.25\n")?;
    let columns = &metadata["tableSchema"]["columns"];
    assert_eq!(
        columns[0]["datatype"],
        json!({ "base": "integer", "format": "#,##0" })
    );
    // Nothing proves anything.
    let metadata = columns_of(b"Betrag\n1.234\n5.678\n")?;
    let columns = &metadata["tableSchema"]["columns"];
    assert!(comments(&columns[0]).contains("may separate thousands or a fraction"));
    // Days and months.
    let metadata = columns_of(b"d,e\n01/02/2020,01/13/2020\n03/04/2020,05/14/2020\n")?;
    let columns = &metadata["tableSchema"]["columns"];
    assert_eq!(columns[0]["datatype"]["format"], "MM/dd/yyyy");
    assert!(comments(&columns[0]).contains("column `e` says"));
    Ok(())
}

#[test]
fn lists_and_what_looks_like_them() -> io::Result<()> {
    for (content, separator) in [
        // Spaces on both sides are part of the separator.
        ("id,tags\n1,a ; b\n2,b ; c\n3,a\n", json!(" ; ")),
        ("id,tags\n1,a; b\n2,b; c\n3,a\n", json!("; ")),
        ("id,tags\n1,a|b\n2,b|c\n3,a\n", json!("|")),
        // A click, and not a list.
        ("id,name\n1,N|uu\n2,G|ui\n3,G|wi\n4,Naro\n", Value::Null),
        (
            "id,note\n1,Fair weather until noon; then heavy rain\n2,Cold and windy; snow\n3,Dry\n",
            Value::Null,
        ),
    ] {
        let metadata = columns_of(content.as_bytes())?;
        assert_eq!(
            metadata["tableSchema"]["columns"][1]["separator"], separator,
            "{content}"
        );
    }
    // Keys prove lists by spaces.
    let cities = "id,name\nkursk,A\nperm,B\nomsk,C\n";
    let routes = "id,via\nr1,kursk perm\nr2,omsk\nr3,perm omsk kursk\n";
    let (_folder, metadata) = inferred(&[
        ("cities.csv", cities.as_bytes()),
        ("routes.csv", routes.as_bytes()),
    ])?;
    let schema = &metadata["tables"][1]["tableSchema"];
    assert_eq!(schema["columns"][1]["separator"], " ");
    assert_eq!(schema["foreignKeys"][0]["columnReference"], "via");
    Ok(())
}

#[test]
fn a_table_does_not_refer_to_itself_by_chance() -> io::Result<()> {
    let content = "id,best,worst\na,b,c\nb,c,a\nc,a,b\nd,a,c\n";
    let metadata = columns_of(content.as_bytes())?;
    assert_eq!(metadata["tableSchema"].get("foreignKeys"), None);
    Ok(())
}

#[test]
fn notes_about_how_a_file_is_written() -> io::Result<()> {
    let koi8 = encoding_rs::KOI8_U
        .encode("город;население\nОрёл;318000\nИрбит;38000\n")
        .0;
    let utf16: Vec<u8> = "id,v\r\n1,a\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (content, dialect, words) in [
        (
            &koi8[..],
            json!({ "delimiter": ";", "encoding": "koi8-r" }),
            "guessed from its letters: if `город`",
        ),
        (
            &utf16,
            json!({ "encoding": "utf-16le" }),
            "no byte order mark",
        ),
        (
            b"sep=;\nid;name\n1;A\n2;B\n",
            json!({ "delimiter": ";", "skipRows": 1 }),
            "`sep=;`, is a note for spreadsheets",
        ),
        (
            b"Payments 2020 (Dept of X)\n\nid,amount,who\n1,100,A\n2,x,B\n",
            json!({ "skipRows": 2 }),
            "first 2 rows are titles",
        ),
        (
            b"column1,column2\n0, \"a, b\"\n1, c\n",
            json!({ "skipInitialSpace": true }),
            "Spaces between a delimiter and a quote",
        ),
        (
            b"1,Moscow,100\n2,Omsk,200\n3,Tver,300\n",
            Value::Null,
            "header reads like a row of data",
        ),
        (
            b"id,day\n1,20200101\n2,20200229\n3,20201231\n",
            Value::Null,
            "All of them are days as well",
        ),
        (
            b"id,share\n1,0.5\n2,#DIV/0!\n3,1.5\n",
            Value::Null,
            "Taken as missing: `#DIV/0!`",
        ),
    ] {
        let metadata = columns_of(content)?;
        assert_eq!(metadata["dialect"], dialect);
        let found = all_comments(&metadata);
        assert!(found.contains(words), "{found}");
    }
    let metadata = columns_of(b"id,number\n1,20200101\n2,20200230\n")?;
    assert!(!all_comments(&metadata).contains("are days"));
    let metadata = columns_of(b"Name,2019,2020\nA,1,2\nB,3,4\n")?;
    assert!(!comments(&metadata).contains("row of data"));
    Ok(())
}

#[test]
fn what_is_not_csv_is_refused() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for (content, words) in [
        (&b"\x1F\x8B\x08\0\0"[..], "gzip"),
        (b"PK\x03\x04\x14", "ZIP"),
    ] {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, content)?;
        let error = infer(&[path], &InferOptions::new(folder.path())).unwrap_err();
        assert!(error.message.contains(words), "{}", error.message);
    }
    Ok(())
}

/// What the check refuses is reported with the proposal.
#[test]
fn broken_files_are_reported() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for (content, code) in [
        ("id,name,city\n1,5\" disk,Rome\n2,Bob,Oslo\n", Code::Quoting),
        (
            "id,name,city\n1,Ann,Rome\n2,\"Bob,Oslo\n3,Cyd,Bonn\n",
            Code::Quoting,
        ),
        ("id,v\n1,a\0b\n2,c\n", Code::Nul),
        (
            "id,amount\n1,100\nTotal,300\n\nSource: Dept\n",
            Code::Ragged,
        ),
        ("id,v\n1,a\n\x1A", Code::Ragged),
    ] {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, content)?;
        let text = infer(&[path], &InferOptions::new(folder.path()))
            .map_err(|error| io::Error::other(error.message))?;
        let found = check(&text, &folder.path().join("a.csv-metadata.json"))?;
        assert!(found.has(code), "{content} {found:?}");
    }
    Ok(())
}

#[test]
fn bases_of_projects() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "id\nx\n")?;
    let options = InferOptions {
        base: Some("http://example.org/towns/".to_owned()),
        ..InferOptions::new(folder.path())
    };
    let text = infer(&[path], &options).map_err(|error| io::Error::other(error.message))?;
    let value: Value = serde_json::from_str(&text)?;
    assert_eq!(
        value["https://w3id.org/civigraph/csvw#base"],
        "http://example.org/towns/"
    );
    assert_eq!(value["tables"][0]["url"], "a.csv");
    assert!(comments(&value).contains("is an example"));
    let found = check(&text, &folder.path().join("csv-metadata.json"))?;
    assert!(found.is_empty(), "{found:?}");
    for (folder, expected) in [
        ("/home/a/My Towns/data", "http://example.org/my_towns/"),
        ("/home/a/города", "http://example.org/goroda/"),
        ("/", "http://example.org/project/"),
    ] {
        assert_eq!(example_base(Path::new(folder)), expected);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_proposed_holds(
        keys in proptest::collection::vec("[a-z]{1,3}|[0-9]{1,3}", 1..8),
        rows in proptest::collection::vec(
            proptest::collection::vec(
                prop_oneof![
                    "[a-c]{1,2}",
                    "[0-9]{1,4}",
                    "[0-9]{1,3}[ ,.][0-9]{3}",
                    "[0-9]{1,2}[.,][0-9]{1,3}%?",
                    "[0-3][0-9]\\.[01][0-9]\\.20[0-9]{2}",
                    "20[0-9]{2}-[01][0-9]-[0-3][0-9]",
                    "([a-c]; ?){1,3}[a-c]",
                    "да|нет|NA|N/A|-||yes|true",
                    "[ \t]?[a-c\"\n]{0,3} ?",
                    "[1-9]\\.[0-9]{1,2}",
                    "[1-9][Ee][0-9]",
                    "-?[0-9]{17,21}(\\.[0-9]{1,20})?",
                    "[a-c]( \\| | ; |;|\\|)[a-c]",
                    "Yes|No|no|NaN|INF|\\{\\}|\\[1\\]",
                    "[0-3]?[0-9]/[01]?[0-9]/20[0-9]{2}",
                ],
                3,
            ),
            0..12,
        ),
    ) {
        let mut table = csv::Writer::from_writer(Vec::new());
        let mut other = csv::Writer::from_writer(Vec::new());
        table.write_record(["id", "name", "value", "year"])?;
        for (number, row) in rows.iter().enumerate() {
            let id = number.to_string();
            table.write_record(std::iter::once(&id).chain(row))?;
        }
        other.write_record(["key", "title"])?;
        for key in &keys {
            other.write_record([key.as_str(), "x"])?;
        }
        let (table, other) = (table.into_inner()?, other.into_inner()?);
        inferred(&[("table.csv", &table), ("names.csv", &other)])?;
    }
}
