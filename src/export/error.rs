//! Why a dump is not written.

crate::refusal::layer_error! {
    /// Why a dump cannot be written.
    ExportError, from crate::store::StoreError
}
