//! Sections: adjacent definitions of one kind are collected and written as one section.
//!
//! Holds: definitions keep their order; asking for another kind closes the section at hand.

use wasm_encoder::{
    CanonicalFunctionSection, Component, ComponentAliasSection, ComponentExportSection, ComponentImportSection,
    ComponentInstanceSection, ComponentSection, ComponentTypeSection, CoreTypeSection, InstanceSection,
};

pub(super) struct Sections {
    component: Component,
    open: Open,
}

/// The section at hand.
enum Open {
    Nothing,
    CoreInstances(InstanceSection),
    CoreTypes(CoreTypeSection),
    Instances(ComponentInstanceSection),
    Aliases(ComponentAliasSection),
    Types(ComponentTypeSection),
    Canons(CanonicalFunctionSection),
    Imports(ComponentImportSection),
    Exports(ComponentExportSection),
}

macro_rules! section {
    ($($name:ident: $variant:ident($section:ident);)*) => {$(
        pub(super) fn $name(&mut self) -> &mut $section {
            if !matches!(self.open, Open::$variant(_)) {
                self.close();
                self.open = Open::$variant($section::new());
            }
            match &mut self.open {
                Open::$variant(section) => section,
                _ => unreachable!("the section was opened above"),
            }
        }
    )*};
}

impl Sections {
    pub(super) fn new() -> Self {
        Self { component: Component::new(), open: Open::Nothing }
    }

    section! {
        core_instances: CoreInstances(InstanceSection);
        core_types: CoreTypes(CoreTypeSection);
        instances: Instances(ComponentInstanceSection);
        aliases: Aliases(ComponentAliasSection);
        types: Types(ComponentTypeSection);
        canons: Canons(CanonicalFunctionSection);
        imports: Imports(ComponentImportSection);
        exports: Exports(ComponentExportSection);
    }

    /// Writes a section that stands alone: an embedded module or component, or a custom section.
    pub(super) fn write(&mut self, section: &impl ComponentSection) {
        self.close();
        self.component.section(section);
    }

    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => &mut self.component,
            Open::CoreInstances(section) => self.component.section(&section),
            Open::CoreTypes(section) => self.component.section(&section),
            Open::Instances(section) => self.component.section(&section),
            Open::Aliases(section) => self.component.section(&section),
            Open::Types(section) => self.component.section(&section),
            Open::Canons(section) => self.component.section(&section),
            Open::Imports(section) => self.component.section(&section),
            Open::Exports(section) => self.component.section(&section),
        };
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.close();
        self.component.finish()
    }
}
