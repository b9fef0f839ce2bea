//! What items mention: every definition and resource that can be reached from them.
//!
//! In: items. Out: sets in the order of first mention. Holds: each definition is visited once; no recursion,
//! so depth costs no stack.

use indexmap::IndexSet;

use crate::{InstanceId, Item, ItemKind, Kind, Owner, ResourceId, TypeId, TypeKind, Types, ValType};

/// Definitions and resources, and the instances that resources are taken from by name.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    pub defs: IndexSet<TypeId>,
    pub resources: IndexSet<ResourceId>,
    pub taken_from: IndexSet<InstanceId>,
}

/// What `items` mention, directly or through other definitions; aliases and what they stand for are both in it.
pub fn uses<'i>(types: &Types, items: impl IntoIterator<Item = &'i Item>) -> Uses {
    let mut uses = Uses::default();
    let mut items: Vec<Item> = items.into_iter().cloned().collect();
    items.reverse();
    let mut open: Vec<ValType> = Vec::new();
    while let Some(item) = items.pop() {
        match item.kind {
            ItemKind::Func(id) => {
                let func = types.func(id);
                open.extend(func.params.iter().map(|param| param.ty).chain(func.result));
            }
            ItemKind::Instance(id) => items.extend(types.instance(id).exports.values().rev().cloned()),
            ItemKind::Type(ty) => open.push(ty),
            ItemKind::Resource(id) => {
                uses.resources.insert(id);
                if let Some((Owner::Instance(from), _)) = item.decl.alias_of {
                    uses.taken_from.insert(from);
                }
            }
            ItemKind::Component(id) => {
                let component = types.component(id);
                items.extend(component.imports.values().chain(component.exports.values()).cloned());
            }
            ItemKind::CoreModule(_) => {}
        }
        close(types, &mut uses, &mut open);
    }
    uses
}

fn close(types: &Types, uses: &mut Uses, open: &mut Vec<ValType>) {
    while let Some(ty) = open.pop() {
        let ValType::Def(id) = ty else { continue };
        if !uses.defs.insert(id) {
            continue;
        }
        if let TypeKind::Alias(target) = types.def(id).kind {
            open.push(target);
            continue;
        }
        parts(types.kind(ty), uses, open);
    }
}

fn parts(kind: Kind<'_>, uses: &mut Uses, open: &mut Vec<ValType>) {
    match kind {
        Kind::Own(resource) | Kind::Borrow(resource) => {
            uses.resources.insert(resource);
        }
        Kind::Record(fields) => open.extend(fields.iter().map(|field| field.ty)),
        Kind::Variant(cases) => open.extend(cases.iter().filter_map(|case| case.ty)),
        Kind::List(element) | Kind::FixedList(element, _) | Kind::Option(element) => open.push(element),
        Kind::Map(key, value) => open.extend([key, value]),
        Kind::Tuple(parts) => open.extend(parts),
        Kind::Result { ok, err } => open.extend(ok.into_iter().chain(err)),
        Kind::Stream(payload) | Kind::Future(payload) => open.extend(payload),
        Kind::Flags(_)
        | Kind::Enum(_)
        | Kind::Bool
        | Kind::U8
        | Kind::S8
        | Kind::U16
        | Kind::S16
        | Kind::U32
        | Kind::S32
        | Kind::U64
        | Kind::S64
        | Kind::F32
        | Kind::F64
        | Kind::Char
        | Kind::String
        | Kind::ErrorContext => {}
    }
}
