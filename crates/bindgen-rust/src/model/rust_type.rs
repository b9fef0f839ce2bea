//! Value types as Rust writes them, seen from one module.
//!
//! In: a value type. Out: the text of its Rust type, owned or as a parameter of an imported function.
//! Holds: a parameter borrows what it can at its top (`&str`, `&[T]`, `&Record`, `Option<&str>`), owned handles move
//! with everything that stands beside them.

use bindgen::Role;
use types::{Kind, ResourceId, TypeId, ValType};

use super::facts::Look;
use super::helpers::Passing;
use super::names::{ModuleId, Names};
use super::ownership::Form;
use super::payloads::RUNTIME;
use crate::Ownership;

/// Which code writes the type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum At<'a> {
    Module(ModuleId),
    /// The private module of helpers.
    Helpers,
    /// A file that has the bindings as a module of this name.
    Outside(&'a str),
}

/// Where the text of a type will stand.
#[derive(Clone, Copy)]
pub struct View<'a, 't> {
    pub names: &'a Names,
    pub look: &'a Look<'t>,
    pub types: &'t types::Types,
    pub at: At<'a>,
    /// The lifetime of borrowed handles.
    pub lifetime: &'static str,
    /// Aliases are written out, so that the same Rust type has one text.
    pub expand: bool,
}

impl View<'_, '_> {
    /// An owned value.
    pub fn owned(&self, ty: ValType) -> String {
        let ty = if self.expand { self.types.unaliased(ty) } else { ty };
        if let Some(named) = self.named(ty) {
            return named;
        }
        match self.types.kind(ty) {
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => {
                unreachable!("`unsupported` refuses types without a name")
            }
            Kind::Stream(payload) => self.transfer("StreamReader", payload),
            Kind::Future(payload) => self.transfer("FutureReader", payload),
            Kind::ErrorContext => self.asynchronous("ErrorContext"),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => primitive(ty),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => primitive(ty),
            Kind::String => self.string(),
            Kind::List(element) => format!("{}<{}>", self.library("Vec", "Vec"), self.owned(element)),
            Kind::FixedList(element, len) => format!("[{}; {len}]", self.owned(element)),
            Kind::Map(key, value) => self.map(key, value),
            Kind::Tuple(parts) => tuple(parts.iter().map(|part| self.owned(*part))),
            Kind::Option(some) => format!("{}<{}>", self.option(), self.owned(some)),
            Kind::Result { ok, err } => self.result(ok, err, |ty| self.owned(ty)),
            Kind::Own(resource) => self.own(resource),
            Kind::Borrow(resource) => self.borrow(resource),
        }
    }

    /// The readable end of a stream or future.
    fn transfer(&self, name: &str, payload: Option<ValType>) -> String {
        let payload = payload.map_or_else(|| "()".to_owned(), |payload| self.owned(payload));
        format!("{}<{payload}>", self.asynchronous(name))
    }

    /// A type of the asynchronous runtime.
    fn asynchronous(&self, name: &str) -> String {
        match self.at {
            At::Module(_) | At::Helpers => format!("_rt::{name}"),
            At::Outside(bindings) => format!("{bindings}::{RUNTIME}::{name}"),
        }
    }

    fn string(&self) -> String {
        if self.look.forms.raw_strings {
            format!("{}<u8>", self.library("Vec", "Vec"))
        } else {
            self.library("String", "String")
        }
    }

    fn map(&self, key: ValType, value: ValType) -> String {
        self.map_of(&self.owned(key), &self.owned(value))
    }

    fn map_of(&self, key: &str, value: &str) -> String {
        let map = match (&self.look.forms.map, self.at) {
            (Some(_), _) => self.path(self.names.root(), super::forms::MAP),
            (None, _) => self.library("Map", "std::collections::BTreeMap"),
        };
        format!("{map}<{key}, {value}>")
    }

    /// A type of Rust's library: inside the file through `_rt`, which needs no `std`.
    fn library(&self, inside: &str, outside: &str) -> String {
        match self.at {
            At::Module(_) | At::Helpers => format!("_rt::{inside}"),
            At::Outside(_) => outside.to_owned(),
        }
    }

