//! Why a query has no answer.

crate::error::layer_error! {
    /// Why a query is refused, or its answer cannot be written.
    QueryError, from crate::store::StoreError, from crate::export::ExportError
}
