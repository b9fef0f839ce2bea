//! What is said of features: those that nothing has, and those without which nothing is left.
//!
//! In: a loaded package and the features that are on. Out: notes.
//! Holds: it only speaks; which gates open is decided before.

use std::collections::BTreeSet;

use diag::Diagnostic;
use wit_parser::{PackageId, Stability};

use crate::{LoadOptions, Package, scan, world};

/// Notes of features that are on and gate nothing, and of packages that are empty without a feature.
pub(super) fn notes(package: &Package, options: &LoadOptions) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    if !options.features.is_empty() {
        let known = known(package);
        let asked: BTreeSet<&str> = options.features.iter().map(String::as_str).collect();
        let unknown = asked.into_iter().filter(|feature| !known.contains(*feature));
        notes.extend(unknown.map(|feature| unknown_feature(package, feature, &known)));
    }
    notes.extend(package.main.iter().filter_map(|id| all_gated(package, *id)));
    notes
}

/// All features that what was read has gates of.
fn known(package: &Package) -> BTreeSet<String> {
    let resolve = &package.resolve;
    let mut known: BTreeSet<String> = resolve
        .source_map
        .source_names()
        .filter_map(|name| package.texts.get(name))
        .flat_map(|source| scan::features(&source.text))
        .map(str::to_owned)
        .collect();
    // What came in wasm has no text.
    let interfaces = || resolve.interfaces.iter().map(|(_, interface)| interface);
    let functions = interfaces().flat_map(|interface| interface.functions.values());
    let stabilities = (interfaces().map(|interface| &interface.stability))
        .chain(functions.map(|function| &function.stability))
        .chain(resolve.types.iter().map(|(_, ty)| &ty.stability))
        .chain(resolve.worlds.iter().map(|(_, world)| &world.stability));
    known.extend(stabilities.filter_map(|stability| match stability {
        Stability::Unstable { feature, .. } => Some(feature.clone()),
        Stability::Stable { .. } | Stability::Unknown => None,
    }));
    known
}

fn unknown_feature(package: &Package, feature: &str, known: &BTreeSet<String>) -> Diagnostic {
    let note = diag::note("wit/unknown-feature", format!("nothing that was read is behind the feature `{feature}`"))
        .label(package.whole.clone(), "searched here, with all that it needs");
    if let Some(near) = diag::near_misses(feature, known.iter().map(String::as_str)).first() {
        return note.help(format!("did you mean `--features {near}`?"));
    }
    if known.is_empty() {
        return note.help("leave `--features` out: there are no features here");
    }
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    note.help(format!("choose from the features that there are: {}", names.join(", ")))
}

/// A package of which nothing is left, since all of it is behind features that are off.
fn all_gated(package: &Package, id: PackageId) -> Option<Diagnostic> {
    let found = &package.resolve.packages[id];
    if !found.interfaces.is_empty() || !found.worlds.is_empty() {
        return None;
    }
    let name = world::package_name(&found.name);
    let own = format!("{}:{}", name.namespace, name.name);
    let is_own = |text: &str| scan::header(text).is_some_and(|(header, _)| header.split('@').next() == Some(&own));
    let texts = package.resolve.source_map.source_names().filter_map(|file| package.texts.get(file));
    let features: BTreeSet<&str> =
        texts.filter(|source| is_own(&source.text)).flat_map(|source| scan::features(&source.text)).collect();
    if features.is_empty() {
        return None;
    }
    let features: Vec<&str> = features.into_iter().collect();
    let word = if features.len() == 1 { "feature" } else { "features" };
    let quoted: Vec<String> = features.iter().map(|feature| format!("`{feature}`")).collect();
    let headline = format!("all of `{name}` is behind the {word} {}", quoted.join(", "));
    let note = diag::note("wit/feature-gate", headline).label(package.whole.clone(), "nothing is left of it");
    Some(note.help(format!("turn it on with `--features {}`", features.join(","))))
}
