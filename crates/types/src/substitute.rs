//! Copies of types in which resources stand for others: instantiation, and fresh views of an interface.
//!
//! In: types of the arena and what their resources (and types) become. Out: new types in the same arena.
//! Holds: what the substitution does not touch keeps its id; a copied instance owns its copied types and resources;
//! one `Substitution` maps one thing to one copy, whatever path leads to it.
//!
//! Specification: Component Model explainer, "Type Checking" (generative resources, substitution at instantiation).

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::equal::Bindings;
use crate::uses::uses;
use crate::{
    Case, ComponentId, ComponentType, Decl, ExternName, Field, FuncId, FuncType, InstanceId, InstanceType, Item,
    ItemKind, Owner, Param, Resource, ResourceId, TypeDef, TypeId, TypeKind, Types, ValType,
};

/// What happens to a resource that the substitution does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// It stays itself.
    Keep,
    /// It becomes a new resource, the same one at each use.
    Fresh,
}

/// A mapping of resources and types, with a memory of what was copied already.
#[derive(Clone, Debug)]
pub struct Substitution {
    unnamed: Unnamed,
    resources: HashMap<ResourceId, ResourceId>,
    types: HashMap<TypeId, ValType>,
    funcs: HashMap<FuncId, FuncId>,
    instances: HashMap<InstanceId, InstanceId>,
    components: HashMap<ComponentId, ComponentId>,
}

impl Substitution {
    pub fn new(unnamed: Unnamed) -> Self {
        Self {
            unnamed,
            resources: HashMap::new(),
            types: HashMap::new(),
            funcs: HashMap::new(),
            instances: HashMap::new(),
            components: HashMap::new(),
        }
    }

    /// From now on `from` is copied as `to`. Say so before anything that mentions `from` is copied.
    pub fn set_resource(&mut self, from: ResourceId, to: ResourceId) {
        self.resources.insert(from, to);
    }

    /// Whether it is said or decided what the resource becomes.
    pub fn knows_resource(&self, id: ResourceId) -> bool {
        self.resources.contains_key(&id)
    }

    /// From now on `from` is copied as `to`. Say so before anything that mentions `from` is copied.
    pub fn set_type(&mut self, from: TypeId, to: ValType) {
        self.types.insert(from, to);
    }

    /// From now on what `from` owns is owned by `to` in copies, and `from` itself is copied as `to`.
    pub fn set_instance(&mut self, from: InstanceId, to: InstanceId) {
        self.instances.insert(from, to);
    }

    /// What a resource has become, or will become.
    pub fn resource(&mut self, types: &mut Types, id: ResourceId) -> ResourceId {
        if let Some(&mapped) = self.resources.get(&id) {
            return mapped;
        }
        let copy = match self.unnamed {
            Unnamed::Keep => id,
            Unnamed::Fresh => self.fresh_resource(types, id),
        };
        self.resources.insert(id, copy);
        copy
    }

    fn fresh_resource(&self, types: &mut Types, id: ResourceId) -> ResourceId {
        let Resource { name, owner, decl } = types.resource(id).clone();
        types.add_resource(Resource { name, owner: self.owner(owner), decl })
    }

    fn owner(&self, owner: Owner) -> Owner {
        match owner {
            Owner::Instance(id) => Owner::Instance(self.instances.get(&id).copied().unwrap_or(id)),
            Owner::World | Owner::Nothing => owner,
        }
    }

    pub fn val_type(&mut self, types: &mut Types, ty: ValType) -> ValType {
        match ty {
            ValType::Def(id) => self.def(types, id),
            ValType::Bool
            | ValType::U8
            | ValType::S8
            | ValType::U16
            | ValType::S16
            | ValType::U32
            | ValType::S32
            | ValType::U64
            | ValType::S64
            | ValType::F32
            | ValType::F64
            | ValType::Char
            | ValType::String
            | ValType::ErrorContext => ty,
        }
    }

    fn def(&mut self, types: &mut Types, id: TypeId) -> ValType {
        if let Some(&mapped) = self.types.get(&id) {
            return mapped;
        }
        let TypeDef { name, owner, kind, decl } = types.def(id).clone();
        let (new_kind, changed) = self.kind(types, kind);
        let new_owner = self.owner(owner);
        let copy = if changed || new_owner != owner {
            ValType::Def(types.add_type(TypeDef { name, owner: new_owner, kind: new_kind, decl }))
        } else {
            ValType::Def(id)
        };
        self.types.insert(id, copy);
        copy
    }

