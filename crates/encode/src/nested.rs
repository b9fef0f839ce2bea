//! An exported interface as an instance.
//!
//! In: the interface and its lifted functions. Out: an instance with the interface's types and functions.
//! Holds: a function's type names the types that the same instance exports, as the component model demands.
//!
//! Where the interface defines all its types, and no resources, the instance is a bag: the types that the functions
//! were lifted with get their names from it, each by a definition of its own.
//!
//! ```wat
//! (type $t (enum "a" "b"))  (func $f (result $t) (canon lift ..))
//! (instance (export "t" (type $t)) (export "f" (func $f)))
//! ```
//!
//! Otherwise it is made by a small component that gives types new names, which a bag cannot do. Its imports have the
//! shortest names that there are: nobody sees them.
//!
//! ```wat
//! (component
//!   (import "a" (type $r (sub resource)))
//!   (import "b" (func $get (param "self" (borrow $r)) (result u32)))
//!   (export $r2 "r" (type $r))
//!   (export "[method]r.get" (func $get) (func (param "self" (borrow $r2)) (result u32))))
//! ```
//!
//! Specification: Component Model explainer, "Import and Export Definitions", "named types".

use std::collections::{HashMap, HashSet};

use component::plan::{
    ComponentRef, Declared, FuncRef, InstanceRef, ItemRef, ItemType, Name, Plan, ROOT, TypeRef, item_name,
};
use types::{ExternName, FuncId, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, TypeKind, Types, ValType};

use crate::live::parts;

/// A function of the interface, lifted.
pub struct LiftedFunc<'w> {
    pub name: &'w ExternName,
    pub ty: FuncId,
    pub func: FuncRef,
}

/// The definitions that name the types of an interface in a bag, by its items.
pub type BagTypes<'t> = HashMap<&'t ExternName, TypeRef>;

/// Defines the types of an interface that a bag can export, before its functions are lifted with them.
pub fn bag_types<'t>(
    plan: &mut Plan<'_>,
    declared: &mut Declared<'t>,
    types: &'t Types,
    id: InstanceId,
) -> diag::Result<Option<BagTypes<'t>>> {
    if !fits_a_bag(types, id) {
        return Ok(None);
    }
    let mut defined = HashMap::new();
    for (name, item) in &types.instance(id).exports {
        if let ItemKind::Type(ty) = item.kind
            && let ItemType::TypeEq(structure) = declared.item_type(plan, ROOT, item, &|_, _| true)?
        {
            defined.insert(name, structure);
            if let ValType::Def(ty) = ty {
                declared.provide_type(ROOT, ty, structure);
            }
        }
    }
    Ok(Some(defined))
}

