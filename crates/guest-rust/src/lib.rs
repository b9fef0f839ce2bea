//! What guests in Rust use when they do not want everything in the generated file.
//!
//! [`rt`] is the runtime that generated code shares when it is told so: `withe bindgen rust --runtime withe_bindgen::rt`.
#![no_std]

/// The runtime of generated code.
#[doc(hidden)]
pub mod rt;
