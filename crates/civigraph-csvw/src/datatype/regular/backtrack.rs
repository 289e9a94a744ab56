//! Expressions with look-around and back-references, matched by backtracking in bounded time.
//!
//! Without back-references no state is tried twice, so that the time is bounded by the sizes of the
//! expression and the text; with them, and in any case, matching ends after [`MAX_STEPS`] steps.

use super::syntax::{ExpressionNode, OutOfSteps, ParsedExpression, PatternError};
use regex_syntax::hir::ClassUnicode;
use std::collections::HashSet;

/// How many steps a match may take.
pub const MAX_STEPS: u64 = 1 << 22;
/// How many instructions an expression may become.
const MAX_INSTRUCTIONS: usize = 1 << 16;

/// Where groups matched: start and end in bytes, two slots a group, the whole match first.
pub type Slots = Vec<Option<usize>>;

/// An expression as instructions.
#[derive(Debug, Clone)]
pub struct Program {
    instructions: Vec<Instruction>,
    sets: Vec<ClassUnicode>,
    slots: usize,
    registers: usize,
    ignore_case: bool,
    forgets: bool,
    /// What comes next depends on where the match is and on nothing else.
    memoryless: bool,
}

#[derive(Debug, Clone, Copy)]
enum Instruction {
    /// One character of a set, after or before the position.
    Set {
        set: usize,
        back: bool,
    },
    /// Goes on at the first, later at the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    /// Forgets the captures of groups, by their slots.
    Forget(usize, usize),
    /// Remembers the position, to see whether a repetition consumes anything.
    Mark(usize),
    Progress(usize),
    Reference {
        group: usize,
        back: bool,
    },
    Assert(Assertion),
    /// The instructions up to `next` must or must not match here.
    Look {
        negated: bool,
        next: usize,
    },
    Accept,
}

#[derive(Debug, Clone, Copy)]
enum Assertion {
    Start,
    End,
    LineStart,
    LineEnd,
    WordBoundary { negated: bool },
}

impl Program {
    /// Compiles an expression.
    pub fn new(syntax: &ParsedExpression) -> Result<Self, PatternError> {
        let mut program = Self {
            instructions: Vec::new(),
            sets: Vec::new(),
            slots: 2 * (syntax.groups + 1),
            registers: 0,
            ignore_case: syntax.ignore_case,
            forgets: syntax.forgets,
            memoryless: true,
        };
        program.compile(&syntax.node, false)?;
        program.push(Instruction::Accept)?;
        Ok(program)
    }

    fn push(&mut self, instruction: Instruction) -> Result<usize, PatternError> {
        if self.instructions.len() >= MAX_INSTRUCTIONS {
            return Err(PatternError::too_large());
        }
        self.instructions.push(instruction);
        Ok(self.instructions.len() - 1)
    }

    fn patch(&mut self, at: usize, instruction: Instruction) {
        if let Some(place) = self.instructions.get_mut(at) {
            *place = instruction;
        }
    }

    /// Compiles a part; inside a look-behind (`back`) it is matched from its end to its start.
    fn compile(&mut self, node: &ExpressionNode, back: bool) -> Result<(), PatternError> {
        match node {
            ExpressionNode::Set(set) => {
                let index = self.sets.iter().position(|known| known == set);
                let set = index.unwrap_or_else(|| {
                    self.sets.push(set.clone());
                    self.sets.len() - 1
                });
                self.push(Instruction::Set { set, back })?;
            }
            ExpressionNode::Sequence(parts) if back => {
                for part in parts.iter().rev() {
                    self.compile(part, back)?;
                }
            }
            ExpressionNode::Sequence(parts) => {
                for part in parts {
                    self.compile(part, back)?;
                }
            }
            ExpressionNode::Choice(parts) => self.choice(parts, back)?,
            ExpressionNode::Repeat {
                node,
                least,
                most,
                greedy,
            } => self.repeat(node, (*least, *most), *greedy, back)?,
            ExpressionNode::Group(number, node) => {
                let (first, second) = (2 * number, 2 * number + 1);
                let (first, second) = if back {
                    (second, first)
                } else {
                    (first, second)
                };
                self.push(Instruction::Save(first))?;
                self.compile(node, back)?;
                self.push(Instruction::Save(second))?;
            }
            ExpressionNode::Reference(group) => {
                self.memoryless = false;
                let group = *group;
                self.push(Instruction::Reference { group, back })?;
            }
            ExpressionNode::Look {
                node,
                ahead,
                negated,
            } => {
                let negated = *negated;
                let look = self.push(Instruction::Look { negated, next: 0 })?;
                self.compile(node, !ahead)?;
                let next = self.push(Instruction::Accept)? + 1;
                self.patch(look, Instruction::Look { negated, next });
            }
            ExpressionNode::Start => self.assert(Assertion::Start)?,
            ExpressionNode::End => self.assert(Assertion::End)?,
            ExpressionNode::LineStart => self.assert(Assertion::LineStart)?,
            ExpressionNode::LineEnd => self.assert(Assertion::LineEnd)?,
            ExpressionNode::WordBoundary { negated } => {
                self.assert(Assertion::WordBoundary { negated: *negated })?;
            }
        }
        Ok(())
    }

