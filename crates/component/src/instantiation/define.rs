//! Type definitions: what is written becomes `types`, with what the indices stand for in this instance.
//!
//! Specification: Component Model explainer, "Type Definitions".

use ::types::value::LabelDecl;
use ::types::{
    Case, Decl, Field, FuncId, FuncType, Owner, Param, Resource as ResourceType, ResourceId, TypeDef, TypeKind, ValType,
};
use wasmparser::{ComponentDefinedType, ComponentExternName, ComponentFuncType, ComponentType, ComponentValType};

use super::eval::{Eval, Result, Stop, at};
use super::part::Scope;
use super::value::{Decls, EnvId, Shape, ShapeId, Ty};
use super::{Origin, Resource, Step};
use crate::read::{primitive_type, text_of};

impl<'a> Eval<'a, '_> {
    /// A type of a component. Its resources are new with each instance.
    pub(super) fn define(&mut self, scope: &Scope<'a>, ty: ComponentType<'a>) -> Result<()> {
        let ty = match ty {
            ComponentType::Resource { dtor, .. } => {
                let dtor = match dtor {
                    Some(index) => Some(at(&scope.core_funcs, index)?),
                    None => None,
                };
                self.count(1, dtor.map_or(0, super::value::Core::text))?;
                let id = self.new_resource("");
                let origin = Origin::Part { part: scope.part, dtor: dtor.map(super::value::Core::def) };
                self.used_resources.insert(id);
                self.out.resources.push(Resource { id, name: None, origin });
                self.out.steps.push(Step::Resource(id));
                Ty::Resource(id)
            }
            other => self.pure_type(scope.env, other)?,
        };
        self.envs.get_mut(scope.env).types.push(ty);
        Ok(())
    }

    /// A type of a component or of the inside of a type: any but a resource that is defined there.
    pub(super) fn pure_type(&mut self, env: EnvId, ty: ComponentType<'a>) -> Result<Ty> {
        Ok(match ty {
            ComponentType::Defined(defined) => Ty::Val(self.defined(env, &defined)?),
            ComponentType::Func(func) => Ty::Func(self.func_type(env, &func)?),
            ComponentType::Instance(decls) => {
                Ty::Instance(self.shape(env, decls.len(), Decls::Instance(decls.into()))?)
            }
            ComponentType::Component(decls) => {
                Ty::Component(self.shape(env, decls.len(), Decls::Component(decls.into()))?)
            }
            ComponentType::Resource { .. } => return Err(Stop::Broken),
        })
    }

    fn shape(&mut self, around: EnvId, parts: usize, decls: Decls<'a>) -> Result<ShapeId> {
        self.count(parts, 0)?;
        Ok(self.shapes.push(Shape { decls, around }))
    }

    pub(super) fn new_resource(&mut self, name: &str) -> ResourceId {
        let decl = Decl::default();
        self.types.add_resource(ResourceType { name: name.to_owned(), owner: Owner::Nothing, decl })
    }

    fn func_type(&mut self, env: EnvId, ty: &ComponentFuncType<'a>) -> Result<FuncId> {
        let mut params = Vec::with_capacity(ty.params.len());
        for (name, ty) in &ty.params {
            params.push(Param { name: (*name).to_owned(), ty: self.val_type(env, *ty)?, place: None });
        }
        self.count(params.len(), ty.params.iter().map(|(name, _)| name.len()).sum())?;
        let result = self.optional(env, ty.result)?;
        Ok(self.types.add_func(FuncType { async_: ty.async_, params, result }))
    }

    pub(super) fn val_type(&self, env: EnvId, ty: ComponentValType) -> Result<ValType> {
        match ty {
            ComponentValType::Primitive(primitive) => Ok(primitive_type(primitive)),
            ComponentValType::Type(index) => match at(&self.envs.get(env).types, index)? {
                Ty::Val(ty) => Ok(ty),
                Ty::Resource(_) | Ty::Func(_) | Ty::Instance(_) | Ty::Component(_) => Err(Stop::Broken),
            },
        }
    }

    pub(super) fn resource_at(&self, env: EnvId, index: u32) -> Result<ResourceId> {
        match at(&self.envs.get(env).types, index)? {
            Ty::Resource(id) => Ok(id),
            Ty::Val(_) | Ty::Func(_) | Ty::Instance(_) | Ty::Component(_) => Err(Stop::Broken),
        }
    }

    pub(super) fn func_at(&self, env: EnvId, index: u32) -> Result<FuncId> {
        match at(&self.envs.get(env).types, index)? {
            Ty::Func(id) => Ok(id),
            Ty::Val(_) | Ty::Resource(_) | Ty::Instance(_) | Ty::Component(_) => Err(Stop::Broken),
        }
    }

    pub(super) fn optional(&self, env: EnvId, ty: Option<ComponentValType>) -> Result<Option<ValType>> {
        ty.map(|ty| self.val_type(env, ty)).transpose()
    }

    fn defined(&mut self, env: EnvId, ty: &ComponentDefinedType<'a>) -> Result<ValType> {
        let kind = match ty {
            ComponentDefinedType::Primitive(primitive) => return Ok(primitive_type(*primitive)),
            ComponentDefinedType::Record(fields) => TypeKind::Record(self.fields(env, fields)?),
            ComponentDefinedType::Variant(cases) => {
                let case = |case: &wasmparser::VariantCase<'a>| {
                    let ty = self.optional(env, case.ty)?;
                    Ok(Case { name: case.name.to_owned(), ty, decl: Decl::default() })
                };
                TypeKind::Variant(cases.iter().map(case).collect::<Result<_>>()?)
            }
            ComponentDefinedType::List(element) => TypeKind::List(self.val_type(env, *element)?),
            ComponentDefinedType::Map(key, value) => {
                TypeKind::Map(self.val_type(env, *key)?, self.val_type(env, *value)?)
            }
            ComponentDefinedType::FixedLengthList(element, len) => {
                TypeKind::FixedList(self.val_type(env, *element)?, *len)
            }
            ComponentDefinedType::Tuple(parts) => {
                TypeKind::Tuple(parts.iter().map(|part| self.val_type(env, *part)).collect::<Result<_>>()?)
            }
            ComponentDefinedType::Flags(labels) => TypeKind::Flags(labels.iter().map(label).collect()),
            ComponentDefinedType::Enum(labels) => TypeKind::Enum(labels.iter().map(label).collect()),
            ComponentDefinedType::Option(some) => TypeKind::Option(self.val_type(env, *some)?),
            ComponentDefinedType::Result { ok, err } => {
                TypeKind::Result { ok: self.optional(env, *ok)?, err: self.optional(env, *err)? }
            }
            ComponentDefinedType::Own(index) => TypeKind::Own(self.resource_at(env, *index)?),
            ComponentDefinedType::Borrow(index) => TypeKind::Borrow(self.resource_at(env, *index)?),
            ComponentDefinedType::Future(payload) => TypeKind::Future(self.optional(env, *payload)?),
            ComponentDefinedType::Stream(payload) => TypeKind::Stream(self.optional(env, *payload)?),
        };
        self.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() })
    }

    fn fields(&self, env: EnvId, fields: &[(&'a str, ComponentValType)]) -> Result<Vec<Field>> {
        let field = |(name, ty): &(&'a str, ComponentValType)| {
            Ok(Field { name: (*name).to_owned(), ty: self.val_type(env, *ty)?, decl: Decl::default() })
        };
        fields.iter().map(field).collect()
    }

    /// A type under the name that an import or export gives it: the definition that has no name yet gets it, of one
    /// that has another name it is an alias.
    pub(super) fn named(&mut self, name: &ComponentExternName<'a>, ty: Ty) -> Result<Ty> {
        let full = name.full_name();
        match ty {
            Ty::Val(target) => {
                let known = match target {
                    ValType::Def(id) => Some(self.types.def(id)),
                    _ => None,
                };
                let kind = match known {
                    Some(def) if def.name.as_deref() == Some(&*full) => return Ok(ty),
                    Some(def) if def.name.is_none() => def.kind.clone(),
                    Some(_) | None => TypeKind::Alias(target),
                };
                let def = TypeDef { name: Some(full.into_owned()), owner: Owner::Nothing, kind, decl: Decl::default() };
                Ok(Ty::Val(self.add_type(def)?))
            }
            Ty::Resource(id) => {
                if self.types.resource(id).name.is_empty() {
                    self.count(0, full.len())?;
                    self.types.resource_mut(id).name = full.into_owned();
                }
                Ok(ty)
            }
            Ty::Func(_) | Ty::Instance(_) | Ty::Component(_) => Ok(ty),
        }
    }
}

fn label(name: &&str) -> LabelDecl {
    LabelDecl { name: (*name).to_owned(), decl: Decl::default() }
}

/// How many parts a definition has, and how many bytes of text.
pub(super) fn weight(kind: &TypeKind) -> (usize, usize) {
    let parts = match kind {
        TypeKind::Record(fields) => fields.len(),
        TypeKind::Variant(cases) => cases.len(),
        TypeKind::Flags(labels) | TypeKind::Enum(labels) => labels.len(),
        TypeKind::Tuple(parts) => parts.len(),
        TypeKind::Alias(_)
        | TypeKind::List(_)
        | TypeKind::FixedList(..)
        | TypeKind::Map(..)
        | TypeKind::Option(_)
        | TypeKind::Result { .. }
        | TypeKind::Own(_)
        | TypeKind::Borrow(_)
        | TypeKind::Stream(_)
        | TypeKind::Future(_) => 1,
    };
    (parts, text_of(kind))
}
