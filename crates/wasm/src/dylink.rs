//! Shared libraries: what the section `dylink.0` says, and where exported data stands.
//!
//! In: a core module. Out: `Dylink`, and the addresses that the library exports as constant globals.
//! Holds: nothing is allocated for a count that the bytes only claim; a later subsection of a kind adds to earlier ones.
//!
//! Specification: WebAssembly tool conventions, "Dynamic Linking", "The dylink.0 section".

use std::collections::{HashMap, HashSet};

use wasmparser::{
    BinaryReader, ConstExpr, Dylink0SectionReader, Dylink0Subsection, ExportSectionReader, ExternalKind,
    GlobalSectionReader, Operator, SymbolFlags,
};

use crate::{CoreModule, Extern};

const SECTION: &str = "dylink.0";
const GLOBAL_SECTION: u8 = 6;
const EXPORT_SECTION: u8 = 7;

/// What a shared library says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dylink<'a> {
    /// In bytes.
    pub memory_size: u32,
    /// Logarithm of the alignment of its memory.
    pub memory_alignment: u32,
    /// In elements.
    pub table_size: u32,
    /// Logarithm of the alignment of its part of the table.
    pub table_alignment: u32,
    /// The libraries that it needs, by name.
    pub needed: Vec<&'a str>,
    /// Imports, by module and field, that may stay without an implementation.
    pub weak: HashSet<(&'a str, &'a str)>,
    /// Exported data that each thread has a copy of: its address is relative to that copy.
    pub thread_local: HashSet<&'a str>,
    /// Exported data whose address is not relative to the library's memory.
    pub absolute: HashSet<&'a str>,
    /// The architecture that it was built for, if it says so.
    pub target: Option<&'a str>,
}

impl<'a> Dylink<'a> {
    /// Reads the section; none if the module has none, and so is no shared library.
    ///
    /// # Errors
    ///
    /// What is wrong with the section, as text.
    pub fn of(module: &CoreModule<'a>) -> Result<Option<Self>, String> {
        let mut found = None;
        for data in module.customs_named(SECTION) {
            let dylink = found.get_or_insert_with(Self::default);
            for subsection in Dylink0SectionReader::new(BinaryReader::new(data, 0)) {
                dylink.take(subsection.map_err(|error| error.message().to_owned())?);
            }
        }
        Ok(found)
    }

    fn take(&mut self, subsection: Dylink0Subsection<'a>) {
        match subsection {
            Dylink0Subsection::MemInfo(info) => {
                self.memory_size = info.memory_size;
                self.memory_alignment = info.memory_alignment;
                self.table_size = info.table_size;
                self.table_alignment = info.table_alignment;
            }
            Dylink0Subsection::Needed(names) => self.needed.extend(names),
            Dylink0Subsection::ImportInfo(imports) => {
                let weak = imports.iter().filter(|import| import.flags.contains(SymbolFlags::BINDING_WEAK));
                self.weak.extend(weak.map(|import| (import.module, import.field)));
            }
            Dylink0Subsection::ExportInfo(exports) => {
                for export in exports {
                    if export.flags.contains(SymbolFlags::TLS) {
                        self.thread_local.insert(export.name);
                    }
                    if export.flags.contains(SymbolFlags::ABSOLUTE) {
                        self.absolute.insert(export.name);
                    }
                }
            }
            Dylink0Subsection::TargetArch(target) => self.target = Some(target),
            // Where a loader looks for libraries: here they are all given.
            Dylink0Subsection::RuntimePath(_) => {}
            _ => {}
        }
    }
}

/// The exported globals that are immutable and start as a constant of type `i32`.
pub fn constant_globals<'a>(module: &CoreModule<'a>) -> HashMap<&'a str, i32> {
    let imported = module.imports.iter().filter(|import| matches!(import.ty, Extern::Global(_))).count();
    let constants = constants(module);
    let exports = contents(module, EXPORT_SECTION)
        .into_iter()
        .filter_map(|reader| ExportSectionReader::new(reader).ok())
        .flatten()
        .map_while(Result::ok);
    let globals = exports.filter(|export| export.kind == ExternalKind::Global);
    globals
        .filter_map(|export| {
            let defined = usize::try_from(export.index).ok()?.checked_sub(imported)?;
            Some((export.name, constants.get(defined).copied().flatten()?))
        })
        .collect()
}

/// The constant that each defined global is, if it is one.
fn constants(module: &CoreModule<'_>) -> Vec<Option<i32>> {
    let globals = contents(module, GLOBAL_SECTION)
        .into_iter()
        .filter_map(|reader| GlobalSectionReader::new(reader).ok())
        .flatten()
        .map_while(Result::ok);
    globals.map(|global| if global.ty.mutable { None } else { constant(&global.init_expr) }).collect()
}

fn constant(expression: &ConstExpr<'_>) -> Option<i32> {
    let mut operators = expression.get_operators_reader().into_iter().map_while(Result::ok);
    match (operators.next(), operators.next()) {
        (Some(Operator::I32Const { value }), Some(Operator::End)) => Some(value),
        _ => None,
    }
}

fn contents<'a>(module: &CoreModule<'a>, id: u8) -> Option<BinaryReader<'a>> {
    let section = module.sections.iter().find(|section| section.id == id)?;
    Some(BinaryReader::new(module.bytes.get(section.contents.clone())?, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_module;

    fn with<T>(text: &str, check: impl FnOnce(&CoreModule<'_>) -> T) -> T {
        let bytes = wat::parse_str(text).unwrap();
        check(&read_module("lib.wasm", &bytes).unwrap())
    }

    #[test]
    fn everything_that_a_linker_needs_is_read() {
        let text = r#"(module
            (@dylink.0
                (mem-info (memory 20 4) (table 3 1))
                (needed "libc.so" "libm.so")
                (import-info "env" "maybe" binding-weak)
                (export-info "errno" tls)
                (runtime-path "/lib")))"#;
        with(text, |module| {
            let dylink = Dylink::of(module).unwrap().unwrap();
            let sizes = (dylink.memory_size, dylink.memory_alignment, dylink.table_size, dylink.table_alignment);
            assert_eq!(sizes, (20, 4, 3, 1));
            assert_eq!(dylink.needed, ["libc.so", "libm.so"]);
            assert!(dylink.weak.contains(&("env", "maybe")));
            assert!(dylink.thread_local.contains("errno"));
        });
        with("(module)", |module| assert_eq!(Dylink::of(module), Ok(None)));
    }

    #[test]
    fn damage_is_told() {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(b"\0\x0c\x08dylink.0\x02\x7f\x01");
        let module = read_module("lib.wasm", &bytes).unwrap();
        assert!(Dylink::of(&module).unwrap_err().contains("unexpected end"));
    }

    #[test]
    fn only_constants_are_constant() {
        let text = r#"(module
            (import "env" "__memory_base" (global $base i32))
            (global (export "constant") i32 (i32.const 8))
            (global (export "sum") i32 (i32.add (global.get $base) (i32.const 8)))
            (global (export "variable") (mut i32) (i32.const 8))
            (global (export "wide") i64 (i64.const 8))
            (export "base" (global $base)))"#;
        with(text, |module| assert_eq!(constant_globals(module), HashMap::from([("constant", 8)])));
    }
}
