//! Core instances, aliases and types.

use wasm::{Extern, Signature};
use wasmparser::{CoreType, ExternalKind, Instance, ModuleTypeDeclaration, RecGroup, TypeRef};

use super::Structure;
use crate::plan::{CoreItem, CoreSort, CoreTypeExpr, Step};

impl<'a> Structure<'a> {
    pub(super) fn core_instance(&mut self, instance: Instance<'a>) -> Option<()> {
        let id = self.plan.new_core_instance();
        let step = match instance {
            Instance::Instantiate { module_index, args } => {
                let module = *self.here().core_modules.get(module_index as usize)?;
                let args = args
                    .iter()
                    .map(|arg| Some((arg.name.to_owned(), *self.core.instances.get(arg.index as usize)?)))
                    .collect::<Option<_>>()?;
                Step::CoreInstantiate { id, module, args }
            }
            Instance::FromExports(exports) => {
                let exports = exports
                    .iter()
                    .map(|export| Some((export.name.to_owned(), self.core_item(export.kind, export.index)?)))
                    .collect::<Option<_>>()?;
                Step::CoreBag { id, exports }
            }
        };
        self.core.instances.push(id);
        self.push(step);
        Some(())
    }

    fn core_item(&self, kind: ExternalKind, index: u32) -> Option<CoreItem> {
        let index = index as usize;
        Some(match kind {
            ExternalKind::Func | ExternalKind::FuncExact => (*self.core.funcs.get(index)?).into(),
            ExternalKind::Table => (*self.core.tables.get(index)?).into(),
            ExternalKind::Memory => (*self.core.memories.get(index)?).into(),
            ExternalKind::Global => (*self.core.globals.get(index)?).into(),
            ExternalKind::Tag => (*self.core.tags.get(index)?).into(),
        })
    }

    pub(super) fn core_alias(&mut self, kind: ExternalKind, instance: u32, name: &str) -> Option<()> {
        let instance = *self.core.instances.get(instance as usize)?;
        let sort = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => CoreSort::Func,
            ExternalKind::Table => CoreSort::Table,
            ExternalKind::Memory => CoreSort::Memory,
            ExternalKind::Global => CoreSort::Global,
            ExternalKind::Tag => CoreSort::Tag,
        };
        let item = self.plan.new_core_item(sort);
        match item {
            CoreItem::Func(id) => self.core.funcs.push(id),
            CoreItem::Table(id) => self.core.tables.push(id),
            CoreItem::Memory(id) => self.core.memories.push(id),
            CoreItem::Global(id) => self.core.globals.push(id),
            CoreItem::Tag(id) => self.core.tags.push(id),
        }
        self.push(Step::CoreAlias { item, instance, name: name.to_owned() });
        Some(())
    }

    pub(super) fn core_type(&mut self, ty: CoreType<'a>) -> Option<()> {
        let expr = match ty {
            CoreType::Rec(group) => CoreTypeExpr::Func(signature(&group)?),
            CoreType::Module(declarations) => module_type(&declarations)?,
        };
        let id = self.plan.new_core_type();
        self.here().core_types.push(id);
        self.push(Step::CoreType { id, expr });
        Some(())
    }
}

/// The function type that a group of types consists of.
fn signature(group: &RecGroup) -> Option<Signature> {
    let mut types = group.types();
    match (types.next(), types.next()) {
        (Some(ty), None) => match &ty.composite_type.inner {
            wasmparser::CompositeInnerType::Func(ty) => Some(Signature::from(ty)),
            _ => None,
        },
        _ => None,
    }
}

fn module_type(declarations: &[ModuleTypeDeclaration<'_>]) -> Option<CoreTypeExpr> {
    let (mut types, mut imports, mut exports) = (Vec::new(), Vec::new(), Vec::new());
    for declaration in declarations {
        match declaration {
            ModuleTypeDeclaration::Type(group) => types.push(signature(group)?),
            ModuleTypeDeclaration::Import(import) => {
                imports.push((import.module.to_owned(), import.name.to_owned(), item(&types, import.ty)?));
            }
            ModuleTypeDeclaration::Export { name, ty } => exports.push(((*name).to_owned(), item(&types, *ty)?)),
            ModuleTypeDeclaration::OuterAlias { .. } => return None,
        }
    }
    Some(CoreTypeExpr::Module { imports, exports })
}

fn item(types: &[Signature], ty: TypeRef) -> Option<Extern> {
    Some(match ty {
        TypeRef::Func(index) | TypeRef::FuncExact(index) => Extern::Func(types.get(index as usize)?.clone()),
        TypeRef::Table(table) => Extern::Table(table.into()),
        TypeRef::Memory(memory) => Extern::Memory(memory.into()),
        TypeRef::Global(global) => Extern::Global(global.into()),
        TypeRef::Tag(tag) => Extern::Tag(types.get(tag.func_type_idx as usize)?.clone()),
    })
}
