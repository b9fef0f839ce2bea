//! Type definitions, and the insides of instance and component types.

use wasmparser::{
    ComponentDefinedType, ComponentFuncType, ComponentType, ComponentTypeDeclaration, ComponentTypeRef,
    ComponentValType, InstanceTypeDeclaration, PrimitiveValType, TypeBounds,
};

use super::{Space, Structure};
use crate::plan::{ItemType, Primitive, Sort, Step, TypeExpr, TypeRef, ValRef};

impl<'a> Structure<'a> {
    pub(super) fn type_at(&mut self, index: u32) -> Option<TypeRef> {
        self.here().types.get(index as usize).copied()
    }

    pub(super) fn ty(&mut self, ty: ComponentType<'a>) -> Option<()> {
        let expr = match ty {
            ComponentType::Defined(ty) => self.defined(&ty)?,
            ComponentType::Func(ty) => self.func(&ty)?,
            ComponentType::Instance(declarations) => {
                let scope = self.plan.open_instance_type(self.scope());
                self.spaces.push(Space::new(scope));
                declarations.into_iter().try_for_each(|declaration| self.instance_declaration(declaration))?;
                self.spaces.pop();
                TypeExpr::Instance(scope)
            }
            ComponentType::Component(declarations) => {
                let scope = self.plan.open_component_type(self.scope());
                self.spaces.push(Space::new(scope));
                declarations.into_iter().try_for_each(|declaration| self.component_declaration(declaration))?;
                self.spaces.pop();
                TypeExpr::Component(scope)
            }
            ComponentType::Resource { rep: _, dtor } => {
                let dtor = match dtor {
                    Some(dtor) => Some(*self.core.funcs.get(dtor as usize)?),
                    None => None,
                };
                let id = self.new_item(Sort::Type).expect_type();
                self.push(Step::Resource { id, dtor });
                return Some(());
            }
        };
        let id = self.new_item(Sort::Type).expect_type();
        self.push(Step::Define { id, expr });
        Some(())
    }

    fn instance_declaration(&mut self, declaration: InstanceTypeDeclaration<'a>) -> Option<()> {
        match declaration {
            InstanceTypeDeclaration::CoreType(_) => None,
            InstanceTypeDeclaration::Type(ty) => self.ty(ty),
            InstanceTypeDeclaration::Alias(alias) => self.alias(alias),
            InstanceTypeDeclaration::Export { name, ty } => {
                let ty = self.item_type(ty)?;
                self.declared_export(name, ty);
                Some(())
            }
        }
    }

    fn component_declaration(&mut self, declaration: ComponentTypeDeclaration<'a>) -> Option<()> {
        match declaration {
            ComponentTypeDeclaration::CoreType(_) => None,
            ComponentTypeDeclaration::Type(ty) => self.ty(ty),
            ComponentTypeDeclaration::Alias(alias) => self.alias(alias),
            ComponentTypeDeclaration::Import(import) => self.import(import),
            ComponentTypeDeclaration::Export { name, ty } => {
                let ty = self.item_type(ty)?;
                self.declared_export(name, ty);
                Some(())
            }
        }
    }

    pub(super) fn item_type(&mut self, ty: ComponentTypeRef) -> Option<ItemType> {
        Some(match ty {
            ComponentTypeRef::Module(index) => ItemType::CoreModule(*self.here().core_types.get(index as usize)?),
            ComponentTypeRef::Func(index) => ItemType::Func(self.type_at(index)?),
            ComponentTypeRef::Type(TypeBounds::Eq(index)) => ItemType::TypeEq(self.type_at(index)?),
            ComponentTypeRef::Type(TypeBounds::SubResource) => ItemType::SubResource,
            ComponentTypeRef::Instance(index) => ItemType::Instance(self.type_at(index)?),
            ComponentTypeRef::Component(index) => ItemType::Component(self.type_at(index)?),
            ComponentTypeRef::Value(_) => return None,
        })
    }

