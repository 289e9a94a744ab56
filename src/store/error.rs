//! Why a build or a store is refused.

crate::error::layer_error! {
    /// Why a build cannot be made, read or published.
    StoreError
}
