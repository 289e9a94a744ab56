//! Numbers without limits: integers of any length, decimals of any precision.
//!
//! spareval holds `xsd:integer` in 64 bits and `xsd:decimal` with 18 digits after the point in 128. Literals beyond that
//! are no numbers to it, and results beyond it are errors.
use num_bigint::{BigInt, Sign};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, LiteralRef, NamedNodeRef};
use oxsdatatypes::{Double, Float};
use std::cmp::Ordering;

/// Digits after the point that a division gives at least, as in oxsdatatypes.
const DIVISION_DIGITS: u32 = 18;

/// A number of one of the types that SPARQL computes with.
#[derive(Debug, Clone)]
pub(crate) enum Number {
    /// An integer or a decimal.
    Exact(ExactNumber),
    Float(f32),
    Double(f64),
}

/// An integer or a decimal: some digits with the point before the last `scale` of them.
#[derive(Debug, Clone)]
pub(crate) struct ExactNumber {
    digits: BigInt,
    scale: u32,
    is_integer: bool,
}

/// An operation on two numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// What a number is rounded to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rounding {
    /// The greatest integer that is not greater.
    Floor,
    /// The least integer that is not less.
    Ceil,
    /// The nearest integer, the greater one of two.
    Nearest,
    /// The integer without what follows the point.
    Truncate,
}

impl Number {
    /// Returns the value of a literal; `None` where it is not a number, or its lexical form is not valid.
    pub(crate) fn of(literal: LiteralRef<'_>) -> Option<Self> {
        let lexical = literal.value();
        match literal.datatype() {
            xsd::DECIMAL => ExactNumber::decimal(lexical).map(Self::Exact),
            xsd::DOUBLE => Some(Self::Double(lexical.parse::<Double>().ok()?.into())),
            xsd::FLOAT => Some(Self::Float(lexical.parse::<Float>().ok()?.into())),
            datatype if is_integer_type(datatype) => ExactNumber::integer(lexical).map(Self::Exact),
            _ => None,
        }
    }

    /// Returns the literal of a number, with the lexical form that spareval gives its own.
    pub(crate) fn literal(&self) -> Literal {
        match self {
            Self::Exact(exact) => exact.literal(),
            Self::Float(value) => Float::from(*value).into(),
            Self::Double(value) => Double::from(*value).into(),
        }
    }

    pub(crate) fn to_double(&self) -> f64 {
        match self {
            Self::Exact(exact) => exact.to_double(),
            Self::Float(value) => f64::from(*value),
            Self::Double(value) => *value,
        }
    }