    pub(super) fn val(&mut self, ty: ComponentValType) -> Option<ValRef> {
        Some(match ty {
            ComponentValType::Primitive(ty) => ValRef::Primitive(primitive(ty)),
            ComponentValType::Type(index) => ValRef::Type(self.type_at(index)?),
        })
    }

    /// `Some(None)` for a payload that is absent, `None` for one that cannot be said.
    fn optional(&mut self, ty: Option<ComponentValType>) -> Option<Option<ValRef>> {
        match ty {
            Some(ty) => self.val(ty).map(Some),
            None => Some(None),
        }
    }

    fn fields(&mut self, fields: &[(&str, ComponentValType)]) -> Option<Vec<(String, ValRef)>> {
        fields.iter().map(|(name, ty)| Some(((*name).to_owned(), self.val(*ty)?))).collect()
    }

    fn func(&mut self, ty: &ComponentFuncType<'_>) -> Option<TypeExpr> {
        let params = self.fields(&ty.params)?;
        Some(TypeExpr::Func { async_: ty.async_, params, result: self.optional(ty.result)? })
    }

    fn defined(&mut self, ty: &ComponentDefinedType<'_>) -> Option<TypeExpr> {
        let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        Some(match ty {
            ComponentDefinedType::Primitive(ty) => TypeExpr::Primitive(primitive(*ty)),
            ComponentDefinedType::Record(fields) => TypeExpr::Record(self.fields(fields)?),
            ComponentDefinedType::Variant(cases) => {
                let cases = cases.iter().map(|case| Some((case.name.to_owned(), self.optional(case.ty)?)));
                TypeExpr::Variant(cases.collect::<Option<_>>()?)
            }
            ComponentDefinedType::List(element) => TypeExpr::List(self.val(*element)?),
            ComponentDefinedType::Map(key, value) => TypeExpr::Map(self.val(*key)?, self.val(*value)?),
            ComponentDefinedType::FixedLengthList(element, len) => TypeExpr::FixedList(self.val(*element)?, *len),
            ComponentDefinedType::Tuple(types) => {
                TypeExpr::Tuple(types.iter().map(|ty| self.val(*ty)).collect::<Option<_>>()?)
            }
            ComponentDefinedType::Flags(names) => TypeExpr::Flags(labels(names)),
            ComponentDefinedType::Enum(names) => TypeExpr::Enum(labels(names)),
            ComponentDefinedType::Option(some) => TypeExpr::Option(self.val(*some)?),
            ComponentDefinedType::Result { ok, err } => {
                TypeExpr::Result { ok: self.optional(*ok)?, err: self.optional(*err)? }
            }
            ComponentDefinedType::Own(resource) => TypeExpr::Own(self.type_at(*resource)?),
            ComponentDefinedType::Borrow(resource) => TypeExpr::Borrow(self.type_at(*resource)?),
            ComponentDefinedType::Future(payload) => TypeExpr::Future(self.optional(*payload)?),
            ComponentDefinedType::Stream(payload) => TypeExpr::Stream(self.optional(*payload)?),
        })
    }
}

fn primitive(ty: PrimitiveValType) -> Primitive {
    match ty {
        PrimitiveValType::Bool => Primitive::Bool,
        PrimitiveValType::U8 => Primitive::U8,
        PrimitiveValType::S8 => Primitive::S8,
        PrimitiveValType::U16 => Primitive::U16,
        PrimitiveValType::S16 => Primitive::S16,
        PrimitiveValType::U32 => Primitive::U32,
        PrimitiveValType::S32 => Primitive::S32,
        PrimitiveValType::U64 => Primitive::U64,
        PrimitiveValType::S64 => Primitive::S64,
        PrimitiveValType::F32 => Primitive::F32,
        PrimitiveValType::F64 => Primitive::F64,
        PrimitiveValType::Char => Primitive::Char,
        PrimitiveValType::String => Primitive::String,
        PrimitiveValType::ErrorContext => Primitive::ErrorContext,
    }
}
