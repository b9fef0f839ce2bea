//! What a world in component types says.
//!
//! In: `types::World`. Out: the text structure of its package, with that world alone, or with all that it needs.
//! Holds: a type that another scope owns is brought in by `use`, under the name that this scope gives it;
//! a type that the root exports is shown as a type of the world, which WIT has.

mod interfaces;
mod left_out;
mod value;

pub(crate) use left_out::not_in_wit;

use types::{Decl, ExternName, InstanceId, InterfaceName, Item, ItemKind, Owner, PackageName, Types, World};

use super::names::{self, escaped};
use super::text::{Body, Head, ItemText, PackageText, TypeText, TypeTextKind, Use, UsedName, WorldText};
use value::Scope;

/// The world's package, then every other package that the text needs to parse alone.
pub(super) fn packages(types: &Types, world: &World) -> Vec<PackageText> {
    let mut root = package(types, world);
    let mut others = interfaces::by_package(types, world);
    root.interfaces = others.shift_remove(&world.package).unwrap_or_default();
    [root].into_iter().chain(others.into_iter().map(interfaces::package_text)).collect()
}

/// The world's package with the world alone.
pub(super) fn package(types: &Types, world: &World) -> PackageText {
    PackageText {
        head: Head::default(),
        name: names::package(&world.package),
        interfaces: Vec::new(),
        worlds: vec![world_text(types, world)],
    }
}

fn head(decl: &Decl) -> Head {
    Head { docs: decl.docs.clone(), stability: decl.stability.clone(), external_id: decl.external_id.clone() }
}

fn world_text(types: &Types, world: &World) -> WorldText {
    let home = &world.package;
    let component = &world.component;
    let own: Vec<(&ExternName, &Item)> = exported_types(world).collect();
    let names = names_of(component.imports.iter().chain(own.iter().copied()));
    let root = Scope { types, owner: Owner::World, names };
    let mut imports = Vec::new();
    let mut body = Body::default();
    for (name, item) in &component.imports {
        match item.kind {
            _ if left_out::reason(types, name, item.kind).is_some() => {}
            ItemKind::Instance(instance) => imports.push(instance_item(types, home, name, item, instance)),
            _ => place(&root, home, name, item, &mut body),
        }
    }
    own.iter().for_each(|(name, item)| place_own(&root, world, name, item, &mut body));
    let mut exports = Vec::new();
    for (name, item) in &component.exports {
        match item.kind {
            _ if left_out::reason(types, name, item.kind).is_some() => {}
            ItemKind::Instance(instance) => exports.push(instance_item(types, home, name, item, instance)),
            ItemKind::Func(_) if name.resource().is_some() => {
                if !component.imports.contains_key(name) {
                    place_func(&root, name, item, &mut body);
                }
            }
            ItemKind::Func(_) => exports.extend(value::func(&root, name, item).map(ItemText::Func)),
            ItemKind::Type(_) | ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    WorldText { head: head(&world.decl), name: escaped(&world.name), imports, body, exports }
}

/// The types that the root exports, where no import has their name.
fn exported_types(world: &World) -> impl Iterator<Item = (&ExternName, &Item)> {
    let component = &world.component;
    component.exports.iter().filter(|(name, item)| {
        left_out::is_type(item.kind) && left_out::is_wit_name(name) && !component.imports.contains_key(*name)
    })
}

/// Puts an exported type into the world's body: as a `use` only if the interface is imported, which `use` implies.
fn place_own(scope: &Scope<'_>, world: &World, name: &ExternName, item: &Item, body: &mut Body) {
    let imported = value::origin(scope, item).is_some_and(|(owner, _)| {
        world.component.imports.values().any(|item| item.kind.instance().map(Owner::Instance) == Some(owner))
    });
    if imported {
        return place(scope, &world.package, name, item, body);
    }
    let name = name.to_string();
    let kind = value::declared(scope, &name, item.kind);
    body.types.push(TypeText { head: head(&item.decl), name: escaped(&name), kind });
}

/// The names that a scope gives to types and resources.
fn names_of<'a>(items: impl Iterator<Item = (&'a ExternName, &'a Item)>) -> Vec<(String, ItemKind)> {
    items
        .filter(|(_, item)| matches!(item.kind, ItemKind::Type(_) | ItemKind::Resource(_)))
        .map(|(name, item)| (name.to_string(), item.kind))
        .collect()
}

fn instance_item(types: &Types, home: &PackageName, name: &ExternName, item: &Item, id: InstanceId) -> ItemText {
    let instance = types.instance(id);
    let head = head(&item.decl);
    match (name, &instance.id) {
        (ExternName::Interface(interface), _) => {
            ItemText::Path { head, label: None, path: interface_path(home, interface) }
        }
        (name, Some(interface)) => {
            ItemText::Path { head, label: Some(escaped(&name.to_string())), path: interface_path(home, interface) }
        }
        (name, None) => {
            ItemText::Inline { head, label: escaped(&name.to_string()), body: instance_body(types, home, id) }
        }
    }
}

fn interface_path(home: &PackageName, interface: &InterfaceName) -> String {
    names::path(home, &interface.package, &interface.interface)
}

fn instance_body(types: &Types, home: &PackageName, id: InstanceId) -> Body {
    let exports = &types.instance(id).exports;
    let scope = Scope { types, owner: Owner::Instance(id), names: names_of(exports.iter()) };
    let mut body = Body::default();
    for (name, item) in exports.iter().filter(|(name, item)| left_out::inner_reason(types, name, item).is_none()) {
        place(&scope, home, name, item, &mut body);
    }
    body
}

/// Puts a type, resource or function where the text has it.
fn place(scope: &Scope<'_>, home: &PackageName, name: &ExternName, item: &Item, body: &mut Body) {
    match item.kind {
        ItemKind::Func(_) => place_func(scope, name, item, body),
        ItemKind::Type(_) | ItemKind::Resource(_) => match used(scope, home, name, item) {
            Some(used) => match body.uses.last_mut() {
                Some(last) if last.path == used.path && last.head == used.head => last.names.extend(used.names),
                Some(_) | None => body.uses.push(used),
            },
            None => body.types.push(TypeText {
                head: head(&item.decl),
                name: escaped(&name.to_string()),
                kind: value::declared(scope, &name.to_string(), item.kind),
            }),
        },
        // These are left out before.
        ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
    }
}

fn place_func(scope: &Scope<'_>, name: &ExternName, item: &Item, body: &mut Body) {
    let Some(text) = value::func(scope, name, item) else { return };
    let resource = name.resource().map(escaped);
    let home = body.types.iter_mut().find(|ty| Some(&ty.name) == resource.as_ref()).map(|ty| &mut ty.kind);
    match home {
        Some(TypeTextKind::Resource(funcs)) => funcs.push(text),
        Some(TypeTextKind::Alias(_) | TypeTextKind::Parts(..)) | None => body.funcs.push(text),
    }
}

/// The `use` that brings an item in; `None` if it is declared here.
fn used(scope: &Scope<'_>, home: &PackageName, name: &ExternName, item: &Item) -> Option<Use> {
    let (owner, there) = value::origin(scope, item)?;
    let Owner::Instance(from) = owner else { return None };
    let interface = scope.types.instance(from).id.as_ref()?;
    let names = vec![UsedName { there: escaped(&there), here: escaped(&name.to_string()) }];
    let head = Head { docs: None, ..head(&item.decl) };
    Some(Use { head, path: interface_path(home, interface), names })
}
