//! Templates filled in for a row, each at most once.

use super::row::{ConvertedRow, RowVariables};
use super::value::Item;
use crate::plan::{
    Expansion, ExpansionOutcome, NullPolicy, TablePlan, Template, TemplateForm, TemplatePart,
};
use oxiri::Iri;

/// What a template makes of a row.
#[derive(Debug, Clone, Default)]
pub struct ExpandedNode {
    /// The absolute IRI, or what should have been one; the text, where the template makes texts.
    pub text: String,
    /// It is what it should be.
    pub valid: bool,
    /// A variable was null.
    null: bool,
    /// The row that it was made for; 0 before the first.
    row: u64,
}

impl ExpandedNode {
    /// Whether there is a term, as far as nulls decide.
    #[inline]
    pub fn is_term(&self, policy: NullPolicy) -> bool {
        match policy {
            NullPolicy::Expand => true,
            NullPolicy::Skip => !self.null,
            NullPolicy::SkipEmpty => !self.null && !self.text.is_empty(),
        }
    }
}

/// All templates of a table with what they make of the current row.
pub struct Expander<'p> {
    templates: &'p [Template],
    base: Option<Iri<&'p str>>,
    filled: Vec<ExpandedNode>,
    scratch: String,
}

impl<'p> Expander<'p> {
    /// Prepares the templates of a table.
    pub fn new(plan: &'p TablePlan) -> Self {
        let mut expander = Self {
            templates: &plan.templates,
            base: Iri::parse(plan.base()).ok(),
            filled: vec![ExpandedNode::default(); plan.templates.len()],
            scratch: String::new(),
        };
        for (filled, template) in expander.filled.iter_mut().zip(expander.templates) {
            if let Some(text) = template.constant() {
                filled.text.push_str(text);
                filled.row = u64::MAX;
                filled.valid = template
                    .form
                    .finish(&mut filled.text, expander.base.as_ref());
            }
        }
        expander
    }

    /// Fills in a template, unless that was done for this row already.
    #[inline]
    pub fn prepare(&mut self, expansion: Expansion, row: &ConvertedRow<'_, '_>) {
        let filled = self.filled.get(expansion.template.index());
        let made = filled.is_some_and(|it| it.row == row.number || it.row == u64::MAX);
        if !made {
            self.fill(expansion, row.variables());
        }
    }

    /// Fills in a template again, as for each item of a list.
    pub fn prepare_item(
        &mut self,
        expansion: Expansion,
        row: &ConvertedRow<'_, '_>,
        item: Item<'_>,
    ) {
        let filled = self.filled.get(expansion.template.index());
        if filled.is_some_and(|it| it.row != u64::MAX) {
            self.fill(expansion, row.variables().with_item(item));
        }
    }

    fn fill(&mut self, expansion: Expansion, variables: RowVariables<'_, '_>) {
        let index = expansion.template.index();
        if let (Some(filled), Some(template)) =
            (self.filled.get_mut(index), self.templates.get(index))
        {
            filled.row = variables.row;
            let base = self.base.as_ref();
            fill(filled, template, base, variables, &mut self.scratch);
        }
    }

    /// What was prepared last.
    #[inline]
    pub fn get(&self, expansion: Expansion) -> &ExpandedNode {
        // Templates are those of the plan that this was made for.
        &self.filled[expansion.template.index()]
    }
}

fn fill(
    filled: &mut ExpandedNode,
    template: &Template,
    base: Option<&Iri<&str>>,
    variables: RowVariables<'_, '_>,
    scratch: &mut String,
) {
    let text = &mut filled.text;
    text.clear();
    filled.null = false;
    let mut dots = false;
    for part in &template.parts {
        match part {
            TemplatePart::Text(part) => text.push_str(part),
            TemplatePart::Expression(expression) => {
                let start = text.len();
                let expanded = expression.expand(template.escaping, &variables, text, scratch);
                filled.null |= expanded != ExpansionOutcome::Complete;
                // A dot after a slash is all that is left to normalise in an absolute IRI.
                dots |= text.as_bytes().get(start) == Some(&b'.')
                    && text.as_bytes()[..start].last() == Some(&b'/');
            }
        }
    }
    let form = match template.form {
        TemplateForm::Absolute if dots => TemplateForm::Relative,
        form => form,
    };
    filled.valid = form.finish(text, base);
}
