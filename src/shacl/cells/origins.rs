//! What made the nodes of violations: the quads that have them, with their cells.

use crate::convert::{self, Options, Origin, QuadSink, Sink};
use crate::diagnostic::{Diagnostics, ReadingMode};
use crate::lineage::{self, QuadMatch};
use crate::plan::{ColumnId, Plan, TripleMap};
use crate::shacl::path::PropertyPath;
use crate::shacl::report::ValidationResult;
use crate::shacl::shape::Check;
use crate::shacl::vocabulary::rdf;
use crate::tables::Tables;
use oxrdf::{NamedNode, QuadRef, Term, TermRef};
use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::Arc;

/// Quads that have a node as their object, at most: a concept may be that of a million rows.
const AS_OBJECT: usize = 64;

/// The quads that have the nodes of violations, and what made them.
pub(super) struct Origins {
    by_subject: HashMap<Term, Vec<QuadMatch>>,
    by_object: HashMap<Term, Vec<QuadMatch>>,
}

impl Origins {
    pub(super) fn of(results: &[ValidationResult], tables: Tables<'_>) -> io::Result<Self> {
        let Tables { plan, resolver, .. } = tables;
        let mut nodes: HashSet<Term> = HashSet::new();
        for result in results {
            nodes.insert(result.focus.clone());
            // The quads that have a value as their object are many; those of its focus node are few.
            let simple = result
                .path
                .as_ref()
                .is_none_or(|path| path.predicate().is_some());
            if let Some(value) = &result.value
                && !(simple && value.is_literal())
            {
                nodes.insert(value.clone());
            }
        }
        let mut sink = OriginSink {
            nodes: Arc::new(nodes),
            matches: Vec::new(),
        };
        // What is wrong with the tables was reported when they were converted before.
        let mut silent = Diagnostics::new(ReadingMode::Convert);
        convert::run(plan, resolver, &Options::default(), &mut sink, &mut silent)?;
        let nodes = Arc::clone(&sink.nodes);
        let mut origins = Self {
            by_subject: HashMap::new(),
            by_object: HashMap::new(),
        };
        // What claims say beyond their own cells comes from no conversion.
        let claimed = lineage::claimed(tables)?;
        for found in sink.matches.into_iter().chain(claimed) {
            let subject = Term::from(found.quad.subject.clone());
            if nodes.contains(&found.quad.object) {
                let matches = origins.by_object.entry(found.quad.object.clone());
                let matches = matches.or_default();
                if matches.len() < AS_OBJECT {
                    matches.push(found.clone());
                }
            }
            if nodes.contains(&subject) {
                origins.by_subject.entry(subject).or_default().push(found);
            }
        }
        Ok(origins)
    }

    pub(super) fn about(&self, node: &Term) -> &[QuadMatch] {
        self.by_subject.get(node).map_or(&[], Vec::as_slice)
    }

    pub(super) fn to(&self, node: &Term) -> &[QuadMatch] {
        self.by_object.get(node).map_or(&[], Vec::as_slice)
    }

    /// The cells to name: the one to blame first, others that have to do with it after it.
    pub(super) fn choose(
        &self,
        result: &ValidationResult,
        check: Option<&Check>,
        plan: &Plan,
    ) -> Vec<QuadMatch> {
        let about = self.about(&result.focus);
        let path = result.path.as_ref();
        let mut predicates = Vec::new();
        if let Some(path) = path {
            path.predicates(&mut predicates);
        }
        let on_path = |found: &&QuadMatch| predicates.contains(&&found.quad.predicate);
        if let Some(value) = result
            .value
            .as_ref()
            .filter(|value| **value != result.focus)
        {
            let is_value = |found: &&QuadMatch| found.quad.object == *value;
            let direct = about
                .iter()
                .filter(is_value)
                .find(|found| predicates.is_empty() || on_path(found));
            // The other way round, at the end of a longer path, or a row of its own.
            let direct = direct
                .or_else(|| {
                    self.about(value)
                        .iter()
                        .find(|m| on_path(m) && m.quad.object == result.focus)
                })
                .or_else(|| self.to(value).iter().find(on_path))
                .or_else(|| about.iter().find(on_path));
            if let Some(direct) = direct {
                let mut chosen = vec![direct.clone()];
                // What a value is compared with.
                if let Some(
                    Check::Less { predicate, .. }
                    | Check::Disjoint(predicate)
                    | Check::Equals(predicate),
                ) = check
                {
                    let mut others = about.iter().filter(|m| m.quad.predicate == *predicate);
                    let same = others.clone().find(is_value);
                    chosen.extend(same.or_else(|| others.next()).cloned());
                }
                return chosen;
            }
            if let Some(of_value) = self.about(value).first()
                && about.is_empty()
            {
                return vec![of_value.clone()];
            }
        }
        let values: Vec<&QuadMatch> = about
            .iter()
            .filter(|found| path.and_then(PropertyPath::predicate) == Some(&found.quad.predicate))
            .collect();
        match check {
            // One too many: the last of them first.
            Some(Check::MaxCount(_) | Check::UniqueLang | Check::Qualified { .. })
                if !values.is_empty() =>
            {
                return values.into_iter().rev().take(5).cloned().collect();
            }
            _ => {}
        }
        if let Some(empty) = path
            .and_then(PropertyPath::predicate)
            .and_then(|predicate| empty_cell(about, predicate, plan))
        {
            return vec![empty];
        }
        // The row that says what the thing is, as a whole; for what is not a subject, the cell that names it.
        let row = about
            .iter()
            .find(|found| found.quad.predicate.as_str() == rdf::TYPE)
            .or_else(|| about.first());
        if let Some(row) = row {
            let origin = Origin {
                column: None,
                ..row.origin
            };
            let quad = row.quad.clone();
            return vec![QuadMatch {
                quad,
                origin,
                by_claim: false,
                place: None,
            }];
        }
        let cell = self.to(&result.focus).first();
        cell.cloned().into_iter().collect()
    }
}

