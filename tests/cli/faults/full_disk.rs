//! Disks that are full: no file may grow beyond a size, or all files together.

use super::{change, check, dump, thorough};
use crate::cli::workshop::{Workshop, child};
use std::process::Stdio;

/// Runs the program with files limited to some blocks of 512 bytes (1024 in some shells).
fn with_small_files(workshop: &Workshop, blocks: u32, arguments: &str) -> i32 {
    let binary = env!("CARGO_BIN_EXE_civigraph");
    let script = format!("ulimit -f {blocks}; exec '{binary}' {arguments}");
    child("sh")
        .args(["-c", &script])
        .current_dir(workshop.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .code()
        .unwrap_or(-1)
}

#[test]
fn no_file_may_grow() {
    let all: Vec<u32> = (0..160).collect();
    let some = [0, 1, 2, 4, 8, 16, 32, 64, 128];
    for &blocks in if thorough() { &all[..] } else { &some[..] } {
        for arguments in ["build --quiet", "build --quiet --full"] {
            let change = change();
            let what = format!("{arguments} with {blocks} blocks");
            let code = with_small_files(&change.workshop, blocks, arguments);
            assert!(matches!(code, 0 | 2), "{what}: exit code {code}");
            let now = dump(&change.workshop);
            let expected = if code == 0 { &change.new } else { &change.old };
            assert_eq!(now, *expected, "{what}");
            check(&change, &what);
        }
    }
}

/// A build on a file system of its own with `free` KiB of room, then what is published there.
///
/// `None` where nobody may mount one.
fn on_a_small_disk(change: &super::Change, free: u32, arguments: &str) -> Option<(i32, String)> {
    let binary = env!("CARGO_BIN_EXE_civigraph");
    let script = format!(
        "mkdir -p disk && used=$(du -sk --apparent-size .civigraph | cut -f1) \
         && mount -t tmpfs -o size=$((used * 2 + {free}))k tmpfs disk && cp -a .civigraph disk/store || exit 99
         room=$(($(df --output=avail -k disk | tail -1) - {free}))
         if [ $room -gt 0 ]; then head -c ${{room}}k /dev/zero > disk/ballast; fi
         '{binary}' {arguments} --store disk/store > /dev/null 2> errors
         code=$?
         rm -f disk/ballast
         '{binary}' verify --store disk/store > /dev/null || code=90
         '{binary}' export --store disk/store --format nquads --graph default || code=91
         find disk/store -name current -size 0 | grep -q . && code=92
         '{binary}' list --store disk/store > /dev/null || code=93
         exit $code"
    );
    let output = child("unshare")
        .args(["-Urm", "sh", "-c", &script])
        .current_dir(change.workshop.path(""))
        .output()
        .ok()?;
    let code = output.status.code()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (code != 99 && !(code == 1 && said.is_empty())).then_some((code, said))
}

#[test]
fn all_files_together_may_not_grow() {
    let step = if thorough() { 4 } else { 60 };
    for arguments in ["build --quiet", "build --quiet --full"] {
        let change = change();
        let mut ended_well = false;
        let mut failed = 0;
        for free in (0..1_600).step_by(step) {
            let Some((code, now)) = on_a_small_disk(&change, free, arguments) else {
                eprintln!("skipped: no file system can be mounted here");
                return;
            };
            let what = format!("{arguments} with {free} KiB");
            let expected = if code == 0 { &change.new } else { &change.old };
            assert!(matches!(code, 0 | 2), "{what}: exit code {code}");
            assert_eq!(now, *expected, "{what}");
            failed += u32::from(code == 2);
            ended_well = code == 0;
            if ended_well {
                break;
            }
        }
        assert!(ended_well && failed > 0, "{arguments}: {failed} failed");
    }
}

#[test]
fn a_full_disk_leaves_no_partial_dump() {
    let workshop = Workshop::project();
    workshop.run(&["build"]).exits(0);
    for name in [
        "graph.ttl",
        "graph.nq",
        "graph.rdf",
        "graph.jsonld",
        "graph.nt.gz",
    ] {
        let code = with_small_files(&workshop, 0, &format!("export -o {name}"));
        assert_eq!(code, 2, "{name}");
        let left: Vec<_> = std::fs::read_dir(workshop.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|left| left.starts_with("graph") || left.ends_with(".tmp"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{name}");
    }
}
