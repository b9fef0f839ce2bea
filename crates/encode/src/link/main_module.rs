//! The main module of linked libraries, and what each import of theirs gets.
//!
//! In: libraries, their symbols, order and layout. Out: `Linkage`.
//! Holds: a function that is wanted before the library that has it is instantiated, and a function whose address is
//! wanted, has one slot of the table, so that equal functions have equal addresses; a global that several libraries
//! import under the same name is one global.
//!
//! ```wat
//! (module                                            ;; app.so imports env.malloc, GOT.mem.errno and GOT.func.free
//!   (table (export "__indirect_function_table") 2 funcref)  (memory (export "memory") 17)
//!   (global (export "app.so:__memory_base") i32 (i32.const 1048576))
//!   (global (export "GOT.mem:errno") (mut i32) (i32.const 1048592))
//!   (global (export "GOT.func:free") (mut i32) (i32.const 1)))
//! ```

use std::collections::{HashMap, HashSet};

use diag::Diagnostic;
use indexmap::IndexMap;
use wasm::{CoreType, Extern, FuncIndex, Global, GlobalIndex, Instruction, ModuleBuilder, Signature};

use super::dlopen::{self, Address, Openable};
use super::layout::{Heap, Layout};
use super::library::{self, Access, Library, Mutable, Own, Want};
use super::symbols::{Resolved, Stub, Symbol, Target};
use super::tls::{self, Tls};
use super::{Linkage, errors};
use crate::input::{Fill, GlobalSet, Linked, Part, Startup};

const MEMORY: &str = "memory";
const TABLE: &str = "__indirect_function_table";
/// Reads the word of the running thread's context that holds the address of its block.
const THREAD_BLOCK: (&str, &str) = ("$root", "[context-get-1]");
/// The function of the main module that stores addresses that are known only at the start.
const STORE: &str = "store-addresses";

/// Makes the main module and binds the libraries' imports.
///
/// # Errors
///
/// `link/no-room`, `link/limits`; an address that is immutable where it is imported, and not known.
pub fn make<'m>(
    libraries: &[Library<'m>],
    resolved: &Resolved<'m>,
    order: &[usize],
    layout: Layout,
) -> diag::Result<Linkage> {
    let mut maker = Maker::new(libraries, order, layout);
    let dl = maker.dl_tables();
    let tls = maker.tls_tables();
    let heap = maker.layout.heap(libraries, order)?;
    let known = Known { heap, dl_root: dl.root, tls: tls.as_ref().map(|(tls, _)| tls) };
    let linked = order.iter().map(|index| maker.linked(*index, &resolved.targets[*index], &known)).collect();
    let table = maker.layout.table(libraries, order, maker.slots.len())?;
    if !maker.wrong.is_empty() {
        return Err(diag::Diagnostics(maker.wrong));
    }
    let memory = maker.builder.memory(heap.memory);
    maker.builder.export_memory(MEMORY, memory);
    let table = maker.builder.table(table);
    maker.builder.export_table(TABLE, table);
    let segments = [Some((dl.address, dl.bytes)), tls.map(|(tls, bytes)| (tls.infos, bytes))];
    for (address, bytes) in segments.into_iter().flatten().filter(|(_, bytes)| !bytes.is_empty()) {
        maker.builder.data(memory, address, &bytes);
    }
    let startup = maker.startup();
    Ok(Linkage { main: maker.builder.finish(), order: order.to_vec(), linked, startup })
}

/// What is known before the first import is looked at.
struct Known<'t> {
    heap: Heap,
    /// The address of the tables of `dlopen`.
    dl_root: u32,
    tls: Option<&'t Tls>,
}

/// The tables of `dlopen`, with their place.
struct DlTables {
    address: u32,
    bytes: Vec<u8>,
    root: u32,
}

/// Where an `i32` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Value<'m> {
    Constant(u32),
    /// The address of data that the library exports as something else than a constant.
    Late(Symbol<'m>),
}

