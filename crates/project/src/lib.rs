//! A project: what `withe.toml` says, what is locked, what has to be done.
//!
//! In: a folder. Out: a `Manifest`, and every mistake in it at once.
//! Holds: nothing outside the project's folder is written; compilers are started by the caller, who is told how.

#![expect(clippy::disallowed_methods, reason = "this crate reads and writes the project's files")]

pub mod cargo;
pub mod deps;
pub mod disk;
pub mod find;
pub mod manifest;
pub mod name;
pub mod plan;
pub mod read;
pub mod record;
pub mod results;
pub mod snapshot;

pub use manifest::Manifest;
pub use name::PackageName;
