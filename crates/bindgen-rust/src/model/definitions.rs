//! Type definitions of a module.
//!
//! In: an interface. Out: its `Definition`s, with names, derives and the traits of errors.
//! Holds: a derive stands only where every part has it.

use std::collections::HashSet;

use bindgen::{Bindings, Interface, NamedType, NamedTypeKind, Role, Scope, case};
use types::{Decl, LabelDecl, TypeId, TypeKind, ValType};

use super::docs::{self, Docs};
use super::errors::{self, Teller, Told};
use super::facts::{Facts, Look};
use super::ident;
use super::lints::{self, Lints};
use super::names::{ModuleId, Names};
use super::ownership::Form;
use super::rust_type::{At, View};
use crate::Options;
use crate::options::check::{Chosen, is_form_of};
use crate::options::selectors::Definition as Named;

/// Bytes from which clippy calls a case large.
const LARGE_CASE: u64 = 200;

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
    /// What the user wants there as well.
    pub attributes: Vec<String>,
    pub members: Vec<Member>,
    /// It is an error of some function.
    pub error: bool,
    /// Lists of it are passed as they are in memory.
    pub repr_c: bool,
    /// A member has no `Debug`, so Rust cannot derive it.
    pub opaque: bool,
    /// As WIT writes it.
    pub wit: String,
    /// A case may need much more memory than others.
    pub large: bool,
    pub lints: Lints,
}

impl Shape {
    fn linted(mut self, lints: fn(&Self) -> Lints) -> Self {
        self.lints = lints(&self);
        self
    }
}

/// A field, case or flag.
#[derive(Debug)]
pub struct Member {
    pub docs: Docs,
    pub name: String,
    /// As WIT writes it.
    pub wit: String,
    pub attributes: Vec<String>,
    pub ty: Option<String>,
    /// Whether the type has `Debug`.
    pub debug: bool,
    /// How an error tells it.
    pub told: Told,
}

impl Definition {
    /// Whether WIT deprecates it or a part of it.
    pub fn deprecates(&self) -> bool {
        let (docs, members): (&Docs, &[Member]) = match self {
            Self::Alias { docs, .. } => (docs, &[]),
            Self::Record(shape) | Self::Variant(shape) | Self::Enum { shape, .. } => (&shape.docs, &shape.members),
            Self::Flags { docs, flags, .. } => (docs, flags),
        };
        docs.deprecated.is_some() || members.iter().any(|member| member.docs.deprecated.is_some())
    }
}

/// What definitions are made from.
pub struct Define<'a, 't> {
    pub bindings: &'a Bindings<'t>,
    pub names: &'a Names,
    pub look: &'a Look<'t>,
    pub options: &'a Options,
    pub chosen: &'a Chosen,
}

