//! What is said when a core module and its world do not fit.
//!
//! Holds: both sides of a mismatch are shown, expected before found; near misses are named; one action each.

use std::collections::HashSet;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, FuncId, FuncType, Item, Types, ValType, World};
use wasm::{CoreModule, Extern, Signature};

use crate::input::{Adapter, Input};
use crate::names::Ends;

const PREVIEW1: &str = "wasi_snapshot_preview1";

/// Among these many names a near miss is looked for: a module can lack as many as a world has.
const MOST_CANDIDATES: usize = 200;

/// Where the world says something, and what.
pub type Declared = (Place, String);

/// The place of a function in the world, with its type; for a world that came from a binary, its name there.
pub fn declared(types: &Types, module: &CoreModule<'_>, name: &ExternName, item: &Item, ty: FuncId) -> Declared {
    let place =
        item.decl.place.clone().unwrap_or_else(|| Place::binary(&module.file, format!("world: function `{name}`")));
    (place, format!("declared as `{}`", types::text::wit_func(types, types.func(ty))))
}

fn import_headline(import: &wasm::Import<'_>) -> String {
    format!("core import `{}` `{}`", import.module, import.field)
}

fn did_you_mean(name: &str, candidates: &[String]) -> Option<String> {
    let near = diag::near_misses(name, candidates.iter().map(String::as_str));
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    (!quoted.is_empty()).then(|| format!("did you mean {}?", quoted.join(" or ")))
}

/// A core import whose module is nothing that the world imports.
pub fn unknown_module(place: Place, import: &wasm::Import<'_>, input: &Input<'_>) -> Diagnostic {
    let mut names: Vec<String> = input.world.component.imports.keys().map(ToString::to_string).collect();
    names.extend(input.adapters.iter().map(|adapter| adapter.name.clone()));
    let wanted = format!("world `{}` imports no `{}`", input.world.name, import.module);
    let error = diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)));
    if import.module == PREVIEW1 || import.module == "wasi_unstable" {
        let action = if input.options.no_adapt {
            "leave `--no-adapt` out: the built-in adapter turns preview1 into WASI 0.2"
        } else {
            "give an adapter for this module with `--adapt NAME=FILE`"
        };
        return error.label(place, format!("{wanted}, and no adapter provides it")).help(action);
    }
    let error = match did_you_mean(import.module, &names) {
        Some(near) => error.label(place, format!("{wanted}; {near}")),
        None => error.label(place, wanted),
    };
    if import.module == "env" {
        // What linkers leave over is under this name: a C function, no interface of a world.
        return error.help(format!("link what defines `{}` into the module", import.field));
    }
    error.help(format!("import `{}` in the WIT world, or take the import out of the module", import.module))
}

/// An import that belongs to the exported interface `scope`, which the world does not export, or that is no built-in
/// function for its resources.
pub fn not_exported(place: Place, import: &wasm::Import<'_>, scope: &str, world: &World) -> Diagnostic {
    let wanted = format!("world `{}` exports no `{scope}`", world.name);
    let names: Vec<String> = world.component.exports.keys().map(ToString::to_string).collect();
    if names.iter().any(|name| name == scope) {
        return diag::error("encode/unknown-import", format!("{} means nothing", import_headline(import)))
            .label(place, "no `[resource-new]`, `[resource-rep]` or `[resource-drop]` of a resource")
            .help("take the import out of the module");
    }
    let text = if world.component.imports.keys().any(|name| name.to_string() == scope) {
        format!("{wanted}, it imports it")
    } else {
        did_you_mean(scope, &names).map_or_else(|| wanted.clone(), |near| format!("{wanted}; {near}"))
    };
    diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)))
        .label(place, text)
        .help(format!("export `{scope}` from the WIT world, or take the import out of the module"))
}

/// A core import whose module is known and whose field is not.
pub fn unknown_field(
    place: Place,
    import: &wasm::Import<'_>,
    scope: Option<&ExternName>,
    items: &IndexMap<ExternName, Item>,
    world: &World,
) -> Diagnostic {
    let names: Vec<String> = items.keys().take(MOST_CANDIDATES).map(ToString::to_string).collect();
    let scope = match scope {
        Some(scope) => format!("interface `{scope}`"),
        None => format!("world `{}`", world.name),
    };
    let bare = import.field.split(']').next_back().unwrap_or(&import.field);
    let near = did_you_mean(&import.field, &names).or_else(|| did_you_mean(bare, &names));
    let wanted = format!("{scope} has no `{}`", import.field);
    let text = near.map_or_else(|| wanted.clone(), |near| format!("{wanted}; {near}"));
    diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)))
        .label(place, text)
        .help("build the module with bindings from this WIT")
}

/// A core import whose type is not the one that it must have.
pub fn import_type(place: Place, import: &wasm::Import<'_>, wanted: &str, other: Option<Declared>) -> Diagnostic {
    let text = format!("expected {wanted}, found {}", import.ty);
    let error = diag::error("encode/import-signature", format!("{} does not fit the world", import_headline(import)));
    let error = error.label(place, text);
    match other {
        Some((place, text)) => error.label(place, text),
        None => error,
    }
    .help("build the module with bindings from this WIT")
}

