//! Why a dump is not written.

crate::error::layer_error! {
    /// Why a dump cannot be written.
    ExportError, from crate::store::StoreError
}
