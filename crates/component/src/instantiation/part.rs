//! One instance of a component: its sections, in order.
//!
//! Specification: Component Model explainer, "Component Definitions", "Instance Definitions", "Alias Definitions".

use std::collections::HashMap;
use std::rc::Rc;

use wasmparser::{
    ComponentAlias, ComponentExport, ComponentExternName, ComponentExternalKind, ComponentImport, ComponentInstance,
    ComponentOuterAliasKind, Payload,
};

use super::ascribe::Given;
use super::eval::{Eval, Result, Stop, at};
use super::value::{Core, CoreValue, Def, DefId, Env, EnvId, Items, Module, Value, ValueId};
use super::{Part, PartId, Step};
use crate::read::contents::Names;
use crate::read::shallow::{Go, as_range, each_payload};

/// Index spaces of one instance, beside those of its `Env`.
pub(super) struct Scope<'a> {
    pub(super) part: PartId,
    pub(super) env: EnvId,
    names: Rc<Names<'a>>,
    pub(super) core_funcs: Vec<Core<'a>>,
    pub(super) memories: Vec<Core<'a>>,
    pub(super) tables: Vec<Core<'a>>,
    pub(super) globals: Vec<Core<'a>>,
    pub(super) tags: Vec<Core<'a>>,
    pub(super) core_instances: Vec<CoreValue<'a>>,
    exports: Items<'a>,
    depth: usize,
}

/// What a part is given, by name; none if it is the host who gives.
type Args<'v, 'a> = Option<&'v HashMap<&'a str, Value<'a>>>;

