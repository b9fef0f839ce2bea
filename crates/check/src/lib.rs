//! Judgements about finished things: does a component fit a world, what does a change break, what can a component
//! touch, what does it weigh.
//!
//! In: worlds, components' bytes. Out: findings and reports as data; the command line shows them.
//! Holds: nothing here runs a guest or reads a file.

pub mod capabilities;
pub mod conformance;
pub mod diff;
pub mod size;
