//! The packages of a script, read.
//!
//! In: what was found. Out: components and WIT, as component types.
//! Holds: what cannot be read is kept as what is wrong with it, to be told where the script names it.

use std::path::Path;

use component::BinaryKind;
use component::package::{PackageItem, PackageItemKind};
use diag::Diagnostics;
use types::Types;
use wac::syntax::PackageUse;
use wac::syntax::tree::Package;
use wac::{Contents, Packages, WitItem};

use super::find::{Found, Places, Wanted};
use crate::Io;
use crate::io::Wasm;

/// A package as it was found, for one need of the script.
pub struct File {
    package: Package,
    wanted: Wanted,
    /// As messages show it.
    name: String,
    held: Held,
}

/// What a file holds.
enum Held {
    Wasm(Wasm),
    Wit(wit::SourceTree),
    Nothing { searched: Vec<String>, near: Vec<String> },
    Unreadable(Diagnostics),
}

impl File {
    /// The file or folder, if there is one.
    pub fn path(&self) -> Option<&Path> {
        match self.held {
            Held::Wasm(_) | Held::Wit(_) => Some(Path::new(&self.name)),
            Held::Nothing { .. } | Held::Unreadable(_) => None,
        }
    }
}

/// Finds and reads every package.
pub fn read_all(places: &Places, packages: &[PackageUse], io: &mut Io) -> Vec<File> {
    let mut files = Vec::new();
    for PackageUse { package, is_component, has_types, .. } in packages {
        let needs = [(Wanted::Component, *is_component), (Wanted::Types, *has_types)];
        for (wanted, _) in needs.into_iter().filter(|(_, needed)| *needed) {
            let found = places.find(package, wanted, io);
            let (name, held) = read(found, wanted, io);
            files.push(File { package: package.clone(), wanted, name, held });
        }
    }
    files
}

fn read(found: Found, wanted: Wanted, io: &mut Io) -> (String, Held) {
    match found {
        Found::Nowhere { searched, near } => (String::new(), Held::Nothing { searched, near }),
        Found::BuiltIn(name) => {
            let tree = wit::SourceTree::built_in(name.as_str());
            (name, Held::Wit(tree))
        }
        Found::Path(path) => {
            let held = match read_path(&path, wanted, io) {
                Ok(held) => held,
                Err(found) => Held::Unreadable(found),
            };
            (super::find::shown(&path), held)
        }
    }
}

/// A folder is WIT, and so is a text that is no text form of wasm.
fn read_path(path: &Path, wanted: Wanted, io: &mut Io) -> diag::Result<Held> {
    let is_wit = io.resolve(path).is_dir() || path.extension().is_some_and(|ending| ending == "wit");
    if is_wit {
        return io.source_tree(path).map(Held::Wit);
    }
    let wasm = io.read_wasm(path)?;
    if wanted == Wanted::Types && component::kind_of(&wasm.bytes) == Some(BinaryKind::WitPackage) {
        return Ok(Held::Wit(wit::SourceTree::of_file(wasm.name, wasm.bytes)));
    }
    Ok(Held::Wasm(wasm))
}

/// All packages as the resolver takes them.
pub fn packages<'a>(types: &mut Types, files: &'a [File], options: &wit::LoadOptions, io: &mut Io) -> Packages<'a> {
    let mut packages = Packages::default();
    for file in files {
        let contents = match contents(types, file, options, io) {
            Ok(contents) => contents,
            Err(found) => Contents::Unreadable(found),
        };
        let side = match file.wanted {
            Wanted::Component => &mut packages.components,
            Wanted::Types => &mut packages.types,
        };
        side.insert(file.package.clone(), wac::Package { file: file.name.clone(), contents });
    }
    packages
}

fn contents<'a>(
    types: &mut Types,
    file: &'a File,
    options: &wit::LoadOptions,
    io: &mut Io,
) -> diag::Result<Contents<'a>> {
    match &file.held {
        Held::Nothing { searched, near } => Ok(Contents::Missing { searched: searched.clone(), near: near.clone() }),
        Held::Unreadable(found) => Err(found.clone()),
        Held::Wasm(Wasm { name, bytes }) => match component::kind_of(bytes) {
            Some(BinaryKind::WitPackage) => Ok(Contents::Wit { name: None, items: Default::default() }),
            Some(BinaryKind::Component | BinaryKind::CoreModule) | None => {
                let ty = component::read(types, name, bytes)?.ty;
                Ok(Contents::Component { bytes, ty })
            }
        },
        // Its contents do not matter where a component is wanted.
        Held::Wit(_) if file.wanted == Wanted::Component => Ok(Contents::Wit { name: None, items: Default::default() }),
        Held::Wit(tree) => {
            let package = io.load_wit(Path::new(&file.name), tree, options)?;
            io.report_all(package.notes().iter().cloned());
            let (name, items) = wit::items(&package, types)?;
            let items = items.into_iter().map(|PackageItem { name, kind, component }| {
                (name, WitItem { is_world: kind == PackageItemKind::World, component })
            });
            Ok(Contents::Wit { name: Some(name), items: items.collect() })
        }
    }
}
