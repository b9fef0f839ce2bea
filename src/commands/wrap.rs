//! `withe wrap`: a core module becomes a component.

use std::borrow::Cow;
use std::path::Path;

use component::{EmitOptions, Plan};
use diag::{Diagnostic, Place};
use encode::{Adapter, BUILTIN_NAME, Builtin, Guest, Options};
use types::{ExternName, Types};
use wasm::{BinaryKind, CoreModule, Pieces};

use super::embed::string_encoding;
use super::reduce::{self, Before};
use super::{adapt, status, strip};
use crate::cli::{OutArgs, WrapArgs, WrapFlags};
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn wrap(args: &WrapArgs, io: &mut Io) -> diag::Result<Exit> {
    check_flags(&args.flags)?;
    let core = io.read_wasm(&args.core)?;
    if wasm::binary_kind(&core.bytes) == BinaryKind::Component {
        return copy(args, io, &core);
    }
    let mut types = Types::new();
    let module = wasm::read_module(&core.name, &core.bytes)?;
    let rewritten = rewrite_go(&module, args.flags.wit.is_some())?;
    let module = rewritten.as_deref().map_or(Ok(module), |bytes| wasm::read_module(&core.name, bytes))?;
    let main = main_guest(&args.flags, io, &mut types, module)?;
    let files = adapter_files(&args.flags, io, &[&main])?;
    let adapters = read_adapters(&mut types, &files)?;
    let input = encode::assemble(&mut types, main, adapters, options(&args.flags))?;

    // From here on no type is added and nothing is looked up by name.
    let before = Before::of(&args.flags, &input);
    let shaken = reduce::shaken(&args.flags, &types, &input)?;
    let input = encode::with_modules(input, &shaken)?;
    let plan = encode::plan(&types, &input)?;
    io.report_all(encode::warnings(&types, &input));
    write(&args.flags, &args.out, io, &plan, &[&core], before)
}

/// Refuses flags that say how `--wit` is read, where there is none: metadata has its world and encoding.
pub fn check_flags(flags: &WrapFlags) -> diag::Result<()> {
    if flags.wit.is_some() {
        return Ok(());
    }
    let given = [
        ("--world", flags.world.world.is_some()),
        ("--features", !flags.world.features.features.is_empty()),
        ("--all-features", flags.world.features.all_features),
        ("--encoding", flags.encoding != crate::cli::Encoding::Utf8),
    ];
    let without: Vec<Diagnostic> =
        given.into_iter().filter(|(_, given)| *given).map(|(flag, _)| without_wit(flag)).collect();
    if without.is_empty() { Ok(()) } else { Err(diag::Diagnostics(without)) }
}

fn without_wit(flag: &str) -> Diagnostic {
    diag::error("usage/command-line", format!("`{flag}` says how `--wit` is read, and there is no `--wit`"))
        .help(format!("name the WIT with `--wit`, or leave `{flag}` out: the module's metadata has its own"))
}

/// Emits a plan, and validates what comes out unless that is not wanted. `cores` are what it was made of; `before`
/// is what it was made of if it matters what is gone.
pub fn write(
    flags: &WrapFlags,
    out: &OutArgs,
    io: &mut Io,
    plan: &Plan<'_>,
    cores: &[&Wasm],
    before: Option<Before>,
) -> diag::Result<Exit> {
    let adapters = flags.adapt.iter().filter(|text| Builtin::parse(text).is_none()).map(|text| adapter_path(text).1);
    io.check_keeps(out.out.as_deref(), flags.wit.as_deref().into_iter().chain(adapters))?;
    let bytes = component::emit_pieces(plan, EmitOptions { names: !flags.no_names && !flags.strip });
    let exit = if flags.no_validate {
        io.write_output(&out.out, bytes.borrowed())?
    } else {
        io.write_checked(&out.out, &bytes, || check_output(cores, &bytes))?
    };
    if let Some(before) = before {
        before.report(&bytes, io);
    }
    Ok(exit)
}

