//! What is measured.

use crate::table::{COLUMNS, PREDICATE, SUBJECT};
use civigraph::convert::{self, NullSink, Options, TableRows, TextSink};
use civigraph::csvw::{self, CompileOptions, LoadOptions};
use civigraph::diagnostic::{Diagnostics, ReadingMode, Severity};
use civigraph::keys::{KeyChecker, KeyOptions, KeyPlan};
use civigraph::resource::LocalFiles;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Runs a case by name.
pub fn run(name: &str, folder: &Path) -> io::Result<()> {
    let (name, threads) = match name.rsplit_once('-') {
        Some((name, threads)) => (name, threads.parse().unwrap_or(1)),
        None => (name, 1),
    };
    match name {
        "hand" => by_hand(folder),
        "convert" => convert(folder, "plain.json", threads),
        "typed-convert" => convert(folder, "typed.json", threads),
        "typed-check" => check(folder, "typed.json", threads).map(|errors| assert_eq!(errors, 0)),
        "wrong-check" => check(folder, "wrong.json", threads).map(|errors| assert!(errors > 0)),
        _ => Err(io::Error::other("no such case")),
    }
}

/// The output of all cases: bytes are handed to the kernel and forgotten.
fn output() -> io::Result<File> {
    File::options().write(true).open("/dev/null")
}

/// The floor.
fn by_hand(folder: &Path) -> io::Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(256 << 10)
        .from_path(folder.join("plain.csv"))?;
    let predicates: Vec<String> = (0..COLUMNS)
        .map(|column| format!("> <{PREDICATE}c{column}> \""))
        .collect();
    let mut output = output()?;
    let mut buffer: Vec<u8> = Vec::with_capacity(1 << 20);
    let mut subject: Vec<u8> = Vec::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        subject.clear();
        subject.push(b'<');
        subject.extend_from_slice(SUBJECT.as_bytes());
        percent_encode(&record[0], &mut subject);
        for (value, predicate) in record.iter().zip(&predicates) {
            if value.is_empty() {
                continue;
            }
            buffer.extend_from_slice(&subject);
            buffer.extend_from_slice(predicate.as_bytes());
            escape(value, &mut buffer);
            buffer.extend_from_slice(b"\" .\n");
        }
        if buffer.len() > 1 << 19 {
            output.write_all(&buffer)?;
            buffer.clear();
        }
    }
    output.write_all(&buffer)
}

fn percent_encode(value: &[u8], out: &mut Vec<u8>) {
    for &byte in value {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn escape(value: &[u8], out: &mut Vec<u8>) {
    let mut start = 0;
    for (at, &byte) in value.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            _ => continue,
        };
        out.extend_from_slice(&value[start..at]);
        out.extend_from_slice(escaped);
        start = at + 1;
    }
    out.extend_from_slice(&value[start..]);
}

/// Metadata to plan to N-Triples.
fn convert(folder: &Path, metadata: &str, threads: usize) -> io::Result<()> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Convert);
    let group = load(&files, folder, metadata, &mut diagnostics)?;
    let options = CompileOptions {
        mode: csvw::ConversionMode::Minimal,
        ..CompileOptions::default()
    };
    let plan = csvw::compile(&group, &options, &mut diagnostics);
    let options = Options {
        threads,
        ..Options::default()
    };
    let mut sink = TextSink::triples(output()?);
    let summary = convert::run(&plan, &files, &options, &mut sink, &mut diagnostics)?;
    assert!(!diagnostics.has_errors());
    assert!(summary.quads >= (summary.rows - 89) * 20 || metadata == "plain.json");
    Ok(())
}

/// Everything that `check` does with a table; returns the number of errors.
fn check(folder: &Path, metadata: &str, threads: usize) -> io::Result<u64> {
    let files = LocalFiles::new(folder);
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    let group = load(&files, folder, metadata, &mut diagnostics)?;
    let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
    let checker = KeyChecker::new(KeyPlan::of(&group), &KeyOptions::default());
    let options = Options {
        threads,
        keys: Some(&checker),
        ..Options::default()
    };
    convert::run(&plan, &files, &options, &mut NullSink, &mut diagnostics)?;
    checker.finish(&TableRows::new(&plan, &files), &mut diagnostics)?;
    Ok(diagnostics.count(Severity::Error))
}

fn load(
    files: &LocalFiles,
    folder: &Path,
    metadata: &str,
    diagnostics: &mut Diagnostics,
) -> io::Result<csvw::model::TableGroup> {
    let url = files.url_of(&folder.join(metadata));
    let group = csvw::load(&url, &LoadOptions::default(), files, diagnostics);
    if diagnostics.has_errors() {
        for found in diagnostics.iter() {
            eprintln!("{}: {}", found.code, found.message);
        }
    }
    group.ok_or_else(|| io::Error::other("the metadata could not be read"))
}
