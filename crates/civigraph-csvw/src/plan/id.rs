//! Numbers of tables, columns and templates that cannot be mistaken for one another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;

/// Defines an id: the place of something in a list of the plan, in four bytes also where there may be none.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "u32", into = "u32")]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The id of what is at `index`. No list of a plan has more than four billion members.
            pub const fn new(index: usize) -> Self {
                let number = if index >= u32::MAX as usize {
                    u32::MAX
                } else {
                    index as u32 + 1
                };
                match NonZeroU32::new(number) {
                    Some(number) => Self(number),
                    None => Self(NonZeroU32::MIN),
                }
            }

            /// The place in the list, from 0.
            #[inline]
            pub const fn index(self) -> usize {
                self.number() as usize
            }

            /// The place in the list as a number of 32 bits.
            #[inline]
            pub const fn number(self) -> u32 {
                self.0.get() - 1
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self::new(number as usize)
            }
        }

        impl From<$name> for u32 {
            fn from(id: $name) -> Self {
                id.number()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.number().fmt(f)
            }
        }
    };
}

id! {
    /// A table of a [`Plan`](super::Plan).
    TableId
}

id! {
    /// A column of a [`TablePlan`](super::TablePlan).
    ColumnId
}

id! {
    /// A template of a [`TablePlan`](super::TablePlan).
    TemplateId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_small_and_written_as_numbers() {
        assert_eq!(size_of::<Option<ColumnId>>(), 4);
        for index in [0, 7, u32::MAX as usize - 1] {
            let id = ColumnId::new(index);
            assert_eq!(id.index(), index);
            let written = serde_json::to_string(&id).unwrap();
            assert_eq!(written, index.to_string());
            assert_eq!(serde_json::from_str::<ColumnId>(&written).unwrap(), id);
        }
        assert_eq!(TableId::new(usize::MAX).number(), u32::MAX - 1);
    }
}
