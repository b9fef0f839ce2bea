//! Writes what is reached of a module, every index remapped, with what `inject` adds.
//!
//! Holds: sections and their items keep their order; instructions are written in their shortest form, so that doing it
//! again changes nothing.

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CustomSection, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    FunctionSection, GlobalSection, ImportSection, Instruction, MemorySection, MemoryType, Module, RefType,
    StartSection, TableSection, TagSection, TypeSection, ValType,
};
use wasmparser::{Export, ExternalKind};

use super::kind::{Error, Kind};
use super::live::Live;
use super::remap::{Lookup, Remap};
use super::sections::{Sections, kind_of};
use super::{code, customs, names};
use crate::CoreModule;

/// What is put into the module. Indices are those of the new module.
#[derive(Default)]
pub(super) struct Additions<'r> {
    /// At the end of the function index space.
    pub functions: Vec<NewFunction>,
    /// Exported functions, and the start function, call this one first.
    pub first_call: Option<u32>,
    /// Replaces the start function.
    pub start: Option<u32>,
    /// Imported functions of the old module that one of the functions above replaces.
    pub replaced: Vec<u32>,
    /// Imported functions of the old module that get another field.
    pub renamed: Vec<(u32, &'r str)>,
    /// The last import, if it is there.
    pub memory: Option<MemoryType>,
}

/// A function without locals.
pub(super) struct NewFunction {
    pub name: &'static str,
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
    /// Ends with `End`.
    pub body: Vec<Instruction<'static>>,
}

/// What is written, and how.
pub(super) struct Emit<'e, 'a> {
    pub module: &'e CoreModule<'a>,
    pub sections: &'e Sections<'a>,
    pub live: &'e Live<'a>,
    pub remap: &'e Remap,
    /// The exports that stay.
    pub exports: &'e [&'e Export<'a>],
    pub additions: &'e Additions<'e>,
    pub keep_names: bool,
    /// Whether custom sections stay that are no names.
    pub keep_customs: bool,
}

impl Emit<'_, '_> {
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Error> {
        let mut module = Module::new();
        let (leading, others) = customs::kept(self.module);
        self.customs(&mut module, &leading);
        let types = self.types()?;
        section(&mut module, &types, types.is_empty());
        let imports = self.imports()?;
        section(&mut module, &imports, imports.is_empty());
        let functions = self.functions()?;
        section(&mut module, &functions, functions.is_empty());
        let tables = self.tables()?;
        section(&mut module, &tables, tables.is_empty());
        let memories = self.memories()?;
        section(&mut module, &memories, memories.is_empty());
        let tags = self.tags()?;
        section(&mut module, &tags, tags.is_empty());
        let globals = self.globals()?;
        section(&mut module, &globals, globals.is_empty());
        let exports = self.exports()?;
        section(&mut module, &exports, exports.is_empty());
        let start = self.sections.start.map(|start| self.remap.map(Kind::Function, start)).transpose()?;
        if let Some(function_index) = self.additions.start.or(start) {
            module.section(&StartSection { function_index });
        }
        let elements = self.elements()?;
        section(&mut module, &elements, elements.is_empty());
        let data = self.data()?;
        if self.live.bodies_name_data {
            module.section(&DataCountSection { count: data.len() });
        }
        code::write(self, &mut module)?;
        section(&mut module, &data, data.is_empty());
        if self.keep_names
            && let Some(names) = names::section(self)
        {
            module.section(&names);
        }
        self.customs(&mut module, &others);
        Ok(module.finish())
    }

