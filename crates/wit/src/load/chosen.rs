//! The world or interface that a built-in name says.
//!
//! In: what was loaded for the name. Out: the package with its world chosen, or why there is no such item.
//! Holds: an item that another version has, or that is behind a feature, is said with what to write instead.

use diag::{Diagnostic, Place};
use wit_parser::{Stability, UnresolvedPackage};

use super::AskedBuiltIn;
use super::cut::cut;
use crate::places::Texts;
use crate::{Package, builtin, scan, world};

impl Package {
    /// Chooses the world of a built-in name.
    pub(super) fn choose_built_in(&mut self, asked: &AskedBuiltIn) -> diag::Result<()> {
        let Some(item) = &asked.item else { return Ok(()) };
        let package = (self.main.iter().copied())
            .find(|id| world::package_name(&self.resolve.packages[*id].name) == asked.package)
            .expect("a built-in package that was asked for is loaded");
        let package = &self.resolve.packages[package];
        if let Some(world) = package.worlds.get(item) {
            self.chosen = Some(*world);
            return Ok(());
        }
        if package.interfaces.contains_key(item) {
            return Ok(());
        }
        let names: Vec<&str> = package.worlds.keys().chain(package.interfaces.keys()).map(String::as_str).collect();
        Err(gated(asked, item).unwrap_or_else(|| unknown_item(asked, item, &names)).into())
    }
}

/// An item that this version has, behind a feature that is not on.
fn gated(asked: &AskedBuiltIn, item: &str) -> Option<Diagnostic> {
    let mut texts = Texts::default();
    let package = cut(builtin::find(&asked.package)?, &asked.package, true, &mut texts).ok()?.parsed.main;
    let stability = declaration(&package, item)?;
    let Stability::Unstable { feature, .. } = stability else { return None };
    if feature == super::cut::LATER {
        return None;
    }
    let headline = format!("`{}` has `{item}` only with the feature `{feature}`", asked.package);
    let found = diag::error("wit/feature-gate", headline).label(Place::file(&asked.text), "asked for here");
    Some(found.help(format!("turn the feature on with `--features {feature}`")))
}

/// The gate of an interface or world that a package declares.
fn declaration<'a>(package: &'a UnresolvedPackage, item: &str) -> Option<&'a Stability> {
    let interfaces = package.interfaces.iter().filter(|(_, interface)| interface.name.as_deref() == Some(item));
    let worlds = package.worlds.iter().filter(|(_, world)| world.name == item);
    interfaces.map(|(_, interface)| &interface.stability).chain(worlds.map(|(_, world)| &world.stability)).next()
}

/// A name that the package has not, or not in this version.
fn unknown_item(asked: &AskedBuiltIn, item: &str, names: &[&str]) -> Diagnostic {
    let found = diag::error("wit/unknown-world", format!("`{}` has no world or interface `{item}`", asked.package))
        .label(Place::file(&asked.text), "asked for here");
    let package = format!("{}:{}", asked.package.namespace, asked.package.name);
    let others = builtin::versions_of(&asked.package.namespace, &asked.package.name);
    let has = |entry: &&builtin::BuiltIn| scan::declared(entry.text).contains(&item);
    // The newest of the same track first: it stands in for every older version.
    let same_track = others.iter().copied().filter(|entry| entry.name.same_track(&asked.package)).find(has);
    if let Some(other) = same_track.or_else(|| others.iter().copied().find(has)) {
        let version = other.name.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        return found.help(format!("write `{package}/{item}{version}`, which has it"));
    }
    if let Some(near) = diag::near_misses(item, names.iter().copied()).first() {
        return found.help(format!("did you mean `{near}`?"));
    }
    let elsewhere = others.iter().find_map(|entry| {
        let near = *diag::near_misses(item, scan::declared(entry.text)).first()?;
        let version = entry.name.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
        Some(format!("{package}/{near}{version}"))
    });
    match elsewhere {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found.help(format!("choose one of: {}", names.join(", "))),
    }
}
