//! What is said when libraries do not fit together.
//!
//! Holds: every library that is concerned is shown with the import or export; near misses are named; one action each.

use std::collections::HashSet;

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use wasm::{CoreModule, Dylink, Extern, Import, Memory, Table};

use super::Shared;
use super::library::{LIBRARY_TLS_INFO, Library, START, Want};
use super::symbols::{Missing, Resolved};

const MEMORY_SECTION: u8 = 5;

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}

fn import(library: &Library<'_>, module: &str, field: &str) -> Place {
    library.module.place_of_import(module, field)
}

/// A module that cannot share memory with others.
pub fn no_library(module: &CoreModule<'_>, dylink: Option<&Dylink<'_>>) -> Option<Diagnostic> {
    let own_memory = module.sections.iter().any(|section| section.id == MEMORY_SECTION);
    let memory = own_memory || module.imports.iter().any(|import| import.ty.as_memory().is_some());
    let text = match dylink {
        Some(_) if own_memory => "it has a memory of its own, where it must import `env` `memory`",
        None if memory => "no section `dylink.0`: nothing says how much of a shared memory it needs",
        Some(_) | None => return None,
    };
    Some(
        diag::error("link/no-library", format!("`{}` is no shared library", module.file))
            .label(module.place(), text)
            .help("compile it with `-fPIC` and link it with `-shared`; one module alone is wrapped by `withe wrap`"),
    )
}

pub fn damaged(module: &CoreModule<'_>, damage: &str) -> Diagnostic {
    diag::error("link/dylink", format!("the section `dylink.0` of `{}` cannot be read", module.file))
        .label(Place::binary(&module.file, "section `dylink.0`"), damage)
        .help("link the library again: the section is damaged, or made by a faulty tool")
}

pub fn other_target(module: &CoreModule<'_>, target: &str) -> Diagnostic {
    diag::error("link/target", format!("`{}` is a library for `{target}`", module.file))
        .label(Place::binary(&module.file, "section `dylink.0`"), "libraries are linked for `wasm32` only")
        .help("build the library for `wasm32`")
}

/// Libraries that cannot be told apart.
pub fn same_names(shared: &[Shared<'_>]) -> Vec<Diagnostic> {
    let mut by_name: IndexMap<&str, Vec<&Shared<'_>>> = IndexMap::new();
    for library in shared {
        by_name.entry(&library.name).or_default().push(library);
    }
    let several = by_name.into_iter().filter(|(_, libraries)| libraries.len() > 1);
    several
        .map(|(name, libraries)| {
            let error = diag::error("link/same-name", format!("{} libraries are named `{name}`", libraries.len()));
            let labelled = libraries.iter().fold(error, |error, library| {
                let text = if library.dl_openable { "named here, for `dlopen`" } else { "named here" };
                error.label(library.guest.module.place(), text)
            });
            labelled.help("give each library once, or under a name of its own: `NAME=FILE`")
        })
        .collect()
}

/// A program starts in one place.
pub fn several_starts(libraries: &[Library<'_>]) -> Option<Diagnostic> {
    let starting: Vec<&Library<'_>> =
        libraries.iter().filter(|library| library.module.exports.contains_key(START)).collect();
    if starting.len() < 2 {
        return None;
    }
    let error = diag::error("link/several-starts", format!("{} libraries export `{START}`", starting.len()));
    let labelled = starting
        .iter()
        .fold(error, |error, library| error.label(library.module.place_of_export(START), "a program starts here"));
    Some(labelled.help("link one program; build the others without `main`"))
}

pub fn two_initializers(module: &CoreModule<'_>) -> Diagnostic {
    let headline = format!("`{}` has two functions that initialise it", module.file);
    diag::error("link/two-initializers", headline)
        .label(module.place_of_export("_initialize"), "one of them")
        .label(module.place_of_export("__wasm_call_ctors"), "the other one: it would run twice")
        .help("export one of the two")
}

/// Libraries that others need and that are not there.
pub fn missing_libraries(libraries: &[Library<'_>]) -> Vec<Diagnostic> {
    let names: Vec<&str> = libraries.iter().map(|library| library.name).collect();
    let given: HashSet<&str> = names.iter().copied().collect();
    let mut missing: IndexMap<&str, Vec<&Library<'_>>> = IndexMap::new();
    for library in libraries {
        for needed in library.dylink.needed.iter().filter(|needed| !given.contains(*needed)) {
            missing.entry(needed).or_default().push(library);
        }
    }
    missing.into_iter().map(|(needed, by)| missing_library(needed, &by, libraries, &names)).collect()
}

fn missing_library(needed: &str, by: &[&Library<'_>], all: &[Library<'_>], names: &[&str]) -> Diagnostic {
    let who: Vec<String> = by.iter().map(|library| format!("`{}`", library.name)).collect();
    let (who, verb) = match who.as_slice() {
        [one] => (one.clone(), "needs"),
        several => (format!("{} libraries", several.len()), "need"),
    };
    let error = diag::error("link/missing-library", format!("{who} {verb} `{needed}`, which is not there"));
    let error = by.iter().fold(error, |error, library| {
        let place = Place::binary(&library.module.file, format!("needed library `{needed}`"));
        error.label(place, "no library has this name")
    });
    match near_library(needed, names).first() {
        Some(near) => {
            let file = all.iter().find(|library| library.name == *near).map_or("FILE", |library| &library.module.file);
            error.help(format!("give `{near}` the name that is needed: `{needed}={file}`"))
        }
        None => error.help(format!("add the library: `withe link {needed}=FILE ...`")),
    }
}

/// Names that a slip, a folder, or an ending more or less keeps apart.
fn near_library<'n>(needed: &str, names: &[&'n str]) -> Vec<&'n str> {
    let stem = |name: &str| {
        let file = name.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        stem.strip_prefix("lib").unwrap_or(stem).to_owned()
    };
    let same: Vec<&str> = names.iter().copied().filter(|name| stem(name) == stem(needed)).collect();
    if same.is_empty() { diag::near_misses(needed, names.iter().copied()) } else { same }
}

