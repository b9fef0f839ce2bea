//! Random graphs of random components: what composing them must hold, whatever they are.
//!
//! In: a seed. Out: components over one universe of interfaces, and wirings of them.
//! Holds: a seed gives the same in every run.

pub mod guest;
pub mod universe;
pub mod wire;
