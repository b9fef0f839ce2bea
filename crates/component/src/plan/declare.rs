//! Declaring: component types as data become types of a plan.
//!
//! In: items of `types`, and the scope that is to say them.
//! Out: `TypeRef`s of that scope. Anonymous types are interned; a named type is found under the name that
//! an import or export of the scope, or of a scope around it, gave it.
//! Holds: a type that an import or export uses is named by the scope, as the visibility rule wants.
//!
//! ```wat
//! (instance
//!   (type $raw (record (field "a" u32)))      ;; the structure
//!   (export "pair" (type $pair (eq $raw)))    ;; the name that everything after uses
//!   (export "add" (func (param "p" $pair))))
//! ```
//!
//! Specification: Component Model explainer, "Type Definitions"; `externdesc` validation, "named types".

use std::collections::HashMap;

use diag::Diagnostics;
use types::{
    ComponentType, ExternName, FuncId, InstanceId, Item, ItemKind, Owner, ResourceId, TypeDef, TypeId, TypeKind, Types,
    ValType,
};

use super::{InstanceRef, ItemRef, ItemType, Name, Plan, Primitive, ROOT, ScopeId, TypeExpr, TypeRef, ValRef};

/// Where the named types of `types` stand in a plan. Look-ups only.
#[derive(Clone, Debug)]
pub struct Declared<'t> {
    types: &'t Types,
    named: HashMap<(ScopeId, TypeId), TypeRef>,
    resources: HashMap<(ScopeId, ResourceId), TypeRef>,
    /// Exports of instances at hand, aliased when they are first needed.
    type_exports: HashMap<(ScopeId, TypeId), Export>,
    resource_exports: HashMap<(ScopeId, ResourceId), Export>,
    /// Names of resources in instances at hand: a resource with several is said by the one that it is taken from.
    resource_names: HashMap<(ScopeId, InstanceId, String), Export>,
    /// Names that a scope gives a resource: a handle says its resource by one of them.
    own_names: HashMap<(ScopeId, ResourceId, String), TypeRef>,
    /// Types that no name stands for, as they were said last: a part that is shared many times is said once.
    /// Forgotten as soon as a name is added, since it may stand for a part.
    said: HashMap<(ScopeId, TypeId), TypeRef>,
}

/// Where an instance at hand exports a type: names of instances inside each other, and then of the type.
type Export = (InstanceRef, Vec<String>);

/// Which items of an interface a declaration keeps.
pub type Keep<'k> = &'k dyn Fn(&ExternName, &Item) -> bool;

/// Keeps all items.
pub fn keep_all(_: &ExternName, _: &Item) -> bool {
    true
}

/// The name of an item with the attributes that it has.
///
/// Specification: Component Model explainer, "Import and Export Definitions" (`implements`, `version-suffix`).
pub fn item_name(types: &Types, name: &ExternName, item: &Item) -> Name {
    let external_id = item.decl.external_id.clone();
    let suffix = item.decl.version_suffix.as_deref();
    let implements = match (name, item.kind) {
        (ExternName::Label(_), ItemKind::Instance(id)) => types.instance(id).id.as_ref(),
        _ => None,
    };
    match implements {
        Some(implements) => {
            let (implements, version_suffix) = canonical(implements.to_string(), suffix);
            Name { text: name.to_string(), implements: Some(implements), version_suffix, external_id }
        }
        None => {
            let (text, version_suffix) = canonical(name.to_string(), suffix);
            Name { text, implements: None, version_suffix, external_id }
        }
    }
}

/// The name without the suffix that stands beside it. A name that was raised to another version has lost its suffix.
fn canonical(name: String, suffix: Option<&str>) -> (String, Option<String>) {
    match suffix.and_then(|suffix| Some((name.strip_suffix(suffix)?.to_owned(), suffix.to_owned()))) {
        Some((short, suffix)) => (short, Some(suffix)),
        None => (name, None),
    }
}

impl<'t> Declared<'t> {
    pub fn new(types: &'t Types) -> Self {
        Self {
            types,
            named: HashMap::new(),
            resources: HashMap::new(),
            type_exports: HashMap::new(),
            resource_exports: HashMap::new(),
            resource_names: HashMap::new(),
            own_names: HashMap::new(),
            said: HashMap::new(),
        }
    }

