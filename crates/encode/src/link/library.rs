//! A library as the linker sees it: what its imports ask for, and what it exports for others.
//!
//! In: libraries with their sections. Out: `Library`, one `Need` for each import that linking is to provide; or all
//! that the conventions forbid.
//! Holds: imports that are none of the linker's stay as they are: the world or an adapter provides them.
//!
//! Specification: WebAssembly tool conventions, "Dynamic Linking", "Interface and usage".

use std::collections::HashMap;

use diag::Diagnostic;
use wasm::{CoreModule, CoreType, Dylink, Extern, Global, Import, Memory, Signature, Table};

use super::{Shared, errors};

pub const ENV: &str = "env";
pub const GOT_MEM: &str = "GOT.mem";
pub const GOT_FUNC: &str = "GOT.func";

pub const APPLY_RELOCATIONS: &str = "__wasm_apply_data_relocs";
pub const CALL_CONSTRUCTORS: &str = "__wasm_call_ctors";
pub const INITIALIZE: &str = "_initialize";
pub const START: &str = "_start";
pub const LIBRARY_TLS_INFO: &str = "__wasm_library_tls_info";
const NEW_THREAD: (&str, &str) = ("$root", "[thread-new-indirect-v0]");

/// Exports that mean something to the linker, and are no symbols.
const SPECIAL: [&str; 5] = [APPLY_RELOCATIONS, CALL_CONSTRUCTORS, INITIALIZE, START, LIBRARY_TLS_INFO];

/// A library with what the linker needs to know of it.
pub struct Library<'m> {
    pub name: &'m str,
    pub module: &'m CoreModule<'m>,
    pub dylink: Dylink<'m>,
    pub dl_openable: bool,
    /// Whether its own world has exports.
    pub exports_to_world: bool,
    /// In the order of its imports.
    pub needs: Vec<Need<'m>>,
    /// Exported globals that are constants: where data stands, from the beginning of the library's memory.
    pub constants: HashMap<&'m str, i32>,
    /// Whether it may make threads.
    pub makes_threads: bool,
}

/// An import that the linker provides.
pub struct Need<'m> {
    pub module: &'m str,
    pub field: &'m str,
    pub want: Want<'m>,
}

/// What an import asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Want<'m> {
    Memory(&'m Memory),
    Table(&'m Table),
    /// A global that the main module defines.
    Own(Own, Mutable),
    /// A function of a library.
    Func {
        name: &'m str,
        signature: &'m Signature,
        weak: bool,
    },
    /// A tag of a library.
    Tag {
        name: &'m str,
        signature: &'m Signature,
    },
    /// The address of data of a library.
    DataAddress {
        name: &'m str,
        mutable: Mutable,
        weak: bool,
    },
    /// The slot of a function.
    FuncAddress {
        name: &'m str,
        mutable: Mutable,
        weak: bool,
    },
    /// The function that reads where this library's data of the running thread stands, or sets it.
    TlsBase(Access),
}

impl<'m> Want<'m> {
    pub fn memory(self) -> Option<&'m Memory> {
        if let Self::Memory(memory) = self { Some(memory) } else { None }
    }

    pub fn table(self) -> Option<&'m Table> {
        if let Self::Table(table) = self { Some(table) } else { None }
    }

    /// The name and the type of an imported function, and whether it may be missing.
    pub fn call(self) -> Option<(&'m str, (&'m Signature, bool))> {
        if let Self::Func { name, signature, weak } = self { Some((name, (signature, weak))) } else { None }
    }
}

/// Whether an imported global may be set.
pub type Mutable = bool;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    Get,
    Set,
}

/// A global that no library defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Own {
    MemoryBase,
    TableBase,
    StackPointer,
    InitialStackPointer,
    AsyncifyState,
    AsyncifyData,
    HeapBase,
    HeapEnd,
    StackHigh,
    StackLow,
    DlLibraries,
    TlsInfo,
}