    /// The structure with its parts substituted, and whether any part changed.
    fn kind(&mut self, types: &mut Types, mut kind: TypeKind) -> (TypeKind, bool) {
        let mut changed = false;
        let mut part = |this: &mut Self, ty: &mut ValType| {
            let copy = this.val_type(types, *ty);
            changed |= copy != *ty;
            *ty = copy;
        };
        match &mut kind {
            TypeKind::Alias(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => {
                part(self, ty);
            }
            TypeKind::Record(fields) => fields.iter_mut().for_each(|Field { ty, .. }| part(self, ty)),
            TypeKind::Variant(cases) => {
                cases.iter_mut().filter_map(|Case { ty, .. }| ty.as_mut()).for_each(|ty| part(self, ty));
            }
            TypeKind::Map(key, value) => [key, value].into_iter().for_each(|ty| part(self, ty)),
            TypeKind::Tuple(parts) => parts.iter_mut().for_each(|ty| part(self, ty)),
            TypeKind::Result { ok, err } => [ok, err].into_iter().flatten().for_each(|ty| part(self, ty)),
            TypeKind::Stream(payload) | TypeKind::Future(payload) => {
                payload.iter_mut().for_each(|ty| part(self, ty));
            }
            TypeKind::Own(resource) | TypeKind::Borrow(resource) => {
                let copy = self.resource(types, *resource);
                changed = copy != *resource;
                *resource = copy;
            }
            TypeKind::Flags(_) | TypeKind::Enum(_) => {}
        }
        (kind, changed)
    }

    pub fn func(&mut self, types: &mut Types, id: FuncId) -> FuncId {
        if let Some(&mapped) = self.funcs.get(&id) {
            return mapped;
        }
        let FuncType { async_, params, result } = types.func(id).clone();
        let mut changed = false;
        let mut part = |this: &mut Self, ty: ValType| {
            let copy = this.val_type(types, ty);
            changed |= copy != ty;
            copy
        };
        let params = params.into_iter().map(|param| Param { ty: part(self, param.ty), ..param }).collect();
        let result = result.map(|ty| part(self, ty));
        let copy = if changed { types.add_func(FuncType { async_, params, result }) } else { id };
        self.funcs.insert(id, copy);
        copy
    }

    /// The instance type copied, always under a new id, with the types and resources that it owns.
    pub fn instance(&mut self, types: &mut Types, id: InstanceId) -> InstanceId {
        if let Some(&mapped) = self.instances.get(&id) {
            return mapped;
        }
        let InstanceType { id: name, exports, decl } = types.instance(id).clone();
        let copy = types.add_instance(InstanceType { id: name, exports: IndexMap::new(), decl });
        // Known before its exports are copied: they say who owns them.
        self.instances.insert(id, copy);
        let exports = self.items(types, &exports);
        types.instance_mut(copy).exports = exports;
        copy
    }

    /// A component type copied. What it defines inside is renamed consistently, which changes nothing.
    pub fn component(&mut self, types: &mut Types, id: ComponentId) -> ComponentId {
        if let Some(&mapped) = self.components.get(&id) {
            return mapped;
        }
        let ComponentType { imports, exports } = types.component(id).clone();
        let imports = self.items(types, &imports);
        let exports = self.items(types, &exports);
        let copy = types.add_component(ComponentType { imports, exports });
        self.components.insert(id, copy);
        copy
    }

    pub fn items(&mut self, types: &mut Types, items: &IndexMap<ExternName, Item>) -> IndexMap<ExternName, Item> {
        items.iter().map(|(name, item)| (name.clone(), self.item(types, item))).collect()
    }

    pub fn item(&mut self, types: &mut Types, item: &Item) -> Item {
        let kind = match item.kind {
            ItemKind::Func(id) => ItemKind::Func(self.func(types, id)),
            ItemKind::Instance(id) => ItemKind::Instance(self.instance(types, id)),
            ItemKind::Type(ty) => ItemKind::Type(self.val_type(types, ty)),
            ItemKind::Resource(id) => ItemKind::Resource(self.resource(types, id)),
            ItemKind::Component(id) => ItemKind::Component(self.component(types, id)),
            ItemKind::CoreModule(id) => ItemKind::CoreModule(id),
        };
        Item { kind, decl: self.decl(&item.decl) }
    }

    /// The named types of `from` become those that `to` has in their places, where `may` allows it.
    fn pair(&mut self, types: &Types, from: &Item, to: &Item, may: &dyn Fn(TypeId, ValType) -> bool) {
        match (from.kind, to.kind) {
            (ItemKind::Type(ValType::Def(from)), ItemKind::Type(to)) => {
                if may(from, to) {
                    self.set_type(from, to);
                }
            }
            (ItemKind::Instance(from), ItemKind::Instance(to)) => {
                let to = &types.instance(to).exports;
                for (name, from) in &types.instance(from).exports {
                    if let Some(to) = to.get(name) {
                        self.pair(types, from, to, may);
                    }
                }
            }
            // Nothing refers to other items by name.
            (_, _) => {}
        }
    }

    /// A declaration whose scopes are the copies.
    pub fn decl(&self, decl: &Decl) -> Decl {
        let alias_of = decl.alias_of.clone().map(|(owner, name)| (self.owner(owner), name));
        Decl { alias_of, ..decl.clone() }
    }
}

/// The exports of one instantiation of `component`.
///
/// `args` says which resource stands for each resource of the imports; one that it does not name stays itself.
/// Every other resource that the exports mention is defined by the component, so it is new in each instantiation.
pub fn instantiate(
    types: &mut Types,
    component: &ComponentType,
    args: &HashMap<ResourceId, ResourceId>,
) -> IndexMap<ExternName, Item> {
    let mut substitution = Substitution::new(Unnamed::Fresh);
    for resource in resources_of(types, &component.imports) {
        substitution.set_resource(resource, args.get(&resource).copied().unwrap_or(resource));
    }
    substitution.items(types, &component.exports)
}

/// As `instantiate`, with an argument for each import: the exports also mention the arguments' own named types,
/// so that who can name those can name these.
///
/// `bindings` is what comparing the arguments with the imports found of resources. `names` are other names for types of
/// arguments: they win over the arguments' own, but for a type with handles of another's resource, which is no name
/// for the argument's.
pub fn instantiate_with<'i>(
    types: &mut Types,
    component: &ComponentType,
    bindings: &Bindings,
    args: impl IntoIterator<Item = (&'i ExternName, &'i Item)>,
    names: impl IntoIterator<Item = (&'i ExternName, &'i Item)>,
) -> IndexMap<ExternName, Item> {
    let mut substitution = Substitution::new(Unnamed::Fresh);
    for resource in resources_of(types, &component.imports) {
        substitution.set_resource(resource, bindings.resolve(resource));
    }
    for (name, given) in args {
        if let Some(import) = component.imports.get(name) {
            substitution.pair(types, import, given, &|_, _| true);
        }
    }
    let same_handles = |from: TypeId, to: ValType| {
        let of = |ty| uses(types, [&Item { kind: ItemKind::Type(ty), decl: Decl::default() }]).resources;
        let mine: Vec<ResourceId> = of(ValType::Def(from)).into_iter().map(|id| bindings.resolve(id)).collect();
        of(to).iter().all(|id| mine.contains(id))
    };
    for (name, naming) in names {
        if let Some(import) = component.imports.get(name) {
            substitution.pair(types, import, naming, &same_handles);
        }
    }
    substitution.items(types, &component.exports)
}