    pub(crate) fn to_float(&self) -> f32 {
        match self {
            Self::Exact(exact) => exact.text().parse().unwrap_or(f32::NAN),
            Self::Float(value) => *value,
            #[expect(
                clippy::cast_possible_truncation,
                reason = "what a cast to xsd:float does"
            )]
            Self::Double(value) => *value as f32,
        }
    }

    /// Returns the number as an integer or a decimal; `None` for infinities and NaN.
    pub(crate) fn to_exact(&self) -> Option<ExactNumber> {
        match self {
            Self::Exact(exact) => Some(exact.clone()),
            // The shortest digits that mean this float; they have no exponent.
            Self::Float(value) if value.is_finite() => ExactNumber::decimal(&value.to_string()),
            Self::Double(value) if value.is_finite() => ExactNumber::decimal(&value.to_string()),
            Self::Float(_) | Self::Double(_) => None,
        }
    }

    pub(crate) fn is_zero_or_nan(&self) -> bool {
        match self {
            Self::Exact(exact) => exact.digits.sign() == Sign::NoSign,
            Self::Float(value) => *value == 0.0 || value.is_nan(),
            Self::Double(value) => *value == 0.0 || value.is_nan(),
        }
    }

    /// Compares two numbers by value, in the type that both are promoted to; `None` for NaN.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Some(a.compare(b)),
            (Self::Double(_), _) | (_, Self::Double(_)) => {
                self.to_double().partial_cmp(&other.to_double())
            }
            _ => self.to_float().partial_cmp(&other.to_float()),
        }
    }

    /// Returns the result of an operation; `None` for a decimal divided by zero.
    pub(crate) fn calculate(&self, operation: Operation, other: &Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Self::Exact(a.calculate(operation, b)?),
            (Self::Double(_), _) | (_, Self::Double(_)) => {
                let (a, b) = (self.to_double(), other.to_double());
                Self::Double(match operation {
                    Operation::Add => a + b,
                    Operation::Subtract => a - b,
                    Operation::Multiply => a * b,
                    Operation::Divide => a / b,
                })
            }
            _ => {
                let (a, b) = (self.to_float(), other.to_float());
                Self::Float(match operation {
                    Operation::Add => a + b,
                    Operation::Subtract => a - b,
                    Operation::Multiply => a * b,
                    Operation::Divide => a / b,
                })
            }
        })
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Exact(exact) => Self::Exact(ExactNumber {
                digits: -exact.digits,
                ..exact
            }),
            Self::Float(value) => Self::Float(-value),
            Self::Double(value) => Self::Double(-value),
        }
    }

    pub(crate) fn absolute(self) -> Self {
        match self {
            Self::Exact(exact) => Self::Exact(ExactNumber {
                digits: BigInt::from(exact.digits.magnitude().clone()),
                ..exact
            }),
            Self::Float(value) => Self::Float(value.abs()),
            Self::Double(value) => Self::Double(value.abs()),
        }
    }

    pub(crate) fn rounded(self, rounding: Rounding) -> Self {
        match self {
            Self::Exact(exact) => Self::Exact(exact.rounded(rounding)),
            Self::Float(value) => Self::Float(match rounding {
                Rounding::Floor => value.floor(),
                Rounding::Ceil => value.ceil(),
                Rounding::Nearest => (value + 0.5).floor(),
                Rounding::Truncate => value.trunc(),
            }),
            Self::Double(value) => Self::Double(match rounding {
                Rounding::Floor => value.floor(),
                Rounding::Ceil => value.ceil(),
                Rounding::Nearest => (value + 0.5).floor(),
                Rounding::Truncate => value.trunc(),
            }),
        }
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::Exact(ExactNumber {
            digits: value.into(),
            scale: 0,
            is_integer: true,
        })
    }
}

