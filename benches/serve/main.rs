//! The service under load, compared with the library called directly and with Oxigraph's own server.
//!
//! A graph of a million quads is published, and stored queries with ever other parameters are asked, so that no answer
//! can be cached: by 16 threads that call the library, by 16 keep-alive clients of `civigraph serve`, and of
//! `oxigraph serve-read-only` where `CIVIGRAPH_BENCH_OXIGRAPH` or the path has it. Then what the guard costs an ordinary
//! query, and what a polite client notices of 32 hostile ones.
//!
//! `CIVIGRAPH_BENCH_SECONDS` (60) and `CIVIGRAPH_BENCH_QUADS` (1,000,000) set other sizes.

mod client;
mod graph;
mod library;
mod oxigraph;
mod service;

use client::Client;
use graph::QUERIES;
use std::io;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Clients at a time.
const CLIENTS: usize = 16;

/// Clients that want too much.
const HOSTILE: usize = 32;

/// From one number of a thread's calls to the next: visits every query, with many parameters.
const STEP: usize = 101;

/// Requests one after the other, for the time of a single one.
const SINGLE: usize = 500;

/// What was measured of many requests.
struct Load {
    times: Vec<Duration>,
    errors: usize,
    seconds: f64,
}

impl Load {
    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    /// The time within which this part of all requests was answered.
    fn within(&self, part: f64) -> Duration {
        let index = (self.times.len() as f64 * part) as usize;
        let last = self.times.len().saturating_sub(1);
        self.times.get(index.min(last)).copied().unwrap_or_default()
    }

    fn print(&self, name: &str) {
        println!(
            "{name:<24} {:>8.0} requests/s   p50 {:>8.2?}   p99 {:>8.2?}   {} errors",
            self.per_second(),
            self.within(0.5),
            self.within(0.99),
            self.errors
        );
    }
}

/// Runs work in so many threads for so long; each call is given a number of its own.
fn load<S>(
    threads: usize,
    time: Duration,
    start: impl Fn() -> io::Result<S> + Sync,
    work: impl Fn(&mut S, usize) -> io::Result<()> + Sync,
) -> io::Result<Load> {
    let times = Mutex::new((Vec::new(), 0));
    let began = Instant::now();
    std::thread::scope(|scope| -> io::Result<()> {
        let threads: Vec<_> = (0..threads)
            .map(|thread| {
                let (times, start, work) = (&times, &start, &work);
                scope.spawn(move || -> io::Result<()> {
                    let mut state = start()?;
                    let mut mine = Vec::new();
                    let mut errors = 0;
                    let mut number = thread;
                    while began.elapsed() < time {
                        let asked = Instant::now();
                        match work(&mut state, number) {
                            Ok(()) => mine.push(asked.elapsed()),
                            Err(_) => {
                                errors += 1;
                                state = start()?;
                            }
                        }
                        number += STEP;
                    }
                    if let Ok(mut times) = times.lock() {
                        times.0.extend(mine);
                        times.1 += errors;
                    }
                    Ok(())
                })
            })
            .collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_| io::Error::other("a thread panicked"))??;
        }
        Ok(())
    })?;
    let seconds = began.elapsed().as_secs_f64();
    let (mut times, errors) = times
        .into_inner()
        .map_err(|_| io::Error::other("a thread panicked"))?;
    times.sort();
    Ok(Load {
        times,
        errors,
        seconds,
    })
}

fn number(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn main() -> io::Result<()> {
    let time = Duration::from_secs(number("CIVIGRAPH_BENCH_SECONDS", 60));
    let quads = usize::try_from(number("CIVIGRAPH_BENCH_QUADS", 1_000_000)).unwrap_or(usize::MAX);
    let folder = tempfile::tempdir()?;
    let things = quads / graph::QUADS_OF_A_THING;
    graph::publish(folder.path(), things)?;
    println!(
        "{quads} quads, {CLIENTS} clients, {} s each",
        time.as_secs()
    );

    let library = library::Library::open(folder.path(), things)?;
    let direct = load(CLIENTS, time, || Ok(()), |(), number| library.ask(number))?;
    direct.print("library, direct");

    let service = service::Service::start(folder.path())?;
    let before = service.memory();
    let ask = |client: &mut Client, number: usize| client.ask(&graph::query(number, things));
    let served = load(CLIENTS, time, || Client::new(service.address), ask)?;
    served.print("civigraph serve");
    println!(
        "  {:.0} % of direct calls; private memory {} MiB before, {} MiB after",
        100.0 * served.per_second() / direct.per_second(),
        before >> 20,
        service.memory() >> 20
    );

    if let Some(oxigraph) = oxigraph::Oxigraph::start(folder.path(), things)? {
        let other = load(CLIENTS, time, || Client::new(oxigraph.address), ask)?;
        other.print("oxigraph serve-read-only");
    } else {
        println!("skipped: there is no `oxigraph`");
    }

    single(&library, service.address, things)?;
    hostile(&service, things)?;
    Ok(())
}

/// What one ordinary query costs more than a direct call.
fn single(library: &library::Library, address: SocketAddr, things: usize) -> io::Result<()> {
    let mut client = Client::new(address)?;
    for (index, (name, _)) in QUERIES.iter().enumerate() {
        let median = |mut times: Vec<Duration>| {
            times.sort();
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        let mut direct = Vec::new();
        let mut served = Vec::new();
        for round in 0..SINGLE {
            let number = index + round * QUERIES.len();
            let began = Instant::now();
            library.ask(number)?;
            direct.push(began.elapsed());
            let began = Instant::now();
            client.ask(&graph::query(number, things))?;
            served.push(began.elapsed());
        }
        let (direct, served) = (median(direct), median(served));
        let more = served.saturating_sub(direct);
        println!(
            "one at a time, {name}: {direct:.2?} direct, {served:.2?} served, {more:.2?} more"
        );
    }
    Ok(())
}

/// What a polite client notices of hostile ones, and when those are answered.
fn hostile(service: &service::Service, things: usize) -> io::Result<()> {
    let time = Duration::from_secs(20);
    let began = Instant::now();
    let limit = service::LIMIT;
    let worst = Mutex::new(Duration::ZERO);
    let polite = std::thread::scope(|scope| {
        for number in 0..HOSTILE {
            let worst = &worst;
            scope.spawn(move || {
                while began.elapsed() < time {
                    let asked = Instant::now();
                    // Answers, refusals and broken connections are all ends.
                    if let Ok(mut client) = Client::new(service.address) {
                        let _ = client.ask(graph::HOSTILE[number % graph::HOSTILE.len()]);
                    }
                    if let Ok(mut worst) = worst.lock() {
                        *worst = (*worst).max(asked.elapsed());
                    }
                }
            });
        }
        let ask = |client: &mut Client, number: usize| {
            std::thread::sleep(Duration::from_millis(20));
            client.ask(&graph::query(number, things))
        };
        load(1, time, || Client::new(service.address), ask)
    })?;
    polite.print("beside hostile clients");
    let worst = worst.into_inner().unwrap_or_default();
    println!(
        "  (20 ms of pause included) the last hostile answer after {worst:.2?} of {limit:?}; \
         private memory {} MiB at most",
        service.most_memory() >> 20
    );
    Ok(())
}
