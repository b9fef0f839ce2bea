//! Names of WIT as Rust identifiers, before they are declared in a scope.

use bindgen::{Scope, case};
use types::ExternName;
use types::name::AccessorOf;

/// Strict and reserved words of all editions up to 2024.
pub const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names that a module at the root must not take from the primitive types.
const PRIMITIVES: &[&str] =
    &["bool", "char", "f32", "f64", "i16", "i32", "i64", "i8", "str", "u16", "u32", "u64", "u8", "usize"];

/// A scope for fields, parameters, functions, types.
pub fn scope() -> Scope {
    Scope::new(KEYWORDS)
}

/// The scope of modules at the root, for WIT's names; the root's own modules are reserved by who makes them.
pub fn root_modules() -> Scope {
    let mut scope = scope();
    PRIMITIVES.iter().for_each(|name| scope.reserve(*name));
    scope
}

/// The name of a file's module.
pub fn module(kebab: &str) -> String {
    scope().declare(case::snake(kebab))
}

/// The wish for a function's name: what its caller writes after the `::` or the dot.
pub fn func(name: &ExternName) -> String {
    match name {
        ExternName::Label(label) | ExternName::Method(_, label) | ExternName::Static(_, label) => case::snake(label),
        ExternName::Constructor(_) => "new".to_owned(),
        ExternName::Accessor(accessor) if accessor.set => format!("set_{}", case::snake(&accessor.name)),
        ExternName::Accessor(accessor) => case::snake(&accessor.name),
        ExternName::Interface(name) => case::snake(&name.interface),
    }
}

/// The wish for a private name: the resource is part of it.
pub fn core(name: &ExternName) -> String {
    match name {
        ExternName::Constructor(resource) => format!("{}_new", case::snake(resource)),
        ExternName::Method(resource, label) | ExternName::Static(resource, label) => {
            format!("{}_{}", case::snake(resource), case::snake(label))
        }
        ExternName::Accessor(accessor) => match &accessor.of {
            AccessorOf::Scope => func(name),
            AccessorOf::Method(resource) | AccessorOf::Static(resource) => {
                format!("{}_{}", case::snake(resource), func(name))
            }
        },
        ExternName::Label(_) | ExternName::Interface(_) => func(name),
    }
}