    fn assert(&mut self, assertion: Assertion) -> Result<(), PatternError> {
        self.push(Instruction::Assert(assertion)).map(|_| ())
    }

    fn choice(&mut self, parts: &[ExpressionNode], back: bool) -> Result<(), PatternError> {
        let mut ends = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index + 1 == parts.len() {
                self.compile(part, back)?;
                break;
            }
            let split = self.push(Instruction::Split(0, 0))?;
            self.compile(part, back)?;
            ends.push(self.push(Instruction::Jump(0))?);
            let next = self.instructions.len();
            self.patch(split, Instruction::Split(split + 1, next));
        }
        let end = self.instructions.len();
        for jump in ends {
            self.patch(jump, Instruction::Jump(end));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        node: &ExpressionNode,
        (least, most): (u32, Option<u32>),
        greedy: bool,
        back: bool,
    ) -> Result<(), PatternError> {
        let groups = groups(node);
        for _ in 0..least {
            let before = self.instructions.len();
            self.body(node, groups, back)?;
            if self.instructions.len() == before {
                // Nothing repeated is nothing.
                return Ok(());
            }
        }
        let mut splits = Vec::new();
        let mut left = most.map(|most| most.saturating_sub(least));
        while left != Some(0) {
            let register = self.registers;
            self.registers += 1;
            let split = self.push(Instruction::Split(0, 0))?;
            splits.push(split);
            self.push(Instruction::Mark(register))?;
            self.body(node, groups, back)?;
            self.push(Instruction::Progress(register))?;
            match &mut left {
                None => {
                    self.push(Instruction::Jump(split))?;
                    break;
                }
                Some(left) => *left -= 1,
            }
        }
        let end = self.instructions.len();
        for split in splits {
            let (first, second) = if greedy {
                (split + 1, end)
            } else {
                (end, split + 1)
            };
            self.patch(split, Instruction::Split(first, second));
        }
        Ok(())
    }

    fn body(
        &mut self,
        node: &ExpressionNode,
        groups: Option<(usize, usize)>,
        back: bool,
    ) -> Result<(), PatternError> {
        if let Some((first, last)) = groups
            && self.forgets
        {
            self.push(Instruction::Forget(2 * first, 2 * last + 2))?;
        }
        self.compile(node, back)
    }

    /// Whether the whole text matches.
    pub fn is_whole(&self, text: &str) -> Result<bool, OutOfSteps> {
        let mut machine = Machine::new(self, text);
        machine.whole = true;
        Ok(machine.run(0, 0)?.is_some())
    }

    /// The first match that starts at `from` or later.
    pub fn find(&self, text: &str, from: usize) -> Result<Option<Slots>, OutOfSteps> {
        let mut machine = Machine::new(self, text);
        let starts = text.get(from..).unwrap_or_default().char_indices();
        let starts = starts.map(|(at, _)| from + at).chain([text.len()]);
        for start in starts {
            if let Some(end) = machine.run(0, start)? {
                let mut slots = machine.slots;
                if let Some(whole) = slots.get_mut(..2) {
                    whole.copy_from_slice(&[Some(start), Some(end)]);
                }
                return Ok(Some(slots));
            }
        }
        Ok(None)
    }
}

/// The numbers of the first and the last group in a part.
fn groups(node: &ExpressionNode) -> Option<(usize, usize)> {
    let own = match node {
        ExpressionNode::Group(number, _) => Some((*number, *number)),
        _ => None,
    };
    let inner = node.parts().iter().filter_map(groups);
    inner.chain(own).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// A match in progress.
struct Machine<'m> {
    program: &'m Program,
    text: &'m str,
    slots: Slots,
    registers: Vec<usize>,
    stack: Vec<Undo>,
    steps: u64,
    /// The match must end where the text does.
    whole: bool,
}

/// What to do when going back.
enum Undo {
    /// The other way.
    Branch {
        pc: usize,
        at: usize,
    },
    Slot(usize, Option<usize>),
    Register(usize, usize),
}

impl<'m> Machine<'m> {
    fn new(program: &'m Program, text: &'m str) -> Self {
        Self {
            program,
            text,
            slots: vec![None; program.slots],
            registers: vec![usize::MAX; program.registers],
            stack: Vec::new(),
            steps: 0,
            whole: false,
        }
    }

