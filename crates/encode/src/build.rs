//! The plan of a component, made from core modules that are bound to their world.
//!
//! In: bound modules. Out: `Plan`.
//! Holds: the order of steps is imports, modules, shim, main instance, adapters, fixup, exports;
//! what goes through the shim is exactly what cannot exist before the main instance.

use std::collections::HashMap;

use abi::{Abi, Call, Mode, Side};
use component::plan::{
    CanonOptions, CoreFuncId, CoreInstanceId, CoreItem, CoreMemoryId, CoreModuleId, CoreSort, Declared, FuncRef,
    InstanceRef, ItemRef, Name, Plan, ROOT, TypeRef, item_name,
};
use indexmap::IndexMap;
use types::{ExternName, InstanceId, Item, ItemKind, Owner, ResourceId, Types};
use wasm::{Extern, Memory, ModuleBuilder, Producers};

use crate::export::Lift;
use crate::import::{Binding, ImportedFunc};
use crate::input::{Input, Part};
use crate::live::Live;
use crate::names::ResourceOp;
use crate::nested::{self, LiftedFunc};

use crate::parts::{Bound, BoundImport};
use crate::shim::{self, Slot, Slots};

/// Builds the component.
pub fn component<'a>(
    types: &Types,
    abi: &Abi<'_>,
    input: &Input<'a>,
    mut parts: Vec<Bound<'a>>,
) -> diag::Result<Plan<'a>> {
    let bytes: Vec<_> = parts.iter_mut().map(|part| std::mem::take(&mut part.bytes)).collect();
    let mut build = Build::new(types, abi, input, &parts);
    build.import_world()?;
    let modules: Vec<_> = bytes.into_iter().map(|bytes| build.plan.core_module(bytes)).collect();
    build.name_modules(&modules);
    build.choose_slots();
    build.instantiate_shim();
    for (part, module) in parts.iter().zip(&modules) {
        build.instantiate(part, *module)?;
    }
    build.instantiate_fixup()?;
    build.export_world()?;
    build.producers();
    Ok(build.plan)
}

/// The producers of the main module with those that its metadata names; none if there are none.
pub fn main_producers(input: &Input<'_>) -> Option<Producers> {
    let module = &input.main.module;
    let added = &input.main.producers;
    if added.is_empty() {
        return None;
    }
    let mut producers = Producers::default();
    for data in module.customs_named("producers") {
        producers.merge(&Producers::parse(data));
    }
    producers.merge(added);
    Some(producers)
}

struct Build<'a, 'c> {
    types: &'c Types,
    abi: &'c Abi<'c>,
    input: &'c Input<'a>,
    parts: &'c [Bound<'a>],
    live: Live<'c>,
    plan: Plan<'a>,
    declared: Declared<'c>,
    imported: HashMap<ExternName, ItemRef>,
    instances: HashMap<Part, CoreInstanceId>,
    shim: Option<CoreInstanceId>,
    slots: Slots,
    lowered: HashMap<(Part, ImportedFunc), CoreFuncId>,
    resources: HashMap<ResourceId, TypeRef>,
}

impl<'a, 'c> Build<'a, 'c> {
    fn new(types: &'c Types, abi: &'c Abi<'c>, input: &'c Input<'a>, parts: &'c [Bound<'a>]) -> Self {
        let bindings = parts.iter().flat_map(|part| &part.imports).map(|import| &import.binding);
        Self {
            types,
            abi,
            input,
            parts,
            live: Live::of(types, &input.world, bindings),
            plan: Plan::new(),
            declared: Declared::new(types),
            imported: HashMap::new(),
            instances: HashMap::new(),
            shim: None,
            slots: Slots::default(),
            lowered: HashMap::new(),
            resources: HashMap::new(),
        }
    }

    fn names(&self) -> bool {
        !self.input.options.no_names
    }
}

/// Imports.
impl Build<'_, '_> {
    /// Interfaces and types first: functions of the world may mention any of them.
    fn import_world(&mut self) -> diag::Result<()> {
        let imports = &self.input.world.component.imports;
        let (funcs, others): (Vec<_>, Vec<_>) =
            imports.iter().partition(|(_, item)| matches!(item.kind, ItemKind::Func(_)));
        for (name, item) in others.into_iter().chain(funcs) {
            if self.live.keeps(None, None, name, item) {
                self.import_item(name, item)?;
            }
        }
        Ok(())
    }

