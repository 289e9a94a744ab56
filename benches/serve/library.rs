//! The library, called directly.

use super::graph;
use civigraph::query::{self, AnswerFormat, AnswerStyle, Request};
use civigraph::store::{self, Build};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// An open build.
pub struct Library {
    build: Arc<Build>,
    things: usize,
}

impl Library {
    /// Opens the published build.
    ///
    /// # Errors
    /// There is none.
    pub fn open(folder: &Path, things: usize) -> io::Result<Self> {
        let build = store::open(&folder.join(".civigraph"));
        let build = build.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self {
            build: Arc::new(build),
            things,
        })
    }

    /// Answers the query of a number.
    ///
    /// # Errors
    /// It fails.
    pub fn ask(&self, number: usize) -> io::Result<()> {
        let request = Request::new(graph::query(number, self.things), "query");
        let style = AnswerStyle {
            format: Some(AnswerFormat::Json),
            ..AnswerStyle::default()
        };
        let mut answer = Vec::new();
        query::run(&self.build, &request, &style, &mut answer)
            .map_err(|error| io::Error::other(error.to_string()))?;
        Ok(())
    }
}