    /// A parameter of an imported function.
    pub fn param(&self, ty: ValType) -> String {
        let facts = self.look.facts(ty);
        let borrowed = self.is_borrowed(ty);
        if facts.given {
            return self.owned(ty);
        }
        if self.is_lent_alias(ty) {
            return self.reference(&self.owned(ty));
        }
        match self.types.kind(ty) {
            Kind::String if self.look.forms.raw_strings => self.reference("[u8]"),
            Kind::String => self.reference("str"),
            Kind::List(element) if borrowed => self.reference(&format!("[{}]", self.owned(element))),
            Kind::Record(_) | Kind::Variant(_) | Kind::Map(..) if borrowed => self.reference(&self.owned(ty)),
            Kind::Tuple(parts) if facts.memory => tuple(parts.iter().map(|part| self.param(*part))),
            Kind::Option(some) if facts.memory => format!("{}<{}>", self.option(), self.param(some)),
            Kind::Result { ok, err } if facts.memory => self.result(ok, err, |ty| self.param(ty)),
            Kind::List(_) | Kind::Record(_) | Kind::Variant(_) | Kind::Map(..) | Kind::Tuple(_) => self.owned(ty),
            Kind::Option(_) | Kind::Result { .. } | Kind::FixedList(..) | Kind::Flags(_) => self.owned(ty),
            Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => self.owned(ty),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => self.owned(ty),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::ErrorContext => self.owned(ty),
        }
    }

    /// A parameter of an imported function, and how its value is passed on.
    pub fn passed(&self, ty: ValType) -> (String, Passing) {
        if self.is_lent_alias(ty) {
            return (self.reference(&self.owned(ty)), Passing::Ref);
        }
        match self.look.forms.ownership {
            Ownership::Owning => (self.param(ty), Passing::Arg),
            Ownership::Borrowing | Ownership::BorrowingDuplicate => (self.deep(ty), Passing::Deep),
        }
    }

    /// Whether a parameter is borrowed at its top; handles that it owns move with it.
    fn is_borrowed(&self, ty: ValType) -> bool {
        let facts = self.look.facts(ty);
        (facts.borrow || facts.memory) && !facts.given
    }

