//! The shape of the crate `wit-bindgen` 0.63, with withe's bindings behind it.
//!
//! A guest written for the one compiles with the other: `[patch.crates-io] wit-bindgen = { path = ".." }`.
#![no_std]

#[doc(hidden)]
pub use withe_bindgen::rt;

pub use withe_bindgen::resource;

/// Generates the bindings of a world where it stands; see `withe_bindgen::generate!`.
#[cfg(feature = "macros")]
pub use withe_bindgen::generate_wit_bindgen as generate;

pub use withe_bindgen::rt::async_support::{
    backpressure_dec, backpressure_inc, block_on, spawn_local, yield_async, yield_blocking, AbiBuffer, FutureOps,
    FutureRead, FutureReader, FutureWrite, FutureWriteCancel, FutureWriteError, FutureWriter, JoinHandle,
    RawFutureRead, RawFutureReader, RawFutureWrite, RawFutureWriter, RawStreamRead, RawStreamReader, RawStreamWrite,
    RawStreamWriter, StreamOps, StreamRead, StreamReader, StreamResult, StreamWrite, StreamWriter, UnitStreamOps,
};
