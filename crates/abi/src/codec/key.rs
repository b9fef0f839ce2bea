//! When two types share a codec.
//!
//! In: a value type. Out: the first type seen that has the same structure.
//! Holds: a record, variant, enum or flags type is itself only, as its target type has a name of its own;
//! every other type is known by its constructor and the representatives of its parts.

use types::{Kind, ResourceId, ValType};

use super::Codecs;

/// The structure of an anonymous type, over representatives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    List(ValType),
    FixedList(ValType, u32),
    Map(ValType, ValType),
    Tuple(Vec<ValType>),
    Option(ValType),
    Result(Option<ValType>, Option<ValType>),
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<ValType>),
    Future(Option<ValType>),
}

impl Codecs<'_, '_> {
    /// The type that stands for all types which share a codec with `ty`.
    pub fn representative(&mut self, ty: ValType) -> ValType {
        let ty = self.abi.types().unaliased(ty);
        let ValType::Def(id) = ty else { return ty };
        if let Some(known) = self.representatives.get(&id) {
            return *known;
        }
        let representative = match self.key(ty) {
            None => ty,
            Some(key) => *self.structures.entry(key).or_insert(ty),
        };
        self.representatives.insert(id, representative);
        representative
    }

    /// The structure of a type, or `None` if it equals only itself.
    fn key(&mut self, ty: ValType) -> Option<Key> {
        Some(match self.abi.types().kind(ty) {
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => return None,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => return None,
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => return None,
            Kind::String | Kind::ErrorContext => return None,
            Kind::List(element) => Key::List(self.representative(element)),
            Kind::FixedList(element, len) => Key::FixedList(self.representative(element), len),
            Kind::Map(key, value) => Key::Map(self.representative(key), self.representative(value)),
            Kind::Tuple(parts) => Key::Tuple(parts.iter().map(|part| self.representative(*part)).collect()),
            Kind::Option(some) => Key::Option(self.representative(some)),
            Kind::Result { ok, err } => Key::Result(self.optional(ok), self.optional(err)),
            Kind::Own(resource) => Key::Own(resource),
            Kind::Borrow(resource) => Key::Borrow(resource),
            Kind::Stream(payload) => Key::Stream(self.optional(payload)),
            Kind::Future(payload) => Key::Future(self.optional(payload)),
        })
    }

    fn optional(&mut self, ty: Option<ValType>) -> Option<ValType> {
        ty.map(|ty| self.representative(ty))
    }
}
