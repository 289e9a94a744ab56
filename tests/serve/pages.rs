//! The pages of people.
//!
//! A test looks for the parts of a page that it is about; whole pages would change with every style.

use super::client::{Request, Response, encode};
use super::graph;
use super::server::Server;
use crate::cli::workshop::Workshop;
use oxrdf::vocab::rdf;
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::HashSet;

/// Bytes of a page, before compression.
const MOST: usize = 100_000;

const POLICY: &str = "default-src 'self'";

/// A page as a browser asks for it.
fn page(server: &Server, path: &str) -> Response {
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    server.ask(Request::get(path).header("Accept", accept))
}

/// Demands a sound page of a status.
#[track_caller]
fn sound(server: &Server, path: &str, status: u16) -> String {
    let response = page(server, path).is(status);
    assert_eq!(
        response.header("content-type"),
        "text/html; charset=utf-8",
        "{path}"
    );
    assert_eq!(
        response.header("x-content-type-options"),
        "nosniff",
        "{path}"
    );
    let policy = response.header("content-security-policy");
    assert!(
        policy.starts_with(POLICY) && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(
        response.header("vary").contains("Accept-Language"),
        "{path}"
    );
    assert!(
        response.body.len() < MOST,
        "{path} has {} bytes",
        response.body.len()
    );
    let html = response.text();
    check(&html, path);
    html
}

/// Demands that tags are closed in their order, that ids are unique, and that nothing in the text can run.
#[track_caller]
fn check(html: &str, path: &str) {
    const VOID: [&str; 7] = ["meta", "link", "input", "br", "rect", "path", "circle"];
    assert!(html.starts_with("<!DOCTYPE html>"), "{path}");
    let mut open: Vec<String> = Vec::new();
    let mut ids = HashSet::new();
    let mut rest = html.split_once('>').unwrap().1;
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "{path}: {name} is closed in {open:?}"
            );
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap();
        for attribute in attributes(&tag[name.len()..]) {
            let (key, value) = attribute;
            assert!(!key.starts_with("on") && key != "style", "{path}: {tag}");
            if key == "id" {
                assert!(
                    ids.insert(value.clone()),
                    "{path}: the id {value} is there twice"
                );
            }
            if ["href", "src", "action"].contains(&key.as_str()) {
                let scheme = value.split(['/', '?', '#']).next().unwrap();
                let fine = !scheme.contains(':')
                    || ["http:", "https:"].contains(&scheme)
                    || value.starts_with("mailto:graph@example.org?");
                assert!(fine, "{path}: {tag}");
            }
        }
        if name == "script" {
            assert!(tag.contains("src=\""), "{path}: an inline script");
        }
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty(), "{path}: {open:?} are not closed");
}

/// The attributes of a tag, all of which are quoted or have no value.
fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\n', '/']);
        if text.is_empty() {
            return attributes;
        }
        let end = text.find(['=', ' ', '\n']).unwrap_or(text.len());
        let key = text[..end].to_owned();
        match text[end..].strip_prefix("=\"") {
            Some(value) => {
                let (value, rest) = value.split_once('"').expect("a quote is closed");
                attributes.push((key, value.to_owned()));
                text = rest;
            }
            None => {
                assert!(
                    !text[end..].starts_with('='),
                    "an attribute without quotes: {text}"
                );
                attributes.push((key, String::new()));
                text = &text[end..];
            }
        }
    }
}

fn shipped() -> (Workshop, Server) {
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    (workshop, server)
}