impl<'a> Eval<'a, '_> {
    /// Instantiates a component; what it exports.
    pub(super) fn part(
        &mut self,
        def: DefId,
        part: Option<Part>,
        args: Args<'_, 'a>,
        depth: usize,
    ) -> Result<Items<'a>> {
        self.count_part(depth)?;
        let Def { bytes, around, .. } = *self.defs.get(def);
        self.out.parts.push(part.unwrap_or(Part { parent: None, name: self.out.name.clone() }));
        let mut scope = Scope {
            part: PartId(self.out.parts.len() - 1),
            env: self.envs.push(Env { around, ..Env::default() }),
            names: self.names_of(bytes),
            core_funcs: Vec::new(),
            memories: Vec::new(),
            tables: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            core_instances: Vec::new(),
            exports: Items::new(),
            depth,
        };
        let mut stopped = None;
        each_payload(bytes, |payload| match self.payload(&mut scope, bytes, payload, args) {
            Ok(()) => Ok(Go::On),
            Err(Stop::Parse(error)) => Err(error),
            Err(stop) => {
                stopped = Some(stop);
                Ok(Go::Stop)
            }
        })?;
        self.out.steps.push(Step::Ready(scope.part));
        stopped.map_or(Ok(scope.exports), Err)
    }

    fn payload(
        &mut self,
        scope: &mut Scope<'a>,
        bytes: &'a [u8],
        payload: Payload<'a>,
        args: Args<'_, 'a>,
    ) -> Result<()> {
        if let Some((_, range)) = payload.as_section().filter(|_| !is_skipped(&payload)) {
            self.count_bytes(as_range(&range).len())?;
        }
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                let bytes = bytes.get(as_range(&unchecked_range)).ok_or(Stop::Broken)?;
                let modules = &mut self.envs.get_mut(scope.env).modules;
                let name = u32::try_from(modules.len()).ok().and_then(|index| scope.names.modules.get(&index).copied());
                modules.push(Module::Embedded { bytes, name });
                self.count(0, 0)
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                let bytes = bytes.get(as_range(&unchecked_range)).ok_or(Stop::Broken)?;
                self.component(scope, bytes)
            }
            Payload::CoreTypeSection(section) => each(section, |ty| self.core_type(scope.env, ty)),
            Payload::ComponentTypeSection(section) => each(section, |ty| self.define(scope, ty)),
            Payload::InstanceSection(section) => each(section, |instance| self.core_instance(scope, instance)),
            Payload::ComponentInstanceSection(section) => each(section, |instance| self.instance(scope, instance)),
            Payload::ComponentAliasSection(section) => each(section, |alias| match alias {
                ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                    self.core_alias(scope, kind, instance_index, name)
                }
                alias => self.alias(scope.env, alias),
            }),
            Payload::ComponentCanonicalSection(section) => each(section, |canon| self.canon(scope, canon)),
            Payload::ComponentImportSection(section) => each(section, |import| self.import(scope, &import, args)),
            Payload::ComponentExportSection(section) => each(section, |export| self.export(scope, &export)),
            Payload::ComponentStartSection { .. } => Err(self.unsupported_start(scope.part)),
            _ => Ok(()),
        }
    }

    fn component(&mut self, scope: &Scope<'a>, bytes: &'a [u8]) -> Result<()> {
        let components = &mut self.envs.get_mut(scope.env).components;
        let index = u32::try_from(components.len()).map_err(|_| Stop::Broken)?;
        let name = scope.names.components.get(&index).copied();
        components.push(Some(self.defs.push(Def { bytes, name, around: Some(scope.env), seen_as: None })));
        self.count(0, 0)
    }

    fn instance(&mut self, scope: &mut Scope<'a>, instance: ComponentInstance<'a>) -> Result<()> {
        let items = match instance {
            ComponentInstance::FromExports(exports) => {
                let mut items = Items::new();
                for export in &exports {
                    let value = self.item(scope.env, scope.part, export.kind, export.index)?;
                    self.count(0, 0)?;
                    items.insert(export.name.name, (export.name, self.exported(&export.name, value)?));
                }
                items
            }
            ComponentInstance::Instantiate { component_index, args } => {
                let mut given = HashMap::with_capacity(args.len());
                for arg in &args {
                    given.insert(arg.name, self.item(scope.env, scope.part, arg.kind, arg.index)?);
                }
                let Some(def) = at(&self.envs.get(scope.env).components, component_index)? else {
                    return Err(self.unsupported_component(scope.part));
                };
                let part = self.part_of(scope, def)?;
                let items = self.part(def, Some(part), Some(&given), scope.depth + 1)?;
                match self.defs.get(def).seen_as {
                    Some(shape) => self.seen_as(shape, items, given)?,
                    None => items,
                }
            }
        };
        let value = self.values.push(items);
        self.envs.get_mut(scope.env).instances.push(value);
        Ok(())
    }

    /// The part that an instance of a component is, by its debug name or that of the component.
    fn part_of(&mut self, scope: &Scope<'a>, def: DefId) -> Result<Part> {
        let index = u32::try_from(self.envs.get(scope.env).instances.len()).map_err(|_| Stop::Broken)?;
        let Def { bytes, name, .. } = *self.defs.get(def);
        let of_instance = scope.names.instances.get(&index).copied();
        let name = of_instance.or(name).or_else(|| self.names_of(bytes).component);
        self.count(0, name.map_or(0, str::len))?;
        Ok(Part { parent: Some(scope.part), name: name.map(str::to_owned) })
    }

    /// What an index of an index space stands for.
    fn item(&self, env: EnvId, part: PartId, kind: ComponentExternalKind, index: u32) -> Result<Value<'a>> {
        let env = self.envs.get(env);
        Ok(match kind {
            ComponentExternalKind::Func => Value::Func(at(&env.funcs, index)?),
            ComponentExternalKind::Instance => Value::Instance(at(&env.instances, index)?),
            ComponentExternalKind::Component => Value::Component(at(&env.components, index)?),
            ComponentExternalKind::Module => Value::Module(at(&env.modules, index)?),
            ComponentExternalKind::Type => Value::Type(at(&env.types, index)?),
            ComponentExternalKind::Value => return Err(self.unsupported_value(Some(part))),
        })
    }

    /// Gives a value the next index of its sort.
    pub(super) fn add(&mut self, env: EnvId, value: Value<'a>) {
        let env = self.envs.get_mut(env);
        match value {
            Value::Func(func) => env.funcs.push(func),
            Value::Instance(instance) => env.instances.push(instance),
            Value::Component(component) => env.components.push(component),
            Value::Module(module) => env.modules.push(module),
            Value::Type(ty) => env.types.push(ty),
        }
    }

    fn import(&mut self, scope: &Scope<'a>, import: &ComponentImport<'a>, args: Args<'_, 'a>) -> Result<()> {
        let given = match args {
            None => Given::Host(None),
            Some(args) => Given::Value(args.get(import.name.name).copied().ok_or(Stop::Broken)?),
        };
        let value = self.ascribe(scope.env, import.name, import.ty, given, 0)?;
        self.add(scope.env, value);
        Ok(())
    }

    /// An export gets an index of its own.
    fn export(&mut self, scope: &mut Scope<'a>, export: &ComponentExport<'a>) -> Result<()> {
        let mut value = self.item(scope.env, scope.part, export.kind, export.index)?;
        if let Some(ty) = export.ty {
            value = self.ascribe(scope.env, export.name, ty, Given::Value(value), 0)?;
        }
        let value = self.exported(&export.name, value)?;
        scope.exports.insert(export.name.name, (export.name, value));
        self.add(scope.env, value);
        Ok(())
    }

    /// A value as it is exported: types get the name.
    fn exported(&mut self, name: &ComponentExternName<'a>, value: Value<'a>) -> Result<Value<'a>> {
        match value {
            Value::Type(ty) => Ok(Value::Type(self.named(name, ty)?)),
            Value::Func(_) | Value::Instance(_) | Value::Component(_) | Value::Module(_) => Ok(value),
        }
    }

    /// An alias that is no core one. In the insides of types there are the same.
    pub(super) fn alias(&mut self, env: EnvId, alias: ComponentAlias<'a>) -> Result<()> {
        self.count(0, 0)?;
        match alias {
            ComponentAlias::InstanceExport { kind: _, instance_index, name } => {
                let instance = at(&self.envs.get(env).instances, instance_index)?;
                let (_, value) = *self.values.get(instance).get(name).ok_or(Stop::Broken)?;
                self.add(env, value);
                Ok(())
            }
            ComponentAlias::Outer { kind, count, index } => self.alias_outer(env, kind, count, index),
            ComponentAlias::CoreInstanceExport { .. } => Err(Stop::Broken),
        }
    }

    fn alias_outer(&mut self, env: EnvId, kind: ComponentOuterAliasKind, count: u32, index: u32) -> Result<()> {
        let mut from = env;
        for _ in 0..count {
            from = self.envs.get(from).around.ok_or(Stop::Broken)?;
        }
        let from = self.envs.get(from);
        match kind {
            ComponentOuterAliasKind::CoreModule => {
                let found = at(&from.modules, index)?;
                self.envs.get_mut(env).modules.push(found);
            }
            ComponentOuterAliasKind::Component => {
                let found = at(&from.components, index)?;
                self.envs.get_mut(env).components.push(found);
            }
            ComponentOuterAliasKind::Type => {
                let found = at(&from.types, index)?;
                self.envs.get_mut(env).types.push(found);
            }
            ComponentOuterAliasKind::CoreType => {
                let found = at(&from.core_types, index)?;
                self.envs.get_mut(env).core_types.push(found);
            }
        }
        Ok(())
    }

    /// The items of an instance.
    pub(super) fn items_of(&self, value: ValueId) -> &Items<'a> {
        self.values.get(value)
    }
}

/// Calls `visit` with each item of a section.
fn each<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
    mut visit: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    section.into_iter().try_for_each(|item| visit(item?))
}

/// What is left where it is.
fn is_skipped(payload: &Payload<'_>) -> bool {
    matches!(payload, Payload::ModuleSection { .. } | Payload::ComponentSection { .. } | Payload::CustomSection(_))
}
