//! What the service counts, in the text format of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A number that grows, or goes up and down.
#[derive(Debug, Default)]
pub struct AtomicCount(AtomicU64);

impl AtomicCount {
    /// Adds to it.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Takes from it.
    pub fn subtract(&self, amount: u64) {
        self.0.fetch_sub(amount, Ordering::Relaxed);
    }

    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the classes of durations, in milliseconds.
const BOUNDS: [u64; 10] = [5, 10, 25, 50, 100, 250, 1_000, 2_500, 10_000, 60_000];

/// Durations by class.
#[derive(Debug, Default)]
pub struct Durations {
    classes: [AtomicCount; BOUNDS.len()],
    count: AtomicCount,
    microseconds: AtomicCount,
}

impl Durations {
    /// Counts a duration.
    pub fn add(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        for (bound, class) in BOUNDS.iter().zip(&self.classes) {
            if micros <= bound * 1000 {
                class.add(1);
            }
        }
        self.count.add(1);
        self.microseconds.add(micros);
    }

    fn write(&self, name: &str, out: &mut String) {
        for (bound, class) in BOUNDS.iter().zip(&self.classes) {
            let seconds = as_seconds(*bound * 1000);
            line(
                out,
                format_args!("{name}_bucket{{le=\"{seconds}\"}} {}", class.get()),
            );
        }
        line(
            out,
            format_args!("{name}_bucket{{le=\"+Inf\"}} {}", self.count.get()),
        );
        line(
            out,
            format_args!("{name}_sum {}", as_seconds(self.microseconds.get())),
        );
        line(out, format_args!("{name}_count {}", self.count.get()));
    }
}

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests by the first digit of their status: 1xx to 5xx.
    pub requests: [AtomicCount; 5],
    /// Time from a request to the end of its answer.
    pub durations: Durations,
    /// Bytes of answers, before compression.
    pub bytes: AtomicCount,
    /// Answers that ended before they were whole.
    pub cut: AtomicCount,
    /// Requests that are being answered.
    pub active: AtomicCount,
    /// Worker processes that were started.
    pub workers_started: AtomicCount,
    /// Tasks that were stopped because of their time.
    pub timeouts: AtomicCount,
    /// Tasks that were stopped because of their memory.
    pub out_of_memory: AtomicCount,
    /// Tasks whose client left.
    pub abandoned: AtomicCount,
    /// Requests that were refused because too many were waiting.
    pub busy: AtomicCount,
    /// Times that a new build was taken up.
    pub switches: AtomicCount,
    /// Connections that are open.
    pub connections: AtomicCount,
}

impl Metrics {
    /// Counts a request by its status.
    pub fn request(&self, status: u16) {
        let class = usize::from(status / 100).saturating_sub(1);
        if let Some(count) = self.requests.get(class) {
            count.add(1);
        }
    }

    /// All of them as text.
    pub fn text(&self, build: &str, quads: u64) -> String {
        let mut out = String::new();
        let mut one = |name: &str, kind: &str, help: &str, count: &AtomicCount| {
            line(&mut out, format_args!("# HELP {name} {help}"));
            line(&mut out, format_args!("# TYPE {name} {kind}"));
            line(&mut out, format_args!("{name} {}", count.get()));
        };
        for (name, kind, help, count) in [
            (
                "civigraph_response_bytes_total",
                "counter",
                "Bytes of answers before compression.",
                &self.bytes,
            ),
            (
                "civigraph_cut_answers_total",
                "counter",
                "Answers that ended before they were whole.",
                &self.cut,
            ),
            (
                "civigraph_requests_active",
                "gauge",
                "Requests that are being answered.",
                &self.active,
            ),
            (
                "civigraph_workers_started_total",
                "counter",
                "Worker processes started.",
                &self.workers_started,
            ),
            (
                "civigraph_timeouts_total",
                "counter",
                "Tasks stopped at their time limit.",
                &self.timeouts,
            ),
            (
                "civigraph_out_of_memory_total",
                "counter",
                "Tasks stopped at their memory limit.",
                &self.out_of_memory,
            ),
            (
                "civigraph_abandoned_total",
                "counter",
                "Tasks whose client left.",
                &self.abandoned,
            ),
            (
                "civigraph_busy_total",
                "counter",
                "Requests refused because too many were waiting.",
                &self.busy,
            ),
            (
                "civigraph_build_switches_total",
                "counter",
                "New builds taken up.",
                &self.switches,
            ),
            (
                "civigraph_connections",
                "gauge",
                "Open connections.",
                &self.connections,
            ),
        ] {
            one(name, kind, help, count);
        }
        line(
            &mut out,
            format_args!("# HELP civigraph_requests_total Requests by class of status."),
        );
        line(
            &mut out,
            format_args!("# TYPE civigraph_requests_total counter"),
        );
        for (class, count) in (1..).zip(&self.requests) {
            let count = count.get();
            line(
                &mut out,
                format_args!("civigraph_requests_total{{status=\"{class}xx\"}} {count}"),
            );
        }
        line(
            &mut out,
            format_args!(
                "# HELP civigraph_request_seconds Time from a request to the end of its answer."
            ),
        );
        line(
            &mut out,
            format_args!("# TYPE civigraph_request_seconds histogram"),
        );
        self.durations.write("civigraph_request_seconds", &mut out);
        line(
            &mut out,
            format_args!("# HELP civigraph_quads Quads of the build that is served."),
        );
        line(&mut out, format_args!("# TYPE civigraph_quads gauge"));
        line(
            &mut out,
            format_args!("civigraph_quads{{build=\"{build}\"}} {quads}"),
        );
        out
    }
}

/// Microseconds as a decimal number of seconds.
fn as_seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(text);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_durations_add_up() {
        let metrics = Metrics::default();
        metrics.request(200);
        metrics.request(404);
        metrics.request(404);
        metrics.durations.add(Duration::from_millis(7));
        metrics.durations.add(Duration::from_secs(100));
        let text = metrics.text("0001-ab", 5);
        for line in [
            "civigraph_requests_total{status=\"2xx\"} 1",
            "civigraph_requests_total{status=\"4xx\"} 2",
            "civigraph_request_seconds_bucket{le=\"0.005\"} 0",
            "civigraph_request_seconds_bucket{le=\"0.01\"} 1",
            "civigraph_request_seconds_bucket{le=\"60\"} 1",
            "civigraph_request_seconds_bucket{le=\"+Inf\"} 2",
            "civigraph_request_seconds_sum 100.007",
            "civigraph_quads{build=\"0001-ab\"} 5",
        ] {
            assert!(text.lines().any(|one| one == line), "{line}: {text}");
        }
    }
}