/// The interface again, with types and resources of its own: the other view of one that a world imports and exports.
///
/// What it uses of other interfaces stays theirs.
pub fn clone_instance_fresh(types: &mut Types, id: InstanceId) -> InstanceId {
    let mut substitution = Substitution::new(Unnamed::Keep);
    clone_instance_fresh_with(types, id, &mut substitution)
}

/// As `clone_instance_fresh`, with what it uses of other interfaces mapped by `substitution`,
/// which learns the new types and resources, so that dependants of the interface can be copied after it.
pub fn clone_instance_fresh_with(types: &mut Types, id: InstanceId, substitution: &mut Substitution) -> InstanceId {
    let own: Vec<ResourceId> =
        owned_resources(types, id).into_iter().filter(|id| !substitution.resources.contains_key(id)).collect();
    // The copies get their owner once it exists.
    for &resource in &own {
        let copy = types.resource(resource).clone();
        substitution.resources.insert(resource, types.add_resource(copy));
    }
    let copy = substitution.instance(types, id);
    for resource in own {
        types.resource_mut(substitution.resources[&resource]).owner = Owner::Instance(copy);
    }
    copy
}

/// The resources that an instance type defines, in order.
pub fn owned_resources(types: &Types, id: InstanceId) -> Vec<ResourceId> {
    let resources = types.instance(id).exports.values().filter_map(|item| match item.kind {
        ItemKind::Resource(resource) => Some(resource),
        ItemKind::Func(_)
        | ItemKind::Instance(_)
        | ItemKind::Type(_)
        | ItemKind::Component(_)
        | ItemKind::CoreModule(_) => None,
    });
    let mut owned: Vec<ResourceId> = Vec::new();
    for resource in resources {
        if types.resource(resource).owner == Owner::Instance(id) && !owned.contains(&resource) {
            owned.push(resource);
        }
    }
    owned
}

/// The resources that items name as their own or as a use, instances seen through, each once, in order.
pub fn resources_of(types: &Types, items: &IndexMap<ExternName, Item>) -> Vec<ResourceId> {
    let mut found = indexmap::IndexSet::new();
    let mut open: Vec<&IndexMap<ExternName, Item>> = vec![items];
    while let Some(items) = open.pop() {
        for item in items.values() {
            match item.kind {
                ItemKind::Resource(id) => {
                    found.insert(id);
                }
                ItemKind::Instance(id) => open.push(&types.instance(id).exports),
                ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
        }
    }
    found.into_iter().collect()
}
