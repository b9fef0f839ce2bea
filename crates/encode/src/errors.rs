//! What is said when a core module and its world do not fit.
//!
//! Holds: both sides of a mismatch are shown, expected before found; near misses are named; one action each.

mod adapter;
mod classify;
mod export;
mod import;
mod lowering;
mod no_world;
mod unused;

use diag::{Diagnostic, Place};
use types::{ExternName, FuncId, Item, Types};
use wasm::CoreModule;

pub use adapter::{adapter_without_memory, not_in_adapter, not_in_main, page_size};
pub use classify::strangers;
pub use export::{
    Missing, Wants, ambiguous_export, export_signature, missing, missing_callback, nothing_exported, special_type,
    two_memories,
};
pub use import::{ScopeItems, import_type, more_unknown_fields, no_such_end, unknown_field, wide_builtin};
pub use lowering::{why_export, why_import};
pub use no_world::{implements_more, no_world};
pub use unused::{has_meaning, unused};

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

/// The place in the world, after the reason for what is expected there.
fn with_reason(error: Diagnostic, declared: Option<Declared>, why: Option<lowering::Why>) -> Diagnostic {
    match (declared, why) {
        (Some((place, text)), Some(lowering::Why { place: Some(param), text: why })) => {
            error.label(param, why).label(place, text)
        }
        (Some((place, text)), Some(lowering::Why { place: None, text: why })) => {
            error.label(place, format!("{text}: {why}"))
        }
        (Some((place, text)), None) => error.label(place, text),
        (None, Some(_) | None) => error,
    }
}

fn did_you_mean(name: &str, candidates: &[String]) -> Option<String> {
    let near = diag::near_misses(name, candidates.iter().map(String::as_str));
    let quoted: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    (!quoted.is_empty()).then(|| format!("did you mean {}?", quoted.join(" or ")))
}

/// An import of a function of one very type: a canonical definition may be of a subtype, for all that is known of it.
pub fn exact_type(place: Place, import: &wasm::Import<'_>) -> Diagnostic {
    let headline = format!("core import `{}` `{}` is of an exact type", import.module, import.field);
    diag::error("encode/import-signature", headline)
        .label(place, "`exact`, which no imported function of a component is")
        .help("import the function without `exact`")
}

/// Functions that pass values in memory are shown one by one, up to this many.
const SHOWN_USERS: usize = 5;

/// A function that passes values in memory, and where it is said that it does.
pub struct PassesValues {
    who: String,
    at: Declared,
}

impl PassesValues {
    pub fn func(name: &str, (place, text): Declared) -> Self {
        Self { who: format!("`{name}`"), at: (place, format!("{text}: values are passed in memory")) }
    }

    pub fn builtin(place: Place) -> Self {
        Self { who: "a built-in function".to_owned(), at: (place, "passes values in memory".to_owned()) }
    }
}

/// Functions pass values in memory, and there is none, or nobody to allocate in it.
pub fn missing_option(module: &CoreModule<'_>, users: &[PassesValues], memory: bool) -> Diagnostic {
    let (code, what, name) = if memory {
        ("encode/missing-memory", "a memory", "memory")
    } else {
        ("encode/missing-realloc", "an allocator", "cabi_realloc")
    };
    let need = match users {
        [one] => format!("{} needs", one.who),
        several => format!("{} functions need", several.len()),
    };
    let mut error = diag::error(code, format!("{need} {what}, and the module exports none"))
        .label(module.place(), format!("no export `{name}`"));
    for (number, user) in users.iter().take(SHOWN_USERS).enumerate() {
        let (place, mut text) = user.at.clone();
        if number + 1 == SHOWN_USERS && users.len() > SHOWN_USERS {
            text = format!("{text}; and {} more", users.len() - SHOWN_USERS);
        }
        error = error.label(place, text);
    }
    error.help(format!("export `{name}` from the module"))
}

/// An asynchronous form of a function that the world declares as synchronous.
pub fn not_async(place: Place, name: &str, (there, text): Declared) -> Diagnostic {
    diag::error("encode/not-async", format!("`{name}` is not asynchronous in the world"))
        .label(place, "the form for asynchronous functions")
        .label(there, text)
        .help("declare it as `async func` in the WIT, or build the module with synchronous bindings")
}

/// A thread needs the table that its functions are in.
pub fn missing_table(module: &CoreModule<'_>, place: Place) -> Diagnostic {
    diag::error("encode/missing-table", "threads need a table of functions, and the module exports none")
        .label(module.place(), format!("no export `{}`", crate::names::special::FUNCTION_TABLE))
        .label(place, "starts a thread at a function of that table")
        .help("link the module with `--export-table`")
}

/// A variable of the thread is 32 bits wide in one place, and one is 64 in another.
pub fn widths_of_variables(place: Place, other: Place) -> Diagnostic {
    diag::error("encode/import-signature", "the thread's own variables have two widths")
        .label(place, "i64 here")
        .label(other, "i32 here")
        .help("build all modules for one size of addresses")
}

pub fn unsupported_shared_memory(place: Place) -> Diagnostic {
    diag::error("unsupported/threads", "the module's memory is shared between threads of the host")
        .label(place, "values pass through a memory that a component has for itself")
        .help("build the module without `-pthread`")
}

pub fn unsupported_memory64(place: Place) -> Diagnostic {
    diag::error("unsupported/memory64", "the module has a 64-bit memory")
        .label(place, "the Canonical ABI is encoded for 32-bit memories only")
        .help("build the module for wasm32")
}