    fn customs(&self, module: &mut Module, customs: &[&crate::Custom<'_>]) {
        for custom in customs.iter().filter(|_| self.keep_customs) {
            module.section(&CustomSection { name: custom.name.into(), data: custom.data.into() });
        }
    }

    /// The definitions of a kind that stay.
    fn kept<'s, T>(&'s self, kind: Kind, defined: &'s [T]) -> impl Iterator<Item = &'s T> {
        self.live.of(kind).filter_map(move |index| defined.get(self.sections.defined(kind, index)?))
    }

    fn types(&self) -> Result<TypeSection, Error> {
        let mut section = TypeSection::new();
        for (start, group) in self.sections.group_start.iter().zip(&self.sections.groups) {
            // An empty group has no first type, or that of the next one.
            let stays = group.types().len() > 0 && self.live.has(Kind::Type, *start);
            if stays {
                Lookup(self.remap).parse_recursive_type_group(section.ty(), group.clone())?;
            }
        }
        for function in &self.additions.functions {
            section.ty().function(function.params.iter().copied(), function.results.iter().copied());
        }
        Ok(section)
    }

    fn imports(&self) -> Result<ImportSection, Error> {
        let mut section = ImportSection::new();
        let mut next = super::kind::PerKind::<u32>::default();
        for import in &self.sections.imports {
            let kind = kind_of(import.ty);
            let old = next[kind];
            next[kind] += 1;
            let is = |function: u32| kind == Kind::Function && function == old;
            let replaced = self.additions.replaced.iter().any(|function| is(*function));
            if self.live.has(kind, old) && !replaced {
                let renamed = self.additions.renamed.iter().find(|(function, _)| is(*function));
                let field = renamed.map_or(import.name, |(_, field)| field);
                section.import(import.module, field, Lookup(self.remap).entity_type(import.ty)?);
            }
        }
        if let Some(memory) = self.additions.memory {
            section.import("env", "memory", EntityType::Memory(memory));
        }
        Ok(section)
    }

    fn functions(&self) -> Result<FunctionSection, Error> {
        let mut section = FunctionSection::new();
        for function in self.live.of(Kind::Function) {
            if self.sections.defined(Kind::Function, function).is_some() {
                section.function(self.remap.map(Kind::Type, self.sections.function_types[function as usize])?);
            }
        }
        for (ty, _) in (self.remap.counts[Kind::Type]..).zip(&self.additions.functions) {
            section.function(ty);
        }
        Ok(section)
    }

    fn tables(&self) -> Result<TableSection, Error> {
        let mut section = TableSection::new();
        for table in self.kept(Kind::Table, &self.sections.tables) {
            Lookup(self.remap).parse_table(&mut section, table.clone())?;
        }
        Ok(section)
    }

    fn memories(&self) -> Result<MemorySection, Error> {
        let mut section = MemorySection::new();
        for memory in self.kept(Kind::Memory, &self.sections.memories) {
            section.memory(Lookup(self.remap).memory_type(*memory)?);
        }
        Ok(section)
    }

    fn tags(&self) -> Result<TagSection, Error> {
        let mut section = TagSection::new();
        for tag in self.kept(Kind::Tag, &self.sections.tags) {
            section.tag(Lookup(self.remap).tag_type(*tag)?);
        }
        Ok(section)
    }

    fn globals(&self) -> Result<GlobalSection, Error> {
        let mut section = GlobalSection::new();
        for global in self.kept(Kind::Global, &self.sections.globals) {
            Lookup(self.remap).parse_global(&mut section, global.clone())?;
        }
        Ok(section)
    }

    fn exports(&self) -> Result<ExportSection, Error> {
        let mut section = ExportSection::new();
        for export in self.exports {
            let (kind, sort) = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => (Kind::Function, ExportKind::Func),
                ExternalKind::Table => (Kind::Table, ExportKind::Table),
                ExternalKind::Memory => (Kind::Memory, ExportKind::Memory),
                ExternalKind::Global => (Kind::Global, ExportKind::Global),
                ExternalKind::Tag => (Kind::Tag, ExportKind::Tag),
            };
            section.export(export.name, sort, self.remap.map(kind, export.index)?);
        }
        Ok(section)
    }

    fn elements(&self) -> Result<ElementSection, Error> {
        let mut section = ElementSection::new();
        for element in self.kept(Kind::Element, &self.sections.elements) {
            Lookup(self.remap).parse_element(&mut section, element.clone())?;
        }
        self.declare(&mut section)?;
        Ok(section)
    }

    /// Segments that do nothing are not kept; what bodies need of them is declared anew, at the end.
    fn declare(&self, section: &mut ElementSection) -> Result<(), Error> {
        let (mut plain, mut shared) = (Vec::new(), Vec::new());
        for old in self.live.undeclared() {
            let ty = self.sections.function_types[old as usize] as usize;
            let group = self.sections.group_of[ty];
            let place = ty - self.sections.group_start[group as usize] as usize;
            let ty = self.sections.groups[group as usize].types().nth(place);
            let is_shared = ty.is_some_and(|ty| ty.composite_type.shared);
            let list = if is_shared { &mut shared } else { &mut plain };
            list.push(self.remap.map(Kind::Function, old)?);
        }
        if !plain.is_empty() {
            section.declared(Elements::Functions(plain.into()));
        }
        if !shared.is_empty() {
            let ty = wasm_encoder::AbstractHeapType::Func;
            let heap_type = wasm_encoder::HeapType::Abstract { shared: true, ty };
            let items: Vec<_> = shared.into_iter().map(wasm_encoder::ConstExpr::ref_func).collect();
            section.declared(Elements::Expressions(RefType { nullable: true, heap_type }, items.into()));
        }
        Ok(())
    }

    fn data(&self) -> Result<DataSection, Error> {
        let mut section = DataSection::new();
        for data in self.kept(Kind::Data, &self.sections.data) {
            Lookup(self.remap).parse_data(&mut section, data.clone())?;
        }
        Ok(section)
    }
}

fn section(module: &mut Module, section: &impl wasm_encoder::Section, empty: bool) {
    if !empty {
        module.section(section);
    }
}
