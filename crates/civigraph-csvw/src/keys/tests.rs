//! Spilled is in memory is naive: the checks against a plain comparison of all rows.

use super::fingerprint::Fingerprinter;
use super::*;
use crate::csv::Dialect;
use crate::csvw::model::{Column, ForeignKey, Table, TableGroup};
use crate::diagnostic::{CellPlace, Code, Diagnostics, Place, ReadingMode};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

/// A cell in short: `""` is null, `a;b` in a list column is a list.
type Cells = Vec<Vec<String>>;

/// Tables in memory.
struct Tables {
    group: TableGroup,
    rows: Vec<Cells>,
}

/// Names of columns; those with a `*` hold lists.
fn table(url: &str, columns: &[&str], primary_key: &[usize]) -> Table {
    Table {
        url: format!("http://example.org/{url}"),
        id: None,
        suppress_output: false,
        dialect: Dialect::default(),
        columns: columns.iter().map(|name| column(name)).collect(),
        primary_key: primary_key.to_vec(),
        foreign_keys: Vec::new(),
        row_titles: Vec::new(),
        table_direction: None,
        annotations: Vec::new(),
        notes: Vec::new(),
        extensions: Default::default(),
        unread: false,
        place: Place::default(),
    }
}

fn column(name: &str) -> Column {
    Column {
        name: name.trim_end_matches('*').into(),
        titles: Vec::new(),
        virtual_column: false,
        suppress_output: false,
        about_url: None,
        property_url: None,
        value_url: None,
        datatype: Default::default(),
        default: String::new(),
        lang: "und".into(),
        null: vec![String::new()],
        ordered: false,
        required: false,
        separator: name.ends_with('*').then(|| ";".into()),
        text_direction: None,
        annotations: Vec::new(),
        extensions: Default::default(),
        misfit: false,
        place: Place::default(),
    }
}

fn foreign_key(columns: &[usize], table: usize, referenced: &[usize]) -> ForeignKey {
    ForeignKey {
        columns: columns.to_vec(),
        table,
        referenced: referenced.to_vec(),
        place: Place::default(),
    }
}

impl Tables {
    /// Value of a cell; values are compared without regard to case, so that texts differ from values.
    fn value(&self, table: usize, row: usize, column: usize) -> KeyValue {
        let text = &self.rows[table][row][column];
        let one = |text: &str| {
            let value = text.to_lowercase().into_bytes();
            (!text.is_empty()).then_some(value)
        };
        if self.group.tables[table].columns[column].separator.is_some() {
            let items = text.split(';').filter(|_| !text.is_empty());
            return KeyValue::List(
                items
                    .map(|item| KeyItem {
                        text: item.into(),
                        value: one(item),
                    })
                    .collect(),
            );
        }
        one(text).map_or(KeyValue::Null, KeyValue::One)
    }

    /// Checks with chunks of some size, taken in backwards.
    fn check(
        &self,
        options: &KeyOptions,
        chunk: usize,
        fingerprinter: Fingerprinter,
    ) -> Vec<String> {
        let checker =
            KeyChecker::with_fingerprinter(KeyPlan::of(&self.group), options, fingerprinter);
        for table in 0..self.group.tables.len() {
            let numbers: Vec<usize> = (0..self.rows[table].len()).collect();
            for numbers in numbers.chunks(chunk).rev() {
                let mut buffer = checker.buffer(table);
                for &number in numbers {
                    self.feed(&mut buffer, table, number);
                }
                checker.accept(buffer).unwrap();
            }
        }
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate).keeping(u64::MAX);
        checker.finish(self, &mut diagnostics).unwrap();
        diagnostics
            .iter()
            .map(|d| {
                let found = d.found.as_deref().unwrap_or_default();
                format!("{} {}:{} {found}", d.code, d.place.file, d.place.line)
            })
            .collect()
    }

    fn feed(&self, buffer: &mut KeyBuffer, table: usize, number: usize) {
        for slot in 0..buffer.keys().len() {
            let columns = buffer.keys()[slot].columns.clone();
            buffer.begin(slot);
            for column in columns {
                match self.value(table, number, column) {
                    KeyValue::Null => buffer.null(),
                    KeyValue::One(value) => buffer.value(&value),
                    KeyValue::List(items) => {
                        buffer.list(items.iter().map(|item| item.value.as_deref()));
                    }
                }
            }
            buffer.end(number as u64 + 1);
        }
    }

    /// The same by comparing everything with everything.
    fn naive(&self) -> Vec<String> {
        let plan = KeyPlan::of(&self.group);
        let key_of = |key: &KeyColumns, row: usize| -> Vec<(String, Vec<KeyValue>)> {
            let mut values: Vec<_> = (key.columns.iter())
                .map(|&column| self.value(key.table, row, column))
                .collect();
            if let (true, [KeyValue::List(items)]) = (key.items, values.as_slice()) {
                return (items.iter())
                    .filter_map(|item| {
                        let value = KeyValue::One(item.value.clone()?);
                        Some((item.text.clone(), vec![value]))
                    })
                    .collect();
            }
            for value in &mut values {
                if let KeyValue::List(items) = value {
                    items.iter_mut().for_each(|item| item.text.clear());
                }
            }
            let texts: Vec<_> = (key.columns.iter())
                .map(|&column| self.rows[key.table][row][column].clone())
                .collect();
            vec![(texts.join(", "), values)]
        };
        let mut messages = Vec::new();
        for &key in plan.primary() {
            let key = &plan.keys()[key];
            let mut seen = Vec::new();
            for row in 0..self.rows[key.table].len() {
                let (text, values) = key_of(key, row).remove(0);
                if seen.contains(&values) {
                    messages.push(format!("CG0501 {}:{} {text}", key.table, row + 2));
                }
                seen.push(values);
            }
        }
        for reference in plan.references() {
            let from = &plan.keys()[reference.from];
            let to = &plan.keys()[reference.to];
            let mut counts: Vec<(Vec<KeyValue>, usize)> = Vec::new();
            for row in 0..self.rows[to.table].len() {
                let (_, values) = key_of(to, row).remove(0);
                match counts.iter_mut().find(|(known, _)| *known == values) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((values, 1)),
                }
            }
            let mut ambiguous = Vec::new();
            for row in 0..self.rows[from.table].len() {
                let mut seen = Vec::new();
                for (text, values) in key_of(from, row) {
                    let nothing = [KeyValue::Null, KeyValue::List(Vec::new())];
                    let null = values.iter().any(|value| nothing.contains(value));
                    if reference.optional && null || seen.contains(&values) {
                        continue;
                    }
                    let count = counts.iter().find(|(known, _)| *known == values);
                    let place = format!("{}:{} {text}", from.table, row + 2);
                    match count.map_or(0, |(_, count)| *count) {
                        0 => messages.push(format!("CG0502 {place}")),
                        1 => {}
                        _ if plan.primary().contains(&reference.to) => {}
                        _ => ambiguous.push(format!("CG0503 {place}")),
                    }
                    seen.push(values);
                }
            }
            messages.append(&mut ambiguous);
        }
        messages
    }
}

