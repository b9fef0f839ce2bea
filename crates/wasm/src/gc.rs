//! An adapter module cut down to what is used, with a stack and an allocator put in.
//!
//! In: an adapter (a core module that lives in another module's memory) and the exports that are wanted.
//! Out: a module with only the functions, globals and types that these exports reach.
//! Holds: every index is remapped by wasm-encoder's re-encoder, so no instruction can be missed.
//!
//! An adapter has no memory of its own, so no place for a stack either. If it has a global `__stack_pointer`,
//! 64 KiB are asked for: on the first call of any export when there is an `allocation_state` global and the main
//! module has an allocator, else in a start function that grows the memory.

mod inject;
mod live;
mod remap;

use diag::Diagnostic;
use wasm_encoder::reencode;
use wasmparser::{
    BinaryReader, FuncToValidate, FunctionBody, Parser, RecGroup, ValidPayload, Validator, ValidatorResources,
    WasmFeatures,
};

use crate::{CoreModule, Names};

use inject::Injection;
use live::Live;

/// What to make of an adapter.
#[derive(Clone, Copy, Debug)]
pub struct Adaptation<'r> {
    /// The exports to keep, all of them functions of the module.
    pub roots: &'r [&'r str],
    /// What the adapter gets where it imports the main module's allocator.
    pub realloc: ReallocSource<'r>,
    /// Of the memory that the adapter shares with the main module.
    pub page_size_log2: u32,
    /// Whether names for debugging are kept.
    pub keep_names: bool,
}

/// Where memory comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReallocSource<'r> {
    /// The main module exports an allocator under this name.
    Main(&'r str),
    /// There is none: memory is grown, 64 KiB at a time.
    MemoryGrow,
}

/// The module name under which an adapter imports what the main module exports.
const MAIN: &str = "__main_module__";

/// Cuts the adapter down and puts in what it needs. The module must have been read by `read_module`.
///
/// Refuses data, elements, start functions and memories of its own (`encode/adapter-section`).
pub fn adapt(module: &CoreModule<'_>, adaptation: &Adaptation<'_>) -> diag::Result<Vec<u8>> {
    let parts = Parts::of(module)?;
    let checks = body_checks(module).map_err(|error| crate::invalid(&module.file, &error))?;
    let mut live = Live::from_roots(&parts, checks, adaptation.roots).map_err(|error| damaged(module, error))?;
    let injection = Injection::choose(&parts, &mut live, adaptation);
    remap::emit(&parts, &live, &injection, adaptation).map_err(|error| damaged(module, error).into())
}

/// A body that is to be validated before anything relies on it.
type Check<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// What validates each body, by position. Bodies that are not reached are dropped, valid or not.
fn body_checks<'a>(module: &CoreModule<'a>) -> wasmparser::Result<Vec<Option<Check<'a>>>> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut checks = Vec::new();
    for payload in Parser::new(0).parse_all(module.bytes) {
        if let ValidPayload::Func(func, body) = validator.payload(&payload?)? {
            checks.push(Some((func, body)));
        }
    }
    Ok(checks)
}

/// The sections of a module, taken apart.
struct Parts<'a> {
    types: Vec<RecGroup>,
    imports: Vec<wasmparser::Import<'a>>,
    /// Type index of each function, imported ones first.
    functions: Vec<u32>,
    imported_functions: u32,
    tables: Vec<wasmparser::Table<'a>>,
    imported_tables: u32,
    globals: Vec<wasmparser::Global<'a>>,
    imported_globals: u32,
    exports: Vec<wasmparser::Export<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    names: Names<'a>,
}

impl<'a> Parts<'a> {
    fn of(module: &CoreModule<'a>) -> diag::Result<Self> {
        Self::read(module).map_err(|error| crate::invalid(&module.file, &error))?
    }

    fn read(module: &CoreModule<'a>) -> wasmparser::Result<diag::Result<Self>> {
        let mut parts = Self {
            types: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            imported_functions: 0,
            tables: Vec::new(),
            imported_tables: 0,
            globals: Vec::new(),
            imported_globals: 0,
            exports: Vec::new(),
            bodies: Vec::new(),
            names: Names::of(module),
        };
        for section in &module.sections {
            let reader = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
            if let Err(diagnostic) = parts.section(module, section.id, reader)? {
                return Ok(Err(diagnostic.into()));
            }
        }
        Ok(Ok(parts))
    }