/// Whether each type of the interface is its own and new, and no function belongs to a resource.
fn fits_a_bag(types: &Types, id: InstanceId) -> bool {
    let mut seen = HashSet::new();
    types.instance(id).exports.iter().all(|(name, item)| match item.kind {
        ItemKind::Func(_) => name.resource().is_none(),
        ItemKind::Type(ValType::Def(ty)) => {
            let def = types.def(ty);
            let is_alias = matches!(def.kind, TypeKind::Alias(ValType::Def(_)));
            def.owner == Owner::Instance(id) && !is_alias && seen.insert(ty)
        }
        ItemKind::Type(_) => true,
        ItemKind::Resource(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
    })
}

/// The interface as a bag of the types that `bag_types` defined and of functions that were lifted with them.
pub fn bag(
    plan: &mut Plan<'_>,
    types: &Types,
    id: InstanceId,
    defined: &BagTypes<'_>,
    funcs: &[LiftedFunc<'_>],
) -> InstanceRef {
    let lifted: HashMap<_, _> = funcs.iter().map(|lifted| (lifted.name, ItemRef::from(lifted.func))).collect();
    let exports = types.instance(id).exports.iter().filter_map(|(name, item)| {
        let made = lifted.get(name).copied().or_else(|| defined.get(name).map(|ty| (*ty).into()))?;
        Some((item_name(types, name, item), made))
    });
    let exports = exports.collect();
    plan.bag(exports)
}

/// Components that were made for interfaces, by what they contain: equal interfaces under several names share one.
#[derive(Default)]
pub struct Made {
    components: HashMap<String, ComponentRef>,
    interfaces: HashSet<InstanceId>,
}

impl Made {
    /// The component, if need be embedded.
    ///
    /// Two instances of one component export the same types, unless these are made of resources that differ:
    /// readers would take one for an alias of the other. So nothing is shared but interfaces whose only types are
    /// resources of their own.
    fn component<'a>(&mut self, plan: &mut Plan<'a>, types: &Types, id: InstanceId, inner: Plan<'a>) -> ComponentRef {
        let may_share = types.instance(id).exports.values().all(|item| match item.kind {
            ItemKind::Func(_) => true,
            ItemKind::Resource(resource) => {
                types.resource(resource).owner == Owner::Instance(id) && item.decl.alias_of.is_none()
            }
            ItemKind::Type(_) | ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => false,
        });
        if may_share && self.interfaces.insert(id) {
            *self.components.entry(inner.dump()).or_insert_with(|| plan.nested(inner))
        } else {
            plan.nested(inner)
        }
    }
}

/// Makes the instance in the plan's root, by a component. `declared` knows the root's types.
pub fn instance<'a, 't>(
    plan: &mut Plan<'a>,
    declared: &mut Declared<'t>,
    types: &'t Types,
    id: InstanceId,
    funcs: &[LiftedFunc<'_>],
    made: &mut Made,
) -> diag::Result<InstanceRef> {
    let named = Named::of(types, id, funcs);
    let mut inner = Inner::new(types, id);
    let mut args = Vec::new();
    for ty in &named.list {
        let (name, arg) = inner.import_type(plan, declared, *ty, &named.taken)?;
        args.push((name, ItemRef::Type(arg)));
    }
    for (resource, taken) in &named.taken {
        if let Some((name, arg)) = inner.import_name(plan, declared, *resource, taken)? {
            args.push((name, ItemRef::Type(arg)));
        }
    }
    let mut imported = Vec::new();
    for lifted in funcs {
        let (name, func, ty) = inner.import_func(lifted)?;
        args.push((name, ItemRef::Func(lifted.func)));
        imported.push((lifted.name, func, ty));
    }
    inner.export_all(&imported)?;
    let component = made.component(plan, types, id, inner.plan);
    Ok(plan.instantiate(component, args))
}

/// A type with a name, which imports and exports must say by it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum NamedType {
    Def(TypeId),
    Resource(ResourceId),
}

/// The scope and name that a resource is taken from.
type Taken = (Owner, String);

/// The named types that a nested component has to import, parts before wholes.
struct Named<'t> {
    types: &'t Types,
    interface: InstanceId,
    list: Vec<NamedType>,
    /// The names of other interfaces that resources are taken from.
    taken: Vec<(ResourceId, Taken)>,
    seen: HashSet<NamedType>,
    /// Types that were looked into, for either reason.
    visited: HashSet<TypeId>,
    searched: HashSet<TypeId>,
}

impl<'t> Named<'t> {
    /// Those that the functions mention, and those of other scopes that the interface's types are made of.
    fn of(types: &'t Types, id: InstanceId, funcs: &[LiftedFunc<'_>]) -> Self {
        let mut named = Self {
            types,
            interface: id,
            list: Vec::new(),
            taken: Vec::new(),
            seen: HashSet::new(),
            visited: HashSet::new(),
            searched: HashSet::new(),
        };
        for item in types.instance(id).exports.values() {
            match item.kind {
                ItemKind::Resource(resource) => named.resource_item(item, resource),
                ItemKind::Type(ValType::Def(ty)) => named.foreign_parts(ty),
                ItemKind::Type(_)
                | ItemKind::Func(_)
                | ItemKind::Instance(_)
                | ItemKind::Component(_)
                | ItemKind::CoreModule(_) => {}
            }
        }
        for lifted in funcs {
            let func = types.func(lifted.ty);
            func.params.iter().map(|param| param.ty).chain(func.result).for_each(|ty| named.ty(ty));
        }
        named
    }

    fn resource_item(&mut self, item: &Item, resource: ResourceId) {
        self.add(NamedType::Resource(resource));
        if let Some((owner, name)) = &item.decl.alias_of
            && *owner != Owner::Instance(self.interface)
        {
            let taken = (resource, (*owner, name.clone()));
            if !self.taken.contains(&taken) {
                self.taken.push(taken);
            }
        }
    }

    fn add(&mut self, named: NamedType) {
        if self.seen.insert(named) {
            self.list.push(named);
        }
    }

    /// What a type of this interface is made of, where that is another's.
    fn foreign_parts(&mut self, id: TypeId) {
        if !self.searched.insert(id) {
            return;
        }
        let types = self.types;
        let def = types.def(id);
        if def.name.is_some() && def.owner != Owner::Nothing && def.owner != Owner::Instance(self.interface) {
            return self.ty(ValType::Def(id));
        }
        if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = def.kind {
            self.add(NamedType::Resource(resource));
        }
        for part in parts(&def.kind) {
            if let ValType::Def(part) = part {
                self.foreign_parts(part);
            }
        }
    }

    fn ty(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return };
        if !self.visited.insert(id) {
            return;
        }
        let types = self.types;
        let def = types.def(id);
        if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = def.kind {
            self.add(NamedType::Resource(resource));
        }
        parts(&def.kind).into_iter().for_each(|part| self.ty(part));
        // An alias of this interface is said as what it stands for; its own name is given by the export.
        let alias = matches!(def.kind, TypeKind::Alias(_)) && def.owner == Owner::Instance(self.interface);
        if def.name.is_some() && !alias {
            self.add(NamedType::Def(id));
        }
    }
}

