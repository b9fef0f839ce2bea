//! Component types as data: the one language of types that every stage speaks.
//!
//! In: definitions, pushed once at the door by `wit` (from text) and `component` (from binaries).
//! Out: `Types`, an arena that holds the types of every file of one run, and `World`s that point into it.
//! Holds: a type's parts come before it; resources are equal when their `ResourceId`s are;
//! an interface that a world both imports and exports is two `InstanceType`s with resources of their own.
//!
//! ```wit
//! interface ops { record pair { a: u32, b: u32 }  add: func(p: pair) -> u32; }
//! ```
//! becomes one `InstanceType` whose exports are `pair` (an `ItemKind::Type`) and `add` (an `ItemKind::Func`).

pub mod decl;
pub mod dump;
pub mod equal;
pub mod ids;
pub mod item;
pub mod merge;
pub mod mismatch;
pub mod name;
pub mod siblings;
pub mod substitute;
pub mod subtype;
pub mod text;
pub mod transfer;
pub mod union;
pub mod uses;
pub mod value;
pub mod version;

pub use decl::{Decl, Owner, Stability};
pub use ids::{ComponentId, CoreModuleTypeId, FuncId, InstanceId, ResourceId, TypeId};
pub use item::{
    ComponentType, CoreItemType, CoreModuleType, FuncType, InstanceType, Item, ItemKind, Limits, Param, Resource, World,
};
pub use mismatch::{Mismatch, MismatchKind};
pub use name::{Accessor, ExternName, InterfaceName, PackageName};
pub use subtype::mismatches;
pub use text::{wit_func, wit_item, wit_text};
pub use value::{Case, Field, Kind, Label, LabelDecl, TypeDef, TypeKind, ValType};

use ids::Table;

/// All types of one run.
///
/// Ids are handles into this arena; nothing is ever removed from it.
#[derive(Clone, Debug, Default)]
pub struct Types {
    defs: Table<TypeId, TypeDef>,
    resources: Table<ResourceId, Resource>,
    funcs: Table<FuncId, FuncType>,
    instances: Table<InstanceId, InstanceType>,
    components: Table<ComponentId, ComponentType>,
    core_modules: Table<CoreModuleTypeId, CoreModuleType>,
}

impl Types {
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are in all tables: a measure of the memory that is taken.
    pub fn len(&self) -> usize {
        let Self { defs, resources, funcs, instances, components, core_modules } = self;
        let of_values = defs.len() + resources.len() + funcs.len();
        of_values + instances.len() + components.len() + core_modules.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn add_type(&mut self, def: TypeDef) -> TypeId {
        self.defs.push(def)
    }

    pub fn add_resource(&mut self, resource: Resource) -> ResourceId {
        self.resources.push(resource)
    }

    pub fn add_func(&mut self, func: FuncType) -> FuncId {
        self.funcs.push(func)
    }

    pub fn add_instance(&mut self, instance: InstanceType) -> InstanceId {
        self.instances.push(instance)
    }

    /// The instance, to add exports to while a reader fills it.
    pub fn instance_mut(&mut self, id: InstanceId) -> &mut InstanceType {
        self.instances.get_mut(id)
    }

    pub fn add_component(&mut self, component: ComponentType) -> ComponentId {
        self.components.push(component)
    }

    pub fn add_core_module(&mut self, module: CoreModuleType) -> CoreModuleTypeId {
        self.core_modules.push(module)
    }

    pub fn def(&self, id: TypeId) -> &TypeDef {
        self.defs.get(id)
    }

    /// The definition, to give it and its parts documentation that is found elsewhere.
    pub fn def_mut(&mut self, id: TypeId) -> &mut TypeDef {
        self.defs.get_mut(id)
    }

    pub fn resource(&self, id: ResourceId) -> &Resource {
        self.resources.get(id)
    }

    /// The resource, to give it its owner once that exists.
    pub fn resource_mut(&mut self, id: ResourceId) -> &mut Resource {
        self.resources.get_mut(id)
    }

    pub fn func(&self, id: FuncId) -> &FuncType {
        self.funcs.get(id)
    }

    pub fn instance(&self, id: InstanceId) -> &InstanceType {
        self.instances.get(id)
    }

    pub fn component(&self, id: ComponentId) -> &ComponentType {
        self.components.get(id)
    }

    pub fn core_module(&self, id: CoreModuleTypeId) -> &CoreModuleType {
        self.core_modules.get(id)
    }

    /// The structure of a value type, seen through type aliases.
    pub fn kind(&self, ty: ValType) -> Kind<'_> {
        let mut ty = ty;
        loop {
            match value::primitive_kind(ty) {
                Ok(kind) => return kind,
                Err(id) => {
                    let kind = &self.def(id).kind;
                    let TypeKind::Alias(target) = kind else { return value::defined_kind(kind) };
                    ty = *target;
                }
            }
        }
    }

    /// A type, what it is an alias of, and so on to the definition that is no alias.
    pub fn aliases(&self, ty: ValType) -> impl Iterator<Item = ValType> {
        std::iter::successors(Some(ty), |ty| {
            let ValType::Def(id) = *ty else { return None };
            let TypeKind::Alias(target) = self.def(id).kind else { return None };
            Some(target)
        })
    }

    /// The type behind type aliases: a primitive, or the definition that is none.
    pub fn unaliased(&self, ty: ValType) -> ValType {
        let mut ty = ty;
        while let ValType::Def(id) = ty {
            let TypeKind::Alias(target) = self.def(id).kind else { break };
            ty = target;
        }
        ty
    }
}