/// An import of a function of one very type: a canonical definition may be of a subtype, for all that is known of it.
pub fn exact_type(place: Place, import: &wasm::Import<'_>) -> Diagnostic {
    let headline = format!("core import `{}` `{}` is of an exact type", import.module, import.field);
    diag::error("encode/import-signature", headline)
        .label(place, "`exact`, which no imported function of a component is")
        .help("import the function without `exact`")
}

pub fn not_in_adapter(place: Place, import: &wasm::Import<'_>, adapter: &Adapter<'_>) -> Diagnostic {
    let names: Vec<String> = adapter.guest.module.exports.keys().map(ToString::to_string).collect();
    let wanted = format!("adapter `{}` exports no `{}`", adapter.name, import.field);
    let text = match did_you_mean(&import.field, &names) {
        Some(near) => format!("{wanted}; {near}"),
        None => wanted,
    };
    diag::error("encode/unknown-import", format!("{} is not in its adapter", import_headline(import)))
        .label(place, text)
        .label(adapter.guest.module.place(), "the adapter")
        .help("use an adapter that provides this function")
}

/// An adapter asks the main module for something that it does not have.
pub fn not_in_main(place: Place, import: &wasm::Import<'_>, main: &CoreModule<'_>) -> Diagnostic {
    let text = format!("the adapter wants the main module's export `{}`", import.field);
    let error = diag::error("encode/missing-export", format!("the main module has no export `{}`", import.field))
        .label(main.place(), format!("no export `{}`", import.field))
        .label(place, text);
    if import.field == "_start" {
        return error.help("use `--adapt reactor`: this module is a library, no command");
    }
    error.help(format!("export `{}` from the main module", import.field))
}

/// The world exports a function that the module does not. `taken` are exports that stand for something else.
pub fn missing_export(
    module: &CoreModule<'_>,
    core_name: &str,
    wanted: &Signature,
    (place, text): Declared,
    taken: &HashSet<String>,
) -> Diagnostic {
    let free = module.exports.keys().filter(|name| !taken.contains(**name));
    let names: Vec<String> = free.take(MOST_CANDIDATES).map(ToString::to_string).collect();
    let expected = format!("expected an export `{core_name}` {wanted}");
    let found = match did_you_mean(core_name, &names) {
        Some(near) => format!("{expected}; {near}"),
        None => expected,
    };
    diag::error("encode/missing-export", format!("core export `{core_name}` is missing"))
        .label(module.place(), found)
        .label(place, text)
        .help("implement the function in the module, or take it out of the world")
}

/// The module exports no function at all: then one thing is wrong, not each function by itself.
pub fn nothing_exported(missing: Diagnostic) -> Diagnostic {
    if missing.code.0 != "encode/missing-export" {
        return missing;
    }
    missing.help("export what implements the world: bindings for Rust do it with `export!(YourType)`")
}

/// A core export whose type is not the one that the world gives it.
pub fn export_signature(
    module: &CoreModule<'_>,
    core_name: &str,
    wanted: &Signature,
    found: &Extern,
    declared: Declared,
    lowered: Option<(Place, String)>,
) -> Diagnostic {
    let (place, text) = lowered.unwrap_or(declared);
    diag::error("encode/export-signature", format!("core export `{core_name}` does not fit the world"))
        .label(module.place_of_export(core_name), format!("expected {wanted}\n   found {found}"))
        .label(place, text)
        .help("build the module with bindings from this WIT")
}

/// The parameter of the WIT function at which two signatures part, and what it lowers to.
pub fn parting_param(func: &FuncType, call: &abi::Call, wanted: &Signature, found: &Extern) -> Option<(Place, String)> {
    let found = found.as_func()?;
    let abi::Params::Flat(flat) = &call.params else { return None };
    let same = wanted.params.iter().zip(&found.params).take_while(|(wanted, found)| wanted == found).count();
    if same == wanted.params.len() {
        return None;
    }
    let mut end = 0;
    for (param, values) in func.params.iter().zip(flat) {
        end += values.len();
        if same < end {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            return Some((
                param.place.clone()?,
                format!("parameter `{}` lowers to `{}`", param.name, values.join(" ")),
            ));
        }
    }
    None
}

/// An export with a fixed meaning has the wrong type.
pub fn special_type(module: &CoreModule<'_>, name: &str, wanted: &str, found: &Extern) -> Diagnostic {
    diag::error("encode/export-signature", format!("core export `{name}` has the wrong type"))
        .label(module.place_of_export(name), format!("expected {wanted}\n   found {found}"))
        .help(format!("give `{name}` this type, or another name"))
}