    /// Says that a named value type is `as_` in a scope.
    pub fn provide_type(&mut self, scope: ScopeId, id: TypeId, as_: TypeRef) {
        self.said.clear();
        self.named.insert((scope, id), as_);
    }

    /// Says that a resource is `as_` in a scope.
    pub fn provide_resource(&mut self, scope: ScopeId, id: ResourceId, as_: TypeRef) {
        self.said.clear();
        self.resources.insert((scope, id), as_);
    }

    /// Says that a resource is to be found in an instance at hand, under the name that this exports it by.
    pub fn withdraw_resource(&mut self, scope: ScopeId, id: ResourceId) {
        self.said.clear();
        self.resources.remove(&(scope, id));
    }

    /// Says that an instance of type `id` is at hand: its types can be named from now on.
    pub fn provide_instance(&mut self, plan: &Plan<'_>, id: InstanceId, instance: InstanceRef) {
        self.said.clear();
        self.provide_exports(plan.scope_of_instance(instance), id, &(instance, Vec::new()));
    }

    fn provide_exports(&mut self, scope: ScopeId, id: InstanceId, at: &Export) {
        let types = self.types;
        for (name, item) in &types.instance(id).exports {
            let mut export = at.clone();
            export.1.push(item_name(types, name, item).text);
            match item.kind {
                ItemKind::Type(ValType::Def(ty)) => {
                    self.type_exports.entry((scope, ty)).or_insert(export);
                }
                ItemKind::Resource(resource) => {
                    self.resource_names.insert((scope, id, name.to_string()), export.clone());
                    self.resource_exports.entry((scope, resource)).or_insert(export);
                }
                ItemKind::Instance(inner) => self.provide_exports(scope, inner, &export),
                _ => {}
            }
        }
    }

    /// A value type, as types of `scope` may use it.
    pub fn val_type(&mut self, plan: &mut Plan<'_>, scope: ScopeId, ty: ValType) -> diag::Result<ValRef> {
        match primitive(ty) {
            Ok(primitive) => Ok(primitive.into()),
            Err(id) => Ok(self.defined(plan, scope, id)?.into()),
        }
    }

    /// A value type as a definition, primitives included.
    pub fn type_ref(&mut self, plan: &mut Plan<'_>, scope: ScopeId, ty: ValType) -> diag::Result<TypeRef> {
        match primitive(ty) {
            Ok(primitive) => Ok(plan.define(scope, TypeExpr::Primitive(primitive))),
            Err(id) => self.defined(plan, scope, id),
        }
    }

    fn defined(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: TypeId) -> diag::Result<TypeRef> {
        if let Some(found) = self.find_type(plan, scope, id) {
            return Ok(found);
        }
        if let Some(&said) = self.said.get(&(scope, id)) {
            return Ok(said);
        }
        let said = self.structure(plan, scope, id)?;
        self.said.insert((scope, id), said);
        Ok(said)
    }

    /// What a definition consists of, without the name it has.
    fn structure(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: TypeId) -> diag::Result<TypeRef> {
        let types = self.types;
        if let TypeKind::Alias(target) = types.def(id).kind {
            return self.type_ref(plan, scope, target);
        }
        let expr = self.definition(plan, scope, types.def(id))?;
        Ok(plan.define(scope, expr))
    }

    /// What a named type is equal to: the type that it is an alias of, if that has a name; else a definition that
    /// nothing shares, since readers take two names of one definition for aliases.
    fn named_structure(&mut self, plan: &mut Plan<'_>, scope: ScopeId, ty: ValType) -> diag::Result<TypeRef> {
        let types = self.types;
        let mut ty = ty;
        let mut is_target = false;
        loop {
            let id = match primitive(ty) {
                Ok(primitive) => return Ok(plan.define_apart(scope, TypeExpr::Primitive(primitive))),
                Err(id) => id,
            };
            if is_target && let Some(named) = self.find_type(plan, scope, id) {
                return Ok(named);
            }
            let TypeKind::Alias(target) = types.def(id).kind else {
                let expr = self.definition(plan, scope, types.def(id))?;
                return Ok(plan.define_apart(scope, expr));
            };
            ty = target;
            is_target = true;
        }
    }

