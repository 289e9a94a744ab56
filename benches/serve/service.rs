//! The program, serving.

use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The time limit of a request.
pub const LIMIT: Duration = Duration::from_secs(5);

/// A running service, killed when it goes.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
    most: Arc<AtomicU64>,
}

impl Service {
    /// Serves a folder.
    ///
    /// # Errors
    /// The program does not start.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_civigraph"))
            .current_dir(folder)
            .args(["serve", "--store", ".civigraph", "--listen", "127.0.0.1:0"])
            .args(["--timeout", &LIMIT.as_secs().to_string()])
            .stderr(Stdio::piped())
            .spawn()?;
        let failed = || io::Error::other("the service did not start");
        let mut stderr = BufReader::new(child.stderr.take().ok_or_else(failed)?);
        let mut line = String::new();
        stderr.read_line(&mut line)?;
        let address = line.trim_end().rsplit_once("http://").ok_or_else(failed)?.1;
        let address = address.parse().map_err(|_| failed())?;
        // Nobody reads what it says later, but it must not wait for that.
        std::thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
        let most = Arc::new(AtomicU64::new(0));
        let (id, seen) = (child.id(), Arc::downgrade(&most));
        std::thread::spawn(move || {
            while let Some(most) = seen.upgrade() {
                most.fetch_max(memory(id), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Ok(Self {
            child,
            address,
            most,
        })
    }

    /// Private memory of the service and its workers, in bytes; 0 where it is not known.
    pub fn memory(&self) -> u64 {
        memory(self.child.id())
    }

    /// The most of it that was seen.
    pub fn most_memory(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn memory(id: u32) -> u64 {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return 0;
    };
    let sizes = processes.flatten().filter_map(|process| {
        let status = std::fs::read_to_string(process.path().join("status")).ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        let own = u64::from(id);
        let belongs = field("Pid:")? == own || field("PPid:")? == own;
        belongs.then(|| field("RssAnon:")).flatten()
    });
    sizes.sum::<u64>() << 10
}
