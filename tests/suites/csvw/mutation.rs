//! The suite's files with random mistakes in them.
//!
//! Nothing may crash or hang, and the answers of the three tasks must agree with each other: what
//! validates without a word converts without a word, and what validates converts.

use super::manifest::{Entry, Expect, Suite, Task, read};
use super::outcome::Outcome;
use super::site::Site;
use super::{HOME, in_parallel};
use civigraph::resource::{ResolveError, Resolver, Resource, ResourceContent};
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many mistakes are made in the files of each test, one after another;
/// `CIVIGRAPH_CSVW_MUTATIONS` asks for more.
const MUTATIONS: u64 = 4;

#[test]
fn mistakes_crash_nothing_and_answers_agree() {
    let Some(folder) = crate::suites::suite("csvw") else {
        return;
    };
    let asked = std::env::var("CIVIGRAPH_CSVW_MUTATIONS").ok();
    let mutations = asked.map_or(MUTATIONS, |asked| asked.parse().unwrap());
    let site = Site::new(&folder, HOME, HOME);
    let entries = read(&folder, Suite::Validation, HOME);
    let failures = in_parallel(&entries, |entry| {
        for seed in 0..mutations {
            let mut random = Random::of(&entry.id, seed);
            let mutated = Mutated::new(&site, entry, &mut random);
            let result = catch_unwind(AssertUnwindSafe(|| agree(entry, &mutated)));
            let reason = match result {
                Ok(Ok(())) => continue,
                Ok(Err(reason)) => reason,
                Err(_) => "crashed".into(),
            };
            return Err(format!("{} seed {seed}: {reason}\n{mutated:?}", entry.id));
        }
        Ok(())
    });
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

/// Runs the three tasks and compares what they say.
fn agree(entry: &Entry, site: &Mutated<'_>) -> Result<(), String> {
    let [validated, rdf, json] =
        [Task::Validate, Task::Rdf, Task::Json].map(|task| Outcome::of_task(task, entry, site));
    if validated.codes().is_empty() && !rdf.codes().is_empty() {
        return Err(format!("converting finds more\n{}", rdf.describe()));
    }
    if validated.check_severity(Expect::Failure).is_err()
        && rdf.check_severity(Expect::Failure).is_ok()
    {
        return Err(format!("converting refuses\n{}", rdf.describe()));
    }
    if rdf.describe() != json.describe() {
        return Err(format!(
            "JSON and RDF differ\n{}\n{}",
            json.describe(),
            rdf.describe()
        ));
    }
    Ok(())
}

/// The site with one file changed.
struct Mutated<'s> {
    site: &'s Site,
    url: String,
    content: Vec<u8>,
}

impl<'s> Mutated<'s> {
    fn new(site: &'s Site, entry: &Entry, random: &mut Random) -> Self {
        let url = match &entry.metadata {
            Some(metadata) if random.below(2) == 0 => metadata.clone(),
            _ => entry.action.clone(),
        };
        let original = site.resolve(&url).unwrap().read(u64::MAX).unwrap();
        let content = match serde_json::from_slice::<Value>(&original) {
            Ok(mut document) => {
                for _ in 0..=random.below(2) {
                    change_value(&mut document, random);
                }
                document.to_string().into_bytes()
            }
            Err(_) => change_bytes(&original, random),
        };
        Self { site, url, content }
    }
}

impl std::fmt::Debug for Mutated<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let content = String::from_utf8_lossy(&self.content);
        write!(f, "{}\n{content}", self.url)
    }
}

impl Resolver for Mutated<'_> {
    fn resolve(&self, url: &str) -> Result<Resource, ResolveError> {
        let mut resource = self.site.resolve(url)?;
        if resource.url == self.url {
            resource.content = ResourceContent::Bytes(self.content.as_slice().into());
        }
        Ok(resource)
    }
}

/// Changes one value somewhere in a document: takes it away, or puts another in its place.
fn change_value(document: &mut Value, random: &mut Random) {
    let mut value = document;
    loop {
        let size = match &*value {
            Value::Object(members) => members.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if size == 0 || random.below(5) == 0 {
            break;
        }
        let chosen = random.below(size);
        let remove = random.below(12) == 0;
        match value {
            Value::Object(members) => {
                let name = members.keys().nth(chosen).unwrap().clone();
                if remove {
                    members.shift_remove(&name);
                    return;
                }
                value = &mut members[&name];
            }
            Value::Array(items) => {
                if remove {
                    items.remove(chosen);
                    return;
                }
                value = &mut items[chosen];
            }
            _ => return,
        }
    }
    let text = value.as_str().map(str::to_owned);
    *value = match (text, random.below(3)) {
        (Some(text), 0 | 1) => {
            let text = change_bytes(text.as_bytes(), random);
            String::from_utf8_lossy(&text).into_owned().into()
        }
        _ => another(random),
    };
}

fn another(random: &mut Random) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("und"),
        json!("{"),
        json!("{_row}"),
        json!("{+GID}"),
        json!("_:b"),
        json!("http://example.org/%zz"),
        json!("csvw:Table"),
        json!("P1Y"),
        json!("#,##0.0E#0"),
        json!("yyyy-MM-dd'T'HH:mm:ss.SSS"),
        json!("(a|b*)+\\1"),
        json!("decimal"),
        json!("date"),
        json!([]),
        json!({}),
        json!([["x"], 1]),
        json!({"@value": "x", "@type": "xsd:date"}),
        json!({"base": "number", "minimum": "5", "format": {"groupChar": "."}}),
        json!({"name": "x", "virtual": true, "valueUrl": "{x}"}),
    ];
    values[random.below(values.len())].clone()
}

/// Changes a few bytes of a text.
fn change_bytes(text: &[u8], random: &mut Random) -> Vec<u8> {
    const PIECES: &[&[u8]] = &[
        b"\"",
        b"\"\"",
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b" ",
        b"#",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"{",
        b"}",
        b"%",
        b"'",
        b"\\",
        b"0",
        b"-",
        b"e9",
        b"\xd0\x96",
        b"\xf0\x9d\x84\x9e",
        b"\xc2\xa0",
        b"_",
        b":",
        b"/",
        b";",
    ];
    let mut text = text.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(text.len() + 1);
        let end = (at + random.below(3)).min(text.len());
        let piece = PIECES[random.below(PIECES.len())];
        text.splice(at..end, piece.iter().copied());
    }
    text
}

/// A small generator: the same numbers in every run.
struct Random(u64);

impl Random {
    fn of(name: &str, seed: u64) -> Self {
        let start = name.bytes().fold(seed + 1, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(start | 1)
    }

    /// A number below a bound that is not 0 (xorshift64*, Vigna 2016).
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound as u64) as usize
    }
}
