//! Sections: adjacent definitions of one kind are collected and written as one section.
//!
//! Holds: definitions keep their order; asking for another kind closes the section at hand;
//! embedded modules and components are not copied.

use wasm::Pieces;
use wasm_encoder::{
    CanonicalFunctionSection, Component, ComponentAliasSection, ComponentExportSection, ComponentImportSection,
    ComponentInstanceSection, ComponentSection, ComponentSectionId, ComponentTypeSection, CoreTypeSection, Encode as _,
    InstanceSection,
};

pub(super) struct Sections<'p> {
    done: Pieces<'p>,
    /// What follows it, not yet a piece.
    tail: Vec<u8>,
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

impl<'p> Sections<'p> {
    pub(super) fn new() -> Self {
        Self { done: Pieces::default(), tail: Component::HEADER.to_vec(), open: Open::Nothing }
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

    /// Writes a section that stands alone: a custom section.
    pub(super) fn write(&mut self, section: &impl ComponentSection) {
        self.close();
        section.append_to_component(&mut self.tail);
    }

    /// Writes an embedded module or component.
    pub(super) fn embed(&mut self, id: ComponentSectionId, bytes: Pieces<'p>) {
        self.close();
        self.tail.push(id.into());
        bytes.len().encode(&mut self.tail);
        self.done.push(std::mem::take(&mut self.tail));
        self.done.append(bytes);
    }

    fn close(&mut self) {
        let tail = &mut self.tail;
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing => {}
            Open::CoreInstances(section) => section.append_to_component(tail),
            Open::CoreTypes(section) => section.append_to_component(tail),
            Open::Instances(section) => section.append_to_component(tail),
            Open::Aliases(section) => section.append_to_component(tail),
            Open::Types(section) => section.append_to_component(tail),
            Open::Canons(section) => section.append_to_component(tail),
            Open::Imports(section) => section.append_to_component(tail),
            Open::Exports(section) => section.append_to_component(tail),
        }
    }

    pub(super) fn finish(mut self) -> Pieces<'p> {
        self.close();
        self.done.push(self.tail);
        self.done
    }
}
