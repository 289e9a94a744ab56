//! Tables and their rows: the cells as in a spreadsheet, what each yields, and the claims about it.

use super::evidence::ClaimView;
use super::frame::PageFrame;
use super::reader::{PageReader, shortened};
use super::tables::{BuildTables, FileRow};
use super::value::ValueView;
use crate::csv::Split;
use crate::csvw::model::Column;
use crate::plan::ColumnId;
use crate::store::StoreError;
use askama::Template;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Triple};
use std::collections::HashMap;
use std::io;

/// Rows of a page.
const ROWS: u64 = 50;

/// Characters of a cell that the list of rows shows.
const CELL: usize = 120;

/// Triples of a row that are shown.
const TRIPLES: usize = 300;

/// Claims of a triple that are shown.
const CLAIMS: usize = 4;

/// A page of a table.
#[derive(Template)]
#[template(path = "table.html")]
pub(super) struct TablePage<'a> {
    frame: &'a PageFrame,
    file: String,
    rows_in_all: String,
    download: String,
    columns: Vec<Heading>,
    rows: Vec<(ValueView, Vec<String>)>,
    previous: Option<String>,
    next: Option<String>,
}

/// A column of a table.
struct Heading {
    /// As spreadsheets call it.
    letter: String,
    title: String,
    name: String,
}

/// A row with what it yields.
#[derive(Template)]
#[template(path = "row.html")]
pub(super) struct RowPage<'a> {
    frame: &'a PageFrame,
    file: String,
    table: String,
    number: u64,
    /// What the row is about.
    about: Option<ValueView>,
    cells: Vec<CellView>,
    /// What no cell makes but the row.
    others: Vec<TripleView>,
    cut: bool,
    previous: Option<String>,
    next: Option<String>,
}

/// A cell with what it yields.
struct CellView {
    anchor: String,
    place: String,
    heading: Heading,
    text: String,
    yields: Vec<TripleView>,
}

/// A triple that a cell makes.
struct TripleView {
    /// Where it is not what the row is about.
    subject: Option<ValueView>,
    property: ValueView,
    object: ValueView,
    /// The graph, where it is not that of facts.
    graph: Option<ValueView>,
    /// Why it is in no graph.
    withheld: bool,
    claims: Vec<ClaimView>,
}

impl BuildTables {
    /// The rows that a test picks, in some splits of a table, a number of them at most.
    fn rows(
        &self,
        table: usize,
        splits: &[Split],
        most: usize,
        is_wanted: impl Fn(u64, u64) -> bool,
    ) -> io::Result<Vec<FileRow>> {
        let mut rows = Vec::new();
        for split in splits {
            if rows.len() == most {
                break;
            }
            let all = self.rows_of(table, split)?;
            let wanted = all.iter().filter(|row| is_wanted(row.data_row, row.number));
            rows.extend(wanted.take(most - rows.len()).cloned());
        }
        Ok(rows)
    }

    /// The title of a column in a language.
    fn heading(&self, table: usize, column: usize, index: u64, language: &str) -> Heading {
        let found = self.facts.tables.group.tables.get(table);
        let found = found.and_then(|table| table.columns.get(column));
        let title = found.map_or("", |column| title(column, language));
        let name = found.map_or("", |column| &column.name);
        Heading {
            letter: letter(index),
            title: if title.is_empty() { name } else { title }.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// The title of a column in a language, in English, or in any.
fn title<'c>(column: &'c Column, language: &str) -> &'c str {
    let titles = &column.titles;
    let of = |tag: &str| titles.iter().find(|(known, _)| known == tag);
    let found = of(language).or_else(|| of("en")).or_else(|| titles.first());
    found.map_or("", |(_, title)| title.as_str())
}

/// A column as spreadsheets call it: `A` for 0, `AA` for 26.
fn letter(mut index: u64) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)));
        if index < 26 {
            break;
        }
        index = index / 26 - 1;
    }
    letters.iter().rev().collect()
}

impl<'a> TablePage<'a> {
    /// The rows of a table from a data row on.
    pub(super) fn of(
        view: &PageReader<'a>,
        tables: &BuildTables,
        table: usize,
        from: u64,
    ) -> Result<Option<Self>, StoreError> {
        let (language, words) = (view.language(), view.frame.words);
        let Some(plan) = tables.facts.tables.plan.tables.get(table) else {
            return Ok(None);
        };
        let url = plan.url.split('#').next().unwrap_or_default().to_owned();
        let path = url
            .strip_prefix(view.site.base())
            .unwrap_or(&url)
            .to_owned();
        let splits = tables.splits(table).map_err(unread)?;
        let last = from.saturating_add(ROWS);
        let near = near(&splits, |split| split.start.row, from, last);
        // One more says whether another page follows.
        let most = usize::try_from(ROWS).unwrap_or(usize::MAX) + 1;
        let wanted = |row: u64, _| row >= from && row <= last;
        let mut rows = tables.rows(table, near, most, wanted).map_err(unread)?;
        let more = rows.len() as u64 > ROWS;
        rows.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
        let columns = (0..plan.file_columns()).map(|column| {
            let cells = rows.first().map(|row| &row.cells.places);
            let place = cells.and_then(|places| places.get(column)?.cell.as_ref());
            let index = place.map_or(column as u64, |place| u64::from(place.column_index));
            tables.heading(table, column, index, language.code())
        });
        let columns = columns.collect();
        let page = |from: u64| match from {
            1 => view.frame.href(&format!("/{path}")),
            from => view.frame.href(&format!("/{path}?from={from}")),
        };
        let input = view
            .build()
            .manifest()
            .inputs()
            .iter()
            .find(|input| input.name == path);
        Ok(Some(Self {
            frame: view.frame,
            rows_in_all: input
                .and_then(|input| input.rows)
                .map(|rows| language.count(rows, &words.table_rows))
                .unwrap_or_default(),
            download: view
                .frame
                .links
                .plain(&format!("/downloads/inputs/{}", super::encode(&path))),
            columns,
            rows: rows
                .into_iter()
                .map(|row| {
                    let link = view.frame.links.page(&format!("{url}#row={}", row.number));
                    let texts = row.cells.texts.iter().map(|text| shortened(text, CELL));
                    (
                        ValueView::link(row.number.to_string(), link),
                        texts.collect(),
                    )
                })
                .collect(),
            previous: (from > 1).then(|| page(from.saturating_sub(ROWS).max(1))),
            next: more.then(|| page(last)),
            file: path,
        }))
    }
}

