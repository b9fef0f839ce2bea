//! The encoder: core modules and their worlds become the plan of a component.
//!
//! In: a core module, or libraries and the module that links them; the worlds they were built for; adapters.
//! Out: `component::Plan`, or all that does not fit.
//! Holds: no byte is written here except for the small modules of `shim`, `fixup` and `link`; every name is resolved
//! in `import` and `export` before `build` makes the first step of the plan; which options a canonical definition
//! names is asked of `abi` in one place for imports, `canon`, and in one for exports, `export`.
//!
//! ```text
//! worlds ─► union ─► merge ─► the target world
//! libraries ─► link ─┐
//!          module ───┴► import::bind, export::bind ─► live ─► shim::Slots ─► build (fixup) ─► Plan
//! ```
//!
//! Specification: Canonical ABI explainer; the names of core imports and exports are in `names`.

mod adapters;
mod build;
mod canon;
mod encodings;
mod errors;
mod export;
mod fixup;
pub mod go;
mod guest;
mod import;
mod input;
pub mod link;
mod live;
mod merge;
mod names;
mod nested;
mod parts;
mod rename;
mod scopes;
mod shake;
mod shim;
mod union;

pub use adapters::{BUILTIN_NAME, Builtin, builtin, proxy_cannot};
pub use export::warnings;
pub use guest::{assemble, check_given_world, embed, target_world};
pub use input::{Adapter, Fill, GlobalSet, Guest, Input, Library, Linked, Options, Part, Startup};
pub use parts::plan;
pub use shake::{shake, with_modules};
