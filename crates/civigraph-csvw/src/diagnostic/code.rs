//! The table of rules: every code, what it means and how much it weighs.
//!
//! A new diagnostic is one new entry here. Numbers are never re-used.
//! `CG01xx` files and encodings, `CG02xx` CSV structure, `CG03xx` JSON and metadata,
//! `CG04xx` cells and datatypes, `CG05xx` keys and references, `CG06xx` claims, evidence and merges,
//! `CG07xx` queries, `CG08xx` store and builds, `CG09xx` shapes.

use super::{ReadingMode, Severity};

/// How a rule weighs when converting and when validating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// An error in both modes.
    Error,
    /// A warning when converting, an error when validating.
    Invalid,
    /// A warning in both modes.
    Warning,
    /// Silent when converting, an error when validating.
    ValidateOnly,
    /// A note in both modes.
    Note,
}

macro_rules! codes {
    ($($(#[doc = $page:literal])+ $name:ident = $number:literal, $weight:ident, $title:literal, $section:literal;)*) => {
        /// The rule that a diagnostic is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $page])+ $name,)*
        }

        impl Code {
            /// Every code, in order of number.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as users see it: `CG0401`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => concat!("CG", $number),)* }
            }

            /// A short name of the problem.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The section of the specification that has the rule, or an empty string.
            pub const fn section(self) -> &'static str {
                match self { $(Code::$name => $section,)* }
            }

            /// The page about the code: what it means, and what to do about it.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$name => concat!($($page, "\n",)+),)* }
            }

            /// How the rule weighs.
            pub const fn weight(self) -> Weight {
                match self { $(Code::$name => Weight::$weight,)* }
            }
        }
    };
}

