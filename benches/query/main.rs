//! Writes the graph that `benches/query/run` asks its queries of.
//!
//! `generate QUADS FOLDER` writes about people, organisations, events and claims, in the terms of the
//! shipped ontology: `all.nq` holds exactly that many quads, no two alike; `default.nt` (triples of the
//! default graph) and `named.nq` (the rest) hold the same for engines without a default graph. The
//! same number of quads gives the same bytes on every machine.
//!
//! It depends on nothing but the standard library, so that `rustc -O` compiles it in seconds.

mod output;
mod people;
mod places;
#[path = "../convert/random.rs"]
mod random;
mod scale;
mod texts;
mod vocabulary;
mod words;

use output::Output;
use random::Random;
use scale::Scale;
use std::io;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["--bench"] {
        println!("`benches/query/run` compares engines");
        return ExitCode::SUCCESS;
    }
    let [command, quads, folder] = arguments.as_slice() else {
        return usage();
    };
    let Ok(quads) = quads.parse() else {
        return usage();
    };
    if command != "generate" || quads < scale::LEAST_QUADS {
        return usage();
    }
    match generate(quads, Path::new(folder)) {
        Ok(scale) => {
            println!("{quads} quads: {scale}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    let least = scale::LEAST_QUADS;
    eprintln!(
        "usage: generate QUADS FOLDER (at least {least} quads); `benches/query/run` compares engines"
    );
    ExitCode::from(2)
}

fn generate(quads: u64, folder: &Path) -> io::Result<Scale> {
    std::fs::create_dir_all(folder)?;
    let scale = Scale::of(quads);
    let mut random = Random(0x2018_2036 ^ quads);
    let mut output = Output::create(folder)?;
    vocabulary::write(&mut output)?;
    places::write(&scale, &mut random, &mut output)?;
    people::write(&scale, &mut random, &mut output)?;
    texts::write(&scale, quads, &mut random, &mut output)?;
    output.finish()?;
    Ok(scale)
}
