//! The core modules of a component, each bound to the world, adapters cut down to what is used of them.
//!
//! In: `Input`. Out: the plan; or everything that is wrong with any of the modules.
//! Holds: an adapter that nothing uses is left out, and so is what only it would have imported.

use std::collections::BTreeSet;

use abi::Abi;
use component::Plan;
use diag::{Diagnostic, Diagnostics};
use types::Types;
use wasm::{Adaptation, CoreModule, CoreType, Extern, Memory, Pieces, ReallocSource, Rewrite, Signature};

use crate::build;
use crate::canon::Canon;
use crate::errors;
use crate::export::{self, Exports, Specials};
use crate::import::{self, Binding};
use crate::input::{Input, Linked, Part};
use crate::names::special;

/// A core module that goes into the component.
pub struct Bound<'a> {
    pub part: Part,
    pub bytes: Pieces<'a>,
    pub imports: Vec<BoundImport>,
    pub exports: Exports,
}

/// A core import and what it stands for.
pub struct BoundImport {
    pub module: String,
    pub field: String,
    pub ty: Extern,
    pub binding: Binding,
}

impl BoundImport {
    /// The import's type, which is that of a function.
    pub fn signature(&self) -> &Signature {
        self.ty.as_func().expect("only functions are bound to what has a slot")
    }
}

/// Decides the whole component.
pub fn plan<'a>(types: &Types, input: &Input<'a>) -> diag::Result<Plan<'a>> {
    let abi = Abi::wasm32(types);
    let parts = bind_all(&abi, input)?;
    build::component(types, &abi, input, parts)
}

fn bind_all<'a>(abi: &Abi<'_>, input: &Input<'a>) -> diag::Result<Vec<Bound<'a>>> {
    let mut wrong = Vec::new();
    let main = collect(&mut wrong, bind_main(abi, input));
    let libraries: Vec<_> =
        (0..input.libraries.len()).map(|index| collect(&mut wrong, bind_library(abi, input, index))).collect();
    let lifts: Vec<Option<Exports>> = (0..input.adapters.len())
        .map(|index| {
            let guest = &input.adapters[index].guest;
            collect(&mut wrong, export::bind(abi, input, Part::Adapter(index), &guest.module))
        })
        .collect();
    let (Some(main), true) = (main, wrong.is_empty()) else { return Err(Diagnostics(wrong)) };
    let lifts = lifts.into_iter().flatten().collect();
    let mut parts: Vec<_> = std::iter::once(main).chain(libraries.into_iter().flatten()).collect();
    share_reallocs(&mut parts);
    let adapters = bind_adapters(abi, input, &parts, lifts)?;
    parts.extend(adapters);
    wrong.extend(missing_options(abi, input, &parts));
    wrong.extend(shared_memory(abi, input, &parts));
    wrong.extend(widths_of_variables(input, &parts));
    if wrong.is_empty() { Ok(parts) } else { Err(Diagnostics(wrong)) }
}

/// Linked parts share one memory, so one without an allocator takes that of the first that has one.
pub fn share_reallocs(parts: &mut [Bound<'_>]) {
    let first = |of: fn(&Specials) -> &Option<Linked>| parts.iter().find_map(|part| of(&part.exports.specials).clone());
    let import = first(|specials| &specials.import_realloc);
    let export = first(|specials| &specials.export_realloc);
    for part in parts {
        let specials = &mut part.exports.specials;
        specials.import_realloc = specials.import_realloc.take().or_else(|| import.clone());
        specials.export_realloc = specials.export_realloc.take().or_else(|| export.clone());
    }
}

/// All variables of a thread have one width, as a component's `context.get` and `context.set` must have.
fn widths_of_variables(input: &Input<'_>, parts: &[Bound<'_>]) -> Option<Diagnostic> {
    let place = |wanted: CoreType| {
        parts.iter().find_map(|part| {
            let import = part.imports.iter().find(|import| import.binding.width_of_variable() == Some(wanted))?;
            Some(input.guest(part.part).module.place_of_import(&import.module, &import.field))
        })
    };
    Some(errors::widths_of_variables(place(CoreType::I64)?, place(CoreType::I32)?))
}

/// Keeps what worked; notes what did not.
pub fn collect<T>(wrong: &mut Vec<Diagnostic>, result: diag::Result<T>) -> Option<T> {
    result.map_err(|Diagnostics(diagnostics)| wrong.extend(diagnostics)).ok()
}

fn bind_main<'a>(abi: &Abi<'_>, input: &Input<'a>) -> diag::Result<Bound<'a>> {
    if main_memory(&input.main.module).is_some_and(|memory| memory.memory64) {
        return Err(errors::unsupported_memory64(input.main.module.place()).into());
    }
    bind_module(abi, input, Part::Main)
}

