//! What ranks and filters documents: numbers that are read by document.
//!
//! ```text
//! subjects │ subjects before │ attributes │ property │ language │ strings │ footer
//! ```
//!
//! * subjects: a bit for each document, set where it has another subject than the one before;
//! * subjects before: the bits that are set ahead of each 512 documents, 4 bytes each;
//! * attributes, property, language: as many bytes for each document as the largest number takes,
//!   none where all are the same; the smallest number is subtracted. Languages count from one,
//!   zero is not a language;
//! * strings: the IRIs of properties and the tags of languages, each with its length ahead;
//! * footer: the counts of documents, properties and languages, and the smallest number and the
//!   bytes of each column, 8 bytes each.

use crate::attributes::Attributes;
use crate::error::{Error, ErrorKind, Result};
use crate::manifest::FileChecksums;
use crate::page::{PageFile, PageWriter, SpillFile};
use crate::varint::{put, take, take_bytes};
use std::collections::HashMap;
use std::path::Path;

/// The documents under one count of subjects.
const GROUP: usize = 512;

/// The bytes of the bits of a group.
const GROUP_BYTES: usize = GROUP / 8;

/// Columns of numbers.
const COLUMNS: usize = 3;

/// Bytes of a document in the temporary file: three numbers and whether its subject is a new one.
const RAW: usize = 4 * COLUMNS + 1;

/// Strings with numbers in the order of their coming.
#[derive(Default)]
struct NumberedStrings {
    numbers: HashMap<String, u32>,
    strings: Vec<String>,
}

impl NumberedStrings {
    /// The number of a string, from one on.
    fn number(&mut self, string: &str) -> u32 {
        if let Some(number) = self.numbers.get(string) {
            return *number;
        }
        self.strings.push(string.to_owned());
        let number = self.strings.len() as u32;
        self.numbers.insert(string.to_owned(), number);
        number
    }
}

/// Writes the columns in the order of documents.
pub struct ColumnsWriter {
    file: PageWriter,
    raw: SpillFile,
    documents: u32,
    properties: NumberedStrings,
    languages: NumberedStrings,
    /// The smallest and the largest number of each column.
    ranges: [(u32, u32); COLUMNS],
}

impl ColumnsWriter {
    /// Creates a file of a folder.
    pub fn create(folder: &Path, name: &str) -> Result<Self> {
        Ok(Self {
            file: PageWriter::create(folder, name)?,
            raw: SpillFile::new(folder)?,
            documents: 0,
            properties: NumberedStrings::default(),
            languages: NumberedStrings::default(),
            ranges: [(u32::MAX, 0); COLUMNS],
        })
    }

    /// Adds the next document and returns its number.
    pub fn push(
        &mut self,
        attributes: Attributes,
        property: &str,
        language: Option<&str>,
        is_new_subject: bool,
    ) -> Result<u32> {
        let doc = self.documents;
        self.documents = doc.checked_add(1).ok_or_else(|| {
            Error::new(
                ErrorKind::Write,
                self.file.path(),
                "more texts than 32 bits can number",
            )
        })?;
        let numbers = [
            attributes.0,
            self.properties.number(property) - 1,
            language.map_or(0, |language| self.languages.number(language)),
        ];
        for (number, (least, most)) in numbers.iter().zip(&mut self.ranges) {
            *least = (*least).min(*number);
            *most = (*most).max(*number);
            self.raw.write(&number.to_le_bytes())?;
        }
        self.raw.write(&[u8::from(is_new_subject)])?;
        Ok(doc)
    }