    /// Whether a parameter, or a part of it that stands in no list, is a reference to an alias: of a tuple, option, result
    /// or fixed-length list with memory.
    pub fn is_lent_alias(&self, ty: ValType) -> bool {
        let ValType::Def(id) = ty else { return false };
        let kind = self.types.kind(ty);
        let is_alias = self.names.ty(id).is_some()
            && matches!(kind, Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } | Kind::FixedList(..));
        is_alias && self.is_borrowed(ty) && self.look.forms.form(id) == Form::Owned
    }

    /// A value that borrows what it holds, at any depth.
    pub fn deep(&self, ty: ValType) -> String {
        let facts = self.look.facts(ty);
        if !facts.memory || facts.own {
            return self.owned(ty);
        }
        match self.types.kind(ty) {
            Kind::Record(_) | Kind::Variant(_) => self.deep_named(self.types.unaliased(ty)),
            Kind::String | Kind::Flags(_) | Kind::Enum(_) => self.param(ty),
            Kind::List(element) => self.reference(&format!("[{}]", self.deep(element))),
            Kind::Map(key, value) => self.reference(&self.map_of(&self.deep(key), &self.deep(value))),
            Kind::Tuple(parts) => tuple(parts.iter().map(|part| self.deep(*part))),
            Kind::Option(some) => format!("{}<{}>", self.option(), self.deep(some)),
            Kind::Result { ok, err } => self.result(ok, err, |ty| self.deep(ty)),
            Kind::FixedList(..) | Kind::Own(_) | Kind::Borrow(_) => self.owned(ty),
            Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => self.owned(ty),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => self.owned(ty),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => self.owned(ty),
        }
    }

    /// Whether behind a reference to a value that borrows what it holds is another type than behind one to an owned value.
    pub fn is_deep(&self, ty: ValType) -> bool {
        let facts = self.look.facts(ty);
        if !facts.memory || facts.own {
            return false;
        }
        match self.types.kind(ty) {
            Kind::Record(_) | Kind::Variant(_) => {
                let behind = self.types.unaliased(ty);
                matches!(behind, ValType::Def(id) if self.look.forms.form(id) != Form::Owned)
            }
            Kind::List(part) | Kind::Option(part) => self.borrows_in_place(part),
            Kind::Map(key, value) => self.borrows_in_place(key) || self.borrows_in_place(value),
            Kind::Tuple(parts) => parts.iter().any(|part| self.borrows_in_place(*part)),
            Kind::Result { ok, err } => ok.into_iter().chain(err).any(|part| self.borrows_in_place(part)),
            Kind::FixedList(..) | Kind::Flags(_) | Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) => false,
            Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext | Kind::String => false,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => false,
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => false,
        }
    }

    /// Whether a part of a value that borrows what it holds is of another type than one of an owned value.
    fn borrows_in_place(&self, ty: ValType) -> bool {
        let facts = self.look.facts(ty);
        let is_reference = match self.types.kind(ty) {
            Kind::String | Kind::List(_) | Kind::Map(..) | Kind::Record(_) | Kind::Variant(_) => true,
            Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } => self.is_deep(ty),
            Kind::FixedList(..) | Kind::Flags(_) | Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) => false,
            Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => false,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => false,
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => false,
        };
        facts.memory && !facts.own && is_reference
    }

    fn deep_named(&self, ty: ValType) -> String {
        let ValType::Def(id) = ty else { unreachable!("records and variants are definitions") };
        match (self.look.forms.form(id), self.names.param(id)) {
            (Form::Borrowed | Form::Both, Some((module, name))) => {
                format!("{}<{}>", self.path(module, name), self.lifetime)
            }
            (Form::Owned | Form::Borrowed | Form::Both, _) => self.reference(&self.owned(ty)),
        }
    }

    /// What a helper that only looks at the value takes.
    pub fn reference_to(&self, ty: ValType) -> String {
        match self.types.kind(ty) {
            Kind::String if self.look.forms.raw_strings => "&[u8]".to_owned(),
            Kind::String => "&str".to_owned(),
            Kind::List(element) => format!("&[{}]", self.owned(element)),
            Kind::Record(_) | Kind::Variant(_) | Kind::Map(..) | Kind::Tuple(_) => format!("&{}", self.owned(ty)),
            Kind::Option(_) | Kind::Result { .. } | Kind::FixedList(..) => format!("&{}", self.owned(ty)),
            Kind::Flags(_) | Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) => format!("&{}", self.owned(ty)),
            Kind::Stream(_) | Kind::Future(_) | Kind::ErrorContext => format!("&{}", self.owned(ty)),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 => format!("&{}", self.owned(ty)),
            Kind::S32 | Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char => format!("&{}", self.owned(ty)),
        }
    }

    /// The definition that an alias names, written out: what stands on the right of `type A = ..`.
    pub fn target(&self, id: Option<TypeId>, target: ValType) -> String {
        if id.is_some_and(|id| target == ValType::Def(id)) { self.written_out(target) } else { self.owned(target) }
    }

    fn written_out(&self, ty: ValType) -> String {
        match self.types.kind(ty) {
            Kind::List(element) => format!("{}<{}>", self.library("Vec", "Vec"), self.owned(element)),
            Kind::FixedList(element, len) => format!("[{}; {len}]", self.owned(element)),
            Kind::Map(key, value) => self.map(key, value),
            Kind::Tuple(parts) => tuple(parts.iter().map(|part| self.owned(*part))),
            Kind::Option(some) => format!("{}<{}>", self.option(), self.owned(some)),
            Kind::Result { ok, err } => self.result(ok, err, |ty| self.owned(ty)),
            Kind::Own(resource) => self.own(resource),
            Kind::Borrow(resource) => self.borrow(resource),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => self.owned(ty),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String => self.owned(ty),
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => self.owned(ty),
            Kind::Stream(payload) => self.transfer("StreamReader", payload),
            Kind::Future(payload) => self.transfer("FutureReader", payload),
            Kind::ErrorContext => self.owned(ty),
        }
    }

    fn named(&self, ty: ValType) -> Option<String> {
        let ValType::Def(id) = ty else { return None };
        if self.expand && !self.is_defined(ty) {
            return None;
        }
        let Some((module, name)) = self.names.ty(id) else {
            // An alias that the file does not name.
            let behind = self.types.unaliased(ty);
            return (behind != ty).then(|| self.owned(behind));
        };
        if self.look.forms.form(id) == Form::Borrowed && !self.is_defined(ty) {
            // What equals an alias that borrows is owned here: where equal types are one, they share a helper.
            return Some(self.written_out(ty));
        }
        let generics = if self.look.facts(ty).borrow { format!("<{}>", self.lifetime) } else { String::new() };
        Some(format!("{}{generics}", self.path(module, name)))
    }

    /// Whether a type has a definition of its own in Rust.
    fn is_defined(&self, ty: ValType) -> bool {
        match self.types.kind(ty) {
            Kind::Record(_) | Kind::Variant(_) | Kind::Flags(_) | Kind::Enum(_) => true,
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => false,
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::String | Kind::ErrorContext => false,
            Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) | Kind::Tuple(_) | Kind::Option(_) => false,
            Kind::Result { .. } | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => false,
        }
    }

    /// The path of an item.
    pub fn path(&self, module: ModuleId, name: &str) -> String {
        let start = match self.at {
            At::Module(here) if here == module => return name.to_owned(),
            At::Module(here) => match self.names.module(here).path.len() {
                0 => "self::".to_owned(),
                depth => "super::".repeat(depth),
            },
            At::Helpers => "super::".to_owned(),
            At::Outside(bindings) => return self.outside(bindings, &self.names.path(module, name)),
        };
        start + &self.names.path(module, name)
    }

    /// The path of an item from the module around the bindings: what comes from elsewhere is not theirs to show.
    fn outside(&self, bindings: &str, path: &str) -> String {
        let (first, rest) = path.split_once("::").map_or((path, ""), |(first, _)| (first, &path[first.len()..]));
        let uses = &self.look.forms.uses;
        let Some((elsewhere, _)) = uses.iter().find(|(_, name)| name == first) else {
            return format!("{bindings}::{path}");
        };
        match (elsewhere.strip_prefix("self::"), elsewhere.strip_prefix("super::")) {
            (Some(inside), _) => format!("{bindings}::{inside}{rest}"),
            (None, Some(beside)) => format!("{beside}{rest}"),
            (None, None) => format!("{elsewhere}{rest}"),
        }
    }

    /// A name of Rust's prelude, in full where the module hides it.
    fn prelude(&self, name: &str, full: &str) -> String {
        let hidden = match self.at {
            At::Module(module) => self.names.module(module).hides(name),
            At::Helpers | At::Outside(_) => false,
        };
        if hidden { full.to_owned() } else { name.to_owned() }
    }

    pub fn option(&self) -> String {
        self.prelude("Option", "::core::option::Option")
    }

    pub fn result_name(&self) -> String {
        self.prelude("Result", "::core::result::Result")
    }

    fn result(&self, ok: Option<ValType>, err: Option<ValType>, write: impl Fn(ValType) -> String) -> String {
        let part = |ty: Option<ValType>| ty.map_or_else(|| "()".to_owned(), &write);
        format!("{}<{}, {}>", self.result_name(), part(ok), part(err))
    }

    fn reference(&self, to: &str) -> String {
        if self.lifetime == "'_" { format!("&{to}") } else { format!("&{} {to}", self.lifetime) }
    }

    pub fn own(&self, resource: ResourceId) -> String {
        let names = self.names.resource(resource);
        self.path(names.module, &names.own)
    }

    fn borrow(&self, resource: ResourceId) -> String {
        let names = self.names.resource(resource);
        match names.role {
            Role::Import => self.reference(&self.own(resource)),
            Role::Export => format!("{}<{}>", self.path(names.module, &names.borrow), self.lifetime),
        }
    }
}

fn primitive(ty: ValType) -> String {
    match ty {
        ValType::Bool => "bool",
        ValType::U8 => "u8",
        ValType::S8 => "i8",
        ValType::U16 => "u16",
        ValType::S16 => "i16",
        ValType::U32 => "u32",
        ValType::S32 => "i32",
        ValType::U64 => "u64",
        ValType::S64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        ValType::Char => "char",
        ValType::String | ValType::ErrorContext | ValType::Def(_) => unreachable!("no Rust primitive stands for it"),
    }
    .to_owned()
}

fn tuple(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
}
