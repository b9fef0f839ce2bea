//! Debug names: what the `component-name` section calls the items of the root scope.
//!
//! Holds: a name of an index that is not there, and all behind a damaged part of the section, is left out, since debug
//! names say nothing of what a component does.
//!
//! Specification: Component Model, "Binary", "Name Section".

use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader, NameMap};

use super::{Space, Structure};
use crate::plan::Nameable;

impl<'a> Structure<'a> {
    /// Gives the items the names that the section has for them.
    pub(super) fn debug_names(&mut self, data: &'a [u8]) {
        let section = ComponentNameSectionReader::new(BinaryReader::new(data, 0));
        for name in section.into_iter().map_while(Result::ok) {
            match name {
                ComponentName::Component { name, .. } => self.plan.set_name(name),
                ComponentName::CoreFuncs(map) => {
                    self.name_all(map, |it, at| it.core.funcs.get(at).map(|id| (*id).into()))
                }
                ComponentName::CoreTables(map) => {
                    self.name_all(map, |it, at| it.core.tables.get(at).map(|id| Nameable::Core((*id).into())));
                }
                ComponentName::CoreMemories(map) => {
                    self.name_all(map, |it, at| it.core.memories.get(at).map(|id| Nameable::Core((*id).into())));
                }
                ComponentName::CoreGlobals(map) => {
                    self.name_all(map, |it, at| it.core.globals.get(at).map(|id| Nameable::Core((*id).into())));
                }
                ComponentName::CoreTags(map) => {
                    self.name_all(map, |it, at| it.core.tags.get(at).map(|id| Nameable::Core((*id).into())));
                }
                ComponentName::CoreInstances(map) => {
                    self.name_all(map, |it, at| it.core.instances.get(at).map(|id| Nameable::CoreInstance(*id)));
                }
                ComponentName::CoreModules(map) => {
                    self.name_items(map, |space, at| Some((*space.core_modules.get(at)?).into()))
                }
                ComponentName::CoreTypes(map) => {
                    self.name_items(map, |space, at| Some(Nameable::CoreType(*space.core_types.get(at)?)));
                }
                ComponentName::Types(map) => self.name_items(map, |space, at| Some((*space.types.get(at)?).into())),
                ComponentName::Instances(map) => {
                    self.name_items(map, |space, at| Some((*space.instances.get(at)?).into()))
                }
                ComponentName::Components(map) => {
                    self.name_items(map, |space, at| Some((*space.components.get(at)?).into()));
                }
                ComponentName::Funcs(map) => self.name_items(map, |space, at| Some((*space.funcs.get(at)?).into())),
                ComponentName::Values(_) | ComponentName::Unknown { .. } => {}
            }
        }
    }

    fn name_items(&mut self, map: NameMap<'a>, item: fn(&Space, usize) -> Option<Nameable>) {
        for naming in map.into_iter().map_while(Result::ok) {
            if let Some(item) = item(self.here(), naming.index as usize) {
                self.plan.debug_name(item, naming.name);
            }
        }
    }

    fn name_all(&mut self, map: NameMap<'a>, item: fn(&Self, usize) -> Option<Nameable>) {
        for naming in map.into_iter().map_while(Result::ok) {
            if let Some(item) = item(self, naming.index as usize) {
                self.plan.debug_name(item, naming.name);
            }
        }
    }
}
