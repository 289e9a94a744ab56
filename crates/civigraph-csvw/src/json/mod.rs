//! JSON out of the plan: *Generating JSON from Tabular Data on the Web*, W3C Recommendation of
//! 2015-12-17.
//!
//! csv2json is a second reading of what csv2rdf says of each row: the quads of a plan in standard
//! mode, with the columns that made them, hold all that the objects need. So [`JsonSink`] is a
//! [`Sink`] like the others: rows stream, chunks are converted on all cores, and memory does not
//! grow with the table.
//!
//! ```text
//! quads of a row ─► row (subjects, names, values) ─► nest (subjects that refer to each other) ─► text
//! ```
//!
//! The output has one row a line.

mod annotation;
mod nest;
mod row;
#[cfg(test)]
mod tests;
mod text;

use crate::convert::{Origin, QuadSink, Sink};
use crate::csvw::ConversionMode;
use crate::csvw::model::{Table, TableGroup};
use crate::datatype::Datatype;
use crate::plan::{ColumnId, ObjectMap, Plan, TableId, TablePlan};
use crate::uri::percent_decode;
use annotation::write_annotations;
use oxrdf::vocab::rdfs;
use oxrdf::{QuadRef, TermRef};
use row::JsonRow;
use std::io::{self, Write};
use std::sync::Arc;
use text::{write_member, write_string};

/// Writes the JSON of a table group.
///
/// ```
/// use civigraph_csvw::convert::{self, Options};
/// use civigraph_csvw::csvw::{self, CompileOptions, LoadOptions};
/// use civigraph_csvw::diagnostic::{Diagnostics, ReadingMode};
/// use civigraph_csvw::json::JsonSink;
/// use civigraph_csvw::resource::LocalFiles;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("cities.csv");
/// std::fs::write(&path, "id,name\nsamara,Самара\n")?;
/// let (files, mut diagnostics) = (LocalFiles::new(folder.path()), Diagnostics::new(ReadingMode::Convert));
/// let url = files.url_of(&path);
/// let group = csvw::load(&url, &LoadOptions::default(), &files, &mut diagnostics).ok_or("no table")?;
/// let plan = csvw::compile(&group, &CompileOptions::default(), &mut diagnostics);
/// let mut sink = JsonSink::new(Vec::new(), &group, &plan, csvw::ConversionMode::Minimal);
/// convert::run(&plan, &files, &Options::default(), &mut sink, &mut diagnostics)?;
/// assert_eq!(
///     String::from_utf8(sink.finish()?)?,
///     "[\n{\"id\":\"samara\",\"name\":\"Самара\"}\n]\n"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct JsonSink<W> {
    output: W,
    shared: Arc<JsonContext>,
    /// The table whose rows are being written.
    table: Option<usize>,
    /// Comments among the rows of that table.
    comments: Vec<String>,
    /// Whether something is before, in the innermost open array.
    started: OpenArrays,
}

/// Whether the open arrays have an item already.
#[derive(Debug, Default)]
struct OpenArrays {
    output: bool,
    tables: bool,
    rows: bool,
}

/// What all chunks need.
#[derive(Debug)]
struct JsonContext {
    mode: ConversionMode,
    head: String,
    tables: Vec<TableJson>,
}

/// What is known of a table ahead of its rows.
#[derive(Debug)]
struct TableJson {
    /// `"@id":…,"url":…` as it is written.
    head: String,
    /// Notes and annotations.
    annotations: Vec<crate::csvw::model::Annotation>,
    notes: Vec<crate::csvw::model::AnnotationValue>,
    /// There may be comments among the rows, so annotations are written after them.
    comments: bool,
    columns: Vec<ColumnJson>,
}

/// How the quads of a column become members.
#[derive(Debug)]
struct ColumnJson {
    /// The name of the members; `None` where the property's URL is it.
    name: Option<String>,
    datatype: Datatype,
    /// Values come in an array, however many they are.
    array: bool,
    /// Quads are those of an `rdf:List`.
    list: bool,
    /// Objects are value URLs, which may name another subject of the row.
    urls: bool,
}

impl TableJson {
    fn new(table: &Table, plan: &TablePlan) -> Self {
        let mut head = String::new();
        if let Some(id) = &table.id {
            write_member("@id", &mut head);
            write_string(id, &mut head);
            head.push(',');
        }
        write_member("url", &mut head);
        write_string(&table.url, &mut head);
        let columns = table.columns.iter().zip(&plan.columns).enumerate();
        let columns = columns
            .map(|(index, (column, planned))| {
                let mut maps = plan.maps_of(ColumnId::new(index));
                let object = maps.next().map(|map| &map.object);
                let urls = object.is_some_and(ObjectMap::is_iri);
                let each = object.is_some_and(|object| {
                    let expansion = object.term().expansion();
                    expansion.is_some_and(|expansion| expansion.each.is_some())
                });
                ColumnJson {
                    name: match column.property_url {
                        Some(_) => None,
                        None => Some(percent_decode(&column.name)),
                    },
                    datatype: planned.datatype.clone(),
                    array: planned.separator.is_some() && (!urls || each),
                    list: object.is_some_and(ObjectMap::is_list),
                    urls,
                }
            })
            .collect();
        Self {
            head,
            annotations: table.annotations.clone(),
            notes: table.notes.clone(),
            comments: table.dialect.comment_prefix.is_some(),
            columns,
        }
    }

