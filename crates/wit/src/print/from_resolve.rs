//! What resolved packages say.
//!
//! In: a loaded package. Out: the text structures of what was named and of all that it needs.
//! Holds: the named packages come first, then the others, those first that use others' types last.

mod needed;
mod types;

use ::types::PackageName;
use wit_parser::{Function, InterfaceId, PackageId, Resolve, TypeId, TypeOwner, WorldId, WorldItem, WorldKey};

use super::names;
use super::text::{Body, Head, InterfaceText, ItemText, PackageText, TypeTextKind, WorldText};
use crate::{Package, world};
use needed::Needed;
use types::{func, head};

/// The packages to print; with a world, what it needs and nothing else.
pub(super) fn packages(package: &Package, chosen: Option<WorldId>) -> Vec<PackageText> {
    let resolve = &package.resolve;
    let needed = match chosen {
        Some(world) => Needed::by_world(resolve, world),
        None => Needed::by_packages(resolve, &package.listed),
    };
    needed.packages.iter().map(|id| package_text(resolve, *id, &needed)).collect()
}

/// The interfaces that a world needs, itself or through others.
pub(crate) fn needed_by_world(resolve: &Resolve, world: WorldId) -> indexmap::IndexSet<InterfaceId> {
    Needed::by_world(resolve, world).interfaces
}

fn package_text(resolve: &Resolve, id: PackageId, needed: &Needed) -> PackageText {
    let package = &resolve.packages[id];
    let home = world::package_name(&package.name);
    let interfaces = package.interfaces.iter().filter(|(_, id)| needed.interfaces.contains(*id));
    let worlds = package.worlds.values().filter(|id| needed.worlds.contains(*id));
    PackageText {
        head: Head { docs: package.docs.contents.clone(), ..Head::default() },
        name: names::package(&home),
        interfaces: interfaces.map(|(name, id)| interface_text(resolve, &home, name, *id)).collect(),
        worlds: worlds.map(|id| world_text(resolve, &home, *id)).collect(),
    }
}

fn interface_text(resolve: &Resolve, home: &PackageName, name: &str, id: InterfaceId) -> InterfaceText {
    let interface = &resolve.interfaces[id];
    InterfaceText {
        head: head(&interface.docs, &interface.stability, None),
        name: names::escaped(name),
        body: interface_body(resolve, home, id),
    }
}

fn interface_body(resolve: &Resolve, home: &PackageName, id: InterfaceId) -> Body {
    let interface = &resolve.interfaces[id];
    let mut body = Body::default();
    for (name, ty) in &interface.types {
        types::declare(resolve, home, TypeOwner::Interface(id), name, *ty, &mut body);
    }
    for function in interface.functions.values() {
        place_func(resolve, &interface.types, function, &mut body);
    }
    body
}

/// Puts a function into its resource, or below the types.
fn place_func(resolve: &Resolve, types: &wit_parser::IndexMap<String, TypeId>, function: &Function, body: &mut Body) {
    let text = func(resolve, function);
    let resource = function.kind.resource().and_then(|id| resolve.types[id].name.clone());
    let Some(resource) = resource.filter(|name| types.contains_key(name)) else {
        return body.funcs.push(text);
    };
    let name = names::escaped(&resource);
    match body.types.iter_mut().find(|ty| ty.name == name).map(|ty| &mut ty.kind) {
        Some(TypeTextKind::Resource(funcs)) => funcs.push(text),
        Some(TypeTextKind::Alias(_) | TypeTextKind::Parts(..)) | None => {
            unreachable!("wit-parser gives methods to resources alone")
        }
    }
}

fn world_text(resolve: &Resolve, home: &PackageName, id: WorldId) -> WorldText {
    let world = &resolve.worlds[id];
    let mut imports = Vec::new();
    let mut body = Body::default();
    let mut types = wit_parser::IndexMap::default();
    for (key, item) in &world.imports {
        match (key, item) {
            (WorldKey::Name(name), WorldItem::Type { id: ty, .. }) => {
                types.insert(name.clone(), *ty);
                types::declare(resolve, home, TypeOwner::World(id), name, *ty, &mut body);
            }
            (_, WorldItem::Type { .. }) => unreachable!("a type stands under a plain name"),
            (_, WorldItem::Function(function)) => place_func(resolve, &types, function, &mut body),
            (key, WorldItem::Interface { .. }) => imports.push(item_text(resolve, home, key, item)),
        }
    }
    WorldText {
        head: head(&world.docs, &world.stability, None),
        name: names::escaped(&world.name),
        imports,
        body,
        exports: world.exports.iter().map(|(key, item)| item_text(resolve, home, key, item)).collect(),
    }
}

fn item_text(resolve: &Resolve, home: &PackageName, key: &WorldKey, item: &WorldItem) -> ItemText {
    match item {
        WorldItem::Interface { id, stability, external_id, docs, .. } => {
            let interface = &resolve.interfaces[*id];
            let label = match key {
                WorldKey::Name(name) => Some(names::escaped(name)),
                WorldKey::Interface(_) => None,
            };
            let inline = interface.name.is_none();
            let docs = if docs.is_empty() && inline { &interface.docs } else { docs };
            let head = head(docs, stability, external_id.as_deref());
            match (label, types::path(resolve, home, *id)) {
                (Some(label), None) => ItemText::Inline { head, label, body: interface_body(resolve, home, *id) },
                (label, path) => ItemText::Path { head, label, path: path.unwrap_or_default() },
            }
        }
        WorldItem::Function(function) => ItemText::Func(func(resolve, function)),
        WorldItem::Type { .. } => unreachable!("types are declared in the world's body"),
    }
}