    fn import_item(&mut self, name: &ExternName, item: &Item) -> diag::Result<()> {
        let instance = item.kind.instance();
        let live = &self.live;
        let keep = |inner: &ExternName, item: &Item| live.keeps(Some(name), instance, inner, item);
        let ty = self.declared.item_type(&mut self.plan, ROOT, item, &keep)?;
        let made = self.plan.import(ROOT, self.import_name(name, item), ty);
        self.declared.provide_item(&self.plan, ROOT, item, made);
        if self.names() {
            self.plan.debug_name(made, name.to_string());
        }
        self.imported.insert(name.clone(), made);
        Ok(())
    }

    /// The import's name, changed if the user wants another.
    fn import_name(&self, name: &ExternName, item: &Item) -> Name {
        let made = item_name(self.types, name, item);
        let renamed = self.input.options.import_names.iter().find(|(old, _)| *old == made.text);
        match renamed {
            Some((_, new)) => Name { text: new.clone(), ..made },
            None => made,
        }
    }

    fn imported_func(&mut self, func: &ImportedFunc) -> FuncRef {
        match &func.scope {
            None => self.imported[&func.name].expect_func(),
            Some(scope) => {
                let instance = self.imported[scope].expect_instance();
                self.plan.alias_func(instance, &func.name.to_string())
            }
        }
    }
}

/// The shim, the core instances, the fixup.
impl<'a> Build<'a, '_> {
    fn name_modules(&mut self, modules: &[CoreModuleId]) {
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

    fn choose_slots(&mut self) {
        let parts = self.parts;
        self.slots.memory = self.early_memory();
        for part in parts {
            for import in &part.imports {
                if let Some(slot) = self.slot_for(part.part, &import.binding) {
                    self.slots.add(slot, import.signature());
                }
            }
        }
        for part in parts {
            for destructor in &part.exports.destructors {
                if self.wanted_early(destructor.resource, part.part) {
                    let slot = Slot::Destructor { part: part.part, export: destructor.core_name.clone() };
                    self.slots.add(slot, &wasm::Signature::new([wasm::CoreType::I32], []));
                }
            }
        }
    }

    /// The slot that an import goes through, unless it can be made before the module that imports it.
    fn slot_for(&self, part: Part, binding: &Binding) -> Option<Slot> {
        match binding {
            Binding::Func(func) => {
                let call = self.call(func);
                let memory_is_late = part == Part::Main && self.slots.memory.is_none();
                (call.realloc || call.memory && memory_is_late)
                    .then(|| Slot::Lower { part, func: Box::new(func.clone()) })
            }
            Binding::Adapter { adapter, export } => Some(Slot::Adapter { adapter: *adapter, export: export.clone() }),
            Binding::DropImported { .. } | Binding::Exported { .. } | Binding::Memory | Binding::Main { .. } => None,
        }
    }

    /// Whether a built-in function of the resource is imported no later than `provider` is instantiated.
    fn wanted_early(&self, resource: ResourceId, provider: Part) -> bool {
        self.parts
            .iter()
            .take_while(|part| part.part <= provider)
            .flat_map(|part| &part.imports)
            .any(|import| matches!(&import.binding, Binding::Exported { resource: other, .. } if *other == resource))
    }

    fn call(&self, func: &ImportedFunc) -> Call {
        self.abi.call(self.types.func(func.ty), Side::Lower, Mode::Sync)
    }

    fn instantiate_shim(&mut self) {
        if self.slots.needs_shim() {
            let module = self.slots.shim_module(self.names());
            let module = self.made_module(module, "shim");
            let instance = self.plan.core_instantiate(module, Vec::new());
            self.shim = Some(instance);
        }
    }

    fn made_module(&mut self, mut builder: ModuleBuilder, name: &str) -> CoreModuleId {
        builder.custom("producers", own_producers().emit());
        let module = self.plan.core_module(builder.finish());
        if self.names() {
            self.plan.debug_name(ItemRef::CoreModule(module), name);
        }
        module
    }

    fn shim(&self) -> CoreInstanceId {
        self.shim.expect("there is a shim if anything goes through it")
    }

    fn instantiate(&mut self, part: &Bound<'a>, module: CoreModuleId) -> diag::Result<()> {
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
            Binding::Func(func) => self.lower(part, func).into(),
            Binding::DropImported { resource, .. } => {
                let resource = self.declared.resource(&mut self.plan, ROOT, *resource)?;
                self.plan.resource_drop(resource).into()
            }
            Binding::Exported { op, resource } => {
                let resource = self.own_resource(*resource);
                match op {
                    ResourceOp::New => self.plan.resource_new(resource),
                    ResourceOp::Rep => self.plan.resource_rep(resource),
                    ResourceOp::Drop => self.plan.resource_drop(resource),
                }
                .into()
            }
            Binding::Memory => self.memory().expect("a module that imports a memory gets the main one").into(),
            Binding::Main { export } => {
                let sort = match import.ty {
                    Extern::Func(_) => CoreSort::Func,
                    Extern::Table(_) => CoreSort::Table,
                    Extern::Memory(_) => CoreSort::Memory,
                    Extern::Global(_) => CoreSort::Global,
                    Extern::Tag(_) => CoreSort::Tag,
                };
                self.plan.core_alias(self.instances[&Part::Main], sort, export)
            }
            Binding::Adapter { .. } => unreachable!("functions of adapters go through the shim"),
        })
    }

    fn memory(&mut self) -> Option<CoreMemoryId> {
        if self.slots.memory.is_some() {
            return Some(self.plan.core_alias_memory(self.shim(), shim::MEMORY));
        }
        let main = *self.instances.get(&Part::Main)?;
        let name = self.parts[0].exports.specials.memory.as_deref()?;
        Some(self.plan.core_alias_memory(main, name))
    }

    fn lower(&mut self, part: Part, func: &ImportedFunc) -> CoreFuncId {
        let key = (part, func.clone());
        if let Some(id) = self.lowered.get(&key) {
            return *id;
        }
        let call = self.call(func);
        let realloc = self.bound(part).exports.specials.import_realloc.clone();
        let options = self.options(part, func.scope.as_ref().unwrap_or(&func.name), &call, realloc);
        let func = self.imported_func(func);
        let id = self.plan.lower(func, options);
        self.lowered.insert(key, id);
        id
    }

    fn bound(&self, part: Part) -> &Bound<'a> {
        self.parts.iter().find(|bound| bound.part == part).expect("a part that is used is bound")
    }

    /// The options that a call needs. `key` is the import or export of the world that the function belongs to.
    fn options(&mut self, part: Part, key: &ExternName, call: &Call, realloc: Option<String>) -> CanonOptions {
        let memory = if call.memory { self.memory() } else { None };
        let realloc = realloc.filter(|_| call.realloc);
        CanonOptions {
            memory,
            realloc: realloc.map(|name| self.plan.core_alias_func(self.instances[&part], &name)),
            string_encoding: call.strings.then(|| self.input.guest(part).encoding(key)),
            ..CanonOptions::default()
        }
    }

    fn instantiate_fixup(&mut self) -> diag::Result<()> {
        let parts = self.parts;
        let initialize: Vec<(Part, &str)> =
            parts.iter().filter_map(|part| Some((part.part, part.exports.specials.initialize.as_deref()?))).collect();
        if self.slots.is_empty() && initialize.is_empty() {
            return Ok(());
        }
        let slots: Vec<Slot> = self.slots.iter().cloned().collect();
        let mut actual: Vec<(String, CoreItem)> = Vec::new();
        for (index, slot) in slots.iter().enumerate() {
            actual.push((index.to_string(), self.actual(slot).into()));
        }
        for (index, (part, export)) in initialize.iter().enumerate() {
            let func = self.plan.core_alias_func(self.instances[part], export);
            actual.push((shim::initialize_name(index), func.into()));
        }
        let module = self.slots.fixup_module(initialize.len());
        let module = self.made_module(module, "fixup");
        let actual = self.plan.core_bag(actual);
        let mut args = vec![(shim::ACTUAL.to_owned(), actual)];
        if !slots.is_empty() {
            args.push((shim::SHIM.to_owned(), self.shim()));
        }
        self.plan.core_instantiate(module, args);
        Ok(())
    }

    fn actual(&mut self, slot: &Slot) -> CoreFuncId {
        match slot {
            Slot::Lower { part, func } => self.lower(*part, func),
            Slot::Adapter { adapter, export } => {
                self.plan.core_alias_func(self.instances[&Part::Adapter(*adapter)], export)
            }
            Slot::Destructor { part, export } => self.plan.core_alias_func(self.instances[part], export),
        }
    }

    /// A resource that the component defines, made when it is first needed.
    fn own_resource(&mut self, id: ResourceId) -> TypeRef {
        if let Some(ty) = self.resources.get(&id) {
            return *ty;
        }
        let parts = self.parts;
        let dtor = parts.iter().flat_map(|part| &part.exports.destructors).find(|dtor| dtor.resource == id);
        let dtor = dtor.map(|dtor| {
            let slot = Slot::Destructor { part: dtor.part, export: dtor.core_name.clone() };
            match self.slots.export_name(&slot) {
                Some(name) => self.plan.core_alias_func(self.shim(), &name),
                None => self.plan.core_alias_func(self.instances[&dtor.part], &dtor.core_name),
            }
        });
        let ty = self.plan.resource(dtor);
        self.resources.insert(id, ty);
        self.declared.provide_resource(ROOT, id, ty);
        ty
    }
}

