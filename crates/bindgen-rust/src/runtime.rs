//! The private module `_rt`: what is the same in all outputs, as far as this one uses it.
//!
//! In: a model, and the text of the rest of the file. Out: the module's text, from the files in `templates/rust/runtime`.
//! Holds: what is taken follows from these alone.

use printer::{Doc, block, blocks, doc, lines, text};

use crate::model::{Asynchrony, Definition, Model, Module};

mod parts;

const MACROS: &str = include_str!("../../../templates/rust/runtime/macros.rs");
const REALLOC: &str = include_str!("../../../templates/rust/runtime/realloc.rs");
const FLAGS: &str = include_str!("../../../templates/rust/runtime/flags.rs");

/// What is taken part by part.
const POOL: &[&str] = &[
    include_str!("../../../templates/rust/runtime/base.rs"),
    include_str!("../../../templates/rust/runtime/memory.rs"),
    include_str!("../../../templates/rust/runtime/resource.rs"),
    include_str!("../../../templates/rust/runtime/representation.rs"),
    include_str!("../../../templates/rust/runtime/export.rs"),
    include_str!("../../../templates/rust/runtime/kept.rs"),
];

const TASK: &str = include_str!("../../../templates/rust/runtime/task.rs");
const SPAWN: &str = include_str!("../../../templates/rust/runtime/spawn.rs");
const SUBTASK: &str = include_str!("../../../templates/rust/runtime/subtask.rs");
const TRANSFER: &str = include_str!("../../../templates/rust/runtime/transfer.rs");
const STREAM: &str = include_str!("../../../templates/rust/runtime/stream.rs");
const FUTURE: &str = include_str!("../../../templates/rust/runtime/future.rs");
const ERROR_CONTEXT: &str = include_str!("../../../templates/rust/runtime/error_context.rs");

/// An asynchronous part that a file uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asynchronous {
    /// Tasks, and what waits in them; the others but `ErrorContexts` need it.
    Tasks,
    /// Asynchronous calls of imports.
    Calls,
    Streams,
    Futures,
    ErrorContexts,
}

/// The texts of asynchronous parts, in their order.
pub fn asynchronous(uses: &[Asynchronous]) -> impl Iterator<Item = &'static str> + use<> {
    let has = |part: Asynchronous| uses.contains(&part);
    let moves = has(Asynchronous::Streams) || has(Asynchronous::Futures);
    let tasks = moves || has(Asynchronous::Tasks) || has(Asynchronous::Calls);
    let parts = [
        tasks.then_some(TASK),
        tasks.then_some(SPAWN),
        has(Asynchronous::Calls).then_some(SUBTASK),
        moves.then_some(TRANSFER),
        has(Asynchronous::Streams).then_some(STREAM),
        has(Asynchronous::Futures).then_some(FUTURE),
        has(Asynchronous::ErrorContexts).then_some(ERROR_CONTEXT),
    ];
    parts.into_iter().flatten()
}

/// The text of the module; `rest` is the file without it.
pub fn module(model: &Model, rest: &[String]) -> Doc {
    let parts = match &model.runtime_path {
        Some(path) => outside_parts(model, path),
        None => inline_parts(model, rest),
    };
    let body = blocks(parts.into_iter().chain(component_type(model)));
    lines([Doc::from("/// What generated code shares."), doc!["mod _rt ", block(body)]])
}

/// Everything is in a crate but what is of this file alone.
fn outside_parts(model: &Model, path: &str) -> Vec<Doc> {
    let flags = has_flags(model, &all_modules(&model.root)).then_some(FLAGS);
    let texts = std::iter::once(MACROS).chain(flags).map(|part| text(part.trim_end()));
    std::iter::once(Doc::from(format!("pub use {path}::*;"))).chain(texts).collect()
}

fn has_flags(model: &Model, modules: &[&Module]) -> bool {
    let is_flags = |definition: &Definition| matches!(definition, Definition::Flags { .. });
    model.bitflags.is_none() && modules.iter().any(|module| module.definitions.iter().any(is_flags))
}

fn inline_parts(model: &Model, rest: &[String]) -> Vec<Doc> {
    let further: Vec<&str> = model
        .realloc
        .then_some(REALLOC)
        .into_iter()
        .chain(has_flags(model, &all_modules(&model.root)).then_some(FLAGS))
        .chain(asynchronous(&asynchronous_uses(&model.asynchrony)))
        .collect();
    let used = parts::used(POOL, &further, rest);
    std::iter::once(MACROS).chain(used).chain(further).map(|part| text(part.trim_end())).collect()
}

fn asynchronous_uses(asynchrony: &Asynchrony) -> Vec<Asynchronous> {
    let found = [
        (asynchrony.any(), Asynchronous::Tasks),
        (asynchrony.imports, Asynchronous::Calls),
        (asynchrony.has_streams, Asynchronous::Streams),
        (asynchrony.has_futures, Asynchronous::Futures),
        (asynchrony.error_contexts, Asynchronous::ErrorContexts),
    ];
    found.into_iter().filter(|(used, _)| *used).map(|(_, part)| part).collect()
}

fn all_modules(root: &Module) -> Vec<&Module> {
    let mut out = vec![root];
    for inner in &root.modules {
        out.extend(all_modules(inner));
    }
    out
}

/// The custom section that tells tools which world the module is for.
fn component_type(model: &Model) -> Option<Doc> {
    if model.metadata.is_empty() {
        return None;
    }
    Some(lines([
        section(&model.section, "COMPONENT_TYPE", &model.metadata),
        Doc::from("\n/// Mentioned by every module, so that the linker keeps this one and its section."),
        Doc::from("#[inline(never)]\npub fn keep_component_type() {}"),
    ]))
}

/// A custom section with a world's metadata.
pub fn section(section: &str, name: &str, metadata: &[u8]) -> Doc {
    lines([
        Doc::from("/// The world in binary form, for the tool that makes the component."),
        Doc::from("#[cfg(target_arch = \"wasm32\")]"),
        Doc::from(format!("#[unsafe(link_section = \"{section}\")]")),
        doc!["static ", name.to_owned(), ": [u8; ", metadata.len(), "] = *b\"\\\n", byte_lines(metadata), "\";"],
    ])
}

/// The inside of a byte string literal, in lines.
fn byte_lines(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut width = 0;
    for byte in bytes {
        if width > 85 {
            out.push_str("\\\n");
            width = 0;
        }
        let escaped = match byte {
            b'"' => "\\\"".to_owned(),
            b'\\' => "\\\\".to_owned(),
            0x21..=0x7e => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        width += escaped.len();
        out.push_str(&escaped);
    }
    out
}
