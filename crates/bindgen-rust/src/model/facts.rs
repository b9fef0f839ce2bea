//! What a type's Rust form allows.

use std::cell::RefCell;
use std::collections::HashMap;

use abi::Abi;
use types::{Kind, TypeId, ValType};

/// What is found in a type at any depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// A string, list or map.
    pub memory: bool,
    pub own: bool,
    pub borrow: bool,
    pub float: bool,
    /// A tuple of more than twelve parts, for which Rust's library has no traits.
    pub long_tuple: bool,
}

impl Facts {
    fn with(self, other: Self) -> Self {
        Self {
            memory: self.memory | other.memory,
            own: self.own | other.own,
            borrow: self.borrow | other.borrow,
            float: self.float | other.float,
            long_tuple: self.long_tuple | other.long_tuple,
        }
    }

    pub fn handle(self) -> bool {
        self.own | self.borrow
    }
}

/// Looks into types, each once.
pub struct Look<'t> {
    abi: Abi<'t>,
    known: RefCell<HashMap<TypeId, Facts>>,
}

impl<'t> Look<'t> {
    pub fn new(types: &'t types::Types) -> Self {
        Self { abi: Abi::wasm32(types), known: RefCell::default() }
    }

    pub fn facts(&self, ty: ValType) -> Facts {
        let ValType::Def(id) = self.abi.types().unaliased(ty) else { return self.look(ty) };
        if let Some(known) = self.known.borrow().get(&id) {
            return *known;
        }
        let facts = self.look(ty);
        self.known.borrow_mut().insert(id, facts);
        facts
    }

    fn all(&self, parts: impl IntoIterator<Item = ValType>) -> Facts {
        parts.into_iter().fold(Facts::default(), |sum, ty| sum.with(self.facts(ty)))
    }

    fn look(&self, ty: ValType) -> Facts {
        let contents = self.abi.contents(ty);
        let here = Facts { memory: contents.memory, own: contents.own, borrow: contents.borrow, ..Facts::default() };
        here.with(match self.abi.types().kind(ty) {
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => Facts::default(),
            Kind::U64 | Kind::S64 | Kind::Char | Kind::String | Kind::Flags(_) | Kind::Enum(_) => Facts::default(),
            Kind::ErrorContext | Kind::Own(_) | Kind::Borrow(_) => Facts::default(),
            Kind::Stream(_) | Kind::Future(_) => Facts::default(),
            Kind::F32 | Kind::F64 => Facts { float: true, ..Facts::default() },
            Kind::List(part) | Kind::FixedList(part, _) | Kind::Option(part) => self.facts(part),
            Kind::Map(key, value) => self.all([key, value]),
            Kind::Record(fields) => self.all(fields.iter().map(|field| field.ty)),
            Kind::Variant(cases) => self.all(cases.iter().filter_map(|case| case.ty)),
            Kind::Result { ok, err } => self.all(ok.into_iter().chain(err)),
            Kind::Tuple(parts) => {
                Facts { long_tuple: parts.len() > 12, ..Facts::default() }.with(self.all(parts.iter().copied()))
            }
        })
    }
}
