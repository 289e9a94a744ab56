//! How large the numbers of an index are.

use crate::error::Result;
use crate::index::Index;
use crate::range::ValueKind;
use crate::term::{self, KeyParts, kind};
use crate::value::{self, NUMBERS, XSD};

/// Digits of a year that is sorted by its value.
const YEAR_DIGITS: usize = 9;

/// How many terms are looked at in one place before the answer is taken from where that got to.
const FEW: usize = 1_000;

impl Index {
    /// An upper bound of the integers and decimals of this index, without their signs.
    ///
    /// It is infinite where one of them is beyond what the evaluator holds: 64 bits for integers, 128 bits with 18 digits after
    /// the point for decimals.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn largest_number(&self) -> Result<f64> {
        if let Some(largest) = self.largest.get() {
            return Ok(*largest);
        }
        let largest = if self.has_numbers_beyond()? {
            f64::INFINITY
        } else {
            self.greatest()?.max(self.least()?)
        };
        Ok(*self.largest.get_or_init(|| largest))
    }

    /// Whether there may be an integer or a decimal that the evaluator does not hold: they are among the literals without
    /// a value.
    fn has_numbers_beyond(&self) -> Result<bool> {
        for (datatype, local) in NUMBERS.iter().enumerate() {
            if !value::is_exact(datatype) {
                continue;
            }
            let exact = |lexical: &[u8]| {
                let lexical = std::str::from_utf8(lexical).unwrap_or_default();
                value::exact(datatype, lexical).is_some()
            };
            if self.has_text_without_value(local, exact)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether some literal of a datatype, of those without a value, has a text like that, or there are more than are
    /// looked at.
    fn has_text_without_value(
        &self,
        local: &str,
        is_wanted: impl Fn(&[u8]) -> bool,
    ) -> Result<bool> {
        let start = [&[kind::TYPED][..], XSD.as_bytes(), local.as_bytes(), &[0]].concat();
        let first = self.dictionary.lower_bound(&start)?;
        let mut keys = self.dictionary.scan(first..u32::MAX);
        let mut seen = 0;
        while let Some((_, key)) = keys.next()? {
            let Some(lexical) = key.strip_prefix(start.as_slice()) else {
                break;
            };
            seen += 1;
            if seen > FEW || is_wanted(lexical) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether there may be dates, times or years that the evaluator compares and that are not among the values of this
    /// kind: those of ten digits and more.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn has_times_beyond(&self, kind: ValueKind) -> Result<bool> {
        let local = match kind {
            ValueKind::Number => return Ok(false),
            ValueKind::Date => "date",
            ValueKind::DateTime => "dateTime",
            ValueKind::Year => "gYear",
        };
        self.has_text_without_value(local, |lexical| {
            let digits = lexical.strip_prefix(b"-").unwrap_or(lexical);
            let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
            digits.count() > YEAR_DIGITS
        })
    }

    /// The greatest integer or decimal, or the double at which looking for it ended; 0 where all are negative.
    fn greatest(&self) -> Result<f64> {
        self.first_exact(self.dictionary.ids_of(kind::NUMBER).rev())
            .map(|greatest| greatest.max(0.0))
    }

    /// The same for the least one, without its sign.
    fn least(&self) -> Result<f64> {
        self.first_exact(self.dictionary.ids_of(kind::NUMBER))
            .map(|least| (-least).max(0.0))
    }

    /// The value of the first of some numbers that is an integer or a decimal, or of the last one that was looked at.
    fn first_exact(&self, ids: impl Iterator<Item = u32>) -> Result<f64> {
        let mut key = Vec::new();
        let mut found = 0.0;
        for id in ids.take(FEW) {
            self.dictionary.key(id, &mut key)?;
            let Some(KeyParts::Xsd(lexical, local)) = term::parts(&key) else {
                continue;
            };
            let Some(datatype) = NUMBERS.iter().position(|number| *number == local) else {
                continue;
            };
            match value::number(datatype, lexical) {
                Some(value) if !value.is_nan() => found = value,
                _ => continue,
            }
            if value::is_exact(datatype) {
                break;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Index, IndexBuilder, Options, QuadChunk};
    use oxrdf::vocab::xsd;
    use oxrdf::{GraphNameRef, Literal, NamedNodeRef, QuadRef};

    fn largest(numbers: &[(&str, NamedNodeRef<'static>)]) -> f64 {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("index");
        let mut chunk = QuadChunk::new();
        for (lexical, datatype) in numbers {
            let literal = Literal::new_typed_literal(*lexical, *datatype);
            let node = NamedNodeRef::new_unchecked("http://example.org/n");
            chunk.push(QuadRef::new(
                node,
                node,
                &literal,
                GraphNameRef::DefaultGraph,
            ));
        }
        let mut builder = IndexBuilder::new(&folder, Options::default()).unwrap();
        builder.add(chunk).unwrap();
        builder.finish().unwrap();
        Index::open(&folder).unwrap().largest_number().unwrap()
    }

    #[test]
    fn the_largest_number_bounds_integers_and_decimals() {
        use xsd::{DECIMAL, DOUBLE, INTEGER, UNSIGNED_LONG};
        for (numbers, expected) in [
            (
                &[("5", INTEGER), ("-7.5", DECIMAL), ("1e300", DOUBLE)][..],
                7.5,
            ),
            (&[("5", INTEGER), ("INF", DOUBLE), ("NaN", DOUBLE)], 5.0),
            (&[("-5", INTEGER), ("-INF", DOUBLE)], 5.0),
            (&[("five", INTEGER)], 0.0),
            (&[], 0.0),
            (&[("9223372036854775808", INTEGER)], f64::INFINITY),
            (&[("18446744073709551615", UNSIGNED_LONG)], f64::INFINITY),
            (&[("0.0000000000000000001", DECIMAL)], f64::INFINITY),
        ] {
            assert_eq!(
                largest(numbers).total_cmp(&expected),
                std::cmp::Ordering::Equal,
                "{numbers:?}"
            );
        }
    }
}
