//! `withe transpile`: a component as an ES module.
//!
//! In: a component. Out: a folder with the module, its types and its core modules.
//! Holds: with an error nothing is written, as far as that can be known before; files that `withe` did not write are not
//! overwritten; what an earlier run wrote, and this one does not, is removed.

use std::collections::BTreeSet;
use std::path::Path;

use bindgen::{Files, HEADER};
use bindgen_js::{Instantiate, Module, Options, Wanted, dts};
use component::BinaryKind;
use diag::{Diagnostic, Place};
use serde_json::{Value, json};
use types::{Types, World};

use super::foreign;
use super::left_over::{self, Spot};
use crate::cli::TranspileArgs;
use crate::cli::transpiling::{Instantiation, Wasi};
use crate::io::{Wasm, shown};
use crate::{Exit, Io};

pub fn transpile(args: &TranspileArgs, io: &mut Io) -> diag::Result<Exit> {
    check_folder(&args.out, io)?;
    let component = match super::in_project::file(&args.component, io)? {
        Ok(component) => component,
        Err(exit) => return Ok(exit),
    };
    let args = &TranspileArgs { component, ..args.clone() };
    let wasm = io.read_wasm(&args.component)?;
    check_kind(&wasm)?;
    let options = options(args)?;
    let mut types = Types::new();
    let mut world = component::read(&mut types, &wasm.name, &wasm.bytes)?.world();
    let inst = component::instantiation::instantiation(&mut types, &wasm.name, &wasm.bytes)?;
    if let Some(wit) = &args.wit {
        document(wit, &wasm.name, &mut types, &mut world, io)?;
    }
    let module = match args.wit {
        Some(_) => bindgen_js::transpile_documented(&types, &wasm.name, &inst, &options, &world.component)?,
        None => bindgen_js::transpile(&types, &wasm.name, &inst, &options)?,
    };
    let dts = if args.no_types { Files::new() } else { dts::component(&types, &world, &options, module.waits) };
    let name = format!("{}.js", options.name);
    let texts = texts(&name, &module, &dts, args.no_types);
    let core = module.core.iter().map(|(name, bytes)| (name.as_str(), *bytes));
    refuse_foreign(&texts, core.clone(), args, io)?;
    let own = if args.no_types { &[left_over::MODULE][..] } else { &[left_over::MODULE, left_over::TYPES] };
    let spot = Spot { folder: &args.out, name: &options.name, own };
    foreign::refuse(spot.shared(texts.iter().copied(), io))?;
    let files: Vec<(&str, &[u8])> = texts.iter().copied().chain(core).collect();
    for (name, _) in &files {
        let path = args.out.join(name);
        if io.resolve(&path).exists() {
            io.check_writable(&path)?;
        }
    }
    warn_unused_map(&options.map, &world, &wasm.name, io);
    note_unmapped(&module.imports, &wasm.name, io);
    note_module_type(&args.out, &name, io);
    let left = unneeded(spot, &files, &args.component, io);
    io.set_result(result(&files, &left, &module, &world));
    io.write_folder(&args.out, files)?;
    io.remove_files(&args.out, &left)
}

/// Puts the documentation of the WIT on what has the same name in the component. All features are on: what the component
/// has was there when it was made.
fn document(wit: &Path, file: &str, types: &mut Types, world: &mut World, io: &mut Io) -> diag::Result<()> {
    let tree = io.source_tree(wit)?;
    let package = io.load_wit(wit, &tree, &wit::LoadOptions { all_features: true, ..Default::default() })?;
    io.report_all(package.notes().iter().cloned());
    if package.document(types, world) {
        return Ok(());
    }
    let headline = format!("`{}` documents nothing of `{file}`", shown(wit));
    Err(diag::error("transpile/nothing-documented", headline)
        .label(Place::file(shown(wit)), "has no interface, function or type of the component's")
        .help("name the WIT that the component was made of, or leave `--wit` out; components carry no documentation")
        .into())
}

/// The texts of the folder, the module first.
fn texts<'m>(name: &'m str, module: &'m Module<'_>, dts: &'m Files, no_types: bool) -> Vec<(&'m str, &'m [u8])> {
    let types = dts.iter().map(|(name, file)| (name, file.text.as_bytes()));
    let more = if no_types { &[][..] } else { &module.wasi_types };
    let wasi = module.wasi.iter().chain(more).map(|(name, text)| (name.as_str(), text.as_bytes()));
    std::iter::once((name, module.text.as_bytes())).chain(types).chain(wasi).collect()
}

