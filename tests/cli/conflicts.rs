//! Contradictions: both sides are kept, linked and shown; neither is asserted until a curator ranks one.

use super::workshop::{Workshop, assert_shown};
use serde_json::Value;

const METADATA: &str = r#"{
  "@context": "http://www.w3.org/ns/csvw",
  "https://w3id.org/civigraph/csvw#base": "https://example.org/",
  "tables": [
    {"url": "plans.csv", "tableSchema": {"aboutUrl": "https://example.org/id/plan/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "horizon", "titles": "horizon", "datatype": "gYear", "propertyUrl": "https://example.org/ns#horizon",
       "https://w3id.org/civigraph/csvw#functional": true},
      {"name": "topic", "titles": "topic", "propertyUrl": "https://example.org/ns#topic"}]}},
    {"url": "figures.csv", "https://w3id.org/civigraph/csvw#functional": "of measure period",
     "tableSchema": {"aboutUrl": "https://example.org/id/figure/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true},
      {"name": "of", "titles": "of", "propertyUrl": "https://example.org/ns#of"},
      {"name": "measure", "titles": "measure", "propertyUrl": "https://example.org/ns#measure"},
      {"name": "period", "titles": "period", "propertyUrl": "https://example.org/ns#period"},
      {"name": "kind", "titles": "kind", "propertyUrl": "https://example.org/ns#kind", "https://w3id.org/civigraph/csvw#part": "quantity.kind"},
      {"name": "value", "titles": "value", "datatype": "decimal", "propertyUrl": "rdf:value", "https://w3id.org/civigraph/csvw#part": "quantity.value"}]}},
    {"url": "claims.csv", "https://w3id.org/civigraph/csvw#graph": "https://example.org/graph/claims",
     "tableSchema": {"aboutUrl": "https://example.org/id/claim/{id}", "primaryKey": "id", "columns": [
      {"name": "id", "titles": "id", "suppressOutput": true, "https://w3id.org/civigraph/csvw#part": "claim.id"},
      {"name": "table", "titles": "table", "https://w3id.org/civigraph/csvw#part": "claim.table"},
      {"name": "row", "titles": "row", "https://w3id.org/civigraph/csvw#part": "claim.row"},
      {"name": "column", "titles": "column", "https://w3id.org/civigraph/csvw#part": "claim.column"},
      {"name": "value", "titles": "value", "https://w3id.org/civigraph/csvw#part": "claim.value"},
      {"name": "rank", "titles": "rank", "https://w3id.org/civigraph/csvw#part": "claim.rank"},
      {"name": "review", "titles": "review", "https://w3id.org/civigraph/csvw#part": "claim.review"},
      {"name": "said_by", "titles": "said_by", "propertyUrl": "https://example.org/ns#saidBy"}]}}
  ]
}"#;

const FIGURES: &str = "id,of,measure,period,kind,value\n";

/// A project with claims (`id,table,row,column,value,rank,review,said_by`) and figures, built.
fn built(claims: &str, figures: &str) -> Workshop {
    let plans = "id,horizon,topic\nkuzbass,2035,growth\n";
    built_with(METADATA, plans, claims, figures)
}

/// The same with other metadata and plans.
fn built_with(metadata: &str, plans: &str, claims: &str, figures: &str) -> Workshop {
    let workshop = Workshop::empty();
    workshop.write("data/csv-metadata.json", metadata);
    workshop.write("data/plans.csv", plans);
    workshop.write("data/figures.csv", format!("{FIGURES}{figures}"));
    let header = "id,table,row,column,value,rank,review,said_by";
    workshop.write("data/claims.csv", format!("{header}\n{claims}"));
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop
}

fn conflicts(workshop: &Workshop) -> Vec<Value> {
    let run = workshop.run(&["conflicts", "--format", "json"]).exits(0);
    serde_json::from_str(&run.stdout).unwrap()
}

/// The values of a property in the default graph.
fn values(workshop: &Workshop, property: &str) -> Vec<String> {
    let text = format!("SELECT ?o {{ ?s <{property}> ?o }} ORDER BY STR(?o)");
    let run = workshop
        .run(&["query", "-e", &text, "--format", "csv"])
        .exits(0);
    run.stdout
        .lines()
        .skip(1)
        .map(|line| line.trim().to_owned())
        .collect()
}

