//! How fast tables are read: records and fields against the `csv` crate, and splits on one thread and on all.
//!
//! `cargo bench -p civigraph-csvw` makes a table of 1,000,000 rows and 20 columns (227 MB) in a temporary folder, in each
//! dialect. `CIVIGRAPH_BENCH_ROWS` sets another number of rows. `-- --convert N` only converts a table of `N` rows on one
//! thread, for a profiler that counts instructions.

use civigraph_csvw::convert::{self, NullSink, Options, TextSink};
use civigraph_csvw::csv::{Chunk, Chunks, CompiledDialect, Dialect, Extent, RangeCount, preamble};
use civigraph_csvw::csvw::{self, CompileOptions, LoadOptions};
use civigraph_csvw::diagnostic::{Diagnostics, ReadingMode};
use civigraph_csvw::resource::{LocalFiles, Resolver, Resource};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

/// Columns of the table.
const COLUMNS: u64 = 20;
/// Rows of the table unless the environment says otherwise.
const ROWS: u64 = 1_000_000;
/// Bytes of a chunk or a range.
const SIZE: usize = 256 << 10;
/// Each case runs so many times; the fastest run counts.
const RUNS: usize = 5;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--convert") {
        let rows = arguments.next().and_then(|rows| rows.parse().ok());
        return convert_once(folder.path(), rows.unwrap_or(10_000));
    }
    let rows = std::env::var("CIVIGRAPH_BENCH_ROWS").ok();
    let rows = rows.and_then(|rows| rows.parse().ok()).unwrap_or(ROWS);
    println!(
        "{:<24}{:>10}{:>12}{:>12}{:>8}",
        "fields", "MB", "ours, s", "csv, s", "ratio"
    );
    for (name, dialect, quoted) in dialects() {
        let resource = table(folder.path(), &dialect, quoted, rows)?;
        let ours = fastest(|| fields(&resource, &dialect))?;
        let theirs = fastest(|| csv_fields(&resource, &dialect))?;
        assert_eq!(ours.0, theirs.0, "fields of {name}");
        println!(
            "{name:<24}{:>10.0}{:>12.3}{:>12.3}{:>8.2}",
            megabytes(&resource),
            ours.1,
            theirs.1,
            ours.1 / theirs.1
        );
    }
    println!();
    println!(
        "{:<24}{:>10}{:>12}{:>12}{:>12}",
        "splits", "MB", "one pass, s", "1 thread, s", "all, s"
    );
    let skipping = Dialect {
        skip_blank_rows: true,
        ..Dialect::default()
    };
    for (name, dialect, quoted) in [
        ("default", Dialect::default(), false),
        ("default, quoted", Dialect::default(), true),
        ("skipBlankRows", skipping, false),
    ] {
        let resource = table(folder.path(), &dialect, quoted, rows)?;
        let threads = std::thread::available_parallelism()?.get();
        let pass = fastest(|| one_pass(&resource, &dialect))?;
        let one = fastest(|| counted(&resource, &dialect, 1))?;
        let all = fastest(|| counted(&resource, &dialect, threads))?;
        assert_eq!((pass.0, one.0), (one.0, all.0), "rows of {name}");
        println!(
            "{name:<24}{:>10.0}{:>12.3}{:>12.3}{:>12.3}",
            megabytes(&resource),
            pass.1,
            one.1,
            all.1
        );
    }
    println!();
    let resource = table(folder.path(), &Dialect::default(), false, rows)?;
    for threads in [1, std::thread::available_parallelism()?.get()] {
        let (_, seconds) = fastest(|| converted(folder.path(), threads))?;
        println!(
            "converted on {threads} threads: {seconds:.3} s, {:.0} MB/s",
            megabytes(&resource) / seconds
        );
    }
    Ok(())
}

/// What a case returns, and its seconds in the fastest run.
fn fastest<T>(mut case: impl FnMut() -> io::Result<T>) -> io::Result<(T, f64)> {
    let mut best: Option<(T, f64)> = None;
    for _ in 0..RUNS {
        let start = Instant::now();
        let result = case()?;
        let seconds = start.elapsed().as_secs_f64();
        if best.as_ref().is_none_or(|(_, least)| seconds < *least) {
            best = Some((result, seconds));
        }
    }
    best.ok_or_else(|| io::Error::other("no run"))
}

