//! The shape of the crate `wit-bindgen` 0.63, with withe's bindings behind it.
#![no_std]

#[doc(hidden)]
pub use withe_bindgen::rt;