    /// Completes the file.
    pub fn finish(mut self) -> Result<FileChecksums> {
        self.write_subjects()?;
        let mut footer = vec![
            u64::from(self.documents),
            self.properties.strings.len() as u64,
            self.languages.strings.len() as u64,
        ];
        for (column, (least, most)) in self.ranges.into_iter().enumerate() {
            let spread = most.saturating_sub(least);
            let width = (u32::BITS - spread.leading_zeros()).div_ceil(8) as usize;
            let least = least.min(most);
            footer.extend([u64::from(least), width as u64]);
            if width == 0 {
                continue;
            }
            let file = &mut self.file;
            self.raw.each::<RAW>(|raw| {
                let number = number(&raw, column) - least;
                let bytes = number.to_le_bytes();
                file.write(bytes.get(..width).unwrap_or_default())
            })?;
        }
        let mut strings = Vec::new();
        for string in self
            .properties
            .strings
            .iter()
            .chain(&self.languages.strings)
        {
            put(&mut strings, string.len() as u64);
            strings.extend_from_slice(string.as_bytes());
        }
        self.file.write(&strings)?;
        for number in footer {
            self.file.write(&number.to_le_bytes())?;
        }
        self.file.finish()
    }

    /// Writes the bits of subjects, and their counts.
    fn write_subjects(&mut self) -> Result<()> {
        let mut bits = [0_u8; GROUP_BYTES];
        let (mut doc, mut subjects) = (0, 0_u32);
        let mut counts = Vec::new();
        let file = &mut self.file;
        self.raw.each::<RAW>(|raw| {
            if doc % GROUP == 0 {
                counts.extend_from_slice(&subjects.to_le_bytes());
            }
            let is_new = raw.last().is_some_and(|flag| *flag != 0);
            subjects += u32::from(is_new);
            if let Some(byte) = bits.get_mut(doc % GROUP / 8) {
                *byte |= u8::from(is_new) << (doc % 8);
            }
            doc += 1;
            if doc % GROUP == 0 {
                file.write(&bits)?;
                bits = [0; GROUP_BYTES];
            }
            Ok(())
        })?;
        if doc % GROUP != 0 {
            self.file.write(&bits)?;
        }
        self.file.write(&counts)
    }
}

