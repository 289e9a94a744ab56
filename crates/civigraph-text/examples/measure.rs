//! Builds an index of generated labels and measures it:
//! `cargo run --release -p civigraph-text --example measure [LABELS] [MEMORY_MIB]`.

use civigraph_text::{
    IndexWriter, Options, PROPERTIES, TextEntry, TextIndex, TextKind, TextQuery, WordMatch,
};
use std::error::Error;
use std::time::{Duration, Instant};

/// A sequence of numbers that is the same every time (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Small numbers are frequent, as words of a language are.
    fn skewed(&mut self, limit: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((limit as f64).powf(unit) as usize - 1).min(limit - 1)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// A name, and the query that two words of the vocabulary make.
type Case<'a> = (&'a str, &'a dyn Fn(&str, &str) -> String);

const STARTS: &[&str] = &[
    "желез",
    "красн",
    "нов",
    "стар",
    "бел",
    "черн",
    "зелен",
    "горн",
    "кам",
    "верх",
    "ниж",
    "сосн",
    "берез",
    "дуб",
    "мед",
    "вол",
    "солн",
    "север",
    "юж",
    "яр",
];
const MIDDLES: &[&str] = &[
    "о", "ого", "ово", "ино", "а", "иц", "ен", "ан", "ун", "ыл", "ев", "ов", "ит", "ол", "ар",
    "ер", "ик", "ук", "ям", "уш",
];
const ENDS: &[&str] = &[
    "горск",
    "град",
    "поль",
    "ка",
    "ово",
    "ино",
    "ск",
    "ецк",
    "щина",
    "бург",
    "лесье",
    "речье",
    "дар",
    "мск",
    "тов",
    "вец",
    "ница",
    "рев",
    "шин",
    "ев",
];
const SORTS: &[&str] = &[
    "Музей истории города",
    "Администрация города",
    "Школа",
    "Завод",
    "Университет",
    "Театр",
    "Форум «Города — России»",
    "Участник",
    "Проект развития",
    "Совет",
];

fn words(numbers: &mut Numbers, count: usize) -> Vec<String> {
    (0..count)
        .map(|_| {
            let mut word = numbers.pick(STARTS).to_owned();
            for _ in 0..=numbers.below(3) {
                word.push_str(numbers.pick(MIDDLES));
            }
            word.push_str(numbers.pick(ENDS));
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect())
                .unwrap_or_default()
        })
        .collect()
}

