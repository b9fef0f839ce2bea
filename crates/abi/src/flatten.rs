//! Flattening: the core values that a component-level value becomes when it is not passed in memory.
//!
//! Specification: Canonical ABI, "Flattening".

use types::{Kind, ValType};

use crate::{Abi, CoreType};

/// The core type that can hold values of both types: `join` of the specification.
pub fn join(a: CoreType, b: CoreType) -> CoreType {
    match (a, b) {
        (a, b) if a == b => a,
        (CoreType::I32, CoreType::F32) | (CoreType::F32, CoreType::I32) => CoreType::I32,
        (CoreType::I32 | CoreType::I64 | CoreType::F32 | CoreType::F64, _) => CoreType::I64,
    }
}

impl Abi<'_> {
    /// The flat form of values one after the other, or `None` if it is longer than `limit` core values.
    ///
    /// The work is bounded by the limit and the text of the type, not by its tree.
    pub fn flatten(&self, types: impl IntoIterator<Item = ValType>, limit: usize) -> Option<Vec<CoreType>> {
        let mut flat = Vec::new();
        for ty in types {
            self.flatten_into(ty, limit, &mut flat)?;
        }
        Some(flat)
    }

    fn flatten_into(&self, ty: ValType, limit: usize, flat: &mut Vec<CoreType>) -> Option<()> {
        match self.types.kind(ty) {
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::Char => {
                flat.push(CoreType::I32);
            }
            Kind::Flags(_) | Kind::Enum(_) => flat.push(CoreType::I32),
            Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => {
                flat.push(CoreType::I32);
            }
            Kind::U64 | Kind::S64 => flat.push(CoreType::I64),
            Kind::F32 => flat.push(CoreType::F32),
            Kind::F64 => flat.push(CoreType::F64),
            Kind::String | Kind::List(_) | Kind::Map(..) => flat.extend([self.ptr.core_type(); 2]),
            Kind::FixedList(element, len) => self.flatten_fixed_list(element, len, limit, flat)?,
            Kind::Record(fields) => self.flatten_all(fields.iter().map(|field| field.ty), limit, flat)?,
            Kind::Tuple(parts) => self.flatten_all(parts.iter().copied(), limit, flat)?,
            Kind::Variant(cases) => self.flatten_variant(cases.iter().map(|case| case.ty), limit, flat)?,
            Kind::Option(some) => self.flatten_variant([None, Some(some)], limit, flat)?,
            Kind::Result { ok, err } => self.flatten_variant([ok, err], limit, flat)?,
        }
        (flat.len() <= limit).then_some(())
    }

    fn flatten_all(&self, parts: impl Iterator<Item = ValType>, limit: usize, flat: &mut Vec<CoreType>) -> Option<()> {
        parts.into_iter().try_for_each(|part| self.flatten_into(part, limit, flat))
    }

    fn flatten_fixed_list(&self, element: ValType, len: u32, limit: usize, flat: &mut Vec<CoreType>) -> Option<()> {
        // Each element gives at least one core value, so the limit ends this loop soon.
        (0..len).try_for_each(|_| self.flatten_into(element, limit, flat))
    }

    fn flatten_variant(
        &self,
        payloads: impl IntoIterator<Item = Option<ValType>>,
        limit: usize,
        flat: &mut Vec<CoreType>,
    ) -> Option<()> {
        flat.push(CoreType::I32);
        let start = flat.len();
        let room = limit.checked_sub(start)?;
        for payload in payloads.into_iter().flatten() {
            let case = self.flatten([payload], room)?;
            for (slot, ty) in case.into_iter().enumerate() {
                match flat.get_mut(start + slot) {
                    Some(joined) => *joined = join(*joined, ty),
                    None => flat.push(ty),
                }
            }
        }
        Some(())
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
    fn cases_share_slots_of_the_joined_type() {
        let mut types = Types::new();
        let result = anonymous(&mut types, TypeKind::Result { ok: Some(ValType::F32), err: Some(ValType::String) });
        let flat = Abi::wasm32(&types).flatten([result], 16);
        assert_eq!(flat, Some(vec![CoreType::I32, CoreType::I32, CoreType::I32]));
        assert_eq!(join(CoreType::F32, CoreType::F64), CoreType::I64);
    }

    #[test]
    fn a_huge_type_ends_at_the_limit() {
        let mut types = Types::new();
        let list = anonymous(&mut types, TypeKind::FixedList(ValType::U8, u32::MAX));
        let mut ty = anonymous(&mut types, TypeKind::Option(list));
        for _ in 0..90 {
            ty = anonymous(&mut types, TypeKind::Tuple(vec![ty, ty]));
        }
        assert_eq!(Abi::wasm32(&types).flatten([ty], 16), None);
    }
}
