//! A core module as far as wiring is concerned.
//!
//! In: its bytes. Out: imports, exports, what its definitions start with, bodies unread.

use std::collections::BTreeMap;

use wasmparser::{
    CompositeInnerType, Data, Dylink0Subsection, Element, ExternalKind, FuncType, FunctionBody, Global, KnownCustom,
    MemoryType, Parser, Payload, Table, TypeRef,
};

/// A core module.
#[derive(Default)]
pub struct Module<'a> {
    /// None for a type that is no function's.
    pub types: Vec<Option<FuncType>>,
    pub imports: Vec<wasmparser::Import<'a>>,
    /// The type index of each function that the module defines.
    pub funcs: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub tags: usize,
    pub exports: Vec<(&'a str, Sort, u32)>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    /// The bytes of data that a library asks for in memory.
    pub memory_size: u32,
}

/// What can be imported and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

impl Sort {
    pub fn of(kind: ExternalKind) -> Self {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => Self::Func,
            ExternalKind::Table => Self::Table,
            ExternalKind::Memory => Self::Memory,
            ExternalKind::Global => Self::Global,
            ExternalKind::Tag => Self::Tag,
        }
    }

    pub fn of_import(ty: &TypeRef) -> Self {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => Self::Func,
            TypeRef::Table(_) => Self::Table,
            TypeRef::Memory(_) => Self::Memory,
            TypeRef::Global(_) => Self::Global,
            TypeRef::Tag(_) => Self::Tag,
        }
    }
}

impl<'a> Module<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let mut module = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            module.section(payload.map_err(text)?).map_err(text)?;
        }
        Ok(module)
    }

    fn section(&mut self, payload: Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(groups) => {
                for group in groups {
                    self.types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                        CompositeInnerType::Func(func) => Some(func),
                        _ => None,
                    }));
                }
            }
            Payload::ImportSection(imports) => self.imports = imports.into_imports().collect::<Result<_, _>>()?,
            Payload::FunctionSection(funcs) => self.funcs = funcs.into_iter().collect::<Result<_, _>>()?,
            Payload::TableSection(tables) => self.tables = tables.into_iter().collect::<Result<_, _>>()?,
            Payload::MemorySection(memories) => self.memories = memories.into_iter().collect::<Result<_, _>>()?,
            Payload::GlobalSection(globals) => self.globals = globals.into_iter().collect::<Result<_, _>>()?,
            Payload::TagSection(tags) => self.tags = tags.into_iter().count(),
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    self.exports.push((export.name, Sort::of(export.kind), export.index));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => self.elements = elements.into_iter().collect::<Result<_, _>>()?,
            Payload::DataSection(data) => self.data = data.into_iter().collect::<Result<_, _>>()?,
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Dylink0(sections) = custom.as_known() {
                    for section in sections {
                        if let Dylink0Subsection::MemInfo(info) = section? {
                            self.memory_size = info.memory_size;
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub fn imported(&self, sort: Sort) -> usize {
        self.imports.iter().filter(|import| Sort::of_import(&import.ty) == sort).count()
    }

    /// The type of a function by its index.
    pub fn func_type(&self, index: u32) -> Option<&FuncType> {
        let imported = self.imports.iter().filter_map(|import| match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => Some(ty),
            _ => None,
        });
        let ty = imported.chain(self.funcs.iter().copied()).nth(index as usize)?;
        self.types.get(ty as usize)?.as_ref()
    }

    /// The first of the names, in the order of the alphabet, under which something is exported.
    pub fn export_name(&self, sort: Sort, index: u32) -> Option<&'a str> {
        self.exports.iter().filter(|(_, s, i)| *s == sort && *i == index).map(|(name, _, _)| *name).min()
    }

    /// The names of imports, without marks that make a name unique, and how often each stands there.
    fn import_names(&self) -> BTreeMap<(&'a str, &'a str), usize> {
        let mut names = BTreeMap::new();
        for import in &self.imports {
            *names.entry((import.module, unmarked(import.name))).or_default() += 1;
        }
        names
    }

    fn export_names(&self) -> Vec<&'a str> {
        let mut names: Vec<_> = self.exports.iter().map(|(name, _, _)| *name).collect();
        names.sort_unstable();
        names
    }

    /// Whether this is that module, as an encoder embeds it.
    pub fn is(&self, given: &Module<'_>) -> bool {
        self.import_names() == given.import_names()
            && self.export_names() == given.export_names()
            && self.bodies.len() == given.bodies.len()
    }

    /// Whether this may be what is left of that module.
    pub fn is_part_of(&self, given: &Module<'_>) -> bool {
        let has = given.export_names();
        !self.exports.is_empty() && self.export_names().iter().all(|name| has.contains(name))
    }
}

/// A field's name without the mark that makes a second import of it unique.
pub fn unmarked(field: &str) -> &str {
    field.split_once(" [v").map_or(field, |(original, _)| original)
}

pub fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
