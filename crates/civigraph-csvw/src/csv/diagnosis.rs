//! What is wrong with a file as a whole: one finding instead of one for each of its cells.

use super::letters;
use super::scan::ByteScan;
use super::words::{SAMPLE, WordStatistics, is_strange, likely};
use super::{CompiledDialect, Dialect, RecordPosition, Records};
use crate::diagnostic::{Code, Diagnostic, Place, counted};
use crate::resource::Resource;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};
use std::sync::Arc;

/// Malformed words from which on they are one finding, where there are hardly any others.
const FOLDED: u64 = 4;
/// Different words from which on their letters speak for an encoding.
const ENOUGH: usize = 4;

/// What makes all rows of a file meaningless: an encoding that is not the declared one, or the marks of an
/// unresolved merge. A file that cannot be read is somebody else's finding.
pub fn diagnose(resource: &Resource, dialect: &Dialect) -> Option<Diagnostic> {
    let start = resource.read_start(4096).ok()?;
    if let Some(what) = other_content(&start)
        && (start.contains(&0) || std::str::from_utf8(&start).is_err())
    {
        let place = Place::file(Arc::clone(&resource.name));
        let message = format!("the file is not CSV: it is {what}");
        let hint = what.starts_with("compressed").then(|| {
            "unpack it; tables whose names end in `.gz` or `.zst` are unpacked when they are read"
                .to_owned()
        });
        return Some(Diagnostic::new(Code::Encoding, place, message).with_optional_hint(hint));
    }
    if is_utf32(&start) {
        return Some(
            Diagnostic::new(
                Code::Encoding,
                Place::at(Arc::clone(&resource.name), 1, 1),
                "the file is in UTF-32, which no dialect can declare",
            )
            .with_hint("save it as UTF-8"),
        );
    }
    let mark = Encoding::for_bom(&start).map(|(encoding, _)| encoding);
    let declared = Encoding::for_label(dialect.encoding.as_bytes())?;
    if mark.is_none()
        && [UTF_8, declared].contains(&UTF_8)
        && let Some(found) = utf16(&start)
        && declared != found
    {
        return Some(
            Diagnostic::new(
                Code::Encoding,
                Place::at(Arc::clone(&resource.name), 1, 1),
                format!("the file is in UTF-16 and not in {}", dialect.encoding),
            )
            .with_hint(format!(
                "declare `\"dialect\": {{\"encoding\": \"{}\"}}`, or save the file as UTF-8",
                found.name().to_lowercase()
            )),
        );
    }
    let encoding = mark.unwrap_or(declared);
    if encoding == UTF_16LE || encoding == UTF_16BE {
        // Delimiters and line ends have a zero byte each.
        let other = mark.is_none() && start.len() > 1 && !start.contains(&0);
        return other.then(|| {
            Diagnostic::new(
                Code::Encoding,
                Place::at(Arc::clone(&resource.name), 1, 1),
                format!(
                    "the file is not in {} as its dialect says",
                    dialect.encoding
                ),
            )
            .with_hint("leave `encoding` out of the dialect if the file is in UTF-8")
        });
    }
    let mut scan = ByteScan::new(dialect);
    scan.run(resource).ok()?;
    if let Some(line) = scan.conflict {
        return Some(
            Diagnostic::new(
                Code::Conflict,
                Place::at(Arc::clone(&resource.name), line, 1),
                "the table holds the marks of an unresolved merge; nothing else of it is checked",
            )
            .with_found("<<<<<<<")
            .with_hint("keep what is right between `<<<<<<<` and `>>>>>>>`, and delete the marks"),
        );
    }
    let first = |line| Place::at(Arc::clone(&resource.name), line, 1);
    if encoding == UTF_8 {
        let malformed = scan.malformed >= FOLDED && scan.malformed > 4 * scan.wide;
        return malformed.then(|| {
            let guess = likely(resource, UTF_8).map(|(guess, example)| {
                format!(
                    "in {} it reads `{example}`: declare that as `encoding` in the dialect, or save the file as UTF-8",
                    guess.name().to_lowercase()
                )
            });
            Diagnostic::new(
                Code::Encoding,
                first(scan.first_malformed),
                format!(
                    "the file is not in {}: {} cannot be decoded, the first on this line; nothing else of the file \
                     is checked",
                    dialect.encoding,
                    counted(scan.malformed, "word")
                ),
            )
            .with_optional_hint(guess)
        });
    }
    (scan.malformed == 0 && scan.wide > 0).then(|| {
        Diagnostic::new(
            Code::DeclaredEncoding,
            first(scan.first_wide),
            format!(
                "the file is in UTF-8 and not in {} as its dialect says: {} beyond ASCII, the first on this line",
                dialect.encoding,
                counted(scan.wide, "word")
            ),
        )
        .with_expected("`\"encoding\": \"utf-8\"`, or none")
    })
}