    fn section(
        &mut self,
        module: &CoreModule<'_>,
        id: u8,
        reader: BinaryReader<'a>,
    ) -> wasmparser::Result<Result<(), Diagnostic>> {
        match id {
            0 => {}
            1 => self.types = wasmparser::TypeSectionReader::new(reader)?.into_iter().collect::<Result<_, _>>()?,
            2 => self.imports(reader)?,
            3 => {
                for ty in wasmparser::FunctionSectionReader::new(reader)? {
                    self.functions.push(ty?);
                }
            }
            4 => self.tables = wasmparser::TableSectionReader::new(reader)?.into_iter().collect::<Result<_, _>>()?,
            6 => self.globals = wasmparser::GlobalSectionReader::new(reader)?.into_iter().collect::<Result<_, _>>()?,
            7 => self.exports = wasmparser::ExportSectionReader::new(reader)?.into_iter().collect::<Result<_, _>>()?,
            10 => self.bodies = wasmparser::CodeSectionReader::new(reader)?.into_iter().collect::<Result<_, _>>()?,
            5 => return Ok(Err(refused(module, "a memory"))),
            8 => return Ok(Err(refused(module, "a start function"))),
            9 => return Ok(Err(refused(module, "table elements"))),
            11 | 12 => return Ok(Err(refused(module, "data"))),
            _ => return Ok(Err(refused(module, "exception tags"))),
        }
        Ok(Ok(()))
    }

    fn imports(&mut self, reader: BinaryReader<'a>) -> wasmparser::Result<()> {
        for imports in wasmparser::ImportSectionReader::new(reader)? {
            match imports? {
                wasmparser::Imports::Single(_, import) => self.import(import),
                wasmparser::Imports::Compact1 { module, items } => {
                    for item in items {
                        let item = item?;
                        self.import(wasmparser::Import { module, name: item.name, ty: item.ty });
                    }
                }
                wasmparser::Imports::Compact2 { module, ty, names } => {
                    for name in names {
                        self.import(wasmparser::Import { module, name: name?, ty });
                    }
                }
            }
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'a>) {
        match import.ty {
            wasmparser::TypeRef::Func(ty) | wasmparser::TypeRef::FuncExact(ty) => {
                self.functions.push(ty);
                self.imported_functions += 1;
            }
            wasmparser::TypeRef::Table(_) => self.imported_tables += 1,
            wasmparser::TypeRef::Global(_) => self.imported_globals += 1,
            wasmparser::TypeRef::Memory(_) | wasmparser::TypeRef::Tag(_) => {}
        }
        self.imports.push(import);
    }

    /// The body of a defined function.
    fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        let defined = function.checked_sub(self.imported_functions)?;
        self.bodies.get(defined as usize)
    }

    /// A defined, mutable global of type `i32` with this name.
    fn named_global(&self, name: &str) -> Option<u32> {
        let mut found: Vec<u32> =
            self.names.globals.iter().filter(|(_, global)| **global == name).map(|(index, _)| *index).collect();
        found.sort_unstable();
        found.into_iter().find(|index| {
            index
                .checked_sub(self.imported_globals)
                .and_then(|defined| self.globals.get(defined as usize))
                .is_some_and(|global| global.ty.mutable && global.ty.content_type == wasmparser::ValType::I32)
        })
    }
}

fn refused(module: &CoreModule<'_>, what: &str) -> Diagnostic {
    diag::error("encode/adapter-section", format!("adapter `{}` brings {what} of its own", module.file))
        .label(module.place(), "an adapter lives in the memory of the module that it adapts")
        .help("link the adapter without data, tables, memory and start function")
}

fn damaged(module: &CoreModule<'_>, error: reencode::Error) -> Diagnostic {
    let text = match &error {
        reencode::Error::ParseError(error) => return crate::invalid(&module.file, error),
        other => other.to_string(),
    };
    diag::error("wasm/invalid", format!("`{}` is not valid WebAssembly", module.file)).label(module.place(), text)
}

/// Whether an import is the main module's allocator.
fn is_realloc(import: &wasmparser::Import<'_>) -> bool {
    import.module == MAIN && matches!(import.name, "cabi_realloc" | "canonical_abi_realloc")
}
