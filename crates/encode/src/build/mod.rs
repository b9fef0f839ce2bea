//! The plan of a component, made from core modules that are bound to their world.
//!
//! In: bound modules. Out: `Plan`.
//! Holds: the order of steps is imports, modules, shim, main instance, adapters, fixup, exports;
//! what goes through the shim is exactly what cannot exist before the main instance; in the end steps of one kind are
//! brought together, as far as nothing sees the difference.

mod canon;
mod core;
mod exports;

use std::collections::{HashMap, HashSet};

use abi::Abi;
use component::plan::{
    CanonOptions, CoreFuncId, CoreInstanceId, Declared, FuncRef, ItemRef, Name, Plan, ROOT, TypeRef,
};
use types::{ExternName, InstanceId, Item, ItemKind, ResourceId, Types};
use wasm::Producers;

use crate::canon::ImportedFunc;
use crate::export::Lift;
use crate::fixup::Hooked;
use crate::input::{Guest, Input, Linked, Part};
use crate::live::Live;
use crate::nested;
use crate::parts::Bound;
use crate::rename;
use crate::shim::Slots;

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
    build.plan.group();
    Ok(build.plan)
}

/// The producers of a module with those that its metadata names; none if there are none.
pub fn guest_producers(guest: &Guest<'_>) -> Option<Producers> {
    if guest.producers.is_empty() {
        return None;
    }
    let mut producers = Producers::default();
    for data in guest.module.customs_named("producers") {
        producers.merge(&Producers::parse(data));
    }
    producers.merge(&guest.producers);
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
    /// The task hook that a part exports.
    hook: Option<Linked>,
    /// Functions that the fixup wraps with calls of the task hook, once it exists.
    hooked: HashMap<(Linked, Hooked), CoreFuncId>,
    lowered: HashMap<(ImportedFunc, CanonOptions), CoreFuncId>,
    resources: HashMap<ResourceId, TypeRef>,
    /// The interfaces that are exported: their resources are the component's own.
    own: HashSet<InstanceId>,
    destructors: HashMap<ResourceId, Linked>,
    made: nested::Made,
    /// The lift of each function that is exported.
    lifts: HashMap<(Option<&'c ExternName>, &'c ExternName), &'c Lift>,
}

impl<'a, 'c> Build<'a, 'c> {
    fn new(types: &'c Types, abi: &'c Abi<'c>, input: &'c Input<'a>, parts: &'c [Bound<'a>]) -> Self {
        let bindings = parts.iter().flat_map(|part| &part.imports).map(|import| &import.binding);
        let hook = parts.iter().find_map(|part| {
            let export = part.exports.specials.task_hook.clone()?;
            Some(Linked { part: part.part, export })
        });
        let own = input.world.component.exports.values().filter_map(|item| item.kind.instance()).collect();
        let mut destructors = HashMap::new();
        for destructor in parts.iter().flat_map(|part| &part.exports.destructors) {
            let linked = Linked { part: destructor.part, export: destructor.core_name.clone() };
            destructors.entry(destructor.resource).or_insert(linked);
        }
        let mut lifts = HashMap::new();
        for lift in parts.iter().flat_map(|part| &part.exports.lifts) {
            lifts.entry((lift.scope.as_ref(), &lift.name)).or_insert(lift);
        }
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
            hook,
            hooked: HashMap::new(),
            lowered: HashMap::new(),
            resources: HashMap::new(),
            made: nested::Made::default(),
            own,
            destructors,
            lifts,
        }
    }

    fn names(&self) -> bool {
        !self.input.options.no_names && !self.input.options.strip
    }
}

/// Imports.
impl Build<'_, '_> {
    /// Interfaces and types first: functions of the world may mention any of them.
    fn import_world(&mut self) -> diag::Result<()> {
        let imports = &self.input.world.component.imports;
        let (funcs, others): (Vec<_>, Vec<_>) =
            imports.iter().partition(|(_, item)| matches!(item.kind, ItemKind::Func(_)));
        let all = others.into_iter().chain(funcs);
        let kept: Vec<_> = all.filter(|(name, item)| self.live.keeps(None, None, name, item)).collect();
        let names = rename::import_names(self.types, &self.input.world, &self.input.options, &kept)?;
        for ((name, item), made) in kept.into_iter().zip(names) {
            self.import_item(name, item, made)?;
        }
        Ok(())
    }

    fn import_item(&mut self, name: &ExternName, item: &Item, import_name: Name) -> diag::Result<()> {
        let instance = item.kind.instance();
        let live = &self.live;
        let keep = |inner: &ExternName, item: &Item| live.keeps(Some(name), instance, inner, item);
        let ty = self.declared.item_type(&mut self.plan, ROOT, item, &keep)?;
        let made = self.plan.import(ROOT, import_name, ty);
        self.declared.provide_item(&self.plan, ROOT, item, made);
        self.imported.insert(name.clone(), made);
        Ok(())
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

/// What this tool writes into the binaries that it makes.
fn own_producers() -> Producers {
    let mut producers = Producers::default();
    producers.add("processed-by", "withe", env!("CARGO_PKG_VERSION"));
    producers
}