/// That the text of a file does not look like the encoding that its dialect declares.
pub fn doubt(resource: &Resource, dialect: &Dialect) -> Option<Diagnostic> {
    let declared = Encoding::for_label(dialect.encoding.as_bytes())?;
    let start = resource.read_start(SAMPLE).ok()?;
    let mark = Encoding::for_bom(&start).map(|(encoding, _)| encoding);
    let encoding = mark.unwrap_or(declared);
    let (text, _) = encoding.decode_with_bom_removal(&start);
    if [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding) {
        return decoded_twice(&text, resource);
    }
    if encoding.is_single_byte()
        && let Some(found) = words_in_utf8(&text, encoding, resource)
    {
        return Some(found);
    }
    let words = WordStatistics::of(&text);
    if words.strange < 2 || words.strange * 3 <= words.all {
        return other_languages(resource, encoding, &start, &text);
    }
    let (place, word) = words.first?;
    let guess = likely(resource, declared)
        .map(|(guess, example)| format!("in {} it reads `{example}`", guess.name().to_lowercase()));
    Some(
        Diagnostic::new(
            Code::EncodingDoubt,
            Place::at(Arc::clone(&resource.name), place, 1),
            format!(
                "the text does not look like {}: {} of {} words beyond ASCII",
                dialect.encoding, words.strange, words.all
            ),
        )
        .with_found(word)
        .with_optional_hint(guess),
    )
}

/// That the letters of a text are frequent in the languages of another encoding and rare in those of the declared
/// one: `Gdańsk` in windows-1250 is `Gdañsk` in windows-1252, which looks like a word too.
fn other_languages(
    resource: &Resource,
    encoding: &'static Encoding,
    start: &[u8],
    text: &str,
) -> Option<Diagnostic> {
    let guess = letters::other_than(encoding, start).unwrap_or_else(|| letters::guess(start, true));
    if guess == encoding || !encoding.is_single_byte() || !guess.is_single_byte() {
        return None;
    }
    let other = guess.decode_without_bom_handling_and_without_replacement(start)?;
    if WordStatistics::of(&other).strange > 0 {
        return None;
    }
    // Both have one character for each byte.
    let mut words = Vec::new();
    let mut word = (1, String::new(), String::new());
    let mut line = 1;
    for (read, meant) in text.chars().zip(other.chars()).chain([('\n', '\n')]) {
        if read.is_ascii() && !read.is_ascii_alphabetic() {
            words.push(std::mem::take(&mut word));
            line += u64::from(read == '\n');
            word.0 = line;
        } else {
            word.1.push(read);
            word.2.push(meant);
        }
    }
    words.retain(|(_, read, _)| !read.is_ascii());
    let all = words.len();
    words.retain(|(_, read, meant)| read != meant);
    let differing = words.len();
    let mut distinct: Vec<&str> = words.iter().map(|(_, read, _)| read.as_str()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < ENOUGH || differing * 2 < all {
        return None;
    }
    let (line, read, meant) = words.into_iter().next()?;
    let guess = guess.name().to_lowercase();
    Some(
        Diagnostic::new(
            Code::EncodingDoubt,
            Place::at(Arc::clone(&resource.name), line, 1),
            format!(
                "the text looks like {guess} and not like {}: {differing} of {all} words beyond ASCII",
                encoding.name().to_lowercase()
            ),
        )
        .with_found(read)
        .with_hint(format!("in {guess} it reads `{meant}`")),
    )
}

/// That words of a file in a single-byte encoding are UTF-8: `prÃ©nom` for `prénom`. Its lines come from several files,
/// or its encoding is the one of a few lines alone.
fn words_in_utf8(
    text: &str,
    encoding: &'static Encoding,
    resource: &Resource,
) -> Option<Diagnostic> {
    let in_utf8 = |word: &str| {
        let bytes = encoding.encode(word).0;
        let meant = std::str::from_utf8(&bytes).ok()?;
        (is_strange(word) && !is_strange(meant)).then(|| meant.to_owned())
    };
    let words = words_beyond_ascii(text);
    let mut found = words
        .iter()
        .filter_map(|(line, word)| Some((*line, *word, in_utf8(word)?)));
    let (line, word, meant) = found.next()?;
    let count = 1 + found.count();
    let name = encoding.name().to_lowercase();
    Some(
        Diagnostic::new(
            Code::EncodingDoubt,
            Place::at(Arc::clone(&resource.name), line, 1),
            format!(
                "words of the file are in UTF-8 and not in {name} as its dialect says: {count} of {} beyond ASCII",
                counted(words.len() as u64, "word")
            ),
        )
        .with_found(word)
        .with_hint(format!(
            "in utf-8 it reads `{meant}`: save the whole file in one encoding"
        )),
    )
}

/// Words with letters beyond ASCII, each with its line.
fn words_beyond_ascii(text: &str) -> Vec<(u64, &str)> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.split('\n')) {
        let words = text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic());
        found.extend(
            words
                .filter(|word| !word.is_ascii())
                .map(|word| (line, word)),
        );
    }
    found
}

