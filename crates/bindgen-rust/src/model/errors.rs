//! What the errors of functions say of themselves.
//!
//! In: the types that stand as an error, and the types of their members. Out: how each member is told.
//! Holds: a handle is never told; what is an error itself is the source, and then not a part of the text.

use std::collections::HashSet;

use bindgen::Bindings;
use types::{Kind, TypeId, ValType};

use super::facts::Look;

/// How a member of an error is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    #[default]
    Not,
    /// As text for people.
    Display,
    /// As Rust writes it.
    Debug,
    /// An enum, by its function `name`.
    Name,
    /// It is what the error comes from.
    Source,
    /// The same, if it is there.
    PerhapsSource,
}

impl Told {
    /// Whether the standard library's `source` answers it.
    pub fn is_source(self) -> bool {
        match self {
            Self::Source | Self::PerhapsSource => true,
            Self::Not | Self::Display | Self::Debug | Self::Name => false,
        }
    }
}

/// The records, variants and enums that stand as the error of a function's result.
pub fn errors(bindings: &Bindings<'_>, look: &Look<'_>) -> HashSet<TypeId> {
    let types = bindings.types;
    let interfaces = bindings.imports.iter().chain(&bindings.exports);
    let results = interfaces.flat_map(|interface| &interface.funcs).filter_map(|func| func.ty.result);
    let errors = results.filter_map(|result| {
        let Kind::Result { err: Some(err), .. } = types.kind(result) else { return None };
        let ValType::Def(id) = types.unaliased(err) else { return None };
        let has_impls = matches!(types.kind(err), Kind::Record(_) | Kind::Variant(_) | Kind::Enum(_));
        has_impls.then(|| look.forms.defined_by(id))
    });
    errors.collect()
}

/// How errors tell their members.
pub struct Teller<'a, 't> {
    pub look: &'a Look<'t>,
    pub types: &'t types::Types,
    /// Types that implement the standard library's `Error`.
    pub errors: &'a HashSet<TypeId>,
    pub raw_strings: bool,
    /// The error borrows what it holds, so nothing of it can be a source.
    pub borrows: bool,
}

impl Teller<'_, '_> {
    pub fn told(&self, ty: ValType) -> Told {
        let facts = self.look.facts(ty);
        if self.is_error(ty) {
            return Told::Source;
        }
        match self.types.kind(ty) {
            Kind::Option(some) if self.is_error(some) => Told::PerhapsSource,
            Kind::Enum(_) if !facts.foreign => Told::Name,
            _ if facts.handle() || !self.look.has_debug(ty) => Told::Not,
            Kind::String if !self.raw_strings => Told::Display,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::Char => {
                Told::Display
            }
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 => Told::Display,
            Kind::String | Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) | Kind::Tuple(_) => Told::Debug,
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => Told::Debug,
            Kind::Option(_) | Kind::Result { .. } => Told::Debug,
            Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => Told::Not,
        }
    }

    /// Whether a value of the type can be a source. Nothing is known of types from elsewhere.
    fn is_error(&self, ty: ValType) -> bool {
        match (self.types.kind(ty), self.types.unaliased(ty)) {
            _ if self.borrows => false,
            (Kind::ErrorContext, _) => true,
            (_, ValType::Def(id)) => {
                let id = self.look.forms.defined_by(id);
                self.errors.contains(&id) && !self.look.forms.is_foreign(id) && !self.look.facts(ty).borrow
            }
            _ => false,
        }
    }
}
