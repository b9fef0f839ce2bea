//! A core module with other things in it that encoders look for.
//!
//! In: a core module that defines one memory and one allocator, whose code calls nothing. Out: it with its memory
//! imported, with allocators under other names, with a task hook.
//! Holds: everything else stays, custom sections among it.
#![expect(clippy::wildcard_enum_match_arm, reason = "the enums of wasmparser are open-ended; what is unknown stays")]

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection, MemoryType, Module,
    RawSection, TypeSection, ValType,
};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// What is changed.
#[derive(Clone, Debug, Default)]
pub struct Variation {
    /// The memory is `env` `memory`.
    pub import_memory: bool,
    /// The names of allocators instead of `cabi_realloc`, each a function of its own; none to keep that one.
    pub reallocs: Option<&'static [&'static str]>,
    /// There is a `__wasm_task_hook`.
    pub task_hook: bool,
    /// Every import stands twice.
    pub imports_twice: bool,
}

impl Variation {
    /// Changes a module.
    ///
    /// # Errors
    ///
    /// The module is malformed, or imports or exports something else than functions and memories.
    pub fn apply(&self, module: &[u8]) -> Result<Vec<u8>, String> {
        let (out, realloc) = (Module::new(), realloc_type(module)?);
        let mut apply = Apply { variation: self, module, out, realloc, types: 0, funcs: 0, imported: 0, added: 0 };
        let mut seen_imports = false;
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(text)?;
            seen_imports |= matches!(payload, Payload::ImportSection(_));
            // A module without imports may need some.
            if matches!(payload, Payload::FunctionSection(_)) && !seen_imports {
                apply.imports(None)?;
            }
            apply.section(&payload)?;
        }
        Ok(apply.out.finish())
    }
}

struct Apply<'m> {
    variation: &'m Variation,
    module: &'m [u8],
    out: Module,
    /// The type of `cabi_realloc`, if there is one.
    realloc: Option<u32>,
    types: u32,
    funcs: u32,
    imported: u32,
    /// By how much the indices of defined functions grow.
    added: u32,
}

