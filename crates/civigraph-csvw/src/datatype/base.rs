//! The built-in datatypes (Tabular Data Model §4.6, Metadata Vocabulary §5.11.1).

use serde::{Deserialize, Serialize};

/// What happens to white space before a cell is parsed (Tabular Data Model §6.4, steps 1 and 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhiteSpace {
    /// The text stays as it is.
    Preserve,
    /// Tabs and line breaks become spaces.
    Replace,
    /// As `Replace`; then runs of spaces become one, and the ends are stripped.
    Collapse,
}

/// The family of a datatype: which formats and facets it knows, and how its values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `string`, its subtypes and everything without a family of its own.
    Text,
    /// `base64Binary`, `hexBinary`.
    Binary,
    /// `boolean`.
    Boolean,
    /// `decimal` and its subtypes.
    Decimal,
    /// `double`, `float`.
    Float,
    /// Dates, times and their parts.
    Temporal,
    /// `duration` and its subtypes.
    Duration,
}

macro_rules! bases {
    ($($variant:ident $name:literal $iri:literal $family:ident;)*) => {
        /// A built-in datatype. Aliases (`number`, `binary`, `datetime`, `any`) are already resolved.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Base {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Base {
            /// Every built-in datatype.
            pub const ALL: &'static [Base] = &[$(Base::$variant,)*];

            /// The built-in datatype of a name, aliases included.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Base::$variant),)*
                    "any" => Some(Base::AnyAtomicType),
                    "binary" => Some(Base::Base64Binary),
                    "datetime" => Some(Base::DateTime),
                    "number" => Some(Base::Double),
                    _ => None,
                }
            }

            /// The built-in datatype of an absolute IRI.
            pub fn from_iri(iri: &str) -> Option<Self> {
                match iri {
                    $($iri => Some(Base::$variant),)*
                    _ => None,
                }
            }

            /// The name in metadata.
            pub const fn name(self) -> &'static str {
                match self { $(Base::$variant => $name,)* }
            }

            /// The absolute IRI.
            pub const fn iri(self) -> &'static str {
                match self { $(Base::$variant => $iri,)* }
            }

            /// The family.
            pub const fn family(self) -> Family {
                match self { $(Base::$variant => Family::$family,)* }
            }
        }
    };
}

bases! {
    AnyAtomicType "anyAtomicType" "http://www.w3.org/2001/XMLSchema#anyAtomicType" Text;
    String "string" "http://www.w3.org/2001/XMLSchema#string" Text;
    NormalizedString "normalizedString" "http://www.w3.org/2001/XMLSchema#normalizedString" Text;
    Token "token" "http://www.w3.org/2001/XMLSchema#token" Text;
    Language "language" "http://www.w3.org/2001/XMLSchema#language" Text;
    Name "Name" "http://www.w3.org/2001/XMLSchema#Name" Text;
    NmToken "NMTOKEN" "http://www.w3.org/2001/XMLSchema#NMTOKEN" Text;
    Xml "xml" "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral" Text;
    Html "html" "http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML" Text;
    Json "json" "http://www.w3.org/ns/csvw#JSON" Text;
    AnyUri "anyURI" "http://www.w3.org/2001/XMLSchema#anyURI" Text;
    QName "QName" "http://www.w3.org/2001/XMLSchema#QName" Text;
    Base64Binary "base64Binary" "http://www.w3.org/2001/XMLSchema#base64Binary" Binary;
    HexBinary "hexBinary" "http://www.w3.org/2001/XMLSchema#hexBinary" Binary;
    Boolean "boolean" "http://www.w3.org/2001/XMLSchema#boolean" Boolean;
    Decimal "decimal" "http://www.w3.org/2001/XMLSchema#decimal" Decimal;
    Integer "integer" "http://www.w3.org/2001/XMLSchema#integer" Decimal;
    Long "long" "http://www.w3.org/2001/XMLSchema#long" Decimal;
    Int "int" "http://www.w3.org/2001/XMLSchema#int" Decimal;
    Short "short" "http://www.w3.org/2001/XMLSchema#short" Decimal;
    Byte "byte" "http://www.w3.org/2001/XMLSchema#byte" Decimal;
    NonNegativeInteger "nonNegativeInteger" "http://www.w3.org/2001/XMLSchema#nonNegativeInteger" Decimal;
    PositiveInteger "positiveInteger" "http://www.w3.org/2001/XMLSchema#positiveInteger" Decimal;
    UnsignedLong "unsignedLong" "http://www.w3.org/2001/XMLSchema#unsignedLong" Decimal;
    UnsignedInt "unsignedInt" "http://www.w3.org/2001/XMLSchema#unsignedInt" Decimal;
    UnsignedShort "unsignedShort" "http://www.w3.org/2001/XMLSchema#unsignedShort" Decimal;
    UnsignedByte "unsignedByte" "http://www.w3.org/2001/XMLSchema#unsignedByte" Decimal;
    NonPositiveInteger "nonPositiveInteger" "http://www.w3.org/2001/XMLSchema#nonPositiveInteger" Decimal;
    NegativeInteger "negativeInteger" "http://www.w3.org/2001/XMLSchema#negativeInteger" Decimal;
    Double "double" "http://www.w3.org/2001/XMLSchema#double" Float;
    Float "float" "http://www.w3.org/2001/XMLSchema#float" Float;
    Date "date" "http://www.w3.org/2001/XMLSchema#date" Temporal;
    Time "time" "http://www.w3.org/2001/XMLSchema#time" Temporal;
    DateTime "dateTime" "http://www.w3.org/2001/XMLSchema#dateTime" Temporal;
    DateTimeStamp "dateTimeStamp" "http://www.w3.org/2001/XMLSchema#dateTimeStamp" Temporal;
    GDay "gDay" "http://www.w3.org/2001/XMLSchema#gDay" Temporal;
    GMonth "gMonth" "http://www.w3.org/2001/XMLSchema#gMonth" Temporal;
    GMonthDay "gMonthDay" "http://www.w3.org/2001/XMLSchema#gMonthDay" Temporal;
    GYear "gYear" "http://www.w3.org/2001/XMLSchema#gYear" Temporal;
    GYearMonth "gYearMonth" "http://www.w3.org/2001/XMLSchema#gYearMonth" Temporal;
    Duration "duration" "http://www.w3.org/2001/XMLSchema#duration" Duration;
    DayTimeDuration "dayTimeDuration" "http://www.w3.org/2001/XMLSchema#dayTimeDuration" Duration;
    YearMonthDuration "yearMonthDuration" "http://www.w3.org/2001/XMLSchema#yearMonthDuration" Duration;
}