    /// Runs from an instruction to its `Accept`; gives where the match ends.
    ///
    /// Slots keep what was captured, and the stack what undoes that, but no branches.
    fn run(&mut self, pc: usize, at: usize) -> Result<Option<usize>, OutOfSteps> {
        let base = self.stack.len();
        let outermost = pc == 0;
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        let (mut pc, mut at) = (pc, at);
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(OutOfSteps);
            }
            let Some(instruction) = self.program.instructions.get(pc).copied() else {
                return Ok(None);
            };
            let next = match instruction {
                Instruction::Accept => {
                    if !outermost || !self.whole || at == self.text.len() {
                        self.discard_branches(base);
                        return Ok(Some(at));
                    }
                    None
                }
                Instruction::Split(first, second) => {
                    if self.program.memoryless && !seen.insert((pc, at)) {
                        None
                    } else {
                        self.stack.push(Undo::Branch { pc: second, at });
                        Some((first, at))
                    }
                }
                Instruction::Look { negated, next } => {
                    let mark = self.stack.len();
                    let found = self.run(pc + 1, at)?.is_some();
                    if negated {
                        self.undo(mark);
                    }
                    (found != negated).then_some((next, at))
                }
                Instruction::Jump(to) => Some((to, at)),
                simple => self.simple(simple, at).map(|at| (pc + 1, at)),
            };
            match next.or_else(|| self.back(base)) {
                Some((next, position)) => (pc, at) = (next, position),
                None => return Ok(None),
            }
        }
    }

    /// An instruction after which the next one comes; `None` where it fails.
    fn simple(&mut self, instruction: Instruction, at: usize) -> Option<usize> {
        match instruction {
            Instruction::Set { set, back } => {
                let c = if back {
                    self.before(at)?
                } else {
                    self.after(at)?
                };
                let set = self.program.sets.get(set)?;
                let found = set.ranges().binary_search_by(|range| {
                    if range.end() < c {
                        std::cmp::Ordering::Less
                    } else if range.start() > c {
                        std::cmp::Ordering::Greater
                    } else {
                        std::cmp::Ordering::Equal
                    }
                });
                found.ok()?;
                Some(if back {
                    at - c.len_utf8()
                } else {
                    at + c.len_utf8()
                })
            }
            Instruction::Save(slot) => {
                self.save(slot, Some(at));
                Some(at)
            }
            Instruction::Forget(first, end) => {
                for slot in first..end {
                    self.save(slot, None);
                }
                Some(at)
            }
            Instruction::Mark(register) => {
                let place = self.registers.get_mut(register)?;
                let old = std::mem::replace(place, at);
                self.stack.push(Undo::Register(register, old));
                Some(at)
            }
            // Another turn of a loop that consumed nothing leads nowhere.
            Instruction::Progress(register) => {
                (self.registers.get(register) != Some(&at)).then_some(at)
            }
            Instruction::Reference { group, back } => self.reference(group, at, back),
            Instruction::Assert(assertion) => self.holds(assertion, at).then_some(at),
            Instruction::Accept
            | Instruction::Split(..)
            | Instruction::Look { .. }
            | Instruction::Jump(_) => None,
        }
    }

    fn save(&mut self, slot: usize, value: Option<usize>) {
        if let Some(place) = self.slots.get_mut(slot) {
            let old = std::mem::replace(place, value);
            self.stack.push(Undo::Slot(slot, old));
        }
    }

    /// The text of a group again; nothing where it captured nothing.
    fn reference(&self, group: usize, at: usize, back: bool) -> Option<usize> {
        let slot = |slot: usize| self.slots.get(slot).copied().flatten();
        let (Some(start), Some(end)) = (slot(2 * group), slot(2 * group + 1)) else {
            return Some(at);
        };
        let captured = self.text.get(start..end)?;
        if !self.program.ignore_case {
            return if back {
                let before = self.text.get(..at)?;
                before.ends_with(captured).then(|| at - captured.len())
            } else {
                let after = self.text.get(at..)?;
                after.starts_with(captured).then(|| at + captured.len())
            };
        }
        // Only XPath ignores case, and it has no look-behind.
        let mut after = self.text.get(at..)?.chars();
        let mut length = 0;
        for c in captured.chars() {
            let other = after.next()?;
            let same = c == other
                || c.to_lowercase().eq(other.to_lowercase())
                || c.to_uppercase().eq(other.to_uppercase());
            if !same {
                return None;
            }
            length += other.len_utf8();
        }
        Some(at + length)
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == self.text.len(),
            Assertion::LineStart => self.before(at).is_none_or(|c| c == '\n'),
            Assertion::LineEnd => self.after(at).is_none_or(|c| c == '\n'),
            Assertion::WordBoundary { negated } => {
                let boundary =
                    self.before(at).is_some_and(is_word) != self.after(at).is_some_and(is_word);
                boundary != negated
            }
        }
    }

    fn after(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }

    /// Goes back to the last branch above `base`.
    fn back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Undo::Branch { pc, at } => return Some((pc, at)),
                other => self.restore(&other),
            }
        }
        None
    }

    fn undo(&mut self, mark: usize) {
        while self.stack.len() > mark
            && let Some(undo) = self.stack.pop()
        {
            self.restore(&undo);
        }
    }

    fn restore(&mut self, undo: &Undo) {
        match *undo {
            Undo::Branch { .. } => {}
            Undo::Slot(slot, old) => {
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = old;
                }
            }
            Undo::Register(register, old) => {
                if let Some(place) = self.registers.get_mut(register) {
                    *place = old;
                }
            }
        }
    }

    fn discard_branches(&mut self, base: usize) {
        let mut kept = self.stack.split_off(base.min(self.stack.len()));
        kept.retain(|undo| !matches!(undo, Undo::Branch { .. }));
        self.stack.append(&mut kept);
    }
}
