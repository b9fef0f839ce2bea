//! What an import or export is: the value at hand, seen under the type that is written for it.
//!
//! Holds: functions and instances get the types and names of whoever wrote the type; value types and resources that
//! are given stay what they are.
//!
//! Specification: Component Model explainer, "Import and Export Definitions", "Instance Definitions".

use std::collections::HashMap;
use std::rc::Rc;

use wasmparser::{
    ComponentExternName, ComponentType, ComponentTypeDeclaration, ComponentTypeRef, InstanceTypeDeclaration, TypeBounds,
};

use super::OfferSort;
use super::eval::{Eval, MOST_LEVELS, Result, Stop, at};
use super::value::{
    Behind, CoreTy, Decls, Def, Env, EnvId, Func, HostId, HostModule, Items, Module, ShapeId, Ty, Value, ValueId,
};

/// Who gives an item.
#[derive(Clone, Copy)]
pub(super) enum Given<'a> {
    /// The host; in one of its instances.
    Host(Option<HostId>),
    Value(Value<'a>),
}

impl<'a> Eval<'a, '_> {
    /// The item under a name and a type.
    pub(super) fn ascribe(
        &mut self,
        env: EnvId,
        name: ComponentExternName<'a>,
        ty: ComponentTypeRef,
        given: Given<'a>,
        depth: usize,
    ) -> Result<Value<'a>> {
        self.count(0, 0)?;
        Ok(match ty {
            ComponentTypeRef::Func(index) => {
                let ty = self.func_at(env, index)?;
                let from = match given {
                    Given::Host(around) => Behind::Host(self.new_host(around, name, OfferSort::Func, Some(ty))),
                    Given::Value(Value::Func(func)) => func.from,
                    Given::Value(_) => return Err(Stop::Broken),
                };
                Value::Func(Func { from, ty })
            }
            ComponentTypeRef::Type(bounds) => Value::Type(self.ascribe_type(env, name, bounds, given)?),
            ComponentTypeRef::Instance(index) => {
                let Ty::Instance(shape) = at(&self.envs.get(env).types, index)? else { return Err(Stop::Broken) };
                let given = match given {
                    Given::Host(around) => Given::Host(Some(self.new_host(around, name, OfferSort::Instance, None))),
                    Given::Value(_) => given,
                };
                Value::Instance(self.ascribe_instance(shape, given, depth + 1)?)
            }
            ComponentTypeRef::Module(index) => self.ascribe_module(env, name, index, given)?,
            ComponentTypeRef::Component(index) => {
                let Ty::Component(shape) = at(&self.envs.get(env).types, index)? else { return Err(Stop::Broken) };
                match given {
                    Given::Host(_) | Given::Value(Value::Component(None)) => Value::Component(None),
                    Given::Value(Value::Component(Some(def))) => {
                        let def = Def { seen_as: Some(shape), ..*self.defs.get(def) };
                        Value::Component(Some(self.defs.push(def)))
                    }
                    Given::Value(_) => return Err(Stop::Broken),
                }
            }
            ComponentTypeRef::Value(_) => return Err(self.unsupported_value(None)),
        })
    }

    fn ascribe_type(
        &mut self,
        env: EnvId,
        name: ComponentExternName<'a>,
        bounds: TypeBounds,
        given: Given<'a>,
    ) -> Result<Ty> {
        match (given, bounds) {
            (Given::Value(Value::Type(ty)), _) => Ok(ty),
            (Given::Value(_), _) => Err(Stop::Broken),
            (Given::Host(_), TypeBounds::Eq(index)) => {
                let ty = at(&self.envs.get(env).types, index)?;
                self.named(&name, ty)
            }
            (Given::Host(around), TypeBounds::SubResource) => {
                let full = name.full_name();
                self.count(0, full.len())?;
                let id = self.new_resource(&full);
                let host = self.new_host(around, name, OfferSort::Resource, None);
                self.host_resources.insert(id, host);
                Ok(Ty::Resource(id))
            }
        }
    }

    /// An instance of a type: only what the type has, in its order.
    fn ascribe_instance(&mut self, shape: ShapeId, given: Given<'a>, depth: usize) -> Result<ValueId> {
        if depth > MOST_LEVELS {
            return Err(self.too_deep());
        }
        let shape = self.shapes.get(shape).clone();
        let env = self.envs.push(Env { around: Some(shape.around), ..Env::default() });
        let Decls::Instance(decls) = shape.decls else { return Err(Stop::Broken) };
        let mut items = Items::new();
        for decl in &*decls {
            match decl {
                InstanceTypeDeclaration::CoreType(ty) => self.core_type(env, ty.clone())?,
                InstanceTypeDeclaration::Type(ty) => self.inner_type(env, ty.clone())?,
                InstanceTypeDeclaration::Alias(alias) => self.alias(env, alias.clone())?,
                InstanceTypeDeclaration::Export { name, ty } => {
                    let given = self.given_item(given, name.name)?;
                    let value = self.ascribe(env, *name, *ty, given, depth)?;
                    self.add(env, value);
                    items.insert(name.name, (*name, value));
                }
            }
        }
        Ok(self.values.push(items))
    }

    fn inner_type(&mut self, env: EnvId, ty: ComponentType<'a>) -> Result<()> {
        let ty = self.pure_type(env, ty)?;
        self.envs.get_mut(env).types.push(ty);
        Ok(())
    }

    /// What an instance of a component exports that is known as one of a component type: only what that has.
    pub(super) fn seen_as(
        &mut self,
        shape: ShapeId,
        made: Items<'a>,
        mut args: HashMap<&'a str, Value<'a>>,
    ) -> Result<Items<'a>> {
        let shape = self.shapes.get(shape).clone();
        let env = self.envs.push(Env { around: Some(shape.around), ..Env::default() });
        let Decls::Component(decls) = shape.decls else { return Err(Stop::Broken) };
        let mut items = Items::new();
        for decl in &*decls {
            let (name, ty, given) = match decl {
                ComponentTypeDeclaration::CoreType(ty) => {
                    self.core_type(env, ty.clone())?;
                    continue;
                }
                ComponentTypeDeclaration::Type(ty) => {
                    self.inner_type(env, ty.clone())?;
                    continue;
                }
                ComponentTypeDeclaration::Alias(alias) => {
                    self.alias(env, alias.clone())?;
                    continue;
                }
                ComponentTypeDeclaration::Import(import) => (import.name, import.ty, args.remove(import.name.name)),
                ComponentTypeDeclaration::Export { name, ty } => {
                    (*name, *ty, made.get(name.name).map(|(_, value)| *value))
                }
            };
            let value = self.ascribe(env, name, ty, Given::Value(given.ok_or(Stop::Broken)?), 1)?;
            self.add(env, value);
            if matches!(decl, ComponentTypeDeclaration::Export { .. }) {
                items.insert(name.name, (name, value));
            }
        }
        Ok(items)
    }

    fn given_item(&self, given: Given<'a>, name: &str) -> Result<Given<'a>> {
        match given {
            Given::Host(_) => Ok(given),
            Given::Value(Value::Instance(instance)) => {
                let (_, value) = *self.items_of(instance).get(name).ok_or(Stop::Broken)?;
                Ok(Given::Value(value))
            }
            Given::Value(_) => Err(Stop::Broken),
        }
    }

    fn ascribe_module(
        &mut self,
        env: EnvId,
        name: ComponentExternName<'a>,
        index: u32,
        given: Given<'a>,
    ) -> Result<Value<'a>> {
        match given {
            Given::Host(around) => {
                let CoreTy::Module(ty) = at(&self.envs.get(env).core_types, index)? else { return Err(Stop::Broken) };
                let host = self.new_host(around, name, OfferSort::CoreModule, None);
                Ok(Value::Module(Module::Host(self.host_modules.push(HostModule { host, ty: Rc::clone(&ty) }))))
            }
            Given::Value(value @ Value::Module(_)) => Ok(value),
            Given::Value(_) => Err(Stop::Broken),
        }
    }
}
