//! Modules cut down to what is used: any core module, and adapters, which also get a stack and an allocator.
//!
//! In: a core module, and the exports that are wanted. Out: a module with only the functions, globals, tables,
//! memories, tags, types and segments that these exports, the start function and instantiation reach.
//! Holds: every index is found and remapped by wasm-encoder's re-encoder, so no instruction can be missed; what the
//! kept exports do is what they did.
//!
//! ```text
//! CoreModule ─► Sections ─► Live ─► Remap ─► (Injection) ─► Emit ─► bytes
//! ```

mod code;
mod customs;
mod emit;
mod inject;
mod kind;
mod live;
mod names;
mod remap;
mod sections;

use diag::Diagnostic;
use wasmparser::{
    DataKind, ElementKind, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator, ValidatorResources,
    WasmFeatures,
};

use crate::{CoreModule, Names};

use emit::{Additions, Emit};
use inject::Injection;
use kind::{Error, Kind};
use live::Live;
use remap::Remap;
use sections::Sections;

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
/// Custom sections but the names are dropped. Refuses a memory of its own, and data and table elements that would be
/// written over those of the main module (`encode/adapter-section`).
pub fn adapt(module: &CoreModule<'_>, adaptation: &Adaptation<'_>) -> diag::Result<Vec<u8>> {
    let sections = Sections::of(module).map_err(|error| crate::invalid(&module.file, &error))?;
    let checks = body_checks(module).map_err(|error| crate::invalid(&module.file, &error))?;
    let live = Live::new(&sections, checks).map_err(|error| damaged(module, error))?;
    refuse_foreign_effects(module, &sections, &live)?;
    adapted(module, &sections, live, adaptation).map_err(|error| damaged(module, error).into())
}

fn adapted<'a>(
    module: &CoreModule<'a>,
    sections: &Sections<'a>,
    mut live: Live<'a>,
    adaptation: &Adaptation<'_>,
) -> Result<Vec<u8>, Error> {
    let wanted = |export: &&wasmparser::Export<'_>| adaptation.roots.contains(&export.name);
    let exports: Vec<_> = sections.exports.iter().filter(wanted).collect();
    for export in &exports {
        live.keep_export(sections, export)?;
    }
    let injection = Injection::choose(sections, &Names::of(module), &mut live, adaptation)?;
    let mut remap = Remap::number(sections, &live, &injection.replaced);
    let additions = injection.additions(sections, &mut remap, adaptation)?;
    let keep_names = adaptation.keep_names;
    Emit {
        module,
        sections,
        live: &live,
        remap: &remap,
        exports: &exports,
        additions: &additions,
        keep_names,
        keep_customs: false,
    }
    .bytes()
}

/// A module that is being cut down: what is reached grows with the exports that are wanted.
///
/// Bodies are not validated: one that is not valid either stays as it is, or is refused here because it names what is
/// not there. Custom sections stay, but for those that say where in the code something stands (`becomes_wrong`).
pub struct Shaker<'m, 'a> {
    module: &'m CoreModule<'a>,
    sections: Sections<'a>,
    live: Live<'a>,
    /// By place of the export.
    kept: Vec<bool>,
}

impl<'m, 'a> Shaker<'m, 'a> {
    /// Begins with what is reached without any export. The module must have been read by `read_module`.
    pub fn new(module: &'m CoreModule<'a>) -> diag::Result<Self> {
        let sections = Sections::of(module).map_err(|error| crate::invalid(&module.file, &error))?;
        let live = Live::new(&sections, Vec::new()).map_err(|error| damaged(module, error))?;
        let kept = vec![false; sections.exports.len()];
        Ok(Self { module, sections, live, kept })
    }

    /// Keeps an export and all that it reaches. Nothing happens if there is no such export.
    pub fn keep(&mut self, name: &str) -> diag::Result<()> {
        let Some(place) = self.module.exports.get_index_of(name) else { return Ok(()) };
        if !std::mem::replace(&mut self.kept[place], true) {
            let export = &self.sections.exports[place];
            self.live.keep_export(&self.sections, export).map_err(|error| damaged(self.module, error))?;
        }
        Ok(())
    }

