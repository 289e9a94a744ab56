//! Loads N-Quads into an index and asks it: `index load IN.nq FOLDER`, `index query FOLDER QUERY.rq`, and with the plan
//! on standard error `index explain FOLDER QUERY.rq`.

use civigraph_index::{Dataset, Index, IndexBuilder, Options, QuadChunk};
use oxrdfio::{RdfFormat, RdfParser};
use sparesults::{QueryResultsFormat, QueryResultsSerializer};
use spareval::{QueryEvaluator, QueryResults};
use spargebra::SparqlParser;
use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::sync_channel;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load", file, folder] => load(file.as_ref(), folder.as_ref()),
        ["query", folder, query] => ask(folder.as_ref(), query.as_ref(), false),
        ["explain", folder, query] => ask(folder.as_ref(), query.as_ref(), true),
        _ => Err("usage: index load IN.nq FOLDER | index query|explain FOLDER QUERY.rq".into()),
    }
}

/// Parses on all cores, and builds on one of them.
fn load(file: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let options = Options::default();
    let parsers = RdfParser::from_format(RdfFormat::NQuads)
        .split_file_for_parallel_parsing(file, options.threads)?;
    let mut builder = IndexBuilder::new(folder, options)?;
    let (sender, chunks) = sync_channel(8);
    std::thread::scope(|scope| -> Result<(), Box<dyn Error>> {
        let workers: Vec<_> = parsers
            .into_iter()
            .map(|parser| {
                let sender = sender.clone();
                scope.spawn(move || -> Result<(), String> {
                    let mut chunk = QuadChunk::new();
                    for quad in parser {
                        chunk.push(quad.map_err(|e| e.to_string())?.as_ref());
                        if chunk.len() == 50_000 {
                            let full = std::mem::take(&mut chunk);
                            sender.send(full).map_err(|e| e.to_string())?;
                        }
                    }
                    sender.send(chunk).map_err(|e| e.to_string())
                })
            })
            .collect();
        drop(sender);
        for chunk in chunks {
            builder.add(chunk)?;
        }
        for worker in workers {
            worker.join().map_err(|_| "a parser ended early")??;
        }
        Ok(())
    })?;
    builder.finish()?;
    Ok(())
}

fn ask(folder: &Path, query: &Path, explain: bool) -> Result<(), Box<dyn Error>> {
    let index = Index::open(folder)?;
    let dataset = Dataset::new(&index);
    let query = SparqlParser::new().parse_query(&std::fs::read_to_string(query)?)?;
    let evaluator = QueryEvaluator::new();
    let options = civigraph_sparql::Options {
        statistics: explain,
        ..civigraph_sparql::Options::default()
    };
    let evaluation = civigraph_sparql::evaluate_index(&dataset, evaluator, query, &options)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match evaluation.results? {
        QueryResults::Solutions(solutions) => {
            let serializer = QueryResultsSerializer::from_format(QueryResultsFormat::Tsv);
            let variables = solutions.variables().to_vec();
            let mut writer = serializer.serialize_solutions_to_writer(out, variables)?;
            for solution in solutions {
                writer.serialize(&solution?)?;
            }
            writer.finish()?.flush()?;
        }
        QueryResults::Boolean(truth) => writeln!(out, "{truth}")?,
        QueryResults::Graph(triples) => {
            for triple in triples {
                writeln!(out, "{} .", triple?)?;
            }
        }
    }
    if explain {
        eprint!("{}", evaluation.report.explanation);
        if let Some(nodes) = evaluation.report.nodes() {
            eprint!("{nodes}");
        }
    }
    Ok(())
}