/// Exports.
impl Build<'_, '_> {
    fn export_world(&mut self) -> diag::Result<()> {
        let input = self.input;
        for (name, item) in &input.world.component.exports {
            if let ItemKind::Instance(id) = item.kind {
                self.define_resources(id);
            }
            let exported: Option<ItemRef> = match item.kind {
                ItemKind::Func(_) => self.lifted(None, name)?.map(ItemRef::Func),
                ItemKind::Instance(id) => Some(self.interface(name, id)?.into()),
                ItemKind::Type(ty) => Some(self.declared.type_ref(&mut self.plan, ROOT, ty)?.into()),
                ItemKind::Resource(id) => Some(self.declared.resource(&mut self.plan, ROOT, id)?.into()),
                ItemKind::Component(_) | ItemKind::CoreModule(_) => None,
            };
            if let Some(exported) = exported {
                let view = self.plan.export(item_name(self.types, name, item), exported, None);
                self.see_export(item, view);
            }
        }
        Ok(())
    }

    fn define_resources(&mut self, id: InstanceId) {
        for item in self.types.instance(id).exports.values() {
            if let ItemKind::Resource(resource) = item.kind
                && self.types.resource(resource).owner == Owner::Instance(id)
            {
                self.own_resource(resource);
            }
        }
    }

