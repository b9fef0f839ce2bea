//! The index spaces of a module, and tables with one entry for each of them.

use std::ops::{Index, IndexMut};

/// What has an index space of its own. Locals, labels and fields are no part of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Type,
    Function,
    Table,
    Memory,
    Tag,
    Global,
    Element,
    Data,
}

impl Kind {
    pub(super) const ALL: [Self; 8] =
        [Self::Type, Self::Function, Self::Table, Self::Memory, Self::Tag, Self::Global, Self::Element, Self::Data];

    /// With its article, for messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Type => "a type",
            Self::Function => "a function",
            Self::Table => "a table",
            Self::Memory => "a memory",
            Self::Tag => "a tag",
            Self::Global => "a global",
            Self::Element => "an element segment",
            Self::Data => "a data segment",
        }
    }
}

/// One value for each index space.
#[derive(Clone, Debug, Default)]
pub(super) struct PerKind<T>([T; 8]);

impl<T> PerKind<T> {
    pub(super) fn each(make: impl FnMut(Kind) -> T) -> Self {
        Self(Kind::ALL.map(make))
    }
}

impl<T> Index<Kind> for PerKind<T> {
    type Output = T;

    fn index(&self, kind: Kind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> IndexMut<Kind> for PerKind<T> {
    fn index_mut(&mut self, kind: Kind) -> &mut T {
        &mut self.0[kind as usize]
    }
}

/// An index that names nothing: what is met in bodies that nobody validated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dangling(pub Kind);

impl std::fmt::Display for Dangling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is named that is not there", self.0.words())
    }
}

impl std::error::Error for Dangling {}

pub(super) type Error = wasm_encoder::reencode::Error<Dangling>;