fn bind_library<'a>(abi: &Abi<'_>, input: &Input<'a>, index: usize) -> diag::Result<Bound<'a>> {
    let mut bound = bind_module(abi, input, Part::Library(index))?;
    // The linker decides when each library is initialised, among the others.
    bound.exports.specials.initialize = None;
    Ok(bound)
}

/// A module that goes into the component as it is, apart from custom sections and the names of its imports.
fn bind_module<'a>(abi: &Abi<'_>, input: &Input<'a>, part: Part) -> diag::Result<Bound<'a>> {
    let guest = input.guest(part);
    let mut module = guest.module.clone();
    let mut wrong = Vec::new();
    let mut rewrite = Rewrite::default().drop_metadata().unique_imports(&mut module);
    if input.options.strip {
        rewrite = rewrite.drop_names();
    }
    if let Some(producers) = build::guest_producers(guest).filter(|_| !input.options.strip) {
        rewrite = rewrite.producers(producers);
    }
    let bindings = collect(&mut wrong, import::bind(abi, input, part, &module));
    let exports = collect(&mut wrong, export::bind(abi, input, part, &module));
    match (bindings, exports) {
        (Some(bindings), Some(exports)) => {
            let bytes = rewrite.pieces(&module);
            Ok(Bound { part, bytes, imports: bound_imports(&module, bindings), exports })
        }
        _ => Err(Diagnostics(wrong)),
    }
}

pub fn bound_imports(module: &CoreModule<'_>, bindings: Vec<Binding>) -> Vec<BoundImport> {
    let bound = module.imports.iter().zip(bindings).map(|(import, binding)| BoundImport {
        module: import.module.to_owned(),
        field: import.field.to_string(),
        ty: import.ty.clone(),
        binding,
    });
    bound.collect()
}

/// The memory that the main module defines or imports.
pub fn main_memory(module: &CoreModule<'_>) -> Option<Memory> {
    let exported = special::MEMORY.iter().find_map(|name| module.exports.get(name)?.ty.as_memory().copied());
    exported.or_else(|| module.imports.iter().find_map(|import| import.ty.as_memory().copied()))
}

/// Cuts each adapter down to what the main module, the world and the other adapters use of it.
pub fn bind_adapters<'a>(
    abi: &Abi<'_>,
    input: &Input<'a>,
    parts: &[Bound<'a>],
    lifts: Vec<Exports>,
) -> diag::Result<Vec<Bound<'a>>> {
    let mut wanted = vec![BTreeSet::new(); input.adapters.len()];
    parts.iter().for_each(|part| note_adapter_calls(&mut wanted, &part.imports));
    loop {
        let before = wanted.clone();
        let mut bound = Vec::new();
        let mut wrong = Vec::new();
        for (index, exports) in lifts.iter().enumerate() {
            if wanted[index].is_empty() && exports.lifts.is_empty() {
                continue;
            }
            let adapter = bind_adapter(abi, input, parts, index, &wanted[index], exports);
            if let Some(adapter) = collect(&mut wrong, adapter) {
                note_adapter_calls(&mut wanted, &adapter.imports);
                bound.push(adapter);
            }
        }
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        // What adapters want of one another only grows, and is at most all of their exports.
        if before == wanted {
            return Ok(bound);
        }
    }
}

fn note_adapter_calls(wanted: &mut [BTreeSet<String>], imports: &[BoundImport]) {
    for import in imports {
        if let Binding::Linked(Linked { part: Part::Adapter(adapter), export }) = &import.binding {
            wanted[*adapter].insert(export.clone());
        }
    }
}

fn bind_adapter<'a>(
    abi: &Abi<'_>,
    input: &Input<'a>,
    parts: &[Bound<'a>],
    index: usize,
    wanted: &BTreeSet<String>,
    exports: &Exports,
) -> diag::Result<Bound<'a>> {
    let adapter = &input.adapters[index];
    let memory = main_memory(&input.main.module);
    let roots: Vec<&str> = wanted.iter().map(String::as_str).chain(exports.core_names()).collect();
    let realloc = parts.iter().find_map(|part| part.exports.specials.adapter_realloc.as_ref());
    let realloc = match realloc {
        Some(name) if !input.options.realloc_via_memory_grow => ReallocSource::Main(name),
        _ => ReallocSource::MemoryGrow,
    };
    let page_size_log2 = memory.map_or(16, |memory| memory.page_size_log2);
    let keep_names = !input.options.no_names && !input.options.strip;
    let adaptation = Adaptation { roots: &roots, realloc, page_size_log2, keep_names };
    let bytes = wasm::adapt(&adapter.guest.module, &adaptation)?;
    let mut module = wasm::read_module(&adapter.guest.module.file, &bytes)?;
    let rewrite = Rewrite::default().unique_imports(&mut module);
    check_memory(input, index, &module, memory)?;
    let bindings = import::bind(abi, input, Part::Adapter(index), &module)?;
    let imports = bound_imports(&module, bindings);
    let bytes = rewrite.apply(&module).into_owned();
    Ok(Bound { part: Part::Adapter(index), imports, bytes: bytes.into(), exports: exports.clone() })
}

