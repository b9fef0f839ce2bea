//! Core modules and their instances.
//!
//! Specification: Component Model explainer, "Instance Definitions", core instances.

use std::collections::HashMap;
use std::rc::Rc;

use wasmparser::{
    CoreType, ExternalKind, Instance as CoreInstanceExpr, InstantiationArg, MemoryType, ModuleTypeDeclaration, Payload,
    TypeRef,
};

use super::eval::{Eval, Result, Stop, at};
use super::part::Scope;
use super::value::{Core, CoreTy, CoreValue, EnvId, Module, ModuleTy};
use super::{CoreArg, CoreInstance, ImportKind, InstanceId, Module as Embedded, ModuleId, ModuleSource, Step};
use crate::read::shallow::{Go, each_payload};

impl<'a> Eval<'a, '_> {
    pub(super) fn core_type(&mut self, env: EnvId, ty: CoreType<'a>) -> Result<()> {
        match ty {
            CoreType::Rec(group) => {
                let len = group.types().len();
                self.count(len, 0)?;
                self.envs.get_mut(env).core_types.extend(std::iter::repeat_n(CoreTy::Other, len));
            }
            CoreType::Module(decls) => {
                self.count(decls.len(), 0)?;
                self.envs.get_mut(env).core_types.push(CoreTy::Module(Rc::new(module_type(&decls))));
            }
        }
        Ok(())
    }

    pub(super) fn core_instance(&mut self, scope: &mut Scope<'a>, instance: CoreInstanceExpr<'a>) -> Result<()> {
        let made = match instance {
            CoreInstanceExpr::FromExports(exports) => {
                self.count(exports.len(), 0)?;
                let mut bag = HashMap::with_capacity(exports.len());
                for export in &exports {
                    bag.insert(export.name, at(scope.core_space(export.kind), export.index)?);
                }
                CoreValue::Bag(Rc::new(bag))
            }
            CoreInstanceExpr::Instantiate { module_index, args } => {
                CoreValue::OfModule(self.instantiate_module(scope, module_index, &args)?)
            }
        };
        scope.core_instances.push(made);
        Ok(())
    }

    fn instantiate_module(
        &mut self,
        scope: &Scope<'a>,
        module_index: u32,
        args: &[InstantiationArg<'a>],
    ) -> Result<InstanceId> {
        let module = at(&self.envs.get(scope.env).modules, module_index)?;
        let mut given: HashMap<&str, CoreValue<'a>> = HashMap::with_capacity(args.len());
        for arg in args {
            given.insert(arg.name, at(&scope.core_instances, arg.index)?);
        }
        let outline = self.outline(module)?;
        let mut made = Vec::with_capacity(outline.imports.len().min(1 << 16));
        for (from, field) in &outline.imports {
            let core = self.core_export(given.get(from).ok_or(Stop::Broken)?, field)?;
            self.count(1, from.len() + field.len() + core.text())?;
            made.push(CoreArg { module: (*from).to_owned(), field: (*field).to_owned(), def: core.def() });
        }
        let id = InstanceId(self.out.instances.len());
        let module_source = self.source(module)?;
        self.out.instances.push(CoreInstance { part: scope.part, module: module_source, args: made });
        self.sources.push(module);
        self.out.steps.push(Step::Instance(id));
        Ok(id)
    }

    pub(super) fn core_alias(
        &mut self,
        scope: &mut Scope<'a>,
        kind: ExternalKind,
        instance: u32,
        name: &'a str,
    ) -> Result<()> {
        self.count(0, 0)?;
        let core = self.core_export(&at(&scope.core_instances, instance)?, name)?;
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => scope.core_funcs.push(core),
            ExternalKind::Table => scope.tables.push(core),
            ExternalKind::Memory => scope.memories.push(core),
            ExternalKind::Global => scope.globals.push(core),
            ExternalKind::Tag => scope.tags.push(core),
        }
        Ok(())
    }

    fn core_export(&self, instance: &CoreValue<'a>, name: &'a str) -> Result<Core<'a>> {
        match instance {
            CoreValue::OfModule(id) => Ok(Core::Export(*id, name)),
            CoreValue::Bag(bag) => bag.get(name).copied().ok_or(Stop::Broken),
        }
    }

    /// The module as a step names it.
    pub(super) fn source(&mut self, module: Module<'a>) -> Result<ModuleSource> {
        match module {
            Module::Embedded { bytes, name } => {
                let next = ModuleId(self.out.modules.len());
                let id = *self.modules.entry(bytes.as_ptr() as usize).or_insert(next);
                if id == next {
                    let name = name.or_else(|| wasm::module_name(bytes)).map(str::to_owned);
                    self.out.modules.push(Embedded { bytes, name });
                }
                Ok(ModuleSource::Embedded(id))
            }
            Module::Host(module) => {
                let host = self.host_modules.get(module).host;
                Ok(ModuleSource::Imported(self.use_host(host, ImportKind::CoreModule)?))
            }
        }
    }

    /// Whether the addresses of a memory have 64 bits.
    pub(super) fn is_memory64(&mut self, memory: Core<'a>) -> Result<bool> {
        let Core::Export(instance, name) = memory else { return Err(Stop::Broken) };
        let module = *self.sources.get(instance.0).ok_or(Stop::Broken)?;
        self.outline(module)?.memories.get(name).copied().ok_or(Stop::Broken)
    }

    /// What a module imports, and its memories. Bodies are not gone through.
    fn outline(&mut self, module: Module<'a>) -> Result<Rc<ModuleTy<'a>>> {
        let bytes = match module {
            Module::Embedded { bytes, .. } => bytes,
            Module::Host(module) => return Ok(Rc::clone(&self.host_modules.get(module).ty)),
        };
        if let Some(known) = self.outlines.get(&(bytes.as_ptr() as usize)) {
            return Ok(Rc::clone(known));
        }
        let outline = Rc::new(outline(bytes)?);
        self.outlines.insert(bytes.as_ptr() as usize, Rc::clone(&outline));
        Ok(outline)
    }
}

