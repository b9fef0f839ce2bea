//! Functions, instances, components, resources, worlds.
//!
//! Specification: Component Model explainer, "Type definitions", `externtype`.

use diag::Place;
use indexmap::IndexMap;

use crate::{
    ComponentId, CoreModuleTypeId, Decl, ExternName, FuncId, InstanceId, InterfaceName, Label, Owner, PackageName,
    ResourceId, ValType,
};

/// A function type. Parameter names count in equality, as the specification says.
#[derive(Clone, Debug)]
pub struct FuncType {
    pub async_: bool,
    /// A method's receiver stands first, as `self: borrow<resource>`.
    pub params: Vec<Param>,
    pub result: Option<ValType>,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: Label,
    pub ty: ValType,
    pub place: Option<Place>,
}

/// One import or export, of a component or of an instance.
#[derive(Clone, Debug)]
pub struct Item {
    pub kind: ItemKind,
    pub decl: Decl,
}

/// What an import or export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemKind {
    Func(FuncId),
    Instance(InstanceId),
    /// A type; a named definition, seen under this name in this scope.
    ///
    /// A `use`d or re-exported type is a definition of its own with `TypeKind::Alias`, owned by the using scope.
    Type(ValType),
    /// A resource; under a foreign owner it is a `use` or a re-export: the same identity, one more name.
    Resource(ResourceId),
    Component(ComponentId),
    CoreModule(CoreModuleTypeId),
}

/// An interface, as one world imports or exports it.
#[derive(Clone, Debug, Default)]
pub struct InstanceType {
    /// The interface's name, if it is one with a package. An inline interface has none.
    /// Under a plain label it is what `implements` names.
    pub id: Option<InterfaceName>,
    /// Types before what uses them.
    pub exports: IndexMap<ExternName, Item>,
    pub decl: Decl,
}

/// The type of a component.
#[derive(Clone, Debug, Default)]
pub struct ComponentType {
    /// Instances come after the instances that they use types of.
    pub imports: IndexMap<ExternName, Item>,
    pub exports: IndexMap<ExternName, Item>,
}

/// A resource type, with the scope that defines it.
#[derive(Clone, Debug)]
pub struct Resource {
    pub name: Label,
    pub owner: Owner,
    pub decl: Decl,
}

/// The type of a core module: enough for checking what instantiates it.
#[derive(Clone, Debug, Default)]
pub struct CoreModuleType {
    /// Module, name, type.
    pub imports: Vec<(String, String, CoreItemType)>,
    pub exports: Vec<(String, CoreItemType)>,
}

/// The type of a core import or export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreItemType {
    /// Everything but the limits, in text form.
    pub text: String,
    /// The size of a table or memory.
    pub limits: Option<Limits>,
}

/// How large a table or memory is at first, and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub min: u64,
    pub max: Option<u64>,
}

impl CoreItemType {
    /// Whether an item of this type can stand where one of type `sup` is asked for.
    ///
    /// Specification: core WebAssembly, "External Subtyping".
    pub fn fits(&self, sup: &Self) -> bool {
        let limits = match (self.limits, sup.limits) {
            (None, None) => true,
            (Some(sub), Some(sup)) => {
                sub.min >= sup.min && sup.max.is_none_or(|most| sub.max.is_some_and(|max| max <= most))
            }
            (None, Some(_)) | (Some(_), None) => false,
        };
        limits && self.text == sup.text
    }
}

impl std::fmt::Display for CoreItemType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)?;
        match self.limits {
            None => Ok(()),
            Some(Limits { min, max: None }) => write!(f, " {min}"),
            Some(Limits { min, max: Some(max) }) => write!(f, " {min} {max}"),
        }
    }
}

/// A world: a component type with the declaration it came from.
#[derive(Clone, Debug)]
pub struct World {
    /// The package that declares it; `root:component` for the world of a component binary.
    pub package: PackageName,
    pub name: Label,
    pub component: ComponentType,
    pub decl: Decl,
}

impl ItemKind {
    /// The instance type, if it is an instance.
    pub fn instance(self) -> Option<InstanceId> {
        match self {
            Self::Instance(id) => Some(id),
            Self::Func(_) | Self::Type(_) | Self::Resource(_) | Self::Component(_) | Self::CoreModule(_) => None,
        }
    }

    /// The resource, if it is one.
    pub fn resource(self) -> Option<ResourceId> {
        match self {
            Self::Resource(id) => Some(id),
            Self::Func(_) | Self::Type(_) | Self::Instance(_) | Self::Component(_) | Self::CoreModule(_) => None,
        }
    }
}