/// What the report says of the folder, the imports and the exports.
fn result(files: &[(&str, &[u8])], left: &[String], module: &Module<'_>, world: &World) -> Value {
    let files = files.iter().map(|(name, bytes)| json!({ "file": name, "bytes": bytes.len() }));
    let imports = module.imports.iter().map(|wanted| {
        let from = wanted.from.as_ref();
        json!({
            "name": wanted.import.to_string(),
            "from": from.map(|from| &from.module),
            "member": from.and_then(|from| from.member.as_ref()),
        })
    });
    json!({
        "files": files.collect::<Vec<_>>(),
        "removed": left,
        "imports": imports.collect::<Vec<_>>(),
        "exports": exports(world),
    })
}

/// What there is of the component's exports at run time, and under which names.
fn exports(world: &World) -> Vec<Value> {
    let exports = dts::exports(world);
    let shown = exports.iter().filter(|(_, names)| !names.is_empty());
    shown.map(|(name, names)| json!({ "name": name.to_string(), "names": names })).collect()
}

/// What an earlier run left and nobody needs, but for what is read now.
fn unneeded(spot: Spot<'_>, files: &[(&str, &[u8])], component: &Path, io: &Io) -> Vec<String> {
    let wanted: BTreeSet<&str> = files.iter().map(|(name, _)| *name).collect();
    let input = std::fs::canonicalize(io.resolve(component)).ok();
    let is_input =
        |path: &String| input.is_some() && std::fs::canonicalize(io.resolve(&spot.folder.join(path))).ok() == input;
    spot.left_over(&wanted, io).into_iter().filter(|path| !is_input(path)).collect()
}

/// Refuses what is no folder, and cannot become one. Status 2 for `-`.
pub(super) fn check_folder(out: &Path, io: &Io) -> diag::Result<()> {
    if out == Path::new("-") {
        let headline = "several files are written, which do not go to standard output";
        return Err(diag::error("usage/command-line", headline).help("name a folder: -o js").into());
    }
    let whole = io.resolve(out);
    if whole.exists() && !whole.is_dir() {
        let name = shown(out);
        return Err(diag::error("output/unwritable-file", format!("`{name}` is a file, where a folder is needed"))
            .label(Place::file(&*name), "no folder")
            .help("name a folder with `-o`; it is made if it is not there")
            .into());
    }
    Ok(())
}

/// Says which imports no module is named for.
fn note_unmapped(imports: &[Wanted], file: &str, io: &mut Io) {
    let is_unmapped = |wanted: &&Wanted| {
        let bare = wanted.import.to_string();
        let bare = bare.split('@').next().unwrap_or_default().to_owned();
        wanted.from.as_ref().is_some_and(|from| from.member.is_none() && from.module == bare)
    };
    let names: Vec<String> = imports.iter().filter(is_unmapped).map(|wanted| wanted.import.to_string()).collect();
    let Some(first) = names.first() else { return };
    let more = match names.len() {
        1 => String::new(),
        count => format!(" and {} more imports", count - 1),
    };
    let entry = |name: &String| {
        let last = name.rsplit(['/', ':']).next().unwrap_or_default();
        let last = last.split('@').next().unwrap_or_default();
        format!("--map '{name}=./{last}.js'")
    };
    let entries: Vec<String> = names.iter().take(MOST_ENTRIES).map(entry).collect();
    let headline = format!("no module is named for the import `{first}`{more}");
    let note = diag::note("transpile/unmapped-import", headline)
        .label(Place::file(file), "Node finds no module under the name of the import itself");
    io.report(note.help(format!("say where it comes from, seen from the module: {}", entries.join(" "))));
}

/// How many imports the line to use names.
const MOST_ENTRIES: usize = 8;

fn options(args: &TranspileArgs) -> diag::Result<Options> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => default_name(&args.component),
    };
    check_name(&name)?;
    let instantiate = match args.instantiation {
        Instantiation::Esm => Instantiate::Esm,
        Instantiation::Async => Instantiate::Async,
        Instantiation::Sync => Instantiate::Sync,
    };
    let wasi = match args.wasi {
        Wasi::Shim => bindgen_js::Wasi::Shim,
        Wasi::Inline if instantiate != Instantiate::Esm => {
            let headline = "`--wasi inline` goes with `--instantiation esm` alone: else you give the imports";
            return Err(diag::error("usage/command-line", headline).help("leave one of the two out").into());
        }
        Wasi::Inline => bindgen_js::Wasi::Inline,
    };
    Ok(Options { name, instantiate, map: args.map.clone(), wasi })
}

