//! What a type's Rust form allows.

use std::cell::RefCell;
use std::collections::HashMap;

use abi::Abi;
use types::{Kind, TypeId, ValType};

use super::forms::Forms;

/// What is found in a type at any depth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// A string, list or map.
    pub memory: bool,
    /// A handle that the value owns: dropping the value drops it.
    pub own: bool,
    /// An owned handle that is the callee's once it is passed: any but an error context.
    pub given: bool,
    pub error_context: bool,
    pub borrow: bool,
    pub float: bool,
    /// A tuple of more than twelve parts, for which Rust's library has no traits.
    pub long_tuple: bool,
    /// Something that Rust does not keep as linear memory does, or of which some bit pattern is no value.
    /// Without it: integers, floats, and what is made of them and declared `#[repr(C)]`.
    pub unlike_memory: bool,
    /// Something that Rust does not keep as linear memory does, whatever its bits. Without it: what is without
    /// `unlike_memory`, booleans, characters, flags and enums, and what is made of them and declared `#[repr(C)]`.
    pub unlike_layout: bool,
    /// A type of the user, of which no more is known than what bindings do with it.
    pub foreign: bool,
}

impl Facts {
    fn with(self, other: Self) -> Self {
        Self {
            memory: self.memory | other.memory,
            own: self.own | other.own,
            given: self.given | other.given,
            error_context: self.error_context | other.error_context,
            borrow: self.borrow | other.borrow,
            float: self.float | other.float,
            long_tuple: self.long_tuple | other.long_tuple,
            unlike_memory: self.unlike_memory | other.unlike_memory,
            unlike_layout: self.unlike_layout | other.unlike_layout,
            foreign: self.foreign | other.foreign,
        }
    }

    pub fn handle(self) -> bool {
        self.own | self.borrow
    }
}

/// Looks into types, each once.
pub struct Look<'t> {
    abi: Abi<'t>,
    pub forms: &'t Forms,
    known: RefCell<HashMap<TypeId, Facts>>,
}

impl<'t> Look<'t> {
    pub fn new(types: &'t types::Types, forms: &'t Forms) -> Self {
        Self { abi: Abi::wasm32(types), forms, known: RefCell::default() }
    }

    pub fn facts(&self, ty: ValType) -> Facts {
        let ValType::Def(id) = self.abi.types().unaliased(ty) else { return self.look(ty) };
        if let Some(known) = self.known.borrow().get(&id) {
            return *known;
        }
        let foreign = self.forms.is_foreign(id);
        let unknown = Facts { foreign, unlike_memory: foreign, unlike_layout: foreign, ..Facts::default() };
        let facts = self.look(ty).with(unknown);
        self.known.borrow_mut().insert(id, facts);
        facts
    }

    fn all(&self, parts: impl IntoIterator<Item = ValType>) -> Facts {
        parts.into_iter().fold(Facts::default(), |sum, ty| sum.with(self.facts(ty)))
    }

    fn look(&self, ty: ValType) -> Facts {
        let contents = self.abi.contents(ty);
        let here = Facts {
            memory: contents.memory,
            own: contents.own || contents.async_,
            error_context: contents.error_context,
            borrow: contents.borrow,
            ..Facts::default()
        };
        let some_bits = Facts { unlike_memory: true, ..Facts::default() };
        let unlike_memory = Facts { unlike_memory: true, unlike_layout: true, ..Facts::default() };
        here.with(match self.abi.types().kind(ty) {
            Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 | Kind::S64 => {
                Facts::default()
            }
            Kind::F32 | Kind::F64 => Facts { float: true, ..Facts::default() },
            Kind::Flags(_) if self.forms.own_flags => unlike_memory,
            Kind::Bool | Kind::Char | Kind::Flags(_) | Kind::Enum(_) => some_bits,
            Kind::String | Kind::ErrorContext | Kind::Borrow(_) => unlike_memory,
            Kind::Own(_) | Kind::Stream(_) | Kind::Future(_) => Facts { given: true, ..unlike_memory },
            Kind::FixedList(part, _) => self.facts(part),
            Kind::Record(fields) => self.all(fields.iter().map(|field| field.ty)),
            Kind::List(part) | Kind::Option(part) => unlike_memory.with(self.facts(part)),
            Kind::Map(key, value) => {
                let here = Facts { foreign: self.forms.map.is_some(), ..unlike_memory };
                here.with(self.all([key, value]))
            }
            Kind::Variant(cases) => unlike_memory.with(self.all(cases.iter().filter_map(|case| case.ty))),
            Kind::Result { ok, err } => unlike_memory.with(self.all(ok.into_iter().chain(err))),
            Kind::Tuple(parts) => {
                let here = Facts { long_tuple: parts.len() > 12, ..unlike_memory };
                here.with(self.all(parts.iter().copied()))
            }
        })
    }
}
