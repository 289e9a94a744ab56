//! Expressions for an automaton that matches in time linear in the text.

use super::syntax::{Node, PatternError, Syntax};
use regex_automata::meta::Regex;
use regex_syntax::hir::{Capture, Class, Hir, Look, Repetition};

/// How large an automaton may be, in bytes.
const SIZE: usize = 10 << 20;

/// An automaton for an expression; `None` where it has look-around, a back-reference or `\B`.
///
/// `whole` anchors it at both ends of the text.
pub fn automaton(syntax: &Syntax, whole: bool) -> Option<Result<Regex, PatternError>> {
    let mut hir = convert(&syntax.node, !whole)?;
    if whole {
        hir = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
    }
    let config = Regex::config().nfa_size_limit(Some(SIZE));
    let built = Regex::builder().configure(config).build_from_hir(&hir);
    Some(built.map_err(|_| PatternError::too_large()))
}

fn convert(node: &Node, captures: bool) -> Option<Hir> {
    let all = |parts: &[Node]| -> Option<Vec<Hir>> {
        parts.iter().map(|part| convert(part, captures)).collect()
    };
    Some(match node {
        Node::Set(set) => Hir::class(Class::Unicode(set.clone())),
        Node::Sequence(parts) => Hir::concat(all(parts)?),
        Node::Choice(parts) => Hir::alternation(all(parts)?),
        Node::Repeat {
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
        Node::Group(number, node) if captures => Hir::capture(Capture {
            index: u32::try_from(*number).ok()?,
            name: None,
            sub: Box::new(convert(node, captures)?),
        }),
        Node::Group(_, node) => convert(node, captures)?,
        Node::Start => Hir::look(Look::Start),
        Node::End => Hir::look(Look::End),
        Node::LineStart => Hir::look(Look::StartLF),
        Node::LineEnd => Hir::look(Look::EndLF),
        Node::WordBoundary { negated: false } => Hir::look(Look::WordAscii),
        Node::WordBoundary { negated: true } | Node::Look { .. } | Node::Reference(_) => {
            return None;
        }
    })
}
