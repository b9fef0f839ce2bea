//! WIT that comes in wasm.
//!
//! In: the bytes of a WIT package, of a component, or of a core module with embedded metadata.
//! Out: a resolve of their packages, and the world that a core module has; a component, to read its world from.
//! Holds: the custom sections `component-type*` of a core module are read together, as one world.

use std::collections::HashSet;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};

use component::BinaryKind;
use diag::{Diagnostics, Place};
use wit_parser::decoding::{DecodedWasm, decode, decode_world};
use wit_parser::{CloneMaps, Resolve, WorldId};

use super::Loading;
use crate::component_world::{self, ComponentWorld};

pub(crate) fn is_wasm(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// Whether this is a core module: the other layer is that of components and WIT packages.
fn is_core(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(&[1, 0, 0, 0])
}

/// Reads a wasm file that the user named.
pub(crate) fn read_root(loading: &mut Loading, file: &str, bytes: &[u8]) -> diag::Result<()> {
    if is_core(bytes) {
        let (resolve, world) = core_module(file, bytes)?;
        return add(loading, file, resolve, |loading, remap| {
            let world = remap.map_world(world, wit_parser::Span::default()).expect("a decoded world has no gates");
            loading.chosen = Some(world);
            loading.main.extend(loading.resolve.worlds[world].package);
        });
    }
    if component::kind_of(bytes) == Some(BinaryKind::Component) {
        return read_component(loading, file, bytes);
    }
    match caught(file, || decode(bytes))? {
        DecodedWasm::WitPackage(resolve, package) => add(loading, file, resolve, |loading, remap| {
            loading.main.push(remap.packages[package.index()]);
        }),
        DecodedWasm::Component(..) => read_component(loading, file, bytes),
    }
}

fn read_component(loading: &mut Loading, file: &str, bytes: &[u8]) -> diag::Result<()> {
    let (component, note) = ComponentWorld::read(file, bytes)?;
    let world = component_world::add_name(&mut loading.resolve);
    loading.chosen = Some(world);
    loading.main.extend(loading.resolve.worlds[world].package);
    loading.component = Some(component);
    loading.notes.extend(note);
    Ok(())
}

/// Reads a WIT package in a `deps` folder.
pub(crate) fn read_dependency(loading: &mut Loading, file: &str, bytes: &[u8]) -> diag::Result<()> {
    if !is_wasm(bytes) {
        return Err(not_a_package(file, "neither wasm nor WIT"));
    }
    if is_core(bytes) {
        return Err(not_a_package(file, "a core module"));
    }
    match caught(file, || decode(bytes))? {
        DecodedWasm::WitPackage(resolve, _) => add(loading, file, resolve, |_, _| ()),
        DecodedWasm::Component(..) => {
            Err(diag::error("wit/not-a-package", format!("`{file}` is a component, not a WIT package"))
                .label(Place::file(file), "a component in a `deps` folder")
                .help("take it out of the `deps` folder")
                .into())
        }
    }
}

fn not_a_package(file: &str, found: &str) -> Diagnostics {
    diag::error("wit/not-a-package", format!("`{file}` is no WIT package"))
        .label(Place::file(file), found)
        .help("take it out of the `deps` folder")
        .into()
}

fn add(
    loading: &mut Loading,
    file: &str,
    resolve: Resolve,
    then: impl FnOnce(&mut Loading, wit_parser::Remap),
) -> diag::Result<()> {
    check_circles(file, &resolve)?;
    // What is in a binary was chosen when it was written; a gate that remains says of it what it says and hides nothing.
    let all_features = std::mem::replace(&mut loading.resolve.all_features, true);
    let remap = caught(file, || loading.resolve.merge(resolve))?;
    then(loading, remap);
    loading.resolve.all_features = all_features;
    Ok(())
}

/// The world that a core module's metadata says.
fn core_module(file: &str, bytes: &[u8]) -> diag::Result<(Resolve, WorldId)> {
    let mut merged: Option<(Resolve, WorldId)> = None;
    for section in custom_sections(bytes).filter(|(name, _)| name.starts_with("component-type")) {
        let (resolve, world) = metadata(file, section.1)?;
        check_circles(file, &resolve)?;
        merged = Some(match merged {
            None => (resolve, world),
            Some((mut into, into_world)) => {
                let remap = caught(file, || into.merge(resolve))?;
                let world = remap.map_world(world, wit_parser::Span::default()).expect("a decoded world has no gates");
                caught(file, || into.merge_worlds(world, into_world, &mut CloneMaps::default()))?;
                (into, into_world)
            }
        });
    }
    merged.ok_or_else(|| {
        diag::error("wit/no-metadata", format!("`{file}` is a core module that carries no WIT"))
            .label(Place::binary(file, "custom sections"), "none is named `component-type`")
            .help("put the world in with `withe embed`, or name the WIT itself")
            .into()
    })
}

/// The world that one section says: a component that exports it as a type; in an older form a version, the encoding of
/// strings, the world's name, and its package.
fn metadata(file: &str, data: &[u8]) -> diag::Result<(Resolve, WorldId)> {
    let [3, _, rest @ ..] = data else { return caught(file, || decode_world(data)) };
    let named = leb(rest).and_then(|(length, rest)| rest.split_at_checked(length));
    let Some((name, package)) = named else { return Err(broken(file, &"the metadata ends in the world's name")) };
    let DecodedWasm::WitPackage(resolve, package) = caught(file, || decode(package))? else {
        return Err(broken(file, &"the metadata is a component and no package"));
    };
    let worlds = &resolve.packages[package].worlds;
    let world = std::str::from_utf8(name).ok().and_then(|name| worlds.get(name)).copied();
    world.map(|world| (resolve, world)).ok_or_else(|| broken(file, &"the metadata names a world that it has not"))
}

/// The custom sections of a module, as far as it can be read.
fn custom_sections(bytes: &[u8]) -> impl Iterator<Item = (&str, &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or(&[]);
    std::iter::from_fn(move || {
        loop {
            let (id, after) = rest.split_first()?;
            let (size, after) = leb(after)?;
            let body = after.get(..size)?;
            rest = &after[size..];
            if *id == 0 {
                let (len, name) = leb(body)?;
                let data = name.get(len..)?;
                if let Ok(name) = std::str::from_utf8(&name[..len]) {
                    return Some((name, data));
                }
            }
        }
    })
}

/// An unsigned LEB128 number of at most 32 bits, and what follows.
fn leb(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_u32;
    for (position, byte) in bytes.iter().take(5).enumerate() {
        value |= u32::from(byte & 0x7f).checked_shl(7 * u32::try_from(position).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, &bytes[position + 1..]));
        }
    }
    None
}

