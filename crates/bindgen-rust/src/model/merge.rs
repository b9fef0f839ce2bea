//! Types that are equal in structure.
//!
//! In: a world. Out: each record, variant, enum and flags type that equals an earlier one, with that one.
//! Holds: names of fields, cases and flags count, those of types do not; a resource equals itself only, and so does
//! a type that comes from elsewhere.

use std::collections::HashMap;

use bindgen::{Bindings, NamedTypeKind};
use types::{Kind, ResourceId, TypeId, Types, ValType};

/// A structure, over the numbers of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Primitive(ValType),
    Foreign(TypeId),
    Record(Vec<(String, u32)>),
    Variant(Vec<(String, Option<u32>)>),
    Flags(Vec<String>),
    Enum(Vec<String>),
    List(u32),
    FixedList(u32, u32),
    Map(u32, u32),
    Tuple(Vec<u32>),
    Option(u32),
    Result(Option<u32>, Option<u32>),
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<u32>),
    Future(Option<u32>),
}

struct Structures<'t, F> {
    types: &'t Types,
    is_foreign: F,
    numbers: HashMap<Node, u32>,
    known: HashMap<TypeId, u32>,
}

/// The later types, each with the first one that it equals.
pub fn equal_types(bindings: &Bindings<'_>, is_foreign: impl Fn(TypeId) -> bool) -> Vec<(TypeId, TypeId)> {
    let mut structures =
        Structures { types: bindings.types, is_foreign, numbers: HashMap::new(), known: HashMap::new() };
    let mut first: HashMap<u32, TypeId> = HashMap::new();
    let mut same = Vec::new();
    for interface in bindings.imports.iter().chain(&bindings.exports) {
        for ty in &interface.types {
            let NamedTypeKind::Defined(id) = ty.kind else { continue };
            let number = structures.number(ValType::Def(id));
            let earlier = *first.entry(number).or_insert(id);
            if earlier != id {
                same.push((id, earlier));
            }
        }
    }
    same
}

impl<F: Fn(TypeId) -> bool> Structures<'_, F> {
    fn number(&mut self, ty: ValType) -> u32 {
        let ty = self.types.unaliased(ty);
        let id = if let ValType::Def(id) = ty { Some(id) } else { None };
        if let Some(known) = id.and_then(|id| self.known.get(&id)) {
            return *known;
        }
        let node = match id {
            Some(id) if (self.is_foreign)(id) => Node::Foreign(id),
            Some(_) | None => self.node(ty),
        };
        let next = u32::try_from(self.numbers.len()).expect("types are counted in 32 bits");
        let number = *self.numbers.entry(node).or_insert(next);
        self.known.extend(id.map(|id| (id, number)));
        number
    }

    fn node(&mut self, ty: ValType) -> Node {
        let types = self.types;
        match types.kind(ty) {
            Kind::Record(fields) => {
                Node::Record(fields.iter().map(|field| (field.name.clone(), self.number(field.ty))).collect())
            }
            Kind::Variant(cases) => {
                Node::Variant(cases.iter().map(|case| (case.name.clone(), self.optional(case.ty))).collect())
            }
            Kind::Flags(labels) => Node::Flags(labels.iter().map(|label| label.name.clone()).collect()),
            Kind::Enum(labels) => Node::Enum(labels.iter().map(|label| label.name.clone()).collect()),
            Kind::List(element) => Node::List(self.number(element)),
            Kind::FixedList(element, len) => Node::FixedList(self.number(element), len),
            Kind::Map(key, value) => Node::Map(self.number(key), self.number(value)),
            Kind::Tuple(parts) => Node::Tuple(parts.iter().map(|part| self.number(*part)).collect()),
            Kind::Option(some) => Node::Option(self.number(some)),
            Kind::Result { ok, err } => Node::Result(self.optional(ok), self.optional(err)),
            Kind::Own(resource) => Node::Own(resource),
            Kind::Borrow(resource) => Node::Borrow(resource),
            Kind::Stream(payload) => Node::Stream(self.optional(payload)),
            Kind::Future(payload) => Node::Future(self.optional(payload)),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 => Node::Primitive(ty),
            Kind::S32 | Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => Node::Primitive(ty),
            Kind::String | Kind::ErrorContext => Node::Primitive(ty),
        }
    }

    fn optional(&mut self, ty: Option<ValType>) -> Option<u32> {
        ty.map(|ty| self.number(ty))
    }
}