/// A number of a document in the temporary file.
fn number(raw: &[u8; RAW], column: usize) -> u32 {
    let bytes = raw.chunks_exact(4).nth(column);
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

/// Where a column is.
#[derive(Debug, Clone, Copy, Default)]
struct PackedColumn {
    start: usize,
    width: usize,
    least: u32,
}

/// Columns that are read.
#[derive(Debug)]
pub struct Columns {
    file: PageFile,
    documents: u32,
    columns: [PackedColumn; COLUMNS],
    /// Where the counts of subjects are.
    counts: usize,
    /// The IRIs of properties.
    properties: Vec<String>,
    /// The tags of languages.
    languages: Vec<String>,
}

impl Columns {
    /// Reads the end of a file.
    pub fn open(file: PageFile) -> Result<Self> {
        let ([documents, properties, languages, described @ ..], footer) =
            file.footer::<{ 3 + 2 * COLUMNS }>()?;
        let damaged = || file.damaged_at(footer);
        let documents = u32::try_from(documents).map_err(|_| damaged())?;
        let groups = (documents as usize).div_ceil(GROUP);
        let counts = groups * GROUP_BYTES;
        let mut start = counts + groups * 4;
        let mut columns = [PackedColumn::default(); COLUMNS];
        for (column, described) in columns.iter_mut().zip(described.chunks_exact(2)) {
            let [least, width @ 0..=4] = described else {
                return Err(damaged());
            };
            *column = PackedColumn {
                start,
                width: *width as usize,
                least: u32::try_from(*least).map_err(|_| damaged())?,
            };
            start = start.saturating_add((documents as usize).saturating_mul(column.width));
        }
        let mut bytes = file.bytes(start..footer)?;
        let mut strings = |count: u64| -> Option<Vec<String>> {
            let mut strings = Vec::new();
            for _ in 0..count {
                let length = take(&mut bytes)?;
                let string = take_bytes(&mut bytes, length)?;
                strings.push(String::from_utf8(string.to_vec()).ok()?);
            }
            Some(strings)
        };
        let properties = strings(properties).ok_or_else(|| file.damaged_at(start))?;
        let languages = strings(languages).ok_or_else(|| file.damaged_at(start))?;
        Ok(Self {
            documents,
            columns,
            counts,
            properties,
            languages,
            file,
        })
    }

    /// How many documents there are.
    pub fn documents(&self) -> u32 {
        self.documents
    }

    /// The tags of all languages.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// The attributes of a document.
    #[inline]
    pub fn attributes(&self, doc: u32) -> Result<Attributes> {
        let [attributes, ..] = self.columns;
        Ok(Attributes(self.number(attributes, doc)?))
    }

    /// The IRI of a document's property.
    pub fn property(&self, doc: u32) -> Result<&str> {
        let [_, property, _] = self.columns;
        let number = self.number(property, doc)?;
        self.properties
            .get(number as usize)
            .map(String::as_str)
            .ok_or_else(|| self.file.damaged_at(property.start))
    }

    /// The place of a document's language among [`Columns::languages`].
    pub fn language(&self, doc: u32) -> Result<Option<usize>> {
        let [_, _, language] = self.columns;
        Ok((self.number(language, doc)? as usize).checked_sub(1))
    }

    /// The number of a document's subject.
    pub fn subject(&self, doc: u32) -> Result<u64> {
        self.check(doc)?;
        let doc = doc as usize;
        let (group, within) = (doc / GROUP, doc % GROUP);
        let before = u32::from_le_bytes(self.file.array(self.counts + group * 4)?);
        let bits: [u8; GROUP_BYTES] = self.file.array(group * GROUP_BYTES)?;
        let mut count = u64::from(before);
        for (at, byte) in bits.iter().enumerate().take(within / 8 + 1) {
            // In the last byte, up to the document and not after it.
            let unused = if at == within / 8 { 7 - within % 8 } else { 0 };
            count += u64::from((byte << unused).count_ones());
        }
        count
            .checked_sub(1)
            .ok_or_else(|| self.file.damaged_at(group * GROUP_BYTES))
    }

    fn check(&self, doc: u32) -> Result<()> {
        if doc < self.documents {
            Ok(())
        } else {
            Err(self.file.damaged_at(self.file.len()))
        }
    }

    #[inline]
    fn number(&self, column: PackedColumn, doc: u32) -> Result<u32> {
        self.check(doc)?;
        let start = column.start + doc as usize * column.width;
        let bytes = self.file.bytes(start..start + column.width)?;
        let number = bytes
            .iter()
            .rev()
            .fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
        Ok(number.wrapping_add(column.least))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::IndexManifest;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn columns_round_trip(
            documents in prop::collection::vec((any::<u32>(), 0..300_u32, 0..4_u32, any::<bool>()), 0..1_200),
            bits in 0..32_u32,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = ColumnsWriter::create(folder.path(), "columns").unwrap();
            let property = |number: u32| format!("https://example.org/{}", number >> bits.min(9));
            let language = |number: u32| (number > 0).then(|| format!("x-{number}"));
            for (at, (attributes, number, tag, is_new)) in documents.iter().enumerate() {
                let attributes = Attributes(attributes >> bits);
                let doc = writer.push(attributes, &property(*number), language(*tag).as_deref(), *is_new || at == 0);
                prop_assert_eq!(doc.unwrap(), at as u32);
            }
            let files = BTreeMap::from([("columns".to_owned(), writer.finish().unwrap())]);
            let manifest = IndexManifest { documents: 0, files };
            let read = Columns::open(PageFile::open(folder.path(), &manifest, "columns").unwrap()).unwrap();
            prop_assert_eq!(read.documents() as usize, documents.len());
            let mut subjects = 0;
            for (at, (attributes, number, tag, is_new)) in documents.iter().enumerate() {
                let doc = at as u32;
                subjects += u64::from(*is_new || at == 0);
                prop_assert_eq!(read.attributes(doc).unwrap().0, attributes >> bits);
                prop_assert_eq!(read.property(doc).unwrap(), property(*number));
                let read_tag = read.language(doc).unwrap().map(|at| read.languages()[at].clone());
                prop_assert_eq!(read_tag, language(*tag));
                prop_assert_eq!(read.subject(doc).unwrap(), subjects - 1);
            }
            prop_assert!(read.attributes(read.documents()).is_err());
            prop_assert!(read.subject(read.documents()).is_err());
        }
    }
}