impl ExactNumber {
    /// Reads the lexical form of an integer.
    pub(crate) fn integer(lexical: &str) -> Option<Self> {
        let digits = lexical.strip_prefix(['+', '-']).unwrap_or(lexical);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self {
            digits: lexical.parse().ok()?,
            scale: 0,
            is_integer: true,
        })
    }

    /// Reads the lexical form of a decimal.
    pub(crate) fn decimal(lexical: &str) -> Option<Self> {
        let (whole, fraction) = lexical.split_once('.').unwrap_or((lexical, ""));
        let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (digits.is_empty() && fraction.is_empty())
            || !all_digits(digits)
            || !all_digits(fraction)
        {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let mut written = [whole, fraction].concat();
        if digits.is_empty() && fraction.is_empty() {
            written.push('0');
        }
        Some(Self {
            digits: written.parse().ok()?,
            scale: u32::try_from(fraction.len()).ok()?,
            is_integer: false,
        })
    }

    /// Returns the integer that is left without what follows the point.
    pub(crate) fn truncated(self) -> Self {
        Self {
            is_integer: true,
            ..self.rounded(Rounding::Truncate)
        }
    }

    /// Returns the same value as an `xsd:decimal`.
    pub(crate) fn into_decimal(self) -> Self {
        Self {
            is_integer: false,
            ..self
        }
    }

    fn to_double(&self) -> f64 {
        self.text().parse().unwrap_or(f64::NAN)
    }

    fn literal(&self) -> Literal {
        let datatype = if self.is_integer {
            xsd::INTEGER
        } else {
            xsd::DECIMAL
        };
        Literal::new_typed_literal(self.text(), datatype)
    }

    /// Returns the digits with a point where there is something behind it.
    fn text(&self) -> String {
        let digits = self.digits.magnitude().to_string();
        let scale = self.scale as usize;
        let sign = if self.digits.sign() == Sign::Minus {
            "-"
        } else {
            ""
        };
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        match fraction.trim_end_matches('0') {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}.{fraction}"),
        }
    }

    /// Returns the digits of two numbers with equally many of them behind the point, and how many that are.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, u32) {
        let scale = self.scale.max(other.scale);
        (
            &self.digits * power_of_ten(scale - self.scale),
            &other.digits * power_of_ten(scale - other.scale),
            scale,
        )
    }

    fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    fn calculate(&self, operation: Operation, other: &Self) -> Option<Self> {
        let is_integer = self.is_integer && other.is_integer;
        let (digits, scale) = match operation {
            Operation::Add => {
                let (a, b, scale) = self.aligned(other);
                (a + b, scale)
            }
            Operation::Subtract => {
                let (a, b, scale) = self.aligned(other);
                (a - b, scale)
            }
            Operation::Multiply => (
                &self.digits * &other.digits,
                self.scale.checked_add(other.scale)?,
            ),
            Operation::Divide => {
                if other.digits.sign() == Sign::NoSign {
                    return None;
                }
                let (a, b, _) = self.aligned(other);
                let scale = DIVISION_DIGITS.max(self.scale).max(other.scale);
                (a * power_of_ten(scale) / b, scale)
            }
        };
        Some(Self {
            digits,
            scale,
            is_integer: is_integer && !matches!(operation, Operation::Divide),
        })
    }

    fn rounded(self, rounding: Rounding) -> Self {
        let unit = power_of_ten(self.scale);
        let digits = match rounding {
            Rounding::Truncate => self.digits / unit,
            Rounding::Floor => floor(self.digits, &unit),
            Rounding::Ceil => -floor(-self.digits, &unit),
            Rounding::Nearest => floor(self.digits * 2 + &unit, &(unit * 2)),
        };
        Self {
            digits,
            scale: 0,
            is_integer: self.is_integer,
        }
    }

    /// Returns a text; those of two numbers compare, byte by byte, as the numbers do.
    pub(crate) fn order_key(&self) -> String {
        let digits = self.digits.magnitude().to_string();
        let exponent = digits.len() as i64 - i64::from(self.scale) + i64::from(u32::MAX);
        let written = format!("{exponent:010}{}", digits.trim_end_matches('0'));
        match self.digits.sign() {
            Sign::Plus => format!("2{written}"),
            Sign::NoSign => "1".to_owned(),
            // What is greater without the sign is less with it.
            Sign::Minus => {
                let complement = written
                    .bytes()
                    .map(|digit| char::from(b'9' - (digit - b'0')));
                format!("0{}~", complement.collect::<String>())
            }
        }
    }
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// Divides by a positive number and rounds down.
fn floor(digits: BigInt, unit: &BigInt) -> BigInt {
    let quotient = &digits / unit;
    if (digits % unit).sign() == Sign::Minus {
        quotient - 1
    } else {
        quotient
    }
}