    /// Keeps every memory that the module imports.
    pub fn keep_imported_memories(&mut self) -> diag::Result<()> {
        for (index, _) in (0..).zip(&self.sections.imported[Kind::Memory]) {
            self.live.keep(&self.sections, Kind::Memory, index).map_err(|error| damaged(self.module, error))?;
        }
        Ok(())
    }

    /// Whether each of the module's imports is reached so far.
    pub fn live_imports(&self) -> Vec<bool> {
        let mut live = vec![false; self.sections.imports.len()];
        for kind in Kind::ALL {
            for (index, place) in (0..).zip(&self.sections.imported[kind]) {
                live[*place] = self.live.has(kind, index);
            }
        }
        live
    }

    /// The module with what is reached.
    pub fn finish(&self) -> diag::Result<Vec<u8>> {
        let remap = Remap::number(&self.sections, &self.live, &[]);
        let exports: Vec<_> =
            self.sections.exports.iter().zip(&self.kept).filter(|(_, kept)| **kept).map(|(export, _)| export).collect();
        let emit = Emit {
            module: self.module,
            sections: &self.sections,
            live: &self.live,
            remap: &remap,
            exports: &exports,
            additions: &Additions::default(),
            keep_names: true,
            keep_customs: true,
        };
        Ok(emit.bytes().map_err(|error| damaged(self.module, error))?)
    }
}

/// A module with nothing but what these exports reach; see `Shaker`.
pub fn shake(module: &CoreModule<'_>, roots: &[&str]) -> diag::Result<Vec<u8>> {
    let mut shaker = Shaker::new(module)?;
    for root in roots {
        shaker.keep(root)?;
    }
    shaker.finish()
}

/// Whether a custom section is dropped when code changes, since it says where in the code something stands.
pub fn becomes_wrong(custom: &str) -> bool {
    customs::becomes_wrong(custom)
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

/// An adapter is one more module in the memory of another: it must not bring a memory, and must not write over what
/// is there before anything has been called, nor call what is not ready. `live` is what is reached without any export.
fn refuse_foreign_effects(module: &CoreModule<'_>, sections: &Sections<'_>, live: &Live<'_>) -> diag::Result<()> {
    let active_data = sections.data.iter().any(|data| matches!(data.kind, DataKind::Active { .. }));
    let foreign_elements = sections.elements.iter().any(|element| match element.kind {
        ElementKind::Active { table_index, .. } => sections.import_of(Kind::Table, table_index.unwrap_or(0)).is_some(),
        ElementKind::Passive | ElementKind::Declared => false,
    });
    let functions = u32::try_from(sections.imported[Kind::Function].len()).expect("the validator bounds the imports");
    let calls_out = sections.start.is_some() && (0..functions).any(|import| live.has(Kind::Function, import));
    let mut wrong = Vec::new();
    if !sections.memories.is_empty() {
        wrong.push(refused(module, "a memory of its own"));
    }
    if active_data {
        wrong.push(refused(module, "data of its own"));
    }
    if foreign_elements {
        wrong.push(refused(module, "elements for a table that it imports"));
    }
    if calls_out {
        wrong.push(refused(module, "a start function that calls what it imports"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(diag::Diagnostics(wrong)) }
}

fn refused(module: &CoreModule<'_>, what: &str) -> Diagnostic {
    diag::error("encode/adapter-section", format!("adapter `{}` brings {what}", module.file))
        .label(module.place(), "an adapter lives in the memory of the module that it adapts")
        .help("link the adapter without it")
}

fn damaged(module: &CoreModule<'_>, error: Error) -> Diagnostic {
    let text = match &error {
        Error::ParseError(error) => return crate::invalid(&module.file, error),
        other => other.to_string(),
    };
    diag::error("wasm/invalid", format!("`{}` is not valid WebAssembly", module.file)).label(module.place(), text)
}

/// Whether an import is the main module's allocator.
fn is_realloc(import: &wasmparser::Import<'_>) -> bool {
    import.module == MAIN && matches!(import.name, "cabi_realloc" | "canonical_abi_realloc")
}