/// Refuses a name that would lead out of the folder, or to a file that nobody sees.
pub(super) fn check_name(name: &str) -> diag::Result<()> {
    let is_odd = |c: char| c.is_control() || ['/', '\\', '\u{2028}', '\u{2029}'].contains(&c);
    if name.is_empty() || name.contains(is_odd) || name.starts_with('.') {
        return Err(diag::error("usage/command-line", format!("`{name}` is no name of a module"))
            .help("name it with `--name N`: N.js is written")
            .into());
    }
    Ok(())
}

/// `app` for `dir/app.component.wasm`.
pub(super) fn default_name(component: &Path) -> String {
    let stem = component.file_stem().unwrap_or_default().to_string_lossy();
    match stem.strip_suffix(".component").unwrap_or(&stem) {
        "-" | "" => "component".to_owned(),
        name => name.to_owned(),
    }
}

fn check_kind(wasm: &Wasm) -> diag::Result<()> {
    match component::kind_of(&wasm.bytes) {
        Some(BinaryKind::WitPackage) => {
            Err(diag::error("component/not-a-component", format!("`{}` is a WIT package", wasm.name))
                .label(Place::file(&*wasm.name), "a component is wanted here")
                .help(format!("write types for it: withe bindgen js {} -o DIR", wasm.name))
                .into())
        }
        // What is no component is told by the reader, with the command that makes one of a core module.
        Some(BinaryKind::Component | BinaryKind::CoreModule) | None => Ok(()),
    }
}

/// Files of other people are not overwritten, and neither is what is read. Core modules say nothing of who wrote them:
/// they are ours where the module beside them is.
fn refuse_foreign<'f>(
    texts: &[(&str, &[u8])],
    core: impl Iterator<Item = (&'f str, &'f [u8])>,
    args: &TranspileArgs,
    io: &Io,
) -> diag::Result<()> {
    const WHAT: &str = "the module goes";
    let foreign = texts.iter().filter_map(|(name, text)| foreign::at(&args.out.join(name), text, WHAT, io));
    let mut found: Vec<Diagnostic> = foreign.collect();
    let module = texts.first().and_then(|(name, _)| io.read_if_there(&args.out.join(name)));
    let is_ours = module.is_some_and(|text| text.starts_with(HEADER.as_bytes()));
    let input = std::fs::canonicalize(io.resolve(&args.component)).ok();
    for (name, bytes) in core {
        let path = args.out.join(name);
        let is_input = input.is_some() && std::fs::canonicalize(io.resolve(&path)).ok() == input;
        if is_input || !is_ours && io.read_if_there(&path).is_some_and(|there| there != bytes) {
            found.push(foreign::error(&path, WHAT));
        }
    }
    foreign::refuse(found)
}

/// Says which entries of the map are for no import.
fn warn_unused_map(map: &[(String, String)], world: &World, file: &str, io: &mut Io) {
    let imports: Vec<String> = world.component.imports.keys().map(ToString::to_string).collect();
    let is_used = |entry: &(String, String)| world.component.imports.keys().any(|name| bindgen_js::maps(entry, name));
    for (from, to) in map.iter().filter(|entry| !is_used(entry)) {
        let near = diag::near_misses(from, imports.iter().map(String::as_str));
        let help = match near.first().copied().or(imports.first().map(String::as_str)) {
            Some(import) => format!("name an import of the component: --map '{import}={to}'"),
            None => "leave it out: the component imports nothing".to_owned(),
        };
        let warning = diag::warning("transpile/unused-map", format!("`--map {from}=…` is for no import"))
            .label(Place::file(file), "has no import of that name");
        io.report(warning.help(help));
    }
}

/// Says what Node needs to take the file for an ES module.
fn note_module_type(folder: &Path, name: &str, io: &mut Io) {
    let whole = std::path::absolute(io.resolve(folder)).unwrap_or_else(|_| folder.to_owned());
    let package = whole.ancestors().find_map(|above| io.read_if_there(&above.join("package.json")));
    let says = package.is_some_and(|text| {
        let text: Value = serde_json::from_slice(&text).unwrap_or_default();
        text.get("type").is_some_and(|found| found == "module")
    });
    if !says {
        let path = folder.join(name);
        let headline = format!("no `package.json` says that `{}` is an ES module", path.display());
        io.report(
            diag::note("transpile/module-type", headline)
                .label(Place::file(path.to_string_lossy()), "Node takes it for one by a slower way, or not at all")
                .help("put `{ \"type\": \"module\" }` into a `package.json` beside it or above"),
        );
    }
}