#[test]
fn every_kind_of_page_is_sound_in_both_languages() {
    let (_workshop, server) = shipped();
    let event = encode("https://w3id.org/civigraph/ns#Event");
    let paths = [
        "/".to_owned(),
        "/browse".to_owned(),
        format!("/browse?class={event}"),
        format!("/browse?class={event}&year=2018"),
        "/search?q=Железн".replace("Железн", &encode("Железн")),
        "/search".to_owned(),
        "/ns".to_owned(),
        "/ns/Event".to_owned(),
        "/ns/locatedIn".to_owned(),
        "/id/city/zato-zheleznogorsk".to_owned(),
        "/id/document/000".to_owned(),
        "/id/document/004".to_owned(),
        "/id/claim/c-000-001".to_owned(),
        "/graph/claims".to_owned(),
        "/data/cities.csv".to_owned(),
        "/data/cities.csv/row/9".to_owned(),
        "/data/claims.csv?from=51".to_owned(),
        "/downloads".to_owned(),
        "/about".to_owned(),
        format!(
            "/resource?iri={}",
            encode("http://www.w3.org/ns/org#Organization")
        ),
    ];
    for path in paths {
        let english = sound(&server, &path, 200);
        assert!(english.contains("<html lang=\"en\""), "{path}");
        let russian = sound(&server, &format!("/ru{path}"), 200);
        assert!(russian.contains("<html lang=\"ru\""), "{path}");
        assert_ne!(english, russian);
        // The language stays as one goes on.
        assert!(russian.contains("href=\"/ru/browse\""), "{path}");
        let head = server.ask(Request::new("HEAD", &path).header("Accept", "text/html"));
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }
    let accepted = Request::get("/").header("Accept-Language", "ru,en;q=0.5");
    assert!(server.ask(accepted).text().contains("<html lang=\"ru\""));
    assert!(
        page(&server, "/?lang=ru")
            .text()
            .contains("href=\"/ru/browse\"")
    );
}

#[test]
fn a_reader_walks_from_a_value_to_its_cell_and_its_span_and_back() {
    let (_workshop, server) = shipped();
    let town = sound(&server, "/id/city/zato-zheleznogorsk", 200);
    assert!(town.contains("href=\"/data/cities.csv/row/9#c"), "{town}");
    assert!(town.contains("inferred"), "{town}");
    assert!(town.contains("/id/document/000#e-000-"), "{town}");
    let row = sound(&server, "/data/cities.csv/row/9", 200);
    assert!(row.contains("zato-zheleznogorsk"), "{row}");
    assert!(
        row.contains("href=\"/id/city/zato-zheleznogorsk\""),
        "{row}"
    );
    assert!(
        row.contains("href=\"/id/document/000#e-000-7-24\""),
        "{row}"
    );
    let document = sound(&server, "/id/document/000", 200);
    assert!(document.contains("id=\"e-000-7-24\""), "{document}");
    assert!(
        document.contains("href=\"/id/city/zato-zheleznogorsk\""),
        "{document}"
    );
    // The words of the source are shown where its folder is given, and not otherwise.
    assert!(!document.contains("<q>"), "{document}");
    sound(&server, "/data/cities.csv/row/1", 404);
    sound(&server, "/data/cities.csv/row/999", 404);
    sound(&server, "/data/none.csv/row/1", 404);
}

#[test]
fn gaps_and_disputes_are_shown_where_values_would_be() {
    let (_workshop, server) = shipped();
    let conference = sound(&server, "/id/event/conference-nuclear-cities-2018", 200);
    assert!(
        conference.contains("<details class=\"mark missing\"><summary>not stated"),
        "{conference}"
    );
    let russian = sound(&server, "/ru/id/event/conference-nuclear-cities-2018", 200);
    assert!(russian.contains("<summary>не указано"), "{russian}");
}