/// A symbol that no library defines; `near` says whether to look for others with such a name.
pub fn missing_symbol(libraries: &[Library<'_>], missing: &Missing<'_>, near: bool) -> Diagnostic {
    let name = missing.name;
    let (kind, wanted) = match missing.want {
        Want::Func { signature, .. } => ("function", format!("`{signature}`")),
        Want::Tag { signature, .. } => ("exception tag", format!("`{}`", Extern::Tag(signature.clone()))),
        Want::DataAddress { .. } => ("data", "its address".to_owned()),
        Want::FuncAddress { .. } => ("function", "its address".to_owned()),
        Want::Memory(_) | Want::Table(_) | Want::Own(..) | Want::TlsBase(_) => ("item", String::new()),
    };
    let mut error = diag::error("link/missing-symbol", format!("no library defines the {kind} `{name}`"));
    for (index, module) in &missing.importers {
        error = error.label(import(&libraries[*index], module, name), format!("wants {wanted}"));
    }
    let other_kind = libraries.iter().find_map(|library| Some((library, library.symbol(name)?)));
    if let Some((library, found)) = other_kind {
        error = error.label(library.module.place_of_export(name), format!("found `{found}`, which is none"));
    }
    let near = if near { near_symbols(libraries, missing) } else { Vec::new() };
    let in_libdl = ["dlopen", "dlsym", "dlclose", "dlerror"].contains(&name);
    if in_libdl {
        error.help("link the library that comes with withe: `--use-built-in-libdl`")
    } else if !near.is_empty() {
        error.help(format!("did you mean {}?", quoted(&near)))
    } else if kind == "function" {
        error.help(
            "add the library that defines it; or let calls of it trap with `--stub-missing-functions`, \
             if they never happen",
        )
    } else {
        error.help("add the library that defines it")
    }
}

fn near_symbols<'m>(libraries: &[Library<'m>], missing: &Missing<'_>) -> Vec<&'m str> {
    let is_func = matches!(missing.want, Want::Func { .. } | Want::FuncAddress { .. });
    let symbols = libraries.iter().flat_map(Library::symbols);
    let same_kind = symbols.filter(|(name, ty)| ty.as_func().is_some() == is_func && *name != missing.name);
    diag::near_misses(missing.name, same_kind.map(|(name, _)| name))
}

/// A symbol that is exported with another type than it is imported.
pub fn symbol_type(
    importer: &Library<'_>,
    exporter: &Library<'_>,
    module: &str,
    name: &str,
    wanted: &Extern,
) -> Diagnostic {
    let found = exporter.symbol(name).map(ToString::to_string).unwrap_or_default();
    diag::error("link/symbol-type", format!("`{name}` has another type where it is defined"))
        .label(import(importer, module, name), format!("expects `{wanted}`"))
        .label(exporter.module.place_of_export(name), format!("found   `{found}`"))
        .help("build both libraries against the same declaration")
}

