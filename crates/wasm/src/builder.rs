//! `ModuleBuilder`: small core modules, written by this project.
//!
//! In: imports, then definitions, in any order that respects "imports first". Out: bytes.
//! Holds: equal signatures share one type; the same calls give the same bytes.

use indexmap::IndexSet;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemArg,
    MemorySection, Module, NameMap, NameSection, StartSection, TableSection, TypeSection,
};

use crate::{CoreType, Global, Memory, Signature, Table};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
    )*};
}

index! {
    /// A position in the module's function index space.
    FuncIndex
    /// A position in the table index space.
    TableIndex
    /// A position in the memory index space.
    MemoryIndex
    /// A position in the global index space.
    GlobalIndex
}

/// A module being written.
#[derive(Default)]
pub struct ModuleBuilder {
    types: IndexSet<Signature>,
    imports: ImportSection,
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    start: Option<FuncIndex>,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
    names: NameMap,
    customs: Vec<(String, Vec<u8>)>,
    funcs: u32,
    table_count: u32,
    memory_count: u32,
    global_count: u32,
}

impl ModuleBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// The position of a function type, for `call_indirect`.
    pub fn type_index(&mut self, signature: &Signature) -> u32 {
        let (index, _) = self.types.insert_full(signature.clone());
        u32::try_from(index).expect("a module has fewer types than 2^32")
    }

    /// Must come before the first `func`.
    pub fn import_func(&mut self, module: &str, field: &str, signature: &Signature) -> FuncIndex {
        assert!(self.functions.is_empty(), "imported functions come before defined ones");
        let ty = self.type_index(signature);
        self.imports.import(module, field, EntityType::Function(ty));
        self.next_func()
    }

    pub fn import_table(&mut self, module: &str, field: &str, table: Table) -> TableIndex {
        self.imports.import(module, field, EntityType::Table(table.into()));
        TableIndex(next(&mut self.table_count))
    }

    /// A mutable global that holds a function of this type.
    pub fn import_func_ref(&mut self, module: &str, field: &str, signature: &Signature) -> GlobalIndex {
        let ty = self.func_ref_type(signature);
        self.imports.import(module, field, EntityType::Global(ty));
        GlobalIndex(next(&mut self.global_count))
    }

    pub fn import_global(&mut self, module: &str, field: &str, global: Global) -> GlobalIndex {
        let ty = GlobalType { val_type: global.ty.into(), mutable: global.mutable, shared: false };
        self.imports.import(module, field, EntityType::Global(ty));
        GlobalIndex(next(&mut self.global_count))
    }

    pub fn import_memory(&mut self, module: &str, field: &str, memory: Memory) -> MemoryIndex {
        self.imports.import(module, field, EntityType::Memory(memory.into()));
        MemoryIndex(next(&mut self.memory_count))
    }

    /// Defines a function; `body` ends with `Instruction::End`.
    pub fn func(&mut self, name: Option<&str>, signature: &Signature, body: &[Instruction<'_>]) -> FuncIndex {
        self.func_with_locals(name, signature, &[], body)
    }

    /// The same, with variables beside the parameters.
    pub fn func_with_locals(
        &mut self,
        name: Option<&str>,
        signature: &Signature,
        locals: &[CoreType],
        body: &[Instruction<'_>],
    ) -> FuncIndex {
        let ty = self.type_index(signature);
        self.functions.function(ty);
        let mut function = Function::new_with_locals_types(locals.iter().map(|ty| (*ty).into()));
        for instruction in body {
            function.instruction(instruction);
        }
        self.code.function(&function);
        let index = self.next_func();
        if let Some(name) = name {
            self.names.append(index.0, name);
        }
        index
    }

    pub fn table(&mut self, table: Table) -> TableIndex {
        self.tables.table(table.into());
        TableIndex(next(&mut self.table_count))
    }

    pub fn memory(&mut self, memory: Memory) -> MemoryIndex {
        self.memories.memory(memory.into());
        MemoryIndex(next(&mut self.memory_count))
    }

    /// A global that starts as an `i32`.
    pub fn global(&mut self, global: Global, initial: i32) -> GlobalIndex {
        let ty = GlobalType { val_type: global.ty.into(), mutable: global.mutable, shared: false };
        self.globals.global(ty, &ConstExpr::i32_const(initial));
        GlobalIndex(next(&mut self.global_count))
    }

    /// A global that starts as zero, `i32` or `i64`.
    pub fn zero_global(&mut self, global: Global) -> GlobalIndex {
        let ty = GlobalType { val_type: global.ty.into(), mutable: global.mutable, shared: false };
        let wide = global.ty == CoreType::I64;
        self.globals.global(ty, &if wide { ConstExpr::i64_const(0) } else { ConstExpr::i32_const(0) });
        GlobalIndex(next(&mut self.global_count))
    }

    /// A mutable global that holds a function of this type, and at first that one.
    pub fn func_ref(&mut self, signature: &Signature, initial: FuncIndex) -> GlobalIndex {
        let ty = self.func_ref_type(signature);
        self.globals.global(ty, &ConstExpr::ref_func(initial.0));
        GlobalIndex(next(&mut self.global_count))
    }

    fn func_ref_type(&mut self, signature: &Signature) -> GlobalType {
        let heap_type = wasm_encoder::HeapType::Concrete(self.type_index(signature));
        let val_type = wasm_encoder::ValType::Ref(wasm_encoder::RefType { nullable: false, heap_type });
        GlobalType { val_type, mutable: true, shared: false }
    }

    /// Says that the functions are referred to by bodies.
    pub fn declare_refs(&mut self, funcs: &[FuncIndex]) {
        let funcs: Vec<u32> = funcs.iter().map(|func| func.0).collect();
        self.elements.declared(Elements::Functions(funcs.into()));
    }

    pub fn export_func(&mut self, name: &str, func: FuncIndex) {
        self.exports.export(name, ExportKind::Func, func.0);
    }

    pub fn export_table(&mut self, name: &str, table: TableIndex) {
        self.exports.export(name, ExportKind::Table, table.0);
    }

    pub fn export_memory(&mut self, name: &str, memory: MemoryIndex) {
        self.exports.export(name, ExportKind::Memory, memory.0);
    }

    pub fn export_global(&mut self, name: &str, global: GlobalIndex) {
        self.exports.export(name, ExportKind::Global, global.0);
    }

    /// Fills memory from an address on, in bytes, when the module is instantiated.
    pub fn data(&mut self, memory: MemoryIndex, address: u32, bytes: &[u8]) {
        self.data.active(memory.0, &ConstExpr::i32_const(address.cast_signed()), bytes.iter().copied());
    }

    /// Fills a table from a slot on when the module is instantiated.
    pub fn elements(&mut self, table: TableIndex, offset: u32, funcs: &[FuncIndex]) {
        let funcs: Vec<u32> = funcs.iter().map(|func| func.0).collect();
        self.elements.active(
            Some(table.0).filter(|index| *index != 0),
            &ConstExpr::i32_const(offset.cast_signed()),
            Elements::Functions(funcs.into()),
        );
    }

    pub fn start(&mut self, func: FuncIndex) {
        self.start = Some(func);
    }

    pub fn custom(&mut self, name: impl Into<String>, data: Vec<u8>) {
        self.customs.push((name.into(), data));
    }

    /// The module's bytes.
    pub fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        for signature in &self.types {
            let list = |types: &[CoreType]| types.iter().map(|ty| (*ty).into()).collect::<Vec<_>>();
            types.ty().function(list(&signature.params), list(&signature.results));
        }
        section(&mut module, &types, types.is_empty());
        section(&mut module, &self.imports, self.imports.is_empty());
        section(&mut module, &self.functions, self.functions.is_empty());
        section(&mut module, &self.tables, self.tables.is_empty());
        section(&mut module, &self.memories, self.memories.is_empty());
        section(&mut module, &self.globals, self.globals.is_empty());
        section(&mut module, &self.exports, self.exports.is_empty());
        if let Some(start) = self.start {
            module.section(&StartSection { function_index: start.0 });
        }
        section(&mut module, &self.elements, self.elements.is_empty());
        section(&mut module, &self.code, self.code.is_empty());
        section(&mut module, &self.data, self.data.is_empty());
        if !self.names.is_empty() {
            let mut names = NameSection::new();
            names.functions(&self.names);
            module.section(&names);
        }
        for (name, data) in &self.customs {
            module.section(&CustomSection { name: name.into(), data: data.into() });
        }
        module.finish()
    }

    fn next_func(&mut self) -> FuncIndex {
        FuncIndex(next(&mut self.funcs))
    }
}

/// The place of an aligned 32-bit word in the first memory; the offset is in bytes.
pub fn word_at(offset: u64) -> MemArg {
    MemArg { offset, align: 2, target: wasm_encoder::MemArgTarget::default(), ordering: None }
}

/// The same for what need not be aligned, of any size.
pub fn bytes_at(offset: u64) -> MemArg {
    MemArg { align: 0, ..word_at(offset) }
}

fn section(module: &mut Module, section: &impl wasm_encoder::Section, empty: bool) {
    if !empty {
        module.section(section);
    }
}

fn next(counter: &mut u32) -> u32 {
    let index = *counter;
    *counter += 1;
    index
}
