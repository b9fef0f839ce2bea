//! How many bytes a value of a type takes in a 64-bit memory.
//!
//! In: resolved types. Out: size and alignment. Holds: sums saturate, since only whether they are too large matters.
//!
//! Specification: Canonical ABI, "Element Size", "Alignment".

use std::collections::HashMap;

use wit_parser::{Resolve, Type, TypeDefKind, TypeId};

/// What a value takes in memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub size: u64,
    pub align: u64,
}

const fn scalar(size: u64) -> Layout {
    Layout { size, align: size }
}

/// A pointer and a length.
const POINTERS: Layout = Layout { size: 16, align: 8 };

/// Layouts of types, each worked out once.
#[derive(Debug, Default)]
pub(super) struct Sizes(HashMap<TypeId, Layout>);

impl Sizes {
    /// The layout of a defined type; that of all types it is made of must have been asked for before.
    pub(super) fn add(&mut self, resolve: &Resolve, id: TypeId) -> Layout {
        let layout = self.defined(&resolve.types[id].kind);
        self.0.insert(id, layout);
        layout
    }

    fn of(&self, ty: &Type) -> Layout {
        match ty {
            Type::Bool | Type::U8 | Type::S8 => scalar(1),
            Type::U16 | Type::S16 => scalar(2),
            Type::U32 | Type::S32 | Type::F32 | Type::Char | Type::ErrorContext => scalar(4),
            Type::U64 | Type::S64 | Type::F64 => scalar(8),
            Type::String => POINTERS,
            // A resource that is named in a type is a handle to it.
            Type::Id(id) => self.0.get(id).copied().unwrap_or(scalar(4)),
        }
    }

    fn defined(&self, kind: &TypeDefKind) -> Layout {
        match kind {
            TypeDefKind::Record(record) => record_of(record.fields.iter().map(|field| self.of(&field.ty))),
            TypeDefKind::Tuple(tuple) => record_of(tuple.types.iter().map(|ty| self.of(ty))),
            TypeDefKind::Variant(variant) => variant_of(
                variant.cases.len(),
                variant.cases.iter().filter_map(|case| Some(self.of(case.ty.as_ref()?))),
            ),
            TypeDefKind::Enum(cases) => discriminant(cases.cases.len()),
            TypeDefKind::Flags(flags) => match flags.flags.len() {
                0..=8 => scalar(1),
                9..=16 => scalar(2),
                _ => scalar(4),
            },
            TypeDefKind::Option(ty) => variant_of(2, [self.of(ty)].into_iter()),
            TypeDefKind::Result(result) => variant_of(2, result.ok.iter().chain(&result.err).map(|ty| self.of(ty))),
            TypeDefKind::List(_) | TypeDefKind::Map(..) => POINTERS,
            TypeDefKind::FixedLengthList(ty, length) => {
                let item = self.of(ty);
                Layout { size: item.size.saturating_mul(u64::from(*length)), align: item.align }
            }
            TypeDefKind::Type(ty) => self.of(ty),
            _ => scalar(4),
        }
    }
}

fn aligned(size: u64, align: u64) -> u64 {
    size.div_ceil(align).saturating_mul(align)
}

fn record_of(fields: impl Iterator<Item = Layout>) -> Layout {
    let mut whole = Layout { size: 0, align: 1 };
    for field in fields {
        whole.size = aligned(whole.size, field.align).saturating_add(field.size);
        whole.align = whole.align.max(field.align);
    }
    Layout { size: aligned(whole.size, whole.align), ..whole }
}

fn discriminant(cases: usize) -> Layout {
    match cases {
        0..=0x100 => scalar(1),
        0x101..=0x1_0000 => scalar(2),
        _ => scalar(4),
    }
}

fn variant_of(cases: usize, payloads: impl Iterator<Item = Layout>) -> Layout {
    let tag = discriminant(cases);
    let (size, align) = payloads.fold((0, 1), |(size, align), one| (one.size.max(size), one.align.max(align)));
    let align = align.max(tag.align);
    Layout { size: aligned(aligned(tag.size, align).saturating_add(size), align), align }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_aligned() {
        assert_eq!(record_of([scalar(1), scalar(8), scalar(2)].into_iter()), Layout { size: 24, align: 8 });
        assert_eq!(variant_of(2, [scalar(4)].into_iter()), Layout { size: 8, align: 4 });
        assert_eq!(variant_of(257, [scalar(1)].into_iter()), Layout { size: 4, align: 2 });
        assert_eq!(aligned(u64::MAX, 8), u64::MAX);
    }
}
