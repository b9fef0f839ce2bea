//! Bytes to `CoreModule`, in one pass.
//!
//! In: untrusted bytes. Out: `CoreModule`, or one diagnostic that says what is broken.
//! Holds: everything but function bodies is validated; nothing is allocated for a count that the bytes only claim.

use std::borrow::Cow;
use std::ops::Range;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use wasmparser::types::{EntityType, TypesRef};
use wasmparser::{Imports, Parser, Payload, TypeRef, ValidPayload, Validator, WasmFeatures};

use crate::{CoreModule, Custom, Export, Extern, Import, Section};

/// What a file holds, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryKind {
    Module,
    Component,
    /// No WebAssembly binary of a known kind: text, or something else.
    Other,
}

/// Tells a core module from a component. Looks at the first eight bytes only.
pub fn binary_kind(bytes: &[u8]) -> BinaryKind {
    match bytes.first_chunk::<8>() {
        Some([b'\0', b'a', b's', b'm', _, _, 0, 0]) => BinaryKind::Module,
        Some([b'\0', b'a', b's', b'm', _, _, _, _]) => BinaryKind::Component,
        _ => BinaryKind::Other,
    }
}

/// Reads a core module. Bodies are skipped, every other section is validated.
pub fn read_module<'a>(file: &str, bytes: &'a [u8]) -> diag::Result<CoreModule<'a>> {
    match binary_kind(bytes) {
        BinaryKind::Module => Ok(read(file, bytes).map_err(|error| invalid(file, &error))?),
        BinaryKind::Component => Err(diag::error("wasm/not-a-core-module", format!("`{file}` is a component"))
            .label(Place::file(file), "a core module is wanted here")
            .into()),
        BinaryKind::Other => Err(diag::error("wasm/not-wasm", format!("`{file}` is no WebAssembly binary"))
            .label(Place::file(file), "it does not begin with `\\0asm` and a version")
            .help("pass a `.wasm` file, or a `.wat` text")
            .into()),
    }
}

/// The custom sections at the top of a module or component, without validating anything else.
pub fn custom_sections(bytes: &[u8]) -> impl Iterator<Item = Custom<'_>> {
    let mut depth = 0_u32;
    Parser::new(0).parse_all(bytes).map_while(Result::ok).filter_map(move |payload| {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 0 => {
                return Some(Custom { name: section.name(), data: section.data() });
            }
            _ => {}
        }
        None
    })
}

/// The diagnostic for what wasmparser refuses.
pub fn invalid(file: &str, error: &wasmparser::Error) -> Diagnostic {
    diag::error("wasm/invalid", format!("`{file}` is not valid WebAssembly"))
        .label(Place::binary(file, format!("byte {:#x}", error.offset())), error.message())
        .help("build it again: the file is damaged, cut off, or made by a faulty tool")
}

/// What one pass collects before the types of imports and exports are known.
#[derive(Default)]
struct Collected<'a> {
    imports: Vec<wasmparser::Import<'a>>,
    exports: Vec<wasmparser::Export<'a>>,
    customs: Vec<Custom<'a>>,
    sections: Vec<Section>,
    has_start: bool,
    /// End of the last section, in bytes.
    end: usize,
}

fn read<'a>(file: &str, bytes: &'a [u8]) -> wasmparser::Result<CoreModule<'a>> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut collected = Collected { end: 8, ..Collected::default() };
    let mut module = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let valid = validator.payload(&payload)?;
        collected.take(&payload)?;
        if let ValidPayload::End(types) = valid {
            module = Some(finish(file, bytes, std::mem::take(&mut collected), types.as_ref()));
        }
    }
    Ok(module.expect("`parse_all` ends with `End` or with an error"))
}

impl<'a> Collected<'a> {
    fn take(&mut self, payload: &Payload<'a>) -> wasmparser::Result<()> {
        if let Some((id, contents)) = payload.as_section() {
            self.section(id, as_usize(contents));
        }
        match payload {
            Payload::ImportSection(section) => {
                for imports in section.clone() {
                    self.take_imports(imports?)?;
                }
            }
            Payload::ExportSection(section) => {
                for export in section.clone() {
                    self.exports.push(export?);
                }
            }
            Payload::StartSection { .. } => self.has_start = true,
            Payload::CustomSection(section) => {
                let custom = self.customs.len();
                self.customs.push(Custom { name: section.name(), data: section.data() });
                if let Some(last) = self.sections.last_mut() {
                    last.custom = Some(custom);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_imports(&mut self, imports: Imports<'a>) -> wasmparser::Result<()> {
        match imports {
            Imports::Single(_, import) => self.imports.push(import),
            Imports::Compact1 { module, items } => {
                for item in items {
                    let item = item?;
                    self.imports.push(wasmparser::Import { module, name: item.name, ty: item.ty });
                }
            }
            Imports::Compact2 { module, ty, names } => {
                for name in names {
                    self.imports.push(wasmparser::Import { module, name: name?, ty });
                }
            }
        }
        Ok(())
    }

    fn section(&mut self, id: u8, contents: Range<usize>) {
        self.sections.push(Section { id, whole: self.end..contents.end, contents: contents.clone(), custom: None });
        self.end = contents.end;
    }
}

fn as_usize(range: Range<u64>) -> Range<usize> {
    let offset = |at: u64| usize::try_from(at).expect("an offset into a slice fits usize");
    offset(range.start)..offset(range.end)
}

fn finish<'a>(file: &str, bytes: &'a [u8], collected: Collected<'a>, types: TypesRef<'_>) -> CoreModule<'a> {
    let imports = collected.imports.iter().map(|import| Import {
        module: import.module,
        field: Cow::Borrowed(import.name),
        ty: extern_type(types.entity_type_from_import(import).expect("the validator knows the import"), types),
        exact: match import.ty {
            TypeRef::FuncExact(_) => true,
            TypeRef::Global(global) => global.shared,
            TypeRef::Table(table) => table.shared,
            _ => false,
        },
    });
    let exports = collected.exports.iter().map(|export| {
        let ty = types.entity_type_from_export(export).expect("the validator knows the export");
        (export.name, Export { ty: extern_type(ty, types) })
    });
    CoreModule {
        file: file.to_owned(),
        bytes,
        imports: imports.collect(),
        exports: exports.collect::<IndexMap<_, _>>(),
        customs: collected.customs,
        sections: collected.sections,
        has_start: collected.has_start,
    }
}

fn extern_type(ty: EntityType, types: TypesRef<'_>) -> Extern {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) => Extern::Func(types[id].unwrap_func().into()),
        EntityType::Table(table) => Extern::Table(table.into()),
        EntityType::Memory(memory) => Extern::Memory(memory.into()),
        EntityType::Global(global) => Extern::Global(global.into()),
        EntityType::Tag(id) => Extern::Tag(types[id].unwrap_func().into()),
    }
}
