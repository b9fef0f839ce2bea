//! Which world is meant.

use diag::{Diagnostic, Diagnostics, near_misses};
use wit_parser::WorldId;

use crate::Package;

/// The worlds of the packages that the user named.
///
/// A file whose own package has none, but nested packages that have, offers theirs.
pub(crate) fn candidates(package: &Package) -> Vec<WorldId> {
    if let Some(chosen) = package.chosen {
        return vec![chosen];
    }
    package.main.iter().flat_map(|id| package.resolve.packages[*id].worlds.values().copied()).collect()
}

/// The shortest name that says which candidate is meant.
pub(crate) fn flag_name(package: &Package, world: WorldId) -> String {
    let name = &package.resolve.worlds[world].name;
    let same = candidates(package).into_iter().filter(|other| package.resolve.worlds[*other].name == *name).count();
    if same == 1 { name.clone() } else { full_name(package, world) }
}

/// `namespace:package/world@version`.
pub(crate) fn full_name(package: &Package, world: WorldId) -> String {
    let world = &package.resolve.worlds[world];
    match world.package {
        Some(id) => package.resolve.id_of_name(id, &world.name),
        None => world.name.clone(),
    }
}

pub(crate) fn world(package: &Package, selector: Option<&str>) -> diag::Result<WorldId> {
    let candidates = candidates(package);
    let Some(selector) = selector else {
        return match candidates.as_slice() {
            [] => Err(no_world(package).into()),
            [one] => Ok(*one),
            several => Err(ambiguous(package, several, "several worlds could be meant").into()),
        };
    };
    let named: Vec<WorldId> = candidates.iter().copied().filter(|world| is_named(package, *world, selector)).collect();
    match named.as_slice() {
        [one] => return Ok(*one),
        [] => {}
        several => return Err(ambiguous(package, several, format!("several worlds are named `{selector}`")).into()),
    }
    // A full name may also say a world of a package that is only needed.
    let anywhere: Vec<WorldId> = (package.resolve.worlds.iter().map(|(id, _)| id))
        .filter(|world| selector.contains(':') && is_named(package, *world, selector))
        .collect();
    match anywhere.as_slice() {
        [one] => Ok(*one),
        [] => Err(unknown(package, &candidates, selector)),
        several => Err(ambiguous(package, several, format!("several worlds are named `{selector}`")).into()),
    }
}

/// Whether a selector says this world: its name, or its package's too, with or without the version.
fn is_named(package: &Package, world: WorldId, selector: &str) -> bool {
    let world_name = &package.resolve.worlds[world].name;
    let selector = selector.trim_start_matches('%');
    if selector == world_name {
        return true;
    }
    let full = full_name(package, world);
    let unversioned = full.split('@').next().unwrap_or(&full);
    selector == full || selector == unversioned
}

fn ambiguous(package: &Package, worlds: &[WorldId], headline: impl Into<String>) -> Diagnostic {
    let mut flags: Vec<String> = worlds.iter().map(|world| flag_name(package, *world)).collect();
    flags.dedup();
    if flags.len() < worlds.len() {
        flags = worlds.iter().map(|world| full_name(package, *world)).collect();
    }
    let flags: Vec<String> = flags.iter().map(|name| format!("`-w {name}`")).collect();
    let mut found = diag::error("wit/world-ambiguous", headline);
    for world in worlds {
        found = match package.place(package.resolve.worlds[*world].span) {
            Some(place) => found.label(place, "a world"),
            None => found,
        };
    }
    if found.labels.is_empty() {
        found = found.label(package.whole.clone(), "has several worlds");
    }
    found.help(format!("choose one: {}", flags.join(", ")))
}

fn no_world(package: &Package) -> Diagnostic {
    let names: Vec<String> = package.names().iter().map(|name| format!("`{name}`")).collect();
    diag::error("wit/no-world", format!("{} has no world", names.join(", ")))
        .label(package.whole.clone(), "only interfaces are declared here")
        .help("declare a world, for example `world app { export your-interface; }`")
}

fn unknown(package: &Package, candidates: &[WorldId], selector: &str) -> Diagnostics {
    let names: Vec<String> = candidates.iter().map(|world| flag_name(package, *world)).collect();
    let short = selector.rsplit('/').next().unwrap_or(selector);
    let short = short.split('@').next().unwrap_or(short);
    let near = near_misses(short, names.iter().map(String::as_str));
    let found = diag::error("wit/unknown-world", format!("there is no world `{selector}`"))
        .label(package.whole.clone(), "searched here");
    let found = match (near.first(), names.is_empty()) {
        (Some(near), _) => found.help(format!("did you mean `-w {near}`?")),
        (None, true) => found.help("declare a world, for example `world app { export your-interface; }`"),
        (None, false) => {
            let flags: Vec<String> = names.iter().map(|name| format!("`-w {name}`")).collect();
            found.help(format!("choose one: {}", flags.join(", ")))
        }
    };
    found.into()
}
