//! Contents: what is embedded in a component, and whether the component makes something of its own.
//!
//! In: the bytes of a valid component. Out: its core modules and components as borrowed bytes, with their names.
//! Holds: what is inside of embedded components is left alone.
//!
//! Specification: Component Model, "Binary", "Name Section".

use std::collections::HashMap;

use wasmparser::{
    BinaryReader, ComponentAlias, ComponentExternalKind, ComponentName, ComponentNameSectionReader,
    ComponentOuterAliasKind, ComponentType, ComponentTypeRef, NameMap, Payload, Result,
};

use super::shallow::{Go, as_range, each_payload};

/// What a component holds.
#[derive(Clone, Debug, Default)]
pub struct Contents<'a> {
    /// What the component's own name section calls it.
    pub name: Option<String>,
    pub modules: Vec<Embedded<'a>>,
    pub components: Vec<Embedded<'a>>,
    /// Whether it has core modules, core instances, canonical definitions or resource types of its own.
    pub makes: bool,
}

/// A core module or component inside a component.
#[derive(Clone, Debug)]
pub struct Embedded<'a> {
    /// What the component around it calls it, else what it calls itself.
    pub name: Option<String>,
    pub bytes: &'a [u8],
}

/// What is embedded in a component. Empty for what is no component.
pub fn contents(bytes: &[u8]) -> Contents<'_> {
    let mut walk = Walk::default();
    // What cannot be parsed has no contents; who reads the component says what is wrong.
    if walk.walk(bytes).is_err() {
        return Contents::default();
    }
    walk.finish()
}

#[derive(Default)]
struct Walk<'a> {
    /// By index; none for what is imported or an alias.
    modules: Vec<Option<&'a [u8]>>,
    components: Vec<Option<&'a [u8]>>,
    names: Vec<&'a [u8]>,
    makes: bool,
}

impl<'a> Walk<'a> {
    fn walk(&mut self, bytes: &'a [u8]) -> Result<()> {
        each_payload(bytes, |payload| {
            match &payload {
                Payload::ModuleSection { unchecked_range, .. } => self.embed(bytes, unchecked_range, true),
                Payload::ComponentSection { unchecked_range, .. } => self.embed(bytes, unchecked_range, false),
                _ => self.section(payload)?,
            }
            Ok(Go::On)
        })
    }

    fn embed(&mut self, bytes: &'a [u8], range: &std::ops::Range<u64>, is_module: bool) {
        let found = bytes.get(as_range(range));
        self.makes |= is_module;
        if is_module { self.modules.push(found) } else { self.components.push(found) }
    }

    /// Counts the items that have an index among modules or components.
    fn section(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::InstanceSection(_) | Payload::ComponentCanonicalSection(_) => self.makes = true,
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    self.makes |= matches!(ty?, ComponentType::Resource { .. });
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    self.count(match import?.ty {
                        ComponentTypeRef::Module(_) => ComponentExternalKind::Module,
                        ComponentTypeRef::Component(_) => ComponentExternalKind::Component,
                        _ => continue,
                    });
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    match alias? {
                        ComponentAlias::InstanceExport { kind, .. } => self.count(kind),
                        ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => {
                            self.count(ComponentExternalKind::Module);
                        }
                        ComponentAlias::Outer { kind: ComponentOuterAliasKind::Component, .. } => {
                            self.count(ComponentExternalKind::Component);
                        }
                        ComponentAlias::CoreInstanceExport { .. } | ComponentAlias::Outer { .. } => {}
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    self.count(export?.kind);
                }
            }
            Payload::CustomSection(section) if section.name() == "component-name" => self.names.push(section.data()),
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, kind: ComponentExternalKind) {
        match kind {
            ComponentExternalKind::Module => self.modules.push(None),
            ComponentExternalKind::Component => self.components.push(None),
            ComponentExternalKind::Func
            | ComponentExternalKind::Value
            | ComponentExternalKind::Type
            | ComponentExternalKind::Instance => {}
        }
    }

    fn finish(self) -> Contents<'a> {
        let names = Names::read(&self.names);
        let embedded = |all: Vec<Option<&'a [u8]>>, names: &HashMap<u32, &str>, own: fn(&[u8]) -> Option<String>| {
            let all = (0..).zip(all).filter_map(|(index, bytes)| Some((index, bytes?)));
            let named = |index: u32| names.get(&index).map(|name| (*name).to_owned());
            all.map(|(index, bytes)| Embedded { name: named(index).or_else(|| own(bytes)), bytes }).collect()
        };
        Contents {
            name: names.component.map(str::to_owned),
            modules: embedded(self.modules, &names.modules, |bytes| wasm::module_name(bytes).map(str::to_owned)),
            components: embedded(self.components, &names.components, component_name),
            makes: self.makes,
        }
    }
}

/// What a component's name section calls itself, its modules, its components and their instances.
#[derive(Default)]
pub(crate) struct Names<'a> {
    pub(crate) component: Option<&'a str>,
    pub(crate) modules: HashMap<u32, &'a str>,
    pub(crate) components: HashMap<u32, &'a str>,
    pub(crate) instances: HashMap<u32, &'a str>,
}

impl<'a> Names<'a> {
    /// A damaged section yields what could be read of it.
    pub(crate) fn read(sections: &[&'a [u8]]) -> Self {
        let map = |map: NameMap<'a>| map.into_iter().map_while(Result::ok).map(|naming| (naming.index, naming.name));
        let mut names = Self::default();
        let readers = sections.iter().map(|data| ComponentNameSectionReader::new(BinaryReader::new(data, 0)));
        for name in readers.flat_map(|reader| reader.into_iter().map_while(Result::ok)) {
            match name {
                ComponentName::Component { name, .. } => names.component = Some(name),
                ComponentName::CoreModules(found) => names.modules.extend(map(found)),
                ComponentName::Components(found) => names.components.extend(map(found)),
                ComponentName::Instances(found) => names.instances.extend(map(found)),
                _ => {}
            }
        }
        names
    }
}

/// What a component calls itself.
fn component_name(bytes: &[u8]) -> Option<String> {
    Names::read(&name_sections(bytes)).component.map(str::to_owned)
}

/// The contents of a component's sections of debug names; those of one that cannot be parsed are none.
pub(crate) fn name_sections(bytes: &[u8]) -> Vec<&[u8]> {
    let mut sections = Vec::new();
    let walked = each_payload(bytes, |payload| {
        if let Payload::CustomSection(section) = payload
            && section.name() == "component-name"
        {
            sections.push(section.data());
        }
        Ok(Go::On)
    });
    if walked.is_ok() { sections } else { Vec::new() }
}
