//! Go modules: what stock Go cannot do for itself is added when it is embedded or wrapped.
//!
//! In: a core module that Go's own linker made, with the bindings of this project in it. Out: the same module with an
//! allocator that may be called at any time, guards around imports, exports of any width, and its worlds as custom
//! sections.
//! Holds: `abi::go_arena` is the contract with the bindings; a module without the mark is left alone; everything that
//! the rewriting relies on is checked first, and all that is not so is told at once.
//!
//! ```text
//! CoreModule ─► Marks ─► shape::check ─► realloc, guard, idle, wide ─► Extension ─► bytes
//! ```

mod asm;
mod errors;
mod guard;
mod idle;
mod realloc;
mod shape;
mod wide;
mod worlds;

use abi::go_arena::{self as arena, field};
use diag::Diagnostics;
use wasm::{CoreModule, DataImage, Found, Pieces};

use shape::Shape;

/// The allocator as the component model names it.
const REALLOC: &str = "cabi_realloc";
/// The allocator of the preview1 adapter, which keeps what it gets.
const ADAPTER_REALLOC: &str = "cabi_realloc_adapter";
/// Go's start: a library has it, a program has `_start`.
const INITIALIZE: &str = "_initialize";

/// What a module says about Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Go's version, such as `go1.26.8`, as its linker notes it.
    pub toolchain: Option<String>,
    /// The version of the contract that the module's bindings were made for.
    pub arena: Option<u32>,
    /// Whether `rewrite` has been here.
    pub is_rewritten: bool,
}

/// What a module says about Go; `None` if neither Go nor bindings for Go made it.
pub fn about(module: &CoreModule<'_>) -> Option<About> {
    let toolchain = shape::toolchain(module);
    let image = DataImage::of(module);
    let done = image.find(&arena::DONE_MAGIC);
    let marks = image.find(&arena::MAGIC);
    let version = |found: &Found| image.word(found.address.saturating_add(field::VERSION));
    let arena = marks.first().or(done.first()).map(version);
    let about = About { toolchain, arena, is_rewritten: marks.is_empty() && !done.is_empty() };
    (about.toolchain.is_some() || about.arena.is_some()).then_some(about)
}

/// Makes a Go module fit for a component; `None` if it carries no mark, or was made fit already.
///
/// # Errors
///
/// Everything that is not as the bindings and Go's linker make it: `go/...`, `unsupported/go-toolchain`.
pub fn rewrite<'a>(module: &CoreModule<'a>) -> diag::Result<Option<Pieces<'a>>> {
    if !DataImage::may_have(module, &arena::MAGIC) {
        return Ok(None);
    }
    let image = DataImage::of(module);
    let marks = image.find(&arena::MAGIC);
    let Some(mark) = marks.first() else { return Ok(None) };
    let shape = Shape::check(module, &image, &marks)?;
    let worlds = worlds::find(module, &image)?;

    let mut extension = shape.extension;
    let realloc = realloc::add(&mut extension, &shape.arena, shape.grow);
    extension.export_func(REALLOC, realloc);
    let adapter = realloc::add_for_adapter(&mut extension, &shape.arena);
    extension.export_func(ADAPTER_REALLOC, adapter);
    guard::add(&mut extension, &shape.arena, &shape.guarded);
    for found in &shape.wide {
        wide::add(&mut extension, &shape.arena, realloc, found);
    }
    for name in module.exports.keys().filter(|name| name.starts_with(arena::PRIVATE_PREFIX)) {
        extension.drop_export(name);
    }
    let [bump, base, top, perm] = shape.arena.initial();
    extension.data(shape.arena.at(field::BUMP), &[bump, base, top].map(u32::to_le_bytes).concat());
    extension.data(shape.arena.at(field::PERM), &perm.to_le_bytes());
    extension.overwrite(mark.offset, &arena::DONE_MAGIC);
    for (name, section) in worlds {
        extension.custom(&name, &section);
    }
    Ok(Some(extension.finish()))
}

/// Whether stock Go made a module, as its linker notes it.
pub fn is_of_go(module: &CoreModule<'_>) -> bool {
    shape::toolchain(module).is_some()
}

/// A module that Go made, with no bindings and no world: what to say instead of "no world".
pub fn no_bindings(module: &CoreModule<'_>) -> diag::Result<()> {
    let is_library = module.exports.contains_key(INITIALIZE);
    let foreign = module.metadata_sections().next().is_some() || module.exports.contains_key(REALLOC);
    if !is_library || foreign {
        return Ok(());
    }
    match shape::toolchain(module) {
        Some(version) if DataImage::of(module).find(&arena::DONE_MAGIC).is_empty() => {
            Err(Diagnostics(vec![errors::no_bindings(module, &version)]))
        }
        Some(_) | None => Ok(()),
    }
}
