//! What a type holds somewhere inside: decides canonical options and clean-up.

use types::{Kind, ValType};

use crate::Abi;

/// What is found in a value type, at any depth that is passed by value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// A string: an encoding has to be named.
    pub string: bool,
    /// A string, list or map: memory outside of the value itself.
    pub memory: bool,
    /// A handle of a resource that is passed on: `own`.
    pub own: bool,
    /// A `borrow` handle.
    pub borrow: bool,
    /// A stream, future or error-context.
    pub async_: bool,
    /// An error-context: whoever passes it keeps its own handle.
    pub error_context: bool,
}

impl Contents {
    fn with(self, other: Self) -> Self {
        Self {
            string: self.string | other.string,
            memory: self.memory | other.memory,
            own: self.own | other.own,
            borrow: self.borrow | other.borrow,
            async_: self.async_ | other.async_,
            error_context: self.error_context | other.error_context,
        }
    }
}

impl Abi<'_> {
    /// What `ty` holds. The payloads of streams and futures do not count: they are passed later.
    pub fn contents(&self, ty: ValType) -> Contents {
        let ValType::Def(id) = self.types.unaliased(ty) else { return self.look_into(ty) };
        if let Some(known) = self.contents.borrow().get(&id) {
            return *known;
        }
        let contents = self.look_into(ty);
        self.contents.borrow_mut().insert(id, contents);
        contents
    }

    /// What several types hold together.
    pub fn contents_of_all(&self, types: impl IntoIterator<Item = ValType>) -> Contents {
        types.into_iter().fold(Contents::default(), |sum, ty| sum.with(self.contents(ty)))
    }

    fn look_into(&self, ty: ValType) -> Contents {
        let memory = Contents { memory: true, ..Contents::default() };
        match self.types.kind(ty) {
            Kind::Bool
            | Kind::U8
            | Kind::S8
            | Kind::U16
            | Kind::S16
            | Kind::U32
            | Kind::S32
            | Kind::U64
            | Kind::S64 => Contents::default(),
            Kind::F32 | Kind::F64 | Kind::Char | Kind::Flags(_) | Kind::Enum(_) => Contents::default(),
            Kind::String => Contents { string: true, ..memory },
            Kind::List(element) => memory.with(self.contents(element)),
            Kind::Map(key, value) => memory.with(self.contents_of_all([key, value])),
            Kind::FixedList(element, _) | Kind::Option(element) => self.contents(element),
            Kind::Record(fields) => self.contents_of_all(fields.iter().map(|field| field.ty)),
            Kind::Tuple(parts) => self.contents_of_all(parts.iter().copied()),
            Kind::Variant(cases) => self.contents_of_all(cases.iter().filter_map(|case| case.ty)),
            Kind::Result { ok, err } => self.contents_of_all(ok.into_iter().chain(err)),
            Kind::Own(_) => Contents { own: true, ..Contents::default() },
            Kind::Borrow(_) => Contents { borrow: true, ..Contents::default() },
            Kind::Stream(_) | Kind::Future(_) => Contents { async_: true, ..Contents::default() },
            Kind::ErrorContext => Contents { async_: true, error_context: true, ..Contents::default() },
        }
    }
}
