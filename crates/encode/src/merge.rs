//! The names of the target world: one import for each interface and semver track, canonical names if they are asked for.
//!
//! In: the union of all worlds. Out: the world of the component, or what stands against it.
//! Holds: a version that stands for another has all that the other has, with equal types, so that no module meets
//! another memory layout than it was built for.
//!
//! Specification: Component Model explainer, "Canonical Interface Name".

use diag::{Diagnostic, Diagnostics, Place};
use indexmap::IndexMap;
use types::merge::{Conflict, Why, merge_versions};
use types::mismatch::NOTHING;
use types::{ExternName, InterfaceName, Item, ItemKind, Mismatch, Types, World, version};

use crate::input::Options;
use crate::names;

/// At most this many differences of two versions are shown: the others are most often of the same kind.
const MOST_SHOWN: usize = 4;

/// The world with one import for each interface and semver track: the highest version.
///
/// # Errors
///
/// `encode/version-conflict` for each two versions that cannot become one.
pub fn merge_imports(types: &mut Types, world: &World) -> diag::Result<World> {
    match merge_versions(types, &world.component) {
        Ok(component) => Ok(World { component, ..world.clone() }),
        Err(conflicts) => Err(Diagnostics(conflicts.iter().map(|found| conflict(types, world, found)).collect())),
    }
}

fn conflict(types: &Types, world: &World, conflict: &Conflict) -> Diagnostic {
    let Conflict { lower, higher, why } = conflict;
    let headline = format!("`{lower}` and `{higher}` cannot be one import");
    let error = diag::error("encode/version-conflict", headline);
    let places = (place_of(types, world, lower), place_of(types, world, higher));
    let error = match why {
        Why::Differs(mismatches) => {
            let shown = mismatches.iter().take(MOST_SHOWN);
            let error = shown.fold(error, |error, mismatch| differs(error, conflict, mismatch, &places));
            match mismatches.len().saturating_sub(MOST_SHOWN) {
                0 => error,
                more => error.label(places.1, format!("and {more} more")),
            }
        }
        Why::Circle => {
            let error = error.label(places.1, format!("uses an interface that uses `{lower}`"));
            error.label(places.0, "its users cannot use the higher version")
        }
    };
    error.help("keep both imports with `--no-merge`, or build all parts against one version")
}

/// Both definitions of what differs.
fn differs(error: Diagnostic, conflict: &Conflict, mismatch: &Mismatch, places: &(Place, Place)) -> Diagnostic {
    let says = |name: &InterfaceName, words: &str| {
        let version = name.package.version.as_ref().map(ToString::to_string).unwrap_or_default();
        if words == NOTHING { format!("not in {version}") } else { format!("`{words}` in {version}") }
    };
    let expected = mismatch.expected_place.clone().unwrap_or_else(|| places.0.clone());
    let found = mismatch.found_place.clone().unwrap_or_else(|| places.1.clone());
    error
        .label(expected, format!("`{}`: {}", mismatch.path, says(&conflict.lower, &mismatch.expected)))
        .label(found, says(&conflict.higher, &mismatch.found))
}

/// Where an imported interface is declared, if that is known.
fn place_of(types: &Types, world: &World, name: &InterfaceName) -> Place {
    let item = world.component.imports.get(&ExternName::Interface(name.clone()));
    item.and_then(|item| place_of_item(types, item)).unwrap_or_else(|| Place::file(name.to_string()))
}

/// Where an interface is declared; else where a world says that it has it.
fn place_of_item(types: &Types, item: &Item) -> Option<Place> {
    let declared = item.kind.instance().and_then(|id| types.instance(id).decl.place.clone());
    declared.or_else(|| item.decl.place.clone())
}

/// Gives each interface of the world the name that the options ask for: canonical, or with its full version.
///
/// # Errors
///
/// `encode/canonical-names` for each name that two imports, or two exports, would share.
pub fn canonical_names(types: &Types, world: &mut World, options: &Options) -> diag::Result<()> {
    let mut wrong = Vec::new();
    if options.canonical_names {
        wrong.extend(duplicates(types, &world.component.imports, "import"));
        wrong.extend(duplicates(types, &world.component.exports, "export"));
    }
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    for items in [&mut world.component.imports, &mut world.component.exports] {
        for (name, item) in items {
            item.decl.version_suffix = suffix(types, name, item).filter(|_| options.canonical_names);
        }
    }
    Ok(())
}

/// What the canonical name of an interface leaves out; for a label, of the interface that it implements.
fn suffix(types: &Types, name: &ExternName, item: &Item) -> Option<String> {
    let ItemKind::Instance(id) = item.kind else { return None };
    let interface = match name {
        ExternName::Interface(name) => name,
        ExternName::Label(_)
        | ExternName::Constructor(_)
        | ExternName::Method(..)
        | ExternName::Static(..)
        | ExternName::Accessor(_) => types.instance(id).id.as_ref()?,
    };
    version::suffix(interface.package.version.as_ref()?)
}

fn duplicates(types: &Types, items: &IndexMap<ExternName, Item>, verb: &str) -> Vec<Diagnostic> {
    let mut first: IndexMap<String, (&ExternName, &Item)> = IndexMap::new();
    let mut wrong = Vec::new();
    for (name, item) in items {
        let canonical = names::canonical(name);
        match first.get(&canonical) {
            Some(other) => wrong.push(duplicate(types, (verb, &canonical), *other, (name, item))),
            None => {
                first.insert(canonical, (name, item));
            }
        }
    }
    wrong
}

fn duplicate(
    types: &Types,
    (verb, canonical): (&str, &str),
    first: (&ExternName, &Item),
    second: (&ExternName, &Item),
) -> Diagnostic {
    let place = |(name, item): (&ExternName, &Item)| {
        place_of_item(types, item).unwrap_or_else(|| Place::file(name.to_string()))
    };
    let help = if verb == "import" {
        "leave `--no-merge` out: then both become one import"
    } else {
        "leave `--emit-canonical-names` out, or export one version only"
    };
    diag::error("encode/canonical-names", format!("two {verb}s have the canonical name `{canonical}`"))
        .label(place(second), format!("{verb} `{}`", second.0))
        .label(place(first), format!("{verb} `{}`", first.0))
        .help(help)
}
