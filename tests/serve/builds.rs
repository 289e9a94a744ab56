//! New builds, taken up while the service answers.

use super::client::Request;
use super::graph::{publish, things};
use super::server::Server;
use crate::cli::workshop::Workshop;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Waits until a build is served; gives how long that took.
fn until_served(server: &Server, build: &str) -> Duration {
    let began = Instant::now();
    loop {
        let response = server.get("/health").is(200);
        if response.header("civigraph-build") == build {
            return began.elapsed();
        }
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{build} is not served"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_new_build_is_taken_up() {
    let workshop = Workshop::project();
    workshop.write(
        "queries/count.rq",
        "# title: Count\nSELECT (COUNT(*) AS ?n) { ?s ?p ?o }\n",
    );
    workshop.run(&["build", "--quiet"]).exits(0);
    let server = Server::start(&workshop.path(""), &["--access-log", "access.log"]);
    let before = server.get("/queries/count").is(200);
    let tag = before.header("etag").to_owned();
    let more = format!(
        "{}perm,Perm,1723-05-15,1034000,samara,\n",
        crate::cli::workshop::CITIES
    );
    workshop.write("data/cities.csv", more);
    workshop.run(&["build", "--quiet"]).exits(0);
    let current = std::fs::read_to_string(workshop.path(".civigraph/current")).unwrap();
    let took = until_served(&server, current.trim());
    assert!(took < Duration::from_secs(5), "{took:?}");
    let again = Request::get("/queries/count").header("If-None-Match", &tag);
    let after = server.ask(again).is(200);
    assert_ne!(after.header("etag"), tag);
    assert_ne!(after.body, before.body);
    // Stored queries too.
    workshop.write("queries/all.rq", "# title: All\nASK { ?s ?p ?o }\n");
    let began = Instant::now();
    while server.get("/queries/all").status != 200 {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = std::fs::read_to_string(workshop.path("access.log")).unwrap();
    assert!(
        log.contains(&format!(
            "serving build {} in place of {}",
            current.trim(),
            server.build
        )),
        "{log}"
    );
}

/// Switches builds while clients ask: each answer is whole and from one build.
fn switch(times: usize, clients: usize, pause: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let counts = Mutex::new(BTreeMap::new());
    let publish = |count: usize| {
        let id = publish(folder.path(), "https://example.org/", things(count));
        counts
            .lock()
            .unwrap()
            .insert(id.clone(), (3 * count).to_string());
        id
    };
    publish(10);
    let server = Server::start(folder.path(), &[]);
    let stop = AtomicBool::new(false);
    let asked = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";
                    let response = server.query(query).is(200);
                    let found = response.json()["results"]["bindings"][0]["n"]["value"].clone();
                    let build = response.header("civigraph-build").to_owned();
                    answers.lock().unwrap().push((build, found));
                    asked.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(pause);
                }
            });
        }
        for number in 1..=times {
            let id = publish(10 + number);
            let took = until_served(&server, &id);
            assert!(took < Duration::from_secs(5), "{took:?}");
        }
        stop.store(true, Ordering::Relaxed);
    });
    let counts = counts.into_inner().unwrap();
    for (build, found) in answers.into_inner().unwrap() {
        assert_eq!(found, counts[&build].as_str(), "{build}");
    }
    println!(
        "{times} switches, {} answers",
        asked.load(Ordering::Relaxed)
    );
    assert_eq!(
        server.metric("civigraph_build_switches_total"),
        times as u64
    );
}

#[test]
fn builds_are_switched_under_load() {
    switch(5, 2, Duration::from_millis(40));
}

#[test]
#[ignore = "takes minutes: `cargo test --test main -- --ignored hundred`"]
fn a_hundred_builds_are_switched_under_load() {
    switch(100, 4, Duration::from_millis(70));
}
