//! An exported interface as an instance.
//!
//! In: the interface and its lifted functions. Out: an instance with the interface's types and functions.
//! Holds: a function's type names the types that the same instance exports, as the component model demands;
//! that is only possible inside a component, so an interface with named types is a small nested component:
//!
//! ```wat
//! (component
//!   (import "import-type-r" (type $r (sub resource)))
//!   (import "import-method-r-get" (func $get (param "self" (borrow $r)) (result u32)))
//!   (export $r2 "r" (type $r))
//!   (export "[method]r.get" (func $get) (func (param "self" (borrow $r2)) (result u32))))
//! ```
//!
//! Specification: Component Model explainer, "Import and Export Definitions", "named types".

use std::collections::{HashMap, HashSet};

use component::plan::{Declared, FuncRef, InstanceRef, ItemRef, ItemType, Name, Plan, ROOT, TypeRef, item_name};
use types::name::AccessorOf;
use types::{
    Accessor, ExternName, FuncId, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, TypeKind, Types, ValType,
};

use crate::live::parts;

/// A function of the interface, lifted.
pub struct LiftedFunc<'w> {
    pub name: &'w ExternName,
    pub item: &'w Item,
    pub ty: FuncId,
    pub func: FuncRef,
}

/// Makes the instance in the plan's root. `declared` knows the root's types.
pub fn interface<'t>(
    plan: &mut Plan<'_>,
    declared: &mut Declared<'t>,
    types: &'t Types,
    id: InstanceId,
    funcs: &[LiftedFunc<'_>],
) -> diag::Result<InstanceRef> {
    let named = Named::of(types, id, funcs);
    let has_types = types.instance(id).exports.values().any(|item| !matches!(item.kind, ItemKind::Func(_)));
    if named.list.is_empty() && !has_types {
        let exports = funcs.iter().map(|lifted| (item_name(types, lifted.name, lifted.item), lifted.func.into()));
        return Ok(plan.bag(exports.collect()));
    }
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
        let (name, func) = inner.import_func(lifted)?;
        args.push((name, ItemRef::Func(lifted.func)));
        imported.push((lifted.name, func));
    }
    inner.export_all(&imported)?;
    let component = plan.nested(inner.plan);
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
    names: HashSet<String>,
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
            names: HashSet::new(),
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
                let name = self.unique(format!("import-type-{}", def.name.as_deref().unwrap_or("unnamed")));
                let arg = declared.type_ref(outer, ROOT, ValType::Def(id))?;
                let equal_to = self.imported.type_ref(&mut self.plan, ROOT, ValType::Def(id))?;
                let ty = self.plan.import_type(Name::from(name.as_str()), equal_to);
                self.imported.provide_type(ROOT, id, ty);
                if self.foreign(def.owner) {
                    self.exported.provide_type(ROOT, id, ty);
                }
                Ok((name, arg))
            }
            NamedType::Resource(id) => {
                let name = self.unique(format!("import-type-{}", self.types.resource(id).name));
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
        let name = self.unique(format!("import-type-{}", taken.1));
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

    fn import_func(&mut self, lifted: &LiftedFunc<'_>) -> diag::Result<(String, FuncRef)> {
        let name = self.unique(import_name(lifted.name));
        let ty = self.imported.func_type(&mut self.plan, ROOT, lifted.ty)?;
        let func = self.plan.import_func(Name::from(name.as_str()), ty);
        Ok((name, func))
    }

    /// Exports the interface's items under their names, in their order.
    fn export_all(&mut self, funcs: &[(&ExternName, FuncRef)]) -> diag::Result<()> {
        let types = self.types;
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
                    let Some((_, func)) = funcs.iter().find(|(other, _)| *other == name) else { continue };
                    let ty = self.exported.func_type(&mut self.plan, ROOT, ty)?;
                    self.plan.export(extern_name, *func, Some(ItemType::Func(ty)));
                }
                ItemKind::Instance(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
            }
        }
        Ok(())
    }

    /// What an exported type consists of, said with the types that are exported already.
    fn structure(&mut self, item: &Item, ty: ValType) -> diag::Result<TypeRef> {
        if let ItemType::TypeEq(structure) = self.exported.item_type(&mut self.plan, ROOT, item, &|_, _| true)? {
            return Ok(structure);
        }
        self.exported.type_ref(&mut self.plan, ROOT, ty)
    }

    /// Names of imports must differ in more than case.
    fn unique(&mut self, base: String) -> String {
        let mut name = base.clone();
        let mut number = 1;
        while !self.names.insert(name.to_lowercase()) {
            number += 1;
            name = format!("{base}{number}");
        }
        name
    }
}

/// A plain name for a function, whatever form its own name has.
fn import_name(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) => format!("import-func-{label}"),
        ExternName::Constructor(resource) => format!("import-constructor-{resource}"),
        ExternName::Method(resource, name) => format!("import-method-{resource}-{name}"),
        ExternName::Static(resource, name) => format!("import-static-{resource}-{name}"),
        ExternName::Accessor(Accessor { of, set, name }) => {
            let verb = if *set { "set" } else { "get" };
            match of {
                AccessorOf::Scope => format!("import-{verb}-{name}"),
                AccessorOf::Method(resource) => format!("import-method-{verb}-{resource}-{name}"),
                AccessorOf::Static(resource) => format!("import-static-{verb}-{resource}-{name}"),
            }
        }
        ExternName::Interface(interface) => format!("import-interface-{}", interface.interface),
    }
}
