//! The documentation of WIT, on a component that was made of it.
//!
//! In: a package, and the world of a component, which carries no documentation. Out: that world, with the documentation
//! and gates of what has the same name in the package.
//! Holds: types stay as they are; a version of the same track stands for the one that is missing; what says something
//! already keeps it.

use std::collections::HashMap;

use indexmap::IndexMap;
use types::version::Track;
use types::{Decl, ExternName, InterfaceName, Item, ItemKind, Stability, TypeKind, Types, ValType, World};
use wit_parser::{
    Docs, InterfaceId, PackageName, Resolve, Stability as Gate, Type, TypeDefKind, TypeId, WorldItem, WorldKey,
};

use crate::{Package, select, world};

impl Package {
    /// Puts the documentation and gates of the package on what has the same name in a component's world.
    ///
    /// Returns whether there was anything of the same name.
    pub fn document(&self, types: &mut Types, world: &mut World) -> bool {
        let mut writer = Writer { resolve: &self.resolve, interfaces: interfaces(&self.resolve), types, found: false };
        let like = most_alike(self, world);
        if let Some(like) = like {
            put(&mut world.decl, &like.docs, &like.stability);
        }
        writer.items(&mut world.component.imports, like.map(|world| &world.imports));
        writer.items(&mut world.component.exports, like.map(|world| &world.exports));
        writer.found
    }
}

type Declared = IndexMap<WorldKey, WorldItem>;

/// The world of the package that shares most names with the component's; of several, the one with fewest others.
fn most_alike<'p>(package: &'p Package, world: &World) -> Option<&'p wit_parser::World> {
    let resolve = &package.resolve;
    let [imports, exports] = [&world.component.imports, &world.component.exports];
    let [imports, exports] = [imports, exports].map(|items| items.keys().map(|name| (key(name), ())).collect());
    let shared = |declared: &Declared, names: &HashMap<String, ()>| {
        declared.keys().filter_map(|name| world_key(resolve, name)).filter(|name| names.contains_key(name)).count()
    };
    let worlds = select::candidates(package).into_iter().map(|id| &resolve.worlds[id]);
    let counted = worlds.map(|world| {
        let count = shared(&world.imports, &imports) + shared(&world.exports, &exports);
        (count, world.imports.len() + world.exports.len() - count, world)
    });
    let shares = counted.filter(|(count, ..)| *count > 0);
    // The first of those that are as good.
    shares.min_by_key(|(count, others, _)| (std::cmp::Reverse(*count), *others)).map(|(.., world)| world)
}

/// What one name is found by: that of an interface with the track of its version.
fn key(name: &ExternName) -> String {
    match name {
        ExternName::Interface(name) => track(name),
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => name.to_string(),
    }
}

fn world_key(resolve: &Resolve, key: &WorldKey) -> Option<String> {
    match key {
        WorldKey::Name(name) => Some(name.clone()),
        WorldKey::Interface(id) => interface_name(resolve, *id).map(|name| track(&name)),
    }
}

fn track(name: &InterfaceName) -> String {
    let InterfaceName { package, interface } = name;
    let track = Track::of(package.version.as_ref()).text();
    format!("{}:{}/{interface}@{track}", package.namespace, package.name)
}

fn interface_name(resolve: &Resolve, id: InterfaceId) -> Option<InterfaceName> {
    let interface = &resolve.interfaces[id];
    let package: &PackageName = &resolve.packages[interface.package?].name;
    Some(InterfaceName { package: world::package_name(package), interface: interface.name.clone()? })
}

/// The interfaces of all packages by the track of their version, the highest version last.
fn interfaces(resolve: &Resolve) -> HashMap<String, Vec<(InterfaceName, InterfaceId)>> {
    let mut found: HashMap<String, Vec<_>> = HashMap::new();
    for (id, _) in &resolve.interfaces {
        let Some(name) = interface_name(resolve, id) else { continue };
        found.entry(track(&name)).or_default().push((name, id));
    }
    found.values_mut().for_each(|versions| versions.sort_by(|(one, _), (other, _)| one.cmp(other)));
    found
}

/// What is known on the way.
struct Writer<'a> {
    resolve: &'a Resolve,
    interfaces: HashMap<String, Vec<(InterfaceName, InterfaceId)>>,
    types: &'a mut Types,
    /// Whether anything had the same name.
    found: bool,
}

