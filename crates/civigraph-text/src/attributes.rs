//! What ranks a document.

use crate::entry::TextKind;

/// The bit of a rank that says that a text has no other words than the query.
const WHOLE: u32 = 26;

/// Whether a rank is that of a text without other words.
pub fn is_whole(rank: u32) -> bool {
    rank >> WHOLE & 1 == 1
}

/// The upper half of a weight, which keeps its order.
pub fn short_weight(weight: f32) -> u16 {
    if weight > 0.0 {
        (weight.to_bits() >> 16) as u16
    } else {
        0
    }
}

/// The kind, weight and number of words of a document, in one number.
#[derive(Debug, Clone, Copy)]
pub struct Attributes(pub u32);

impl Attributes {
    /// Those of a text.
    pub fn new(kind: u8, weight: u16, words: usize) -> Self {
        let words = words.min(255) as u32;
        Self(u32::from(weight) << 10 | words << 2 | u32::from(kind & 3))
    }

    /// The code of the kind.
    pub fn code(self) -> u8 {
        (self.0 & 3) as u8
    }

    /// The kind.
    pub fn kind(self) -> TextKind {
        match self.code() {
            0 => TextKind::Label,
            1 => TextKind::AltLabel,
            2 => TextKind::Hidden,
            _ => TextKind::Text,
        }
    }

    /// The number of words, 255 if there are more.
    pub fn words(self) -> usize {
        (self.0 >> 2 & 0xff) as usize
    }

    /// How good a match of a query with so many words is; 27 bits, more is better. A whole name
    /// comes first, then the kind, the weight, and the shorter text.
    pub fn rank(self, words: usize) -> u32 {
        let whole = u32::from(self.words() == words);
        let weight = self.0 >> 10 & 0xffff;
        whole << WHOLE
            | (3 - u32::from(self.code())) << 24
            | weight << 8
            | (255 - self.words() as u32)
    }
}
