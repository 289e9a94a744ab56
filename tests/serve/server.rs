//! The program, serving.

use super::client::{Request, Response};
use crate::cli::workshop::child;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A running service, killed when it goes.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub build: String,
    stderr: Option<JoinHandle<String>>,
}

impl Server {
    /// Serves the project of a folder at a free port.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = child(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(folder)
            .args(["serve", "--store", ".civigraph", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        // `build 0001-9f3a2b1c on http://127.0.0.1:1234`
        stderr.read_line(&mut line).unwrap();
        let started = line
            .trim_end()
            .strip_prefix("build ")
            .and_then(|rest| rest.split_once(" on http://"));
        let Some((build, address)) = started else {
            let mut rest = String::new();
            stderr.read_to_string(&mut rest).unwrap();
            panic!("the service did not start: {line}{rest}");
        };
        let (build, address) = (build.to_owned(), address.parse().unwrap());
        let stderr = std::thread::spawn(move || {
            let mut said = String::new();
            stderr.read_to_string(&mut said).unwrap();
            said
        });
        Self {
            child,
            address,
            build,
            stderr: Some(stderr),
        }
    }

    pub fn ask(&self, request: Request) -> Response {
        request.ask(self.address)
    }

    pub fn get(&self, target: &str) -> Response {
        self.ask(Request::get(target))
    }

    pub fn query(&self, text: &str) -> Response {
        self.ask(Request::query(text))
    }

    /// The value of a line of the metrics.
    #[track_caller]
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics").is(200).text();
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value
            .and_then(|value| value.parse().ok())
            .unwrap_or_else(|| panic!("no {name}: {text}"))
    }

    /// Id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Demands that the service lives.
    #[track_caller]
    pub fn lives(&mut self) {
        assert_eq!(self.child.try_wait().unwrap(), None, "the service died");
        self.get("/health").is(200);
    }

    /// Asks the service to stop. Gives how long it took, its exit code, and what it said.
    pub fn stop(mut self) -> (Duration, i32, String) {
        let began = Instant::now();
        let id = i32::try_from(self.child.id()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        let said = self.stderr.take().unwrap().join().unwrap();
        (began.elapsed(), status.code().unwrap_or(-1), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let said = self.stderr.take().and_then(|stderr| stderr.join().ok());
        let said = said.unwrap_or_default();
        if !std::thread::panicking() {
            assert!(!said.contains("panicked"), "{said}");
        }
    }
}
