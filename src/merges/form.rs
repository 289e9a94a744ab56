//! The forms that the tables give to the IRIs of things.

use super::read::{Merges, name};
use crate::csvw::model::TableGroup;
use crate::diagnostic::suggest;
use crate::invert::IriForm;
use crate::plan::TableId;
use crate::tables::Tables;
use std::collections::BTreeSet;

/// Heads of IRIs that a message lists.
const LISTED: usize = 8;

/// The templates of the tables that describe things or refer to them.
pub(super) struct IriForms<'p> {
    /// Each with whether things of the form are described, and not only referred to.
    forms: Vec<(IriForm<'p>, bool)>,
}

impl<'p> IriForms<'p> {
    /// The forms of all tables but those of decisions.
    pub(super) fn of(tables: Tables<'p>, merges: &Merges) -> Self {
        let mut forms = Vec::new();
        for (id, table) in tables.plan.tables() {
            if merges
                .tables
                .iter()
                .any(|one| TableId::new(one.index) == id)
            {
                continue;
            }
            let mut seen = BTreeSet::new();
            for map in &table.maps {
                for (term, describes) in [(Some(&map.subject), true), (map.object.iri(), false)] {
                    let Some((number, template)) =
                        term.and_then(|term| Some((term.template()?, table.template_of(term)?)))
                    else {
                        continue;
                    };
                    // A reference to anything at all gives no form.
                    if seen.insert(number.index()) && (describes || !IriForm::is_open(template)) {
                        forms.push((IriForm::new(table, template), describes));
                    }
                }
            }
        }
        Self { forms }
    }

    /// Whether some table could make this IRI.
    pub(super) fn fit(&self, iri: &str) -> bool {
        self.forms.iter().any(|(form, _)| form.fits(iri))
    }

    /// How the IRIs of things that tables describe start, as people name things; the rest is counted.
    pub(super) fn listed(&self, group: &TableGroup) -> String {
        let heads = heads(group, self.forms.iter().filter(|(_, describes)| *describes));
        let mut listed: Vec<String> = heads
            .iter()
            .take(LISTED)
            .map(|head| format!("{head}…"))
            .collect();
        if heads.len() > LISTED {
            listed.push(format!("and {} more", heads.len() - LISTED));
        }
        listed.join(", ")
    }

    /// What was probably meant by a name of no form.
    pub(super) fn hint(&self, thing: &str, group: &TableGroup) -> Option<String> {
        let (kind, id) = thing.rsplit_once('/')?;
        let heads = heads(group, &self.forms);
        let kinds = heads.iter().filter_map(|head| head.strip_suffix('/'));
        let meant = suggest::nearest(kind, kinds)?;
        Some(format!("did you mean `{meant}/{id}`?"))
    }
}

/// How IRIs of some forms start, as people name things.
fn heads<'f>(
    group: &TableGroup,
    forms: impl IntoIterator<Item = &'f (IriForm<'f>, bool)>,
) -> BTreeSet<String> {
    let heads = forms.into_iter().map(|(form, _)| form.head());
    let named = heads.map(|head| name(&head, group).to_owned());
    named.filter(|head| !head.is_empty()).collect()
}