fn is_integer_type(datatype: NamedNodeRef<'_>) -> bool {
    !matches!(datatype, xsd::DECIMAL | xsd::DOUBLE | xsd::FLOAT)
        && crate::ValueKind::of(datatype) == Some(crate::ValueKind::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        let datatype = if text.contains('e') {
            xsd::DOUBLE
        } else if text.contains('.') {
            xsd::DECIMAL
        } else {
            xsd::INTEGER
        };
        Number::of(Literal::new_typed_literal(text, datatype).as_ref()).unwrap()
    }

    #[test]
    fn calculates_beyond_what_spareval_holds() {
        use Operation as O;
        for (a, operation, b, expected) in [
            (
                "9223372036854775807",
                O::Add,
                "7",
                "\"9223372036854775814\"^^<http://www.w3.org/2001/XMLSchema#integer>",
            ),
            (
                "99999999999999999999",
                O::Multiply,
                "-2",
                "\"-199999999999999999998\"^^<http://www.w3.org/2001/XMLSchema#integer>",
            ),
            (
                "0.1234567891",
                O::Multiply,
                "0.1234567891",
                "\"0.01524157877488187881\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
            ),
            (
                "0",
                O::Divide,
                "0.5",
                "\"0\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
            ),
            (
                "1",
                O::Divide,
                "3",
                "\"0.333333333333333333\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
            ),
            (
                "123456789012345678901234.5",
                O::Subtract,
                "0.00000000000000000001",
                "\"123456789012345678901234.49999999999999999999\"^^<http://www.w3.org/2001/XMLSchema#decimal>",
            ),
            (
                "99999999999999999999",
                O::Add,
                "1e0",
                "\"100000000000000000000\"^^<http://www.w3.org/2001/XMLSchema#double>",
            ),
        ] {
            let result = number(a).calculate(operation, &number(b)).unwrap();
            assert_eq!(result.literal().to_string(), expected, "{a} {b}");
        }
        assert!(
            number("1")
                .calculate(Operation::Divide, &number("0"))
                .is_none()
        );
    }

    #[test]
    fn compares_and_sorts_by_value() {
        let sorted = [
            "-123456789012345678901234.5",
            "-99999999999999999999",
            "-1.25",
            "-1.2",
            "-0.00000000000000000001",
            "0.0",
            "0.00000000000000000001",
            "0.1",
            "1",
            "1.00000000000000000000001",
            "9.9",
            "10",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234.5",
        ];
        for (at, a) in sorted.iter().enumerate() {
            for (other, b) in sorted.iter().enumerate() {
                let (a, b) = (number(a), number(b));
                assert_eq!(a.compare(&b), Some(at.cmp(&other)));
                let [a, b] = [a, b].map(|number| number.to_exact().unwrap().order_key());
                assert_eq!(a.cmp(&b), at.cmp(&other), "{a} {b}");
            }
        }
        assert_eq!(
            number("99999999999999999999").compare(&number("1e20")),
            Some(Ordering::Equal)
        );
    }

    #[test]
    fn rounds() {
        use Rounding as R;
        for (text, [floor, ceil, nearest, truncated]) in [
            ("2.5", ["2", "3", "3", "2"]),
            ("-2.5", ["-3", "-2", "-2", "-2"]),
            ("-0.4", ["-1", "0", "0", "0"]),
            (
                "123456789012345678901234.5",
                [
                    "123456789012345678901234",
                    "123456789012345678901235",
                    "123456789012345678901235",
                    "123456789012345678901234",
                ],
            ),
        ] {
            for (rounding, expected) in [
                (R::Floor, floor),
                (R::Ceil, ceil),
                (R::Nearest, nearest),
                (R::Truncate, truncated),
            ] {
                let found = number(text).rounded(rounding).literal();
                assert_eq!(found.value(), expected, "{text} {rounding:?}");
                assert_eq!(found.datatype(), xsd::DECIMAL);
            }
        }
    }

    #[test]
    fn lexical_forms() {
        for lexical in ["", "+", "1_000", "1e3", "1.5", " 7", "٣"] {
            assert!(ExactNumber::integer(lexical).is_none(), "{lexical}");
        }
        for lexical in ["", ".", "-", "1e3", "1.5.6", "1.-5", "--1"] {
            assert!(ExactNumber::decimal(lexical).is_none(), "{lexical}");
        }
        for (lexical, expected) in [
            (".5", "0.5"),
            ("5.", "5"),
            ("-.50", "-0.5"),
            ("+007.10", "7.1"),
            ("-0.0", "0"),
        ] {
            assert_eq!(ExactNumber::decimal(lexical).unwrap().text(), expected);
        }
    }
}
