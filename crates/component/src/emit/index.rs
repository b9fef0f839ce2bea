//! Index spaces: which position each handle has in its scope.

use std::collections::HashMap;

use crate::plan::{CoreInstanceId, CoreItem, CoreTypeId, ItemRef, Nameable, Plan, ScopeId, TypeRef};

/// The positions of everything written so far.
pub(super) struct Index {
    scopes: Vec<Counts>,
    depths: Vec<u32>,
    type_scopes: Vec<ScopeId>,
    pub(super) types: Vec<u32>,
    pub(super) instances: Vec<u32>,
    pub(super) funcs: Vec<u32>,
    pub(super) components: Vec<u32>,
    pub(super) core_modules: Vec<u32>,
    pub(super) core_instances: Numbers,
    pub(super) core_funcs: Numbers,
    pub(super) core_tables: Numbers,
    pub(super) core_memories: Numbers,
    pub(super) core_globals: Numbers,
    pub(super) core_tags: Numbers,
    pub(super) core_types: Numbers,
    /// Types of enclosing scopes that a scope has an `alias outer` of.
    outer: HashMap<(ScopeId, TypeRef), u32>,
    outer_core: HashMap<(ScopeId, CoreTypeId), u32>,
}

/// The positions of a sort that only the root scope has, by handle.
#[derive(Default)]
pub(super) struct Numbers {
    of: Vec<u32>,
    next: u32,
}

impl Numbers {
    fn add(&mut self, slot: usize) {
        if self.of.len() <= slot {
            self.of.resize(slot + 1, u32::MAX);
        }
        self.of[slot] = next(&mut self.next);
    }
}

impl std::ops::Index<usize> for Numbers {
    type Output = u32;

    fn index(&self, slot: usize) -> &u32 {
        &self.of[slot]
    }
}

/// How many items of each sort a scope has so far.
#[derive(Clone, Copy, Default)]
struct Counts {
    types: u32,
    core_types: u32,
    instances: u32,
    funcs: u32,
    components: u32,
    core_modules: u32,
}

/// An `alias outer` that has to be written.
pub(super) struct Outer {
    pub(super) count: u32,
    pub(super) index: u32,
}

impl Index {
    pub(super) fn new(plan: &Plan<'_>) -> Self {
        let sizes = plan.sizes();
        let mut depths = Vec::with_capacity(sizes.scopes);
        for scope in plan.scopes() {
            depths.push(plan.scope_parent(scope).map_or(0, |parent: ScopeId| depths[parent.slot()] + 1));
        }
        Self {
            scopes: vec![Counts::default(); sizes.scopes],
            depths,
            type_scopes: plan.type_scopes().to_vec(),
            types: vec![u32::MAX; sizes.types],
            instances: vec![u32::MAX; sizes.instances],
            funcs: vec![u32::MAX; sizes.funcs],
            components: vec![u32::MAX; sizes.components],
            core_modules: vec![u32::MAX; sizes.core_modules],
            core_instances: Numbers::default(),
            core_funcs: Numbers::default(),
            core_tables: Numbers::default(),
            core_memories: Numbers::default(),
            core_globals: Numbers::default(),
            core_tags: Numbers::default(),
            core_types: Numbers::default(),
            outer: HashMap::new(),
            outer_core: HashMap::new(),
        }
    }

    /// An item was written: it has the next index of its sort.
    pub(super) fn item(&mut self, scope: ScopeId, item: ItemRef) {
        let counts = &mut self.scopes[scope.slot()];
        match item {
            ItemRef::CoreModule(id) => self.core_modules[id.slot()] = next(&mut counts.core_modules),
            ItemRef::Func(id) => self.funcs[id.slot()] = next(&mut counts.funcs),
            ItemRef::Type(id) => self.types[id.slot()] = next(&mut counts.types),
            ItemRef::Instance(id) => self.instances[id.slot()] = next(&mut counts.instances),
            ItemRef::Component(id) => self.components[id.slot()] = next(&mut counts.components),
        }
    }

