//! Expressions for an automaton that matches in time linear in the text.

use super::syntax::{ExpressionNode, ParsedExpression, PatternError};
use regex_automata::meta::Regex;
use regex_syntax::hir::{Capture, Class, Hir, Look, Repetition};

/// How large an automaton may be, in bytes.
const SIZE: usize = 10 << 20;

/// An automaton for an expression; `None` where it has look-around, a back-reference or `\B`.
///
/// `whole` anchors it at both ends of the text.
pub fn automaton(syntax: &ParsedExpression, whole: bool) -> Option<Result<Regex, PatternError>> {
    let mut hir = convert(&syntax.node, !whole)?;
    if whole {
        hir = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
    }
    let config = Regex::config().nfa_size_limit(Some(SIZE));
    let built = Regex::builder().configure(config).build_from_hir(&hir);
    Some(built.map_err(|_| PatternError::too_large()))
}

fn convert(node: &ExpressionNode, captures: bool) -> Option<Hir> {
    let all = |parts: &[ExpressionNode]| -> Option<Vec<Hir>> {
        parts.iter().map(|part| convert(part, captures)).collect()
    };
    Some(match node {
        ExpressionNode::Set(set) => Hir::class(Class::Unicode(set.clone())),
        ExpressionNode::Sequence(parts) => Hir::concat(all(parts)?),
        ExpressionNode::Choice(parts) => Hir::alternation(all(parts)?),
        ExpressionNode::Repeat {
            node,
            least,
            most,
            greedy,
        } => Hir::repetition(Repetition {
            min: *least,
            max: *most,
            greedy: *greedy,
            sub: Box::new(convert(node, captures)?),
        }),
        ExpressionNode::Group(number, node) if captures => Hir::capture(Capture {
            index: u32::try_from(*number).ok()?,
            name: None,
            sub: Box::new(convert(node, captures)?),
        }),
        ExpressionNode::Group(_, node) => convert(node, captures)?,
        ExpressionNode::Start => Hir::look(Look::Start),
        ExpressionNode::End => Hir::look(Look::End),
        ExpressionNode::LineStart => Hir::look(Look::StartLF),
        ExpressionNode::LineEnd => Hir::look(Look::EndLF),
        ExpressionNode::WordBoundary { negated: false } => Hir::look(Look::WordAscii),
        ExpressionNode::WordBoundary { negated: true }
        | ExpressionNode::Look { .. }
        | ExpressionNode::Reference(_) => {
            return None;
        }
    })
}