/// The splits that hold something from one number to another, by what they start with.
fn near(splits: &[Split], start: impl Fn(&Split) -> u64, from: u64, to: u64) -> &[Split] {
    let first = splits
        .partition_point(|split| start(split) <= from)
        .saturating_sub(1);
    let end = splits.partition_point(|split| start(split) <= to);
    splits.get(first..end.max(first)).unwrap_or_default()
}

impl<'a> RowPage<'a> {
    /// A row by its number in the file; `None` where there is none.
    pub(super) fn of(
        view: &PageReader<'a>,
        tables: &BuildTables,
        table: usize,
        number: u64,
    ) -> Result<Option<Self>, StoreError> {
        let Some(plan) = tables.facts.tables.plan.tables.get(table) else {
            return Ok(None);
        };
        let splits = tables.splits(table).map_err(unread)?;
        let near = near(
            &splits,
            |split| split.start.record,
            number.saturating_sub(1),
            number + 1,
        );
        let around = |_, found: u64| found + 1 >= number && found <= number + 1;
        let rows = tables.rows(table, near, 3, around).map_err(unread)?;
        let url = plan.url.split('#').next().unwrap_or_default().to_owned();
        let link = |row: &FileRow| view.frame.links.page(&format!("{url}#row={}", row.number));
        let previous = rows.iter().find(|row| row.number + 1 == number).map(link);
        let next = rows.iter().find(|row| row.number == number + 1).map(link);
        let Some(row) = rows.into_iter().find(|row| row.number == number) else {
            return Ok(None);
        };
        let made = row.made.get(..TRIPLES).unwrap_or(&row.made);
        let cut = made.len() < row.made.len();
        let about = made.iter().find_map(|(quad, _)| match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => Some(node.clone()),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let mut by_column: HashMap<usize, Vec<TripleView>> = HashMap::new();
        let mut others = Vec::new();
        for (quad, origin) in made {
            let one = TripleView::of(view, quad, about.as_ref())?;
            match origin.column.map(ColumnId::index) {
                Some(column) if column < plan.file_columns() => {
                    by_column.entry(column).or_default().push(one);
                }
                _ => others.push(one),
            }
        }
        let language = view.language().code();
        let texts = row.cells.texts.iter().zip(&row.cells.places).enumerate();
        let cells = texts
            .take(plan.file_columns())
            .map(|(column, (text, place))| {
                let index = place
                    .cell
                    .as_ref()
                    .map_or(column as u64, |cell| u64::from(cell.column_index));
                CellView {
                    anchor: format!("c{}", index + 1),
                    place: format!("{}{number}", letter(index)),
                    heading: tables.heading(table, column, index, language),
                    text: text.clone(),
                    yields: by_column.remove(&column).unwrap_or_default(),
                }
            });
        Ok(Some(Self {
            frame: view.frame,
            cells: cells.collect(),
            file: url
                .strip_prefix(view.site.base())
                .unwrap_or(&url)
                .to_owned(),
            table: view.frame.links.page(&format!("{url}#col=1")),
            number,
            about: about.map(|node| view.thing(node.as_str())),
            others,
            cut,
            previous,
            next,
        }))
    }
}

impl TripleView {
    fn of(
        view: &PageReader<'_>,
        quad: &Quad,
        about: Option<&NamedNode>,
    ) -> Result<Self, StoreError> {
        let subject = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) if Some(node) != about => Some(node),
            _ => None,
        };
        let triple = Triple::from(quad.clone());
        let mut claims = Vec::new();
        if let NamedOrBlankNode::NamedNode(node) = &quad.subject {
            let about = view.claims(node)?;
            let about = about.iter().filter(|claim| {
                claim.predicate.as_ref() == Some(&triple.predicate)
                    && claim.objects.contains(&triple.object)
            });
            for claim in about.take(CLAIMS) {
                claims.push(view.claim_view(claim)?);
            }
        }
        // Blank nodes have other labels in the build.
        let is_named = !matches!(quad.subject, NamedOrBlankNode::BlankNode(_))
            && !matches!(quad.object, oxrdf::Term::BlankNode(_));
        let there = match is_named {
            true => !view
                .quads(
                    Some(quad.subject.as_ref()),
                    Some(quad.predicate.as_ref()),
                    Some(quad.object.as_ref()),
                    Some(quad.graph_name.as_ref()),
                    1,
                )?
                .is_empty(),
            false => true,
        };
        Ok(Self {
            subject: subject.map(|node| view.thing(node.as_str())),
            property: view.term(quad.predicate.as_str()),
            object: view.value(&quad.object),
            graph: match &quad.graph_name {
                GraphName::NamedNode(graph) => Some(view.thing(graph.as_str())),
                _ => None,
            },
            withheld: !there,
            claims,
        })
    }
}

fn unread(error: io::Error) -> StoreError {
    StoreError::io("tables".as_ref(), "read", error)
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let found = [0, 25, 26, 27, 51, 52, 701, 702].map(letter);
        assert_eq!(found, ["A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"]);
    }
}