impl Own {
    /// All of them, with the names by which they are imported.
    const NAMES: [(Self, &'static str, &'static str); 12] = [
        (Self::MemoryBase, ENV, "__memory_base"),
        (Self::TableBase, ENV, "__table_base"),
        (Self::StackPointer, ENV, "__stack_pointer"),
        (Self::InitialStackPointer, ENV, "__init_stack_pointer"),
        (Self::AsyncifyState, ENV, "__asyncify_state"),
        (Self::AsyncifyData, ENV, "__asyncify_data"),
        (Self::HeapBase, GOT_MEM, "__heap_base"),
        (Self::HeapEnd, GOT_MEM, "__heap_end"),
        (Self::StackHigh, GOT_MEM, "__stack_high"),
        (Self::StackLow, GOT_MEM, "__stack_low"),
        (Self::DlLibraries, GOT_MEM, "__wasm_libdl_libraries"),
        (Self::TlsInfo, GOT_MEM, "__wasm_program_tls_info"),
    ];

    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(own, ..)| *own == self);
        found.map_or("", |(_, _, name)| name)
    }

    /// Whether libraries set it.
    fn is_variable(self) -> bool {
        matches!(self, Self::StackPointer | Self::AsyncifyState | Self::AsyncifyData)
    }

    fn of(module: &str, field: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, in_module, name)| (*in_module, *name) == (module, field)).map(|(own, ..)| *own)
    }
}

impl<'m> Library<'m> {
    /// The type of an exported symbol.
    pub fn symbol(&self, name: &str) -> Option<&'m Extern> {
        if SPECIAL.contains(&name) { None } else { self.module.exports.get(name).map(|export| &export.ty) }
    }

    /// All symbols, in the order of the exports.
    pub fn symbols(&self) -> impl Iterator<Item = (&'m str, &'m Extern)> {
        let module = self.module;
        module.exports.iter().map(|(name, export)| (*name, &export.ty)).filter(|(name, _)| !SPECIAL.contains(name))
    }

    pub fn has_func(&self, name: &str) -> bool {
        self.module.exported_func(name).is_some()
    }

    /// Whether each thread has data of this library of its own.
    pub fn has_tls(&self) -> bool {
        self.module.exports.contains_key(LIBRARY_TLS_INFO)
    }

    pub fn wants(&self, wanted: impl Fn(&Want<'_>) -> bool) -> bool {
        self.needs.iter().any(|need| wanted(&need.want))
    }
}

/// Whether a global is the address of data.
pub fn is_address(ty: &Extern) -> bool {
    *ty == Extern::Global(Global { ty: CoreType::I32, mutable: false })
}

/// What was read, and what is wrong with it.
pub struct Read<'m> {
    pub libraries: Vec<Library<'m>>,
    pub wrong: Vec<Diagnostic>,
    /// Whether all libraries are there, so that what is missing is missing.
    pub is_complete: bool,
}

