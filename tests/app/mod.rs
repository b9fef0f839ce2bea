//! The parts of `tests/apps.rs`.

pub mod command;
pub mod parts;
pub mod session;
