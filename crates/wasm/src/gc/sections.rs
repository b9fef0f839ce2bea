//! The sections of a module, taken apart.
//!
//! In: a `CoreModule`. Out: its items, by index space. Bodies, data and names stay borrowed.
//! Holds: nothing is allocated for a count that the bytes only claim.

use wasmparser::{
    BinaryReader, CodeSectionReader, ConstExpr, Data, DataKind, DataSectionReader, Element, ElementItems, ElementKind,
    ElementSectionReader, Export, ExportSectionReader, FromReader, FunctionBody, FunctionSectionReader, Global,
    GlobalSectionReader, Import, ImportSectionReader, Imports, MemorySectionReader, MemoryType, Operator, RecGroup,
    SectionLimited, Table, TableSectionReader, TagSectionReader, TagType, TypeRef, TypeSectionReader,
};

use super::kind::{Kind, PerKind};
use crate::CoreModule;

/// What a module consists of. Imported items come first in their index spaces, and stand in `imports` alone.
#[derive(Default)]
pub(super) struct Sections<'a> {
    pub groups: Vec<RecGroup>,
    /// The group of each type.
    pub group_of: Vec<u32>,
    /// The first type of each group.
    pub group_start: Vec<u32>,
    pub imports: Vec<Import<'a>>,
    /// For each index space, the places in `imports` of its imported items.
    pub imported: PerKind<Vec<usize>>,
    /// The type of each function, imported ones first.
    pub function_types: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub tags: Vec<TagType>,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Sections<'a> {
    pub(super) fn of(module: &CoreModule<'a>) -> wasmparser::Result<Self> {
        let mut sections = Self::default();
        for section in &module.sections {
            let reader = BinaryReader::new(&module.bytes[section.contents.clone()], section.contents.start as u64);
            sections.section(section.id, reader)?;
        }
        Ok(sections)
    }

    fn section(&mut self, id: u8, mut reader: BinaryReader<'a>) -> wasmparser::Result<()> {
        match id {
            1 => self.types(reader)?,
            2 => self.imports(reader)?,
            3 => self.function_types.extend(all(FunctionSectionReader::new(reader)?)?),
            4 => self.tables = all(TableSectionReader::new(reader)?)?,
            5 => self.memories = all(MemorySectionReader::new(reader)?)?,
            6 => self.globals = all(GlobalSectionReader::new(reader)?)?,
            7 => self.exports = all(ExportSectionReader::new(reader)?)?,
            8 => self.start = Some(reader.read_var_u32()?),
            9 => self.elements = all(ElementSectionReader::new(reader)?)?,
            10 => self.bodies = all(CodeSectionReader::new(reader)?)?,
            11 => self.data = all(DataSectionReader::new(reader)?)?,
            13 => self.tags = all(TagSectionReader::new(reader)?)?,
            // Custom sections are read elsewhere; the count of data segments (12) is made anew.
            _ => {}
        }
        Ok(())
    }

    fn types(&mut self, reader: BinaryReader<'a>) -> wasmparser::Result<()> {
        for (group, types) in (0..).zip(TypeSectionReader::new(reader)?) {
            let types = types?;
            self.group_start.push(u32::try_from(self.group_of.len()).expect("the validator bounds the types"));
            self.group_of.extend(types.types().map(|_| group));
            self.groups.push(types);
        }
        Ok(())
    }

    fn imports(&mut self, reader: BinaryReader<'a>) -> wasmparser::Result<()> {
        for imports in ImportSectionReader::new(reader)? {
            match imports? {
                Imports::Single(_, import) => self.import(import),
                Imports::Compact1 { module, items } => {
                    for item in items {
                        let item = item?;
                        self.import(Import { module, name: item.name, ty: item.ty });
                    }
                }
                Imports::Compact2 { module, ty, names } => {
                    for name in names {
                        self.import(Import { module, name: name?, ty });
                    }
                }
            }
        }
        Ok(())
    }

    fn import(&mut self, import: Import<'a>) {
        if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
            self.function_types.push(ty);
        }
        self.imported[kind_of(import.ty)].push(self.imports.len());
        self.imports.push(import);
    }

    /// How many items of a kind there are, imported ones included.
    pub(super) fn count(&self, kind: Kind) -> usize {
        let defined = match kind {
            Kind::Type => self.group_of.len(),
            Kind::Function => return self.function_types.len(),
            Kind::Table => self.tables.len(),
            Kind::Memory => self.memories.len(),
            Kind::Tag => self.tags.len(),
            Kind::Global => self.globals.len(),
            Kind::Element => self.elements.len(),
            Kind::Data => self.data.len(),
        };
        defined + self.imported[kind].len()
    }

    /// The import that an index stands for.
    pub(super) fn import_of(&self, kind: Kind, index: u32) -> Option<&Import<'a>> {
        self.imported[kind].get(index as usize).map(|place| &self.imports[*place])
    }

    /// The place of a defined item among the defined ones.
    pub(super) fn defined(&self, kind: Kind, index: u32) -> Option<usize> {
        (index as usize).checked_sub(self.imported[kind].len())
    }

    /// The body of a defined function.
    pub(super) fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get(self.defined(Kind::Function, function)?)
    }

    /// Whether instantiating the module cannot fail for this segment, nor be seen from outside: the table is the
    /// module's own, and surely large enough.
    pub(super) fn element_is_private(&self, element: &Element<'_>) -> bool {
        let ElementKind::Active { table_index, offset_expr } = &element.kind else { return true };
        let table = self.defined(Kind::Table, table_index.unwrap_or(0)).and_then(|index| self.tables.get(index));
        let length = match &element.items {
            ElementItems::Functions(items) => items.count(),
            ElementItems::Expressions(_, items) => items.count(),
        };
        table.is_some_and(|table| fits(offset_expr, u64::from(length), u128::from(table.ty.initial)))
    }

    /// The same of a data segment and its memory.
    pub(super) fn data_is_private(&self, data: &Data<'_>) -> bool {
        let DataKind::Active { memory_index, offset_expr } = &data.kind else { return true };
        let memory = self.defined(Kind::Memory, *memory_index).and_then(|index| self.memories.get(index));
        memory.is_some_and(|memory| {
            let size = u128::from(memory.initial) << memory.page_size_log2.unwrap_or(16).min(63);
            fits(offset_expr, data.data.len() as u64, size)
        })
    }
}

pub(super) fn kind_of(ty: TypeRef) -> Kind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => Kind::Function,
        TypeRef::Table(_) => Kind::Table,
        TypeRef::Memory(_) => Kind::Memory,
        TypeRef::Global(_) => Kind::Global,
        TypeRef::Tag(_) => Kind::Tag,
    }
}

fn all<'a, T: FromReader<'a>>(reader: SectionLimited<'a, T>) -> wasmparser::Result<Vec<T>> {
    reader.into_iter().collect()
}

/// Whether `length` items at a constant offset lie within `size`.
fn fits(offset: &ConstExpr<'_>, length: u64, size: u128) -> bool {
    let mut operators = offset.get_operators_reader();
    let start = match operators.read() {
        Ok(Operator::I32Const { value }) => u64::from(value.cast_unsigned()),
        Ok(Operator::I64Const { value }) => value.cast_unsigned(),
        _ => return false,
    };
    operators.is_end_then_eof() && u128::from(start) + u128::from(length) <= size
}