/// The nested component, and its two views of types: as imported, and as exported.
struct Inner<'a, 't> {
    plan: Plan<'a>,
    types: &'t Types,
    interface: InstanceId,
    imported: Declared<'t>,
    exported: Declared<'t>,
    /// Resources as other interfaces name them.
    taken: HashMap<Taken, TypeRef>,
    /// Imported types of the interface that can be exported as they are, since they are made of no others.
    whole: HashMap<TypeId, TypeRef>,
    /// How many imports there are.
    count: usize,
}

impl<'t> Inner<'_, 't> {
    fn new(types: &'t Types, interface: InstanceId) -> Self {
        Self {
            plan: Plan::new(),
            types,
            interface,
            imported: Declared::new(types),
            exported: Declared::new(types),
            taken: HashMap::new(),
            whole: HashMap::new(),
            count: 0,
        }
    }

    /// Imports a type; answers the import's name and the type of `outer` to pass.
    fn import_type(
        &mut self,
        outer: &mut Plan<'_>,
        declared: &mut Declared<'t>,
        named: NamedType,
        taken: &[(ResourceId, Taken)],
    ) -> diag::Result<(String, TypeRef)> {
        match named {
            NamedType::Def(id) => {
                let def = self.types.def(id);
                let name = self.next_name();
                let arg = declared.type_ref(outer, ROOT, ValType::Def(id))?;
                let is_whole = !mentions_names(self.types, id);
                let equal_to = if is_whole && is_long(&def.kind) {
                    self.plan.outer_type(arg)
                } else {
                    self.imported.type_ref(&mut self.plan, ROOT, ValType::Def(id))?
                };
                let ty = self.plan.import_type(Name::from(name.as_str()), equal_to);
                self.imported.provide_type(ROOT, id, ty);
                if self.foreign(def.owner) {
                    self.exported.provide_type(ROOT, id, ty);
                } else if is_whole {
                    self.whole.insert(id, ty);
                }
                Ok((name, arg))
            }
            NamedType::Resource(id) => {
                let name = self.next_name();
                let taken = taken.iter().find(|(resource, _)| *resource == id).map(|(_, taken)| taken);
                let arg = declared.resource_of(outer, ROOT, id, taken)?;
                let ty = self.plan.import_resource(Name::from(name.as_str()));
                if let Some(taken) = taken {
                    self.taken.insert(taken.clone(), ty);
                }
                self.imported.provide_resource(ROOT, id, ty);
                self.exported.provide_resource(ROOT, id, ty);
                Ok((name, arg))
            }
        }
    }

    /// Imports one more name of a resource, unless the resource itself was imported under it.
    fn import_name(
        &mut self,
        outer: &mut Plan<'_>,
        declared: &mut Declared<'t>,
        resource: ResourceId,
        taken: &Taken,
    ) -> diag::Result<Option<(String, TypeRef)>> {
        if self.taken.contains_key(taken) {
            return Ok(None);
        }
        let name = self.next_name();
        let arg = declared.resource_of(outer, ROOT, resource, Some(taken))?;
        let first = self.imported.resource(&mut self.plan, ROOT, resource)?;
        let ty = self.plan.import_type(Name::from(name.as_str()), first);
        self.taken.insert(taken.clone(), ty);
        Ok(Some((name, arg)))
    }

    /// Types of other scopes are said in exports as they are in imports.
    fn foreign(&self, owner: Owner) -> bool {
        match owner {
            Owner::Instance(id) => id != self.interface,
            Owner::World | Owner::Nothing => true,
        }
    }

    /// Answers the import's name, the function and its type.
    fn import_func(&mut self, lifted: &LiftedFunc<'_>) -> diag::Result<(String, FuncRef, TypeRef)> {
        let name = self.next_name();
        let ty = self.imported.func_type(&mut self.plan, ROOT, lifted.ty)?;
        let func = self.plan.import_func(Name::from(name.as_str()), ty);
        Ok((name, func, ty))
    }

    /// Exports the interface's items under their names, in their order.
    fn export_all(&mut self, funcs: &[(&ExternName, FuncRef, TypeRef)]) -> diag::Result<()> {
        let types = self.types;
        let lifted: HashMap<_, _> = funcs.iter().map(|(name, func, ty)| (*name, (*func, *ty))).collect();
        let mut seen = HashSet::new();
        for (name, item) in &types.instance(self.interface).exports {
            let extern_name = item_name(types, name, item);
            match item.kind {
                ItemKind::Resource(resource) => {
                    // A second name of a resource is an alias of the first, or of another interface's name.
                    let taken = item.decl.alias_of.as_ref().and_then(|taken| self.taken.get(taken).copied());
                    let ty = match taken {
                        Some(ty) => ty,
                        None => self.exported.resource(&mut self.plan, ROOT, resource)?,
                    };
                    let view = self.plan.export_type(extern_name, ty);
                    self.exported.provide_own_name(ROOT, name, item, view.into());
                    if seen.insert(resource) {
                        self.exported.provide_resource(ROOT, resource, view);
                    }
                }
                ItemKind::Type(ty) => {
                    let structure = self.structure(item, ty)?;
                    let view = self.plan.export_type(extern_name, structure);
                    if let ValType::Def(id) = ty {
                        self.exported.provide_type(ROOT, id, view);
                    }
                }
                ItemKind::Func(ty) => {
                    let Some(&(func, imported)) = lifted.get(name) else { continue };
                    let ty = self.exported.func_type(&mut self.plan, ROOT, ty)?;
                    let ascribed = (ty != imported).then_some(ItemType::Func(ty));
                    self.plan.export(extern_name, func, ascribed);
                }
                ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
        }
        Ok(())
    }

    /// What an exported type consists of, said with the types that are exported already.
    fn structure(&mut self, item: &Item, ty: ValType) -> diag::Result<TypeRef> {
        if let ValType::Def(id) = ty
            && let Some(&imported) = self.whole.get(&id)
        {
            return Ok(imported);
        }
        if let ItemType::TypeEq(structure) = self.exported.item_type(&mut self.plan, ROOT, item, &|_, _| true)? {
            return Ok(structure);
        }
        self.exported.type_ref(&mut self.plan, ROOT, ty)
    }

    /// `a` to `z`, `aa` to `zz`, and so on.
    fn next_name(&mut self) -> String {
        self.count += 1;
        let mut rest = self.count;
        let mut letters = Vec::new();
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(b"abcdefghijklmnopqrstuvwxyz"[rest % 26]));
            rest /= 26;
        }
        letters.into_iter().rev().collect()
    }
}

/// Whether a definition takes more bytes than the alias of one.
fn is_long(kind: &TypeKind) -> bool {
    match kind {
        TypeKind::Record(_) | TypeKind::Variant(_) | TypeKind::Flags(_) | TypeKind::Enum(_) => true,
        TypeKind::Tuple(parts) => parts.len() > 3,
        TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => false,
    }
}

/// Whether a type is made of types with names, or of handles.
fn mentions_names(types: &Types, id: TypeId) -> bool {
    let mut seen = HashSet::from([id]);
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        let kind = &types.def(at).kind;
        if matches!(kind, TypeKind::Own(_) | TypeKind::Borrow(_)) {
            return true;
        }
        for part in parts(kind) {
            let ValType::Def(part) = part else { continue };
            if types.def(part).name.is_some() {
                return true;
            }
            if seen.insert(part) {
                open.push(part);
            }
        }
    }
    false
}