/// That UTF-8 was once read as another encoding, and what came of it was saved: `РўРѕРјСЃРє` for `Томск`.
fn decoded_twice(text: &str, resource: &Resource) -> Option<Diagnostic> {
    let before = |word: &str| {
        [WINDOWS_1251, WINDOWS_1252]
            .into_iter()
            .find_map(|encoding| {
                let (bytes, _, unmappable) = encoding.encode(word);
                let bytes = (!unmappable).then_some(bytes)?;
                let word = std::str::from_utf8(&bytes).ok()?;
                Some((encoding, word.to_owned()))
            })
    };
    let all = words_beyond_ascii(text);
    let mut broken = all
        .iter()
        .filter_map(|(line, word)| Some((line, *word, before(word)?)));
    let (line, word, (encoding, meant)) = broken.next()?;
    let count = 1 + broken.count();
    (count >= 2 && count * 2 > all.len()).then(|| {
        Diagnostic::new(
            Code::EncodingDoubt,
            Place::at(Arc::clone(&resource.name), *line, 1),
            format!(
                "the text was UTF-8, read as {} and saved again: {count} of {} words beyond ASCII",
                encoding.name().to_lowercase(),
                all.len()
            ),
        )
        .with_found(word)
        .with_hint(format!(
            "it was `{meant}`: get the file anew from where it was right"
        ))
    })
}

/// What a file is that is not text, by its first bytes.
pub(crate) fn other_content(start: &[u8]) -> Option<&'static str> {
    [
        (&b"\x1F\x8B"[..], "compressed with gzip"),
        (b"\x28\xB5\x2F\xFD", "compressed with Zstandard"),
        (b"BZh", "compressed with bzip2"),
        (b"\xFD7zXZ\0", "compressed with xz"),
        (
            b"PK\x03\x04",
            "a ZIP archive, as spreadsheets (`.xlsx`, `.ods`) are",
        ),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "a spreadsheet of Excel",
        ),
        (b"%PDF-", "a PDF document"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "an SQLite database"),
    ]
    .into_iter()
    .find_map(|(magic, what)| start.starts_with(magic).then_some(what))
}

/// Delimiters that files of tables have.
pub(crate) const DELIMITERS: [char; 4] = [';', '\t', '|', ','];

/// What to declare where a file has another delimiter than its dialect.
pub(crate) fn declare_delimiter(delimiter: char) -> String {
    let delimiter = delimiter.to_string();
    format!("declare `\"dialect\": {{\"delimiter\": {delimiter:?}}}`")
}

/// Another delimiter than that of the dialect, by which every row at the start of a file has as many cells as the header,
/// and more than one. It says something of files whose header has one column by the dialect.
pub fn other_delimiter(resource: &Resource, dialect: &Dialect) -> Option<char> {
    let start = resource.read_start(SAMPLE).ok()?;
    let whole = (start.len() as u64) < SAMPLE;
    let declared = Encoding::for_label(dialect.encoding.as_bytes())?;
    let (text, ..) = declared.decode(&start);
    DELIMITERS.into_iter().find(|&delimiter| {
        let is_usual = dialect.delimiter.chars().eq([delimiter]);
        !is_usual && separates_all_rows(&text, whole, delimiter, dialect)
    })
}

/// Whether a delimiter gives all rows of a text one number of cells, at least two. Of a text that goes on, the last row
/// does not count.
fn separates_all_rows(text: &str, whole: bool, delimiter: char, dialect: &Dialect) -> bool {
    let format = CompiledDialect::new(&Dialect {
        delimiter: delimiter.to_string(),
        ..dialect.clone()
    });
    let mut records = Records::new(&format, text.as_bytes(), RecordPosition::START);
    let mut counts = Vec::new();
    while let Some(place) = records.advance() {
        let record = records.record();
        let cells = record.cells.len();
        let blank = || {
            text.get(place.start..place.end)
                .is_some_and(|row| row.trim().is_empty())
        };
        let skipped = place.record <= dialect.skip_rows || !place.is_row;
        if !skipped && (whole || record.terminated) && (cells > 1 || !blank()) {
            counts.push(cells);
        }
    }
    match counts.as_slice() {
        [first, others @ ..] => {
            *first > 1 && !others.is_empty() && others.iter().all(|count| count == first)
        }
        [] => false,
    }
}

/// UTF-32, with a byte order mark or without: of four bytes two are zero, since no character is beyond U+10FFFF.
fn is_utf32(start: &[u8]) -> bool {
    let fours = start.chunks_exact(4);
    let count = fours.len();
    let zeros = |places: [usize; 2]| {
        let zero = |four: &&[u8]| places.iter().all(|&place| four.get(place) == Some(&0));
        fours.clone().filter(zero).count()
    };
    count >= 2 && (zeros([2, 3]) == count || zeros([0, 1]) == count)
}

/// UTF-16 without a byte order mark: in Latin text, commas and digits every other byte is zero.
fn utf16(start: &[u8]) -> Option<&'static Encoding> {
    let pairs = start.len() / 2;
    let zeros = |offset: usize| {
        let bytes = start.iter().skip(offset).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // Text of other scripts has delimiters and line ends at least.
    let most = |zeros: usize, others: usize| zeros >= 3 && zeros * 10 >= pairs && others == 0;
    if most(odd, even) {
        Some(UTF_16LE)
    } else if most(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
