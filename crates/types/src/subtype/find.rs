//! Looking names up: exactly first, then along a semver track; and what resembles a name that is not there.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::Options;
use crate::uses::uses;
use crate::{ExternName, Item, ItemKind, Owner, Types, ValType};

/// The item called `name`, or, if versions may differ, the highest version of its track.
pub fn find_item<'a>(
    items: &'a IndexMap<ExternName, Item>,
    name: &ExternName,
    options: Options,
) -> Option<(&'a ExternName, &'a Item)> {
    if let Some((_, name, item)) = items.get_full(name) {
        return Some((name, item));
    }
    let ExternName::Interface(wanted) = name else { return None };
    if !options.tracks {
        return None;
    }
    let version = |name: &ExternName| match name {
        ExternName::Interface(interface) => interface.package.version.clone(),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => None,
    };
    items
        .iter()
        .filter(|(name, _)| matches!(name, ExternName::Interface(interface) if interface.same_track(wanted)))
        .max_by_key(|(name, _)| version(name))
}

/// The interface among `items` that owns the type or resource that `item` is another name of.
pub fn interface_of(types: &Types, items: &IndexMap<ExternName, Item>, item: &Item) -> Option<ExternName> {
    let owner = match item.kind {
        ItemKind::Resource(id) => types.resource(id).owner,
        ItemKind::Type(ty) => types.aliases(ty).filter_map(|ty| def_owner(types, ty)).find(is_instance)?,
        ItemKind::Func(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => return None,
    };
    let owned = |item: &Item| matches!(item.kind, ItemKind::Instance(id) if owner == Owner::Instance(id));
    items.iter().find(|(_, item)| owned(item)).map(|(name, _)| name.clone())
}

fn is_instance(owner: &Owner) -> bool {
    matches!(owner, Owner::Instance(_))
}

fn def_owner(types: &Types, ty: ValType) -> Option<Owner> {
    match ty {
        ValType::Def(id) => Some(types.def(id).owner),
        ValType::Bool
        | ValType::U8
        | ValType::S8
        | ValType::U16
        | ValType::S16
        | ValType::U32
        | ValType::S32
        | ValType::U64
        | ValType::S64
        | ValType::F32
        | ValType::F64
        | ValType::Char
        | ValType::String
        | ValType::ErrorContext => None,
    }
}

/// The interfaces among `items` whose types and resources the item called `name` mentions, in order.
pub fn interfaces_used(types: &Types, items: &IndexMap<ExternName, Item>, name: &ExternName) -> Vec<ExternName> {
    let Some(item) = items.get(name) else { return Vec::new() };
    let mentioned = uses(types, [item]);
    let defs = mentioned.defs.iter().map(|id| types.def(*id).owner);
    let of_resources = mentioned.resources.iter().map(|id| types.resource(*id).owner);
    let taken_from = mentioned.taken_from.iter().map(|id| Owner::Instance(*id));
    let owners: HashSet<Owner> = defs.chain(of_resources).chain(taken_from).collect();
    let owns = |item: &Item| matches!(item.kind, ItemKind::Instance(id) if owners.contains(&Owner::Instance(id)));
    items.iter().filter(|(other, item)| *other != name && owns(item)).map(|(other, _)| other.clone()).collect()
}

/// Names in `items` that may have been meant: another version of the interface, or a similar name of the same kind.
pub(super) fn near(items: &IndexMap<ExternName, Item>, name: &ExternName, kind: ItemKind) -> Vec<String> {
    let same_kind = |item: &Item| std::mem::discriminant(&item.kind) == std::mem::discriminant(&kind);
    let names: Vec<String> = items
        .iter()
        .filter(|(other, item)| same_kind(item) || *other == name)
        .map(|(other, _)| other.to_string())
        .collect();
    let wanted = name.to_string();
    diag::near_misses(&wanted, names.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}
