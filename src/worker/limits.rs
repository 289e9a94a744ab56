//! What a worker may take, and why it ended.

use super::Refusal;
use crate::diagnostic::{Code, Diagnostic, Place};
use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::str::FromStr;

/// Address space of the stack on which queries are evaluated, and of what a process has before it does
/// anything. It counts as data, whether it is used or not.
const BESIDE: u64 = 320 << 20;

/// An amount of memory, as people write it: `512M`, `2G`, or bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// The least that a worker can do anything with.
    pub const LEAST: Self = Self(16 << 20);
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.get(digits.len()..).unwrap_or_default();
        let shift = match unit.to_ascii_lowercase().as_str() {
            "" | "b" => 0,
            "k" | "kb" | "kib" => 10,
            "m" | "mb" | "mib" => 20,
            "g" | "gb" | "gib" => 30,
            _ => return Err(format!("`{unit}` is not a unit: use K, M or G")),
        };
        let number: u64 = digits
            .parse()
            .map_err(|_| "expected a number with a unit, like `512M`".to_owned())?;
        let bytes = Self(number.saturating_mul(1 << shift));
        if bytes < Self::LEAST {
            return Err(format!("at least {} are needed", Self::LEAST));
        }
        Ok(bytes)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if self.0 >= 1 << shift && self.0.trailing_zeros() >= shift {
                return write!(f, "{} {unit}", self.0 >> shift);
            }
        }
        write!(f, "{} bytes", self.0)
    }
}

/// Limits the memory of this process, and the size of files that it may write. It leaves no core file behind.
///
/// # Errors
/// The operating system refuses.
#[cfg(unix)]
pub(super) fn limit_process(memory: Bytes) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = |resource, bytes: u64| {
        let maximum = getrlimit(resource).maximum;
        let bytes = maximum.map_or(bytes, |maximum| maximum.min(bytes));
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        setrlimit(resource, limit).map_err(io::Error::from)
    };
    limit(Resource::Core, 0)?;
    // What is sorted goes to files where it is too much for memory.
    limit(Resource::Fsize, memory.0.saturating_mul(16))?;
    limit(Resource::Data, memory.0.saturating_add(BESIDE))
}

#[cfg(not(unix))]
pub(super) fn limit_process(_: Bytes) -> io::Result<()> {
    Ok(())
}

/// Bytes of private memory that this process has taken, besides stacks; `None` where that is not known.
pub(super) fn data_size() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmData:"))?;
    let number: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(number << 10)
}

/// Why a worker ended without a last frame, by what it left behind.
pub fn why_ended(
    status: Option<ExitStatus>,
    stderr: &str,
    memory: Option<Bytes>,
    file: &str,
) -> Refusal {
    let place = Place::file(file);
    let refusal = if stderr.contains("memory allocation of") {
        let limit = memory.map_or_else(String::new, |memory| format!(" of {memory}"));
        Diagnostic::new(
            Code::QueryMemory,
            place,
            format!("the query needs more memory than its limit{limit}"),
        )
        .with_hint("sorting, grouping and `DISTINCT` hold all rows at once: narrow the query")
    } else if stderr.contains("has overflowed its stack") {
        Diagnostic::new(Code::QueryLimit, place, "the query nests too deep")
    } else {
        let status = status.map_or_else(String::new, |status| format!(" ({status})"));
        Diagnostic::new(
            Code::QueryFailed,
            place,
            format!("the process that evaluated the query ended early{status}"),
        )
    };
    refusal.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_are_read_and_written() {
        for (text, expected) in [
            ("64M", Ok(64 << 20)),
            ("64MiB", Ok(64 << 20)),
            ("2g", Ok(2 << 30)),
            ("20000k", Ok(20_000 << 10)),
            ("33554432", Ok(32 << 20)),
            ("1M", Err("at least 16 MiB are needed")),
            ("5T", Err("`T` is not a unit: use K, M or G")),
            ("M", Err("expected a number with a unit, like `512M`")),
            ("-1M", Err("expected a number with a unit, like `512M`")),
        ] {
            let parsed = text.parse::<Bytes>();
            assert_eq!(parsed, expected.map(Bytes).map_err(str::to_owned), "{text}");
        }
        assert_eq!(Bytes(512 << 20).to_string(), "512 MiB");
        assert_eq!(Bytes(3 << 30).to_string(), "3 GiB");
        assert_eq!(Bytes(1000).to_string(), "1000 bytes");
    }

    #[test]
    fn an_end_has_the_reason_that_stderr_has() {
        let code = |stderr| why_ended(None, stderr, Some(Bytes(64 << 20)), "q").code;
        assert_eq!(code("memory allocation of 8 bytes failed\n"), "CG0716");
        assert_eq!(
            code("thread '<unknown>' has overflowed its stack\n"),
            "CG0702"
        );
        assert_eq!(code(""), "CG0710");
    }
}