/// Reads all libraries, and checks what concerns each of them, and their names.
pub fn read_all<'m>(shared: &'m [Shared<'m>]) -> Read<'m> {
    let mut wrong = Vec::new();
    let mut libraries = Vec::new();
    for one in shared {
        match Dylink::of(&one.guest.module) {
            Ok(dylink) => libraries.push(Reader { shared: one, wrong: &mut wrong }.read(dylink)),
            Err(damage) => wrong.push(errors::damaged(&one.guest.module, &damage)),
        }
    }
    let mut is_complete = libraries.len() == shared.len();
    wrong.extend(errors::same_names(shared));
    wrong.extend(errors::several_starts(&libraries));
    if is_complete {
        let missing = errors::missing_libraries(&libraries);
        is_complete = missing.is_empty();
        wrong.extend(missing);
    }
    Read { libraries, wrong, is_complete }
}

struct Reader<'m, 'w> {
    shared: &'m Shared<'m>,
    wrong: &'w mut Vec<Diagnostic>,
}

impl<'m> Reader<'m, '_> {
    fn read(&mut self, dylink: Option<Dylink<'m>>) -> Library<'m> {
        let module = &self.shared.guest.module;
        self.wrong.extend(errors::no_library(module, dylink.as_ref()));
        let dylink = dylink.unwrap_or_default();
        if let Some(target) = dylink.target.filter(|target| *target != "wasm32") {
            self.wrong.push(errors::other_target(module, target));
        }
        self.check_exports();
        let needs = self.needs(&dylink);
        let exports_to_world = |metadata: &component::Metadata| !metadata.world.component.exports.is_empty();
        Library {
            name: &self.shared.name,
            module,
            dylink,
            dl_openable: self.shared.dl_openable,
            exports_to_world: self.shared.guest.metadata.iter().any(exports_to_world),
            needs,
            constants: wasm::constant_globals(module),
            makes_threads: module.imports.iter().any(|import| (import.module, &*import.field) == NEW_THREAD),
        }
    }

    /// Functions that the linker calls must be functions that it can call.
    fn check_exports(&mut self) {
        let module = &self.shared.guest.module;
        for name in [APPLY_RELOCATIONS, CALL_CONSTRUCTORS, INITIALIZE, START] {
            match module.exports.get(name) {
                Some(export) if export.ty != Extern::Func(Signature::default()) => {
                    self.wrong.push(errors::export_type(module, name, &Signature::default().to_string(), &export.ty));
                }
                Some(_) | None => {}
            }
        }
        if let Some(export) = module.exports.get(LIBRARY_TLS_INFO).filter(|export| !is_address(&export.ty)) {
            self.wrong.push(errors::export_type(module, LIBRARY_TLS_INFO, "(global i32)", &export.ty));
        }
        if module.exports.contains_key(CALL_CONSTRUCTORS) && module.exports.contains_key(INITIALIZE) {
            self.wrong.push(errors::two_initializers(module));
        }
    }

    fn needs(&mut self, dylink: &Dylink<'m>) -> Vec<Need<'m>> {
        let mut needs: Vec<Need<'m>> = Vec::new();
        let mut seen: HashMap<(&str, &str), &Extern> = HashMap::new();
        for import in &self.shared.guest.module.imports {
            match self.want(import, dylink) {
                Ok(None) => {}
                Ok(Some(want)) => match seen.insert((import.module, &import.field), &import.ty) {
                    Some(ty) if *ty != import.ty => self.wrong.push(self.twice(import, ty)),
                    Some(_) => {}
                    None => needs.push(Need { module: import.module, field: &import.field, want }),
                },
                Err(diagnostic) => self.wrong.push(diagnostic),
            }
        }
        needs
    }

    fn twice(&self, import: &Import<'_>, earlier: &Extern) -> Diagnostic {
        errors::import_type(&self.shared.guest.module, import, &format!("`{earlier}`, as in the import before it"))
    }

    /// What an import asks the linker for, if it is the linker's.
    fn want(&self, import: &'m Import<'m>, dylink: &Dylink<'m>) -> Result<Option<Want<'m>>, Diagnostic> {
        let field: &'m str = &import.field;
        let weak = || dylink.weak.contains(&(ENV, field)) || dylink.weak.contains(&(import.module, field));
        if import.exact {
            let wanted = "an import that is neither `shared` nor `exact`";
            return Err(errors::import_type(&self.shared.guest.module, import, wanted));
        }
        if let Some(own) = Own::of(import.module, field) {
            let mutable = self.global(import)?;
            if own.is_variable() && !mutable {
                return Err(errors::import_type(&self.shared.guest.module, import, "a mutable global of type `i32`"));
            }
            return Ok(Some(Want::Own(own, mutable)));
        }
        Ok(Some(match import.module {
            ENV => match self.intrinsic(import)? {
                Some(Intrinsic::Linked(want)) => want,
                Some(Intrinsic::Bound) => return Ok(None),
                None => self.symbol(import, weak())?,
            },
            GOT_MEM => Want::DataAddress { name: field, mutable: self.global(import)?, weak: weak() },
            GOT_FUNC => Want::FuncAddress { name: field, mutable: self.global(import)?, weak: weak() },
            module if (module, field) == NEW_THREAD => {
                self.check(import, &Signature::new([CoreType::I32; 2], [CoreType::I32]))?;
                return Ok(None);
            }
            _ => return Ok(None),
        }))
    }

    /// Imports of `env` that every library has under the same names.
    fn intrinsic(&self, import: &'m Import<'m>) -> Result<Option<Intrinsic<'m>>, Diagnostic> {
        let module = &self.shared.guest.module;
        let (get, set) = (Signature::new([], [CoreType::I32]), Signature::new([CoreType::I32], []));
        Ok(Some(match &*import.field {
            "memory" => match &import.ty {
                Extern::Memory(memory) if memory.memory64 => return Err(errors::memory64(module, import)),
                Extern::Memory(memory) if memory.shared => return Err(errors::shared_memory(module, import)),
                Extern::Memory(memory) => Intrinsic::Linked(Want::Memory(memory)),
                Extern::Func(_) | Extern::Table(_) | Extern::Global(_) | Extern::Tag(_) => {
                    return Err(errors::import_type(module, import, "a memory"));
                }
            },
            "__indirect_function_table" => match &import.ty {
                Extern::Table(table) if table.element == wasm::CoreRefType::FUNC && !table.table64 => {
                    Intrinsic::Linked(Want::Table(table))
                }
                Extern::Table(_) | Extern::Func(_) | Extern::Memory(_) | Extern::Global(_) | Extern::Tag(_) => {
                    return Err(errors::import_type(module, import, "a table of `funcref` with 32-bit indices"));
                }
            },
            "__wasm_get_stack_pointer" => self.check(import, &get).map(|()| Intrinsic::Bound)?,
            "__wasm_set_stack_pointer" => self.check(import, &set).map(|()| Intrinsic::Bound)?,
            "__wasm_get_tls_base" => {
                self.check(import, &get).map(|()| Intrinsic::Linked(Want::TlsBase(Access::Get)))?
            }
            "__wasm_set_tls_base" => {
                self.check(import, &set).map(|()| Intrinsic::Linked(Want::TlsBase(Access::Set)))?
            }
            _ => return Ok(None),
        }))
    }

    fn symbol(&self, import: &'m Import<'m>, weak: bool) -> Result<Want<'m>, Diagnostic> {
        let module = &self.shared.guest.module;
        match &import.ty {
            Extern::Func(signature) if is_portable(signature) => {
                Ok(Want::Func { name: &import.field, signature, weak })
            }
            Extern::Tag(signature) if is_portable(signature) => Ok(Want::Tag { name: &import.field, signature }),
            Extern::Func(_) | Extern::Tag(_) => Err(errors::own_type(module, import)),
            Extern::Table(_) | Extern::Memory(_) | Extern::Global(_) => {
                Err(errors::import_type(module, import, "a function, or an exception tag"))
            }
        }
    }

    /// Whether the imported global is mutable; it must be an `i32`.
    fn global(&self, import: &Import<'_>) -> Result<Mutable, Diagnostic> {
        match &import.ty {
            Extern::Global(Global { ty: CoreType::I32, mutable }) => Ok(*mutable),
            Extern::Global(_) | Extern::Func(_) | Extern::Table(_) | Extern::Memory(_) | Extern::Tag(_) => {
                Err(errors::import_type(&self.shared.guest.module, import, "a global of type `i32`"))
            }
        }
    }

    fn check(&self, import: &Import<'_>, wanted: &Signature) -> Result<(), Diagnostic> {
        if import.ty == Extern::Func(wanted.clone()) {
            return Ok(());
        }
        Err(errors::import_type(&self.shared.guest.module, import, &format!("`{wanted}`")))
    }
}

/// An import of `env` that has the same meaning for every library.
enum Intrinsic<'m> {
    Linked(Want<'m>),
    /// Not the linker's: a built-in of the Canonical ABI.
    Bound,
}

/// Whether a type means the same in every module.
fn is_portable(signature: &Signature) -> bool {
    signature.params.iter().chain(&signature.results).all(|ty| match ty {
        CoreType::Ref(ty) => ty.is_abstract(),
        CoreType::I32 | CoreType::I64 | CoreType::F32 | CoreType::F64 | CoreType::V128 => true,
    })
}
