//! One import, sent elsewhere.
//!
//! In: a module, the import's old and new names. Out: the module's bytes with the import section rewritten.
//! Holds: every other section is copied as it is; index spaces do not change.

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::{BinaryReader, ImportSectionReader, Imports};

use crate::CoreModule;
use crate::rewrite::append;

/// The binary format's id of the import section.
const IMPORT: u8 = 2;

/// Renames an import, module and field; `None` if the module does not have it.
pub fn redirect_import(module: &CoreModule<'_>, from: (&str, &str), to: (&str, &str)) -> Option<Vec<u8>> {
    if !module.imports.iter().any(|import| (import.module, &*import.field) == from) {
        return None;
    }
    let mut out = module.bytes[..8].to_vec();
    for section in &module.sections {
        if section.id == IMPORT {
            append(&mut out, &import_section(&module.bytes[section.contents.clone()], from, to));
        } else {
            out.extend_from_slice(&module.bytes[section.whole.clone()]);
        }
    }
    Some(out)
}

fn import_section(contents: &[u8], from: (&str, &str), to: (&str, &str)) -> wasm_encoder::ImportSection {
    let mut section = wasm_encoder::ImportSection::new();
    let mut push = |module: &str, field: &str, ty: wasmparser::TypeRef| {
        let (module, field) = if (module, field) == from { to } else { (module, field) };
        section.import(module, field, RoundtripReencoder.entity_type(ty).expect("validated when read"));
    };
    for imports in ImportSectionReader::new(BinaryReader::new(contents, 0)).expect("validated when read") {
        match imports.expect("validated when read") {
            Imports::Single(_, import) => push(import.module, import.name, import.ty),
            Imports::Compact1 { module, items } => {
                for item in items {
                    let item = item.expect("validated when read");
                    push(module, item.name, item.ty);
                }
            }
            Imports::Compact2 { module, ty, names } => {
                for name in names {
                    push(module, name.expect("validated when read"), ty);
                }
            }
        }
    }
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_import_moves() {
        let bytes = wat::parse_str(
            r#"(module (import "a" "x" (func (param i32))) (import "a" "y" (func)) (func (call 0 (i32.const 1))))"#,
        )
        .unwrap();
        let module = crate::read_module("m.wasm", &bytes).unwrap();
        let moved = redirect_import(&module, ("a", "x"), ("b", "z")).unwrap();
        let moved = crate::read_module("m.wasm", &moved).unwrap();
        let names: Vec<_> = moved.imports.iter().map(|import| (import.module, &*import.field)).collect();
        assert_eq!(names, [("b", "z"), ("a", "y")]);
        assert_eq!(redirect_import(&module, ("a", "q"), ("b", "z")), None);
    }
}
