//! Descriptions of datatypes that are wrong or odd.

use super::*;

#[test]
fn wrong_descriptions() {
    let with = |change: fn(&mut DatatypeDescription)| {
        let mut description = of("date");
        change(&mut description);
        description
    };
    for (description, expected) in [
        (of("http://example.org/datatype"), Code::UnknownDatatype),
        (of("foo"), Code::UnknownDatatype),
        (formatted("string", "+"), Code::BadFormat),
        (
            formatted("string", "(a{1000}){1000}"),
            Code::UnsupportedFormat,
        ),
        (formatted("integer", "["), Code::BadFormat),
        (formatted("integer", "#0.0.0"), Code::BadFormat),
        (formatted("integer", "0#"), Code::BadFormat),
        (formatted("decimal", "0.#0"), Code::BadFormat),
        (formatted("decimal", "#,##0;(#,##0)"), Code::BadFormat),
        (formatted("decimal", "0%%"), Code::BadFormat),
        (formatted("double", "0E"), Code::BadFormat),
        (formatted("decimal", ""), Code::BadFormat),
        (formatted("boolean", "YN"), Code::BadFormat),
        (formatted("boolean", "Y|N|?"), Code::BadFormat),
        (formatted("date", "yy-MM-dd"), Code::BadFormat),
        (separated("boolean", None, Some(",")), Code::BadFormat),
        (separated("decimal", Some(","), Some(",")), Code::BadFormat),
        (
            with(|d| {
                d.base = "string".into();
                d.length = Some(5);
                d.min_length = Some(6);
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.base = "string".into();
                d.length = Some(5);
                d.max_length = Some(4);
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.base = "string".into();
                d.min_length = Some(6);
                d.max_length = Some(5);
            }),
            Code::FacetConflict,
        ),
        (with(|d| d.length = Some(5)), Code::FacetNotApplicable),
        (
            with(|d| {
                d.base = "string".into();
                d.min_inclusive = Some("1".into());
            }),
            Code::FacetNotApplicable,
        ),
        (
            with(|d| {
                d.min_inclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.max_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.min_inclusive = Some("2015-06-06".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_exclusive = Some("2015-06-05".into());
                d.min_inclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_exclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-06".into());
            }),
            Code::FacetConflict,
        ),
        (
            with(|d| {
                d.max_inclusive = Some("2015-06-05".into());
                d.min_exclusive = Some("2015-06-05".into());
            }),
            Code::FacetConflict,
        ),
        (with(|d| d.min_inclusive = Some("5".into())), Code::BadFacet),
        (with(|d| d.id = Some("_:foo".into())), Code::DatatypeId),
        (
            with(|d| d.id = Some("http://www.w3.org/2001/XMLSchema#string".into())),
            Code::DatatypeId,
        ),
    ] {
        let (_, codes) = compile(&description);
        assert_eq!(codes, [expected], "{description:?}");
    }
}

#[test]
fn a_bad_format_is_ignored() {
    for (description, cell) in [
        (formatted("integer", "["), "0"),
        (formatted("string", "+"), "AaAaA"),
        (formatted("date", "yy-MM-dd"), "2015-06-05"),
        (formatted("boolean", "YN"), "true"),
    ] {
        let (datatype, _) = compile(&description);
        assert_eq!(datatype.parser().parse(cell, &mut String::new()), Ok(cell));
    }
}

#[test]
fn own_identifiers() {
    let description = DatatypeDescription {
        id: Some("http://example.org/datatype".to_owned()),
        ..of("string")
    };
    let (datatype, codes) = compile(&description);
    assert_eq!(codes, []);
    assert_eq!(datatype.iri(), "http://example.org/datatype");
    assert!(!datatype.takes_language());
    assert!(datatype.parser().accepts_everything());
}
