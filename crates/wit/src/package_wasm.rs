//! A package in wasm: what the text says, as bytes that WIT tools read.
//!
//! In: a loaded package, and perhaps the world to keep. Out: the bytes of one WIT package.
//! Holds: documentation and gates stand in the custom section `package-docs`, everything else in the types;
//! of other packages the binary has what the package uses, and no more.
//!
//! Specification: "WIT", "Package Format".

use component::package::{PackageItem, PackageItemKind};
use diag::Diagnostic;
use types::{PackageName, Types};
use wit_parser::{Docs as DocText, InterfaceId, PackageId, PackageMetadata, Resolve, WorldId, WorldItem, WorldKey};

use crate::print::{self, Docs};
use crate::{Package, depth, select, world};

/// The package that the user named, as wasm; with a world (chosen by `selector`, or by a built-in name)
/// that world and the interfaces of its package that it needs.
///
/// # Errors
///
/// As [`Package::world`], if there is a selector; `wit/several-packages`, `wit/empty-package`;
/// `encode/invalid-output` for a package beyond the limits of binaries.
pub fn wasm(package: &Package, selector: Option<&str>, docs: Docs) -> diag::Result<Vec<u8>> {
    let world = match (selector, package.chosen) {
        (Some(_), _) => Some(select::world(package, selector)?),
        (None, chosen) => chosen,
    };
    if let Some(world) = world
        && package.component_of(world).is_some()
    {
        // A component has no text that it came from: the text that it is shown as is written.
        return wasm(&print::shown(package)?, Some("root:component/root"), docs);
    }
    depth::check(package)?;
    let id = match world {
        Some(world) => package.resolve.worlds[world].package.expect("a world that was resolved has a package"),
        None => root(package)?,
    };
    // The copy gets a world for each interface, and loses what is not written.
    let mut package = package.clone();
    if let Some(world) = world {
        keep_needed(&mut package.resolve, id, world);
    }
    if docs == Docs::LeaveOut {
        remove_docs(&mut package.resolve);
    }
    encode(package, id)
}

/// The one package that is written: of a file that begins with an empty package, the one that is nested in it.
fn root(package: &Package) -> Result<PackageId, Diagnostic> {
    let is_empty = |id: &PackageId| {
        let package = &package.resolve.packages[*id];
        package.interfaces.is_empty() && package.worlds.is_empty()
    };
    let mut candidates: Vec<PackageId> = package.roots.iter().copied().filter(|id| !is_empty(id)).collect();
    if candidates.is_empty() {
        candidates = package.listed.iter().copied().filter(|id| !is_empty(id)).collect();
    }
    match candidates.as_slice() {
        [] => Err(empty_package(package)),
        [one] => Ok(*one),
        several => Err(several_packages(package, several)),
    }
}

fn empty_package(package: &Package) -> Diagnostic {
    let names: Vec<String> = package.names().iter().map(|name| format!("`{name}`")).collect();
    diag::error("wit/empty-package", format!("{} has nothing that wasm could hold", names.join(", ")))
        .label(package.whole.clone(), "neither an interface nor a world")
        .help("declare an interface or a world, or write it as text, with `--as wit`")
}

fn several_packages(package: &Package, several: &[PackageId]) -> Diagnostic {
    let names: Vec<String> = several.iter().map(|id| format!("`{}`", package_name(&package.resolve, *id))).collect();
    diag::error("wit/several-packages", "a file of wasm holds one package")
        .label(package.whole.clone(), format!("here are {}", names.join(", ")))
        .help("name the file or the folder of one of them, or choose a world with `-w`")
}

fn package_name(resolve: &Resolve, id: PackageId) -> PackageName {
    world::package_name(&resolve.packages[id].name)
}

/// Takes out of the package what the world does not need.
fn keep_needed(resolve: &mut Resolve, id: PackageId, world: WorldId) {
    let needed = print::needed_by_world(resolve, world);
    let package = &mut resolve.packages[id];
    package.worlds.retain(|_, id| *id == world);
    package.interfaces.retain(|_, id| needed.contains(id));
}

/// The interfaces and worlds of the package that the user named, each as a component type.
///
/// # Errors
///
/// `wit/several-packages`, `wit/empty-package`, `wit/too-deep`.
pub fn items(package: &Package, types: &mut Types) -> diag::Result<(PackageName, Vec<PackageItem>)> {
    depth::check(package)?;
    let id = root(package)?;
    let mut package = package.clone();
    Ok((package_name(&package.resolve, id), items_of(&mut package, id, types)))
}