    /// As `expr`; a handle says its resource by the name that its declaration has.
    fn definition(&mut self, plan: &mut Plan<'_>, scope: ScopeId, def: &TypeDef) -> diag::Result<TypeExpr> {
        let name = def.decl.alias_of.as_ref();
        match def.kind {
            TypeKind::Own(id) => Ok(TypeExpr::Own(self.mentioned(plan, scope, id, name)?)),
            TypeKind::Borrow(id) => Ok(TypeExpr::Borrow(self.mentioned(plan, scope, id, name)?)),
            _ => self.expr(plan, scope, &def.kind),
        }
    }

    /// A resource by the name that a handle says.
    fn mentioned(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        id: ResourceId,
        name: Option<&(Owner, String)>,
    ) -> diag::Result<TypeRef> {
        match name.and_then(|(_, name)| self.find_own_name(plan, scope, id, name)) {
            Some(found) => Ok(found),
            None => self.resource_of(plan, scope, id, name),
        }
    }

    fn expr(&mut self, plan: &mut Plan<'_>, scope: ScopeId, kind: &TypeKind) -> diag::Result<TypeExpr> {
        let mut part = |ty: ValType| self.val_type(plan, scope, ty);
        Ok(match kind {
            TypeKind::Alias(target) => match part(*target)? {
                ValRef::Primitive(primitive) => TypeExpr::Primitive(primitive),
                ValRef::Type(_) => unreachable!("`structure` follows aliases"),
            },
            TypeKind::Record(fields) => {
                let fields = fields.iter().map(|field| Ok((field.name.clone(), part(field.ty)?)));
                TypeExpr::Record(fields.collect::<diag::Result<_>>()?)
            }
            TypeKind::Variant(cases) => {
                let cases = cases.iter().map(|case| Ok((case.name.clone(), case.ty.map(&mut part).transpose()?)));
                TypeExpr::Variant(cases.collect::<diag::Result<_>>()?)
            }
            TypeKind::List(element) => TypeExpr::List(part(*element)?),
            TypeKind::FixedList(element, len) => TypeExpr::FixedList(part(*element)?, *len),
            TypeKind::Map(key, value) => TypeExpr::Map(part(*key)?, part(*value)?),
            TypeKind::Tuple(parts) => TypeExpr::Tuple(parts.iter().map(|ty| part(*ty)).collect::<diag::Result<_>>()?),
            TypeKind::Flags(labels) => TypeExpr::Flags(labels.iter().map(|label| label.name.clone()).collect()),
            TypeKind::Enum(labels) => TypeExpr::Enum(labels.iter().map(|label| label.name.clone()).collect()),
            TypeKind::Option(some) => TypeExpr::Option(part(*some)?),
            TypeKind::Result { ok, err } => {
                TypeExpr::Result { ok: ok.map(&mut part).transpose()?, err: err.map(&mut part).transpose()? }
            }
            TypeKind::Own(resource) => TypeExpr::Own(self.resource(plan, scope, *resource)?),
            TypeKind::Borrow(resource) => TypeExpr::Borrow(self.resource(plan, scope, *resource)?),
            TypeKind::Stream(payload) => TypeExpr::Stream(payload.map(&mut part).transpose()?),
            TypeKind::Future(payload) => TypeExpr::Future(payload.map(&mut part).transpose()?),
        })
    }

    /// The type of a function.
    pub fn func_type(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: FuncId) -> diag::Result<TypeRef> {
        let types = self.types;
        let func = types.func(id);
        let mut params = Vec::with_capacity(func.params.len());
        for param in &func.params {
            params.push((param.name.clone(), self.val_type(plan, scope, param.ty)?));
        }
        let result = func.result.map(|ty| self.val_type(plan, scope, ty)).transpose()?;
        Ok(plan.define(scope, TypeExpr::Func { async_: func.async_, params, result }))
    }

    /// A resource, under a name that `scope` can say.
    pub fn resource(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: ResourceId) -> diag::Result<TypeRef> {
        match self.find_resource(plan, scope, id) {
            Some(found) => Ok(found),
            None => Err(self.unnamed_resource(id)),
        }
    }

