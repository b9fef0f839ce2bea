//! Value types as Rust writes them, seen from one module.
//!
//! In: a value type. Out: the text of its Rust type, owned or as a parameter of an imported function.
//! Holds: a parameter borrows what it can at its top (`&str`, `&[T]`, `&Record`, `Option<&str>`), owned handles move.

use bindgen::Role;
use types::{Kind, ResourceId, TypeId, ValType};

use super::facts::Look;
use super::names::{ModuleId, Names};
use super::payloads::RUNTIME;

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
            Kind::String => self.library("String", "String"),
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

    fn map(&self, key: ValType, value: ValType) -> String {
        let map = self.library("Map", "std::collections::BTreeMap");
        format!("{map}<{}, {}>", self.owned(key), self.owned(value))
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
        let borrowed = facts.memory && !facts.own;
        match self.types.kind(ty) {
            Kind::String => self.reference("str"),
            Kind::List(element) if borrowed => self.reference(&format!("[{}]", self.owned(element))),
            Kind::Record(_) | Kind::Variant(_) | Kind::Map(..) if borrowed => self.reference(&self.owned(ty)),
            Kind::Tuple(parts) if facts.memory => tuple(parts.iter().map(|part| self.param(*part))),
            Kind::Option(some) if facts.memory => format!("{}<{}>", self.option(), self.param(some)),
            Kind::Result { ok, err } if facts.memory => self.result(ok, err, |ty| self.param(ty)),
            Kind::FixedList(element, len) if facts.memory => format!("[{}; {len}]", self.param(element)),
            Kind::List(_) | Kind::Record(_) | Kind::Variant(_) | Kind::Map(..) | Kind::Tuple(_) => self.owned(ty),
            Kind::Option(_) | Kind::Result { .. } | Kind::FixedList(..) | Kind::Flags(_) => self.owned(ty),
            Kind::Enum(_) | Kind::Own(_) | Kind::Borrow(_) | Kind::Stream(_) | Kind::Future(_) => self.owned(ty),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 => self.owned(ty),
            Kind::U64 | Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::ErrorContext => self.owned(ty),
        }
    }

    /// What a helper that only looks at the value takes.
    pub fn reference_to(&self, ty: ValType) -> String {
        match self.types.kind(ty) {
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
            At::Outside(bindings) => format!("{bindings}::"),
        };
        start + &self.names.path(module, name)
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