impl<'a> Scope<'a> {
    fn core_space(&self, kind: ExternalKind) -> &[Core<'a>] {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &self.core_funcs,
            ExternalKind::Table => &self.tables,
            ExternalKind::Memory => &self.memories,
            ExternalKind::Global => &self.globals,
            ExternalKind::Tag => &self.tags,
        }
    }
}

fn outline(bytes: &[u8]) -> Result<ModuleTy<'_>> {
    let mut found = ModuleTy::default();
    let mut memories = Vec::new();
    each_payload(bytes, |payload| {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    found.imports.push((import.module, import.name));
                    if let TypeRef::Memory(MemoryType { memory64, .. }) = import.ty {
                        memories.push(memory64);
                    }
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    memories.push(memory?.memory64);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if let (ExternalKind::Memory, Some(memory64)) = (export.kind, memories.get(export.index as usize)) {
                        found.memories.insert(export.name, *memory64);
                    }
                }
                return Ok(Go::Stop);
            }
            // Exports stand before code.
            Payload::CodeSectionStart { .. } => return Ok(Go::Stop),
            _ => {}
        }
        Ok(Go::On)
    })?;
    Ok(found)
}

fn module_type<'a>(decls: &[ModuleTypeDeclaration<'a>]) -> ModuleTy<'a> {
    let mut ty = ModuleTy::default();
    for decl in decls {
        match decl {
            ModuleTypeDeclaration::Import(import) => ty.imports.push((import.module, import.name)),
            ModuleTypeDeclaration::Export { name, ty: TypeRef::Memory(memory) } => {
                ty.memories.insert(name, memory.memory64);
            }
            ModuleTypeDeclaration::Export { .. }
            | ModuleTypeDeclaration::Type(_)
            | ModuleTypeDeclaration::OuterAlias { .. } => {}
        }
    }
    ty
}
