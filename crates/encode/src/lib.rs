//! The encoder: a core module and its world become the plan of a component.
//!
//! In: a core module, the world it was built for, adapters. Out: `component::Plan`, or all that does not fit.
//! Holds: no byte is written here except for the two small modules of `shim`; every name is resolved in
//! `import` and `export` before `build` makes the first step of the plan.
//!
//! ```text
//! module ─► import::bind, export::bind ─► live ─► shim::Slots ─► build ─► Plan
//! ```
//!
//! Specification: Canonical ABI explainer; the names of core imports and exports are in `names`.

mod adapters;
mod build;
mod canon;
mod errors;
mod export;
mod fixup;
mod guest;
mod import;
mod input;
mod live;
mod names;
mod nested;
mod parts;
mod shim;
mod union;

pub use adapters::{BUILTIN_NAME, Builtin, builtin, proxy_cannot};
pub use guest::assemble;
pub use input::{Adapter, Fill, GlobalSet, Guest, Input, Library, Linked, Options, Part, Startup};
pub use parts::plan;
pub use union::union_worlds;
