//! Names that a binary mentions and WIT has to be told.
//!
//! In: the items of a scope, which may mention types and resources of other scopes. Out: names for those that the scope
//! does not name itself, each with a `use` or, where a `use` would import what is only exported, with a copy.
//! Holds: a value type is its structure, so that a copy is the same type; a resource has no copy, so that what
//! mentions one that cannot be used is left out.
//!
//! ```wat
//! (export $api "a:b/api" (instance $i))          ;; declares the record `x`
//! (alias export $api "x" (type $x))
//! (export "f" (func $f))                         ;; (param "r" $x): the world gets a record `x` of its own
//! ```

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use types::{ExternName, InstanceId, Item, ItemKind, Owner, TypeId, TypeKind, Types, ValType, World};

use super::value::{self, Scope};

/// What a scope mentions, by its own name.
pub(super) struct Implied {
    pub name: String,
    pub kind: ItemKind,
    /// The interface to take it from, and its name there; a copy stands for it otherwise.
    pub from: Option<(InstanceId, String)>,
}

/// The scope of a world; `own` are the exported types that are shown as its own.
pub(super) fn of_world<'a>(types: &'a Types, world: &World, own: &[(&ExternName, &Item)]) -> (Scope<'a>, Vec<Implied>) {
    let component = &world.component;
    let imported = component.imports.values().filter_map(|item| item.kind.instance()).collect();
    let scope = Scope { imported, ..Scope::of(types, Owner::World) };
    let funcs = component.exports.iter().filter(|(_, item)| matches!(item.kind, ItemKind::Func(_)));
    let items = component.imports.iter().chain(own.iter().copied()).chain(funcs);
    // What is left out mentions nothing.
    let items = items.filter(|(name, item)| !super::left_out::is_func_as_interface(name, item.kind));
    filled(scope, &items.collect::<Vec<_>>())
}

/// The scope of an interface.
pub(super) fn of_instance(types: &Types, id: InstanceId) -> (Scope<'_>, Vec<Implied>) {
    filled(Scope::of(types, Owner::Instance(id)), &types.instance(id).exports.iter().collect::<Vec<_>>())
}

/// The scope with the names of its items, and with those that it has to give to what they mention.
fn filled<'a>(mut scope: Scope<'a>, items: &[(&ExternName, &Item)]) -> (Scope<'a>, Vec<Implied>) {
    // Types stand before what is made of them, so that one that cannot be said takes those with it.
    let mut known = HashMap::new();
    for (name, item) in items {
        if !is_sayable(&scope, item, &mut known) {
            scope.unsayable.insert(item.kind);
        } else if matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_)) {
            scope.names.push((name.to_string(), item.kind));
        }
    }
    let mut found = IndexSet::new();
    items.iter().filter(|(_, item)| !scope.unsayable.contains(&item.kind)).for_each(|(_, item)| {
        mentioned(&scope, item, &mut found);
    });
    let mut taken: HashSet<String> = items.iter().map(|(name, _)| name.to_string()).collect();
    let mut implied = Vec::new();
    for kind in found {
        let (owner, there) = origin(scope.types, kind);
        let from = usable(&scope, owner).map(|from| (from, there.clone()));
        let name = free_name(&taken, &there);
        taken.insert(name.clone());
        scope.names.push((name.clone(), kind));
        implied.push(Implied { name, kind, from });
    }
    (scope, implied)
}

