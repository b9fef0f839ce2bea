//! The interfaces that a world imports and exports, as packages.
//!
//! In: a world. Out: its interfaces by package, each with all that any side has of it.
//! Holds: interfaces come in the order of the world, packages in the order of their names.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use types::{ItemKind, PackageName, Types, World};

use super::{instance_body, left_out};
use crate::print::names::{self, escaped};
use crate::print::text::{Body, FuncText, Head, InterfaceText, PackageText, TypeText, TypeTextKind, Use};

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

/// All that either body has: what the first lacks comes behind it.
fn union(mut whole: Body, more: Body) -> Body {
    add_uses(&mut whole.uses, more.uses);
    add_types(&mut whole.types, more.types);
    add_funcs(&mut whole.funcs, more.funcs);
    whole
}

fn add_uses(uses: &mut Vec<Use>, more: Vec<Use>) {
    let known: HashSet<String> = uses.iter().flat_map(|used| &used.names).map(|name| name.here.clone()).collect();
    for mut used in more {
        used.names.retain(|name| !known.contains(&name.here));
        match uses.iter_mut().find(|known| known.path == used.path && known.head == used.head) {
            Some(known) => known.names.extend(used.names),
            None if used.names.is_empty() => {}
            None => uses.push(used),
        }
    }
}

fn add_types(types: &mut Vec<TypeText>, more: Vec<TypeText>) {
    let known: HashMap<String, usize> =
        types.iter().enumerate().map(|(number, ty)| (ty.name.clone(), number)).collect();
    for ty in more {
        let Some(number) = known.get(&ty.name) else {
            types.push(ty);
            continue;
        };
        if let (TypeTextKind::Resource(funcs), TypeTextKind::Resource(more)) = (&mut types[*number].kind, ty.kind) {
            add_funcs(funcs, more);
        }
    }
}

/// A getter and a setter share their name and differ in their word; a constructor has no name.
fn add_funcs(funcs: &mut Vec<FuncText>, more: Vec<FuncText>) {
    let key = |func: &FuncText| (func.word.clone(), func.name.clone());
    let known: HashSet<_> = funcs.iter().map(key).collect();
    funcs.extend(more.into_iter().filter(|func| !known.contains(&key(func))));
}