/// A function that has a slot of the table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Slot<'m> {
    Symbol(Symbol<'m>),
    Stub(Stub<'m>),
}

/// A global of the main module: the name that it has but for a mark, its value, whether it can be set.
type GlobalKey<'m> = (String, Value<'m>, Mutable);

struct Maker<'l, 'm> {
    libraries: &'l [Library<'m>],
    order: &'l [usize],
    /// The places of the libraries in their order.
    positions: HashMap<usize, usize>,
    layout: Layout,
    builder: ModuleBuilder,
    /// Names of exports that are taken.
    exported: HashSet<String>,
    slots: IndexMap<Slot<'m>, Signature>,
    /// Functions that call through the table, by their exports.
    indirections: IndexMap<Symbol<'m>, String>,
    stubs: IndexMap<Stub<'m>, String>,
    globals: IndexMap<GlobalKey<'m>, (String, GlobalIndex)>,
    sets: Vec<GlobalSet>,
    /// Addresses of memory where a global's value has to be put.
    stores: Vec<(u32, GlobalIndex)>,
    context: Option<FuncIndex>,
    wrong: Vec<Diagnostic>,
}

impl<'l, 'm> Maker<'l, 'm> {
    fn new(libraries: &'l [Library<'m>], order: &'l [usize], layout: Layout) -> Self {
        let mut builder = ModuleBuilder::new();
        let context = tls::has_threads(libraries, order).then(|| {
            let (module, field) = THREAD_BLOCK;
            builder.import_func(module, field, &Signature::new([], [CoreType::I32]))
        });
        Self {
            libraries,
            order,
            positions: order.iter().enumerate().map(|(position, index)| (*index, position)).collect(),
            layout,
            builder,
            exported: [MEMORY, TABLE].map(str::to_owned).into(),
            slots: IndexMap::new(),
            indirections: IndexMap::new(),
            stubs: IndexMap::new(),
            globals: IndexMap::new(),
            sets: Vec::new(),
            stores: Vec::new(),
            context,
            wrong: Vec::new(),
        }
    }

    fn part(&self, library: usize) -> Part {
        Part::Library(self.positions[&library])
    }

    fn main(export: &str) -> Linked {
        Linked { part: Part::Main, export: export.to_owned() }
    }

    /// A name for an export that no other has: with a mark, if need be.
    fn unique(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut mark = 1;
        while !self.exported.insert(unique.clone()) {
            mark += 1;
            unique = format!("{name} #{mark}");
        }
        unique
    }
}

