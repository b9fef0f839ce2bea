//! The structure that backends start from.
//!
//! Holds: items stand in the order in which they are generated, the one the WIT has;
//! a type stands before what uses it; every function carries its core form and names.

use abi::{Call, Mode};
use types::{Decl, ExternName, FuncType, InstanceId, InterfaceName, ResourceId, TypeId, Types, ValType, World};

/// A world, ready for a generator.
#[derive(Clone, Debug)]
pub struct Bindings<'t> {
    pub types: &'t Types,
    pub world: &'t World,
    /// What the guest calls. The root comes first, if the world itself has types or functions.
    pub imports: Vec<Interface<'t>>,
    /// What the guest implements. The root comes first, if it is not empty.
    pub exports: Vec<Interface<'t>>,
    /// The world in binary form, as it stands in a module's custom section.
    pub metadata: Vec<u8>,
    /// The same of `without_exports`, for bindings that tell what is exported where their macro is used.
    pub import_metadata: Option<Vec<u8>>,
}

impl Bindings<'_> {
    /// Leaves out the functions with these names, wherever they stand.
    pub fn leave_out(&mut self, names: &[String]) {
        let is_named =
            |func: &Func<'_>| bare_name(func.name).is_some_and(|name| names.iter().any(|known| known == name));
        for interface in self.imports.iter_mut().chain(&mut self.exports) {
            interface.funcs.retain(|func| !is_named(func) && !names.contains(&func.name.to_string()));
        }
    }
}

/// The label of a function, without what it belongs to; a constructor has none.
pub fn bare_name(name: &ExternName) -> Option<&str> {
    match name {
        ExternName::Label(label) | ExternName::Method(_, label) | ExternName::Static(_, label) => Some(label),
        ExternName::Accessor(accessor) => Some(&accessor.name),
        ExternName::Constructor(_) | ExternName::Interface(_) => None,
    }
}

/// The world without what it exports, under a name of its own: what is said of a library whose users export.
pub fn without_exports(world: &World) -> World {
    let mut world = world.clone();
    world.component.exports.clear();
    world.name.push_str("-with-all-of-its-exports-removed");
    world
}

/// Which side implements an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The guest calls it.
    Import,
    /// The guest implements it.
    Export,
}

/// How a world names an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InterfaceKey<'t> {
    /// Items of the world itself.
    Root,
    /// A plain name.
    Label(&'t str),
    /// `namespace:package/interface@version`.
    Name(&'t InterfaceName),
}

/// An interface that the world imports or exports, or the world's own items.
#[derive(Clone, Debug)]
pub struct Interface<'t> {
    pub role: Role,
    pub key: InterfaceKey<'t>,
    /// `None` for the world itself.
    pub instance: Option<InstanceId>,
    pub decl: &'t Decl,
    pub types: Vec<NamedType<'t>>,
    pub funcs: Vec<Func<'t>>,
}

/// A type under a name.
#[derive(Clone, Debug)]
pub struct NamedType<'t> {
    pub name: &'t str,
    pub decl: &'t Decl,
    pub kind: NamedTypeKind,
}

/// What the name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedTypeKind {
    /// A record, variant, enum or flags type that is declared here.
    Defined(TypeId),
    /// Another name for a value type; the definition of the name itself, where it is declared here.
    Alias { id: Option<TypeId>, target: ValType },
    /// A resource that is declared here.
    Resource(ResourceId),
    /// Another name for a resource.
    ResourceAlias(ResourceId),
}

/// A function that crosses the component's boundary.
#[derive(Clone, Debug)]
pub struct Func<'t> {
    pub name: &'t ExternName,
    pub kind: FuncKind,
    pub ty: &'t FuncType,
    pub decl: &'t Decl,
    /// How it is bound: an asynchronous function may be bound synchronously.
    pub mode: Mode,
    /// The core form of a call.
    pub call: Call,
    /// The module that the core import names; `None` for an export.
    pub core_module: Option<String>,
    /// The name of the core import or export.
    pub core_name: String,
}

impl Func<'_> {
    /// Whether callers go on while it runs.
    pub fn is_async(&self) -> bool {
        match self.mode {
            Mode::Sync => false,
            Mode::Async | Mode::AsyncStackful => true,
        }
    }
}

/// What a function belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuncKind {
    Free,
    Constructor(ResourceId),
    Method(ResourceId),
    Static(ResourceId),
}

impl FuncKind {
    /// The resource that it belongs to.
    pub fn resource(self) -> Option<ResourceId> {
        match self {
            Self::Free => None,
            Self::Constructor(resource) | Self::Method(resource) | Self::Static(resource) => Some(resource),
        }
    }
}