    pub(super) fn core_item(&mut self, item: CoreItem) {
        let (numbers, slot) = match item {
            CoreItem::Func(id) => (&mut self.core_funcs, id.slot()),
            CoreItem::Table(id) => (&mut self.core_tables, id.slot()),
            CoreItem::Memory(id) => (&mut self.core_memories, id.slot()),
            CoreItem::Global(id) => (&mut self.core_globals, id.slot()),
            CoreItem::Tag(id) => (&mut self.core_tags, id.slot()),
        };
        numbers.add(slot);
    }

    pub(super) fn core_instance(&mut self, id: CoreInstanceId) {
        self.core_instances.add(id.slot());
    }

    pub(super) fn core_type(&mut self, scope: ScopeId, id: CoreTypeId) {
        next(&mut self.scopes[scope.slot()].core_types);
        self.core_types.add(id.slot());
    }

    pub(super) fn of_item(&self, item: ItemRef) -> u32 {
        match item {
            ItemRef::CoreModule(id) => self.core_modules[id.slot()],
            ItemRef::Func(id) => self.funcs[id.slot()],
            ItemRef::Type(id) => self.types[id.slot()],
            ItemRef::Instance(id) => self.instances[id.slot()],
            ItemRef::Component(id) => self.components[id.slot()],
        }
    }

    pub(super) fn of_core_item(&self, item: CoreItem) -> u32 {
        match item {
            CoreItem::Func(id) => self.core_funcs[id.slot()],
            CoreItem::Table(id) => self.core_tables[id.slot()],
            CoreItem::Memory(id) => self.core_memories[id.slot()],
            CoreItem::Global(id) => self.core_globals[id.slot()],
            CoreItem::Tag(id) => self.core_tags[id.slot()],
        }
    }

    pub(super) fn of_nameable(&self, item: Nameable) -> u32 {
        match item {
            Nameable::Core(item) => self.of_core_item(item),
            Nameable::CoreInstance(id) => self.core_instances[id.slot()],
            Nameable::CoreType(id) => self.core_types[id.slot()],
            Nameable::Item(item) => self.of_item(item),
        }
    }

    /// The index by which `scope` says `ty`.
    pub(super) fn ty(&self, scope: ScopeId, ty: TypeRef) -> u32 {
        if self.type_scopes[ty.slot()] == scope { self.types[ty.slot()] } else { self.outer[&(scope, ty)] }
    }

    /// The index by which `scope` says a core type.
    pub(super) fn core_ty(&self, scope: ScopeId, ty: CoreTypeId) -> u32 {
        if self.depths[scope.slot()] == 0 { self.core_types[ty.slot()] } else { self.outer_core[&(scope, ty)] }
    }

    /// The alias that `scope` needs before it can say `ty`, if it does not have it yet.
    pub(super) fn outer(&mut self, scope: ScopeId, ty: TypeRef) -> Option<Outer> {
        let home = self.type_scopes[ty.slot()];
        if home == scope || self.outer.contains_key(&(scope, ty)) {
            return None;
        }
        let here = next(&mut self.scopes[scope.slot()].types);
        self.outer.insert((scope, ty), here);
        let count = self.depths[scope.slot()] - self.depths[home.slot()];
        Some(Outer { count, index: self.types[ty.slot()] })
    }

    pub(super) fn outer_core(&mut self, scope: ScopeId, ty: CoreTypeId) -> Option<Outer> {
        let count = self.depths[scope.slot()];
        if count == 0 || self.outer_core.contains_key(&(scope, ty)) {
            return None;
        }
        let here = next(&mut self.scopes[scope.slot()].core_types);
        self.outer_core.insert((scope, ty), here);
        Some(Outer { count, index: self.core_types[ty.slot()] })
    }
}

fn next(count: &mut u32) -> u32 {
    let index = *count;
    *count += 1;
    index
}
