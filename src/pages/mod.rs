//! The pages: the graph for people, live under `civigraph serve`, and as files.
//!
//! ```text
//!  path, language ─► Address ─► render ─► Page ─► a response of the service (`serve::pages`)
//!                        ▲         │            └► a file of a static site  (`publish`)
//!                        │         │
//!                     [Links] ◄────┴── Site: the build, its text index, its tables, stored queries
//! ```
//!
//! Pages read the index directly, in ranges with a limit; what needs SPARQL is asked of the workers by `serve::pages`.
//! Every page extends `templates/base.html` and gets a [`PageFrame`]; [`Links`] says where everything is, and how a path
//! keeps the reader's language. Words are in `words/`, in both languages, and the compiler demands all of each. Nothing
//! is written into a page but through askama, which escapes it.
//!
//! The page of queries, `/query`, and `/query/NAME` for a stored one, is made by `serve::query_page`, since it may have an
//! answer. Its scripts are in `front/`.

mod about;
mod assets;
mod browse;
mod classes;
mod data;
mod downloads;
mod entity;
mod evidence;
mod facet;
mod frame;
mod home;
mod incoming;
mod language;
mod links;
mod map;
mod names;
mod neighbourhood;
mod ontology;
mod publish;
pub mod query;
mod reader;
mod render;
mod search;
mod site;
mod spans;
pub mod static_files;
mod table;
mod tables;
mod value;
mod words;

pub use browse::BrowseFilter;
pub use frame::PageFrame;
pub use language::Language;
pub use links::{Links, encode, file_of, iris_of, path_of};
pub use publish::{ABOUT, OmittedData, SiteSummary, publish};
pub use render::{Address, RenderedPage, render};
pub use site::Site;
pub use value::ValueView;
pub use words::{PageWording, translate, translated};
