//! What a world in component types says.
//!
//! In: `types::World`. Out: the text structure of its package, with that world alone, or with all that it needs.
//! Holds: a type that another scope owns is brought in by `use`, under the name that this scope gives it;
//! a type that the root exports is shown as a type of the world, which WIT has.

mod implied;
mod interfaces;
mod left_out;
mod value;

pub(crate) use left_out::not_in_wit;

use types::{Decl, ExternName, InstanceId, InterfaceName, Item, ItemKind, Owner, PackageName, Types, World};

use super::names::{self, escaped};
use super::text::{Body, Head, InterfaceText, ItemText, PackageText, TypeText, TypeTextKind, Use, UsedName, WorldText};
use implied::Implied;
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

/// An interface alone. What has no name of a package is called `label`.
pub(super) fn interface(types: &Types, id: InstanceId, label: &str) -> InterfaceText {
    let name = types.instance(id).id.as_ref();
    // No interface that it uses is of this package, so that all are written in full.
    let nowhere = PackageName { namespace: String::new(), name: String::new(), version: None };
    let body = instance_body(types, name.map_or(&nowhere, |name| &name.package), id);
    InterfaceText { head: Head::default(), name: escaped(name.map_or(label, |name| &name.interface)), body }
}

fn head(decl: &Decl) -> Head {
    Head { docs: decl.docs.clone(), stability: decl.stability.clone(), external_id: decl.external_id.clone() }
}

fn world_text(types: &Types, world: &World) -> WorldText {
    let home = &world.package;
    let component = &world.component;
    let own: Vec<(&ExternName, &Item)> = exported_types(world).collect();
    let (root, implied) = implied::of_world(types, world, &own);
    let mut imports = Vec::new();
    let mut body = Body::default();
    for (name, item) in &component.imports {
        match item.kind {
            _ if left_out::reason(&root, name, item.kind).is_some() => {}
            ItemKind::Instance(instance) => imports.push(instance_item(types, home, name, item, instance)),
            _ => place(&root, home, name, item, &mut body),
        }
    }
    for (name, item) in own.iter().filter(|(name, item)| left_out::reason(&root, name, item.kind).is_none()) {
        place_own(&root, world, name, item, &mut body);
    }
    place_implied(&root, home, &implied, &mut body);
    // In WIT, functions stand before interfaces.
    let (mut exports, mut instances) = (Vec::new(), Vec::new());
    for (name, item) in &component.exports {
        match item.kind {
            _ if left_out::reason(&root, name, item.kind).is_some() => {}
            ItemKind::Instance(instance) => instances.push(instance_item(types, home, name, item, instance)),
            ItemKind::Func(_) if name.resource().is_some() => {
                if !component.imports.contains_key(name) {
                    place_func(&root, name, item, &mut body);
                }
            }
            ItemKind::Func(_) => exports.extend(value::func(&root, name, item).map(ItemText::Func)),
            ItemKind::Type(_) | ItemKind::Resource(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    exports.extend(instances);
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
    declare(scope, name, item, body);
}

/// What is mentioned and nobody names: by `use`, or as a copy.
fn place_implied(scope: &Scope<'_>, home: &PackageName, implied: &[Implied], body: &mut Body) {
    for Implied { name, kind, from } in implied {
        let interface = from.as_ref().and_then(|(from, there)| Some((scope.types.instance(*from).id.as_ref()?, there)));
        match interface {
            Some((interface, there)) => {
                let names = vec![UsedName { there: escaped(there), here: escaped(name) }];
                add_use(body, Use { head: Head::default(), path: interface_path(home, interface), names });
            }
            None => {
                let kind = value::declared(scope, name, *kind);
                body.types.push(TypeText { head: Head::default(), name: escaped(name), kind });
            }
        }
    }
}

fn add_use(body: &mut Body, used: Use) {
    match body.uses.last_mut() {
        Some(last) if last.path == used.path && last.head == used.head => last.names.extend(used.names),
        Some(_) | None => body.uses.push(used),
    }
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
    let (scope, implied) = implied::of_instance(types, id);
    let mut body = Body::default();
    let exports = types.instance(id).exports.iter();
    for (name, item) in exports.filter(|(name, item)| left_out::inner_reason(&scope, name, item).is_none()) {
        if is_shown_as_own(&scope, id, name, item) {
            declare(&scope, name, item, &mut body);
        } else {
            place(&scope, home, name, item, &mut body);
        }
    }
    place_implied(&scope, home, &implied, &mut body);
    body
}

/// Whether an interface has a resource of another one and functions of that resource, for which a `use` has no room.
fn is_shown_as_own(scope: &Scope<'_>, id: InstanceId, name: &ExternName, item: &Item) -> bool {
    let ItemKind::Resource(_) = item.kind else { return false };
    let Some((owner, _)) = value::origin(scope, item) else { return false };
    let label = name.to_string();
    let mut others = scope.types.instance(id).exports.iter();
    is_same_interface(scope.types, id, owner)
        || others.any(|(name, item)| {
            name.resource() == Some(label.as_str()) && left_out::inner_reason(scope, name, item).is_none()
        })
}

/// Whether a resource comes from the interface that has it, as when an import is exported under its own name.
fn is_same_interface(types: &Types, id: InstanceId, owner: Owner) -> bool {
    let Owner::Instance(from) = owner else { return false };
    types.instance(id).id.is_some() && types.instance(from).id == types.instance(id).id
}

fn declare(scope: &Scope<'_>, name: &ExternName, item: &Item, body: &mut Body) {
    let name = name.to_string();
    let kind = value::declared(scope, &name, item.kind);
    body.types.push(TypeText { head: head(&item.decl), name: escaped(&name), kind });
}

/// Puts a type, resource or function where the text has it.
fn place(scope: &Scope<'_>, home: &PackageName, name: &ExternName, item: &Item, body: &mut Body) {
    match item.kind {
        ItemKind::Func(_) => place_func(scope, name, item, body),
        ItemKind::Type(_) | ItemKind::Resource(_) => match used(scope, home, name, item) {
            Some(used) => add_use(body, used),
            None => declare(scope, name, item, body),
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
