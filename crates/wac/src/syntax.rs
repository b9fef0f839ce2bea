//! The text side: the tree of a script.

mod names;
pub mod tree;