pub fn thread_local_data(importer: &Library<'_>, exporter: &Library<'_>, module: &str, name: &str) -> Diagnostic {
    diag::error("unsupported/threads", format!("`{name}` is data of a thread, shared between libraries"))
        .label(import(importer, module, name), "its address would be the same for all threads")
        .label(exporter.module.place_of_export(name), "each thread has one of its own")
        .help(format!("export a function from `{}` that returns the address", exporter.name))
}

/// An address that is known only at the start, imported as a constant.
pub fn late_address(importer: &Library<'_>, exporter: &Library<'_>, name: &str) -> Diagnostic {
    diag::error("link/late-address", format!("the address of `{name}` is known too late"))
        .label(import(importer, super::library::GOT_MEM, name), "imported as immutable, so it must be known now")
        .label(exporter.module.place_of_export(name), "no constant: it is computed at the start")
        .help("import it as `(mut i32)`, as linkers do")
}

/// An import that every library has in one form only.
pub fn import_type(module: &CoreModule<'_>, import: &Import<'_>, wanted: &str) -> Diagnostic {
    let headline = format!("import `{}` `{}` has the wrong type", import.module, import.field);
    diag::error("link/import-type", headline)
        .label(
            module.place_of_import(import.module, &import.field),
            format!("found `{}`\nexpected {wanted}", import.ty),
        )
        .help("build the library with a linker that follows the WebAssembly tool conventions")
}

/// A function that the linker calls, or data that it reads, with a type that it cannot be.
pub fn export_type(module: &CoreModule<'_>, name: &str, wanted: &str, found: &Extern) -> Diagnostic {
    let text = format!("found `{found}`\nexpected `{wanted}`");
    let headline = format!("export `{name}` has the wrong type");
    let error = diag::error("link/export-type", headline).label(module.place_of_export(name), text);
    if name == LIBRARY_TLS_INFO {
        return error.help("export the address of the library's information, relative to its memory");
    }
    error.help("give the function neither parameters nor results: it is called at the start")
}

pub fn own_type(module: &CoreModule<'_>, import: &Import<'_>) -> Diagnostic {
    let headline = format!("`{}` has a type that another library cannot name", import.field);
    diag::error("link/import-type", headline)
        .label(
            module.place_of_import(import.module, &import.field),
            format!("`{}` refers to a type of this module", import.ty),
        )
        .help("pass numbers and `funcref` or `externref` between libraries")
}

pub fn memory64(module: &CoreModule<'_>, import: &Import<'_>) -> Diagnostic {
    diag::error("unsupported/memory64", "the memory has 64-bit addresses")
        .label(module.place_of_import(import.module, &import.field), "libraries are linked for `wasm32` only")
        .help("build the library for `wasm32`")
}

pub fn shared_memory(module: &CoreModule<'_>, import: &Import<'_>) -> Diagnostic {
    diag::error("unsupported/threads", "the memory is shared between threads of the host")
        .label(module.place_of_import(import.module, &import.field), "a component's memory is its own")
        .help("build the library without `-pthread`")
}