    /// A resource under the name that `taken_from` says: an instance at hand, and the name there.
    pub fn resource_of(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        id: ResourceId,
        taken_from: Option<&(Owner, String)>,
    ) -> diag::Result<TypeRef> {
        match taken_from.and_then(|from| self.find_name(plan, scope, from)) {
            Some(found) => Ok(found),
            None => self.resource(plan, scope, id),
        }
    }

    fn unnamed_resource(&self, id: ResourceId) -> Diagnostics {
        let resource = self.types.resource(id);
        let headline = format!("resource `{}` is used where nothing names it", resource.name);
        let error =
            diag::error("component/unnamed-resource", headline).help("import the interface that defines the resource");
        match &resource.decl.place {
            Some(place) => error.label(place.clone(), "defined here").into(),
            None => error.into(),
        }
    }

    /// An interface as an instance type of `scope`.
    pub fn instance_type(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        id: InstanceId,
        keep: Keep<'_>,
    ) -> diag::Result<TypeRef> {
        let types = self.types;
        let inner = plan.open_instance_type(scope);
        for (name, item) in &types.instance(id).exports {
            if keep(name, item) {
                self.declare_export(plan, inner, name, item)?;
            }
        }
        Ok(plan.close(inner))
    }

    /// The type of a component as a type of `scope`.
    pub fn component_type(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        component: &ComponentType,
    ) -> diag::Result<TypeRef> {
        let inner = plan.open_component_type(scope);
        for (name, item) in &component.imports {
            self.import(plan, inner, name, item, &keep_all)?;
        }
        for (name, item) in &component.exports {
            self.declare_export(plan, inner, name, item)?;
        }
        Ok(plan.close(inner))
    }

    /// Imports an item, into the component (`ROOT`) or into a component type.
    pub fn import(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        name: &ExternName,
        item: &Item,
        keep: Keep<'_>,
    ) -> diag::Result<ItemRef> {
        let ty = self.item_type(plan, scope, item, keep)?;
        let made = plan.import(scope, item_name(self.types, name, item), ty);
        self.provide_own_name(scope, name, item, made);
        self.provide_item(plan, scope, item, made);
        Ok(made)
    }

    /// Imports an interface into the component.
    pub fn import_instance(
        &mut self,
        plan: &mut Plan<'_>,
        name: &ExternName,
        item: &Item,
        keep: Keep<'_>,
    ) -> diag::Result<InstanceRef> {
        Ok(self.import(plan, ROOT, name, item, keep)?.expect_instance())
    }

    /// Declares an export of an instance or component type.
    pub fn declare_export(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        name: &ExternName,
        item: &Item,
    ) -> diag::Result<ItemRef> {
        let ty = self.item_type(plan, scope, item, &keep_all)?;
        let made = plan.declare_export(scope, item_name(self.types, name, item), ty);
        self.provide_own_name(scope, name, item, made);
        self.provide_item(plan, scope, item, made);
        Ok(made)
    }

    /// Says that a scope gives a resource a name: handles that say the resource by it mean `made`.
    pub fn provide_own_name(&mut self, scope: ScopeId, name: &ExternName, item: &Item, made: ItemRef) {
        if let (ItemKind::Resource(id), ItemRef::Type(ty)) = (item.kind, made) {
            self.own_names.insert((scope, id, name.to_string()), ty);
        }
    }

    /// Says that an item is at hand as `made`: what it names can be used from now on.
    pub fn provide_item(&mut self, plan: &Plan<'_>, scope: ScopeId, item: &Item, made: ItemRef) {
        match (item.kind, made) {
            (ItemKind::Type(ValType::Def(id)), ItemRef::Type(ty)) => self.provide_type(scope, id, ty),
            (ItemKind::Resource(id), ItemRef::Type(ty)) => {
                self.said.clear();
                self.resources.entry((scope, id)).or_insert(ty);
            }
            (ItemKind::Instance(id), ItemRef::Instance(instance)) => self.provide_instance(plan, id, instance),
            _ => {}
        }
    }