/// A function passes values in memory, and there is none, or nobody to allocate in it.
pub fn missing_option(module: &CoreModule<'_>, func: &str, (place, text): Declared, memory: bool) -> Diagnostic {
    let (code, what, name) = if memory {
        ("encode/missing-memory", "a memory", "memory")
    } else {
        ("encode/missing-realloc", "an allocator", "cabi_realloc")
    };
    diag::error(code, format!("`{func}` needs {what}, and the module exports none"))
        .label(module.place(), format!("no export `{name}`"))
        .label(place, format!("{text}: values are passed in memory"))
        .help(format!("export `{name}` from the module"))
}

pub fn page_size(main: &CoreModule<'_>, adapter: &Adapter<'_>, main_size: u64, adapter_size: u64) -> Diagnostic {
    let headline = format!("adapter `{}` expects memory pages of another size", adapter.name);
    diag::error("encode/adapter-memory", headline)
        .label(main.place(), format!("pages of {main_size} bytes"))
        .label(adapter.guest.module.place(), format!("pages of {adapter_size} bytes"))
        .help("build both with the same page size")
}

pub fn adapter_without_memory(main: &CoreModule<'_>, adapter: &Adapter<'_>) -> Diagnostic {
    diag::error("encode/adapter-memory", format!("adapter `{}` has no memory to work in", adapter.name))
        .label(main.place(), "no export `memory`")
        .label(adapter.guest.module.place(), "imports `env` `memory`")
        .help("export `memory` from the main module")
}

/// An asynchronous form of a function that the world declares as synchronous.
pub fn not_async(place: Place, name: &str, (there, text): Declared) -> Diagnostic {
    diag::error("encode/not-async", format!("`{name}` is not asynchronous in the world"))
        .label(place, "the form for asynchronous functions")
        .label(there, text)
        .help("declare it as `async func` in the WIT, or build the module with synchronous bindings")
}

/// An asynchronous export comes with a function that is called with its events.
pub fn missing_callback(module: &CoreModule<'_>, export: &str, callback: &str, wanted: &Signature) -> Diagnostic {
    diag::error("encode/missing-export", format!("core export `{callback}` is missing"))
        .label(module.place_of_export(export), format!("expected `{callback}` {wanted} beside it"))
        .help(format!(
            "export the callback, or export the function as `{}`",
            export.replacen("[async-lift]", "[async-lift-stackful]", 1)
        ))
}

/// A built-in of a stream or future that the function's type does not have at that place.
pub fn no_such_end(
    place: Place,
    import: &wasm::Import<'_>,
    ends: &Ends<'_>,
    all: &[ValType],
    types: &Types,
    (there, text): Declared,
) -> Diagnostic {
    let word = ends.carrier.word();
    let index = ends.index.unwrap_or_default();
    let found = match all.get(index as usize) {
        Some(ty) => format!("number {index} is `{}`, no {word}", types::text::wit_text(types, *ty)),
        None => format!("`{}` has {} streams and futures, counted from 0", ends.func, all.len()),
    };
    diag::error("encode/unknown-import", format!("{} is not in the world", import_headline(import)))
        .label(place, found)
        .label(there, text)
        .help("build the module with bindings from this WIT")
}

/// A core import for an exported scope that is known, and whose field is not.
pub fn unknown_export_field(
    place: Place,
    import: &wasm::Import<'_>,
    scope: Option<&ExternName>,
    items: &IndexMap<ExternName, Item>,
    world: &World,
) -> Diagnostic {
    unknown_field(place, import, scope, items, world)
}

/// A thread needs the table that its functions are in.
pub fn missing_table(module: &CoreModule<'_>, place: Place) -> Diagnostic {
    diag::error("encode/missing-table", "threads need a table of functions, and the module exports none")
        .label(module.place(), format!("no export `{}`", crate::names::special::FUNCTION_TABLE))
        .label(place, "starts a thread at a function of that table")
        .help("link the module with `--export-table`")
}

/// A built-in passes values in memory, and there is none, or nobody to allocate in it.
pub fn missing_builtin_option(module: &CoreModule<'_>, place: Place, memory: bool) -> Diagnostic {
    let (code, what, name) = if memory {
        ("encode/missing-memory", "a memory", "memory")
    } else {
        ("encode/missing-realloc", "an allocator", "cabi_realloc")
    };
    diag::error(code, format!("a built-in function needs {what}, and the module exports none"))
        .label(module.place(), format!("no export `{name}`"))
        .label(place, "passes values in memory")
        .help(format!("export `{name}` from the module"))
}

/// A variable of the thread is 32 bits wide in one place, and one is 64 in another.
pub fn widths_of_variables(place: Place, other: Place) -> Diagnostic {
    diag::error("encode/import-signature", "the thread's own variables have two widths")
        .label(place, "i64 here")
        .label(other, "i32 here")
        .help("build all modules for one size of addresses")
}

pub fn unsupported_memory64(place: Place) -> Diagnostic {
    diag::error("unsupported/memory64", "the module has a 64-bit memory")
        .label(place, "the Canonical ABI is encoded for 32-bit memories only")
        .help("build the module for wasm32")
}
