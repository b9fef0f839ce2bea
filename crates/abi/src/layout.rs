//! Size and alignment of values in linear memory, in bytes.
//!
//! Specification: Canonical ABI, "Alignment" and "Element Size".

use types::{Case, Kind, ValType};

use crate::Abi;

/// Size and alignment, in bytes. Sizes saturate, so a nonsensical type is merely huge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layout {
    pub size: u64,
    pub align: u64,
}

/// The integer in front of a variant's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discriminant {
    U8,
    U16,
    U32,
}

/// Where the parts of a variant stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VariantLayout {
    pub discriminant: Discriminant,
    /// Offset of every case's payload, in bytes.
    pub payload_offset: u64,
    pub layout: Layout,
}

impl Layout {
    const EMPTY: Self = Self { size: 0, align: 1 };

    const fn scalar(size: u64) -> Self {
        Self { size, align: size }
    }
}

impl Discriminant {
    /// Specification: Canonical ABI, `discriminant_type`.
    pub fn of(cases: usize) -> Self {
        match cases {
            0..=0x100 => Self::U8,
            0x101..=0x1_0000 => Self::U16,
            _ => Self::U32,
        }
    }

    /// In bytes.
    pub fn size(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 4,
        }
    }
}

/// The next multiple of `align`, a power of two.
pub fn align_to(offset: u64, align: u64) -> u64 {
    offset.saturating_add(align - 1) & !(align - 1)
}

impl Abi<'_> {
    /// Size and alignment of a value in memory.
    pub fn layout(&self, ty: ValType) -> Layout {
        let ValType::Def(id) = self.types.unaliased(ty) else { return self.measure(ty) };
        if let Some(known) = self.layouts.borrow().get(&id) {
            return *known;
        }
        let layout = self.measure(ty);
        self.layouts.borrow_mut().insert(id, layout);
        layout
    }

    fn measure(&self, ty: ValType) -> Layout {
        match self.types.kind(ty) {
            Kind::Bool | Kind::U8 | Kind::S8 => Layout::scalar(1),
            Kind::U16 | Kind::S16 => Layout::scalar(2),
            Kind::U32 | Kind::S32 | Kind::F32 | Kind::Char => Layout::scalar(4),
            Kind::U64 | Kind::S64 | Kind::F64 => Layout::scalar(8),
            Kind::String | Kind::List(_) | Kind::Map(..) => self.pointer_and_length(),
            Kind::ErrorContext | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => {
                Layout::scalar(4)
            }
            Kind::Record(fields) => self.record_layout(fields.iter().map(|field| field.ty)),
            Kind::Tuple(parts) => self.record_layout(parts.iter().copied()),
            Kind::FixedList(element, len) => self.fixed_list(element, len),
            Kind::Flags(labels) => Layout::scalar(flags_size(labels.len())),
            Kind::Enum(labels) => Layout::scalar(Discriminant::of(labels.len()).size()),
            Kind::Variant(cases) => self.variant_layout(cases.iter().map(|case: &Case| case.ty)).layout,
            Kind::Option(some) => self.variant_layout([None, Some(some)]).layout,
            Kind::Result { ok, err } => self.variant_layout([ok, err]).layout,
        }
    }

    fn pointer_and_length(&self) -> Layout {
        let bytes = self.ptr.bytes();
        Layout { size: 2 * bytes, align: bytes }
    }

    fn fixed_list(&self, element: ValType, len: u32) -> Layout {
        let element = self.layout(element);
        Layout { size: element.size.saturating_mul(u64::from(len)), align: element.align }
    }

    /// The layout of parts that stand one after the other: a record, a tuple, spilled parameters.
    pub fn record_layout(&self, parts: impl IntoIterator<Item = ValType>) -> Layout {
        let mut whole = Layout::EMPTY;
        for part in parts {
            let part = self.layout(part);
            whole.size = align_to(whole.size, part.align).saturating_add(part.size);
            whole.align = whole.align.max(part.align);
        }
        whole.size = align_to(whole.size, whole.align);
        whole
    }

    /// The offset of each part, in bytes.
    pub fn field_offsets(&self, parts: impl IntoIterator<Item = ValType>) -> Vec<u64> {
        let mut end = 0;
        let mut offsets = Vec::new();
        for part in parts {
            let part = self.layout(part);
            let start = align_to(end, part.align);
            offsets.push(start);
            end = start.saturating_add(part.size);
        }
        offsets
    }

    /// The layout of a variant with the given payloads.
    pub fn variant_layout(&self, payloads: impl IntoIterator<Item = Option<ValType>>) -> VariantLayout {
        let mut cases = 0;
        let mut payload = Layout::EMPTY;
        for ty in payloads {
            cases += 1;
            if let Some(ty) = ty {
                let layout = self.layout(ty);
                payload.size = payload.size.max(layout.size);
                payload.align = payload.align.max(layout.align);
            }
        }
        let discriminant = Discriminant::of(cases);
        let payload_offset = align_to(discriminant.size(), payload.align);
        let align = discriminant.size().max(payload.align);
        let size = align_to(payload_offset.saturating_add(payload.size), align);
        VariantLayout { discriminant, payload_offset, layout: Layout { size, align } }
    }
}

/// Bytes that flags take. More than 32 labels are invalid; they are given the largest size.
fn flags_size(labels: usize) -> u64 {
    match labels {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use types::{Decl, Owner, TypeDef, TypeKind, Types};

    use super::*;

    fn anonymous(types: &mut Types, kind: TypeKind) -> ValType {
        ValType::Def(types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() }))
    }

    #[test]
    fn records_pad_between_and_after_fields() {
        let mut types = Types::new();
        let tuple = anonymous(&mut types, TypeKind::Tuple(vec![ValType::U8, ValType::U32, ValType::U16]));
        let abi = Abi::wasm32(&types);
        assert_eq!(abi.layout(tuple), Layout { size: 12, align: 4 });
        assert_eq!(abi.field_offsets([ValType::U8, ValType::U32, ValType::U16]), [0, 4, 8]);
    }

    #[test]
    fn a_payload_stands_behind_its_discriminant_and_padding() {
        let mut types = Types::new();
        let option = anonymous(&mut types, TypeKind::Option(ValType::U64));
        assert_eq!(Abi::wasm32(&types).layout(option), Layout { size: 16, align: 8 });
    }

    #[test]
    fn pointer_size_counts_in_strings_only() {
        let types = Types::new();
        assert_eq!(Abi::new(&types, PtrSize::P64).layout(ValType::String), Layout { size: 16, align: 8 });
        assert_eq!(Abi::new(&types, PtrSize::P64).layout(ValType::U32), Layout { size: 4, align: 4 });
    }

    #[test]
    fn a_type_that_doubles_at_every_level_is_measured_at_once() {
        let mut types = Types::new();
        let mut ty = ValType::U64;
        for _ in 0..90 {
            ty = anonymous(&mut types, TypeKind::Tuple(vec![ty, ty]));
        }
        assert!(Abi::wasm32(&types).layout(ty).size >= 1 << 60);
    }

    use crate::PtrSize;
}