/// Libraries that have to be instantiated before each other.
pub fn tag_cycle(libraries: &[Library<'_>], resolved: &Resolved<'_>, cycle: &[usize]) -> Diagnostic {
    let mut error = diag::error("link/tag-cycle", "an exception tag is imported before it can exist");
    for index in cycle {
        let library = &libraries[*index];
        for (need, target) in library.needs.iter().zip(&resolved.targets[*index]) {
            let (Want::Tag { name, .. }, Some(symbol)) = (need.want, target.symbol()) else { continue };
            if !cycle.contains(&symbol.library) {
                continue;
            }
            let text = if symbol.library == *index {
                "defined by this library itself".to_owned()
            } else {
                format!("defined by `{}`, which needs this library", libraries[symbol.library].name)
            };
            error = error.label(import(library, need.module, name), text);
        }
    }
    error.help("define the tag in a library that needs none of the others")
}

const NO_ROOM: &str = "link/no-room";

pub fn no_room_for_stack(size: u32) -> Diagnostic {
    diag::error(NO_ROOM, format!("a stack of {size} bytes leaves no room for data"))
        .help("choose a smaller one with `--stack-size`")
}

pub fn no_room_for_library(library: &Library<'_>) -> Diagnostic {
    let dylink = &library.dylink;
    let text = format!(
        "{} bytes of memory, aligned to 2^{}; {} slots of the table, aligned to 2^{}",
        dylink.memory_size, dylink.memory_alignment, dylink.table_size, dylink.table_alignment
    );
    diag::error(NO_ROOM, format!("there is no room for the data or the functions of `{}`", library.name))
        .label(Place::binary(&library.module.file, "section `dylink.0`"), text)
        .help("make it smaller: memory ends at 2^32 bytes, the table at 10000000 slots")
}

/// `largest` is the library that asks for most.
pub fn no_room_for_heap(used: u64, largest: Option<&Library<'_>>) -> Diagnostic {
    let error = diag::error(NO_ROOM, format!("stack and data take {used} bytes, and leave no room for a heap"));
    with_largest(error, largest, |library| format!("{} bytes of them", library.dylink.memory_size))
        .help("choose a smaller stack with `--stack-size`, or link fewer libraries")
}

/// `largest` is the library that asks for most.
pub fn no_room_for_slots(wanted: u64, largest: Option<&Library<'_>>) -> Diagnostic {
    let error = diag::error(NO_ROOM, format!("the table would have {wanted} slots, and can have 10000000"));
    with_largest(error, largest, |library| format!("{} slots of them", library.dylink.table_size))
        .help("link fewer libraries, or let fewer of them be opened by `dlopen`")
}

fn with_largest(error: Diagnostic, largest: Option<&Library<'_>>, text: impl Fn(&Library<'_>) -> String) -> Diagnostic {
    match largest {
        Some(library) => error.label(Place::binary(&library.module.file, "section `dylink.0`"), text(library)),
        None => error,
    }
}

pub fn too_many(needed: usize, most: usize) -> Diagnostic {
    diag::error(NO_ROOM, format!("{needed} libraries are needed, and a component has room for {most}"))
        .help("link some of them into one with the compiler's linker")
}

pub fn memory_limits(libraries: &[Library<'_>], order: &[usize], memory: &Memory) -> Diagnostic {
    let headline = format!("the memory needs {} pages, and a library allows fewer", memory.minimum);
    let error = diag::error("link/limits", headline);
    limited(error, libraries, order, |want| want.memory().and_then(|memory| memory.maximum), memory.minimum)
}

pub fn table_limits(libraries: &[Library<'_>], order: &[usize], table: &Table) -> Diagnostic {
    let headline = format!("the table needs {} slots, and a library allows fewer", table.minimum);
    let error = diag::error("link/limits", headline);
    limited(error, libraries, order, |want| want.table().and_then(|table| table.maximum), table.minimum)
}

/// Labels every import whose maximum is too small.
fn limited(
    error: Diagnostic,
    libraries: &[Library<'_>],
    order: &[usize],
    maximum: impl Fn(Want<'_>) -> Option<u64>,
    needed: u64,
) -> Diagnostic {
    let mut error = error;
    for index in order {
        let library = &libraries[*index];
        for need in &library.needs {
            if let Some(maximum) = maximum(need.want).filter(|maximum| *maximum < needed) {
                let text = format!("allows {maximum}, all libraries together need {needed}");
                error = error.label(import(library, need.module, need.field), text);
            }
        }
    }
    error.help("build the library without a maximum")
}

pub fn page_sizes(first: &Library<'_>, other: &Library<'_>) -> Diagnostic {
    let size = |library: &Library<'_>| {
        let memory = library.needs.iter().find_map(|need| need.want.memory());
        format!("pages of 2^{} bytes", memory.map_or(0, |memory| memory.page_size_log2))
    };
    diag::error("link/limits", "the libraries do not agree on the size of a page of memory")
        .label(import(first, "env", "memory"), size(first))
        .label(import(other, "env", "memory"), size(other))
        .help("build all libraries with the same page size")
}

/// Libraries of which none says which world it was built for.
pub fn no_world(libraries: &[Shared<'_>]) -> Diagnostic {
    let error = diag::error("link/no-world", "no library says which world it was built for");
    let labelled = libraries
        .iter()
        .fold(error, |error, library| error.label(library.guest.module.place(), "no `component-type` section"));
    labelled.help("put the world into one of them: `withe embed LIB --wit WIT -o LIB`")
}
