//! The embedded runtime: components are run, called and judged here.
//!
//! In: a component's bytes, grants, limits, standard streams. Out: a status, results as text, diagnostics.
//! Holds: nothing is granted that `Grants` does not name; every limit ends the guest; this crate alone knows wasmtime.
#![expect(clippy::wildcard_enum_match_arm, reason = "wasmtime's value and type enums are foreign and grow")]

mod call;
mod engine;
mod files;
mod files3;
pub mod grants;
mod guest;
mod host;
mod http;
mod interrupt;
pub mod limits;
mod link;
mod nesting;
mod origin;
mod refused;
mod run;
pub mod serve;
pub mod session;
mod stdio;
mod stub;
pub mod test;
mod trap;
mod unmet;
mod validate;
pub mod value;

pub use call::{Writing, call};
pub use grants::Grants;
pub use guest::Request;
pub use interrupt::when_interrupted;
pub use limits::{Limits, Usage};
pub use run::{Finished, run};
pub use session::{Called, Program, Session, Setup};
pub use stdio::{Input, Output, Stdio};
pub use trap::TRAPPED;
pub use unmet::Stub;
pub use validate::{Proposals, newer_than_runtime, validate};
