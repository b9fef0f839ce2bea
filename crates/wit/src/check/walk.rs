//! The functions of a scope and the names in a type.
//!
//! In: an interface or world, or a type as it is written. Out: each function with what it belongs to; each name of a type.

use super::index::{Scope, ScopeKind};
use crate::syntax::ast::{
    Attributes, ExternKind, FuncItem, FuncKind, FuncType, InterfaceItem, Name, ResourceItem, Type, TypeDecl,
    TypeDeclKind, TypeKind, WorldItem,
};

/// A function of an interface, a world or a resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Func<'t> {
    pub name: &'t Name,
    pub kind: FuncKind,
    pub func: &'t FuncType,
    pub attributes: &'t Attributes,
    pub resource: Option<&'t TypeDecl>,
}

/// How a name of a type is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Value,
    /// In `own<..>` or `borrow<..>`.
    Handle,
}

/// All functions, those of resources too, in the order of the text.
pub(super) fn functions<'t>(scope: &Scope<'t>) -> Vec<Func<'t>> {
    let mut found = Vec::new();
    match scope.kind {
        ScopeKind::Interface(interface) => of_items(&interface.items, &mut found),
        ScopeKind::Inline { items, .. } => of_items(items, &mut found),
        ScopeKind::World(world) => of_world(&world.items, &mut found),
        ScopeKind::KnownInterface | ScopeKind::KnownWorld(_) => {}
    }
    found
}

fn of_items<'t>(items: &'t [InterfaceItem], found: &mut Vec<Func<'t>>) {
    for item in items {
        match item {
            InterfaceItem::Func(func) => found.push(of_item(func, None)),
            InterfaceItem::Type(ty) => of_resource(ty, found),
            InterfaceItem::Use(_) | InterfaceItem::Error(_) => {}
        }
    }
}

fn of_world<'t>(items: &'t [WorldItem], found: &mut Vec<Func<'t>>) {
    for item in items {
        match item {
            WorldItem::Import(one) | WorldItem::Export(one) => {
                if let ExternKind::Func { name, kind, func } = &one.kind {
                    let attributes = &one.attributes;
                    found.push(Func { name, kind: *kind, func, attributes, resource: None });
                }
            }
            WorldItem::Type(ty) => of_resource(ty, found),
            WorldItem::Use(_) | WorldItem::Include(_) | WorldItem::Error(_) => {}
        }
    }
}

fn of_resource<'t>(ty: &'t TypeDecl, found: &mut Vec<Func<'t>>) {
    let TypeDeclKind::Resource(items) = &ty.kind else { return };
    for item in items {
        if let ResourceItem::Func(func) = item {
            found.push(of_item(func, Some(ty)));
        }
    }
}

fn of_item<'t>(item: &'t FuncItem, resource: Option<&'t TypeDecl>) -> Func<'t> {
    Func { name: &item.name, kind: item.kind, func: &item.func, attributes: &item.attributes, resource }
}

/// The types that a function is written with: its parameters', then its result.
pub(super) fn types_of<'t>(func: &Func<'t>) -> impl Iterator<Item = &'t Type> + use<'t> {
    func.func.params.iter().map(|param| &param.ty).chain(&func.func.result)
}

/// The types that a declaration is written with, those of a resource's functions left out.
pub(super) fn parts_of(ty: &TypeDecl) -> Vec<&Type> {
    match &ty.kind {
        TypeDeclKind::Alias(target) => vec![target],
        TypeDeclKind::Record(fields) => fields.iter().map(|field| &field.ty).collect(),
        TypeDeclKind::Variant(cases) => cases.iter().filter_map(|case| case.payload.as_ref()).collect(),
        TypeDeclKind::Flags(_) | TypeDeclKind::Enum(_) | TypeDeclKind::Resource(_) => Vec::new(),
    }
}

/// Visits the names in a type.
pub(super) fn for_each_name<'t>(ty: &'t Type, each: &mut dyn FnMut(&'t Name, Role)) {
    match &ty.kind {
        TypeKind::Named(name) => each(name, Role::Value),
        TypeKind::Own(name) | TypeKind::Borrow(name) => each(name, Role::Handle),
        _ => inner(ty).into_iter().for_each(|part| for_each_name(part, each)),
    }
}

/// The types in a type.
pub(super) fn inner(ty: &Type) -> Vec<&Type> {
    match &ty.kind {
        TypeKind::List(part) | TypeKind::FixedList(part, _) | TypeKind::Option(part) => vec![part],
        TypeKind::Map(key, value) => vec![key, value],
        TypeKind::Tuple(parts) => parts.iter().collect(),
        TypeKind::Result { ok, err } => ok.iter().chain(err).map(AsRef::as_ref).collect(),
        TypeKind::Future(part) | TypeKind::Stream(part) => part.iter().map(AsRef::as_ref).collect(),
        TypeKind::Primitive(_) | TypeKind::Named(_) | TypeKind::Own(_) | TypeKind::Borrow(_) | TypeKind::Error => {
            Vec::new()
        }
    }
}