/// Whether all that an item mentions has a name, can be used, or can be copied.
fn is_sayable(scope: &Scope<'_>, item: &Item, known: &mut HashMap<TypeId, bool>) -> bool {
    let types = scope.types;
    match item.kind {
        ItemKind::Func(id) => {
            let func = types.func(id);
            func.params.iter().map(|param| param.ty).chain(func.result).all(|ty| can_say(scope, ty, known))
        }
        ItemKind::Type(ty) => is_used(scope, item) || can_say(scope, ty, known),
        ItemKind::Resource(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => true,
    }
}

fn can_say(scope: &Scope<'_>, ty: ValType, known: &mut HashMap<TypeId, bool>) -> bool {
    let ValType::Def(id) = ty else { return true };
    if let Some(&said) = known.get(&id) {
        return said;
    }
    let def = scope.types.def(id);
    let said = match def.kind {
        _ if scope.name_of(ItemKind::Type(ty)).is_some() => true,
        _ if def.name.is_some() && usable(scope, def.owner).is_some() => true,
        TypeKind::Own(resource) | TypeKind::Borrow(resource) => {
            let owner = scope.types.resource(resource).owner;
            scope.name_of(ItemKind::Resource(resource)).is_some() || usable(scope, owner).is_some()
        }
        _ => parts(&def.kind).into_iter().all(|part| can_say(scope, part, known)),
    };
    known.insert(id, said);
    said
}

/// The named types and resources that an item mentions and the scope does not name, those of copies included.
fn mentioned(scope: &Scope<'_>, item: &Item, found: &mut IndexSet<ItemKind>) {
    match item.kind {
        ItemKind::Func(id) => {
            let func = scope.types.func(id);
            func.params.iter().map(|param| param.ty).chain(func.result).for_each(|ty| mention(scope, ty, found));
        }
        ItemKind::Type(ValType::Def(id)) if !is_used(scope, item) => inside(scope, id, found),
        _ => {}
    }
}

fn mention(scope: &Scope<'_>, ty: ValType, found: &mut IndexSet<ItemKind>) {
    let ValType::Def(id) = ty else { return };
    let kind = ItemKind::Type(ty);
    if scope.name_of(kind).is_some() || found.contains(&kind) {
        return;
    }
    let def = scope.types.def(id);
    if def.name.is_some() && usable(scope, def.owner).is_some() {
        found.insert(kind);
        return;
    }
    inside(scope, id, found);
    // What a copy is made of comes before it.
    if def.name.is_some() {
        found.insert(kind);
    }
}

/// What the text of a definition mentions.
fn inside(scope: &Scope<'_>, id: TypeId, found: &mut IndexSet<ItemKind>) {
    let def = value::shown(scope, id);
    if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = def.kind {
        let kind = ItemKind::Resource(resource);
        if scope.name_of(kind).is_none() && usable(scope, scope.types.resource(resource).owner).is_some() {
            found.insert(kind);
        }
    }
    parts(&def.kind).into_iter().for_each(|part| mention(scope, part, found));
}

/// The scope that declares a type or resource, and the name there.
fn origin(types: &Types, kind: ItemKind) -> (Owner, String) {
    match kind {
        ItemKind::Type(ValType::Def(id)) => {
            let def = types.def(id);
            (def.owner, def.name.clone().unwrap_or_default())
        }
        ItemKind::Resource(id) => (types.resource(id).owner, types.resource(id).name.clone()),
        _ => unreachable!("only types and resources are mentioned"),
    }
}

/// Whether a `use` brings an item in.
fn is_used(scope: &Scope<'_>, item: &Item) -> bool {
    value::origin(scope, item).is_some_and(|(owner, _)| usable(scope, owner).is_some())
}

/// The instance that a scope can `use` the types of an owner from: one with a name, and in a world only an import.
fn usable(scope: &Scope<'_>, owner: Owner) -> Option<InstanceId> {
    let Owner::Instance(id) = owner else { return None };
    let has_name = scope.types.instance(id).id.as_ref().is_some_and(super::left_out::is_wit_interface);
    let in_reach = scope.owner != Owner::World || scope.imported.contains(&id);
    (has_name && in_reach && owner != scope.owner).then_some(id)
}

/// A name that nothing in the scope has.
fn free_name(taken: &HashSet<String>, wanted: &str) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted}{number}"));
    let mut names = [wanted.to_owned()].into_iter().chain(numbered);
    names.find(|name| !taken.contains(name)).expect("there is always another number")
}

fn parts(kind: &TypeKind) -> Vec<ValType> {
    match kind {
        TypeKind::Alias(part) | TypeKind::List(part) | TypeKind::FixedList(part, _) | TypeKind::Option(part) => {
            vec![*part]
        }
        TypeKind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        TypeKind::Map(key, value) => vec![*key, *value],
        TypeKind::Tuple(parts) => parts.clone(),
        TypeKind::Result { ok, err } => ok.iter().chain(err).copied().collect(),
        TypeKind::Stream(payload) | TypeKind::Future(payload) => payload.iter().copied().collect(),
        TypeKind::Flags(_) | TypeKind::Enum(_) | TypeKind::Own(_) | TypeKind::Borrow(_) => Vec::new(),
    }
}