impl Rows for Tables {
    fn visit(
        &self,
        table: usize,
        columns: &[usize],
        which: RowSelection<'_>,
        visitor: &mut dyn FnMut(KeyRow) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let numbers = match which {
            RowSelection::Numbers(numbers) => numbers.to_vec(),
            RowSelection::All => (1..=self.rows[table].len() as u64).collect(),
        };
        for number in numbers {
            let row = number as usize - 1;
            let cell = |&column: &usize| KeyCell {
                place: Place {
                    cell: Some(CellPlace {
                        column_name: self.group.tables[table].columns[column]
                            .name
                            .as_str()
                            .into(),
                        column_index: column as u32,
                        record: number + 1,
                    }),
                    ..Place::at(table.to_string(), number + 1, column as u64)
                },
                text: self.rows[table][row][column].clone(),
                value: self.value(table, row, column),
            };
            let cells = columns.iter().map(cell).collect();
            if visitor(KeyRow { number, cells }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Two tables with every kind of key: of one column and several, onto itself, by item, list to list.
fn tables(places: Cells, events: Cells) -> Tables {
    let mut first = table("places.csv", &["id", "name", "part_of", "tags*"], &[0]);
    first.foreign_keys = vec![foreign_key(&[2], 0, &[0]), foreign_key(&[1], 0, &[1])];
    let mut second = table("events.csv", &["id", "place", "tags*", "visited*"], &[0, 1]);
    first.extensions.optional = true;
    second.extensions.optional = true;
    second.foreign_keys = vec![
        foreign_key(&[1], 0, &[0]),
        foreign_key(&[1, 0], 0, &[1, 0]),
        foreign_key(&[3], 0, &[1]),
        foreign_key(&[2], 0, &[3]),
    ];
    Tables {
        group: TableGroup {
            tables: vec![first, second],
            ..TableGroup::default()
        },
        rows: vec![places, events],
    }
}

fn cells() -> impl Strategy<Value = Cells> {
    let row = prop::collection::vec("[aAbB;]{0,3}", 4).prop_map(|mut row| {
        // The first two columns of both tables hold single values.
        for cell in &mut row[..2] {
            cell.retain(|c| c != ';');
        }
        row
    });
    prop::collection::vec(row, 0..40)
}

proptest! {
    #[test]
    fn spilled_is_in_memory_is_naive(
        places in cells(),
        events in cells(),
        chunk in 1..50usize,
        optional in any::<bool>(),
    ) {
        let mut places = places;
        for row in &mut places {
            row[2].retain(|c| c != ';');
        }
        let mut tables = tables(places, events);
        for table in &mut tables.group.tables {
            table.extensions.optional = optional;
        }
        let expected = tables.naive();
        let small = KeyOptions { memory: 300, directory: None };
        prop_assert_eq!(&tables.check(&KeyOptions::default(), chunk, Fingerprinter::new()), &expected);
        prop_assert_eq!(&tables.check(&small, chunk, Fingerprinter::new()), &expected);
    }

    /// Fingerprints that collide all the time make no false duplicates and hide none.
    #[test]
    fn collisions_are_told_apart(places in cells(), bits in 0..3u32) {
        let tables = tables(places, Vec::new());
        let primary = |messages: Vec<String>| -> Vec<String> {
            messages.into_iter().filter(|m| m.starts_with("CG0501")).collect()
        };
        prop_assert_eq!(
            primary(tables.check(&KeyOptions::default(), 7, Fingerprinter::weak(bits))),
            primary(tables.naive())
        );
    }
}

fn rows(text: &[&str]) -> Cells {
    text.iter()
        .map(|row| row.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn messages_name_both_places_and_the_nearest_key() {
    let tables = tables(
        rows(&[
            "samara,Самара,,",
            "moscow,Москва,samra,",
            "SAMARA,Самара 2,,",
        ]),
        rows(&["e1,,,Самара;Москв"]),
    );
    let checker = KeyChecker::new(KeyPlan::of(&tables.group), &KeyOptions::default());
    for (table, rows) in tables.rows.iter().enumerate() {
        let mut buffer = checker.buffer(table);
        for number in 0..rows.len() {
            tables.feed(&mut buffer, table, number);
        }
        checker.accept(buffer).unwrap();
    }
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
    checker.finish(&tables, &mut diagnostics).unwrap();
    let messages: Vec<_> = diagnostics
        .iter()
        .map(|d| {
            let hint = d.hint.as_ref().map(ToString::to_string);
            (d.code, d.message.as_str(), hint.unwrap_or_default())
        })
        .collect();
    let expected = [
        (
            Code::DuplicateKey,
            "`SAMARA` is already the primary key of line 2",
            "the first is at 0:2:0; change one of the two, or remove it",
        ),
        (
            Code::DanglingReference,
            "no row of `places.csv` has the key `samra`",
            "did you mean `samara`?",
        ),
        (
            Code::DanglingReference,
            "no row of `places.csv` has the item `Москв`",
            "did you mean `Москва`?",
        ),
    ];
    let expected = expected.map(|(code, message, hint)| (code, message, hint.to_owned()));
    assert_eq!(messages, expected);
}

#[test]
fn what_is_not_kept_is_counted() {
    let many: Vec<String> = (0..100).map(|n| format!("same,n{n},missing{n},")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let tables = tables(rows(&many), Vec::new());
    let checker = KeyChecker::new(KeyPlan::of(&tables.group), &KeyOptions::default());
    let mut buffer = checker.buffer(0);
    for number in 0..100 {
        tables.feed(&mut buffer, 0, number);
    }
    checker.accept(buffer).unwrap();
    let mut diagnostics = Diagnostics::new(ReadingMode::Validate).keeping(3);
    checker.finish(&tables, &mut diagnostics).unwrap();
    let lines: Vec<_> = diagnostics.iter().map(|d| (d.code, d.place.line)).collect();
    let (duplicate, dangling) = (Code::DuplicateKey, Code::DanglingReference);
    assert_eq!(
        lines,
        [
            (duplicate, 3),
            (duplicate, 4),
            (duplicate, 5),
            (dangling, 2),
            (dangling, 3),
            (dangling, 4)
        ]
    );
    let counts: BTreeMap<_, _> = diagnostics
        .iter()
        .map(|d| (d.code, diagnostics.count_like(d)))
        .collect();
    assert_eq!(counts, BTreeMap::from([(duplicate, 99), (dangling, 100)]));
}

#[test]
fn nothing_is_missing_from_a_table_that_was_not_read_whole() {
    let tables = tables(Vec::new(), rows(&["e,gone,,"]));
    let check = |incomplete: &[usize]| {
        let checker = KeyChecker::new(KeyPlan::of(&tables.group), &KeyOptions::default());
        let mut buffer = checker.buffer(1);
        tables.feed(&mut buffer, 1, 0);
        checker.accept(buffer).unwrap();
        incomplete
            .iter()
            .for_each(|table| checker.incomplete(*table));
        let mut diagnostics = Diagnostics::new(ReadingMode::Validate);
        checker.finish(&tables, &mut diagnostics).unwrap();
        diagnostics.iter().count()
    };
    assert_eq!(check(&[]), 2);
    assert_eq!(check(&[1]), 2);
    assert_eq!(check(&[0]), 0);
}

#[test]
fn a_key_is_collected_once() {
    let tables = tables(Vec::new(), Vec::new());
    let plan = KeyPlan::of(&tables.group);
    let keys: Vec<_> = plan
        .keys()
        .iter()
        .map(|key| (key.table, key.columns.clone(), key.items))
        .collect();
    let distinct: BTreeSet<_> = keys.iter().cloned().collect();
    assert_eq!(distinct.len(), keys.len());
    assert!(keys.contains(&(1, vec![3], true)));
    assert!(keys.contains(&(1, vec![2], false)));
    assert_eq!(plan.references().len(), 6);
}