fn check_memory(input: &Input<'_>, index: usize, module: &CoreModule<'_>, main: Option<Memory>) -> diag::Result<()> {
    let Some(wants) = module.imports.iter().find_map(|import| import.ty.as_memory()) else { return Ok(()) };
    let adapter = &input.adapters[index];
    match main {
        None => Err(errors::adapter_without_memory(&input.main.module, adapter).into()),
        Some(has) if has.page_size_log2 != wants.page_size_log2 => {
            let (has, wants) = (1 << has.page_size_log2, 1 << wants.page_size_log2);
            Err(errors::page_size(&input.main.module, adapter, has, wants).into())
        }
        Some(has) if has.shared != wants.shared => {
            let sharing = if wants.shared { module } else { &input.main.module };
            Err(errors::unsupported_shared_memory(sharing.place()).into())
        }
        Some(_) => Ok(()),
    }
}

/// Functions that need a memory, an allocator or a table which is not there.
fn missing_options(abi: &Abi<'_>, input: &Input<'_>, parts: &[Bound<'_>]) -> Vec<Diagnostic> {
    let memory = main_memory(&input.main.module).is_some();
    let mut wrong = Vec::new();
    for part in parts {
        let module = &input.guest(part.part).module;
        let specials = &part.exports.specials;
        let mut without_memory = Vec::new();
        let mut without_realloc = Vec::new();
        for import in &part.imports {
            let Binding::Canon(canon) = &import.binding else { continue };
            let needs = canon.needs(abi);
            let place = || module.place_of_import(&import.module, &import.field);
            let declared = declared(abi, input, module, canon);
            let user = || match &declared {
                Some((name, declared)) => errors::PassesValues::func(name, declared.clone()),
                None => errors::PassesValues::builtin(place()),
            };
            let realloc = if canon.is_for_exports() { &specials.export_realloc } else { &specials.import_realloc };
            if needs.memory && !memory {
                without_memory.push(user());
            }
            if needs.realloc && realloc.is_none() {
                without_realloc.push(user());
            }
            if *canon == Canon::Builtin(abi::Builtin::ThreadNewIndirect) && !has_table(input) {
                wrong.push(errors::missing_table(&input.main.module, place()));
            }
        }
        for lift in &part.exports.lifts {
            let needs = lift.call.needs();
            let user = || errors::PassesValues::func(&lift.core_name, lift.declared.clone());
            if needs.memory && !memory {
                without_memory.push(user());
            }
            if needs.realloc && specials.export_realloc.is_none() {
                without_realloc.push(user());
            }
        }
        for (users, memory) in [(without_memory, true), (without_realloc, false)] {
            if !users.is_empty() {
                wrong.push(errors::missing_option(module, &users, memory));
            }
        }
    }
    wrong
}

/// Values pass through a memory of the instance's own: no canonical definition takes one that threads of the host share.
fn shared_memory(abi: &Abi<'_>, input: &Input<'_>, parts: &[Bound<'_>]) -> Option<Diagnostic> {
    let main = &input.main.module;
    main_memory(main).filter(|memory| memory.shared)?;
    let imports = parts.iter().flat_map(|part| &part.imports);
    let lowers = imports.filter_map(|import| match &import.binding {
        Binding::Canon(canon) => Some(canon.needs(abi).memory),
        Binding::Memory | Binding::Linked(_) | Binding::TlsBase { .. } => None,
    });
    let lifts = parts.iter().flat_map(|part| &part.exports.lifts).map(|lift| lift.call.needs().memory);
    lowers.chain(lifts).any(|needs| needs).then(|| errors::unsupported_shared_memory(main.place()))
}

fn has_table(input: &Input<'_>) -> bool {
    let table = input.main.module.exports.get(special::FUNCTION_TABLE);
    table.is_some_and(|export| matches!(export.ty, Extern::Table(_)))
}

/// Where the world declares the function that a lowering is of.
fn declared(
    abi: &Abi<'_>,
    input: &Input<'_>,
    module: &CoreModule<'_>,
    canon: &Canon,
) -> Option<(String, errors::Declared)> {
    let Canon::Lower { func, .. } = canon else { return None };
    let item = func.item(abi.types(), &input.world)?;
    Some((func.name.to_string(), errors::declared(abi.types(), module, &func.name, item, func.ty)))
}
