//! A project's tables with their claims, for those who ask the tables and not the index.

use super::{
    LineageMatches, NearbySplits, QuadMatch, QuadPattern, SubjectIndex, claimed, explain, find,
    folder,
};
use crate::claims::{Claims, Spans};
use crate::convert;
use crate::diagnostic::{Code, Diagnostics, HintAction, Place, ReadingMode};
use crate::plan::TableId;
use crate::project::Project;
use crate::store::{Build, Prefixes, StoreError};
use crate::tables::{self, ProjectSource};
use crate::tables::{ProjectTables, Tables};
use oxrdf::{NamedNode, NamedOrBlankNode, TermRef, Triple};
use std::io;
use std::path::{Path, PathBuf};

/// What the tables of a project say.
#[derive(Debug)]
pub struct ProjectFacts {
    /// The tables.
    pub tables: ProjectTables,
    /// The claims that were read.
    pub claims: Claims,
    prefixes: Prefixes,
    /// The folder for indexes.
    cache: PathBuf,
    /// What claims make out of other cells, once it was asked for.
    claimed: Option<Vec<QuadMatch>>,
}

impl ProjectFacts {
    /// Reads the metadata of a project, or of copies of its files, which are named as if they lay in the
    /// folder `shown`; `None` where it is wrong, which the diagnostics say. There are no claims yet. Indexes of
    /// large tables are kept in the folder `cache`.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn open(
        project: &Project,
        shown: &Path,
        cache: PathBuf,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, StoreError> {
        let source = ProjectSource::open(project)?.shown_in(shown);
        let loaded = ProjectTables::load(source, diagnostics);
        let Some(tables) = loaded.filter(|_| !diagnostics.has_errors()) else {
            return Ok(None);
        };
        let unlisted =
            |error| StoreError::io(&project.root().join("ontology"), "list the ontology", error);
        let prefixes =
            tables::prefixes(project, &tables.group, tables.source.base()).map_err(unlisted)?;
        Ok(Some(Self {
            cache,
            tables,
            claims: Claims::default(),
            claimed: None,
            prefixes,
        }))
    }

    /// The tables that a build keeps.
    ///
    /// # Errors
    /// The build does not keep them, or they cannot be read.
    pub fn of_build(build: &Build) -> Result<Self, StoreError> {
        let torn = || {
            let message = "the build does not keep the tables that it was made from";
            StoreError::new(Code::TornBuild, build.folder(), message)
                .with_hint(HintAction::BuildAgain)
        };
        let project = build.inputs().ok_or_else(torn)?;
        // The build was made from the same bytes, so there is nothing wrong with them.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        Self::open(&project, Path::new(""), folder(build.root()), &mut silent)?.ok_or_else(torn)
    }

    /// Reads all claims.
    pub fn read_claims(&mut self, diagnostics: &mut Diagnostics) {
        self.claims = Claims::read(self.tables.get(), diagnostics);
    }

    /// Finds quads by a pattern, and the claims about their rows. Large tables get an index beside the
    /// store; where it cannot be written, they are read whole.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn find(&mut self, pattern: &QuadPattern) -> io::Result<LineageMatches> {
        self.find_any(std::slice::from_ref(pattern))
    }

    /// Finds quads by several patterns, each once.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn find_any(&mut self, patterns: &[QuadPattern]) -> io::Result<LineageMatches> {
        let Tables { plan, resolver, .. } = self.tables.get();
        let mut index = SubjectIndex::open(plan, resolver, &self.cache).unwrap_or_default();
        let mut found = LineageMatches {
            matches: Vec::new(),
            near: Some(NearbySplits::new()),
        };
        for pattern in patterns {
            let more = find(plan, resolver, pattern, index.as_mut())?;
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
        // `check` reports what is wrong with claims.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        let tables = self.tables.get();
        self.claims = match &found.near {
            Some(near) => Claims::read_near(tables, near, &mut silent),
            None => Claims::read(tables, &mut silent),
        };
        for pattern in patterns {
            self.add_claimed(pattern, &mut found)?;
        }
        Ok(found)
    }

    /// Adds what claims make out of other cells, where the pattern asks about a claim or about nothing
    /// that is in a cell.
    fn add_claimed(&mut self, pattern: &QuadPattern, found: &mut LineageMatches) -> io::Result<()> {
        let Some(table) = self.claims.table() else {
            return Ok(());
        };
        let is_claim = |found: &QuadMatch| found.origin.table == Some(TableId::new(table));
        if !found.matches.is_empty() && !found.matches.iter().any(is_claim) {
            return Ok(());
        }
        let claimed = match self.claimed.take() {
            Some(claimed) => claimed,
            None => claimed(self.tables.get())?,
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
            let Tables { plan, resolver, .. } = self.tables.get();
            let splits = convert::splits(plan, TableId::new(table), resolver, convert::CHUNK_SIZE)?;
            near.insert(table, splits);
        }
        Ok(())
    }

    /// The cells that make a triple: their places and columns.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn cells(&mut self, triple: &Triple) -> io::Result<Vec<(Place, String)>> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return Ok(Vec::new());
        };
        let found = self.find(&QuadPattern {
            subject: subject.clone(),
            predicate: Some(triple.predicate.clone()),
            object: Some(triple.object.clone()),
        })?;
        let lineages = explain(self.tables.get(), &self.claims, found)?;
        Ok(lineages
            .into_iter()
            .filter_map(|one| Some((one.place, one.cell?.0)))
            .collect())
    }

    /// The IRI that a user means: in brackets, prefixed, whole, or a path below the project's `id/`.
    pub fn iri(&self, text: &str) -> Option<NamedNode> {
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
            return NamedNode::new(format!("{}id/{text}", self.tables.source.base())).ok();
        }
        None
    }

    /// A term as dumps write it.
    pub fn term(&self, term: TermRef<'_>) -> String {
        match term {
            TermRef::NamedNode(node) => self.prefixes.shorten(node.as_str()),
            other => other.to_string(),
        }
    }

    /// The name of a table, by which claims know it.
    pub fn table(&self, index: usize) -> &str {
        crate::claims::table_name(&self.tables.group, index)
    }

    /// The evidence, with the documents in a folder, where there is one.
    ///
    /// # Errors
    /// A table cannot be read.
    pub fn spans(&self, folder: Option<&Path>) -> io::Result<Spans> {
        Spans::read(self.tables.get(), folder)
    }
}
