//! The Canonical ABI as data over `types`: layout in memory, flattening to core values, and what a call needs.
//!
//! In: value and function types. Out: `Layout`s, flat core types, `Call`s; nothing is generated here.
//! Holds: every answer depends on its arguments only; shared types are measured once, so a type that is
//! small as text but huge as a tree costs no more than its text.
//!
//! Specification: Canonical ABI explainer; function names follow its `definitions.py`.

pub mod builtin;
pub mod call;
pub mod codec;
pub mod contents;
pub mod core;
pub mod flatten;
pub mod go_arena;
pub mod layout;
pub mod names;

use std::cell::RefCell;
use std::collections::HashMap;

use types::{TypeId, Types};

pub use builtin::{Builtin, Carrier, Needs, Transfer, TransferOp, futures_and_streams};
pub use call::{Call, Mode, Params, Results, Side, Spill};
pub use codec::{Cases, Cast, Codec, CodecId, Codecs, Part, Payload, Scalar, Shape, Way};
pub use contents::Contents;
pub use core::{CoreSignature, CoreType, PtrSize};
pub use layout::{Discriminant, Layout, VariantLayout};

/// Most flat parameters of a synchronous call; beyond it they are passed in memory.
///
/// Specification: Canonical ABI, "Flattening", `MAX_FLAT_PARAMS`.
pub const MAX_FLAT_PARAMS: usize = 16;
/// Most flat parameters of an asynchronously lowered call.
pub const MAX_FLAT_ASYNC_PARAMS: usize = 4;
/// Most flat results.
pub const MAX_FLAT_RESULTS: usize = 1;

/// Answers questions about the types of one arena, for one pointer size.
pub struct Abi<'t> {
    types: &'t Types,
    ptr: PtrSize,
    layouts: RefCell<HashMap<TypeId, Layout>>,
    contents: RefCell<HashMap<TypeId, Contents>>,
}

impl<'t> Abi<'t> {
    pub fn new(types: &'t Types, ptr: PtrSize) -> Self {
        Self { types, ptr, layouts: RefCell::default(), contents: RefCell::default() }
    }

    /// The ABI of a module with a 32-bit memory.
    pub fn wasm32(types: &'t Types) -> Self {
        Self::new(types, PtrSize::P32)
    }

    pub fn types(&self) -> &'t Types {
        self.types
    }

    pub fn ptr(&self) -> PtrSize {
        self.ptr
    }
}
