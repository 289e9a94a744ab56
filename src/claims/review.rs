//! Claims about cells that have changed since the last build: their evidence was read for what the cell said.

use super::claim::Claim;
use super::name::table_name;
use super::read::Claims;
use crate::csvw::model::TableGroup;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use std::collections::HashMap;

impl Claims {
    /// Reports the claims that are as they were `before`, about cells that are not.
    pub fn report_unreviewed(
        &self,
        group: &TableGroup,
        before: &Self,
        group_before: &TableGroup,
        diagnostics: &mut Diagnostics,
    ) {
        let known: HashMap<&str, &Claim> = before
            .iter()
            .map(|claim| (claim.id.as_str(), claim))
            .collect();
        let column = |group: &TableGroup, claim: &Claim| {
            let table = group.tables.get(claim.table)?;
            Some(table.columns.get(claim.column)?.name.clone())
        };
        for claim in self
            .iter()
            .filter(|claim| claim.accepted && claim.item.is_none())
        {
            let Some(old) = known.get(claim.id.as_str()) else {
                continue;
            };
            let same_cell = claim.key == old.key
                && table_name(group, claim.table) == table_name(group_before, old.table)
                && column(group, claim) == column(group_before, old);
            if !same_cell
                || claim.fields != old.fields
                || claim.cell == old.cell
                || claim.value.is_some()
            {
                continue;
            }
            let name = column(group, claim).unwrap_or_default();
            diagnostics.push(
                Diagnostic::new(
                    Code::ClaimReview,
                    claim.place.clone(),
                    format!(
                        "claim `{}` has not been reviewed since `{name}` of `{}` in `{}` changed to `{}`",
                        claim.id,
                        claim.key,
                        table_name(group, claim.table),
                        claim.cell
                    ),
                )
                .with_expected(format!("`{}`, as in the last build, or a reviewed claim", old.cell))
                .with_hint("compare its evidence with the cell; the next build takes the claim as reviewed"),
            );
        }
    }
}
