//! The pages as files.

use super::workshop::{Workshop, assert_shown};
use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// All files below a folder, by their paths in it.
fn files(folder: &Path) -> HashSet<PathBuf> {
    let mut files = HashSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    files.insert(path.strip_prefix(folder).unwrap().to_owned());
                }
            }
        }
    }
    files
}

/// The file that a link in a file leads to.
fn target(from: &Path, link: &str) -> PathBuf {
    let mut path = from.parent().unwrap().to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => assert!(path.pop(), "{link} in {} leads out", from.display()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

#[test]
fn a_site_is_whole_and_no_link_leads_nowhere() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&["site", "public"]).exits(0);
    assert_shown!(run, @"
    $ site public
    ---- stderr
    wrote 29 pages in 2 languages, 131 files in all, to public
    ---- exit code 0
    ");
    let out = workshop.path("public");
    let all = files(&out);
    for name in [
        "index.html",
        "ru/index.html",
        "id/city/irbit.html",
        "ru/id/city/irbit.html",
        "id/city/irbit.ttl",
        "id/city/irbit.jsonld",
        "id/city/irbit.nt",
        "id/city/irbit.rdf",
        "data/cities.csv.html",
        "data/cities.csv/row/2.html",
        "downloads/graph.nq",
        "downloads/inputs/data/cities.csv",
        "about.html",
        "search.html",
        "civigraph-site.json",
    ] {
        assert!(all.contains(Path::new(name)), "{name} is missing: {all:?}");
    }
    let mut links = 0;
    for page in all
        .iter()
        .filter(|file| file.extension().is_some_and(|it| it == "html"))
    {
        let html = fs::read_to_string(out.join(page)).unwrap();
        assert!(
            html.contains("http-equiv=\"Content-Security-Policy\""),
            "{}",
            page.display()
        );
        for part in html
            .split("href=\"")
            .skip(1)
            .chain(html.split("src=\"").skip(1))
        {
            let link = part.split('"').next().unwrap();
            if link.starts_with("http") || link.starts_with('#') || link.contains("query") {
                continue;
            }
            let file = link.split(['#', '?']).next().unwrap();
            let file = target(page, file);
            assert!(all.contains(&file), "{} links to {link}", page.display());
            links += 1;
        }
    }
    assert!(links > 100, "{links} links");
    let turtle = fs::read_to_string(out.join("id/city/irbit.ttl")).unwrap();
    assert!(turtle.contains("Irbit"), "{turtle}");
    let lines = fs::read_to_string(out.join("downloads/graph.nq")).unwrap();
    assert!(lines.lines().is_sorted(), "{lines}");
}

#[test]
fn only_a_site_is_replaced() {
    let workshop = Workshop::project();
    workshop.run(&["build", "--quiet"]).exits(0);
    workshop.write("public/mine.txt", "keep");
    let refused = workshop.run(&["site", "public"]).exits(2);
    assert_shown!(refused, @"
    $ site public
    ---- stderr
    error[CG0806] FOLDER/public: the folder has files, and is not a site that was published before
    hint: name another folder
    ---- exit code 2
    ");
    assert_eq!(files(&workshop.path("public")).len(), 1);
    workshop.run(&["site", "site"]).exits(0);
    let before = files(&workshop.path("site"));
    workshop.write("site/left-over.html", "");
    workshop.run(&["site", "site"]).exits(0);
    assert_eq!(files(&workshop.path("site")), before);
    // Nothing is left beside it.
    let beside = fs::read_dir(workshop.path("")).unwrap().flatten();
    let names: Vec<String> = beside
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        !names.iter().any(|name| name.starts_with(".site")),
        "{names:?}"
    );
}

#[test]
fn data_that_a_format_cannot_hold_are_left_out_with_a_warning() {
    let workshop = Workshop::project();
    let cities = fs::read_to_string(workshop.path("data/cities.csv")).unwrap();
    workshop.write("data/cities.csv", cities.replace("Irbit", "Ir\u{1}bit"));
    workshop.run(&["build", "--quiet"]).exits(0);
    let run = workshop.run(&["site", "public"]).exits(0);
    assert_shown!(run, @r#"
    $ site public
    ---- stderr
    warning: no `.rdf` file for <https://example.org/id/city/irbit>: rdfxml cannot hold a term: XML has no character U+0001, which is in "Ir\u0001bit"@en
    wrote 29 pages in 2 languages, 130 files in all, to public
    ---- exit code 0
    "#);
    let out = workshop.path("public");
    let all = files(&out);
    assert!(all.contains(Path::new("id/city/irbit.ttl")));
    assert!(!all.contains(Path::new("id/city/irbit.rdf")));
    // Its page has no link to it, in either language.
    for page in ["id/city/irbit.html", "ru/id/city/irbit.html"] {
        let page = fs::read_to_string(out.join(page)).unwrap();
        assert!(
            page.contains("irbit.ttl") && !page.contains("irbit.rdf"),
            "{page}"
        );
    }
}