/// Runs wit-parser's decoder; a panic in it, which a damaged binary can cause, ends in a diagnostic as well.
fn caught<T, E: std::fmt::Display>(file: &str, body: impl FnOnce() -> Result<T, E>) -> diag::Result<T> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(broken(file, &error)),
        Err(_) => Err(broken(file, &"what it says of one interface contradicts itself")),
    }
}

/// Refuses interfaces and packages that use one another in a circle, as no text could say them.
fn check_circles(file: &str, resolve: &Resolve) -> diag::Result<()> {
    let interfaces = resolve.interfaces.iter().map(|(id, _)| id);
    let used = |id| resolve.interface_direct_deps(id).filter(|on| *on != id).collect();
    let packages = resolve.packages.iter().map(|(id, _)| id);
    if has_circle(interfaces, used) || has_circle(packages, |id| resolve.package_direct_deps(id).collect()) {
        return Err(broken(file, &"interfaces or packages in it use one another in a circle"));
    }
    Ok(())
}

/// Whether something uses itself, directly or through others.
fn has_circle<T: Copy + Eq + Hash>(all: impl Iterator<Item = T>, used: impl Fn(T) -> HashSet<T>) -> bool {
    let (mut entered, mut done) = (HashSet::new(), HashSet::new());
    for start in all {
        // What is to be entered, and what has been entered and is left after all that it uses.
        let mut open = vec![(start, false)];
        while let Some((at, leave)) = open.pop() {
            if leave {
                done.insert(at);
            } else if !done.contains(&at) {
                if !entered.insert(at) {
                    return true;
                }
                open.push((at, true));
                open.extend(used(at).into_iter().filter(|on| !done.contains(on)).map(|on| (on, false)));
            }
        }
    }
    false
}

fn broken(file: &str, error: &dyn std::fmt::Display) -> Diagnostics {
    let reason = error.to_string();
    let reason = reason.lines().next().unwrap_or_default().to_owned();
    diag::error("wit/broken-binary", format!("`{file}` cannot be read as WIT in wasm"))
        .label(Place::file(file), reason)
        .help("build the file again")
        .into()
}