    fn interface(&mut self, scope: &ExternName, id: InstanceId) -> diag::Result<InstanceRef> {
        let types = self.types;
        let mut funcs = Vec::new();
        for (name, item) in &types.instance(id).exports {
            if let ItemKind::Func(ty) = item.kind
                && let Some(func) = self.lifted(Some(scope), name)?
            {
                funcs.push(LiftedFunc { name, item, ty, func });
            }
        }
        nested::interface(&mut self.plan, &mut self.declared, types, id, &funcs)
    }

    /// From now on the types of an exported interface are said as the export names them.
    fn see_export(&mut self, item: &Item, view: ItemRef) {
        let (ItemKind::Instance(id), ItemRef::Instance(instance)) = (item.kind, view) else { return };
        self.declared.provide_instance(&self.plan, id, instance);
        for (name, item) in &self.types.instance(id).exports {
            if let ItemKind::Resource(resource) = item.kind
                && self.types.resource(resource).owner == Owner::Instance(id)
            {
                let ty = self.plan.alias_type(instance, &name.to_string());
                self.declared.provide_resource(ROOT, resource, ty);
            }
        }
    }

    fn lifted(&mut self, scope: Option<&ExternName>, name: &ExternName) -> diag::Result<Option<FuncRef>> {
        let parts = self.parts;
        let lifts = parts.iter().flat_map(|part| &part.exports.lifts);
        let Some(lift) = lifts.into_iter().find(|lift| lift.scope.as_ref() == scope && lift.name == *name) else {
            return Ok(None);
        };
        self.lift(lift).map(Some)
    }

    fn lift(&mut self, lift: &Lift) -> diag::Result<FuncRef> {
        let ty = self.declared.func_type(&mut self.plan, ROOT, lift.ty)?;
        let instance = self.instances[&lift.part];
        let core_func = self.plan.core_alias_func(instance, &lift.core_name);
        let realloc = self.bound(lift.part).exports.specials.export_realloc.clone();
        let key = lift.scope.as_ref().unwrap_or(&lift.name);
        let mut options = self.options(lift.part, key, &lift.call, realloc);
        options.post_return = lift.post_return.as_ref().map(|name| self.plan.core_alias_func(instance, name));
        Ok(self.plan.lift(core_func, ty, options))
    }

    fn producers(&mut self) {
        self.plan.custom("producers", own_producers().emit());
    }
}

/// What this tool writes into the binaries that it makes.
fn own_producers() -> Producers {
    let mut producers = Producers::default();
    producers.add("processed-by", "withe", env!("CARGO_PKG_VERSION"));
    producers
}