fn megabytes(resource: &Resource) -> f64 {
    resource.size().unwrap_or_default() as f64 / 1e6
}

/// The dialects in which both can read; in some, all cells are quoted.
fn dialects() -> Vec<(&'static str, Dialect, bool)> {
    let default = Dialect::default;
    vec![
        ("default", default(), false),
        ("default, quoted", default(), true),
        (
            "`;` and CR LF",
            Dialect {
                delimiter: ";".into(),
                line_terminators: vec!["\r\n".into(), "\n".into()],
                ..default()
            },
            false,
        ),
        (
            "no quotes",
            Dialect {
                quote_char: None,
                ..default()
            },
            false,
        ),
        (
            "backslashes",
            Dialect {
                double_quote: false,
                ..default()
            },
            true,
        ),
        (
            "comments",
            Dialect {
                comment_prefix: Some("#".into()),
                ..default()
            },
            false,
        ),
    ]
}

/// Writes the table of a dialect.
fn table(folder: &Path, dialect: &Dialect, quoted: bool, rows: u64) -> io::Result<Resource> {
    let path = folder.join("t.csv");
    let mut out = BufWriter::new(File::create(&path)?);
    let end = if dialect.delimiter == ";" {
        "\r\n"
    } else {
        "\n"
    };
    let mut state = 0x2017_2025_u64;
    let mut line = String::new();
    for row in 0..=rows {
        line.clear();
        for column in 0..COLUMNS {
            if column > 0 {
                line.push_str(&dialect.delimiter);
            }
            let quote = if quoted { "\"" } else { "" };
            line.push_str(quote);
            // xorshift64*: the same on every machine.
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            let value = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16;
            // Writing to a string does not fail.
            let _ = match column % 5 {
                _ if row == 0 => write!(line, "c{column}"),
                0 => write!(line, "{row}"),
                1 => write!(line, "{}.{:02}", value % 10_000, value % 97),
                2 if quoted => write!(line, "words in {value:x}, and \"\"more\"\""),
                2 => write!(line, "words in {value:x} and more"),
                3 => write!(
                    line,
                    "20{:02}-{:02}-{:02}",
                    value % 26,
                    value % 12 + 1,
                    value % 28 + 1
                ),
                _ => write!(line, "item-{:x}", value % 0xFFFF_FFFF),
            };
            line.push_str(quote);
        }
        if !dialect.double_quote {
            line = line.replace("\"\"", "\\\"");
        }
        line.push_str(end);
        out.write_all(line.as_bytes())?;
    }
    out.flush()?;
    LocalFiles::new(folder)
        .resolve(&LocalFiles::new(folder).url_of(&path))
        .map_err(io::Error::other)
}

/// Fields and their bytes, as our reader finds them.
fn fields(resource: &Resource, dialect: &Dialect) -> io::Result<(u64, u64)> {
    let format = CompiledDialect::new(dialect);
    let start = civigraph_csvw::csv::RecordPosition::START;
    let mut chunks = Chunks::open(&format, resource, &dialect.encoding, start, SIZE)?;
    let mut chunk = Chunk::default();
    let mut buffer = String::new();
    let (mut count, mut bytes) = (0, 0);
    while chunks.next_into(&mut chunk)? {
        let text = std::str::from_utf8(&chunk.text).map_err(io::Error::other)?;
        let mut records = chunk.records(&format, text);
        while let Some(place) = records.advance() {
            if !place.is_row {
                continue;
            }
            for cell in &records.record().cells {
                count += 1;
                bytes += cell.text(&format, text, &mut buffer).len() as u64;
            }
        }
    }
    Ok((count, bytes))
}