/// A core module wrapped in memory, with the built-in adapter if it needs one; a component as it is.
///
/// For commands that run what they are given.
pub fn wrapped<'a>(core: &'a Wasm) -> diag::Result<Cow<'a, [u8]>> {
    if wasm::binary_kind(&core.bytes) == BinaryKind::Component {
        return Ok(Cow::Borrowed(&core.bytes));
    }
    let mut types = Types::new();
    let module = wasm::read_module(&core.name, &core.bytes)?;
    let rewritten = rewrite_go(&module, false)?;
    let module = rewritten.as_deref().map_or(Ok(module), |bytes| wasm::read_module(&core.name, bytes))?;
    let builtin = Builtin::choose(&module).or_else(|| only_starts(&module).then_some(Builtin::Command));
    let files: Vec<AdapterFile> = builtin.map(AdapterFile::builtin).into_iter().collect();
    let redirected = status::redirect_exit(&module);
    let module = match &redirected {
        Some(bytes) => wasm::read_module(&core.name, bytes)?,
        None => module,
    };
    let mut main = Guest::of(&mut types, module)?;
    if redirected.is_some() {
        let exits = status::metadata(&mut types);
        main.add(&types, exits);
    }
    let adapters = read_adapters(&mut types, &files)?;
    let input = encode::assemble(&mut types, main, adapters, Options::default())?;
    let plan = encode::plan(&types, &input)?;
    Ok(Cow::Owned(component::emit(&plan, EmitOptions::default())))
}

/// The bytes of a module that Go made, fit for a component; `None` for any other. `has_world` says that the user named
/// one.
pub fn rewrite_go(module: &CoreModule<'_>, has_world: bool) -> diag::Result<Option<Vec<u8>>> {
    let rewritten = encode::go::rewrite(module)?.map(|bytes| bytes.into_contiguous().into_owned());
    if rewritten.is_none() && !has_world {
        encode::go::no_bindings(module)?;
    }
    Ok(rewritten)
}

/// Whether a module is a program that asks for nothing: it starts, in a memory of its own, and is built for no world.
fn only_starts(module: &CoreModule<'_>) -> bool {
    let exports = |name| module.exports.contains_key(name);
    module.imports.is_empty() && exports("_start") && exports("memory") && module.metadata_sections().next().is_none()
}

/// What is a component already stays as it is, but for what `--strip` drops.
fn copy(args: &WrapArgs, io: &mut Io, core: &Wasm) -> diag::Result<Exit> {
    validate(&core.name, &core.bytes)?;
    let what = if args.flags.strip { "it is stripped" } else { "it is copied" };
    let note = diag::note("encode/already-a-component", format!("`{}` is a component already; {what}", core.name));
    let text = if args.flags.gc { "a component; `--gc` removes nothing from it" } else { "a component" };
    io.report(note.label(Place::file(&core.name), text));
    if !args.flags.strip {
        return io.write_output(&args.out.out, &core.bytes);
    }
    let stripped = wasm::strip_component(&core.bytes, &strip::is_needed);
    io.write_output(&args.out.out, stripped.map_err(|error| wasm::invalid(&core.name, &error))?)
}

fn validate(name: &str, bytes: &[u8]) -> diag::Result<()> {
    Ok(wasm::validate(bytes).map_err(|error| wasm::invalid(name, &error))?)
}

/// Refuses an output that is not valid; if the fault lies in the module's own code, that is what is said.
fn check_output(cores: &[&Wasm], bytes: &Pieces<'_>) -> diag::Result<()> {
    let Err(error) = wasm::validate_pieces(bytes) else { return Ok(()) };
    let invalid = cores.iter().filter_map(|core| validate(&core.name, &core.bytes).err());
    let invalid: Vec<Diagnostic> = invalid.flat_map(|diag::Diagnostics(diagnostics)| diagnostics).collect();
    if !invalid.is_empty() {
        return Err(diag::Diagnostics(invalid));
    }
    let name = cores.first().map(|core| core.name.as_str()).unwrap_or_default();
    Err(diag::error("encode/invalid-output", format!("the component made of `{name}` is not valid"))
        .label(Place::file(name), error.message())
        .help("make the types of the world smaller, if a limit is named; else report it as a bug in withe")
        .into())
}

/// The module with its world: the one that the user names, else what the module carries.
pub fn main_guest<'a>(
    args: &WrapFlags,
    io: &mut Io,
    types: &mut Types,
    module: CoreModule<'a>,
) -> diag::Result<Guest<'a>> {
    let Some(path) = &args.wit else { return Guest::of(types, module) };
    let tree = io.source_tree(path)?;
    let package = io.load_wit(path, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let world = package.world(types, args.world.world.as_deref())?;
    let guest = Guest::with_world(types, module, world, string_encoding(args.encoding));
    encode::check_given_world(types, &guest)?;
    Ok(guest)
}

/// How to encode.
pub fn options(args: &WrapFlags) -> Options {
    Options {
        reject_legacy_names: args.reject_legacy_names,
        realloc_via_memory_grow: args.realloc_via_memory_grow,
        import_names: args.import_name.clone(),
        no_names: args.no_names,
        strip: args.strip,
        no_adapt: args.no_adapt,
        no_merge: args.no_merge,
        return_call_ref: args.return_call_ref,
        canonical_names: args.emit_canonical_names,
    }
}

