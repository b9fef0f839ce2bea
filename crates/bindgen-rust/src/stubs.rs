//! A crate around the bindings, with a start of an implementation.
//!
//! In: bindings and their model. Out: `Cargo.toml` and `src/lib.rs`, which people edit from then on.
//! Holds: the crate compiles as it is; every function ends in `todo!`.

use std::collections::HashMap;

use bindgen::{Bindings, Files, Scope};
use printer::{Doc, Style, block, blocks, doc, lines, render};

use crate::Options;
use crate::model::ident::KEYWORDS;
use crate::model::{Exports, Model, Module, Signature, Trait};

const MANIFEST: &str = include_str!("../../../templates/rust/stubs/Cargo.toml");
const ALLOCATOR: &str = include_str!("../../../templates/rust/stubs/allocator.rs");
/// What a crate without the standard library needs besides its modules.
const NO_STD: &str = include_str!("../../../templates/rust/stubs/no_std.rs");

pub fn add(files: &mut Files, bindings: &Bindings<'_>, model: &Model, options: &Options) {
    let name = package(&bindings.world.name.to_lowercase());
    files.insert_start("Cargo.toml", MANIFEST.replace("{{name}}", &name));
    files.insert_start("src/lib.rs", library(model, options.no_std));
    if options.no_std {
        files.insert_start(format!("src/{}.rs", allocator(model)), ALLOCATOR);
    }
}

/// The package of a world: cargo takes no keyword, and no name of a crate that is there anyway.
fn package(world: &str) -> String {
    let is_taken =
        KEYWORDS.contains(&world) || ["alloc", "build", "core", "proc-macro", "std", "test"].contains(&world);
    if is_taken { format!("{world}-component") } else { world.to_owned() }
}

/// Names that a path would not find a module by: Rust's own crates, types and tools.
const AMBIGUOUS: &[&str] = &[
    "alloc",
    "bool",
    "char",
    "clippy",
    "core",
    "diagnostic",
    "f128",
    "f16",
    "f32",
    "f64",
    "i128",
    "i16",
    "i32",
    "i64",
    "i8",
    "isize",
    "miri",
    "rust_analyzer",
    "rustfmt",
    "std",
    "str",
    "u128",
    "u16",
    "u32",
    "u64",
    "u8",
    "usize",
];

/// The module of the bindings. A crate's `lib.rs` is not theirs, and `main.rs` would make it a program.
pub fn module(model: &Model) -> String {
    let file = model.file.as_str();
    if ["lib", "main"].contains(&file) || AMBIGUOUS.contains(&file) {
        format!("{}_", model.file)
    } else {
        model.file.clone()
    }
}

/// The module of the allocator, beside that of the bindings.
fn allocator(model: &Model) -> &'static str {
    if model.file == "allocator" { "blocks" } else { "allocator" }
}

/// `src/lib.rs`: the bindings as a module, and a type that implements every trait.
fn library(model: &Model, no_std: bool) -> String {
    let module = &module(model);
    let mut scope = Scope::new(&[]);
    let component = scope.declare("Component");
    let no_std_attribute = if no_std { "#![no_std]\n" } else { "" };
    let mut items = vec![
        doc!["//! A component for the world `", &model.world, "`."],
        doc![no_std_attribute, "// Remove this when every function is written.\n#![allow(unused_variables)]"],
        doc!["#[rustfmt::skip]\nmod ", module, ";"],
    ];
    if no_std {
        items.push(Doc::from(NO_STD.replace("{{allocator}}", allocator(model)).trim_end().to_owned()));
    }
    if let Some(export) = &model.export_macro {
        items.push(doc!["struct ", &component, ";"]);
        implement_all(&model.root, module, &component, &mut scope, &mut items);
        items.push(doc![module, "::", &export.name, "!(", component, " with_types_in ", module, ");"]);
    }
    render(&blocks(items), &Style { width: 100, ..Style::default() })
}

fn implement_all(module: &Module, path: &str, component: &str, scope: &mut Scope, out: &mut Vec<Doc>) {
    if let Some(exports) = &module.exports {
        implement(exports, path, component, scope, out);
    }
    for inner in &module.modules {
        implement_all(inner, &format!("{path}::{}", inner.name), component, scope, out);
    }
}

fn implement(exports: &Exports, path: &str, component: &str, scope: &mut Scope, out: &mut Vec<Doc>) {
    let mut structs = HashMap::new();
    for resource in &exports.resources {
        let name = scope.declare(format!("My{}", resource.names.own));
        out.push(doc!["struct ", &name, ";"]);
        out.push(implementation(&resource.guest, path, &name, Vec::new()));
        structs.insert(resource.names.own.clone(), name);
    }
    let types = exports.guest.types.iter().map(|(name, _)| doc!["type ", name, " = ", &structs[name], ";"]);
    out.push(implementation(&exports.guest, path, component, types.collect()));
}

fn implementation(found: &Trait, path: &str, of: &str, types: Vec<Doc>) -> Doc {
    let funcs = found.outside.iter().map(function);
    let body = blocks(std::iter::once(lines(types)).chain(funcs));
    doc!["impl ", path.to_owned(), "::", &found.name, " for ", of.to_owned(), " ", block(body)]
}

fn function(func: &Signature) -> Doc {
    let receiver = func.receiver.then(|| "&self".to_owned());
    let params = func.params.iter().map(|(name, ty)| format!("{name}: {ty}"));
    let result = func.result.as_ref().map(|ty| format!(" -> {ty}"));
    let list = Doc::list("(", receiver.into_iter().chain(params), ")");
    let word = if func.asynchronous { "async fn " } else { "fn " };
    doc![word, &func.name, list, result, " ", block("todo!()")]
}
