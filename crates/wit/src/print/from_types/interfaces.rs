//! The interfaces that a world imports and exports, as packages.
//!
//! In: a world. Out: its interfaces by package, each with all that any side has of it.
//! Holds: interfaces come in the order of the world, packages in the order of their names.

use indexmap::IndexMap;
use types::{ItemKind, PackageName, Types, World};

use super::{instance_body, left_out};
use crate::print::names::{self, escaped};
use crate::print::text::{Body, Head, InterfaceText, PackageText, TypeText, TypeTextKind, Use};

/// The world's own package has no name here if it holds no interface.
pub(super) fn by_package(types: &Types, world: &World) -> IndexMap<PackageName, Vec<InterfaceText>> {
    let mut packages: IndexMap<PackageName, IndexMap<String, Body>> = IndexMap::new();
    for (_, item) in world.component.imports.iter().chain(&world.component.exports) {
        let ItemKind::Instance(id) = item.kind else { continue };
        let Some(name) = types.instance(id).id.as_ref().filter(|name| left_out::is_wit_interface(name)) else {
            continue;
        };
        let body = instance_body(types, &name.package, id);
        let package = packages.entry(name.package.clone()).or_default();
        let known = package.entry(escaped(&name.interface)).or_default();
        *known = union(std::mem::take(known), body);
    }
    packages.sort_unstable_keys();
    packages.into_iter().map(|(name, bodies)| (name, bodies.into_iter().map(interface).collect())).collect()
}

fn interface((name, body): (String, Body)) -> InterfaceText {
    InterfaceText { head: Head::default(), name, body }
}

pub(super) fn package_text((name, interfaces): (PackageName, Vec<InterfaceText>)) -> PackageText {
    PackageText { head: Head::default(), name: names::package(&name), interfaces, worlds: Vec::new() }
}

/// All that either body has: what the first lacks comes behind it, types behind what they need all the same.
fn union(mut whole: Body, more: Body) -> Body {
    more.uses.into_iter().for_each(|used| add_use(&mut whole.uses, used));
    more.types.into_iter().for_each(|ty| add_type(&mut whole.types, ty));
    for func in more.funcs {
        if whole.funcs.iter().all(|known| known.name != func.name) {
            whole.funcs.push(func);
        }
    }
    whole
}

fn add_use(uses: &mut Vec<Use>, mut used: Use) {
    let here = |uses: &[Use], name: &str| uses.iter().flat_map(|used| &used.names).any(|known| known.here == name);
    used.names.retain(|name| !here(uses, &name.here));
    if used.names.is_empty() {
        return;
    }
    match uses.iter_mut().find(|known| known.path == used.path && known.head == used.head) {
        Some(known) => known.names.extend(used.names),
        None => uses.push(used),
    }
}

fn add_type(types: &mut Vec<TypeText>, ty: TypeText) {
    let Some(known) = types.iter_mut().find(|known| known.name == ty.name) else { return types.push(ty) };
    if let (TypeTextKind::Resource(known), TypeTextKind::Resource(more)) = (&mut known.kind, ty.kind) {
        for func in more {
            if known.iter().all(|known| known.name != func.name) {
                known.push(func);
            }
        }
    }
}
