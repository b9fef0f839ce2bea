//! Core imports that nothing of the world satisfies: what they seem to be for, who uses them, what would satisfy them.
//!
//! In: a module and its unbound imports. Out: one diagnostic for each kind of them, however many there are.
//! Holds: the work is linear in the imports, and in a bounded part of the code.

use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, InterfaceName};
use wasm::{Callers, CoreModule, CoreType, Extern, Signature};

use super::{did_you_mean, import_headline};
use crate::input::Input;
use crate::names::{self, EXPORT_PREFIX, ROOT, STANDARD};

const PREVIEW1: &str = "wasi_snapshot_preview1";
/// Imports that are shown one by one, of each kind.
const SHOWN: usize = 5;
/// Kinds that are told apart: each module name that nothing is known of is one.
const MOST_KINDS: usize = 20;
/// Names of functions are cut to about this many bytes.
const LONGEST_NAME: usize = 80;

const EMSCRIPTEN: &str = "build it with wasi-sdk, for `wasm32-wasip2`: a component has no JavaScript beside it";
const WASM_BINDGEN: &str = "build it for `wasm32-wasip2`, with bindings from WIT (`withe bindgen rust`), \
                            and turn features such as `js` of its dependencies off";
const GO: &str = "build it with `GOOS=wasip1`, or with TinyGo for `wasip2`";