fn horizons(workshop: &Workshop) -> Vec<String> {
    values(workshop, "https://example.org/ns#horizon")
}

const TWO: &str = "c1,plans,kuzbass,horizon,,normal,accepted,ann\nc2,plans,kuzbass,horizon,2040,normal,accepted,bob\n";

/// Whatever is wrong with a claim, what is published stays.
#[test]
fn wrong_claims_publish_nothing() {
    let mut runs = Vec::new();
    for claim in [
        "c1,plan,kuzbass,horizon,,normal,accepted,ann\n",
        "c1,plans,nowhere,horizon,,normal,accepted,ann\n",
        "c1,plans,kuzbass,topics,,normal,accepted,ann\n",
    ] {
        let workshop = built(TWO, "");
        let before = std::fs::read(workshop.path(".civigraph/current")).unwrap();
        let header = "id,table,row,column,value,rank,review,said_by";
        workshop.write("data/claims.csv", format!("{header}\n{claim}"));
        for way in [&["build"][..], &["build", "--full"]] {
            runs.push(workshop.run(way).exits(1));
            let now = std::fs::read(workshop.path(".civigraph/current")).unwrap();
            assert_eq!(now, before, "{claim} {way:?}");
        }
    }
    assert_shown!(runs);
}

#[test]
fn both_are_kept_and_linked_and_none_is_asserted() {
    let workshop = built(TWO, "");
    assert_eq!(conflicts(&workshop).len(), 1);
    assert_eq!(horizons(&workshop), Vec::<String>::new());
    let claims = workshop.run(&["export", "--graph", "claims", "--format", "ntriples"]);
    assert_shown!(claims.exits(0));
    // Side by side, with who said what where.
    let shown = workshop.run(&["conflicts"]).exits(0);
    assert_shown!(shown, @"
    $ conflicts
    kuzbass — horizon: none is asserted (plans, column `horizon`)
      2035 in row `kuzbass`
      claim      c1 data/claims.csv:2:1 rank=normal, review=accepted, said_by=ann
      2040 in row `kuzbass`
      claim      c2 data/claims.csv:3:1 rank=normal, review=accepted, said_by=bob, states 2040

    ---- stderr
    1 conflict: 0 decided, 1 open
    ---- exit code 0
    ");
}

#[test]
fn the_one_that_is_ranked_is_asserted() {
    let first = built(&TWO.replacen("normal", "preferred", 1), "");
    assert_eq!(horizons(&first), ["2035"]);
    // Ranked above what stands in the cell.
    let second = built(&TWO.replace("2040,normal", "2040,preferred"), "");
    assert_eq!(horizons(&second), ["2040"]);
    for workshop in [first, second] {
        let conflicts = conflicts(&workshop);
        assert_eq!(conflicts.len(), 1, "a decided one is still shown");
        workshop.run(&["verify"]).exits(0);
    }
    // Two that are ranked decide nothing.
    let both = built(&TWO.replace("normal", "preferred"), "");
    assert_eq!(horizons(&both), Vec::<String>::new());
}

#[test]
fn only_accepted_claims_about_functional_columns_contradict() {
    for (claims, why) in [
        (
            TWO.replace("2040,normal,accepted", "2040,normal,refused"),
            "refused",
        ),
        (
            TWO.replace("2040,normal,accepted", "2040,normal,pending"),
            "pending",
        ),
        (TWO.replace("2040,normal", "2040,deprecated"), "deprecated"),
        (TWO.replace("2040", "2035"), "the same value"),
        (TWO.replace("horizon", "topic"), "not functional"),
    ] {
        let workshop = built(&claims, "");
        assert_eq!(conflicts(&workshop), Vec::<Value>::new(), "{why}");
        assert_eq!(horizons(&workshop), ["2035"], "{why}");
    }
}

/// Claims about two figures.
const FIGURE_CLAIMS: &str =
    "f1,figures,one,value,,normal,accepted,ann\nf2,figures,two,value,,normal,accepted,bob\n";

#[test]
fn figures_contradict_by_what_they_measure_and_how_exactly() {
    let value = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value";
    for (figures, contradict) in [
        (
            "one,forum,events,2025,minimum-exclusive,80\ntwo,forum,events,2025,approximate,70\n",
            true,
        ),
        (
            "one,forum,events,2025,exact,80\ntwo,forum,events,2025,exact,81\n",
            true,
        ),
        (
            "one,forum,events,2025,maximum-inclusive,70\ntwo,forum,events,2025,exact,80\n",
            true,
        ),
        // More than 75 may be 80.
        (
            "one,forum,events,2025,minimum-exclusive,75\ntwo,forum,events,2025,exact,80\n",
            false,
        ),
        (
            "one,forum,events,2025,minimum-exclusive,80\ntwo,forum,events,2025,exact,80\n",
            true,
        ),
        (
            "one,forum,events,2025,minimum-inclusive,80\ntwo,forum,events,2025,exact,80\n",
            false,
        ),
        // Of something else, another measure, another time.
        (
            "one,forum,events,2025,exact,80\ntwo,fair,events,2025,exact,81\n",
            false,
        ),
        (
            "one,forum,events,2025,exact,80\ntwo,forum,guests,2025,exact,81\n",
            false,
        ),
        (
            "one,forum,events,2025,exact,80\ntwo,forum,events,2024,exact,81\n",
            false,
        ),
    ] {
        let workshop = built(FIGURE_CLAIMS, figures);
        assert_eq!(
            conflicts(&workshop).len(),
            usize::from(contradict),
            "{figures}"
        );
        let asserted = if contradict { 0 } else { 2 };
        assert_eq!(values(&workshop, value).len(), asserted, "{figures}");
        if contradict {
            // Nothing else of these rows is a fact either; one that is ranked is whole again.
            assert!(
                values(&workshop, "https://example.org/ns#of").is_empty(),
                "{figures}"
            );
            let ranked = built(&FIGURE_CLAIMS.replacen("normal", "preferred", 1), figures);
            assert_eq!(values(&ranked, value).len(), 1, "{figures}");
            assert_eq!(
                values(&ranked, "https://example.org/ns#of"),
                ["forum"],
                "{figures}"
            );
        }
    }
}

#[test]
fn values_are_compared_by_their_datatype() {
    let numbers = METADATA.replace(
        r#""datatype": "decimal""#,
        r#""datatype": {"base": "decimal", "format": {"decimalChar": ",", "groupChar": " "}}"#,
    );
    let doubles = METADATA.replace(r#""datatype": "decimal""#, r#""datatype": "double""#);
    for (metadata, one, two, contradict) in [
        (&numbers, "\"1 000,5\"", "\"2 000,5\"", true),
        (&numbers, "\"1 000,5\"", "\"1000,50\"", false),
        (&doubles, "7E1", "8E1", true),
        (&doubles, "7E1", "70", false),
    ] {
        let figures =
            format!("one,forum,events,2025,exact,{one}\ntwo,forum,events,2025,exact,{two}\n");
        let plans = "id,horizon,topic\nkuzbass,2035,growth\n";
        let workshop = built_with(metadata, plans, FIGURE_CLAIMS, &figures);
        let found = conflicts(&workshop).len();
        assert_eq!(found, usize::from(contradict), "{one} and {two}");
    }
    // A stated value likewise, against its cell and against another one.
    let years = METADATA.replace(
        r#""datatype": "gYear""#,
        r#""datatype": {"base": "integer", "format": {"groupChar": ","}}"#,
    );
    for (stated, other, contradict) in [
        ("\"01,000\"", "\"1,000\"", false),
        ("\"2,000\"", "2000", true),
    ] {
        let claims = format!(
            "c1,plans,kuzbass,horizon,,normal,accepted,ann\n\
             c2,plans,kuzbass,horizon,{stated},normal,accepted,bob\n\
             c3,plans,kuzbass,horizon,{other},normal,accepted,eve\n"
        );
        let plans = "id,horizon,topic\nkuzbass,\"1,000\",growth\n";
        let workshop = built_with(&years, plans, &claims, "");
        let found = conflicts(&workshop);
        assert_eq!(found.len(), usize::from(contradict), "{stated} and {other}");
        if contradict {
            assert_eq!(found[0]["sides"].as_array().unwrap().len(), 2, "{stated}");
        } else {
            assert_eq!(horizons(&workshop), ["1000"], "{stated}");
        }
    }
}

#[test]
fn only_sides_that_disagree_are_linked() {
    let figures = "one,forum,events,2025,minimum-exclusive,75\n\
                   two,forum,events,2025,exact,80\n\
                   three,forum,events,2025,exact,70\n";
    let claims = format!("{FIGURE_CLAIMS}f3,figures,three,value,,normal,accepted,eve\n");
    let workshop = built(&claims, figures);
    let found = conflicts(&workshop);
    assert_eq!(found[0]["sides"].as_array().unwrap().len(), 3);
    let text = "SELECT (CONCAT(STRAFTER(STR(?a), 'claim/'), ' ', STRAFTER(STR(?b), 'claim/')) AS ?x) \
                { GRAPH ?g { ?a <https://example.org/ns#conflictsWith> ?b } } ORDER BY ?x";
    let run = workshop.run(&["query", "-e", text, "--format", "csv"]);
    let links: Vec<String> = run
        .exits(0)
        .stdout
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    assert_eq!(links, ["f1 f3", "f2 f3", "f3 f1", "f3 f2"]);
}

#[test]
fn ranked_figures_that_agree_win_together() {
    let kind = "https://example.org/ns#kind";
    let three = |one: &str, two: &str, three: &str| {
        format!(
            "one,forum,events,2025,{one}\ntwo,forum,events,2025,{two}\nthree,forum,events,2025,{three}\n"
        )
    };
    for (figures, ranked, asserted) in [
        (
            three("exact,80", "exact,80", "exact,70"),
            [true, true, false],
            2,
        ),
        // What agrees with the ranked one is in no contradiction any longer.
        (
            three("exact,80", "exact,80", "exact,70"),
            [true, false, false],
            2,
        ),
        (
            three("exact,80", "exact,80", "exact,70"),
            [false, false, true],
            1,
        ),
        (
            three("exact,80", "exact,80", "exact,70"),
            [true, false, true],
            0,
        ),
        // What agrees with the ranked one and contradicts another that does, is in one still.
        (
            three("minimum-exclusive,75", "exact,80", "exact,90"),
            [true, false, false],
            1,
        ),
    ] {
        let rank = |ranked: bool| if ranked { "preferred" } else { "normal" };
        let claims: String = ["one", "two", "three"]
            .iter()
            .zip(ranked)
            .map(|(row, ranked)| {
                format!(
                    "f-{row},figures,{row},value,,{},accepted,ann\n",
                    rank(ranked)
                )
            })
            .collect();
        let workshop = built(&claims, &figures);
        assert_eq!(
            values(&workshop, kind).len(),
            asserted,
            "{figures} {ranked:?}"
        );
        let found = conflicts(&workshop);
        let sides = found[0]["sides"].as_array().unwrap();
        let standing = sides.iter().filter(|side| side["asserted"] == true).count();
        let free = 3 - sides.len();
        assert_eq!(standing + free, asserted, "{figures} {ranked:?}");
    }
}

#[test]
fn a_row_without_claims_is_shown_by_its_number() {
    let figures = "one,forum,events,2025,exact,80\ntwo,forum,events,2025,exact,81\n";
    let workshop = built("f1,figures,one,value,,normal,accepted,ann\n", figures);
    let shown = workshop.run(&["conflicts"]).exits(0);
    assert_shown!(shown, @"
    $ conflicts
    one: none is asserted (figures, column `value`)
      exact 80 in row `one`
      claim      f1 data/claims.csv:2:1 rank=normal, review=accepted, said_by=ann
      exact 81 in row `#2`

    ---- stderr
    1 conflict: 0 decided, 1 open
    ---- exit code 0
    ");
}

#[test]
fn rows_that_contradict_are_told_where_they_stand() {
    let two = "one,forum,events,2025,exact,80\ntwo,forum,events,2025,exact,81\n";
    let workshop = built(FIGURE_CLAIMS, two);
    workshop.write(
        "data/figures.csv",
        format!("{FIGURES}{}", two.replace("81", "82")),
    );
    let run = workshop
        .run(&["diff", "current", ".", "--format", "json"])
        .exits(1);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    let row = &found["tables"][0]["rows"][0];
    assert_shown!(format!("{row:#}"));
}
