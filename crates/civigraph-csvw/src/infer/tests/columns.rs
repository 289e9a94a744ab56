//! Datatypes, lists and comments of columns.

use super::*;

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
