//! What every bindings generator needs, whatever the target language.
//!
//! In: a `types::World`. Out: [`Bindings`]: its items in the order of generation, each function with its `abi::Call`
//! and core name. Beside them [`Scope`] (unique names), [`case`] (kebab-case into a target's case),
//! [`wit`] (a signature as WIT writes it) and [`Files`] (what a generator returns).
//! Holds: nothing here knows a target language.

mod bindings;
pub mod case;
mod collect;
pub mod core_name;
mod dump;
mod files;
mod filters;
mod scope;
pub mod wit;

pub use bindings::{
    Bindings, Func, FuncKind, Interface, InterfaceKey, NamedType, NamedTypeKind, Role, bare_name, without_exports,
};
pub use collect::bindings;
pub use files::{File, Files, GO_HEADER, HEADER, Kept, is_generated};
pub use scope::Scope;