    /// The type of an item, as an import or export of `scope` says it.
    pub fn item_type(
        &mut self,
        plan: &mut Plan<'_>,
        scope: ScopeId,
        item: &Item,
        keep: Keep<'_>,
    ) -> diag::Result<ItemType> {
        let types = self.types;
        Ok(match item.kind {
            ItemKind::Func(id) => ItemType::Func(self.func_type(plan, scope, id)?),
            ItemKind::Instance(id) => ItemType::Instance(self.instance_type(plan, scope, id, keep)?),
            ItemKind::Type(ty) => ItemType::TypeEq(self.named_structure(plan, scope, ty)?),
            ItemKind::Resource(id) => {
                let taken_from = item.decl.alias_of.as_ref();
                let by_name = taken_from.and_then(|from| self.find_name(plan, scope, from));
                match by_name.or_else(|| self.find_resource(plan, scope, id)) {
                    Some(known) => ItemType::TypeEq(known),
                    None => ItemType::SubResource,
                }
            }
            ItemKind::Component(id) => ItemType::Component(self.component_type(plan, scope, types.component(id))?),
            ItemKind::CoreModule(_) => return Err(unsupported_module(item)),
        })
    }

    fn find_type(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: TypeId) -> Option<TypeRef> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(&found) = self.named.get(&(scope, id)) {
                return Some(found);
            }
            if let Some(export) = self.type_exports.get(&(scope, id)) {
                let found = alias_export(plan, export);
                self.named.insert((scope, id), found);
                return Some(found);
            }
            at = plan.scope_parent(scope);
        }
        None
    }

    /// The name that an instance at hand gives a resource.
    fn find_name(&mut self, plan: &mut Plan<'_>, scope: ScopeId, (owner, name): &(Owner, String)) -> Option<TypeRef> {
        let Owner::Instance(instance) = *owner else { return None };
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(export) = self.resource_names.get(&(scope, instance, name.clone())) {
                return Some(alias_export(plan, export));
            }
            at = plan.scope_parent(scope);
        }
        None
    }

    /// The name that a scope, or one around it, gives a resource.
    fn find_own_name(&self, plan: &Plan<'_>, scope: ScopeId, id: ResourceId, name: &str) -> Option<TypeRef> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(&found) = self.own_names.get(&(scope, id, name.to_owned())) {
                return Some(found);
            }
            at = plan.scope_parent(scope);
        }
        None
    }

    fn find_resource(&mut self, plan: &mut Plan<'_>, scope: ScopeId, id: ResourceId) -> Option<TypeRef> {
        let mut at = Some(scope);
        while let Some(scope) = at {
            if let Some(&found) = self.resources.get(&(scope, id)) {
                return Some(found);
            }
            if let Some(export) = self.resource_exports.get(&(scope, id)) {
                // Not kept: a name that the scope gives later is the better one.
                return Some(alias_export(plan, export));
            }
            at = plan.scope_parent(scope);
        }
        None
    }
}

fn alias_export(plan: &mut Plan<'_>, (instance, path): &Export) -> TypeRef {
    let (name, instances) = path.split_last().expect("`provide_exports` pushes the type's name");
    let instance = instances.iter().fold(*instance, |at, name| plan.alias_instance(at, name));
    plan.alias_type(instance, name)
}

fn unsupported_module(item: &Item) -> Diagnostics {
    let error =
        diag::error("unsupported/core-module-item", "an import or export that is a core module cannot be declared")
            .help("put the module into the component that uses it, or take the item out");
    match &item.decl.place {
        Some(place) => error.label(place.clone(), "this item is a core module").into(),
        None => error.into(),
    }
}

fn primitive(ty: ValType) -> Result<Primitive, TypeId> {
    Ok(match ty {
        ValType::Bool => Primitive::Bool,
        ValType::U8 => Primitive::U8,
        ValType::S8 => Primitive::S8,
        ValType::U16 => Primitive::U16,
        ValType::S16 => Primitive::S16,
        ValType::U32 => Primitive::U32,
        ValType::S32 => Primitive::S32,
        ValType::U64 => Primitive::U64,
        ValType::S64 => Primitive::S64,
        ValType::F32 => Primitive::F32,
        ValType::F64 => Primitive::F64,
        ValType::Char => Primitive::Char,
        ValType::String => Primitive::String,
        ValType::ErrorContext => Primitive::ErrorContext,
        ValType::Def(id) => return Err(id),
    })
}
