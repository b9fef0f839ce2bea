//! Packages that are the same in all outputs, from `templates/go`.
//!
//! Holds: templates import each other as `withe.test/templates/NAME`, which becomes the path in the user's module.

use std::collections::BTreeSet;

use abi::go_arena::Wide;
use bindgen::{Files, GO_HEADER};
use types::{Kind, ValType};

use crate::Options;
use crate::model::Model;
use crate::print::assembler;

/// The package `rt`: what every call needs.
const RT: &[(&str, &str)] = &[
    ("arena.go", include_str!("../../../templates/go/rt/arena.go")),
    ("call.go", include_str!("../../../templates/go/rt/call.go")),
    ("errors.go", include_str!("../../../templates/go/rt/errors.go")),
    ("load.go", include_str!("../../../templates/go/rt/load.go")),
    ("names.go", include_str!("../../../templates/go/rt/names.go")),
    ("resource.go", include_str!("../../../templates/go/rt/resource.go")),
    ("store.go", include_str!("../../../templates/go/rt/store.go")),
    ("table.go", include_str!("../../../templates/go/rt/table.go")),
];

/// Memory for values that come from outside.
const GROW: &[(&str, &str)] = &[("grow.go", include_str!("../../../templates/go/rt/grow.go"))];

/// What the module needs of the rewriting.
const FLAGS: &str = include_str!("../../../templates/go/rt/flags.go");

/// The package `wit`: types that users name.
const WIT: &[(&str, &str)] = &[
    ("wit.go", include_str!("../../../templates/go/wit/wit.go")),
    ("tuples.go", include_str!("../../../templates/go/wit/tuples.go")),
];

/// The package `task`: what worlds need that wait for something.
const TASK: &[(&str, &str)] = &[
    ("end.go", include_str!("../../../templates/go/task/end.go")),
    ("future.go", include_str!("../../../templates/go/task/future.go")),
    ("host_other.go", include_str!("../../../templates/go/task/host_other.go")),
    ("host_wasip1.go", include_str!("../../../templates/go/task/host_wasip1.go")),
    ("operation.go", include_str!("../../../templates/go/task/operation.go")),
    ("slot.go", include_str!("../../../templates/go/task/slot.go")),
    ("stream.go", include_str!("../../../templates/go/task/stream.go")),
    ("task.go", include_str!("../../../templates/go/task/task.go")),
];

/// What users name of it.
const WIT_ASYNC: &[(&str, &str)] = &[("async.go", include_str!("../../../templates/go/wit/async.go"))];

/// What worlds need that pass errors of which only a message is known.
const RT_ERROR_CONTEXTS: &[(&str, &str)] =
    &[("error_context.go", include_str!("../../../templates/go/rt/error_context.go"))];

/// What users name of it.
const WIT_ERROR_CONTEXTS: &[(&str, &str)] =
    &[("error_context.go", include_str!("../../../templates/go/wit/error_context.go"))];

/// Tuples that are always there have at most this many parts.
const TUPLES: usize = 16;

pub fn add(files: &mut Files, model: &Model<'_>, options: &Options) {
    folder(files, model, "internal/rt", RT);
    files.insert("internal/rt/empty.s", assembler(&[]));
    folder(files, model, "wit", WIT);
    if model.is_asynchronous {
        folder(files, model, "internal/task", TASK);
        files.insert("internal/task/empty.s", assembler(&[]));
        folder(files, model, "wit", WIT_ASYNC);
    }
    let kinds = kinds(model);
    if kinds.iter().any(|kind| matches!(kind, Kind::ErrorContext)) {
        folder(files, model, "internal/rt", RT_ERROR_CONTEXTS);
        folder(files, model, "wit", WIT_ERROR_CONTEXTS);
    }
    let is_asynchronous = model.is_asynchronous || options.has_tasks;
    let grows = is_asynchronous || options.grows || gets_memory(model);
    if grows {
        folder(files, model, "internal/rt", GROW);
    }
    let flags = match (grows, is_asynchronous) {
        (false, _) => "= 0",
        (true, false) => "= flagGrow",
        (true, true) => "= flagGrow | flagAsync",
    };
    files.insert("internal/rt/flags.go", FLAGS.replace("= flagGrow", flags));
    for len in long_tuples(&kinds) {
        files.insert(format!("wit/tuple{len}.go"), tuple(len));
    }
}

/// Whether the other side asks for memory in any call: that part of the allocator is larger than a small world's bindings.
fn gets_memory(model: &Model<'_>) -> bool {
    let exported = model.bindings.exports.iter().flat_map(|interface| &interface.funcs);
    let imported = model.bindings.imports.iter().flat_map(|interface| &interface.funcs);
    let is_wide = |func: &bindgen::Func<'_>| Wide::of(&func.call.signature).is_some();
    exported.clone().chain(imported).any(|func| func.call.realloc) || exported.into_iter().any(is_wide)
}

fn folder(files: &mut Files, model: &Model<'_>, folder: &str, templates: &[(&str, &str)]) {
    for (name, text) in templates {
        files.insert(format!("{folder}/{name}"), placed(text, &model.module));
    }
}

/// A template's text with the paths of the user's module.
fn placed(text: &str, module: &str) -> String {
    text.replace("\"withe.test/templates/wit\"", &format!("\"{module}/wit\""))
        .replace("\"withe.test/templates/", &format!("\"{module}/internal/"))
}

/// Lengths of tuples that are more than usual.
fn long_tuples(kinds: &[Kind<'_>]) -> BTreeSet<usize> {
    let lengths = kinds.iter().filter_map(|kind| if let Kind::Tuple(parts) = kind { Some(parts.len()) } else { None });
    lengths.filter(|len| *len > TUPLES).collect()
}

/// What the types of the world are, and their parts.
fn kinds<'t>(model: &Model<'t>) -> Vec<Kind<'t>> {
    let types = model.bindings.types;
    let interfaces = model.bindings.imports.iter().chain(&model.bindings.exports);
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for interface in interfaces {
        let of_funcs =
            interface.funcs.iter().flat_map(|func| func.ty.params.iter().map(|param| param.ty).chain(func.ty.result));
        let of_types = interface.types.iter().filter_map(|ty| match ty.kind {
            bindgen::NamedTypeKind::Defined(id) => Some(ValType::Def(id)),
            bindgen::NamedTypeKind::Alias { target, .. } => Some(target),
            bindgen::NamedTypeKind::Resource(_) | bindgen::NamedTypeKind::ResourceAlias(_) => None,
        });
        let mut open: Vec<ValType> = of_funcs.chain(of_types).collect();
        while let Some(ty) = open.pop() {
            if !seen.insert(ty) {
                continue;
            }
            let kind = types.kind(ty);
            found.push(kind);
            open.extend(crate::model::parts(kind));
        }
    }
    found
}

/// The type of tuples with so many parts.
fn tuple(len: usize) -> String {
    let params: Vec<String> = (0..len).map(|at| format!("T{at}")).collect();
    let width = format!("F{}", len - 1).len();
    let fields: String = (0..len).map(|at| format!("\t{:width$} T{at}\n", format!("F{at}"))).collect();
    format!(
        "{GO_HEADER}\n\npackage wit\n\n// Tuple{len} is a tuple of {len} parts.\ntype Tuple{len}[{} any] struct {{\n{fields}}}\n",
        params.join(", ")
    )
}
