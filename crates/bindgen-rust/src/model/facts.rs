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
    /// Something of which no value is the natural one, or for which Rust's library has no `Default`.
    pub no_default: bool,
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
            no_default: self.no_default | other.no_default,
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
        let unknown =
            Facts { foreign, no_default: foreign, unlike_memory: foreign, unlike_layout: foreign, ..Facts::default() };
        let facts = self.look(ty).with(unknown);
        self.known.borrow_mut().insert(id, facts);
        facts
    }

    /// Bytes that a value needs at most, wherever the bindings are compiled.
    pub fn size(&self, ty: ValType) -> u64 {
        let sum =
            |parts: &mut dyn Iterator<Item = ValType>| parts.map(|part| self.size(part)).fold(0, u64::saturating_add);
        let largest =
            |parts: &mut dyn Iterator<Item = ValType>| parts.map(|part| self.size(part)).max().unwrap_or(0) + 8;
        match self.abi.types().kind(ty) {
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::Char => 8,
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Flags(_) | Kind::Enum(_) => 8,
            Kind::Own(_) | Kind::Borrow(_) | Kind::ErrorContext => 8,
            Kind::String | Kind::List(_) | Kind::Map(..) | Kind::Stream(_) | Kind::Future(_) => 24,
            Kind::FixedList(part, len) => self.size(part).saturating_mul(u64::from(len)),
            Kind::Record(fields) => sum(&mut fields.iter().map(|field| field.ty)),
            Kind::Tuple(parts) => sum(&mut parts.iter().copied()),
            Kind::Option(part) => self.size(part).saturating_add(8),
            Kind::Variant(cases) => largest(&mut cases.iter().filter_map(|case| case.ty)),
            Kind::Result { ok, err } => largest(&mut ok.into_iter().chain(err)),
        }
    }

    /// Whether the type's Rust form has `Debug`: a definition always does, a tuple of more than twelve parts never.
    pub fn has_debug(&self, ty: ValType) -> bool {
        match self.abi.types().kind(ty) {
            Kind::Tuple(parts) => parts.len() <= 12 && parts.iter().all(|part| self.has_debug(*part)),
            Kind::List(part) | Kind::FixedList(part, _) | Kind::Option(part) => self.has_debug(part),
            Kind::Map(key, value) => self.has_debug(key) && self.has_debug(value),
            Kind::Result { ok, err } => ok.into_iter().chain(err).all(|part| self.has_debug(part)),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::Char => true,
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::String | Kind::ErrorContext => true,
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => true,
            Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => true,
        }
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
        let no_default = Facts { no_default: true, ..unlike_memory };
        here.with(match self.abi.types().kind(ty) {
            Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 | Kind::S64 => {
                Facts::default()
            }
            Kind::F32 | Kind::F64 => Facts { float: true, ..Facts::default() },
            Kind::Flags(_) if self.forms.own_flags => no_default,
            Kind::Bool | Kind::Char | Kind::Flags(_) => some_bits,
            Kind::Enum(_) => Facts { no_default: true, ..some_bits },
            Kind::String => unlike_memory,
            Kind::ErrorContext | Kind::Borrow(_) => no_default,
            Kind::Own(_) | Kind::Stream(_) | Kind::Future(_) => Facts { given: true, ..no_default },
            Kind::FixedList(part, len) => self.facts(part).with(Facts { no_default: len > 32, ..Facts::default() }),
            Kind::Record(fields) => self.all(fields.iter().map(|field| field.ty)),
            // They have an empty value, whatever would stand in them.
            Kind::List(part) | Kind::Option(part) => {
                Facts { no_default: false, ..unlike_memory.with(self.facts(part)) }
            }
            Kind::Map(key, value) => {
                let foreign = self.forms.map.is_some();
                let here = Facts { foreign, ..unlike_memory };
                Facts { no_default: foreign, ..here.with(self.all([key, value])) }
            }
            Kind::Variant(cases) => no_default.with(self.all(cases.iter().filter_map(|case| case.ty))),
            Kind::Result { ok, err } => no_default.with(self.all(ok.into_iter().chain(err))),
            Kind::Tuple(parts) => {
                let here = Facts { long_tuple: parts.len() > 12, no_default: parts.len() > 12, ..unlike_memory };
                here.with(self.all(parts.iter().copied()))
            }
        })
    }
}