/// Tables in memory.
impl<'m> Maker<'_, 'm> {
    fn dl_tables(&mut self) -> DlTables {
        let libraries = self.libraries;
        let wanted = |library: &Library<'_>| {
            library.dl_openable || library.wants(|want| matches!(want, Want::Own(Own::DlLibraries, _)))
        };
        let address = self.layout.next_address();
        if !self.order.iter().any(|index| wanted(&libraries[*index])) {
            return DlTables { address, bytes: Vec::new(), root: 0 };
        }
        let mut late: Vec<Symbol<'m>> = Vec::new();
        let openable: Vec<usize> = self.order.iter().copied().filter(|index| libraries[*index].dl_openable).collect();
        let openable = openable.into_iter().map(|library| {
            let symbols = libraries[library].symbols();
            let symbols = symbols.filter_map(|(name, ty)| {
                let symbol = Symbol { library, name };
                let address = match ty {
                    Extern::Func(signature) => Address::Known(self.slot(Slot::Symbol(symbol), signature)),
                    Extern::Global(_) if library::is_address(ty) => match self.address(symbol) {
                        Value::Constant(address) => Address::Known(address),
                        Value::Late(symbol) => {
                            late.push(symbol);
                            Address::Late(late.len() - 1)
                        }
                    },
                    Extern::Global(_) | Extern::Table(_) | Extern::Memory(_) | Extern::Tag(_) => return None,
                };
                Some((name, address))
            });
            Openable { name: libraries[library].name, symbols: symbols.collect() }
        });
        let tables = dlopen::tables(openable.collect(), address);
        self.layout.reserve(tables.bytes.len());
        for (which, address) in &tables.late {
            self.store(*address, late[*which]);
        }
        DlTables { address, bytes: tables.bytes, root: tables.root }
    }

    /// The tables of data that each thread has, and the bytes of those that do not start as zeros.
    fn tls_tables(&mut self) -> Option<(Tls, Vec<u8>)> {
        let tls = Tls::new(self.libraries, self.order, self.layout.next_address(), self.context)?;
        self.layout.reserve(tls.size as usize);
        let mut bytes = Vec::new();
        if tls.has_program {
            for (library, address) in tls.libraries.iter().zip((tls.infos..).step_by(4)) {
                let symbol = Symbol { library: *library, name: library::LIBRARY_TLS_INFO };
                let known = match self.address(symbol) {
                    Value::Constant(known) => known,
                    Value::Late(symbol) => {
                        self.store(address, symbol);
                        0
                    }
                };
                bytes.extend(known.to_le_bytes());
            }
            bytes.extend(tls.program_info().into_iter().flat_map(u32::to_le_bytes));
        }
        Some((tls, bytes))
    }

    /// Puts an address into memory at the start.
    fn store(&mut self, at: u32, symbol: Symbol<'m>) {
        let name = format!("late:{}:{}", self.libraries[symbol.library].name, symbol.name);
        let (_, global) = self.global(name, Value::Late(symbol), true);
        self.stores.push((at, global));
    }

    fn address(&self, symbol: Symbol<'m>) -> Value<'m> {
        match self.libraries[symbol.library].constants.get(symbol.name) {
            Some(offset) => Value::Constant(self.base(symbol).wrapping_add(offset.cast_unsigned())),
            None => Value::Late(symbol),
        }
    }

    /// What an exported address is relative to.
    fn base(&self, symbol: Symbol<'_>) -> u32 {
        let library = &self.libraries[symbol.library];
        if library.dylink.absolute.contains(symbol.name) { 0 } else { self.layout.memory_bases[symbol.library] }
    }
}

