//! One file a verb; each reads as the list of its stages.

pub mod adapt;
pub mod bindgen;
pub mod call;
pub mod completions;
pub mod compose;
pub mod demo;
pub mod doctor;
pub mod embed;
pub mod explain;
pub mod fmt;
pub mod graph;
pub mod guest;
pub mod link;
pub mod parse;
pub mod parts;
pub mod plug;
pub mod print;
pub mod reduce;
pub mod run;
pub mod status;
pub mod strip;
pub mod target;
pub mod validate;
pub mod wit;
pub mod wrap;