/// The CPU time of this process, user and system; zero where the system does not say.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok());
    let labels: usize = arguments.next().unwrap_or(1_000_000);
    let memory = arguments.next().unwrap_or(512) << 20;
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let vocabulary = words(&mut numbers, labels / 4 + 10);
    let folder = tempfile::tempdir()?;
    let (before, start) = (cpu(), Instant::now());
    let mut writer = IndexWriter::create(folder.path().join("text"), Options { memory })?;
    let mut text_bytes = 0;
    for number in 0..labels {
        let subject = format!("https://example.org/id/thing/{}", number / 2);
        let first = &vocabulary[numbers.skewed(vocabulary.len())];
        let second = &vocabulary[numbers.below(vocabulary.len())];
        let text = format!("{} {first} {second}", numbers.pick(SORTS));
        text_bytes += text.len() + subject.len();
        writer.add(TextEntry {
            language: Some(if number % 2 == 0 { "ru" } else { "en" }),
            kind: if number % 5 == 0 {
                TextKind::AltLabel
            } else {
                TextKind::Label
            },
            ..TextEntry::label(&subject, PROPERTIES[0].0, &text)
        })?;
    }
    let summary = writer.finish()?;
    println!(
        "{} documents, {:.1} MB of labels and IRIs; index {:.1} MB; {:.1} s, {:.1} CPU s",
        summary.documents,
        text_bytes as f64 / 1e6,
        summary.bytes as f64 / 1e6,
        start.elapsed().as_secs_f64(),
        (cpu() - before).as_secs_f64(),
    );
    for file in std::fs::read_dir(folder.path().join("text"))? {
        let path = file?.path();
        let bytes = path.metadata()?.len() as f64;
        let name = path.file_name().unwrap_or_default();
        println!("  {:.1} MB {}", bytes / 1e6, name.display());
    }
    let start = Instant::now();
    let index = TextIndex::open(folder.path().join("text"))?;
    println!("opened in {:.2} ms", start.elapsed().as_secs_f64() * 1e3);

    let latin = |word: &str| -> String {
        // Enough for the letters of the generator.
        word.to_lowercase()
            .chars()
            .map(|c| match c {
                'а' => "a",
                'б' => "b",
                'в' => "v",
                'г' => "g",
                'д' => "d",
                'е' => "e",
                'ж' => "zh",
                'з' => "z",
                'и' => "i",
                'к' => "k",
                'л' => "l",
                'м' => "m",
                'н' => "n",
                'о' => "o",
                'п' => "p",
                'р' => "r",
                'с' => "s",
                'т' => "t",
                'у' => "u",
                'ц' => "ts",
                'ч' => "ch",
                'ш' => "sh",
                'щ' => "shch",
                'ы' => "y",
                'ю' => "yu",
                'я' => "ya",
                _ => "",
            })
            .collect()
    };
    let cut = |word: &str, letters: usize| -> String { word.chars().take(letters).collect() };
    let mistyped = |word: &str| -> String {
        let mut letters: Vec<char> = word.chars().collect();
        letters.swap(2, 3);
        letters.into_iter().collect()
    };
    let cases: &[Case<'_>] = &[
        ("one word", &|a, _| a.to_owned()),
        ("two words", &|a, b| format!("{a} {b}")),
        ("sort and word", &|a, _| format!("музеи города {a}")),
        ("prefix of 1 letter", &|a, _| cut(a, 1)),
        ("prefix of 3 letters", &|a, _| cut(a, 3)),
        ("prefix of 6 letters", &|a, _| cut(a, 6)),
        ("prefix, two words", &|a, b| format!("{a} {}", cut(b, 4))),
        ("transliterated", &|a, _| latin(a)),
        ("transliterated prefix", &|a, _| cut(&latin(a), 7)),
        ("typing error", &|a, _| mistyped(a)),
        ("typing errors, two words", &|a, b| {
            format!("{} {}", mistyped(a), mistyped(b))
        }),
        ("typing error, transliterated", &|a, _| mistyped(&latin(a))),
        ("nothing to find", &|a, _| format!("{a}qqqqqq")),
        ("in all labels of a sort", &|_, _| "города".to_owned()),
    ];
    for (fuzzy, heading) in [
        (true, "with typing errors"),
        (false, "without typing errors"),
    ] {
        println!(
            "\n| {heading} | CPU ms | p50 ms | p95 ms | max ms | hits | best match |\n|---|---|---|---|---|---|---|"
        );
        for (name, case) in cases {
            let mut times = Vec::new();
            let before = cpu();
            let mut hits = 0;
            let mut best: Option<WordMatch> = None;
            for _ in 0..200 {
                let a = &vocabulary[numbers.skewed(vocabulary.len())];
                let b = &vocabulary[numbers.below(vocabulary.len())];
                let query = TextQuery {
                    fuzzy,
                    ..TextQuery::new(case(a, b))
                };
                let start = Instant::now();
                let found = index.search(&query)?;
                times.push(start.elapsed());
                hits += found.len();
                best = best.max(found.first().map(|hit| hit.matched));
            }
            let mean = (cpu() - before).as_secs_f64() * 1e3 / times.len() as f64;
            times.sort_unstable();
            let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
            println!(
                "| {name} | {mean:.2} | {:.2} | {:.2} | {:.2} | {:.1} | {best:?} |",
                at(50),
                at(95),
                at(100),
                hits as f64 / times.len() as f64
            );
        }
    }
    Ok(())
}
