//! What is wrong with a file as a whole: one finding instead of one for each of its cells.

use super::letters;
use super::{Dialect, Format, Position, Records};
use crate::diagnostic::{Code, Diagnostic, Place, counted};
use crate::resource::{Content, Resource};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Bytes that are looked at together.
const BLOCK: usize = 1 << 20;
/// Bytes from which an encoding is judged.
const SAMPLE: u64 = 256 << 10;
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
    let mut scan = Scan::new(dialect);
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
                    "the file is not in {}: {} words are no such text, the first on this line; nothing else of \
                     the file is checked",
                    dialect.encoding, scan.malformed
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
    let words = Words::of(&text);
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
    if Words::of(&other).strange > 0 {
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
    let format = Format::new(&Dialect {
        delimiter: delimiter.to_string(),
        ..dialect.clone()
    });
    let mut records = Records::new(&format, text.as_bytes(), Position::START);
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

/// What one pass over the bytes of a file finds.
struct Scan {
    quote: Option<u8>,
    line: u64,
    /// Quotes so far: an odd number means that a quoted cell is open.
    quotes: u64,
    /// Where a conflict may begin: its line, the quotes before it, and whether its middle was seen.
    open: Option<(u64, u64, bool)>,
    /// The line of the first conflict.
    conflict: Option<u64>,
    /// Words with letters beyond ASCII that are UTF-8, and such that are not.
    wide: u64,
    malformed: u64,
    first_wide: u64,
    first_malformed: u64,
}

impl Scan {
    fn new(dialect: &Dialect) -> Self {
        let quote = dialect.quote_char.as_deref().map(str::as_bytes);
        Self {
            quote: quote.and_then(|quote| quote.first().copied()),
            line: 1,
            quotes: 0,
            open: None,
            conflict: None,
            wide: 0,
            malformed: 0,
            first_wide: 1,
            first_malformed: 1,
        }
    }

    fn run(&mut self, resource: &Resource) -> io::Result<()> {
        match &resource.content {
            Content::Bytes(bytes) => self.block(bytes),
            content => {
                let path = content.path().unwrap_or(Path::new(""));
                let mut file = File::open(path)?;
                let mut block = Vec::with_capacity(BLOCK);
                loop {
                    let read = (&mut file).take(BLOCK as u64).read_to_end(&mut block)?;
                    // Whole lines, unless one is longer than any.
                    let end = match memchr::memrchr(b'\n', &block) {
                        _ if read == 0 => block.len(),
                        Some(end) => end + 1,
                        None if block.len() > 64 * BLOCK => block.len(),
                        None => continue,
                    };
                    self.block(block.get(..end).unwrap_or_default());
                    block.drain(..end);
                    if read == 0 || self.conflict.is_some() {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks at whole lines.
    fn block(&mut self, block: &[u8]) {
        self.marks(block);
        if !block.is_ascii() {
            self.words(block);
        }
        self.line += memchr::memchr_iter(b'\n', block).count() as u64;
    }

    fn marks(&mut self, block: &[u8]) {
        if self.open.is_none() && memchr::memmem::find(block, b"<<<<<<<").is_none() {
            self.quotes += self.count_quotes(block);
            return;
        }
        for (line, text) in (self.line..).zip(block.split_inclusive(|&byte| byte == b'\n')) {
            let bare = text.trim_ascii_end();
            if text.starts_with(b"<<<<<<<") && !bare.starts_with(b"<<<<<<<<") {
                self.open = Some((line, self.quotes, false));
            } else if bare == b"=======" {
                if let Some((_, _, middle)) = &mut self.open {
                    *middle = true;
                }
            } else if text.starts_with(b">>>>>>>")
                && let Some((start, quotes, true)) = self.open
            {
                // All of it in one quoted cell is a text about merges.
                let quoted = quotes % 2 == 1 && quotes == self.quotes;
                if !quoted {
                    self.conflict.get_or_insert(start);
                }
                self.open = None;
            }
            self.quotes += self.count_quotes(text);
        }
    }

    fn count_quotes(&self, text: &[u8]) -> u64 {
        self.quote
            .map_or(0, |quote| memchr::memchr_iter(quote, text).count() as u64)
    }

    /// Counts runs of bytes beyond ASCII.
    fn words(&mut self, block: &[u8]) {
        for (line, text) in (self.line..).zip(block.split_inclusive(|&byte| byte == b'\n')) {
            if !text.is_ascii() {
                let runs = text.split(u8::is_ascii).filter(|run| !run.is_empty());
                for run in runs {
                    let (count, first) = match std::str::from_utf8(run) {
                        Ok(_) => (&mut self.wide, &mut self.first_wide),
                        Err(_) => (&mut self.malformed, &mut self.first_malformed),
                    };
                    if *count == 0 {
                        *first = line;
                    }
                    *count += 1;
                }
            }
        }
    }
}

/// Encodings that files of tables have, likely ones first.
const CANDIDATES: &[&str] = &[
    "windows-1251",
    "koi8-r",
    "ibm866",
    "windows-1252",
    "windows-1250",
    "windows-1253",
    "macintosh",
    "shift_jis",
    "euc-jp",
    "gbk",
    "big5",
    "euc-kr",
];

/// The encoding in which the text of a file looks like words, with the first of them.
fn likely(resource: &Resource, declared: &Encoding) -> Option<(&'static Encoding, String)> {
    let sample = resource.read_start(SAMPLE).ok()?;
    let end = memchr::memrchr(b'\n', &sample).map_or(sample.len(), |end| end + 1);
    let sample = sample.get(..end)?;
    let labels = CANDIDATES.iter();
    let usual = labels.filter_map(|label| Encoding::for_label(label.as_bytes()));
    let candidates = std::iter::once(letters::guess(sample, true))
        .chain(usual)
        .filter(|candidate| *candidate != declared);
    candidates
        .filter_map(|candidate| {
            let text = candidate.decode_without_bom_handling_and_without_replacement(sample)?;
            let words = Words::of(&text);
            let example = words.example?;
            (words.strange * 20 <= words.all).then_some((candidate, example))
        })
        .next()
}

/// How the words with letters beyond ASCII of a text look.
#[derive(Default)]
struct Words {
    all: u64,
    /// Those that no language has.
    strange: u64,
    /// The first strange one, and its line.
    first: Option<(u64, String)>,
    /// The first one that is not strange.
    example: Option<String>,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut words = Self::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            if text.is_ascii() {
                continue;
            }
            for word in text.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()) {
                if word.is_ascii() {
                    continue;
                }
                words.all += 1;
                if is_strange(word) {
                    words.strange += 1;
                    words.first.get_or_insert_with(|| (line, word.to_owned()));
                } else if words.example.is_none() {
                    words.example = Some(word.to_owned());
                }
            }
        }
        words
    }
}

/// Whether no language has such a word: control characters, signs between letters, small letters before
/// capital ones, letters of two scripts.
fn is_strange(word: &str) -> bool {
    let joins = |c: char| {
        matches!(
            c,
            '\u{AD}' | '·' | '’' | '‘' | '–' | '—' | '\u{A0}' | 'ʼ' | '\u{B4}'
        )
    };
    let mut before: Option<char> = None;
    let mut sign = false;
    for c in word.chars() {
        if matches!(c, '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' | char::REPLACEMENT_CHARACTER)
        {
            return true;
        }
        if !c.is_alphabetic() {
            sign |= before.is_some() && !joins(c);
            continue;
        }
        if let Some(before) = before {
            let capital_after_small = before.is_lowercase() && c.is_uppercase();
            if sign || capital_after_small && !(before.is_ascii() && c.is_ascii()) {
                return true;
            }
            if is_cyrillic(before) != is_cyrillic(c) {
                return true;
            }
        }
        sign = false;
        before = Some(c);
    }
    false
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52F}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        match label {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "utf-32le" => text
                .chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect(),
            "utf-32be" => text
                .chars()
                .flat_map(|c| u32::from(c).to_be_bytes())
                .collect(),
            _ => {
                let encoding = Encoding::for_label(label.as_bytes()).unwrap();
                encoding.encode(text).0.into_owned()
            }
        }
    }

    fn dialect(encoding: &str) -> Dialect {
        Dialect {
            encoding: encoding.into(),
            ..Dialect::default()
        }
    }

    const CYRILLIC: &str = "город,страна\nТомск,Россия\nИркутск,Россия\n«Ёлки»,№ 5\n";

    #[test]
    fn the_encoding_is_not_the_declared_one() {
        for (text, actual, declared, expected) in [
            (CYRILLIC, "utf-8", "utf-8", None),
            (
                CYRILLIC,
                "utf-8",
                "windows-1251",
                Some((Code::DeclaredEncoding, 1)),
            ),
            (
                "a\nb\nZürich\n",
                "utf-8",
                "iso-8859-1",
                Some((Code::DeclaredEncoding, 3)),
            ),
            (
                "a\nb\nZürich\n",
                "utf-8",
                "gbk",
                Some((Code::DeclaredEncoding, 3)),
            ),
            ("a\nb\n", "utf-8", "windows-1251", None),
            (CYRILLIC, "windows-1251", "windows-1251", None),
            (CYRILLIC, "windows-1251", "utf-8", Some((Code::Encoding, 1))),
            (CYRILLIC, "koi8-r", "utf-8", Some((Code::Encoding, 1))),
            (CYRILLIC, "utf-16le", "utf-8", Some((Code::Encoding, 1))),
            (CYRILLIC, "utf-16be", "utf-8", Some((Code::Encoding, 1))),
            (
                CYRILLIC,
                "utf-16le",
                "windows-1251",
                Some((Code::Encoding, 1)),
            ),
            (CYRILLIC, "utf-16le", "utf-16le", None),
            (CYRILLIC, "utf-32le", "utf-8", Some((Code::Encoding, 1))),
            (CYRILLIC, "utf-32be", "utf-8", Some((Code::Encoding, 1))),
            // A word in another encoding is a matter of its cell.
            ("a,b\nZürich,c\n", "windows-1252", "utf-8", None),
        ] {
            let resource = Resource::of_bytes("t.csv", encoded(text, actual));
            let found = diagnose(&resource, &dialect(declared));
            let found = found.map(|found| (found.code, found.place.line));
            assert_eq!(found, expected, "{actual} as {declared}");
        }
    }

    #[test]
    fn the_hint_reads_the_text() {
        let russian = "город\nТомск\nИркутск\nОмск\nПермь\n";
        let polish = "miasto\nŁódź\nGdańsk\nPoznań\nŚwinoujście\n";
        let french = "ville\nBesançon\nOrléans\nNîmes\nSète\n";
        for (label, text, word) in [
            ("windows-1251", russian, "город"),
            ("koi8-r", russian, "город"),
            ("ibm866", russian, "город"),
            ("windows-1250", polish, "Łódź"),
            ("windows-1252", french, "Besançon"),
        ] {
            let bytes = encoded(text, label);
            let found = diagnose(&Resource::of_bytes("t.csv", bytes), &dialect("utf-8")).unwrap();
            let hint = found.hint.unwrap().to_string();
            assert!(
                hint.contains(&format!("`{word}`")) && hint.contains(label),
                "{label}: {hint}"
            );
        }
    }

    /// Words of one encoding that look like words in another, and languages that must not be taken for others.
    #[test]
    fn letters_speak_for_an_encoding() {
        for (language, text, own) in [
            (
                "Polish",
                "miasto\nGdańsk\nPoznań\nCzęstochowa\nKędzierzyn\nŚlęza\nBędzin\n",
                "windows-1250",
            ),
            (
                "Czech",
                "město\nČeské Budějovice\nPlzeň\nUherské Hradiště\nPřerov\nKroměříž\n",
                "windows-1250",
            ),
            (
                "Hungarian",
                "város\nKőszeg\nGyőr\nHódmezővásárhely\nMosonmagyaróvár\nTörökbálint\nGödöllő\n",
                "windows-1250",
            ),
            (
                "Turkish",
                "şehir\nİstanbul\nEskişehir\nMuğla\nDiyarbakır\nŞanlıurfa\nKırıkkale\nÇorum\n",
                "windows-1254",
            ),
            (
                "French",
                "préfecture\nBesançon\nÉpinal\nSaint-Étienne\nNîmes\nOrléans\nBézières\nl’été\n",
                "windows-1252",
            ),
            (
                "German",
                "Stadt\nMünchen\nKöln\nDüsseldorf\nNürnberg\nLübeck\nGießen\nFürth\n",
                "windows-1252",
            ),
            (
                "Spanish",
                "ciudad\nMálaga\nCórdoba\nA Coruña\nLogroño\nCáceres\n¿Dónde está?\nJaén\n",
                "windows-1252",
            ),
            (
                "Portuguese",
                "município\nSão Paulo\nBrasília\nMaceió\nGoiânia\nUberlândia\nGuimarães\nÉvora\n",
                "windows-1252",
            ),
            (
                "Danish",
                "by\nKøbenhavn\nÅrhus\nHelsingør\nNæstved\nTårnby\nRødovre\nBrøndby\n",
                "windows-1252",
            ),
            (
                "Finnish",
                "kunta\nJyväskylä\nHämeenlinna\nSeinäjoki\nJärvenpää\nNokia\nYlöjärvi\n",
                "windows-1252",
            ),
            (
                "Icelandic",
                "bær\nReykjavík\nKópavogur\nHafnarfjörður\nÍsafjörður\nAkureyri\nGarðabær\nÞórshöfn\n",
                "windows-1252",
            ),
        ] {
            let resource = Resource::of_bytes("t.csv", encoded(text, own));
            assert!(doubt(&resource, &dialect(own)).is_none(), "{language}");
            if own != "windows-1252" {
                let found = doubt(&resource, &dialect("windows-1252"));
                let found = found.unwrap_or_else(|| panic!("{language}"));
                let text = format!("{} {:?}", found.message, found.hint);
                assert!(text.contains(own), "{language}: {text}");
            }
        }
    }

    #[test]
    fn text_that_does_not_look_like_its_encoding() {
        let polish = "miasto\nŁódź\nŻagań\nGdańsk\nŚwinoujście\n";
        let greek = "Όνομα,τόπος\nΑθήνα,Ελλάδα\nΠάτρα,Ελλάδα\n";
        for (text, actual, declared, doubtful) in [
            (CYRILLIC, "koi8-r", "windows-1251", true),
            (CYRILLIC, "windows-1251", "koi8-r", true),
            (CYRILLIC, "ibm866", "windows-1251", true),
            (CYRILLIC, "windows-1251", "windows-1252", true),
            (CYRILLIC, "windows-1251", "windows-1251", false),
            (CYRILLIC, "koi8-r", "koi8-r", false),
            (greek, "windows-1253", "windows-1251", true),
            (greek, "windows-1253", "windows-1253", false),
            (polish, "windows-1250", "windows-1250", false),
            ("名前\n東京\n大阪\n", "shift_jis", "windows-1252", true),
            ("名前\n東京\n大阪\n", "shift_jis", "shift_jis", false),
            (
                "l’été\nZürich\nÎle-de-France\nMcDonald’s\n",
                "windows-1252",
                "windows-1252",
                false,
            ),
        ] {
            let resource = Resource::of_bytes("t.csv", encoded(text, actual));
            let found = doubt(&resource, &dialect(declared));
            assert_eq!(
                found.is_some(),
                doubtful,
                "{actual} as {declared}: {found:?}"
            );
        }
    }

    #[test]
    fn text_that_was_decoded_twice() {
        for (text, label, meant) in [
            ("город\nТомск\nИркутск\n", "windows-1251", Some("город")),
            ("Zürich\nGenève\nBâle\n", "windows-1252", Some("Zürich")),
            ("Zürich\nGenève\nBâle\n", "utf-8", None),
            ("город\nТомск\nИркутск\n", "utf-8", None),
            ("Łódź\n東京\n“quoted” – text…\n", "utf-8", None),
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            let broken = encoding.decode_without_bom_handling(text.as_bytes()).0;
            let resource = Resource::of_bytes("t.csv", broken.as_bytes());
            let found = doubt(&resource, &dialect("utf-8"));
            let hint = found.and_then(|found| found.hint);
            let hint = hint.map(|hint| hint.to_string()).unwrap_or_default();
            match meant {
                Some(meant) => assert!(hint.contains(&format!("`{meant}`")), "{text}: {hint}"),
                None => assert_eq!(hint, "", "{text}"),
            }
        }
    }

    #[test]
    fn marks_of_a_merge() {
        for (text, expected) in [
            ("id\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n", Some(2)),
            ("id\r\n1\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> x", Some(3)),
            (
                "<<<<<<< HEAD\nid\n||||||| base\nkey\n=======\nkeys\n>>>>>>> x\n",
                Some(1),
            ),
            // In a quoted cell that goes over lines, and around one.
            (
                "id,t\n1,\"a\n<<<<<<< HEAD\nb\"\n=======\nc\"\n>>>>>>> x\n",
                Some(3),
            ),
            // A text about merges.
            (
                "id,t\n1,\"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n\"\n",
                None,
            ),
            ("id\n<<<<<<< HEAD\n1\n", None),
            ("id\n=======\n", None),
            ("id\nx <<<<<<< HEAD\n=======\n>>>>>>> x\n", None),
        ] {
            let found = diagnose(
                &Resource::of_bytes("t.csv", text.as_bytes()),
                &dialect("utf-8"),
            );
            let found = found.map(|found| (found.code, found.place.line));
            assert_eq!(found, expected.map(|line| (Code::Conflict, line)), "{text}");
        }
    }

    #[test]
    fn a_file_is_read_in_blocks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let filler = "Zürich,1\n".repeat(300_000);
        let text = format!("{filler}<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n{filler}");
        std::fs::write(&path, text).unwrap();
        let mut resource = Resource::of_bytes("t.csv", Vec::new());
        resource.content = Content::File(path);
        let found = diagnose(&resource, &Dialect::default()).unwrap();
        assert_eq!((found.code, found.place.line), (Code::Conflict, 300_001));
        let found = diagnose(&resource, &dialect("windows-1252")).unwrap();
        assert_eq!(found.code, Code::Conflict);
    }
}
