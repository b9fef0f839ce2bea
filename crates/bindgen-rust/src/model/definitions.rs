//! Type definitions of a module.
//!
//! In: an interface. Out: its `Definition`s, with names, derives and the traits of errors.
//! Holds: a derive stands only where every part has it.

use std::collections::HashSet;

use bindgen::{Bindings, Interface, NamedType, NamedTypeKind, Role, Scope, case};
use types::{Decl, Kind, TypeId, TypeKind, ValType};

use super::docs::{self, Docs};
use super::facts::{Facts, Look};
use super::ident;
use super::names::{ModuleId, Names};
use super::rust_type::{At, View};
use crate::Options;

/// A type in Rust.
#[derive(Debug)]
pub enum Definition {
    Alias { docs: Docs, name: String, generics: &'static str, target: String },
    Record(Shape),
    Variant(Shape),
    Enum { shape: Shape, repr: &'static str },
    Flags { docs: Docs, name: String, bits: &'static str, flags: Vec<Member> },
}

/// A struct or enum.
#[derive(Debug)]
pub struct Shape {
    pub docs: Docs,
    pub name: String,
    pub generics: &'static str,
    pub derives: Vec<String>,
    pub members: Vec<Member>,
    /// It is an error of some function.
    pub error: bool,
    /// Lists of it are passed as they are in memory.
    pub repr_c: bool,
    /// Rust cannot derive `Debug` for it.
    pub opaque: bool,
}

/// A field, case or flag.
#[derive(Debug)]
pub struct Member {
    pub docs: Docs,
    pub name: String,
    /// As WIT writes it.
    pub wit: String,
    pub ty: Option<String>,
}

/// What definitions are made from.
pub struct Define<'a, 't> {
    pub bindings: &'a Bindings<'t>,
    pub names: &'a Names,
    pub options: &'a Options,
}

impl Define<'_, '_> {
    pub fn all(&self, interface: &Interface<'_>, module: ModuleId) -> Vec<Definition> {
        let look = Look::new(self.bindings.types);
        let errors = self.errors();
        let view = View {
            names: self.names,
            look: &look,
            types: self.bindings.types,
            at: At::Module(module),
            lifetime: "'a",
            expand: false,
        };
        interface.types.iter().flat_map(|ty| self.definitions(&view, module, ty, &errors)).collect()
    }

    fn definitions(
        &self,
        view: &View<'_, '_>,
        module: ModuleId,
        ty: &NamedType<'_>,
        errors: &HashSet<TypeId>,
    ) -> Vec<Definition> {
        match ty.kind {
            NamedTypeKind::Defined(id) => vec![self.defined(view, module, ty, id, errors.contains(&id))],
            NamedTypeKind::Alias { id, target } => vec![Definition::Alias {
                docs: docs::named(ty, "type"),
                name: self.names.named(module, ty.name).to_owned(),
                generics: generics(view.look.facts(target)),
                target: view.target(id, target),
            }],
            NamedTypeKind::Resource(_) => Vec::new(),
            NamedTypeKind::ResourceAlias(id) => self.resource_alias(view, module, ty, id),
        }
    }

    fn resource_alias(
        &self,
        view: &View<'_, '_>,
        module: ModuleId,
        ty: &NamedType<'_>,
        id: types::ResourceId,
    ) -> Vec<Definition> {
        let names = self.names.resource(id);
        let alias = |name: &str, generics, target: String| Definition::Alias {
            docs: docs::named(ty, "resource"),
            name: name.to_owned(),
            generics,
            target,
        };
        let mut out = vec![alias(self.names.named(module, ty.name), "", view.own(id))];
        if let (Role::Export, Some(borrow)) = (names.role, self.names.borrow_alias(module, ty.name)) {
            out.push(alias(borrow, "<'a>", format!("{}<'a>", view.path(names.module, &names.borrow))));
        }
        out
    }

    fn defined(
        &self,
        view: &View<'_, '_>,
        module: ModuleId,
        ty: &NamedType<'_>,
        id: TypeId,
        error: bool,
    ) -> Definition {
        let facts = view.look.facts(ValType::Def(id));
        let shape = |word: &str, derives: &[&str], members| Shape {
            docs: docs::named(ty, word),
            name: self.names.named(module, ty.name).to_owned(),
            generics: generics(facts),
            derives: self.derives(ty.name, derives),
            members,
            error,
            repr_c: !facts.unlike_layout,
            opaque: facts.long_tuple,
        };
        let mut scope = ident::scope();
        match &self.bindings.types.def(id).kind {
            TypeKind::Record(fields) => {
                let members = fields.iter().map(|field| {
                    member(&mut scope, case::snake(&field.name), &field.name, &field.decl, Some(view.owned(field.ty)))
                });
                let members = members.collect();
                Definition::Record(shape("record", &derives(facts), members))
            }
            TypeKind::Variant(cases) => {
                let members = cases.iter().map(|case| {
                    let ty = case.ty.map(|ty| view.owned(ty));
                    member(&mut scope, case::upper_camel(&case.name), &case.name, &case.decl, ty)
                });
                let members = members.collect();
                Definition::Variant(shape("variant", &derives(facts), members))
            }
            TypeKind::Enum(cases) => {
                let members =
                    cases.iter().map(|c| member(&mut scope, case::upper_camel(&c.name), &c.name, &c.decl, None));
                let members = members.collect();
                let derives = ["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
                Definition::Enum { shape: shape("enum", &derives, members), repr: enum_repr(cases.len()) }
            }
            TypeKind::Flags(flags) => {
                let members =
                    flags.iter().map(|f| member(&mut scope, case::shouty_snake(&f.name), &f.name, &f.decl, None));
                Definition::Flags {
                    docs: docs::named(ty, "flags"),
                    name: self.names.named(module, ty.name).to_owned(),
                    bits: flags_bits(flags.len()),
                    flags: members.collect(),
                }
            }
            TypeKind::Alias(_)
            | TypeKind::List(_)
            | TypeKind::FixedList(..)
            | TypeKind::Map(..)
            | TypeKind::Tuple(_)
            | TypeKind::Option(_)
            | TypeKind::Result { .. }
            | TypeKind::Own(_)
            | TypeKind::Borrow(_)
            | TypeKind::Stream(_)
            | TypeKind::Future(_) => {
                unreachable!("`NamedTypeKind::Defined` is only given to types with a form of their own")
            }
        }
    }

    /// The derives that hold, then those that the user wants as well.
    fn derives(&self, wit_name: &str, valid: &[&str]) -> Vec<String> {
        let mut out: Vec<String> = valid.iter().map(|name| (*name).to_owned()).collect();
        if !self.options.derive_ignore.iter().any(|name| name == wit_name) {
            for path in &self.options.derives {
                let last = path.rsplit("::").next().unwrap_or(path);
                if !out.iter().any(|known| known == path || known == last) {
                    out.push(path.clone());
                }
            }
        }
        out
    }

    /// The types that stand as the error of a function's result.
    fn errors(&self) -> HashSet<TypeId> {
        let types = self.bindings.types;
        let interfaces = self.bindings.imports.iter().chain(&self.bindings.exports);
        let results = interfaces.flat_map(|interface| &interface.funcs).filter_map(|func| func.ty.result);
        let errors = results.filter_map(|result| {
            let Kind::Result { err: Some(err), .. } = types.kind(result) else { return None };
            let ValType::Def(id) = types.unaliased(err) else { return None };
            Some(id)
        });
        errors.collect()
    }
}

fn member(scope: &mut Scope, wish: String, wit: &str, decl: &Decl, ty: Option<String>) -> Member {
    Member { docs: docs::part(decl), name: scope.declare(wish), wit: wit.to_owned(), ty }
}

/// The names of a definition's fields, cases or flags, as the definition declares them.
pub fn member_names<'a>(labels: impl Iterator<Item = &'a str>, case: fn(&str) -> String) -> Vec<String> {
    let mut scope = ident::scope();
    labels.map(|label| scope.declare(case(label))).collect()
}

fn generics(facts: Facts) -> &'static str {
    if facts.borrow { "<'a>" } else { "" }
}

/// What can be derived for a record or variant. A handle is neither copied nor compared.
fn derives(facts: Facts) -> Vec<&'static str> {
    let mut out = Vec::new();
    if !facts.own {
        out.push("Clone");
    }
    if !facts.handle() && !facts.memory {
        out.push("Copy");
    }
    if !facts.long_tuple {
        out.push("Debug");
    }
    if !facts.handle() && !facts.long_tuple {
        out.push("PartialEq");
        if !facts.float {
            out.push("Eq");
        }
    }
    out
}

/// Rust's integer of a discriminant.
pub fn enum_repr(cases: usize) -> &'static str {
    match abi::Discriminant::of(cases) {
        abi::Discriminant::U8 => "u8",
        abi::Discriminant::U16 => "u16",
        abi::Discriminant::U32 => "u32",
    }
}

/// Rust's integer of flags.
pub fn flags_bits(flags: usize) -> &'static str {
    match flags {
        0..=8 => "u8",
        9..=16 => "u16",
        _ => "u32",
    }
}
