//! What is said when adapters and the main module do not fit each other.

use diag::{Diagnostic, Place};
use wasm::CoreModule;

use super::{did_you_mean, import_headline};
use crate::input::Adapter;

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
