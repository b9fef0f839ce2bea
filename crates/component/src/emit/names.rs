//! The `component-name` section.
//!
//! Specification: Component Model, "Binary", "Name Section".

use std::collections::BTreeMap;

use wasm_encoder::{ComponentNameSection, NameMap};

use super::index::Index;
use crate::plan::{CoreItem, ItemRef, Nameable, Plan};

/// The names of one sort, by index.
type Names<'p> = BTreeMap<u32, &'p str>;

#[derive(Default)]
struct Sorted<'p> {
    core_funcs: Names<'p>,
    core_tables: Names<'p>,
    core_memories: Names<'p>,
    core_globals: Names<'p>,
    core_tags: Names<'p>,
    core_types: Names<'p>,
    core_modules: Names<'p>,
    core_instances: Names<'p>,
    funcs: Names<'p>,
    types: Names<'p>,
    components: Names<'p>,
    instances: Names<'p>,
}

impl<'p> Sorted<'p> {
    fn of(&mut self, item: Nameable) -> &mut Names<'p> {
        match item {
            Nameable::Core(CoreItem::Func(_)) => &mut self.core_funcs,
            Nameable::Core(CoreItem::Table(_)) => &mut self.core_tables,
            Nameable::Core(CoreItem::Memory(_)) => &mut self.core_memories,
            Nameable::Core(CoreItem::Global(_)) => &mut self.core_globals,
            Nameable::Core(CoreItem::Tag(_)) => &mut self.core_tags,
            Nameable::CoreInstance(_) => &mut self.core_instances,
            Nameable::CoreType(_) => &mut self.core_types,
            Nameable::Item(ItemRef::CoreModule(_)) => &mut self.core_modules,
            Nameable::Item(ItemRef::Func(_)) => &mut self.funcs,
            Nameable::Item(ItemRef::Type(_)) => &mut self.types,
            Nameable::Item(ItemRef::Instance(_)) => &mut self.instances,
            Nameable::Item(ItemRef::Component(_)) => &mut self.components,
        }
    }
}

/// Writes the names of one index space.
type WriteNames = fn(&mut ComponentNameSection, &NameMap);

/// The section with the plan's debug names. `None` if there are none.
pub(super) fn section(plan: &Plan<'_>, index: &Index) -> Option<ComponentNameSection> {
    let mut sorted = Sorted::default();
    for (item, name) in plan.debug_names() {
        sorted.of(*item).insert(index.of_nameable(*item), name);
    }
    let mut section = ComponentNameSection::new();
    if let Some(name) = plan.name() {
        section.component(name);
    }
    let parts: [(&Names<'_>, WriteNames); 12] = [
        (&sorted.core_funcs, ComponentNameSection::core_funcs),
        (&sorted.core_tables, ComponentNameSection::core_tables),
        (&sorted.core_memories, ComponentNameSection::core_memories),
        (&sorted.core_globals, ComponentNameSection::core_globals),
        (&sorted.core_tags, ComponentNameSection::core_tags),
        (&sorted.core_types, ComponentNameSection::core_types),
        (&sorted.core_modules, ComponentNameSection::core_modules),
        (&sorted.core_instances, ComponentNameSection::core_instances),
        (&sorted.funcs, ComponentNameSection::funcs),
        (&sorted.types, ComponentNameSection::types),
        (&sorted.components, ComponentNameSection::components),
        (&sorted.instances, ComponentNameSection::instances),
    ];
    for (names, write) in parts {
        if !names.is_empty() {
            let mut map = NameMap::new();
            for (index, name) in names {
                map.append(*index, name);
            }
            write(&mut section, &map);
        }
    }
    (!section.is_empty()).then_some(section)
}
