//! What a comparison of types reports: a path, both sides in WIT's words, both places.

use std::fmt;

use diag::Place;

use crate::{ExternName, Label, ResourceId};

/// One way in which a type does not fit another.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// From the outermost item to the smallest part that differs.
    pub path: Path,
    pub kind: MismatchKind,
    /// What is asked for, in WIT's words; `nothing` where something is there that must not be.
    pub expected: String,
    /// What is there instead; `nothing` where it is missing.
    pub found: String,
    /// Where the asking side says so.
    pub expected_place: Option<Place>,
    /// Where the offering side says so.
    pub found_place: Option<Place>,
    /// Names on the offering side that resemble a missing one.
    pub near: Vec<String>,
    /// Other paths that lead to the same difference.
    pub also: Vec<Path>,
    /// If two resources differ: what is asked for and what is there, as far as they are bound.
    pub resources: Option<Differing>,
}

/// Two resources where one identity is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    pub expected: ResourceId,
    pub found: ResourceId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MismatchKind {
    /// Asked for and not there.
    Missing,
    /// There, and the other side has no place for it.
    Extra,
    /// There on both sides and different.
    Differs,
}

/// The way to a part of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Import(ExternName),
    Export(ExternName),
    /// A function, type, resource or other item of an interface.
    Item(ExternName),
    Param(Label),
    Result,
    Field(Label),
    Case(Label),
    /// A part of a tuple, from 0.
    Part(usize),
    /// The element of a list, option, stream or future.
    Element,
    Key,
    Value,
    Ok,
    Err,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Import(name) => write!(f, "import {name}"),
            Self::Export(name) => write!(f, "export {name}"),
            Self::Item(name) => name.fmt(f),
            Self::Param(label) | Self::Field(label) | Self::Case(label) => f.write_str(label),
            Self::Result => f.write_str("result"),
            Self::Part(index) => index.fmt(f),
            Self::Element => f.write_str("element"),
            Self::Key => f.write_str("key"),
            Self::Value => f.write_str("value"),
            Self::Ok => f.write_str("ok"),
            Self::Err => f.write_str("err"),
        }
    }
}

impl fmt::Display for Path {
    /// `export local:calc/ops@1.0.0 / add / a / x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" / ")?;
            }
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl Mismatch {
    /// ``expected `u32`, found `u64` ``: the sentence for a message, without the path.
    pub fn text(&self) -> String {
        format!("expected {}, found {}", quoted(&self.expected), quoted(&self.found))
    }
}

/// `nothing` is said, everything else is quoted.
fn quoted(words: &str) -> String {
    if words == NOTHING { words.to_owned() } else { format!("`{words}`") }
}

/// The word for a side that has nothing.
pub const NOTHING: &str = "nothing";
