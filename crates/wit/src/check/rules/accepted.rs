//! What wit-parser accepts and components cannot have.
//!
//! In: a world that was loaded. Out: each thing in it that the specification refuses in a binary, with its place.
//! Holds: only what the world needs is looked at, and only when component types are made of it: as WIT text, all of it
//! stays what wit-parser accepts.
//!
//! Specification: Component Model explainer, "Import and Export Definitions"; Binary, "Type Definitions".

use std::collections::HashMap;

use diag::{Diagnostic, Diagnostics, Place};
use wit_parser::{InterfaceId, LiveTypes, PackageId, Span, TypeDefKind, TypeId, WorldId, WorldKey};

use super::names::folded;
use super::sizes::Sizes;
use crate::{Package, scan};

/// No value may take as many bytes, in a 64-bit memory, as this.
const TOO_LARGE: u64 = 1 << 28;

/// Refuses what no component can have.
///
/// # Errors
///
/// `wit/list-length`, `wit/too-large`, `wit/package-name`, `wit/duplicate`.
pub(crate) fn check_accepted(package: &Package, world: WorldId) -> diag::Result<()> {
    let mut found = Vec::new();
    types(package, world, &mut found);
    names(package, world, &mut found);
    if found.is_empty() { Ok(()) } else { Err(Diagnostics(found)) }
}

fn types(package: &Package, world: WorldId, found: &mut Vec<Diagnostic>) {
    let resolve = &package.resolve;
    let mut live = LiveTypes::default();
    live.add_world(resolve, world);
    let mut sizes = Sizes::default();
    // A type comes after those that it is made of.
    for id in live.iter() {
        let size = sizes.add(resolve, id).size;
        let kind = &resolve.types[id].kind;
        if let TypeDefKind::FixedLengthList(_, 0) = kind {
            let one = diag::error("wit/list-length", "a list of fixed length has no items");
            let one = one.label(place(package, id), "of length 0");
            found.push(one.help("write a length of at least 1"));
        }
        // Another name for a type that is too large says nothing new.
        if size >= TOO_LARGE && !matches!(kind, TypeDefKind::Type(_)) {
            let one = diag::error("wit/too-large", "values of a type take too many bytes");
            let one = one.label(place(package, id), format!("{size} bytes; fewer than {TOO_LARGE} are allowed"));
            found.push(one.help("make a `list` without a length of the large part"));
            return;
        }
    }
}

fn place(package: &Package, id: TypeId) -> Place {
    package.place(package.resolve.types[id].span).unwrap_or_else(|| package.whole.clone())
}

fn names(package: &Package, world: WorldId, found: &mut Vec<Diagnostic>) {
    let resolve = &package.resolve;
    let world = &resolve.worlds[world];
    let mut told: Vec<PackageId> = Vec::new();
    if let Some(owner) = world.package
        && let Some(one) = capitals(package, owner, world.span)
    {
        told.push(owner);
        found.push(one);
    }
    for (items, what) in [(&world.imports, "import"), (&world.exports, "export")] {
        let mut seen: HashMap<String, InterfaceId> = HashMap::new();
        for key in items.keys() {
            let WorldKey::Interface(id) = key else { continue };
            let interface = &resolve.interfaces[*id];
            if let Some(owner) = interface.package
                && !told.contains(&owner)
                && let Some(one) = capitals(package, owner, interface.span)
            {
                told.push(owner);
                found.push(one);
            }
            let Some(name) = resolve.id_of(*id) else { continue };
            if let Some(first) = seen.insert(folded_path(&name), *id) {
                found.push(alike(package, what, *id, first));
            }
        }
    }
}

/// An interface's full name as it is compared.
fn folded_path(name: &str) -> String {
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    format!("{}@{version}", folded(path))
}

fn alike(package: &Package, what: &str, again: InterfaceId, first: InterfaceId) -> Diagnostic {
    let resolve = &package.resolve;
    let name = |id| resolve.id_of(id).unwrap_or_default();
    let (text, before) = (name(again), name(first));
    let mut one = diag::error("wit/duplicate", format!("{what} `{text}` counts as the same name as `{before}`"));
    let places = [(again, "differs from it only in hyphens or capitals"), (first, "the first one")];
    for (id, label) in places {
        let place = package.place(resolve.interfaces[id].span).unwrap_or_else(|| package.whole.clone());
        one = one.label(place, label);
    }
    one.help("rename one of the two")
}

/// A package whose name has capitals, which WIT allows and the names of imports and exports do not.
fn capitals(package: &Package, id: PackageId, inside: Span) -> Option<Diagnostic> {
    let name = &package.resolve.packages[id].name;
    let has_capitals = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
    if !has_capitals(&name.namespace) && !has_capitals(&name.name) {
        return None;
    }
    let written = format!("{}:{}", name.namespace, name.name);
    let one = diag::error("wit/package-name", format!("the name of package `{written}` has capitals"));
    let one = one.label(declaration(package, name, inside), "the binary format allows small letters only");
    Some(one.help(format!("write `{}`", written.to_ascii_lowercase())))
}

/// Where a package is declared: in the file of something in it.
fn declaration(package: &Package, name: &wit_parser::PackageName, inside: Span) -> Place {
    let Some(inside) = package.place(inside) else { return package.whole.clone() };
    let Place::Text { source, .. } = &inside else { return inside };
    let tokens = scan::tokens(&source.text);
    let parts = ["package", name.namespace.as_str(), ":", name.name.as_str()];
    let header = tokens.windows(parts.len()).find(|window| window.iter().map(|token| token.text).eq(parts));
    match header {
        Some(header) => Place::text(source, header[1].range.start..header[3].range.end),
        None => inside,
    }
}
