//! Why versions are not compared.

crate::error::layer_error! {
    /// Why two versions cannot be compared.
    DiffError, from crate::store::StoreError, from crate::export::ExportError
}
