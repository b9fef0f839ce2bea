//! One pass over the bytes: validation, and what the root of the component declares.
//!
//! Holds: sections of nested modules and components are validated and left where they are.

use wasm::Custom;
use wasmparser::types::Types;
use wasmparser::{
    ComponentExport, ComponentExternalKind, ComponentImport, ComponentType, Parser, Payload, Result, ValidPayload,
    Validator, WasmFeatures,
};

/// What the root of a component declares, with the types of everything.
pub(crate) struct Collected<'a> {
    pub(crate) imports: Vec<ComponentImport<'a>>,
    pub(crate) exports: Vec<ComponentExport<'a>>,
    pub(crate) customs: Vec<Custom<'a>>,
    pub(crate) types: Types,
}

/// Validates everything but the bodies of core functions.
pub(crate) fn collect(bytes: &[u8]) -> Result<Collected<'_>> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut depth = 0_usize;
    let (mut imports, mut exports, mut customs, mut types) = (Vec::new(), Vec::new(), Vec::new(), None);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match validator.payload(&payload)? {
            ValidPayload::Parser(_) => depth += 1,
            ValidPayload::End(_) if depth > 0 => depth -= 1,
            ValidPayload::End(found) => types = Some(found),
            ValidPayload::Ok | ValidPayload::Func(..) => {}
        }
        match payload {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import?);
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export?);
                }
            }
            Payload::CustomSection(section) if depth == 0 => {
                customs.push(Custom { name: section.name(), data: section.data() });
            }
            _ => {}
        }
    }
    let types = types.expect("`parse_all` ends with `End` or with an error");
    Ok(Collected { imports, exports, customs, types })
}

/// Whether the root defines component types and exports types, and nothing else.
pub(super) fn is_wit_package(bytes: &[u8]) -> bool {
    outline(bytes).unwrap_or(false)
}

fn outline(bytes: &[u8]) -> Result<bool> {
    let mut exports = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    if !matches!(ty?, ComponentType::Component(_)) {
                        return Ok(false);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    if export?.kind != ComponentExternalKind::Type {
                        return Ok(false);
                    }
                    exports += 1;
                }
            }
            Payload::Version { .. } | Payload::CustomSection(_) | Payload::End(_) => {}
            _ => return Ok(false),
        }
    }
    Ok(exports > 0)
}
