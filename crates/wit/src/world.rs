//! wit-parser's world as `types::World`.
//!
//! In: a resolved world. Out: its imports and exports as component types.
//! Holds: an interface that is both imported and exported becomes two instance types with types of their own;
//! an exported interface uses the types of an exported sibling if that is exported, else those of the import;
//! nothing can use the types of an interface that stands under a plain name.
//!
//! Specification: "WIT", "Worlds"; Component Model explainer, "Type definitions".

pub(crate) mod catalog;
mod func;
mod interface;
mod value;

use std::collections::HashMap;

use types::{
    ComponentType, Decl, ExternName, InstanceId, InterfaceName, Item, ItemKind, Owner, PackageName, ResourceId,
    Stability, Types, ValType, World,
};
use wit_parser::{InterfaceId, TypeId, WorldId, WorldItem, WorldKey};

use crate::Package;

/// What one of wit-parser's types has become in a scope.
#[derive(Clone, Copy, Debug)]
enum Mapped {
    Value(ValType),
    Resource(ResourceId),
}

/// An interface in one direction: its instance type and what its types became.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// `None` for the world itself.
    interface: Option<InterfaceId>,
    instance: Option<InstanceId>,
    types: HashMap<TypeId, Mapped>,
}

/// Whether types are looked up among the imports only, or among the exports first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Import,
    Export,
}

/// The state of one conversion.
struct Convert<'a> {
    package: &'a Package,
    types: &'a mut Types,
    /// `None` where everything stands on the side of the imports.
    world: Option<WorldId>,
    imports: HashMap<InterfaceId, Scope>,
    exports: HashMap<InterfaceId, Scope>,
    root: Scope,
}

/// The world as component types.
pub(crate) fn world(package: &Package, types: &mut Types, id: WorldId) -> World {
    Convert::new(package, types, Some(id)).world(id, Side::Export)
}

pub(crate) fn package_name(name: &wit_parser::PackageName) -> PackageName {
    PackageName { namespace: name.namespace.clone(), name: name.name.clone(), version: name.version.clone() }
}

pub(crate) fn stability(stability: &wit_parser::Stability) -> Stability {
    match stability {
        wit_parser::Stability::Unknown => Stability::Unknown,
        wit_parser::Stability::Stable { since, deprecated } => {
            Stability::Stable { since: since.clone(), deprecated: deprecated.clone() }
        }
        wit_parser::Stability::Unstable { feature, deprecated } => {
            Stability::Unstable { feature: feature.clone(), deprecated: deprecated.clone() }
        }
    }
}

impl<'a> Convert<'a> {
    fn new(package: &'a Package, types: &'a mut Types, world: Option<WorldId>) -> Self {
        Self { package, types, world, imports: HashMap::new(), exports: HashMap::new(), root: Scope::default() }
    }

    /// A world; what it exports takes its types from `exports`.
    fn world(&mut self, id: WorldId, exports: Side) -> World {
        let component = self.component(id, exports);
        let world = &self.package.resolve.worlds[id];
        let owner = world.package.expect("every world that was resolved belongs to a package");
        World {
            package: package_name(&self.package.resolve.packages[owner].name),
            name: world.name.clone(),
            component,
            decl: self.decl(&world.docs, &world.stability, None, world.span),
        }
    }

    fn component(&mut self, id: WorldId, exports: Side) -> ComponentType {
        let package = self.package;
        let world = &package.resolve.worlds[id];
        let mut component = ComponentType::default();
        for (key, item) in &world.imports {
            let (name, item) = self.item(Side::Import, key, item);
            component.imports.insert(name, item);
        }
        for (key, item) in &world.exports {
            let (name, item) = self.item(exports, key, item);
            component.exports.insert(name, item);
        }
        component
    }

    fn item(&mut self, side: Side, key: &WorldKey, item: &WorldItem) -> (ExternName, Item) {
        match item {
            WorldItem::Interface { id, stability, external_id, docs, span } => {
                let instance = match key {
                    WorldKey::Interface(_) => self.shared_instance(side, *id),
                    WorldKey::Name(_) => self.fresh_instance(side, *id).instance,
                };
                let instance = instance.expect("the scope of an interface has an instance type");
                let decl = self.decl(docs, stability, external_id.as_deref(), *span);
                (self.key(key), Item { kind: ItemKind::Instance(instance), decl })
            }
            WorldItem::Function(function) => {
                let mut root = std::mem::take(&mut self.root);
                let (name, item) = self.func(side, &mut root, function);
                self.root = root;
                (name, item)
            }
            WorldItem::Type { id, .. } => {
                let mut root = std::mem::take(&mut self.root);
                let item = self.named_type(side, &mut root, *id);
                self.root = root;
                (self.key(key), item)
            }
        }
    }

    fn key(&self, key: &WorldKey) -> ExternName {
        match key {
            WorldKey::Name(name) => ExternName::parse(name).unwrap_or_else(|| ExternName::label(name.clone())),
            WorldKey::Interface(id) => ExternName::Interface(
                self.interface_name(*id).expect("an interface without a name stands under a plain name"),
            ),
        }
    }

    fn interface_name(&self, id: InterfaceId) -> Option<InterfaceName> {
        let resolve = &self.package.resolve;
        let interface = &resolve.interfaces[id];
        let package = package_name(&resolve.packages[interface.package?].name);
        Some(InterfaceName { package, interface: interface.name.clone()? })
    }

    fn decl(
        &self,
        docs: &wit_parser::Docs,
        stability: &wit_parser::Stability,
        external_id: Option<&str>,
        span: wit_parser::Span,
    ) -> Decl {
        Decl {
            docs: docs.contents.clone(),
            stability: self::stability(stability),
            external_id: external_id.map(str::to_owned),
            version_suffix: None,
            alias_of: None,
            place: self.package.place(span),
        }
    }

    /// Who declares the types of a scope.
    fn owner(scope: &Scope) -> Owner {
        scope.instance.map_or(Owner::World, Owner::Instance)
    }
}
