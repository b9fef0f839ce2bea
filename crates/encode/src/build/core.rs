//! The shim, the core instances, the fixup.

use std::collections::HashMap;

use component::plan::{
    CoreFuncId, CoreInstanceId, CoreItem, CoreMemoryId, CoreModuleId, CoreSort, ItemRef, ROOT, TypeRef,
};
use indexmap::IndexMap;
use types::ResourceId;
use wasm::{CoreType, Extern, Memory, ModuleBuilder, Signature};

use super::Build;
use super::canon::Stage;
use crate::canon::Canon;
use crate::fixup::{self, Fixup, Hooked, Wanted};
use crate::import::Binding;
use crate::input::{Linked, Part};
use crate::parts::{Bound, BoundImport};
use crate::shim::{self, Slot};

impl<'a> Build<'a, '_> {
    pub(super) fn name_modules(&mut self, modules: &[CoreModuleId]) {
        if !self.names() {
            return;
        }
        for (part, module) in self.parts.iter().zip(modules) {
            let name = match part.part {
                Part::Main => "main".to_owned(),
                Part::Library(index) => self.input.libraries[index].name.clone(),
                Part::Adapter(index) => format!("adapter:{}", self.input.adapters[index].name),
            };
            self.plan.debug_name(ItemRef::CoreModule(*module), name);
        }
    }

    /// The memory that the main module imports, which the shim then makes.
    fn early_memory(&self) -> Option<Memory> {
        let imports = &self.parts[0].imports;
        imports.iter().find(|import| import.binding == Binding::Memory)?.ty.as_memory().copied()
    }

    pub(super) fn choose_slots(&mut self) {
        let parts = self.parts;
        self.slots.by_reference = self.input.options.return_call_ref;
        self.slots.memory = self.early_memory();
        self.slots.tls_base = self.tls_base();
        let realloc = Signature::new([CoreType::I32; 4], [CoreType::I32]);
        for part in parts {
            for import in &part.imports {
                if let Some(slot) = self.slot_for(part.part, &import.binding) {
                    self.slots.add(slot, import.signature());
                }
                if let Binding::Canon(canon) = &import.binding
                    && let Some(linked) = self.realloc_by_slot(part.part, canon)
                {
                    self.slots.add(Slot::Realloc(linked), &realloc);
                }
            }
        }
        let wanted = self.wanted_resources();
        for part in parts {
            for destructor in &part.exports.destructors {
                let early = wanted.get(&destructor.resource).is_some_and(|first| *first <= part.part);
                if self.hook.is_some() || early {
                    let linked = Linked { part: part.part, export: destructor.core_name.clone() };
                    self.slots.add(Slot::Destructor(linked), &Signature::new([CoreType::I32], []));
                }
            }
        }
    }

    /// The type of the global for the address of the thread's data: only where there is but one thread.
    fn tls_base(&self) -> Option<CoreType> {
        let mut bindings = self.parts.iter().flat_map(|part| &part.imports).map(|import| &import.binding);
        let ty = bindings.clone().find_map(|binding| match binding {
            Binding::TlsBase { ty, .. } => Some(*ty),
            Binding::Canon(_) | Binding::Memory | Binding::Linked(_) => None,
        })?;
        let threads =
            bindings.any(|binding| matches!(binding, Binding::Canon(Canon::Builtin(builtin)) if has_threads(*builtin)));
        (!threads).then_some(ty)
    }

    /// The slot that an import goes through, unless it can be made before the module that imports it.
    fn slot_for(&self, part: Part, binding: &Binding) -> Option<Slot> {
        match binding {
            Binding::Canon(canon) => {
                self.is_late(part, canon).then(|| Slot::Canon { part, canon: Box::new(canon.clone()) })
            }
            Binding::Linked(linked) => (linked.part >= part).then(|| Slot::Linked(linked.clone())),
            Binding::Memory | Binding::TlsBase { .. } => None,
        }
    }

    /// The first part that needs each of the component's resources before it is instantiated.
    fn wanted_resources(&self) -> HashMap<ResourceId, Part> {
        let mut wanted = HashMap::new();
        for part in self.parts {
            for import in &part.imports {
                if let Binding::Canon(canon) = &import.binding {
                    for resource in canon.exported_resources(self.types) {
                        wanted.entry(resource).or_insert(part.part);
                    }
                }
            }
        }
        wanted
    }

    pub(super) fn instantiate_shim(&mut self) {
        if self.slots.needs_shim() {
            let module = self.slots.shim_module(self.names());
            let module = self.made_module(module, "shim");
            let instance = self.plan.core_instantiate(module, Vec::new());
            self.shim = Some(instance);
        }
    }

    /// Who made it is said by the component that it stands in.
    fn made_module(&mut self, builder: ModuleBuilder, name: &str) -> CoreModuleId {
        let module = self.plan.core_module(builder.finish());
        if self.names() {
            self.plan.debug_name(ItemRef::CoreModule(module), name);
        }
        module
    }

    pub(super) fn shim(&self) -> CoreInstanceId {
        self.shim.expect("there is a shim if anything goes through it")
    }

    pub(super) fn instantiate(&mut self, part: &Bound<'a>, module: CoreModuleId) -> diag::Result<()> {
        let mut bags: IndexMap<&str, Vec<(String, CoreItem)>> = IndexMap::new();
        for import in &part.imports {
            let item = self.core_item(part.part, import)?;
            bags.entry(&import.module).or_default().push((import.field.clone(), item));
        }
        let args = bags.into_iter().map(|(name, exports)| (name.to_owned(), self.plan.core_bag(exports)));
        let args: Vec<_> = args.collect();
        let instance = self.plan.core_instantiate(module, args);
        self.instances.insert(part.part, instance);
        Ok(())
    }

    fn core_item(&mut self, part: Part, import: &BoundImport) -> diag::Result<CoreItem> {
        if let Some(slot) = self.slot_for(part, &import.binding) {
            let name = self.slots.export_name(&slot).expect("`choose_slots` saw the same imports");
            return Ok(self.plan.core_alias_func(self.shim(), &name).into());
        }
        Ok(match &import.binding {
            Binding::Canon(canon) => self.define(part, canon, Stage::Import)?.into(),
            Binding::Memory => self.memory().expect("a module that imports a memory gets the main one").into(),
            Binding::Linked(linked) => self.linked(linked, sort(&import.ty)),
            Binding::TlsBase { set, ty } => self.tls_accessor(*set, *ty).into(),
        })
    }

    pub(super) fn linked(&mut self, linked: &Linked, sort: CoreSort) -> CoreItem {
        self.plan.core_alias(self.instances[&linked.part], sort, &linked.export)
    }

    pub(super) fn linked_func(&mut self, linked: &Linked) -> CoreFuncId {
        self.plan.core_alias_func(self.instances[&linked.part], &linked.export)
    }

    fn tls_accessor(&mut self, set: bool, ty: CoreType) -> CoreFuncId {
        if self.slots.tls_base.is_none() {
            return self.tls_slot(set, ty);
        }
        let name = if set { shim::SET_TLS_BASE } else { shim::GET_TLS_BASE };
        self.plan.core_alias_func(self.shim(), name)
    }

    pub(super) fn memory(&mut self) -> Option<CoreMemoryId> {
        if self.slots.memory.is_some() {
            return Some(self.plan.core_alias_memory(self.shim(), shim::MEMORY));
        }
        let main = *self.instances.get(&Part::Main)?;
        let name = self.parts[0].exports.specials.memory.as_deref()?;
        Some(self.plan.core_alias_memory(main, name))
    }

    pub(super) fn bound(&self, part: Part) -> &Bound<'a> {
        self.parts.iter().find(|bound| bound.part == part).expect("a part that is used is bound")
    }

    pub(super) fn instantiate_fixup(&mut self) -> diag::Result<()> {
        let mut fixup = Fixup::new(self.hook.as_ref(), self.names());
        fixup.fill_slots(&self.slots);
        fixup.start_up(&self.input.startup, |linked| {
            let export = self.input.guest(linked.part).module.exports.get(linked.export.as_str())?;
            match export.ty {
                Extern::Table(table) => Some(table),
                Extern::Func(_) | Extern::Memory(_) | Extern::Global(_) | Extern::Tag(_) => None,
            }
        });
        for part in self.parts {
            if let Some(export) = &part.exports.specials.initialize {
                fixup.call(&Linked { part: part.part, export: export.clone() });
            }
        }
        self.hook_exports(&mut fixup);
        if !fixup.is_needed() {
            return Ok(());
        }
        let finished = fixup.finish();
        let mut given = Vec::new();
        for (field, wanted) in finished.imports.iter().enumerate() {
            given.push((field.to_string(), self.wanted(wanted)?));
        }
        let module = self.made_module(finished.module, "fixup");
        let given = self.plan.core_bag(given);
        let instance = self.plan.core_instantiate(module, vec![(fixup::MODULE.to_owned(), given)]);
        for (key, name) in finished.hooks {
            let func = self.plan.core_alias_func(instance, &name);
            self.hooked.insert(key, func);
        }
        Ok(())
    }

    /// What the host calls is wrapped with calls of the task hook.
    fn hook_exports(&self, fixup: &mut Fixup) {
        for part in self.parts {
            let module = &self.input.guest(part.part).module;
            let mut hook = |export: &str, how| {
                let linked = Linked { part: part.part, export: export.to_owned() };
                if let Some(signature) = module.exported_func(export) {
                    fixup.hook(&linked, how, signature);
                }
            };
            for lift in &part.exports.lifts {
                hook(&lift.core_name, Hooked::of_lift(lift));
                lift.post_return.iter().for_each(|name| hook(name, Hooked::PostReturn));
                lift.callback.iter().for_each(|name| hook(name, Hooked::Callback));
            }
        }
        let realloc = Signature::new([CoreType::I32; 4], [CoreType::I32]);
        for part in self.parts {
            let lifts = &part.exports.lifts;
            if let Some(linked) = &part.exports.specials.export_realloc
                && lifts.iter().any(|lift| lift.call.realloc)
            {
                fixup.hook(linked, Hooked::Realloc, &realloc);
            }
        }
    }

    fn wanted(&mut self, wanted: &Wanted) -> diag::Result<CoreItem> {
        Ok(match wanted {
            Wanted::Slot(slot) => self.actual(slot)?.into(),
            Wanted::Func(linked) => self.linked_func(linked).into(),
            Wanted::Global(linked) => self.linked(linked, CoreSort::Global),
            Wanted::Table(linked) => self.linked(linked, CoreSort::Table),
            Wanted::ShimTable => self.plan.core_alias(self.shim(), CoreSort::Table, shim::TABLE),
            Wanted::ShimReference(index) => {
                self.plan.core_alias(self.shim(), CoreSort::Global, &shim::reference_name(*index))
            }
        })
    }

    fn actual(&mut self, slot: &Slot) -> diag::Result<CoreFuncId> {
        match slot {
            Slot::Canon { part, canon } => self.define(*part, canon, Stage::Fixup),
            Slot::Linked(linked) | Slot::Destructor(linked) | Slot::Realloc(linked) => Ok(self.linked_func(linked)),
        }
    }

    /// A core export that the host calls: the function itself, or what the fixup wraps around it.
    pub(super) fn called_by_host(&mut self, part: Part, export: &str, how: Hooked) -> CoreFuncId {
        let linked = Linked { part, export: export.to_owned() };
        match self.hooked.get(&(linked.clone(), how)) {
            Some(func) => *func,
            None => self.linked_func(&linked),
        }
    }

    /// A resource that the component defines, made when it is first needed.
    pub(super) fn own_resource(&mut self, id: ResourceId) -> TypeRef {
        if let Some(ty) = self.resources.get(&id) {
            return *ty;
        }
        let dtor = self.destructors.get(&id).cloned();
        let dtor = dtor.map(|linked| match self.slots.export_name(&Slot::Destructor(linked.clone())) {
            Some(name) => self.plan.core_alias_func(self.shim(), &name),
            None => self.linked_func(&linked),
        });
        let ty = self.plan.resource(dtor);
        self.resources.insert(id, ty);
        self.declared.provide_resource(ROOT, id, ty);
        ty
    }
}

/// Whether a built-in means that there can be several threads, each with its own data.
fn has_threads(builtin: abi::Builtin) -> bool {
    matches!(
        builtin,
        abi::Builtin::ThreadNewIndirect
            | abi::Builtin::ContextGet { slot: 1, .. }
            | abi::Builtin::ContextSet { slot: 1, .. }
    )
}

fn sort(ty: &Extern) -> CoreSort {
    match ty {
        Extern::Func(_) => CoreSort::Func,
        Extern::Table(_) => CoreSort::Table,
        Extern::Memory(_) => CoreSort::Memory,
        Extern::Global(_) => CoreSort::Global,
        Extern::Tag(_) => CoreSort::Tag,
    }
}
