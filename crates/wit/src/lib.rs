//! The WIT front end: sources to `types::World`.
//!
//! In: a [`SourceTree`] (files by path, read by the caller; nothing is read here) and [`LoadOptions`].
//! Out: a [`Package`], of which [`Package::world`] makes a `types::World`; notes; or diagnostics with places.
//! Holds: wit-parser alone decides what WIT is accepted and what it means; its `Resolve` never leaves this crate.
//!
//! ```wit
//! package local:calc;
//! interface ops { add: func(a: u32, b: u32) -> u32; }
//! world calc { export ops; }
//! ```
//!
//! Specification: "WIT".
#![expect(clippy::wildcard_enum_match_arm, reason = "wit-parser's enums are foreign, some of them non-exhaustive")]

mod builtin;
mod check;
mod component_world;
mod declared;
mod depth;
mod documentation;
mod errors;
pub mod fmt;
mod load;
mod package;
mod package_wasm;
mod places;
pub mod print;
mod references;
mod scan;
mod select;
mod source;
pub mod syntax;
mod transform;
mod world;

pub use builtin::{built_in_texts, is_built_in, is_built_in_name};
pub use declared::Declared;
pub use load::{load, mistakes};
pub use package::Package;
pub use package_wasm::{items, wasm};
pub use references::{Reference, declared_packages, references};
pub use scan::declared_package;
pub use source::{LoadOptions, Root, SourceTree};
pub use transform::{Transform, transform};
pub use world::catalog::Cataloged;
