//! Scripts composed with packages that stand in a folder: `NAMESPACE/NAME` with `.wasm`, `.wat`, or as a folder of WIT.
//!
//! In: a script and its folder. Out: a valid component, or what is wrong.
#![expect(clippy::disallowed_methods, reason = "the packages are files")]

use std::fs;
use std::path::{Path, PathBuf};

use component::package::PackageItemKind;
use diag::{Diagnostic, Diagnostics};
use indexmap::IndexMap;
use types::Types;
use withe_wac::syntax::tree::Package as PackageName;
use withe_wac::{Contents, Package, PackageUse, Packages, WitItem};

/// What a script became.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    pub bytes: Vec<u8>,
    /// The graph, as lines.
    pub wiring: String,
    pub notes: Vec<Diagnostic>,
}

/// A package before it is read.
pub enum File {
    Wasm { name: String, bytes: Vec<u8> },
    Wit { name: String, tree: wit::SourceTree },
    Missing,
}

pub fn compose_file(types: &mut Types, script: &Path, folder: &Path) -> Result<Composed, Vec<Diagnostic>> {
    let bytes = fs::read(script).expect("a script can be read");
    let name = script.file_name().expect("a script has a name").to_string_lossy().into_owned();
    compose_text(types, &name, bytes, &|package| find(folder, package))
}

pub fn compose_text(
    types: &mut Types,
    name: &str,
    text: Vec<u8>,
    find: &dyn Fn(&PackageName) -> File,
) -> Result<Composed, Vec<Diagnostic>> {
    let mut parsed = withe_wac::parse(withe_wac::source(name, text).map_err(|found| vec![found])?);
    if !parsed.problems.is_empty() {
        return Err(parsed.problems);
    }
    // No feature is on.
    let hidden = parsed.script.hide_unstable(|_| false);
    let uses = parsed.script.packages();
    let files: Vec<(PackageUse, File)> = uses.into_iter().map(|used| (used.clone(), find(&used.package))).collect();
    let packages = packages(types, &files);
    let composed = withe_wac::resolve_showing(types, &parsed.source, &parsed.script, packages, &hidden)
        .and_then(|resolved| resolved.build(types))
        .and_then(|wired| {
            let plan = compose::plan(types, &wired.graph)?;
            let bytes = component::emit(&plan, component::EmitOptions::default());
            Ok((bytes, wired.graph.dump(), wired.notes))
        });
    let (bytes, wiring, notes) = composed.map_err(|Diagnostics(found)| found)?;
    if let Err(why) = validate(&bytes) {
        panic!("{name}: not valid: {why}\n{wiring}");
    }
    if let Err(why) = comes_back(&wiring, &bytes) {
        panic!("{name}: {why}\n{wiring}");
    }
    Ok(Composed { bytes, wiring, notes })
}

/// Decoding gives the same graph, and that the same bytes.
fn comes_back(wiring: &str, bytes: &[u8]) -> Result<(), String> {
    let types = &mut Types::new();
    let graph = compose::decode(types, "composed.wasm", bytes).map_err(|error| format!("not read back: {error:#?}"))?;
    if graph.dump() != wiring {
        return Err(format!("read back as\n{}", graph.dump()));
    }
    let plan = compose::plan(types, &graph).map_err(|error| format!("not planned again: {error:#?}"))?;
    let again = component::emit(&plan, component::EmitOptions::default());
    if again == bytes { Ok(()) } else { Err("read back, it has other bytes".to_owned()) }
}

/// Both versions of the validator.
pub fn validate(bytes: &[u8]) -> Result<(), String> {
    let here = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(bytes);
    here.map_err(|error| error.to_string())?;
    let features = wasmparser_embedded::WasmFeatures::all();
    let embedded = wasmparser_embedded::Validator::new_with_features(features).validate_all(bytes);
    embedded.map(|_| ()).map_err(|error| format!("the embedded version: {error}"))
}

/// The package in a folder; a file by its path there.
pub fn find(folder: &Path, package: &PackageName) -> File {
    let base = match package {
        PackageName::File(file) => return at(&folder.join(&file.text)),
        PackageName::Name(name) => {
            let mut base: PathBuf = folder.to_owned();
            base.extend(name.parts.iter().map(|part| part.text.as_str()));
            if let Some(version) = &name.version {
                base.push(version.value.to_string());
            }
            base
        }
    };
    if base.is_dir() {
        return at(&base);
    }
    let with = |ending: &str| PathBuf::from(format!("{}.{ending}", base.display()));
    let found = ["wasm", "wat", "wit"].map(with).into_iter().find(|path| path.is_file());
    found.map_or(File::Missing, |path| at(&path))
}

fn at(path: &Path) -> File {
    let name = path.file_name().expect("a path has a name").to_string_lossy().into_owned();
    if path.is_dir() {
        let mut files = IndexMap::new();
        gather(path, &name, &mut files);
        return File::Wit { tree: wit::SourceTree::of_folder(name.clone(), files), name };
    }
    let Ok(bytes) = fs::read(path) else { return File::Missing };
    if name.ends_with(".wit") {
        return File::Wit { tree: wit::SourceTree::of_file(name.clone(), bytes), name };
    }
    let bytes = wat::parse_bytes(&bytes).map(|bytes| bytes.into_owned()).unwrap_or(bytes);
    File::Wasm { name, bytes }
}

/// The WIT of a folder, by path.
fn gather(folder: &Path, name: &str, files: &mut IndexMap<String, Vec<u8>>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("it is a folder").map(|entry| entry.expect("it can be listed").path()).collect();
    entries.sort();
    for path in entries {
        let name = format!("{name}/{}", path.file_name().expect("a listed path has a name").to_string_lossy());
        if path.is_dir() {
            gather(&path, &name, files);
        } else if name.ends_with(".wit") {
            files.insert(name, fs::read(&path).expect("a listed file can be read"));
        }
    }
}

fn packages<'a>(types: &mut Types, files: &'a [(PackageUse, File)]) -> Packages<'a> {
    let mut packages = Packages::default();
    for (used, file) in files {
        let sides = [(&mut packages.components, used.is_component), (&mut packages.types, used.has_types)];
        for (side, _) in sides.into_iter().filter(|(_, wanted)| *wanted) {
            side.insert(used.package.clone(), package(types, file));
        }
    }
    packages
}

fn package<'a>(types: &mut Types, file: &'a File) -> Package<'a> {
    let (name, contents) = match file {
        File::Missing => (String::new(), Ok(Contents::Missing { searched: Vec::new(), near: Vec::new() })),
        File::Wasm { name, bytes } => {
            let read = component::read(types, name, bytes);
            (name.clone(), read.map(|read| Contents::Component { bytes, ty: read.ty }))
        }
        File::Wit { name, tree } => (name.clone(), wit_of(types, tree)),
    };
    Package { file: name, contents: contents.unwrap_or_else(Contents::Unreadable) }
}

fn wit_of<'a>(types: &mut Types, tree: &wit::SourceTree) -> diag::Result<Contents<'a>> {
    let package = wit::load(tree, &wit::LoadOptions::default())?;
    let (name, items) = wit::items(&package, types)?;
    let items = items
        .into_iter()
        .map(|item| (item.name, WitItem { is_world: item.kind == PackageItemKind::World, component: item.component }));
    Ok(Contents::Wit { name: Some(name), items: items.collect() })
}

pub fn drawn(problems: &[Diagnostic]) -> String {
    let style = diag::human::Style { color: false, width: 120 };
    problems.iter().map(|one| diag::human::render(one, style)).collect()
}
