//! The parts of `tests/apps.rs`.

pub mod command;
pub mod http;
pub mod parts;
pub mod session;
