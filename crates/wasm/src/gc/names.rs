//! The name section, for the indices of the new module.
//!
//! Holds: a name stays with its item, and goes with it; a damaged section yields what could be read of it.
//!
//! Specification: WebAssembly core, "Name Section", and its extension in tool-conventions.

use wasm_encoder::{IndirectNameMap, NameMap, NameSection};
use wasmparser::{BinaryReader, Name, NameSectionReader};

use super::emit::Emit;
use super::kind::Kind;

/// The new section; none if nothing has a name.
pub(super) fn section(emit: &Emit<'_, '_>) -> Option<NameSection> {
    let found: Vec<Name<'_>> = emit
        .module
        .customs_named("name")
        .flat_map(|data| NameSectionReader::new(BinaryReader::new(data, 0)).map_while(Result::ok))
        .collect();
    let mut writer = Writer { emit, section: NameSection::new(), is_empty: true };
    if let Some(name) =
        found.iter().find_map(|name| if let Name::Module { name, .. } = name { Some(name) } else { None })
    {
        writer.section.module(name);
        writer.is_empty = false;
    }
    writer.functions(&found);
    for name in found {
        writer.other(name);
    }
    (!writer.is_empty).then_some(writer.section)
}

struct Writer<'e> {
    emit: &'e Emit<'e, 'e>,
    section: NameSection,
    is_empty: bool,
}

impl Writer<'_> {
    fn functions(&mut self, found: &[Name<'_>]) {
        let mut map = NameMap::new();
        let mut is_empty = true;
        for name in found {
            let Name::Function(names) = name else { continue };
            for naming in names.clone().map_while(Result::ok) {
                // What replaces an import has a name of its own.
                let replaced = self.emit.additions.replaced.contains(&naming.index);
                if let Some(new) = self.emit.remap.get(Kind::Function, naming.index).filter(|_| !replaced) {
                    map.append(new, naming.name);
                    is_empty = false;
                }
            }
        }
        for (index, function) in (self.emit.remap.counts[Kind::Function]..).zip(&self.emit.additions.functions) {
            map.append(index, function.name);
            is_empty = false;
        }
        if !is_empty {
            self.section.functions(&map);
            self.is_empty = false;
        }
    }

    fn other(&mut self, name: Name<'_>) {
        match name {
            Name::Module { .. } | Name::Function(_) => {}
            Name::Local(names) => self.indirect(Kind::Function, names, NameSection::locals),
            Name::Label(names) => self.indirect(Kind::Function, names, NameSection::labels),
            Name::Type(names) => self.direct(Kind::Type, names, NameSection::types),
            Name::Table(names) => self.direct(Kind::Table, names, NameSection::tables),
            Name::Memory(names) => self.direct(Kind::Memory, names, NameSection::memories),
            Name::Global(names) => self.direct(Kind::Global, names, NameSection::globals),
            Name::Element(names) => self.direct(Kind::Element, names, NameSection::elements),
            Name::Data(names) => self.direct(Kind::Data, names, NameSection::data),
            Name::Field(names) => self.indirect(Kind::Type, names, NameSection::fields),
            Name::Tag(names) => self.direct(Kind::Tag, names, NameSection::tags),
            Name::Parameter(names) => self.indirect(Kind::Type, names, NameSection::parameters),
            Name::TagParameter(names) => self.indirect(Kind::Tag, names, NameSection::tag_parameters),
            // Nobody knows what its indices mean.
            Name::Unknown { .. } => {}
        }
    }

    fn direct(&mut self, kind: Kind, names: wasmparser::NameMap<'_>, add: impl Fn(&mut NameSection, &NameMap)) {
        let mut map = NameMap::new();
        let mut is_empty = true;
        for naming in names.into_iter().map_while(Result::ok) {
            if let Some(new) = self.emit.remap.get(kind, naming.index) {
                map.append(new, naming.name);
                is_empty = false;
            }
        }
        if !is_empty {
            add(&mut self.section, &map);
            self.is_empty = false;
        }
    }

    fn indirect(
        &mut self,
        kind: Kind,
        names: wasmparser::IndirectNameMap<'_>,
        add: impl Fn(&mut NameSection, &IndirectNameMap),
    ) {
        let mut map = IndirectNameMap::new();
        let mut is_empty = true;
        for naming in names.into_iter().map_while(Result::ok) {
            let Some(new) = self.emit.remap.get(kind, naming.index) else { continue };
            let mut inner = NameMap::new();
            for naming in naming.names.map_while(Result::ok) {
                inner.append(naming.index, naming.name);
            }
            map.append(new, &inner);
            is_empty = false;
        }
        if !is_empty {
            add(&mut self.section, &map);
            self.is_empty = false;
        }
    }
}
