//! URI templates (RFC 6570) and URL comparison (RFC 3986 §6.2.2, §6.2.3).
//!
//! References are resolved with `oxiri`; here is what it does not do.
//!
//! ```
//! use civigraph_csvw::uri::{UriTemplate, VariableValue};
//!
//! let template = UriTemplate::parse("https://example.org/{kind}#{+id}").unwrap();
//! let mut uri = String::new();
//! template.expand(&mut uri, |slot| match template.names()[slot].as_str() {
//!     "kind" => VariableValue::Text("city"),
//!     _ => VariableValue::Text("a/b"),
//! });
//! assert_eq!(uri, "https://example.org/city#a/b");
//! ```

mod encode;
mod expression;
mod normal;
pub mod prefix;
mod template;

pub(crate) use encode::percent_decode_all;
pub use encode::{encode_name, percent_decode, push_reserved, push_unreserved};
pub use expression::{Escaping, ExpressionWriter, ModifiedVariable};
pub use normal::{normalise, same};
pub use template::{Operator, Segment, TemplateError, UriTemplate, UriVariable, VariableValue};