/// An adapter before it is read.
pub struct AdapterFile {
    /// The module name under which others import it.
    pub name: String,
    pub wasm: Wasm,
    /// Whether the user said the name.
    pub is_named: bool,
}

impl AdapterFile {
    fn builtin(adapter: Builtin) -> Self {
        let wasm = Wasm { name: format!("<{} adapter>", adapter.word()), bytes: encode::builtin(adapter).to_vec() };
        Self { name: BUILTIN_NAME.to_owned(), wasm, is_named: true }
    }
}

/// The adapters that the user names, and the built-in one if it is needed and not replaced.
pub fn adapter_files(flags: &WrapFlags, io: &mut Io, guests: &[&Guest<'_>]) -> diag::Result<Vec<AdapterFile>> {
    let mut files = Vec::new();
    for text in &flags.adapt {
        files.push(match Builtin::parse(text) {
            Some(adapter) => AdapterFile::builtin(adapter),
            None => named_adapter(text, io)?,
        });
    }
    adapt::recognise(&mut files, guests, !flags.no_adapt, io)?;
    if flags.no_adapt || files.iter().any(|file| file.name == BUILTIN_NAME) {
        return Ok(files);
    }
    let Some(main) = guests.iter().find(|guest| Builtin::choose(&guest.module).is_some()) else { return Ok(files) };
    let adapter = if guests.iter().any(|guest| guest.module.exports.contains_key("_start")) {
        Builtin::Command
    } else if is_for_http_only(guests) {
        // Go's runtime imports files and the end of the process in every program, so that it does says nothing.
        if !encode::go::is_of_go(&main.module) {
            io.report(proxy_note(main));
        }
        Builtin::Proxy
    } else {
        Builtin::Reactor
    };
    files.push(AdapterFile::builtin(adapter));
    Ok(files)
}

/// `NAME=FILE`, or `FILE` without a name.
fn adapter_path(text: &str) -> (Option<&str>, &Path) {
    match text.split_once('=') {
        Some((name, path)) => (Some(name), Path::new(path)),
        None => (None, Path::new(text)),
    }
}

/// `NAME=FILE`, or `FILE`, whose name up to the first dot is the adapter's.
fn named_adapter(text: &str, io: &mut Io) -> diag::Result<AdapterFile> {
    let (name, path) = adapter_path(text);
    let name = name.map(str::to_owned);
    let wasm = io.read_wasm(path)?;
    let stem = || {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        file.split('.').next().unwrap_or_default().to_owned()
    };
    let is_named = name.is_some();
    Ok(AdapterFile { name: name.unwrap_or_else(stem), wasm, is_named })
}

/// The adapters, decoded.
pub fn read_adapters<'a>(types: &mut Types, files: &'a [AdapterFile]) -> diag::Result<Vec<Adapter<'a>>> {
    let mut adapters = Vec::new();
    let mut wrong = Vec::new();
    for file in files {
        let guest = wasm::read_module(&file.wasm.name, &file.wasm.bytes).and_then(|module| Guest::of(types, module));
        match guest {
            Ok(guest) => adapters.push(Adapter { name: file.name.clone(), guest }),
            Err(diag::Diagnostics(more)) => wrong.extend(more),
        }
    }
    if wrong.is_empty() { Ok(adapters) } else { Err(diag::Diagnostics(wrong)) }
}

/// Whether the world is one of a WASI host that has neither `wasi:cli` nor `wasi:filesystem`.
///
/// A world that names nothing of WASI says nothing about its host, so it does not count.
fn is_for_http_only(guests: &[&Guest<'_>]) -> bool {
    let mut names = guests.iter().flat_map(|guest| &guest.metadata).flat_map(|metadata| {
        let component = &metadata.world.component;
        component.imports.keys().chain(component.exports.keys())
    });
    let wasi = |name: &ExternName| {
        let ExternName::Interface(name) = name else { return None };
        (name.package.namespace == "wasi").then(|| name.package.name.clone())
    };
    let packages: Vec<String> = names.by_ref().filter_map(wasi).collect();
    !packages.is_empty() && !packages.iter().any(|package| package == "cli" || package == "filesystem")
}

fn proxy_note(main: &Guest<'_>) -> Diagnostic {
    let failing = encode::proxy_cannot(&main.module);
    let headline = "the world has neither `wasi:cli` nor `wasi:filesystem`, so the adapter for proxies is taken";
    let text = if failing.is_empty() {
        "every preview1 function that it imports has a counterpart".to_owned()
    } else {
        let names: Vec<String> = failing.iter().map(|name| format!("`{name}`")).collect();
        format!("calls of {} will fail", names.join(", "))
    };
    diag::note("encode/proxy-adapter", headline)
        .label(main.module.place(), text)
        .help("choose the other one with `--adapt reactor`")
}