impl<'m> Apply<'m> {
    fn section(&mut self, payload: &Payload<'m>) -> Result<(), String> {
        let hook = self.variation.task_hook;
        match payload {
            Payload::TypeSection(types) => {
                self.types = types.count();
                let mut section = TypeSection::new();
                for ty in types.clone().into_iter_err_on_gc_types() {
                    let ty = ty.map_err(text)?;
                    let list =
                        |types: &[wasmparser::ValType]| types.iter().map(|ty| core_type(*ty)).collect::<Vec<_>>();
                    section.ty().function(list(ty.params()), list(ty.results()));
                }
                if hook {
                    section.ty().function([ValType::I32], []);
                }
                self.out.section(&section);
            }
            Payload::ImportSection(imports) => self.imports(Some(imports.clone()))?,
            Payload::FunctionSection(funcs) => {
                self.funcs = funcs.count();
                let mut section = FunctionSection::new();
                for ty in funcs.clone() {
                    section.function(ty.map_err(text)?);
                }
                for ty in self.new_funcs() {
                    section.function(ty);
                }
                self.out.section(&section);
            }
            Payload::MemorySection(_) if self.variation.import_memory => {}
            Payload::ExportSection(exports) => self.exports(exports.clone())?,
            Payload::CodeSectionStart { count, .. } => {
                let (_, range) = payload.as_section().ok_or("code without a section")?;
                self.code(&range, *count)?;
            }
            Payload::CodeSectionEntry(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    self.out.section(&RawSection { id, data: self.bytes(&range) });
                }
            }
        }
        Ok(())
    }

    fn new_reallocs(&self) -> &'static [&'static str] {
        self.variation.reallocs.filter(|_| self.realloc.is_some()).unwrap_or_default()
    }

    /// The types of the functions that are added: allocators, then the hook.
    fn new_funcs(&self) -> Vec<u32> {
        let reallocs = self.new_reallocs().iter().filter_map(|_| self.realloc);
        reallocs.chain(self.variation.task_hook.then_some(self.types)).collect()
    }

    fn bytes(&self, range: &std::ops::Range<u64>) -> &'m [u8] {
        let at = |offset: u64| usize::try_from(offset).expect("a module in memory");
        &self.module[at(range.start)..at(range.end)]
    }

    fn imports(&mut self, imports: Option<wasmparser::ImportSectionReader<'_>>) -> Result<(), String> {
        let mut section = ImportSection::new();
        if self.variation.import_memory {
            let ty = MemoryType { minimum: 0, maximum: None, memory64: false, shared: false, page_size_log2: None };
            section.import("env", "memory", EntityType::Memory(ty));
        }
        let imports: Vec<_> = imports.into_iter().flat_map(|imports| imports.into_imports()).collect();
        for _ in 0..=usize::from(self.variation.imports_twice) {
            for import in &imports {
                let import = import.as_ref().map_err(text)?;
                let TypeRef::Func(ty) = import.ty else { return Err(format!("import of {:?}", import.ty)) };
                section.import(import.module, import.name, EntityType::Function(ty));
                self.imported += 1;
            }
        }
        self.added = self.imported - u32::try_from(imports.len()).map_err(text)?;
        if !section.is_empty() {
            self.out.section(&section);
        }
        Ok(())
    }

    fn exports(&mut self, exports: wasmparser::ExportSectionReader<'_>) -> Result<(), String> {
        let mut section = ExportSection::new();
        for export in exports {
            let export = export.map_err(text)?;
            match (export.kind, self.variation.reallocs) {
                (ExternalKind::Memory, _) if self.variation.import_memory => {}
                (ExternalKind::Memory, _) => {
                    section.export(export.name, ExportKind::Memory, export.index);
                }
                (ExternalKind::Func, Some(_)) if export.name == "cabi_realloc" => {}
                (ExternalKind::Func, _) => {
                    section.export(export.name, ExportKind::Func, export.index + self.added);
                }
                (other, _) => return Err(format!("export of {other:?}")),
            }
        }
        let hook = self.variation.task_hook.then_some("__wasm_task_hook");
        for (name, index) in self.new_reallocs().iter().copied().chain(hook).zip(self.imported + self.funcs..) {
            section.export(name, ExportKind::Func, index);
        }
        self.out.section(&section);
        Ok(())
    }

    fn code(&mut self, range: &std::ops::Range<u64>, count: u32) -> Result<(), String> {
        let mut section = CodeSection::new();
        let reader = wasmparser::BinaryReader::new(self.bytes(range), 0);
        let bodies = wasmparser::CodeSectionReader::new(reader).map_err(text)?;
        if bodies.count() != count {
            return Err("the code section is another".to_owned());
        }
        for body in bodies {
            section.raw(body.map_err(text)?.as_bytes());
        }
        for _ in self.new_funcs() {
            let mut func = Function::new([]);
            func.instructions().unreachable().end();
            section.function(&func);
        }
        self.out.section(&section);
        Ok(())
    }
}

/// The index of the type of `cabi_realloc`.
fn realloc_type(module: &[u8]) -> Result<Option<u32>, String> {
    let (mut imported, mut types, mut realloc) = (0, Vec::new(), None);
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(text)? {
            Payload::ImportSection(imports) => imported = imports.into_imports().count(),
            Payload::FunctionSection(funcs) => types = funcs.into_iter().collect::<Result<_, _>>().map_err(text)?,
            Payload::ExportSection(exports) => {
                let named = exports.into_iter().filter_map(Result::ok).find(|export| export.name == "cabi_realloc");
                realloc = named.map(|export| export.index as usize);
            }
            _ => {}
        }
    }
    Ok(realloc.and_then(|index| types.get(index.checked_sub(imported)?).copied()))
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
