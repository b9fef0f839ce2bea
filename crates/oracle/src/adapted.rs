//! A core module cut in two: itself, and an adapter that some of its imports go through.
//!
//! In: a core module whose imports are functions, and which of them are to go through the adapter. Out: the module, that
//! imports those from the adapter, and the adapter, whose exports only call the imports.
#![expect(clippy::wildcard_enum_match_arm, reason = "the enums of wasmparser are open-ended; what is unknown stays")]

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemoryType, Module,
    RawSection, TypeSection, ValType,
};
use wasmparser::{FuncType, Parser, Payload, TypeRef};

/// The adapter's name, which is the name of the module that its exports are imported from.
pub const NAME: &str = "old";

/// Where the adapter has its allocators from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Realloc {
    None,
    Own,
    /// Its own calls that of the main module.
    Main,
}

/// Cuts a module; no adapter if nothing goes through it.
///
/// # Errors
///
/// The module is malformed, or imports something else than functions.
pub fn cut(
    module: &[u8],
    realloc: Realloc,
    mut through: impl FnMut(&str, &str) -> bool,
) -> Result<(Vec<u8>, Option<Vec<u8>>), String> {
    let (mut main, mut types, mut chosen) = (Module::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(text)?;
        if let Payload::TypeSection(section) = &payload {
            types = section.clone().into_iter_err_on_gc_types().collect::<Result<_, _>>().map_err(text)?;
        }
        if let Payload::ImportSection(imports) = &payload {
            let mut section = ImportSection::new();
            for import in imports.clone().into_imports() {
                let import = import.map_err(text)?;
                let TypeRef::Func(ty) = import.ty else { return Err(format!("import of {:?}", import.ty)) };
                if through(import.module, import.name) {
                    section.import(NAME, &export_name(import.module, import.name), EntityType::Function(ty));
                    chosen.push((import.module, import.name, ty));
                } else {
                    section.import(import.module, import.name, EntityType::Function(ty));
                }
            }
            main.section(&section);
        } else if let Some((id, range)) = payload.as_section() {
            let at = |offset: u64| usize::try_from(offset).map_err(text);
            main.section(&RawSection { id, data: &module[at(range.start)?..at(range.end)?] });
        }
    }
    let adapter = (!chosen.is_empty()).then(|| adapter(&types, &chosen, realloc));
    Ok((main.finish(), adapter))
}

fn export_name(module: &str, field: &str) -> String {
    format!("{module} {field}")
}

/// `chosen` are module, field and the index of the type.
fn adapter(types: &[FuncType], chosen: &[(&str, &str, u32)], realloc: Realloc) -> Vec<u8> {
    let (mut type_section, mut imports, mut funcs) = (TypeSection::new(), ImportSection::new(), FunctionSection::new());
    let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
    for ty in types {
        let list = |types: &[wasmparser::ValType]| types.iter().map(|ty| core_type(*ty)).collect::<Vec<_>>();
        type_section.ty().function(list(ty.params()), list(ty.results()));
    }
    let realloc_type = u32::try_from(types.len()).expect("few types");
    type_section.ty().function([ValType::I32; 4], [ValType::I32]);
    let memory = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
    imports.import("env", "memory", EntityType::Memory(memory));
    for (module, field, ty) in chosen {
        imports.import(module, field, EntityType::Function(*ty));
    }
    let mut imported = u32::try_from(chosen.len()).expect("few imports");
    if realloc == Realloc::Main {
        imports.import("__main_module__", "cabi_realloc", EntityType::Function(realloc_type));
        imported += 1;
    }
    for (index, (module, field, ty)) in (0..).zip(chosen) {
        funcs.function(*ty);
        exports.export(&export_name(module, field), ExportKind::Func, imported + index);
        code.function(&call(index, types[*ty as usize].params().len()));
    }
    if realloc != Realloc::None {
        let index = imported + funcs.len();
        funcs.function(realloc_type);
        exports.export("cabi_import_realloc", ExportKind::Func, index);
        let mut unreachable = Function::new([]);
        unreachable.instructions().unreachable().end();
        code.function(&if realloc == Realloc::Main { call(imported - 1, 4) } else { unreachable });
    }
    let mut module = Module::new();
    module.section(&type_section).section(&imports).section(&funcs).section(&exports).section(&code);
    module.finish()
}

/// A function that calls another with its parameters.
fn call(callee: u32, params: usize) -> Function {
    let mut func = Function::new([]);
    for index in 0..params {
        func.instructions().local_get(u32::try_from(index).expect("few parameters"));
    }
    func.instructions().call(callee).end();
    func
}

fn core_type(ty: wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        _ => ValType::I32,
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