impl<'t> Define<'_, 't> {
    fn teller<'a>(&'a self, errors: &'a HashSet<TypeId>, borrows: bool) -> Teller<'a, 't> {
        let (look, types, raw_strings) = (self.look, self.bindings.types, self.options.raw_strings);
        Teller { look, types, errors, raw_strings, borrows }
    }

    pub fn all(&self, interface: &Interface<'_>, module: ModuleId) -> Vec<Definition> {
        let mut errors = errors::errors(self.bindings, self.look);
        errors.retain(|id| !self.is_left_out(*id, "Debug"));
        let view = View {
            names: self.names,
            look: self.look,
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
        if self.is_elsewhere(ty.kind) {
            return Vec::new();
        }
        match ty.kind {
            NamedTypeKind::Defined(id) if view.look.forms.defined_by(id) != id => {
                self.aliases(view, module, ty, Some(id), ValType::Def(id))
            }
            NamedTypeKind::Defined(id) => {
                let borrows: &[bool] = match view.look.forms.form(id) {
                    Form::Owned => &[false],
                    Form::Borrowed => &[true],
                    Form::Both => &[false, true],
                };
                borrows.iter().map(|borrows| self.defined(view, module, ty, id, errors, *borrows)).collect()
            }
            NamedTypeKind::Alias { id, target } => self.aliases(view, module, ty, id, target),
            NamedTypeKind::Resource(_) => Vec::new(),
            NamedTypeKind::ResourceAlias(id) => self.resource_alias(view, module, ty, id),
        }
    }

    /// Another name for a type, for each of its forms.
    fn aliases(
        &self,
        view: &View<'_, '_>,
        module: ModuleId,
        ty: &NamedType<'_>,
        id: Option<TypeId>,
        target: ValType,
    ) -> Vec<Definition> {
        let alias = |name: &str, generics, target| Definition::Alias {
            docs: docs::named(ty, "type"),
            name: name.to_owned(),
            generics,
            target,
        };
        let mut out = Vec::new();
        if id.is_none_or(|id| view.look.forms.form(id) != Form::Borrowed) {
            let name = self.names.named(module, ty.name);
            out.push(alias(name, generics(view.look.facts(target)), view.target(id, target)));
        }
        let param = id.and_then(|id| self.names.own_param(id));
        out.extend(param.map(|name| alias(name, "<'a>", view.deep(target))));
        out
    }

    fn is_elsewhere(&self, kind: NamedTypeKind) -> bool {
        let forms = self.look.forms;
        match kind {
            NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => {
                forms.ty(Named::Value(id)).is_some()
            }
            NamedTypeKind::Resource(id) => forms.is_foreign_resource(id),
            NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::ResourceAlias(_) => false,
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
        errors: &HashSet<TypeId>,
        borrows: bool,
    ) -> Definition {
        let mut facts = view.look.facts(ValType::Def(id));
        // References have no default value.
        facts.no_default |= borrows;
        let teller = self.teller(errors, borrows);
        let typed = |member: Member, ty: Option<ValType>| Member {
            ty: ty.map(|ty| if borrows { view.deep(ty) } else { view.owned(ty) }),
            debug: ty.is_none_or(|ty| self.look.has_debug(ty)),
            told: ty.map_or(Told::Not, |ty| teller.told(ty)),
            ..member
        };
        let param = self.names.own_param(id).filter(|_| borrows);
        let shape = |word: &str, derives: &[&str], members: Vec<Member>| Shape {
            docs: docs::named(ty, word),
            name: param.unwrap_or_else(|| self.names.named(module, ty.name)).to_owned(),
            generics: if borrows { "<'a>" } else { generics(facts) },
            derives: self.derives(ty.name, id, derives, word == "enum"),
            wit: ty.name.to_owned(),
            attributes: self.type_attributes(id),
            error: errors.contains(&id),
            repr_c: !facts.unlike_layout,
            opaque: members.iter().any(|member| !member.debug) && !self.is_left_out(id, "Debug"),
            members,
            large: view.look.size(ValType::Def(id)) >= LARGE_CASE,
            lints: Lints::default(),
        };
        let mut scope = ident::scope();
        match &self.bindings.types.def(id).kind {
            TypeKind::Record(fields) => {
                let members = fields.iter().map(|field| {
                    let member = member(&mut scope, case::snake(&field.name), &field.name, &field.decl);
                    typed(member, Some(field.ty))
                });
                let members = self.with_attributes(id, members.collect());
                let derives = derives(facts, &members, self.options.compares());
                Definition::Record(shape("record", &derives, members).linted(lints::fields))
            }
            TypeKind::Variant(cases) => {
                let members = cases.iter().map(|case| {
                    typed(member(&mut scope, case::upper_camel(&case.name), &case.name, &case.decl), case.ty)
                });
                let members = self.with_attributes(id, members.collect());
                let derives = derives(facts, &members, self.options.compares());
                Definition::Variant(shape("variant", &derives, members).linted(lints::cases))
            }
            TypeKind::Enum(cases) => {
                let members = cases.iter().map(|c| member(&mut scope, case::upper_camel(&c.name), &c.name, &c.decl));
                let members = self.with_attributes(id, members.collect());
                let derives = ["Clone", "Copy", "Debug", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
                Definition::Enum {
                    shape: shape("enum", &derives, members).linted(lints::cases),
                    repr: enum_repr(cases.len()),
                }
            }
            TypeKind::Flags(flags) => self.flags(module, ty, flags),
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

    fn flags(&self, module: ModuleId, ty: &NamedType<'_>, flags: &[LabelDecl]) -> Definition {
        let mut scope = ident::scope();
        let members = flags.iter().map(|f| member(&mut scope, case::shouty_snake(&f.name), &f.name, &f.decl));
        Definition::Flags {
            docs: docs::named(ty, "flags"),
            name: self.names.named(module, ty.name).to_owned(),
            bits: flags_bits(flags.len()),
            flags: members.collect(),
        }
    }

    /// The attributes of a type, and of those that it defines as well.
    fn type_attributes(&self, id: TypeId) -> Vec<String> {
        let known = |id| self.chosen.type_attributes.get(&id).into_iter().flatten();
        self.look.forms.defines(id).into_iter().flat_map(known).cloned().collect()
    }

    fn with_attributes(&self, id: TypeId, mut members: Vec<Member>) -> Vec<Member> {
        let ids = self.look.forms.defines(id);
        for member in &mut members {
            let known = |id: &TypeId| self.chosen.member_attributes.get(&(*id, member.wit.clone()));
            member.attributes = ids.iter().filter_map(known).flatten().cloned().collect();
        }
        members
    }

    /// Whether the user wants a standard derive left out.
    fn is_left_out(&self, id: TypeId, derive: &str) -> bool {
        self.look.forms.defines(id).iter().any(|id| self.chosen.left_out(*id, derive))
    }

    /// The derives that hold and are wanted, then those that the user wants as well.
    ///
    /// Enums are copied where they are lowered, so they stay `Copy`.
    fn derives(&self, wit_name: &str, id: TypeId, valid: &[&str], is_enum: bool) -> Vec<String> {
        let is_needed = |name: &str| is_enum && ["Clone", "Copy"].contains(&name);
        let wanted = valid.iter().filter(|name| is_needed(name) || !self.is_left_out(id, name));
        let mut out: Vec<String> = wanted.map(|name| (*name).to_owned()).collect();
        if !self.options.derive_ignore.iter().any(|name| is_form_of(name, wit_name)) {
            for path in &self.options.derives {
                let last = path.rsplit("::").next().unwrap_or(path);
                if !out.iter().any(|known| known == path || known == last) {
                    out.push(path.clone());
                }
            }
        }
        out
    }
}

/// A member without a type.
fn member(scope: &mut Scope, wish: String, wit: &str, decl: &Decl) -> Member {
    let (docs, name) = (docs::part(decl), scope.declare(wish));
    Member { docs, name, wit: wit.to_owned(), attributes: Vec::new(), ty: None, debug: true, told: Told::Not }
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
fn derives(facts: Facts, members: &[Member], compares: bool) -> Vec<&'static str> {
    let mut out = Vec::new();
    if !facts.own {
        out.push("Clone");
    }
    if !facts.handle() && !facts.memory {
        out.push("Copy");
    }
    if members.iter().all(|member| member.debug) {
        out.push("Debug");
    }
    if compares && !facts.handle() && !facts.long_tuple && !facts.foreign {
        out.push("PartialEq");
        if !facts.float {
            out.extend(["Eq", "Hash"]);
        }
    }
    if !facts.no_default {
        out.push("Default");
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
