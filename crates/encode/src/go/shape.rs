//! What the rewriting relies on, checked.
//!
//! In: a module with the mark. Out: where everything is, or all that is not as it should be.
//! Holds: a module that passes is one that stock Go linked, with bindings of this version in it.

use std::sync::LazyLock;

use abi::go_arena::{self as arena, field, flag};
use diag::{Diagnostic, Diagnostics};
use wasm::{CoreModule, DataImage, Extension, Found, FuncIndex, Names, Producers, Signature};

use super::asm::Arena;
use super::guard::Guarded;
use super::{INITIALIZE, REALLOC, errors, realloc, wide, worlds};
use crate::adapters::BUILTIN_NAME;

/// Oldest Go with `go:wasmexport` and libraries: 1.24.
const OLDEST: u32 = 24;
/// In the name of the export by which a command is run, asynchronously or not.
const RUN: &str = "wasi:cli/run@";
/// Variables of the machine that Go compiles for.
const GLOBALS: u32 = 8;

pub struct Shape<'m, 'a> {
    pub arena: Arena,
    pub grow: Option<FuncIndex>,
    pub guarded: Vec<(Guarded, FuncIndex)>,
    pub wide: Vec<wide::Found>,
    pub extension: Extension<'m, 'a>,
}

impl<'m, 'a> Shape<'m, 'a> {
    /// # Errors
    ///
    /// Everything that is not so. What is told of a module of another toolchain is only that.
    pub fn check(module: &'m CoreModule<'a>, image: &DataImage<'a>, marks: &[Found]) -> diag::Result<Self> {
        let mut wrong: Vec<Diagnostic> = whole(module, image, marks).into_iter().collect();
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let mut odd = Vec::new();
        let arena = header(module, image, marks[0].address, &mut odd);
        let guarded = guarded(module, &arena, &mut odd);
        let extension = Extension::new(module);
        let exported = || extension.as_ref().and_then(|extension| extension.exported_func(arena::GROW));
        let grow = if arena.grows() { exported() } else { None };
        if arena.grows() {
            export_of_grow(module, &mut odd);
        }
        let wide = extension.iter().flat_map(|extension| wide::find(module, extension, &mut odd)).collect();
        match &extension {
            None => odd.push((module.place(), "it lacks one of the sections that Go's linker writes".to_owned())),
            Some(extension) if extension.global_count() != GLOBALS => {
                let text = format!("it has {} globals; Go's linker makes {GLOBALS}", extension.global_count());
                odd.push((module.place(), text));
            }
            Some(_) => {}
        }
        if let (true, Some(extension)) = (odd.is_empty(), extension) {
            let func = |(what, position)| Some((what, extension.imported_func(position)?));
            let guarded = guarded.into_iter().filter_map(func).collect();
            return Ok(Self { arena, grow, guarded, wide, extension });
        }
        wrong.push(errors::unexpected(module, odd));
        Err(Diagnostics(wrong))
    }
}

/// What stands for the module as a whole: the first of these is all that is told.
fn whole(module: &CoreModule<'_>, image: &DataImage<'_>, marks: &[Found]) -> Option<Diagnostic> {
    if let Some(version) = toolchain(module)
        && minor(&version).is_some_and(|minor| minor < OLDEST)
    {
        return Some(errors::old_go(module, &version));
    }
    if toolchain(module).is_none() && is_tinygo(module) {
        return Some(errors::tinygo(module));
    }
    if marks.len() > 1 {
        return Some(errors::several(module, marks));
    }
    let version = image.word(marks[0].address.saturating_add(field::VERSION));
    if !(arena::OLDEST_VERSION..=arena::VERSION).contains(&version) {
        return Some(errors::version(module, version));
    }
    if module.exports.contains_key(REALLOC) {
        return Some(errors::already(module));
    }
    (!module.exports.contains_key(INITIALIZE)).then(|| errors::no_library(module))
}

/// Places and what is odd there.
pub type Odd = Vec<(diag::Place, String)>;

