//! Primary and foreign keys.

use super::*;

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
    // Values that the other table lacks make no reference.
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
fn a_table_does_not_refer_to_itself_by_chance() -> io::Result<()> {
    let content = "id,best,worst\na,b,c\nb,c,a\nc,a,b\nd,a,c\n";
    let metadata = columns_of(content.as_bytes())?;
    assert_eq!(metadata["tableSchema"].get("foreignKeys"), None);
    Ok(())
}
