//! A project's tables with their claims, for the commands that ask the tables and not the store.

use super::Global;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::claims::{Claims, Spans};
use crate::csvw::model::TableGroup;
use crate::diagnostic::render::Format;
use crate::diagnostic::{Diagnostics, Mode};
use crate::pipeline;
use crate::plan::{self, Plan};
use crate::store::Prefixes;
use oxrdf::{NamedNode, TermRef};
use std::path::Path;

/// What the tables of a project say.
pub(super) struct Facts {
    pub(super) source: pipeline::Source,
    pub(super) group: TableGroup,
    pub(super) plan: Plan,
    pub(super) claims: Claims,
    prefixes: Prefixes,
}

impl Facts {
    /// Reads metadata and claims of the project; `None` where they are wrong, which has been reported.
    pub(super) fn load(global: &Global, terminal: &Terminal) -> Result<Option<Self>, Failure> {
        let project = global.project()?;
        let source = pipeline::Source::open(&project)?;
        let mut diagnostics = Diagnostics::new(Mode::Validate);
        let loaded = source.load(&mut diagnostics).map(|group| {
            let plan = plan::compile(&group, &pipeline::plan_options(), &mut diagnostics);
            let claims = Claims::read(&group, &plan, &source, &mut diagnostics);
            (group, plan, claims)
        });
        terminal.report(&diagnostics, Format::Human, false)?;
        let Some((group, plan, claims)) = loaded.filter(|_| !diagnostics.has_errors()) else {
            return Ok(None);
        };
        let prefixes = pipeline::prefixes(&project, &group, source.base())?;
        Ok(Some(Self {
            source,
            group,
            plan,
            claims,
            prefixes,
        }))
    }

    /// The IRI that a user means: in brackets, prefixed, whole, or a path below the project's `id/`.
    pub(super) fn iri(&self, text: &str) -> Option<NamedNode> {
        let bare = text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'));
        if let Some(iri) = bare {
            return NamedNode::new(iri).ok();
        }
        if let Some(iri) = self.prefixes.expand(text) {
            return NamedNode::new(iri).ok();
        }
        if text.contains("://") {
            return NamedNode::new(text).ok();
        }
        if text.contains('/') && !text.contains(char::is_whitespace) {
            return NamedNode::new(format!("{}id/{text}", self.source.base())).ok();
        }
        None
    }

    /// A term as dumps write it.
    pub(super) fn term(&self, term: TermRef<'_>) -> String {
        match term {
            TermRef::NamedNode(node) => self.prefixes.shorten(node.as_str()),
            other => other.to_string(),
        }
    }

    /// The name of a table, by which claims know it.
    pub(super) fn table(&self, index: usize) -> &str {
        self.group
            .tables
            .get(index)
            .map_or("", |table| crate::claims::stem(&table.url))
    }

    /// The evidence, with the documents in `folder`.
    pub(super) fn spans(&self, folder: Option<&Path>) -> Result<Spans, Failure> {
        Spans::read(&self.group, &self.plan, folder, &self.source)
            .map_err(|error| Failure::io("read the evidence", &error))
    }
}
