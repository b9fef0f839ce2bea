//! Types: definitions, and the insides of instance and component types.

use wasm_encoder::{
    Alias, ComponentOuterAliasKind, ComponentType, ComponentTypeEncoder, ComponentTypeRef, ComponentValType,
    InstanceType, PrimitiveValType, TypeBounds,
};

use super::index::Index;
use super::{extern_name, kind};
use crate::plan::{ItemType, Name, Plan, Primitive, ScopeId, ScopeKind, Step, TypeExpr, TypeRef, ValRef};

/// The inside of an instance or component type, already encoded.
pub(super) enum Nested {
    None,
    Instance(InstanceType),
    Component(ComponentType),
}

/// Encodes what an instance or component type declares.
pub(super) fn nested(plan: &Plan<'_>, index: &mut Index, expr: &TypeExpr) -> Nested {
    match expr {
        TypeExpr::Instance(scope) => {
            let mut inside = InstanceType::new();
            declarations(plan, index, *scope, &mut inside);
            Nested::Instance(inside)
        }
        TypeExpr::Component(scope) => {
            let mut inside = ComponentType::new();
            declarations(plan, index, *scope, &mut inside);
            Nested::Component(inside)
        }
        _ => Nested::None,
    }
}

/// What both instance and component types can declare.
trait Declarations {
    fn define(&mut self) -> ComponentTypeEncoder<'_>;
    fn alias(&mut self, alias: Alias<'_>);
    fn export(&mut self, name: &Name, ty: ComponentTypeRef);
    fn import(&mut self, name: &Name, ty: ComponentTypeRef);
}

impl Declarations for InstanceType {
    fn define(&mut self) -> ComponentTypeEncoder<'_> {
        self.ty()
    }
    fn alias(&mut self, alias: Alias<'_>) {
        Self::alias(self, alias);
    }
    fn export(&mut self, name: &Name, ty: ComponentTypeRef) {
        Self::export(self, extern_name(name), ty);
    }
    fn import(&mut self, _: &Name, _: ComponentTypeRef) {
        unreachable!("`Plan::import` refuses instance types");
    }
}

impl Declarations for ComponentType {
    fn define(&mut self) -> ComponentTypeEncoder<'_> {
        self.ty()
    }
    fn alias(&mut self, alias: Alias<'_>) {
        Self::alias(self, alias);
    }
    fn export(&mut self, name: &Name, ty: ComponentTypeRef) {
        Self::export(self, extern_name(name), ty);
    }
    fn import(&mut self, name: &Name, ty: ComponentTypeRef) {
        Self::import(self, extern_name(name), ty);
    }
}

fn declarations(plan: &Plan<'_>, index: &mut Index, scope: ScopeId, out: &mut impl Declarations) {
    debug_assert!(plan.scope_kind(scope) != ScopeKind::Component, "the root scope is written as sections");
    for step in plan.steps(scope) {
        match step {
            Step::Define { id, expr } => {
                for part in parts(expr) {
                    alias_outer(index, scope, part, out);
                }
                let nested = nested(plan, index, expr);
                encode(index, scope, expr, nested, out.define());
                index.item(scope, (*id).into());
            }
            Step::Alias { item, instance, name } => {
                let instance = index.instances[instance.slot()];
                out.alias(Alias::InstanceExport { instance, kind: kind(*item), name });
                index.item(scope, *item);
            }
            Step::Import { item, name, ty } => {
                item_outer(index, scope, *ty, out);
                out.import(name, type_ref(index, scope, *ty));
                index.item(scope, *item);
            }
            Step::DeclaredExport { item, name, ty } => {
                item_outer(index, scope, *ty, out);
                out.export(name, type_ref(index, scope, *ty));
                index.item(scope, *item);
            }
            Step::CoreModule { .. }
            | Step::CoreInstantiate { .. }
            | Step::CoreBag { .. }
            | Step::CoreAlias { .. }
            | Step::CoreType { .. }
            | Step::Component { .. }
            | Step::Instantiate { .. }
            | Step::Bag { .. }
            | Step::OuterType { .. }
            | Step::Resource { .. }
            | Step::Lift { .. }
            | Step::Lower { .. }
            | Step::Builtin { .. }
            | Step::Export { .. } => unreachable!("`Plan` pushes this step to the root scope only"),
        }
    }
}

fn alias_outer(index: &mut Index, scope: ScopeId, ty: TypeRef, out: &mut impl Declarations) {
    if let Some(outer) = index.outer(scope, ty) {
        out.alias(Alias::Outer { kind: ComponentOuterAliasKind::Type, count: outer.count, index: outer.index });
    }
}

fn item_outer(index: &mut Index, scope: ScopeId, ty: ItemType, out: &mut impl Declarations) {
    match ty {
        ItemType::Func(ty) | ItemType::TypeEq(ty) | ItemType::Instance(ty) | ItemType::Component(ty) => {
            alias_outer(index, scope, ty, out);
        }
        ItemType::CoreModule(ty) => {
            if let Some(outer) = index.outer_core(scope, ty) {
                let kind = ComponentOuterAliasKind::CoreType;
                out.alias(Alias::Outer { kind, count: outer.count, index: outer.index });
            }
        }
        ItemType::SubResource => {}
    }
}

