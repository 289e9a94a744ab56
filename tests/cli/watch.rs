//! `civigraph check --watch`: problems as they come and go.

use super::workshop::{CITIES, Workshop, child};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than a look at the small project takes, so that a hang becomes a failure.
const LIMIT: Duration = Duration::from_secs(60);

/// A running program, ended when the test ends.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(workshop: &Workshop) -> Self {
        let mut child = child(env!("CARGO_BIN_EXE_civigraph"))
            .args(["check", "--watch"])
            .current_dir(workshop.path(""))
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// What is said up to a line with this text, that line included.
    #[track_caller]
    fn until(&self, text: &str) -> String {
        let mut said = String::new();
        loop {
            let line = match self.lines.recv_timeout(LIMIT) {
                Ok(line) => line,
                Err(_) => panic!("no `{text}` in:\n{said}"),
            };
            said.push_str(&line);
            said.push('\n');
            if line.contains(text) {
                return said;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Saves a file as editors do that never show half of it.
fn save(workshop: &Workshop, name: &str, content: impl AsRef<[u8]>) {
    workshop.write("saved", content);
    std::fs::rename(workshop.path("saved"), workshop.path(name)).unwrap();
}

#[test]
fn new_and_fixed_problems_are_shown_on_save() {
    let workshop = Workshop::project();
    let broken = CITIES.replace("1631-01-01", "long ago");
    workshop.write("data/cities.csv", &broken);
    let watching = Watching::start(&workshop);
    assert!(watching.until("watching").contains("long ago"));
    // A row more above it moves the problem; that makes it neither new nor fixed.
    let moved = broken.replacen("irbit,", "aaa,A,,,samara,\nirbit,", 1);
    save(&workshop, "data/cities.csv", &moved);
    // How many looks a save takes, and so what is printed before these lines, differs.
    let said = watching.until(" left");
    assert!(said.contains("0 fixed, 0 new, 1 left"), "{said}");
    save(
        &workshop,
        "data/cities.csv",
        CITIES.replace("36000", "many"),
    );
    let said = loop {
        let said = watching.until(" left");
        if !said.contains("0 fixed, 0 new") {
            break said;
        }
    };
    assert!(said.contains("fixed: [CG0402]"), "{said}");
    assert!(said.contains("many"), "{said}");
    assert!(said.contains("1 fixed, 1 new, 1 left"), "{said}");
    std::fs::remove_file(workshop.path("data/regions.csv")).unwrap();
    let said = watching.until(" left");
    assert!(said.contains("regions.csv"), "{said}");
    save(&workshop, "data/regions.csv", super::workshop::REGIONS);
    watching.until(" left");
}
