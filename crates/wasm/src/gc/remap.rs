//! New indices for old ones.
//!
//! Holds: the order of what stays is kept; what is not reached has no new index, and asking for one is an error.

use wasm_encoder::reencode::Reencode;

use super::kind::{Dangling, Error, Kind, PerKind};
use super::live::Live;
use super::sections::Sections;

/// Stands for "no new index".
const NONE: u32 = u32::MAX;

/// New index by old index.
pub(super) struct Remap {
    indices: PerKind<Vec<u32>>,
    /// The new module's items of each kind.
    pub counts: PerKind<u32>,
}

impl Remap {
    /// Numbers what is reached. Imported functions in `replaced` get no place of their own.
    pub(super) fn number(sections: &Sections<'_>, live: &Live<'_>, replaced: &[u32]) -> Self {
        let mut counts = PerKind::default();
        let indices = PerKind::each(|kind| {
            let mut indices = vec![NONE; sections.count(kind)];
            let mut next = 0;
            for old in live.of(kind) {
                if kind != Kind::Function || !replaced.contains(&old) {
                    indices[old as usize] = next;
                    next += 1;
                }
            }
            counts[kind] = next;
            indices
        });
        Self { indices, counts }
    }

    /// Makes an old index stand for a new one.
    pub(super) fn set(&mut self, kind: Kind, old: u32, new: u32) {
        self.indices[kind][old as usize] = new;
    }

    pub(super) fn get(&self, kind: Kind, old: u32) -> Option<u32> {
        self.indices[kind].get(old as usize).copied().filter(|new| *new != NONE)
    }

    pub(super) fn map(&self, kind: Kind, old: u32) -> Result<u32, Error> {
        self.get(kind, old).ok_or(Error::UserError(Dangling(kind)))
    }
}

/// The re-encoder wants to change what it is given; looking up needs no change.
pub(super) struct Lookup<'r>(pub &'r Remap);

impl Reencode for Lookup<'_> {
    type Error = Dangling;

    fn type_index(&mut self, ty: u32) -> Result<u32, Error> {
        self.0.map(Kind::Type, ty)
    }

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        self.0.map(Kind::Function, function)
    }

    fn table_index(&mut self, table: u32) -> Result<u32, Error> {
        self.0.map(Kind::Table, table)
    }

    fn memory_index(&mut self, memory: u32) -> Result<u32, Error> {
        self.0.map(Kind::Memory, memory)
    }

    fn tag_index(&mut self, tag: u32) -> Result<u32, Error> {
        self.0.map(Kind::Tag, tag)
    }

    fn global_index(&mut self, global: u32) -> Result<u32, Error> {
        self.0.map(Kind::Global, global)
    }

    fn element_index(&mut self, element: u32) -> Result<u32, Error> {
        self.0.map(Kind::Element, element)
    }

    fn data_index(&mut self, data: u32) -> Result<u32, Error> {
        self.0.map(Kind::Data, data)
    }
}