/// The types that a definition names.
fn parts(expr: &TypeExpr) -> Vec<TypeRef> {
    let mut parts = Vec::new();
    let mut val = |val: &ValRef| match val {
        ValRef::Type(ty) => parts.push(*ty),
        ValRef::Primitive(_) => {}
    };
    match expr {
        TypeExpr::Primitive(_)
        | TypeExpr::Flags(_)
        | TypeExpr::Enum(_)
        | TypeExpr::Instance(_)
        | TypeExpr::Component(_) => {}
        TypeExpr::Record(fields) => fields.iter().for_each(|(_, ty)| val(ty)),
        TypeExpr::Variant(cases) => cases.iter().filter_map(|(_, ty)| ty.as_ref()).for_each(val),
        TypeExpr::List(ty) | TypeExpr::FixedList(ty, _) | TypeExpr::Option(ty) => val(ty),
        TypeExpr::Map(key, value) => {
            val(key);
            val(value);
        }
        TypeExpr::Tuple(types) => types.iter().for_each(val),
        TypeExpr::Result { ok, err } => ok.iter().chain(err).for_each(val),
        TypeExpr::Stream(payload) | TypeExpr::Future(payload) => payload.iter().for_each(val),
        TypeExpr::Func { params, result, .. } => params.iter().map(|(_, ty)| ty).chain(result).for_each(val),
        TypeExpr::Own(resource) | TypeExpr::Borrow(resource) => parts.push(*resource),
    }
    parts
}

/// Writes one definition. Every type that it names has an index in `scope`.
pub(super) fn encode(
    index: &Index,
    scope: ScopeId,
    expr: &TypeExpr,
    nested: Nested,
    encoder: ComponentTypeEncoder<'_>,
) {
    let val = |val: &ValRef| val_type(index, scope, *val);
    let opt = |val: &Option<ValRef>| val.map(|val| val_type(index, scope, val));
    match expr {
        TypeExpr::Primitive(ty) => encoder.defined_type().primitive(primitive(*ty)),
        TypeExpr::Record(fields) => {
            encoder.defined_type().record(fields.iter().map(|(name, ty)| (name.as_str(), val(ty))));
        }
        TypeExpr::Variant(cases) => {
            encoder.defined_type().variant(cases.iter().map(|(name, ty)| (name.as_str(), opt(ty))));
        }
        TypeExpr::List(element) => encoder.defined_type().list(val(element)),
        TypeExpr::FixedList(element, len) => encoder.defined_type().fixed_length_list(val(element), *len),
        TypeExpr::Map(key, value) => encoder.defined_type().map(val(key), val(value)),
        TypeExpr::Tuple(types) => encoder.defined_type().tuple(types.iter().map(val)),
        TypeExpr::Flags(labels) => encoder.defined_type().flags(labels.iter().map(String::as_str)),
        TypeExpr::Enum(labels) => encoder.defined_type().enum_type(labels.iter().map(String::as_str)),
        TypeExpr::Option(some) => encoder.defined_type().option(val(some)),
        TypeExpr::Result { ok, err } => encoder.defined_type().result(opt(ok), opt(err)),
        TypeExpr::Own(resource) => encoder.defined_type().own(index.ty(scope, *resource)),
        TypeExpr::Borrow(resource) => encoder.defined_type().borrow(index.ty(scope, *resource)),
        TypeExpr::Stream(payload) => encoder.defined_type().stream(opt(payload)),
        TypeExpr::Future(payload) => encoder.defined_type().future(opt(payload)),
        TypeExpr::Func { async_, params, result } => {
            let mut func = encoder.function();
            func.async_(*async_).params(params.iter().map(|(name, ty)| (name.as_str(), val(ty)))).result(opt(result));
        }
        TypeExpr::Instance(_) | TypeExpr::Component(_) => match nested {
            Nested::Instance(inside) => encoder.instance(&inside),
            Nested::Component(inside) => encoder.component(&inside),
            Nested::None => unreachable!("`nested` encodes the inside of these types"),
        },
    }
}

/// The type of an import or export, as `scope` says it.
pub(super) fn type_ref(index: &Index, scope: ScopeId, ty: ItemType) -> ComponentTypeRef {
    match ty {
        ItemType::CoreModule(ty) => ComponentTypeRef::Module(index.core_ty(scope, ty)),
        ItemType::Func(ty) => ComponentTypeRef::Func(index.ty(scope, ty)),
        ItemType::TypeEq(ty) => ComponentTypeRef::Type(TypeBounds::Eq(index.ty(scope, ty))),
        ItemType::SubResource => ComponentTypeRef::Type(TypeBounds::SubResource),
        ItemType::Instance(ty) => ComponentTypeRef::Instance(index.ty(scope, ty)),
        ItemType::Component(ty) => ComponentTypeRef::Component(index.ty(scope, ty)),
    }
}

pub(super) fn val_type(index: &Index, scope: ScopeId, ty: ValRef) -> ComponentValType {
    match ty {
        ValRef::Primitive(ty) => ComponentValType::Primitive(primitive(ty)),
        ValRef::Type(ty) => ComponentValType::Type(index.ty(scope, ty)),
    }
}

fn primitive(ty: Primitive) -> PrimitiveValType {
    match ty {
        Primitive::Bool => PrimitiveValType::Bool,
        Primitive::U8 => PrimitiveValType::U8,
        Primitive::S8 => PrimitiveValType::S8,
        Primitive::U16 => PrimitiveValType::U16,
        Primitive::S16 => PrimitiveValType::S16,
        Primitive::U32 => PrimitiveValType::U32,
        Primitive::S32 => PrimitiveValType::S32,
        Primitive::U64 => PrimitiveValType::U64,
        Primitive::S64 => PrimitiveValType::S64,
        Primitive::F32 => PrimitiveValType::F32,
        Primitive::F64 => PrimitiveValType::F64,
        Primitive::Char => PrimitiveValType::Char,
        Primitive::String => PrimitiveValType::String,
        Primitive::ErrorContext => PrimitiveValType::ErrorContext,
    }
}