impl Base {
    /// What happens to white space before parsing.
    pub const fn white_space(self) -> WhiteSpace {
        match self {
            Self::String | Self::Json | Self::Xml | Self::Html | Self::AnyAtomicType => {
                WhiteSpace::Preserve
            }
            Self::NormalizedString => WhiteSpace::Replace,
            _ => WhiteSpace::Collapse,
        }
    }

    /// Whether items of a list keep white space at their ends (Tabular Data Model §6.4, step 5.3).
    pub const fn keeps_item_ends(self) -> bool {
        matches!(self, Self::String | Self::AnyAtomicType)
    }

    /// Whether values are numbers.
    pub const fn is_numeric(self) -> bool {
        matches!(self.family(), Family::Decimal | Family::Float)
    }

    /// Whether values are whole numbers.
    pub const fn is_integer(self) -> bool {
        matches!(self.family(), Family::Decimal) && !matches!(self, Self::Decimal)
    }

    /// Whether `length`, `minLength` and `maxLength` apply: strings, their subtypes, binary types.
    pub const fn has_length(self) -> bool {
        match self.family() {
            Family::Binary => true,
            Family::Text => !matches!(self, Self::AnyAtomicType | Self::AnyUri | Self::QName),
            _ => false,
        }
    }

    /// Whether values are ordered, so that `minimum` and the like apply.
    pub const fn is_ordered(self) -> bool {
        matches!(
            self.family(),
            Family::Decimal | Family::Float | Family::Temporal | Family::Duration
        )
    }

    /// The values that most programs compare and compute with, in words.
    pub const fn computable(self) -> &'static str {
        match self.family() {
            Family::Temporal => "a year of at most 12 digits",
            Family::Duration => {
                "at most 63 bits of months, and 20 digits of seconds with at most 18 after the point"
            }
            Family::Float => "a number that is neither rounded to infinity nor to nothing",
            _ => "a whole number of 64 bits, or at most 18 digits after the point and 20 before it",
        }
    }

    /// Least and greatest value of an integer datatype, inclusive, as decimal digits.
    pub const fn integer_range(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Self::Long => (Some("-9223372036854775808"), Some("9223372036854775807")),
            Self::Int => (Some("-2147483648"), Some("2147483647")),
            Self::Short => (Some("-32768"), Some("32767")),
            Self::Byte => (Some("-128"), Some("127")),
            Self::NonNegativeInteger => (Some("0"), None),
            Self::PositiveInteger => (Some("1"), None),
            Self::UnsignedLong => (Some("0"), Some("18446744073709551615")),
            Self::UnsignedInt => (Some("0"), Some("4294967295")),
            Self::UnsignedShort => (Some("0"), Some("65535")),
            Self::UnsignedByte => (Some("0"), Some("255")),
            Self::NonPositiveInteger => (None, Some("0")),
            Self::NegativeInteger => (None, Some("-1")),
            _ => (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_iris_lead_back() {
        for &base in Base::ALL {
            assert_eq!(Base::from_name(base.name()), Some(base));
            assert_eq!(Base::from_iri(base.iri()), Some(base));
        }
    }

    #[test]
    fn aliases() {
        for (name, expected) in [
            ("any", Some(Base::AnyAtomicType)),
            ("binary", Some(Base::Base64Binary)),
            ("datetime", Some(Base::DateTime)),
            ("number", Some(Base::Double)),
            ("String", None),
            ("", None),
        ] {
            assert_eq!(Base::from_name(name), expected, "{name}");
        }
    }
}
