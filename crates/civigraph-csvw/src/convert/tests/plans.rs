//! Plans that no CSVW description makes.

use super::*;

/// What a mapping language other than CSVW's can say: blank nodes made by templates, several graphs, languages and
/// datatypes of templates, raw references as IRIs, nulls that leave nothing, things said once.
#[test]
fn a_plan_of_another_front_end() {
    let mut plan = compile(
        &group(vec![
            column("id"),
            column("name"),
            column("lang"),
            column("type"),
        ]),
        csvw::ConversionMode::Minimal,
    );
    let table = &mut plan.tables[0];
    table.base = Some("http://example.org/base/".into());
    table.templates.clear();
    table.maps.clear();
    let mut template = |text: &str, escaping: Escaping, form: TemplateForm| {
        let slot = |name: &str| match name {
            "id" => ValueSource::Column(ColumnId::new(0)),
            "name" => ValueSource::Column(ColumnId::new(1)),
            "lang" => ValueSource::Column(ColumnId::new(2)),
            _ => ValueSource::Column(ColumnId::new(3)),
        };
        let id = TemplateId::new(table.templates.len());
        table
            .templates
            .push(Template::new(text, escaping, form, slot));
        Expansion {
            null: NullPolicy::Skip,
            ..Expansion::of(id)
        }
    };
    let id = template("{id}", Escaping::None, TemplateForm::Text);
    let relative = template("{name}", Escaping::Iri, TemplateForm::Appended);
    let raw = template("{type}", Escaping::None, TemplateForm::Appended);
    let graph = template("g/{lang}", Escaping::Iri, TemplateForm::Appended);
    let text = template("{id}: {name}", Escaping::None, TemplateForm::Text);
    let lang = template("{lang}", Escaping::None, TemplateForm::Text);
    let datatype = template(
        "http://example.org/{lang}",
        Escaping::Iri,
        TemplateForm::Appended,
    );
    let iri = |text: &str| TermMap::Constant(NamedNode::new_unchecked(text).into());
    let map = |subject: TermMap, object: TermMap| TripleMap {
        about: TripleTopic::Row { at: None },
        subject,
        predicate: iri("http://example.org/p"),
        object: ObjectMap::Terms(object),
        graphs: Vec::new(),
        condition: Vec::new(),
        duplicates: DuplicatePolicy::Keep,
        place: Place::default(),
    };
    let literal = |value: LiteralText, datatype: DatatypeMap, language: LanguageMap| {
        TermMap::Literal(LiteralMap {
            value,
            datatype,
            language,
        })
    };
    let node = || TermMap::BlankNode(id);
    let plain = Literal::new_simple_literal("x");
    table.maps = vec![
        TripleMap {
            graphs: vec![
                GraphMap::Default,
                GraphMap::Named(TermMap::Iri(graph)),
                GraphMap::Named(iri("http://example.org/g")),
            ],
            ..map(node(), TermMap::Constant(plain.into()))
        },
        map(node(), TermMap::Iri(relative)),
        map(TermMap::Iri(raw), TermMap::Fresh("m1".into())),
        map(
            node(),
            literal(
                LiteralText::Template(text),
                DatatypeMap::String,
                LanguageMap::Template(lang),
            ),
        ),
        TripleMap {
            duplicates: DuplicatePolicy::OncePerRow,
            ..map(
                node(),
                literal(
                    LiteralText::Column(ColumnId::new(1)),
                    DatatypeMap::Template(datatype),
                    LanguageMap::None,
                ),
            )
        },
        TripleMap {
            duplicates: DuplicatePolicy::OncePerRow,
            ..map(
                node(),
                literal(
                    LiteralText::Column(ColumnId::new(1)),
                    DatatypeMap::Template(datatype),
                    LanguageMap::None,
                ),
            )
        },
    ];
    let plan: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    let csv = "id,name,lang,type\n1 a,Zoë B,en,x/../y\n2,,,http://e.org/t\n";
    let (text, diagnostics) = lines(&plan, csv, &Options::default());
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "_:b_1_20a <p> \"x\" .",
            "_:b_1_20a <p> \"x\" <base/g/en> .",
            "_:b_1_20a <p> \"x\" <g> .",
            "_:b_1_20a <p> <base/Zoë%20B> .",
            "<base/x/../y> <p> _:t0m11 .",
            "_:b_1_20a <p> \"1 a: Zoë B\"@en .",
            "_:b_1_20a <p> \"Zoë B\"^^<en> .",
            "_:b_2 <p> \"x\" .",
            "_:b_2 <p> \"x\" <g> .",
            "<http://e.org/t> <p> _:t0m12 .",
        ]
    );
    assert!(diagnostics.is_empty());
}

#[test]
fn a_plan_with_joins_is_refused() {
    let mut plan = compile(&group(vec![column("a")]), csvw::ConversionMode::Minimal);
    plan.joins.push(Join {
        child: TableId::new(0),
        parent: TableId::new(0),
        on: Vec::new(),
        maps: Vec::new(),
    });
    let files = Memory(b"a\n1\n".to_vec());
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let mut sink = CollectSink::default();
    let error = run(
        &plan,
        &files,
        &Options::default(),
        &mut sink,
        &mut diagnostics,
    )
    .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    assert!(sink.quads.is_empty());
}