fn header(module: &CoreModule<'_>, image: &DataImage<'_>, header: u32, odd: &mut Odd) -> Arena {
    let word = |field| image.word(header.saturating_add(field));
    let buffer = match word(field::VERSION) {
        arena::OLDEST_VERSION => header.saturating_add(arena::HEADER_SIZE),
        _ => word(field::BUFFER),
    };
    let size = word(field::SIZE);
    let found = Arena { header, buffer, size, flags: word(field::FLAGS) };
    let least = arena::ADAPTER_SIZE + arena::TRANSIENT_SIZE;
    let ends = [(header, arena::HEADER_SIZE), (buffer, size)].map(|(at, size)| u64::from(at) + u64::from(size));
    let fits = ends.iter().all(|end| *end <= worlds::memory_size(module)) && buffer > 0;
    if !(least..=arena::MAX_BUFFER_SIZE).contains(&found.size) || !fits {
        odd.push((module.place(), format!("the arena at {header:#x} claims {} bytes", found.size)));
    }
    if !header.is_multiple_of(4) {
        odd.push((module.place(), format!("the arena at {header:#x} is not aligned to 4 bytes")));
    }
    if found.flags & !flag::KNOWN != 0 {
        odd.push((module.place(), format!("the arena has unknown flags, {:#x}", found.flags)));
    }
    found
}

/// The imports to guard, by their places in `CoreModule::imports`.
fn guarded(module: &CoreModule<'_>, arena: &Arena, odd: &mut Odd) -> Vec<(Guarded, usize)> {
    let mut guarded = Vec::new();
    // Only tasks read the idle descriptor, which a program links with the first asynchronous export.
    let callback = abi::names::callback("");
    let has_tasks = module.exports.keys().any(|name| name.starts_with(&callback));
    let is_command = module.exports.keys().any(|name| name.contains(RUN));
    for what in Guarded::ALL.into_iter().filter(|what| what.is_needed(arena.is_async(), is_command)) {
        let all = module.imports.iter().enumerate();
        let mut here = all.filter(|(_, one)| one.module == BUILTIN_NAME && one.field == what.field()).peekable();
        if here.peek().is_none() && (has_tasks || !what.is_for_idle()) {
            odd.push((module.place(), format!("it does not import `{BUILTIN_NAME}` `{}`", what.field())));
        }
        for (position, import) in here {
            if import.ty.as_func() == Some(&what.signature()) {
                guarded.push((what, position));
            } else {
                let text = format!("it is {}, not {}", import.ty, what.signature());
                odd.push((module.place_of_import(BUILTIN_NAME, what.field()), text));
            }
        }
    }
    guarded
}

fn export_of_grow(module: &CoreModule<'_>, odd: &mut Odd) {
    let expected: LazyLock<Signature> = LazyLock::new(realloc::signature);
    match module.exported_func(arena::GROW) {
        None => odd.push((module.place(), format!("it does not export a function `{}`", arena::GROW))),
        Some(signature) if *signature != *expected => {
            odd.push((module.place_of_export(arena::GROW), format!("it is {signature}, not {}", *expected)));
        }
        Some(_) => {}
    }
}

/// Go's version, such as `go1.26.8`, as its linker notes it; `None` for what another tool made.
pub fn toolchain(module: &CoreModule<'_>) -> Option<String> {
    let producers = module.customs_named("producers").map(Producers::parse);
    producers.into_iter().find_map(|producers| {
        let tools = producers.fields.get("processed-by")?;
        tools.get("Go cmd/compile").cloned()
    })
}

/// The 24 of `go1.24.3`; `None` for what has another form, such as a version under development.
fn minor(version: &str) -> Option<u32> {
    let rest = version.strip_prefix("go1.")?;
    let digits = rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

/// Whether names of the module are those of TinyGo's runtime.
fn is_tinygo(module: &CoreModule<'_>) -> bool {
    let named = Names::of(module).functions;
    named.into_iter().any(|(_, name)| name.starts_with("tinygo_") || name.starts_with("runtime.tinygo"))
        || module.exports.keys().any(|name| name.starts_with("tinygo_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_go() {
        let known = [("go1.24", 24), ("go1.26.8", 26), ("go1.9rc1", 9), ("go1.23.4 X:nocoverageredesign", 23)];
        assert!(known.iter().all(|(text, expected)| minor(text) == Some(*expected)));
        assert!(["devel go1.27-abc", "go2", "", "go1."].iter().all(|text| minor(text).is_none()));
    }
}