/// The same by the `csv` crate, with its strings, which are checked to be UTF-8 as well.
fn csv_fields(resource: &Resource, dialect: &Dialect) -> io::Result<(u64, u64)> {
    let byte = |text: &str| text.as_bytes().first().copied();
    let mut builder = ::csv::ReaderBuilder::new();
    builder
        .has_headers(false)
        .buffer_capacity(SIZE)
        .delimiter(byte(&dialect.delimiter).unwrap_or(b','))
        .quoting(dialect.quote_char.is_some())
        .comment(dialect.comment_prefix.as_deref().and_then(byte));
    if !dialect.double_quote {
        builder.double_quote(false).escape(Some(b'\\'));
    }
    let path = resource.content.path().unwrap_or(Path::new(""));
    let mut reader = builder.from_path(path)?;
    let mut record = ::csv::StringRecord::new();
    let (mut count, mut bytes) = (0, 0);
    while reader.read_record(&mut record)? {
        for field in &record {
            count += 1;
            bytes += field.len() as u64;
        }
    }
    Ok((count, bytes))
}

/// The rows of a table, whose splits are found by reading it from its start.
fn one_pass(resource: &Resource, dialect: &Dialect) -> io::Result<u64> {
    let format = CompiledDialect::new(dialect);
    let data = start(resource, dialect)?.data;
    let mut chunks = Chunks::open(&format, resource, &dialect.encoding, data, SIZE)?;
    let mut chunk = Chunk::default();
    while chunks.next_into(&mut chunk)? {}
    Ok(chunks.position().row - 1)
}

/// The rows of a table, whose ranges are counted on their own.
fn counted(resource: &Resource, dialect: &Dialect, threads: usize) -> io::Result<u64> {
    let extent = start(resource, dialect)?;
    let count = resource.size().unwrap_or(1).div_ceil(SIZE as u64);
    let ranges: Vec<_> = extent.ranges(count).collect();
    let share = ranges.len().div_ceil(threads).max(1);
    let counts = std::thread::scope(|scope| {
        let shares: Vec<_> = ranges
            .chunks(share)
            .map(|ranges| {
                let extent = &extent;
                scope.spawn(move || {
                    let ranges = ranges.iter();
                    ranges
                        .map(|range| RangeCount::new(resource, dialect, extent, range.clone()))
                        .collect::<io::Result<Vec<_>>>()
                })
            })
            .collect();
        let mut counts = Vec::new();
        for share in shares {
            let share = share.join();
            counts.extend(share.map_err(|_| io::Error::other("a thread panicked"))??);
        }
        Ok::<_, io::Error>(counts)
    })?;
    let splits = extent.splits(&counts);
    // The last split is short: its rows are counted.
    let format = CompiledDialect::new(dialect);
    let Some(last) = splits.last() else {
        return Ok(0);
    };
    let mut chunks = Chunks::of_split(&format, resource, &dialect.encoding, last, SIZE)?;
    let mut chunk = Chunk::default();
    while chunks.next_into(&mut chunk)? {}
    Ok(chunks.position().row - 1)
}

fn start(resource: &Resource, dialect: &Dialect) -> io::Result<Extent> {
    let preamble =
        preamble(resource, dialect).map_err(|problem| io::Error::other(problem.message))?;
    Extent::new(resource, dialect, &preamble)
}

/// Converts the table to N-Quads that nobody reads.
fn converted(folder: &Path, threads: usize) -> io::Result<u64> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let url = files.url_of(&folder.join("t.csv"));
    let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics)
        .ok_or_else(|| io::Error::other("no table"))?;
    let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
    let options = Options {
        threads,
        ..Options::default()
    };
    let mut sink = TextSink::new(io::sink());
    let summary = convert::run(&plan, &files, &options, &mut sink, &mut diagnostics)?;
    Ok(summary.quads)
}

/// Converts a small table on one thread: to text, and in chunks that nobody takes.
fn convert_once(folder: &Path, rows: u64) -> io::Result<()> {
    for quoted in [false, true] {
        table(folder, &Dialect::default(), quoted, rows)?;
        println!("{} quads", converted(folder, 1)?);
    }
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let url = files.url_of(&folder.join("t.csv"));
    if let Some(group) = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics) {
        let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
        let options = Options {
            threads: 1,
            ..Options::default()
        };
        convert::run(&plan, &files, &options, &mut NullSink, &mut diagnostics)?;
    }
    Ok(())
}
