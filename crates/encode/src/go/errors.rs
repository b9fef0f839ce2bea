//! What is said of Go modules that cannot be made components.
//!
//! In: the module and what is wrong. Out: diagnostics with a place and what to do.
//! Holds: each names the command or the import that helps.

use abi::go_arena;
use diag::{Diagnostic, Place};
use wasm::{CoreModule, Found};

/// Marks that are shown of those that are too many.
const SHOWN: usize = 4;

pub fn old_go(module: &CoreModule<'_>, version: &str) -> Diagnostic {
    diag::error("unsupported/go-toolchain", format!("`{}` was built by {version}, which is too old", module.file))
        .label(module.place(), format!("its linker notes {version}"))
        .help("build it with Go 1.24 or newer: `GOTOOLCHAIN=go1.24.0 go build ...` fetches one")
}

pub fn tinygo(module: &CoreModule<'_>) -> Diagnostic {
    diag::error("unsupported/go-toolchain", format!("`{}` was built by TinyGo", module.file))
        .label(module.place(), "the bindings in it are made for Go's own runtime")
        .help("build it with Go 1.24 or newer: `GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared`")
}

pub fn several(module: &CoreModule<'_>, marks: &[Found]) -> Diagnostic {
    let shown = marks.iter().take(SHOWN).map(|found| format!("{:#x}", found.address));
    let shown: Vec<String> = shown.collect();
    let headline = format!("`{}` has {} arenas where one belongs", module.file, marks.len());
    diag::error("go/several-arenas", headline)
        .label(module.place(), format!("they stand at {}", shown.join(", ")))
        .help("generate the bindings of all worlds into one folder, so that they share the package `internal/rt`")
}

pub fn version(module: &CoreModule<'_>, version: u32) -> Diagnostic {
    let known = go_arena::VERSION;
    let help = if version > known {
        "wrap it with the version of withe that made its bindings, or a newer one"
    } else {
        "generate its bindings again with this version of withe: `withe bindgen go`"
    };
    let headline = format!("the bindings in `{}` speak version {version} of the arena", module.file);
    diag::error("go/arena-version", headline)
        .label(module.place(), format!("this version of withe knows versions up to {known}"))
        .help(help)
}

pub fn already(module: &CoreModule<'_>) -> Diagnostic {
    let headline = format!("`{}` has an allocator already, beside the arena of its bindings", module.file);
    diag::error("go/already-rewritten", headline)
        .label(module.place_of_export(super::REALLOC), "Go's bindings get theirs when the module is wrapped")
        .help("wrap the module as Go's linker made it, and take other bindings out of the program")
}

pub fn no_library(module: &CoreModule<'_>) -> Diagnostic {
    let (text, place) = if module.exports.contains_key("_start") {
        ("it is a program, which ends when `main` does".to_owned(), module.place_of_export("_start"))
    } else {
        (format!("it does not export `{}`", super::INITIALIZE), module.place())
    };
    diag::error("go/not-a-library", format!("`{}` was not built as a library", module.file))
        .label(place, text)
        .help("build it with `GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared`")
}

pub fn unexpected(module: &CoreModule<'_>, odd: Vec<(Place, String)>) -> Diagnostic {
    let headline = format!("`{}` is not as Go's linker makes a module", module.file);
    let error = diag::error("go/unexpected-module", headline);
    let error = odd.into_iter().fold(error, |error, (place, text)| error.label(place, text));
    error.help("build it with `GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared`, and wrap what comes out")
}

pub fn damaged_world(module: &CoreModule<'_>, address: u32, length: u32) -> Diagnostic {
    let headline = format!("a world in the data of `{}` is damaged", module.file);
    diag::error("go/damaged-world", headline)
        .label(module.place(), format!("the one at {address:#x} claims {length} bytes"))
        .help("generate the bindings again: `withe bindgen go`")
}

pub fn no_bindings(module: &CoreModule<'_>, version: &str) -> Diagnostic {
    diag::error("go/no-bindings", format!("no bindings are linked into `{}`", module.file))
        .label(module.place(), format!("a library by {version} that says no world"))
        .help("import the package of the world that `withe bindgen go` generated, and call its `Export`")
}
