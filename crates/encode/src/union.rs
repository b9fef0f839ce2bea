//! The target world: the union of the worlds that the parts of a component were built for.
//!
//! In: worlds, each with the file that it came from. Out: one world, or every way in which they differ.
//! Holds: the same name means the same item: types that differ are told, never merged silently; versions of an
//! interface are several items, which `merge` makes one.

use diag::{Diagnostic, Place};
use types::mismatch::Mismatch;
use types::union::Union;
use types::{Types, World};

/// The union of all worlds; name and documentation are those of the first. There must be one.
///
/// # Errors
///
/// `encode/metadata-conflict`, for each item that two worlds declare differently.
pub fn union_worlds(types: &mut Types, worlds: &[(String, World)]) -> diag::Result<World> {
    let (_, first) = &worlds[0];
    let mut union = Union::exact();
    let mut conflicts = Vec::new();
    for (file, world) in worlds {
        if let Err(mismatches) = union.add_component(types, &world.component) {
            conflicts.extend(mismatches.iter().map(|mismatch| conflict(file, mismatch)));
        }
    }
    if !conflicts.is_empty() {
        return Err(diag::Diagnostics(conflicts));
    }
    Ok(World { component: union.into_component(types), ..first.clone() })
}

fn conflict(file: &str, mismatch: &Mismatch) -> Diagnostic {
    let here = || Place::binary(file, format!("world: {}", mismatch.path));
    let found = mismatch.found_place.clone().unwrap_or_else(here);
    let error = diag::error("encode/metadata-conflict", format!("`{}` is declared in two ways", mismatch.path))
        .label(found, mismatch.text());
    match &mismatch.expected_place {
        Some(place) => error.label(place.clone(), "declared here as well"),
        None => error,
    }
    .help("build all parts against the same version of the WIT")
}