codes! {
    /// The file could not be opened or read. Check its name, that it exists, and its permissions. A URL on
    /// the web is fetched only where that is allowed; a catalog maps URLs to local files.
    Unreadable = "0101", Error, "unreadable file", "";
    /// The bytes are not in the encoding that the dialect declares (UTF-8 unless it says otherwise).
    /// Save the file as UTF-8, or declare its encoding in the dialect: `"dialect": {"encoding": "windows-1251"}`.
    Encoding = "0102", Error, "wrong encoding", "tabular-data-model §8";
    /// The dialect declares an encoding, but every byte of the file is valid UTF-8, letters beyond ASCII included:
    /// no other encoding gives that by chance, and read as declared each of them becomes two or three wrong
    /// ones. Leave `encoding` out of the dialect. Nothing else of the table is checked.
    DeclaredEncoding = "0105", Error, "UTF-8 declared as something else", "tabular-data-model §8";
    /// Read as the dialect declares, words of the file mix letters and signs as no language does. Most
    /// likely the file has another encoding; the message shows how it would read. Declare that one, or save the
    /// file as UTF-8 and leave `encoding` out of the dialect.
    EncodingDoubt = "0106", Warning, "doubtful encoding", "tabular-data-model §8";
    /// A file in a folder of the project looks as if it counted, and nothing reads it: a table that the
    /// metadata does not list, metadata that is not the project's, shapes in a file whose name does not start
    /// with `shapes`, a query or an ontology with another ending. List it, rename it, or move it away.
    UnreadFile = "0107", Warning, "file that nothing reads", "";
    /// The catalog is neither a JSON object of URLs with the paths of their files nor one with `resources`, each
    /// with a `path`. Fix it at the place that the message names; paths in a catalog are relative to the catalog.
    Catalog = "0104", Error, "wrong catalog", "";
    /// A quote opens and never closes, text follows a closing quote, or a quote is in a cell that is not
    /// quoted. Put the whole cell in quotes and double each quote in it: `"the ""old"" town"`.
    Quoting = "0201", Error, "broken quoting", "tabular-data-model §8.1";
    /// The record has more or fewer cells than the header. Add the delimiters that are missing, or put a cell
    /// that holds the delimiter in quotes.
    Ragged = "0202", Invalid, "ragged row", "tabular-data-model §8";
    /// A record is longer than 32 MiB, most often because a quote in it is never closed. The message names
    /// its longest cell. The record is left out; what follows it is read, but references to the table are not
    /// checked, because the record may have their key. Close the quote, or keep texts of that size in files of
    /// their own.
    RecordTooLong = "0203", Error, "record too long", "";
    /// A NUL byte is in a cell; text has none. Is the file UTF-16? Then declare that encoding in the
    /// dialect, or save the file as UTF-8. If not it is damaged: get it again.
    Nul = "0204", Error, "NUL byte", "";
    /// A URI template, filled in with the values of a row, gives nothing that is an IRI. The cell yields
    /// nothing. Look at the template of the column and at the values it uses: `{+x}` copies a value as it is,
    /// `{x}` encodes what cannot be in an IRI.
    InvalidIri = "0205", Error, "template gives no IRI", "tabular-metadata §5.1.3";
    /// The lines of the file end with carriage returns alone, which end no line unless the dialect says so:
    /// all of the file is its header. Declare them, `"dialect": {"lineTerminators": ["\r"]}`, or save the
    /// file with other line ends.
    LineTerminators = "0206", Invalid, "lines end with carriage returns", "tabular-data-model §8";
    /// The table, or the metadata, holds the marks that git leaves where two versions could not be merged
    /// (`<<<<<<<`, `=======`, `>>>>>>>`), so that both are in it. Nothing else of the file is checked. Keep what is right
    /// between the marks, and delete them.
    Conflict = "0207", Error, "unresolved merge conflict", "";
    /// The first line is `sep=;` or the like: spreadsheets take it as a note about the delimiter, CSV as the
    /// header. Skip it and name the delimiter, `"dialect": {"delimiter": ";", "skipRows": 1}`, as
    /// proposed metadata does, or delete the line.
    StatedDelimiter = "0208", Invalid, "note about the delimiter as the header", "";
    /// The file has no line with a column, and no metadata says which there should be: nothing of it can be
    /// checked or converted. An interrupted export leaves such files. Fetch it again, or delete it.
    EmptyFile = "0209", Warning, "empty file", "";
    /// A row among the data repeats the header, as where files of one kind were joined into one. It is read as data. Delete
    /// the row.
    RepeatedHeader = "0210", Warning, "header among the rows", "";
    /// No metadata describes the file. By commas its rows have one cell each, and another delimiter separates the cells of
    /// all rows: nothing of the file is checked. Declare the delimiter, `"dialect": {"delimiter": ";"}`, as proposed metadata does.
    OtherDelimiter = "0211", Invalid, "rows with another delimiter", "tabular-data-model §8";
    /// The JSON of a metadata document does not parse. JSON has no comments and no trailing commas, and
    /// its strings and names are in double quotes. Fix the place that the message names; nothing of
    /// the document is used until then.
    Json = "0301", Error, "invalid JSON", "tabular-metadata §5";
    /// An object has two members of one name. The last one counts and the others are lost, which is
    /// rarely what was meant. Delete or rename one.
    JsonDuplicate = "0302", Warning, "member given twice", "tabular-metadata §5";
    /// Arrays and objects are nested deeper than any metadata needs. The limit protects the program
    /// from documents made to crash it. Make the description flatter.
    JsonDepth = "0303", Error, "JSON nested too deeply", "";
    /// A metadata document, schema or dialect must be one JSON object. Put what it says between `{` and `}`,
    /// or let the reference name another document.
    NotAnObject = "0304", Error, "not a description", "tabular-metadata §5";
    /// A metadata document starts with `"@context": "http://www.w3.org/ns/csvw"`, which tells other
    /// tools what it is. Add that member.
    MissingContext = "0305", Warning, "no @context", "tabular-metadata §5.2";
    /// `@context` is the string `http://www.w3.org/ns/csvw`, or an array of that string and an object
    /// with nothing but `@base` and `@language`. No own prefixes or terms can be declared: write
    /// properties of other vocabularies as full URLs.
    Context = "0306", Error, "wrong @context", "tabular-metadata §5.2";
    /// A property is not defined for this kind of description and is ignored: a misspelling, a property
    /// on the wrong level, or an own property without a prefix. Correct its name or move it; properties of
    /// other vocabularies need a prefix (`dc:title`) or a full URL.
    UnknownProperty = "0310", Warning, "unknown property", "tabular-metadata §5";
    /// The value of a property has the wrong type or is not one of the permitted ones. The property's
    /// default is used instead. Give it a value of the kind that the message expects, or leave it out.
    InvalidValue = "0311", Warning, "invalid value", "tabular-metadata §5.1";
    /// An item of an array is not of the kind that the array holds and is ignored. Correct or delete it.
    ArrayItem = "0312", Warning, "ignored array item", "tabular-metadata §5.1.1";
    /// A property that this description must have is missing or invalid. Add it: a table has a `url`, a
    /// foreign key a `columnReference` and a `reference`.
    MissingProperty = "0313", Error, "missing property", "tabular-metadata §5";
    /// `@type` of a description is fixed: `TableGroup`, `Table`, `Schema`, `Column`, `Dialect`,
    /// `Template` or `Datatype`. Correct it or leave it out.
    DescriptionType = "0314", Error, "wrong @type", "tabular-metadata §5";
    /// An `@id` starts with `_:`. Descriptions are identified by URLs, not by blank nodes. Give it a URL, or
    /// leave it out.
    BlankNodeId = "0315", Error, "blank node as @id", "tabular-metadata §A";
    /// The group describes no table. List at least one in `tables`: `{"url": "cities.csv"}`.
    NoTables = "0316", Error, "no tables", "tabular-metadata §5.3.1";
    /// The group lists one file twice, perhaps in two spellings of its URL. Each file is one table; the second entry is
    /// left out. Delete one of the two, or correct its `url`.
    TableTwice = "0317", Invalid, "table listed twice", "tabular-metadata §5.3";
    /// A column name consists of ASCII letters, digits, `_`, `.` and per cent encodings, and does not
    /// start with `_`: it must work as a variable in URI templates. The name is ignored and the column
    /// is named after its title. Choose a name of that form; `titles` is for readers.
    ColumnName = "0320", Warning, "invalid column name", "tabular-metadata §5.6";
    /// Two columns of one table have the same name. Rename one of them; templates and keys name columns by it.
    DuplicateColumn = "0321", Error, "column name used twice", "tabular-metadata §5.5";
    /// Two columns without a `name` have the same title, so that a URI template cannot tell them apart.
    /// Give them names in the metadata.
    AmbiguousTitle = "0322", Warning, "title used twice", "tabular-metadata §5.6";
    /// Virtual columns are after all columns of the file. Move them to the end of `columns`; if the column
    /// is one of the file, delete `virtual`.
    VirtualOrder = "0323", Error, "virtual column before a column of the file", "tabular-metadata §5.6";
    /// `primaryKey` or `rowTitles` names a column that has no such `name` in this schema. The property
    /// is ignored. Correct the name, or give the column that `name`: a title is not enough.
    UnknownColumn = "0324", Warning, "reference to an unknown column", "tabular-metadata §5.1.4";
    /// A foreign key has `columnReference` and `reference`, nothing else; `reference` has
    /// `columnReference` and one of `resource` and `schemaReference`. Both sides name as many columns.
    /// Add what is missing, delete what is too much.
    ForeignKey = "0325", Error, "wrong foreign key", "tabular-metadata §5.5";
    /// The table, schema or column that a foreign key names does not exist, or several have that name.
    /// Correct the name: tables are named by their `url`, schemas by their `@id`, columns by their `name`.
    ForeignKeyTarget = "0326", Error, "foreign key without a target", "tabular-metadata §5.5";
    /// A variable of a URI template is neither a column of the table nor one of `_row`, `_sourceRow`,
    /// `_column`, `_sourceColumn`, `_name`. It expands to nothing. Correct its name.
    TemplateVariable = "0327", Warning, "unknown template variable", "tabular-metadata §5.1.3";
    /// The column is a list, and its `valueUrl` names it: by the standard (RFC 6570 §3.2.1) the items are joined
    /// by commas into one IRI. If each item has an IRI of its own, say so with the own annotation `each`:
    /// `"https://w3id.org/civigraph/csvw#each": true`.
    JoinedList = "0328", Note, "one IRI of all items", "tabular-metadata §5.1.3";
    /// Common properties and notes look like JSON-LD but permit less: `@value` is alone or with one
    /// of `@type` and `@language`; `@id` and `@type` are never blank nodes; there is no `@list`, `@set`,
    /// `@graph` or `@context`; `@language` wants `@value`; a number is one that a double holds. Write the
    /// value in that form.
    CommonProperty = "0330", Error, "wrong common property", "tabular-metadata §5.8.2";
    /// A name in metadata starts with a prefix that is not one of the context of CSVW, and metadata cannot
    /// declare any: `bib:born` is the IRI `bib:born` as it is. Write the whole IRI,
    /// `http://purl.org/vocab/bio/0.1/born`. Registered URI schemes such as `urn:` are no prefixes.
    UndeclaredPrefix = "0331", Warning, "undeclared prefix", "tabular-metadata §5.2";
    /// RDF, RDF Schema, SKOS and DCMI Metadata Terms have a fixed set of terms. This is not one of them, but is spelled
    /// much like one, as `rdfs:lable` is. A query for the right name does not find what is written here. Correct the name.
    UnknownTerm = "0332", Warning, "unknown term of a vocabulary", "";
    /// A metadata document was found for the CSV, but does not mention it, and so is not used. Add a
    /// table with the `url` of the CSV, or rename the document.
    MetadataIgnored = "0340", Warning, "metadata does not describe the file", "tabular-data-model §5";
    /// A metadata document, or a schema or dialect that it refers to, cannot be had. Check the name. A URL on
    /// the web is fetched only where that is allowed; a catalog maps URLs to local files.
    MetadataUnreadable = "0341", Error, "metadata not found", "tabular-metadata §6";
    /// Metadata was given for what is metadata itself, and is not read. Name a CSV with the metadata, or the
    /// metadata alone.
    MetadataOfOthers = "0342", Note, "metadata not read", "tabular-data-model §5";
    /// The metadata that was given for a file describes other files than the one that was named, so
    /// nothing was checked or converted. Name a file that it describes, add a table with the `url` of the file
    /// to the metadata, or leave `url` out of it: then it describes whatever files are named.
    MetadataMismatch = "0343", Error, "metadata of another file", "tabular-data-model §5";
    /// The schema describes more or fewer columns than the header has. Describe every column of the file, in
    /// order; a column that is not in the file is `virtual`.
    ColumnCount = "0350", Invalid, "wrong number of columns", "tabular-metadata §5.5.1";
    /// The title of a column in the header is none of its titles in the metadata. Titles are compared to
    /// the letter, in languages that agree. Correct the header, or add the title to `titles`.
    HeaderTitle = "0351", Invalid, "header does not match the metadata", "tabular-metadata §5.5.1";
    /// The metadata gives the column a `name` but no `titles`, so that nothing says that the column of
    /// the header is meant. Add `titles` with the text of the header.
    HeaderUnnamed = "0352", ValidateOnly, "column without titles", "tabular-metadata §5.5.1";
    /// An annotation of the namespace `https://w3id.org/civigraph/csvw#` is unknown, is on the wrong
    /// description, or has a wrong value. Correct its name or its value, or move it.
    OwnAnnotation = "0360", Error, "wrong own annotation", "";
    /// The IRIs of the project start with `http://example.org/`, because its metadata names no base or still
    /// the one that was proposed. Nobody can publish anything there. Name a base of your own before
    /// others use the IRIs: `"https://w3id.org/civigraph/csvw#base": "https://data.example.net/"` in the
    /// metadata, with a slash at its end.
    PlaceholderBase = "0361", Warning, "no base of the project's own", "";
    /// A cell of a required column is empty. Fill it, or drop `required` if the value may be unknown.
    Required = "0401", Invalid, "missing required cell", "tabular-metadata §5.7";
    /// A cell does not match the datatype of its column. Correct the cell, declare another `datatype`, or, if
    /// it stands for an unknown value, list its text in `null`.
    Datatype = "0402", Invalid, "cell does not match its datatype", "tabular-data-model §6.4";
    /// A cell is not written in the format that its datatype asks for: a number or date pattern, the
    /// words of a boolean, a regular expression. Write the cell in that format, or fix the `format`.
    Format = "0403", Invalid, "cell not in its format", "tabular-data-model §6.4";
    /// A cell has fewer or more characters (bytes, for binary datatypes) than its datatype allows. Correct the
    /// cell, or `length`, `minLength` and `maxLength` of the datatype.
    Length = "0404", Invalid, "cell of the wrong length", "tabular-data-model §4.6.1";
    /// A number, date, time or duration lies outside the bounds of its datatype. A time with and one
    /// without time zone that are within 14 hours of each other cannot be ordered, and count as outside.
    /// Correct the cell, or the bounds.
    Range = "0405", Invalid, "cell out of range", "tabular-data-model §4.6.2";
    /// A cell of a required column holds only white space: to the standard that is a value, for cells are not
    /// trimmed unless the dialect says so, but hardly to a reader. Fill the cell, declare
    /// `"dialect": {"trim": true}`, or list the text in `null`.
    Blank = "0406", Warning, "required cell with only white space", "tabular-metadata §5.9";
    /// Whether the cell matches the regular expression of its column could not be found out: with this
    /// text, look-around or back-references of the expression take too many steps. The cell counts as
    /// wrong. Write an expression whose repetitions do not overlap, as in `a+b` instead of `(a+)+b`.
    Unchecked = "0407", Error, "cell that could not be checked", "tabular-data-model §6.4";
    /// A column that holds the language of others has a cell that is not a well-formed language tag (BCP 47):
    /// `en_US` has `_` for `-`, `pt-` ends too early. The texts that it describes get no language. Correct the
    /// tag, or leave the cell empty if the language is unknown.
    LanguageTag = "0408", Invalid, "wrong language tag", "rdf11-concepts §3.3";
    /// The value is valid, and written to the graph as it is, but it is larger than 64 bits hold, or has more
    /// than 18 digits after the point. Queries of Civigraph compare, sort and sum integers and decimals of any
    /// size; other programs take them for text, round them or leave them out. Doubles that are rounded to infinity
    /// or to nothing, years beyond 12 digits, and durations of more months than 63 bits hold or more seconds than 20
    /// digits cannot be compared here either: a filter leaves their rows out, and they are sorted as text. Is it a
    /// number at all? Identifiers are strings: `"datatype": "string"`. Measurements may be `double`.
    NotComputable = "0409", Warning, "value beyond what most programs hold", "";
    /// The datatype has no such name. Its cells are taken as strings. Use one of the built-in names
    /// (`string`, `integer`, `decimal`, `date`, `gYear`, `anyURI` …), or an object with a `base`.
    UnknownDatatype = "0410", Warning, "unknown datatype", "tabular-metadata §5.11.1";
    /// The `format` of a datatype is not one that its base understands: not a number or date pattern,
    /// not two words for a boolean, not a regular expression. The format is ignored. Mend it as the message
    /// says: numbers take `#,##0.00`, dates `d.M.yyyy`, booleans `yes|no`.
    BadFormat = "0411", Warning, "invalid format", "tabular-data-model §6.4";
    /// A bound of a datatype is not a value of its base, so it is ignored. Bounds are written as XML Schema
    /// writes values, whatever the `format`.
    BadFacet = "0412", Invalid, "invalid bound", "tabular-metadata §5.11.2";
    /// The facets of a datatype contradict each other: `minLength` above `maxLength`, `minimum` above
    /// `maximum`, or an inclusive and an exclusive bound at one end. No value could satisfy them. Delete or
    /// correct one of them.
    FacetConflict = "0413", Error, "contradicting facets", "tabular-metadata §5.11.2";
    /// A facet does not apply to the base of its datatype: lengths are for strings and binary values,
    /// bounds for numbers, dates, times and durations. Delete it, or choose another base.
    FacetNotApplicable = "0414", Error, "facet does not apply", "tabular-metadata §5.11.2";
    /// The `@id` of a datatype is a blank node or the IRI of a built-in datatype. Give the datatype an
    /// IRI of its own, or none.
    DatatypeId = "0415", Error, "invalid datatype identifier", "tabular-metadata §5.11.2";
    /// An id, a reference or a label has a character that looks like another one or like nothing: a no-break
    /// space, white space at an end, a zero-width space, a soft hyphen, a letter in two parts, letters of two
    /// scripts in one word. What looks the same is then not the same. Correct the cell. Formatting
    /// with repair does so in all tables at once, so that references stay right.
    Unseen = "0416", Warning, "characters that look like others", "";
    /// The `format` is a regular expression, but too large or too deeply nested to be matched, so that no
    /// cell of the column can be checked against it. Write smaller numbers of repetitions and fewer groups.
    UnsupportedFormat = "0417", Error, "format that is not supported", "tabular-data-model §6.4";
    /// A URI template does not parse (RFC 6570): a brace is not closed, or a variable has a name with
    /// characters other than letters, digits, `_`, `.` and percent-encoded ones. Mend it at the character that
    /// the message names.
    UriTemplate = "0420", Error, "invalid URI template", "tabular-metadata §5.1.3";
    /// Two rows have the same primary key: the same values in all columns that `primaryKey` names.
    /// Values are compared, not texts: `1.0` and `1` are the same number. Null counts as a value.
    /// Change one of the keys, or remove the row that is there twice.
    DuplicateKey = "0501", Invalid, "duplicate primary key", "tabular-data-model §6.6";
    /// A foreign key, or an item of a list cell that is one, names a row that does not exist.
    /// A null is no exception (tabular-data-model §6.6), unless the own annotation `optional` on the
    /// column, its schema, table or group says that such a foreign key refers to nothing.
    /// Correct the reference, or add the row to the referenced table.
    DanglingReference = "0502", Invalid, "reference to a missing row", "tabular-data-model §6.6";
    /// A foreign key names more than one row of the referenced table; it must name exactly one.
    /// Make the referenced columns unique, or declare other columns. Where they are the primary key
    /// of the referenced table, the duplicates are reported there instead.
    AmbiguousReference = "0503", Invalid, "reference to several rows", "tabular-data-model §6.6";
    /// A claim names a table that the metadata does not describe, or several. Claims name tables by the
    /// stem of their file: `sessions` for `sessions.csv`. Correct the name; where several files have it,
    /// put the folder before it: `2018/sessions`. In one folder, keep more of the file's name:
    /// `sessions.2018` for `sessions.2018.csv`.
    ClaimTable = "0601", Error, "claim about an unknown table", "";
    /// A claim names a row by its primary key, and the table has no row with that key.
    /// Was the row renamed? A claim follows the id of its row; change it in both places.
    /// Or several rows have keys that are written alike: the values of a key of several columns are
    /// joined by `/`, so `a/b` and `c` look like `a` and `b/c`. Change the values of one of them.
    ClaimRow = "0602", Error, "claim about a missing or ambiguous row", "";
    /// A claim names a column that its table has not. Columns go by their `name` in the metadata, which may
    /// differ from the header. Correct the name.
    ClaimColumn = "0603", Error, "claim about an unknown column", "";
    /// A claim is about one item of a list cell, and the cell has no such item. Write the item as it is in
    /// the cell, or leave it out if the claim is about the whole list.
    ClaimItem = "0604", Error, "claim about a missing item", "";
    /// A claim is about a cell that yields no triple: it is empty, or its column is left out of the
    /// output. There is nothing that the claim could say who said. Fill the cell, or let the claim be
    /// about another one.
    ClaimNothing = "0605", Error, "claim about nothing", "";
    /// The metadata declares some parts of a claims, evidence, documents, quantity or merges table, but not
    /// all that are needed. Add the missing `part` annotation to its column.
    ClaimPart = "0606", Error, "incomplete claims metadata", "";
    /// A claim states a value that its column cannot hold: it does not fit the datatype that the metadata
    /// declares, or it is the key of no row that the column could refer to. Write it as the cells of the column are
    /// written, add the row that is meant, or state it in a note. For a column of numbers or dates, a source may state
    /// another measure (`P100Y` for a year): a duration, year, date or number stays what it is.
    ClaimValue = "0607", Error, "claim with a value that its column cannot hold", "";
    /// A cell has changed since the last build, and a claim about it has not: its evidence was read for what
    /// the cell said before. Compare the evidence with the cell. Where the source says something else, set the
    /// claim's `value`; where it is not evidence any more, change the evidence or refuse the claim. The next
    /// build takes the claim as reviewed.
    ClaimReview = "0608", Warning, "claim about a changed cell", "";
    /// All accepted claims about a cell of a `functional` column state one value, and the cell holds another.
    /// The graph has what the cell says, which no source supports. Put the stated value into the cell and take
    /// it out of the claim; or, where another source says what the cell does, add a claim for that: the two
    /// are then a conflict, and both are kept.
    ClaimAgainstCell = "0609", Warning, "claim against its cell", "";
    /// A source document is not the one that the curator read: its digest or its length differs.
    /// The words of every span can be looked for in it again; once all of them are found, its new digest is
    /// recorded. Where words have changed, review their claims.
    DocumentChanged = "0610", Error, "changed document", "";
    /// A source document is there and cannot be read, or is not UTF-8. Check its permissions, or save it as
    /// UTF-8; then its spans and its digest must be recorded anew.
    DocumentUnreadable = "0611", Error, "unreadable document", "";
    /// A span starts after its end or runs past the end of its document. Positions count Unicode code
    /// points from 0; the end is exclusive. Find the words in the document and record where they are.
    SpanOutside = "0612", Error, "span outside its document", "oa:TextPositionSelector";
    /// The words at a span are not those whose digest was recorded. Nothing is matched roughly: a
    /// lookalike is an error. Where the same words are elsewhere now, the hint says so.
    /// If the words have changed, review the claims that rest on them, take the evidence out and record other
    /// words.
    SpanDiffers = "0613", Error, "span with other words", "oa:TextPositionSelector";
    /// The folder of sources does not have a source document, so none of its spans can be checked.
    /// Put the document there under the file name of its row, or name the folder that has it.
    DocumentMissing = "0614", Error, "missing document", "";
    /// A decision about sameness makes no triple, so nothing follows from it. Things are merged by
    /// `dct:isReplacedBy` and kept apart by `owl:differentFrom`, in the accepted facts: add the virtual column
    /// that the hint shows to the table of decisions, or correct its condition.
    MergeWithoutEffect = "0620", Error, "decision without effect", "";
    /// A decision about sameness names something that no table describes. Was its id renamed or misspelt?
    /// Only what is merged into another thing need not be described any more.
    MergeTarget = "0621", Error, "decision about an unknown thing", "";
    /// Decisions about sameness are `same`, `different` and `unsure`, and those that the conditions (`when`) of
    /// the table name. Correct the cell.
    MergeDecision = "0622", Error, "unknown decision", "";
    /// Things are merged into each other in a circle, so none of them is the one that is left. Remove one of
    /// the decisions, or turn it round.
    MergeCircle = "0623", Error, "merge in a circle", "";
    /// One thing is merged into several others, or into one from which it is decided to differ. Nothing
    /// follows such a merge. Keep one of the decisions.
    MergeContradiction = "0624", Error, "contradictory decisions", "";
    /// A cell uses a thing that was merged into another one. Queries and descriptions by either name find it,
    /// but the tables say two things where there is one: write the id of the other thing.
    MergedInUse = "0625", Warning, "merged thing in use", "";
    /// The thing that is merged into another one is in no table, and no table makes IRIs of its form. What was
    /// merged may be gone, but it keeps the IRI that its table once gave it: the kind or the id is probably
    /// misspelt.
    MergeSource = "0626", Warning, "merge of a thing of no known form", "";
    /// The query is not SPARQL 1.1. The place is where the parser could not go on: look there and just before
    /// it for a missing brace, dot or prefix.
    QuerySyntax = "0701", Error, "SPARQL syntax error", "SPARQL 1.1 Query Language §19";
    /// The query is longer, deeper or wider than the limits allow. Limits keep one query from taking all
    /// memory and time; split it, or raise the limit where that is offered.
    QueryLimit = "0702", Error, "query over a limit", "";
    /// Queries read the published graph and nothing else: `SERVICE`, updates and `LOAD` are refused. To change
    /// the graph, change the CSV tables and build the project.
    QueryForbidden = "0703", Error, "query that is not allowed", "";
    /// There is no stored query, and no file, of that name.
    UnknownQuery = "0704", Error, "unknown query", "";
    /// The stored query has no parameter of that name. Correct the name: the list of stored queries
    /// has the parameters of each.
    UnknownParameter = "0705", Error, "unknown parameter", "";
    /// The value does not match the type of the parameter. Values become terms, never text of the query.
    /// Write it like the example in the message.
    ParameterValue = "0706", Error, "wrong parameter value", "";
    /// A parameter without a default was given no value. Add it after the name of the query: `name=value`.
    MissingParameter = "0707", Error, "missing parameter", "";
    /// The comment header of a stored query is not as it should be. Write it as `# title:`, `# title@ru:`,
    /// `# description:`, `# param: name type = default  # text` and `# tags:`; each parameter is a variable of
    /// the query that the query does not assign itself.
    QueryHeader = "0708", Error, "wrong query header", "";
    /// A comment line of a stored query looks like a line of its header, but has another key. It stays a
    /// comment, so that the query lacks its title, description, tags or parameter. The keys are `title`,
    /// `title@LANGUAGE`, `description`, `tags` and `param`.
    QueryHeaderKey = "0720", Warning, "unknown key in a query header", "";
    /// The query took longer than its time limit. What was printed before is not the whole answer. Narrow the
    /// query, or raise the limit.
    QueryTimeout = "0709", Error, "query timed out", "";
    /// The query was understood, but could not be evaluated. The message has the reason; this is rarely the
    /// fault of the query. Run it again, and report it if it stays.
    QueryFailed = "0710", Error, "query failed", "";
    /// Nothing in the graph has that IRI, id or label. Look at the proposals in the hint.
    UnknownEntity = "0711", Error, "unknown entity", "";
    /// Several things have that label or id. Name one by its IRI or by its kind and id: `city/irbit`.
    AmbiguousEntity = "0712", Error, "ambiguous name", "";
    /// A file of `ontology/rules` is not a rule. A rule is a `CONSTRUCT` query whose `WHERE` clause is made of
    /// triple patterns, `FILTER`, `BIND`, `VALUES` and `UNION`, so that each inferred triple has premises
    /// that can be named, and more facts never make fewer inferences. Write it with these alone.
    Rule = "0713", Error, "wrong rule", "";
    /// The rules infer new triples without end, or one cannot be evaluated. `BIND` that makes an IRI from
    /// an IRI that the rule made itself does that. Let the body match only what the tables say.
    RuleLimit = "0714", Error, "rules without end", "";
    /// The query calls an unknown function, or with other arguments than it takes. There are those of
    /// SPARQL 1.1, the casts of XML Schema, and four of the project's own namespace: `rowOf`, `columnOf`,
    /// `cellOf` and `cellCount`. Each takes subject, predicate and object of a triple; then, if need be, a
    /// graph and a number from 1 that chooses among several cells. Or it uses the property `search` of that
    /// namespace in another way than `?thing search "words"` and `(?thing ?score) search ("words" 20)`, or on a
    /// build without a text index.
    QueryFunction = "0715", Error, "unknown function", "";
    /// The query needed more memory than its limit. What was printed before is not the whole answer. Sorting,
    /// grouping and `DISTINCT` hold all rows at once: narrow the query, or raise the limit.
    QueryMemory = "0716", Error, "query over its memory limit", "";
    /// A constant of `REGEX` or `REPLACE` is not a regular expression of XPath, or its flags are not. The message says
    /// what is wrong with it; `SELECT (REGEX("text", "expression") AS ?found) {}` tries one.
    QueryPattern = "0717", Error, "wrong regular expression", "XPath and XQuery Functions 3.1 §5.6.1";
    /// Nothing has been published in this folder yet, or no build has that id, or several have ids that
    /// start so.
    NoBuild = "0801", Error, "nothing published", "";
    /// A file of the build is missing, cut, damaged or not its own. A damaged build is never opened, and never
    /// taken for an empty graph. Build the project again.
    TornBuild = "0802", Error, "damaged build", "";
    /// The folder holds something that Civigraph did not build. Name the right folder, or build the
    /// project.
    ForeignStore = "0803", Error, "not a build of Civigraph", "";
    /// Two builds cannot run at once in one folder. The message names the process that builds; its lock ends
    /// with it. Wait for it, or end it.
    BuilderRunning = "0804", Error, "another build is running", "";
    /// The build was made by a version of Civigraph with another layout. Build the project again.
    OtherFormat = "0805", Error, "build of another format", "";
    /// A file of the store or of a dump could not be read or written: no space, no permission.
    /// What is published stays as it was. Make room or correct the permissions, and try again.
    StoreFiles = "0806", Error, "store files", "";
    /// The store does not have the quads that were loaded. The build is not published. Build the project
    /// again; if it happens twice, it is a defect of Civigraph or of the disk.
    Miscount = "0807", Error, "quads do not add up", "";
    /// A Turtle file (ontology, shapes, alignment) does not parse. Mend it at the place that the message
    /// names; prefixes must be declared.
    Turtle = "0809", Error, "Turtle syntax error", "RDF 1.1 Turtle";
    /// The format is unknown, or it cannot hold what was asked for: one without named graphs holds one graph,
    /// RDF/XML cannot write every property, JSON-LD cannot write triple terms. Choose another; `nquads` holds
    /// everything.
    ExportFormat = "0810", Error, "format cannot hold this", "";
    /// The build has no graph of that name.
    UnknownGraph = "0811", Error, "unknown graph", "";
    /// Builds, dumps, project folders and git revisions can be compared. What was named is none of them.
    UnknownVersion = "0812", Error, "unknown version", "";
    /// An RDF patch names blank nodes by the labels of its first file, and that file has none for some of those
    /// that change: `[ ]` and `( )` in Turtle, elements without `rdf:nodeID` in RDF/XML. Nobody could apply such
    /// a patch. Write the first version as N-Quads, or compare things and not triples.
    UnlabelledNode = "0813", Error, "blank node without a label", "";
    /// The tables cannot be written back from the graph: nothing in it tells the rows of this table, or
    /// some of them make no triple; or there are comments, which make none either. Give the table a primary
    /// key, an `aboutUrl` with a variable for each of its columns, and a triple that every row makes.
    InverseRows = "0820", Error, "rows not in the graph", "";
    /// The tables cannot be written back from the graph: the mapping of this column loses its cells.
    /// A column is in the graph when it yields a triple about its row, or when a template that yields
    /// one has it as a variable.
    InverseColumn = "0821", Error, "column not in the graph", "";
    /// The graph holds the values of this column, but not how they were written: a default value, several
    /// words for null, null items of a list, `1` for true, numbers with and without group separators. Write
    /// all cells in one form, and drop the default or the other words; a `pattern` such as `#,##0.##` says
    /// which numbers have groups.
    InverseForm = "0822", Error, "written form not in the graph", "";
    /// The graph has more than one value where the cell of a row holds one: two columns, or two rows,
    /// yield triples that cannot be told apart. Give each column a property of its own.
    InverseAmbiguous = "0823", Error, "cell not certain in the graph", "";
    /// The tables that were read from the graph do not make the same graph again, so they are not
    /// written. Has the metadata changed since the build? A new build makes them agree.
    InverseDiffers = "0824", Error, "tables and graph differ", "";
    /// The graph holds a value that the `format` of its column cannot express, so that no cell would be read as
    /// this value again: a number with more decimal places than its pattern has, an item that holds the
    /// separator of its list. Widen the format.
    InverseValue = "0825", Error, "value has no written form", "";
    /// A shape in `ontology/shapes*.ttl` is ill-formed: a parameter has the wrong kind of value or is
    /// twice, a property shape has no path, a regular expression or a list is broken. The constraint is not
    /// checked. Mend it as the message says; the line is the one on which the statement ends.
    Shape = "0901", Error, "ill-formed shape", "SHACL";
    /// The query of a constraint is not SPARQL, holds what a constraint must not hold (`MINUS`, `VALUES`,
    /// `SERVICE`, `AS` a variable that has its value beforehand), or cannot be evaluated. Mend it: it selects
    /// `$this`, and declares its prefixes by `sh:prefixes`.
    ShapeQuery = "0902", Error, "wrong query of a shape", "SHACL §5";
    /// A shape refers to itself, directly or through others, or shapes nest too deep. SHACL does not say what
    /// recursive shapes mean, so the reference is not followed. Say it with a property path
    /// (`sh:zeroOrMorePath`), or in SPARQL.
    ShapeRecursion = "0903", Error, "recursive shape", "SHACL §3.4.3";
    /// A property of SHACL's namespace is unknown, or belongs to an extension that is not supported, and is
    /// ignored. Most often it is misspelt, and what it should demand is not checked. Correct its name.
    ShapeProperty = "0904", Warning, "unknown property of a shape", "SHACL";
    /// A shape checks nothing: it has no target and no other shape refers to it, or it names a class or a property that
    /// nothing in the graph has, of a vocabulary whose terms the ontology declares, or spelled much like one that it has.
    /// Correct the name, or declare it in the ontology.
    ShapeIdle = "0905", Warning, "shape that checks nothing", "SHACL §2.1.3";
    /// A node of the graph breaks a constraint of a shape whose severity is `sh:Violation` or one of your own.
    /// The place is the cell that made the value, or, where a value is missing or none is to blame, the cell
    /// it would be in or the row of the thing. Correct the cell, or the shape that the report names.
    ShapeViolation = "0910", Error, "shape violated", "SHACL";
    /// As CG0910, of a shape whose severity is `sh:Warning`: the build is published all the same.
    ShapeWarning = "0911", Warning, "shape not quite met", "SHACL";
    /// As CG0910, of a shape whose severity is `sh:Info`: something worth knowing, nothing wrong.
    ShapeNote = "0912", Note, "note of a shape", "SHACL";
}

impl Code {
    /// The severity in a mode; `None` where the rule is silent in it.
    pub const fn severity(self, mode: ReadingMode) -> Option<Severity> {
        match (self.weight(), mode) {
            (Weight::Error, _)
            | (Weight::Invalid | Weight::ValidateOnly, ReadingMode::Validate) => {
                Some(Severity::Error)
            }
            (Weight::Warning, _) | (Weight::Invalid, ReadingMode::Convert) => {
                Some(Severity::Warning)
            }
            (Weight::Note, _) => Some(Severity::Note),
            (Weight::ValidateOnly, ReadingMode::Convert) => None,
        }
    }

    /// Whether a converter leaves out just what the error is about, and what it makes of the rest is right.
    pub const fn leaves_the_rest(self) -> bool {
        matches!(
            self,
            Self::CommonProperty | Self::UriTemplate | Self::InvalidIri
        )
    }

    /// Whether the rule is about how metadata is written, and not about what is in the tables.
    pub const fn is_noise(self) -> bool {
        matches!(self, Self::HeaderUnnamed)
    }

    /// The code that a user typed, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