#[test]
fn a_thing_is_a_page_or_data_as_the_client_wants() {
    let (_workshop, server) = shipped();
    let path = "/id/city/irbit";
    for (accept, media) in [
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
    ] {
        let response = server
            .ask(Request::get(path).header("Accept", accept))
            .is(200);
        assert_eq!(response.header("content-type"), media, "{accept}");
        assert!(response.header("vary").contains("Accept"));
    }
    for (suffix, media) in [
        ("ttl", "text/turtle; charset=utf-8"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
    ] {
        let response = page(&server, &format!("{path}.{suffix}")).is(200);
        assert_eq!(response.header("content-type"), media);
        let text = response.text();
        assert!(text.contains("Irbit"), "{text}");
    }
    let triples = page(&server, "/id/city/irbit.nt").text();
    let town = "<https://w3id.org/civigraph/id/city/irbit>";
    assert!(triples.lines().all(|line| line.contains(town)), "{triples}");
    assert!(triples.lines().any(|line| line.starts_with(town)));
    assert!(
        triples
            .lines()
            .any(|line| line.contains(&format!("> {town}")))
    );
    server
        .ask(Request::get("/id/city/nowhere").header("Accept", "text/turtle"))
        .is(404);
    // What has no page for browsers has what it had.
    let graph = Request::get("/graph/register").header("Accept", "*/*");
    assert_eq!(
        server.ask(graph).is(200).header("content-type"),
        "text/turtle; charset=utf-8"
    );
}

#[test]
fn pages_are_known_again_by_their_tags() {
    let (_workshop, server) = shipped();
    let first = page(&server, "/id/city/irbit").is(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.contains(&server.build), "{tag}");
    let again = Request::get("/id/city/irbit")
        .header("Accept", "text/html")
        .header("If-None-Match", &tag);
    let again = server.ask(again).is(304);
    // The page that the client kept has its policy, which another one here would replace.
    assert_eq!(again.header("content-security-policy"), "");
    // In another format it is something else.
    let data = Request::get("/id/city/irbit")
        .header("Accept", "text/turtle")
        .header("If-None-Match", &tag);
    server.ask(data).is(200);
}

#[test]
fn what_is_not_there_says_what_is() {
    let (_workshop, server) = shipped();
    let html = sound(&server, "/id/city/irbitt", 404);
    assert!(html.contains("href=\"/id/city/irbit\""), "{html}");
    let refused = server.get("/nothing");
    assert_eq!(refused.status, 404);
    for path in [
        "/id/../../etc/passwd",
        "/static/x/y",
        "/downloads/inputs/..%2F..%2Fmanifest.json",
        "/%ff",
        "/ru",
    ] {
        let status = page(&server, path).status;
        assert!([200, 404].contains(&status), "{path}: {status}");
        assert_eq!(status == 200, path == "/ru", "{path}");
    }
    let posted = Request::new("POST", "/about").body("x=y");
    assert_eq!(server.ask(posted).status, 404);
}

#[test]
fn the_lines_of_the_build_have_its_digest() {
    use sha2::{Digest, Sha256};
    let (_workshop, server) = shipped();
    let lines = page(&server, "/downloads/graph.nq").is(200);
    let digest = Sha256::digest(&lines.body);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let downloads = sound(&server, "/downloads", 200);
    assert!(downloads.contains(&digest), "{digest}");
    let cities = page(&server, "/downloads/inputs/data/cities.csv").is(200);
    assert_eq!(cities.header("content-type"), "text/csv; charset=utf-8");
    let digest = Sha256::digest(&cities.body);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(downloads.contains(&digest), "{digest}");
    let style = downloads
        .split("href=\"")
        .find(|part| part.starts_with("/static/") && part.contains("style.css"))
        .unwrap();
    let style = page(&server, style.split('"').next().unwrap()).is(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
}

/// Texts that would run or break a page if they were not escaped.
const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></main></html>",
    "javascript:alert(1)",
    "&lt;b&gt; \u{202e} {{ 7 * 7 }}",
];

#[test]
fn hostile_texts_are_texts() {
    let workshop = Workshop::empty();
    let base = "https://example.org/";
    let node = |iri: String| NamedNode::new_unchecked(iri);
    let label = node("http://www.w3.org/2004/02/skos/core#prefLabel".to_owned());
    let mut quads = Vec::new();
    for (number, text) in HOSTILE.iter().enumerate() {
        // What an IRI cannot have, no graph has.
        let thing = node(format!("{base}id/thing/{number}'onload='alert(1)"));
        let odd = node(format!("javascript:alert({number})"));
        let class = node(format!("{base}ns#'onload='{number}"));
        let text = Term::from(Literal::new_simple_literal(*text));
        for (subject, predicate, object) in [
            (&thing, &label, text.clone()),
            (&thing, &rdf::TYPE.into_owned(), class.clone().into()),
            (&thing, &odd, odd.clone().into()),
            (&odd, &class, text.clone()),
            (&class, &label, text.clone()),
        ] {
            let graph = match number % 2 {
                0 => GraphName::DefaultGraph,
                _ => node(format!("{base}graph/'{number}'")).into(),
            };
            let (subject, predicate) = (subject.clone(), predicate.clone());
            quads.push(Quad::new(subject, predicate, object, graph));
        }
    }
    graph::publish(&workshop.path(""), base, quads);
    let server = Server::start(&workshop.path(""), &[]);
    let mut paths = vec![
        "/".to_owned(),
        "/browse".to_owned(),
        "/ns".to_owned(),
        "/downloads".to_owned(),
        "/about".to_owned(),
    ];
    for (number, text) in HOSTILE.iter().enumerate() {
        paths.push(format!("/id/thing/{number}'onload='alert(1)"));
        paths.push(format!("/graph/'{number}'"));
        let odd = format!("javascript:alert({number})");
        paths.push(format!("/resource?iri={}", encode(&odd)));
        paths.push(format!("/resource?iri={}", encode(text)));
        paths.push(format!("/search?q={}", encode(text)));
        let class = format!("{base}ns#'onload='{number}");
        paths.push(format!("/browse?class={}", encode(&class)));
        paths.push(format!("/ns/'onload='{number}"));
        paths.push(format!("/{}", encode(text)));
    }
    let mut found = 0;
    for path in paths {
        let response = page(&server, &path);
        assert!(
            [200, 404].contains(&response.status),
            "{path}: {}",
            response.text()
        );
        let html = response.text();
        found += usize::from(response.status == 200);
        check(&html, &path);
        assert!(!html.contains("<img"), "{path}: {html}");
        // All scripts are files of the service.
        let own = [
            "<script src=\"/static/",
            "<script type=\"module\" src=\"/static/",
        ];
        let own: usize = own.iter().map(|start| html.matches(start).count()).sum();
        assert_eq!(html.matches("<script").count(), own, "{path}: {html}");
    }
    assert!(found > 30, "{found} pages");
}

#[test]
fn the_words_of_sources_are_for_this_machine_alone() {
    let Some(sources) = crate::facts::shared("sources") else {
        return;
    };
    let workshop = Workshop::shipped();
    workshop.run(&["build", "--quiet"]).exits(0);
    let sources = sources.to_string_lossy().into_owned();
    let server = Server::start(&workshop.path(""), &["--sources", &sources]);
    let document = sound(&server, "/id/document/000", 200);
    assert!(document.contains("<q>"), "{document}");
    for other in [
        ["--allow-remote"].as_slice(),
        &["--public-url", "https://e.org"],
    ] {
        let mut arguments = vec!["serve", "--sources", &sources];
        arguments.extend(other);
        workshop.run(&arguments).exits(2);
    }
}

#[test]
fn the_files_of_a_site_have_the_data_that_the_service_answers() {
    let workshop = Workshop::empty();
    let base = "https://example.org/";
    let node = |name: &str| NamedNode::new_unchecked(format!("{base}{name}"));
    let (thing, other, part) = (node("id/a/thing"), node("id/a/other"), node("ns#part"));
    let blank = |name: &str| BlankNode::new_unchecked(name);
    let text = |text: &str| Term::from(Literal::new_simple_literal(text));
    let named = GraphName::from(node("graph/claims"));
    let facts = GraphName::DefaultGraph;
    let mut quads = Vec::new();
    let mut add = |subject: NamedOrBlankNode, object: Term, graph: &GraphName| {
        quads.push(Quad::new(subject, part.clone(), object, graph.clone()));
    };
    add(thing.clone().into(), text("in \"both\""), &facts);
    add(thing.clone().into(), text("in \"both\""), &named);
    add(thing.clone().into(), blank("of-facts").into(), &facts);
    add(blank("of-facts").into(), text("of facts"), &facts);
    // In another graph than the link to it.
    add(blank("of-facts").into(), text("elsewhere"), &named);
    add(thing.clone().into(), blank("of-claims").into(), &named);
    add(blank("of-claims").into(), other.clone().into(), &named);
    add(other.clone().into(), thing.clone().into(), &named);
    add(blank("points").into(), thing.clone().into(), &facts);
    add(other.clone().into(), text("not of the thing"), &facts);
    add(thing.clone().into(), thing.clone().into(), &facts);
    workshop.write("data/csv-metadata.json", "{}");
    graph::publish(&workshop.path(""), base, quads);
    workshop.run(&["site", "public"]).exits(0);
    let server = Server::start(&workshop.path(""), &[]);
    for name in ["thing", "other"] {
        for suffix in ["ttl", "jsonld", "nt", "rdf"] {
            let path = format!("id/a/{name}.{suffix}");
            let answered = page(&server, &format!("/{path}")).is(200).text();
            let written = std::fs::read_to_string(workshop.path("public").join(&path)).unwrap();
            assert_eq!(written, answered, "{path}");
        }
    }
    let triples = page(&server, "/id/a/thing.nt").text();
    assert!(triples.contains("of facts"), "{triples}");
    assert!(!triples.contains("elsewhere"), "{triples}");
}

#[test]
fn a_problem_is_reported_with_the_address_of_its_page() {
    let workshop = Workshop::project();
    let metadata = std::fs::read_to_string(workshop.path("data/csv-metadata.json")).unwrap();
    let report = |contact: &str, path: &str| {
        let contact = format!("{{\n  \"dcat:contactPoint\": {{\"@id\": \"{contact}\"}},");
        let metadata = metadata.replacen('{', &contact, 1);
        workshop.write("data/csv-metadata.json", metadata);
        workshop.run(&["build", "--quiet"]).exits(0);
        let server = Server::start(&workshop.path(""), &[]);
        let html = sound(&server, path, 200);
        let link = html
            .split("<a href=\"")
            .find(|part| part.contains("Report a problem"));
        link.and_then(|link| link.split('"').next())
            .map(str::to_owned)
    };
    let mail = report("mailto:graph@example.org", "/id/city/irbit").unwrap();
    assert!(
        mail.starts_with("mailto:graph@example.org?subject=Problem%20with%20"),
        "{mail}"
    );
    assert!(mail.ends_with("/id/city/irbit"), "{mail}");
    let form = report(
        "https://example.org/issues/new?title=",
        "/data/cities.csv/row/2",
    )
    .unwrap();
    assert!(
        form.starts_with("https://example.org/issues/new?title=http"),
        "{form}"
    );
    assert!(form.ends_with("/data/cities.csv/row/2"), "{form}");
    assert_eq!(report("javascript:alert(1)", "/"), None);
}

#[test]
fn the_front_page_says_what_is_in_the_graph_and_how_to_use_it() {
    let (_workshop, server) = shipped();
    let html = sound(&server, "/", 200);
    for part in [
        server.build.as_str(),
        "creativecommons.org/licenses/by/4.0",
        "href=\"/downloads/graph.nq\"",
        "href=\"/id/document/000\"",
        "id=\"disputed\"",
        "id=\"gaps\"",
        "id=\"latest\"",
    ] {
        assert!(html.contains(part), "{part} is missing: {html}");
    }
    let manifest = sound(&server, "/downloads", 200);
    let digest = manifest.split("<p>sha256 <code>").nth(1).unwrap();
    let digest = digest.split('<').next().unwrap();
    assert_eq!(digest.len(), 64);
    assert!(html.contains(digest), "{digest}");
    // The latest first.
    let latest = html.split("id=\"latest\"").nth(1).unwrap();
    let latest = latest.split("</ul>").next().unwrap();
    let days: Vec<&str> = latest
        .split("<time datetime=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect();
    assert!(
        days.len() > 2 && days.is_sorted_by(|a, b| a >= b),
        "{days:?}"
    );
}