/// What an import is for, as far as its names say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Class<'m> {
    Preview1(&'m str),
    Emscripten,
    WasmBindgen,
    Go,
    AssemblyScript,
    /// What a shared library leaves to its linker.
    Dynamic,
    /// A function of C or Rust that no linker found.
    Symbol,
    /// The same, and the world imports a function of this name.
    OfWorld,
    /// Glue code in JavaScript.
    Glue,
    /// The older scheme of names, which the options forbid.
    Older,
    /// Something for an interface that the component exports.
    Export(&'m str),
    /// No function.
    Thing(&'static str),
    /// An interface, as the module name says.
    Interface(&'m str),
    Unknown(&'m str),
}

/// Everything about imports that have no counterpart, given by their places in `CoreModule::imports`.
pub fn strangers(input: &Input<'_>, module: &CoreModule<'_>, imports: &[usize]) -> Vec<Diagnostic> {
    let emscripten = imports.iter().any(|at| is_emscripten(&module.imports[*at]));
    // An object file imports a stack pointer too, and is no library.
    let library = imports.iter().map(|at| &module.imports[*at]).any(|import| {
        is_dynamic(import) && !matches!(import.field.as_ref(), "__stack_pointer" | "__indirect_function_table")
    });
    let mut groups: IndexMap<Class<'_>, Vec<usize>> = IndexMap::new();
    let mut rest = Vec::new();
    for at in imports {
        let import = &module.imports[*at];
        let mut class = class(input, import, emscripten);
        if library && class == Class::Symbol {
            class = Class::Dynamic;
        }
        let is_open = matches!(class, Class::Symbol | Class::Interface(_) | Class::Unknown(_));
        if is_open && import.ty.as_func().is_none() {
            class = Class::Thing(import.ty.kind());
        }
        if groups.len() == MOST_KINDS && !groups.contains_key(&class) {
            rest.push(*at);
        } else {
            groups.entry(class).or_default().push(*at);
        }
    }
    let shown: Vec<usize> = groups.values().flat_map(|group| group.iter().take(SHOWN)).copied().collect();
    let mut users = wasm::callers(module, &shown).into_iter();
    let mut all: Vec<Diagnostic> = Vec::new();
    for (class, group) in &groups {
        let users: Vec<Callers<'_>> = users.by_ref().take(group.len().min(SHOWN)).collect();
        all.push(told(input, module, *class, group, &users));
    }
    all.extend(rest.first().map(|first| others(module, *first, rest.len())));
    all
}

fn told(
    input: &Input<'_>,
    module: &CoreModule<'_>,
    class: Class<'_>,
    group: &[usize],
    users: &[Callers<'_>],
) -> Diagnostic {
    let first = &module.imports[group[0]];
    let code = if class == Class::Older { "encode/legacy-names" } else { "encode/unknown-import" };
    let mut error = diag::error(code, headline(module, class, group));
    for ((number, at), users) in group.iter().enumerate().zip(users) {
        let import = &module.imports[*at];
        let reason = (number == 0).then(|| reason(input, class, import));
        let more = (number + 1 == SHOWN && group.len() > SHOWN).then(|| more(module, &group[SHOWN..]));
        let users = import.ty.as_func().and_then(|_| used_by(users));
        let lines: Vec<String> = [reason, users, more].into_iter().flatten().collect();
        error = error.label(module.place_of_import(import.module, &import.field), lines.join("\n"));
    }
    error.help(help(input, class, first, group.len()))
}

fn headline(module: &CoreModule<'_>, class: Class<'_>, group: &[usize]) -> String {
    let first = &module.imports[group[0]];
    let lacks = if class == Class::Older { "named by the older scheme" } else { "not in the world" };
    if group.len() == 1 {
        return format!("{} is {lacks}", import_headline(first));
    }
    let mut modules: Vec<String> = Vec::new();
    for at in group {
        let name = format!("`{}`", module.imports[*at].module);
        if !modules.contains(&name) {
            modules.push(name);
        }
        if modules.len() > 2 {
            modules[2] = "others".to_owned();
            break;
        }
    }
    let last = modules.pop().unwrap_or_default();
    let from = if modules.is_empty() { last } else { format!("{} and {last}", modules.join(", ")) };
    format!("{} core imports from {from} are {lacks}", group.len())
}

/// What the import is, and why the world does not satisfy it.
fn reason(input: &Input<'_>, class: Class<'_>, import: &wasm::Import<'_>) -> String {
    let world = &input.world.name;
    let imports_no = |name: &str| format!("world `{world}` imports no `{name}`");
    match class {
        Class::Preview1(name) => format!("{}, and no adapter provides it", imports_no(name)),
        Class::Emscripten => "a function of Emscripten's JavaScript".to_owned(),
        Class::WasmBindgen => "a function of wasm-bindgen's JavaScript".to_owned(),
        Class::Go => "a function of Go's JavaScript: the module was built with `GOOS=js`".to_owned(),
        Class::AssemblyScript => "a function that AssemblyScript expects of JavaScript".to_owned(),
        Class::Dynamic => "left to the linker of shared libraries".to_owned(),
        Class::Symbol => format!("{}: a symbol that the linker did not find", imports_no("env")),
        Class::OfWorld => format!("functions of world `{world}` are imported from `{ROOT}`"),
        Class::Glue => "a function of JavaScript that came with the module".to_owned(),
        Class::Older => "only names that begin with `cm32p2` are taken with `--reject-legacy-names`".to_owned(),
        Class::Export(scope) => not_exported(input, import, scope),
        Class::Thing(kind) => format!("a {kind}, and a component gives only functions to a core module"),
        Class::Interface(name) => not_imported(input, name),
        Class::Unknown(name) if let Some((track, version)) = other_track(input, import, name) => {
            format!("world `{world}` has version {version}, which is imported as `{STANDARD}|{track}`")
        }
        Class::Unknown(name) => {
            let near = did_you_mean(name, &imported(input));
            near.map_or_else(|| imports_no(name), |near| format!("{}; {near}", imports_no(name)))
        }
    }
}

fn imported(input: &Input<'_>) -> Vec<String> {
    let imports = input.world.component.imports.keys().map(ToString::to_string);
    imports.chain(input.adapters.iter().map(|adapter| adapter.name.clone())).collect()
}

/// An import of an interface that the world does not import.
fn not_imported(input: &Input<'_>, name: &str) -> String {
    let component = &input.world.component;
    let text = format!("world `{}` imports no `{name}`", input.world.name);
    if let Some(other) = other_version(input, name) {
        return format!("{text}; it has version {other}");
    }
    if component.exports.keys().any(|key| key.to_string() == name) {
        return format!("{text}; it exports it");
    }
    match did_you_mean(name, &imported(input)) {
        Some(near) => format!("{text}; {near}"),
        None => text,
    }
}

/// The version in which the world imports an interface, if that is another.
fn other_version(input: &Input<'_>, name: &str) -> Option<String> {
    let path = name.split('@').next().unwrap_or(name);
    input.world.component.imports.keys().find_map(|key| {
        let key = key.to_string();
        key.strip_prefix(path).and_then(|rest| rest.strip_prefix('@')).map(str::to_owned)
    })
}

/// The track by which the standard scheme names an interface that the world imports in one version, and that version.
fn other_track(input: &Input<'_>, import: &wasm::Import<'_>, name: &str) -> Option<(String, String)> {
    let path = name.split('@').next().filter(|_| import.module.starts_with(STANDARD))?;
    input.world.component.imports.keys().find_map(|key| {
        let version = key.to_string().strip_prefix(path)?.strip_prefix('@')?.to_owned();
        Some((names::canonical(key), version))
    })
}

/// What the imports of a module say of a tool that makes no components, and what to do instead.
pub fn of_other_tools(module: &CoreModule<'_>) -> Option<(&'static str, &'static str)> {
    module.imports.iter().find_map(|import| match import.module {
        _ if is_wasm_bindgen(import) => Some(("functions of wasm-bindgen's JavaScript", WASM_BINDGEN)),
        "gojs" | "go" => Some(("functions of Go's JavaScript: it was built with `GOOS=js`", GO)),
        _ if is_emscripten(import) => Some(("functions of Emscripten's JavaScript", EMSCRIPTEN)),
        _ => None,
    })
}

fn is_wasm_bindgen(import: &wasm::Import<'_>) -> bool {
    let (module, field) = (import.module, import.field.as_ref());
    matches!(module, "wbg" | "__wbindgen_placeholder__" | "__wbindgen_externref_xform__")
        || field.starts_with("__wbindgen_")
        || field.starts_with("__wbg_")
        || module.ends_with("_bg.js")
}

/// An import for the exported interface `scope`, which the world does not export, or that is no function for one.
fn not_exported(input: &Input<'_>, import: &wasm::Import<'_>, scope: &str) -> String {
    let component = &input.world.component;
    let names: Vec<String> = component.exports.keys().map(ToString::to_string).collect();
    if scope == ROOT || names.iter().any(|name| names_scope(name, scope)) {
        return format!("`{}` is no built-in function for an exported interface", import.field);
    }
    let text = format!("world `{}` exports no `{scope}`", input.world.name);
    if component.imports.keys().any(|name| names_scope(&name.to_string(), scope)) {
        return format!("{text}, it imports it");
    }
    match did_you_mean(scope, &names) {
        Some(near) => format!("{text}; {near}"),
        None => text,
    }
}

/// Whether a scope in a core name means the item, whole or by its track.
fn names_scope(item: &str, scope: &str) -> bool {
    item == scope || ExternName::parse(item).is_some_and(|name| names::canonical(&name) == scope)
}

/// The one thing to do about it.
fn help(input: &Input<'_>, class: Class<'_>, import: &wasm::Import<'_>, count: usize) -> String {
    let world = &input.world.name;
    match class {
        Class::Preview1(_) if import.module != PREVIEW1 => {
            format!("build for `wasm32-wasip1`: `{}` is what came before it", import.module)
        }
        Class::Preview1(_) if input.options.no_adapt => {
            "leave `--no-adapt` out: the built-in adapter turns preview1 into WASI 0.2".to_owned()
        }
        Class::Preview1(name) => format!("give an adapter for this module with `--adapt {name}=FILE`"),
        Class::Emscripten => EMSCRIPTEN.to_owned(),
        Class::WasmBindgen => WASM_BINDGEN.to_owned(),
        Class::Go => GO.to_owned(),
        Class::AssemblyScript if import.field == "abort" => "compile it with `asc --use abort=`".to_owned(),
        Class::AssemblyScript => {
            "give these functions in AssemblyScript, or as an adapter: `--adapt env=FILE`".to_owned()
        }
        Class::Dynamic => "link it with what it needs: `withe link`".to_owned(),
        Class::Symbol => symbol_help(import, count),
        Class::OfWorld => "build the module with bindings from this WIT".to_owned(),
        Class::Glue => "build it for `wasm32-wasip2`: a component has no JavaScript beside it".to_owned(),
        Class::Older => "leave `--reject-legacy-names` out".to_owned(),
        Class::Export(scope) => export_help(input, scope),
        Class::Thing(kind) => format!("define the {kind} in the module"),
        Class::Interface(name) if is_wasi(name) => {
            format!("add `import {name};` to world `{world}`: the package is built in")
        }
        Class::Interface(name) if other_version(input, name).is_some() => {
            let has = other_version(input, name).unwrap_or_default();
            format!("build the module with bindings for version {has}, or import `{name}` in the WIT world")
        }
        Class::Interface(name) => {
            format!("add `import {name};` to world `{world}`, or take the import out of the module")
        }
        Class::Unknown(name) if other_track(input, import, name).is_some() => {
            "build the module with bindings from this WIT".to_owned()
        }
        Class::Unknown(name) => format!("import `{name}` in the WIT world, or take the import out of the module"),
    }
}

fn export_help(input: &Input<'_>, scope: &str) -> String {
    let exported = input.world.component.exports.keys().any(|name| names_scope(&name.to_string(), scope));
    if exported || scope == ROOT {
        return "take the import out of the module".to_owned();
    }
    format!("export `{scope}` from the WIT world, or take the import out of the module")
}

fn symbol_help(import: &wasm::Import<'_>, count: usize) -> String {
    let field = import.field.as_ref();
    if field.starts_with("__cxa_") || field.starts_with("_Unwind_") {
        return "compile with `-fno-exceptions`, or link a library that unwinds".to_owned();
    }
    if count == 1 {
        return format!("link what defines `{field}` into the module");
    }
    "link what defines these functions into the module".to_owned()
}

fn is_wasi(name: &str) -> bool {
    const PACKAGES: [&str; 7] = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];
    InterfaceName::parse(name)
        .is_some_and(|name| name.package.namespace == "wasi" && PACKAGES.contains(&name.package.name.as_str()))
}

fn class<'m>(input: &Input<'_>, import: &'m wasm::Import<'_>, emscripten: bool) -> Class<'m> {
    let (module, field) = (import.module, import.field.as_ref());
    let scope = module.strip_prefix(EXPORT_PREFIX);
    if input.options.reject_legacy_names && !module.starts_with(STANDARD) && is_older(input, module) {
        return Class::Older;
    }
    if let Some(scope) = scope {
        return Class::Export(scope);
    }
    if let Some(rest) = module.strip_prefix(STANDARD) {
        let rest = rest.trim_start_matches('|');
        return rest.strip_prefix("_ex_").map_or(Class::Unknown(rest), Class::Export);
    }
    match module {
        PREVIEW1 | "wasi_unstable" => Class::Preview1(module),
        "gojs" | "go" => Class::Go,
        "GOT.mem" | "GOT.func" => Class::Dynamic,
        _ if is_wasm_bindgen(import) => Class::WasmBindgen,
        "env" => environment(input, import, emscripten),
        _ if module.ends_with(".js") || module.len() == 1 && field.len() <= 2 => Class::Glue,
        _ if InterfaceName::parse(module).is_some() => Class::Interface(module),
        _ => Class::Unknown(module),
    }
}

/// Whether a module name belongs to the older scheme.
fn is_older(input: &Input<'_>, module: &str) -> bool {
    let name = module.strip_prefix(EXPORT_PREFIX).unwrap_or(module);
    let component = &input.world.component;
    let is_item = |name: ExternName| component.imports.contains_key(&name) || component.exports.contains_key(&name);
    name == ROOT || InterfaceName::parse(name).is_some() || ExternName::parse(name).is_some_and(is_item)
}

/// What several kinds of tools import under the name `env`.
fn environment<'m>(input: &Input<'_>, import: &wasm::Import<'_>, emscripten: bool) -> Class<'m> {
    let four = Extern::Func(Signature::new([CoreType::I32; 4], []));
    match import.field.as_ref() {
        _ if emscripten => Class::Emscripten,
        "abort" if import.ty == four => Class::AssemblyScript,
        "seed" | "trace" if import.ty != Extern::Func(Signature::default()) => Class::AssemblyScript,
        _ if is_dynamic(import) => Class::Dynamic,
        field if input.world.component.imports.contains_key(&ExternName::label(field)) => Class::OfWorld,
        _ => Class::Symbol,
    }
}

/// What only the linker of shared libraries provides.
fn is_dynamic(import: &wasm::Import<'_>) -> bool {
    const NAMES: [&str; 4] = ["__memory_base", "__table_base", "__stack_pointer", "__indirect_function_table"];
    matches!(import.module, "GOT.mem" | "GOT.func") || import.module == "env" && NAMES.contains(&import.field.as_ref())
}

/// Names that only Emscripten gives.
fn is_emscripten(import: &wasm::Import<'_>) -> bool {
    const STARTS: [&str; 7] =
        ["emscripten_", "_emscripten_", "invoke_", "_embind_", "_emval_", "__syscall_", "___syscall"];
    import.module == "env" && STARTS.iter().any(|start| import.field.starts_with(start))
}

/// Who uses an import, in a few words.
fn used_by(users: &Callers<'_>) -> Option<String> {
    let others = users.count - users.names.len();
    let functions = |count: usize| if count == 1 { "1 function".to_owned() } else { format!("{count} functions") };
    let names: Vec<String> = users.names.iter().map(|name| format!("`{}`", short(name))).collect();
    match (names.is_empty(), others) {
        (true, 0) if users.in_table => Some("used through a table".to_owned()),
        (true, 0) => (!users.cut).then(|| "no function calls it".to_owned()),
        (true, count) => Some(format!("used by {} without a name", functions(count))),
        (false, 0) => Some(format!("used by {}", names.join(", "))),
        (false, 1) => Some(format!("used by {} and 1 other", names.join(", "))),
        (false, count) => Some(format!("used by {} and {count} others", names.join(", "))),
    }
}

/// A function's name without what a compiler appends, and not too long.
fn short(name: &str) -> String {
    let cut = match name.rsplit_once("::h") {
        Some((path, hash)) if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => path,
        _ => name,
    };
    if cut.len() <= LONGEST_NAME {
        return cut.to_owned();
    }
    format!("{}...", &cut[..cut.floor_char_boundary(LONGEST_NAME)])
}

/// The imports that are not shown one by one.
fn more(module: &CoreModule<'_>, rest: &[usize]) -> String {
    let names: Vec<String> =
        rest.iter().take(SHOWN).map(|at| format!("`{}`", short(&module.imports[*at].field))).collect();
    let ellipsis = if rest.len() > SHOWN { ", ..." } else { "" };
    format!("and {} more: {}{ellipsis}", rest.len(), names.join(", "))
}

/// Imports from more module names than anyone reads.
fn others(module: &CoreModule<'_>, first: usize, count: usize) -> Diagnostic {
    let import = &module.imports[first];
    let place: Place = module.place_of_import(import.module, &import.field);
    diag::error("encode/unknown-import", format!("{count} more core imports are not in the world"))
        .label(place, "the first of them")
        .help("build the module with bindings from this WIT")
}
