//! Who may build, and which builds are in use.

use super::{StoreError, StoreLayout};
use crate::diagnostic::Code;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who holds the builder's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuilderInfo {
    /// Process id.
    pub pid: u32,
    /// Name of the machine, where the system tells it.
    pub host: String,
    /// Since when, in seconds since 1970 (UTC).
    pub since: u64,
}

impl BuilderInfo {
    fn this_process() -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .or_else(|| std::env::var("HOSTNAME").ok())
            .or_else(|| std::env::var("COMPUTERNAME").ok())
            .map(|host| host.trim().to_owned())
            .filter(|host| !host.is_empty())
            .unwrap_or_else(|| "this machine".to_owned());
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Self {
            pid: std::process::id(),
            host,
            since,
        }
    }
}

/// The right to build; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct BuilderLock {
    layout: StoreLayout,
    // Held for its lock.
    _file: File,
}

impl BuilderLock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(layout: &StoreLayout) -> Result<Self, StoreError> {
        let path = layout.lock();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| StoreError::io(&path, "open the builder's lock", e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(refused(layout)),
            Err(TryLockError::Error(e)) => return Err(StoreError::io(&path, "lock the store", e)),
        }
        let info = BuilderInfo::this_process();
        let path = layout.builder();
        serde_json::to_vec(&info)
            .map_err(io::Error::from)
            .and_then(|bytes| fs::write(&path, bytes))
            .map_err(|e| StoreError::io(&path, "write the builder's name", e))?;
        Ok(Self {
            layout: layout.clone(),
            _file: file,
        })
    }
}

impl Drop for BuilderLock {
    fn drop(&mut self) {
        // The lock decides; a name that stays behind is overwritten by the next builder.
        let _ = fs::remove_file(self.layout.builder());
    }
}

fn refused(layout: &StoreLayout) -> StoreError {
    let holder = fs::read(layout.builder())
        .ok()
        .and_then(|bytes| serde_json::from_slice::<BuilderInfo>(&bytes).ok());
    let message = match holder {
        Some(holder) => format!(
            "another build is running: process {} on {}, since {}",
            holder.pid,
            holder.host,
            utc(holder.since)
        ),
        None => "another build is running".to_owned(),
    };
    StoreError::new(Code::BuilderRunning, layout.root(), message)
        .with_hint("wait for it to end, or end that process; nothing needs cleaning up")
}

/// A reader's hold on a build: as long as it lives, pruning leaves the build alone.
#[derive(Debug)]
pub(super) struct Pin {
    // Held for its lock.
    _file: File,
}

impl Pin {
    /// Name of the pin file in a build's folder.
    pub(super) const NAME: &'static str = "pin";

    /// Pins a build for reading; `None` when it is being deleted.
    pub(super) fn share(build: &Path) -> io::Result<Option<Self>> {
        let file = File::open(build.join(Self::NAME))?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Takes a build for deletion; `None` while somebody reads it.
    pub(super) fn exclusive(build: &Path) -> io::Result<Option<Self>> {
        let file = File::open(build.join(Self::NAME))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// Seconds since 1970 as `2026-02-28 12:30:00 UTC` (proleptic Gregorian calendar).
pub(crate) fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days to year, month and day, by eras of 400 years that start on 1 March.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utc_of_seconds() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (1_735_689_600, "2025-01-01 00:00:00 UTC"),
        ] {
            assert_eq!(utc(seconds), expected);
        }
    }

    #[test]
    fn a_second_builder_is_refused_by_name() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let layout = StoreLayout::new(folder.path());
        let first = BuilderLock::take(&layout)?;
        let refusal = BuilderLock::take(&layout).err().ok_or("not refused")?;
        assert_eq!(refusal.code(), Code::BuilderRunning);
        let own = format!("process {} on ", std::process::id());
        assert!(refusal.diagnostic().message.contains(&own), "{refusal}");
        drop(first);
        BuilderLock::take(&layout)?;
        Ok(())
    }
}
