//! Components: what one will contain (`plan`), its bytes (`emit`), what one contains (`read`), worlds as bytes (`metadata`),
//! and WIT packages as bytes (`package`).
//!
//! In: types and embedded modules; or the bytes of a component.
//! Out: bytes; or `Component`, with its type in `types`.
//! Holds: index spaces exist only inside `emit` and `read`; same plan, same bytes;
//! a binary from anywhere ends in a `Component` or in diagnostics.
//!
//! Specification: Component Model, "Explainer" and "Binary".
#![expect(clippy::wildcard_enum_match_arm, reason = "the parser's enums grow with the specification")]

pub mod emit;
pub mod extern_name;
pub mod instantiation;
pub mod metadata;
pub mod package;
pub mod plan;
pub mod read;

pub use emit::{EmitOptions, emit, emit_pieces};
pub use metadata::Metadata;
pub use plan::{Plan, StringEncoding};
pub use read::{BinaryKind, Component, kind_of, read, read_world};