fn items_of(package: &mut Package, id: PackageId, types: &mut Types) -> Vec<PackageItem> {
    let interfaces: Vec<(String, InterfaceId)> =
        package.resolve.packages[id].interfaces.iter().map(|(name, id)| (name.clone(), *id)).collect();
    let worlds = package.resolve.packages[id].worlds.clone();
    let mut items = Vec::new();
    for (name, interface) in interfaces {
        let world = around(&mut package.resolve, id, interface);
        let component = world::world(package, types, world).component;
        items.push(PackageItem { name, kind: PackageItemKind::Interface, component });
    }
    for (name, world) in worlds {
        let component = world::world(package, types, world).component;
        items.push(PackageItem { name, kind: PackageItemKind::World, component });
    }
    items
}

fn encode(mut package: Package, id: PackageId) -> diag::Result<Vec<u8>> {
    let name = package_name(&package.resolve, id);
    let docs = PackageMetadata::extract(&package.resolve, id);
    let docs = docs.encode().expect("every table of the documentation has a JSON form");
    let mut types = Types::new();
    let items = items_of(&mut package, id, &mut types);
    let customs = vec![(PackageMetadata::SECTION_NAME.to_owned(), docs)];
    component::package::encode(&types, &component::package::Package { name, items, customs })
}

/// A world that exports an interface and imports what that uses: the types of the one are made from those of the others.
pub(crate) fn around(resolve: &mut Resolve, package: PackageId, interface: InterfaceId) -> WorldId {
    let imports = uses(resolve, interface).into_iter().map(|id| item(resolve, id)).collect();
    let exports = [item(resolve, interface)].into_iter().collect();
    resolve.worlds.alloc(wit_parser::World {
        name: String::new(),
        imports,
        exports,
        package: Some(package),
        docs: DocText::default(),
        stability: wit_parser::Stability::default(),
        includes: Vec::new(),
        span: wit_parser::Span::default(),
    })
}

fn item(resolve: &Resolve, id: InterfaceId) -> (WorldKey, WorldItem) {
    let interface = &resolve.interfaces[id];
    let item = WorldItem::Interface {
        id,
        stability: interface.stability.clone(),
        external_id: None,
        docs: DocText::default(),
        span: interface.span,
    };
    (WorldKey::Interface(id), item)
}

/// The interfaces that one uses, itself or through others; each after those that it uses.
fn uses(resolve: &Resolve, interface: InterfaceId) -> Vec<InterfaceId> {
    let mut found: indexmap::IndexSet<InterfaceId> = indexmap::IndexSet::new();
    // What is to be entered, and what has been entered and is put after all that it uses.
    let mut open = vec![(interface, false)];
    while let Some((id, entered)) = open.pop() {
        if entered {
            found.insert(id);
        } else if !found.contains(&id) {
            open.push((id, true));
            let direct: Vec<InterfaceId> = resolve.interface_direct_deps(id).filter(|dep| *dep != id).collect();
            open.extend(direct.into_iter().rev().map(|dep| (dep, false)));
        }
    }
    found.shift_remove(&interface);
    found.into_iter().collect()
}

fn remove_docs(resolve: &mut Resolve) {
    resolve.packages.iter_mut().for_each(|(_, package)| package.docs = DocText::default());
    for (_, interface) in resolve.interfaces.iter_mut() {
        interface.docs = DocText::default();
        interface.functions.values_mut().for_each(|function| function.docs = DocText::default());
    }
    for (_, world) in resolve.worlds.iter_mut() {
        world.docs = DocText::default();
        for item in world.imports.values_mut().chain(world.exports.values_mut()) {
            match item {
                WorldItem::Interface { docs, .. } => *docs = DocText::default(),
                WorldItem::Function(function) => function.docs = DocText::default(),
                WorldItem::Type { .. } => {}
            }
        }
    }
    for (_, definition) in resolve.types.iter_mut() {
        definition.docs = DocText::default();
        remove_part_docs(&mut definition.kind);
    }
}

fn remove_part_docs(kind: &mut wit_parser::TypeDefKind) {
    use wit_parser::TypeDefKind;
    match kind {
        TypeDefKind::Record(record) => record.fields.iter_mut().for_each(|field| field.docs = DocText::default()),
        TypeDefKind::Variant(variant) => variant.cases.iter_mut().for_each(|case| case.docs = DocText::default()),
        TypeDefKind::Enum(of) => of.cases.iter_mut().for_each(|case| case.docs = DocText::default()),
        TypeDefKind::Flags(flags) => flags.flags.iter_mut().for_each(|flag| flag.docs = DocText::default()),
        _ => {}
    }
}
