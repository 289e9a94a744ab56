//! URI templates (RFC 6570) and URL comparison (RFC 3986 §6.2.2, §6.2.3).
//!
//! References are resolved with `oxiri`; here is what it does not do.
//!
//! ```
//! use civigraph_csvw::uri::{Template, Value};
//!
//! let template = Template::parse("https://example.org/{kind}#{+id}").unwrap();
//! let mut uri = String::new();
//! template.expand(&mut uri, |slot| match template.names()[slot].as_str() {
//!     "kind" => Value::Text("city"),
//!     _ => Value::Text("a/b"),
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
pub use expression::{Escaping, ExpressionWriter, Modified};
pub use normal::{normalise, same};
pub use template::{Operator, Segment, Template, TemplateError, Value, Variable};
