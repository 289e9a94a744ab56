//! Sets of documents.

/// A set of documents, one bit each.
#[derive(Debug, Clone)]
pub struct Docs(Vec<u64>);

impl Docs {
    /// No documents out of so many.
    pub fn none(documents: u32) -> Self {
        Self(vec![0; documents.div_ceil(64) as usize])
    }

    pub fn insert(&mut self, doc: u32) {
        // Numbers come from postings, which a file of ours may state wrongly.
        if let Some(word) = self.0.get_mut((doc / 64) as usize) {
            *word |= 1 << (doc % 64);
        }
    }

    /// Keeps what is in the other set as well.
    pub fn intersect(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(at as u32 * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let set = |docs: &[u32]| {
            let mut set = Docs::none(200);
            docs.iter().for_each(|doc| set.insert(*doc));
            set
        };
        let mut a = set(&[0, 63, 64, 127, 199]);
        a.intersect(&set(&[63, 64, 65, 199, 1_000]));
        assert_eq!(a.iter().collect::<Vec<_>>(), [63, 64, 199]);
    }
}
