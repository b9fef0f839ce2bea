//! `--gc` and `--strip`: what was removed from the core modules of a component, and what remains.
//!
//! In: the modules as they came, and the component. Out: a note for each module that got smaller, and the same as data.

use diag::{Diagnostic, Place};
use encode::{Input, Part};
use indexmap::IndexSet;
use serde_json::{Value, json};
use types::Types;
use wasm::{Inventory, Pieces};

use crate::Io;
use crate::cli::WrapFlags;

/// So many names are said in a note; JSON has all.
const MOST_NAMED: usize = 8;

/// The modules, cut down if that is wanted; nothing if they stay as they are.
pub fn shaken(flags: &WrapFlags, types: &Types, input: &Input<'_>) -> diag::Result<Vec<Vec<u8>>> {
    if flags.gc { encode::shake(types, input) } else { Ok(Vec::new()) }
}

/// The modules before anything was removed from them.
pub struct Before {
    /// With the name of the file, in the order in which the component has them.
    modules: Vec<(String, Inventory)>,
    gc: bool,
}

impl Before {
    /// Nothing if nobody wants to know.
    pub fn of(flags: &WrapFlags, input: &Input<'_>) -> Option<Self> {
        let own = input.parts().filter(|part| !matches!(part, Part::Adapter(_)));
        let modules = own.map(|part| &input.guest(part).module);
        (flags.gc || flags.strip).then(|| Self {
            modules: modules.map(|module| (module.file.clone(), Inventory::of(module))).collect(),
            gc: flags.gc,
        })
    }

    /// Says what is gone from the component that was made.
    pub fn report(self, component: &Pieces<'_>, io: &mut Io) {
        let bytes = component.borrowed().into_contiguous();
        let mut modules = Vec::new();
        for ((file, before), after) in self.modules.iter().zip(wasm::core_modules(&bytes)) {
            let Ok(after) = wasm::read_module(file, after) else { continue };
            let after = Inventory::of(&after);
            if after.bytes < before.bytes {
                io.report(note(file, before, &after, self.gc));
            }
            modules.push(as_json(file, before, &after));
        }
        io.set_result(json!({ "bytes": bytes.len(), "modules": modules }));
    }
}

fn note(file: &str, before: &Inventory, after: &Inventory, gc: bool) -> Diagnostic {
    let headline = format!("`{file}` became smaller: {} bytes of {} remain", after.bytes, before.bytes);
    let mut note = diag::note("encode/reduced", headline);
    let place = |what: &str| Place::binary(file, what.to_owned());
    for (what, had) in &before.counts {
        let has = after.counts.get(what).copied().unwrap_or(0);
        if has < *had {
            note = note.label(place(what), format!("{} removed, {has} remain", had - has));
        }
    }
    for what in ["code", "data"] {
        let size = |inventory: &Inventory| inventory.sections.get(what).copied().unwrap_or(0);
        if size(after) < size(before) {
            let gone = size(before) - size(after);
            note =
                note.label(place(&format!("{what} section")), format!("{gone} bytes removed, {} remain", size(after)));
        }
    }
    let imports = removed(&before.imports, &after.imports);
    if !imports.is_empty() {
        let names: Vec<String> = imports.iter().map(|(module, field)| format!("`{module}` `{field}`")).collect();
        note = note.label(place("imports that nothing reaches"), some_of(&names));
    }
    let sections = removed_sections(before, after);
    if !sections.is_empty() {
        let names: Vec<String> = sections.iter().map(|name| format!("`{name}`")).collect();
        let text = some_of(&names);
        let outdated = gc && sections.iter().any(|name| wasm::becomes_wrong(name));
        let why = if outdated { "; what says where code stood is no longer true" } else { "" };
        note = note.label(place("custom sections removed"), format!("{text}{why}"));
    }
    note
}

fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMED { format!("{shown} and {} more", names.len() - MOST_NAMED) } else { shown }
}

fn removed<T: std::hash::Hash + Eq + Clone>(before: &[T], after: &[T]) -> Vec<T> {
    let after: IndexSet<&T> = after.iter().collect();
    let gone: IndexSet<&T> = before.iter().filter(|item| !after.contains(item)).collect();
    gone.into_iter().cloned().collect()
}

/// Custom sections by name. The metadata of the world goes in any case: the component says the same.
fn removed_sections(before: &Inventory, after: &Inventory) -> Vec<String> {
    let gone = before.sections.keys().filter(|name| !after.sections.contains_key(*name));
    let standard = ["type", "import", "function", "table", "memory", "global", "export", "start", "element"];
    let others = ["code", "data", "data count", "tag"];
    gone.filter(|name| !wasm::is_metadata(name) && !standard.iter().chain(&others).any(|other| other == name))
        .cloned()
        .collect()
}

fn as_json(file: &str, before: &Inventory, after: &Inventory) -> Value {
    let names = |imports: Vec<(String, String)>| -> Vec<Value> {
        imports.into_iter().map(|(module, name)| json!({ "module": module, "name": name })).collect()
    };
    json!({
        "file": file,
        "before": inventory_json(before),
        "after": inventory_json(after),
        "removed": {
            "imports": names(removed(&before.imports, &after.imports)),
            "exports": removed(&before.exports, &after.exports),
            "sections": removed_sections(before, after),
        },
    })
}

fn inventory_json(inventory: &Inventory) -> Value {
    let counts: serde_json::Map<String, Value> =
        inventory.counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect();
    let sections: serde_json::Map<String, Value> =
        inventory.sections.iter().map(|(name, bytes)| (name.clone(), json!(bytes))).collect();
    json!({ "bytes": inventory.bytes, "counts": counts, "sections": sections })
}