    /// Notes and annotations, each after a comma.
    fn write_about(&self, comments: &[String], out: &mut String) {
        write_annotations(&self.annotations, &self.notes, comments, out);
    }
}

impl<W: Write + Sync> JsonSink<W> {
    /// Writes the JSON of `group` in a mode. The plan is that of the group, compiled in standard
    /// mode whatever the mode of the JSON.
    pub fn new(output: W, group: &TableGroup, plan: &Plan, mode: ConversionMode) -> Self {
        let mut head = String::new();
        if let Some(id) = &group.id {
            write_member("@id", &mut head);
            write_string(id, &mut head);
            head.push(',');
        }
        let mut about = String::new();
        write_annotations(&group.annotations, &group.notes, &[], &mut about);
        if let Some(about) = about.strip_prefix(',') {
            head.push_str(about);
            head.push(',');
        }
        let tables = group.tables.iter().zip(&plan.tables);
        Self {
            output,
            shared: Arc::new(JsonContext {
                mode,
                head,
                tables: tables
                    .map(|(table, plan)| TableJson::new(table, plan))
                    .collect(),
            }),
            table: None,
            comments: Vec::new(),
            started: OpenArrays::default(),
        }
    }

    /// Writes what is open to its end, flushes and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.start()?;
        self.close_table()?;
        self.output.write_all(match self.shared.mode {
            ConversionMode::Standard => b"]}\n",
            ConversionMode::Minimal => b"\n]\n",
        })?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn start(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.started.output, true) {
            match self.shared.mode {
                ConversionMode::Standard => {
                    write!(self.output, "{{{}\"tables\":[", self.shared.head)?
                }
                ConversionMode::Minimal => self.output.write_all(b"[")?,
            }
        }
        Ok(())
    }

    fn open_table(&mut self, index: usize) -> io::Result<()> {
        self.start()?;
        if self.table == Some(index) {
            return Ok(());
        }
        self.close_table()?;
        self.table = Some(index);
        if self.shared.mode == ConversionMode::Minimal {
            return Ok(());
        }
        if std::mem::replace(&mut self.started.tables, true) {
            self.output.write_all(b",")?;
        }
        self.started.rows = false;
        if let Some(table) = self.shared.tables.get(index) {
            let mut head = format!("\n{{{}", table.head);
            if !table.comments {
                table.write_about(&[], &mut head);
            }
            head.push_str(",\"row\":[");
            self.output.write_all(head.as_bytes())?;
        }
        Ok(())
    }

    fn close_table(&mut self) -> io::Result<()> {
        let Some(index) = self.table.take() else {
            return Ok(());
        };
        let comments = std::mem::take(&mut self.comments);
        if self.shared.mode == ConversionMode::Standard
            && let Some(table) = self.shared.tables.get(index)
        {
            let mut tail = String::from("\n]");
            if table.comments {
                table.write_about(&comments, &mut tail);
            }
            tail.push('}');
            self.output.write_all(tail.as_bytes())?;
        }
        Ok(())
    }
}

impl<W: Write + Sync> Sink for JsonSink<W> {
    type Chunk = JsonChunk;

    fn chunk(&self) -> JsonChunk {
        JsonChunk {
            shared: Arc::clone(&self.shared),
            table: None,
            text: String::new(),
            comments: Vec::new(),
            row: JsonRow::default(),
        }
    }

    fn accept(&mut self, mut chunk: JsonChunk) -> io::Result<()> {
        chunk.end_row();
        let Some(table) = chunk.table else {
            return Ok(());
        };
        self.open_table(table)?;
        self.comments.append(&mut chunk.comments);
        if !chunk.text.is_empty() {
            if std::mem::replace(&mut self.started.rows, true) {
                self.output.write_all(b",")?;
            }
            self.output.write_all(chunk.text.as_bytes())?;
        }
        Ok(())
    }
}

/// The rows of one chunk as JSON.
#[derive(Debug)]
pub struct JsonChunk {
    shared: Arc<JsonContext>,
    table: Option<usize>,
    text: String,
    comments: Vec<String>,
    row: JsonRow,
}

impl QuadSink for JsonChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let Some(table) = origin.table.map(TableId::index) else {
            return;
        };
        self.table = Some(table);
        if origin.row == 0 {
            // Annotations of the table have no line; comments among the rows do.
            if origin.line > 0
                && quad.predicate == rdfs::COMMENT
                && let TermRef::Literal(comment) = quad.object
            {
                self.comments.push(comment.value().to_owned());
            }
            return;
        }
        if origin.row != self.row.number {
            self.end_row();
            self.row.start(origin.row);
        }
        let shared = Arc::clone(&self.shared);
        let columns = shared
            .tables
            .get(table)
            .map_or(&[][..], |table| &table.columns);
        let column = origin.column.and_then(|id| columns.get(id.index()));
        match column {
            Some(column) => self.row.cell(column, quad),
            None => self.row.about(quad),
        }
    }
}

impl JsonChunk {
    fn end_row(&mut self) {
        if self.row.number > 0 {
            self.row.write(self.shared.mode, &mut self.text);
            self.row.number = 0;
        }
    }
}