/// What imports get.
impl<'m> Maker<'_, 'm> {
    fn linked(&mut self, index: usize, targets: &[Target<'m>], known: &Known<'_>) -> HashMap<(String, String), Linked> {
        let libraries = self.libraries;
        let needs = libraries[index].needs.iter().zip(targets);
        needs
            .map(|(need, target)| {
                let linked = match need.want {
                    Want::Memory(_) => Self::main(MEMORY),
                    Want::Table(_) => Self::main(TABLE),
                    Want::Own(own, mutable) => self.own_global(index, own, mutable, known),
                    Want::TlsBase(access) => self.tls_base(index, access, known),
                    Want::Func { signature, .. } => self.func(index, target, signature),
                    Want::Tag { name, .. } => self.tag(target, name),
                    Want::DataAddress { name, mutable, .. } => self.data(index, target, name, mutable),
                    Want::FuncAddress { name, mutable, .. } => {
                        let slot = self.func_slot(target);
                        let name = format!("{}:{name}", library::GOT_FUNC);
                        Self::main(&self.global(name, Value::Constant(slot), mutable).0)
                    }
                };
                ((need.module.to_owned(), need.field.to_owned()), linked)
            })
            .collect()
    }

    fn own_global(&mut self, index: usize, own: Own, mutable: Mutable, known: &Known<'_>) -> Linked {
        let library = self.libraries[index].name;
        let (scope, value) = match own {
            Own::MemoryBase => (Some(library), self.layout.memory_bases[index]),
            Own::TableBase => (Some(library), self.layout.table_bases[index]),
            Own::StackPointer | Own::InitialStackPointer | Own::StackHigh => (None, self.layout.stack_size),
            Own::StackLow | Own::AsyncifyState | Own::AsyncifyData => (None, 0),
            Own::HeapBase => (None, known.heap.base),
            Own::HeapEnd => (None, known.heap.end),
            Own::DlLibraries => (None, known.dl_root),
            Own::TlsInfo => (None, known.tls.map_or(0, |tls| tls.program)),
        };
        let name = scope.map_or_else(|| own.name().to_owned(), |library| format!("{library}:{}", own.name()));
        Self::main(&self.global(name, Value::Constant(value), mutable).0)
    }

    fn tls_base(&mut self, index: usize, access: Access, known: &Known<'_>) -> Linked {
        let (word, signature) = match access {
            Access::Get => ("get", Signature::new([], [CoreType::I32])),
            Access::Set => ("set", Signature::new([CoreType::I32], [])),
        };
        let tls = known.tls.expect("there are tables if a library asks for its base");
        let name = self.unique(&format!("{}:{word}_tls_base", self.libraries[index].name));
        let func = self.builder.func(None, &signature, &tls.body(index, access));
        self.builder.export_func(&name, func);
        Self::main(&name)
    }

    /// A function of a library that comes earlier is called directly, another one through the table.
    fn func(&mut self, index: usize, target: &Target<'m>, signature: &Signature) -> Linked {
        match target {
            Target::Symbol(symbol) if self.positions[&symbol.library] < self.positions[&index] => {
                Linked { part: self.part(symbol.library), export: symbol.name.to_owned() }
            }
            Target::Symbol(symbol) => Self::main(&self.indirection(*symbol, signature)),
            Target::Stub(stub) => Self::main(&self.stub(stub)),
            Target::Main | Target::Null => unreachable!("a function that is missing stopped the linking"),
        }
    }

    fn tag(&self, target: &Target<'m>, name: &str) -> Linked {
        let symbol = target.symbol().expect("a tag that is missing stopped the linking");
        Linked { part: self.part(symbol.library), export: name.to_owned() }
    }

    fn data(&mut self, index: usize, target: &Target<'m>, name: &str, mutable: Mutable) -> Linked {
        let value = target.symbol().map_or(Value::Constant(0), |symbol| self.address(symbol));
        if let (Value::Late(symbol), false) = (value, mutable) {
            let (importer, exporter) = (&self.libraries[index], &self.libraries[symbol.library]);
            self.wrong.push(errors::late_address(importer, exporter, name));
        }
        Self::main(&self.global(format!("{}:{name}", library::GOT_MEM), value, mutable).0)
    }

    fn func_slot(&mut self, target: &Target<'m>) -> u32 {
        match target {
            Target::Symbol(symbol) => {
                let ty = self.libraries[symbol.library].symbol(symbol.name).and_then(Extern::as_func);
                self.slot(Slot::Symbol(*symbol), ty.expect("the symbol was found among functions"))
            }
            Target::Stub(stub) => self.slot(Slot::Stub(stub.clone()), &stub.signature),
            Target::Null | Target::Main => 0,
        }
    }

    /// The slot of a function; always the same.
    fn slot(&mut self, slot: Slot<'m>, signature: &Signature) -> u32 {
        if let Slot::Stub(stub) = &slot {
            self.stub(stub);
        }
        let (position, _) = self.slots.insert_full(slot, signature.clone());
        self.layout.next_slot().saturating_add(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// A function of the main module that calls through the table.
    fn indirection(&mut self, symbol: Symbol<'m>, signature: &Signature) -> String {
        if let Some(name) = self.indirections.get(&symbol) {
            return name.clone();
        }
        let slot = self.slot(Slot::Symbol(symbol), signature);
        let type_index = self.builder.type_index(signature);
        let params = (0..).zip(&signature.params).map(|(param, _)| Instruction::LocalGet(param));
        let call = [
            Instruction::I32Const(slot.cast_signed()),
            Instruction::CallIndirect { type_index, table_index: 0 },
            Instruction::End,
        ];
        let body: Vec<_> = params.chain(call).collect();
        let func = self.builder.func(None, signature, &body);
        let name = self.unique(&format!("{}:{}", self.libraries[symbol.library].name, symbol.name));
        self.builder.export_func(&name, func);
        self.indirections.insert(symbol, name.clone());
        name
    }

    fn stub(&mut self, stub: &Stub<'m>) -> String {
        if let Some(name) = self.stubs.get(stub) {
            return name.clone();
        }
        let func = self.builder.func(None, &stub.signature, &[Instruction::Unreachable, Instruction::End]);
        let name = self.unique(&format!("stub:{}", stub.name));
        self.builder.export_func(&name, func);
        self.stubs.insert(stub.clone(), name.clone());
        name
    }

    fn global(&mut self, name: String, value: Value<'m>, mutable: Mutable) -> (String, GlobalIndex) {
        let key = (name, value, mutable);
        if let Some(global) = self.globals.get(&key) {
            return global.clone();
        }
        let initial = match value {
            Value::Constant(value) => value,
            Value::Late(_) => 0,
        };
        let index = self.builder.global(Global { ty: CoreType::I32, mutable }, initial.cast_signed());
        let export = self.unique(&key.0);
        self.builder.export_global(&export, index);
        if let Value::Late(symbol) = value {
            let plus = Linked { part: self.part(symbol.library), export: symbol.name.to_owned() };
            let constant = self.base(symbol).cast_signed();
            self.sets.push(GlobalSet { global: Self::main(&export), constant, plus: vec![plus] });
        }
        self.globals.insert(key, (export.clone(), index));
        (export, index)
    }
}

/// The start of the program.
impl Maker<'_, '_> {
    fn startup(&mut self) -> Startup {
        let fills = self.fills();
        let mut relocations: Vec<Linked> = self.store_function().into_iter().collect();
        relocations.extend(self.exporters(&[library::APPLY_RELOCATIONS]));
        let calls = self.exporters(&[library::CALL_CONSTRUCTORS, library::INITIALIZE]);
        Startup { fills, sets: std::mem::take(&mut self.sets), relocations, calls }
    }

    fn fills(&self) -> Vec<Fill> {
        if self.slots.is_empty() {
            return Vec::new();
        }
        let funcs = self.slots.iter().map(|(slot, signature)| {
            let linked = match slot {
                Slot::Symbol(symbol) => Linked { part: self.part(symbol.library), export: symbol.name.to_owned() },
                Slot::Stub(stub) => Self::main(&self.stubs[stub]),
            };
            (linked, signature.clone())
        });
        vec![Fill { table: Self::main(TABLE), offset: self.layout.next_slot(), funcs: funcs.collect() }]
    }

    /// Puts addresses that are known only at the start into memory.
    fn store_function(&mut self) -> Option<Linked> {
        if self.stores.is_empty() {
            return None;
        }
        let at = wasm::word_at(0);
        let stores = self.stores.iter().flat_map(|(address, global)| {
            let address = Instruction::I32Const(address.cast_signed());
            [address, Instruction::GlobalGet(global.0), Instruction::I32Store(at)]
        });
        let body: Vec<_> = stores.chain([Instruction::End]).collect();
        let func = self.builder.func(None, &Signature::default(), &body);
        let name = self.unique(STORE);
        self.builder.export_func(&name, func);
        Some(Self::main(&name))
    }

    /// The functions with one of these names, in the order of the libraries.
    fn exporters(&self, names: &[&str]) -> Vec<Linked> {
        let of = |index: &usize| {
            let library = &self.libraries[*index];
            let found = names.iter().filter(|name| library.has_func(name));
            let linked = found.map(|name| Linked { part: self.part(*index), export: (*name).to_owned() });
            linked.collect::<Vec<_>>()
        };
        self.order.iter().flat_map(of).collect()
    }
}
