//! A core module with less in it.
//!
//! In: a core module whose code calls nothing, and what to leave out. Out: it without those imports and exports.
//! Holds: everything else stays, custom sections among it.
#![expect(clippy::wildcard_enum_match_arm, reason = "the enums of wasmparser are open-ended; what is unknown stays")]

use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// Leaves out functions that `keep_import` and `keep_export` deny. Both are asked once for each, in their order.
///
/// # Errors
///
/// The module is malformed, or imports or exports something else than functions and memories.
pub fn without(
    module: &[u8],
    mut keep_import: impl FnMut(&str, &str) -> bool,
    mut keep_export: impl FnMut(&str) -> bool,
) -> Result<Vec<u8>, String> {
    let mut out = Module::new();
    let mut left_out = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|error| error.to_string())?;
        match &payload {
            Payload::ImportSection(imports) => {
                let mut kept = ImportSection::new();
                for import in imports.clone().into_imports() {
                    let import = import.map_err(|error| error.to_string())?;
                    let TypeRef::Func(ty) = import.ty else { return Err(format!("import of {:?}", import.ty)) };
                    if keep_import(import.module, import.name) {
                        kept.import(import.module, import.name, EntityType::Function(ty));
                    } else {
                        left_out += 1;
                    }
                }
                out.section(&kept);
            }
            Payload::ExportSection(exports) => {
                let mut kept = ExportSection::new();
                for export in exports.clone() {
                    let export = export.map_err(|error| error.to_string())?;
                    let (kind, index) = match export.kind {
                        ExternalKind::Func => (ExportKind::Func, export.index - left_out),
                        ExternalKind::Memory => (ExportKind::Memory, export.index),
                        other => return Err(format!("export of {other:?}")),
                    };
                    if kind != ExportKind::Func || keep_export(export.name) {
                        kept.export(export.name, kind, index);
                    }
                }
                out.section(&kept);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    out.section(&RawSection { id, data: &module[range.start as usize..range.end as usize] });
                }
            }
        }
    }
    Ok(out.finish())
}