/// The cell of a row about a node that would make a value of a property, and made none.
fn empty_cell(about: &[QuadMatch], predicate: &NamedNode, plan: &Plan) -> Option<QuadMatch> {
    for found in about {
        let table = plan.table(found.origin.table?);
        let Some(table) = table.filter(|_| found.origin.row > 0) else {
            continue;
        };
        // What would make it must be about the same node, as far as templates tell.
        let map = found
            .origin
            .column
            .and_then(|column| table.maps_of(column).next());
        let subject = map.map(|map| &map.subject);
        let columns: Vec<ColumnId> = table
            .maps
            .iter()
            .filter(|map| subject.is_none_or(|subject| map.subject.agrees_with(subject)))
            .filter(|map| map.predicate.constant_iri() == Some(predicate.as_str()))
            .filter_map(TripleMap::column)
            .collect();
        // Where several columns make it, the first that made nothing in this row.
        let made = |column: &ColumnId| {
            about.iter().any(|other| {
                other.origin.table == found.origin.table
                    && other.origin.row == found.origin.row
                    && other.origin.column == Some(*column)
                    && other.quad.predicate == *predicate
            })
        };
        let column = columns
            .iter()
            .find(|column| !made(column))
            .or_else(|| columns.first());
        if let Some(&column) = column {
            let origin = Origin {
                column: Some(column),
                ..found.origin
            };
            return Some(QuadMatch {
                quad: found.quad.clone(),
                origin,
                by_claim: false,
                place: None,
            });
        }
    }
    None
}

/// Keeps the quads that have a node as their subject, and some of those that have it as their object.
struct OriginSink {
    nodes: Arc<HashSet<Term>>,
    matches: Vec<QuadMatch>,
}

struct OriginChunk {
    nodes: Arc<HashSet<Term>>,
    matches: Vec<QuadMatch>,
    /// The subject that came last, and whether it is one of the nodes: rows say several things of one.
    last: Option<(Term, bool)>,
    as_object: HashMap<Term, usize>,
}

impl Sink for OriginSink {
    type Chunk = OriginChunk;

    fn chunk(&self) -> OriginChunk {
        OriginChunk {
            nodes: Arc::clone(&self.nodes),
            matches: Vec::new(),
            last: None,
            as_object: HashMap::new(),
        }
    }

    fn accept(&mut self, chunk: OriginChunk) -> io::Result<()> {
        self.matches.extend(chunk.matches);
        Ok(())
    }
}

impl QuadSink for OriginChunk {
    fn quad(&mut self, quad: QuadRef<'_>, origin: Origin) {
        let subject = TermRef::from(quad.subject);
        let is_subject = match &self.last {
            Some((last, is_node)) if last.as_ref() == subject => *is_node,
            _ => {
                let subject = subject.into_owned();
                let is_node = self.nodes.contains(&subject);
                self.last = Some((subject, is_node));
                is_node
            }
        };
        let mut wanted = is_subject;
        if !wanted {
            let object = quad.object.into_owned();
            if self.nodes.contains(&object) {
                let count = self.as_object.entry(object).or_insert(0);
                *count += 1;
                wanted = *count <= AS_OBJECT;
            }
        }
        if wanted {
            self.matches.push(QuadMatch {
                quad: quad.into_owned(),
                origin,
                by_claim: false,
                place: None,
            });
        }
    }
}
