//! A search finds what a scan of all entries finds that compares word by word.

use super::LABEL;
use crate::fold::words;
use crate::latin;
use crate::search::errors;
use crate::similar::tests::distance;
use crate::stem::stem;
use crate::{IndexWriter, Options, TextEntry, TextIndex, TextKind, TextQuery, WordMatch};
use proptest::prelude::*;
use std::cmp::Reverse;

/// Words that are alike in all the ways that a search knows.
const ALIKE: &[&str] = &[
    "город",
    "города",
    "городок",
    "горд",
    "gorod",
    "goroda",
    "Заря",
    "заря",
    "зари",
    "zarya",
    "Железногорск",
    "железногорска",
    "жилезногорск",
    "Zheleznogorsk",
    "железн",
    "city",
    "cities",
    "на",
    "5",
    "юлия",
    "Iuliia",
    "юля",
    "ларионов",
    "Ларионова",
    "",
    "—",
];

/// A text or query of these words.
fn phrase() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(ALIKE), 0..3).prop_map(|words| words.join(" "))
}

fn kind() -> impl Strategy<Value = TextKind> {
    prop::sample::select(vec![
        TextKind::Label,
        TextKind::AltLabel,
        TextKind::Hidden,
        TextKind::Text,
    ])
}

fn entry() -> impl Strategy<Value = (u8, String, Option<&'static str>, TextKind, u8)> {
    let language = prop::sample::select(vec![None, Some("ru"), Some("ru-Latn"), Some("en")]);
    (0..6_u8, phrase(), language, kind(), 0..3_u8)
}

/// How a word of a query finds a word of a text: the first step that does.
fn found_by(word: &str, last: bool, query: &TextQuery, other: &str) -> Option<Step> {
    let letters = word.chars().count();
    let prefix = query.prefix && (last || letters >= 3);
    let (key, start) = (latin::key(word), latin::prefix(word));
    let keys = [other.to_owned(), latin::key(other)];
    if word == other {
        return Some(Step::Word);
    }
    // A stem is compared with words, too, and a word with stems that are not the word themselves.
    if stem(word) == other || [stem(word).as_str(), word].contains(&stem(other).as_str()) {
        return Some(Step::Stem);
    }
    if prefix && other.starts_with(word) {
        return Some(Step::Prefix);
    }
    if keys
        .iter()
        .any(|other| *other == key || (prefix && !start.is_empty() && other.starts_with(&start)))
    {
        return Some(Step::Latin);
    }
    let differs = |word: &str, other: &str| {
        let [word, other]: [Vec<char>; 2] = [word, other].map(|text| text.chars().collect());
        let shortest = if prefix { 0 } else { other.len() };
        (shortest..=other.len())
            .map(move |end| distance(&other[..end], &word))
            .min()
    };
    (1..=2).filter(|_| query.fuzzy).find_map(|most: u8| {
        let allowed = |letters: usize| most <= errors(letters);
        let near = |word: &str, other: &str| {
            differs(word, other).is_some_and(|distance| distance <= usize::from(most))
        };
        let by_word = allowed(letters) && near(word, other);
        let by_key = allowed(letters)
            && allowed(key.chars().count())
            && keys.iter().any(|other| near(&key, other));
        (by_word || by_key).then_some(Step::Fuzzy(most))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Word,
    Stem,
    Prefix,
    Latin,
    Fuzzy(u8),
}

/// The step of the search that finds a text: all its words by the one that is hardest to find.
fn step(query: &TextQuery, text: &str, kind: TextKind) -> Option<(usize, WordMatch)> {
    let asked = words(&query.text);
    let words = words(text);
    if asked.is_empty() {
        return None;
    }
    let mut hardest = Step::Word;
    for (at, word) in asked.iter().enumerate() {
        let last = at + 1 == asked.len();
        let easiest = words
            .iter()
            .filter_map(|other| found_by(word, last, query, other))
            .min()?;
        hardest = hardest.max(easiest);
    }
    let names = kind != TextKind::Text;
    Some(match hardest {
        Step::Word => (if names { 0 } else { 4 }, WordMatch::Exact),
        Step::Stem => (if names { 1 } else { 5 }, WordMatch::Stem),
        Step::Prefix => (if names { 2 } else { 6 }, WordMatch::Prefix),
        Step::Latin => (if names { 3 } else { 7 }, WordMatch::Transliterated),
        Step::Fuzzy(most) => (
            if names { 7 } else { 9 } + usize::from(most),
            WordMatch::Fuzzy,
        ),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_search_finds_what_a_scan_finds(
        entries in prop::collection::vec(entry(), 0..30),
        text in phrase(),
        prefix: bool,
        fuzzy: bool,
        kinds in prop::collection::vec(kind(), 0..3),
        languages in prop::sample::select(vec![&[][..], &["ru"], &["*"], &[""], &["en", ""]]),
        limit in 0..12_usize,
    ) {
        let query = TextQuery {
            languages: languages.iter().map(|range| (*range).to_owned()).collect(),
            kinds,
            prefix,
            fuzzy,
            limit,
            ..TextQuery::new(text)
        };
        let folder = tempfile::tempdir().unwrap();
        let mut writer = IndexWriter::create(folder.path(), Options::default()).unwrap();
        let subject = |number: u8| format!("https://example.org/{number}");
        let mut expected = Vec::new();
        for (number, text, language, kind, weight) in &entries {
            let entry = TextEntry {
                language: *language,
                kind: *kind,
                weight: f32::from(*weight),
                ..TextEntry::label("", LABEL, text)
            };
            let subject = subject(*number);
            writer.add(TextEntry { subject: &subject, ..entry }).unwrap();
            let taken = query.languages.is_empty()
                || query.languages.iter().any(|range| match (language, range.as_str()) {
                    (None, range) => range.is_empty(),
                    (Some(_), "*") => true,
                    (Some(tag), range) => tag.split('-').next() == Some(range),
                });
            let kinds = query.kinds.is_empty() || query.kinds.contains(kind);
            if let Some((step, matched)) = step(&query, text, *kind).filter(|_| taken && kinds) {
                let count = words(text).len();
                let whole = count == words(&query.text).len();
                let order = (step, Reverse(whole), *kind, Reverse(*weight), count);
                expected.push((order, subject, text.clone(), *language, matched));
            }
        }
        writer.finish().unwrap();
        expected.sort();
        let index = TextIndex::open(folder.path()).unwrap();
        let hits = index.search(&query).unwrap();
        let found: Vec<_> = hits
            .iter()
            .map(|hit| (hit.subject.clone(), hit.text.clone(), hit.language.as_deref(), hit.matched))
            .collect();
        let wanted: Vec<_> = expected
            .iter()
            .take(limit)
            .map(|(_, subject, text, language, matched)| (subject.clone(), text.clone(), *language, *matched))
            .collect();
        prop_assert_eq!(&found, &wanted, "{:?}", query);
        let mut subjects: Vec<String> = Vec::new();
        for (_, subject, ..) in &expected {
            if !subjects.contains(subject) {
                subjects.push(subject.clone());
            }
        }
        subjects.truncate(limit);
        let found: Vec<String> = index.subjects(&query).unwrap().into_iter().map(|s| s.iri).collect();
        prop_assert_eq!(found, subjects, "{:?}", query);
    }
}
