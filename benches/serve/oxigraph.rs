//! Oxigraph's own server on the same quads.

use super::graph;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The port at which it listens.
pub const PORT: u16 = 7_979;

/// A running server, killed when it goes.
pub struct Oxigraph {
    child: Child,
    pub address: SocketAddr,
}

impl Oxigraph {
    /// Loads the graph and serves it; `None` where there is no such program.
    ///
    /// # Errors
    /// It does not load or start.
    pub fn start(folder: &Path, things: usize) -> io::Result<Option<Self>> {
        let named = std::env::var_os("CIVIGRAPH_BENCH_OXIGRAPH");
        let program = named.unwrap_or_else(|| OsString::from("oxigraph"));
        if Command::new(&program).arg("--version").output().is_err() {
            return Ok(None);
        }
        let file = folder.join("all.nq");
        let mut out = BufWriter::new(File::create(&file)?);
        for quad in graph::quads(things) {
            writeln!(out, "{quad} .")?;
        }
        out.flush()?;
        let store = folder.join("oxigraph");
        for arguments in [
            vec![
                OsString::from("load"),
                "--location".into(),
                store.clone().into(),
                "--file".into(),
                file.into(),
            ],
            vec![
                OsString::from("optimize"),
                "--location".into(),
                store.clone().into(),
            ],
        ] {
            let output = Command::new(&program).args(arguments).output()?;
            if !output.status.success() {
                return Err(io::Error::other(
                    String::from_utf8_lossy(&output.stderr).into_owned(),
                ));
            }
        }
        let child = Command::new(&program)
            .args([
                "serve-read-only",
                "--bind",
                &format!("127.0.0.1:{PORT}"),
                "--location",
            ])
            .arg(store)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let address = SocketAddr::from(([127, 0, 0, 1], PORT));
        for _ in 0..100 {
            if TcpStream::connect(address).is_ok() {
                return Ok(Some(Self { child, address }));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(io::Error::from(io::ErrorKind::TimedOut))
    }
}

impl Drop for Oxigraph {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
