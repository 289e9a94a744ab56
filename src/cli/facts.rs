//! A project's tables with their claims, for the commands that ask the tables and not the store.

use super::Global;
use super::failure::Failure;
use super::terminal::Terminal;
use crate::claims::{Claims, Spans};
use crate::convert;
use crate::csvw::model::TableGroup;
use crate::diagnostic::render::Format;
use crate::diagnostic::{Diagnostics, Mode, Place};
use crate::lineage::{self, Found, Index, Match, Near, Pattern};
use crate::pipeline;
use crate::plan::{self, Plan};
use crate::project::Project;
use crate::store::Prefixes;
use oxrdf::{NamedNode, NamedOrBlankNode, TermRef, Triple};
use std::io;
use std::path::{Path, PathBuf};

/// What the tables of a project say.
pub(super) struct Facts {
    pub(super) source: pipeline::Source,
    pub(super) group: TableGroup,
    pub(super) plan: Plan,
    pub(super) claims: Claims,
    prefixes: Prefixes,
    /// The folder for indexes.
    cache: PathBuf,
    /// What claims make out of other cells, once it was asked for.
    claimed: Option<Vec<Match>>,
}

impl Facts {
    /// Reads metadata and claims of the project; `None` where they are wrong, which has been reported.
    pub(super) fn load(global: &Global, terminal: &Terminal) -> Result<Option<Self>, Failure> {
        let Some(mut facts) = Self::described(global, terminal)? else {
            return Ok(None);
        };
        let mut diagnostics = Diagnostics::new(Mode::Validate);
        facts.claims = Claims::read(&facts.group, &facts.plan, &facts.source, &mut diagnostics);
        terminal.report(&diagnostics, Format::Human, false)?;
        Ok((!diagnostics.has_errors()).then_some(facts))
    }

    /// Reads the metadata alone: there are no claims yet.
    fn described(global: &Global, terminal: &Terminal) -> Result<Option<Self>, Failure> {
        let project = global.project()?;
        let cache = lineage::folder(project.store());
        Self::of(&project, project.root(), cache, terminal)
    }

    /// Reads the metadata of a project, or of copies of its files, which are named as if they lay in the
    /// folder `shown`.
    pub(super) fn of(
        project: &Project,
        shown: &Path,
        cache: PathBuf,
        terminal: &Terminal,
    ) -> Result<Option<Self>, Failure> {
        let source = pipeline::Source::open(project)?.shown_in(shown);
        let mut diagnostics = Diagnostics::new(Mode::Validate);
        let loaded = source.load(&mut diagnostics).map(|group| {
            let plan = plan::compile(&group, &pipeline::plan_options(), &mut diagnostics);
            (group, plan)
        });
        terminal.report(&diagnostics, Format::Human, false)?;
        let Some((group, plan)) = loaded.filter(|_| !diagnostics.has_errors()) else {
            return Ok(None);
        };
        let prefixes = pipeline::prefixes(project, &group, source.base())?;
        Ok(Some(Self {
            cache,
            source,
            group,
            plan,
            claims: Claims::default(),
            claimed: None,
            prefixes,
        }))
    }

    /// Finds quads by a pattern, and the claims about their rows. Large tables get an index beside the
    /// store; where it cannot be written, they are read whole.
    pub(super) fn find(&mut self, pattern: &Pattern) -> io::Result<Found> {
        self.find_any(std::slice::from_ref(pattern))
    }

    /// Finds quads by several patterns, each once.
    pub(super) fn find_any(&mut self, patterns: &[Pattern]) -> io::Result<Found> {
        let mut index = Index::open(&self.plan, &self.source, &self.cache).unwrap_or_default();
        let mut found = Found {
            matches: Vec::new(),
            near: Some(Near::new()),
        };
        for pattern in patterns {
            let more = lineage::find(&self.plan, &self.source, pattern, index.as_mut())?;
            for one in more.matches {
                if !found.matches.contains(&one) {
                    found.matches.push(one);
                }
            }
            found.near = found.near.zip(more.near).map(|(mut near, more)| {
                for (table, splits) in more {
                    let known = near.entry(table).or_default();
                    known.extend(splits);
                    known.sort_by_key(|split| split.start.offset);
                    known.dedup();
                }
                near
            });
        }
        // What is wrong with claims is told by `check`.
        let mut silent = Diagnostics::new(Mode::Convert);
        let (group, plan, source) = (&self.group, &self.plan, &self.source);
        self.claims = match &found.near {
            Some(near) => Claims::read_near(group, plan, near, source, &mut silent),
            None => Claims::read(group, plan, source, &mut silent),
        };
        for pattern in patterns {
            self.add_claimed(pattern, &mut found)?;
        }
        Ok(found)
    }

    /// Adds what claims make out of other cells, where the pattern asks about a claim or about nothing
    /// that stands in a cell.
    fn add_claimed(&mut self, pattern: &Pattern, found: &mut Found) -> io::Result<()> {
        let Some(table) = self.claims.table() else {
            return Ok(());
        };
        let is_claim = |found: &Match| usize::try_from(found.origin.table) == Ok(table);
        if !found.matches.is_empty() && !found.matches.iter().any(is_claim) {
            return Ok(());
        }
        let claimed = match self.claimed.take() {
            Some(claimed) => claimed,
            None => lineage::claimed(&self.group, &self.plan, &self.source)?,
        };
        let before = found.matches.len();
        for one in &claimed {
            if pattern.matches(one.quad.as_ref()) && !found.matches.contains(one) {
                found.matches.push(one.clone());
            }
        }
        self.claimed = Some(claimed);
        if found.matches.len() > before
            && let Some(near) = &mut found.near
        {
            let splits = convert::splits(&self.plan, table, &self.source, convert::CHUNK_SIZE)?;
            near.insert(table, splits);
        }
        Ok(())
    }

    /// The cells that make a triple: their places and columns.
    pub(super) fn cells(&mut self, triple: &Triple) -> io::Result<Vec<(Place, String)>> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return Ok(Vec::new());
        };
        let found = self.find(&Pattern {
            subject: subject.clone(),
            predicate: Some(triple.predicate.clone()),
            object: Some(triple.object.clone()),
        })?;
        let lineages =
            lineage::explain(&self.group, &self.plan, &self.claims, &self.source, found)?;
        Ok(lineages
            .into_iter()
            .filter_map(|one| Some((one.place, one.cell?.0)))
            .collect())
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
        crate::claims::table_name(&self.group, index)
    }

    /// The evidence, with the documents in `folder`, which must be one.
    pub(super) fn spans(&self, folder: Option<&Path>) -> Result<Spans, Failure> {
        must_be_folder(folder)?;
        Spans::read(&self.group, &self.plan, folder, &self.source)
            .map_err(|error| Failure::io("read the evidence", &error))
    }
}

/// Refuses a folder of documents that is none.
pub(super) fn must_be_folder(path: Option<&Path>) -> Result<(), Failure> {
    match path {
        Some(path) if !path.is_dir() => {
            Err(Failure::new(format!("`{}` is no folder", path.display())))
        }
        _ => Ok(()),
    }
}