impl Writer<'_> {
    /// The imports or the exports.
    fn items(&mut self, items: &mut IndexMap<ExternName, Item>, declared: Option<&Declared>) {
        let declared: HashMap<String, &WorldItem> = declared
            .into_iter()
            .flatten()
            .filter_map(|(key, item)| Some((world_key(self.resolve, key)?, item)))
            .collect();
        for (name, item) in items {
            match declared.get(&key(name)).copied() {
                Some(WorldItem::Interface { id, docs, stability, .. }) => {
                    put(&mut item.decl, docs, stability);
                    let id = self.interface(name, item).unwrap_or(*id);
                    self.instance(item, id);
                }
                Some(WorldItem::Function(function)) => {
                    self.found = true;
                    put(&mut item.decl, &function.docs, &function.stability);
                }
                Some(WorldItem::Type { id, .. }) => self.named_type(item, *id),
                None => {
                    if let Some(id) = self.interface(name, item) {
                        self.instance(item, id);
                    }
                }
            }
        }
    }

    /// The interface that an item is: the one of that version, else one of that track.
    fn interface(&self, name: &ExternName, item: &Item) -> Option<InterfaceId> {
        let implemented = item.kind.instance().and_then(|id| self.types.instance(id).id.clone());
        let name = match name {
            ExternName::Interface(name) => name,
            ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => implemented.as_ref()?,
        };
        let versions = self.interfaces.get(&track(name))?;
        versions.iter().find(|(found, _)| found == name).or(versions.last()).map(|(_, id)| *id)
    }

    fn instance(&mut self, item: &Item, id: InterfaceId) {
        let ItemKind::Instance(instance) = item.kind else { return };
        self.found = true;
        let interface = &self.resolve.interfaces[id];
        put(&mut self.types.instance_mut(instance).decl, &interface.docs, &interface.stability);
        let mut exports = std::mem::take(&mut self.types.instance_mut(instance).exports);
        for (name, item) in &mut exports {
            let name = name.to_string();
            if let Some(function) = interface.functions.get(&name) {
                put(&mut item.decl, &function.docs, &function.stability);
            } else if let Some(ty) = interface.types.get(&name) {
                self.named_type(item, *ty);
            }
        }
        self.types.instance_mut(instance).exports = exports;
    }

    /// A type or resource, with its fields, cases or flags.
    fn named_type(&mut self, item: &mut Item, id: TypeId) {
        self.found = true;
        let declared = &self.resolve.types[id];
        let put_on = |decl: &mut Decl| put(decl, &declared.docs, &declared.stability);
        put_on(&mut item.decl);
        match item.kind {
            ItemKind::Resource(id) => put_on(&mut self.types.resource_mut(id).decl),
            ItemKind::Type(ValType::Def(id)) => {
                put_on(&mut self.types.def_mut(id).decl);
                let ValType::Def(id) = self.types.unaliased(ValType::Def(id)) else { return };
                let docs = part_docs(self.resolve, &declared.kind);
                for (name, decl) in parts(&mut self.types.def_mut(id).kind) {
                    docs.get(name.as_str()).into_iter().for_each(|docs| put(decl, docs, &Gate::Unknown));
                }
            }
            ItemKind::Type(_)
            | ItemKind::Func(_)
            | ItemKind::Instance(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => {}
        }
    }
}

/// What says nothing of its own gets documentation and gates.
fn put(decl: &mut Decl, docs: &Docs, gate: &Gate) {
    if decl.docs.is_none() {
        decl.docs.clone_from(&docs.contents);
    }
    if decl.stability == Stability::Unknown {
        decl.stability = world::stability(gate);
    }
}

/// The documentation of fields, cases and flags, seen through names for the same type.
fn part_docs<'r>(resolve: &'r Resolve, mut kind: &'r TypeDefKind) -> HashMap<&'r str, &'r Docs> {
    while let TypeDefKind::Type(Type::Id(id)) = kind {
        kind = &resolve.types[*id].kind;
    }
    match kind {
        TypeDefKind::Record(of) => of.fields.iter().map(|field| (field.name.as_str(), &field.docs)).collect(),
        TypeDefKind::Variant(of) => of.cases.iter().map(|case| (case.name.as_str(), &case.docs)).collect(),
        TypeDefKind::Enum(of) => of.cases.iter().map(|case| (case.name.as_str(), &case.docs)).collect(),
        TypeDefKind::Flags(of) => of.flags.iter().map(|flag| (flag.name.as_str(), &flag.docs)).collect(),
        // No other type has parts with names.
        _ => HashMap::new(),
    }
}

fn parts(kind: &mut TypeKind) -> Vec<(&String, &mut Decl)> {
    match kind {
        TypeKind::Record(fields) => fields.iter_mut().map(|field| (&field.name, &mut field.decl)).collect(),
        TypeKind::Variant(cases) => cases.iter_mut().map(|case| (&case.name, &mut case.decl)).collect(),
        TypeKind::Flags(labels) | TypeKind::Enum(labels) => {
            labels.iter_mut().map(|label| (&label.name, &mut label.decl)).collect()
        }
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
        | TypeKind::Future(_) => Vec::new(),
    }
}
